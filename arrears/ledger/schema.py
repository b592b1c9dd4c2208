"""The ledger's tables. History tables are append-only: a correction is a new row.

Days and moments are text of one width (`2025-01-15`, `2025-01-15T07:00:00.000000Z`), which sorts
as time does and reads the same in SQLite and PostgreSQL. A text that is not there is `''`, never
NULL, so that a uniqueness constraint also holds for it; a day or amount may be NULL.

Of episodes, items and publications there are hundreds of thousands a night, so that what they have in
common stands once, elsewhere: words that repeat in `words`, the moment, state, run and delivery of rows
written together in `writes`, the marks of a person's number, name and birth date in `identities`. Days
are counted from 1970 there, and hashes are bytes. `readable.py` gives each of them a view in words.
"""

from collections.abc import Iterator

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.schema import SchemaItem

# In SQLite only a key that says INTEGER is the row's own number, which makes an insert an append.
Position = BigInteger().with_variant(Integer(), "sqlite")
metadata = MetaData()


def _text(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False, server_default="") for name in names]


def _day(*names: str) -> list[Column[str]]:
    return [Column(name, Text) for name in names]


def _number(*names: str, empty: bool = False) -> list[Column[int]]:
    return [Column(name, BigInteger, nullable=empty) for name in names]


def _bytes(*names: str) -> list[Column[bytes]]:
    return [Column(name, LargeBinary, nullable=False) for name in names]


Part = list[Column[str]] | list[Column[int]] | list[Column[bytes]] | SchemaItem


def _history(name: str, *parts: Part) -> Table:
    """A table each of whose rows says when and for which state it was written."""
    said = [Column("at", Text, nullable=False), Column("state", Text, nullable=False)]
    return _narrow(name, said, *parts)


def _narrow(name: str, *parts: Part) -> Table:
    columns: list[SchemaItem] = []
    for part in parts:
        columns.extend(part if isinstance(part, list) else [part])
    position = Column("position", Position, primary_key=True, autoincrement=False)
    return Table(name, metadata, position, *columns, info={"append_only": True})


# One row. Each writer takes its positions here in its own transaction and holds the row until it
# commits; so whoever sees position p sees everything below p.
counter = Table(
    "counter",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    *_number("position", "audit_ordinal"),
    *_text("audit_sha256"),
)
# The only other table that changes in place: who holds a state now, and under which fence.
leases = Table(
    "leases",
    metadata,
    Column("state", Text, primary_key=True),
    *_number("fence", "pid"),
    *_text("run_id", "holder", "place", "boot", "started", "expires_at"),
)

deliveries = _history(
    "deliveries",
    _text("delivery_id", "feed", "sha256", "files", "mode", "outcome", "reason", "original_name"),
    _text("complete_through", "received_on"),
    _day("period_on"),
    _number("sequence", empty=True),
    _number("rows"),
)
Index("deliveries_by_id", deliveries.c.state, deliveries.c.delivery_id)
Index(
    "deliveries_accepted_once",
    deliveries.c.state,
    deliveries.c.delivery_id,
    unique=True,
    sqlite_where=text("outcome = 'accepted'"),
    postgresql_where=text("outcome = 'accepted'"),
)
loads = _history("loads", _text("delivery_id", "hashes"), _number("rows", "rejects"))

runs = _history(
    "runs",
    _text("run_id", "as_of", "kind", "known_at"),
    _number("ordinal", "cut_position"),
    UniqueConstraint("run_id"),
    UniqueConstraint("state", "kind", "as_of", "ordinal"),
)
run_ends = _history("run_ends", _text("run_id", "status", "manifest_sha256"), UniqueConstraint("run_id"))
absences = _history("absences", _text("as_of", "by_user", "because"), UniqueConstraint("state", "as_of"))
# Nights that are run late, to be on record, and of which nothing leaves.
unsent_nights = _history(
    "unsent_nights", _text("as_of", "by_user", "because"), UniqueConstraint("state", "as_of")
)

# A word that many rows say: a remedy, a step, a queue, a reason. They name it by its position.
words = _narrow("words", _text("said"), UniqueConstraint("said", name="word_said_once"))
# What rows that were written together have in common.
writes = _history("writes", _text("run_id", "delivery_id"))
# Under which number, name and birth date a partner was told of a person, as their marks.
identities = _narrow("identities", _bytes("number", "name", "birth"))
Index("identities_by_number", identities.c.number)

# An episode is known by its remedy, its subject and its number: `remedy:subject:ordinal`.
episodes = _narrow(
    "episodes",
    _number("made", "state", "remedy"),
    _text("subject_id", "case_id", "person_id"),
    _number("ordinal"),
    _number("opened_on", empty=True),
    _bytes("facts_hash"),
    UniqueConstraint("state", "remedy", "subject_id", "ordinal", name="episode_begins_once"),
)
episode_ends = _narrow(
    "episode_ends",
    _number("made", "episode", "closed_on", "close_reason"),
    UniqueConstraint("episode", name="episode_ends_once"),
)
asks = _history(
    "asks",
    _text("item_id", "episode_id", "remedy", "subject_id", "case_id", "person_id", "step", "kind"),
    _text("queue", "target_id", "because", "first_seen_on", "facts_hash", "run_id"),
    _number("amount_cents", empty=True),
    UniqueConstraint("state", "item_id", "facts_hash"),
)

# What may leave once only, in the words of the plan.
KEY = ("queue", "subject_id", "target_id", "episode_id", "step", "version")
batches = _history(
    "batches",
    _text("queue", "file_name", "sha256", "run_id", "as_of"),
    _number("batch_no", "records", "amount_cents", "first_item", "items"),
    UniqueConstraint("state", "batch_no"),
)
# What one item of a batch says; it is said once, whether prepared only or published too.
batch_items = _narrow(
    "batch_items",
    _number("made", "batch_no", "episode", "step", "kind", "queue", "message", "version"),
    _text("target_id", "case_id", "person_id", "action_id", "carry", "said_hash"),
    _number("amount_cents", "told_as", empty=True),
)
batch_ends = _history(
    "batch_ends",
    _text("status", "because", "run_id"),
    _number("batch_no"),
    UniqueConstraint("state", "batch_no"),
)
publications = _narrow(
    "publications",
    _number("made", "item", "queue", "episode", "step", "version"),
    _text("target_id"),
    _number("published_on", empty=True),
    UniqueConstraint("episode", "queue", "step", "target_id", "version", name="published_once"),
)

users = _history("users", _text("name", "roles", "by_user"))
Index("users_by_name", users.c.name)
decisions = _history(
    "decisions",
    _text("decision_id", "item_id", "episode_id", "remedy", "subject_id", "step", "decision"),
    _text("by_user", "role", "because", "reason_code", "facts_hash", "decided_on"),
    _day("until_on"),
    UniqueConstraint("state", "decision_id"),
)
Index("decisions_by_item", decisions.c.state, decisions.c.item_id)
Index("decisions_by_episode", decisions.c.state, decisions.c.episode_id)
# A pause of a group names its remedies one after the other in `remedy`: one storm is one pause.
pauses = _history(
    "pauses",
    _text("pause_id", "remedy", "office", "from_on", "by_user", "because"),
    _day("to_on"),
    UniqueConstraint("state", "pause_id"),
)
# The last end of a pause counts; one without a day takes the ends before it back.
pause_ends = _history("pause_ends", _text("pause_id", "last_on", "by_user", "because"))
# A view of the work list that somebody saved; without what it asks for, it was taken away.
views = _history("views", _text("name", "office", "worker", "by_user", "asked"))
audit = _history(
    "audit",
    _text("who", "act", "about", "previous", "sha256"),
    _number("ordinal"),
    UniqueConstraint("ordinal"),
)

HISTORY = tuple(table.name for table in metadata.sorted_tables if table.info.get("append_only"))


def guards(dialect: str, tables: tuple[str, ...]) -> Iterator[str]:
    """The statements that forbid UPDATE, DELETE and TRUNCATE on these tables."""
    if dialect == "postgresql":
        yield (
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    for table in tables:
        if dialect == "postgresql":
            yield (
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        else:
            for change in ("UPDATE", "DELETE"):
                yield (
                    f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
