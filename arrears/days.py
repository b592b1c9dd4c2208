"""Days as the law counts them: calendar days, business days, and windows that roll in a parent's favor.

The day of an anchor (service, mailing) is day 0. "Within n days" ends with day n, and what may
happen after the window may happen from the day after.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from arrears.errors import ArrearsError

if TYPE_CHECKING:  # a help text and a DAG file count days without it
    import pyarrow as pa

Span = Literal["days", "business_days", "weeks", "months", "years"]
_DAYS, _MONTHS = {"days": 1, "weeks": 7}, {"months": 1, "years": 12}
_SATURDAY = 5
_ONE_DAY = timedelta(days=1)

# How often something comes.
CADENCES = {"daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92, "yearly": 366}


@dataclass(frozen=True)
class Calendar:
    """The business days of one state: weekdays that are none of its dated holidays."""

    holidays: frozenset[date] = field(default_factory=frozenset)

    @classmethod
    def of(cls, holidays: Collection[date]) -> "Calendar":
        """The calendar with these days closed, beside Saturdays and Sundays."""
        return cls(frozenset(holidays))

    def __post_init__(self) -> None:
        object.__setattr__(self, "holidays", frozenset(self.holidays))

    def is_business_day(self, day: date) -> bool:
        """Whether offices are open that day."""
        return day.weekday() < _SATURDAY and day not in self.holidays

    def roll(self, day: date) -> date:
        """The day itself if it is a business day, else the next one: never earlier."""
        while not self.is_business_day(day):
            day += _ONE_DAY
        return day

    def add_business_days(self, day: date, count: int) -> date:
        """The `count`-th business day after a day, which itself is day 0 whether open or not."""
        if count < 0:
            raise ArrearsError("Business days are counted forward only", f"{count} days from {day}")
        for _ in range(count):
            day = self.roll(day + _ONE_DAY)
        return day

    def window_ends(self, anchor: date, days: int, roll: bool = True) -> date:
        """The last day of a window: `window_ends` with this calendar."""
        return window_ends(anchor, days, roll, self)

    def ends(
        self, anchor: date, count: int, unit: Span = "days", tolled_days: int = 0, roll: bool = False
    ) -> date:
        """The last day of a window of so many days, business days, weeks, months or years.

        The days on which a hearing, a stay or an appeal stopped the clock are added at the end. Where the
        rule rolls, a closing weekend or holiday rolls; so does a window in business days that was stopped.
        """
        if count < 0 or tolled_days < 0:
            raise ArrearsError("A window cannot end before it begins", f"{count} {unit} from {anchor}")
        if unit == "business_days":
            last = self.add_business_days(anchor, count)
        elif unit in ("months", "years"):
            last = months_after(anchor, count * _MONTHS[unit])
        else:
            last = anchor + timedelta(days=count * _DAYS[unit])
        last += timedelta(days=tolled_days)
        return self.roll(last) if roll or (unit == "business_days" and tolled_days) else last

    def table(self, from_on: date, to_on: date) -> "pa.Table":
        """Every day of a span: day, is_business_day, rolls_to; SQL joins it instead of counting."""
        return _table(self, from_on, to_on)


@lru_cache(maxsize=16)
def _table(calendar: Calendar, from_on: date, to_on: date) -> "pa.Table":
    """The days of a span; each step of a night asks for the same."""
    import pyarrow as pa

    days = [from_on + timedelta(n) for n in range((to_on - from_on).days + 1)]
    open_days = [calendar.is_business_day(day) for day in days]
    rolls: list[date] = []
    for day, is_open in zip(reversed(days), reversed(open_days), strict=True):
        rolls.append(day if is_open else (rolls[-1] if rolls else calendar.roll(day)))
    return pa.table(
        {
            "day": pa.array(days, pa.date32()),
            "is_business_day": pa.array(open_days, pa.bool_()),
            "rolls_to": pa.array(rolls[::-1], pa.date32()),
        }
    )


def window_ends(anchor: date, days: int, roll: bool = True, calendar: Calendar | None = None) -> date:
    """The last day on which a request still counts: day `days` after the anchor, rolled if it closes.

    Rolling only ever lengthens a window, so it is always in the parent's favor. Without a calendar
    only Saturdays and Sundays roll.
    """
    if days < 0:
        raise ArrearsError("A window cannot end before it begins", f"{days} days from {anchor}")
    last = anchor + timedelta(days=days)
    return (calendar or Calendar()).roll(last) if roll else last


def months_before(day: date, months: int) -> date:
    """The same day of the month some months earlier, or that month's last day where it has none.

    The look-back from 29, 30 or 31 March over one month is 28 (or 29) February.
    """
    return months_after(day, -months)


def months_after(day: date, months: int) -> date:
    """The same day of the month some months later, or that month's last day where it has none.

    Count each due date from the first one, not from the one before: 31 January, 28 February,
    31 March; and 29 February, then 28 February in common years.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - _ONE_DAY).day))


def need_day(text: str) -> date:
    """A date as written."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        shown = ascii(text[:20])[1:-1]  # as much as tells which one is meant
        raise ArrearsError("This is not a date", shown, "Write it as YYYY-MM-DD") from None
