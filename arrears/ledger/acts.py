"""Episodes and acts between the words of the plan and the narrow rows in which the ledger keeps them.

What many rows say stands once: see `schema.py`. Here it is put there, and put together again.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from arrears.errors import Refused
from arrears.ledger import schema
from arrears.ledger.book import Writing
from arrears.ledger.rows import Reader, from_hex, lent, place_of, read, read_blocks, to_hex

TEXT, DAY, WHOLE, BYTES = pa.string(), pa.date32(), pa.int64(), pa.binary()
# Stands for the subject of an episode where its person or the target of an act is meant, and for the case and
# person of the episode where those of an act are.
SAME = "="
EPISODE_ID = r"^(?P<remedy>[^:]*):(?P<subject_id>.*):(?P<ordinal>[0-9]+)$"
# The marks under which a partner was told of a person, as a record carries them to the next one.
IDENTITY = (
    r'(?s)^(?P<before>.*)"identity":\{"number":"(?P<number>[0-9a-f]{64})","name":"(?P<name>[0-9a-f]{64})",'
    r'"birth":"(?P<birth>[0-9a-f]{64})"\}(?P<after>.*)$'
)
TOKEN = r'"person_token":"(?P<token>[0-9a-f]{64})"'
# What stands in their place there: letters that no JSON text holds.
NO_IDENTITY, NO_TOKEN = "\x01", "\x02"
MARKS = ("number", "name", "birth")
ITEM_WORDS = ("step", "kind", "queue", "message")


class Words:
    """The words of a ledger, each with the number by which rows name it."""

    def __init__(self, connection: Reader) -> None:
        words = schema.words
        self.known = read(connection, sa.select(words.c.position, words.c.said), _WORDS)

    def numbers(self, said: pa.ChunkedArray) -> pa.ChunkedArray:
        """The numbers of these words; NULL for one that was never said."""
        return self.known["position"].take(place_of(said, self.known["said"]))

    def number(self, said: str) -> int:
        """The number of one word; one that no word has where it was never said."""
        found: int | None = self.numbers(pa.chunked_array([[said]], TEXT))[0].as_py()
        return -1 if found is None else found

    def said(self, numbers: pa.ChunkedArray) -> pa.ChunkedArray:
        """The words of these numbers."""
        return self.known["said"].take(place_of(numbers, self.known["position"]))


_WORDS = pa.schema([("position", WHOLE), ("said", TEXT)])


def learn(tx: Writing, state: str, moment: str, *columns: pa.ChunkedArray) -> Words:
    """The words, those of these columns among them."""
    words = Words(tx.connection)
    said = pa.chunked_array([one.unique() for one in columns], TEXT)
    new = said.filter(pc.is_null(words.numbers(said))).unique()
    if len(new):
        tx.put(schema.words, state, moment, pa.table({"said": new.take(pc.sort_indices(new))}))
        words = Words(tx.connection)
    return words


def made(tx: Writing, state: str, moment: str, run_id: str = "", delivery_id: str = "") -> int:
    """The number of a new row of what these rows, written together, have in common."""
    said = {"run_id": [run_id], "delivery_id": [delivery_id]}
    tx.put(schema.writes, state, moment, pa.table(said))
    return tx.position


def same(count: int, value: str | int | None, kind: pa.DataType = WHOLE) -> pa.ChunkedArray:
    """A column of one value throughout."""
    return pa.chunked_array([pa.repeat(pa.scalar(value, kind), count)], kind)


def unless(column: pa.ChunkedArray, other: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column, with a sign where it says the same as the other one."""
    return pc.if_else(pc.equal(column, other), SAME, column)


def days(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Days given as ISO text as the ledger counts them; none where there is none."""
    return pc.if_else(pc.equal(column, ""), None, column).cast(DAY).cast(pa.int32()).cast(WHOLE)


def id_parts(episode_ids: pa.ChunkedArray) -> pa.Table:
    """Remedy, subject and number of episodes; NULL where an id is none."""
    parts = pc.extract_regex(episode_ids, EPISODE_ID)
    found = {name: pc.struct_field(parts, name) for name in ("remedy", "subject_id", "ordinal")}
    return pa.table({**found, "ordinal": found["ordinal"].cast(WHOLE)})


def id_of(rows: Mapping[str, pa.ChunkedArray] | pa.Table) -> pa.ChunkedArray:
    """The ids of episodes by their remedy, subject and number."""
    return pc.binary_join_element_wise(rows["remedy"], rows["subject_id"], rows["ordinal"].cast(TEXT), ":")


def add_episodes(tx: Writing, state: str, moment: str, run_id: str, delivery_id: str, rows: pa.Table) -> int:
    """The number of episodes that now begin; the rows hold an episode's columns, days as ISO text."""
    count = rows.num_rows
    if not count:
        return 0
    if not pc.all(pc.equal(id_of(rows), rows["episode_id"])).as_py():
        raise Refused("An episode's id is its remedy, its subject and its number", "", "Plan again.")
    words = learn(tx, state, moment, rows["remedy"], same(1, state, TEXT))
    narrow = {
        "made": same(count, made(tx, state, moment, run_id, delivery_id)),
        "state": same(count, words.number(state)),
        "remedy": words.numbers(rows["remedy"]),
        "subject_id": rows["subject_id"],
        "case_id": rows["case_id"],
        "person_id": unless(rows["person_id"], rows["subject_id"]),
        "ordinal": rows["ordinal"],
        "opened_on": days(rows["opened_on"]),
        "facts_hash": from_hex(rows["facts_hash"]),
    }
    return tx.put(schema.episodes, state, moment, pa.table(narrow))


def add_endings(tx: Writing, state: str, moment: str, run_id: str, rows: pa.Table) -> int:
    """The number of episodes that now end; the rows hold `episode`, `closed_on` (ISO) and `close_reason`."""
    count = rows.num_rows
    if not count:
        return 0
    narrow = {
        "made": same(count, made(tx, state, moment, run_id)),
        "episode": rows["episode"],
        "closed_on": days(rows["closed_on"]),
        "close_reason": learn(tx, state, moment, rows["close_reason"]).numbers(rows["close_reason"]),
    }
    return tx.put(schema.episode_ends, state, moment, pa.table(narrow))


def with_numbers(words: Words, state: str, rows: pa.Table) -> pa.Table:
    """The rows with state and remedy by their numbers, without those whose remedy was never said.

    The state stands in each row: SQLite, which has never counted its rows, then begins with these and not
    with all episodes of the state.
    """
    remedies = words.numbers(rows["remedy"])
    rows = rows.set_column(rows.column_names.index("remedy"), "remedy", remedies)
    return rows.append_column("state", same(rows.num_rows, words.number(state))).filter(pc.is_valid(remedies))


def begun(connection: sa.Connection, state: str, ids: pa.ChunkedArray) -> pa.Table:
    """Those of these episodes that the ledger holds: each id with its position, subject, case and person."""
    table, parts = schema.episodes.c, id_parts(ids).append_column("episode_id", ids)
    asked = with_numbers(Words(connection), state, parts)
    with lent(connection, asked) as given:
        key = [table[name] == given.c[name] for name in ("state", "remedy", "subject_id", "ordinal")]
        query = sa.select(
            given.c.episode_id,
            table.position.label("episode"),
            table.subject_id,
            table.case_id,
            sa.case((table.person_id == SAME, table.subject_id), else_=table.person_id).label("person_id"),
        ).select_from(given.join(schema.episodes, sa.and_(*key)))
        return read(connection, query, _BEGUN)


_BEGUN = pa.schema(
    [("episode_id", TEXT), ("episode", WHOLE)] + [(n, TEXT) for n in ("subject_id", "case_id", "person_id")]
)


def add_items(tx: Writing, state: str, moment: str, write: int, batch_no: int, rows: pa.Table) -> pa.Table:
    """The narrow rows of these acts, now written, with their positions: what each item of a batch says."""
    found = begun(tx.connection, state, rows["episode_id"].unique())
    place = place_of(rows["episode_id"], found["episode_id"])
    if place.null_count:
        lost = rows.filter(pc.is_null(place))["episode_id"]
        raise Refused(
            f"{place.null_count} acts belong to an episode that the ledger does not hold",
            lost[0].as_py(),
            "Open it first.",
        )
    episode, count = found.take(place), rows.num_rows
    if not pc.all(pc.equal(episode["subject_id"], rows["subject_id"])).as_py():
        raise Refused("An act is about the subject of its episode", "", "Plan again.")
    words = learn(tx, state, moment, *[rows[name] for name in ITEM_WORDS])
    carry, told_as = told_of(tx, state, moment, rows["carry"])
    narrow = {
        "made": same(count, write),
        "batch_no": same(count, batch_no),
        "episode": episode["episode"],
        **{name: words.numbers(rows[name]) for name in ITEM_WORDS},
        "version": rows["version"],
        "target_id": unless(rows["target_id"], rows["subject_id"]),
        "case_id": unless(rows["case_id"], episode["case_id"]),
        "person_id": unless(rows["person_id"], episode["person_id"]),
        "action_id": unless(rows["action_id"], action_id(rows)),
        "carry": carry,
        "said_hash": rows["said_hash"],
        "amount_cents": rows["amount_cents"],
        "told_as": told_as,
    }
    first = tx.position + 1
    tx.put(schema.batch_items, state, moment, pa.table(narrow))
    return pa.table(narrow).append_column("position", pa.array(range(first, first + count), WHOLE))


def action_id(rows: Mapping[str, pa.ChunkedArray] | pa.Table) -> pa.ChunkedArray:
    """The ids of acts by their episode, step, target and version."""
    version = rows["version"].cast(TEXT)
    return pc.binary_join_element_wise(rows["episode_id"], rows["step"], rows["target_id"], version, ":")


def add_publications(
    tx: Writing, state: str, moment: str, write: int, items: pa.Table, on: pa.ChunkedArray
) -> int:
    """The number of items that now count as published on these days; one told before is refused."""
    key = ("queue", "episode", "step", "version", "target_id")
    narrow = {
        "made": same(items.num_rows, write),
        "item": items["position"],
        **{name: items[name] for name in key},
        "published_on": on,
    }
    return tx.put(schema.publications, state, moment, pa.table(narrow))


def told_of(
    tx: Writing, state: str, moment: str, carry: pa.ChunkedArray
) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """What records carry to the next ones without the marks of their person, and where those marks stand."""
    found = pc.extract_regex(carry, IDENTITY)
    parts = {name: pc.struct_field(found, name) for name in ("before", *MARKS, "after")}
    marks = pa.table({name: from_hex(parts[name].filter(pc.is_valid(found))) for name in MARKS})
    numbers = pa.chunked_array([pa.nulls(len(carry), WHOLE)], WHOLE)
    if marks.num_rows:
        known = identities(tx, state, moment, marks)
        numbers = pc.replace_with_mask(numbers.combine_chunks(), pc.is_valid(found).combine_chunks(), known)
    rest = pc.binary_join_element_wise(parts["before"], NO_IDENTITY, parts["after"], "")
    token = pc.struct_field(pc.extract_regex(rest, TOKEN), "token")
    is_number = pc.fill_null(pc.equal(token, parts["number"]), False)
    rest = pc.if_else(is_number, pc.replace_substring_regex(rest, TOKEN, NO_TOKEN, max_replacements=1), rest)
    return pc.coalesce(rest, carry), numbers


def identities(tx: Writing, state: str, moment: str, marks: pa.Table) -> pa.Array:
    """The number under which each of these marks of a person stand in the ledger, which now holds them."""
    table, each = schema.identities, one_key(marks)
    with lent(tx.connection, pa.table({"number": marks["number"].unique()})) as given:
        query = sa.select(table).join_from(given, table, table.c.number == given.c.number)
        held = read(tx.connection, query, _IDENTITIES)
    new = marks.take(pc.index_in(each.unique(), value_set=each.combine_chunks()))
    new = new.filter(pc.is_null(place_of(one_key(new), one_key(held))))
    if new.num_rows:
        first = tx.position + 1
        tx.put(table, state, moment, new)
        more = new.append_column("position", pa.array(range(first, first + new.num_rows), WHOLE))
        held = pa.concat_tables([held, more.select(held.column_names)])
    return held["position"].take(place_of(each, one_key(held))).combine_chunks()


_IDENTITIES = pa.schema([("position", WHOLE), *[(name, BYTES) for name in MARKS]])


def one_key(marks: pa.Table) -> pa.ChunkedArray:
    """The marks of each person as one value."""
    return pc.binary_join_element_wise(*[marks[name] for name in MARKS], b"")


def carry_sql(dialect: str) -> str:
    """SQL for what a record carried to the next one, with the marks of its person as they were told."""
    number, *others = (
        f"""'"{name}":"' || {hex_sql(dialect, f"identities.{name}")} || '"'""" for name in MARKS
    )
    identity = f"""'"identity":{{' || {" || ',' || ".join([number, *others])} || '}}'"""
    token = f"""'"person_token":"' || {hex_sql(dialect, "identities.number")} || '"'"""
    letter = "chr" if dialect == "postgresql" else "char"
    text = f"replace(replace(batch_items.carry, {letter}(2), {token}), {letter}(1), {identity})"
    return f"CASE WHEN identities.position IS NULL THEN batch_items.carry ELSE {text} END"


def hex_sql(dialect: str, name: str) -> str:
    """SQL for bytes as text."""
    return f"encode({name}, 'hex')" if dialect == "postgresql" else f"lower(hex({name}))"


def _stored(dialect: str) -> dict[str, sa.ColumnElement[Any]]:
    """What is kept of an act and its episode, by the name under which `said_of` asks for it."""
    item, episode = schema.batch_items.c, schema.episodes.c
    own = sa.case((episode.person_id == SAME, episode.subject_id), else_=episode.person_id)
    given = {
        **{"case_id": episode.case_id, "person_id": own, "target_id": episode.subject_id},
        **{name: getattr(episode, name) for name in ("remedy", "subject_id", "ordinal")},
    }
    stored: dict[str, sa.ColumnElement[Any]] = {
        name: sa.case((item[name] == SAME, given[name]), else_=item[name])
        for name in ("case_id", "person_id", "target_id")
    }
    stored |= {name: given[name] for name in ("remedy", "subject_id", "ordinal")}
    plain = (*ITEM_WORDS, "version", "amount_cents", "batch_no", "action_id", "said_hash")
    stored |= {name: item[name] for name in plain}
    stored["carry"] = sa.literal_column(carry_sql(dialect))
    return {name: column.label(name) for name, column in stored.items()}


_IN_WORDS = ("remedy", *ITEM_WORDS)
_EPISODE = ("remedy", "subject_id", "ordinal")
# What a column of an act is made of, where it is more than what is kept under its name.
_MADE_OF: Mapping[str, Sequence[str]] = {
    "episode_id": _EPISODE,
    "action_id": ("action_id", *_EPISODE, "step", "target_id", "version"),
}


def said_blocks(
    connection: Reader,
    rows: sa.FromClause,
    shape: pa.Schema,
    where: sa.ColumnElement[bool],
    order: sa.ColumnElement[int],
    more: Mapping[str, sa.ColumnElement[Any]] | None = None,
) -> Iterator[pa.Table]:
    """What acts say, in words, by the columns of `shape`, each day a date; many of them block by block.

    `rows` joins items and their episodes with whatever tells which; `more` are its own columns.
    """
    own, stored = more or {}, _stored(connection.dialect.name)
    names = {part for name in shape.names if name not in own for part in _MADE_OF.get(name, (name,))}
    asked = [stored[name] for name in sorted(names)] + [
        own[name].label(name) for name in shape.names if name in own
    ]
    if "carry" in names:
        told = schema.identities
        rows = rows.outerjoin(told, told.c.position == schema.batch_items.c.told_as)
    query = sa.select(*asked).select_from(rows).where(where).order_by(order)
    yield from _in_words(connection, query, shape)


def said_of(
    connection: Reader,
    rows: sa.FromClause,
    shape: pa.Schema,
    where: sa.ColumnElement[bool],
    order: sa.ColumnElement[int],
) -> pa.Table:
    """The same in one table."""
    return pa.concat_tables(said_blocks(connection, rows, shape, where, order))


def _in_words(connection: Reader, query: sa.Select[Any], shape: pa.Schema) -> Iterator[pa.Table]:
    """The answer of a query for what is kept of acts or episodes, in words, by the columns of `shape`."""
    words, names = Words(connection), query.selected_columns.keys()
    for found in read_blocks(connection, query, pa.schema([(name, _kept_as(name)) for name in names])):
        made = {name: found[name] for name in found.column_names}
        made |= {name: words.said(made[name]) for name in _IN_WORDS if name in made}
        if "close_reason" in made:
            made["close_reason"] = pc.fill_null(words.said(made["close_reason"]), "")
        if "facts_hash" in made:
            made["facts_hash"] = pa.chunked_array([to_hex(made["facts_hash"])], TEXT)
        if {*_EPISODE} <= made.keys():
            made["episode_id"] = id_of(made)
        if "action_id" in shape.names:
            usual = pc.equal(made["action_id"], SAME)
            made["action_id"] = pc.if_else(usual, action_id(made), made["action_id"])
        yield pa.table({one.name: _dated(made[one.name], one.type) for one in shape}, schema=shape)


def _kept_as(name: str) -> pa.DataType:
    if name == "facts_hash":
        return BYTES
    return WHOLE if name in _NUMBERS else TEXT


_NUMBERS = {*_IN_WORDS, "ordinal", "version", "amount_cents", "batch_no", "close_reason", "position"}
_NUMBERS |= {"published_on", "opened_on", "closed_on"}


def _dated(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    return column.cast(pa.int32()).cast(kind) if pa.types.is_date(kind) else column


def episode_blocks(
    connection: Reader, rows: sa.FromClause, shape: pa.Schema, where: sa.ColumnElement[bool]
) -> Iterator[pa.Table]:
    """Episodes in words in order of position, each with how it ended where `rows` tells it, in blocks."""
    table, ends = schema.episodes.c, schema.episode_ends.c
    own = sa.case((table.person_id == SAME, table.subject_id), else_=table.person_id)
    kept = {"person_id": own, "closed_on": ends.closed_on, "close_reason": ends.close_reason}
    names = [*dict.fromkeys((*_EPISODE, *shape.names))]
    asked = [
        (kept[name] if name in kept else table[name]).label(name) for name in names if name != "episode_id"
    ]
    query = sa.select(*asked).select_from(rows).where(where).order_by(table.position)
    yield from _in_words(connection, query, shape)
