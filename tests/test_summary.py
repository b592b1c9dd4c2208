"""What an operator reads of a night: which feeds are late."""

import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from rich.console import Console

from arrears import house
from arrears.days import Calendar
from arrears.intake.feeds import load_feeds
from arrears.ledger.records import Delivery
from arrears.night.summary import late, print_summary

CALENDAR = Calendar.of([date(2025, 1, 20)])  # Martin Luther King Day, a Monday


def came(feed: str, on: date) -> Delivery:
    at = datetime(on.year, on.month, on.day, tzinfo=UTC)
    return Delivery(f"{feed}-{on}", "me", feed, "", (), "snapshot", on, None, on, at, "accepted")


def of(feed: str, on: date, as_of: date) -> list[dict[str, Any]]:
    earlier = came(feed, date(2025, 1, 2))
    cadence = load_feeds(house.FEEDS)[feed].cadence
    return late({feed: cadence}, [came(feed, on), earlier], CALENDAR, as_of)


@pytest.mark.parametrize(
    ("feed", "on", "last_in_time"),
    [
        ("caseload", date(2025, 1, 15), date(2025, 1, 16)),
        # A daily feed of Friday: Monday is a holiday, so it is expected on Tuesday.
        ("caseload", date(2025, 1, 17), date(2025, 1, 21)),
        ("dmv_licenses", date(2025, 1, 15), date(2025, 1, 22)),
        ("sves_prisoners", date(2025, 1, 15), date(2025, 2, 17)),
    ],
)
def test_a_feed_is_late_from_the_day_after_it_was_due(feed: str, on: date, last_in_time: date) -> None:
    assert of(feed, on, last_in_time) == []
    [one] = of(feed, on, date.fromordinal(last_in_time.toordinal() + 1))
    assert (one["feed"], one["last_on"], one["due_on"]) == (feed, str(on), str(last_in_time))


def test_a_feed_that_never_came_is_missing_and_not_late() -> None:
    assert late({"dmv_licenses": "weekly"}, [], CALENDAR, date(2025, 1, 16)) == []


def test_the_cadence_that_the_state_expects_decides() -> None:
    arrived, as_of = [came("dmv_licenses", date(2025, 1, 2))], date(2025, 1, 16)
    assert late({"dmv_licenses": "monthly"}, arrived, CALENDAR, as_of) == []
    assert len(late({"dmv_licenses": "weekly"}, arrived, CALENDAR, as_of)) == 1


def test_the_printed_summary_names_the_feed_that_is_late() -> None:
    found = of("dmv_licenses", date(2025, 1, 2), date(2025, 1, 16))
    page = io.StringIO()
    nothing: dict[str, Any] = {"deliveries": [], "verdicts": {}, "off": {}, "work_list": {}, "queues": []}
    nothing |= {"held": [], "not_sent": {}, "match": {"doubtful": 0}}
    about = {"kind": "night", "state": "me", "as_of": "2025-01-16", "run": "r", "late": found}
    print_summary({**nothing, **about}, Console(file=page, width=200))
    said = "dmv_licenses is late: it comes weekly, last on 2025-01-02; the next was due by 2025-01-09."
    assert said in page.getvalue()
