"""The audit log: who looked at or changed what. Only ever added to, in the same transaction as the deed itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.records.schema import audit


def write_audit(
    connection: Connection,
    *,
    now: datetime,
    action: str,
    staff_id: int | None = None,
    subject: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add one row. `staff_id` is empty where the command line acted; `detail` never holds a patient's words."""
    connection.execute(
        sa.insert(audit).values(
            at=now,
            staff_id=staff_id,
            action=action,
            subject=subject,
            detail=dict(detail) if detail else None,
        )
    )
