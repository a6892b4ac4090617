"""What a restore needs: letters that were discarded, who has answered."""

import sqlalchemy as sa
from alembic import op

from shared.persistence.columns import Moment

revision = "0002_restore"
down_revision = "0004_consent"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _messages()


def _messages() -> None:
    waiting = sa.text("replayed_at IS NULL AND discarded_at IS NULL")
    op.add_column("dead_letters", sa.Column("discarded_at", Moment(), nullable=True))
    op.create_index("ix_dead_letters_waiting", "dead_letters", ["source"], sqlite_where=waiting, postgresql_where=waiting)
    op.add_column("streams", sa.Column("answered_epoch", sa.String(length=64), nullable=True))
    op.add_column("streams", sa.Column("recovered_epoch", sa.String(length=64), nullable=True))
