"""The audit log is chained by hashes, and the database refuses to change or delete its rows."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from knee_intake.records.audit_chain import START, chain_hash, guard_statements, unguard_statements
from knee_intake.records.schema import UtcDateTime

revision = "r0006"
down_revision = "r0005"
branch_labels = None
depends_on = None

_BATCH = 1000


def upgrade() -> None:
    """Add the hash, chain what is there, and shut the table."""
    op.add_column("audit", sa.Column("hash", sa.LargeBinary(length=32), nullable=True))
    connection = op.get_bind()
    _chain(connection)
    with op.batch_alter_table("audit") as batch:
        batch.alter_column("hash", existing_type=sa.LargeBinary(length=32), nullable=False)
    op.create_index("audit_by_subject", "audit", ["subject", "id"])
    op.create_index("audit_by_member", "audit", ["staff_id", "id"])
    op.create_index("audit_by_action", "audit", ["action", "id"])
    for statement in guard_statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def _chain(connection: sa.engine.Connection) -> None:
    audit = sa.table(
        "audit", sa.column("id", sa.Integer), sa.column("at", UtcDateTime), sa.column("staff_id", sa.Integer),
        sa.column("action", sa.String), sa.column("subject", sa.String), sa.column("detail", sa.JSON),
        sa.column("hash", sa.LargeBinary),
    )  # fmt: skip
    previous, last = START, None
    while True:
        query = sa.select(audit).order_by(audit.c.id).limit(_BATCH)
        rows = connection.execute(query if last is None else query.where(audit.c.id > last)).all()
        if not rows:
            return
        hashes = []
        for row in rows:
            detail = _without_tags(row.detail)
            previous = chain_hash(
                previous, at=row.at, staff_id=row.staff_id, action=row.action, subject=row.subject, detail=detail
            )
            hashes.append({"row": row.id, "made": previous})
            if detail != row.detail:
                connection.execute(sa.update(audit).where(audit.c.id == row.id).values(detail=detail))
        change = sa.update(audit).where(audit.c.id == sa.bindparam("row")).values(hash=sa.bindparam("made"))
        connection.execute(change, hashes)
        last = rows[-1].id


def _without_tags(detail: dict[str, Any] | None) -> dict[str, Any] | None:
    """A tag's words may name somebody, and after this nothing can be taken out any more: their number stays."""
    if not detail:
        return detail
    words = {name: len(detail[name]) for name in ("tags_added", "tags_removed") if isinstance(detail.get(name), list)}
    return {**detail, **words}


def downgrade() -> None:
    """Open it again, and drop the hash."""
    connection = op.get_bind()
    for statement in unguard_statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
    for name in ("audit_by_action", "audit_by_member", "audit_by_subject"):
        op.drop_index(name, "audit")
    op.drop_column("audit", "hash")
