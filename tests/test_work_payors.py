"""Payors who are late or silent, health coverage, unemployment benefits, and the days of each of them."""

from datetime import date, timedelta
from typing import Any

import pytest

from arrears.days import Calendar
from tests.builders import profile
from tests.work_cases import HARBOR, MILL, Pay


def withheld(as_of: date, **but: Any) -> Any:
    """A payor in Maine who withheld on Thursday 3 July 2025, before a holiday."""
    row = {"case_id": "C1", "fein": MILL, "withheld_on": date(2025, 7, 3), "amount_cents": 300_00}
    return Pay(as_of).worker().add("withheld", **row | but).job()  # type: ignore[attr-defined]


def test_seven_business_days_with_a_holiday_end_on_the_fifteenth() -> None:
    on_time, late = withheld(date(2025, 7, 15)), withheld(date(2025, 7, 16))
    assert on_time.remittance_due_on == late.remittance_due_on == date(2025, 7, 15)
    assert [one.employer_is_late for one in (on_time, late)] == [False, True]
    assert (late.unsent_cents, late.times_late, late.penalty_cents) == (300_00, 1, 100_00)


@pytest.mark.parametrize(("received_on", "times"), [(date(2025, 7, 15), 0), (date(2025, 7, 16), 1)])
def test_a_receipt_on_the_last_day_is_on_time(received_on: date, times: int) -> None:
    fact = withheld(date(2025, 7, 20), received_on=received_on)
    assert (fact.times_late, fact.employer_is_late, fact.unsent_cents) == (times, False, 0)
    assert (fact.remittance_watched_on, fact.remittance_received_on) == (date(2025, 7, 3), received_on)


def test_whether_a_payor_is_late_is_not_known_without_his_reports() -> None:
    fact = Pay().worker().known_through("withheld", None).job()  # type: ignore[attr-defined]
    assert (fact.employer_is_late, fact.payor_src) == (None, None)


def test_a_payor_who_was_told_and_sends_nothing_is_silent_after_his_first_pay_was_due() -> None:
    def silent(as_of: date, caseload: Any = None, **job: Any) -> Any:
        made = (caseload or Pay(as_of)).worker().sent(date(2024, 11, 1))
        made.add("jobs", person_id="P-C1", fein=MILL, pay_cycle="weekly", **job)
        return made.job()

    due = silent(date(2024, 12, 1)).first_payment_due_on
    # 14 days, a weekly pay, and seven business days over Thanksgiving in Maine.
    assert due == date(2024, 12, 5)
    assert [silent(due + timedelta(n)).employer_is_silent for n in (0, 1)] == [False, True]
    paid = Pay(due + timedelta(1)).receipt("C1", date(2024, 11, 29), source="employer")
    assert silent(paid.as_of, paid).employer_is_silent is False


def test_the_bill_of_a_withholding_only_case_goes_by_the_payors_cycle() -> None:
    def billed(cycle: str, on: date) -> Any:
        caseload = Pay(state="ma").worker(case={"service_level": "withholding_only"}, monthly=400_00)
        caseload.add("jobs", person_id="P-C1", fein=MILL, pay_cycle=cycle)
        caseload.add("withheld", case_id="C1", fein=MILL, withheld_on=on, amount_cents=1, received_on=on)
        return caseload.job()

    weekly, monthly = billed("weekly", date(2025, 1, 6)), billed("monthly", date(2025, 1, 6))
    assert (weekly.bill_is_due, weekly.bill_since_on, weekly.bill_cents) == (True, date(2025, 1, 13), 92_31)
    assert (monthly.bill_is_due, monthly.bill_cents) == (False, 400_00)


def test_massachusetts_sends_the_order_of_a_withholding_only_case_to_whoever_hired_the_parent() -> None:
    def served(state: str, fein: str) -> bool:
        caseload = Pay(state=state).worker(case={"service_level": "withholding_only"})
        return bool(caseload.hire("P-C1", date(2025, 1, 3)).job(fein=fein).is_served_by_withholding)

    assert [served("ma", HARBOR), served("ma", MILL), served("me", HARBOR)] == [True, False, False]


def test_a_withholding_only_case_bills_a_payor_who_is_behind() -> None:
    def billed(**but: Any) -> Any:
        made = Pay(state="ma").worker(case={"service_level": "withholding_only"})
        return made.add("withheld", case_id="C1", fein=MILL, amount_cents=300_00, **but).job()  # type: ignore[attr-defined]

    behind = billed(withheld_on=date(2024, 12, 1), received_on=date(2024, 12, 5))
    recent = billed(withheld_on=date(2024, 12, 20), received_on=date(2024, 12, 26))
    assert [behind.bill_is_due, recent.bill_is_due] == [True, False]
    assert Pay(state="ma").worker().job().bill_is_due is False


@pytest.mark.parametrize(
    ("order", "terms", "wanted"),
    [
        ({"health_cover_ordered": True, "health_cover_provided": False}, {}, True),
        ({"health_cover_ordered": True, "health_cover_provided": True}, {}, False),
        ({"health_cover_ordered": False}, {}, False),
        ({"health_cover_ordered": True, "health_cover_provided": False}, {"other_cover_named": True}, False),
        ({"health_cover_ordered": True, "health_cover_provided": None}, {}, None),
        ({"health_cover_ordered": True, "health_cover_provided": False}, {"other_cover_named": None}, None),
    ],
)
def test_cover_through_the_job_is_wanted(
    order: dict[str, Any], terms: dict[str, Any], wanted: bool | None
) -> None:
    assert Pay().worker(order=order, terms=terms).job().cover_is_wanted is wanted


def test_the_answers_to_a_medical_support_notice() -> None:
    made = Pay().worker().sent(date(2025, 1, 2), queue="medical_support", remedy="medical_support")
    made.add("medical_answers", case_id="C1", fein=MILL, answered_by="employer", answered_on=date(2025, 1, 9),
             answer="sent_to_plan")  # fmt: skip
    made.add("medical_answers", case_id="C1", fein=MILL, answered_by="plan", answered_on=date(2025, 1, 13),
             answer="enrolled")  # fmt: skip
    fact = made.job()
    assert (fact.medical_notice_in_place, fact.medical_answer_since_on) == (True, date(2025, 1, 2))
    assert (fact.medical_employer_answered_on, fact.medical_plan_answered_on) == (
        date(2025, 1, 9),
        date(2025, 1, 13),
    )
    assert fact.covered_by_notice is True


def days(key: str, on: date, state: str = "me") -> int:
    """The number of days of a value in a state on a date."""
    return int(profile(state).value(key, on).value)


def test_the_days_of_the_law_from_their_anchors() -> None:
    on = date(2025, 7, 7)
    calendar: Calendar = profile("me").calendar()
    notice = calendar.add_business_days(on, days("medical_support.send_nmsn_business_days", on))
    assert (
        notice
        == calendar.add_business_days(on, days("new_hire.iwo_send_business_days", on))
        == date(2025, 7, 9)
    )
    employer = days("medical_support.employer_to_plan_business_days", on)
    plan = days("medical_support.plan_response_business_days", on)
    assert calendar.add_business_days(notice, employer) == date(2025, 8, 6)
    assert calendar.add_business_days(notice, plan) == date(2025, 9, 4)
    ended = date(2025, 5, 5) + timedelta(days("income_withholding.termination_notice_days", on))
    assert ended == date(2025, 5, 20)
    assert [days("new_hire.employer_report_days", on, state) for state in ("me", "ma")] == [7, 20]


def limited(garnished: tuple[Any, ...] = (), through: date | None = date(2025, 1, 13), **job: Any) -> Any:
    """A weekly order of $300.00 on weekly pay, of which others may take something first."""
    made = Pay().worker(order={"frequency": "weekly"}, monthly=300_00)
    made.add("jobs", person_id="P-C1", fein=MILL, pay_cycle="weekly", **job)
    made.add("households", person_id="P-C1", has_second_family=True)
    for number, (before, cents) in enumerate(garnished):
        row = {"garnishment_id": f"G{number}", "person_id": "P-C1", "fein": MILL}
        made.add("garnishments", **row, comes_before=before, garnished_cents=cents)
    return made.known_through("garnishments", through)


@pytest.mark.parametrize(
    ("garnished", "told", "limit"),
    [
        ((), 0, 300_00),
        (((True, 50_00), (True, 30_01)), 80_01, 219_99),
        (((False, 50_00),), 0, 300_00),
        (((True, None), (True, 50_00)), None, 250_00),
        (((None, 50_00),), None, 300_00),
    ],
)
def test_garnishments_of_others_that_come_first_leave_less_room(
    garnished: tuple[Any, ...], told: int | None, limit: int
) -> None:
    fact = limited(garnished, disposable_cents=600_00).job()
    assert (fact.garnished_before_cents, fact.pay_limit_cents) == (told, limit)
    assert fact.within_limit_cents == min(limit, 300_00)


def test_garnishments_that_no_table_tells_are_not_known_and_the_payor_applies_the_limit() -> None:
    fact = limited(through=None, disposable_cents=600_00).job()
    assert (fact.garnished_before_cents, fact.pay_limit_cents) == (None, 300_00)


def test_a_garnishment_counts_from_its_first_to_its_last_day() -> None:
    def told(from_on: date, to_on: date) -> int:
        made = limited(((True, 50_00),), disposable_cents=600_00)
        made.rows["garnishments"][0] |= {"from_on": from_on, "to_on": to_on}
        return int(made.job().garnished_before_cents)

    day, before, after = date(2025, 1, 15), date(2025, 1, 14), date(2025, 1, 16)
    assert [told(day, day), told(before, before), told(after, after)] == [50_00, 0, 0]


def test_what_the_law_requires_is_taken_off_the_gross_and_nothing_else() -> None:
    def limit(*rows: tuple[str, int | None], **job: Any) -> int | None:
        made = limited(gross_cents=800_00, **job)
        for kind, cents in rows:
            made.add("deductions", person_id="P-C1", fein=MILL, kind=kind, deducted_cents=cents)
        told: int | None = made.job().pay_limit_cents
        return told

    law = (("federal_income_tax", 150_00), ("social_security", 50_00), ("union_dues", 40_00))
    assert limit(*law) == 300_00
    assert [limit(), limit(*law, ("medicare", None))] == [None, None]
    # What the payor told as disposable goes before what is reckoned.
    assert limit(*law, disposable_cents=400_00) == 200_00


def claimant(state: str = "me", **but: Any) -> Pay:
    """A parent who gets $350.00 a week of benefits and owes $80.00 a week."""
    order = {"frequency": "weekly", **but.pop("order", {})}
    made = Pay(state=state).worker(
        monthly=80_00, order=order, job={"to_on": date(2024, 12, 2)},
        balance={"past_due_cents": 2000_00, **but.pop("balance", {})}, **but,
    )  # fmt: skip
    made.add("unemployment_claims", person_id="P-C1", from_on=date(2024, 12, 9), weekly_benefit_cents=350_00)
    return made


def test_only_current_support_is_taken_before_the_notice_of_debt_has_run() -> None:
    fact = claimant(notice=None, order={"arrears_cents": 20_00}).benefits()
    assert (fact.current_weekly_cents, fact.debt_weekly_cents, fact.deduction_weekly_cents) == (
        80_00,
        0,
        80_00,
    )
    assert (fact.debt_not_gated_cents, fact.benefit_goes_on, fact.benefit_is_paid_here) == (
        2000_00,
        True,
        True,
    )


def test_the_books_have_to_agree_for_the_debt_part() -> None:
    assert claimant(order={"arrears_cents": 20_00}).benefits().debt_weekly_cents == 0
    agreed = Pay().worker(order={"arrears_cents": 86_67}, last_paid=date(2024, 12, 10))
    assert (agreed.benefits().debt_weekly_cents, agreed.benefits().current_weekly_cents) == (20_00, 69_23)
    unserved = Pay().worker(order={"arrears_cents": 86_67}, last_paid=date(2024, 12, 10), notice=None)
    assert unserved.benefits().debt_weekly_cents == 0


def test_massachusetts_takes_its_quarter_without_a_notice() -> None:
    made = Pay(state="ma").worker(last_paid=date(2024, 12, 10), notice=None)
    assert (made.benefits().current_weekly_cents, made.benefits().debt_weekly_cents) == (69_23, 17_31)


def test_benefits_that_ended_or_that_nobody_knows() -> None:
    made = claimant()
    made.rows["unemployment_claims"][0]["to_on"] = date(2025, 1, 15)
    assert made.benefits().benefit_goes_on is False
    assert Pay().worker().benefits().benefit_goes_on is False
    quiet = Pay().worker()
    quiet.rejected("unemployment_claims", person_id="P-C1")
    assert quiet.benefits().benefit_goes_on is None


@pytest.mark.parametrize(
    ("quarter_ends_on", "paying", "goes_on", "here"),
    [
        (date(2024, 7, 15), "ME", True, True),
        (date(2024, 7, 14), "ME", None, True),
        (date(2024, 12, 31), "NH", True, False),
    ],
)
def test_a_match_is_a_benefit_for_six_months(
    quarter_ends_on: date, paying: str, goes_on: bool | None, here: bool
) -> None:
    made = Pay().worker()
    made.partner(
        "unemployment_matches", person_token="t-P-C1", person_id="P-C1", first_name="ADRIEN",
        last_name="PELLETIER", benefit_cents=4_200_00, quarter_ends_on=quarter_ends_on, paying_state=paying,
    )  # fmt: skip
    assert (made.benefits().benefit_goes_on, made.benefits().benefit_is_paid_here) == (goes_on, here)


def test_nobody_pays_the_same_support_from_pay_and_from_benefits() -> None:
    made = claimant()
    made.add("withheld", case_id="C1", fein=MILL, withheld_on=date(2024, 12, 1), amount_cents=80_00)
    assert made.benefits().wages_are_withheld is False
    made.add("withheld", case_id="C1", fein=MILL, withheld_on=date(2024, 12, 20), amount_cents=80_00)
    assert made.benefits().wages_are_withheld is True


def test_what_is_taken_beyond_the_order_is_seen() -> None:
    made = claimant().sent(
        date(2025, 1, 2), "P-C1", case_id=None, person_id="P-C1", queue="unemployment",
        remedy="unemployment_intercept", amount_cents=80_00,
    )  # fmt: skip
    taken = {"person_token": "t-P-C1", "person_id": "P-C1", "file_date": date(2025, 1, 13)}
    made.partner("unemployment_withholdings", paid_on=date(2025, 1, 12), amount_cents=92_50, **taken)
    fact = made.benefits()
    assert (fact.ordered_cents, fact.last_taken_cents, fact.over_taken_cents) == (80_00, 92_50, 12_50)
    made.partners["unemployment_withholdings"][0]["amount_cents"] = 80_00
    assert made.benefits().over_taken_cents == 0
    assert made.benefits().is_not_taken is False


@pytest.mark.parametrize(
    ("told_on", "paid_on", "is_not_taken"),
    [
        (date(2025, 1, 2), date(2025, 1, 12), True),
        # The list may be of payments that were made before the order was there.
        (date(2025, 1, 12), date(2025, 1, 12), None),
        (date(2025, 1, 2), None, None),
    ],
)
def test_what_was_ordered_and_is_not_on_the_agencys_list_is_seen(
    told_on: date, paid_on: date | None, is_not_taken: bool | None
) -> None:
    made = claimant().sent(
        told_on, "P-C1", case_id=None, person_id="P-C1", queue="unemployment",
        remedy="unemployment_intercept", amount_cents=80_00,
    )  # fmt: skip
    other = {"person_token": "t-P-C2", "person_id": "P-C2", "amount_cents": 50_00}
    if paid_on:
        made.partner("unemployment_withholdings", paid_on=paid_on, file_date=date(2025, 1, 13), **other)
    assert made.benefits().is_not_taken is is_not_taken
