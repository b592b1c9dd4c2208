"""A line in a few words: its verdict, what it shares with the lines beside it, its gauge and its clock."""

import re
from datetime import date
from typing import Any

from arrears import house
from arrears.answers.display import listed_grounds, measured
from arrears.desk.requests import Line
from arrears.intake.feeds import load_feeds
from arrears.law.remedy import Card
from arrears.law.work_order import DeskKind
from arrears.queues import load_queues
from arrears.values import HUNDRED, dollars

RELEASE = "release"
ISO_DAY = re.compile(r"(?<![\w./:-])\d{4}-\d\d-\d\d(?![\w/:-]|\.\w)")
# Of what the guide and the statute say.
READ = {"flag": "act", "clear": "do not act", "unknown": "cannot be told"}


def verdict(row: Line, card: Card | None, why: str) -> str:
    """What stands about a line in one short sentence; of what no remedy opened, the first of its own."""
    if card is None:
        lead, grounds = listed_grounds(why)
        return lead if grounds else f"{why.split('. ')[0].removesuffix('.')}."
    about = card.title + (f" on {dollars(row['amount_cents'])}" if row["amount_cents"] else "")
    if row["kind"] == "approval" and row["step"] == RELEASE:
        return f"{about} would be taken back."
    missing = len(row.get("missing") or row["because"] or [])
    said = {
        "approval": " is ready to leave.",
        "review": ": look at it before it goes on.",
        "unserved_notice": ": the notice came back.",
        "partner_reject": ": the partner rejected it.",
        "release_rejected": " is over, and the partner still holds it.",
        "urgent_release": " must be taken back today.",
        "unknown": f" is not decided: {missing:,} fact{' is' if missing == 1 else 's are'} not known.",
        "readings_differ": ": the agency's guide and the statute disagree.",
        "held": " is held by a person.",
        "not_sent": ": its record could not be written.",
        "stopped": " was stopped at the last moment.",
        "held_remedy": " is held: not as many parents as usual.",
    }.get(row["kind"])
    return about + said if said else f"{why.split('. ')[0].removesuffix('.')}."


def group(row: Line, card: Card | None, kind: DeskKind) -> Line:
    """What a line shares with those beside it, said once for all of them: kind, remedy and step."""
    step = next((one for one in card.steps if one.step == row["step"]), None) if card else None
    if row["step"] == RELEASE and card:
        say = "What was sent would be taken back."
    elif step and row["kind"] in ("approval", "review"):
        say = step.say
    elif kind.instead:
        say = kind.instead.removesuffix(".") + "."
    else:
        say = {
            "unserved_notice": "Find a better address and approve: the notice goes out again.",
            "partner_reject": "Mend what the partner names and approve: it is sent again.",
            "release_rejected": "Call the partner, mend what they name, approve: the end is sent again.",
            "held_file": "Look at what is odd; approve, and the file is read.",
            "held_queue": "Look at how many and of what; approve, and they leave with the next release.",
            "held_remedy": "Look at why it is not as many as usual; approve, and they leave.",
        }.get(row["kind"], "")
    return {
        "key": ":".join([row["kind"], row["remedy"] or "", row["step"] or ""]),
        "title": card.title if card else kind.title,
        "kind_title": kind.title if card else "",
        "say": say,
    }


def reason(row: Line, why: str, near: Line | None) -> str:
    """Why this line and not another one of its group, in a few words."""
    if row["kind"] == "readings_differ":
        guide, law = (READ.get(row.get(name) or "", "says nothing") for name in ("guide", "law"))
        return f"guide: {guide}; statute: {law}"
    if near and row["kind"] in ("approval", "review"):
        return str(near["what"])
    if row["remedy"] and row["because"]:
        names: list[str] = [one.replace("_", " ") for one in row["because"]]
        lead = "not known: " if row["kind"] == "unknown" else ""
        return lead + names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")
    if row["kind"] in ("approval", "review"):
        return "every condition is met"
    return why


def gauge(what: str, value: int, limit: int, unit: str) -> Line:
    """A value beside its limit: both in words, which side it is on, and both in hundredths of the scale."""
    scale = max(abs(value), abs(limit), 1)
    apart = "right at it"
    if value != limit:
        apart = f"{measured(abs(value - limit), unit)} {'over' if value > limit else 'under'}"
    return {
        "what": what.replace("_", " "),
        "value": measured(value, unit),
        "limit": measured(limit, unit),
        "apart": apart,
        "is_over": value > limit,
        "value_percent": max(value, 0) * HUNDRED // scale,
        "limit_percent": max(limit, 0) * HUNDRED // scale,
    }


def clock_left(row: Line, as_of: date) -> str:
    """The days that are left, or how long a day is over; of a step, of the window that it waits for."""
    clock: dict[str, Any] | None = row.get("clock")
    ends_on = clock["ends_on"] if clock else row["due_on"]
    if ends_on is None:
        return ""
    left = (ends_on - as_of).days
    days = f"{abs(left):,} day{'' if abs(left) == 1 else 's'}"
    if left >= 0:
        return f"{days} left" if left else "today"
    return f"over for {days}" if row["step"] else f"{days} late"


def said_day(day: date) -> str:
    """A day as people write it in a sentence: `14 January 2025`."""
    return f"{day.day} {day:%B %Y}"


def dated(text: str) -> str:
    """A sentence whose days are written out; what a name or an id holds is left as it is."""
    return ISO_DAY.sub(_written, text)


def _written(found: re.Match[str]) -> str:
    try:
        return said_day(date.fromisoformat(found[0]))
    except ValueError:
        return found[0]


def queue_title(queue: str) -> str:
    """What a queue is called."""
    found = load_queues(house.QUEUES).get(queue)
    return found.title if found else queue.replace("_", " ")


def feed_title(feed: str) -> str:
    """What a feed is called."""
    found = load_feeds(house.FEEDS).get(feed)
    return found.title if found else feed.replace("_", " ")
