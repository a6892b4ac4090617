"""What waits for somebody; until when a case may leave; on what ground something was read."""

import sqlalchemy as sa
from alembic import op

from shared.persistence.columns import Moment

revision = "0004_consent"
down_revision = "0006_directory"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "todos",
        sa.Column("case_id", sa.String(length=100), nullable=False),
        sa.Column("task", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=100), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "task", "about"),
    )
    op.create_index("ix_todos_since", "todos", ["since"], unique=False)
    op.add_column("audit", sa.Column("ground", sa.String(length=100), nullable=True))
    op.add_column("cases", sa.Column("lapses_on", sa.Date(), nullable=True))
    op.create_index("ix_cases_lapses_on", "cases", ["lapses_on"], unique=False)
