"""One engine counts every clock, and it counts as the calendar does."""

from collections.abc import Iterator
from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arrears import house
from arrears.data.warehouse import Connection, attach_arrow, run_sql_file, warehouse
from arrears.days import Calendar, Span
from arrears.law.deadlines import DEADLINE_SCHEMA
from arrears.law.profile import Profile

MAINE = Profile.load(house.RULES, "me").calendar()
FROM, TO = date(2019, 1, 1), date(2035, 12, 31)
SPANS: tuple[Span, ...] = ("days", "business_days", "weeks", "months", "years")
SHAPE = pa.schema(
    [("anchor_on", pa.date32()), ("clock_count", pa.int64())]
    + [("clock_unit", pa.string()), ("tolled_days", pa.int64()), ("clock_rolls", pa.bool_())]
)
Clock = tuple[date | None, int, Span, int | None, bool]


@pytest.fixture(scope="module")
def con() -> Iterator[Connection]:
    with warehouse() as made:
        attach_arrow(made, "calendar", MAINE.table(FROM, TO))
        attach_arrow(made, "card.deadline", DEADLINE_SCHEMA.empty_table())
        made.execute("CREATE SCHEMA plan")
        yield made


def counted(con: Connection, clocks: list[Clock]) -> list[date | None]:
    """The last day of each clock, as the plan counts it."""
    rows = [dict(zip(SHAPE.names, clock, strict=True)) for clock in clocks]
    attach_arrow(con, "plan.anchor", pa.Table.from_pylist(rows, SHAPE))
    run_sql_file(con, house.PLAN / "window.sql", "plan.window", {})
    found = con.execute(f"SELECT ends_on, {', '.join(SHAPE.names)} FROM plan.window").fetchall()
    assert len(found) == len(set(clocks))
    ends = {row[1:]: row[0] for row in found}
    return [ends[clock] for clock in clocks]


CLOCKS = st.lists(
    st.tuples(
        st.dates(date(2020, 1, 1), date(2027, 12, 31)),
        st.integers(0, 70),
        st.sampled_from(SPANS),
        st.integers(0, 200),
        st.booleans(),
    ).filter(lambda clock: clock[2] != "years" or clock[1] <= 6),
    min_size=1,
    max_size=40,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CLOCKS)
def test_the_plan_counts_every_clock_as_the_calendar_does(con: Connection, clocks: list[Clock]) -> None:
    told = [MAINE.ends(a, n, unit, tolled, roll) for a, n, unit, tolled, roll in clocks]  # type: ignore[arg-type]
    assert counted(con, clocks) == told


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CLOCKS, st.integers(1, 30))
def test_a_stop_or_a_roll_only_ever_lengthens_a_window(
    con: Connection, clocks: list[Clock], more: int
) -> None:
    plain = counted(con, [(a, n, unit, 0, False) for a, n, unit, _, _ in clocks])
    stopped = counted(con, [(a, n, unit, more, False) for a, n, unit, _, _ in clocks])
    rolled = counted(con, [(a, n, unit, 0, True) for a, n, unit, _, _ in clocks])
    for short, later, last in zip(plain, stopped, rolled, strict=True):
        assert short is not None
        assert later is not None
        assert last is not None
        assert later >= short + timedelta(more)
        assert last >= short
        assert MAINE.is_business_day(last)


@pytest.mark.parametrize(
    ("clock", "ends"),
    [
        ((date(2025, 1, 14), 20, "days", 0, False), date(2025, 2, 3)),
        ((date(2025, 1, 12), 20, "days", 0, False), date(2025, 2, 1)),  # a Saturday
        ((date(2025, 1, 12), 20, "days", 0, True), date(2025, 2, 3)),
        # Two business days after Friday, 17 January 2025; the 20th is a holiday
        ((date(2025, 1, 17), 2, "business_days", 0, False), date(2025, 1, 22)),
        ((date(2025, 1, 18), 2, "business_days", 0, False), date(2025, 1, 22)),  # from a Saturday
        ((date(2025, 1, 18), 0, "business_days", 0, False), date(2025, 1, 18)),
        ((date(2025, 1, 31), 1, "months", 0, False), date(2025, 2, 28)),
        ((date(2024, 2, 29), 1, "years", 0, False), date(2025, 2, 28)),
        ((date(2025, 1, 14), 8, "weeks", 0, False), date(2025, 3, 11)),
        # Sixty-one days of a hearing come on top
        ((date(2025, 1, 14), 20, "days", 61, False), date(2025, 4, 5)),
        ((date(2025, 1, 14), 2, "business_days", 3, False), date(2025, 1, 21)),  # Sunday 19, and a holiday
        ((None, 20, "days", 0, True), None),
        ((date(2025, 1, 14), 20, "days", None, True), None),  # nobody knows how long it was stopped
    ],
)
def test_a_window_ends_where_the_law_ends_it(con: Connection, clock: Clock, ends: date | None) -> None:
    assert counted(con, [clock]) == [ends]


def test_nothing_is_counted_beyond_the_calendar(con: Connection) -> None:
    assert counted(con, [(TO, 1, "days", 0, True), (TO, 1, "days", 0, False)]) == [None, TO + timedelta(1)]


def test_a_calendar_without_holidays_rolls_weekends_only() -> None:
    assert Calendar().ends(date(2025, 1, 17), 1, "days", roll=True) == date(2025, 1, 20)
    assert MAINE.ends(date(2025, 1, 17), 1, "days", roll=True) == date(2025, 1, 21)
