"""What a restore needs: cases that recover, what their windows hold, what goes back to a window."""

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
    _recovering()
    op.create_table(
        "giving_back",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
    )
    for name, kind in (
        ("compared_at", Moment()), ("agrees", sa.Boolean()), ("resync_asked_at", Moment()), ("older_life_at", Moment()),
    ):
        op.add_column("windows", sa.Column(name, kind, nullable=True))


def _recovering() -> None:
    for column in (
        sa.Column("told_incarnation", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("told_version", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("recovering", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("cases", column)
    op.execute("UPDATE cases SET told_incarnation = incarnation, told_version = version")
    op.create_index("ix_cases_code", "cases", ["code"])
    op.create_index("ix_cases_window", "cases", ["window", "id", "told_incarnation", "told_version"])
    op.create_table(
        "held",
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("window", sa.String(length=100), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("referral_id"),
    )
    op.create_index("ix_held_person_id", "held", ["person_id"])
    op.create_table(
        "unrouted",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("window", sa.String(length=100), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_table(
        "waiting_asks",
        sa.Column("ask_id", sa.String(length=36), nullable=False),
        sa.Column("window", sa.String(length=100), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ask_id"),
    )


def _messages() -> None:
    waiting = sa.text("replayed_at IS NULL AND discarded_at IS NULL")
    op.add_column("dead_letters", sa.Column("discarded_at", Moment(), nullable=True))
    op.create_index("ix_dead_letters_waiting", "dead_letters", ["source"], sqlite_where=waiting, postgresql_where=waiting)
    op.add_column("streams", sa.Column("answered_epoch", sa.String(length=64), nullable=True))
    op.add_column("streams", sa.Column("recovered_epoch", sa.String(length=64), nullable=True))
