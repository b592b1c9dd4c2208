"""Each day on which the law changes has an example on each side; what a state adds is shown and broken."""

from functools import partial
from pathlib import Path

from card_helpers import EXAMPLES, STATE, tree
from mutants import Mutant, dropped, fail, limits, weakened

from arrears.law.dated import Asked, changes, unsided
from arrears.law.examples import examples_fail, worked
from arrears.law.profile import Profile
from arrears.law.remedy_files import read_card
from arrears.law.truth import unshown, untold

ADDS = """adds:
  - remedy: license
    condition: owes_enough
    from: 2025-06-01
    until: 2025-06-30
    why: The state asks for more.
    cites: [guide]
    needs: {arrears_days: license.arrears_days}
    is: days_in_arrears > $arrears_days OR enforceable_cents > 1
    say: A.
    not: B.
    protects: true
"""
SHOWN = """  - {say: before, as_of: 2025-05-31, but: {days_in_arrears: 1, enforceable_cents: 1}, then: flag}
  - {say: first, as_of: 2025-06-01, but: {days_in_arrears: 60, enforceable_cents: 1}, then: clear,
     because: [owes_enough]}
  - {say: below, as_of: 2025-06-01, but: {days_in_arrears: 59, enforceable_cents: 1}, then: clear}
  - {say: enough, as_of: 2025-06-01, but: {days_in_arrears: 61, enforceable_cents: 1}, then: flag}
  - {say: last, as_of: 2025-06-30, but: {days_in_arrears: 60, enforceable_cents: 1}, then: clear}
  - {say: after, as_of: 2025-07-01, but: {days_in_arrears: 60, enforceable_cents: 1}, then: flag}
  - {say: stops, part: stay, as_of: 2025-06-01, but: {days_in_arrears: 60, enforceable_cents: 1}, then: clear}
"""
SHOWN_LIMITS = """  - {say: a day more, but: {unpaid_since_on: 2024-12-31}, then: flag}
  - {say: the law at its line, reading: law, but: {days_in_arrears: 60}, then: clear}
  - {say: the law below its line, reading: law, but: {days_in_arrears: 59}, then: clear}
"""
WAIVED = """waivers:
  - {remedy: license, condition: no_agreement, from: 2025-06-01, why: No such agreement., cites: [guide]}
"""


def asked(folder: Path, **changed: str) -> tuple[Path, Asked]:
    """The small tree of rules and its one card with its examples."""
    rules = tree(folder, **changed)
    card = read_card(rules / "remedies" / "license")
    return rules, Asked(card, worked(card, rules), partial(examples_fail, card))


def told(folder: Path, **changed: str) -> list[str]:
    rules, one = asked(folder, **changed)
    assert not one.fails(one.given, None)
    return unsided({"ut": Profile.load(rules, "ut")}, [one])


def without(text: str, *said: str) -> str:
    """The examples without those that say this."""
    every = text.split("  - ")
    kept = [one for one in every if not any(f"say: {name}," in one for name in said)]
    assert len(kept) == len(every) - len(said)
    return "  - ".join(kept)


def test_a_value_that_changes_needs_an_example_of_each_side_of_its_day(tmp_path: Path) -> None:
    """The new limit of 90 days begins on 2026-01-01; the old one is 60."""
    day = "us: value of license.unpaid_days from 2026-01-01: nothing tells this day; give an example of "
    assert told(tmp_path / "one") == [day + "the day before"]
    both = (
        EXAMPLES
        + "  - {say: the old one, as_of: 2025-12-31, but: {unpaid_since_on: 2025-10-04}, then: flag}\n"
    )
    assert told(tmp_path / "both", examples=both) == []
    later = both.replace("as_of: 2026-01-01", "as_of: 2026-01-02")
    assert told(
        tmp_path / "later",
        examples=later.replace("2025-10-03", "2025-10-04").replace(
            "has changed, as_of: 2026-01-02, but: {unpaid_since_on: 2025-10-04}",
            "has changed, as_of: 2026-01-02, but: {unpaid_since_on: 2025-10-05}",
        ),
    ) == [day + "that day"]


def test_a_waiver_needs_an_example_of_each_side_of_its_day(tmp_path: Path) -> None:
    sides = """  - {say: not yet, as_of: 2025-05-31, but: {has_agreement: true}, then: clear}
  - {say: from now on, as_of: 2025-06-01, but: {has_agreement: true}, then: flag}
"""
    day = "ut: waiver of license.no_agreement from 2025-06-01: nothing tells this day; give an example of "

    def found(folder: str, examples: str) -> list[str]:
        every = told(tmp_path / folder, state=STATE + WAIVED, examples=examples)
        return [one for one in every if "waiver" in one]

    assert found("both", EXAMPLES + sides) == []
    assert found("one", EXAMPLES + without(sides, "not yet")) == [day + "the day before"]
    assert found("other", EXAMPLES + without(sides, "from now on")) == [day + "that day"]


def test_what_a_state_adds_needs_an_example_of_each_side_of_both_its_days(tmp_path: Path) -> None:
    day = "ut: addition of license.owes_enough "

    def found(folder: str, *left_out: str) -> list[str]:
        examples = EXAMPLES + without(SHOWN, *left_out)
        every = told(tmp_path / folder, state=STATE + ADDS, examples=examples)
        return [
            one.removeprefix(day).replace(": nothing tells this day; give an example of", "")
            for one in every
            if day in one
        ]

    assert found("all") == []
    assert found("before", "before") == ["from 2025-06-01 the day before"]
    assert found("first", "first", "below", "stops") == ["from 2025-06-01 that day"]
    assert found("last", "last") == ["until 2025-06-30 that day"]
    assert found("after", "after") == ["until 2025-06-30 the day after"]


def test_what_a_state_adds_is_broken_like_a_condition_of_the_card(tmp_path: Path) -> None:
    _, one = asked(tmp_path / "all", state=STATE + ADDS, examples=EXAMPLES + SHOWN + SHOWN_LIMITS)
    assert untold(one.card, one.given) == []
    assert [fault for fault in unshown([(one.card, one.given)]) if "owes_enough" in fault] == []
    mutants: list[Mutant] = [*weakened([one]), *limits([one]), *dropped([one])]
    added = [made for made in mutants if "owes_enough" in str(made) or "days_in_arrears and" in str(made)]
    assert {made.kind for made in added} == {"weakened", "limit", "dropped"}
    assert [str(made) for made in added if not any(fail(card, one.given) for card in made.cards)] == []


def test_what_a_state_adds_and_no_example_asks_is_told(tmp_path: Path) -> None:
    always = ADDS.replace("from: 2025-06-01\n    until: 2025-06-30", "from: start-not-established")
    other = STATE.replace("Utopia", "Erewhon").replace("UT", "ER")
    rules = tree(tmp_path)
    (rules / "jurisdictions" / "er.yml").write_text(other + always)
    card = read_card(rules / "remedies" / "license")
    given = worked(card, rules)
    assert untold(card, given) == ["no example is of a day on which er asks owes_enough, which it adds"]
    [weak] = [
        one for one in weakened([Asked(card, given, partial(examples_fail, card))]) if "adds" in one.where
    ]
    assert not any(fail(card, given) for card in weak.cards)


def test_no_day_is_asked_of_what_no_condition_reads(tmp_path: Path) -> None:
    """The days of a hearing are counted by a clock, which no example of a card shows."""
    rules, one = asked(
        tmp_path,
        state=STATE.replace(
            "values: {}",
            """values:
  license.hearing_days:
    unit: days
    from:
      2000-01-01: {value: 20, standing: both, cites: [guide]}
      2025-01-01: {value: 30, standing: both, cites: [guide]}
""",
        ),
    )
    names = {change.name for change in changes({"ut": Profile.load(rules, "ut")}, [one])}
    assert names == {"license.unpaid_days"}
