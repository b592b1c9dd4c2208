"""The control file that a sender puts beside its data: what was sent, counted and hashed."""

import json
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

_LIMIT = 1 << 20
_COUNT_END = 1 << 63  # what the ledger and the engine hold as a whole number
_KEYS = {
    "control",
    "feed",
    "state",
    "period",
    "sequence",
    "mode",
    "encoding",
    "files",
    "sums",
    "complete_through",
}
# How many rows a file has of which no control file tells it.
UNTOLD = -1
_FILE_KEYS = {"table", "rows", "bytes", "sha256"}


@dataclass(frozen=True)
class Promised:
    """One data file as the control file describes it."""

    table: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Control:
    """A control file, read strictly."""

    feed: str
    state: str
    period_on: date
    sequence: int
    mode: str
    encoding: str
    files: tuple[Promised, ...]
    sums: dict[str, int] = field(default_factory=dict)
    complete_through: dict[str, str] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        """How large its data files are together."""
        return sum(one.bytes for one in self.files)


def read_control(path: Path) -> tuple[Control | None, str]:
    """The control file, or None and every fault of it in one sentence."""
    if path.stat().st_size > _LIMIT:
        return None, "the control file is larger than a control file can be"
    try:
        data = json.loads(path.read_bytes().decode("utf-8-sig"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None, "the control file is not JSON, or names a key twice"
    if not isinstance(data, dict):
        return None, "the control file is not a JSON object"
    faults = _faults(data)
    if faults:
        return None, "the control file cannot be taken: " + "; ".join(faults)
    files = tuple(Promised(f["table"], f["rows"], f["bytes"], f["sha256"].lower()) for f in data["files"])
    return (
        Control(
            data["feed"],
            data["state"].lower(),
            date.fromisoformat(data["period"]),
            data["sequence"],
            data["mode"],
            data.get("encoding", ""),
            files,
            data.get("sums", {}),
            data.get("complete_through", {}),
        ),
        "",
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key is there twice")
    return dict(pairs)


def _faults(data: dict[str, Any]) -> list[str]:
    faults = [f"unknown key {key[:40]!r}" for key in sorted(set(data) - _KEYS)]
    if data.get("control") != "arrears/1":
        faults.append("control must be 'arrears/1'")
    faults += [
        f"{key} must be text" for key in ("feed", "state", "mode") if not isinstance(data.get(key), str)
    ]
    if data.get("mode") not in ("snapshot", "delta"):
        faults.append("mode must be snapshot or delta")
    if data.get("encoding", "utf-8") not in ("utf-8", "latin-1"):
        faults.append("encoding must be utf-8 or latin-1")
    if not _is_day(data.get("period")):
        faults.append("period must be a date written CCYY-MM-DD")
    if not _is_count(data.get("sequence")):
        faults.append("sequence must be a whole number below 2^63")
    files = data.get("files")
    if not isinstance(files, list) or not files:
        faults.append("files must list at least one file")
        files = []
    faults += [fault for number, one in enumerate(files, 1) for fault in _file_faults(number, one)]
    tables = [one.get("table") for one in files if isinstance(one, dict)]
    if len({str(table) for table in tables}) != len(tables):
        faults.append("a table is named twice")
    sums, through = data.get("sums", {}), data.get("complete_through", {})
    if not isinstance(sums, dict) or not all(
        type(value) is int and abs(value) < _COUNT_END for value in sums.values()
    ):
        faults.append("sums must map table.column to whole numbers below 2^63")
    if not isinstance(through, dict) or not all(_is_day(value) for value in through.values()):
        faults.append("complete_through must map tables to dates")
    return faults


def _file_faults(number: int, one: Any) -> list[str]:
    if not isinstance(one, dict) or set(one) != _FILE_KEYS:
        return [f"file {number} must have exactly table, rows, bytes and sha256"]
    faults = []
    if not isinstance(one["table"], str) or re.fullmatch(r"[a-z][a-z0-9_]*", one["table"]) is None:
        faults.append(f"file {number} has no table name")
    if not (_is_count(one["rows"]) and _is_count(one["bytes"])):
        faults.append(f"rows and bytes of file {number} must be whole numbers")
    if not isinstance(one["sha256"], str) or re.fullmatch(r"[0-9a-fA-F]{64}", one["sha256"]) is None:
        faults.append(f"sha256 of file {number} must be 64 hex digits")
    return faults


def _is_day(value: Any) -> bool:
    if not isinstance(value, str) or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is None:
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < _COUNT_END
