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
        "claim_asks",
        sa.Column("claim", sa.String(length=40), nullable=False),
        sa.Column("ask_id", sa.String(length=36), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("claim"),
        sa.UniqueConstraint("ask_id"),
    )
    op.create_table(
        "trainings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("audience", sa.String(length=40), nullable=False),
        sa.Column("topics", sa.String(length=400), nullable=False),
        sa.Column("women", sa.Integer(), nullable=True),
        sa.Column("men", sa.Integer(), nullable=True),
        sa.Column("others", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("registered_at", Moment(), nullable=False),
        sa.Column("registered_by", sa.String(length=100), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_trainings_held_on"), "trainings", ["held_on"], unique=False)
    op.create_table(
        "training_participants",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("training_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sex", sa.String(length=40), nullable=False),
        sa.Column("attended", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["training_id"],
            ["trainings.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_training_participants_training_id"), "training_participants", ["training_id"], unique=False
    )
    op.add_column("cases", sa.Column("claim", sa.String(length=40), nullable=True))
    op.create_index(op.f("ix_cases_claim"), "cases", ["claim"], unique=False)
    op.add_column("visits", sa.Column("guidance_version", sa.String(length=40), nullable=True))
