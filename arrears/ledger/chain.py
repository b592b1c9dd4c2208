"""The audit chain: each act hashed together with the act before it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from arrears.ledger.records import AuditTip

HASHED = ("ordinal", "position", "at", "state", "who", "act", "about", "previous")


def canonical(values: Mapping[str, Any]) -> str:
    """The one JSON text of these values."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(values: object) -> str:
    """The hash by which the chain stands for values that it must not hold itself."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()


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
    for where, tip in tips:
        if tip.ordinal > last.ordinal:
            found.append(
                f"The chain ends at row {last.ordinal}, but {where} knows {tip.ordinal}: the tail was cut."
            )
        elif tip.ordinal and seen.get(tip.ordinal) != tip.sha256:
            found.append(f"Audit row {tip.ordinal} is not the one that {where} knows.")
    return found


def _hash(row: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical({name: row[name] for name in HASHED}).encode()).hexdigest()
