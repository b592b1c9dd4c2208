"""The audit chain: each act hashed together with the act before it."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from arrears.ledger.records import AuditTip

HASHED = ("ordinal", "position", "at", "state", "who", "act", "about", "previous")


class Wrote(NamedTuple):
    """Rows that one act wrote to a table: the first position, how many, their hash, and the act."""

    first: int
    rows: int
    sha256: str
    ordinal: int


def canonical(values: Mapping[str, Any]) -> str:
    """The one JSON text of these values."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(values: object) -> str:
    """The hash by which the chain stands for values that it must not hold itself."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()


def row_faults(
    table: str, rows: int, read: Callable[[Wrote], tuple[int, str]], wrote: Iterable[Wrote]
) -> list[str]:
    """What is wrong with a table of so many rows, against what the acts of the chain wrote.

    `read` gives how many rows of one act are there, and their hash.
    """
    found: list[str] = []
    strangers = rows
    for one in sorted(wrote):
        count, sha256 = read(one)
        strangers -= count
        if count < one.rows:
            found.append(
                f"{one.rows - count} of {one.rows} rows of {table} that act {one.ordinal} wrote are gone."
            )
        elif sha256 != one.sha256:
            found.append(f"Rows of {table} that act {one.ordinal} wrote were changed.")
    if strangers:
        found.append(f"{strangers} rows of {table} were written by no act of the chain.")
    return found


def link(
    tip: AuditTip, at: str, state: str, who: str, act: str, about: Mapping[str, Any], position: int
) -> dict[str, Any]:
    """The next row of the chain after `tip`."""
    row = {
        "ordinal": tip.ordinal + 1,
        "position": position,
        "at": at,
        "state": state,
        "who": who,
        "act": act,
        "about": canonical(about),
        "previous": tip.sha256,
    }
    return {**row, "sha256": _hash(row)}


def faults(rows: Iterable[Mapping[str, Any]], tips: Iterable[tuple[str, AuditTip]]) -> list[str]:
    """What is wrong with the chain, one sentence each; `tips` are (where it was kept, last row)."""
    found: list[str] = []
    seen: dict[int, str] = {}
    last = AuditTip(0, "")
    for row in rows:
        ordinal = int(row["ordinal"])
        if ordinal != last.ordinal + 1:
            found.append(f"Audit rows {last.ordinal + 1} to {ordinal - 1} are missing.")
        elif row["previous"] != last.sha256:
            found.append(f"Audit row {ordinal} does not follow the row before it: edited or reordered.")
        if row["sha256"] != _hash(row):
            found.append(f"Audit row {ordinal} was edited.")
        last = AuditTip(ordinal, row["sha256"])
        seen[ordinal] = row["sha256"]
    known: dict[str, int] = {}  # of many tips that are gone the last one says it all
    for where, tip in tips:
        if tip.ordinal > last.ordinal:
            known[where] = max(tip.ordinal, known.get(where, 0))
        elif tip.ordinal and seen.get(tip.ordinal) != tip.sha256:
            found.append(f"Audit row {tip.ordinal} is not the one that {where} knows.")
    return found + [
        f"The chain ends at row {last.ordinal}, but {where} knows {ordinal}: the tail was cut."
        for where, ordinal in known.items()
    ]


def _hash(row: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical({name: row[name] for name in HASHED}).encode()).hexdigest()
