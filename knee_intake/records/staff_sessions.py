"""A member's own sessions and password: what is open where, ending it, and changing the password."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import StaffFormError
from knee_intake.records.audit import write_audit
from knee_intake.records.database import Database
from knee_intake.records.passwords import check_password, hash_password, verify_password
from knee_intake.records.schema import staff, staff_sessions
from knee_intake.records.staff_accounts import SESSION_LIFE, Member, count_try, forget_tries
from knee_intake.records.staff_tokens import digest


def sessions_of(connection: Connection, staff_id: int, now: datetime, idle: timedelta) -> Sequence[Any]:
    """The member's sessions that still hold, the newest first."""
    good = (
        staff_sessions.c.staff_id == staff_id,
        staff_sessions.c.seen_at >= now - idle,
        staff_sessions.c.created_at >= now - SESSION_LIFE,
    )
    query = sa.select(staff_sessions).where(*good).order_by(staff_sessions.c.created_at.desc(), staff_sessions.c.csrf)
    return list(connection.execute(query))


def end_session(connection: Connection, staff_id: int, name: str) -> bool:
    """End one session of the member's; `name` is its hash in hex. False where there is none."""
    try:
        id_hash = bytes.fromhex(name)
    except ValueError:
        return False
    mine = (staff_sessions.c.staff_id == staff_id, staff_sessions.c.id_hash == id_hash)
    return bool(connection.execute(sa.delete(staff_sessions).where(*mine)).rowcount)


def end_sessions(connection: Connection, staff_id: int, *, but: str | None = None) -> int:
    """End the member's sessions, `but` the one with this secret id; how many were ended."""
    mine = [staff_sessions.c.staff_id == staff_id]
    if but is not None:
        mine.append(staff_sessions.c.id_hash != digest(but))
    return int(connection.execute(sa.delete(staff_sessions).where(*mine)).rowcount)


def change_password(database: Database, member: Member, session: str, old: str, new: str, now: datetime) -> None:
    """Give oneself another password; every other session of the member ends.

    The old one is needed, but by whoever has none, as they came by an invitation. Wrong ones count as wrong sign-ins
    do. Raises StaffFormError, StaffAccountError.
    """
    check_password(member.name, new)
    row = count_try(database, staff.c.id == member.id, now)
    if row is None:
        raise StaffFormError("Too many wrong tries. Wait a few minutes.")
    if row.password_hash is not None and not verify_password(row.password_hash, old):
        raise StaffFormError("The old password is not right.")
    if old == new:
        raise StaffFormError("The new password is the old one. Choose another one.")
    values = {"password_hash": hash_password(new), "must_change": False, "invite_hash": None, "invite_until": None}
    with database.write() as connection:
        stored = staff.c.password_hash
        same = stored.is_(None) if row.password_hash is None else stored == row.password_hash
        unchanged = (staff.c.id == member.id, same, ~staff.c.disabled)
        if not connection.execute(sa.update(staff).where(*unchanged).values(**values)).rowcount:
            raise StaffFormError("The password was changed meanwhile. Sign in again.")
        forget_tries(connection, member.id)
        ended = end_sessions(connection, member.id, but=session)
        write_audit(
            connection, now=now, staff_id=member.id, action="password_change", subject=member.name,
            detail={"sessions_ended": ended},
        )  # fmt: skip


def check_own_password(database: Database, member: Member, password: str, now: datetime) -> None:
    """Is it the member who sits there? Raises StaffFormError; wrong tries count as wrong sign-ins do."""
    row = count_try(database, staff.c.id == member.id, now)
    if row is None:
        raise StaffFormError("Too many wrong tries. Wait a few minutes.")
    if not verify_password(row.password_hash, password):
        raise StaffFormError("The password is not right.")
    with database.write() as connection:
        forget_tries(connection, member.id)


def has_password(connection: Connection, staff_id: int) -> bool:
    """Who came by an invitation has none yet."""
    stored = sa.select(staff.c.password_hash).where(staff.c.id == staff_id)
    return connection.execute(stored).scalar() is not None
