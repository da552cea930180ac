"""Calls and who was reached, one person's conversations, saved replies, intakes by phone, and requests about data."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from knee_intake.records.schema import UtcDateTime

revision = "r0008"
down_revision = "r0007"
branch_labels = None
depends_on = None

_ANSWER_WITHIN = timedelta(days=30)
_PLAIN = {
    "ix_privacy_requests_conversation_id": ("privacy_requests", ["conversation_id"]),
    "privacy_requests_by_state": ("privacy_requests", ["state", "due_at"]),
    "ix_call_attempts_conversation_id": ("call_attempts", ["conversation_id"]),
    "contact_keys_of": ("contact_keys", ["conversation_id"]),
    "other_people_by_other": ("other_people", ["other"]),
    "ix_same_people_person": ("same_people", ["person"]),
    "alerts_by_time": ("alerts", ["at", "conversation_id"]),
    "ix_bookings_contact_mac": ("bookings", ["contact_mac"]),
}
_PARTIAL = {
    "callbacks_open": ("callbacks", ["conversation_id"], "done_at IS NULL"),
    "conversations_by_phone": ("conversations", ["updated_at"], "source = 'phone'"),
}
_TABLES = ("privacy_requests", "saved_replies", "other_people", "same_people", "contact_keys", "call_attempts")
_COLUMNS = (("conversations", "source"), ("consents", "staff_id"), ("bookings", "contact_mac"))


def upgrade() -> None:
    """Six tables, three columns; what visitors have asked to be erased becomes a request."""
    source = sa.Column("source", sa.String(length=12), server_default="widget", nullable=False)
    op.add_column("conversations", source)
    op.add_column("consents", sa.Column("staff_id", sa.Integer(), nullable=True))
    op.add_column("bookings", sa.Column("contact_mac", sa.LargeBinary(length=32), nullable=True))
    op.create_table(
        "call_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("form_key"),
    )
    op.create_table(
        "contact_keys",
        sa.Column("mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("mac", "conversation_id"),
    )
    op.create_table(
        "same_people",
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("joined_by", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["joined_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("conversation_id"),
    )
    op.create_table(
        "other_people",
        sa.Column("one", sa.String(length=36), nullable=False),
        sa.Column("other", sa.String(length=36), nullable=False),
        sa.Column("said_by", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["one"], ["conversations.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other"], ["conversations.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["said_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("one", "other"),
    )
    op.create_table(
        "saved_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("title"),
    )
    op.create_table(
        "privacy_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=True),
        sa.Column("form_key", sa.String(length=64), nullable=True),
        sa.Column("asked_by", sa.String(length=8), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=True),
        sa.Column("contact", sa.String(length=120), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("noted_by", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("reply_by", sa.String(length=8), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("form_key"),
    )
    for name, (table, columns) in _PLAIN.items():
        op.create_index(name, table, columns)
    for name, (table, columns, where) in _PARTIAL.items():
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    still_open = sa.text("state = 'open'")
    op.create_index(
        "one_open_request", "privacy_requests", ["conversation_id", "kind"], unique=True,
        sqlite_where=still_open, postgresql_where=still_open,
    )  # fmt: skip
    _take_over_wishes(op.get_bind())


def _take_over_wishes(connection: sa.engine.Connection) -> None:
    """Those who asked to be erased, and are still there."""
    asked = sa.table("conversations", sa.column("id"), sa.column("erase_requested_at", UtcDateTime))
    requests = sa.table(
        "privacy_requests", sa.column("kind"), sa.column("conversation_id"), sa.column("asked_by"),
        sa.column("asked_at", UtcDateTime), sa.column("due_at", UtcDateTime), sa.column("state"),
    )  # fmt: skip
    wishes = sa.select(asked).where(asked.c.erase_requested_at.is_not(None))
    rows = [
        {
            "kind": "delete", "conversation_id": row.id, "asked_by": "chat", "asked_at": row.erase_requested_at,
            "due_at": row.erase_requested_at + _ANSWER_WITHIN, "state": "open",
        }
        for row in connection.execute(wishes)
    ]  # fmt: skip
    if rows:
        connection.execute(sa.insert(requests), rows)


def downgrade() -> None:
    """Without them, and without what is in them."""
    op.drop_index("one_open_request", "privacy_requests")
    for name in (*_PLAIN, *_PARTIAL):
        op.drop_index(name, (_PARTIAL.get(name) or _PLAIN[name])[0])
    for table in _TABLES:
        op.drop_table(table)
    for table, column in _COLUMNS:
        op.drop_column(table, column)
