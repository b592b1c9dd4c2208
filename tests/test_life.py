"""A case's own life: reviews and their arithmetic, locate and its years, referrals, what parents tell."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from tests.builders import Caseload

AS_OF = date(2025, 5, 15)


def life(caseload: Caseload) -> SimpleNamespace:
    """The life facts of the one case."""
    return caseload.facts("life_facts")["C1"]


def under_review(guideline_cents: int, as_of: date = AS_OF) -> Caseload:
    """A case whose order of $500.00 a month is under review."""
    return Caseload(as_of).debtor(monthly=500_00).add(
        "reviews", review_id="V1", order_id="O-C1", case_id="C1", asked_by="custodial",
        asked_on=as_of - timedelta(30), guideline_cents=guideline_cents,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("guideline", "enough"), [(575_00, False), (575_01, True), (425_00, False), (424_99, True)]
)
def test_more_than_fifteen_percent_is_not_fifteen(guideline: int, enough: bool) -> None:
    assert life(under_review(guideline)).guideline_differs_enough is enough


def test_without_the_guidelines_result_the_difference_is_not_known() -> None:
    caseload = Caseload(AS_OF).debtor().add(
        "reviews", review_id="V1", order_id="O-C1", case_id="C1", asked_on=AS_OF - timedelta(30)
    )  # fmt: skip
    assert life(caseload).guideline_differs_enough is None


def test_a_decided_review_starts_the_three_years_anew() -> None:
    caseload = under_review(500_00)
    caseload.rows["reviews"][0] |= {"decided_on": date(2025, 5, 1), "outcome": "unchanged"}
    assert life(caseload).order_or_review_on == date(2025, 5, 1)
    assert life(caseload).review_is_asked is False


def looked_for(since: date, as_of: date, has_full_information: bool) -> SimpleNamespace:
    caseload = Caseload(as_of).debtor().add(
        "locating", person_id="P-C1", case_id="C1", needed_from_on=since,
        has_full_information=has_full_information,
    )  # fmt: skip
    return life(caseload)


@pytest.mark.parametrize(
    ("since", "as_of", "full", "failed"),
    [
        (date(2014, 1, 18), date(2017, 1, 18), True, True),  # three years by the rule of then
        (date(2014, 1, 19), date(2017, 1, 18), True, False),
        (date(2015, 1, 19), date(2017, 1, 19), True, True),  # two years from that day
        (date(2015, 1, 20), date(2017, 1, 19), True, False),
        (date(2016, 1, 18), date(2017, 1, 18), False, True),  # a year where there was little to search by
        (date(2016, 7, 19), date(2017, 1, 19), False, True),  # six months from that day
        (date(2016, 7, 20), date(2017, 1, 19), False, False),
    ],
)
def test_locate_fails_by_the_years_of_its_day(since: date, as_of: date, full: bool, failed: bool) -> None:
    assert looked_for(since, as_of, full).locate_has_failed is failed


def test_who_is_not_looked_for_has_not_failed_to_be_found() -> None:
    assert life(Caseload(AS_OF).debtor()).locate_has_failed is False
    assert life(Caseload(AS_OF).debtor().known_through("locating", None)).locate_has_failed is None


def test_whoever_lives_in_another_state_is_seen() -> None:
    away = Caseload(AS_OF).debtor()
    away.rows["addresses"][0]["state"] = "NH"
    assert (life(away).obligor_lives_elsewhere, life(away).other_state) == (True, "NH")
    assert life(Caseload(AS_OF).debtor()).obligor_lives_elsewhere is False


def test_a_long_sentence_is_untold_until_both_parents_are_told_after_the_agency_learned_of_it() -> None:
    held = {"person_id": "P-C1", "from_on": date(2025, 3, 1), "expected_to_on": date(2026, 3, 1)}
    learned = {**held, "learned_on": date(2025, 4, 1)}
    assert life(Caseload(AS_OF).debtor().add("custody", **learned)).custody_not_notified is True
    told = {**learned, "told_on": date(2025, 4, 20)}
    assert life(Caseload(AS_OF).debtor().add("custody", **told)).custody_not_notified is False
    short = {**learned, "expected_to_on": date(2025, 3, 1) + timedelta(180)}
    assert life(Caseload(AS_OF).debtor().add("custody", **short)).custody_not_notified is False


def test_closing_counts_the_letter_the_contact_and_the_second_letter() -> None:
    letter = {
        "action_id": "a", "episode_id": "e", "remedy": "case_closure", "subject_id": "C1", "case_id": "C1",
        "step": "letter", "kind": "notice", "queue": "custodial_notices", "message": "closure_60_days",
        "published_on": date(2025, 3, 1), "version": 1,
    }  # fmt: skip
    caseload = Caseload(AS_OF).debtor(case={"status": "closed", "closed_on": date(2025, 5, 2)})
    caseload.published.append(letter)
    assert life(caseload).second_letter_is_owed is True
    caseload.published.append({**letter, "message": "closure_done", "published_on": date(2025, 5, 3)})
    assert life(caseload).second_letter_is_owed is False
    caseload.add(
        "contacts", contact_id="K1", case_id="C1", with_parent="custodial", received_on=date(2025, 3, 20)
    )  # fmt: skip
    assert life(caseload).was_heard_since_letter is True


def tip(caseload: Caseload, kind: str, **but: object) -> Caseload:
    usual = {
        "tip_id": f"T{len(caseload.partners['portal_intake'])}", "case_id": "C1", "person_id": "P-C1",
        "told_by": "O", "channel": "P", "kind": kind, "about": "O", "received_on": AS_OF - timedelta(2),
        "has_evidence": False,
    }  # fmt: skip
    return caseload.partner("portal_intake", **usual | but)


@pytest.mark.parametrize(
    ("kind", "fact"),
    [("LT", "license"), ("RR", "review"), ("MP", "missing_payment"), ("RA", "records"),
     ("NN", "name_or_number"), ("IQ", "inquiry")],
)  # fmt: skip
def test_each_kind_that_parents_tell_waits_under_its_own_name(kind: str, fact: str) -> None:
    found = life(tip(Caseload(AS_OF).debtor(), kind))
    told = {name: value for name, value in vars(found).items() if name.startswith("tips_of_")}
    assert {name for name, value in told.items() if value} == {f"tips_of_{fact}"}
    assert (found.review_notified_on is not None) is (kind == "RR")


def test_what_parents_tell_waits_until_it_is_taken_up() -> None:
    caseload = tip(tip(Caseload(AS_OF).debtor(), "HR"), "AD")
    assert (life(caseload).tips_waiting, life(caseload).tips_of_objection) == (2, 1)
    caseload.add("tips_worked", tip_id="T0", worked_on=AS_OF - timedelta(1))
    assert (life(caseload).tips_waiting, life(caseload).tips_of_objection) == (1, 0)
    assert life(caseload).tips_taken_up_on is None
    caseload.add("tips_worked", tip_id="T1", worked_on=AS_OF)
    assert life(caseload).tips_taken_up_on == AS_OF


@pytest.mark.parametrize(
    ("case", "due", "tried"),
    [
        ({}, date(2024, 6, 1), 1),
        ({"service_level": "withholding_only"}, date(2024, 6, 1), 0),
        ({"opened_on": date(2024, 11, 15)}, date(2024, 6, 1), 0),  # the case came later
        ({}, date(2025, 1, 1), 0),  # and so did its debt
    ],
)
def test_what_was_tried_for_the_debt_of_another_case_is_not_tried_in_this_one(
    case: dict[str, object], due: date, tried: int
) -> None:
    caseload = Caseload(AS_OF).debtor("C0", person_id="P-C1").debtor("C1", case=case, due_days=[due])
    caseload.published.append(
        {
            "episode_id": "e", "subject_id": "P-C1", "person_id": "P-C1", "kind": "send", "queue": "q",
            "version": 1, "remedy": "bank_levy", "published_on": date(2024, 11, 1),
        }
    )  # fmt: skip
    assert life(caseload).remedies_tried == tried


@pytest.mark.parametrize(
    ("benefit", "employer", "alone"),
    [("ssi", False, True), ("ssdi", False, True), ("veterans", False, False), ("ssi", True, False)],
)
def test_supplemental_security_income_is_the_sole_income_only_beside_disability_insurance(
    benefit: str, employer: bool, alone: bool
) -> None:
    caseload = Caseload(AS_OF).debtor(person={"receives_ssi": True})
    caseload.add("benefits", person_id="P-C1", kind=benefit, from_on=date(2024, 1, 1))
    if employer:
        caseload.add("employers", person_id="P-C1", fein="900000001", from_on=date(2024, 1, 1))
    assert life(caseload).ssi_is_sole_income is alone


def test_a_remedy_is_tried_only_after_half_a_year() -> None:
    sent = {
        "episode_id": "e",
        "subject_id": "C1",
        "case_id": "C1",
        "kind": "send",
        "queue": "q",
        "version": 1,
    }
    caseload = Caseload(AS_OF).debtor()
    for remedy, days in (("credit_reporting", 180), ("bank_levy", 179)):
        caseload.published.append({**sent, "remedy": remedy, "published_on": AS_OF - timedelta(days)})
    # Nothing is taken from anybody by a registration with the federal registry.
    registered = {"queue": "fcr_cases", "remedy": "case_registration", "published_on": AS_OF - timedelta(200)}
    caseload.published.append(sent | registered)
    assert (life(caseload).remedies_sent, life(caseload).remedies_tried) == (2, 1)


def test_the_ground_of_a_closing_is_told_in_the_words_of_the_letter() -> None:
    ended = {"status": "ended", "ends_on": date(2024, 1, 1)}
    assert life(Caseload(AS_OF).debtor()).closing_ground is None
    little = Caseload(AS_OF).debtor(order=ended, months=1, monthly=100_00)
    assert life(little).closing_ground == "little_owed"
    asked = Caseload(AS_OF).debtor().add(
        "case_requests", request_id="R1", case_id="C1", kind="close", received_on=AS_OF - timedelta(3)
    )  # fmt: skip
    assert life(asked).closing_ground == "asked"


def on_medicaid(assigned: bool | None, state: str = "me", **more: object) -> Caseload:
    """A family that asks to close its case and gets Medicaid."""
    asked_on, since = AS_OF - timedelta(3), AS_OF - timedelta(90)
    caseload = Caseload(AS_OF, state).debtor()
    caseload.add("case_requests", request_id="R1", case_id="C1", kind="close", received_on=asked_on)
    return caseload.add("medicaid", case_id="C1", from_on=since, rights_assigned=assigned, **more)


@pytest.mark.parametrize(
    ("assigned", "to_on", "gets_it", "stands", "closing"),
    [
        (True, None, True, True, "clear"),
        (True, AS_OF - timedelta(1), False, True, "clear"),  # what was paid stays the state's to ask back
        (False, AS_OF, True, False, "flag"),
        (None, None, True, None, "unknown"),
    ],
)
@pytest.mark.parametrize("state", ["me", "ma"])
def test_a_request_closes_no_case_whose_rights_to_medical_support_are_the_states(
    assigned: bool | None, to_on: date | None, gets_it: bool, stands: bool | None, closing: str, state: str
) -> None:
    night = on_medicaid(assigned, state, to_on=to_on).night("life_facts", "case_closure")
    fact = night.facts["C1"]
    assert (fact.family_gets_medicaid, fact.medical_support_is_assigned) == (gets_it, stands)
    assert night.verdicts["case_closure", "enter", "C1"].verdict == closing


def test_without_the_table_of_medicaid_a_request_goes_to_a_person() -> None:
    caseload = on_medicaid(None)
    caseload.rows["medicaid"] = []
    key = ("case_closure", "enter", "C1")
    assert caseload.night("life_facts", "case_closure").verdicts[key].verdict == "flag"
    caseload.known_through("medicaid", None)
    assert caseload.night("life_facts", "case_closure").verdicts[key].verdict == "unknown"


def test_the_medicaid_agency_hears_of_health_cover_once() -> None:
    covered = on_medicaid(True)
    covered.rows["orders"][0] |= {"health_cover_ordered": True, "health_cover_provided": True}
    assert life(covered).medicaid_needs_cover is True
    covered.rows["medicaid"][0]["cover_told_on"] = AS_OF
    assert life(covered).medicaid_needs_cover is False
