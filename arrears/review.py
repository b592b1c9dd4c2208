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
from arrears.errors import ArrearsError, Refused
from arrears.ledger import Ledger
from arrears.ledger.records import Choice, held_item_id
from arrears.night import latest_moment
from arrears.profile import Profile
from arrears.remedy import Card, load_cards
from arrears.store import Store
from arrears.summary import told
from arrears.values import dollars
from arrears.warehouse import file_list, warehouse
from arrears.work import load_kinds

Line = dict[str, Any]
WORK_LIST = Path("plan", "work_list.parquet")
# The order in which a desk works: what a clock or a partner waits for comes first.
KINDS = (
    "urgent_release",
    "held_file",
    "held_queue",
    "approval",
    "review",
    "unserved_notice",
    "deadline_overdue",
    "deadline_due_soon",
    "readings_part",
    "unknown",
    "doubtful_match",
    "not_sent",
    "held",
    "stopped",
)
# What a person does instead, where an approval would change nothing.
INSTEAD = {
    "urgent_release": "It leaves without a word; see that its partner hears of it the same day",
    "readings_part": "Hold or reject it; where no episode is open, nothing is sent until guide and law agree",
    "unknown": "Enter what is not known into the caseload; the next night decides on it",
    "not_sent": "Correct the field in the caseload; the next night writes the record again",
    "doubtful_match": "Correct the person's number or name in the caseload, and it matches or it does not",
    "stopped": "Wait for the next night, which decides again; a person's own hold is lifted by its episode",
}


def work_list(
    store: Store, state: str, as_of: date | None = None, kind: str | None = None, office: str | None = None
) -> list[Line]:
    """The lines that wait for a person, most urgent first, each with its reason in plain words."""
    ledger = Ledger.open(store.ledger_url)
    folder = latest_folder(store, ledger, state, as_of)
    cards, ranks = load_cards(house.RULES), kind_ranks()
    with warehouse() as con:
        found = con.execute(f"SELECT * FROM read_parquet({file_list([folder / WORK_LIST])}) ORDER BY item_id")
        names = [column[0] for column in found.description]
        lines = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    for line in lines:
        line["why"] = sentence(line, cards)
    lines += held_files(ledger, state) + held_queues(folder) + not_sent(folder) + stopped(folder)
    decided = {d["item_id"] for d in latest_decisions(ledger, state, folder)}
    return sorted(
        (
            line
            for line in lines
            if line["item_id"] not in decided
            and (kind is None or line["kind"] == kind)
            and (office is None or line["office"] == office)
        ),
        key=lambda line: (ranks.get(line["kind"], len(ranks)), -(line["amount_cents"] or 0), line["item_id"]),
    )


def kind_ranks() -> dict[str, int]:
    """The place of every kind on the desk: what is urgent, what waits for a person, the rest."""
    kinds = load_kinds(house.RULES).values()
    urgent, later = [k.kind for k in kinds if k.urgent], [k.kind for k in kinds if not k.urgent]
    return {kind: place for place, kind in enumerate((*urgent, *KINDS, *later))}


def latest_folder(store: Store, ledger: Ledger, state: str, as_of: date | None) -> Path:
    """The folder of the last closed run, be it a night or a release, of this date where one is given."""
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


def run_folder(store: Store, ledger: Ledger, state: str, as_of: date, release: int | None = None) -> Path:
    """The folder of a closed night, or of its n-th release where a number is given."""
    kind, ordinal = ("night", None) if release is None else ("release", release)
    if not any(
        (run.as_of, run.kind, run.status) == (as_of, kind, "closed") and ordinal in (None, run.ordinal)
        for run in ledger.runs(state)
    ):
        what = "night" if release is None else f"release {release}"
        raise ArrearsError(
            f"No closed {what} of {as_of} in {state}", str(store.root), f"Run `arrears {kind}` first"
        )
    return store.night(state, as_of) if release is None else store.release(state, as_of, release)


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
    return [
        _line(row["item_id"], "held_queue", f"{row['queue']}: {row['held']}", needs="supervisor")
        for row in told(folder, "held")
    ]


def not_sent(folder: Path) -> list[Line]:
    """One line per record that a queue could not carry, with the field and the reason."""
    return [
        _line(
            "not_sent:" + row["action_ids"][0],
            "not_sent",
            f"{row['queue']}: {row['reason']}" + (f" ({row['field']})" if row["field"] else ""),
        )
        for row in told(folder, "not_sent")
    ]


def stopped(folder: Path) -> list[Line]:
    """One line per due act that a stop kept back at the last moment."""
    return [
        _line(f"stopped:{row['action_id']}", "stopped", f"{row['queue']}: {row['reason']}.")
        | {name: row[name] for name in row if name not in ("action_id", "queue", "reason")}
        for row in told(folder, "stopped")
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
    # Said where it matters: a person is about to let something go out.
    parted = " The guide and the statute part here." if line["readings_part"] else ""
    return {
        "review": f"{title}{amount}: the ground stands. {asked_of(card, line)}{parted}",
        "approval": f"{title}{amount}: the next step, {line['step']}, is due and needs a {line['needs']}."
        + parted,
        "unserved_notice": f"{title}{amount}: the notice came back ({names}); find a better address, and"
        " approve: it goes out again.",
        "urgent_release": f"{title}{amount}: what was sent must be taken back today.",
        "unknown": f"{title}{amount}: not decided, since this is not known: {names}.",
        "readings_part": f"{title}{amount}: the agency's guide and the statute part; a person decides.",
        "held": f"{title}{amount}: held by a person.",
        "doubtful_match": f"A partner's record may be this person: {names}.",
        # Whatever facts alone open says its own sentence.
    }.get(line["kind"], "; ".join(line["because"] or []))


def asked_of(card: Card | None, line: Line) -> str:
    """What a card asks of the person at this step."""
    return next((step.say for step in card.steps if step.step == line["step"]), "") if card else ""


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
    meant = [line for item in items for line in lines_meant(store, ledger, state, item, lines)]
    if choice == "approve":
        for line in meant:
            refuse_without_effect(line, ledger, state)
    profile = Profile.load(house.RULES, state)
    if store.kind == "real" and at is not None:
        raise Refused(
            "Only decisions about invented people may be dated", "--at", "Leave it out: it counts now"
        )
    when = at or latest_moment(store, ledger, profile)
    rows: list[Line] = [
        {
            "item_id": line["item_id"],
            **{name: line[name] or "" for name in ("episode_id", "remedy", "subject_id", "step")},
            "decision": said(line, choice),
            "until_on": until_on.isoformat() if until_on else None,
            "by_user": by,
            "role": line["needs"],
            "because": because,
            "reason_code": reason_code,
            "facts_hash": line["facts_hash"] or "",
            "decided_on": when.astimezone(ZoneInfo(profile.timezone)).date().isoformat(),
        }
        for line in meant
    ]
    return [asdict(made) for made in ledger.decide_all(state, rows, at=when)]


def lines_meant(store: Store, ledger: Ledger, state: str, item: str, lines: dict[str, Line]) -> list[Line]:
    """What an item means: a line of the work list, else an act or each open step of an episode.

    So a hold or a rejection also reaches what leaves by itself, and what was approved already.
    """
    if item in lines and lines[item]["kind"] != "stopped":
        return [lines[item]]
    acts = open_acts(latest_folder(store, ledger, state, None), item.removeprefix("stopped:"))
    if not acts:
        raise ArrearsError(
            f"Neither on the work list, nor an act or an open episode: {item}",
            f"{state}, last closed run",
            f"See `arrears review list {state}`; a line that was decided or is no longer true has left it",
        )
    return [lines.get(act["item_id"], act) for act in acts]


def open_acts(folder: Path, item: str) -> list[Line]:
    """The steps of an act, item or open episode of this run, each as a line to decide on, once a step."""
    plan = {name: file_list([folder / "plan" / f"{name}.parquet"]) for name in ("actions", "episode")}
    with warehouse() as con:
        found = con.execute(
            f"""WITH act AS (
                  SELECT episode_id, remedy, subject_id, step, any_value(facts_hash) AS facts_hash,
                    coalesce(any_value(needs), 'caseworker') AS needs,
                    min(CASE kind WHEN 'release' THEN 1 ELSE 0 END) AS is_release
                  FROM read_parquet({plan["actions"]})
                  WHERE $item IN (episode_id, action_id, episode_id || ':' || step)
                  GROUP BY ALL
                )
                SELECT * FROM act
                UNION ALL
                SELECT episode_id, remedy, subject_id, '', facts_hash, 'caseworker', 0
                FROM read_parquet({plan["episode"]})
                WHERE episode_id = $item AND NOT EXISTS (FROM act WHERE is_release = 0)
                ORDER BY step""",
            {"item": item},
        )
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    # Whoever names a whole episode wants what it lays on somebody stopped, not what it gives back.
    rows = [row for row in rows if not row["is_release"] or item != row["episode_id"]]
    return [_line(f"{row['episode_id']}:{row['step']}".rstrip(":"), "act", "") | row for row in rows]


def refuse_without_effect(line: Line, ledger: Ledger, state: str) -> None:
    """Refuses to approve what no approval moves, and says what does."""
    own = (line["episode_id"] or "", line["remedy"] or "", line["subject_id"] or "", line["step"] or "")
    said_before = [
        one["decision"]
        for one in ledger.decisions(state)
        if (one["episode_id"], one["remedy"], one["subject_id"], one["step"]) == own
    ]
    lifts = bool(line["remedy"]) and said_before[-1:] in (["hold"], ["reject"])
    instead = INSTEAD | {kind.kind: kind.do for kind in load_kinds(house.RULES).values()}
    if lifts or line["kind"] not in (*instead, "act") or (line["kind"] == "unknown" and line["episode_id"]):
        return
    what = line["kind"].replace("_", " ")
    raise Refused(
        f"An approval changes nothing here: {what}" if what != "act" else "This act waits for no approval",
        line["item_id"],
        instead.get(
            line["kind"], "It leaves by itself while its ground stands; hold or reject it to stop it"
        ),
    )


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
