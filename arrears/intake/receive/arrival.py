"""One arrival: files land, are grouped by what their control files say, proven, and judged."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from itertools import groupby
from pathlib import Path
from typing import Protocol

from arrears.data.side_by_side import Work, do_all
from arrears.data.store import Store
from arrears.data.warehouse import Connection, cores
from arrears.errors import ArrearsError
from arrears.intake.feeds import Feed
from arrears.intake.load.stage import (
    LOAD_FAULTS,
    Typed,
    apart,
    intake_engine,
    load_delivery,
    why_not_loaded,
)
from arrears.intake.receive.control import Control, Promised, read_control
from arrears.intake.receive.drafts import (
    Arrival,
    Judge,
    Judged,
    earlier_senders,
    first_draft,
    judged_as,
    known_as,
    own_codes,
    sentence,
    turned_away,
)
from arrears.intake.receive.judge import all_set_aside, judge
from arrears.intake.receive.landing import EMPTY, Landed, land_again, land_all, land_nothing
from arrears.intake.receive.proof_tables import prove_tables
from arrears.intake.receive.proofs import Proven, misfit, prove_lines
from arrears.intake.receive.recognize import Told, recognize, shape_of
from arrears.ledger.records import DeliveredFile, Delivery, Outcome


class DeliveryBook(Protocol):
    """The part of the ledger that receiving needs."""

    def deliveries(self, state: str) -> list[Delivery]: ...

    def record_delivery(self, delivery: Delivery, judged: Judge | None = None) -> Delivery: ...


@dataclass(frozen=True)
class Receipt:
    """What became of one delivery, and how many of the given files it took."""

    delivery: Delivery
    files: int


def receive(
    store: Store,
    ledger: DeliveryBook,
    state: str,
    files: list[Path],
    on: date | None = None,
    at: datetime | None = None,
    expect: str | None = None,
    feeds: dict[str, Feed] | None = None,
    con: Connection | None = None,
    named: Callable[[frozenset[str]], None] = lambda feeds: None,
) -> list[Receipt]:
    """What became of the given files: one receipt a delivery.

    Names of files are never used: a control file names its data by hash, other files are recognized
    by their content. `expect` is the slot in which the files were found, if it has one; `con` an
    `intake_engine`, if there is one already; `named` is told of the feeds that control files name, before
    the work on them begins.
    """
    if feeds is None or not feeds:
        raise ArrearsError("No feed is known", "receive", "Pass the feeds of transforms/feeds")
    moment = at or arrived_at(on)
    with intake_engine(store, con) as con:
        day, known = on or moment.date(), ledger.deliveries(state)
        arrival = Arrival(con, store, state, day, moment, expect, feeds, known, named)
        return [_recorded(ledger, one) for one in _sort_out(arrival, land_all(store, state, files))]


def arrived_at(on: date | None) -> datetime:
    """When files came: on the day that is told, or now.

    Arrival is the one thing that only a clock can tell; rules and transforms get it as a value.
    """
    return datetime.combine(on, time(), UTC) if on else datetime.now(UTC)


def _recorded(ledger: DeliveryBook, judged: Judged) -> Receipt:
    return Receipt(ledger.record_delivery(judged.draft, judged.judge), judged.files)


def _sort_out(arrival: Arrival, landed: list[Landed]) -> Iterator[Judged]:
    """Each delivery, judged by what it is about: the order in which files were given is nothing.

    Those with a control file are proven and loaded feed by feed, several feeds at once.
    """
    yield from (turned_away(arrival, one, one.fault) for one in landed if one.fault)
    data = sorted((one for one in landed if not one.fault), key=lambda one: one.sha256)
    loose = {one.sha256: one for one in data if one.kind != "control"}
    controls = []
    for one in {c.sha256: c for c in data if c.kind == "control"}.values():
        control, fault = read_control(one.path)
        if control is None:
            yield turned_away(arrival, one, fault)
        else:
            controls.append((control, one))
    controls.sort(key=lambda pair: (pair[0].feed, pair[0].period_on, pair[0].sequence, pair[1].sha256))
    # What any control file names does not stand alone, whichever of them is read first.
    named = {promised.sha256 for control, _ in controls for promised in control.files}
    promised = {sha256: loose.pop(sha256) for sha256 in named & set(loose)}
    of_feeds = [_OfFeed(list(own)) for _, own in groupby(controls, key=lambda pair: pair[0].feed)]
    arrival.named(frozenset(one.controls[0][0].feed for one in of_feeds))
    _judge_side_by_side(arrival, of_feeds, promised, loose)
    for judged in (judged for feed in of_feeds for judged in feed):
        arrival.note(judged)
        yield judged
    waiting = [_without_control(arrival, one) for one in loose.values()]
    waiting.sort(key=lambda one: (one.draft.feed, str(one.draft.period_on), one.draft.sha256))
    for proof in waiting:
        judged = _settle(arrival, proof)
        arrival.note(judged)
        yield judged


@dataclass
class _OfFeed:
    """The control files of one feed in their order, what was judged of them, and what went wrong then."""

    controls: list[tuple[Control, Landed]]
    judged: list[Judged] = field(default_factory=list)
    error: Exception | None = None

    def __iter__(self) -> Iterator[Judged]:
        yield from self.judged
        if self.error is not None:
            raise self.error


def _judge_side_by_side(
    arrival: Arrival, of_feeds: Sequence[_OfFeed], promised: dict[str, Landed], loose: dict[str, Landed]
) -> None:
    """Judges what came with control files, as many feeds at once as there are cores, the largest first."""
    # Two hands take from one list: each feed is taken once.
    left = iter(sorted(of_feeds, key=lambda one: -sum(control.bytes for control, _ in one.controls)))

    def go_through(con: Connection) -> None:
        for feed in left:
            known = list(arrival.known)
            try:
                for control, one in feed.controls:
                    with apart(con, arrival.store) as alone:
                        own = replace(arrival, con=alone, known=known)
                        feed.judged.append(_with_control(own, control, one, promised, loose))
                    own.note(feed.judged[-1])
            except Exception as error:  # raised where it is its turn to be recorded
                feed.error = error

    hands = range(min(cores(), len(of_feeds)))
    do_all(arrival.con, [Work(f"hand {one}", frozenset(), go_through) for one in hands])


@dataclass(frozen=True)
class Proof:
    """A delivery as far as it is proven: what it is and says, and why it is not simply judged and loaded."""

    draft: Delivery
    files: int
    outcome: Outcome | None = None
    reason: str = ""
    proven: Proven = field(default_factory=Proven)


def _with_control(
    arrival: Arrival,
    control: Control,
    one: Landed,
    promised_files: dict[str, Landed],
    loose: dict[str, Landed],
) -> Judged:
    """Judges a control file with the data files it names; takes a changed one out of `loose`."""
    found: dict[str, Landed] = {}
    for promised in control.files:
        data = promised_files.get(promised.sha256) or _landed_before(arrival, promised)
        if data is not None:
            found[promised.table] = data
    draft, count = first_draft(arrival, control.feed, one, control), 1 + len(found)
    if again := next((d for d in arrival.taken if d.sha256 == one.sha256), None):
        return judged_as(draft, "duplicate", known_as(again), count)
    fault = _misplaced(arrival, control) or _missing(arrival, control, found, loose)
    if fault:
        return judged_as(draft, "refused", fault, count)
    feed, parts = arrival.feeds[control.feed], [(one, found[one.table]) for one in control.files]
    proven = _proven(arrival, feed, control, parts)
    if proven.fault:
        return judged_as(draft, "refused", proven.fault, count)
    files = tuple(DeliveredFile(p.table, p.sha256, proven.rows[p.table], p.bytes) for p in control.files)
    draft = replace(draft, files=files, rows=sum(proven.rows.values()))
    return _settle(arrival, Proof(draft, count, proven=proven), is_typed=True)


def _proven(
    arrival: Arrival, feed: Feed, control: Control, parts: Sequence[tuple[Promised, Landed]]
) -> Proven:
    """What the data files of a control file prove of themselves."""
    if feed.format == "tables":
        return prove_tables(arrival.con, feed, parts, control)
    [(promised, data)] = parts
    if fault := misfit(promised, data):
        return Proven(fault)
    proven = prove_lines(arrival.con, feed, data, None, control, own_codes(arrival.state, feed))
    # Of a file all of whose lines are whole records of its feed, nobody asks what else it could be.
    if data.bytes and not proven.is_clean:
        with apart(arrival.con, arrival.store) as aside:
            told = recognize(aside, arrival.feeds, data, feed.name)
        if told.feed not in ("", feed.name):
            return Proven(f"its content is {told.feed}, its control file says {feed.name}")
    return proven


def _without_control(arrival: Arrival, one: Landed) -> Proof:
    """What a data file that no control file names is, by its content, and whether that can be judged."""
    away = first_draft(arrival, arrival.expect or "unknown", one, None)
    if not one.bytes:
        return Proof(away, 1, "refused", "the file is empty")
    told = recognize(arrival.con, arrival.feeds, one)
    name, table = told.feed, told.table
    if arrival.expect and name and name != arrival.expect:
        return Proof(away, 1, "refused", f"its content is {name}, it was given as {arrival.expect}")
    name = name or (arrival.expect or "")
    feed = arrival.feeds.get(name)
    if feed is None:
        shape = shape_of(arrival.con, one, told.head)
        return Proof(away, 1, "refused", f"its content is of no feed that is known: {shape}")
    draft = first_draft(arrival, name, one, None)
    taken = next((d for d in arrival.taken if one.sha256 in {file.sha256 for file in d.files}), None)
    if taken is not None:
        return Proof(draft, 1, "duplicate", known_as(taken))
    if feed.format == "tables":
        if not table:
            return Proof(draft, 1, "refused", f"its columns are of no table of {name}")
        # By itself one table is not a whole caseload: should a person let it in, it is a change.
        file = DeliveredFile(table, one.sha256, 0, one.bytes)
        draft = replace(draft, mode="delta", files=(file,))
        return Proof(draft, 1, "held", f"the sender's control file is missing (for {table})")
    proven = prove_lines(arrival.con, feed, one, told.head, None, own_codes(arrival.state, feed))
    if proven.fault:
        return Proof(draft, 1, "refused", proven.fault)
    rows = proven.rows[name]
    file = DeliveredFile(name, one.sha256, rows, one.bytes)
    period = date.fromisoformat(proven.period) if proven.period else None
    draft = replace(draft, files=(file,), rows=rows, period_on=period)
    if feed.needs_control:
        return Proof(draft, 1, "held", "the sender's control file is missing")
    return Proof(draft, 1, proven=proven)


def _settle(arrival: Arrival, proof: Proof, is_typed: bool = False) -> Judged:
    """Judges what is proven and loads what would be taken; for good it is judged when it is recorded.

    Accepted means loaded and accounted for: what cannot be loaded is held with its reason. `is_typed` says
    that no other file was typed since this one was proven: its records are those that are loaded.
    """
    if proof.outcome is not None:
        return judged_as(proof.draft, proof.outcome, proof.reason, proof.files)
    feed, draft, why_not, proven = arrival.feeds[proof.draft.feed], proof.draft, "", proof.proven

    def judged(draft: Delivery, known: list[Delivery]) -> Delivery:
        taken = [one for one in known if one.outcome == "accepted"]
        staged = earlier_senders(arrival, feed, taken) if feed.proofs.sender or feed.proofs.number else {}
        outcome, reason = judge(feed, draft, taken, proven.period, staged, proven.senders, proven.number)
        if outcome in ("accepted", "held") and why_not:
            outcome, reason = "held", why_not
        return replace(draft, outcome=outcome, reason=sentence(reason))

    first = judged(draft, arrival.known)
    if first.outcome == "accepted":
        try:
            files = frozenset((file.table, file.sha256) for file in draft.files) if is_typed else frozenset()
            typed = Typed(files, proven.lines)
            loaded = load_delivery(arrival.store, first, arrival.feeds, arrival.con, typed)
        except LOAD_FAULTS as error:
            why_not = why_not_loaded(error)
        else:
            counted = [replace(one, rows=loaded.tables.get(one.table, loaded.rows)) for one in draft.files]
            draft, why_not = replace(draft, files=tuple(counted)), all_set_aside(feed, draft, loaded)
    return Judged(judged(draft, arrival.known), proof.files, judged)


def _misplaced(arrival: Arrival, control: Control) -> str:
    """Why a control file belongs elsewhere, or nothing."""
    if arrival.expect and control.feed != arrival.expect:
        return f"the control file is of {control.feed[:40]!r}, it was given as {arrival.expect}"
    feed = arrival.feeds.get(control.feed)
    if feed is None:
        return f"no feed is called {control.feed[:40]!r}"
    if control.state != arrival.state:
        return f"it is of state {control.state[:10]!r}, not {arrival.state}"
    if control.encoding not in ("", feed.encoding):
        return f"the control file says {control.encoding}, this feed is {feed.encoding}"
    if control.mode == "delta" and feed.mode == "snapshot":
        return "this feed comes as whole snapshots, the control file says delta"
    if feed.format == "tables":
        if strange := sorted({p.table for p in control.files} - set(feed.tables)):
            return f"unknown table(s) {', '.join(strange)}"
    elif len(control.files) != 1:
        return f"this feed is one file, the control file names {len(control.files)}"
    return ""


def _missing(arrival: Arrival, control: Control, found: dict[str, Landed], loose: dict[str, Landed]) -> str:
    """Why the data files are not all there, or nothing; a changed file is told from one that is absent."""
    feed = arrival.feeds[control.feed]
    for promised in control.files:
        if promised.table in found:
            continue
        for sha256, other in list(loose.items()):
            told = recognize(arrival.con, arrival.feeds, other) if other.bytes else Told(feed.name)
            if told.feed == feed.name and told.table in (promised.table, feed.name, ""):
                loose.pop(sha256)
                cut = "it was cut short" if other.bytes < promised.bytes else "it was changed"
                if other.bytes == promised.bytes:
                    return f"{promised.table}: the bytes are not those that the control file describes"
                return f"{promised.table}: {other.bytes} bytes came, {promised.bytes} were sent: {cut}"
        return f"the file of {promised.table} that the control file names did not come with it"
    return ""


def _landed_before(arrival: Arrival, promised: Promised) -> Landed | None:
    """A promised file that came earlier, looked at again; an empty one needs not come at all."""
    if promised.sha256 == EMPTY:
        return land_nothing(arrival.store, arrival.state)
    path = arrival.store.landed(arrival.state, promised.sha256)
    if not path.exists():
        return None
    landed = land_again(arrival.store, arrival.state, path)
    return None if landed.fault or landed.sha256 != promised.sha256 else landed
