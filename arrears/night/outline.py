"""The outline of a night for who only schedules it: its steps in order, and the short names of sources.

Imports nothing of the engine, so that DAG files, which are read again and again, may read it too.
"""

import os
from typing import Any

PARTS_VARIABLE = "ARREARS_PARTS"
# When the day release begins, by the state's own clock, on Monday to Friday.
RELEASE_AT = "14:00"

# Each step with what it does, in the order of a night; `arrears.night.steps` holds the functions.
STEPS = {
    "match": "Links rows of the feeds to persons of the caseload; what only may be a match goes to a person.",
    "facts": "One wide row per case and per person, as of the date.",
    "remedies": "A verdict per subject and remedy: flag, clear or unknown, with every condition.",
    "actions": "What is to be done: notices, reviews, sends, stops and releases, each behind its clock.",
    "queues": "The rows that each agency queue would get.",
    "check": "The expectations on feeds, facts and queues; a stop ends the night before anything leaves.",
    "release": "Writes, reads back and publishes the queue files; stops are read again just before.",
    "close": "The manifest that makes the night final, and its summary.",
}
# A night in several parts makes its facts and verdicts by these, and then proves its verdicts.
IN_PARTS = {
    "split": "Which cases and persons belong together, and the facts that speak of the whole caseload.",
    "part": "Facts and verdicts of one part of the caseload; the parts may be made side by side.",
    "merge": "A share of the tables, put together from all parts.",
}
# What people call each step, in a scheduler's pages.
STEP_NAMES = {
    "match": "Match people",
    "facts": "Make facts",
    "split": "Cut into parts",
    "part": "Facts and verdicts of a part",
    "merge": "Put the parts together",
    "remedies": "Decide remedies",
    "actions": "Plan acts",
    "queues": "Fill queues",
    "check": "Check expectations",
    "release": "Release to partners",
    "close": "Close the night",
}
# Short names of sources; any other feed goes by its own name.
SHORT = {
    "employer_new_hires": "employer",
    "dmv_licenses": "dmv",
    "bank_accounts": "bank",
    "state_tax_refunds": "tax",
}


def source_of(feed: str) -> str:
    """The name under which a feed's files are waited for and taken in."""
    return SHORT.get(feed, feed)


def parts() -> int:
    """Into how many parts a night's facts and verdicts are cut: one, or as many as `ARREARS_PARTS` says."""
    return max(1, int(os.environ.get(PARTS_VARIABLE) or 1))


def outline(of: int) -> list[tuple[str, list[dict[str, Any]]]]:
    """The steps of a night in so many parts, in order; each with what is given to every task of it.

    The tasks of one step may be done side by side.
    """
    each = [{"number": number, "of": of} for number in range(of)]
    cut: list[tuple[str, list[dict[str, Any]]]] = [("split", [{}]), ("part", each), ("merge", each)]
    found: list[tuple[str, list[dict[str, Any]]]] = []
    for step in STEPS:
        if of == 1 or step not in ("facts", "remedies"):
            found.append((step, [{}]))
        else:
            found += cut if step == "facts" else [(step, [{"is_merged": True}])]
    return found
