"""Records in the text of lines: that of lines which follow each other is one, cut where its segments end."""

from pathlib import Path

from arrears.data.warehouse import quote, sql_text, text_list
from arrears.intake.feeds import Feed
from arrears.intake.records import Segments
from arrears.sqltext import columns

SEGMENT = "segment_no"
SEGMENT_LINES = "segment_lines"
SQL = Path(__file__).with_name("sql")


def segments_sql(segments: Segments, feed: Feed, lines: str) -> str:
    """SQL for each segment: the line on which it begins, its number in the file, its text, whether it ends.

    `lines` is a relation (line_no, l) of the records with the text. What frames the others is left out.
    """
    field = feed.record(segments.text.record).layout.field(segments.text.field)
    text = f"rpad(substr(l, {field.start}, {field.length}), {field.length}, ' ')"
    how = {
        "ending": quote(segments.end),
        "delimiter": quote(segments.delimiter),
        "elements": str(max(len(one.layout.fields) for one in feed.records if one.in_segments)),
        "room": str(field.length),
        "frames": f"CAST({text_list(segments.frames)} AS VARCHAR[])",
    }
    given = f"text_lines AS (SELECT line_no, {text} AS text FROM {lines}), how AS (SELECT {columns(how)})"
    return f"WITH {given} SELECT * FROM ({sql_text(SQL / 'segments.sql')})"


def is_segment(mark: str, segments: Segments) -> str:
    """SQL that is true where a row of `segment_lines` is the record of this mark, never NULL."""
    first = f"string_split(l, {quote(segments.delimiter)})[1]"
    return f"ends AND {first} = {quote(mark)}"
