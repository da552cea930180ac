"""What the front desk needs: busy times, blocks, feeds to subscribe to, limits on visits, the verdict "spam"."""

import sqlalchemy as sa
from alembic import op

revision = "r0004"
down_revision = "r0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Five tables, and columns of two that are there."""
    op.create_table(
        "booking_attempts",
        sa.Column("effect_key", sa.String(length=200), nullable=False),
        sa.Column("effect", sa.String(length=8), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=True),
        sa.Column("address_mac", sa.LargeBinary(length=32), nullable=True),
        sa.Column("contact_mac", sa.LargeBinary(length=32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("effect_key"),
    )
    for column in ("conversation_id", "address_mac", "contact_mac"):
        op.create_index(f"ix_booking_attempts_{column}", "booking_attempts", [column])
    op.create_table(
        "busy_times",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinician", sa.String(length=40), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("busy_times_by_time", "busy_times", ["clinician", "start", "end"])
    op.create_table(
        "busy_feeds",
        sa.Column("clinician", sa.String(length=40), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("etag", sa.String(length=200), nullable=True),
        sa.Column("last_modified", sa.String(length=80), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expanded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fresh_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("clinician"),
    )
    op.create_table(
        "blocks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinician", sa.String(length=40), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(length=120), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("blocks_by_time", "blocks", ["clinician", "start", "end"])
    op.create_table(
        "calendar_feeds",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("name"),
    )
    op.add_column("bookings", sa.Column("verdict", sa.String(length=8), nullable=True))
    op.add_column("bookings", sa.Column("status_before", sa.String(length=12), nullable=True))
    op.add_column("conversations", sa.Column("address_mac", sa.LargeBinary(length=32), nullable=True))
    op.add_column("conversations", sa.Column("address_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Without them, and without what is in them."""
    op.drop_column("conversations", "address_at")
    op.drop_column("conversations", "address_mac")
    op.drop_column("bookings", "status_before")
    op.drop_column("bookings", "verdict")
    for table in ("calendar_feeds", "blocks", "busy_feeds", "busy_times", "booking_attempts"):
        op.drop_table(table)
