"""Staff members: adding and disabling, sign-in with back-off, sessions.

Only hashes of session ids are stored. Argon2 never runs inside a transaction: it would hold SQLite's one write lock
for the time it takes.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import CodeNeededError, SignInError, StaffAccountError
from knee_intake.records.audit import write_audit
from knee_intake.records.database import Database
from knee_intake.records.passwords import check_password, hash_password, verify_password
from knee_intake.records.restriction_rows import SEES_ALL, closed_to_staff, shown
from knee_intake.records.schema import note_mentions, notes, staff, staff_sessions
from knee_intake.records.second_factor import use_code
from knee_intake.records.staff_tokens import SCOPES, digest, make_token, revoke_tokens

ROLES = ("viewer", "reviewer", "manager", "admin")
"""Each may do what those before it may: read; confirm, acknowledge, take over; export, erase; manage staff."""

FREE_TRIES = 5
"""Wrong passwords or codes in a row before an account rests."""
FIRST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(minutes=15)
FIRST_TOKEN = "from the command line"
SESSION_LIFE = timedelta(hours=12)
"""However busy, a session ends after this."""
_SEEN_STEP = timedelta(seconds=30)
"""The last use of a session is written down no more often than this."""


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
    must_change: bool = False
    """A new password comes first."""
    has_totp: bool = False
    """The second factor is set up."""
    mentions: int = 0
    """Notes that name the member, and that they have not seen."""


@dataclass(frozen=True)
class Seen:
    """From where somebody signs in, in a few words."""

    agent: str | None = None
    address: str | None = None


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
    check_member(name, role)
    check_password(name, password)
    values = {
        "role": role,
        "password_hash": hash_password(password),
        "disabled": False,
        "failed_logins": 0,
        "locked_until": None,
        "created_at": now,
        "must_change": False,
        "invite_hash": None,
        "invite_until": None,
        "clinician": clinician,
    }
    with database.write() as connection:
        row = connection.execute(sa.select(staff).where(staff.c.name == name)).first()
        if row is not None and not row.disabled:
            raise StaffAccountError(f"{name} is a member already; disable first to give a new password or role")
        if row is None:
            number = connection.execute(sa.insert(staff).values(name=name, **values)).inserted_primary_key[0]
        else:
            number = row.id
            connection.execute(sa.update(staff).where(staff.c.id == number).values(**values))
        token = make_token(connection, number, FIRST_TOKEN, SCOPES, None, now) if with_token else None
        detail = {"role": role, "token": with_token, "clinician": clinician}
        write_audit(connection, now=now, action="staff_add", subject=name, detail=detail)
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
        shut_out(connection, row.id, now)
        write_audit(connection, now=now, action="staff_disable", subject=name.strip())


def shut_out(connection: Connection, staff_id: int, now: datetime) -> None:
    """Disable a member: sessions, tokens and an open invitation end."""
    ended = {"disabled": True, "invite_hash": None, "invite_until": None}
    connection.execute(sa.update(staff).where(staff.c.id == staff_id).values(**ended))
    connection.execute(sa.delete(staff_sessions).where(staff_sessions.c.staff_id == staff_id))
    revoke_tokens(connection, staff_id, now)


def has_members(connection: Connection) -> bool:
    """Is there anybody who could sign in?"""
    return connection.execute(sa.select(staff.c.id).where(~staff.c.disabled).limit(1)).first() is not None


def check_member(name: str, role: str) -> None:
    """Raises StaffAccountError where there can be no member of this name and role."""
    if not 1 <= len(name) <= 80 or not name.isprintable():
        raise StaffAccountError("a name has 1 to 80 characters")
    if role not in ROLES:
        raise StaffAccountError(f"a role is one of {', '.join(ROLES)}")


# -- signing in ------------------------------------------------------------------------------------------------------


def sign_in(database: Database, name: str, password: str, now: datetime, seen: Seen = Seen()) -> str:
    """Check a password and open a session; returns the session's secret id.

    Raises CodeNeededError where the password is right and the member has a second factor, else SignInError; never says
    whether the name, the password or the back-off was the reason. A try is counted before the password is looked at,
    so that many at once get no free guesses.
    """
    row = count_try(database, staff.c.name == name.strip(), now)
    right = verify_password(row.password_hash if row is not None else None, password)
    with database.write() as connection:
        if row is not None and right and row.totp_since is None:
            forget_tries(connection, row.id)
            write_audit(connection, now=now, staff_id=row.id, action="login")
            return open_session(connection, row.id, now, seen)
        if row is None or not right:
            write_audit(connection, now=now, staff_id=row.id if row else None, action="login_failed")
        else:
            _take_back_try(connection, row)
    if row is not None and right:
        raise CodeNeededError(row.id, proof_of(row))
    raise SignInError("name and password do not match, or too many tries")


def finish_sign_in(
    database: Database, secret: bytes, staff_id: int, proof: str, code: str, now: datetime, seen: Seen = Seen()
) -> str:
    """The second step: a code of the second factor, or a recovery code; returns the session's secret id.

    `proof` is what the first step gave. Raises SignInError; wrong codes count as wrong passwords do.
    """
    row = count_try(database, staff.c.id == staff_id, now)
    with database.write() as connection:
        if row is not None and secrets.compare_digest(proof_of(row), proof):
            used = use_code(connection, secret, row, code, now)
            if used:
                forget_tries(connection, staff_id)
                write_audit(connection, now=now, staff_id=staff_id, action="login", detail={"second_factor": used})
                return open_session(connection, staff_id, now, seen)
        write_audit(connection, now=now, staff_id=staff_id, action="login_failed", detail={"step": "code"})
    raise SignInError("the code does not fit, or too many tries")


def proof_of(row: Any) -> str:
    """Stands for the password or invitation that the first step was done with: another one makes it void."""
    return hashlib.sha256(repr((row.id, row.password_hash, row.invite_hash)).encode()).hexdigest()


def count_try(database: Database, who: Any, now: datetime) -> sa.engine.Row | None:
    """Count a try of the member that `who` stands for; their row where a try is allowed now."""
    with database.write() as connection:
        row = connection.execute(sa.select(staff).where(who, ~staff.c.disabled).with_for_update()).first()
        if row is None or (row.locked_until is not None and row.locked_until > now):
            return None
        tries = row.failed_logins + 1
        until = now + rest_after(tries) if tries >= FREE_TRIES else None
        connection.execute(sa.update(staff).where(staff.c.id == row.id).values(failed_logins=tries, locked_until=until))
        return row


def rest_after(tries: int) -> timedelta:
    """How long an account rests after so many wrong tries in a row: doubling, up to a limit."""
    doublings = min(max(0, tries - FREE_TRIES), 16)
    return min(FIRST_REST * (1 << doublings), LONGEST_REST)


def _take_back_try(connection: Connection, row: Any) -> None:
    """The password was right, so it was no wrong try; unless somebody else has tried meanwhile: theirs stay."""
    mine = (staff.c.id == row.id, staff.c.failed_logins == row.failed_logins + 1)
    before = {"failed_logins": row.failed_logins, "locked_until": row.locked_until}
    connection.execute(sa.update(staff).where(*mine).values(**before))


def forget_tries(connection: Connection, staff_id: int) -> None:
    """Somebody has shown that they are the member."""
    connection.execute(sa.update(staff).where(staff.c.id == staff_id).values(failed_logins=0, locked_until=None))


# -- sessions --------------------------------------------------------------------------------------------------------


def open_session(connection: Connection, staff_id: int, now: datetime, seen: Seen = Seen()) -> str:
    """A new session of the member; returns its secret id."""
    connection.execute(sa.delete(staff_sessions).where(staff_sessions.c.created_at < now - SESSION_LIFE))
    secret = secrets.token_urlsafe(32)
    values = {"csrf": secrets.token_urlsafe(32), "agent": seen.agent, "address": seen.address}
    times = {"created_at": now, "seen_at": now}
    connection.execute(sa.insert(staff_sessions).values(id_hash=digest(secret), staff_id=staff_id, **values, **times))
    return secret


def find_session(connection: Connection, secret: str, *, now: datetime, idle: timedelta, touch: bool) -> Session | None:
    """The session of a cookie, if it is still good. `touch` (on a writing connection) counts as activity."""
    found = (
        sa.select(
            staff_sessions,
            staff.c.name,
            staff.c.role,
            staff.c.clinician,
            staff.c.must_change,
            staff.c.totp_since,
        )
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
    member = Member(row.staff_id, row.name, row.role, row.clinician)
    mentions = _unseen_mentions(connection, member, now)
    return Session(member, row.csrf, ends_at, row.must_change, row.totp_since is not None, mentions)


def _unseen_mentions(connection: Connection, member: Member, now: datetime) -> int:
    """The notes that name them, stand, are open to them and not seen yet."""
    hidden = None if member.may(SEES_ALL) else closed_to_staff(member.id, now)
    standing = notes.c.removed_at.is_(None), notes.c.id == note_mentions.c.note_id
    query = sa.select(sa.func.count()).where(
        note_mentions.c.staff_id == member.id, note_mentions.c.seen_at.is_(None), *standing,
        *shown(notes.c.conversation_id, hidden),
    )  # fmt: skip
    return int(connection.execute(query).scalar_one())


def sign_out(database: Database, secret: str, member: Member, now: datetime) -> None:
    """End one session."""
    with database.write() as connection:
        connection.execute(sa.delete(staff_sessions).where(staff_sessions.c.id_hash == digest(secret)))
        write_audit(connection, now=now, staff_id=member.id, action="logout")
