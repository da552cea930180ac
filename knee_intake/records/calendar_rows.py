"""What stands in the calendar: visits, holds, requests, blocks and busy times of a span, as staff see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.booking.entry import Entry
from knee_intake.records.schema import blocks, bookings, busy_times

SPAM = "spam"


def entries_between(
    connection: Connection, start: datetime, end: datetime | None, now: datetime, clinician: str | None = None
) -> list[Entry]:
    """Everything that reaches into the span, in order of time; without `end` all from `start` on."""

    def of(table: sa.Table, *more: Any) -> Any:
        query = sa.select(table).where(table.c.end > start, *more)
        query = query if end is None else query.where(table.c.start < end)
        return connection.execute(query if clinician is None else query.where(table.c.clinician == clinician))

    held = sa.and_(bookings.c.status == "held", bookings.c.hold_until > now)
    found = [_visit(row) for row in of(bookings, sa.or_(held, bookings.c.status.in_(("requested", "booked"))))]
    found += [
        Entry("blocked", row.clinician, row.start, row.end, row.created_at, block=row.id, note=row.note)
        for row in of(blocks, blocks.c.removed_at.is_(None))
    ]
    found += [Entry("busy", row.clinician, row.start, row.end, row.start) for row in of(busy_times)]
    return sorted(found, key=lambda entry: (entry.start, entry.clinician, entry.end))


def _visit(row: Any) -> Entry:
    return Entry(
        row.status,
        row.clinician,
        row.start,
        row.end,
        row.updated_at,
        kind=row.kind,
        reference=row.reference,
        conversation=row.conversation_id,
        first_name=row.first_name,
        contact=row.contact,
        sequence=row.sequence,
    )


# -- the visits of one conversation ----------------------------------------------------------------------------------


def open_visits(connection: Connection, conversation: str) -> list[dict[str, Any]]:
    """The requested and booked visits of a conversation, in order of time."""
    return _of(connection, conversation, bookings.c.status.in_(("requested", "booked")))


def spam_visits(connection: Connection, conversation: str) -> list[dict[str, Any]]:
    """Its visits that staff found to be fakes."""
    return _of(connection, conversation, bookings.c.verdict == SPAM)


def _of(connection: Connection, conversation: str, which: Any) -> list[dict[str, Any]]:
    own = bookings.c.conversation_id == conversation
    query = sa.select(bookings).where(own, which).order_by(bookings.c.start, bookings.c.reference)
    return [dict(row) for row in connection.execute(query).mappings()]


def set_verdict(
    connection: Connection, reference: str, verdict: str | None, status_before: str | None, now: datetime
) -> None:
    """Mark a visit, or take the mark away."""
    values = {"verdict": verdict, "status_before": status_before, "updated_at": now}
    connection.execute(bookings.update().where(bookings.c.reference == reference).values(**values))


def staff_visit(connection: Connection, reference: str) -> dict[str, Any] | None:
    """An open visit that staff entered, which belongs to no conversation."""
    mine = (bookings.c.reference == reference, bookings.c.conversation_id.is_(None), bookings.c.source == "staff")
    standing = bookings.c.status.in_(("requested", "booked"))
    row = connection.execute(sa.select(bookings).where(*mine, standing)).mappings().first()
    return dict(row) if row else None
