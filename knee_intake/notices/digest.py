"""The morning digest: how much waits for staff, in numbers only."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake import duty
from knee_intake.notices import plan
from knee_intake.practice import Practice
from knee_intake.records.schema import alerts, audit, bookings, callbacks, conversations

LATEST = timedelta(hours=4)
"""A server that starts later than this after the digest's time sends none that day."""


def counts(connection: Connection, now: datetime) -> dict[str, int]:
    """{urgent, unread, visits, callbacks}: chats with unseen alerts, chats with something that nobody has read, visits
    ahead that are only requested, people who wait for a call."""
    views = sa.select(audit.c.subject, sa.func.max(audit.c.at).label("at")).where(audit.c.action == "view")
    seen = views.group_by(audit.c.subject).subquery()
    unread = (
        sa.select(sa.func.count())
        .select_from(conversations.outerjoin(seen, seen.c.subject == conversations.c.id))
        .where(
            conversations.c.consent_at.is_not(None),
            sa.or_(seen.c.at.is_(None), seen.c.at < conversations.c.updated_at),
        )
    )
    urgent = sa.select(sa.func.count(alerts.c.conversation_id.distinct())).where(alerts.c.acknowledged_at.is_(None))
    visits = sa.select(sa.func.count()).where(bookings.c.status == "requested", bookings.c.start > now)
    waiting = sa.select(sa.func.count()).select_from(callbacks).where(callbacks.c.done_at.is_(None))
    queries = {"urgent": urgent, "unread": unread, "visits": visits, "callbacks": waiting}
    return {name: int(connection.execute(query).scalar_one()) for name, query in queries.items()}


def is_time(practice: Practice, now: datetime) -> bool:
    """Whether today's digest may go out now: on a day on which the clinic opens, from its time on."""
    local = now.astimezone(practice.zoneinfo())
    start = datetime.combine(local.date(), time.fromisoformat(practice.alerts.digest.at), local.tzinfo)
    return start <= local < start + LATEST and bool(practice.spans_on(local.date()))


def add_digests(connection: Connection, practice: Practice, channels: tuple[str, ...], now: datetime) -> None:
    """Put today's into the outbox, once for each way to each recipient."""
    day = now.astimezone(practice.zoneinfo()).date().isoformat()
    body: dict[str, object] = {"happened": {"kind": "digest"}}
    for name in practice.alerts.digest.to:
        for way in duty.ways(practice, name, channels):
            plan.add_delivery(connection, f"digest:{day}", way, body, now)
