"""The ledger's first schema: history tables with their guards, the counter and the leases.

Written out, not taken from `schema.py`: a migration never changes after it has run somewhere.
"""

import sqlalchemy as sa
from alembic import op

from arrears.ledger.readable import views
from arrears.ledger.schema import guards

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# table: (columns after position; `:number` is a whole number, `:bytes` are bytes, `?` may be NULL), and what
# is unique. Where the columns begin with `~`, another row says when and for which state a row was written.
TABLES: dict[str, tuple[str, list[str]]] = {
    "absences": (
        "as_of by_user because",
        ["state as_of"],
    ),
    "unsent_nights": (
        "as_of by_user because",
        ["state as_of"],
    ),
    "asks": (
        "item_id episode_id remedy subject_id case_id person_id step kind queue target_id because "
        "first_seen_on facts_hash run_id amount_cents:number?",
        ["state item_id facts_hash"],
    ),
    "audit": (
        "who act about previous sha256 ordinal:number",
        ["ordinal"],
    ),
    "batch_ends": (
        "status because run_id batch_no:number",
        ["state batch_no"],
    ),
    "batch_items": (
        "~ made:number batch_no:number episode:number step:number kind:number queue:number message:number "
        "version:number target_id case_id person_id action_id carry said_hash amount_cents:number? "
        "told_as:number?",
        [],
    ),
    "batches": (
        "queue file_name sha256 run_id as_of batch_no:number records:number amount_cents:number "
        "first_item:number items:number",
        ["state batch_no"],
    ),
    "decisions": (
        "decision_id item_id episode_id remedy subject_id step decision by_user role because reason_code "
        "facts_hash decided_on until_on?",
        ["state decision_id"],
    ),
    "deliveries": (
        "delivery_id feed sha256 files mode outcome reason original_name complete_through received_on "
        "period_on? sequence:number? rows:number",
        [],
    ),
    "episode_ends": (
        "~ made:number episode:number closed_on:number close_reason:number",
        ["episode"],
    ),
    "episodes": (
        "~ made:number state:number remedy:number subject_id case_id person_id ordinal:number "
        "opened_on:number? facts_hash:bytes",
        ["state remedy subject_id ordinal"],
    ),
    "identities": (
        "~ number:bytes name:bytes birth:bytes",
        [],
    ),
    "loads": (
        "delivery_id hashes rows:number rejects:number",
        [],
    ),
    "pause_ends": (
        "pause_id last_on by_user because",
        ["state pause_id"],
    ),
    "pauses": (
        "pause_id remedy office from_on by_user because to_on?",
        ["state pause_id"],
    ),
    "publications": (
        "~ made:number item:number queue:number episode:number step:number version:number target_id "
        "published_on:number?",
        ["episode queue step target_id version"],
    ),
    "run_ends": (
        "run_id status manifest_sha256",
        ["run_id"],
    ),
    "runs": (
        "run_id as_of kind known_at ordinal:number cut_position:number",
        ["run_id", "state kind as_of ordinal"],
    ),
    "users": (
        "name roles by_user",
        [],
    ),
    "views": (
        "name office worker by_user asked",
        [],
    ),
    "words": (
        "~ said",
        ["said"],
    ),
    "writes": (
        "run_id delivery_id",
        [],
    ),
}
NAMES = {
    "episode queue step target_id version": "published_once",
    "episode": "episode_ends_once",
    "state remedy subject_id ordinal": "episode_begins_once",
    "said": "word_said_once",
}
INDEXES = {
    "deliveries_by_id": ("deliveries", ["state", "delivery_id"]),
    "users_by_name": ("users", ["name"]),
    "identities_by_number": ("identities", ["number"]),
    "decisions_by_item": ("decisions", ["state", "item_id"]),
    "decisions_by_episode": ("decisions", ["state", "episode_id"]),
}


def upgrade() -> None:
    """Makes the tables in an empty database."""
    for table, (columns, unique) in TABLES.items():
        op.create_table(
            table,
            sa.Column(
                "position",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                primary_key=True,
                autoincrement=False,
            ),
            *[
                sa.Column(name, sa.Text, nullable=False)
                for name in ("at", "state")
                if not columns.startswith("~")
            ],
            *[_column(said) for said in columns.removeprefix("~").split()],
            *[sa.UniqueConstraint(*names.split(), name=NAMES.get(names)) for names in unique],
        )
    for name, (table, on) in INDEXES.items():
        op.create_index(name, table, on)
    accepted = sa.text("outcome = 'accepted'")
    op.create_index(
        "deliveries_accepted_once",
        "deliveries",
        ["state", "delivery_id"],
        unique=True,
        sqlite_where=accepted,
        postgresql_where=accepted,
    )
    _create_current()
    dialect = op.get_bind().dialect.name
    for statement in (*guards(dialect, tuple(TABLES)), *views(dialect)):
        op.execute(statement)


def _create_current() -> None:
    """The two tables of what is so now, which change in place."""
    op.create_table(
        "counter",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        *[_column(said) for said in ("position:number", "audit_ordinal:number", "audit_sha256")],
    )
    op.create_table(
        "leases",
        sa.Column("state", sa.Text, primary_key=True),
        *[_column(f"{name}:number") for name in ("fence", "pid")],
        *[_column(name) for name in ("run_id", "holder", "place", "boot", "started", "expires_at")],
    )
    op.execute("INSERT INTO counter (id, position, audit_ordinal, audit_sha256) VALUES (1, 0, 0, '')")


def _column(said: str) -> sa.Column[object]:
    may_be_null = said.endswith("?")
    name, _, kind = said.removesuffix("?").partition(":")
    if kind == "bytes":
        return sa.Column(name, sa.LargeBinary, nullable=may_be_null)
    if kind == "number":
        return sa.Column(name, sa.BigInteger, nullable=may_be_null)
    if may_be_null:
        return sa.Column(name, sa.Text)
    return sa.Column(name, sa.Text, nullable=False, server_default="")
