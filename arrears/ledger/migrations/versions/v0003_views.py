"""Views of the work list that people save, for themselves or for their office."""

import sqlalchemy as sa
from alembic import op

from arrears.ledger.schema import guards

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the table, append-only as every other history."""
    op.create_table(
        "views",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        *[
            sa.Column(name, sa.Text, nullable=False, server_default="")
            for name in ("name", "office", "worker", "by_user", "asked")
        ],
    )
    for statement in guards(op.get_bind().dialect.name, ("views",)):
        op.execute(statement)
