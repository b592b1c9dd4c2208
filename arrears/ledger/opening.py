"""The opening ledger: what the agency had already sent before Arrears took over."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from arrears.ledger import schema
from arrears.ledger.acts import TEXT, WHOLE, action_id, episode_blocks, id_of, said_blocks
from arrears.ledger.rows import Reader, place_of, text, texts, whole

OPENING_BATCH = 0
# How many acts are taken over at a time: some 700 bytes each while it happens.
MOST = 500_000
# Steps that stand on no card: whatever was laid on is kept up and taken back by them.
UPKEEP = {"update": "update", "identity_in": "update", "identity_out": "update", "release": "release"}
TARGET = ("remedy", "subject_id", "target_id")
_APART = "\x1f"
_KEY = ("remedy", "subject_id", "step", "target_id")
SUBJECT = ("remedy", "subject_id")
_TEXT = ("remedy", "subject_id", "case_id", "person_id", "step", "queue", "message", "target_id", "carry")


def whole_subjects(blocks: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The rows of the blocks, those of one subject and remedy in one; they come in their order."""
    held = next(blocks, None)
    if held is None:
        return
    for more in blocks:
        each = _one(texts(held, SUBJECT), SUBJECT)
        last = pc.index(each, each[-1]).as_py()
        if last:
            yield held.slice(0, last)
        held = pa.concat_tables([held.slice(last), more])
    yield held


@dataclass(frozen=True)
class Held:
    """What the ledger holds before: acts, taken over and our own, and the episodes that count."""

    acts: pa.ChunkedArray
    episodes: pa.Table

    @classmethod
    def of(cls, connection: Reader, state: str) -> "Held":
        """What a ledger holds of a state."""
        shape = pa.schema([*[(name, TEXT) for name in _KEY], ("published_on", pa.date32())])
        return cls(_which(_told(connection, state, shape)), _latest_episodes(connection, state))


def new_acts(held: Held, rows: pa.Table, kinds: Mapping[tuple[str, str], str]) -> tuple[pa.Table, pa.Table]:
    """The episodes and publications that these rows add to what the ledger held, days as ISO text.

    An act joins the open episode of its subject and remedy; without one it begins the next.
    """
    acts = _acts_of(rows, kinds)
    acts = acts.filter(pc.is_null(place_of(_which(acts), held.acts)))
    place = place_of(_one(acts, SUBJECT), _one(held.episodes, SUBJECT))
    last = pc.fill_null(held.episodes["ordinal"].take(place), 0)
    begins = pc.fill_null(pc.invert(held.episodes["is_open"].take(place)), True)
    acts = acts.append_column("ordinal", pc.if_else(begins, pc.add(last, 1), last))
    acts = acts.append_column("episode_id", id_of(acts))
    acts = acts.append_column("action_id", action_id(acts))
    return _begun(acts.filter(begins)), acts


def as_told_later(connection: Reader, state: str, acts: pa.Table) -> pa.Table:
    """The acts, each update as the next version of what its partner holds of the target, by day.

    Else the next night would find the older word to be the last one, and send the update again.
    """
    is_later = pc.equal(acts["kind"], UPKEEP["update"])
    if not pc.any(is_later).as_py():
        return acts
    first, later = acts.filter(pc.invert(is_later)), acts.filter(is_later)
    shape = pa.schema([*[(name, TEXT) for name in TARGET], ("version", WHOLE)])
    told = pa.concat_tables([_told(connection, state, shape), first.select(shape.names)])
    last = pa.table({"key": _one(told, TARGET), "version": told["version"]})
    last = last.group_by("key", use_threads=False).aggregate([("version", "max")])
    later = later.append_column("key", _one(later, TARGET))
    later = later.take(pc.sort_indices(later, [("key", "ascending"), ("published_on", "ascending")]))
    known = pc.fill_null(last["version_max"].take(place_of(later["key"], last["key"])), 0)
    place = pa.array(range(later.num_rows), pa.int64())
    before = pc.subtract(place, place_of(later["key"], later["key"]))  # earlier ones of the same target
    version = pc.add(known, pc.add(before, 1))
    later = later.set_column(later.column_names.index("version"), "version", version).drop_columns("key")
    later = later.set_column(later.column_names.index("action_id"), "action_id", action_id(later))
    return pa.concat_tables([first, later])


def _told(connection: Reader, state: str, shape: pa.Schema) -> pa.Table:
    """All that the partners of a state were told so far, by the columns of a shape."""
    table, items, episodes = schema.publications, schema.batch_items, schema.episodes
    joined = table.join(items, items.c.position == table.c.item)
    joined = joined.join(episodes, episodes.c.position == table.c.episode)
    own = table.c.made.in_(sa.select(schema.writes.c.position).where(schema.writes.c.state == state))
    days_told = {"published_on": table.c.published_on}
    return pa.concat_tables(said_blocks(connection, joined, shape, own, table.c.position, days_told))


def _acts_of(rows: pa.Table, kinds: Mapping[tuple[str, str], str]) -> pa.Table:
    """The rows as the ledger keeps acts, each act once: as it first stands there."""
    count, known = rows.num_rows, sorted(kinds)
    steps = pa.array([_APART.join(one) for one in known], TEXT)
    kind = pa.array([kinds[one] for one in known], TEXT)
    own, own_kind = (pa.array(names, TEXT) for names in (UPKEEP, UPKEEP.values()))
    acts = pa.table(
        {
            **texts(rows, _TEXT),
            "said_hash": pa.repeat("", count),
            "version": whole(rows, "version", 1),
            "amount_cents": whole(rows, "amount_cents"),
            "published_on": text(rows, "sent_on"),
        }
    )
    by_card = kind.take(pc.index_in(_one(acts, ("remedy", "step")), value_set=steps))
    acts = acts.append_column(
        "kind", pc.coalesce(by_card, own_kind.take(pc.index_in(acts["step"], value_set=own)), "send")
    )
    each = _one(acts, _KEY)
    return acts.take(pc.index_in(each.unique(), value_set=each.combine_chunks()))


def _which(acts: pa.Table) -> pa.ChunkedArray:
    """Each act as one value; what keeps something up is another one each day."""
    is_upkeep = pc.is_in(acts["step"], value_set=pa.array(UPKEEP, TEXT))
    on = pc.if_else(is_upkeep, acts["published_on"].cast(TEXT), "")
    return pc.binary_join_element_wise(*[acts[name] for name in _KEY], on, _APART)


def _latest_episodes(connection: Reader, state: str) -> pa.Table:
    """The open episode of each subject and remedy, else the last one."""
    episodes, ends = schema.episodes, schema.episode_ends
    joined = episodes.outerjoin(ends, ends.c.episode == episodes.c.position)
    shape = pa.schema([*[(name, TEXT) for name in SUBJECT], ("ordinal", WHOLE), ("closed_on", pa.date32())])
    own = episodes.c.made.in_(sa.select(schema.writes.c.position).where(schema.writes.c.state == state))
    found = pa.concat_tables(episode_blocks(connection, joined, shape, own))
    found = found.append_column("is_open", pc.is_null(found["closed_on"]))
    order = [("is_open", "descending"), ("ordinal", "descending")]
    found = found.take(pc.sort_indices(found, sort_keys=order))
    each = _one(found, SUBJECT)
    return found.take(pc.index_in(each.unique(), value_set=each.combine_chunks()))


def _begun(acts: pa.Table) -> pa.Table:
    """The episodes that these acts begin, in order of the first act of each, opened with the earliest."""
    each = acts["episode_id"].unique()
    first = acts.take(pc.index_in(each, value_set=acts["episode_id"].combine_chunks()))
    days = acts.group_by("episode_id", use_threads=False).aggregate([("published_on", "min")])
    opened_on = days["published_on_min"].take(place_of(first["episode_id"], days["episode_id"]))
    names = ("episode_id", *SUBJECT, "case_id", "person_id", "ordinal")
    blank = pa.repeat("", first.num_rows)
    return first.select(names).append_column("opened_on", opened_on).append_column("facts_hash", blank)


def _one(rows: pa.Table, names: tuple[str, ...]) -> pa.ChunkedArray:
    """These columns as one value."""
    return pc.binary_join_element_wise(*[rows[name] for name in names], _APART)
