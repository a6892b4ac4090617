"""Windows that were added by command, and those that are suspended."""

import sqlalchemy as sa
from alembic import op

from shared.persistence.columns import Moment

revision = "0005_doors"
down_revision = "0004_consent"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "doors",
        sa.Column("window", sa.String(length=100), nullable=False),
        sa.Column("place", sa.JSON(), nullable=True),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.Column("suspended_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("window"),
    )
