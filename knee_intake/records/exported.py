"""The one way by which an export reads a conversation: whoever may not have it is refused here, and it is noted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.records.audit import write_audit
from knee_intake.records.schema import bookings
from knee_intake.records.staff_queries import Detail, RowDict, read_conversation


@dataclass(frozen=True)
class Exported:
    """One conversation with all visits that were ever asked for in it, the cancelled ones too."""

    detail: Detail
    visits: tuple[RowDict, ...]


def read_exported(
    connection: Connection, conversation: str, *, kind: str, now: datetime, staff_id: int | None = None
) -> Exported:
    """Read it, and write down that it was exported as `kind`. Without consent it holds no content.

    `staff_id` is empty where the command line asks. Raises NotFoundError; a file of many leaves such a one out.
    """
    detail = read_conversation(connection, conversation)
    query = sa.select(bookings).where(bookings.c.conversation_id == conversation, bookings.c.status != "held")
    rows = connection.execute(query.order_by(bookings.c.created_at, bookings.c.id)).mappings()
    visits = tuple(dict(row) for row in rows) if detail.item.consented else ()
    write_audit(connection, now=now, staff_id=staff_id, action="export", subject=conversation, detail={"format": kind})
    return Exported(detail, visits)
