"""The way out: content rows to files in partners' queues, each act taking effect exactly once.

Prepare commits frozen content and a batch number; stops are read again; then the file is renamed and
the batch published. A crash anywhere is recovered from the ledger: a file that stands under its final
name is finished as it was prepared, anything else is written again identically or abandoned.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from arrears.data.store import sync_folder, write_aside
from arrears.data.warehouse import Connection, ask_sql_file, file_list, lend_arrow, quote
from arrears.data.writes import give_name, reached
from arrears.errors import ArrearsError, Refused
from arrears.ledger.store_marks import note_tip
from arrears.night.leaving import Choice, Leaving
from arrears.night.run import Night, file_is_whole
from arrears.night.stops import SQL
from arrears.night.volume import NOT_KNOWN
from arrears.queues import Queue, Terms, content_path, make_macros, part_select, read_back, write_file
from arrears.queues.file import Written

HELD, STOPPED = "held.json", "stopped.json"
FROZEN, CHOSEN, TOLD = "frozen", "chosen", "told"


@dataclass
class Sent:
    """What one queue sent in one run, in one file or several, and what it did not send and why."""

    queue: str
    files: list[str] = field(default_factory=list)
    records: int = 0
    amount_cents: int = 0
    acts: int = 0
    stopped: int = 0
    stopped_for: list[dict[str, Any]] = field(default_factory=list)
    held: str | None = None
    held_item: str | None = None
    held_by_remedy: dict[str, int] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The same for a program, without what the run keeps in files of its own."""
        return {
            name: value for name, value in asdict(self).items() if name not in ("lines", "held_by_remedy")
        }

    def see(self, now: Leaving) -> None:
        """Notes what does not leave, as it stands now."""
        self.held, self.held_item, self.held_by_remedy = now.held, now.held_item, now.held_by_remedy
        self.lines, self.stopped, self.stopped_for = now.lines, len(now.lines), now.stopped_for


@dataclass(frozen=True)
class Part:
    """What goes into one batch: so many records, these acts; the last one of its queue, or not."""

    records: int
    items: pa.Table
    is_last: bool


def release(night: Night, con: Connection) -> list[Sent]:
    """What each queue sent: unfinished batches are recovered, then what is due and not yet sent leaves.

    Of a night that is run to be on record, nothing does; what it calls for is due on the next one.
    """
    open_new(night, con)
    recover(night)
    sent: list[Sent] = []
    unusual: list[dict[str, Any]] = []
    not_known: list[str] = []
    if not night.ledger.sends_nothing(night.state, night.as_of):
        make_macros(con)
        choice = Choice(night, con)
        sent = [release_queue(night, con, choice, queue) for _, queue in sorted(night.queues.items())]
        unusual, not_known = choice.guard.told(con), choice.guard.not_known
    held = [
        {"queue": one.queue, "held": one.held, "item_id": one.held_item, "by_remedy": one.held_by_remedy}
        for one in sent
        if one.held
    ]
    stopped = [{"queue": one.queue, **line} for one in sent for line in one.lines]
    told: dict[str, Sequence[Any]] = {HELD: held + unusual, STOPPED: stopped, f"{NOT_KNOWN}.json": not_known}
    for name, rows in told.items():
        write_aside(night.folder / "queues" / name, json.dumps(rows, indent=1).encode() + b"\n")
    close_ended(night, con)
    return sent


def open_new(night: Night, con: Connection) -> None:
    """Writes tonight's new episodes and questions to the ledger; the same ones again change nothing."""
    new = con.execute("SELECT * FROM plan.episode WHERE is_new ORDER BY episode_id").to_arrow_table()
    night.ledger.open_episodes(night.run, new)
    asks = con.execute(
        """SELECT episode_id || ':' || step AS item_id, * FROM plan.actions
           WHERE status = 'needs_person' ORDER BY action_id"""
    ).to_arrow_table()
    night.ledger.record_asks(night.run, asks)


def close_ended(night: Night, con: Connection) -> None:
    """Writes tonight's endings to the ledger."""
    ended = con.execute(
        "SELECT episode_id, close_reason, $as_of AS closed_on FROM plan.ending ORDER BY episode_id",
        {"as_of": night.as_of},
    ).to_arrow_table()
    night.ledger.close_episodes(night.run, ended)


def recover(night: Night) -> None:
    """Publishes every prepared batch whose file stands under its final name, and gives up strangers' others.

    A batch of this very run whose file is not there yet is left alone: the same content finds it again.
    """
    for batch in night.ledger.unfinished_batches(night.state):
        if file_is_whole(night.store, batch):
            night.ledger.publish_batch(night.run, batch.batch_no, at=night.at)
        elif batch.run_id != night.run.run_id:
            night.ledger.abandon_batch(night.run, batch.batch_no, "its run ended", at=night.at)


def release_queue(night: Night, con: Connection, choice: Choice, queue: Queue) -> Sent:
    """What one queue sent, in as many files as its format needs.

    Nothing leaves where a check stops the queue, or where all of it has left already.
    """
    sent = Sent(queue.name)
    while True:
        now = choice.of(queue.name)
        sent.see(now)
        if now.acts == 0:
            give_up(night, queue)  # what an earlier copy of this run was about to send
            return sent
        part = take_part(night, con, queue, now)
        if not send(night, con, choice, queue, part, sent):
            continue
        reached(f"published {queue.name}")
        if part.is_last:
            return sent
        choice.leaves_more()


def take_part(night: Night, con: Connection, queue: Queue, now: Leaving) -> Part:
    """Makes `frozen`, the content rows of the next file: of those that may leave as many as it can hold."""
    path = content_path(night.folder / "queues", queue.name)
    bearing = f"(SELECT record_no FROM bearing WHERE queue = {quote(queue.name)})"
    rows = f"FROM read_parquet({file_list([path])}) SEMI JOIN {bearing} AS bearing USING (record_no)"
    part = part_select(queue, rows, pq.read_schema(path).names)
    made = con.execute(f"CREATE OR REPLACE TEMP TABLE {FROZEN} AS {part}").fetchone()
    records = int(made[0]) if made else 0
    told = {"queue": queue.name, "is_last": records == now.records}
    items = ask_sql_file(con, SQL / "items.sql", told).to_arrow_table()
    lend_arrow(con, CHOSEN, items)
    return Part(records, items, records == now.records)


def send(night: Night, con: Connection, choice: Choice, queue: Queue, part: Part, sent: Sent) -> bool:
    """Whether the batch is published, its file in the outbox; false where a stop came in between."""
    outbox = night.store.outbox(night.state, night.as_of)
    copy = f"{night.run.fence}-{secrets.token_hex(4)}"
    terms = terms_of_file(night, queue)
    name, written, cents = "", None, 0
    if part.records:
        outbox.mkdir(parents=True, exist_ok=True)
        written = write_file(con, queue, terms, FROZEN, outbox / f"{queue.name}.txt", copy)
        digest, cents = written.sha256, written.amount_cents
        name = (outbox / f"{queue.name}.{{batch_no}}.txt").relative_to(night.store.root).as_posix()
    else:
        digest = hashlib.sha256("\n".join(part.items["action_id"].to_pylist()).encode()).hexdigest()
    with gone_unless_prepared(written):
        if written is not None:
            prove(con, queue, terms, part, written.path)
        batch_no = prepare(night, queue, part.records, cents, name, digest, part.items)
    note_tip(night.store, night.ledger, f"batch {batch_no} of {night.state} prepared")
    reached(f"prepared {queue.name}")
    if choice.stops(CHOSEN):
        night.ledger.abandon_batch(night.run, batch_no, "a stop came before its file left", at=night.at)
        if written is not None:
            written.path.unlink(missing_ok=True)
        return False
    file = name.replace("{batch_no}", f"{batch_no:06d}")

    def leave() -> None:
        if written is not None:
            let_leave(night, written.path, night.store.root / file)
            reached(f"renamed {queue.name}")

    night.ledger.publish_batch(night.run, batch_no, at=night.at, leave=leave)
    if written is not None:  # published before, by a twin of this very copy
        written.path.unlink(missing_ok=True)
        sent.files.append(file)
    sent.records, sent.amount_cents = sent.records + part.records, sent.amount_cents + cents
    sent.acts += part.items.num_rows
    choice.left(part.items)
    return True


@contextmanager
def gone_unless_prepared(written: Written | None) -> Iterator[None]:
    """Leaves no file aside that the ledger refused: whoever woke late has nothing in the outbox."""
    try:
        yield
    except BaseException:
        if written is not None:
            written.path.unlink(missing_ok=True)
        raise


def terms_of_file(night: Night, queue: Queue, batch_no: int | None = None) -> Terms:
    """What the next file of a queue needs to know, or that of a batch; how many left before it that day."""
    before = [
        one
        for one in night.ledger.batches(night.state, as_of=night.as_of)
        if one.queue == queue.name and one.status == "published" and one.records
    ]
    earlier = [one for one in before if batch_no is None or one.batch_no < batch_no]
    return queue.terms(night.profile, night.as_of, len(earlier))


def let_leave(night: Night, aside: Path, final: Path) -> None:
    """Renames a file into the outbox; refuses where a newer copy of the run has swept it away."""
    try:
        give_name(aside, final, is_once=True)
    except FileNotFoundError:
        raise Refused(
            f"The {night.run.kind} of {night.as_of} in {night.state} was taken over by a newer copy",
            "",
            "Nothing of this batch left; let the newer copy work.",
        ) from None
    sync_folder(final.parent)


def prepare(
    night: Night, queue: Queue, records: int, cents: int, name: str, digest: str, items: pa.Table
) -> int:
    """The number of the batch, frozen in the ledger; one of this run with other content is given up first."""
    give_up(night, queue, other_than=digest)
    return night.ledger.prepare_batch(night.run, queue.name, name, digest, records, cents, items, at=night.at)


def give_up(night: Night, queue: Queue, other_than: str = "") -> None:
    """Abandons what was prepared for a queue and has not left, unless it is this very content."""
    for batch in night.ledger.unfinished_batches(night.state):
        if batch.queue == queue.name and batch.sha256 != other_than:
            night.ledger.abandon_batch(night.run, batch.batch_no, "stops changed its content", at=night.at)


def prove(con: Connection, queue: Queue, terms: Terms, part: Part, path: Path) -> None:
    """Raises where the file, read back by its own layout, is not what the ledger is about to hold."""
    lend_arrow(con, TOLD, part.items.filter(pc.invert(part.items["is_covered"])))
    proof = read_back(con, queue, terms, FROZEN, path, ledger=TOLD)
    if not proof.is_proven:
        raise ArrearsError(
            f"The file of {queue.name} does not read back as it was written: {'; '.join(proof.faults)}",
            queue.name,
            "Nothing of it left; correct the queue's layout or rows and run the night again",
        )
