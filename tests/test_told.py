"""What a step says in a scheduler's log: sentences with counts, never a value as Python writes it."""

from typing import Any

import pytest

from arrears.night import steps
from arrears.night.outline import IN_PARTS, STEP_NAMES, STEPS
from arrears.night.told import CLOSED, LINES, told


def test_every_step_has_its_lines_and_its_name() -> None:
    assert {"begin", *STEPS, *IN_PARTS} == set(LINES)
    assert {one.name for one in steps.NIGHT} <= STEP_NAMES.keys()


@pytest.mark.parametrize(
    ("step", "counts", "said"),
    [
        ("match", {"people": 3, "links": 1200, "candidates": 2}, "1,200 rows were linked"),
        ("facts", {"case_facts": 4, "person_facts": 3, "money_facts": 4}, "4 cases, 3 parents"),
        (
            "remedies",
            {"verdicts": {"bank_levy": {"off": None, "counts": {"enter": {"flag": 1, "clear": 2}}}}},
            "Bank levy: 1 flag, 2 clear.",
        ),
        ("queues", {"liens": {"records": 0, "not_sent": 1}}, "1 cannot be written"),
        ("check", {"checked": 9, "warnings": 1, "kept_back": 0}, "9 expectations"),
        (
            "release",
            {
                "queues": [
                    {
                        "queue": "liens",
                        "files": ["a.txt"],
                        "records": 1,
                        "amount_cents": 3500,
                        "stopped": 2,
                        "held": None,
                    }
                ]
            },
            "Liens: 1 records for $35.00 left as a.txt.",
        ),
        ("check", {}, CLOSED),
        ("begin", {"already_closed": True}, CLOSED),
    ],
)
def test_a_step_says_its_counts_as_sentences(step: str, counts: dict[str, Any], said: str) -> None:
    found = told(step, counts)
    assert said in " ".join(found)
    assert "{" not in " ".join(found)
