"""A file of lines as typed records: one relation a record type, each with its first fault a line."""

import os
from dataclasses import dataclass
from pathlib import Path

from arrears.data.encrypted_files import SealedPath, engine_path, key_of, sealing
from arrears.data.warehouse import Connection, EngineError, quote
from arrears.intake.feeds import Feed, Record
from arrears.layout import read_select, wrong_length
from arrears.sqltext import columns

# A letter that latin-1 cannot hold never occurs in such a file: read_csv finds no column in a line.
_NO_DELIMITER = "\N{RIGHTWARDS ARROW}"
_CHUNK = 1 << 20


# The number of a line of `lines`: the engine reads in file order, with all cores, and numbers what it keeps.
LINE_NO = "rowid + 1"
NO_LINES = "CREATE OR REPLACE TEMP TABLE lines (l VARCHAR)"


def make_lines(con: Connection, path: Path, most_lines: int | None = None) -> int:
    """The number of lines of a file, now rows of `lines(l)` in file order; a blank line is NULL.

    Read as latin-1, so that a character is a byte, every byte is taken and positions hold.
    """
    if path.stat().st_size == 0 or not path.is_file():
        con.execute(NO_LINES)
        return 0
    try:
        return _read_lines(con, path, "latin-1", most_lines)
    except EngineError:
        # DuckDB's latin-1 refuses the bytes 80 to 9F, which Windows programs write for curly quotes.
        aside = Path(path.with_name(f".{os.getpid()}.{path.name}.utf8"))
        try:
            aside = _transcode(path, aside, only_head=most_lines is not None)
            return _read_lines(con, aside, "utf-8", most_lines)
        finally:
            aside.unlink(missing_ok=True)


def _read_lines(con: Connection, path: Path, encoding: str, most_lines: int | None) -> int:
    # Of a head no more is read: a large file that is none of ours fills no memory.
    limit = f" LIMIT {int(most_lines)}" if most_lines is not None else ""
    plain = "quote='', escape='', header=false, auto_detect=false, columns={'l': 'VARCHAR'}"
    read = f"read_csv({quote(engine_path(path))}, delim='{_NO_DELIMITER}', encoding='{encoding}', {plain})"
    row = con.execute(f"CREATE OR REPLACE TEMP TABLE lines AS SELECT l FROM {read}{limit}").fetchone()
    return int(row[0]) if row else 0


def _transcode(path: Path, target: Path, only_head: bool) -> Path:
    """Each latin-1 byte as its UTF-8 letter, sealed where the source is; of a head only, its whole lines."""
    is_sealed = isinstance(path, SealedPath)
    with path.open("rb") as source, sealing(target, key_of(path)) if is_sealed else target.open("wb") as out:
        while chunk := source.read(_CHUNK):
            if only_head:
                chunk = chunk[: chunk.rfind(b"\n") + 1] or chunk
            out.write(chunk.decode("latin-1").encode())
            if only_head:
                break
    return SealedPath(target) if is_sealed else target


@dataclass(frozen=True)
class Faulty:
    """The faulty lines of one record type: how many, and where, in which field and why the first one is."""

    lines: int
    first: int
    field: str
    reason: str


def make_records(con: Connection, feed: Feed, keep_lines: bool = False) -> dict[str, Faulty]:
    """Turns `lines` into one table a record type, `typed_<record>`, and the rest into `typed_none`.

    The clean rows of each are named by the record, and `faults` is every faulty line; what they are by
    record type is returned. The lines are given back, unless another feed is to be tried on them.
    """
    made = records_sql(feed)
    made += [] if keep_lines else ["DROP TABLE lines"]
    made.append(
        """SELECT record, count(*), min(source_line), min_by(coalesce(field, ''), source_line),
             min_by(reason, source_line)
           FROM faults GROUP BY record"""
    )
    return {record: Faulty(*of) for record, *of in con.execute(";\n".join(made)).fetchall()}


def records_sql(feed: Feed, kind: str = "TABLE") -> list[str]:
    """SQL that makes the records of a feed of `lines`, as tables or as views."""
    made = []
    for record in feed.records:
        told = f"(SELECT {LINE_NO} AS line_no, l FROM lines WHERE {is_record(record, feed)})"
        select = read_select(record.layout, told, feed.delimiter)
        made.append(f"CREATE OR REPLACE TEMP {kind} typed_{record.name} AS {select}")
    reason = "CASE WHEN l IS NULL THEN 'blank line' ELSE 'no record type of this feed' END"
    asked = {
        "source_line": LINE_NO,
        "fault_field": "CAST(NULL AS VARCHAR)",
        "fault_reason": reason,
        "fault_value": "CAST(NULL AS VARCHAR)",
    }
    none = f"SELECT {columns(asked)} FROM lines WHERE NOT ({known_record_sql(feed)})"
    made.append(f"CREATE OR REPLACE TEMP {kind} typed_none AS {none}")
    made += clean_views(feed)
    return [*made, f"CREATE OR REPLACE TEMP VIEW faults AS {_faults_sql(feed)}"]


def clean_select(typed: str) -> str:
    """SQL for the rows of a relation of typed rows that have no fault."""
    row = "* EXCLUDE (fault_field, fault_reason, fault_value)"
    return f"SELECT {row} FROM {typed} WHERE fault_reason IS NULL"


def faulty_select(name: str, called: str) -> str:
    """SQL for the faulty rows of `typed_<name>`: that name in the column `called`, place and first fault."""
    told = {
        called: quote(name),
        "source_line": "source_line",
        "scope": "CASE WHEN fault_field IS NULL THEN 'line' ELSE 'field' END",
        "reason": "fault_reason",
        "field": "fault_field",
        "shown_value": "fault_value",
    }
    return f"SELECT {columns(told)} FROM typed_{name} WHERE fault_reason IS NOT NULL"


def clean_views(feed: Feed, without: str = "") -> list[str]:
    """SQL that names the clean rows of each record type by the record: `edits.sql` and `load.sql` read them.

    `without` names a relation (record, source_line) of rows that an edit set aside.
    """
    made = []
    for record in feed.records:
        aside = (
            f" AND source_line NOT IN (SELECT source_line FROM {without} WHERE record = '{record.name}')"
            if without
            else ""
        )
        clean = f"{clean_select(f'typed_{record.name}')}{aside}"
        made.append(f"CREATE OR REPLACE TEMP VIEW {record.name} AS {clean}")
    return made


def is_record(record: Record, feed: Feed) -> str:
    """SQL that is true where a line `l` is this record, never NULL."""
    if not record.mark:
        others = [is_record(one, feed) for one in feed.records if one.mark]
        return f"NOT ({' OR '.join(others)})" if others else "true"
    if feed.format == "fixed":
        mark = f"substr(l, {record.at}, {len(record.mark)})"
    else:
        mark = f"string_split(l, {quote(feed.delimiter)})[{record.at}]"
    return f"coalesce({mark} = {quote(record.mark)}, false)"


def known_record_sql(feed: Feed) -> str:
    """SQL that is true where a line is any record of the feed."""
    return " OR ".join(is_record(record, feed) for record in feed.records)


def whole_record_sql(feed: Feed) -> str:
    """SQL that is true where a line is any record of the feed, and as long as that record is."""
    return " OR ".join(
        f"({is_record(record, feed)} AND NOT ({wrong_length(record.layout, feed.delimiter)}))"
        for record in feed.records
    )


def _faults_sql(feed: Feed) -> str:
    """SQL for every faulty line: record, source_line, scope, reason, field and masked value."""
    names = [*(record.name for record in feed.records), "none"]
    return "\nUNION ALL BY NAME\n".join(faulty_select(name, "record") for name in names)
