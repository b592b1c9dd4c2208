"""A state refund is claimed only after a written notice whose time to contest is over (45 CFR 303.102(e))."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from builders import AS_OF, Caseload, card, profile
from test_federal_facts import owing

RAN = AS_OF - timedelta(60)


def claim(caseload: Caseload) -> SimpleNamespace:
    return caseload.facts("state_claim_facts")["P-C1"]


def told(caseload: Caseload, cents: int | None, on: date = RAN, **but: Any) -> Caseload:
    usual = {
        "notice_id": f"S{len(caseload.rows['notices'])}", "person_id": "P-C1", "about": "state_offset",
        "debt_cents": cents, "sent_on": on, "status": "sent",
    }  # fmt: skip
    return caseload.add("notices", **usual | but)


def test_massachusetts_sends_a_letter_before_it_claims_a_refund() -> None:
    night = owing(900_00, "ma", notice=None).night("state_claim_facts", "state_offset_notice")
    fact = night.facts["P-C1"]
    assert (fact.state_notice_given, fact.claim_contest_from_on) == (False, None)
    assert night.verdicts["state_offset_notice", "enter", "P-C1"].verdict == "flag"


def test_the_claim_waits_for_the_day_of_the_letter_and_the_days_of_the_profile() -> None:
    step = next(one for one in card("state_tax_intercept").steps if one.step == "certify")
    assert step.after is not None
    assert (step.after.clock, step.after.anchor_fact) == ("state_tax.contest_days", "claim_contest_from_on")
    assert profile("ma").plain("state_tax.contest_days", AS_OF) == 30
    assert claim(told(owing(900_00, "ma", notice=None), 900_00)).claim_contest_from_on == RAN


def test_in_maine_the_notice_of_debt_is_the_letter() -> None:
    fact = claim(owing(900_00))
    assert fact.claim_contest_from_on == date(2024, 10, 3)
    assert profile().plain("state_tax.contest_days", AS_OF) == 0
    assert "state_offset_notice" not in profile().remedies_in_force(AS_OF)


def test_what_the_letter_did_not_tell_of_is_not_claimed() -> None:
    fact = claim(told(owing(1_400_00, "ma", notice=None), 900_00))
    assert (fact.claimable_cents, fact.claim_cents, fact.not_notified_cents) == (1_400_00, 900_00, 500_00)


def test_a_letter_that_came_back_is_none() -> None:
    fact = claim(told(owing(900_00, "ma", notice=None), 900_00, status="returned"))
    assert (fact.state_notice_given, fact.claim_contest_from_on) == (False, None)
    assert fact.state_notice_returned_on == RAN


def test_once_the_time_to_contest_is_over_the_letter_is_done_and_more_debt_calls_for_another() -> None:
    verdicts = (
        told(owing(900_00, "ma", notice=None), 900_00)
        .night("state_claim_facts", "state_offset_notice")
        .verdicts
    )
    assert verdicts["state_offset_notice", "release", "P-C1"].verdict == "flag"
    verdicts = (
        told(owing(950_00, "ma", notice=None), 900_00, AS_OF - timedelta(366))
        .night("state_claim_facts", "state_offset_notice")
        .verdicts
    )
    assert [verdicts["state_offset_notice", part, "P-C1"].verdict for part in ("enter", "release")] == [
        "flag", "clear",
    ]  # fmt: skip
