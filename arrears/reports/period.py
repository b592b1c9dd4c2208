"""Which night a report is of, and over which days it counts."""

import calendar
from dataclasses import dataclass
from datetime import date

from arrears.answers.closed_nights import ClosedNight, closed_nights
from arrears.data.store import Store
from arrears.errors import ArrearsError

MONTHS = {"year": 12, "quarter": 3}


@dataclass(frozen=True)
class Period:
    """The days of a federal year or quarter, both included."""

    from_on: date
    to_on: date


@dataclass(frozen=True)
class Chosen:
    """The night and the period of a report; `notice` says plainly where they are not what was asked for."""

    night: ClosedNight
    period: Period
    notice: str


def year_end(year: int, ends_month: int) -> date:
    """The last day of the federal year of this number."""
    return date(year, ends_month, calendar.monthrange(year, ends_month)[1])


def period_of(kind: str, ends_month: int, on: date) -> Period:
    """The federal year or quarter that holds a day."""
    months = MONTHS[kind]
    # Months since the federal year began, and from there back to the first of its year or quarter.
    since = (on.month - 1 - ends_month) % 12
    first = on.year * 12 + on.month - 1 - since % months
    last = first + months - 1
    return Period(date(first // 12, first % 12 + 1, 1), year_end(last // 12, last % 12 + 1))


def last_night(store: Store, state: str, asked: date | None) -> tuple[ClosedNight, str]:
    """The last closed night on or before a day, and plain words where it is not of that day."""
    night = closed_nights(store, state, asked)[-1]
    if asked in (None, night.as_of):
        return night, ""
    return night, f"There is no closed night of {asked}: this is the last one before it, of {night.as_of}."


def choose(store: Store, state: str, kind: str, ends_month: int, asked: date | None) -> Chosen:
    """The last closed night on or before the day asked for, and the period in which that day lies.

    Refuses where that night lies before the period: its figures would be those of another one.
    """
    night, notice = last_night(store, state, asked)
    period = period_of(kind, ends_month, asked or night.as_of)
    if night.as_of < period.from_on:
        raise ArrearsError(
            f"No night from {period.from_on} to {asked} is closed in {state}; the last is of {night.as_of}",
            store.root,
            f"Ask for a day up to {night.as_of}, or run the nights of that {kind}",
        )
    if night.as_of < period.to_on:
        notice += f" The {kind} runs to {period.to_on}; these figures are those up to {night.as_of}."
    return Chosen(night, period, notice.strip())
