"""One run of one state's night or day release: what it may know, where it writes, who it is."""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from arrears import house
from arrears.data.store import Store
from arrears.data.writes import take_away
from arrears.errors import ArrearsError, Refused
from arrears.intake.feeds import CASELOAD, Feed, load_feeds
from arrears.intake.inbox import load_waiting
from arrears.intake.load import counts_if_let_in
from arrears.law.profile import Profile
from arrears.law.remedy import Card, load_cards
from arrears.ledger import Ledger
from arrears.ledger.records import Batch, Delivery, Holder, Run, RunKind, Word, held_item_id
from arrears.ledger.restart import AGAIN
from arrears.ledger.runs import LEASE
from arrears.night.preflight import refuse_unready
from arrears.queues import Queue, load_queues

HOLDER_VARIABLE = "ARREARS_HOLDER"


@dataclass(frozen=True)
class Night:
    """`(state, as_of, known_at)` with everything a step needs; made again by each task from the ledger."""

    store: Store
    ledger: Ledger
    profile: Profile
    run: Run

    @property
    def state(self) -> str:
        return self.run.state

    @property
    def as_of(self) -> date:
        return self.run.as_of

    @property
    def at(self) -> datetime:
        """The moment that everything this run writes is dated with."""
        return self.run.cut.known_at

    @property
    def folder(self) -> Path:
        """Where this run's tables lie until, and after, its manifest closes it."""
        if self.run.kind == "night":
            return self.store.night(self.state, self.as_of)
        return self.store.release(self.state, self.as_of, self.run.ordinal)

    @cached_property
    def cards(self) -> dict[str, Card]:
        """The remedies in force that night, in the order in which they are shown."""
        cards = load_cards(house.RULES)
        in_force = self.profile.remedies_in_force(self.as_of)
        return {
            name: cards[name].here(self.profile, self.as_of)
            for name in sorted(in_force, key=lambda n: (cards[n].order, n))
        }

    @cached_property
    def feeds(self) -> dict[str, Feed]:
        return load_feeds(house.FEEDS)

    @cached_property
    def queues(self) -> dict[str, Queue]:
        """The queues of the remedies in force; for another one the state needs no partner.

        Each is in the form in which its partner takes it that night.
        """
        used = frozenset().union(*(card.queues for card in self.cards.values()))
        found = {name: queue for name, queue in load_queues(house.QUEUES).items() if name in used}
        return {name: queue.in_force(self.profile, self.as_of) for name, queue in found.items()}

    @cached_property
    def deliveries(self) -> list[Delivery]:
        """The accepted deliveries that the run may know of, in the order of the ledger."""
        return self.ledger.deliveries(self.state, cut=self.run.cut, outcome="accepted")


def scheduled_at(profile: Profile, as_of: date) -> datetime:
    """The moment at which the state's night of this date is due to start, in UTC."""
    local = datetime.combine(as_of, time.fromisoformat(profile.night_at), ZoneInfo(profile.timezone))
    return local.astimezone(UTC)


def begin(
    store: Store,
    state: str,
    as_of: date,
    known_at: datetime | None = None,
    again: Word | None = None,
    unsent: Word | None = None,
) -> Night:
    """The night of this date, its cut pinned and its lease taken; an open one is entered again.

    With `unsent`, a person's word, nothing leaves in its name. With `again`, another, a broken one that has
    sent nothing begins again, and knows what has come since.
    """
    profile, ledger = Profile.load(house.RULES, state), Ledger.open(store.ledger_url)
    at = known_at or scheduled_at(profile, as_of)
    if again:
        at = known_at or max(at, this_moment(store, ledger, state))
        refuse_undecided(ledger, state, as_of)
        give_up_night(store, ledger, state, as_of, again, at)
    return _begun(store, ledger, profile, as_of, "night", at, unsent)


def give_up_night(store: Store, ledger: Ledger, state: str, as_of: date, word: Word, at: datetime) -> None:
    """Ends a broken night whose files have not left, and takes away what it made."""
    who, now = holder(), datetime.now(UTC)
    ledger.broken_night(state, as_of, word, lambda batch: file_is_whole(store, batch), who, now)
    # First what lies there: whoever is killed in between finds the same broken night, and may do this again.
    take_away(store.night(state, as_of))
    ledger.begin_anew(state, as_of, word, lambda batch: file_is_whole(store, batch), at, who, now)


def refuse_undecided(ledger: Ledger, state: str, as_of: date) -> None:
    """Refuses to begin a night again while a file of its day that it would read waits for a person."""
    feeds, came = load_feeds(house.FEEDS), ledger.deliveries(state)
    taken = [one for one in came if one.outcome == "accepted"]
    for held in (one for one in came if one.outcome == "held" and one.period_on == as_of):
        own = [one for one in taken if one.feed == held.feed]
        if held.feed in feeds and counts_if_let_in(feeds[held.feed], own, held):
            word = f"{state} {held_item_id(held.delivery_id)} --as USER --because TEXT"
            raise Refused(
                f"A {held.feed} of {as_of} is held, and the night would begin again without it"
                f" ({held.reason.rstrip('.')})",
                AGAIN,
                f"Let it in with `arrears review approve {word}`, or keep it out with"
                f" `arrears review reject {word}`, then begin the night again",
            )


def this_moment(store: Store, ledger: Ledger, state: str) -> datetime:
    """Now; among invented people, the moment of the last thing that the ledger holds."""
    return datetime.now(UTC) if store.kind == "real" else ledger.latest_at(state)


def refuse_without_required(ledger: Ledger, profile: Profile, as_of: date, at: datetime) -> None:
    """Refuses to begin a night that lacks a feed for which its state waits; no other feed holds it up."""
    required = [one.feed for one in profile.feeds.values() if one.required]
    for feed in dict.fromkeys((CASELOAD, *required)):
        refuse_without(ledger, profile.state, feed, as_of, at)


def refuse_without(ledger: Ledger, state: str, feed: str, as_of: date, at: datetime) -> None:
    """Refuses to begin a night that knows no file of a feed, and says what became of the one that came."""
    if ledger.deliveries(state, cut=ledger.pin(at), feed=feed, outcome="accepted"):
        return
    came = ledger.deliveries(state, feed=feed)
    what = f"The night of {as_of} in {state} cannot begin: "
    if not came:
        what += f"no {feed} has come"
        do = f"Receive it with `arrears receive {state} FILE...`, its control file too"
    elif (last := came[-1]).outcome == "accepted":
        what += f"its {feed} came at {last.at.isoformat()}, after the moment of which the night knows"
        do = f"Give a later moment with --known-at, such as {last.at.isoformat()}"
    else:
        what += f"its {feed} ({last.delivery_id}) was {last.outcome}: {last.reason.rstrip('.')}"
        do = "Ask the sender for a corrected one, receive it, and run the night again"
        if last.outcome == "held":
            item = held_item_id(last.delivery_id)
            do = f"Let it in with `arrears review approve {state} {item} --as USER --because TEXT`, or: {do}"
    raise Refused(what, "", do)


def begin_release(store: Store, state: str, as_of: date, known_at: datetime | None = None) -> Night:
    """A day release on the ground of a closed night, on the night's own day; an open one is entered again."""
    profile, ledger = Profile.load(house.RULES, state), Ledger.open(store.ledger_url)
    at = known_at or latest_moment(store, ledger, profile)
    if because := ledger.sends_nothing(state, as_of):
        raise Refused(
            f"The night of {as_of} in {state} was run to send nothing: {because}",
            "",
            "Release from the last night that was run on its own day.",
        )
    refuse_another_day(ledger, profile, as_of, at)
    return _begun(store, ledger, profile, as_of, "release", at)


def refuse_another_day(ledger: Ledger, profile: Profile, as_of: date, at: datetime) -> None:
    """Refuses a release on another day than its night's: what began since would not stop it."""
    day = at.astimezone(ZoneInfo(profile.timezone)).date()
    if day == as_of:
        return
    if day < as_of:
        do = f"Give a moment of {as_of}."
    elif ledger.closed_run(profile.state, day) is not None:
        do = f"Release from {day}."
    else:
        do = f"Run the night of {day} first, then release from it."
    raise Refused(
        f"The facts of {as_of} in {profile.state} are those of that day, and this release would be of {day}",
        "",
        do,
    )


def _begun(
    store: Store,
    ledger: Ledger,
    profile: Profile,
    as_of: date,
    kind: RunKind,
    at: datetime,
    unsent: Word | None = None,
) -> Night:
    """The run, its cut pinned after all that belongs into it is there.

    A delivery that a person let in is loaded, and what a killed run had sent is published, before.
    """
    who, now = holder(), datetime.now(UTC)
    ledger.refuse_at_work(profile.state, as_of, kind, who, now)
    refuse_unready(store, ledger, profile.state)
    load_waiting(store, ledger, profile.state)
    ledger.settle_batches(
        profile.state,
        as_of,
        kind,
        lambda: sweep_outbox(store, profile.state),
        lambda batch: file_is_whole(store, batch),
        at,
        who,
        now,
    )
    if kind == "night":
        refuse_without_required(ledger, profile, as_of, at)
    cut = ledger.pin(at)
    run = ledger.begin_run(profile.state, as_of, kind, cut, at=at, holder=who, now=now, unsent=unsent)
    night = Night(store, ledger, profile, run)
    sweep_aside(night, now)
    return night


def sweep_aside(night: Night, now: datetime) -> None:
    """Takes away what killed writers left half written: in the run's own folder all, elsewhere by age.

    A writer that slept longer than a lease finds nothing to rename and is refused by the disk.
    """
    for pattern in (".*.part", ".*.leaving.parquet"):
        for path in night.folder.rglob(pattern):
            path.unlink(missing_ok=True)
    store, state = night.store, night.state
    old = (now - LEASE).timestamp()
    for folder in (store.landing(state), store.root / "staging" / state, store.vault(state), store.spill()):
        for path in [*folder.rglob(".*.part"), *folder.rglob(".*.utf8"), *folder.rglob("duckdb_temp*")]:
            with suppress(FileNotFoundError):
                if path.is_file() and path.stat().st_mtime < old:
                    path.unlink()


def sweep_outbox(store: Store, state: str) -> None:
    """Takes away what copies of runs wrote aside in the outbox and never gave its name."""
    for path in (store.root / "outbox" / state).rglob(".*.part"):
        path.unlink(missing_ok=True)


def file_is_whole(store: Store, batch: Batch) -> bool:
    """Whether a batch's file stands under its final name as it was prepared: it has left."""
    if not batch.records or not (final := store.file(batch.file_name)).is_file():
        return False
    with final.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest() == batch.sha256


def latest_moment(store: Store, ledger: Ledger, profile: Profile, hour: int = 9) -> datetime:
    """Now; among invented people, this hour of the day whose night closed last.

    Never before something that the ledger already holds, so that what a person just did is known.
    """
    if store.kind == "real":
        return datetime.now(UTC)
    closed = [run.as_of for run in ledger.runs(profile.state) if run.status == "closed"]
    if not closed:
        # What is decided before the first night, of a file that is held, counts with what came last.
        last = ledger.latest_at(profile.state)
        return last if last.year > datetime.min.year else datetime.now(UTC)
    local = datetime.combine(max(closed), time(hour), ZoneInfo(profile.timezone))
    return max(local.astimezone(UTC), ledger.latest_at(profile.state))


def resume(store: Store, state: str, as_of: date) -> Night:
    """The open run of this date, for a later task of it."""
    ledger = Ledger.open(store.ledger_url)
    run = ledger.resume_run(state, as_of, datetime.now(UTC), os.environ.get(HOLDER_VARIABLE))
    if run is None:
        raise ArrearsError(
            f"No run of {as_of} is open in {state}", "ledger", "Start it with its first task, begin"
        )
    return Night(store, ledger, Profile.load(house.RULES, state), run)


def holder() -> Holder:
    """Who holds a lease: this process, or the name under which a scheduler runs many of them."""
    name = os.environ.get(HOLDER_VARIABLE)
    return Holder(name) if name else Holder.here("arrears")
