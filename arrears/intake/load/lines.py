"""A file of lines as typed records: one relation a record type, each with its first fault a line."""

import os
from pathlib import Path

from arrears.data.encrypted_files import SealedPath, engine_path, key_of, sealing
from arrears.data.warehouse import Connection, EngineError, quote
from arrears.intake.feeds import Feed, Record
from arrears.layout import read_select

# A letter that latin-1 cannot hold never occurs in such a file: read_csv finds no column in a line.
_NO_DELIMITER = "\N{RIGHTWARDS ARROW}"
_CHUNK = 1 << 20


def make_lines(con: Connection, path: Path, most_lines: int | None = None) -> int:
    """The number of lines of a file, now rows of `lines(line_no, l)` in file order; a blank line is NULL.

    Read as latin-1, so that a character is a byte, every byte is taken and positions hold.
    """
    if path.stat().st_size == 0 or not path.is_file():
        con.execute("CREATE OR REPLACE TEMP TABLE lines (line_no BIGINT, l VARCHAR)")
        return 0
    try:
        con.execute(_lines_sql(path, "latin-1", most_lines))
    except EngineError:
        # DuckDB's latin-1 refuses the bytes 80 to 9F, which Windows programs write for curly quotes.
        aside = Path(path.with_name(f".{os.getpid()}.{path.name}.utf8"))
        try:
            aside = _transcode(path, aside, only_head=most_lines is not None)
            con.execute(_lines_sql(aside, "utf-8", most_lines))
        finally:
            aside.unlink(missing_ok=True)
    row = con.execute("SELECT count(*) FROM lines").fetchone()
    return int(row[0]) if row else 0


def _lines_sql(path: Path, encoding: str, most_lines: int | None) -> str:
    # Of a head no more is read: a large file that is none of ours fills no memory.
    limit = f" LIMIT {int(most_lines)}" if most_lines is not None else ""
    return f"""CREATE OR REPLACE TEMP TABLE lines AS
               SELECT row_number() OVER () AS line_no, l
               FROM (SELECT l FROM read_csv({quote(engine_path(path))}, columns={{'l': 'VARCHAR'}},
                             delim='{_NO_DELIMITER}', quote='', escape='', header=false, auto_detect=false,
                             encoding='{encoding}'){limit})"""


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


def make_records(con: Connection, feed: Feed) -> None:
    """Turns `lines` into one table a record type, `typed_<record>`, and the rest into `typed_none`."""
    for record in feed.records:
        told = f"(SELECT line_no, l FROM lines WHERE {is_record(record, feed)})"
        select = read_select(record.layout, told, feed.delimiter)
        con.execute(f"CREATE OR REPLACE TEMP TABLE typed_{record.name} AS {select}")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE typed_none AS
            SELECT line_no AS source_line, CAST(NULL AS VARCHAR) AS fault_field,
                   CASE WHEN l IS NULL THEN 'blank line' ELSE 'no record type of this feed' END
                     AS fault_reason,
                   CAST(NULL AS VARCHAR) AS fault_value
            FROM lines WHERE NOT ({told_sql(feed)})"""
    )


def make_clean(con: Connection, feed: Feed, without: str = "") -> None:
    """Names the clean rows of each record type by the record, for `edits.sql` and `load.sql` to read.

    `without` names a relation (record, source_line) of rows that an edit set aside.
    """
    for record in feed.records:
        aside = (
            f" AND source_line NOT IN (SELECT source_line FROM {without} WHERE record = '{record.name}')"
            if without
            else ""
        )
        con.execute(
            f"""CREATE OR REPLACE TEMP VIEW {record.name} AS
                SELECT * EXCLUDE (fault_field, fault_reason, fault_value)
                FROM typed_{record.name} WHERE fault_reason IS NULL{aside}"""
        )


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


def told_sql(feed: Feed) -> str:
    """SQL that is true where a line is any record of the feed."""
    return " OR ".join(is_record(record, feed) for record in feed.records)


def faults_sql(feed: Feed) -> str:
    """SQL for every faulty line: record, source_line, scope, reason, field and masked value."""
    each = [
        f"""SELECT '{name}' AS record, source_line,
                   CASE WHEN fault_field IS NULL THEN 'line' ELSE 'field' END AS scope,
                   fault_reason AS reason, fault_field AS field, fault_value AS shown_value
            FROM typed_{name} WHERE fault_reason IS NOT NULL"""
        for name in [*(record.name for record in feed.records), "none"]
    ]
    return "\nUNION ALL BY NAME\n".join(each)
