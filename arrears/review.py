"""The desk by command: what waits for a person, and what people decide."""

import json
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from arrears import house
from arrears.errors import ArrearsError
from arrears.ledger import Ledger
from arrears.ledger.records import Choice, held_item_id
from arrears.night import latest_moment
from arrears.profile import Profile
from arrears.remedy import Card, load_cards
from arrears.store import Store
from arrears.values import dollars
from arrears.warehouse import file_list, warehouse

Line = dict[str, Any]
WORK_LIST = Path("plan", "work_list.parquet")
# The order in which a desk works: what a clock or a partner waits for comes first.
KINDS = (
    "held_file",
    "held_queue",
    "approval",
    "review",
    "unserved_notice",
    "late_hearing",
    "readings_part",
    "unknown",
    "doubtful_match",
    "balance_in_doubt",
    "not_sent",
    "employer_found",
    "bank_found",
    "held",
)


def work_list(
    store: Store, state: str, as_of: date | None = None, kind: str | None = None, office: str | None = None
) -> list[Line]:
    """The lines that wait for a person, most urgent first, each with its reason in plain words."""
    ledger = Ledger.open(store.ledger_url)
    folder = latest_folder(store, ledger, state, as_of)
    cards = load_cards(house.RULES)
    with warehouse() as con:
        found = con.execute(f"SELECT * FROM read_parquet({file_list([folder / WORK_LIST])}) ORDER BY item_id")
        names = [column[0] for column in found.description]
        lines = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    for line in lines:
        line["why"] = sentence(line, cards)
    lines += held_files(ledger, state) + held_queues(folder) + not_sent(folder)
    decided = {d["item_id"] for d in latest_decisions(ledger, state, folder)}
    return sorted(
        (
            line
            for line in lines
            if line["item_id"] not in decided
            and (kind is None or line["kind"] == kind)
            and (office is None or line["office"] == office)
        ),
        key=lambda line: (KINDS.index(line["kind"]), -(line["amount_cents"] or 0), line["item_id"]),
    )


def latest_folder(store: Store, ledger: Ledger, state: str, as_of: date | None) -> Path:
    """The folder of the last closed run, of this date where one is given."""
    closed = [
        run for run in ledger.runs(state) if run.status == "closed" and (as_of is None or run.as_of == as_of)
    ]
    if not closed:
        night = f" of {as_of}" if as_of else ""
        raise ArrearsError(f"No closed night{night} in {state}", str(store.root), "Run `arrears night` first")
    last = max(closed, key=lambda run: (run.as_of, run.kind == "release", run.ordinal))
    if last.kind == "night":
        return store.night(state, last.as_of)
    return store.release(state, last.as_of, last.ordinal)


def latest_decisions(ledger: Ledger, state: str, folder: Path) -> list[Line]:
    """Decisions taken since the run that wrote this folder: their lines are no longer waiting."""
    manifest = json.loads((folder / "manifest.json").read_text())
    return [one for one in ledger.decisions(state) if one["position"] > manifest["position"]]


def held_files(ledger: Ledger, state: str) -> list[Line]:
    """One line per delivery that is held for a person."""
    return [
        _line(held_item_id(one.delivery_id), "held_file", f"{one.feed}: {one.reason}", needs="operator")
        for one in ledger.deliveries(state, outcome="held")
    ]


def held_queues(folder: Path) -> list[Line]:
    """One line per queue whose gate held it in this run."""
    path = folder / "queues" / "held.json"
    rows = json.loads(path.read_text()) if path.exists() else []
    return [
        _line(row["item_id"], "held_queue", f"{row['queue']}: {row['held']}", needs="supervisor")
        for row in rows
    ]


def not_sent(folder: Path) -> list[Line]:
    """One line per record that a queue could not carry, with the field and the reason."""
    path = folder / "queues" / "not_sent.json"
    if not path.exists():
        return []
    return [
        _line(
            "not_sent:" + row["action_ids"][0],
            "not_sent",
            f"{row['queue']}: {row['reason']}" + (f" ({row['field']})" if row["field"] else ""),
        )
        for row in json.loads(path.read_text())
    ]


def _line(item_id: str, kind: str, why: str, needs: str = "caseworker") -> Line:
    empty = ("remedy", "subject_id", "case_id", "person_id", "office", "worker", "episode_id", "step")
    return {
        **dict.fromkeys(empty),
        "item_id": item_id,
        "kind": kind,
        "needs": needs,
        "amount_cents": None,
        "due_on": None,
        "because": [],
        "facts_hash": None,
        "readings_part": False,
        "why": why,
    }


def sentence(line: Line, cards: dict[str, Card]) -> str:
    """Why a line is on the list, in one plain sentence without anybody's name or number."""
    card = cards.get(line["remedy"] or "")
    title = card.title if card else ""
    amount = f" on {dollars(line['amount_cents'])}" if line["amount_cents"] else ""
    names = ", ".join(name.replace("_", " ") for name in line["because"] or [])
    return {
        "review": f"{title}{amount}: the ground stands; look at hardship before a notice is sent.",
        "approval": f"{title}{amount}: the next step, {line['step']}, is due and needs a {line['needs']}.",
        "unserved_notice": f"{title}{amount}: the notice came back; find an address and serve it again.",
        "unknown": f"{title}{amount}: not decided, since this is not known: {names}.",
        "readings_part": f"{title}{amount}: the agency's guide and the statute part; a person decides.",
        "held": f"{title}{amount}: held by a person.",
        "doubtful_match": f"A partner's record may be this person: {names}.",
    }.get(line["kind"], f"{names}{amount}.")


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
    if not because.strip():
        raise ArrearsError("A decision needs its reason", "--because", "Say why, in your words")
    ledger = Ledger.open(store.ledger_url)
    lines = {line["item_id"]: line for line in work_list(store, state)}
    unknown = [item for item in items if item not in lines]
    if unknown:
        raise ArrearsError(
            f"Not on the work list: {', '.join(unknown)}",
            f"{state}, last closed run",
            f"See `arrears review list {state}`; a line that was decided or is no longer true has left it",
        )
    profile = Profile.load(house.RULES, state)
    when = at or latest_moment(store, ledger, profile)
    return [
        asdict(
            ledger.decide(
                state,
                item_id=item,
                episode_id=lines[item]["episode_id"] or "",
                remedy=lines[item]["remedy"] or "",
                subject_id=lines[item]["subject_id"] or "",
                step=lines[item]["step"] or "",
                decision="release_held"
                if lines[item]["kind"] == "held_file" and choice == "approve"
                else choice,
                by_user=by,
                role=lines[item]["needs"],
                because=because,
                reason_code=reason_code,
                until_on=until_on,
                facts_hash=lines[item]["facts_hash"] or "",
                at=when,
                decided_on=when.astimezone(ZoneInfo(profile.timezone)).date(),
            )
        )
        for item in items
    ]


def said(line: Line, choice: Choice) -> Choice:
    """What a choice means on this line: to approve a held file is to let it in."""
    return "release_held" if line["kind"] == "held_file" and choice == "approve" else choice


def print_work_list(lines: list[Line], limit: int, out: Console) -> None:
    """Prints the list: counts by kind, then the first lines with their items."""
    kinds: dict[str, list[Line]] = {}
    for line in lines:
        kinds.setdefault(line["kind"], []).append(line)
    for kind, some in kinds.items():
        total = sum(line["amount_cents"] or 0 for line in some)
        out.print(f"{kind.replace('_', ' ')}: {len(some):,} line(s), {dollars(total)}")
    table = Table("item", "case", "person", "office", "needs", "due", "why")
    for line in lines[:limit]:
        table.add_row(
            escape(line["item_id"]),
            line["case_id"] or "",
            line["person_id"] or "",
            line["office"] or "",
            line["needs"],
            str(line["due_on"] or ""),
            escape(line["why"]),
        )
    out.print(table if lines else "Nothing waits for a person.")
    if len(lines) > limit:
        out.print(f"{len(lines) - limit:,} more; --limit shows them.")
