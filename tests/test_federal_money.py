"""Offset money and the Social Security Administration's answers: holds by their day, and what stops."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from builders import Caseload

RECEIVED = date(2025, 2, 12)
JOINT = {"is_joint_return": True, "injured_spouse": "N"}


def offset(
    as_of: date, *lines: dict[str, Any], certified: int = 600_00, state: str = "me", **but: Any
) -> Caseload:
    """Money from the Treasury for debt to the family, of which so much was certified in January."""
    caseload = Caseload(as_of, state).debtor("C1", **but).came_on("federal_collections", RECEIVED)
    for kind in "AN":
        caseload.published.append(
            {
                "action_id": f"a-{kind}", "remedy": "federal_tax_offset", "subject_id": f"P-C1-{kind}",
                "person_id": "P-C1", "kind": "send", "queue": "federal_offset", "message": "add",
                "target_id": f"P-C1-{kind}", "version": 1, "amount_cents": certified,
                "published_on": date(2025, 1, 6), "batch_no": 1,
            }
        )  # fmt: skip
    for line in lines:
        usual = {
            "person_token": "t-P-C1", "person_id": "P-C1", "case_type": "N", "offset_type": "TAX",
            "certified_cents": certified, "collected_cents": 1_000_00, "adjusted_cents": 0,
            "is_joint_return": False,
        }  # fmt: skip
        caseload.partner("federal_collections", **usual | line)
    return caseload


def money(caseload: Caseload) -> list[SimpleNamespace]:
    return list(caseload.facts("offset_money").values())


def the_money(caseload: Caseload) -> SimpleNamespace:
    [one] = money(caseload)
    return one


def test_a_joint_refund_is_held_whole_until_the_spouse_is_settled_or_six_months_are_over() -> None:
    one = the_money(offset(date(2025, 8, 11), JOINT))
    assert (one.hold_kind, one.holds_until_on) == ("joint_return", date(2025, 8, 12))
    assert (one.collected_cents, one.over_collected_cents) == (1_000_00, 400_00), "not sent back early"
    assert (one.is_held, one.hold_is_over) == (True, False)
    assert the_money(offset(date(2025, 8, 12), JOINT)).hold_is_over is True


def test_the_spouse_settled_ends_the_hold() -> None:
    caseload = offset(date(2025, 5, 1), JOINT).add(
        "refund_holds", hold_id="H1", person_id="P-C1", source="federal", case_type="N", received_on=RECEIVED,
        amount_cents=1_000_00, spouse_settled_on=date(2025, 4, 2),
    )  # fmt: skip
    one = the_money(caseload)
    assert (one.is_held, one.hold_ended_on) == (False, date(2025, 4, 2))


@pytest.mark.parametrize(
    "line",
    [
        # The assigned part is not held for a spouse, a claim that was worked is paid, vendors file no return.
        JOINT | {"case_type": "A"},
        JOINT | {"injured_spouse": "Y"},
        JOINT | {"offset_type": "VEN"},
        {"is_joint_return": False},
    ],
)
def test_other_money_is_not_held_for_a_spouse(line: dict[str, Any]) -> None:
    assert the_money(offset(date(2025, 2, 13), line)).hold_kind is None


def test_maine_holds_a_refund_of_a_prisoner_six_months_and_pays_after_an_appeal() -> None:
    caseload = offset(date(2025, 3, 3), {}, person={"in_prison": True}).add(
        "refund_holds", hold_id="H1", person_id="P-C1", source="federal", case_type="N", received_on=RECEIVED,
        amount_cents=1_000_00, appeal_decided_on=date(2025, 2, 28),
    )  # fmt: skip
    one = the_money(caseload)
    assert (one.hold_kind, one.holds_until_on) == ("suspicious", date(2025, 8, 12))
    assert (one.appeal_decided_on, one.paid_after_appeal_on) == (date(2025, 2, 28), None)


def test_massachusetts_has_no_such_hold() -> None:
    assert the_money(offset(date(2025, 3, 3), {}, state="ma", person={"in_prison": True})).hold_kind is None


def test_money_above_what_was_certified_is_over_collected_over_several_weeks() -> None:
    lines = [{"collected_cents": 400_00}, {"collected_cents": 300_00}]
    assert [one.over_collected_cents for one in money(offset(date(2025, 2, 13), *lines))] == [0, 100_00]


def test_money_of_a_stranger_or_under_another_number_or_never_certified_is_not_ours() -> None:
    lines = [{"person_id": "P-9"}, {"person_token": "t-other"}, {}]
    told = {one.person_id: one for one in money(offset(date(2025, 2, 13), *lines[:1]))}
    assert (told["P-9"].is_ours, told["P-9"].over_collected_cents) == (False, 1_000_00)
    assert [one.is_ours for one in money(offset(date(2025, 2, 13), *lines[1:]))] == [False, True]


def test_what_the_treasury_takes_back_is_shown_and_not_held() -> None:
    line = JOINT | {"collected_cents": 0, "adjusted_cents": 600_00, "adjusted_year": "2023"}
    one = the_money(offset(date(2025, 2, 13), line))
    assert (one.adjusted_cents, one.hold_kind, one.over_collected_cents) == (600_00, None, 0)


def refund(as_of: date, state: str) -> SimpleNamespace:
    caseload = Caseload(as_of, state).debtor("C1")
    return the_money(
        caseload.partner(
            "state_tax_refunds",
            person_id="P-C1",
            office="101",
            amount_cents=310_00,
            created_on=date(2025, 2, 20),
        )
    )


@pytest.mark.parametrize(("as_of", "is_over"), [(date(2025, 4, 5), False), (date(2025, 4, 6), True)])
def test_massachusetts_holds_every_intercept_for_45_days(as_of: date, is_over: bool) -> None:
    one = refund(as_of, "ma")
    assert (one.hold_kind, one.holds_until_on) == ("every_intercept", date(2025, 4, 6))
    assert (one.hold_is_over, one.fee_cents, one.priority_rank) == (is_over, 10_00, 2)


def test_maine_holds_no_state_refund_and_hears_for_60_days() -> None:
    one = refund(date(2025, 3, 3), "me")
    assert (one.hold_kind, one.hearing_until_on, one.fee_cents) == (None, date(2025, 4, 21), None)


PERSON = {
    "person_token": "t-P-C1", "person_id": "P-C1", "first_name": "ADRIEN", "last_name": "PELLETIER",
    "birth_on": date(1985, 5, 4),
}  # fmt: skip


def known(caseload: Caseload) -> SimpleNamespace:
    return caseload.facts("benefits_known")["P-C1"]


def answered(*lines: tuple[str, dict[str, Any]], **but: Any) -> Caseload:
    caseload = Caseload().debtor("C1", **but)
    for feed, line in lines:
        caseload.partner(feed, **PERSON | line)
    return caseload


def test_supplemental_security_income_is_told_apart_from_social_security() -> None:
    ssi = ("sves_title_xvi", {"answer": "record", "is_paid": True, "eligible_since_on": date(2024, 11, 1)})
    title_ii = (
        "sves_title_ii",
        {"answer": "claim", "is_paid": True, "is_disability": True, "monthly_cents": 943_00},
    )
    only = known(answered(ssi))
    assert (only.receives_ssi_match, only.receives_title_ii_match, only.receives_both_titles) == (
        True,
        False,
        False,
    )
    both = known(answered(ssi, title_ii))
    assert (both.receives_ssdi_match, both.title_ii_monthly_cents, both.receives_both_titles) == (
        True,
        943_00,
        True,
    )
    assert (only.ssi_eligible_since_on, only.benefits_checked_on) == (date(2024, 11, 1), date(2025, 1, 14))


def test_silence_means_no_only_where_the_answers_are_current() -> None:
    assert known(answered()).receives_ssi_match is False
    old = answered(person={"receives_ssi": True}).came_on("sves_title_xvi", date(2024, 6, 3))
    fact = known(old)
    assert (fact.receives_ssi_match, fact.receives_ssi) == (None, True), "what the caseload says still stands"
    assert fact.benefits_checked_on is None


def test_a_status_that_is_neither_paid_nor_ended_is_not_known() -> None:
    assert (
        known(answered(("sves_title_xvi", {"answer": "record", "is_paid": None}))).receives_ssi_match is None
    )


def test_another_man_under_the_same_number_receives_nothing_of_his() -> None:
    line = {"answer": "record", "is_paid": True, "last_name": "ROY"}
    assert known(answered(("sves_title_xvi", line))).receives_ssi_match is False


@pytest.mark.parametrize(
    ("release_on", "is_held"), [(None, True), (date(2025, 1, 16), True), (date(2025, 1, 15), False)]
)
def test_a_prisoner_is_one_until_the_day_of_release(release_on: date | None, is_held: bool) -> None:
    line = {"confined_on": date(2024, 3, 1), "release_on": release_on}
    assert known(answered(("sves_prisoners", line))).in_prison_match is is_held


def test_a_claim_that_is_pending_and_a_death_are_told() -> None:
    fact = known(
        answered(
            ("sves_title_ii", {"answer": "pending", "pending_kind": "disability"}),
            ("sves_title_xvi", {"answer": "record", "is_paid": False, "died_on": date(2024, 12, 1)}),
        )
    )
    assert (fact.title_ii_pending_kind, fact.died_match_on) == ("disability", date(2024, 12, 1))
