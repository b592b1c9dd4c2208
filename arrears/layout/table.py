"""Reading and checking a layout table."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from arrears.errors import RuleFault, safe_path
from arrears.layout.fields import Field
from arrears.layout.packed import WORD, is_packed, length_word, pack, packing_faults, spelled_out, unpack

_HEADER = ["field", "start", "length", "type", "required", "values_or_edits", "description"]
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Follower:
    """What follows a record in its line: so many times as a field of the record says, each so long."""

    times: Field
    length: int


@dataclass(frozen=True)
class Layout:
    """One record: its fields in order, where the positions come from, and what follows it in its line.

    Of a record with packed fields, `fields` and `length` are of it as spelled out, `wire` of its bytes.
    """

    name: str
    path: Path
    source: str
    length: int
    fields: tuple[Field, ...]
    is_delimited: bool = False
    is_partial: bool = False
    followers: tuple[Follower, ...] = ()
    wire: tuple[Field, ...] = ()

    @property
    def record_length(self) -> int:
        """How many bytes the record has in a file."""
        return self.wire[-1].end if self.wire else self.length

    def packed(self, line: bytes) -> bytes:
        """The bytes of a record that was spelled out."""
        return pack(self.wire, self.fields, line)

    def unpacked(self, record: bytes) -> bytes:
        """The bytes of a record, spelled out."""
        return unpack(self.wire, record)

    def is_in_step(self, record: bytes) -> bool:
        """Whether a record begins with its own length, where it has a word for that."""
        first = self.wire[0]
        return first.type != WORD or record.startswith(length_word(self.record_length))

    def field(self, name: str) -> Field:
        """The field of this name; an error that lists the layout where there is none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise RuleFault(f"No field {name!r} in layout {self.name}", self.path, "Use a field of the table.")

    @property
    def columns(self) -> tuple[Field, ...]:
        """The fields that become columns: all but fillers."""
        return tuple(field for field in self.fields if field.kind != "filler")


def load_layout(path: Path) -> Layout:
    """The layout in a table, checked whole: every fault of the file is named at once.

    Positions must tile the record without gap or overlap. A table that stops early is taken only
    where its first line says that the rest was not seen.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RuleFault(f"The layout cannot be read ({type(error).__name__})", path) from None
    source = lines[0].lstrip("# ").strip() if lines and lines[0].startswith("#") else ""
    rows = list(csv.reader(line for line in lines if line and not line.startswith("#")))
    faults: list[str] = []
    if not rows or rows[0] != _HEADER:
        raise RuleFault(
            "The layout's header line is not the expected one", path, f"Write: {','.join(_HEADER)}"
        )
    fields = [field for row in rows[1:] if (field := _field(row, faults)) is not None]
    if not source:
        faults.append("the first line must start with '#' and name the source")
    if not fields:
        faults.append("it has no fields")
    declared = re.search(r"record length: ([0-9]+)", source)
    is_delimited = declared is None and "delimited" in source
    is_partial = "not seen in the source" in source
    faults += packing_faults(fields)
    spelled = spelled_out(fields) if any(map(is_packed, fields)) else tuple(fields)
    faults += _naming_faults(spelled)
    faults += _order_faults(fields) if is_delimited else _tiling_faults(fields)
    end = max((field.end for field in fields), default=0)
    length = int(declared[1]) if declared else end
    if not is_delimited and not (is_partial and end <= length) and end != length:
        faults.append(f"the fields end at {end}, the first line says the record is {length} long")
    if faults:
        raise RuleFault(
            f"Layout {safe_path(path.stem)} has {len(faults)} fault(s): " + "; ".join(faults), path
        )
    wire = tuple(fields) if any(map(is_packed, fields)) else ()
    length = spelled[-1].end if wire else length
    return Layout(path.stem, path, source, length, spelled, is_delimited, is_partial, wire=wire)


def _field(row: list[str], faults: list[str]) -> Field | None:
    if len(row) != len(_HEADER):
        faults.append(f"line of field {row[0]!r} has {len(row)} cells, not {len(_HEADER)}")
        return None
    name, start, length, kind, required, values, description = row
    if not (start.isascii() and start.isdigit() and length.isascii() and length.isdigit()):
        faults.append(f"start and length of {name!r} must be whole numbers")
        return None
    return Field(name, int(start), int(length), kind, required, values, description)


def _naming_faults(fields: Sequence[Field]) -> list[str]:
    faults = []
    seen: set[str] = set()
    for field in fields:
        if _NAME.fullmatch(field.name) is None:
            faults.append(f"{field.name!r} is not a field name")
        if field.name in seen:
            faults.append(f"{field.name!r} is there twice")
        seen.add(field.name)
        if field.kind is None:
            faults.append(f"{field.name!r} has the unknown type {field.type!r}")
        elif field.pattern and len(field.pattern) != field.length:
            faults.append(f"{field.name!r} is {field.length} long, its pattern {len(field.pattern)}")
        if field.required not in ("", "R", "C", "O"):
            faults.append(f"{field.name!r} is required {field.required!r}; know R, C, O or nothing")
        wide = [code for code in field.codes if code != "blank" and len(code) > field.length]
        if wide:
            faults.append(f"{field.name!r} lists codes wider than the field: {', '.join(wide)}")
    return faults


def _tiling_faults(fields: list[Field]) -> list[str]:
    faults, next_free = [], 1
    for field in fields:
        if field.length < 1:
            faults.append(f"{field.name!r} has no length")
        if field.start > next_free:
            faults.append(f"gap at {next_free}-{field.start - 1} before {field.name!r}")
        elif field.start < next_free:
            faults.append(f"{field.name!r} overlaps position {field.start}")
        next_free = max(next_free, field.end + 1)
    return faults


def _order_faults(fields: list[Field]) -> list[str]:
    if [field.start for field in fields] != list(range(1, len(fields) + 1)):
        return ["the elements of a delimited record must be numbered 1, 2, 3, ... in order"]
    return []
