"""The service directory, trainings, and claim codes of slips."""

import sqlalchemy as sa
from alembic import op

from shared.persistence.columns import Moment

revision = "0006_directory"
down_revision = "0003_signin"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "claim_looks",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "directory_changes",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("institution", sa.String(length=100), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("changed_by", sa.String(length=100), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", "version"),
    )
    op.create_table(
        "full_services",
        sa.Column("institution", sa.String(length=100), nullable=False),
        sa.Column("need", sa.String(length=40), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "need"),
    )
    op.add_column("cases", sa.Column("claim", sa.String(length=100), nullable=True))
    op.create_index(op.f("ix_cases_claim"), "cases", ["claim"], unique=False)
    op.add_column("trainings", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("visits", sa.Column("guidance_version", sa.String(length=40), nullable=True))
