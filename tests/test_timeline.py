"""A line tells its remedy's days in order: what happened, this night, and what comes."""

from datetime import date

import pytest

from arrears.author.sample import STATE, sample_nights
from arrears.data.store import Store
from arrears.desk.line import line
from arrears.desk.lists import lists
from arrears.desk.requests import Asked, NotHere

FIRST, SECOND = sample_nights()[:2]


def days(store: Store, item: str, on: date | None = None) -> list[tuple[str, str, str]]:
    """The timeline of a line, as its page shows it."""
    return [(str(one["on"] or ""), one["when"], one["say"]) for one in line(store, STATE, item, on).timeline]


def test_a_license_is_certified_at_the_end_of_days_that_anybody_can_follow(lived_nights: Store) -> None:
    assert days(lived_nights, "license_revocation:00000346:1:certify") == [
        ("2024-11-30", "past", "It began"),
        ("2024-11-30", "past", "Notice left for obligor notices, $2,000.00"),
        ("2024-12-05", "past", "Notice served"),
        ("2024-12-26", "past", "The last of 20 days"),
        ("2025-01-15", "tonight", "This night"),
        ("", "next", "Certify each driver license to the Secretary of State."),
    ]


def test_a_past_night_tells_nothing_that_came_after_it(lived_nights: Store) -> None:
    """Of the first night, decisions and files of the second are still to come."""
    seen = 0
    for row in lists(lived_nights, STATE, Asked(kind="approval", size=100), FIRST).lines:
        try:
            told = line(lived_nights, STATE, row["item_id"], FIRST).timeline
        except NotHere:
            continue
        lived = [
            one
            for one in told
            if one["say"].startswith(("Approved", "Held", "Rejected")) or " left for " in one["say"]
        ]
        assert all(one["on"] <= FIRST for one in lived)
        assert [one["on"] for one in told if one["when"] == "tonight"] == [FIRST]
        seen += len(lived)
    assert seen


def test_what_no_remedy_put_on_the_list_has_no_days(lived_nights: Store) -> None:
    page = lists(lived_nights, STATE, Asked(kind="deadline_overdue", size=1))
    assert page.lines
    assert days(lived_nights, page.lines[0]["item_id"]) == []


@pytest.mark.parametrize("kind", ["review", "approval", "unserved_notice"])
def test_days_are_in_order_and_the_night_stands_between_what_was_and_what_comes(
    lived_nights: Store, kind: str
) -> None:
    for row in lists(lived_nights, STATE, Asked(kind=kind, size=10)).lines:
        told = line(lived_nights, STATE, row["item_id"]).timeline
        dated = [one["on"] for one in told if one["on"]]
        assert dated == sorted(dated)
        assert [one["when"] for one in told] == sorted(
            (one["when"] for one in told), key=("past", "tonight", "next").index
        )
