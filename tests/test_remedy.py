"""A card and its SQL say the same, or nothing is loaded."""

from datetime import date
from pathlib import Path

import pytest
from card_helpers import CARD, ENTER, FACTS, FEDERAL, tree

from arrears.errors import RuleFault
from arrears.profile import Profile, UnsetValue
from arrears.remedy import PARTS, Card, load_card, load_cards


def card(folder: Path, **changed: str) -> Card:
    return load_card(tree(folder, **changed) / "remedies" / "license")


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
    assert read.later == (("registrations", "no feed yet"),)
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
        ("> $arrears_days", "> $arrears_days AND '2025-01-01' < $as_of", "holds the number 2025-01-01"),
        ("$as_of", "current_date", "asks the clock or chance (current_date)"),
        ("$as_of", "now()", "asks the clock or chance (now)"),
        ("$as_of", "today()", "asks the clock or chance (today)"),
        (">= $unpaid_days", ">= $other_days", "$other_days is not in `needs`"),
        ("AS something_is_owed", "AS owes", "column owes is not described"),
        ("AS something_is_owed", "AS owes", "condition something_is_owed has no column"),
        ("enforceable_cents > 0", "enforceable_cents > barred_cents", "reads barred_cents"),
        ("NOT has_agreement", "TRUE", "lists the fact has_agreement, which it neither reads nor says"),
        ("facts.case_facts", "caseload.cases", "reads caseload.cases"),
        ("facts.case_facts", "facts.case_facts WHERE office = worker", "holds WHERE"),
        ("facts.case_facts", "facts.case_facts LIMIT 1", "holds LIMIT"),
        ("enforceable_cents > 0", "sum(enforceable_cents) OVER () > 0", "holds an aggregate or a window"),
        ("  subject_id,\n", "  case_id AS subject,\n", "the first column must be subject_id"),
        ("SELECT\n", "DELETE FROM x; SELECT\n", "must be one SELECT"),
        ("SELECT\n", "SELECT (\n", "not SQL"),
    ],
)
def test_sql_that_hides_a_number_a_clock_or_a_condition_is_refused(
    tmp_path: Path, written: str, instead: str, fault: str
) -> None:
    assert written in ENTER
    assert fault in faults(tmp_path, enter=ENTER.replace(written, instead))


def test_columns_stand_in_the_order_of_their_sentences(tmp_path: Path) -> None:
    lines = ENTER.splitlines()
    lines[2], lines[3] = lines[3], lines[2]
    assert "not in the order of the conditions" in faults(tmp_path, enter="\n".join(lines))


@pytest.mark.parametrize(
    ("written", "instead", "fault"),
    [
        ("arrears_days: license.arrears_days", "arrears_days: license.no_such", "license.no_such"),
        ("needs: {unpaid_days", "needs: {spare: license.hearing_days, unpaid_days", "needs spare"),
        ("{days_in_arrears} days", "{day_count} days", "names {day_count}"),
        ("reading: law", "reading: law\n      protection: true", "a protection holds under every reading"),
        ("reading: law", "reading: lore", "reading must be one of guide, law"),
        ("clock: license.hearing_days", "clock: license.no_such", "clock names license.no_such"),
        ("step: look, roll", "step: gaze, roll", "waits for gaze, which is no earlier step"),
        ("queue: obligor_notices", "queue: letters", "queue letters is not in transforms/queues"),
        ("message: warn", "message: greet", "the queue obligor_notices carries no message greet"),
        ("message: reinstate", "message: warn", "the queue sos_license carries no message warn"),
        ("needs: caseworker, say", "say", "a review needs a caseworker or a supervisor"),
        ("cites: [guide#unpaid]", "cites: [gide#unpaid]", "cites gide#unpaid"),
        ("cites: [guide#unpaid]", "cites: []", "needs at least one citation"),
        ("amount: enforceable_cents", "amount: enforcable_cents", "enforcable_cents is no described fact"),
        ("urgent_when: [nothing_is_owed]", "urgent_when: [rain]", "urgent_when names rain"),
        ("update: {on: none}", "update: {on: change}", "message is missing"),
        ("if_wrong:", "if_wrongly:", "unknown key if_wrongly"),
        ("something_is_owed: {say", "verdict: {say", "is the name of a column that every verdict has"),
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
        card=CARD.replace("order: 10", "order: ten").replace("if_wrong:", "wrong:"),
        enter=ENTER.replace("$unpaid_days", "60").replace("$as_of", "current_date"),
        stay="SELECT 1",
    )
    for fault in ("order must be a whole number", "if_wrong is missing", "unknown key wrong"):
        assert fault in told
    for fault in ("the number 60", "(current_date)", "first column must be subject_id"):
        assert fault in told


def test_the_faults_of_all_cards_are_listed_at_once(tmp_path: Path) -> None:
    rules = tree(tmp_path, stay="SELECT 1")
    other = rules / "remedies" / "other"
    other.mkdir()
    (other / "remedy.yml").write_text("title: Other\n")
    with pytest.raises(RuleFault) as told:
        load_cards(rules)
    assert "license/stay.sql" in str(told.value)
    assert "other/enter.sql: the file is missing" in str(told.value)


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
needs: {unpaid_days: license.unpaid_days, arrears_days: license.arrears_days}
conditions:
  enter:
    unpaid_long_enough:
      {say: "{unpaid_days} days.", not: Paid., cites: [guide], facts: [unpaid_since_on]}
    in_arrears_long_enough: {say: Behind., not: Complies., cites: [guide], facts: [days_in_arrears]}
    something_is_owed: {say: "Owes.", not: "Owes nothing.", cites: [guide], facts: [enforceable_cents]}
    no_agreement: {say: "None.", not: "Kept.", cites: [guide], facts: [has_agreement]}
  stay:
    something_is_owed: {say: "Owes.", not: "Owes nothing.", cites: [guide], facts: [enforceable_cents]}
  release:
    nothing_is_owed: {say: "Paid.", not: "Owes.", cites: [guide], facts: [enforceable_cents]}
steps:
  - {step: look, kind: review, needs: caseworker, say: Look.}
"""
SEND = """  - step: tell
    kind: send
    queue: sos_license
    message: restrict
    say: Tell.
release: {queue: sos_license, message: reinstate}
"""


def test_a_card_of_reviews_alone_needs_no_queue_no_update_and_no_release(tmp_path: Path) -> None:
    read = card(tmp_path, card=REVIEWED)
    assert (read.queues, read.amount, read.update.on, read.release.message) == (frozenset(), "", "none", "")


def test_what_is_sent_must_be_able_to_be_taken_back_and_updated_where_it_went(tmp_path: Path) -> None:
    assert card(tmp_path, card=REVIEWED + SEND).release.message == "reinstate"
    bare = REVIEWED + SEND.split("release:")[0]
    assert "release is missing" in faults(tmp_path, card=bare)
    told = faults(tmp_path, card=REVIEWED + SEND + "update: {on: month, message: again}\n")
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
        ("facts: case_facts", "facts: no_facts", "no facts.yml describes the table no_facts"),
        ("amount: enforceable_cents", "amount: days_in_arrears", "is a fact in days, not in cents"),
        ("from: approved, step: look", "from: rained_on", "rained_on is no described fact"),
        ("from: approved, step: look", "from: enforceable_cents", "a fact in cents, not in date"),
        ("from: approved, step: look", "from: approved", "waits for a step that it does not name"),
        ("from: approved", "from: unpaid_since_on", "names the step look, too"),
        ("roll: true", "tolled_by: unpaid_since_on", "unpaid_since_on is a fact in date, not in days"),
        ("clock: license.hearing_days", "clock: license.share", "is percent and not one of days"),
        ("message: warn", "message: warn\n    targets: boats", "targets boats, a kind that plan/target.sql"),
        ("update: {on: none}", "update: {on: none, of: [days_in_arrears]}", "so `on` must be change"),
        ("update: {on: none}", "update: {on: change, message: restrict, of: [x]}", "x is no described fact"),
        ("update: {on: none}", "broken_agreement: never", "names never, which no jurisdiction holds"),
        ("update: {on: none}", "broken_agreement: go_on", "agreement_is_kept is no described fact"),
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
    for part in PARTS:
        path = rules / "remedies" / "license" / f"{part}.sql"
        path.write_text(path.read_text().replace("facts.case_facts", "facts.job_facts"))
    assert load_card(rules / "remedies" / "license").relation == "facts.job_facts"


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
