"""Taking conversations out of the records: on request, or because they are older than the clinic keeps them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import NotFoundError, OpenVisitError
from knee_intake.records.audit import write_audit
from knee_intake.records.database import Database
from knee_intake.records.list_changes import note_change
from knee_intake.records.privacy_requests import forget_askers
from knee_intake.records.schema import alerts, bookings, conversations, outbox, pending, staff_sessions
from knee_intake.records.staff_accounts import SESSION_LIFE
from knee_intake.records.transcript_index import purge

WITHOUT_CONSENT = timedelta(days=1)
"""An empty row of a chat that nobody agreed to is kept this long, so that a reload still finds it."""
_NOBODY = dict.fromkeys(
    ("conversation_id", "first_name", "contact", "contact_mac", "effect_key", "contact_confirmed_at", "kept_at")
)
"""What makes a past visit one of nobody's; its time stays."""
_BATCH = 500


@dataclass(frozen=True)
class Retention:
    """What `retention` removes, or would remove."""

    pending: int
    """Conversations whose words before consent are deleted."""
    without_consent: int
    """Chats without consent and without an alert."""
    old: int
    """Conversations that are older than the clinic keeps them."""
    sessions: int
    """Staff sessions that have ended."""
    staff_visits: int
    """Visits from the phone, over for as long, that still had a name."""


def erase(
    database: Database,
    conversation: str,
    *,
    now: datetime,
    staff_id: int | None = None,
    also: Callable[[Connection], None] = lambda _connection: None,
) -> None:
    """Delete one conversation and all that came from it; a past visit stays as a time without a person.

    `also` is written in the same transaction, before anything is deleted. Raises NotFoundError, OpenVisitError where a
    visit still lies ahead, and what `also` raises: nothing is deleted then.
    """
    with _forgetful(database) as connection:
        found = connection.execute(sa.select(conversations.c.id).where(conversations.c.id == conversation)).first()
        if found is None:
            raise NotFoundError(f"there is no conversation {conversation}")
        if _open_visits(connection, [conversation], now):
            raise OpenVisitError("a visit still lies ahead; cancel it first")
        also(connection)
        _delete(connection, [conversation], now)
        note_change(connection, now)
        write_audit(connection, now=now, staff_id=staff_id, action="erase", subject=conversation)
    _flush(database)


def retain(
    database: Database, *, now: datetime, pending_for: timedelta, keep: timedelta | None, dry_run: bool
) -> Retention:
    """Remove what has had its time. `keep`: how long conversations stay after their last activity; None: for ever."""
    with _forgetful(database) as connection:
        silent = _silent(connection, now - pending_for)
        empty = _without_consent(connection, now - WITHOUT_CONSENT)
        old = _old(connection, now - keep, now, empty) if keep is not None else []
        ended = sa.or_(staff_sessions.c.created_at < now - SESSION_LIFE, staff_sessions.c.seen_at < now - SESSION_LIFE)
        sessions = connection.execute(sa.select(sa.func.count()).select_from(staff_sessions).where(ended)).scalar_one()
        named = _named_staff_visits(connection, now - keep) if keep is not None else []
        found = Retention(len(silent), len(empty), len(old), int(sessions), len(named))
        if dry_run:
            return found
        for part in _parts(silent):
            connection.execute(sa.delete(pending).where(pending.c.conversation_id.in_(part)))
        for part in _parts([*empty, *old]):
            _delete(connection, part, now)
        if empty or old:
            note_change(connection, now)
        for part in _parts(named):
            connection.execute(sa.update(bookings).where(bookings.c.id.in_(part)).values(**_NOBODY))
        connection.execute(sa.delete(staff_sessions).where(ended))
        write_audit(connection, now=now, action="retention", detail=vars(found))
    _flush(database)
    return found


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


def _old(connection: Connection, before: datetime, now: datetime, others: Collection[str]) -> list[str]:
    """Conversations silent since `before`, without the `others`; those with a visit ahead stay."""
    ids = list(connection.execute(sa.select(conversations.c.id).where(conversations.c.updated_at < before)).scalars())
    kept = {*others, *(one for part in _parts(ids) for one in _open_visits(connection, part, now))}
    return [one for one in ids if one not in kept]


def _named_staff_visits(connection: Connection, before: datetime) -> list[str]:
    """Visits that staff entered, which go with no conversation."""
    own = sa.and_(bookings.c.conversation_id.is_(None), bookings.c.source == "staff", bookings.c.end < before)
    named = sa.or_(bookings.c.first_name.is_not(None), bookings.c.contact.is_not(None))
    return list(connection.execute(sa.select(bookings.c.id).where(own, named)).scalars())


def _open_visits(connection: Connection, ids: Collection[str], now: datetime) -> list[str]:
    ahead = sa.and_(
        bookings.c.conversation_id.in_(list(ids)),
        bookings.c.status.in_(("requested", "booked")),
        bookings.c.end > now,
    )
    return list(connection.execute(sa.select(bookings.c.conversation_id).where(ahead)).scalars())


def _delete(connection: Connection, ids: Collection[str], now: datetime) -> None:
    """The rows, what hangs on them (by cascade), and what names them elsewhere."""
    ids = list(ids)
    own = bookings.c.conversation_id.in_(ids)
    connection.execute(sa.delete(bookings).where(own, bookings.c.status == "held"))
    connection.execute(sa.update(bookings).where(own).values(**_NOBODY))
    for one in ids:
        connection.execute(sa.delete(outbox).where(outbox.c.key.contains(one, autoescape=True)))
    forget_askers(connection, ids, now)
    connection.execute(sa.delete(conversations).where(conversations.c.id.in_(ids)))


def _parts(ids: list[str]) -> list[list[str]]:
    return [ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH)]


@contextmanager
def _forgetful(database: Database) -> Iterator[Connection]:
    """A writing transaction after which SQLite has overwritten what was deleted."""
    with database.write() as connection:
        if database.is_sqlite:
            connection.execute(sa.text("PRAGMA secure_delete = ON"))
        yield connection
        purge(connection)


def _flush(database: Database) -> None:
    """Empty SQLite's write-ahead log, in which the deleted rows would stay readable for a while."""
    if database.is_sqlite:
        connection = database.engine.raw_connection()
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
