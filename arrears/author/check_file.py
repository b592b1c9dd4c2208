"""Every fault of a partner's file, by line and field, before it is sent: no store and no caseload are asked.

The file is read as a delivery is: it lands under the same guards, in a folder that is thrown away, is proven,
typed and edited by the same SQL, and judged as the first delivery of its feed.
"""

import difflib
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from arrears import house
from arrears.author.check_lines import delivery_faults
from arrears.author.check_queue import queue_faults
from arrears.author.kinds import Kind
from arrears.data.store import Store
from arrears.errors import ArrearsError
from arrears.intake.feeds import Feed, load_feeds
from arrears.intake.file_checks import unbelievable
from arrears.intake.load.stage import intake_engine
from arrears.intake.receive import receive
from arrears.intake.receive.arrival import arrived_at
from arrears.intake.receive.drafts import Judge, sentence
from arrears.intake.receive.judge import NO_SNAPSHOT
from arrears.intake.receive.landing import land_all
from arrears.intake.receive.proofs import ANOTHER_STATE
from arrears.law.profile_files import states
from arrears.ledger.records import Delivery
from arrears.queues.queue import Queue, load_queues

_NEAREST = 3
_NO_STATE = "it carries the code of no state that has a profile here; say with --state for whom it is"
CONTROL = ".control.json"


class _Aside(Store):
    """A store that is thrown away, with a key of its own: it asks for nobody's."""

    @property
    def key_place(self) -> Path | str:
        return self.root / "key"


@dataclass
class _NoHistory:
    """The ledger of an agency to which nothing came before."""

    taken: list[Delivery] = field(default_factory=list)

    def deliveries(self, state: str) -> list[Delivery]:
        return []

    def record_delivery(self, delivery: Delivery, judged: Judge | None = None) -> Delivery:
        self.taken.append(judged(delivery, []) if judged else delivery)
        return self.taken[-1]


@dataclass(frozen=True)
class Checked:
    """What a file was found to be: what would become of it, its faults as a whole and those of its lines."""

    partner: str
    title: str
    outcome: str
    rows: int
    set_aside: int
    of_file: tuple[str, ...]
    of_lines: tuple[Kind, ...]
    # What is counted where a fault is: a line, or a packed record.
    place: str = "line"

    @property
    def is_clean(self) -> bool:
        """Whether it would be taken whole."""
        return self.outcome == "accepted" and not self.of_file and not self.of_lines


def check_file(partner: str, files: Sequence[Path], on: date | None = None, state: str = "") -> Checked:
    """Every fault of a partner's file as it would come on a day, or now; its control file may be given, too.

    Where it is not, one that is called as the first file is looked for next to it. `state` is for whom the
    file is, where neither its control file nor its records say it.
    """
    feeds, queues = load_feeds(house.FEEDS), load_queues(house.QUEUES)
    if partner not in feeds and partner not in queues:
        near = difflib.get_close_matches(partner, [*feeds, *queues], _NEAREST, cutoff=0)
        raise ArrearsError(f"No partner's file is called {partner[:40]!r}", "", f"Nearest: {', '.join(near)}")
    known = states(house.RULES)
    if state and state not in known:
        raise ArrearsError(f"There is no profile of {state[:10]!r}", "--state", f"Give {' or '.join(known)}")
    at = arrived_at(on)
    with tempfile.TemporaryDirectory(prefix="arrears-check-") as folder:
        store = _Aside.create(Path(folder) / "store", "invented")
        if partner in queues:
            return _check_queue(store, queues[partner], files, at.date(), state)
        return _check_feed(store, feeds, partner, [*files, *_control_next_to(files)], at, state)


def _control_next_to(files: Sequence[Path]) -> list[Path]:
    """The control file next to the first file that is called like it, with less and less of its name."""
    if any(one.name.endswith(CONTROL) for one in files):
        return []
    name = files[0].name
    while "." in name:
        name = name.rpartition(".")[0]
        if (found := files[0].with_name(f"{name}{CONTROL}")).is_file():
            return [found]
    return []


def _check_feed(
    store: Store, feeds: Mapping[str, Feed], partner: str, files: Sequence[Path], at: datetime, state: str
) -> Checked:
    feed, book = feeds[partner], _NoHistory()
    with intake_engine(store) as con:
        landed = land_all(store, "given", files)
        if len({one.sha256 for one in landed if one.kind in ("text", "parquet")}) > 1 and not feed.tables:
            raise ArrearsError(f"{partner} is one file", f"{len(files)} files", "Check one at a time")
        found = delivery_faults(con, store, dict(feeds), feed, landed, state)
        shutil.rmtree(store.landing("given"), ignore_errors=True)  # it lands once more; a large one only once
        known = found.state or states(house.RULES)[0]
        receive(
            store, book, known, list(files), on=at.date(), at=at, expect=partner, feeds=dict(feeds), con=con
        )
        judged = [one for one in book.taken if one.reason != sentence(NO_SNAPSHOT)]
        reasons = [f"{one.reason[0].lower()}{one.reason[1:-1]}" for one in judged if one.reason]
        taken = [one for one in book.taken if one.outcome == "accepted"]
        odd = unbelievable(store, known, taken, taken)
        reasons += [f"it is not believable: {why}" for why in odd.values()]
    of_file = dict.fromkeys([*(one for one in reasons if one not in found.of_file), *found.of_file])
    if not found.state:  # of which state another one's code would be, nobody has said
        of_file = dict.fromkeys(_NO_STATE if ANOTHER_STATE in one else one for one in of_file)
    outcomes = {one.outcome for one in judged}
    outcome = next((one for one in ("refused", "held", "duplicate") if one in outcomes), "accepted")
    # What a file proves of itself refuses it, also where it would be held until its control file comes.
    outcome = "refused" if found.of_file else "held" if outcome == "accepted" and of_file else outcome
    rows = sum(one.rows for one in book.taken) or found.rows
    return Checked(partner, feed.title, outcome, rows, found.set_aside, tuple(of_file), tuple(found.of_lines))


def _check_queue(store: Store, queue: Queue, files: Sequence[Path], on: date, state: str) -> Checked:
    if len(files) != 1:
        raise ArrearsError(f"{queue.name} is one file", f"{len(files)} files", "Give one")
    with intake_engine(store) as con:
        [landed] = land_all(store, "given", files, has_lines=not queue.packed_layouts)
        # Packed numbers have bytes of zeros, and text has none.
        if queue.packed_layouts and landed.nul_bytes > landed.line_breaks:
            queue = queue.packed
        found = queue_faults(con, queue, landed, on, state)
    outcome = "refused" if found.of_file or found.of_lines else "accepted"
    of_file, of_lines = tuple(found.of_file), tuple(found.of_lines)
    place = "record" if queue.is_packed else "line"
    return Checked(queue.name, queue.title, outcome, found.rows, found.set_aside, of_file, of_lines, place)
