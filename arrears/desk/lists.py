"""The work list as people ask for it: filtered, sorted, counted, a page at a time."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

from arrears import house
from arrears.answers.display import fetch
from arrears.data.store import Store
from arrears.data.warehouse import file_list, quote
from arrears.desk.deciding import decide_lines, preview
from arrears.desk.line import line
from arrears.desk.open_lines import Waiting, fence_sql, waiting
from arrears.desk.requests import (
    MOST_ON_A_PAGE,
    Asked,
    Decided,
    Facets,
    Line,
    LinePage,
    ListPage,
    NotHere,
    Preview,
)
from arrears.desk.resolved import ended_table
from arrears.desk.resolved_notes import ended
from arrears.desk.table import fact_titles
from arrears.desk.views import save_view, saved_views
from arrears.law.remedy import title_of
from arrears.law.work_order import ONE_CAUSE

__all__ = [
    "Asked",
    "Decided",
    "LinePage",
    "ListPage",
    "NotHere",
    "Preview",
    "decide_lines",
    "ended",
    "line",
    "lists",
    "preview",
    "save_view",
    "saved_views",
]

ORDER = {
    "priority": "priority DESC, coalesce(amount_cents, 0) DESC, item_id",
    "amount": "coalesce(amount_cents, 0) DESC, priority DESC, item_id",
    "due": "due_on NULLS LAST, priority DESC, item_id",
    "age": "nights_open DESC, priority DESC, item_id",
}
FILTERS = {
    "kind": "kind = $kind",
    "remedy": "remedy = $remedy",
    "office": "office = $office",
    "worker": "assigned = $worker",
    "needs": "needs = $needs",
    "missing": "list_contains(missing, $missing)",
    "since": "since = $since",
    "heading": "heading = $heading",
    "matter": "matter_id = $matter",
    "search": "row IN (SELECT row FROM hit)",
}
# What a list is counted by, under the name of its filter.
COUNTED = {
    "kind": "kind",
    "remedy": "remedy",
    "office": "office",
    "worker": "assigned",
    "needs": "needs",
    "since": "since",
    "heading": "heading",
}
UNCOUNTED = tuple(name for name in FILTERS if name not in COUNTED)
# What ends up on a page: every line, or one for each matter, of what a day holds or of the rest.
# A line that counts others in their place is none of every line.
SHOWN = {
    "every": f"kind <> {quote(ONE_CAUSE)}",
    "today": "is_head AND day = 'today'",
    "later": "is_head AND day = 'later'",
}
# These ask for lines of a sort, so that none of them may be folded away.
CONTENT = ("kind", "remedy", "needs", "missing", "search", "since", "matter")
LEAVING = "count(*) FILTER (decision = 'approve')"
SUMS = ", ".join(
    f"CAST(coalesce(sum({column}), 0) AS BIGINT) AS {name}"
    for name, column in (("lines", "lines"), ("cents", "amount_cents"), ("minutes", "minutes"))
)


def lists(
    store: Store, state: str, asked: Asked, on: date | None = None, offices: frozenset[str] | None = None
) -> ListPage:
    """The page of lines that a person asked for, with counts and dollars of the whole list."""
    size = min(max(asked.size, 1), MOST_ON_A_PAGE)
    with waiting(store, state, on, offices) as desk:
        if asked.search:  # looked for once, then counted many ways
            found = "SELECT row FROM line WHERE contains(sought, lower($sought))"
            desk.con.execute(f"CREATE TEMP TABLE hit AS {found}", {"sought": asked.search.strip()})
        make_counted(desk, asked)
        where, params = wanted(asked, but=UNCOUNTED)
        shown = SHOWN[asked.show]
        totals = fetch(desk.con, f"SELECT {SUMS} FROM counted WHERE {where} AND {shown}", params)[0]
        where, params = wanted(asked)
        where += f" AND {shown}"
        page = min(max(asked.page, 1), max(1, -(-totals["lines"] // size)))
        order = ORDER.get(asked.sort, ORDER["priority"])
        # Sorted by few columns, then read whole: a row is wide and a page is short.
        rows = desk.con.execute(
            f"SELECT row FROM line WHERE {where} ORDER BY {order} LIMIT {size} OFFSET {(page - 1) * size}",
            params,
        ).fetchall()
        wide = {row["row"]: row for row in desk.rows([row[0] for row in rows])}
        said = fetch(desk.con, f"SELECT count(*) AS lines, {LEAVING} AS leaving FROM decided", {})[0]
        return ListPage(
            state=state,
            as_of=desk.run.as_of,
            run=desk.run.record.run_id,
            asked=replace(asked, page=page, size=size),
            counts=counts(desk, asked),
            headings=headings(desk, asked),
            days=days(desk, asked),
            lines=[desk.words.display(wide[row[0]]) for row in rows],
            facets=facets(desk, asked),
            total=totals["lines"],
            cents=totals["cents"],
            minutes=totals["minutes"],
            ended=ended_count(desk, offices),
            decided=said["lines"],
            leaving=said["leaving"],
        )


def ended_count(desk: Waiting, offices: frozenset[str] | None) -> int:
    """How many lines left the list since last night."""
    path = ended_table(desk.store, desk.ledger, desk.run)
    if path is None:
        return 0
    left = f"FROM read_parquet({file_list([path])}) AS gone WHERE {fence_sql('gone', offices)}"
    return int(fetch(desk.con, f"SELECT count(*) AS lines {left}", {})[0]["lines"])


def wanted(asked: Asked, but: Collection[str] = ()) -> tuple[str, dict[str, Any]]:
    """The condition of a list and its parameters; `but` names filters that are left out."""
    given = {name: getattr(asked, name) for name in FILTERS if getattr(asked, name) and name not in but}
    where = " AND ".join(FILTERS[name] for name in given) or "true"
    return where, {name: value for name, value in given.items() if name != "search"}


def make_counted(desk: Waiting, asked: Asked) -> None:
    """Makes `counted`: the lines added up by all that a list is counted by, so that each is read once."""
    where, params = wanted(asked, but=COUNTED)
    by = ", ".join((*COUNTED.values(), "is_head", "day", "is_long_late"))
    # A matter costs what its longest line costs.
    minutes = "CASE WHEN is_head THEN matter_minutes ELSE 0 END" if asked.show != "every" else "minutes"
    sums = f"count(*) AS lines, sum(amount_cents) AS amount_cents, sum({minutes}) AS minutes"
    kind = "any_value(is_urgent) AS is_urgent, any_value(place) AS place"
    grouped = f"SELECT {by}, {sums}, {kind} FROM line WHERE {where} GROUP BY {by}"
    desk.con.execute(f"CREATE TEMP TABLE counted AS {grouped}", params)


def counts(desk: Waiting, asked: Asked) -> list[Line]:
    """Lines, dollars and minutes of each kind, in the order of the desk, under every other filter."""
    where, params = wanted(asked, but=(*UNCOUNTED, "kind", "heading"))
    found = fetch(
        desk.con,
        f"""SELECT kind, {SUMS}, any_value(is_urgent) AS urgent
        FROM counted WHERE {where} AND {SHOWN["every"]} GROUP BY kind ORDER BY min(place), kind""",
        params,
    )
    return [{**one, "title": desk.words.order.kind(one["kind"]).title} for one in found]


def headings(desk: Waiting, asked: Asked) -> list[Line]:
    """What is shown by heading, in the order of the desk, under every other filter."""
    where, params = wanted(asked, but=(*UNCOUNTED, "heading"))
    text = f"SELECT heading AS name, {SUMS} FROM counted WHERE {where} AND {SHOWN[asked.show]} GROUP BY 1"
    found = {one["name"]: one for one in fetch(desk.con, text, params)}
    titles = desk.words.order.headings
    return [{**found[name], "title": title} for name, title in titles.items() if name in found]


def days(desk: Waiting, asked: Asked) -> dict[str, int]:
    """How many lines there are of what a day holds, of the rest, of every line, and in the rest long late."""
    where, params = wanted(asked, but=(*UNCOUNTED, *CONTENT))
    sums = ", ".join(
        f'CAST(coalesce(sum(lines) FILTER ({condition}), 0) AS BIGINT) AS "{name}"'
        for name, condition in {**SHOWN, "late": f"{SHOWN['later']} AND is_long_late"}.items()
    )
    return dict(fetch(desk.con, f"SELECT {sums} FROM counted WHERE {where}", params)[0])


def facets(desk: Waiting, asked: Asked) -> Facets:
    """What the list may be narrowed by; each facet under every filter but its own.

    Offices and workers are counted by what is shown, and remedies by every line, which is what they lead to.
    """

    def facet(name: str) -> list[Line]:
        where, params = wanted(asked, but=(*UNCOUNTED, name))
        where += f" AND {SHOWN['every' if name in CONTENT else asked.show]}"
        text = f"""SELECT {COUNTED[name]} AS name, {SUMS} FROM counted
        WHERE {where} AND {COUNTED[name]} IS NOT NULL GROUP BY 1 ORDER BY 1"""
        return fetch(desk.con, text, params)

    where, params = wanted(asked, but=("missing",))
    missing = fetch(
        desk.con,
        f"""SELECT name, {SUMS} FROM (
          SELECT unnest(missing) AS name, 1 AS lines, amount_cents, minutes FROM line WHERE {where})
        GROUP BY 1 ORDER BY lines DESC, 1""",
        params,
    )
    titles = fact_titles(house.FACTS)
    return Facets(
        offices=facet("office"),
        workers=facet("worker"),
        remedies=[{**one, "title": title_of(desk.words.cards, one["name"])} for one in facet("remedy")],
        missing=[{**one, "title": titles.get(one["name"], one["name"])} for one in missing],
    )
