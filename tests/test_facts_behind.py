"""Behind with what falls due, and since when a month of support: neither is the age of the oldest debt."""

from datetime import date, timedelta

import pytest
from builders import AS_OF, Caseload


def facts(caseload: Caseload, case_id: str = "C1") -> object:
    return caseload.facts()[case_id]


def months(first: date, count: int) -> list[date]:
    month = first.year * 12 + first.month - 1
    return [date((month + n) // 12, (month + n) % 12 + 1, first.day) for n in range(count)]


def test_old_arrears_do_not_put_a_parent_behind_who_keeps_up_with_current_support() -> None:
    due = months(date(2024, 8, 20), 5)
    caseload = Caseload().debtor("C1", due_days=due)
    for day in due[1:]:
        caseload.receipt("C1", day + timedelta(3))
    # An agreement on the old debt, broken four days ago.
    caseload.agreement("C1", date(2024, 11, 1), status="broken", broken_on=AS_OF - timedelta(4))
    found = caseload.facts()["C1"]
    # Money pays the oldest installment first, so the debt is as old as the last payment leaves it.
    assert (found.past_due_cents, found.days_in_arrears) == (300_00, (AS_OF - due[4]).days)
    assert found.days_behind == 4


def test_old_debt_of_148_days_with_installments_of_which_each_was_paid_in_its_time() -> None:
    # Three installments were missed long ago; every later one was paid in full in its own month.
    due = months(date(2024, 5, 20), 8)
    caseload = Caseload().debtor("C1", due_days=due)
    for day in due[3:]:
        caseload.receipt("C1", day + timedelta(1))
    found = caseload.facts()["C1"]
    assert (found.days_in_arrears, found.days_behind) == ((AS_OF - due[5]).days, 0)
    caseload.agreement("C1", date(2024, 11, 1), status="broken", broken_on=AS_OF - timedelta(70))
    assert caseload.facts()["C1"].days_behind == 70


def test_whoever_pays_nothing_is_behind_as_long_as_the_debt_is_old() -> None:
    found = Caseload().debtor("C1", months=4).facts()["C1"]
    assert found.days_behind == found.days_in_arrears == (AS_OF - date(2024, 10, 1)).days


def test_a_token_payment_keeps_up_with_nothing() -> None:
    caseload = Caseload().debtor("C1", months=4).receipt("C1", date(2024, 12, 5), 5_00)
    assert caseload.facts()["C1"].days_behind == (AS_OF - date(2024, 10, 1)).days


def test_what_agreements_say_is_not_known_while_agreements_are_not_current() -> None:
    caseload = Caseload().debtor("C1", months=4).known_through("agreements", None)
    assert caseload.facts()["C1"].days_behind is None


def test_days_on_which_the_order_rests_put_nobody_behind() -> None:
    suspended = {"suspended_from_on": date(2025, 2, 1), "suspended_to_on": date(2025, 8, 31)}
    caseload = Caseload(date(2025, 9, 20)).debtor(due_days=[date(2025, 1, 15)], order=suspended)
    assert caseload.facts()["C1"].days_behind == 23


# A month of support (45 CFR 303.6(b)).


def test_a_parent_is_delinquent_on_the_day_on_which_the_month_is_missed() -> None:
    caseload = Caseload().debtor("C1", due_days=[date(2024, 11, 1), date(2024, 12, 1)])
    caseload.receipt("C1", date(2024, 11, 5))
    assert caseload.facts()["C1"].month_behind_since_on == date(2024, 12, 1)


def test_a_weekly_payer_is_delinquent_when_the_missed_weeks_make_a_month() -> None:
    weeks = [date(2024, 10, 4) + timedelta(7 * n) for n in range(12)]
    caseload = Caseload().debtor("C1", due_days=weeks, monthly=70_00, order={"frequency": "weekly"})
    for day in weeks[:6]:
        caseload.receipt("C1", day, 70_00)
    # In the month that ends on 8 December four weeks fell due, and all four were missed.
    assert caseload.facts()["C1"].month_behind_since_on == date(2024, 12, 8)


def test_of_a_quarter_a_third_is_a_month() -> None:
    caseload = Caseload().debtor(
        "C1", due_days=[date(2024, 10, 1), date(2025, 1, 1)], monthly=900_00, order={"frequency": "quarterly"}
    )
    caseload.receipt("C1", date(2024, 10, 2), 600_00)
    assert caseload.facts()["C1"].month_behind_since_on == date(2024, 10, 1)


@pytest.mark.parametrize(("paid", "since"), [(0, date(2024, 11, 1)), (1, date(2024, 12, 1))])
def test_whoever_catches_up_below_a_month_is_delinquent_anew(paid: int, since: date) -> None:
    caseload = Caseload().debtor("C1", due_days=[date(2024, 11, 1), date(2024, 12, 1)])
    if paid:
        caseload.receipt("C1", date(2024, 11, 20), paid)
    assert caseload.facts()["C1"].month_behind_since_on == since


def test_whoever_stays_a_month_behind_is_so_since_the_first_day_although_money_pays_the_oldest_first() -> (
    None
):
    due = months(date(2024, 5, 1), 8)
    caseload = Caseload().debtor("C1", due_days=due)
    for day in due[1:]:
        caseload.receipt("C1", day)
    assert caseload.facts()["C1"].month_behind_since_on == date(2024, 5, 1)


def test_a_balance_from_before_counts_from_the_orders_first_day() -> None:
    caseload = Caseload().debtor(
        "C1", due_days=months(date(2024, 10, 1), 4), balance={"opening_cents": 900_00}
    )
    assert caseload.facts()["C1"].month_behind_since_on == date(2024, 10, 1)


def test_whoever_owes_less_than_a_month_is_not_delinquent() -> None:
    caseload = Caseload().debtor("C1", due_days=[date(2024, 12, 1), date(2025, 1, 1)])
    caseload.receipt("C1", date(2024, 12, 1)).receipt("C1", date(2025, 1, 2), 1_00)
    assert caseload.facts()["C1"].month_behind_since_on is None


@pytest.mark.parametrize(
    ("locating", "expected"),
    [
        ({}, date(2024, 12, 1)),
        ({"needed_from_on": date(2024, 6, 1), "found_on": date(2024, 12, 20)}, date(2024, 12, 20)),
        ({"needed_from_on": date(2024, 6, 1)}, None),
    ],
)
def test_the_time_to_act_runs_from_delinquency_or_location_whichever_is_later(
    locating: dict[str, date], expected: date | None
) -> None:
    caseload = Caseload().debtor("C1", due_days=[date(2024, 12, 1), date(2025, 1, 1)])
    if locating:
        caseload.add("locating", case_id="C1", person_id="P-C1", **locating)
    assert caseload.facts("life_facts")["C1"].act_from_on == expected
