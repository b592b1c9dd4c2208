"""What a run plans from, and what it opens, closes and asks for."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from arrears.errors import Refused
from arrears.ledger import schema
from arrears.ledger.book import Book, Writing, known, written
from arrears.ledger.opening import new_acts
from arrears.ledger.records import Cut, Run, utc_text
from arrears.ledger.rows import MANY, SET_BY_US, Rows, arrow, doubled, read, text, texts, whole, without

_TEXT, _DAY, _WHOLE = pa.string(), pa.date32(), pa.int64()


def _shape(text: str, days: str = "", whole: str = "", order: str = "") -> pa.Schema:
    kinds = {name: _TEXT for name in text.split()}
    kinds |= {name: _DAY for name in days.split()} | {name: _WHOLE for name in whole.split()}
    return pa.schema([(name, kinds[name]) for name in (order.split() or kinds)])


EPISODES = _shape(
    "episode_id remedy subject_id case_id person_id close_reason facts_hash",
    "opened_on closed_on",
    "ordinal",
    "episode_id remedy subject_id case_id person_id ordinal opened_on closed_on close_reason facts_hash",
)
PUBLISHED = _shape(
    "action_id remedy subject_id case_id person_id episode_id step kind queue message target_id "
    "content_sha256 carry said_hash",
    "published_on",
    "version amount_cents batch_no",
    "action_id remedy subject_id case_id person_id episode_id step kind queue message target_id "
    "version published_on amount_cents content_sha256 carry said_hash batch_no",
)
DECISIONS = _shape(
    "decision_id item_id episode_id remedy subject_id step decision by_user role because reason_code "
    "facts_hash at",
    "until_on decided_on",
    "position",
    "decision_id item_id episode_id remedy subject_id step decision until_on by_user role because "
    "reason_code facts_hash decided_on at position",
)
ASKS = _shape(
    "item_id episode_id remedy subject_id case_id person_id step kind queue target_id because facts_hash",
    "first_seen_on",
    "amount_cents",
)
ACKNOWLEDGEMENTS = _shape(
    "delivery_id queue action_id result reason_code reason", "answered_on", "line batch_no"
)
PAUSES = _shape("pause_id remedy office by_user because", "from_on to_on", "")
STOPS = ("hold", "reject")


class Plan(Book):
    """Episodes, asks and everything else that a plan rests on."""

    def snapshot(self, state: str, cut: Cut | None = None, only: Collection[str] = ()) -> dict[str, pa.Table]:
        """What the plan rests on at the cut: `episodes`, `published`, `decisions`, `asks`, `pauses`,
        `acknowledgements`; or those of them that `only` names.

        Each is a typed table, in order of position, with its columns also when it has no rows.
        """
        asked = sa.select(schema.asks).where(written(schema.asks, state, cut))
        tables: dict[str, Callable[[sa.Connection], pa.Table]] = {
            "episodes": lambda connection: _episodes(connection, state, cut),
            "published": lambda connection: _publications(connection, state, cut),
            "decisions": lambda connection: _decisions(connection, known(schema.decisions, state, cut)),
            "asks": lambda connection: read(connection, asked.order_by(schema.asks.c.position), ASKS),
            "pauses": lambda connection: _pauses(connection, state, cut),
            "acknowledgements": lambda connection: _acknowledgements(connection, state, cut),
        }
        with self.reading() as connection:
            return {name: table(connection) for name, table in tables.items() if not only or name in only}

    def decisions(self, state: str, cut: Cut | None = None, since: int = 0) -> list[dict[str, Any]]:
        """The decisions of a state within the cut and after a position, oldest first, each with its own."""
        wanted = sa.and_(known(schema.decisions, state, cut), schema.decisions.c.position > since)
        with self.reading() as connection:
            found: list[dict[str, Any]] = _decisions(connection, wanted).to_pylist()
        return found

    def late_stops(self, state: str, cut: Cut, until: datetime | None = None) -> dict[str, pa.Table]:
        """The stops that the cut does not know: `decisions` (hold or reject) and `pauses`.

        Of several late decisions on one item only the last counts. `until` leaves out what is
        dated later; without it, every stop that is written counts.
        """
        with self.reading() as connection:
            decisions = _decisions(connection, _late(schema.decisions, state, cut, until))
            pauses = _pauses(connection, state, cut, _late(schema.pauses, state, cut, until))
        last = {row["item_id"]: row for row in decisions.to_pylist()}
        stops = [row for row in last.values() if row["decision"] in STOPS]
        return {"decisions": pa.Table.from_pylist(stops, DECISIONS), "pauses": pauses}

    def heard(self, state: str) -> int:
        """The position of the last row that may stop something: a decision, a pause or its end, a file."""
        tables = (schema.decisions, schema.pauses, schema.pause_ends, schema.deliveries, schema.loads)
        last = [
            sa.select(table.c.position)
            .where(table.c.state == state)
            .order_by(table.c.position.desc())
            .limit(1)
            .scalar_subquery()
            for table in tables
        ]
        with self.reading() as connection:
            return max(position or 0 for position in connection.execute(sa.select(*last)).one())

    def open_episodes(self, run: Run, rows: Rows, at: datetime | None = None) -> int:
        """The number of episodes opened; those already open under the same id are left alone."""
        opening = _episodes_of(arrow(rows), run)
        with self.writing(run) as tx:
            have = _among(tx, schema.episodes.c.episode_id, run.state, opening["episode_id"])
            fresh = without(opening, "episode_id", have)
            _refuse_second_open(tx, run.state, fresh)
            count = tx.add(schema.episodes, run.state, at or run.cut.known_at, fresh)
            _note(tx, run, at, "open_episodes", count)
        return count

    def close_episodes(self, run: Run, rows: Rows, at: datetime | None = None) -> int:
        """The number of episodes closed; rows hold `episode_id`, `closed_on`, `close_reason`."""
        ends, given = schema.episode_ends, arrow(rows)
        ending = pa.table(
            {
                **texts(given, ("episode_id", "close_reason")),
                "closed_on": text(given, "closed_on", run.as_of.isoformat()),
                "run_id": pa.repeat(run.run_id, given.num_rows),
            }
        )
        with self.writing(run) as tx:
            closed = _among(tx, ends.c.episode_id, run.state, ending["episode_id"])
            fresh = without(ending, "episode_id", closed)
            there = _among(tx, schema.episodes.c.episode_id, run.state, fresh["episode_id"])
            if unknown := without(fresh, "episode_id", there)["episode_id"].to_pylist():
                raise Refused(
                    f"{len(unknown)} episodes to close were never opened", min(unknown), "Open them first."
                )
            _refuse_still_held(tx, run.state, fresh["episode_id"])
            count = tx.add(ends, run.state, at or run.cut.known_at, fresh)
            _note(tx, run, at, "close_episodes", count)
        return count

    def record_asks(self, run: Run, rows: Rows, at: datetime | None = None) -> int:
        """The number of questions put to people for the first time, by item and facts hash."""
        asks, given = schema.asks, arrow(rows)
        names = [c.name for c in asks.columns if c.name not in _NOT_AS_TEXT]
        asked = pa.table(
            {
                **texts(given, names),
                "first_seen_on": text(given, "first_seen_on", run.as_of.isoformat()),
                "amount_cents": whole(given, "amount_cents"),
                "run_id": pa.repeat(run.run_id, given.num_rows),
                "row": pa.array(range(given.num_rows), pa.int64()),
            }
        )
        first = asked.group_by(["item_id", "facts_hash"]).aggregate([("row", "min")])["row_min"]
        asked = asked.take(first.sort())
        with self.writing(run) as tx:
            query = sa.select(asks.c.item_id, asks.c.facts_hash).where(asks.c.state == run.state)
            have = read(tx.connection, query, pa.schema([("item_id", _TEXT), ("facts_hash", _TEXT)]))
            fresh = asked.join(have, ["item_id", "facts_hash"], join_type="left anti").sort_by("row")
            count = tx.add(asks, run.state, at or run.cut.known_at, fresh.drop_columns("row"))
            _note(tx, run, at, "record_asks", count)
        return count

    def import_opening(self, state: str, delivery_id: str, rows: Rows, at: datetime) -> int:
        """The number of acts taken over from the agency's old system, each once for all time.

        A row holds the columns of the caseload's `sent` table, and may say `kind` (by default
        `send`). A cut sees it exactly where it sees the delivery that brought it.
        """
        with self.writing() as tx:
            begun, sent = new_acts(tx.connection, state, delivery_id, arrow(rows).to_pylist())
            tx.add(schema.episodes, state, at, begun)
            count = tx.add(schema.publications, state, at, sent)
            if count:
                tx.audit(state, at, "engine", "opening", delivery_id=delivery_id, rows=count)
        return count


_NOT_AS_TEXT = frozenset((*SET_BY_US, "run_id", "first_seen_on", "amount_cents"))


def _episodes_of(given: pa.Table, run: Run) -> pa.Table:
    """The rows as the ledger keeps episodes; the number of one stands at the end of its id."""
    names = ("episode_id", "remedy", "subject_id", "case_id", "person_id", "facts_hash")
    columns = texts(given, names)
    last = pc.extract_regex(columns["episode_id"], r":(?P<ordinal>[0-9]+)$")
    told = whole(given, "ordinal")
    if told.null_count:
        told = pc.coalesce(told, pc.struct_field(last, "ordinal").cast(pa.int64()))
    return pa.table(
        {
            **columns,
            "ordinal": told,
            "opened_on": text(given, "opened_on", run.as_of.isoformat()),
            "run_id": pa.repeat(run.run_id, given.num_rows),
        }
    )


def _among(tx: Writing, column: sa.Column[str], state: str, wanted: pa.ChunkedArray) -> set[str]:
    """Those of the wanted values that a column of the state's rows holds.

    Of a few it asks; for many it reads the column, which is quicker.
    """
    if not len(wanted):
        return set()
    query = sa.select(column).where(column.table.c.state == state)
    if len(wanted) <= MANY:
        query = query.where(column.in_(wanted.to_pylist()))
    return set(tx.connection.execute(query).scalars()) & set(wanted.to_pylist())


def _refuse_second_open(tx: Writing, state: str, fresh: pa.Table) -> None:
    """Refuses a second open episode of one subject and remedy."""
    if not fresh.num_rows:
        return
    episodes, ends = schema.episodes, schema.episode_ends
    joined = episodes.outerjoin(
        ends, sa.and_(episodes.c.state == ends.c.state, episodes.c.episode_id == ends.c.episode_id)
    )
    query = (
        sa.select(episodes.c.remedy, episodes.c.subject_id)
        .select_from(joined)
        .where(episodes.c.state == state, ends.c.closed_on.is_(None))
    )
    if fresh.num_rows <= MANY:
        query = query.where(episodes.c.subject_id.in_(fresh["subject_id"].to_pylist()))
    key = ["remedy", "subject_id"]
    taken = read(tx.connection, query, pa.schema([(name, _TEXT) for name in key]))
    twice = pa.concat_tables(
        [fresh.join(taken, key, join_type="left semi").select(key), doubled(fresh, key).select(key)]
    )
    if not twice.num_rows:
        return
    again = fresh.join(twice, key, join_type="left semi").sort_by("episode_id").to_pylist()[-1]
    raise Refused(
        f"{again['subject_id']} already has an open episode of {again['remedy']}",
        again["episode_id"],
        "Close it first.",
    )


def _refuse_still_held(tx: Writing, state: str, ending: pa.ChunkedArray) -> None:
    """Refuses to close an episode of which a partner still holds something that was not taken back."""
    table, ids = schema.publications.c, ending.to_pylist()
    held: set[tuple[str, str]] = set()
    released: set[tuple[str, str]] = set()
    for first in range(0, len(ids), MANY):
        query = sa.select(table.episode_id, table.target_id, table.kind).where(
            table.state == state,
            table.kind.in_(("send", "update", "release")),
            table.episode_id.in_(ids[first : first + MANY]),
        )
        for episode_id, target_id, kind in tx.connection.execute(query):
            (released if kind == "release" else held).add((episode_id, target_id))
    if still := sorted(held - released):
        raise Refused(
            f"{len(still)} thing(s) that partners hold were never taken back, so their episodes stay open",
            still[0][0],
            "Run the night again: it plans from everything that has left, and releases first.",
        )


def _note(tx: Writing, run: Run, at: datetime | None, act: str, count: int) -> None:
    if count:
        tx.audit(run.state, at or run.cut.known_at, "engine", act, run_id=run.run_id, rows=count)


def _late(table: sa.Table, state: str, cut: Cut, until: datetime | None) -> sa.ColumnElement[bool]:
    late = sa.and_(table.c.state == state, sa.not_(known(table, state, cut)))
    return late if until is None else sa.and_(late, table.c.at <= utc_text(until))


def _brought(table: sa.Table, state: str, cut: Cut | None) -> sa.ColumnElement[bool]:
    """Our own rows within the cut, and opening rows whose delivery the cut knows."""
    if cut is None:
        return table.c.state == state
    came = sa.select(schema.deliveries.c.delivery_id).where(known(schema.deliveries, state, cut))
    return sa.or_(
        sa.and_(table.c.delivery_id == "", written(table, state, cut)),
        sa.and_(table.c.state == state, table.c.delivery_id != "", table.c.delivery_id.in_(came)),
    )


def _episodes(connection: sa.Connection, state: str, cut: Cut | None) -> pa.Table:
    episodes, ends = schema.episodes, schema.episode_ends
    ended = sa.select(ends).where(written(ends, state, cut)).subquery()
    query = (
        sa.select(
            episodes, ended.c.closed_on, sa.func.coalesce(ended.c.close_reason, "").label("close_reason")
        )
        .select_from(episodes.outerjoin(ended, episodes.c.episode_id == ended.c.episode_id))
        .where(_brought(episodes, state, cut))
    )
    return read(connection, query.order_by(episodes.c.position), EPISODES)


def _publications(connection: sa.Connection, state: str, cut: Cut | None) -> pa.Table:
    table = schema.publications
    query = sa.select(table).where(_brought(table, state, cut))
    return read(connection, query.order_by(table.c.position), PUBLISHED)


def _decisions(connection: sa.Connection, wanted: sa.ColumnElement[bool]) -> pa.Table:
    table = schema.decisions
    return read(connection, sa.select(table).where(wanted).order_by(table.c.position), DECISIONS)


def _acknowledgements(connection: sa.Connection, state: str, cut: Cut | None) -> pa.Table:
    table = schema.acknowledgements
    query = sa.select(table).where(known(table, state, cut))
    return read(connection, query.order_by(table.c.position), ACKNOWLEDGEMENTS)


def _pauses(
    connection: sa.Connection, state: str, cut: Cut | None, wanted: sa.ColumnElement[bool] | None = None
) -> pa.Table:
    """Pauses with the last day that holds within the cut: an end known later changes nothing yet."""
    pauses, ends = schema.pauses, schema.pause_ends
    ended = sa.select(ends).where(known(ends, state, cut)).subquery()
    last = sa.case(
        (ended.c.last_on.is_(None), pauses.c.to_on),
        (sa.or_(pauses.c.to_on.is_(None), ended.c.last_on < pauses.c.to_on), ended.c.last_on),
        else_=pauses.c.to_on,
    )
    columns = [column for column in pauses.columns if column.name != "to_on"]
    query = (
        sa.select(*columns, last.label("to_on"))
        .select_from(pauses.outerjoin(ended, pauses.c.pause_id == ended.c.pause_id))
        .where(known(pauses, state, cut) if wanted is None else wanted)
    )
    return read(connection, query.order_by(pauses.c.position), PAUSES)
