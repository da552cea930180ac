"""Conversations and their messages: receive, claim, load for a turn, commit a turn whole, read back.

Every function is one transaction (or works in the caller's) and blocks: call it from a thread. A turn's rows are
written together or not at all; the conversation's version is compared and set, so that no turn overwrites another.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import IdReusedError, NotFoundError, UnauthorizedError, VersionConflictError
from knee_intake.records.database import Database
from knee_intake.records.schema import (
    alerts,
    bookings,
    callbacks,
    consents,
    conversations,
    intakes,
    messages,
    outbox,
    pending,
    tracker_events,
)

Row = dict[str, Any]
TOKEN_BYTES = 32
KEPT_AFTER_CONSENT = ("greeting", "consent", "tell_clinic")
"""Names of our own texts from before consent that may stand in the transcript: they tell nothing of the visitor."""


@dataclass
class NewMessage:
    """A row of the transcript to be written with a turn."""

    sender: str
    text: str
    payload: dict[str, Any] = field(default_factory=dict)
    staff_id: int | None = None


@dataclass
class Received:
    """A visitor's message as stored."""

    seq: int
    answered: bool
    handled_by: str


@dataclass
class TurnRows:
    """All that a finished turn writes."""

    conversation: str
    version: int
    """The version that the turn was computed from."""
    seq: int
    """The visitor's message that it answers."""
    now: datetime
    columns: Row = field(default_factory=dict)
    """Changed columns of the conversation."""
    replies: list[NewMessage] = field(default_factory=list)
    visitor: Row = field(default_factory=dict)
    """Changed columns of the visitor's message (understanding, payload)."""
    events: list[Row] = field(default_factory=list)
    intake: Row | None = None
    progress: tuple[int, int] = (0, 0)
    alerts: list[Row] = field(default_factory=list)
    consents: list[Row] = field(default_factory=list)
    outbox: list[Row] = field(default_factory=list)
    effects: list[Callable[[Connection], None]] = field(default_factory=list)
    """Writes of other rooms that belong to the turn; may raise SlotTakenError, which undoes the whole turn."""
    pending: PendingChange | None = None


@dataclass
class PendingChange:
    """What a turn does to the words said before consent."""

    stage: Row | None = None
    """Where the conversation stands without consent, kept beside the words."""
    keep: bool = False
    """The visitor's text is to be read again once consent is given."""
    reveal: bool = False
    """Consent was given: move what may be kept into the transcript."""
    forget: bool = False
    """Refused: delete every word."""
    picked: tuple[str, str] | None = None
    """(label, value) where the visitor's text is an offered answer: the label is what a person reads."""


class Store:
    """The records of conversations."""

    def __init__(self, database: Database, secret: bytes) -> None:
        self.database = database
        self._secret = secret

    # ---- opening and receiving ---------------------------------------------------------------------------

    def create(self, now: datetime, greeting: list[NewMessage], stage: Row, *, demo: bool) -> tuple[str, str]:
        """A new conversation with its greeting. Returns (id, token); the token is nowhere kept in the clear."""
        conversation, token = str(uuid.uuid4()), secrets.token_urlsafe(TOKEN_BYTES)
        with self.database.write() as connection:
            connection.execute(
                conversations.insert().values(
                    id=conversation, token_hash=_sha(token), created_at=now, updated_at=now, demo=demo,
                    last_seq=len(greeting),
                )
            )  # fmt: skip
            for seq, message in enumerate(greeting, 1):
                _insert_message(connection, conversation, seq, message, now, before_consent=True, stage=stage)
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
        self, conversation: str, client_id: str, text: str, now: datetime, owner: str, lease: timedelta
    ) -> Received:
        """Store a visitor's text before anybody thinks about it, and try to claim the conversation.

        Safe to repeat with the same id and text. Raises IdReusedError for the same id with another text.
        """
        mac = self._mac(conversation, text)
        with self.database.write() as connection:
            row = _conversation(connection, conversation)
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
                    text_mac=mac, answered=False, text=None if before_consent else text,
                )
            )  # fmt: skip
            if before_consent:
                connection.execute(
                    pending.insert().values(
                        conversation_id=conversation, seq=seq, sender="visitor", text=text, at=now, replay=False
                    )
                )
            connection.execute(
                conversations.update().where(conversations.c.id == conversation).values(last_seq=seq, updated_at=now)
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
            return _conversation(connection, conversation)

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
            data: Row | None = connection.execute(
                sa.select(intakes.c.data).where(intakes.c.conversation_id == conversation)
            ).scalar()
        return data

    # ---- the turn's one transaction ----------------------------------------------------------------------

    def commit(self, turn: TurnRows) -> list[Row]:
        """Write a finished turn. Returns its reply rows.

        Raises VersionConflictError where another turn was saved first, and whatever an effect raises; nothing is
        written then.
        """
        with self.database.write() as connection:
            row = _conversation(connection, turn.conversation, lock=True)
            if row["version"] != turn.version:
                raise VersionConflictError("another turn of this conversation was saved first")
            for effect in turn.effects:
                effect(connection)
            before_consent = turn.columns.get("status", row["status"]) in ("consent_pending", "refused")
            seq = self._write_replies(connection, turn, row["last_seq"], before_consent)
            if turn.pending is not None:
                _change_pending(connection, turn)
            self._write_visitor_message(connection, turn)
            self._write_rest(connection, turn)
            connection.execute(
                conversations.update()
                .where(conversations.c.id == turn.conversation)
                .values(
                    version=turn.version + 1, last_seq=seq, updated_at=turn.now, lease_owner=None, lease_until=None,
                    **turn.columns,
                )
            )  # fmt: skip
        return self.replies(turn.conversation, turn.seq)

    def _write_replies(self, connection: Connection, turn: TurnRows, last: int, before_consent: bool) -> int:
        stage = turn.pending.stage if turn.pending else None
        for message in turn.replies:
            last += 1
            _insert_message(
                connection, turn.conversation, last, message, turn.now,
                before_consent=before_consent, stage=stage, reply_to=turn.seq,
            )  # fmt: skip
        return last

    def _write_visitor_message(self, connection: Connection, turn: TurnRows) -> None:
        connection.execute(
            messages.update()
            .where(messages.c.conversation_id == turn.conversation, messages.c.seq == turn.seq)
            .values(answered=True, **turn.visitor)
        )

    def _write_rest(self, connection: Connection, turn: TurnRows) -> None:
        key = {"conversation_id": turn.conversation}
        if turn.events:
            last = sa.select(sa.func.max(tracker_events.c.n)).where(
                tracker_events.c.conversation_id == turn.conversation
            )
            first = (connection.execute(last).scalar() or 0) + 1
            rows = [{**key, "n": first + n, "event": event} for n, event in enumerate(turn.events)]
            connection.execute(tracker_events.insert(), rows)
        if turn.intake is not None:
            _upsert_intake(connection, turn)
        for row in turn.consents:
            connection.execute(consents.insert().values(**key, at=turn.now, **row))
        for row in turn.alerts:
            _upsert_alert(connection, turn, row)
        for row in turn.outbox:
            connection.execute(outbox.insert().values(created_at=turn.now, **row))

    # ---- staff -------------------------------------------------------------------------------------------

    def add_message(self, conversation: str, message: NewMessage, now: datetime, **columns: Any) -> Row:
        """Append a message outside a turn (staff, or a notice), and change columns of the conversation."""
        with self.database.write() as connection:
            row = _conversation(connection, conversation, lock=True)
            seq = row["last_seq"] + 1
            _insert_message(connection, conversation, seq, message, now)
            connection.execute(
                conversations.update()
                .where(conversations.c.id == conversation)
                .values(last_seq=seq, updated_at=now, **columns)
            )
        return self.message(conversation, seq)

    # ---- reading back ------------------------------------------------------------------------------------

    def transcript(self, conversation: str, after: int = 0) -> list[Row]:
        """Messages after a seq, in order; words that wait for consent are there for the visitor's own eyes."""
        query = (
            sa.select(messages, pending.c.text.label("waiting"), pending.c.payload.label("waiting_payload"))
            .join(pending, _same_message(), isouter=True)
            .where(messages.c.conversation_id == conversation, messages.c.seq > after)
            .order_by(messages.c.seq)
        )
        with self.database.read() as connection:
            return [_with_waiting(row) for row in connection.execute(query).mappings()]

    def replies(self, conversation: str, seq: int) -> list[Row]:
        """The messages that answer one visitor message."""
        query = (
            sa.select(messages, pending.c.text.label("waiting"), pending.c.payload.label("waiting_payload"))
            .join(pending, _same_message(), isouter=True)
            .where(messages.c.conversation_id == conversation, messages.c.reply_to == seq)
            .order_by(messages.c.seq)
        )
        with self.database.read() as connection:
            return [_with_waiting(row) for row in connection.execute(query).mappings()]

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

    def forget(self, conversation: str, now: datetime) -> bool:
        """ "Forget me". True: all is gone. False: the clinic holds a visit or an alert of it, so staff decide."""
        with self.database.write() as connection:
            held = _is_held_by_clinic(connection, conversation)
            if held:
                connection.execute(
                    conversations.update().where(conversations.c.id == conversation).values(erase_requested_at=now)
                )
                connection.execute(pending.delete().where(pending.c.conversation_id == conversation))
                return False
            connection.execute(bookings.delete().where(bookings.c.conversation_id == conversation))
            connection.execute(outbox.delete().where(outbox.c.key.startswith(conversation, autoescape=True)))
            connection.execute(conversations.delete().where(conversations.c.id == conversation))
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
        return int(deleted)

    def _mac(self, conversation: str, text: str) -> bytes:
        return hmac.new(self._secret, f"{conversation}\0{text}".encode(), hashlib.sha256).digest()


def _sha(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _same_message() -> Any:
    return sa.and_(pending.c.conversation_id == messages.c.conversation_id, pending.c.seq == messages.c.seq)


def _conversation(connection: Connection, conversation: str, *, lock: bool = False) -> Row:
    query = sa.select(conversations).where(conversations.c.id == conversation)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise NotFoundError("no such conversation")
    return dict(row)


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


def _insert_message(
    connection: Connection,
    conversation: str,
    seq: int,
    message: NewMessage,
    now: datetime,
    *,
    before_consent: bool = False,
    stage: Row | None = None,
    reply_to: int | None = None,
) -> None:
    payload = dict(message.payload)
    connection.execute(
        messages.insert().values(
            conversation_id=conversation, seq=seq, sender=message.sender, at=now, reply_to=reply_to,
            staff_id=message.staff_id, text=None if before_consent else message.text,
            payload=None if before_consent else payload or None,
        )
    )  # fmt: skip
    if before_consent:
        connection.execute(
            pending.insert().values(
                conversation_id=conversation, seq=seq, sender=message.sender, text=message.text, at=now,
                payload={**payload, "stage": stage}, replay=False,
            )
        )  # fmt: skip


def _upsert_alert(connection: Connection, turn: TurnRows, row: Row) -> None:
    """An alert raised before consent is completed once the visitor agrees; otherwise a new one."""
    same = (alerts.c.conversation_id == turn.conversation, alerts.c.rule == row["rule"], alerts.c.seq == row["seq"])
    if not connection.execute(alerts.update().where(*same).values(shown=row["shown"])).rowcount:
        connection.execute(alerts.insert().values(conversation_id=turn.conversation, at=turn.now, **row))


def _upsert_intake(connection: Connection, turn: TurnRows) -> None:
    intake = turn.intake or {}
    values = {
        "data": intake,
        "done": turn.progress[0],
        "total": turn.progress[1],
        "first_name": (intake.get("answers", {}).get("first_name") or {}).get("value"),
        "updated_at": turn.now,
    }
    changed = connection.execute(
        intakes.update().where(intakes.c.conversation_id == turn.conversation).values(**values)
    )
    if not changed.rowcount:
        connection.execute(intakes.insert().values(conversation_id=turn.conversation, **values))


def _change_pending(connection: Connection, turn: TurnRows) -> None:
    change = turn.pending
    assert change is not None
    own = pending.c.conversation_id == turn.conversation
    if change.picked is not None:
        label, value = change.picked
        said = pending.update().where(own, pending.c.seq == turn.seq)
        connection.execute(said.values(text=label, payload={"choice": value}))
    if change.keep:
        connection.execute(pending.update().where(own, pending.c.seq == turn.seq).values(replay=True))
    if change.reveal:
        _reveal(connection, turn)
    if change.forget:
        connection.execute(pending.delete().where(own, pending.c.sender == "visitor"))


def _reveal(connection: Connection, turn: TurnRows) -> None:
    """Move what may be kept into the transcript: words about the knee, and our own texts that tell nothing."""
    own = pending.c.conversation_id == turn.conversation
    rows = list(connection.execute(sa.select(pending).where(own)).mappings())
    for row in rows:
        payload = dict(row["payload"] or {})
        payload.pop("stage", None)
        ours = row["sender"] == "bot" and (payload.get("name") in KEPT_AFTER_CONSENT or payload.get("alert"))
        if row["replay"] or ours or row["seq"] == turn.seq:
            values = {"text": row["text"], **({"payload": payload} if row["sender"] == "bot" else {})}
            connection.execute(
                messages.update()
                .where(messages.c.conversation_id == turn.conversation, messages.c.seq == row["seq"])
                .values(**values)
            )
    connection.execute(pending.delete().where(own))


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
