"""Rows that were written before the acts of the chain held any are held by an act of their own."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from arrears.ledger.book import hold_older_rows

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds one act for each table that has such rows; none to a ledger without them."""
    bind = op.get_bind()
    # As it is now: a later migration may add columns, and what is blank changes no hash.
    tables = sa.MetaData()
    tables.reflect(bind)
    hold_older_rows(bind, tables, datetime.now(UTC))
