"""A line in a person's words: why it is there, its clock, how near its limit, what changed."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from arrears.answers.display import HIDDEN, display_value
from arrears.answers.explain_clocks import anchor_said, clock_sentence
from arrears.desk.in_short import clock_left, gauge, group, reason, verdict
from arrears.desk.priority import score_reasons
from arrears.desk.requests import Line
from arrears.law.profile import Profile
from arrears.law.remedy import Card
from arrears.law.work import Kind
from arrears.law.work_order import ONE_CAUSE, WorkOrder
from arrears.values import dollars

# The last four of an account, as kinds of the facts say them; shown only to those who ask for them.
SAID_LAST_FOUR = re.compile(r"(?<=ending )[0-9A-Z]{4}\b")
ALL_CHOICES = ("approve", "hold", "reject")


class Words:
    """What the rules say, read once for all lines of a page."""

    def __init__(
        self,
        order: WorkOrder,
        cards: Mapping[str, Card],
        kinds: Mapping[str, Kind],
        profile: Profile,
        as_of: date,
    ) -> None:
        self.order, self.cards, self.kinds, self.profile, self.as_of = order, cards, kinds, profile, as_of
        self.points = order.points_on(as_of)

    def score_of(self, kind: str) -> list[dict[str, Any]]:
        """The score of a line that no table of the plan holds: its kind, and that it is urgent."""
        worth = self.points.kinds.get(kind, self.points.other_kinds)
        urgent = [part for part in self.points.parts if part.of == "urgent" and self.order.kind(kind).urgent]
        return [
            {"name": "kind", "points": worth, "n": 0},
            *({"name": part.name, "points": part.points, "n": 1} for part in urgent),
        ]

    def display(self, row: Line, *, digits: bool = False) -> Line:
        """A row of the desk's table as pages and commands show it; the last four only with `digits`."""
        card, kind = self.cards.get(row["remedy"] or ""), self.order.kind(row["kind"])
        why = row.get("why") or sentence(row, self.cards, self.ground(row))
        if row.get("is_protected") and row["kind"] in self.kinds:
            # A sentence of the facts may name a place.
            why = f"{kind.title}. The rest is not told here: where this person is may not be said."
        why = why if digits else SAID_LAST_FOUR.sub(HIDDEN, why)
        near = self.gauge(row)
        return {
            **{name: row.get(name) for name in SHOWN},
            # Conditions by name; what facts alone tell is told in `why`, where digits and places are hidden.
            "because": row["because"] if card else [],
            "kind_title": kind.title,
            "title": card.title if card else kind.title,
            "why": why,
            "verdict": verdict(row, card, why),
            "group": group(row, card, kind),
            "reason": reason(row, why, near),
            "gauge": near,
            "clock_left": clock_left(row, self.as_of),
            "cites": self.cites(row, card),
            "clock": clock_sentence(row["clock"]) if row.get("clock") else "",
            "nearness": self.nearness(row),
            "change": change(row, tells_sentence=not row.get("is_protected")),
            "priority_because": score_reasons(row.get("score") or [], self.points, kind.title),
            "seen": seen_token(row),
            "may": self.may(row),
            "instead": kind.instead,
        }

    def cites(self, row: Line, card: Card | None) -> list[str]:
        """The sources that a line rests on: its remedy and step, or its kind; and its clock."""
        step = next((one for one in card.steps if one.step == row["step"]), None) if card else None
        cites = [
            *(step.cites if step else ()),
            *(card.cites if card else ()),
            *self.order.kind(row["kind"]).cites,
        ]
        if clock := row.get("clock"):
            cites += self.profile.value(clock["key"], self.as_of).cites
        return self.profile.citable(cites)

    def gauge(self, row: Line) -> Line | None:
        """The nearest limit beside its value; None where nothing of the line is measured."""
        if row.get("near_key") is None:
            return None
        unit = self.profile.value(row["near_key"], self.as_of).unit
        return gauge(row["near_condition"], row["near_value"], row["near_limit"], unit)

    def nearness(self, row: Line) -> str:
        """How near the nearest limit is, in its own unit."""
        near = self.gauge(row)
        return f"{near['what']}: {near['value']} against {near['limit']}, {near['apart']}" if near else ""

    def ground(self, row: Line) -> str:
        """What a step that waits rests on: the nearest limit in figures, and the window that ran."""
        near, clock, said = self.nearness(row), row.get("clock"), []
        if near:
            said.append(near)
        if clock and clock["anchor_on"] and clock["ends_on"]:
            said.append(f"{anchor_said(clock)} {clock['anchor_on']}, window to {clock['ends_on']}")
        return f" ({'; '.join(said)})" if said else ""

    def may(self, row: Line) -> list[str]:
        """What a person may choose on a line; an approval only where it moves something."""
        if row["kind"] == ONE_CAUSE:
            return []
        if approval_moves(row, self.order):
            return list(ALL_CHOICES)
        return [one for one in ALL_CHOICES if one != "approve"]


SHOWN = (
    *("item_id", "kind", "remedy", "subject_id", "case_id", "person_id", "office", "worker", "assigned"),
    *("episode_id", "step", "needs", "amount_cents", "due_on", "because", "facts_hash", "readings_differ"),
    *("since", "nights_open", "first_seen_on", "priority", "minutes", "missing", "guide", "law", "is_urgent"),
    *("heading", "matter_id", "folded", "day"),
)


def approval_moves(row: Line, order: WorkOrder) -> bool:
    """Whether an approval of this line would let anything happen."""
    if row["kind"] == "unknown" and row["episode_id"]:
        return True
    return not order.kind(row["kind"]).instead and row["kind"] != "act"


def seen_token(row: Line) -> str:
    """What a person who looks at a line has seen of it: the facts it rests on, and the last word on it."""
    return f"{row['facts_hash'] or ''}:{row.get('last_word') or 0}"


def change(row: Line, *, tells_sentence: bool) -> str:
    """What changed since last night, in one sentence; empty where nothing did."""
    was: dict[str, Any] | None = row.get("was")
    if row.get("since") == "new":
        return "New since last night."
    if row.get("since") != "changed" or was is None:
        return ""
    said = []
    if was["kind"] != row["kind"]:
        said.append(f"it was {was['kind'].replace('_', ' ')}")
    if was["amount_cents"] != row["amount_cents"]:
        said.append(f"the amount was {display_value(was['amount_cents'], 'cents')}")
    if was["needs"] != row["needs"]:
        said.append(f"it needed a {was['needs']}")
    if (was["because"] or []) != (row["because"] or []):
        told = SAID_LAST_FOUR.sub(HIDDEN, named(was["because"]))
        said.append(f"it said: {told}" if told and tells_sentence else "its ground is another one")
    return "Since last night: " + "; ".join(said or ["a fact that it rests on changed"]) + "."


def named(because: list[str] | None) -> str:
    """Conditions or sentences in a row, as people write them."""
    return ", ".join(one.replace("_", " ") for one in because or [])


def sentence(line: Line, cards: Mapping[str, Card], ground: str = "") -> str:
    """Why a line is on the list, in one plain sentence without anybody's name or number."""
    card = cards.get(line["remedy"] or "")
    title = card.title if card else ""
    amount = f" on {dollars(line['amount_cents'])}" if line["amount_cents"] else ""
    names = named(line["because"])
    # Said where it matters: a person is about to let something go out.
    parted = " The guide and the statute disagree here." if line["readings_differ"] else ""
    if (line["kind"], line["step"]) == ("approval", "release"):
        return (
            f"{title}{amount}: what was sent would be taken back ({names}); a {line['needs']} decides first."
        )
    return {
        "review": f"{title}{amount}: the ground stands{ground}. {action_needed(card, line)}{parted}",
        "approval": f"{title}{amount}: the next step, {line['step']}, is due and needs a {line['needs']}"
        f"{ground}.{parted}",
        "unserved_notice": f"{title}{amount}: the notice came back ({names}); find a better address, and"
        " approve: it goes out again.",
        "partner_reject": f"{title}{amount}: the partner rejected it ({names}); mend what it names, and"
        " approve: it is sent again.",
        "release_rejected": f"{title}{amount}: the partner rejected the end of it and still holds it"
        f" ({names}); call them, mend what they name, and approve: the end is sent again.",
        "urgent_release": f"{title}{amount}: what was sent must be taken back today.",
        "unknown": f"{title}{amount}: not decided, since this is not known: {names}.",
        "readings_differ": f"{title}{amount}: the agency's guide and the statute disagree; a person decides.",
        "held": f"{title}{amount}: held by a person.",
        "doubtful_match": f"A partner's record may be this person: {names}.",
        # Whatever facts alone open says its own sentence.
    }.get(line["kind"], "; ".join(line["because"] or []))


def action_needed(card: Card | None, line: Line) -> str:
    """What a card asks of the person at this step."""
    return next((step.say for step in card.steps if step.step == line["step"]), "") if card else ""
