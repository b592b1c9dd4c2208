"""A second pair of eyes on packed records: cut by the layout table's own bytes, read half byte by half byte.

Shares no code with `arrears`.
"""

import csv
from pathlib import Path

PLUS = 0xC


def packed_records(path: Path, length: int) -> list[bytes]:
    """The records of a file whose records all have this length; an error for any other file."""
    data = path.read_bytes()
    assert len(data) % length == 0, "the file is not made of whole records"
    return [data[at : at + length] for at in range(0, len(data), length)]


def read_packed(table: Path, record: bytes) -> dict[str, str]:
    """The text of every field of a record: a packed one as the digits that it stands for."""
    with table.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    found = {}
    for row in rows:
        start, length = int(row["start"]) - 1, int(row["length"])
        given = record[start : start + length]
        if row["type"].startswith("packed"):
            found[row["field"]] = _digits(given)
        elif row["type"] == "binary length word":
            assert given[2:] == b"\0\0"
            found[row["field"]] = str(given[0] * 256 + given[1])
        else:
            found[row["field"]] = given.decode("ascii")
    return found


def _digits(given: bytes) -> str:
    halves = [half for byte in given for half in (byte >> 4, byte & 0xF)]
    assert halves[-1] == PLUS
    assert max(halves[:-1]) <= 9
    return "".join(map(str, halves[:-1]))
