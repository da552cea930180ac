"""What a remote calendar holds of each visit."""

import sqlalchemy as sa
from alembic import op

revision = "r0002"
down_revision = "r0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was ever written to a remote calendar before: null for all."""
    op.add_column("bookings", sa.Column("remote_sequence", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Forget it; the visits stay."""
    op.drop_column("bookings", "remote_sequence")
