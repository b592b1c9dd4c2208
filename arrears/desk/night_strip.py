"""A night as a strip: each step with how it stands and its counts, and where each count leads."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arrears.night.checks import RESULT
from arrears.values import Row, dollars

DONE, HELD, WARNED, TO_COME, AT_WORK, STOPPED = "done", "held", "look", "to come", "at work", "stopped"
# The steps of the strip, each with the step of a run that makes it; files have come before a run begins.
STRIP = {
    "files": "",
    "match": "match",
    "facts": "facts",
    "decide": "remedies",
    "plan": "actions",
    "queues": "queues",
    "check": "check",
    "release": "release",
}
FATES = ("accepted", "held", "refused", "duplicate")
ACTS = {"due": "due now", "needs_person": "for a person", "waits": "on a clock", "stayed": "stayed"}


@dataclass(frozen=True)
class Figure:
    """A number with what it counts, and the page or the part of the page that tells more."""

    number: str
    words: str
    to: str = ""


@dataclass(frozen=True)
class Step:
    """One step of the strip, how it stands, and its figures."""

    name: str
    stands: str
    figures: tuple[Figure, ...] = ()


def night_strip(told: Row, summary: Row, folder: Path) -> list[Step]:
    """The steps of a closed night; `told` is what `arrears status` tells of it."""
    checks, tables = read_checks(folder), read_tables(folder)
    files, acts = told["files"], summary["acts"]
    held = len(told["held_queues"]) + len(told["held_remedies"])
    figures: dict[str, list[Figure]] = {
        "files": [
            *(counted(files[fate], fate, "#files") for fate in FATES if files[fate]),
            counted(told["rows"], "rows"),
            counted(told["rejects"], "rejected", "rejects"),
        ],
        "match": [
            counted(told["matched"], "exact"),
            counted(told["doubtful"], "doubtful", "list?kind=doubtful_match"),
        ],
        "facts": [counted(tables[name], name) for name in ("cases", "persons")],
        "decide": [
            counted(told["flags"], "flags", "#flags"),
            counted(told["unknown"], "not known", "list?kind=unknown"),
        ],
        "plan": [
            counted(told["work_list"], "lines for people", "list"),
            counted(told["decisions_wanted"], "decisions wanted", "list?kind=approval"),
        ],
        "queues": [counted(acts[name], say) for name, say in ACTS.items() if acts.get(name)],
        "check": [
            counted(checks["checked"], "bounds checked"),
            counted(checks["warnings"], "warnings", "#checks"),
            *([counted(checks["kept_back"], "kept back", "#checks")] if checks["kept_back"] else []),
        ],
        "release": [
            counted(told["records"], "records", "#left"),
            Figure(dollars(told["amount_cents"]), "", "#left"),
            *([counted(held, "held", "#gate")] if held else []),
        ],
    }
    stands = {
        "files": HELD if files["held"] or files["refused"] else DONE,
        "check": HELD if checks["kept_back"] else WARNED if checks["warnings"] else DONE,
        "release": HELD if held else DONE,
    }
    return [Step(name, stands.get(name, DONE), tuple(figures[name])) for name in STRIP]


def running_strip(done: Collection[str], is_at_work: bool) -> list[Step]:
    """The steps of a night that has begun and is not closed: which are done, and where it is."""
    made = [name for name, step in STRIP.items() if not step or step in done]
    following = next((name for name in STRIP if name not in made), "")
    here = AT_WORK if is_at_work else STOPPED
    return [Step(name, DONE if name in made else here if name == following else TO_COME) for name in STRIP]


def counted(number: int, words: str, to: str = "") -> Figure:
    """A count as a figure; nothing is no reason to look further."""
    return Figure(f"{number:,}", words, to if number else "")


def read_checks(folder: Path) -> Row:
    """What the checks of a night found, as they were written down."""
    found: Row = json.loads((folder / RESULT).read_text())
    return found


def broken(checks: Iterable[Row]) -> list[Row]:
    """The bounds that were broken, with why each is there and how many rows break it."""
    return [
        {
            "table": one["table"].rpartition(".")[2],
            "why": one["why"],
            "rows": rows_of(one),
            "is_kept_back": one["severity"] in ("hold", "aside"),
        }
        for one in checks
        if not one["success"]
    ]


def rows_of(check: dict[str, Any]) -> int | None:
    """How many rows break a bound, where it is about rows."""
    count: int | None = check["unexpected_count"]
    return count


def read_tables(folder: Path) -> dict[str, int]:
    """How many cases and persons a closed night has facts of."""
    tables = json.loads((folder / "manifest.json").read_text())["tables"]
    return {f"{one}s": tables[f"facts/{one}_facts.parquet"]["rows"] for one in ("case", "person")}
