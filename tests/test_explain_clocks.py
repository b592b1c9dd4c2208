"""A clock as a person reads it: how long, from what, until when, and what stopped it."""

from datetime import date
from typing import Any

import pytest

from arrears.answers.explain_clocks import clock_sentence

CLOCK: dict[str, Any] = {
    "key": "license.hearing_request_days", "number": 20, "unit": "days", "from": "served", "step": "notice",
    "anchor_on": date(2025, 1, 14), "ends_on": date(2025, 2, 3), "tolled_by": None, "tolled_days": 0,
    "intake": None, "intake_through_on": None, "is_closed": False, "notice_status": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("but", "said"),
    [
        (
            {},
            "20 days, counted from 2025-01-14 (notice served), to the end of 2025-02-03.",
        ),
        (
            {"anchor_on": None, "notice_status": "returned"},
            "20 days, not running yet: no date yet for “notice served”; the notice is returned.",
        ),
        (
            {"key": "k", "number": 1, "unit": "months", "from": "act_from_on", "step": None},
            "1 month, counted from 2025-01-14 (the day on which the case was delinquent and the parent"
            " located), to the end of 2025-02-03.",
        ),
        (
            {"key": "k", "unit": "business_days", "tolled_by": "days_tolled", "tolled_days": 61},
            "20 business days, counted from 2025-01-14 (notice served), to the end of 2025-02-03,"
            " tolled for 61 days (days tolled).",
        ),
        (
            {"key": "k", "tolled_by": "days_tolled", "tolled_days": None, "ends_on": None, "is_closed": None},
            "20 days, counted from 2025-01-14 (notice served), to a day that is not known,"
            " tolled for an unknown time (days tolled).",
        ),
        (
            {"key": "k", "intake": "hearings", "intake_through_on": date(2025, 2, 4)},
            "20 days, counted from 2025-01-14 (notice served), to the end of 2025-02-03; hearings are"
            " known through 2025-02-04.",
        ),
    ],
)
def test_a_clock_reads_as_a_sentence(but: dict[str, Any], said: str) -> None:
    assert clock_sentence({**CLOCK, **but}) == said
