"""A card and its SQL say the same, or nothing is loaded."""

from datetime import date
from pathlib import Path

import pytest
from card_helpers import CARD, CONDITIONS, FACTS, FEDERAL, tree

from arrears.errors import RuleFault
from arrears.law.profile import Profile, UnsetValue
from arrears.law.remedy import PARTS, Card, load_cards
from arrears.law.remedy_files import read_card


def card(folder: Path, **changed: str) -> Card:
    return read_card(tree(folder, **changed) / "remedies" / "license")


def faults(folder: Path, **changed: str) -> str:
    with pytest.raises(RuleFault) as told:
        card(folder, **changed)
    return str(told.value)


def test_a_card_tells_its_conditions_steps_and_endings(tmp_path: Path) -> None:
    read = card(tmp_path)
    assert [one.name for one in read.conditions["enter"]] == [
        "unpaid_long_enough",
        "in_arrears_long_enough",
        "something_is_owed",
        "no_agreement",
    ]
    assert read.steps[1].after is not None
    assert read.steps[1].after.clock == "license.hearing_days"
    assert (read.steps[0].needs, read.steps[1].needs) == ("caseworker", None)
    assert (read.update.on, read.release.urgent_when) == ("none", ("nothing_is_owed",))
    assert [(one.what, one.why, one.states) for one in read.later] == [("registrations", "no feed yet", ())]
    assert read.facts_read == ("unpaid_since_on", "days_in_arrears", "enforceable_cents", "has_agreement")


def test_parameters_come_from_the_profile_as_of_the_day_and_only_those_that_the_sql_binds(
    tmp_path: Path,
) -> None:
    read, profile = card(tmp_path), Profile.load(tmp_path / "rules", "ut")
    assert read.params(profile, date(2025, 12, 31), "enter") == {
        "as_of": date(2025, 12, 31),
        "unpaid_days": 60,
        "arrears_days": 60,
    }
    assert read.params(profile, date(2026, 1, 1), "enter")["unpaid_days"] == 90
    assert read.params(profile, date(2026, 1, 1), "release") == {}


def test_an_unset_value_turns_the_remedy_off(tmp_path: Path) -> None:
    read = card(tmp_path, federal=FEDERAL.replace("value: 60, standing: law", "value: unset, standing: law"))
    with pytest.raises(UnsetValue, match=r"License revocation is off: license\.arrears_days not set"):
        read.params(Profile.load(tmp_path / "rules", "ut"), date(2025, 1, 1), "stay")


def test_a_reading_leaves_out_the_triggers_of_the_other_one_and_never_a_protection(tmp_path: Path) -> None:
    read = card(tmp_path)
    guide = [one.name for one in read.acting("enter", "guide", {})]
    law = [one.name for one in read.acting("enter", "law", {})]
    assert guide == ["unpaid_long_enough", "something_is_owed", "no_agreement"]
    assert law == ["in_arrears_long_enough", "something_is_owed", "no_agreement"]
    assert [one.name for one in read.acting("enter", "guide", {"no_agreement": "waived"})] == guide[:2]


@pytest.mark.parametrize(
    ("written", "instead", "fault"),
    [
        (">= $unpaid_days", ">= 60", "holds the number 60"),
        (">= $unpaid_days", ">= $unpaid_days + 0.5", "holds the number 0.5"),
        ("> $arrears_days", "> $arrears_days AND '2025-01-01' < $as_of", "holds '2025-01-01' for a number"),
        ("$as_of", "current_date", "asks the clock or chance (current_date)"),
        ("$as_of", "now()", "asks the clock or chance (now)"),
        ("$as_of", "today()", "asks the clock or chance (today)"),
        (">= $unpaid_days", ">= $other_days", "$other_days is not in `needs`"),
        ("is: enforceable_cents > 0", "is: barred_cents > 0", "barred_cents is not a described fact"),
        ("is: days_in_arrears >", "is: (SELECT 1) >", "holds a SELECT"),
        ("is: days_in_arrears >", "is: sum(days_in_arrears) OVER () >", "holds an aggregate or a window"),
        ("is: days_in_arrears >", "is: days_in_arrears AS days >", "is not SQL"),
        ("is: days_in_arrears >", "is: days_in_arrears > (", "is not SQL"),
    ],
)
def test_a_condition_that_hides_a_number_a_clock_or_work_is_refused(
    tmp_path: Path, written: str, instead: str, fault: str
) -> None:
    assert written in CARD
    assert fault in faults(tmp_path, card=CARD.replace(written, instead, 1))


def test_what_a_condition_reads_is_found_in_its_expression_and_in_its_sentences(tmp_path: Path) -> None:
    read = card(tmp_path, card=CARD.replace('say: "Owes."', 'say: "Owes {enforceable_cents}, {office}."'))
    assert read.condition("stay", "something_is_owed").facts == ("enforceable_cents", "office")
    assert read.condition("enter", "unpaid_long_enough").params == {"as_of", "unpaid_days"}


def test_a_card_takes_a_condition_of_the_library_by_its_name(tmp_path: Path) -> None:
    taken = card(tmp_path).condition("enter", "no_agreement")
    assert (taken.sql, taken.say, taken.protects) == ("NOT has_agreement", "None.", "agreement")
    also = card(tmp_path, card=CARD.replace("{at: enter, why", "{cites: [guide#kept], at: enter, why"))
    assert also.condition("enter", "no_agreement").cites == ("guide", "guide#kept")


SPARE = """  spare:
    is: NOT no_agreement AND days_in_arrears > $spare_days
    say: Spared.
    not: Not spared.
    cites: [guide]
    needs: {spare_days: license.hearing_days}
"""


def test_a_condition_may_name_another_one_and_a_card_gets_what_both_need(tmp_path: Path) -> None:
    read = card(
        tmp_path, conditions=CONDITIONS + SPARE, card=CARD.replace("  any:\n", "  any:\n    - spare\n")
    )
    spare = read.condition("release", "spare")
    assert spare.sql == "NOT (NOT has_agreement) AND days_in_arrears > $spare_days"
    assert (spare.facts, read.needs["spare_days"]) == (
        ("has_agreement", "days_in_arrears"),
        "license.hearing_days",
    )


ABOUT = """  not_about:
    is: NOT list_contains($about, office)
    say: "Not this[, {worker}][, {barred_cents}]."
    not: This.
    cites: [guide]
"""


def test_a_condition_takes_the_cards_words_and_leaves_out_what_its_facts_do_not_hold(tmp_path: Path) -> None:
    words = CARD.replace("  - no_agreement", "  - not_about: {about: [north, o'hara]}\n  - no_agreement")
    about = card(tmp_path, conditions=CONDITIONS + ABOUT, card=words).condition("stay", "not_about")
    assert about.sql == "NOT list_contains(['north', 'o''hara'], office)"
    assert (about.say, about.facts) == ("Not this, {worker}.", ("office", "worker"))
    without = CARD.replace("  - no_agreement", "  - not_about\n  - no_agreement")
    assert "about is missing" in faults(tmp_path, conditions=CONDITIONS + ABOUT, card=without)


LEAVES = "leaves: [{protections: [agreement], why: It takes nothing., cites: [guide]}]\n"


def test_a_card_takes_or_leaves_every_protection_that_its_subject_could_have(tmp_path: Path) -> None:
    bare = CARD.replace(
        "  - no_agreement: {at: enter, why: What was agreed later is looked at by hand.}\n", ""
    )
    told = faults(tmp_path, card=bare)
    assert "neither takes nor leaves the protection agreement (no_agreement)" in told
    assert card(tmp_path, card=bare + LEAVES).leaves[0].protections == ("agreement",)
    assert "leaves agreement and takes it" in faults(tmp_path, card=CARD + LEAVES)
    other = LEAVES.replace("[agreement]", "[agreement, rain]")
    assert "leaves rain, which no condition" in faults(tmp_path, card=bare + other)


def test_a_protection_that_holds_at_entry_alone_says_why(tmp_path: Path) -> None:
    bare = CARD.replace(", why: What was agreed later is looked at by hand.", "")
    assert "no_agreement protects at enter alone; say why" in faults(tmp_path, card=bare)


def test_a_protection_whose_facts_a_card_does_not_have_is_not_asked_of_it(tmp_path: Path) -> None:
    bare = CARD.replace(
        "  - no_agreement: {at: enter, why: What was agreed later is looked at by hand.}\n", ""
    )
    without = FACTS.replace("    has_agreement: {say: agreement, unit: yes_no}\n", "")
    assert card(tmp_path, card=bare, facts=without).leaves == ()


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        (SPARE.replace("no_agreement", "spare"), "names itself by spare"),
        (SPARE.replace("spare:", "days_in_arrears:"), "is the name of a fact, too"),
        (SPARE.replace("$spare_days", "0"), "needs spare_days, which neither `is` nor a sentence uses"),
        (SPARE.replace("cites: [guide]", "cites: [gide]"), "cites gide"),
        (SPARE.replace("say:", "tell:"), "unknown key tell"),
    ],
)
def test_a_condition_of_the_library_that_is_not_whole_is_refused(
    tmp_path: Path, more: str, fault: str
) -> None:
    assert fault in faults(tmp_path, conditions=CONDITIONS + more)


def test_a_condition_that_nobody_takes_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuleFault, match="spare is taken by no card and named by no condition"):
        load_cards(tree(tmp_path, conditions=CONDITIONS + SPARE))


def test_a_card_cannot_say_a_shared_condition_again(tmp_path: Path) -> None:
    again = CARD.replace(
        "no_agreement: {at: enter, why: What was agreed later is looked at by hand.}",
        'no_agreement: {is: office = "", say: A., not: B., cites: [guide]}',
    )
    assert "is in rules/conditions; take it from there" in faults(tmp_path, card=again)
    assert "no_such: is not a condition" in faults(tmp_path, card=CARD.replace("- no_agreement", "- no_such"))


@pytest.mark.parametrize(
    ("written", "instead", "fault"),
    [
        ("arrears_days: license.arrears_days", "arrears_days: license.no_such", "license.no_such"),
        ("needs: {unpaid_days", "needs: {spare: license.hearing_days, unpaid_days", "needs spare"),
        ("{days_in_arrears} days", "{day_count} days", "names {day_count}"),
        ("reading: law", "reading: law\n      protects: true", "a protection holds under every reading"),
        ("reading: law", "reading: lore", "reading must be one of guide, law"),
        ("clock: license.hearing_days", "clock: license.no_such", "clock names license.no_such"),
        ("step: look, roll", "step: gaze, roll", "waits for gaze, which is not an earlier step"),
        ("queue: obligor_notices", "queue: letters", "queue: there is no queue letters; there are "),
        ("message: warn", "message: greet", "the queue obligor_notices carries no message greet"),
        ("message: reinstate", "message: warn", "the queue sos_license carries no message warn"),
        ("needs: caseworker, say", "say", "a review needs a caseworker or a supervisor"),
        ("cites: [guide#unpaid]", "cites: [gide#unpaid]", "cites gide#unpaid"),
        ("cites: [guide#unpaid]", "cites: []", "needs at least one citation"),
        ("amount: enforceable_cents", "amount: enforcable_cents", "enforcable_cents is not a described fact"),
        ("urgent_when: [nothing_is_owed]", "urgent_when: [rain]", "urgent_when names rain"),
        ("update: {on: none}", "update: {on: change}", "message is missing"),
        ("if_wrong:", "if_wrongly:", "unknown key if_wrongly"),
        ("something_is_owed: {is", "verdict: {is", "is the name of a column that every verdict has"),
    ],
)
def test_a_card_that_names_what_is_not_there_is_refused(
    tmp_path: Path, written: str, instead: str, fault: str
) -> None:
    assert written in CARD
    assert fault in faults(tmp_path, card=CARD.replace(written, instead, 1))


def test_all_faults_of_a_card_are_listed_at_once(tmp_path: Path) -> None:
    told = faults(
        tmp_path,
        card=CARD.replace("order: 10", "order: ten")
        .replace("if_wrong:", "wrong:")
        .replace("$unpaid_days", "60")
        .replace("$as_of", "current_date")
        .replace("why: no feed yet", "why: no feed yet, states: [Maine]"),
    )
    for fault in (
        "order must be a whole number",
        "if_wrong is missing",
        "unknown key wrong",
        "states names Maine",
    ):
        assert fault in told
    for fault in ("the number 60", "(current_date)"):
        assert fault in told


def test_the_faults_of_all_cards_are_listed_at_once(tmp_path: Path) -> None:
    rules = tree(tmp_path, card=CARD.replace("order: 10", "order: ten"))
    other = rules / "remedies" / "other"
    other.mkdir()
    (other / "remedy.yml").write_text("title: Other\n")
    with pytest.raises(RuleFault) as told:
        load_cards(rules)
    assert "license/remedy.yml: order must be" in str(told.value)
    assert "other/remedy.yml: conditions is missing" in str(told.value)


def test_every_shipped_card_loads() -> None:
    rules = Path(__file__).parents[1] / "rules"
    cards = load_cards(rules)
    assert set(cards) == {one.parent.name for one in (rules / "remedies").glob("*/remedy.yml")}
    for one in cards.values():
        assert all(one.conditions[part] for part in PARTS)


# What a card may leave out, and what it may name.

REVIEWED = """title: Look at the order
order: 110
facts: case_facts
rests_on: [unpaid_since_on]
cites: [guide]
if_wrong: Somebody loses an hour.
innocent: The order was looked at last month.
conditions:
  - something_is_owed: {is: enforceable_cents > 0, say: "Owes.", not: "Owes nothing.", cites: [guide]}
  - no_agreement
steps:
  - {step: look, kind: review, needs: caseworker, say: Look.}
"""
ANY = """  any:
    - nothing_is_owed: {is: enforceable_cents = 0, say: "Paid.", not: "Owes.", cites: [guide]}
"""
SEND = """  - step: tell
    kind: send
    queue: sos_license
    message: restrict
    say: Tell.
release:
  queue: sos_license
  message: reinstate
"""


def test_a_card_of_reviews_alone_needs_no_queue_no_update_and_no_release(tmp_path: Path) -> None:
    read = card(tmp_path, card=REVIEWED + "release:\n" + ANY)
    assert (read.queues, read.amount, read.update.on, read.release.message) == (frozenset(), "", "none", "")


def test_what_is_sent_must_be_able_to_be_taken_back_and_updated_where_it_went(tmp_path: Path) -> None:
    assert card(tmp_path, card=REVIEWED + SEND + ANY).release.message == "reinstate"
    bare = REVIEWED + SEND.split("release:")[0] + "release:\n" + ANY
    assert "release is missing" in faults(tmp_path, card=bare)
    told = faults(tmp_path, card=REVIEWED + SEND + ANY + "update: {on: month, message: again}\n")
    assert "the queue sos_license carries no message again" in told


AFTER = "after: {clock: license.hearing_days, from: approved, step: look, roll: true, intake: hearings}"


@pytest.mark.parametrize(
    ("after", "anchor", "tolled"),
    [
        (AFTER, None, ""),
        ("after: {clock: license.hearing_days, from: unpaid_since_on}", "unpaid_since_on", ""),
        (AFTER.replace("roll", "tolled_by: days_in_arrears, roll"), None, "days_in_arrears"),
    ],
)
def test_a_clock_starts_from_a_step_or_from_a_date_among_the_facts(
    tmp_path: Path, after: str, anchor: str | None, tolled: str
) -> None:
    clock = card(tmp_path, card=CARD.replace(AFTER, after)).steps[1].after
    assert clock is not None
    assert (clock.anchor_fact, clock.tolled_by) == (anchor, tolled)


@pytest.mark.parametrize(
    ("written", "instead", "fault"),
    [
        (
            "facts: case_facts",
            "facts: no_facts",
            "facts: there is no table of the facts no_facts; there are ",
        ),
        ("amount: enforceable_cents", "amount: days_in_arrears", "is a fact in days, not in cents"),
        ("from: approved, step: look", "from: rained_on", "rained_on is not a described fact"),
        ("from: approved, step: look", "from: enforceable_cents", "a fact in cents, not in date"),
        ("from: approved, step: look", "from: approved", "waits for a step that it does not name"),
        ("from: approved", "from: unpaid_since_on", "names the step look, too"),
        ("roll: true", "tolled_by: unpaid_since_on", "unpaid_since_on is a fact in date, not in days"),
        ("clock: license.hearing_days", "clock: license.share", "is percent and not one of days"),
        ("message: warn", "message: warn\n    targets: boats", "targets boats, a kind that plan/target.sql"),
        ("update: {on: none}", "update: {on: none, of: [days_in_arrears]}", "so `on` must be change"),
        (
            "update: {on: none}",
            "update: {on: change, message: restrict, of: [x]}",
            "x is not a described fact",
        ),
        ("update: {on: none}", "broken_agreement: never", "names never, which no jurisdiction holds"),
        ("update: {on: none}", "broken_agreement: go_on", "agreement_is_kept is not a described fact"),
        ("urgent_when: [nothing_is_owed]", "urgent_when: [no_agreement]", "urgent_when names no_agreement"),
    ],
)
def test_a_card_that_names_what_no_fact_no_value_and_no_target_is_is_refused(
    tmp_path: Path, written: str, instead: str, fault: str
) -> None:
    assert written in CARD
    share = (
        "  license.share: {unit: percent, from: {2000-01-01: {value: 5, standing: law, cites: [guide]}}}\n"
    )
    plan = tmp_path / "transforms" / "plan"
    plan.mkdir(parents=True)
    (plan / "target.sql").write_text("SELECT 'licenses' AS kind FROM facts.licenses\n")
    told = faults(tmp_path, card=CARD.replace(written, instead, 1), federal=FEDERAL + share)
    assert fault in told


def test_a_card_may_name_a_table_of_a_module(tmp_path: Path) -> None:
    rules = tree(tmp_path, card=CARD.replace("facts: case_facts", "facts: job_facts"))
    module = tmp_path / "transforms" / "facts" / "work"
    module.mkdir()
    (module / "facts.yml").write_text(FACTS.replace("case_facts", "job_facts"))
    assert read_card(rules / "remedies" / "license").relation == "facts.job_facts"


@pytest.mark.parametrize(
    ("from_on", "value", "why"),
    [("2000-01-01", "unset", "license.hearing_days not set"), ("2025-02-01", "20", "license.hearing_days")],
)
def test_a_clock_that_nobody_has_set_turns_the_remedy_off(
    tmp_path: Path, from_on: str, value: str, why: str
) -> None:
    written = "license.hearing_days: {unit: days, from: {2000-01-01: {value: 20"
    assert written in FEDERAL
    changed = written.replace("2000-01-01", from_on).replace("value: 20", f"value: {value}")
    read = card(tmp_path, federal=FEDERAL.replace(written, changed))
    with pytest.raises(UnsetValue, match=why):
        read.numbers(Profile.load(tmp_path / "rules", "ut"), date(2025, 1, 1))
