"""What every judgement on the files of one call needs, and the delivery that it begins with."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from arrears import house
from arrears.config import Faults, read_yaml
from arrears.data.store import Store
from arrears.data.warehouse import Connection
from arrears.intake.feeds import Feed
from arrears.intake.load.stage import read_staged, staged_senders
from arrears.intake.receive.control import Control
from arrears.intake.receive.landing import Landed
from arrears.ledger.records import Delivery, Outcome

Judge = Callable[[Delivery, list[Delivery]], Delivery]


@dataclass(frozen=True)
class Arrival:
    """The files of one call, and what every judgement on them needs.

    `known` is what the ledger holds, and what was judged of these files before.
    """

    con: Connection
    store: Store
    state: str
    on: date
    at: datetime
    expect: str | None
    feeds: dict[str, Feed]
    known: list[Delivery]
    named: Callable[[frozenset[str]], None]

    @property
    def taken(self) -> list[Delivery]:
        """What is known and accepted."""
        return [one for one in self.known if one.outcome == "accepted"]

    def note(self, judged: "Judged") -> None:
        """Has what is judged from now on know of this one."""
        last = max((one.position for one in self.known), default=0)
        self.known.append(replace(judged.draft, position=last + 1))


@dataclass(frozen=True)
class Judged:
    """A delivery that only has to be written into the ledger, and how many of the given files it takes.

    Where its outcome rests on what is known at that very moment, `judge` gives it.
    """

    draft: Delivery
    files: int
    judge: Judge | None = None


def own_codes(state: str, feed: Feed) -> tuple[str, str]:
    """The number of a state and its two letters, from its profile, for feeds that carry one on every row."""
    if not feed.proofs.state_fips and not feed.proofs.state:
        return "", ""
    faults = Faults()
    node = read_yaml(house.RULES / "jurisdictions" / f"{state}.yml", faults)
    fips = node.text("fips")
    faults.raise_any("receive", "Add the state's profile before its files are taken")
    return fips, state.upper()


def earlier_senders(arrival: Arrival, feed: Feed, taken: list[Delivery]) -> dict[str, tuple[list[str], str]]:
    """For whom each delivery taken of a feed was sent, and its own number, by delivery."""
    told = {}
    for one in taken:
        if one.feed == feed.name:
            staged = read_staged(arrival.store.staging(arrival.state, feed.name, one.delivery_id)) or {}
            told[one.delivery_id] = (staged_senders(staged), str(staged.get("number", "")))
    return told


def first_draft(arrival: Arrival, feed: str, one: Landed, control: Control | None) -> Delivery:
    """The delivery as far as it is known before it is proven."""
    known = feed in arrival.feeds
    mode = arrival.feeds[feed].mode if known and arrival.feeds[feed].mode != "control" else ""
    return Delivery(
        delivery_id=one.sha256[:16],
        state=arrival.state,
        feed=feed if known else "unknown",
        sha256=one.sha256,
        files=(),
        mode=mode or (control.mode if control else "snapshot"),
        period_on=control.period_on if control else None,
        sequence=control.sequence if control else None,
        received_on=arrival.on,
        at=arrival.at,
        outcome="refused",
        original_name=one.name,
        complete_through=dict(control.complete_through) if control else {},
    )


def turned_away(arrival: Arrival, one: Landed, fault: str) -> Judged:
    """A file that is refused before anything is known of it."""
    return judged_as(first_draft(arrival, arrival.expect or "unknown", one, None), "refused", fault, 1)


def known_as(known: Delivery) -> str:
    """Why what was taken before is not taken again."""
    return f"the same bytes were taken as delivery {known.delivery_id}"


def sentence(reason: str) -> str:
    """A reason as people read it."""
    return f"{reason[0].upper()}{reason[1:]}." if reason else ""


def judged_as(draft: Delivery, outcome: Outcome, reason: str, files: int) -> Judged:
    """A delivery whose outcome rests on nothing that comes later."""
    return Judged(replace(draft, outcome=outcome, reason=sentence(reason)), files)
