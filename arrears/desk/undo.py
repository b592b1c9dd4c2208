"""Mistaken identity: everything that was ever sent for a person, and taking it back, once each.

Whoever works on cases may ask. From then on it counts as a claim that this is somebody else: the next
night begins nothing for that person, and takes nothing back. When a supervisor who did not ask approves,
the next night takes back whatever a partner still holds, as for any other wrong person, and nothing is
begun until a supervisor says that it is the right person after all.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from arrears import house
from arrears.data.store import Store
from arrears.errors import ArrearsError, Refused
from arrears.law.decide import why_off
from arrears.law.profile import Profile
from arrears.law.remedy import Card, load_cards, title_of
from arrears.ledger import Ledger
from arrears.ledger.records import Choice
from arrears.ledger.views import UNDO
from arrears.night.run import latest_moment
from arrears.values import Row, dollars

Wish = Literal["ask", "approve", "reject"]
# An ask holds what would be new; the supervisor's word ends it one way or the other.
CHOICE: Mapping[Wish, Choice] = {"ask": "hold", "approve": "approve", "reject": "reject"}
DONE = {"hold": "asked for", "approve": "approved", "reject": "rejected"}
SAYS = {
    "": "Nobody has said that this is the wrong person.",
    "hold": "asked by {by} on {on}: {because} Nothing new is begun; a supervisor decides.",
    "approve": "approved by {by} on {on}: {because} The next night takes back what partners still hold.",
    "reject": "rejected by {by} on {on}: {because} It counts as the right person.",
}
TAKEN_BACK, NEXT_NIGHT, ENDED, LETTER, BY_HAND = (
    "taken back",
    "still there",
    "ended",
    "a letter",
    "by hand",
)
MEANS = {
    TAKEN_BACK: "The partner was told that it is over.",
    NEXT_NIGHT: "A partner still holds it; the night after the approval takes it back.",
    ENDED: "It ended with its episode.",
    LETTER: "It cannot be taken back; write to whoever got it.",
    BY_HAND: "No file takes it back: the remedy has none, or is off here; tell the partner.",
}


@dataclass(frozen=True)
class Wanted:
    """Somebody's word about a person: what they wish, who they are, why, and when if it may be said."""

    wish: Wish
    by: str
    because: str
    at: datetime | None = None


def undo(store: Store, state: str, person: str, wanted: Wanted | None = None) -> Row:
    """Every act ever sent for a person with what became of it, and who said what; with `wanted`, after it."""
    profile = Profile.load(house.RULES, state)
    ledger = Ledger.open(store.ledger_url)
    episodes, sent = ledger.sent_about(state, person)
    if not episodes:
        raise ArrearsError(
            f"Nothing was ever begun about {person} in {state.upper()}",
            store.address,
            "Give a person number as the caseload has it",
        )
    if wanted is not None:
        _say(store, ledger, profile, person, wanted)
    last = _last_word(ledger, state, person)
    # What the state has switched off since takes nothing back.
    day = max((run.as_of for run in ledger.runs(state)), default=date.min)
    every = load_cards(house.RULES)
    cards = {name: card for name, card in every.items() if why_off(profile, card, day) is None}
    is_open = {row["episode_id"]: row["closed_on"] is None for row in episodes}
    released = {(row["episode_id"], row["target_id"]) for row in sent if row["kind"] == "release"}
    said = [row for row in sent if row["kind"] != "release"]
    acts = [_act(row, cards, is_open, released) for row in said]
    # An act and what was later said of it are one thing to a partner; each letter is its own.
    each = [(row["episode_id"], row["target_id"], row["kind"] == "notice" and row["message"]) for row in said]
    things = {(one, act["became"]) for one, act in zip(each, acts, strict=True)}
    return {
        "state": state,
        "person": person,
        "word": last["decision"] if last else "",
        "by": last["by_user"] if last else None,
        "on": last["decided_on"] if last else None,
        "because": last["because"] if last else None,
        "acts": acts,
        "counts": dict(sorted(Counter(became for _, became in things).items())),
        "begun": sum(is_open.values()),
    }


def _act(
    row: Row, cards: Mapping[str, Card], is_open: Mapping[str, bool], released: set[tuple[str, str]]
) -> Row:
    card = cards.get(row["remedy"])
    if row["kind"] == "notice":
        became = LETTER
    elif (row["episode_id"], row["target_id"]) in released:
        became = TAKEN_BACK
    elif not is_open.get(row["episode_id"], False):
        became = ENDED
    else:
        became = NEXT_NIGHT if card and card.release.message else BY_HAND
    days = row["published_on"] and row["published_on"].isoformat()
    names = ("queue", "remedy", "step", "message", "case_id", "subject_id", "amount_cents", "action_id")
    return {"on": days, **{name: row[name] for name in names}, "became": became}


def _last_word(ledger: Ledger, state: str, person: str) -> Row | None:
    """What was said last of whether this is the wrong person."""
    return next((one for one in ledger.wrong_person_claims(state) if one["subject_id"] == person), None)


def item_of(person: str) -> str:
    """Under which item decisions about a person as a whole are kept."""
    return f"{UNDO}:{person}"


def _say(store: Store, ledger: Ledger, profile: Profile, person: str, wanted: Wanted) -> None:
    """Keeps the word; refuses one that changes nothing, and a supervisor who approves what they asked."""
    state, last = profile.state, _last_word(ledger, profile.state, person)
    word, choice = last["decision"] if last else "", CHOICE[wanted.wish]
    if store.kind == "real" and wanted.at is not None:
        raise Refused("Only words about invented people may be dated", "--at", "Leave it out: it counts now")
    see = f"See `arrears undo {state} {person}`"
    if word == choice or (wanted.wish == "ask" and word == "approve"):
        raise Refused(f"This was {DONE[word]} already", person, see)
    if wanted.wish != "ask" and not word:
        do = f"Ask first: arrears undo {state} {person} --because TEXT --as USER"
        raise Refused("Nobody has asked for it", person, do)
    if wanted.wish != "ask" and "supervisor" not in ledger.roles(wanted.by):
        raise Refused(f"{wanted.by} may not {wanted.wish} this", person, "Ask a supervisor")
    if wanted.wish == "approve" and last and last["by_user"] == wanted.by:
        raise Refused(f"{wanted.by} asked for it, so another must approve", person, "Ask another supervisor")
    when = wanted.at or latest_moment(store, ledger, profile)
    row = {
        "item_id": item_of(person),
        "episode_id": "",
        "remedy": "",
        "subject_id": person,
        "step": UNDO,
        "decision": choice,
        "until_on": None,
        "by_user": wanted.by,
        "role": "supervisor",
        "because": wanted.because,
        "reason_code": "",
        "facts_hash": "",
        "decided_on": when.astimezone(ZoneInfo(profile.timezone)).date().isoformat(),
    }
    seen = {item_of(person): last["position"] if last else 0}
    _, first = ledger.decide_if_first(state, [row], seen, at=when)
    if first:
        raise Refused(f"{first[0].by_user} decided first", person, see)


def print_undo(found: Row, out: Console) -> None:
    """Prints each act with what became of it, the counts, and who said what."""
    cards = load_cards(house.RULES)
    table = Table("left", "queue", "what", "about", "amount", "became")
    for one in found["acts"]:
        table.add_row(
            one["on"] or "",
            one["queue"],
            escape(f"{title_of(cards, one['remedy'])}, {one['message']}"),
            escape(one["case_id"] or one["subject_id"]),
            "" if one["amount_cents"] is None else dollars(one["amount_cents"]),
            one["became"],
        )
    out.print(table if found["acts"] else "Nothing was ever sent for this person.")
    for became, count in found["counts"].items():
        out.print(f"{count:,} {became}: {MEANS[became]}")
    by, on, because = found["by"], found["on"], found["because"]
    said = SAYS[found["word"]].format(by=by, on=on, because=(because or "").rstrip(".") + ".")
    out.print(escape(f"{found['person']}: {said}"))
    if found["word"] == "hold":
        verb = f"arrears undo {found['state']} {found['person']}"
        out.print(escape(f"To decide: {verb} --approve (or --reject) --because TEXT --as SUPERVISOR"))
