"""Write one finished turn inside one transaction: replies, tracker events, intake, alerts, effects, waiting words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import NotFoundError, VersionConflictError
from knee_intake.records import facets
from knee_intake.records.schema import (
    alerts,
    consents,
    conversations,
    intakes,
    messages,
    outbox,
    pending,
    tracker_events,
)
from knee_intake.records.turn_rows import NewMessage, Row, TurnRows

KEPT_AFTER_CONSENT = ("greeting", "consent", "tell_clinic")
"""Names of our own texts from before consent that may stand in the transcript: they tell nothing of the visitor."""


def write_turn(connection: Connection, turn: TurnRows) -> None:
    """All rows of a turn, its effects first.

    Raises VersionConflictError where another turn was saved first, and whatever an effect raises; the caller's
    transaction is then undone.
    """
    row = find_conversation(connection, turn.conversation, lock=True)
    if row["version"] != turn.version:
        raise VersionConflictError("another turn of this conversation was saved first")
    for effect in turn.effects:
        effect(connection)
    # who takes an agreement back has the goodbye in the transcript; what is said after it is not kept
    unasked = ("consent_pending", "refused")
    before_consent = row["status"] in unasked and turn.columns.get("status", row["status"]) in unasked
    seq = _write_replies(connection, turn, row["last_seq"], before_consent)
    if turn.pending is not None:
        _change_pending(connection, turn)
    _write_visitor_message(connection, turn)
    _write_rest(connection, turn)
    connection.execute(
        conversations.update()
        .where(conversations.c.id == turn.conversation)
        .values(
            version=turn.version + 1, last_seq=seq, updated_at=turn.now, lease_owner=None, lease_until=None,
            **turn.columns,
        )
    )  # fmt: skip


def append_message(
    connection: Connection, conversation: str, message: NewMessage, now: datetime, **columns: Any
) -> int:
    """Add a message outside a turn (staff, or a notice), and change columns of the conversation. Returns its seq."""
    row = find_conversation(connection, conversation, lock=True)
    seq = int(row["last_seq"]) + 1
    insert_message(connection, conversation, seq, message, now)
    if row["seen_seq"] == row["last_seq"]:
        columns["seen_seq"] = seq  # not the visitor's words: no news for staff
    connection.execute(
        conversations.update().where(conversations.c.id == conversation).values(last_seq=seq, updated_at=now, **columns)
    )
    return seq


def _write_replies(connection: Connection, turn: TurnRows, last: int, before_consent: bool) -> int:
    stage = turn.pending.stage if turn.pending else None
    for message in turn.replies:
        last += 1
        insert_message(
            connection, turn.conversation, last, message, turn.now,
            before_consent=before_consent, stage=stage, reply_to=turn.seq,
        )  # fmt: skip
    return last


def _write_visitor_message(connection: Connection, turn: TurnRows) -> None:
    connection.execute(
        messages.update()
        .where(messages.c.conversation_id == turn.conversation, messages.c.seq == turn.seq)
        .values(answered=True, **turn.visitor)
    )
    facets.write_message(connection, turn.conversation, turn.visitor.get("understanding"))


def _write_rest(connection: Connection, turn: TurnRows) -> None:
    key = {"conversation_id": turn.conversation}
    if turn.events:
        last = sa.select(sa.func.max(tracker_events.c.n)).where(tracker_events.c.conversation_id == turn.conversation)
        first = (connection.execute(last).scalar() or 0) + 1
        rows = [{**key, "n": first + n, "event": event} for n, event in enumerate(turn.events)]
        connection.execute(tracker_events.insert(), rows)
    if turn.intake is not None:
        _upsert_intake(connection, turn)
    for row in turn.consents:
        typed_by = sa.select(messages.c.staff_id).where(
            messages.c.conversation_id == turn.conversation, messages.c.seq == turn.seq
        )
        heard_by = connection.execute(typed_by).scalar()  # on the phone consent is spoken: who heard it is kept
        connection.execute(consents.insert().values(**key, at=turn.now, staff_id=heard_by, **row))
    for row in turn.alerts:
        _upsert_alert(connection, turn, row)
    for row in turn.outbox:
        connection.execute(outbox.insert().values(created_at=turn.now, **row))


def find_intake(connection: Connection, conversation: str) -> Row | None:
    """The intake as of the last finished turn."""
    data: Row | None = connection.execute(
        sa.select(intakes.c.data).where(intakes.c.conversation_id == conversation)
    ).scalar()
    return data


def change_intake(connection: Connection, conversation: str, intake: Row, now: datetime) -> None:
    """Change what is known outside a turn. A turn that runs meanwhile is made again: it would undo the change."""
    own = conversations.c.id == conversation
    connection.execute(
        intakes.update().where(intakes.c.conversation_id == conversation).values(data=intake, updated_at=now)
    )
    connection.execute(
        conversations.update().where(own).values(status=intake["status"], version=conversations.c.version + 1)
    )
    facets.write_answers(connection, conversation, intake)


def find_conversation(connection: Connection, conversation: str, *, lock: bool = False) -> Row:
    """The row, locked for this transaction where asked for. Raises NotFoundError."""
    query = sa.select(conversations).where(conversations.c.id == conversation)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise NotFoundError("no such conversation")
    return dict(row)


def insert_message(
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
    """One message that is not a visitor's; before consent its words lie in `pending`."""
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
    facets.write_answers(connection, turn.conversation, intake)


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
