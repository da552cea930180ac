"""Conversations and their messages: receive, claim, load for a turn, commit a turn whole, read back.

Every function is one transaction (or works in the caller's) and blocks: call it from a thread. A turn's rows are
written together or not at all; the conversation's version is compared and set, so that no turn overwrites another.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.booking.limits import keyed, same_address
from knee_intake.errors import IdReusedError, NotFoundError, UnauthorizedError
from knee_intake.records.clinic_versions import keep_version
from knee_intake.records.commit import append_message, find_conversation, find_intake, insert_message, write_turn
from knee_intake.records.contact_keys import note_contacts
from knee_intake.records.database import Database
from knee_intake.records.erasure import delete
from knee_intake.records.list_changes import note_change
from knee_intake.records.privacy_requests import ANSWER_WITHIN, add_chat_request, forget_askers
from knee_intake.records.schema import (
    alerts,
    bookings,
    callbacks,
    conversations,
    messages,
    pending,
    thumbs,
    tracker_events,
)
from knee_intake.records.staff_queries import read_conversation
from knee_intake.records.thumbs import is_thumbed, same_thumb, set_thumb
from knee_intake.records.transcript_index import purge
from knee_intake.records.turn_rows import NewMessage, Received, Row, TurnRows

TOKEN_BYTES = 32


class Store:
    """The records of conversations."""

    def __init__(self, database: Database, secret: bytes) -> None:
        self.database = database
        self.secret = secret
        """Keys the hashes of what is only to be known again."""

    # ---- opening and receiving ---------------------------------------------------------------------------

    def create(
        self,
        now: datetime,
        greeting: list[NewMessage],
        stage: Row,
        *,
        demo: bool,
        source: str = "widget",
        conversation: str | None = None,
        version: tuple[str, bytes | None] | None = None,
    ) -> tuple[str, str]:
        """A new conversation with its greeting. Returns (id, token); the token is nowhere kept in the clear.

        With an id of the caller's own it is safe to repeat: one that is there already stays as it is. `version`: digest
        and packed content of the clinic's files that it begins with.
        """
        known = conversations.c.id == conversation
        conversation, token = conversation or str(uuid.uuid4()), secrets.token_urlsafe(TOKEN_BYTES)
        digest, content = version or (None, None)
        with self.database.write() as connection:
            if connection.execute(sa.select(conversations.c.id).where(known)).first() is not None:
                return conversation, token
            if digest is not None and content is not None:
                keep_version(connection, digest, content, now)
            connection.execute(
                conversations.insert().values(
                    id=conversation, token_hash=_sha(token), created_at=now, updated_at=now, demo=demo,
                    last_seq=len(greeting), source=source, clinic_version=digest,
                )
            )  # fmt: skip
            for seq, message in enumerate(greeting, 1):
                insert_message(connection, conversation, seq, message, now, before_consent=True, stage=stage)
        return conversation, token

    def authenticate(self, conversation: str, token: str | None) -> Row:
        """The conversation's row. Raises UnauthorizedError for a wrong token and for an unknown conversation alike."""
        with self.database.read() as connection:
            row = (
                connection.execute(sa.select(conversations).where(conversations.c.id == conversation))
                .mappings()
                .first()
            )
        if row is None or not token or not hmac.compare_digest(bytes(row["token_hash"]), _sha(token)):
            raise UnauthorizedError("no conversation opens with this key")
        return dict(row)

    def receive(
        self,
        conversation: str,
        client_id: str,
        text: str,
        now: datetime,
        owner: str,
        lease: timedelta,
        *,
        address: str | None = None,
        staff_id: int | None = None,
    ) -> Received:
        """Store a visitor's text before anybody thinks about it, and try to claim the conversation.

        `staff_id`: who typed it for a caller. Of the network address only a keyed hash is kept, for a day. Safe to
        repeat with the same id and text. Raises IdReusedError for the same id with another text.
        """
        mac = self._mac(conversation, text)
        with self.database.write() as connection:
            row = find_conversation(connection, conversation)
            known = connection.execute(
                sa.select(messages).where(messages.c.conversation_id == conversation, messages.c.client_id == client_id)
            ).mappings().first()  # fmt: skip
            if known is not None:
                if not hmac.compare_digest(bytes(known["text_mac"]), mac):
                    raise IdReusedError("the id stands for another text")
                return Received(known["seq"], bool(known["answered"]), row["handled_by"])
            seq = row["last_seq"] + 1
            before_consent = row["status"] in ("consent_pending", "refused")
            connection.execute(
                messages.insert().values(
                    conversation_id=conversation, seq=seq, sender="visitor", at=now, client_id=client_id,
                    text_mac=mac, answered=False, text=None if before_consent else text, staff_id=staff_id,
                )
            )  # fmt: skip
            if before_consent:
                connection.execute(
                    pending.insert().values(
                        conversation_id=conversation, seq=seq, sender="visitor", text=text, at=now, replay=False
                    )
                )
            from_where = (
                {"address_mac": keyed(self.secret, "address", same_address(address)), "address_at": now}
                if address
                else {}
            )
            own = conversations.c.id == conversation
            connection.execute(
                conversations.update().where(own).values(last_seq=seq, updated_at=now, **_reopened(row), **from_where)
            )
            _claim(connection, conversation, owner, now, lease)
        return Received(seq, False, row["handled_by"])

    def claim(self, conversation: str, owner: str, now: datetime, lease: timedelta) -> bool:
        """Take or renew the lease on a conversation; False where another process holds it."""
        with self.database.write() as connection:
            return _claim(connection, conversation, owner, now, lease)

    def release(self, conversation: str, owner: str) -> None:
        """Give the lease back after a failed turn."""
        with self.database.write() as connection:
            connection.execute(
                conversations.update()
                .where(conversations.c.id == conversation, conversations.c.lease_owner == owner)
                .values(lease_owner=None, lease_until=None)
            )

    def forget_leases(self) -> None:
        """At the start of the only process: whoever held a lease is gone."""
        with self.database.write() as connection:
            connection.execute(conversations.update().values(lease_owner=None, lease_until=None))

    def unanswered(self) -> list[tuple[str, int]]:
        """(conversation, seq) of visitor messages that no turn has answered, in order."""
        query = (
            sa.select(messages.c.conversation_id, messages.c.seq)
            .where(messages.c.sender == "visitor", messages.c.answered.is_(False))
            .order_by(messages.c.conversation_id, messages.c.seq)
        )
        with self.database.read() as connection:
            return [(row[0], row[1]) for row in connection.execute(query)]

    # ---- reading for a turn ------------------------------------------------------------------------------

    def conversation(self, conversation: str) -> Row:
        """The row. Raises NotFoundError."""
        with self.database.read() as connection:
            return find_conversation(connection, conversation)

    def message(self, conversation: str, seq: int) -> Row:
        """One message, with the words where they still wait for consent."""
        with self.database.read() as connection:
            row = connection.execute(
                sa.select(messages, pending.c.text.label("waiting"))
                .join(pending, _same_message(), isouter=True)
                .where(messages.c.conversation_id == conversation, messages.c.seq == seq)
            ).mappings().first()  # fmt: skip
        if row is None:
            raise NotFoundError("no such message")
        return {**row, "text": row["text"] if row["text"] is not None else row["waiting"]}

    def first_unanswered(self, conversation: str) -> int | None:
        """The seq of the oldest visitor message without an answer."""
        query = sa.select(sa.func.min(messages.c.seq)).where(
            messages.c.conversation_id == conversation,
            messages.c.sender == "visitor",
            messages.c.answered.is_(False),
        )
        with self.database.read() as connection:
            seq: int | None = connection.execute(query).scalar()
        return seq

    def stage(self, conversation: str) -> Row | None:
        """Where a conversation without consent stands."""
        with self.database.read() as connection:
            rows = connection.execute(
                sa.select(pending.c.payload)
                .where(pending.c.conversation_id == conversation, pending.c.sender == "bot")
                .order_by(pending.c.seq.desc())
            )
            return next((row[0]["stage"] for row in rows if row[0] and row[0].get("stage") is not None), None)

    def replays(self, conversation: str) -> list[tuple[int, str]]:
        """(seq, text) of the texts that wait to be read once consent is given."""
        with self.database.read() as connection:
            rows = connection.execute(
                sa.select(pending.c.seq, pending.c.text)
                .where(pending.c.conversation_id == conversation, pending.c.replay.is_(True))
                .order_by(pending.c.seq)
            )
            return [(row[0], row[1]) for row in rows]

    def events(self, conversation: str) -> list[Row]:
        """The tracker's events, in order."""
        with self.database.read() as connection:
            rows = connection.execute(
                sa.select(tracker_events.c.event)
                .where(tracker_events.c.conversation_id == conversation)
                .order_by(tracker_events.c.n)
            )
            return [row[0] for row in rows]

    def intake(self, conversation: str) -> Row | None:
        """The intake as of the last finished turn."""
        with self.database.read() as connection:
            return find_intake(connection, conversation)

    # ---- the turn's one transaction ----------------------------------------------------------------------

    def commit(self, turn: TurnRows) -> None:
        """Write a finished turn.

        Raises VersionConflictError where another turn was saved first, and whatever an effect raises; nothing is
        written then.
        """
        with self.database.write() as connection:
            write_turn(connection, turn)
            if turn.intake is not None:
                note_contacts(connection, self.secret, turn.conversation, turn.intake)

    # ---- staff -------------------------------------------------------------------------------------------

    def add_message(self, conversation: str, message: NewMessage, now: datetime, **columns: Any) -> Row:
        """Append a message outside a turn (staff, or a notice), and change columns of the conversation."""
        with self.database.write() as connection:
            seq = append_message(connection, conversation, message, now, **columns)
        return self.message(conversation, seq)

    def writer(self, conversation: str) -> int | None:
        """The member of staff who answers in it; None while the assistant does, and where that is not known."""
        with self.database.read() as connection:
            found = read_conversation(connection, conversation).writer
        return found.id if found else None

    def has_key(self, conversation: str, key: str) -> bool:
        """Whether a message of staff's was sent with this key."""
        query = sa.select(messages.c.payload).where(
            messages.c.conversation_id == conversation, messages.c.sender == "staff"
        )
        with self.database.read() as connection:
            return any((payload or {}).get("key") == key for payload in connection.execute(query).scalars())

    def staff_wrote(self, conversation: str) -> bool:
        """Whether a person has written since the assistant last put a question."""
        query = (
            sa.select(messages.c.sender, messages.c.payload)
            .where(messages.c.conversation_id == conversation, messages.c.sender != "visitor")
            .order_by(messages.c.seq.desc())
        )
        with self.database.read() as connection:
            for row in connection.execute(query).mappings():
                if row["sender"] == "staff" or "input" in (row["payload"] or {}):
                    return bool(row["sender"] == "staff")
        return False

    # ---- reading back ------------------------------------------------------------------------------------

    def transcript(self, conversation: str, after: int = 0) -> list[Row]:
        """Messages after a seq, in order; words that wait for consent are there for the visitor's own eyes."""
        return self._readable(messages.c.conversation_id == conversation, messages.c.seq > after)

    def replies(self, conversation: str, seq: int) -> list[Row]:
        """The messages that answer one visitor message."""
        return self._readable(messages.c.conversation_id == conversation, messages.c.reply_to == seq)

    def _readable(self, *of: Any) -> list[Row]:
        """Messages as the visitor reads them, in order, each with whether there is a thumb on it."""
        waiting = pending.c.text.label("waiting"), pending.c.payload.label("waiting_payload")
        query = (
            sa.select(messages, *waiting, is_thumbed())
            .join(pending, _same_message(), isouter=True)
            .join(thumbs, same_thumb(), isouter=True)
            .where(*of)
            .order_by(messages.c.seq)
        )
        with self.database.read() as connection:
            return [_with_waiting(row) for row in connection.execute(query).mappings()]

    def thumb(self, conversation: str, seq: int, now: datetime, *, down: bool) -> bool:
        """The visitor's thumb on an answer, put down or taken back. Raises as `set_thumb`."""
        with self.database.write() as connection:
            return set_thumb(connection, conversation, seq, now, down=down)

    def booking(self, conversation: str) -> Row | None:
        """The newest visit of a conversation that was asked for."""
        query = (
            sa.select(bookings)
            # what was only held, and let go of when the visit was asked for, was never a visit
            .where(bookings.c.conversation_id == conversation, bookings.c.hold_until.is_(None))
            .order_by((bookings.c.status == "cancelled"), bookings.c.created_at.desc())
            .limit(1)
        )
        with self.database.read() as connection:
            row = connection.execute(query).mappings().first()
        return dict(row) if row else None

    # ---- forgetting --------------------------------------------------------------------------------------

    def forget(self, conversation: str, now: datetime, answer_within: timedelta = ANSWER_WITHIN) -> bool:
        """ "Forget me". True: all is gone. False: the clinic holds a visit or an alert of it, so staff decide."""
        with self.database.write() as connection:
            held = _is_held_by_clinic(connection, conversation)
            if held:
                connection.execute(
                    conversations.update().where(conversations.c.id == conversation).values(erase_requested_at=now)
                )
                connection.execute(pending.delete().where(pending.c.conversation_id == conversation))
                add_chat_request(connection, "delete", conversation, now, answer_within)
                return False
            forget_askers(connection, [conversation], now)
            connection.execute(bookings.delete().where(bookings.c.conversation_id == conversation))
            delete(connection, [conversation], now, "forget")
            note_change(connection, now)
        self.database.empty_log()
        return True

    def forget_waiting_words(self, silent_since: datetime) -> int:
        """Delete words said before consent in conversations that have been silent since then; how many."""
        silent = sa.select(conversations.c.id).where(
            conversations.c.updated_at < silent_since, conversations.c.status.in_(("consent_pending", "refused"))
        )
        with self.database.write() as connection:
            # the greeting, always the first message, tells nothing of anybody and keeps the chat usable
            deleted = connection.execute(
                pending.delete().where(pending.c.conversation_id.in_(silent), pending.c.seq > 1)
            ).rowcount
            purged = purge(connection)
        if deleted or purged:
            self.database.empty_log()
        return int(deleted)

    def _mac(self, conversation: str, text: str) -> bytes:
        return hmac.new(self.secret, f"{conversation}\0{text}".encode(), hashlib.sha256).digest()


def _reopened(row: Row) -> Row:
    """What staff had closed is new again when the visitor writes: they must not miss it."""
    return {"review": "new"} if row["review"] == "closed" else {}


def _sha(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _same_message() -> Any:
    return sa.and_(pending.c.conversation_id == messages.c.conversation_id, pending.c.seq == messages.c.seq)


def _claim(connection: Connection, conversation: str, owner: str, now: datetime, lease: timedelta) -> bool:
    free = sa.or_(
        conversations.c.lease_owner.is_(None), conversations.c.lease_owner == owner, conversations.c.lease_until < now
    )
    done = connection.execute(
        conversations.update()
        .where(conversations.c.id == conversation, free)
        .values(lease_owner=owner, lease_until=now + lease)
    )
    return bool(done.rowcount)


def _is_held_by_clinic(connection: Connection, conversation: str) -> bool:
    visits = sa.select(bookings.c.id).where(
        bookings.c.conversation_id == conversation, bookings.c.status.in_(("requested", "booked"))
    )
    alarms = sa.select(alerts.c.id).where(alerts.c.conversation_id == conversation)
    calls = sa.select(callbacks.c.id).where(callbacks.c.conversation_id == conversation)
    staffed = sa.select(messages.c.seq).where(messages.c.conversation_id == conversation, messages.c.sender == "staff")
    queries: Iterable[Any] = (visits, alarms, calls, staffed)
    return any(connection.execute(query.limit(1)).first() is not None for query in queries)


def _with_waiting(row: Any) -> Row:
    found = dict(row)
    if found["text"] is None and found["waiting"] is not None:
        found["text"] = found["waiting"]
        found["payload"] = {k: v for k, v in (found["waiting_payload"] or {}).items() if k != "stage"}
    return found
