"""Decisions on lines: what a person may choose and why not, the preview before many, and the writing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from arrears.answers.display import fetch, fetch_file
from arrears.data.store import Store
from arrears.data.warehouse import attach_arrow, sql_text
from arrears.desk.line_text import approval_moves, seen_token
from arrears.desk.open_lines import Waiting, waiting
from arrears.desk.requests import Decided, Line, NotHere, Preview, Who
from arrears.errors import ArrearsError, Refused
from arrears.law.remedy import title_of
from arrears.law.work_order import ONE_CAUSE
from arrears.ledger.people import MAY_DECIDE, STANDS_IN
from arrears.ledger.reasons import require_words
from arrears.ledger.records import Choice, Decision
from arrears.night.run import latest_moment
from arrears.night.stops import CHECK_ITEM

SQL = Path(__file__).with_name("sql")

LARGEST = 5


@dataclass(frozen=True)
class Judged:
    """One line that a person wants to decide, and why they cannot, if so."""

    line: Line
    why_not: str = ""
    do: str = ""

    def as_refused(self) -> Line:
        """What is said of a line that is not decided."""
        return {"item_id": self.line["item_id"], "why": self.why_not, "do": self.do}


def preview(
    store: Store, state: str, items: Sequence[str], choice: Choice, person: Who, on: date | None = None
) -> Preview:
    """What this choice would reach on these lines: sum, who is affected, what is odd, what it cannot do."""
    with waiting(store, state, on, person.offices, decided_too=True) as desk:
        judged = judge(desk, items, choice, person, {})
        able = [one.line["item_id"] for one in judged if not one.why_not]
        attach_items(desk, able)
        total = fetch_file(desk.con, SQL / "chosen_totals.sql")[0]
        return Preview(
            choice=choice,
            **total,
            offices=grouped(desk, "office"),
            remedies=[
                {**one, "name": title_of(desk.words.cards, one["name"])} for one in grouped(desk, "remedy")
            ],
            largest=desk.select(
                "SELECT * FROM chosen WHERE amount_cents > 0"
                " ORDER BY amount_cents DESC, item_id LIMIT $largest",
                {"largest": LARGEST},
            ),
            oddities=oddities(desk),
            refused=[one.as_refused() for one in judged if one.why_not],
            seen={one.line["item_id"]: seen_token(one.line) for one in judged if not one.why_not},
        )


def decide_lines(
    store: Store,
    state: str,
    items: Sequence[str],
    choice: Choice,
    person: Who,
    because: str,
    reason_code: str = "",
    until_on: date | None = None,
    seen: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> Decided:
    """What was decided and what was not: a line that somebody else decided first, or that changed, is told.

    `seen` is what the person had before their eyes, by item, as `line["seen"]` gave it.
    """
    require_words(because)
    with waiting(store, state, None, person.offices, decided_too=True) as desk:
        require_code(desk, choice, reason_code)
        when = moment(desk, at)
        judged = judge(desk, items, choice, person, seen or {})
        able = [one.line for one in judged if not one.why_not]
        rows = [
            decision_row(desk, one, choice, person.name, because, reason_code, until_on, when) for one in able
        ]
        last_words = {one["item_id"]: max(one["last_word"], desk.run.record.cut.position) for one in able}
        made, first = desk.ledger.decide_if_first(state, rows, last_words, at=when)
    told = [one.as_refused() for one in judged if one.why_not]
    told += [{"item_id": one.item_id, "why": came_first(one, person), "do": LOOK} for one in first]
    return Decided(made=[one.as_json() for one in made], refused=told)


LOOK = "Open the line to see what was said; decide again if you still want to"


def moment(desk: Waiting, at: datetime | None) -> datetime:
    """The moment that a decision is dated with; only one about invented people may say its own."""
    if desk.store.kind == "real" and at is not None:
        raise Refused(
            "Only decisions about invented people may be dated", "--at", "Leave it out: it counts now"
        )
    return at or latest_moment(desk.store, desk.ledger, desk.words.profile)


def require_code(desk: Waiting, choice: Choice, code: str) -> None:
    """Refuses a rejection without one of the reasons that `transforms/desk/reasons.yml` holds."""
    known = desk.words.order.reasons
    if (choice == "reject" or code) and code not in known:
        raise ArrearsError(
            f"This is not a reason to reject: {code}" if code else "A rejection needs its reason code",
            "",
            f"Use one of {', '.join(known)}",
        )


def judge(
    desk: Waiting, items: Sequence[str], choice: Choice, person: Who, seen: Mapping[str, str]
) -> list[Judged]:
    """Each of these lines with what keeps this person from this choice; `NotHere` for an unknown one."""
    attach_items(desk, items)
    lines = {row["item_id"]: row for row in fetch(desk.con, "SELECT * FROM chosen", {})}
    for item in items:
        if item not in lines:
            raise NotHere(
                f"There is no such line on the work list: {item}",
                f"{desk.run.record.state}, {desk.run.as_of}",
                "Go back to the list; a line that is no longer true has left it",
            )
    said = {one["item_id"]: one for one in fetch(desk.con, "SELECT * FROM since_run", {})}
    mine = approved_by(desk, person)
    judged = [
        judge_line(desk, lines[item], choice, person, seen.get(item), said.get(item), mine)
        for item in dict.fromkeys(items)
    ]
    apart = decided_apart(desk, [one.line for one in judged if not one.why_not]) if len(judged) > 1 else {}
    return [Judged(one.line, *apart.get(one.line["item_id"], (one.why_not, one.do))) for one in judged]


def decided_apart(desk: Waiting, lines: Sequence[Line]) -> dict[str, tuple[str, str]]:
    """Which of many lines one decision does not cover, each with why and what to do.

    It stops at the remedy and step of the first that it may cover, and never covers a step at which the
    card has a person look at each case.
    """
    found, together = dict[str, tuple[str, str]](), None
    for line in lines:
        if asks_for_a_look(desk, line):
            found[line["item_id"]] = (
                "Its card asks for a look at each case here",
                "Open it and decide on it",
            )
            continue
        same = (line["kind"], line["remedy"], line["step"])
        together = together or same
        if same != together:
            found[line["item_id"]] = (
                "Its remedy or step is another than that of the first of these lines",
                "Decide on each remedy and step separately",
            )
    return found


def asks_for_a_look(desk: Waiting, line: Line) -> bool:
    """Whether the card has a person look at the case at this step."""
    card = desk.words.cards.get(line["remedy"] or "")
    return card is not None and any(one.step == line["step"] and one.kind == "review" for one in card.steps)


def judge_line(
    desk: Waiting,
    line: Line,
    choice: Choice,
    person: Who,
    seen: str | None,
    said: Line | None,
    mine: Mapping[str, list[Line]],
) -> Judged:
    """A line with what keeps this person from this choice on it."""
    if said and seen != seen_token(line):
        who = "you" if said["by_user"] == person.name else said["by_user"]
        return Judged(
            line,
            f"Already decided ({said['decision']}) by {who} at {said['at'][:16].replace('T', ' ')} UTC",
            LOOK,
        )
    if seen is not None and seen.rpartition(":")[0] != (line["facts_hash"] or ""):
        return Judged(line, "The facts have changed since you looked", "Open the line and look again")
    if choice == "approve" and line["item_id"].startswith(CHECK_ITEM):
        return Judged(
            line,
            "An approval changes nothing here: a check of the night stops this queue, not its size",
            "Read the page of the checks; what it stopped leaves with the next night that passes them",
        )
    if line["kind"] == ONE_CAUSE:
        kind = desk.words.order.kind(ONE_CAUSE)
        return Judged(line, "This line counts others and cannot be decided", kind.instead)
    lifts = bool(line["remedy"]) and said is not None and said["decision"] in ("hold", "reject")
    if choice == "approve" and not lifts and not approval_moves(line, desk.words.order):
        kind = desk.words.order.kind(line["kind"])
        return Judged(line, f"An approval changes nothing here: {kind.title}", kind.instead)
    if lacking := lacking_role(line, choice, person):
        return Judged(line, f"You may not {choice} this", f"Ask a {lacking}")
    other = [
        one
        for one in mine.get(line["episode_id"] or "", [])
        if one["step"] != line["step"] and "supervisor" in (one["role"], line["needs"])
    ]
    if choice == "approve" and other:
        return Judged(
            line,
            f"You approved the step {other[0]['step']} of this episode: another person must approve this one",
            "Ask another supervisor",
        )
    return Judged(line)


def lacking_role(line: Line, choice: Choice, person: Who) -> str:
    """The role that this choice on this line needs and the person does not have; empty where none lacks."""
    allowed = MAY_DECIDE[said_as(line, choice)]
    if line["kind"] != "held_file":  # an operator decides on files, not on people's cases
        allowed = tuple(one for one in allowed if one != "operator")
    if line["needs"] in allowed and person.roles & STANDS_IN[line["needs"]]:
        return ""
    if choice != "approve" and person.roles & set(allowed):
        return ""  # whoever works on the case may stop it
    return line["needs"] if line["needs"] in allowed else " or ".join(allowed)


def said_as(line: Line, choice: Choice) -> Choice:
    """What a choice means on this line: to approve a held file is to let it in."""
    return "release_held" if line["kind"] == "held_file" and choice == "approve" else choice


def approved_by(desk: Waiting, person: Who) -> dict[str, list[Line]]:
    """The steps that this person approved, by episode."""
    found: dict[str, list[Line]] = {}
    for one in desk.ledger.approvals_by(desk.run.record.state, person.name):
        found.setdefault(one["episode_id"], []).append(one)
    return found


def decision_row(
    desk: Waiting,
    line: Line,
    choice: Choice,
    by: str,
    because: str,
    reason_code: str,
    until_on: date | None,
    when: datetime,
) -> dict[str, Any]:
    """A decision on a line as the ledger keeps it, dated with the agency's own day."""
    zone = ZoneInfo(desk.words.profile.timezone)
    return {
        "item_id": line["item_id"],
        **{name: line[name] or "" for name in ("episode_id", "remedy", "subject_id", "step")},
        "decision": said_as(line, choice),
        "until_on": until_on.isoformat() if until_on else None,
        "by_user": by,
        "role": line["needs"],
        "because": because,
        "reason_code": reason_code,
        "facts_hash": line["facts_hash"] or "",
        "decided_on": when.astimezone(zone).date().isoformat(),
    }


def came_first(one: Decision, person: Who) -> str:
    """What the second of two people is told."""
    who = "you" if one.by_user == person.name else one.by_user
    when = f"{one.at:%Y-%m-%d %H:%M} UTC"
    return f"Already decided ({one.decision}) by {who} at {when}; nothing of this was written"


def attach_items(desk: Waiting, items: Sequence[str]) -> None:
    """Makes `chosen`: these lines, of those that the person may see."""
    attach_arrow(desk.con, "item", pa.table({"item_id": pa.array(list(dict.fromkeys(items)), pa.string())}))
    desk.con.execute(
        "CREATE OR REPLACE TEMP TABLE chosen AS SELECT line.* FROM line SEMI JOIN item USING (item_id)"
    )


def grouped(desk: Waiting, column: str) -> list[Line]:
    """The chosen lines counted by a column."""
    return fetch(
        desk.con,
        f"SELECT {column} AS name, count(*) AS lines, CAST(coalesce(sum(amount_cents), 0) AS BIGINT) AS cents"
        f" FROM chosen WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1",
        {},
    )


# What a careful eye would stop at: a condition over the chosen lines, and its words.
ODD = (
    ("readings_differ", "The guide and the statute disagree"),
    ("since = 'changed'", "Changed since last night"),
    ("near_percent <= {near}", "Close to the limit"),
    ("amount_cents > 10 * typical", "More than ten times the usual amount of these lines"),
    ("same_person > 1", "Several lines about one person"),
    ("amount_cents IS NULL OR amount_cents <= 0", "Without an amount"),
)


def oddities(desk: Waiting) -> list[Line]:
    """What is odd about the chosen lines, each with how many and which come first."""
    near = max((part.within or 0 for part in desk.words.points.parts if part.of == "near_percent"), default=0)
    found = []
    for condition, say in ODD:
        row = fetch(
            desk.con,
            f"SELECT count(*) AS lines, list(item_id ORDER BY item_id)[:$largest] AS items"
            f" FROM ({sql_text(SQL / 'compared.sql')}) WHERE {condition.format(near=near)}",
            {"largest": LARGEST},
        )[0]
        if row["lines"]:
            found.append({"say": say, **row})
    return found
