"""A card and its SQL say the same, or nothing is loaded."""

from datetime import date
from pathlib import Path

import pytest
from card_helpers import CARD, ENTER, FEDERAL, tree

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
