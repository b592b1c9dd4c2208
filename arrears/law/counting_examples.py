"""Runs the worked examples of what a case counts for, `rules/counts/examples/*.yml`, one a file of counts.

    jurisdiction: me
    as_of: 2025-01-14
    usual: {case_is_open: true, is_full_service: true}     # facts of every case; others are not known
    examples:
      - {say: nothing is against it, then: counts, because: []}
      - {say: good cause, but: {has_good_cause: true}, then: does not count, because: [no_good_cause]}
      - {say: exempt from a levy, of: [account], but: {exempted_remedies: [bank_levy]}, then: does not count}

An example is one of each count of the file unless `of` names some. It may have a `jurisdiction` and a day of
its own, and `set` values as those of a card. They run through the SQL by which a night counts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from arrears.config import Faults, Node, is_day, read_yaml
from arrears.data.warehouse import Connection, attach_arrow, lent
from arrears.law.counting import COUNTS, OF, answer_columns, counted_select
from arrears.law.examples import (
    Example,
    Outcome,
    Worked,
    as_given,
    examples_table,
    fact_units,
    profiles_of,
    read_facts,
    read_set,
    read_units,
)
from arrears.law.profile_files import states
from arrears.law.remedy import Card, Count, Release, Update

# What an example of a count says, and the word of a verdict for it.
SAYS = {"counts": "flag", "does not count": "clear", "unknown": "unknown"}
_DO = "Correct these examples, or the rule that they show to be wrong"


def as_card(count: Count, rules_dir: Path) -> Card:
    """A count as a card whose only question is whether a case counts, for all that looks at cards."""
    return Card(
        remedy=count.name,
        title=count.say,
        order=0,
        facts=OF,
        amount="",
        rests_on=(),
        queue="",
        cites=(),
        if_wrong="",
        innocent="",
        needs=count.needs,
        asked_on={},
        conditions={"enter": count.conditions, "stay": (), "release": ()},
        leaves=(),
        steps=(),
        update=Update("", "", "", ()),
        release=Release("", "", ()),
        broken_agreement="",
        later=(),
        folder=rules_dir / "counts",
        added={key: replace(one, at="enter") for key, one in count.added.items()},
        is_count=True,
    )


def worked_counts(counts: Mapping[str, Count], rules_dir: Path) -> dict[str, Worked]:
    """The worked examples of each count, with what they need."""
    found: dict[str, Worked] = {}
    for file in dict.fromkeys(one.file for one in counts.values()):
        here = {name: one for name, one in counts.items() if one.file == file}
        faults = Faults()
        cards = {name: as_card(one, rules_dir) for name, one in here.items()}
        units = fact_units(next(iter(cards.values())), rules_dir)
        root = read_yaml(rules_dir / "counts" / "examples" / f"{file}.yml", faults)
        told = list(_examples(root, here, rules_dir, units))
        profiles = {} if faults.found else profiles_of(rules_dir, [one for one, _ in told])
        for name, card in cards.items():
            mine = [one for one, of in told if name in of]
            found[name] = Worked(mine, read_units(card, units), profiles, faults)
    return found


def _examples(
    root: Node, counts: Mapping[str, Count], rules_dir: Path, units: Mapping[str, str]
) -> Iterator[tuple[Example, tuple[str, ...]]]:
    """Each example of a file with the counts of which it is one."""
    known = tuple(states(rules_dir))
    jurisdiction, as_of = root.one_of("jurisdiction", "state", known), root.take("as_of", kind="day")
    usual, given = read_facts(root.node("usual"), units), read_set(root)
    for number, one in enumerate(root.nodes("examples"), 1):
        told = one.take("as_of", required=False, kind="day") or as_of
        if not is_day(told):
            one.fault("as_of must be a day")
        of = one.texts("of", required=False, choices=tuple(counts)) or tuple(counts)
        because = one.texts("because", required=False)
        for name in (name for name in of if name in counts):
            conditions = {made.name for made in counts[name].conditions}
            conditions |= {added.condition.name for added in counts[name].added.values()}
            for condition in (condition for condition in because if condition not in conditions):
                one.fault(f"because names {condition}, which is not a condition of {name}")
        made = Example(
            number=number,
            say=one.text("say"),
            part="enter",
            jurisdiction=one.one_of("jurisdiction", "state", known, required=False) or jurisdiction,
            as_of=told,
            reading=None,
            facts={**usual, **read_facts(one.node("but", required=False), units)},
            then=SAYS[one.text("then", choices=tuple(SAYS)) or "unknown"],
            because=because if one.has("because") else None,
            parts=None,
            given=as_given({**given, **read_set(one)}),
        )
        one.done()
        yield made, of
    root.done()


def check_count(count: Count, given: Worked, con: Connection | None = None) -> list[Outcome]:
    """The outcome of every example of a count; one `RuleFault` lists all that came out otherwise."""
    where = f"rules/counts/examples/{count.file}.yml"
    given.faults.raise_any(where, _DO)
    faults, words = Faults(), {verdict: word for word, verdict in SAYS.items()}
    outcomes = run_count(count, given, con)
    for one in (one for one in outcomes if one.fault):
        wanted = one.example
        told = f"{words[one.verdict]} ({', '.join(one.because)})"
        expected = f"{words[wanted.then]} ({', '.join(wanted.because or ())})"
        faults.add(where, f"{count.name}, {wanted.say}: {told} instead of {expected}")
    faults.raise_any(where, _DO)
    return outcomes


def count_fails(count: Count, given: Worked, con: Connection | None = None) -> bool:
    """Whether an example of a count comes out otherwise."""
    return any(one.fault for one in run_count(count, given, con))


def run_count(count: Count, given: Worked, con: Connection | None = None) -> list[Outcome]:
    """What each example of a count comes to, by the SQL of a night."""
    groups: dict[tuple[Any, date], list[Example]] = {}
    for one in given.examples:
        groups.setdefault((one.law, one.as_of), []).append(one)
    outcomes: list[Outcome] = []
    with lent(con) as here:
        for (law, as_of), group in groups.items():
            profile = given.profiles[law]
            attach_arrow(here, f"facts.{OF}", examples_table(group, given.units))
            text, bound = counted_select([count], profile, as_of, f"facts.{OF}")
            rows = here.execute(text, bound).to_arrow_table().to_pylist()
            asked = count.here(profile, as_of)
            for one, row in zip(group, rows, strict=True):
                outcomes.append(_outcome(one, asked, row, set(profile.waivers(count.name, as_of))))
    return outcomes


def _outcome(one: Example, count: Count, row: Mapping[str, Any], waived: set[str]) -> Outcome:
    answer = row[f"{COUNTS}{count.name}"]
    against = {
        made.name: row[column]
        for (_, column), made in answer_columns([count]).items()
        if row[column] is not True and made.name not in waived
    }
    if answer is False:
        against = {
            name: told for name, told in against.items() if told is False and name not in count.in_doubt
        }
    verdict = "flag" if answer else "unknown" if answer is None else "clear"
    return Outcome(one, verdict, () if answer else tuple(against), False)
