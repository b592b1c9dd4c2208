"""What the ledger holds of a state, as typed tables in order of position; many rows come block by block."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from arrears.ledger import schema
from arrears.ledger.acts import DAY, SAME, TEXT, WHOLE, episode_blocks, said_blocks
from arrears.ledger.book import Book, known
from arrears.ledger.records import Cut, utc_text
from arrears.ledger.rows import Reader, read


def _shape(text: str, days: str = "", whole: str = "", order: str = "") -> pa.Schema:
    kinds = {name: TEXT for name in text.split()}
    kinds |= {name: DAY for name in days.split()} | {name: WHOLE for name in whole.split()}
    return pa.schema([(name, kinds[name]) for name in (order.split() or kinds)])


EPISODES = _shape(
    "episode_id remedy subject_id case_id person_id close_reason facts_hash",
    "opened_on closed_on",
    "ordinal",
    "episode_id remedy subject_id case_id person_id ordinal opened_on closed_on close_reason facts_hash",
)
PUBLISHED = _shape(
    "action_id remedy subject_id case_id person_id episode_id step kind queue message target_id "
    "carry said_hash",
    "published_on",
    "version amount_cents batch_no",
    "action_id remedy subject_id case_id person_id episode_id step kind queue message target_id "
    "version published_on amount_cents carry said_hash batch_no",
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
PAUSES = _shape("pause_id remedy office by_user because", "from_on to_on planned_to_on", "")


def late(table: sa.Table, state: str, cut: Cut, until: datetime | None) -> sa.ColumnElement[bool]:
    """The condition for the rows of a history table that the cut does not know, dated by `until`."""
    unknown = sa.and_(table.c.state == state, sa.not_(known(table, state, cut)))
    return unknown if until is None else sa.and_(unknown, table.c.at <= utc_text(until))


def brought(table: sa.Table, state: str, cut: Cut | None) -> sa.ColumnElement[bool]:
    """The condition for our own rows within the cut, and opening rows whose delivery the cut knows."""
    writes = schema.writes.c
    theirs = writes.state == state
    if cut is not None:
        came = sa.select(schema.deliveries.c.delivery_id).where(known(schema.deliveries, state, cut))
        ours = sa.and_(writes.delivery_id == "", writes.position <= cut.position)
        theirs = sa.and_(theirs, sa.or_(ours, writes.delivery_id.in_(came)))
    return table.c.made.in_(sa.select(writes.position).where(theirs))


def read_episodes(
    connection: Reader, state: str, cut: Cut | None, about: sa.ColumnElement[bool] | None = None
) -> Iterator[pa.Table]:
    """Episodes with how they ended within the cut, or those of them that `about` tells."""
    episodes, ends = schema.episodes, schema.episode_ends
    ended = sa.and_(
        ends.c.episode == episodes.c.position, sa.true() if cut is None else ends.c.position <= cut.position
    )
    rows, where = episodes.outerjoin(ends, ended), brought(episodes, state, cut)
    return episode_blocks(connection, rows, EPISODES, where if about is None else sa.and_(where, about))


def read_publications(
    connection: Reader,
    state: str,
    cut: Cut | None,
    shape: pa.Schema,
    about: sa.ColumnElement[bool] | None = None,
) -> Iterator[pa.Table]:
    """What was published within the cut, or of it what belongs to the episodes that `about` tells."""
    sent, items, episodes = schema.publications, schema.batch_items, schema.episodes
    rows = sent.join(items, items.c.position == sent.c.item).join(
        episodes, episodes.c.position == sent.c.episode
    )
    where, days_told = brought(sent, state, cut), {"published_on": sent.c.published_on}
    where = where if about is None else sa.and_(where, about)
    return said_blocks(connection, rows, shape, where, sent.c.position, days_told)


def read_decisions(connection: Reader, wanted: sa.ColumnElement[bool]) -> pa.Table:
    """The decisions of people that `wanted` tells."""
    table = schema.decisions
    return read(connection, sa.select(table).where(wanted).order_by(table.c.position), DECISIONS)


def read_pauses(
    connection: Reader, state: str, cut: Cut | None, wanted: sa.ColumnElement[bool] | None = None
) -> pa.Table:
    """Pauses, one row for each remedy, with the last day that holds within the cut and the one first set.

    An end known later changes nothing yet; of several the last one counts.
    """
    pauses, ends = schema.pauses, schema.pause_ends
    which = sa.select(sa.func.max(ends.c.position)).where(known(ends, state, cut)).group_by(ends.c.pause_id)
    ended = sa.select(ends).where(ends.c.position.in_(which)).subquery()
    last = sa.case(
        (sa.func.coalesce(ended.c.last_on, "") == "", pauses.c.to_on),
        (sa.or_(pauses.c.to_on.is_(None), ended.c.last_on < pauses.c.to_on), ended.c.last_on),
        else_=pauses.c.to_on,
    )
    columns = [column for column in pauses.columns if column.name != "to_on"]
    query = (
        sa.select(*columns, last.label("to_on"), pauses.c.to_on.label("planned_to_on"))
        .select_from(pauses.outerjoin(ended, pauses.c.pause_id == ended.c.pause_id))
        .where(known(pauses, state, cut) if wanted is None else wanted)
    )
    found = read(connection, query.order_by(pauses.c.position), PAUSES)
    remedies = pc.split_pattern(found["remedy"].combine_chunks(), " ")
    each = found.take(pc.list_parent_indices(remedies))
    return each.set_column(each.column_names.index("remedy"), "remedy", pc.list_flatten(remedies))


class Lives(Book):
    """What the ledger holds of single cases."""

    def life_of(self, state: str, case: str, persons: Collection[str]) -> dict[str, pa.Table]:
        """Everything of one case and, where it is about no case, of its persons, oldest first: `episodes`,
        `published` and `decisions`.
        """
        table, choices = schema.episodes.c, schema.decisions
        own = sa.or_(table.person_id.in_(persons), table.subject_id.in_(persons))
        about = sa.or_(
            table.subject_id == case, table.case_id == case, sa.and_(table.case_id.in_(("", SAME)), own)
        )
        with self.committed() as connection:
            episodes = pa.concat_tables(read_episodes(connection, state, None, about))
            sent = pa.concat_tables(read_publications(connection, state, None, PUBLISHED, about))
            ids = episodes["episode_id"].to_pylist()
            mine = sa.or_(choices.c.subject_id.in_([case, *persons]), choices.c.episode_id.in_(ids))
            said = read_decisions(connection, sa.and_(known(choices, state, None), mine))
        return {"episodes": episodes, "published": sent, "decisions": said}

    def sent_about(self, state: str, person: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The episodes of a person, and all that was ever sent of them, oldest first, as `EPISODES` and
        `PUBLISHED`.
        """
        table = schema.episodes.c
        about = sa.or_(table.person_id == person, table.subject_id == person)
        with self.committed() as connection:
            episodes = pa.concat_tables(read_episodes(connection, state, None, about))
            sent = pa.concat_tables(read_publications(connection, state, None, PUBLISHED, about))
        return episodes.to_pylist(), sent.to_pylist()
