"""The end of a pause can be corrected: a pause may have several ends, of which the last one counts."""

import sqlalchemy as sa
from alembic import op

from arrears.ledger.schema import guards

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COLUMNS = ("at", "state", "pause_id", "last_on", "by_user", "because")


def upgrade() -> None:
    """Takes away that a pause ends once; the rows stay as they are."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("pause_ends_state_pause_id_key", "pause_ends")
        return
    # SQLite cannot take a constraint away: the rows move into a table without it.
    op.rename_table("pause_ends", "pause_ends_once")
    op.create_table(
        "pause_ends",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        *[sa.Column(name, sa.Text, nullable=False, server_default="") for name in _COLUMNS[2:]],
    )
    names = ", ".join(("position", *_COLUMNS))
    op.execute(f"INSERT INTO pause_ends ({names}) SELECT {names} FROM pause_ends_once")
    op.drop_table("pause_ends_once")
    for statement in guards("sqlite", ("pause_ends",)):
        op.execute(statement)
