"""Messages that are kept while a window's keys are locked."""

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
        "held_messages",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("exchange", sa.String(length=120), nullable=False),
        sa.Column("routing_key", sa.String(length=250), nullable=False),
        sa.Column("user_id", sa.String(length=120), nullable=True),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("kept_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
