"""The figures of each day are kept, and the conversations of a day can be counted without reading them."""

import sqlalchemy as sa
from alembic import op

revision = "r0012"
down_revision = "r0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table, which fills itself, and one index."""
    op.create_table(
        "day_figures",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("newest", sa.DateTime(timezone=True), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_index("conversations_by_day", "conversations", ["created_at", "updated_at"])


def downgrade() -> None:
    """Drop both."""
    op.drop_index("conversations_by_day", "conversations")
    op.drop_table("day_figures")
