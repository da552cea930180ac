"""Taking conversations out of the records because they are older than the clinic keeps them, by status."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.records.audit import write_audit
from knee_intake.records.database import Database
from knee_intake.records.erasure import delete, forgetful, open_visits, parts, unname_requests, unname_visits
from knee_intake.records.list_changes import note_change
from knee_intake.records.privacy_requests import outlived
from knee_intake.records.schema import alerts, bookings, conversations, pending, staff_sessions
from knee_intake.records.staff_accounts import SESSION_LIFE

ANY = "*"
"""Stands for every status that has no days of its own."""
WITHOUT_CONSENT = timedelta(days=1)
"""An empty row of a chat that nobody agreed to is kept this long, so that a reload still finds it."""


@dataclass(frozen=True)
class Group:
    """The conversations of one status that have had their time."""

    status: str
    days: int
    count: int
    oldest: datetime
    """The earliest last activity among them."""


@dataclass(frozen=True)
class Retention:
    """What `retention` removes, or would remove."""

    pending: int
    """Conversations whose words before consent are deleted."""
    without_consent: int
    """Chats without consent and without an alert."""
    by_status: tuple[Group, ...]
    """Conversations that are older than the clinic keeps them."""
    sessions: int
    """Staff sessions that have ended."""
    staff_visits: int
    """Visits from the phone, over for as long, that still had a name."""
    requests: int
    """Requests about somebody's data, of no conversation, decided for as long, that still said who asked."""

    @property
    def old(self) -> int:
        return sum(group.count for group in self.by_status)

    def figures(self) -> dict[str, Any]:
        """For the audit log."""
        found = {"pending": self.pending, "without_consent": self.without_consent, "old": self.old}
        statuses = {group.status: group.count for group in self.by_status}
        found |= {"sessions": self.sessions, "staff_visits": self.staff_visits, "requests": self.requests}
        return {**found, **statuses}


def retain(
    database: Database,
    *,
    now: datetime,
    pending_for: timedelta,
    days: Mapping[str, int],
    dry_run: bool,
    staff_id: int | None = None,
) -> Retention:
    """Remove what has had its time.

    `days`: how long conversations of a status stay after their last activity, ANY for the others; without either they
    stay for ever, as does a conversation with a visit ahead.
    """
    if dry_run:
        with database.read() as connection:
            return _look(connection, now, pending_for, days)[0]
    with forgetful(database) as connection:
        found, silent, gone, named = _look(connection, now, pending_for, days)
        asked = _outlived(connection, now, days)
        for part in parts(silent):
            connection.execute(sa.delete(pending).where(pending.c.conversation_id.in_(part)))
        for part in parts(gone):
            delete(connection, part, now, "retention")
        if gone:
            note_change(connection, now)
        unname_visits(connection, named, now, "retention")
        unname_requests(connection, asked, now, "retention")
        connection.execute(sa.delete(staff_sessions).where(_ended(now)))
        write_audit(connection, now=now, staff_id=staff_id, action="retention", detail=found.figures())
    database.scrub()
    return found


def _look(
    connection: Connection, now: datetime, pending_for: timedelta, days: Mapping[str, int]
) -> tuple[Retention, list[str], list[str], list[str]]:
    """(Figures, conversations with silent words before consent, conversations to go, visits to be unnamed)"""
    silent = _silent(connection, now - pending_for)
    empty = _without_consent(connection, now - WITHOUT_CONSENT)
    old = _old(connection, now, days, empty)
    groups = tuple(
        Group(status, days.get(status, days.get(ANY, 0)), len(rows), min(at for _, at in rows))
        for status, rows in sorted(old.items())
    )
    visits_for = days.get("booked", days.get(ANY))
    named = _named_staff_visits(connection, now - timedelta(days=visits_for)) if visits_for is not None else []
    count = sa.select(sa.func.count()).select_from(staff_sessions).where(_ended(now))
    sessions = int(connection.execute(count).scalar_one())
    gone = [*empty, *(ident for rows in old.values() for ident, _ in rows)]
    requests = len(_outlived(connection, now, days))
    return Retention(len(silent), len(empty), groups, sessions, len(named), requests), silent, gone, named


def _ended(now: datetime) -> Any:
    before = now - SESSION_LIFE
    return sa.or_(staff_sessions.c.created_at < before, staff_sessions.c.seen_at < before)


def _silent(connection: Connection, before: datetime) -> list[str]:
    last = sa.func.max(pending.c.at)
    return list(
        connection.execute(
            sa.select(pending.c.conversation_id).group_by(pending.c.conversation_id).having(last < before)
        ).scalars()
    )


def _without_consent(connection: Connection, before: datetime) -> list[str]:
    alerted = sa.exists().where(alerts.c.conversation_id == conversations.c.id)
    empty = sa.and_(conversations.c.consent_at.is_(None), conversations.c.updated_at < before, ~alerted)
    return list(connection.execute(sa.select(conversations.c.id).where(empty)).scalars())


def _old(
    connection: Connection, now: datetime, days: Mapping[str, int], others: Collection[str]
) -> dict[str, list[tuple[str, datetime]]]:
    """status -> (id, last activity) of those that are over it, without the `others`; with a visit ahead they stay."""
    columns = conversations.c
    named = [name for name in days if name != ANY]
    conditions = [sa.and_(columns.status == name, columns.updated_at < _before(now, days[name])) for name in named]
    if ANY in days:
        conditions.append(sa.and_(columns.status.not_in(named), columns.updated_at < _before(now, days[ANY])))
    if not conditions:
        return {}
    query = sa.select(columns.id, columns.status, columns.updated_at).where(sa.or_(*conditions))
    rows = connection.execute(query.order_by(columns.updated_at, columns.id)).all()
    kept = {*others, *(one for part in parts([row.id for row in rows]) for one in open_visits(connection, part, now))}
    found: dict[str, list[tuple[str, datetime]]] = {}
    for row in rows:
        if row.id not in kept:
            found.setdefault(row.status, []).append((row.id, row.updated_at))
    return found


def _before(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)


def _outlived(connection: Connection, now: datetime, days: Mapping[str, int]) -> list[int]:
    """They have no status, so that the days of any hold for them."""
    return outlived(connection, _before(now, days[ANY])) if ANY in days else []


def _named_staff_visits(connection: Connection, before: datetime) -> list[str]:
    """Visits that staff entered, which go with no conversation."""
    own = sa.and_(bookings.c.conversation_id.is_(None), bookings.c.source == "staff", bookings.c.end < before)
    named = sa.or_(bookings.c.first_name.is_not(None), bookings.c.contact.is_not(None))
    return list(connection.execute(sa.select(bookings.c.id).where(own, named)).scalars())
