"""Days as the law counts them."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.days import Calendar, months_after, months_before, window_ends
from arrears.errors import ArrearsError
from arrears.law.profile import Profile

RULES = Path(__file__).parents[1] / "rules"
MAINE = Profile.load(RULES, "me").calendar()

DAYS = st.dates(date(2024, 1, 1), date(2027, 11, 30))


@given(DAYS, st.integers(0, 120))
def test_rolling_is_always_in_the_parents_favor(anchor: date, days: int) -> None:
    plain, rolled = window_ends(anchor, days, False), window_ends(anchor, days, True, MAINE)
    assert rolled >= plain == anchor + timedelta(days)
    assert MAINE.is_business_day(rolled)
    assert all(not MAINE.is_business_day(plain + timedelta(n)) for n in range((rolled - plain).days))


@given(DAYS, st.integers(0, 60))
def test_business_days_count_exactly_the_open_days_after_the_anchor(day: date, count: int) -> None:
    end = MAINE.add_business_days(day, count)
    open_days = [n for n in range(1, (end - day).days + 1) if MAINE.is_business_day(day + timedelta(n))]
    assert len(open_days) == count
    assert count == 0 or MAINE.is_business_day(end)


@given(DAYS, st.integers(1, 60))
def test_a_holiday_only_ever_lengthens_a_count_of_business_days(day: date, count: int) -> None:
    assert MAINE.add_business_days(day, count) >= Calendar().add_business_days(day, count)


@given(DAYS, st.integers(0, 400))
def test_the_table_tells_what_the_calendar_tells(day: date, length: int) -> None:
    table = MAINE.table(day, day + timedelta(length)).to_pylist()
    assert [row["day"] for row in table] == [day + timedelta(n) for n in range(length + 1)]
    for row in table:
        assert row["is_business_day"] == MAINE.is_business_day(row["day"])
        assert row["rolls_to"] == MAINE.roll(row["day"])


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.integers(0, 240))
def test_a_look_back_keeps_the_day_of_the_month_or_takes_its_last_one(day: date, months: int) -> None:
    earlier = months_before(day, months)
    assert (day.year * 12 + day.month) - (earlier.year * 12 + earlier.month) == months
    assert earlier.day == day.day or (earlier.day < day.day and (earlier + timedelta(1)).day == 1)


@given(st.dates(date(1990, 1, 1), date(2060, 12, 31)), st.integers(0, 240))
def test_later_due_dates_are_counted_from_the_first_so_a_short_month_changes_nothing(
    day: date, months: int
) -> None:
    assert months_after(day, months + 12).month == months_after(day, months).month
    if day.day <= 28:
        assert months_after(day, months).day == day.day


def test_29_february_is_due_on_28_february_in_common_years() -> None:
    assert [months_after(date(2024, 2, 29), 12 * n) for n in (1, 2, 4)] == [
        date(2025, 2, 28),
        date(2026, 2, 28),
        date(2028, 2, 29),
    ]


def test_the_24_month_look_back_from_29_february_begins_on_28_february() -> None:
    assert months_before(date(2028, 2, 29), 24) == date(2026, 2, 28)


def test_31_january_is_followed_by_the_last_day_of_february_and_again_by_the_31st() -> None:
    assert [months_after(date(2025, 1, 31), n) for n in (1, 2, 3)] == [
        date(2025, 2, 28),
        date(2025, 3, 31),
        date(2025, 4, 30),
    ]


def test_seven_business_days_over_independence_day() -> None:
    # Paid on Thursday 2025-07-03; the fourth is a holiday.
    assert MAINE.add_business_days(date(2025, 7, 3), 7) == date(2025, 7, 15)


def test_patriots_day_closes_maine_and_not_every_state() -> None:
    patriots_day = date(2025, 4, 21)
    assert not MAINE.is_business_day(patriots_day)
    assert MAINE.roll(patriots_day) == date(2025, 4, 22)
    assert Calendar().is_business_day(patriots_day)


def test_twenty_days_from_service_that_end_on_a_sunday_end_on_monday() -> None:
    assert window_ends(date(2025, 3, 10), 20, False) == date(2025, 3, 30)
    assert window_ends(date(2025, 3, 10), 20, True, MAINE) == date(2025, 3, 31)


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027])
def test_maine_keeps_thirteen_holidays_a_year_and_none_on_a_weekend(year: int) -> None:
    days = [day for day in MAINE.holidays if day.year == year]
    # New Year's Day 2028 is a Saturday, observed on the last day of 2027.
    assert len(days) == 13 + (year == 2027)
    assert all(day.weekday() < 5 for day in days)


def test_nothing_is_counted_backward() -> None:
    with pytest.raises(ArrearsError):
        MAINE.add_business_days(date(2025, 1, 1), -1)
    with pytest.raises(ArrearsError):
        window_ends(date(2025, 1, 1), -1)
