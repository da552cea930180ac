"""Conversations of one person: shown as "maybe the same" by their contacts, joined and parted by staff alone.

Joined ones are a group, so that it makes no difference from which of them it is looked at. What staff said to be two
people is never asked again, until they take that back. All of it goes with an erased conversation.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import NotFoundError, OtherPersonError
from knee_intake.records.commit import find_conversation
from knee_intake.records.contact_keys import visits_with_same_contact, with_same_contact
from knee_intake.records.list_changes import note_change
from knee_intake.records.restriction_rows import Hidden, shown
from knee_intake.records.schema import conversations, intakes, other_people, same_people, staff

MOST = 20
"""So many are shown; who has more is no single patient."""

RowDict = Mapping[str, Any]


@dataclass(frozen=True)
class People:
    """What a conversation's page shows."""

    joined: tuple[RowDict, ...]
    """The other conversations of the same person, with who joined them."""
    maybe: tuple[RowDict, ...]
    parted: tuple[RowDict, ...]
    """Those of which somebody said that they are another person's."""
    visits: tuple[RowDict, ...]
    """Visits with the same contact that staff entered in the calendar."""


def people_of(connection: Connection, conversation: str, hidden: Hidden = None) -> People:
    """Whose else this conversation is, or may be.

    Of one that is closed to the reader (`hidden`) nothing is said: by whose it is, it would be told.
    """
    joined, parted = _group(connection, conversation), _parted_from(connection, [conversation])
    theirs = _parted_from(connection, [conversation, *joined])
    maybe = [
        one for one in with_same_contact(connection, conversation, MOST + len(joined) + len(theirs))
        if one not in joined and one not in theirs
    ]  # fmt: skip
    rows = _rows(connection, {*joined, *maybe, *parted}, hidden)
    return People(
        joined=_those(rows, joined),
        maybe=_those(rows, maybe)[:MOST],
        parted=_those(rows, parted),
        visits=tuple(visits_with_same_contact(connection, conversation, MOST)),
    )


def joined_with(connection: Connection, ids: Collection[str], hidden: Hidden = None) -> dict[str, int]:
    """How many other conversations of the same person there are, for those that are joined at all.

    Those that are closed to the reader (`hidden`) are not counted, nor said to be joined.
    """
    size = (
        sa.select(same_people.c.person, sa.func.count().label("many"))
        .where(same_people.c.person.in_(sa.select(same_people.c.person).where(same_people.c.conversation_id.in_(ids))))
        .where(*shown(same_people.c.conversation_id, hidden))
        .group_by(same_people.c.person)
        .subquery()
    )
    query = sa.select(same_people.c.conversation_id, size.c.many).join(size, size.c.person == same_people.c.person)
    these = query.where(same_people.c.conversation_id.in_(ids), *shown(same_people.c.conversation_id, hidden))
    return {row[0]: row[1] - 1 for row in connection.execute(these) if row[1] > 1}


def join(connection: Connection, one: str, other: str, staff_id: int, now: datetime) -> bool:
    """Say that both are the same person's, and with them whatever either was joined with. False: they were already.

    Raises NotFoundError, and OtherPersonError where somebody said of any two of them that they are not.
    """
    _both(connection, one, other)
    ours, theirs = _group(connection, one), _group(connection, other)
    if other in ours:
        return False
    if set(_parted_from(connection, [one, *ours])) & {other, *theirs}:
        raise OtherPersonError("somebody said that they are not the same person's")
    person = _person(connection, one) or _person(connection, other) or str(uuid.uuid4())
    everybody = {one, other, *ours, *theirs}
    new = sa.select(same_people.c.conversation_id).where(same_people.c.conversation_id.in_(everybody))
    known = set(connection.execute(new).scalars())
    mine = same_people.c.conversation_id.in_(everybody)
    connection.execute(sa.update(same_people).where(mine).values(person=person))
    rows = [
        {"conversation_id": ident, "person": person, "joined_by": staff_id, "joined_at": now}
        for ident in sorted(everybody - known)
    ]
    if rows:
        connection.execute(sa.insert(same_people), rows)
    note_change(connection, now)
    return True


def leave(connection: Connection, conversation: str, now: datetime) -> bool:
    """Take a conversation out of its group; one that is left alone is in none. False: it was in none."""
    find_conversation(connection, conversation, lock=True)
    others = _group(connection, conversation)
    gone = [conversation, *(others if len(others) == 1 else ())]
    done = connection.execute(sa.delete(same_people).where(same_people.c.conversation_id.in_(gone))).rowcount
    if done:
        note_change(connection, now)
    return bool(done)


def part(connection: Connection, one: str, other: str, staff_id: int, now: datetime) -> bool:
    """Say that they are not the same person's: it is never asked again. False: somebody said so already.

    Raises NotFoundError, and OtherPersonError where they have been joined.
    """
    _both(connection, one, other)
    if other in _group(connection, one):
        raise OtherPersonError("they have been joined")
    if other in _parted_from(connection, [one]):
        return False
    first, second = sorted((one, other))
    connection.execute(sa.insert(other_people).values(one=first, other=second, said_by=staff_id, said_at=now))
    note_change(connection, now)
    return True


def ask_again(connection: Connection, one: str, other: str, now: datetime) -> bool:
    """Take "not the same" back."""
    first, second = sorted((one, other))
    pair = (other_people.c.one == first, other_people.c.other == second)
    done = connection.execute(sa.delete(other_people).where(*pair)).rowcount
    if done:
        note_change(connection, now)
    return bool(done)


def _both(connection: Connection, one: str, other: str) -> None:
    if one == other:
        raise NotFoundError("a conversation and itself")
    for ident in sorted((one, other)):  # in one order, so that two members do not wait for each other
        find_conversation(connection, ident, lock=True)


def _person(connection: Connection, conversation: str) -> str | None:
    query = sa.select(same_people.c.person).where(same_people.c.conversation_id == conversation)
    person: str | None = connection.execute(query).scalar()
    return person


def _group(connection: Connection, conversation: str) -> list[str]:
    """The other conversations of the same person."""
    mine = sa.select(same_people.c.person).where(same_people.c.conversation_id == conversation)
    of = same_people.c.conversation_id
    query = sa.select(of).where(same_people.c.person.in_(mine), of != conversation).order_by(of)
    return list(connection.execute(query).scalars())


def _parted_from(connection: Connection, ids: Collection[str]) -> list[str]:
    pairs = sa.select(other_people.c.one, other_people.c.other).where(
        sa.or_(other_people.c.one.in_(ids), other_people.c.other.in_(ids))
    )
    return sorted({ident for pair in connection.execute(pairs) for ident in pair if ident not in ids})


def _rows(connection: Connection, ids: Collection[str], hidden: Hidden) -> dict[str, RowDict]:
    of = conversations.c
    query = (
        sa.select(
            of.id, of.created_at, of.status, of.urgency, of.review, intakes.c.first_name, same_people.c.joined_at,
            staff.c.name.label("joined_by"),
        )
        .join(intakes, intakes.c.conversation_id == of.id, isouter=True)
        .join(same_people, same_people.c.conversation_id == of.id, isouter=True)
        .join(staff, staff.c.id == same_people.c.joined_by, isouter=True)
        .where(of.id.in_(ids), of.consent_at.is_not(None), *shown(of.id, hidden))
    )  # fmt: skip
    return {row["id"]: dict(row) for row in connection.execute(query).mappings()}


def _those(rows: Mapping[str, RowDict], ids: Collection[str]) -> tuple[RowDict, ...]:
    found = [rows[ident] for ident in ids if ident in rows]
    return tuple(sorted(found, key=lambda row: (row["created_at"], row["id"]), reverse=True))
