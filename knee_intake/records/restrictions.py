"""Restricted conversations: open to managers, to the members named, and in an emergency to whoever gives a reason.

The staff's gate asks `check` for every address that names a conversation; whatever reads several at once leaves out
or masks those in `hidden_ids`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import RestrictedError, StaffFormError
from knee_intake.records.list_changes import note_change
from knee_intake.records.restriction_rows import SEES_ALL, Hidden, closed_to_staff
from knee_intake.records.schema import emergency_openings, restriction_members, restrictions, staff
from knee_intake.records.staff_accounts import ROLES, Member

OPEN_FOR = timedelta(hours=1)
SHORTEST_REASON, LONGEST_REASON = 10, 300  # characters
SHOWN = 200
"""Openings on the managers' page."""


def hidden_ids(member: Member | None, now: datetime) -> Hidden:
    """The ids of the conversations that are closed to the member, as a query; None: nothing is.

    Without a member: all that are restricted, for what is read by nobody in particular.
    """
    if member is None:
        return sa.select(restrictions.c.conversation_id)
    return None if member.may(SEES_ALL) else closed_to_staff(member.id, now)


def closed_to(connection: Connection, member: Member | None, now: datetime) -> frozenset[str]:
    """The same as ids."""
    query = hidden_ids(member, now)
    return frozenset() if query is None else frozenset(connection.execute(query).scalars())


def check(connection: Connection, member: Member, conversation: str, now: datetime) -> None:
    """Raises RestrictedError where the conversation is closed to the member."""
    query = hidden_ids(member, now)
    if query is None:
        return
    if connection.execute(query.where(restrictions.c.conversation_id == conversation)).first() is not None:
        raise RestrictedError(conversation)


# -- restricting -----------------------------------------------------------------------------------------------------


def restriction(connection: Connection, conversation: str) -> list[tuple[int, str]] | None:
    """(id, name) of the members named; None where the conversation is not restricted."""
    if not _is_restricted(connection, conversation):
        return None
    named = restriction_members.join(staff, staff.c.id == restriction_members.c.staff_id)
    query = sa.select(staff.c.id, staff.c.name).select_from(named)
    query = query.where(restriction_members.c.conversation_id == conversation).order_by(staff.c.name)
    return [tuple(row) for row in connection.execute(query)]


def nameable(connection: Connection) -> list[tuple[int, str]]:
    """(id, name) of the members who are let in only by name."""
    below = ROLES[: ROLES.index(SEES_ALL)]
    query = sa.select(staff.c.id, staff.c.name).where(~staff.c.disabled, staff.c.role.in_(below))
    return [tuple(row) for row in connection.execute(query.order_by(staff.c.name))]


def restrict(connection: Connection, conversation: str, staff_id: int, now: datetime) -> bool:
    """Close it to all but managers; False where it is closed already."""
    if _is_restricted(connection, conversation):
        return False
    values = {"conversation_id": conversation, "made_by": staff_id, "made_at": now}
    connection.execute(sa.insert(restrictions).values(**values))
    note_change(connection, now)
    return True


def unrestrict(connection: Connection, conversation: str, now: datetime) -> bool:
    """Open it to everybody again; False where it is open."""
    if not _is_restricted(connection, conversation):
        return False
    connection.execute(sa.delete(restriction_members).where(restriction_members.c.conversation_id == conversation))
    connection.execute(sa.delete(restrictions).where(restrictions.c.conversation_id == conversation))
    note_change(connection, now)
    return True


def name_member(connection: Connection, conversation: str, staff_id: int) -> bool:
    """Let a member in; False where they are. Raises StaffFormError where that cannot be."""
    if not _is_restricted(connection, conversation):
        raise StaffFormError("This conversation is not restricted any more.")
    if connection.execute(sa.select(staff.c.id).where(staff.c.id == staff_id, ~staff.c.disabled)).first() is None:
        raise StaffFormError("Please choose a member.")
    named = (restriction_members.c.conversation_id == conversation, restriction_members.c.staff_id == staff_id)
    if connection.execute(sa.select(restriction_members).where(*named)).first() is not None:
        return False
    connection.execute(sa.insert(restriction_members).values(conversation_id=conversation, staff_id=staff_id))
    return True


def unname_member(connection: Connection, conversation: str, staff_id: int) -> bool:
    """Leave a member out again; False where they were."""
    named = (restriction_members.c.conversation_id == conversation, restriction_members.c.staff_id == staff_id)
    return bool(connection.execute(sa.delete(restriction_members).where(*named)).rowcount)


def _is_restricted(connection: Connection, conversation: str) -> bool:
    own = restrictions.c.conversation_id == conversation
    return connection.execute(sa.select(restrictions.c.made_by).where(own)).first() is not None


# -- opening in an emergency -----------------------------------------------------------------------------------------


def open_in_emergency(
    connection: Connection, member: Member, conversation: str, reason: str, now: datetime
) -> datetime | None:
    """Open it to the member for a while; until when, or None where it is open to them already.

    Raises StaffFormError where the reason is too short or too long.
    """
    if conversation not in closed_to(connection, member, now):
        return None
    reason = " ".join(reason.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON or not reason.isprintable():
        raise StaffFormError(f"Please give the reason in {SHORTEST_REASON} to {LONGEST_REASON} characters.")
    until = now + OPEN_FOR
    values = {"conversation_id": conversation, "staff_id": member.id, "reason": reason, "at": now, "until": until}
    connection.execute(sa.insert(emergency_openings).values(**values))
    return until


def open_until(connection: Connection, member: Member, conversation: str, now: datetime) -> datetime | None:
    """Until when the member has it open in an emergency."""
    of = emergency_openings.c
    mine = (of.conversation_id == conversation, of.staff_id == member.id, of.until > now)
    if member.may(SEES_ALL) or not _is_restricted(connection, conversation):
        return None
    until: datetime | None = connection.execute(
        sa.select(of.until).where(*mine).order_by(of.until.desc()).limit(1)
    ).scalar()
    return until


def openings(connection: Connection) -> Sequence[Any]:
    """The openings with their member's and reviewer's names, those that nobody has reviewed first, then the newest."""
    reviewer = staff.alias()
    of = emergency_openings.c
    joined = emergency_openings.join(staff, staff.c.id == of.staff_id).outerjoin(
        reviewer, reviewer.c.id == of.reviewed_by
    )
    query = sa.select(emergency_openings, staff.c.name, reviewer.c.name.label("reviewer")).select_from(joined)
    order = of.reviewed_at.is_not(None), of.id.desc()
    return list(connection.execute(query.order_by(*order).limit(SHOWN)))


def count_unreviewed(connection: Connection) -> int:
    """Openings that no manager has reviewed."""
    waiting = sa.select(sa.func.count()).select_from(emergency_openings)
    return int(connection.execute(waiting.where(emergency_openings.c.reviewed_at.is_(None))).scalar_one())


def review_opening(connection: Connection, opening: int, staff_id: int, now: datetime) -> str | None:
    """Note that a manager has looked at it; its conversation, or None where somebody was first, or it is their own."""
    of = emergency_openings.c
    waiting = (of.id == opening, of.reviewed_at.is_(None), of.staff_id != staff_id)
    row = connection.execute(sa.select(of.conversation_id).where(*waiting).with_for_update()).first()
    if row is None:
        return None
    connection.execute(
        sa.update(emergency_openings).where(of.id == opening).values(reviewed_at=now, reviewed_by=staff_id)
    )
    return str(row.conversation_id)
