"""The visitor's thumb down on an answer: where it is kept, and a reason of its own in the inbox."""

import sqlalchemy as sa
from alembic import op

revision = "r0013"
down_revision = "r0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table and one column."""
    op.create_table(
        "thumbs",
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("conversation_id", "seq"),
    )
    op.add_column("learning_items", sa.Column("thumbed", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Without them, and without what is in them."""
    op.drop_column("learning_items", "thumbed")
    op.drop_table("thumbs")
