"""Queue files: prepared with frozen content, then published once or abandoned for good."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from arrears.errors import Refused
from arrears.ledger import chain, schema
from arrears.ledger.acts import (
    TEXT,
    WHOLE,
    add_items,
    add_publications,
    days,
    made,
    said_of,
    same,
)
from arrears.ledger.book import Book, Writing
from arrears.ledger.records import Batch, Run, utc_text, utc_time
from arrears.ledger.rows import Rows, arrow, doubled, lent, read, shape_of, texts, whole

# What an item of a batch says.
ITEM_TEXT = (
    *("action_id", "remedy", "subject_id", "case_id", "person_id", "episode_id", "step", "kind"),
    *("queue", "message", "target_id", "carry", "said_hash"),
)
ITEM = pa.schema([*[(name, TEXT) for name in ITEM_TEXT], ("version", WHOLE), ("amount_cents", WHOLE)])


class Batches(Book):
    """The batches and publications of a ledger."""

    def prepare_batch(
        self,
        run: Run,
        queue: str,
        file_name: str,
        sha256: str,
        records: int,
        amount_cents: int,
        items: Rows,
        at: datetime,
    ) -> int:
        """The number of the batch, frozen with its items but not yet published.

        Prepared again with the same content it keeps its number; after it was abandoned it gets a
        new one. `file_name` may hold `{batch_no}`, which becomes that number.
        """
        rows = _items_of(arrow(items), queue)
        with self.writing(run) as tx:
            for batch in batches_of(tx.connection, run.state, schema.batches.c.queue == queue):
                if (batch.run_id, batch.sha256) == (run.run_id, sha256) and batch.status != "abandoned":
                    return batch.batch_no
                if batch.status == "prepared":
                    raise Refused(
                        f"Batch {batch.batch_no} of {queue} is neither published nor abandoned",
                        batch.run_id,
                        "Finish or abandon it first.",
                    )
            _refuse_double(rows, queue)
            number, moment = _next_number(tx.connection, run.state), utc_text(at)
            items = add_items(tx, run.state, moment, made(tx, run.state, moment, run.run_id), number, rows)
            _refuse_published(tx.connection, run.state, queue, items)
            batch_row = {
                "batch_no": number,
                "queue": queue,
                "file_name": file_name.replace("{batch_no}", f"{number:06d}"),
                "sha256": sha256,
                "records": records,
                "amount_cents": amount_cents,
                "run_id": run.run_id,
                "as_of": run.as_of.isoformat(),
            }
            block = {"first_item": pc.min(items["position"]).as_py() or 0, "items": items.num_rows}
            tx.add(schema.batches, run.state, at, [{**batch_row, **block}])
            tx.audit(run.state, at, "engine", "prepare", **batch_row, items=rows.num_rows)
        return number

    def abandon_batch(self, run: Run, batch_no: int, because: str, at: datetime) -> None:
        """Gives a prepared batch up; its number is burnt. Abandoning it again changes nothing."""
        with self.writing(run) as tx:
            batch = _one(tx.connection, run.state, batch_no)
            if batch.status == "abandoned":
                return
            if batch.status == "published":
                raise Refused(f"Batch {batch_no} is published", run.state, "Send a retraction instead.")
            set_end(tx, run.state, run.run_id, batch_no, "abandoned", because, at)

    def publish_batch(
        self, run: Run, batch_no: int, at: datetime, leave: Callable[[], None] | None = None
    ) -> int:
        """The number of items published; for a batch that is already published, 0.

        Any live run of the state may publish a batch that an earlier, crashed run has prepared.
        `leave` gives the file its final name: it is called under the ledger's lock, after the last look
        at the lease, so that no newer copy can begin between the two.
        """
        with self.writing(run) as tx:
            batch = _one(tx.connection, run.state, batch_no)
            if batch.status == "published":
                return 0
            if batch.status == "abandoned":
                raise Refused(f"Batch {batch_no} was abandoned", run.state, "Prepare a new one.")
            written = publish_items(tx, batch, run.run_id, at)
            if leave is not None:
                leave()
        return written

    def unfinished_batches(self, state: str) -> list[Batch]:
        """Batches prepared and then neither published nor abandoned."""
        with self.reading() as connection:
            return batches_of(connection, state, schema.batch_ends.c.status.is_(None))

    def batches(self, state: str, as_of: date | None = None) -> list[Batch]:
        """The batches of a state (of one date), by number."""
        wanted = sa.true() if as_of is None else schema.batches.c.as_of == as_of.isoformat()
        with self.reading() as connection:
            return batches_of(connection, state, wanted)

    def batch_items(self, state: str, batch_no: int) -> list[dict[str, Any]]:
        """The frozen items of one batch, in the order in which they were prepared."""
        items, episodes = schema.batch_items, schema.episodes
        rows = items.join(episodes, episodes.c.position == items.c.episode)
        with self.reading() as connection:
            batch = _one(connection, state, batch_no)
            said = said_of(connection, rows, ITEM, _of(batch), items.c.position)
        told: list[dict[str, Any]] = said.to_pylist()
        return told


def _items_of(given: pa.Table, queue: str) -> pa.Table:
    """The rows as the ledger keeps what one item of a queue's batch says."""
    said = texts(given, ITEM_TEXT) | {"queue": pa.repeat(queue, given.num_rows)}
    return pa.table(
        said | {"version": whole(given, "version", 1), "amount_cents": whole(given, "amount_cents")}
    )


def _of(batch: Batch) -> sa.ColumnElement[bool]:
    """The condition for the items of a batch, which stand after one another."""
    position = schema.batch_items.c.position
    return position.between(batch.first_item, batch.first_item + batch.items - 1)


def batches_of(connection: sa.Connection, state: str, wanted: sa.ColumnElement[bool]) -> list[Batch]:
    """The batches of a state that are wanted, each with how it ended, by number."""
    batches, ends = schema.batches, schema.batch_ends
    joined = batches.outerjoin(
        ends, sa.and_(batches.c.state == ends.c.state, batches.c.batch_no == ends.c.batch_no)
    )
    query = (
        sa.select(batches, ends.c.status, ends.c.because, ends.c.at.label("ended_at"))
        .select_from(joined)
        .where(batches.c.state == state, wanted)
        .order_by(batches.c.batch_no)
    )
    return [
        Batch(
            state=row.state,
            batch_no=row.batch_no,
            queue=row.queue,
            file_name=row.file_name,
            sha256=row.sha256,
            records=row.records,
            amount_cents=row.amount_cents,
            run_id=row.run_id,
            as_of=date.fromisoformat(row.as_of),
            prepared_at=utc_time(row.at),
            status=row.status or "prepared",
            ended_at=utc_time(row.ended_at) if row.ended_at else None,
            because=row.because or "",
            first_item=row.first_item,
            items=row.items,
        )
        for row in connection.execute(query)
    ]


def _one(connection: sa.Connection, state: str, batch_no: int) -> Batch:
    found = batches_of(connection, state, schema.batches.c.batch_no == batch_no)
    if not found:
        raise Refused(f"There is no batch {batch_no} in {state}", "", "List the batches first.")
    return found[0]


def _refuse_double(rows: pa.Table, queue: str) -> None:
    twice = doubled(rows, schema.KEY)
    if twice.num_rows:
        double = pc.sum(twice["count_all"]).as_py() - twice.num_rows
        raise Refused(f"{double} items of this batch of {queue} are in it twice", "", "Plan again.")


def _refuse_published(connection: sa.Connection, state: str, queue: str, items: pa.Table) -> None:
    """Refuses while nothing has left yet what the database would refuse when the file is out."""
    sent, key = schema.publications.c, ["episode", "queue", "step", "version", "target_id"]
    with lent(connection, items.select([*key, "position"])) as given:
        again = sa.select(given.c.position).join_from(
            given, schema.publications, sa.and_(*[sent[name] == given.c[name] for name in key])
        )
        found = read(connection, again.order_by(given.c.position), pa.schema([("position", WHOLE)]))
    if not found.num_rows:
        return
    rows = schema.batch_items.join(
        schema.episodes, schema.episodes.c.position == schema.batch_items.c.episode
    )
    position = schema.batch_items.c.position
    own = position == found["position"][0].as_py()
    [first] = said_of(connection, rows, ITEM, own, position).to_pylist()
    raise Refused(
        f"{found.num_rows} items of this batch of {queue} are already published",
        f"The first is {first['episode_id']} step {first['step']} version {first['version']}",
        "Plan again from the ledger as it is now.",
    )


def _next_number(connection: sa.Connection, state: str) -> int:
    table = schema.batches.c
    highest = sa.select(sa.func.coalesce(sa.func.max(table.batch_no), 0)).where(table.state == state)
    return int(connection.execute(highest).scalar_one()) + 1


def publish_items(tx: Writing, batch: Batch, run_id: str, at: datetime) -> int:
    """The number of items of a prepared batch that now count as published."""
    items = schema.batch_items
    query = sa.select(items).where(_of(batch)).order_by(items.c.position)
    prepared = read(tx.connection, query, shape_of(items))
    _refuse_published(tx.connection, batch.state, batch.queue, prepared)
    # The day of the run that prepared it: the file on disk says so too.
    day, moment = days(same(prepared.num_rows, batch.as_of.isoformat(), TEXT)), utc_text(at)
    write = made(tx, batch.state, moment, run_id)
    written = add_publications(tx, batch.state, moment, write, prepared, day)
    about = {"sha256": batch.sha256, "items": written}
    set_end(tx, batch.state, run_id, batch.batch_no, "published", "", at, **about)
    return written


def set_end(
    tx: Writing,
    state: str,
    run_id: str,
    batch_no: int,
    status: str,
    because: str,
    at: datetime,
    **about: Any,
) -> None:
    """Writes how a batch ended, and under which run."""
    row = {"batch_no": batch_no, "status": status, "because": because, "run_id": run_id}
    tx.add(schema.batch_ends, state, at, [row])
    about["because_sha256"] = chain.digest(because)
    tx.audit(state, at, "engine", status, batch_no=batch_no, run_id=run_id, **about)


def refuse_unfinished_batches(connection: sa.Connection, state: str, run_id: str) -> None:
    """Refuses where a batch of the run was prepared and then neither published nor abandoned."""
    batches, ends = schema.batches, schema.batch_ends
    joined = batches.outerjoin(
        ends, sa.and_(batches.c.state == ends.c.state, batches.c.batch_no == ends.c.batch_no)
    )
    open_ones = connection.execute(
        sa.select(batches.c.batch_no)
        .select_from(joined)
        .where(batches.c.state == state, batches.c.run_id == run_id, ends.c.status.is_(None))
        .order_by(batches.c.batch_no)
    ).scalars()
    numbers = ", ".join(str(number) for number in open_ones)
    if numbers:
        raise Refused(
            f"Batch {numbers} of {run_id} is neither published nor abandoned",
            "",
            "Finish or abandon it first.",
        )


def refuse_any_batch(connection: sa.Connection, state: str, run_id: str, as_of: date) -> None:
    """Refuses where anything has left in the name of the run."""
    refuse_unfinished_batches(connection, state, run_id)
    batches, ends = schema.batches, schema.batch_ends
    sent = connection.execute(
        sa.select(ends.c.batch_no)
        .join(batches, sa.and_(batches.c.state == ends.c.state, batches.c.batch_no == ends.c.batch_no))
        .where(batches.c.state == state, batches.c.run_id == run_id, ends.c.status == "published")
    ).first()
    if sent is not None:
        raise Refused(
            f"The night of {as_of} in {state} has sent files and cannot be absent", "", "Finish and close it."
        )
