"""What was told to, asked by or found of one person counts for that person in that case only."""

from datetime import date
from typing import Any

import pytest
from builders import AS_OF, Caseload

SERVED = date(2024, 9, 3)
FORMER = "9-FORMER"


def replaced(**but: Any) -> Caseload:
    """A case whose parent of today was never told anything: the notice was served on the one before."""
    caseload = Caseload().debtor(last_paid=date(2024, 6, 1), notice=None)
    caseload.person(FORMER, last_name="Formerman", first_name="Felix")
    return caseload.notice("C1", SERVED, **{"person_id": FORMER} | but)


def test_a_notice_of_debt_served_on_somebody_else_opens_no_gate_and_the_desk_says_on_whom() -> None:
    case = replaced().facts()["C1"]
    assert case.debt_gate_is_open is False
    assert case.debt_notice_served_on is None
    assert case.stray_notices == [f"notice_of_debt served on person {FORMER}"]


@pytest.mark.parametrize("person_id", [None, "P-C1"])
def test_a_notice_that_names_nobody_or_the_parent_who_owes_counts(person_id: str | None) -> None:
    case = replaced(person_id=person_id).facts()["C1"]
    assert case.debt_gate_is_open is True
    assert case.stray_notices == []


def dealt_with_before(until: date, **but: Any) -> Caseload:
    """A case with one notice that names nobody, in which a partner was told of somebody else until a day."""
    caseload = replaced(person_id=None)
    told = {"action_id": "9-A", "episode_id": "9-E", "remedy": "liens", "subject_id": "C1", "case_id": "C1"}
    told |= {"person_id": FORMER, "kind": "send", "queue": "liens", "target_id": "C1", "version": 1}
    caseload.published.append(told | {"published_on": until, "carry": "{}"} | but)
    return caseload


@pytest.mark.parametrize("until", [SERVED, date(2024, 12, 1)])
def test_a_notice_that_names_nobody_from_the_time_of_another_parent_burdens_nobody_else(until: date) -> None:
    caseload = dealt_with_before(until)
    caseload.notice("C1", date(2024, 8, 1), about="license_revocation")
    caseload.add("hardship_checks", check_id="9", case_id="C1", checked_on=SERVED, outcome="can_pay")
    night = caseload.night("license_facts", "license_revocation", "lottery_setoff", "gambling_registry")
    case = night.facts["C1"]
    assert (case.debt_notice_served_on, case.debt_gate_is_open) == (None, False)
    assert (case.license_notice_is_served, case.ability_is_found) == (False, False)
    assert {one.verdict for (_, part, _), one in night.verdicts.items() if part == "enter"} == {"clear"}
    named = f"served on nobody by name while person {FORMER} was dealt with"
    assert case.stray_notices == [f"license_revocation {named}", f"notice_of_debt {named}"]


def test_a_parent_who_became_the_one_with_custody_leaves_no_unnamed_notice_behind() -> None:
    caseload = dealt_with_before(AS_OF)
    caseload.rows["cases"][0]["custodial_id"] = FORMER
    assert caseload.facts()["C1"].debt_notice_served_on is None


@pytest.mark.parametrize(
    ("until", "but"),
    [
        (date(2024, 8, 20), {}),  # sent and served after the last word about the other one
        (AS_OF, {"person_id": "P-C1"}),
        (AS_OF, {"person_id": "K-C1", "queue": "custodial_notices"}),
    ],
)
def test_a_notice_that_names_nobody_counts_where_nobody_else_can_be_meant(
    until: date, but: dict[str, Any]
) -> None:
    assert dealt_with_before(until, **but).facts()["C1"].debt_gate_is_open is True


def test_what_protects_and_names_nobody_protects_the_next_parent_too() -> None:
    caseload = dealt_with_before(AS_OF).agreement("C1", SERVED).hearing("C1", date(2024, 9, 10))
    case = caseload.facts()["C1"]
    assert (case.agreement_is_kept, case.hearings_pending_about) == (True, ["notice_of_debt"])


def test_a_new_notice_is_due_to_the_parent_who_was_never_told() -> None:
    notice = replaced().night("notice_facts", "notice_of_debt")
    assert notice.facts["C1"].debt_notice_covers is False
    assert notice.facts["C1"].debt_notice_tries == 0
    assert notice.verdicts["notice_of_debt", "enter", "C1"].verdict == "flag"


def test_a_hearing_agreement_or_look_of_another_person_neither_protects_nor_burdens() -> None:
    caseload = replaced(person_id="P-C1")
    caseload.hearing("C1", date(2024, 9, 10), person_id=FORMER)
    caseload.agreement("C1", date(2024, 9, 10), person_id=FORMER)
    caseload.add(
        "hardship_checks", check_id="9", case_id="C1", checked_on=AS_OF, outcome="can_pay", person_id=FORMER
    )
    caseload.stay("wrong_person", case_id="C1", person_id=FORMER)
    caseload.add("claims", claim_id="9", case_id="C1", kind="identity", received_on=AS_OF, person_id=FORMER)
    case = caseload.facts("license_facts")["C1"]
    assert case.hearings_pending_about == []
    assert case.has_agreement is False
    assert case.ability_is_found is False
    assert (case.identity_has_failed, case.identity_is_certain) == (False, True)


def test_a_hearing_about_a_notice_of_another_person_is_that_persons() -> None:
    caseload = replaced(notice_id="9-N").notice("C1", SERVED)
    caseload.hearing("C1", date(2024, 9, 10), notice_id="9-N", decision="set_aside", decided_on=SERVED)
    assert caseload.facts()["C1"].debt_gate_is_open is True


def test_facts_of_a_case_without_a_person_count_for_its_parent() -> None:
    caseload = Caseload().debtor().agreement("C1", date(2024, 9, 10)).hearing("C1", date(2024, 9, 10))
    case = caseload.facts()["C1"]
    assert case.agreement_is_kept is True
    assert case.hearings_pending_about == ["notice_of_debt"]


def test_good_cause_and_a_tribunals_word_stay_with_the_case() -> None:
    caseload = Caseload().debtor()
    caseload.stay("good_cause", case_id="C1", person_id="K-C1")
    caseload.stay("tribunal", case_id="C1", person_id=FORMER, remedy="bank_levy")
    case = caseload.facts()["C1"]
    assert case.has_good_cause is True
    assert case.exempted_remedies == ["bank_levy"]


def test_a_license_notice_to_the_parent_before_is_none_to_the_parent_of_today() -> None:
    caseload = replaced(person_id="P-C1")
    caseload.notice("C1", date(2024, 12, 2), about="license_revocation", person_id=FORMER)
    case = caseload.facts("license_facts")["C1"]
    assert case.license_notice_is_served is False
    assert case.license_notice_is_sent is False


def merged(row_stays: bool, **but: Any) -> Caseload:
    """A parent of whom a partner was told, whose case names another entry of the same person tonight."""
    caseload = dealt_with_before(date(2024, 12, 1), carry='{"identity": {"number": "t-P-C1"}}', **but)
    caseload.rows["notices"][0]["person_id"] = FORMER
    if row_stays:
        caseload.rows["persons"][-1] |= {"person_token": "t-P-C1"}
        caseload.rows["persons"][-1] |= {"last_name": "Pelletier", "first_name": "Adrien"}
    else:
        del caseload.rows["persons"][-1]
    return caseload


@pytest.mark.parametrize("row_stays", [True, False])
def test_a_parent_under_another_person_number_is_the_same_and_in_doubt(row_stays: bool) -> None:
    caseload = merged(row_stays).agreement("C1", date(2024, 9, 10), person_id=FORMER)
    night = caseload.night("person_facts", "license_revocation", "lottery_setoff", "state_tax_intercept")
    assert night.facts["P-C1"].keyed_as == [FORMER, "P-C1"]
    assert (night.facts["P-C1"].identity_is_certain, night.facts["P-C1"].identity_has_failed) == (
        False,
        False,
    )
    assert {one.verdict for (_, part, _), one in night.verdicts.items() if part == "enter"} == {"clear"}
    case = caseload.facts()["C1"]
    assert (case.debt_notice_served_on, case.stray_notices, case.agreement_is_kept) == (SERVED, [], True)


@pytest.mark.parametrize("row_stays", [True, False])
def test_a_bankruptcy_of_the_same_person_protects_under_each_person_number(row_stays: bool) -> None:
    case = merged(row_stays).stay("bankruptcy", person_id=FORMER).facts()["C1"]
    assert case.bankruptcy_is_open is True


def test_a_number_last_told_of_somebody_whom_the_extract_knows_under_another_is_no_proof() -> None:
    caseload = merged(row_stays=False).person(FORMER, last_name="Formerman")
    person = caseload.facts("person_facts")["P-C1"]
    assert (person.keyed_as, person.identity_is_certain) == ([], True)


def test_what_was_taken_back_leaves_no_doubt() -> None:
    caseload = merged(row_stays=False)
    caseload.published.append(caseload.published[0] | {"action_id": "9-B", "kind": "release"})
    assert caseload.facts("person_facts")["P-C1"].identity_is_certain is True


# One parent keyed twice.


def keyed_twice(**but: Any) -> Caseload:
    """A parent who stands in the caseload once more, under another person number and with no case."""
    return Caseload().debtor(last_paid=date(2024, 6, 1)).person("9-AGAIN", **{"person_token": "t-P-C1"} | but)


@pytest.mark.parametrize(
    "but", [{}, {"first_name": "Adrien J"}, {"birth_on": None}, {"last_name": "PELLETIER JR."}]
)
def test_one_person_keyed_twice_is_doubt_and_no_proof(but: dict[str, Any]) -> None:
    night = keyed_twice(**but).night("person_facts", "license_revocation", "state_tax_intercept")
    person = night.facts["P-C1"]
    assert (person.identity_is_certain, person.identity_has_failed) == (False, False)
    assert person.keyed_as == ["9-AGAIN", "P-C1"]
    assert night.verdicts["license_revocation", "enter", "C1"].verdict == "clear"
    assert night.verdicts["license_revocation", "release", "C1"].verdict == "clear"
    assert night.verdicts["state_tax_intercept", "release", "P-C1"].verdict == "clear"


@pytest.mark.parametrize(
    "but", [{"last_name": "Roy"}, {"first_name": "Beau"}, {"birth_on": date(1985, 5, 5)}]
)
def test_a_number_that_two_different_people_hold_fails_as_before(but: dict[str, Any]) -> None:
    person = keyed_twice(**but).facts("person_facts")["P-C1"]
    assert (person.identity_is_certain, person.identity_has_failed) == (False, True)
    assert person.keyed_as == []


def test_what_partners_know_of_a_person_keyed_twice_stays_known() -> None:
    caseload = keyed_twice().license_of_dmv("P-C1")
    assert caseload.facts()["C1"].driver_license_count == 2
    assert caseload.match()["candidates"] == []


def test_one_question_is_asked_although_both_entries_owe() -> None:
    caseload = Caseload().debtor("C1").debtor("C2", person={"person_token": "t-P-C1"})
    people = caseload.facts("person_facts")
    assert [len(people[one].keyed_as) for one in ("P-C1", "P-C2")] == [2, 0]
