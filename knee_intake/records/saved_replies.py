"""Texts that staff share for what they write to patients. Whether one may be kept is decided before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import NotFoundError, ReplyFormError, ReviewChangedError
from knee_intake.records.schema import saved_replies, staff

MOST = 200
RowDict = Mapping[str, Any]


def replies(connection: Connection) -> list[RowDict]:
    """All of them by title, with who changed each last."""
    query = sa.select(saved_replies, staff.c.name.label("who")).join(staff, staff.c.id == saved_replies.c.changed_by)
    return [dict(row) for row in connection.execute(query.order_by(saved_replies.c.title).limit(MOST)).mappings()]


def find_reply(connection: Connection, reply: int) -> RowDict:
    """Raises NotFoundError."""
    row = connection.execute(sa.select(saved_replies).where(saved_replies.c.id == reply)).mappings().first()
    if row is None:
        raise NotFoundError("no such reply")
    return dict(row)


def add_reply(connection: Connection, title: str, text: str, staff_id: int, now: datetime) -> int | None:
    """Keep a new one; its number, or None where the very same is there already (a form that was sent twice).

    Raises ReplyFormError where another one has the title, or there are too many.
    """
    known = connection.execute(sa.select(saved_replies).where(saved_replies.c.title == title)).first()
    if known is not None:
        if known.text == text:
            return None
        raise ReplyFormError(f"There is a reply called “{title}” already.")
    if connection.execute(sa.select(sa.func.count()).select_from(saved_replies)).scalar_one() >= MOST:
        raise ReplyFormError(f"There are {MOST} replies. Delete one that nobody uses.")
    values = {"title": title, "text": text, "version": 1, "changed_by": staff_id, "changed_at": now}
    return int(connection.execute(sa.insert(saved_replies).values(**values)).inserted_primary_key[0])


def change_reply(
    connection: Connection, reply: int, version: int, title: str, text: str, staff_id: int, now: datetime
) -> bool:
    """Change the version that its sender saw. False where nothing was to be changed.

    Raises NotFoundError, ReplyFormError, and ReviewChangedError where somebody else was first.
    """
    row = find_reply(connection, reply)
    if (row["title"], row["text"]) == (title, text):
        return False
    taken = sa.select(saved_replies.c.id).where(saved_replies.c.title == title, saved_replies.c.id != reply)
    if connection.execute(taken).first() is not None:
        raise ReplyFormError(f"There is a reply called “{title}” already.")
    values = {"title": title, "text": text, "version": version + 1, "changed_by": staff_id, "changed_at": now}
    own = (saved_replies.c.id == reply, saved_replies.c.version == version)
    if not connection.execute(sa.update(saved_replies).where(*own).values(**values)).rowcount:
        raise ReviewChangedError("somebody else changed the reply first")
    return True


def delete_reply(connection: Connection, reply: int, version: int) -> None:
    """Raises NotFoundError, and ReviewChangedError where somebody else changed it first."""
    find_reply(connection, reply)
    own = (saved_replies.c.id == reply, saved_replies.c.version == version)
    if not connection.execute(sa.delete(saved_replies).where(*own)).rowcount:
        raise ReviewChangedError("somebody else changed the reply first")
