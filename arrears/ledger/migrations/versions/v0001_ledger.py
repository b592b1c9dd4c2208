"""The ledger's first schema: history tables with their guards, the counter and the leases.

Written out, not taken from `schema.py`: a migration never changes after it has run somewhere.
"""

import sqlalchemy as sa
from alembic import op

from arrears.ledger.schema import guards

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# table: (columns after position, at and state; `:number` is a whole number, `?` may be NULL),
# and what is unique.
TABLES: dict[str, tuple[str, list[str]]] = {
    "absences": (
        "as_of by_user because",
        ["state as_of"],
    ),
    "acknowledgements": (
        "delivery_id queue action_id result reason_code reason answered_on line:number batch_no:number",
        ["state delivery_id line"],
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
        "action_id remedy subject_id case_id person_id episode_id step kind queue message target_id "
        "content_sha256 carry batch_no:number version:number amount_cents:number?",
        ["state batch_no queue subject_id target_id episode_id step version"],
    ),
    "batches": (
        "queue file_name sha256 run_id as_of batch_no:number records:number amount_cents:number",
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
        "episode_id closed_on close_reason run_id",
        ["state episode_id"],
    ),
    "episodes": (
        "episode_id remedy subject_id case_id person_id opened_on facts_hash run_id delivery_id "
        "ordinal:number",
        ["state episode_id", "state remedy subject_id ordinal"],
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
        "action_id remedy subject_id case_id person_id episode_id step kind queue message target_id "
        "content_sha256 carry published_on delivery_id batch_no:number version:number "
        "amount_cents:number?",
        ["state queue subject_id target_id episode_id step version"],
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
}
NAMES = {"state queue subject_id target_id episode_id step version": "published_once"}
INDEXES = {
    "deliveries_by_id": ("deliveries", ["state", "delivery_id"]),
    "users_by_name": ("users", ["name"]),
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
            sa.Column("at", sa.Text, nullable=False),
            sa.Column("state", sa.Text, nullable=False),
            *[_column(said) for said in columns.split()],
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
    for statement in guards(op.get_bind().dialect.name, tuple(TABLES)):
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
    if kind == "number":
        return sa.Column(name, sa.BigInteger, nullable=may_be_null)
    if may_be_null:
        return sa.Column(name, sa.Text)
    return sa.Column(name, sa.Text, nullable=False, server_default="")
