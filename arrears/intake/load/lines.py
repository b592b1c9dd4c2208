"""A file of lines as typed records: one relation a record type, each with its first fault a line."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from arrears.data.encrypted_files import SealedPath, engine_path, key_of, sealing
from arrears.data.warehouse import Connection, EngineError, quote
from arrears.intake.feeds import Feed
from arrears.intake.load.segments import SEGMENT, SEGMENT_LINES, is_segment, segments_sql
from arrears.intake.records import FieldName, Record, Segments
from arrears.layout import follower_select, read_select, shape_select, wrong_length
from arrears.sqltext import columns

# A letter that latin-1 cannot hold never occurs in such a file: read_csv finds no column in a line.
_NO_DELIMITER = "\N{RIGHTWARDS ARROW}"
_CHUNK = 1 << 20


# The number of a line of `lines`: the engine reads in file order, with all cores, and numbers what it keeps.
LINE_NO = "rowid + 1"
PADDING_LINES = "padding_lines"
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


def shapes_sql(feed: Feed) -> list[str]:
    """SQL that names records and blocks without a row, as `clean_views` names those of a file."""
    shapes = {
        record.name: shape_select(record.layout, [SEGMENT] if record.in_segments else [])
        for record in feed.records
    }
    shapes |= {block.name: shape_select(feed.layouts[block.name], ["block_no"]) for block in feed.blocks}
    return [f"CREATE OR REPLACE TEMP VIEW {name} AS {shape}" for name, shape in shapes.items()]


def records_sql(feed: Feed) -> list[str]:
    """SQL that makes tables of the records of a feed of `lines`."""
    made = []
    if feed.padding:
        filling = f"SELECT {LINE_NO} AS source_line FROM lines WHERE {_fills_up(feed)}"
        made.append(f"CREATE OR REPLACE TEMP TABLE {PADDING_LINES} AS {filling}")
    if feed.segments:
        cut = segments_sql(feed.segments, feed, lines_of(feed.record(feed.segments.text.record), feed))
        made.append(f"CREATE OR REPLACE TEMP TABLE {SEGMENT_LINES} AS {cut}")
    for record in feed.records:
        keep = [SEGMENT] if record.in_segments else []
        select = read_select(record.layout, lines_of(record, feed), feed.delimiter_of(record.name), keep)
        made.append(f"CREATE OR REPLACE TEMP TABLE typed_{record.name} AS {select}")
    for name, blocks in blocks_of(feed).items():
        select = read_select(feed.layouts[name], blocks, keep=["block_no"])
        made.append(f"CREATE OR REPLACE TEMP TABLE typed_{name} AS {select}")
    if feed.blocks:
        made.append(f"CREATE OR REPLACE TEMP TABLE faulty_blocks AS {_faulty_blocks(feed)}")
    reason = "CASE WHEN l IS NULL THEN 'blank line' ELSE 'no record type of this feed' END"
    asked = {
        "source_line": LINE_NO,
        "fault_field": "CAST(NULL AS VARCHAR)",
        "fault_reason": reason,
        "fault_value": "CAST(NULL AS VARCHAR)",
    }
    none = f"SELECT {columns(asked)} FROM {numbered(feed)} WHERE NOT ({_known(feed)})"
    if feed.segments:
        none += f" UNION ALL BY NAME {_strange_segments(feed, feed.segments, asked)}"
    made.append(f"CREATE OR REPLACE TEMP TABLE typed_none AS {none}")
    made += clean_views(feed)
    return [*made, f"CREATE OR REPLACE TEMP VIEW faults AS {_faults_sql(feed)}"]


def blocks_of(feed: Feed) -> dict[str, str]:
    """SQL for a relation (line_no, block_no, l) of each block of a feed that follows its record in a line."""
    head = feed.records[0]
    return {
        block.name: f"({follower_select(head.layout, place, lines_of(head, feed))})"
        for place, block in enumerate(feed.blocks)
    }


def _faulty_blocks(feed: Feed) -> str:
    """SQL for the first fault in the blocks of each line whose own record has none."""
    head = feed.records[0].name
    faults = " UNION ALL BY NAME ".join(
        faulty_select(block.name, "record", {"place": str(place), "block_no": "block_no"})
        for place, block in enumerate(feed.blocks)
    )
    return f"""SELECT * EXCLUDE (place, block_no) FROM ({faults})
               WHERE source_line IN (SELECT source_line FROM typed_{head} WHERE fault_reason IS NULL)
               QUALIFY row_number() OVER (PARTITION BY source_line ORDER BY place, block_no) = 1"""


def clean_select(typed: str) -> str:
    """SQL for the rows of a relation of typed rows that have no fault."""
    row = "* EXCLUDE (fault_field, fault_reason, fault_value)"
    return f"SELECT {row} FROM {typed} WHERE fault_reason IS NULL"


def faulty_select(name: str, called: str, more: Mapping[str, str] | None = None) -> str:
    """SQL for the faulty rows of `typed_<name>`: that name in the column `called`, place and first fault.

    `more` are further columns by name, as SQL.
    """
    told = {
        called: quote(name),
        "source_line": "source_line",
        "scope": "CASE WHEN fault_field IS NULL THEN 'line' ELSE 'field' END",
        "reason": "fault_reason",
        "field": "fault_field",
        "shown_value": "fault_value",
        **(more or {}),
    }
    return f"SELECT {columns(told)} FROM typed_{name} WHERE fault_reason IS NOT NULL"


def clean_views(feed: Feed, without: str = "") -> list[str]:
    """SQL that names the clean rows of each record and block, for `edits.sql` and `load.sql`, by its name.

    `without` names a relation (record, source_line) of rows that an edit set aside.
    """
    made = []
    for record in feed.records:
        row = SEGMENT if record.in_segments else "source_line"
        aside = (
            f" AND {row} NOT IN (SELECT {row} FROM {without} WHERE record = '{record.name}')"
            if without
            else ""
        )
        # A line with a fault in one of its blocks is no transaction of which half could be believed.
        aside += " AND source_line NOT IN (SELECT source_line FROM faulty_blocks)" if feed.blocks else ""
        clean = f"{clean_select(f'typed_{record.name}')}{aside}"
        made.append(f"CREATE OR REPLACE TEMP VIEW {record.name} AS {clean}")
    for block in feed.blocks:
        own = f"source_line IN (SELECT source_line FROM {feed.records[0].name})"
        clean = f"{clean_select(f'typed_{block.name}')} AND {own}"
        made.append(f"CREATE OR REPLACE TEMP VIEW {block.name} AS {clean}")
    return made


def numbered(feed: Feed) -> str:
    """SQL for the lines, each with what stands above it, where a record of the feed is told by that."""
    told = []
    for of in sorted({one.under[0] for one in feed.records if one.under}, key=_above):
        above = feed.record(of.record)
        field = above.layout.field(of.field)
        said = (
            f"CASE WHEN {_has_mark(above, feed)} THEN trim(substr(l, {field.start}, {field.length}), ' ') END"
        )
        told.append(f"last_value({said} IGNORE NULLS) OVER (ORDER BY rowid) AS {_above(of)}")
    return f"(SELECT rowid, l, {', '.join(told)} FROM lines)" if told else "lines"


def lines_of(record: Record, feed: Feed) -> str:
    """SQL for the lines, or segments, that are this record: line_no, l."""
    if feed.segments and record.in_segments:
        told = is_segment(record.mark, feed.segments)
        return f"(SELECT line_no, {SEGMENT}, l FROM {SEGMENT_LINES} WHERE {told})"
    return f"(SELECT {LINE_NO} AS line_no, l FROM {numbered(feed)} WHERE {is_record(record, feed)})"


def is_record(record: Record, feed: Feed) -> str:
    """SQL that is true where a line of `numbered` is this record, never NULL."""
    told = _has_mark(record, feed)
    if record.under:
        return f"{told} AND {_stands_under(record)}"
    others = [
        one for one in feed.line_records if one.under and (one.at, one.mark) == (record.at, record.mark)
    ]
    return " AND NOT ".join([told, *map(_stands_under, others)])


def _stands_under(record: Record) -> str:
    of, said = record.under or (None, "")
    return f"coalesce({_above(of)} = {quote(said)}, false)" if of else "true"


def _above(of: FieldName) -> str:
    """The column with what the nearest line above says in a field."""
    return f'"{of.record}.{of.field} above"'


def _has_mark(record: Record, feed: Feed) -> str:
    """SQL that is true where a line `l` has the mark of this record, never NULL."""
    if not record.mark:
        others = [_has_mark(one, feed) for one in feed.line_records if one.mark]
        return f"NOT ({' OR '.join(others)})" if others else "true"
    if feed.format == "fixed":
        mark = f"substr(l, {record.at}, {len(record.mark)})"
    else:
        mark = f"string_split(l, {quote(feed.delimiter)})[{record.at}]"
    told = f"coalesce({mark} = {quote(record.mark)}, false)"
    return f"{told} AND NOT {is_filler(feed)}" if feed.padding else told


def is_filler(feed: Feed) -> str:
    """SQL that is true where a line `l` holds the character alone that fills up a block, never NULL."""
    return f"coalesce(l = {quote(feed.padding * feed.record_length)}, false)" if feed.padding else "false"


def _fills_up(feed: Feed) -> str:
    """SQL that is true where such a line stands after all others."""
    last = f"SELECT coalesce(max(rowid), -1) FROM lines WHERE NOT {is_filler(feed)}"
    return f"{is_filler(feed)} AND rowid > ({last})"


def _known(feed: Feed) -> str:
    """SQL that is true where a line is any record of the feed, or fills up its last block."""
    told = [is_record(record, feed) for record in feed.line_records]
    return " OR ".join([*told, _fills_up(feed)] if feed.padding else told)


def whole_record_sql(feed: Feed) -> str:
    """SQL that is true where a line is any record of the feed by its mark, and as long as that record is."""
    return " OR ".join(
        f"({_has_mark(record, feed)} AND NOT ({wrong_length(record.layout, feed.delimiter)}))"
        for record in feed.line_records
    )


def _strange_segments(feed: Feed, segments: Segments, asked: Mapping[str, str]) -> str:
    """SQL for the segments that are none of the feed's, as its strange lines are told."""
    known = " OR ".join(is_segment(one.mark, segments) for one in feed.records if one.in_segments)
    why = "CASE WHEN ends THEN 'no segment of this feed' ELSE 'a segment without its end' END"
    told = {**asked, "source_line": "line_no", "fault_reason": why}
    return f"SELECT {columns(told)} FROM {SEGMENT_LINES} WHERE NOT ({known})"


def _faults_sql(feed: Feed) -> str:
    """SQL for every faulty line: record, source_line, scope, reason, field and masked value."""
    each = [faulty_select(name, "record") for name in [*(record.name for record in feed.records), "none"]]
    return "\nUNION ALL BY NAME\n".join([*each, *(["FROM faulty_blocks"] if feed.blocks else [])])
