"""Supervisors and their terms, consents that run out, erasure, what a desk may notice; on what ground something was read."""

from datetime import UTC, datetime

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
        "supervisors",
        sa.Column("username", sa.String(length=100), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("window", sa.String(length=100), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("username", "since"),
    )
    op.add_column("audit", sa.Column("ground", sa.String(length=100), nullable=True))
    op.add_column("cases", sa.Column("lapses_on", sa.Date(), nullable=True))
    op.add_column("cases", sa.Column("lapse_told", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_cases_lapses", "cases", ["lapse_told", "lapses_on"], unique=False)
    op.add_column("referrals", sa.Column("desk_version", sa.BigInteger(), nullable=False, server_default="1"))
    op.add_column("referrals", sa.Column("erasure_asked_at", Moment(), nullable=True))
    op.add_column("referrals", sa.Column("erasure_answer", sa.String(length=20), nullable=True))
    op.add_column("referrals", sa.Column("erasure_answered_at", Moment(), nullable=True))
    op.add_column("referrals", sa.Column("erasure_answered_by", sa.String(length=100), nullable=True))
    op.create_index("ix_referrals_stop", "referrals", ["stop_requested_at"], unique=False)
    op.execute("UPDATE referrals SET desk_version = version")
    _terms()


def _terms() -> None:
    """Who is a supervisor already has been one for as long as anybody can say."""
    users = sa.table("users", *(sa.column(name) for name in ("username", "role", "window", "active")))
    terms = sa.table(
        "supervisors", sa.column("username"), sa.column("since", Moment()), sa.column("window"), sa.column("until", Moment())
    )
    serving = (users.c.role == "supervisor") & users.c.active & users.c.window.is_not(None)
    found = op.get_bind().execute(sa.select(users.c.username, users.c.window).where(serving)).all()
    began = datetime(2000, 1, 1, tzinfo=UTC)
    rows = [{"username": row.username, "since": began, "window": row.window, "until": None} for row in found]
    if rows:
        op.get_bind().execute(sa.insert(terms), rows)
