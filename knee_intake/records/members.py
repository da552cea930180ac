"""What admins do with members: invite, change the role, shut out and let in, give a new start. Nobody is ever deleted.

Each deed and its audit row are one transaction. `by` is the admin; None: the command line.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import InvitationError, LastAdminError, MemberChangedError, NoSuchMemberError, StaffAccountError
from knee_intake.records.audit import write_audit
from knee_intake.records.schema import staff, staff_sessions
from knee_intake.records.second_factor import switch_off
from knee_intake.records.staff_accounts import ROLES, check_member, shut_out
from knee_intake.records.staff_sessions import end_sessions
from knee_intake.records.staff_tokens import digest

INVITATION_LIFE = timedelta(hours=72)


def all_members(connection: Connection) -> Sequence[Any]:
    """The rows of `staff` by name, each with the number of its sessions and when one was last used."""
    open_ones = (
        sa.select(
            staff_sessions.c.staff_id,
            sa.func.count().label("sessions"),
            sa.func.max(staff_sessions.c.seen_at, type_=staff_sessions.c.seen_at.type).label("seen_at"),
        )
        .group_by(staff_sessions.c.staff_id)
        .subquery()
    )
    joined = staff.outerjoin(open_ones, open_ones.c.staff_id == staff.c.id)
    query = sa.select(staff, open_ones.c.sessions, open_ones.c.seen_at).select_from(joined)
    return list(connection.execute(query.order_by(staff.c.disabled, staff.c.name)))


def member_named(connection: Connection, name: str) -> int:
    """The id. Raises NoSuchMemberError."""
    found: int | None = connection.execute(sa.select(staff.c.id).where(staff.c.name == name.strip())).scalar()
    if found is None:
        raise NoSuchMemberError(f"there is no member called {name.strip()}")
    return found


# -- invitations -----------------------------------------------------------------------------------------------------


def invite(connection: Connection, *, name: str, role: str, now: datetime, by: int | None) -> str:
    """A new member, or one who was disabled, without a password yet; returns the invitation, shown once.

    Raises StaffAccountError.
    """
    name = name.strip()
    check_member(name, role)
    row = connection.execute(sa.select(staff).where(staff.c.name == name).with_for_update()).first()
    if row is not None and not row.disabled:
        raise StaffAccountError(f"{name} is a member already")
    token, invited = _invitation(now)
    values = {"role": role, "disabled": False, "created_at": now, **invited}
    if row is None:
        number = int(connection.execute(sa.insert(staff).values(name=name, **values)).inserted_primary_key[0])
    else:
        number = int(row.id)
        connection.execute(sa.update(staff).where(staff.c.id == number).values(**values))
        switch_off(connection, number)
    write_audit(connection, now=now, staff_id=by, action="staff_invite", subject=name, detail={"role": role})
    return token


def reset_password(connection: Connection, staff_id: int, now: datetime, by: int | None) -> str:
    """The old password is void and every session ends; returns the invitation to choose a new one.

    The second factor stays. Raises NoSuchMemberError.
    """
    row = _member(connection, staff_id)
    token, invited = _invitation(now)
    connection.execute(sa.update(staff).where(staff.c.id == staff_id).values(**invited))
    ended = end_sessions(connection, staff_id)
    write_audit(
        connection, now=now, staff_id=by, action="staff_reset", subject=row.name, detail={"sessions_ended": ended}
    )  # fmt: skip
    return token


def invited_member(connection: Connection, token: str, now: datetime) -> Any:
    """The row of the member whose invitation this is. Raises InvitationError."""
    open_ones = (staff.c.invite_hash == digest(token), staff.c.invite_until > now, ~staff.c.disabled)
    row = connection.execute(sa.select(staff).where(*open_ones)).first()
    if row is None:
        raise InvitationError("no such invitation")
    return row


def _invitation(now: datetime) -> tuple[str, dict[str, Any]]:
    token = secrets.token_urlsafe(32)
    return token, {
        "invite_hash": digest(token),
        "invite_until": now + INVITATION_LIFE,
        "password_hash": None,
        "must_change": True,
        "failed_logins": 0,
        "locked_until": None,
    }


# -- changes ---------------------------------------------------------------------------------------------------------


def change_role(connection: Connection, staff_id: int, was: str, role: str, now: datetime, by: int | None) -> None:
    """`was` is the role that the sender of the form saw.

    Raises StaffAccountError, NoSuchMemberError, LastAdminError, and MemberChangedError where it is another one by now.
    """
    if role not in ROLES:
        raise StaffAccountError(f"a role is one of {', '.join(ROLES)}")
    row = _member(connection, staff_id)
    if row.role == role:
        return
    if row.role != was:
        raise MemberChangedError("the role is another one by now")
    _keep_an_admin(connection, staff_id)
    connection.execute(sa.update(staff).where(staff.c.id == staff_id).values(role=role))
    detail = {"from": was, "to": role}
    write_audit(connection, now=now, staff_id=by, action="staff_role", subject=row.name, detail=detail)


def disable(connection: Connection, staff_id: int, now: datetime, by: int | None) -> None:
    """Shut a member out at once. Raises NoSuchMemberError, LastAdminError."""
    row = _member(connection, staff_id)
    if row.disabled:
        return
    _keep_an_admin(connection, staff_id)
    shut_out(connection, staff_id, now)
    write_audit(connection, now=now, staff_id=by, action="staff_disable", subject=row.name)


def enable(connection: Connection, staff_id: int, now: datetime, by: int | None) -> None:
    """Let a member in again, with the password and second factor of before. Raises NoSuchMemberError."""
    row = _member(connection, staff_id)
    if not row.disabled:
        return
    values = {"disabled": False, "failed_logins": 0, "locked_until": None}
    connection.execute(sa.update(staff).where(staff.c.id == staff_id).values(**values))
    write_audit(connection, now=now, staff_id=by, action="staff_enable", subject=row.name)


def reset_second_factor(connection: Connection, staff_id: int, now: datetime, by: int | None) -> None:
    """The member signs in without a code until they set it up anew. Raises NoSuchMemberError."""
    row = _member(connection, staff_id)
    if row.totp_salt is None:
        return
    switch_off(connection, staff_id)
    write_audit(connection, now=now, staff_id=by, action="totp_reset", subject=row.name)


def end_all_sessions(connection: Connection, staff_id: int, now: datetime, by: int | None) -> None:
    """Sign the member out everywhere. Raises NoSuchMemberError."""
    row = _member(connection, staff_id)
    ended = end_sessions(connection, staff_id)
    if ended:
        write_audit(
            connection, now=now, staff_id=by, action="sessions_ended", subject=row.name, detail={"sessions": ended}
        )  # fmt: skip


def _member(connection: Connection, staff_id: int) -> Any:
    row = connection.execute(sa.select(staff).where(staff.c.id == staff_id).with_for_update()).first()
    if row is None:
        raise NoSuchMemberError("no such member")
    return row


def _keep_an_admin(connection: Connection, staff_id: int) -> None:
    """Raises LastAdminError where nobody else who can sign in is an admin. Locks them: two may not go at once."""
    able = (staff.c.role == ROLES[-1], ~staff.c.disabled, staff.c.password_hash.is_not(None))
    query = sa.select(staff.c.id).where(*able).order_by(staff.c.id).with_for_update()
    admins = set(connection.execute(query).scalars())
    if admins == {staff_id}:
        raise LastAdminError("the last admin")
