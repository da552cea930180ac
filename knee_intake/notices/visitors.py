"""Which mails visitors are due, and where they go: only to those whose last word on mails was a yes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.duty import is_address
from knee_intake.notices import outbox
from knee_intake.notices.outbox import TO_VISITOR
from knee_intake.records.schema import bookings, consents, conversations, intakes, messages
from knee_intake.records.schema import outbox as rows

CONSENT = "email"
"""Kind of the consent row that allows mails."""
REMIND_BEFORE = timedelta(hours=24)
FRESH = timedelta(hours=2)
"""A visit asked for so shortly before its reminder would be sent needs none: the first mail has just come."""
SETTLE = timedelta(minutes=3)
"""An answer is mailed when it is so old: a visitor who is still in the chat reads it there."""
NEWS = timedelta(days=2)
"""An older answer is not mailed any more."""


def address_of(connection: Connection, conversation: str) -> str | None:
    """The email address that mails may go to; None without a yes, after a no, or where there is none."""
    if not connection.execute(sa.select(sa.literal(1)).where(_wants_mails(sa.literal(conversation)))).first():
        return None
    return email_of(connection, conversation)


def email_of(connection: Connection, conversation: str) -> str | None:
    """The email address that the visitor gave last, whether mails may go there or not."""
    data = connection.execute(sa.select(intakes.c.data).where(intakes.c.conversation_id == conversation)).scalar()
    address = str((((data or {}).get("answers") or {}).get("email") or {}).get("value") or "")
    return address if is_address(address) else None


def stop(connection: Connection, conversation: str, now: datetime) -> None:
    """The visitor wants no more mails: a later row wins over the yes, in whose wording it is kept."""
    own = (consents.c.conversation_id == conversation, consents.c.kind == CONSENT)
    version = connection.execute(
        sa.select(consents.c.wording_version).where(*own).order_by(consents.c.id.desc()).limit(1)
    ).scalar()
    if version is not None:
        values = {"conversation_id": conversation, "kind": CONSENT, "granted": False, "wording_version": version}
        connection.execute(consents.insert().values(at=now, **values))


def due_mails(connection: Connection, now: datetime) -> list[tuple[str, dict[str, Any]]]:
    """(key, body) of every mail that is due and not in the outbox yet."""
    return [*_of_visits(connection, now), *_reminders(connection, now), *_answers(connection, now)]


def add_due_mails(connection: Connection, now: datetime) -> int:
    """Put them into the outbox; how many."""
    return sum(outbox.add(connection, key, TO_VISITOR, body, now) for key, body in due_mails(connection, now))


def _of_visits(connection: Connection, now: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """One for each change of a visit that lies ahead; a cancelled one only where an earlier mail told of it."""
    stem = bookings.c.conversation_id + ":visit:" + bookings.c.reference + ":"
    key = stem + sa.cast(bookings.c.sequence, sa.String)
    told_before = sa.exists().where(rows.c.key.like(stem + "%"))
    query = sa.select(bookings, key.label("key")).where(
        bookings.c.start > now,
        sa.or_(bookings.c.status.in_(("requested", "booked")), (bookings.c.status == "cancelled") & told_before),
        _wants_mails(bookings.c.conversation_id),
        ~sa.exists().where(rows.c.key == key),
    )
    for row in connection.execute(query).mappings():
        yield row["key"], {**_visit(row), "mail": "visit", "sequence": row["sequence"]}


def _reminders(connection: Connection, now: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    query = sa.select(bookings).where(
        bookings.c.start > now,
        bookings.c.start <= now + REMIND_BEFORE,
        bookings.c.status.in_(("requested", "booked")),
        _wants_mails(bookings.c.conversation_id),
        ~sa.exists().where(rows.c.key == bookings.c.conversation_id + ":reminder:" + bookings.c.reference),
    )
    for row in connection.execute(query).mappings():
        if row["created_at"] <= row["start"] - REMIND_BEFORE - FRESH:
            yield f"{row['conversation_id']}:reminder:{row['reference']}", {**_visit(row), "mail": "reminder"}


def _answers(connection: Connection, now: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """For the newest message of staff's, where the visitor has written nothing since."""
    said = messages.alias()
    newest = (
        sa.select(sa.func.max(said.c.seq))
        .where(said.c.conversation_id == conversations.c.id, said.c.sender != "bot")
        .scalar_subquery()
    )
    key = messages.c.conversation_id + ":answer:" + sa.cast(messages.c.seq, sa.String)
    query = (
        sa.select(messages.c.conversation_id, messages.c.seq, key.label("key"))
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            conversations.c.updated_at > now - NEWS,
            messages.c.seq == newest,
            messages.c.sender == "staff",
            messages.c.at > now - NEWS,
            messages.c.at <= now - SETTLE,
            _wants_mails(messages.c.conversation_id),
            ~sa.exists().where(rows.c.key == key),
        )
    )
    for row in connection.execute(query).mappings():
        yield row["key"], {"conversation": row["conversation_id"], "mail": "answered", "seq": row["seq"]}


def _visit(row: Any) -> dict[str, Any]:
    return {"conversation": row["conversation_id"], "reference": row["reference"]}


def _wants_mails(conversation: Any) -> Any:
    """Condition: the last word on mails is a yes, nothing was taken back since, and nobody asked to be forgotten."""
    yes, no = consents.alias(), consents.alias()
    taken_back = sa.exists().where(  # bound to the yes: SQLAlchemy does not see a table two selects further out
        no.c.conversation_id == yes.c.conversation_id,
        no.c.kind.in_((CONSENT, "privacy")),
        ~no.c.granted,
        no.c.id > yes.c.id,
    )
    agreed = sa.exists().where(
        yes.c.conversation_id == conversation, yes.c.kind == CONSENT, yes.c.granted, ~taken_back
    )  # fmt: skip
    talk = conversations.alias()
    forgotten = sa.exists().where(talk.c.id == conversation, talk.c.erase_requested_at.is_not(None))
    return sa.and_(agreed, ~forgotten)
