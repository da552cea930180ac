"""The visitor's thumb down on an answer of the assistant's: "not what I meant".

It holds no words. The answer that may be rated says so itself (`rate` in its payload, interview/missed_point.py).
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import NotFoundError, NotRatedError
from knee_intake.records.commit import find_conversation
from knee_intake.records.intake_view import RATE
from knee_intake.records.schema import conversations, messages, thumbs


def same_thumb() -> Any:
    """Joins a message with the thumb on it."""
    return sa.and_(thumbs.c.conversation_id == messages.c.conversation_id, thumbs.c.seq == messages.c.seq)


def is_thumbed() -> Any:
    """The column that tells of the join."""
    return thumbs.c.at.is_not(None).label("thumbed")


def set_thumb(connection: Connection, conversation: str, seq: int, now: datetime, *, down: bool) -> bool:
    """Put the thumb down on a message, or take it back; whether anything changed. Safe to repeat.

    A change counts as activity, so that lists, figures and the inbox look at the conversation again. Raises
    NotFoundError where the conversation has no such message of the assistant's, NotRatedError where it is none to rate,
    or the visitor does not agree that staff read it.
    """
    row = find_conversation(connection, conversation, lock=True)
    own = sa.and_(messages.c.conversation_id == conversation, messages.c.seq == seq)
    said = connection.execute(sa.select(messages).where(own, messages.c.sender == "bot")).mappings().first()
    if said is None:
        raise NotFoundError("the assistant has said nothing under this number")
    if not (said["payload"] or {}).get(RATE) or (down and not _may_be_read(row)):
        raise NotRatedError("no answer to rate")
    here = sa.and_(thumbs.c.conversation_id == conversation, thumbs.c.seq == seq)
    if (connection.execute(sa.select(thumbs).where(here)).first() is not None) == down:
        return False
    if down:
        connection.execute(sa.insert(thumbs).values(conversation_id=conversation, seq=seq, at=now))
    else:
        connection.execute(sa.delete(thumbs).where(here))
    mine = conversations.c.id == conversation
    connection.execute(sa.update(conversations).where(mine).values(updated_at=now))
    return True


def thumb_last_answer(connection: Connection, conversation: str, before: int, now: datetime) -> None:
    """The same in words: the thumb goes down on what the assistant said last before the message `before`.

    Nothing is done where that cannot be rated.
    """
    ours = messages.c.conversation_id == conversation, messages.c.seq < before, messages.c.sender != "visitor"
    last = connection.execute(sa.select(sa.func.max(messages.c.seq)).where(*ours)).scalar()
    with suppress(NotFoundError, NotRatedError):
        set_thumb(connection, conversation, last or 0, now, down=True)


def thumbs_of(connection: Connection, ids: Collection[str]) -> dict[str, frozenset[int]]:
    """Conversation -> the messages of the assistant's that carry a thumb."""
    query = sa.select(thumbs.c.conversation_id, thumbs.c.seq).where(thumbs.c.conversation_id.in_(list(ids)))
    found: dict[str, frozenset[int]] = {}
    for conversation, seq in connection.execute(query):
        found[conversation] = found.get(conversation, frozenset()) | {seq}
    return found


def _may_be_read(row: Any) -> bool:
    """The same as learning.readable, of a row."""
    return row["consent_at"] is not None and row["status"] != "refused" and row["erase_requested_at"] is None
