"""What was told to, asked by or found of one person counts for that person in that case, and for nobody else."""

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
    caseload.add(
        "claims", claim_id="9", case_id="C1", kind="identity", received_on=AS_OF, person_id=FORMER
    )
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
