"""The work that every peer of the benchmark does, as plain data: what to read, what to ask, what to write.

Two fixed-width feeds become typed rows and rejects; their rows are linked to persons; each case gets its
balances and payments; twelve remedies are decided with every condition; one queue file is written. The facts
of the remedies are given: what decides there is the conditions.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

RUNS = 3
PLUS, MINUS = "{ABCDEFGHI", "}JKLMNOPQR"
# As the engine reads dates: no partner's date lies outside these centuries.
SHAPES = {"%Y": "(18|19|20|21)[0-9]{2}", "%m": "[0-9]{2}", "%d": "[0-9]{2}", "-": "[-]"}


@dataclass(frozen=True)
class Field:
    """A field of a record: where it lies, what it holds, and what it may not be."""

    name: str
    start: int
    length: int
    kind: str
    format: str
    is_required: bool
    codes: list[str]
    may_be_blank: bool
    takes_any_sign: bool

    @property
    def shape(self) -> str:
        """A pattern of what a date looks like."""
        found, left = "", self.format
        while left:
            size = 2 if left[0] == "%" else 1
            found, left = found + SHAPES[left[:size]], left[size:]
        return found


@dataclass(frozen=True)
class Feed:
    """One fixed-width file: which of its lines count, their length and fields, and where the number lies."""

    name: str
    path: str
    mark: str
    length: int
    number: str
    fields: list[Field]


@dataclass(frozen=True)
class Question:
    """What one facts table is asked: amounts and conditions by column, and which of them a verdict joins."""

    facts: str
    path: str
    keys: list[str]
    amounts: dict[str, str]
    answers: dict[str, str]
    verdicts: dict[str, tuple[str, list[str]]]
    bound: dict[str, Any]


@dataclass(frozen=True)
class Job:
    """All of the work."""

    as_of: date
    feeds: list[Feed]
    tables: dict[str, str]
    questions: list[Question]
    claims: tuple[str, str, str]  # facts table, column of the verdict, column of the amount

    @property
    def year_before(self) -> date:
        """The day after which payments count."""
        return self.as_of - timedelta(days=365)


def read_job(path: Path) -> Job:
    """The work as it was written down."""
    told = json.loads(path.read_text())
    dated = lambda value: date.fromisoformat(value["date"]) if isinstance(value, dict) else value  # noqa: E731
    return Job(
        date.fromisoformat(told["as_of"]),
        [Feed(**{**one, "fields": [Field(**field) for field in one["fields"]]}) for one in told["feeds"]],
        told["tables"],
        [
            Question(
                **{
                    **one,
                    "verdicts": {name: (word, names) for name, (word, names) in one["verdicts"].items()},
                    "bound": {name: dated(value) for name, value in one["bound"].items()},
                }
            )
            for one in told["questions"]
        ],
        tuple(told["claims"]),
    )


def header(job: Job) -> str:
    """The first line of the queue file."""
    return f"H{'LOTTERY DEBTS':<20}001{job.as_of:%Y%m%d}{'Child Support':<40}2075550100".ljust(160)


def trailer(count: int, cents: int) -> str:
    """The last line of the queue file."""
    return f"T{count:09}{cents:015}".ljust(160)


def measured(work: Callable[[Job, Path], Iterator[str]], **versions: str) -> None:
    """Does the work some times over and prints what the quickest took, by step."""
    job, out = read_job(Path(sys.argv[1])), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    best: dict[str, Any] = {}
    for _ in range(RUNS):
        steps, began, cpu, last = {}, time.perf_counter(), _processor_seconds(), time.perf_counter()
        for step in work(job, out):
            now = time.perf_counter()
            steps[step], last = round(now - last, 4), now
        seconds = time.perf_counter() - began
        if not best or seconds < best["seconds"]:
            cost = {"seconds": round(seconds, 4), "cpu_seconds": round(_processor_seconds() - cpu, 4)}
            best = {**cost, "steps": steps}
    print(json.dumps({**best, "versions": versions, "peak_mib": 0}))  # whoever started it looks at its memory


def _processor_seconds() -> float:
    told = os.times()
    return told.user + told.system
