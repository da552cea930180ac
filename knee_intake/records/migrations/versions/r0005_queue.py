"""What the staff's queue needs: review state, assignee, tags, what was seen, filters, saved views, full-text search."""

import sqlalchemy as sa
from alembic import op

from knee_intake.records.facets import answer_facets, message_facets
from knee_intake.records.transcript_index import drop_statements, statements

revision = "r0005"
down_revision = "r0004"
branch_labels = None
depends_on = None

_WALK = ["urgency", "updated_at", "id", "review", "consent_at", "status", "assignee"]
_PARTIAL = {
    "conversations_open_queue": ("conversations", _WALK, "review <> 'closed'"),
    "conversations_unread": (
        "conversations", ["id"], "last_seq > seen_seq AND consent_at IS NOT NULL AND review <> 'closed'",
    ),
    "conversations_by_assignee": ("conversations", ["assignee", "id"], "assignee IS NOT NULL"),
    "alerts_unseen": ("alerts", ["conversation_id"], "acknowledged_at IS NULL"),
}  # fmt: skip
_PLAIN = {
    "conversations_queue": ("conversations", _WALK),
    "alerts_by_rule": ("alerts", ["rule", "conversation_id"]),
    "bookings_by_status": ("bookings", ["status", "conversation_id"]),
}
_BATCH = 500


def upgrade() -> None:
    """Three tables, three columns, the indexes of the list, and the full-text index with all that was said so far."""
    state = sa.Column("review", sa.String(length=12), server_default="new", nullable=False)
    op.add_column("conversations", state)
    op.add_column("conversations", sa.Column("assignee", sa.Integer(), nullable=True))
    op.add_column("conversations", sa.Column("seen_seq", sa.Integer(), server_default="0", nullable=False))
    # there was no such note before: what lies there is taken for seen, not for a heap of news
    op.execute("UPDATE conversations SET seen_seq = last_seq")
    op.create_table(
        "tags",
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("tag", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("conversation_id", "tag"),
    )
    op.create_index("tags_by_tag", "tags", ["tag", "conversation_id"])
    op.create_table(
        "facets",
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("conversation_id", "name", "value"),
    )
    op.create_index("facets_by_value", "facets", ["name", "value", "conversation_id"])
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("query", sa.String(length=600), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("staff_id", "name"),
    )
    for name, (table, columns, where) in _PARTIAL.items():
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    for name, (table, columns) in _PLAIN.items():
        op.create_index(name, table, columns)
    connection = op.get_bind()
    for statement in statements(connection.dialect.name, fill=True):
        connection.exec_driver_sql(statement)
    _fill_facets(connection)


def _fill_facets(connection: sa.engine.Connection) -> None:
    intakes = sa.table("intakes", sa.column("conversation_id"), sa.column("data", sa.JSON))
    said = sa.table(
        "messages", sa.column("conversation_id"), sa.column("sender"), sa.column("understanding", sa.JSON)
    )  # fmt: skip
    facets = sa.table("facets", sa.column("conversation_id"), sa.column("name"), sa.column("value"))
    found = {
        (row.conversation_id, *facet)
        for row in connection.execute(sa.select(intakes.c.conversation_id, intakes.c.data))
        for facet in answer_facets(row.data)
    }
    messages = sa.select(said.c.conversation_id, said.c.understanding).where(said.c.sender == "visitor")
    found |= {
        (row.conversation_id, *facet)
        for row in connection.execute(messages)
        for facet in message_facets(row.understanding)
    }
    rows = [dict(zip(("conversation_id", "name", "value"), one, strict=True)) for one in sorted(found)]
    for start in range(0, len(rows), _BATCH):
        connection.execute(sa.insert(facets), rows[start : start + _BATCH])


def downgrade() -> None:
    """Without them, and without what is in them."""
    connection = op.get_bind()
    for statement in drop_statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
    for name in (*_PARTIAL, *_PLAIN):
        op.drop_index(name, (_PARTIAL.get(name) or _PLAIN[name])[0])
    for table in ("saved_views", "facets", "tags"):
        op.drop_table(table)
    for column in ("seen_seq", "assignee", "review"):
        op.drop_column("conversations", column)
