"""What the loop back into understanding needs: lessons, the messages behind them, quality by day, model builds."""

import sqlalchemy as sa
from alembic import op

revision = "r0010"
down_revision = "r0009"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _counts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _flags(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Boolean(), nullable=False) for name in names]


def upgrade() -> None:
    """Four tables, empty: the inbox is filled when somebody looks at it."""
    op.create_table(
        "lessons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("intent", sa.String(length=40), nullable=True),
        sa.Column("expect", sa.JSON(), nullable=True),
        sa.Column("negated", sa.JSON(), nullable=True),
        sa.Column("asked", sa.String(length=40), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        *_flags("dated"),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        _moment("decided_at"),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        _moment("approved_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("lessons_by_state", "lessons", ["state", "id"])
    op.create_table(
        "learning_items",
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        _moment("at", nullable=False),
        *_flags("rejected", "low", "corrected", "judged"),
        sa.Column("judged_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["lesson_id"], ["lessons.id"]),
        sa.PrimaryKeyConstraint("conversation_id", "seq"),
    )
    op.create_index("learning_items_by_lesson", "learning_items", ["lesson_id", "at"])
    op.create_table(
        "quality_days",
        sa.Column("conversation", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        *_counts("said", "rejected", "low", "corrected", "unanswered", "judged"),
        sa.PrimaryKeyConstraint("conversation", "day"),
    )
    op.create_index("quality_days_by_day", "quality_days", ["day"])
    op.create_table(
        "model_builds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        *_counts("lessons"),
        sa.Column("started_by", sa.Integer(), nullable=True),
        _moment("created_at", nullable=False),
        _moment("lease_until", nullable=False),
        _moment("ended_at"),
        sa.Column("log", sa.Text(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("model", sa.String(length=300), nullable=True),
        _moment("promoted_at"),
        sa.Column("promoted_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    """Without them, and without what is in them."""
    op.drop_table("model_builds")
    op.drop_index("quality_days_by_day", "quality_days")
    op.drop_table("quality_days")
    op.drop_index("learning_items_by_lesson", "learning_items")
    op.drop_table("learning_items")
    op.drop_index("lessons_by_state", "lessons")
    op.drop_table("lessons")
