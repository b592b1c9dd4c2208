"""Wages, benefits and the portal's answers: read by their layouts, told apart, set aside with a reason."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from arrears.ledger.records import Delivery
from tests.feed_files import DAY, FEEDS, Desk, lines

FRAMED = {
    "eiwo_acknowledgments": ("header", "answer", "trailer"),
    "eiwo_results": ("header", "result", "trailer"),
    "unemployment_withholdings": ("header", "detail", "footer"),
}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def framed(feed: str, *rows: dict[str, Any], **tail: Any) -> bytes:
    """A file with its first and last record around the rows."""
    head, body, foot = FRAMED[feed]
    return lines(feed, head, {}) + lines(feed, body, *rows) + lines(feed, foot, tail)


def received(desk: Desk, feed: str, data: bytes) -> Delivery:
    """What became of a file: with a control file, or proven from its own content."""
    if not FEEDS[feed].needs_control:
        return desk.take(desk.put(f"{feed}.txt", data))[0]
    return desk.send(feed, data, "response", period=DAY.isoformat())


def loaded(desk: Desk, feed: str, data: bytes) -> list[dict[str, Any]]:
    """The staged rows of a file: with a control file, or proven from its own content."""
    delivery = received(desk, feed, data)
    assert (delivery.outcome, delivery.feed) == ("accepted", feed), delivery.reason
    desk.load(delivery)
    return desk.rows(delivery, feed)


def reasons(desk: Desk, feed: str, data: bytes) -> list[str]:
    """Why lines of a file were set aside."""
    delivery = desk.send(feed, data, "response")
    desk.load(delivery)
    return [row["reason"] for row in desk.rows(delivery, "rejects")]


@pytest.mark.parametrize(
    ("quarter", "ends_on"),
    [("1", date(2024, 3, 31)), ("2", date(2024, 6, 30)), ("3", date(2024, 9, 30)), ("4", date(2024, 12, 31))],
)
def test_wages_of_a_quarter(desk: Desk, quarter: str, ends_on: date) -> None:
    data = lines("employer_wages", "response", {"qw_reporting_quarter": quarter})
    row = loaded(desk, "employer_wages", data)[0]
    assert (row["employer_fein"], row["wage_cents"], row["quarter_ends_on"]) == (
        "010000001",
        900_000,
        ends_on,
    )
    assert "900121234" not in str(row)


def test_benefits_of_a_quarter(desk: Desk) -> None:
    row = loaded(desk, "unemployment_matches", lines("unemployment_matches", "response", {}))[0]
    assert (row["benefit_cents"], row["quarter_ends_on"], row["paying_state"]) == (
        420_000,
        date(2024, 12, 31),
        "ME",
    )


def test_wages_that_are_no_evidence_are_set_aside(desk: Desk) -> None:
    wages = ({}, {}, {}, {"qw_reporting_quarter": "7"})
    found = reasons(desk, "employer_wages", lines("employer_wages", "response", *wages))
    assert found == ["wages without their year and quarter"]


def test_an_employers_answer(desk: Desk) -> None:
    left = {"disposition_status": "R", "disposition_reason": "N", "termination_date": date(2025, 1, 9)}
    own = {"action_code": "EMP", "document_tracking_number": None, "disposition_status": "L",
           "lump_sum_date": DAY, "lump_sum_amount": 150_000, "lump_sum_type": "BONUS"}  # fmt: skip
    rows = loaded(
        desk, "eiwo_acknowledgments", framed("eiwo_acknowledgments", {}, left, own, record_count="3")
    )
    assert [row["disposition_status"] for row in rows] == ["A", "R", "L"]
    assert (rows[1]["disposition_reason"], rows[1]["job_ended_on"]) == ("N", date(2025, 1, 9))
    assert (rows[2]["lump_sum_cents"], rows[2]["answered_on"]) == (150_000, DAY)
    assert "900121234" not in str(rows)


def test_a_result_of_the_portal_names_the_field_and_no_number(desk: Desk) -> None:
    bad = {"first_error_field": "EMPLOYER ZIP CODE", "multiple_error_ind": "Y"}
    rows = loaded(desk, "eiwo_results", framed("eiwo_results", {}, bad, record_count="2"))
    assert [row["first_error_field"] for row in rows] == [None, "EMPLOYER ZIP CODE"]
    assert (rows[1]["has_more_errors"], rows[1]["tracking_number"]) == (True, "T1")
    assert "ssn" not in rows[0]


def test_what_was_taken_from_benefits(desk: Desk) -> None:
    row = loaded(desk, "unemployment_withholdings", framed("unemployment_withholdings", {}))[0]
    assert (row["person_id"], row["amount_cents"], row["paid_on"]) == ("0000000017", 8_000, DAY)


@pytest.mark.parametrize(
    ("feed", "tail"),
    [
        ("eiwo_acknowledgments", {"record_count": "2"}),
        ("eiwo_results", {"record_count": "2"}),
        ("unemployment_withholdings", {"record_count": "2"}),
        ("unemployment_withholdings", {"total_amount": 8_001}),
    ],
)
def test_a_file_whose_totals_do_not_agree_is_refused(desk: Desk, feed: str, tail: dict[str, Any]) -> None:
    found = received(desk, feed, framed(feed, {}, **tail))
    assert (found.outcome, found.feed) == ("refused", feed)


def test_the_three_kinds_of_answers_of_the_directory_are_told_apart(desk: Desk) -> None:
    for feed in ("employer_wages", "unemployment_matches"):
        other = "unemployment_matches" if feed == "employer_wages" else "employer_wages"
        found = desk.send(other, lines(feed, "response", {}), "response")
        assert found.outcome == "refused"
        assert f"content is {feed}" in (found.reason or "")
