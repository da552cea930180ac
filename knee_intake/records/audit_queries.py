"""Reading the audit log for staff: filtered, newest first, in parts by a key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.records.schema import audit, staff

NOBODY = 0
"""As a member: the command line, or somebody who could not sign in."""
PAGE = 50


@dataclass(frozen=True)
class AuditFilters:
    """What the rows have in common; None: anything."""

    member: int | None = None
    action: str | None = None
    conversation: str | None = None


@dataclass(frozen=True)
class AuditPage:
    """A part of the log: rows with the member's name as `name`, and the key of the part that follows."""

    rows: Sequence[Any]
    next: int | None


def read_audit(
    connection: Connection, filters: AuditFilters, *, before: int | None = None, limit: int = PAGE
) -> AuditPage:
    """The newest rows, or those older than the row `before`."""
    query = (
        sa.select(audit, staff.c.name)
        .select_from(audit.outerjoin(staff, staff.c.id == audit.c.staff_id))
        .order_by(audit.c.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(audit.c.id < before)
    if filters.member is not None:
        of = audit.c.staff_id
        query = query.where(of.is_(None) if filters.member == NOBODY else of == filters.member)
    if filters.action is not None:
        query = query.where(audit.c.action == filters.action)
    if filters.conversation is not None:
        query = query.where(audit.c.subject == filters.conversation)
    rows = connection.execute(query).all()
    return AuditPage(rows[:limit], int(rows[limit - 1].id) if len(rows) > limit else None)


def known_actions(connection: Connection) -> list[str]:
    """Every action in the log, by name; one step along the index for each, however long the log is."""
    found: list[str] = []
    following = sa.select(sa.func.min(audit.c.action))
    action = connection.execute(following).scalar()
    while action is not None:
        found.append(str(action))
        action = connection.execute(following.where(audit.c.action > action)).scalar()
    return found


def all_members(connection: Connection) -> list[tuple[int, str]]:
    """(id, name) of everybody who is or was a member."""
    return [tuple(row) for row in connection.execute(sa.select(staff.c.id, staff.c.name).order_by(staff.c.name))]
