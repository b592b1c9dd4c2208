"""What a file is by its content: the feed and table that its columns, or its first lines, belong to."""

from dataclasses import dataclass

from arrears.data.warehouse import Connection, EngineError
from arrears.intake.feeds import Feed
from arrears.intake.load.lines import make_lines, make_records, whole_record_sql
from arrears.intake.load.whole import header_names, physical_types
from arrears.intake.receive.landing import Landed

HEAD = 200  # lines by which a file is told
_MOST = 0.5  # of which so many must be records of a feed


@dataclass(frozen=True)
class Told:
    """What a file's content says that it is: a feed and a table, or empty texts; how many lines its head has.

    The head stands in `lines`. It is None of what is a table, and of what was not looked at; -1 where it is
    no text.
    """

    feed: str = ""
    table: str = ""
    head: int | None = None


def recognize(con: Connection, feeds: dict[str, Feed], landed: Landed, supposed: str = "") -> Told:
    """What a file's content says that it is; where it may be the supposed feed and no other, that one."""
    if landed.kind == "parquet":
        return _table_of(con, feeds, landed)
    table = _table_of(con, feeds, landed) if landed.kind == "text" else Told()
    if table.feed:
        return table
    head = _make_head(con, landed)
    name = _feed_of_lines(con, feeds, head, supposed)
    return Told(name, name, head)


def _table_of(con: Connection, feeds: dict[str, Feed], landed: Landed) -> Told:
    """The table whose columns a file has."""
    try:
        header = list(physical_types(con, landed.path)) if landed.kind == "parquet" else []
    except EngineError:
        return Told()
    for feed in feeds.values():
        names = header or (header_names(landed.path, feed) if feed.tables else [])
        for table in feed.tables.values():
            if table.is_header(names):
                return Told(feed.name, table.name)
    return Told()


def _feed_of_lines(con: Connection, feeds: dict[str, Feed], head: int, supposed: str) -> str:
    """The feed to which the lines of a head belong, an empty text for none.

    It is told by the length of the lines and the marks of the records; only a feed that fits by both is
    read. Where no other than the supposed one does, none is.
    """
    likely = _likely(con, feeds, head) if head > 0 else []
    if [feed.name for feed in likely] == [supposed]:
        return supposed
    # Records of one shape read cleanly under each other's layouts: what its own feed reads for the most part
    # is its own, and is told what is wrong with the rest.
    for feed in likely:
        if feed.name == supposed and _share(con, feed, head) >= _MOST:
            return supposed
    best = max(((_share(con, feed, head), feed.name == supposed, feed.name) for feed in likely), default=None)
    return best[2] if best and best[0] >= _MOST else ""


def _likely(con: Connection, feeds: dict[str, Feed], head: int) -> list[Feed]:
    """The feeds of which most lines are a whole record by mark and length: of no other most read cleanly."""
    of = [feed for feed in feeds.values() if feed.records]
    whole = ", ".join(f"count(*) FILTER ({whole_record_sql(feed)})" for feed in of)
    usual, *counts = con.execute(f"SELECT mode(length(l)), {whole} FROM lines").fetchone() or (None,)
    found = [
        feed
        for feed, count in zip(of, counts, strict=True)
        if feed.record_length in (0, usual) and count >= head * _MOST
    ]
    # A mark tells more than a length alone, which any line of it has.
    return [feed for feed in found if all(one.mark for one in feed.records if one.gives_rows)] or found


def _share(con: Connection, feed: Feed, head: int) -> float:
    """The share of the lines of a head that read cleanly under this feed's layouts."""
    faults = make_records(con, feed, keep_lines=True)
    return 1.0 - sum(one.lines for one in faults.values()) / head


def _make_head(con: Connection, landed: Landed) -> int:
    try:
        return make_lines(con, landed.path, most_lines=HEAD)
    except EngineError:
        return -1


def shape_of(con: Connection, landed: Landed, head: int | None) -> str:
    """How a file looks whose content no feed knows, for its sender; its head stands in `lines`."""
    if landed.kind != "text":
        return "it is a table of other columns"
    if landed.newline_fault:
        return landed.newline_fault
    if head is None or head < 0:
        return "it cannot be read as lines of text"
    row = con.execute("SELECT mode(length(l)) FROM lines").fetchone()
    return f"most of its lines are {row[0]} characters long" if row and row[0] else "its lines are blank"
