"""How far a clinic's own calendar is behind the bookings."""

import sqlalchemy as sa
from alembic import op

revision = "r0002"
down_revision = "r0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bookings", sa.Column("remote_sequence", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("bookings", "remote_sequence")
