"""The way out: content rows to files in partners' queues, each act taking effect exactly once.

Prepare commits frozen content and a batch number; stops are read again; then the file is renamed and
the batch published. A crash anywhere is recovered from the ledger: a file that stands under its final
name is finished as it was prepared, anything else is written again identically or abandoned.
"""

import hashlib
import json
import secrets
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from arrears.data.store import sync_folder, write_aside
from arrears.data.warehouse import (
    Connection,
    ask_sql_file,
    attach_arrow,
    attach_parquet,
    run_sql_file,
    sql_text,
    write_parquet,
)
from arrears.data.writes import reached
from arrears.errors import ArrearsError, Refused
from arrears.ledger.store_marks import note_tip
from arrears.night.run import Night, file_is_whole
from arrears.night.stops import CARRIED, CHECK_ITEM, SQL, judge_stops, read_stops, stops_any, weigh_acts
from arrears.queues import Queue, Terms, read_back, write_file

GATE_PERCENT, GATE_LEAST = "release.gate_percent", "release.gate_at_least"
HELD, STOPPED = "held.json", "stopped.json"
LINE = ["action_id", "remedy", "subject_id", "case_id", "person_id", "office", "worker"]
LINE += ["episode_id", "step", "amount_cents", "facts_hash"]


@dataclass
class Sent:
    """What one queue sent in one run, and what it did not send and why."""

    queue: str
    file: str | None = None
    records: int = 0
    amount_cents: int = 0
    acts: int = 0
    stopped: int = 0
    stopped_for: list[dict[str, Any]] = field(default_factory=list)
    held: str | None = None
    held_item: str | None = None
    lines: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The same for a program, without the line of each act."""
        return {name: value for name, value in asdict(self).items() if name != "lines"}


def release(night: Night, con: Connection) -> list[Sent]:
    """What each queue sent: unfinished batches are recovered, then what is due and not yet sent leaves."""
    open_new(night, con)
    recover(night)
    # What any run has ever published, this one included before it was killed: none of it leaves again.
    attach_arrow(
        con, "gone", night.ledger.snapshot(night.state, only=["published"])["published"].select(["action_id"])
    )
    sent = [release_queue(night, con, queue) for _, queue in sorted(night.queues.items())]
    held = [{"queue": one.queue, "held": one.held, "item_id": one.held_item} for one in sent if one.held]
    stopped = [{"queue": one.queue, **line} for one in sent for line in one.lines]
    for name, rows in ((HELD, held), (STOPPED, stopped)):
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


def release_queue(night: Night, con: Connection, queue: Queue) -> Sent:
    """What one queue sent; of a queue behind its gate what eases alone, in a file of its own.

    Nothing leaves where a check stops the queue, or where all of it has left already.
    """
    sent = Sent(queue.name)
    while True:
        read_stops(night, con)
        select_leaving(night, con, queue, sent)
        if (why := stopped_by_check(con, queue)) is not None:
            sent.held, sent.held_item, sent.acts = why, f"{CHECK_ITEM}{queue.name}:{night.as_of}", 0
        else:
            sent.held, sent.held_item = gate(night, con, queue)
            if sent.held is not None:
                keep_what_eases(con, sent)
        if sent.acts == 0:
            give_up(night, queue)  # what an earlier copy of this run was about to send
            return sent
        if send(night, con, queue, sent):
            reached(f"published {queue.name}")
            return sent


def select_leaving(night: Night, con: Connection, queue: Queue, sent: Sent) -> None:
    """Makes `leaving` (acts) and `bearing` (content rows): due, whole, not stopped, never sent before."""
    attach_parquet(con, "content", [night.folder / "queues" / f"{queue.name}.parquet"])
    con.execute(
        "CREATE OR REPLACE TEMP TABLE borne AS SELECT record_no, unnest(action_ids) AS action_id FROM content"
    )
    weigh_acts(con, "plan.actions")
    con.execute(f"CREATE OR REPLACE TEMP VIEW act AS {sql_text(SQL / 'acts.sql')}")
    judge_stops(con, "act", "candidate", queue.name)
    for name in ("bearing", "leaving"):
        run_sql_file(con, SQL / f"{name}.sql", name, {}, is_temporary=True)
    count_leaving(con, sent)
    sent.lines = stopped_lines(con)
    sent.stopped = len(sent.lines)
    reasons = Counter(line["reason"] for line in sent.lines)
    sent.stopped_for = [{"reason": reason, "acts": acts} for reason, acts in sorted(reasons.items())]


def count_leaving(con: Connection, sent: Sent) -> None:
    """Notes how many acts and records are about to leave."""
    row = con.execute("SELECT (SELECT count(*) FROM leaving), (SELECT count(*) FROM bearing)").fetchone()
    assert row is not None
    sent.acts, sent.records = row


def keep_what_eases(con: Connection, sent: Sent) -> None:
    """Leaves in `leaving` and `bearing` what lays nothing new on anybody: it never waits for a gate.

    Releases, withdrawals, lower or equal amounts and corrections of who somebody is; a record that also
    carries something else stays with it.
    """
    con.execute(
        """DELETE FROM bearing WHERE record_no IN (
             SELECT borne.record_no FROM borne JOIN leaving USING (action_id) WHERE NOT eases)"""
    )
    con.execute(
        """DELETE FROM leaving WHERE NOT eases
             OR (NOT is_covered AND action_id NOT IN (SELECT unnest(action_ids) FROM bearing))"""
    )
    count_leaving(con, sent)


def stopped_by_check(con: Connection, queue: Queue) -> str | None:
    """Why a check of the night keeps back the whole queue, or None."""
    row = con.execute(
        "SELECT min(why), count(*) FROM aside_queue WHERE queue = $queue", {"queue": queue.name}
    ).fetchone()
    return f"a check of the night stops it: {row[0]}" if row and row[1] else None


def stopped_lines(con: Connection) -> list[dict[str, Any]]:
    """Each due act that does not leave, with the reason, as the desk will see it."""
    found = con.execute(
        f"""SELECT {", ".join(LINE)}, coalesce(reason, $carried) FROM candidate
            ANTI JOIN leaving USING (action_id) ORDER BY action_id""",
        {"carried": CARRIED},
    ).fetchall()
    return [dict(zip([*LINE, "reason"], row, strict=True)) for row in found]


def gate(night: Night, con: Connection, queue: Queue) -> tuple[str, str] | tuple[None, None]:
    """Why so many new burdens may not leave at once without a person's word, and the item to decide on.

    The item names these very acts: a word on others does not count. Monthly lines, changed amounts and
    releases are not counted: they lay nothing new on anybody.
    """
    percent, least = (night.profile.value(key, night.as_of).value for key in (GATE_PERCENT, GATE_LEAST))
    row = ask_sql_file(con, SQL / "gate.sql", {"newline": "\n"}).fetchone()
    new, digest, cases = row if row else (0, "", 0)
    most = max(int(cases) * percent // 100, least)
    item = f"gate:{queue.name}:{night.as_of}:{new}-{digest[:8]}"
    if new <= most or _is_approved(night, item):
        return None, None
    return f"{new:,} new acts are more than the gate allows in one run ({most:,})", item


def _is_approved(night: Night, item_id: str) -> bool:
    last = [one["decision"] for one in night.ledger.decisions(night.state) if one["item_id"] == item_id]
    return last[-1:] == ["approve"]


def send(night: Night, con: Connection, queue: Queue, sent: Sent) -> bool:
    """Whether the batch is published, its file in the outbox; false where a stop came in between."""
    outbox = night.store.outbox(night.state, night.as_of)
    copy = f"{night.run.fence}-{secrets.token_hex(4)}"
    content = night.folder / "queues" / f".{queue.name}.{copy}.leaving.parquet"
    write_parquet(con, "SELECT * FROM bearing ORDER BY record_no", content)
    terms = queue.terms(night.profile, night.as_of)
    items = ask_sql_file(con, SQL / "items.sql").to_arrow_table()
    name, written = "", None
    digest = hashlib.sha256("\n".join(items["action_id"].to_pylist()).encode()).hexdigest()
    if sent.records:
        outbox.mkdir(parents=True, exist_ok=True)
        written = write_file(con, queue, terms, content, outbox / f"{queue.name}.txt", copy)
        prove(con, queue, terms, content, written.path)
        digest, sent.amount_cents = written.sha256, written.amount_cents
        name = (outbox / f"{queue.name}.{{batch_no}}.txt").relative_to(night.store.root).as_posix()
    content.unlink()
    batch_no = prepare(night, queue, sent, name, digest, items)
    note_tip(night.store, night.ledger, f"batch {batch_no} of {night.state} prepared")
    reached(f"prepared {queue.name}")
    read_stops(night, con)
    if stops_any(con, items, queue.name):
        night.ledger.abandon_batch(night.run, batch_no, "a stop came before its file left", at=night.at)
        if written is not None:
            written.path.unlink(missing_ok=True)
        return False
    file = name.replace("{batch_no}", f"{batch_no:06d}")

    def leave() -> None:
        if written is not None:
            give_name(night, written.path, night.store.root / file)
            reached(f"renamed {queue.name}")

    night.ledger.publish_batch(night.run, batch_no, at=night.at, leave=leave)
    if written is not None:  # published before, by a twin of this very copy
        written.path.unlink(missing_ok=True)
    sent.file = file or None
    return True


def give_name(night: Night, aside: Path, final: Path) -> None:
    """Renames a file into the outbox; refuses where a newer copy of the run has swept it away."""
    try:
        aside.replace(final)
    except FileNotFoundError:
        raise Refused(
            f"The {night.run.kind} of {night.as_of} in {night.state} was taken over by a newer copy",
            "",
            "Nothing of this batch left; let the newer copy work.",
        ) from None
    sync_folder(final.parent)


def prepare(night: Night, queue: Queue, sent: Sent, name: str, digest: str, items: pa.Table) -> int:
    """The number of the batch, frozen in the ledger; one of this run with other content is given up first."""
    give_up(night, queue, other_than=digest)
    return night.ledger.prepare_batch(
        night.run, queue.name, name, digest, sent.records, sent.amount_cents, items, at=night.at
    )


def give_up(night: Night, queue: Queue, other_than: str = "") -> None:
    """Abandons what was prepared for a queue and has not left, unless it is this very content."""
    for batch in night.ledger.unfinished_batches(night.state):
        if batch.queue == queue.name and batch.sha256 != other_than:
            night.ledger.abandon_batch(night.run, batch.batch_no, "stops changed its content", at=night.at)


def prove(con: Connection, queue: Queue, terms: Terms, content: Path, path: Path) -> None:
    """Raises where the file, read back by its own layout, is not what the ledger is about to hold."""
    con.execute("CREATE OR REPLACE TEMP VIEW told AS SELECT * FROM leaving WHERE NOT is_covered")
    proof = read_back(con, queue, terms, content, path, ledger="told")
    if not proof.is_proven:
        raise ArrearsError(
            f"The file of {queue.name} does not read back as it was written: {'; '.join(proof.faults)}",
            queue.name,
            "Nothing of it left; correct the queue's layout or rows and run the night again",
        )
