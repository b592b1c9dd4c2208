"""Faults of lines by kind: how many lines have one, and where the first of them stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from arrears.data.warehouse import Connection

MOST = 20  # lines of one kind of fault that are told one by one


@dataclass(frozen=True)
class Kind:
    """One kind of fault: in which record and field, what is wrong, what to send instead, and where.

    `places` are its first lines, each with the shape of what was found there: no value is told.
    """

    record: str
    field: str
    what: str
    send: str
    lines: int
    places: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Faults:
    """The faults of a file as a whole and of its lines, its rows, and how many would be set aside."""

    of_file: Sequence[str] = ()
    of_lines: Sequence[Kind] = ()
    rows: int = 0
    set_aside: int = 0
    state: str = ""


def kinds(
    con: Connection, selects: Sequence[str], send: Mapping[tuple[str, str], str]
) -> tuple[list[Kind], int]:
    """The kinds of faults that SELECTs of (record, source_line, field, reason, shown_value) tell.

    And how many lines have any. `send` is what to send instead, by record and field: the field is empty of a
    line as a whole, and NULL where what is wrong says all.
    """
    if not selects:
        return [], 0
    every = " UNION ALL BY NAME ".join(f"({one})" for one in selects)
    con.execute(f"CREATE OR REPLACE TEMP TABLE every_fault AS {every}")
    found = con.execute(
        f"""SELECT record, field, reason, count(*), min(source_line, {MOST}),
              min_by(coalesce(shown_value, ''), source_line, {MOST})
            FROM every_fault GROUP BY ALL ORDER BY min(source_line), record, field, reason"""
    ).fetchall()
    row = con.execute("SELECT count(DISTINCT (record, source_line)) FROM every_fault").fetchone()
    told = [
        Kind(
            record, name or "", what, send.get((record, name), ""), lines, tuple(zip(at, shown, strict=True))
        )
        for record, name, what, lines, at, shown in found
    ]
    return told, int(row[0]) if row else 0
