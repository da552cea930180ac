"""Alerts with when staff first looked, and visits asked for in chats: what the figures read as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.figures.care import Alert, Visit
from knee_intake.records.schema import alerts, audit, bookings

VIEW = "view"
"""The audit log's action of opening a conversation."""
_AT_ONCE = 500


def alerts_between(connection: Connection, start: datetime, end: datetime) -> list[Alert]:
    """Every alert raised in the span. Rule and times only: staff may know those of every alert."""
    query = sa.select(alerts).where(alerts.c.at >= start, alerts.c.at < end).order_by(alerts.c.id)
    raised = connection.execute(query).all()
    views = _views(connection, list({row.conversation_id for row in raised}))
    return [
        Alert(row.rule, row.at, _first(views.get(row.conversation_id, []), row.at), row.acknowledged_at)
        for row in raised
    ]


def _views(connection: Connection, ids: Sequence[str]) -> dict[str, list[datetime]]:
    """When staff opened these conversations. The action is looked at here: the index by action holds far more rows."""
    found: dict[str, list[datetime]] = {}
    for first in range(0, len(ids), _AT_ONCE):
        some = audit.c.subject.in_(ids[first : first + _AT_ONCE])
        for row in connection.execute(sa.select(audit.c.subject, audit.c.action, audit.c.at).where(some)):
            if row.action == VIEW:
                found.setdefault(row.subject, []).append(row.at)
    return found


def _first(views: Sequence[datetime], after: datetime) -> datetime | None:
    return min((at for at in views if at >= after), default=None)


def visits_between(connection: Connection, start: datetime, end: datetime) -> list[Visit]:
    """Every visit that was asked for in a chat in the span; holds are none."""
    query = sa.select(bookings.c.created_at, bookings.c.status, bookings.c.verdict).where(
        bookings.c.conversation_id.is_not(None), bookings.c.status != "held",
        bookings.c.created_at >= start, bookings.c.created_at < end,
    )  # fmt: skip
    return [Visit(row.created_at, row.status, row.verdict == "spam") for row in connection.execute(query)]
