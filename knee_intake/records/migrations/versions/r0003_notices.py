"""Notices that leave the house: who delivers a row, and which were given up; what a visitor confirmed by mail."""

import sqlalchemy as sa
from alembic import op

revision = "r0003"
down_revision = "r0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("outbox", sa.Column("claimed_by", sa.String(length=64), nullable=True))
    op.add_column("outbox", sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox", sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("outbox_open", "outbox", ["done_at", "next_try_at"], unique=False)
    op.add_column("bookings", sa.Column("contact_confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("bookings", sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("bookings", "kept_at")
    op.drop_column("bookings", "contact_confirmed_at")
    op.drop_index("outbox_open", table_name="outbox")
    op.drop_column("outbox", "dead_at")
    op.drop_column("outbox", "claimed_until")
    op.drop_column("outbox", "claimed_by")
