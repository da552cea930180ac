"""Personal tokens: several for a member, each with a name, scopes and perhaps an end. Only their hashes are stored."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import StaffFormError
from knee_intake.records.schema import staff, staff_tokens

SCOPES = ("read", "write", "export", "fhir")
"""read and write: the JSON API; export: what leaves in bulk; fhir: the FHIR server, with write to change visits."""
LONGEST_NAME = 60  # characters
MOST_TOKENS = 20
"""Of one member, at a time."""
_USED_STEP = timedelta(minutes=1)
"""The last use is written down no more often than this."""


@dataclass(frozen=True)
class Bearer:
    """Whose token it is, and what it is good for."""

    id: int
    name: str
    role: str
    scopes: frozenset[str]


def digest(secret: str) -> bytes:
    """What is stored of a session id or a token; they are random, so a plain hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def make_token(
    connection: Connection,
    staff_id: int,
    name: str,
    scopes: Collection[str],
    expires_at: datetime | None,
    now: datetime,
) -> str:
    """A new token; what is returned is shown once and never again.

    Raises StaffFormError; a name that one of the member's tokens has already is refused, so that a form which is sent
    twice makes one token.
    """
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise StaffFormError(f"Please give the token a name of 1 to {LONGEST_NAME} characters.")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise StaffFormError("Please choose what the token may do.")
    # one form after the other: two at once must not both find the name free
    connection.execute(sa.select(staff.c.id).where(staff.c.id == staff_id).with_for_update())
    names = [row.name for row in tokens_of(connection, staff_id, now)]
    if name in names:
        raise StaffFormError("You have a token of this name. Revoke it first, or choose another name.")
    if len(names) >= MOST_TOKENS:
        raise StaffFormError(f"At most {MOST_TOKENS} tokens. Revoke one that you do not need any more.")
    token = secrets.token_urlsafe(32)
    ordered = " ".join(scope for scope in SCOPES if scope in scopes)
    values = {"name": name, "token_hash": digest(token), "scopes": ordered, "created_at": now, "expires_at": expires_at}
    connection.execute(sa.insert(staff_tokens).values(staff_id=staff_id, **values))
    return token


def find_token(connection: Connection, token: str, now: datetime) -> Bearer | None:
    """The member whose token this is, on a writing connection: its use is noted.

    None for one that is unknown, revoked or over, and for members who are disabled or owe a new password.
    """
    query = (
        sa.select(staff_tokens, staff.c.name.label("member"), staff.c.role)
        .join(staff, staff.c.id == staff_tokens.c.staff_id)
        .where(staff_tokens.c.token_hash == digest(token), _good(now), ~staff.c.disabled, ~staff.c.must_change)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    if row.used_at is None or now - row.used_at >= _USED_STEP:
        connection.execute(sa.update(staff_tokens).where(staff_tokens.c.id == row.id).values(used_at=now))
    return Bearer(row.staff_id, row.member, row.role, frozenset(row.scopes.split()))


def tokens_of(connection: Connection, staff_id: int, now: datetime) -> Sequence[Any]:
    """The member's tokens that are good now, the oldest first."""
    mine = sa.select(staff_tokens).where(staff_tokens.c.staff_id == staff_id, _good(now))
    return list(connection.execute(mine.order_by(staff_tokens.c.id)))


def revoke_token(connection: Connection, staff_id: int, token: int, now: datetime) -> bool:
    """End one token of the member's; False where there is none to end."""
    mine = (staff_tokens.c.staff_id == staff_id, staff_tokens.c.id == token, staff_tokens.c.revoked_at.is_(None))
    return bool(connection.execute(sa.update(staff_tokens).where(*mine).values(revoked_at=now)).rowcount)


def revoke_tokens(connection: Connection, staff_id: int, now: datetime) -> None:
    """End all of them."""
    mine = (staff_tokens.c.staff_id == staff_id, staff_tokens.c.revoked_at.is_(None))
    connection.execute(sa.update(staff_tokens).where(*mine).values(revoked_at=now))


def _good(now: datetime) -> Any:
    unended = sa.or_(staff_tokens.c.expires_at.is_(None), staff_tokens.c.expires_at > now)
    return sa.and_(staff_tokens.c.revoked_at.is_(None), unended)
