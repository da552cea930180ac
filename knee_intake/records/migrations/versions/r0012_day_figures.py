"""The figures of each day are kept, and the conversations of a day can be counted without reading them."""

import sqlalchemy as sa
from alembic import op

revision = "r0012"
down_revision = "r0011"
branch_labels = None
depends_on = None

_WALK = ["urgency", "updated_at", "id", "review", "consent_at", "status", "assignee"]
_OPEN = sa.text("review <> 'closed'")


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
    # of two indexes that cost it the same, SQLite takes the one that was made last: the list's shall be the smaller one
    op.drop_index("conversations_open_queue", "conversations")
    op.create_index("conversations_open_queue", "conversations", _WALK, sqlite_where=_OPEN, postgresql_where=_OPEN)


def downgrade() -> None:
    """Drop both."""
    op.drop_index("conversations_by_day", "conversations")
    op.drop_table("day_figures")
