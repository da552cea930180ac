"""What staff write down about a conversation: notes that name other members, and how well the chat did.

A note is never changed: its author, or a manager, strikes it out, and it stays to be read. Of a verdict each member has
one for each conversation; a newer one takes its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import NoSuchNoteError, ReviewFormError
from knee_intake.mentions import Piece, mentioned, pieces
from knee_intake.records.commit import find_conversation
from knee_intake.records.list_changes import note_change
from knee_intake.records.restriction_rows import Hidden, shown
from knee_intake.records.schema import note_mentions, notes, review_verdicts, staff
from knee_intake.records.staff_accounts import Member

LONGEST_NOTE, LONGEST_COMMENT = 4000, 1000  # characters
VERDICTS = ("understood", "missed", "wrong_safety", "other")
MOST_MENTIONS = 100
"""Shown to a member at once."""


@dataclass(frozen=True)
class Note:
    """One note; `pieces` is its text, cut where a member is named."""

    id: int
    author: str
    author_id: int
    pieces: tuple[Piece, ...]
    at: datetime
    removed_at: datetime | None
    removed_by: str | None


@dataclass(frozen=True)
class Mention:
    """A note that names the member who looks."""

    note: Note
    conversation: str
    seen: bool


@dataclass(frozen=True)
class Verdict:
    """What one member of staff found."""

    author: str
    author_id: int
    verdict: str
    comment: str | None
    at: datetime


def all_names(connection: Connection) -> list[tuple[int, str]]:
    """(id, name) of every member that there was."""
    return [tuple(row) for row in connection.execute(sa.select(staff.c.id, staff.c.name).order_by(staff.c.name))]


# -- notes -----------------------------------------------------------------------------------------------------------


def add_note(
    connection: Connection, member: Member, conversation: str, *, key: str, text: str, now: datetime
) -> tuple[int, tuple[int, ...]] | None:
    """Write a note down; (its number, whom it names), or None where the same form came before. Raises NotFoundError."""
    find_conversation(connection, conversation, lock=True)
    sent = (notes.c.conversation_id == conversation, notes.c.key == key)
    if connection.execute(sa.select(notes.c.id).where(*sent)).first() is not None:
        return None
    row = {"conversation_id": conversation, "key": key, "staff_id": member.id, "text": text, "at": now}
    note = int(connection.execute(sa.insert(notes).values(**row)).inserted_primary_key[0])
    named = tuple(one for one in mentioned(text, _active(connection)) if one != member.id)
    if named:
        connection.execute(sa.insert(note_mentions), [{"note_id": note, "staff_id": one} for one in named])
    note_change(connection, now)
    return note, named


def remove_note(connection: Connection, member: Member, conversation: str, note: int, now: datetime) -> bool:
    """Strike a note out; False where that was done before. Raises NoSuchNoteError where it is not theirs."""
    own = (notes.c.id == note, notes.c.conversation_id == conversation)
    allowed = own if member.may("manager") else (*own, notes.c.staff_id == member.id)
    if connection.execute(sa.select(notes.c.id).where(*allowed)).first() is None:
        raise NoSuchNoteError("no such note, or somebody else's")
    struck = sa.update(notes).where(*allowed, notes.c.removed_at.is_(None))
    if not connection.execute(struck.values(removed_at=now, removed_by=member.id)).rowcount:
        return False
    note_change(connection, now)
    return True


def notes_of(connection: Connection, conversation: str) -> list[Note]:
    """Every note, the oldest first."""
    query = sa.select(notes).where(notes.c.conversation_id == conversation).order_by(notes.c.id)
    return _notes(connection, query)


def _notes(connection: Connection, query: sa.sql.Select) -> list[Note]:
    members = all_names(connection)
    names = dict(members)
    return [_note(row, members, names) for row in connection.execute(query)]


def _note(row: Any, members: list[tuple[int, str]], names: Mapping[int, str]) -> Note:
    return Note(
        row.id, names[row.staff_id], row.staff_id, pieces(row.text, members), row.at, row.removed_at,
        names.get(row.removed_by),
    )  # fmt: skip


def _active(connection: Connection) -> list[tuple[int, str]]:
    query = sa.select(staff.c.id, staff.c.name).where(~staff.c.disabled)
    return [tuple(row) for row in connection.execute(query)]


# -- mentions --------------------------------------------------------------------------------------------------------


def mentions_of(connection: Connection, member: Member, hidden: Hidden = None) -> list[Mention]:
    """The standing notes that name the member: those not seen yet first, then the newest.

    Those of conversations that are closed to them (`hidden`) are left out, as in the session's count.
    """
    query = (
        sa.select(notes, note_mentions.c.seen_at)
        .join(note_mentions, note_mentions.c.note_id == notes.c.id)
        .where(note_mentions.c.staff_id == member.id, notes.c.removed_at.is_(None))
        .where(*shown(notes.c.conversation_id, hidden))
        .order_by(note_mentions.c.seen_at.is_not(None), notes.c.id.desc())
        .limit(MOST_MENTIONS)
    )
    members = all_names(connection)
    names = dict(members)
    return [
        Mention(_note(row, members, names), row.conversation_id, row.seen_at is not None)
        for row in connection.execute(query)
    ]


def see_mentions(connection: Connection, member: Member, conversation: str, now: datetime) -> None:
    """The member has the notes of this conversation before them."""
    here = sa.select(notes.c.id).where(notes.c.conversation_id == conversation)
    unseen = (
        note_mentions.c.staff_id == member.id, note_mentions.c.seen_at.is_(None), note_mentions.c.note_id.in_(here)
    )  # fmt: skip
    connection.execute(sa.update(note_mentions).where(*unseen).values(seen_at=now))


# -- verdicts --------------------------------------------------------------------------------------------------------


def give_verdict(
    connection: Connection, member: Member, conversation: str, verdict: str, comment: str, now: datetime
) -> bool:
    """Note how well the chat did; False where that is what the member said before.

    Raises ReviewFormError, NotFoundError.
    """
    if verdict not in VERDICTS:
        raise ReviewFormError("Please pick what you found.")
    if verdict == "other" and not comment:
        raise ReviewFormError("Please say in a few words what you found.")
    find_conversation(connection, conversation, lock=True)
    own = (review_verdicts.c.conversation_id == conversation, review_verdicts.c.staff_id == member.id)
    before = connection.execute(sa.select(review_verdicts).where(*own)).first()
    if before is not None and (before.verdict, before.comment) == (verdict, comment or None):
        return False
    connection.execute(sa.delete(review_verdicts).where(*own))
    row = {"conversation_id": conversation, "staff_id": member.id, "verdict": verdict, "at": now}
    connection.execute(sa.insert(review_verdicts).values(**row, comment=comment or None))
    return True


def verdicts_of(connection: Connection, conversation: str) -> list[Verdict]:
    """Each member's, the newest first."""
    query = (
        sa.select(review_verdicts, staff.c.name)
        .join(staff, staff.c.id == review_verdicts.c.staff_id)
        .where(review_verdicts.c.conversation_id == conversation)
        .order_by(review_verdicts.c.at.desc(), review_verdicts.c.staff_id)
    )
    return [Verdict(row.name, row.staff_id, row.verdict, row.comment, row.at) for row in connection.execute(query)]


def notes_mark(connection: Connection, conversation: str) -> list[Any]:
    """Changes with what is written here; for conversations.mark."""
    queries = (
        sa.select(sa.func.max(table.c[column]), sa.func.max(table.c[other])).where(
            table.c.conversation_id == conversation
        )
        for table, column, other in ((notes, "id", "removed_at"), (review_verdicts, "at", "staff_id"))
    )
    return [tuple(connection.execute(query).one()) for query in queries]
