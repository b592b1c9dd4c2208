"""The rows of partners' files that could not be read, each with its file, line, field and reason."""

from collections import Counter
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from arrears import house
from arrears.answers.display import fetch_file
from arrears.data.store import Store
from arrears.data.warehouse import file_paths, warehouse
from arrears.errors import ArrearsError
from arrears.law.profile import Profile
from arrears.ledger import Ledger
from arrears.values import Row

SQL = Path(__file__).with_name("sql")


def rejects(store: Store, state: str, feed: str | None = None, since: date | None = None) -> Row:
    """Every rejected row of a state's accepted deliveries, those that came last first, and their counts.

    `feed` narrows it to one feed, `since` to deliveries that came on that day or later.
    """
    Profile.load(house.RULES, state)  # an unknown state is said to be one
    ledger = Ledger.open(store.ledger_url)
    taken = ledger.deliveries(state, outcome="accepted")
    feeds = sorted({one.feed for one in taken})
    if feed is not None and feed not in feeds:
        raise ArrearsError(
            f"No {feed} was ever accepted in {state}",
            "--feed",
            f"Accepted were: {', '.join(feeds) or 'none; receive files with `arrears receive` first'}",
        )
    loaded = ledger.loaded(state)
    wanted = {
        one.delivery_id: one
        for one in reversed(taken)
        if feed in (None, one.feed)
        and (since is None or one.received_on >= since)
        and one.delivery_id in loaded
        and loaded[one.delivery_id].rejects
    }
    paths = [store.staging(state, one.feed, name) / "rejects.parquet" for name, one in wanted.items()]
    rows: list[Row] = []
    if paths:
        with warehouse() as con:
            asked = {"files": file_paths(*paths), "deliveries": [*wanted]}
            rows = fetch_file(con, SQL / "rejected_lines.sql", asked)
    counts = Counter((row["feed"], row["table_name"], row["field"], row["reason"]) for row in rows)
    names = ("feed", "table", "field", "reason")
    return {
        "state": state,
        "feed": feed,
        "since": since and since.isoformat(),
        "deliveries": len(taken),
        "total": len(rows),
        "counts": [dict(zip(names, key, strict=True)) | {"rows": n} for key, n in counts.most_common()],
        "rows": [
            {
                "feed": row["feed"],
                "table": row["table_name"],
                "delivery": row["delivery"],
                "file": wanted[row["delivery"]].original_name,
                "received_on": wanted[row["delivery"]].received_on.isoformat(),
                "line": row["source_line"],
                "field": row["field"],
                "reason": row["reason"],
                "value": row["shown_value"],
            }
            for row in rows
        ],
    }


def print_rejects(found: Row, limit: int, out: Console) -> None:
    """Prints how many rows were rejected why, and the first of them."""
    if not found["deliveries"]:
        out.print(f"No file was ever accepted in {found['state'].upper()}.")
        return
    if not found["total"]:
        out.print(f"No row of the files asked for was rejected in {found['state'].upper()}.")
        return
    counts = Table("feed", "table", "field", "reason", "rows", title=f"{found['total']:,} rejected rows")
    for one in found["counts"]:
        said = (one["feed"], one["table"] or "", one["field"] or "", one["reason"])
        counts.add_row(*map(escape, said), f"{one['rows']:,}")
    out.print(counts)
    table = Table("came", "feed", "file", "line", "field", "reason", "value")
    for one in found["rows"][:limit]:
        names = ("received_on", "feed", "file", "line", "field", "reason", "value")
        table.add_row(*("" if one[name] is None else escape(str(one[name])) for name in names))
    out.print(table)
    if found["total"] > limit:
        out.print(f"{found['total'] - limit:,} more; --limit shows more, --feed and --since narrow it.")
