"""Who looks after a case, when somebody asks how it went, what persons answered; referrals that can be counted."""

import sqlalchemy as sa
from alembic import op

from shared.persistence.columns import Moment

revision = "0008_feedback"
down_revision = "0002_restore"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=100), nullable=False),
        sa.Column("person_id", sa.String(length=100), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("set_at", Moment(), nullable=False),
        sa.Column("set_by", sa.String(length=100), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("done_by", sa.String(length=100), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_follow_ups_case_id", "follow_ups", ["case_id"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "question", "answer"),
    )
    op.add_column("cases", sa.Column("responsible", sa.String(length=100), nullable=True))
    op.execute("UPDATE cases SET responsible = registered_by WHERE batch IS NULL AND registered_by <> 'hub'")
    op.create_index("ix_cases_responsible", "cases", ["responsible"], unique=False)
    op.add_column("referrals", sa.Column("status", sa.String(length=40), nullable=True))
    op.add_column("referrals", sa.Column("in_time", sa.Boolean(), nullable=True))
    op.create_index("ix_referrals_status", "referrals", ["status"], unique=False)
    op.add_column("todos", sa.Column("until", Moment(), nullable=True))
