"""What each choice on a line does, and when it takes effect."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from arrears.desk.in_short import RELEASE, queue_title, said_day
from arrears.desk.line_text import Words
from arrears.desk.requests import Line
from arrears.law.profile import Profile
from arrears.law.remedy import Card
from arrears.night.outline import RELEASE_AT
from arrears.values import dollars

WORKING_DAYS = 5
# Of kinds that no step of a remedy words.
DOES = {
    "unserved_notice": "The notice goes out again, to the address that the caseload then has.",
    "partner_reject": "The same is sent to the partner again, as the caseload then tells it.",
    "release_rejected": "The partner is told once more that it is over.",
    "held_file": "The file is let in: its rows are loaded, and what is decided rests on them.",
    "held_queue": "These very acts leave. Acts that come later are counted again.",
    "held_remedy": "The acts of this remedy leave: so many parents, or so few, are right.",
    "unknown": "It counts as looked at; the step itself still waits until the fact is known.",
}
# An approval of these sends something, or lets something be sent; of the second, whatever stands by then.
SENDS = ("approval", "unserved_notice", "partner_reject", "release_rejected", "held_queue", "held_remedy")
GOES_ON = ("held_file", "review", "unknown")
AT_ONCE = "At once."
HELD = "Nothing of it leaves until the day that you name; without a day, until somebody decides again."
REJECTED = "Nothing of it leaves, and it comes back only when its facts change."
WAITS = "It leaves the list until the day that you name; without a day, until somebody decides again."
GONE = "It leaves the list and comes back only when its facts change."
KEPT_OUT = "The file stays out; ask its sender for a corrected one."


def effects(row: Line, words: Words, now: datetime) -> list[Line]:
    """What each choice that a person has on a line does, and when; an approval first."""
    sends = bool(row["remedy"]) or row["kind"] in ("held_queue", "held_remedy")
    is_file = row["kind"] == "held_file"
    told = {
        "approve": (approved(row, words), leaves_when(row, words.profile, now)),
        "hold": ("The file waits." if is_file else HELD if sends else WAITS, AT_ONCE),
        "reject": (KEPT_OUT if is_file else REJECTED if sends else GONE, AT_ONCE),
    }
    return [{"choice": one, "does": told[one][0], "when": told[one][1]} for one in words.may(row)]


def approved(row: Line, words: Words) -> str:
    """What an approval of a line does, in words."""
    card = words.cards.get(row["remedy"] or "")
    if row["step"] == RELEASE and card:
        queue = queue_title(card.release.queue) if card.release.queue else ""
        return f"What was sent is taken back{f' through {queue}' if queue else ''}."
    if row["kind"] in ("approval", "review") and card:
        return _step(row, card)
    return DOES.get(row["kind"], "It counts as looked at; the line comes back when its facts change.")


def _step(row: Line, card: Card) -> str:
    """What the step of a card does once it is approved; of a look, what comes after it."""
    names = [one.step for one in card.steps]
    if row["step"] not in names:
        return "The step goes on."
    step, *rest = card.steps[names.index(row["step"]) :]
    if step.kind == "review":
        return f"Then comes: {rest[0].say}" if rest else "The remedy has done all that it does."
    amount = f", {dollars(row['amount_cents'])}" if row["amount_cents"] else ""
    return f"{step.say} Through {queue_title(step.queue)}{amount}."


def leaves_when(row: Line, profile: Profile, now: datetime) -> str:
    """When an approval takes effect: the day release makes the night again on what is known by then."""
    if row["kind"] not in (*SENDS, *GOES_ON):
        return AT_ONCE
    at = next_release(profile, now)
    on = "today" if at.date() == now.astimezone(at.tzinfo).date() else said_day(at.date())
    stands = ", if its ground still stands then" if row["kind"] in SENDS else ""
    return f"With the next release, {on} at {RELEASE_AT}{stands}. Until then the word may be changed."


def next_release(profile: Profile, now: datetime) -> datetime:
    """The next day release by the state's own clock: Monday to Friday at its hour."""
    zone = ZoneInfo(profile.timezone)
    here = now.astimezone(zone)
    at = datetime.combine(here.date(), time.fromisoformat(RELEASE_AT), zone)
    while at <= here or at.weekday() >= WORKING_DAYS:
        at += timedelta(days=1)
    return at


def said_release(at: datetime) -> str:
    """A release as people say it: `Wednesday, 15 January 2025, at 14:00`."""
    return f"{at:%A}, {said_day(at.date())}, at {at:%H:%M}"
