"""What a run plans from, and what it opens, closes and asks for."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from arrears.errors import Refused
from arrears.ledger import schema
from arrears.ledger.acts import (
    TEXT,
    WHOLE,
    Words,
    add_endings,
    add_episodes,
    add_items,
    add_publications,
    begun,
    days,
    id_parts,
    made,
    with_numbers,
)
from arrears.ledger.book import Book, Writing, known, written
from arrears.ledger.opening import OPENING_BATCH, Held, as_told_later, new_acts
from arrears.ledger.records import Cut, Run, utc_text
from arrears.ledger.rows import (
    SET_BY_US,
    Rows,
    arrow,
    doubled,
    lent,
    place_of,
    read,
    read_blocks,
    text,
    texts,
    whole,
)
from arrears.ledger.told import (
    ASKS,
    DECISIONS,
    PUBLISHED,
    late,
    read_decisions,
    read_episodes,
    read_pauses,
    read_publications,
)

STOPS = ("hold", "reject")


class Plan(Book):
    """Episodes, asks and everything else that a plan rests on."""

    def snapshot(
        self, state: str, cut: Cut | None = None, only: Collection[str] = (), said: Collection[str] = ()
    ) -> dict[str, pa.Table]:
        """What the plan rests on at the cut: `episodes`, `published`, `decisions`, `asks`, `pauses`;
        or those of them that `only` names; `said` names columns of what was published.

        Each is a typed table, in order of position, with its columns also when it has no rows.
        """
        with self.blocks(state, cut, only, said) as told:
            return {name: pa.concat_tables(blocks) for name, blocks in told.items()}

    @contextmanager
    def blocks(
        self, state: str, cut: Cut | None = None, only: Collection[str] = (), said: Collection[str] = ()
    ) -> Iterator[dict[str, Iterator[pa.Table]]]:
        """The same, each table block by block: never all of it is in memory. One is read after another."""
        shape = pa.schema([one for one in PUBLISHED if not said or one.name in said])
        asked = sa.select(schema.asks).where(written(schema.asks, state, cut))
        with self.committed() as connection:
            tables: dict[str, Callable[[], Iterator[pa.Table]]] = {
                "episodes": lambda: read_episodes(connection, state, cut),
                "published": lambda: read_publications(connection, state, cut, shape),
                "decisions": lambda: iter([read_decisions(connection, known(schema.decisions, state, cut))]),
                "asks": lambda: read_blocks(connection, asked.order_by(schema.asks.c.position), ASKS),
                "pauses": lambda: iter([read_pauses(connection, state, cut)]),
            }
            yield {name: blocks() for name, blocks in tables.items() if not only or name in only}

    def decisions(self, state: str, cut: Cut | None = None, since: int = 0) -> list[dict[str, Any]]:
        """The decisions of a state within the cut and after a position, oldest first, each with its own."""
        wanted = sa.and_(known(schema.decisions, state, cut), schema.decisions.c.position > since)
        with self.reading() as connection:
            found: list[dict[str, Any]] = read_decisions(connection, wanted).to_pylist()
        return found

    def late_stops(self, state: str, cut: Cut, until: datetime | None = None) -> dict[str, pa.Table]:
        """The stops that the cut does not know: `decisions` (hold or reject) and `pauses`, new or moved.

        Of several late decisions on one item only the last counts. `until` leaves out what is
        dated later; without it, every stop that is written counts.
        """
        with self.reading() as connection:
            decisions = read_decisions(connection, late(schema.decisions, state, cut, until))
            pauses = read_pauses(connection, state, cut, late(schema.pauses, state, cut, until))
            # An end that was corrected to a later day stops too; one that became earlier lifts nothing yet.
            again = sa.select(schema.pause_ends.c.pause_id).where(late(schema.pause_ends, state, cut, until))
            moved = sa.and_(schema.pauses.c.state == state, schema.pauses.c.pause_id.in_(again))
            pauses = pa.concat_tables([pauses, read_pauses(connection, state, None, moved)])
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
        opening, moment = _episodes_of(arrow(rows), run), utc_text(at or run.cut.known_at)
        with self.writing(run) as tx:
            have = begun(tx.connection, run.state, opening["episode_id"])["episode_id"]
            fresh = opening.filter(pc.is_null(place_of(opening["episode_id"], have)))
            _refuse_second_open(tx, run.state, fresh)
            count = add_episodes(tx, run.state, moment, run.run_id, "", fresh)
            _note(tx, run, at, "open_episodes", count)
        return count

    def close_episodes(self, run: Run, rows: Rows, at: datetime | None = None) -> int:
        """The number of episodes closed; rows hold `episode_id`, `closed_on`, `close_reason`."""
        given, moment = arrow(rows), utc_text(at or run.cut.known_at)
        ending = pa.table(
            {
                **texts(given, ("episode_id", "close_reason")),
                "closed_on": text(given, "closed_on", run.as_of.isoformat()),
            }
        )
        with self.writing(run) as tx:
            there = begun(tx.connection, run.state, ending["episode_id"])
            place = place_of(ending["episode_id"], there["episode_id"])
            if unknown := ending.filter(pc.is_null(place))["episode_id"].to_pylist():
                raise Refused(
                    f"{len(unknown)} episodes to close were never opened", min(unknown), "Open them first."
                )
            ending = ending.append_column("episode", there["episode"].take(place))
            fresh = _not_ended(tx, ending)
            _refuse_still_held(tx, fresh)
            count = add_endings(tx, run.state, moment, run.run_id, fresh)
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
            have = read(tx.connection, query, pa.schema([("item_id", TEXT), ("facts_hash", TEXT)]))
            fresh = asked.join(have, ["item_id", "facts_hash"], join_type="left anti").sort_by("row")
            count = tx.add(asks, run.state, at or run.cut.known_at, fresh.drop_columns("row"))
            _note(tx, run, at, "record_asks", count)
        return count

    def import_opening(
        self,
        state: str,
        delivery_id: str,
        parts: Iterable[Rows],
        at: datetime,
        kinds: Mapping[tuple[str, str], str] = MappingProxyType({}),
    ) -> int:
        """The number of acts taken over from the agency's old system, each once for all time.

        A row holds the columns of the caseload's `sent` table; rows of one subject and remedy stand in one
        part. `kinds` says of a remedy's step what kind of
        act it is, else it is `send`. A cut sees it exactly where it sees the delivery that brought it.
        """
        moment, count = utc_text(at), 0
        with self.writing() as tx:
            with self.committed() as before:
                held = Held.of(before, state)
            for rows in parts:
                begin, sent = new_acts(held, arrow(rows), kinds)
                sent = as_told_later(tx.connection, state, sent)
                add_episodes(tx, state, moment, "", delivery_id, begin)
                if sent.num_rows:
                    write = made(tx, state, moment, delivery_id=delivery_id)
                    items = add_items(tx, state, moment, write, OPENING_BATCH, sent)
                    add_publications(tx, state, moment, write, items, days(sent["published_on"]))
                count += sent.num_rows
            if count:
                tx.audit(state, at, "engine", "opening", delivery_id=delivery_id, rows=count)
        return count


_NOT_AS_TEXT = frozenset((*SET_BY_US, "run_id", "first_seen_on", "amount_cents"))


def _episodes_of(given: pa.Table, run: Run) -> pa.Table:
    """The rows as the ledger keeps episodes; the number of one stands at the end of its id."""
    columns = texts(given, ("episode_id", "remedy", "subject_id", "case_id", "person_id", "facts_hash"))
    told = whole(given, "ordinal")
    if told.null_count:
        told = pc.coalesce(told, id_parts(columns["episode_id"])["ordinal"])
    opened_on = text(given, "opened_on", run.as_of.isoformat())
    return pa.table({**columns, "ordinal": told, "opened_on": opened_on})


def _refuse_second_open(tx: Writing, state: str, fresh: pa.Table) -> None:
    """Refuses a second open episode of one subject and remedy."""
    table, ends, key = schema.episodes.c, schema.episode_ends.c, ("state", "remedy", "subject_id")
    asked = with_numbers(Words(tx.connection), state, fresh.select(["remedy", "subject_id", "episode_id"]))
    with lent(tx.connection, asked) as given:
        joined = given.join(schema.episodes, sa.and_(*[table[name] == given.c[name] for name in key]))
        joined = joined.outerjoin(schema.episode_ends, ends.episode == table.position)
        query = sa.select(given.c.episode_id).select_from(joined).where(ends.position.is_(None))
        taken = tx.connection.execute(query).scalars().all()
    twice = fresh.join(
        doubled(fresh, ["remedy", "subject_id"]), ["remedy", "subject_id"], join_type="left semi"
    )
    if again := max([*taken, *twice["episode_id"].to_pylist()], default=""):
        remedy, _, rest = again.partition(":")
        raise Refused(
            f"{rest.rpartition(':')[0]} already has an open episode of {remedy}", again, "Close it first."
        )


def _not_ended(tx: Writing, ending: pa.Table) -> pa.Table:
    """Those of these episodes that have not ended."""
    ends = schema.episode_ends.c
    with lent(tx.connection, ending.select(["episode"])) as given:
        query = sa.select(ends.episode).join_from(given, schema.episode_ends, ends.episode == given.c.episode)
        ended = read(tx.connection, query, pa.schema([("episode", WHOLE)]))
    return ending.filter(pc.is_null(place_of(ending["episode"], ended["episode"])))


def _refuse_still_held(tx: Writing, ending: pa.Table) -> None:
    """Refuses to close an episode of which a partner still holds something that was not taken back."""
    sent, item, shape = (
        schema.publications.c,
        schema.batch_items.c,
        pa.schema([("episode_id", TEXT), ("target_id", TEXT), ("kind", WHOLE)]),
    )
    with lent(tx.connection, ending.select(["episode_id", "episode"])) as given:
        query = sa.select(given.c.episode_id, sent.target_id, item.kind).select_from(
            given.join(schema.publications, sent.episode == given.c.episode).join(
                schema.batch_items, item.position == sent.item
            )
        )
        told = read(tx.connection, query, shape)
    kind, target = Words(tx.connection).said(told["kind"]), ["episode_id", "target_id"]
    back = told.filter(pc.fill_null(pc.equal(kind, "release"), False)).select(target)
    held = told.filter(pc.is_in(kind, pa.array(["send", "update"]))).select(target)
    still = held.join(back, target, join_type="left anti").group_by(target).aggregate([])
    if still.num_rows:
        raise Refused(
            f"{still.num_rows} thing(s) that partners hold were never taken back: their episodes stay open",
            pc.min(still["episode_id"]).as_py(),
            "Run the night again: it plans from everything that has left, and releases first.",
        )


def _note(tx: Writing, run: Run, at: datetime | None, act: str, count: int) -> None:
    if count:
        tx.audit(run.state, at or run.cut.known_at, "engine", act, run_id=run.run_id, rows=count)
