"""What a run plans from, and what it opens, closes and asks for."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from arrears.errors import Refused
from arrears.ledger import schema
from arrears.ledger.book import MANY, Book, Row, Rows, Writing, day_text, each_row, known, plain, written
from arrears.ledger.opening import new_acts
from arrears.ledger.records import Cut, Run, utc_text

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
        read: dict[str, Callable[[sa.Connection], pa.Table]] = {
            "episodes": lambda connection: _episodes(connection, state, cut),
            "published": lambda connection: _publications(connection, state, cut),
            "decisions": lambda connection: _decisions(connection, known(schema.decisions, state, cut)),
            "asks": lambda connection: _table(connection, ASKS, asked, schema.asks.c.position),
            "pauses": lambda connection: _pauses(connection, state, cut),
            "acknowledgements": lambda connection: _acknowledgements(connection, state, cut),
        }
        with self.reading() as connection:
            return {name: table(connection) for name, table in read.items() if not only or name in only}

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

    def open_episodes(self, run: Run, rows: Rows, at: datetime | None = None) -> int:
        """The number of episodes opened; those already open under the same id are left alone."""
        with self.writing(run) as tx:
            table = schema.episodes
            have = set(_values(tx, table.c.episode_id, table.c.state == run.state))
            fresh = [_episode(row, run) for row in each_row(rows) if row["episode_id"] not in have]
            _refuse_second_open(tx, run.state, fresh)
            count = tx.add(table, run.state, at or run.cut.known_at, fresh)
            _note(tx, run, at, "open_episodes", count)
        return count

    def close_episodes(self, run: Run, rows: Rows, at: datetime | None = None) -> int:
        """The number of episodes closed; rows hold `episode_id`, `closed_on`, `close_reason`."""
        ends = schema.episode_ends
        with self.writing(run) as tx:
            closed = set(_values(tx, ends.c.episode_id, ends.c.state == run.state))
            there = set(_values(tx, schema.episodes.c.episode_id, schema.episodes.c.state == run.state))
            fresh = [
                {
                    "episode_id": str(row["episode_id"]),
                    "closed_on": day_text(row.get("closed_on")) or run.as_of.isoformat(),
                    "close_reason": str(row.get("close_reason") or ""),
                    "run_id": run.run_id,
                }
                for row in each_row(rows)
                if row["episode_id"] not in closed
            ]
            if unknown := sorted({row["episode_id"] for row in fresh} - there):
                raise Refused(
                    f"{len(unknown)} episodes to close were never opened", unknown[0], "Open them first."
                )
            _refuse_still_held(tx, run.state, [row["episode_id"] for row in fresh])
            count = tx.add(ends, run.state, at or run.cut.known_at, fresh)
            _note(tx, run, at, "close_episodes", count)
        return count

    def record_asks(self, run: Run, rows: Rows, at: datetime | None = None) -> int:
        """The number of questions put to people for the first time, by item and facts hash."""
        asks = schema.asks
        names = [c.name for c in asks.columns if c.name not in _SET_BY_US]
        with self.writing(run) as tx:
            query = sa.select(asks.c.item_id, asks.c.facts_hash).where(asks.c.state == run.state)
            have = {tuple(row) for row in tx.connection.execute(query)}
            fresh = []
            for row in each_row(rows):
                key = (str(row["item_id"]), str(row.get("facts_hash") or ""))
                if key in have:
                    continue
                have.add(key)
                amount = row.get("amount_cents")
                own = {
                    "first_seen_on": day_text(row.get("first_seen_on")) or run.as_of.isoformat(),
                    "amount_cents": None if amount is None else int(amount),
                    "run_id": run.run_id,
                }
                fresh.append({**plain(row, names), **own})
            count = tx.add(asks, run.state, at or run.cut.known_at, fresh)
            _note(tx, run, at, "record_asks", count)
        return count

    def import_opening(self, state: str, delivery_id: str, rows: Rows, at: datetime) -> int:
        """The number of acts taken over from the agency's old system, each once for all time.

        A row holds the columns of the caseload's `sent` table, and may say `kind` (by default
        `send`). A cut sees it exactly where it sees the delivery that brought it.
        """
        with self.writing() as tx:
            begun, sent = new_acts(tx.connection, state, delivery_id, each_row(rows))
            tx.add(schema.episodes, state, at, begun)
            count = tx.add(schema.publications, state, at, sent)
            if count:
                tx.audit(state, at, "engine", "opening", delivery_id=delivery_id, rows=count)
        return count


_SET_BY_US = frozenset(["position", "at", "state", "run_id", "first_seen_on", "amount_cents"])


def _episode(row: Row, run: Run) -> dict[str, Any]:
    ordinal = row.get("ordinal")
    return {
        **plain(row, ("episode_id", "remedy", "subject_id", "case_id", "person_id", "facts_hash")),
        "ordinal": int(str(row["episode_id"]).rpartition(":")[2] if ordinal is None else ordinal),
        "opened_on": day_text(row.get("opened_on")) or run.as_of.isoformat(),
        "run_id": run.run_id,
    }


def _refuse_second_open(tx: Writing, state: str, fresh: Sequence[Row]) -> None:
    """Refuses a second open episode of one subject and remedy."""
    episodes, ends = schema.episodes, schema.episode_ends
    joined = episodes.outerjoin(
        ends, sa.and_(episodes.c.state == ends.c.state, episodes.c.episode_id == ends.c.episode_id)
    )
    query = (
        sa.select(episodes.c.remedy, episodes.c.subject_id)
        .select_from(joined)
        .where(episodes.c.state == state, ends.c.closed_on.is_(None))
    )
    taken = {tuple(row) for row in tx.connection.execute(query)}
    for row in fresh:
        key = (row["remedy"], row["subject_id"])
        if key in taken:
            raise Refused(
                f"{row['subject_id']} already has an open episode of {row['remedy']}",
                row["episode_id"],
                "Close it first.",
            )
        taken.add(key)


def _refuse_still_held(tx: Writing, state: str, ending: Sequence[str]) -> None:
    """Refuses to close an episode of which a partner still holds something that was not taken back."""
    table = schema.publications.c
    held: set[tuple[str, str]] = set()
    released: set[tuple[str, str]] = set()
    for first in range(0, len(ending), MANY):
        query = sa.select(table.episode_id, table.target_id, table.kind).where(
            table.state == state,
            table.kind.in_(("send", "update", "release")),
            table.episode_id.in_(ending[first : first + MANY]),
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


def _values(tx: Writing, column: sa.ColumnElement[Any], wanted: sa.ColumnElement[bool]) -> Iterable[Any]:
    return tx.connection.execute(sa.select(column).where(wanted)).scalars()


def _late(table: sa.Table, state: str, cut: Cut, until: datetime | None) -> sa.ColumnElement[bool]:
    late = sa.and_(table.c.state == state, sa.not_(known(table, state, cut)))
    return late if until is None else sa.and_(late, table.c.at <= utc_text(until))


def _table(
    connection: sa.Connection, shape: pa.Schema, query: sa.Select[Any], order: sa.ColumnElement[Any]
) -> pa.Table:
    """The rows as a typed table; a day kept as `''` or NULL becomes NULL."""
    found = connection.execute(query.order_by(order))
    names = list(found.keys())
    # Column by column: a plan reads a year of history in one go.
    by_name = dict(zip(names, zip(*found.all(), strict=True), strict=False))
    columns = []
    for kind in shape:
        values = by_name.get(kind.name, ())
        if kind.type == _DAY:
            columns.append(pa.array([day or None for day in values], _TEXT).cast(_DAY))
        else:
            columns.append(pa.array(values, kind.type))
    return pa.Table.from_arrays(columns, schema=shape)


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
    return _table(connection, EPISODES, query, episodes.c.position)


def _publications(connection: sa.Connection, state: str, cut: Cut | None) -> pa.Table:
    table = schema.publications
    query = sa.select(table).where(_brought(table, state, cut))
    return _table(connection, PUBLISHED, query, table.c.position)


def _decisions(connection: sa.Connection, wanted: sa.ColumnElement[bool]) -> pa.Table:
    table = schema.decisions
    return _table(connection, DECISIONS, sa.select(table).where(wanted), table.c.position)


def _acknowledgements(connection: sa.Connection, state: str, cut: Cut | None) -> pa.Table:
    table = schema.acknowledgements
    query = sa.select(table).where(known(table, state, cut))
    return _table(connection, ACKNOWLEDGEMENTS, query, table.c.position)


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
    return _table(connection, PAUSES, query, pauses.c.position)
