"""Taking patients out of the records on request: one conversation, or everything of one contact.

What is deleted hangs on the conversation by cascade: transcript, tracker, intake, words before consent, alerts, call
backs, tags, what staff wrote, and the search index by its own triggers. Past visits stay as times without a person,
requests about somebody's data as that they were asked and decided.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import NotFoundError, OpenVisitError
from knee_intake.records.audit import write_audit
from knee_intake.records.contact_search import Found, find_contact
from knee_intake.records.database import Database
from knee_intake.records.forgotten_lessons import take_back_named
from knee_intake.records.list_changes import note_change
from knee_intake.records.privacy_requests import forget_askers, forget_requests, personal
from knee_intake.records.schema import booking_attempts, bookings, conversations, outbox
from knee_intake.records.tombstones import Tombstone, Why, bury, counts_of, stones_for
from knee_intake.records.transcript_index import purge

NOBODY = dict.fromkeys(
    ("conversation_id", "first_name", "contact", "contact_mac", "effect_key", "contact_confirmed_at", "kept_at")
)
"""What makes a past visit one of nobody's; its time stays."""
OPEN = ("requested", "booked")
_BATCH = 500
_REQUEST = "request-"
_Id = TypeVar("_Id", str, int)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Erased:
    """What went, and what was left for a person to look at."""

    conversations: tuple[str, ...]
    visits: int
    """From the phone or another program, that belong to no conversation."""
    mentioned: tuple[str, ...]
    """Conversations of others in which the contact is only spoken of: not erased."""
    requests: int
    """About somebody's data, that belong to no conversation."""


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
    with forgetful(database) as connection:
        found = connection.execute(sa.select(conversations.c.id).where(conversations.c.id == conversation)).first()
        if found is None:
            raise NotFoundError(f"there is no conversation {conversation}")
        if open_visits(connection, [conversation], now):
            raise OpenVisitError("a visit still lies ahead; cancel it first")
        also(connection)
        delete(connection, [conversation], now, "request")
        note_change(connection, now)
        write_audit(connection, now=now, staff_id=staff_id, action="erase", subject=conversation)
    database.scrub()


def erase_contact(database: Database, contact: str, *, now: datetime, staff_id: int | None = None) -> Erased:
    """Delete every conversation and unname every visit and request of a phone number or an email.

    Raises RequestError where it is neither, OpenVisitError where a visit still lies ahead.
    """
    with forgetful(database) as connection:
        found = find_contact(connection, contact)
        ahead = sa.select(bookings.c.id).where(
            bookings.c.id.in_(found.visits), bookings.c.status.in_(OPEN), bookings.c.end > now
        )
        if open_visits(connection, found.conversations, now) or connection.execute(ahead).first() is not None:
            raise OpenVisitError("a visit still lies ahead; cancel it first")
        _erase_found(connection, found, now)
        for one in found.conversations:
            write_audit(connection, now=now, staff_id=staff_id, action="erase", subject=one)
        detail = {name: len(getattr(found, name)) for name in ("conversations", "visits", "requests")}
        write_audit(connection, now=now, staff_id=staff_id, action="erase_contact", detail=detail)
    database.scrub()
    return Erased(found.conversations, len(found.visits), found.mentioned, len(found.requests))


def _erase_found(connection: Connection, found: Found, now: datetime) -> None:
    for part in parts(found.conversations):
        delete(connection, part, now, "request")
    unname_visits(connection, found.visits, now, "request")
    unname_requests(connection, found.requests, now, "request")
    if found.conversations or found.visits or found.requests:
        note_change(connection, now)


def replay(database: Database, stones: Iterable[Tombstone], *, now: datetime) -> int:
    """Erase again what a backup brought back, visits ahead too; how many conversations, visits and requests."""
    stones = list(stones)
    with forgetful(database) as connection:
        gone = {kind: [stone.id for stone in stones if stone.kind == kind] for kind in ("conversation", "visit")}
        again, visits = (
            [row for part in parts(gone[kind]) for row in connection.execute(query(part)).scalars()]
            for kind, query in (("conversation", _there), ("visit", _named))
        )
        for part in parts(again):
            ahead = (bookings.c.conversation_id.in_(part), bookings.c.status.in_(OPEN), bookings.c.end > now)
            connection.execute(sa.update(bookings).where(*ahead).values(status="cancelled", updated_at=now))
            delete(connection, part, now, "request")
        unname_visits(connection, visits, now, "request")
        asked = [request_of(stone.id) for stone in stones if stone.kind == "request"]
        requests = [row for part in parts(asked) for row in personal(connection, part)]
        unname_requests(connection, requests, now, "request")
        bury(connection, stones)
        if again or visits or requests:
            note_change(connection, now)
        detail = {"tombstones": len(stones), "conversations": len(again), "visits": len(visits)}
        detail["requests"] = len(requests)
        write_audit(connection, now=now, action="replay_tombstones", detail=detail)
    database.scrub()
    return len(again) + len(visits) + len(requests)


def _there(ids: list[str]) -> sa.sql.Select:
    return sa.select(conversations.c.id).where(conversations.c.id.in_(ids))


def _named(ids: list[str]) -> sa.sql.Select:
    named = sa.or_(bookings.c.first_name.is_not(None), bookings.c.contact.is_not(None))
    return sa.select(bookings.c.id).where(bookings.c.id.in_(ids), named)


# -- for retention too -----------------------------------------------------------------------------------------------


def open_visits(connection: Connection, ids: Collection[str], now: datetime) -> list[str]:
    """Those of the conversations that have a visit ahead."""
    ahead = sa.and_(
        bookings.c.conversation_id.in_(list(ids)),
        bookings.c.status.in_(OPEN),
        bookings.c.end > now,
    )
    return list(connection.execute(sa.select(bookings.c.conversation_id).where(ahead)).scalars())


def delete(connection: Connection, ids: Collection[str], now: datetime, why: Why) -> None:
    """The rows, what hangs on them (by cascade), what names them elsewhere; a tombstone for each stays."""
    ids = list(ids)
    bury(connection, stones_for(ids, counts_of(connection, ids), now, why))
    own = bookings.c.conversation_id.in_(ids)
    connection.execute(sa.delete(bookings).where(own, bookings.c.status == "held"))
    connection.execute(sa.update(bookings).where(own).values(**NOBODY))
    _delete_notices(connection, set(ids))
    forget_askers(connection, ids, now)
    take_back_named(connection, ids)
    connection.execute(sa.delete(conversations).where(conversations.c.id.in_(ids)))


def _delete_notices(connection: Connection, ids: set[str]) -> None:
    """Whatever in the outbox names one of the conversations, in its key or its body; one look at all of them."""
    rows = connection.execute(sa.select(outbox.c.id, outbox.c.key, sa.cast(outbox.c.body, sa.Text).label("body")))
    named = [row.id for row in rows if ids.intersection(_UUID.findall(f"{row.key} {row.body}".lower()))]
    for start in range(0, len(named), _BATCH):
        connection.execute(sa.delete(outbox).where(outbox.c.id.in_(named[start : start + _BATCH])))


def unname_visits(connection: Connection, ids: Collection[str], now: datetime, why: Why) -> None:
    """Visits that go with no conversation become nobody's; a tombstone for each stays."""
    for part in parts(ids):
        own = bookings.c.id.in_(part)
        keys = sa.select(bookings.c.effect_key).where(own, bookings.c.effect_key.is_not(None))
        connection.execute(sa.delete(booking_attempts).where(booking_attempts.c.effect_key.in_(keys)))
        connection.execute(sa.update(bookings).where(own).values(**NOBODY))
        bury(connection, stones_for(part, {}, now, why, "visit"))


def unname_requests(connection: Connection, ids: Collection[int], now: datetime, why: Why) -> None:
    """Requests that go with no conversation become nobody's; a tombstone for each stays."""
    for part in parts(ids):
        forget_requests(connection, part, now)
        bury(connection, stones_for([f"{_REQUEST}{one}" for one in part], {}, now, why, "request"))


def request_of(stone: str) -> int:
    """The number of the request that a tombstone stands for."""
    return int(stone.removeprefix(_REQUEST))


def parts(ids: Collection[_Id]) -> list[list[_Id]]:
    """The ids in batches that a statement takes."""
    listed = list(ids)
    return [listed[start : start + _BATCH] for start in range(0, len(listed), _BATCH)]


@contextmanager
def forgetful(database: Database) -> Iterator[Connection]:
    """A writing transaction after which the search index holds no trace of what was deleted."""
    with database.write() as connection:
        yield connection
        purge(connection)
