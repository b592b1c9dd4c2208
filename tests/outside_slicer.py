"""A second pair of eyes on fixed-width files: layout tables read with csv, records cut with slices.

Shares no code with `arrears`, so that a mistake in the layout engine cannot hide from the tests.
"""

import csv
from pathlib import Path


def positions(table: Path) -> dict[str, slice]:
    """Where each field of a layout table stands, counted from 0."""
    with table.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    found = {}
    for row in rows:
        start, length = int(row["start"]) - 1, int(row["length"])
        found[row["field"]] = slice(start, start + length)
    return found


def cut(table: Path, line: str) -> dict[str, str]:
    """The raw text of every field of one record."""
    return {name: line[place] for name, place in positions(table).items()}


def records(path: Path, length: int, encoding: str = "ascii") -> list[str]:
    """The records of a file whose lines all have this length; an error for any other file."""
    data = path.read_bytes()
    assert len(data) % (length + 1) == 0, "the file is not made of whole lines"
    lines = [data[at : at + length + 1] for at in range(0, len(data), length + 1)]
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in lines)
    return [line[:-1].decode(encoding) for line in lines]
