"""Keyed hashes of contacts, so that the same phone or email is found by an index and nobody learns it from there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from knee_intake.booking.limits import keyed, same_contact
from knee_intake.records.schema import bookings, callbacks, contact_keys, conversations, facts, intakes

BATCH = 500
"""Conversations that one run of `fill` looks at."""
_FILLED = "contact_keys_filled"


def contact_mac(secret: bytes, contact: str) -> bytes:
    """The hash of a contact, the same for every way to write it."""
    return keyed(secret, "contact", same_contact(contact))


def note_contacts(connection: Connection, secret: bytes, conversation: str, intake: Mapping[str, Any] | None) -> None:
    """Bring the hashes of a conversation in step with the contacts in its intake, its visits and its wishes."""
    said = _said(intake)
    known = set(connection.execute(_known(conversation)).scalars())
    if not said and not known:
        return
    kept = [
        connection.execute(sa.select(table.c.contact).where(table.c.conversation_id == conversation)).scalars()
        for table in (bookings, callbacks)
    ]
    due = {contact_mac(secret, contact) for contact in (*said, *kept[0], *kept[1]) if contact}
    _replace(connection, conversation, {bytes(one) for one in known}, due)


def fill(connection: Connection, secret: bytes, now: datetime) -> int:
    """Hash the contacts of the next conversations from before there were hashes; how many were looked at.

    Where it stopped is kept, so that it is done once, whatever ends in between. With nothing left to do it is one look.
    """
    done = connection.execute(sa.select(facts.c.value).where(facts.c.name == _FILLED)).scalar()
    if done == "all":
        return 0
    query = sa.select(conversations.c.id, intakes.c.data).join(intakes, intakes.c.conversation_id == conversations.c.id)
    rows = connection.execute(
        query.where(conversations.c.id > (done or "")).order_by(conversations.c.id).limit(BATCH)
    ).all()
    for row in rows:
        note_contacts(connection, secret, row.id, row.data)
    _fill_visits(connection, secret)
    value = rows[-1].id if len(rows) == BATCH else "all"
    if not connection.execute(
        sa.update(facts).where(facts.c.name == _FILLED).values(value=value, at=now)
    ).rowcount:  # fmt: skip
        connection.execute(sa.insert(facts).values(name=_FILLED, value=value, at=now))
    return len(rows)


def _fill_visits(connection: Connection, secret: bytes) -> None:
    """The visits that staff entered, which go with no conversation."""
    loose = (bookings.c.conversation_id.is_(None), bookings.c.contact.is_not(None), bookings.c.contact_mac.is_(None))
    for row in connection.execute(sa.select(bookings.c.id, bookings.c.contact).where(*loose).limit(BATCH)).all():
        mac = contact_mac(secret, row.contact)
        connection.execute(sa.update(bookings).where(bookings.c.id == row.id).values(contact_mac=mac))


def note_visit(connection: Connection, secret: bytes, reference: str, contact: str) -> None:
    """Hash the contact of a visit that goes with no conversation."""
    mac = contact_mac(secret, contact)
    connection.execute(sa.update(bookings).where(bookings.c.reference == reference).values(contact_mac=mac))


def with_same_contact(connection: Connection, conversation: str, most: int) -> list[str]:
    """Other conversations with one of this one's contacts, by the index."""
    mine = sa.select(contact_keys.c.mac).where(contact_keys.c.conversation_id == conversation)
    of = contact_keys.c.conversation_id
    query = sa.select(of).where(contact_keys.c.mac.in_(mine), of != conversation).distinct().limit(most)
    return list(connection.execute(query).scalars())


def visits_with_same_contact(connection: Connection, conversation: str, most: int) -> list[dict[str, Any]]:
    """Visits without conversation with one of this one's contacts, the newest first."""
    mine = sa.select(contact_keys.c.mac).where(contact_keys.c.conversation_id == conversation)
    query = sa.select(bookings).where(bookings.c.contact_mac.in_(mine), bookings.c.conversation_id.is_(None))
    found = connection.execute(query.order_by(bookings.c.start.desc()).limit(most)).mappings()
    return [dict(row) for row in found]


def _said(intake: Mapping[str, Any] | None) -> list[str]:
    answers = (intake or {}).get("answers", {})
    found: Iterable[Any] = ((answers.get(name) or {}).get("value") for name in ("phone", "email"))
    return [str(value) for value in found if value]


def _known(conversation: str) -> Any:
    return sa.select(contact_keys.c.mac).where(contact_keys.c.conversation_id == conversation)


def _replace(connection: Connection, conversation: str, known: Collection[bytes], due: Collection[bytes]) -> None:
    own = contact_keys.c.conversation_id == conversation
    if gone := [one for one in known if one not in due]:
        connection.execute(sa.delete(contact_keys).where(own, contact_keys.c.mac.in_(gone)))
    if new := [{"mac": one, "conversation_id": conversation} for one in due if one not in known]:
        # another process may hash the same at this moment: who is second has nothing left to do
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(insert(contact_keys).on_conflict_do_nothing(), new)
