"""The chain over the audit log: each row's hash covers its content and the hash of the row before it.

Whoever changes, removes or puts in a row breaks the chain from there on. The database itself refuses UPDATE and DELETE
on the log; the chain tells of those who got around that. A log whose end was cut off, or that was written anew as a
whole, is found by a hash that was noted earlier (`knee-intake audit verify --noted`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.records.schema import audit

START = bytes(32)
"""What the first row has before it."""

_REFUSAL = "the audit log is only added to"
_SQLITE = (
    f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    # INSERT OR REPLACE deletes without asking the trigger above
    "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = new.id) "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$",
    "CREATE TRIGGER audit_no_update BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
)
_SQLITE_DROP = tuple(f"DROP TRIGGER {name}" for name in ("audit_no_update", "audit_no_delete", "audit_no_replace"))
_POSTGRESQL_DROP = (
    "DROP TRIGGER audit_no_update ON audit",
    "DROP TRIGGER audit_no_truncate ON audit",
    "DROP FUNCTION audit_refuse()",
)


def chain_hash(
    previous: bytes,
    *,
    at: datetime,
    staff_id: int | None,
    action: str,
    subject: str | None,
    detail: Mapping[str, Any] | None,
) -> bytes:
    """SHA-256 over the previous hash and the row's content as canonical JSON: the same before storing and after."""
    content = [previous.hex(), at.astimezone(timezone.utc).isoformat(), staff_id, action, subject, detail]
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).digest()


def guard_statements(dialect: str) -> tuple[str, ...]:
    """What makes the database refuse UPDATE and DELETE on the log."""
    return _SQLITE if dialect == "sqlite" else _POSTGRESQL


def unguard_statements(dialect: str) -> tuple[str, ...]:
    """What takes that away again, to go back to an older version."""
    return _SQLITE_DROP if dialect == "sqlite" else _POSTGRESQL_DROP


def _guard(_table: sa.Table, connection: Connection, **_more: object) -> None:
    for statement in guard_statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


sa.event.listen(audit, "after_create", _guard)
