"""The desk by command: what waits for a person, and what people decide."""

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from arrears import house
from arrears.answers.display import fetch_file
from arrears.data.store import Store
from arrears.data.warehouse import file_paths
from arrears.desk.deciding import decided_apart, decision_row, moment, require_code
from arrears.desk.line_text import approval_moves
from arrears.desk.lists import ORDER, SHOWN, wanted
from arrears.desk.open_lines import Waiting, held_line, waiting
from arrears.desk.requests import Asked, Line, ListPage, NotHere
from arrears.errors import ArrearsError, Refused
from arrears.law.profile import Profile
from arrears.law.work_order import ONE_CAUSE
from arrears.ledger import Ledger, held_item_id
from arrears.ledger.reasons import require_words
from arrears.ledger.records import Choice
from arrears.night.run import latest_moment
from arrears.values import dollars

SQL = Path(__file__).with_name("sql")

# What a person does instead, where an approval would change nothing.
LEAVES_AUTOMATICALLY = "It leaves automatically while its ground stands; hold or reject it to stop it"


def work_list(
    store: Store, state: str, as_of: date | None = None, kind: str | None = None, office: str | None = None
) -> list[Line]:
    """Every line that waits for a person, kind by kind in the order of the desk, each with its reason."""
    where, params = wanted(Asked(kind=kind or "", office=office or ""))
    with waiting(store, state, as_of) as desk:
        where += f" AND {SHOWN['every']}"
        return desk.select(f"SELECT * FROM line WHERE {where} ORDER BY place, {ORDER['amount']}", params)


def decide(
    store: Store,
    state: str,
    items: list[str],
    choice: Choice,
    by: str,
    because: str,
    until_on: date | None = None,
    reason_code: str = "",
    at: datetime | None = None,
) -> list[Line]:
    """The decisions made, one per item; all are checked before the first is written."""
    require_words(because)
    ledger = Ledger.open(store.ledger_url)
    if not any(run.status == "closed" for run in ledger.runs(state)):
        return decide_on_files(store, ledger, state, items, choice, by, because, at)
    with waiting(store, state) as desk:
        meant = [line for item in items for line in lines_meant(desk, item)]
        # Whoever names an episode means all of its steps; that is one look.
        listed = [line for line in meant if line["kind"] != "act"]
        apart = decided_apart(desk, listed) if len(set(items)) > 1 else {}
        for item_id, (why, do) in apart.items():
            raise Refused(why, item_id, do)
        for line in meant:
            refuse_a_count(desk, line)
            if choice == "approve":
                refuse_without_effect(desk, line)
        if reason_code:
            require_code(desk, choice, reason_code)
        when = moment(desk, at)
        rows = [decision_row(desk, line, choice, by, because, reason_code, until_on, when) for line in meant]
        return [asdict(made) for made in desk.ledger.decide_all(state, rows, at=when)]


def decide_on_files(
    store: Store,
    ledger: Ledger,
    state: str,
    items: list[str],
    choice: Choice,
    by: str,
    because: str,
    at: datetime | None,
) -> list[Line]:
    """The decisions made on held files before any night is closed, when nothing else can wait."""
    held = {held_item_id(one.delivery_id) for one in ledger.deliveries(state, outcome="held")}
    for item in items:
        if item not in held:
            raise ArrearsError(
                f"No night of {state} is closed yet, and this is not a file that is held: {item}",
                "review",
                f"Held are: {', '.join(sorted(held)) or 'none'}",
            )
    if store.kind == "real" and at is not None:
        raise Refused(
            "Only decisions about invented people may be dated", "--at", "Leave it out: it counts now"
        )
    profile = Profile.load(house.RULES, state)
    when = at or latest_moment(store, ledger, profile)
    row = {
        **dict.fromkeys(("episode_id", "remedy", "subject_id", "step", "reason_code", "facts_hash"), ""),
        "decision": "release_held" if choice == "approve" else choice,
        "until_on": None,
        "by_user": by,
        "role": "operator",
        "because": because,
        "decided_on": when.astimezone(ZoneInfo(profile.timezone)).date().isoformat(),
    }
    rows = [{**row, "item_id": item} for item in dict.fromkeys(items)]
    return [asdict(made) for made in ledger.decide_all(state, rows, at=when)]


def lines_meant(desk: Waiting, item: str) -> list[Line]:
    """What an item means: a line of the work list, else an act or each open step of an episode.

    So a hold or a rejection also reaches what leaves automatically, and what was approved already.
    """
    found = on_the_list(desk, item)
    if found is not None and found["kind"] != "stopped":
        return [found]
    acts = open_acts(desk, item.removeprefix("stopped:"))
    if not acts:
        state = desk.run.record.state
        raise ArrearsError(
            f"Neither on the work list, nor an act or an open episode: {item}",
            f"{state}, last closed run",
            f"See `arrears review list {state}`; a line that was decided or is no longer true has left it",
        )
    return [on_the_list(desk, act["item_id"]) or act for act in acts]


def on_the_list(desk: Waiting, item: str) -> Line | None:
    """The line of an item that waits, or None."""
    try:
        return desk.one(item)
    except NotHere:
        return None


def open_acts(desk: Waiting, item: str) -> list[Line]:
    """The steps of an act, item or open episode of this run, each as a line to decide on, once a step."""
    plan = desk.run.folder / "plan"
    params = {
        "item": item,
        "acts": file_paths(plan / "actions.parquet"),
        "episodes": file_paths(plan / "episode.parquet"),
    }
    rows = fetch_file(desk.con, SQL / "open_acts.sql", params)
    # Whoever names a whole episode wants what it lays on somebody stopped, not what it gives back.
    rows = [row for row in rows if not row["is_release"] or item != row["episode_id"]]
    return [held_line(f"{row['episode_id']}:{row['step']}".rstrip(":"), "act", "") | row for row in rows]


def refuse_a_count(desk: Waiting, line: Line) -> None:
    """Refuses to decide on a line that only counts others."""
    if line["kind"] == ONE_CAUSE:
        raise Refused(
            "This line counts others and cannot be decided",
            line["item_id"],
            desk.words.order.kind(ONE_CAUSE).instead,
        )


def refuse_without_effect(desk: Waiting, line: Line) -> None:
    """Refuses to approve what no approval moves, and says what does."""
    own = [line[name] or "" for name in ("episode_id", "remedy", "subject_id")]
    said_before = [
        one["decision"]
        for one in desk.ledger.said_of(desk.run.record.state, line["item_id"], *own)
        if [one[name] for name in ("episode_id", "remedy", "subject_id", "step")]
        == [*own, line["step"] or ""]
    ]
    lifts = bool(line["remedy"]) and said_before[-1:] in (["hold"], ["reject"])
    if lifts or approval_moves(line, desk.words.order):
        return
    is_act = line["kind"] == "act"
    raise Refused(
        "This act waits for no approval"
        if is_act
        else f"An approval changes nothing here: {line['kind'].replace('_', ' ')}",
        line["item_id"],
        LEAVES_AUTOMATICALLY if is_act else desk.words.order.kind(line["kind"]).instead,
    )


def print_work_list(page: ListPage, out: Console) -> None:
    """Prints a page of the list: counts by heading and kind, then its lines with their items."""
    for one in page.headings:
        out.print(f"{one['title']}: {one['lines']:,} line(s), {dollars(one['cents'])}")
    if page.asked.show == "every":
        for kind in page.counts:
            told = f"{kind['lines']:,} line(s), {dollars(kind['cents'])}"
            out.print(f"  {kind['kind'].replace('_', ' ')}: {told}")
    else:
        days = page.days
        out.print(f"today {days['today']:,}, later {days['later']:,}, every line {days['every']:,} (--show)")
    is_folded = page.asked.show != "every"
    table = Table("item", "case", "person", "office", "needs", "due", "why")
    for line in page.lines:
        table.add_row(
            escape(line["item_id"]),
            line["case_id"] or "",
            line["person_id"] or "",
            line["office"] or "",
            line["needs"],
            str(line["due_on"] or ""),
            escape(line["why"]) + (f" [{line['folded']:,} more]" if is_folded and line["folded"] else ""),
        )
    out.print(table if page.lines else "Nothing waits for a person.")
    if page.total > len(page.lines):
        out.print(f"{page.total - len(page.lines):,} more; --limit shows them.")
