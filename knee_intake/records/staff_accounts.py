"""Staff members: passwords (argon2), sign-in with back-off, sessions and personal tokens.

Only hashes of session ids and tokens are stored. Argon2 never runs inside a transaction: it would hold SQLite's
one write lock for the time it takes.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import BoundedSemaphore

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.engine import Connection

from knee_intake.errors import SignInError, StaffAccountError
from knee_intake.records.audit import write_audit
from knee_intake.records.database import Database
from knee_intake.records.schema import staff, staff_sessions

ROLES = ("viewer", "reviewer", "manager", "admin")
"""Each may do what those before it may: read; confirm, acknowledge, take over; export, erase; manage staff."""

MIN_PASSWORD = 12  # characters
MAX_PASSWORD = 256  # characters
FREE_TRIES = 5
"""Wrong passwords in a row before an account rests."""
FIRST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(minutes=15)
SESSION_LIFE = timedelta(hours=12)
"""However busy, a session ends after this."""
_SEEN_STEP = timedelta(seconds=30)
"""The last use of a session is written down no more often than this."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's minimum: 19 MiB, 2 rounds
_slots = BoundedSemaphore(2)
"""So many hashes at once: a flood of sign-ins must not take the memory or both cores."""
_NOBODY = _hasher.hash(secrets.token_hex(16))
"""Checked for unknown names, so that they take as long as known ones."""


@dataclass(frozen=True)
class Member:
    """Who is working with the console."""

    id: int
    name: str
    role: str
    clinician: bool = False
    """May approve and reject patient texts."""

    def may(self, role: str) -> bool:
        """Does this member's role include `role`?"""
        return ROLES.index(self.role) >= ROLES.index(role)


@dataclass(frozen=True)
class Session:
    """A signed-in member, and the token that every form of theirs carries."""

    member: Member
    csrf: str
    ends_at: datetime
    """When it ends if nothing more is done."""


# -- members ---------------------------------------------------------------------------------------------------------


def add_member(
    database: Database,
    *,
    name: str,
    role: str,
    password: str,
    now: datetime,
    with_token: bool = False,
    clinician: bool = False,
) -> str | None:
    """Add a member, or bring a disabled one back with a new password; returns the personal token, if asked for.

    Raises StaffAccountError.
    """
    name = name.strip()
    _check(name, role, password)
    token = secrets.token_urlsafe(32) if with_token else None
    values = {
        "role": role,
        "password_hash": _hash(password),
        "token_hash": digest(token) if token else None,
        "disabled": False,
        "failed_logins": 0,
        "locked_until": None,
        "created_at": now,
        "clinician": clinician,
    }
    with database.write() as connection:
        row = connection.execute(sa.select(staff).where(staff.c.name == name)).first()
        if row is not None and not row.disabled:
            raise StaffAccountError(f"{name} is a member already; disable first to give a new password or role")
        if row is None:
            connection.execute(sa.insert(staff).values(name=name, **values))
        else:
            connection.execute(sa.update(staff).where(staff.c.id == row.id).values(**values))
        write_audit(
            connection,
            now=now,
            action="staff_add",
            subject=name,
            detail={"role": role, "token": with_token, "clinician": clinician},
        )
    return token


def set_clinician(database: Database, name: str, clinician: bool, now: datetime) -> None:
    """Let a member approve and reject patient texts, or no longer. Raises StaffAccountError for nobody's name."""
    with database.write() as connection:
        changed = sa.update(staff).where(staff.c.name == name.strip(), ~staff.c.disabled).values(clinician=clinician)
        if not connection.execute(changed).rowcount:
            raise StaffAccountError(f"there is no member called {name}")
        write_audit(
            connection, now=now, action="staff_clinician", subject=name.strip(), detail={"clinician": clinician}
        )


def disable_member(database: Database, name: str, now: datetime) -> None:
    """Shut a member out at once: sessions and token end. Raises StaffAccountError where there is no such member."""
    with database.write() as connection:
        row = connection.execute(sa.select(staff.c.id).where(staff.c.name == name.strip())).first()
        if row is None:
            raise StaffAccountError(f"there is no member called {name}")
        connection.execute(sa.update(staff).where(staff.c.id == row.id).values(disabled=True, token_hash=None))
        connection.execute(sa.delete(staff_sessions).where(staff_sessions.c.staff_id == row.id))
        write_audit(connection, now=now, action="staff_disable", subject=name.strip())


def has_members(connection: Connection) -> bool:
    """Is there anybody who could sign in?"""
    return connection.execute(sa.select(staff.c.id).where(~staff.c.disabled).limit(1)).first() is not None


def _check(name: str, role: str, password: str) -> None:
    if not 1 <= len(name) <= 80 or not name.isprintable():
        raise StaffAccountError("a name has 1 to 80 characters")
    if role not in ROLES:
        raise StaffAccountError(f"a role is one of {', '.join(ROLES)}")
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise StaffAccountError(f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters")
    if name.lower() in password.lower() or len(set(password)) < 5:
        raise StaffAccountError("that password is too easy to guess: without the name, and not the same few letters")


# -- signing in ------------------------------------------------------------------------------------------------------


def sign_in(database: Database, name: str, password: str, now: datetime) -> str:
    """Check a password and open a session; returns the session's secret id.

    Raises SignInError; never says whether the name, the password or the back-off was the reason.
    A try is counted before the password is looked at, so that many at once get no free guesses.
    """
    row = _count_try(database, name.strip(), now)
    right = _verify(row.password_hash if row is not None else None, password)
    with database.write() as connection:
        if row is None or not right:
            write_audit(connection, now=now, staff_id=row.id if row else None, action="login_failed")
        else:
            _forget_tries(connection, row.id)
            write_audit(connection, now=now, staff_id=row.id, action="login")
            return _open_session(connection, row.id, now)
    raise SignInError("name and password do not match, or too many tries")


def _count_try(database: Database, name: str, now: datetime) -> sa.engine.Row | None:
    """The member's row where a try is allowed now."""
    with database.write() as connection:
        row = connection.execute(sa.select(staff).where(staff.c.name == name, ~staff.c.disabled)).first()
        if row is None or (row.locked_until is not None and row.locked_until > now):
            return None
        tries = row.failed_logins + 1
        until = now + rest_after(tries) if tries >= FREE_TRIES else None
        connection.execute(sa.update(staff).where(staff.c.id == row.id).values(failed_logins=tries, locked_until=until))
        return row


def rest_after(tries: int) -> timedelta:
    """How long an account rests after so many wrong passwords in a row: doubling, up to a limit."""
    doublings = min(max(0, tries - FREE_TRIES), 16)
    return min(FIRST_REST * (1 << doublings), LONGEST_REST)


def _forget_tries(connection: Connection, staff_id: int) -> None:
    connection.execute(sa.update(staff).where(staff.c.id == staff_id).values(failed_logins=0, locked_until=None))


def _hash(password: str) -> str:
    with _slots:
        return _hasher.hash(password)


def _verify(stored: str | None, password: str) -> bool:
    with _slots:
        try:
            _hasher.verify(stored or _NOBODY, password[:MAX_PASSWORD])
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


# -- sessions and tokens ---------------------------------------------------------------------------------------------


def digest(secret: str) -> bytes:
    """What is stored of a session id or a token; they are random, so a plain hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def _open_session(connection: Connection, staff_id: int, now: datetime) -> str:
    connection.execute(sa.delete(staff_sessions).where(staff_sessions.c.created_at < now - SESSION_LIFE))
    secret = secrets.token_urlsafe(32)
    connection.execute(
        sa.insert(staff_sessions).values(
            id_hash=digest(secret), staff_id=staff_id, csrf=secrets.token_urlsafe(32), created_at=now, seen_at=now
        )
    )
    return secret


def find_session(connection: Connection, secret: str, *, now: datetime, idle: timedelta, touch: bool) -> Session | None:
    """The session of a cookie, if it is still good. `touch` (on a writing connection) counts as activity."""
    found = (
        sa.select(staff_sessions, staff.c.name, staff.c.role, staff.c.clinician)
        .join(staff, staff.c.id == staff_sessions.c.staff_id)
        .where(staff_sessions.c.id_hash == digest(secret), ~staff.c.disabled)
    )
    row = connection.execute(found).first()
    if row is None or now - row.seen_at > idle or now - row.created_at > SESSION_LIFE:
        return None
    seen = row.seen_at
    if touch and now - seen >= _SEEN_STEP:
        seen = now
        connection.execute(sa.update(staff_sessions).where(staff_sessions.c.id_hash == row.id_hash).values(seen_at=now))
    ends_at = min(seen + idle, row.created_at + SESSION_LIFE)
    return Session(Member(row.staff_id, row.name, row.role, row.clinician), row.csrf, ends_at)


def find_token(connection: Connection, token: str) -> Member | None:
    """The member whose personal token this is."""
    row = connection.execute(
        sa.select(staff.c.id, staff.c.name, staff.c.role, staff.c.clinician).where(
            staff.c.token_hash == digest(token), ~staff.c.disabled
        )
    ).first()
    return Member(row.id, row.name, row.role, row.clinician) if row else None


def sign_out(database: Database, secret: str, member: Member, now: datetime) -> None:
    """End one session."""
    with database.write() as connection:
        connection.execute(sa.delete(staff_sessions).where(staff_sessions.c.id_hash == digest(secret)))
        write_audit(connection, now=now, staff_id=member.id, action="logout")
