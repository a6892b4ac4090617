"""Sign-in: sessions, tries, second steps, scopes of tokens, and what a user changes of their own account."""

import sqlalchemy as sa
from alembic import op

from shared.persistence.columns import Moment

revision = "0003_signin"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "recovery_codes",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=100), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index(op.f("ix_recovery_codes_username"), "recovery_codes", ["username"], unique=False)
    op.create_table(
        "second_factors",
        sa.Column("username", sa.String(length=100), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.Column("confirmed_at", Moment(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("username"),
    )
    op.create_table(
        "sessions",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("username", sa.String(length=100), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("stamp", sa.String(length=64), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("browser", sa.String(length=60), nullable=False),
        sa.Column("notices", sa.Text(), nullable=False),
        sa.Column("carried", sa.LargeBinary(), nullable=True),
        sa.Column("carried_to", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("hash"),
        sa.UniqueConstraint("id"),
    )
    op.create_index(op.f("ix_sessions_seen_at"), "sessions", ["seen_at"], unique=False)
    op.create_index(op.f("ix_sessions_username"), "sessions", ["username"], unique=False)
    op.create_table(
        "sign_in_attempts",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("unseen", sa.Integer(), nullable=False),
        sa.Column("tried_at", Moment(), nullable=False),
        sa.Column("failed_at", Moment(), nullable=True),
        sa.Column("waits_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index(op.f("ix_sign_in_attempts_tried_at"), "sign_in_attempts", ["tried_at"], unique=False)
    op.add_column("tokens", sa.Column("scope", sa.String(length=10), nullable=False, server_default="full"))
    op.add_column("tokens", sa.Column("name", sa.String(length=100), nullable=False, server_default=""))
    op.add_column("users", sa.Column("must_change", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("users", sa.Column("sign_outs", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("users", sa.Column("own_change", sa.BigInteger(), nullable=False, server_default="0"))
