"""What a restore needs: in which version each case was last told, what is to be told again."""

import sqlalchemy as sa
from alembic import op

from shared.persistence.columns import Moment

revision = "0002_restore"
down_revision = "0005_doors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _messages()
    op.create_table(
        "held_queue",
        sa.Column("referral_id", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("referral_id"),
    )
    op.add_column("cases", sa.Column("told_incarnation", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("cases", sa.Column("told_version", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE cases SET told_incarnation = incarnation, told_version = version WHERE told")
    op.create_index("ix_cases_told", "cases", ["told", "id", "told_incarnation", "told_version"])


def _messages() -> None:
    waiting = sa.text("replayed_at IS NULL AND discarded_at IS NULL")
    op.add_column("dead_letters", sa.Column("discarded_at", Moment(), nullable=True))
    op.create_index("ix_dead_letters_waiting", "dead_letters", ["source"], sqlite_where=waiting, postgresql_where=waiting)
    op.add_column("streams", sa.Column("answered_epoch", sa.String(length=64), nullable=True))
    op.add_column("streams", sa.Column("recovered_epoch", sa.String(length=64), nullable=True))
