"""Alerts with when staff first looked, and visits asked for in chats: what the figures read as it is now."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.figures.care import Alert, Visit
from knee_intake.records.schema import UtcDateTime, alerts, audit, bookings

VIEW = "view"
"""The audit log's action of opening a conversation."""


def alerts_between(connection: Connection, start: datetime, end: datetime) -> list[Alert]:
    """Every alert raised in the span. Rule and times only: staff may know those of every alert."""
    viewed = (
        sa.select(sa.func.min(audit.c.at, type_=UtcDateTime))
        .where(audit.c.subject == alerts.c.conversation_id, audit.c.action == VIEW, audit.c.at >= alerts.c.at)
        .scalar_subquery()
    )
    query = sa.select(alerts.c.rule, alerts.c.at, viewed, alerts.c.acknowledged_at)
    rows = connection.execute(query.where(alerts.c.at >= start, alerts.c.at < end).order_by(alerts.c.id))
    return [Alert(*row) for row in rows]


def visits_between(connection: Connection, start: datetime, end: datetime) -> list[Visit]:
    """Every visit that was asked for in a chat in the span; holds are none."""
    query = sa.select(bookings.c.created_at, bookings.c.status, bookings.c.verdict).where(
        bookings.c.conversation_id.is_not(None), bookings.c.status != "held",
        bookings.c.created_at >= start, bookings.c.created_at < end,
    )  # fmt: skip
    return [Visit(row.created_at, row.status, row.verdict == "spam") for row in connection.execute(query)]
