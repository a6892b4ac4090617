"""Below which version a referral is silenced; on what ground something was read."""

import sqlalchemy as sa
from alembic import op

revision = "0004_consent"
down_revision = "0003_signin"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("audit", sa.Column("ground", sa.String(length=100), nullable=True))
    op.add_column("referrals_known", sa.Column("silenced", sa.Integer(), nullable=False, server_default="0"))
