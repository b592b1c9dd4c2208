"""What an act says beside its amount, as a hash: so that a change of it can be told."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; what was said before it existed says nothing of its facts."""
    for table in ("batch_items", "publications"):
        op.add_column(table, sa.Column("said_hash", sa.Text, nullable=False, server_default=""))
