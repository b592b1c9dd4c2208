"""The rows that a partner's own edits set aside, each with its reason."""

from arrears.data.warehouse import quote
from arrears.intake.feeds import Feed
from arrears.intake.load.segments import SEGMENT


def edited_sql(feed: Feed) -> str:
    """SQL for the clean rows that an edit of the partner's sets aside: record, source_line, reason.

    `edits.sql` has a true/false column an edit, named by its reason; the first true one counts. Where a feed
    has segments, several may begin on one line, and each is told by its number (`segment_no`) as well.
    """
    row = ", ".join(_row(feed))
    edited = f"SELECT {row}, names[list_position(hold, true)] AS reason FROM ({_edits(feed)})"
    return f"SELECT * FROM ({edited}) WHERE reason IS NOT NULL"


def every_edit_sql(feed: Feed) -> str:
    """SQL for the same with each of its edits that is true: record, source_line, reason."""
    true = "list_transform(hold, lambda one: one IS TRUE)"
    return f"SELECT record, source_line, unnest(list_where(names, {true})) AS reason FROM ({_edits(feed)})"


def _edits(feed: Feed) -> str:
    """SQL for the clean rows with the names of the edits of their record, and which hold."""
    row = ", ".join(_row(feed))
    told = ", ".join(map(quote, _row(feed)))
    names = f"list_filter(struct_keys(edits), lambda name: name NOT IN ({told}))"
    hold = f"list_value(*COLUMNS(* EXCLUDE ({row})))"
    return f"SELECT {row}, {names} AS names, {hold} AS hold FROM ({feed.edits_sql}\n) AS edits"


def _row(feed: Feed) -> tuple[str, ...]:
    """The columns by which an edit names the row that it sets aside."""
    return ("record", "source_line", SEGMENT) if feed.segments else ("record", "source_line")
