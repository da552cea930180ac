"""How far a visit has been told to the clinic's own calendar."""

import sqlalchemy as sa
from alembic import op

revision = "r0002"
down_revision = "r0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("bookings", sa.Column("remote_sequence", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("bookings", "remote_sequence")
