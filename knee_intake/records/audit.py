"""The audit log: who looked at or changed what. Only ever added to, in the same transaction as the deed itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.records.audit_chain import START, chain_hash
from knee_intake.records.database import before_commit
from knee_intake.records.schema import audit

_LOCK = 4_331_044
"""Any fixed number: the advisory lock under which PostgreSQL transactions add to the chain one after the other."""
_BATCH = 1000


def write_audit(
    connection: Connection,
    *,
    now: datetime,
    action: str,
    staff_id: int | None = None,
    subject: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add one row. `staff_id` is empty where the command line acted; `detail` never holds a patient's words.

    The row is chained and written as the last thing before the commit: the lock that keeps the chain in one line is
    then held for a moment only, and nobody who holds it waits for another lock.
    """
    row = {
        "at": now,
        "staff_id": staff_id,
        "action": action,
        "subject": subject,
        "detail": dict(detail) if detail else None,
    }
    before_commit(connection, lambda: _append(connection, row))


def _append(connection: Connection, row: dict[str, Any]) -> None:
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
    last = connection.execute(sa.select(audit.c.hash).order_by(audit.c.id.desc()).limit(1)).scalar()
    connection.execute(sa.insert(audit).values(**row, hash=chain_hash(last or START, **row)))


@dataclass(frozen=True)
class Verified:
    """What a walk along the chain found."""

    rows: int
    """Rows that hold together, from the first on."""
    last: bytes
    """The hash of the last of them; START where there is none."""
    broken: int | None
    """The id of the first row that does not fit the ones before it."""
    noted: bool
    """Was the hash that was looked for met?"""


def verify(connection: Connection, noted: bytes | None = None) -> Verified:
    """Walk along the whole chain, looking for the hash `noted` on the way."""
    previous, rows, met = START, 0, noted is None
    query = sa.select(audit).order_by(audit.c.id).execution_options(stream_results=True)
    for row in connection.execute(query).yield_per(_BATCH):
        due = chain_hash(
            previous, at=row.at, staff_id=row.staff_id, action=row.action, subject=row.subject, detail=row.detail
        )
        if row.hash != due:
            return Verified(rows, previous, int(row.id), met)
        previous, rows, met = due, rows + 1, met or due == noted
    return Verified(rows, previous, None, met)
