"""Filters that staff keep under a name: their own, and those that they share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import NoSuchViewError, ReviewFormError
from knee_intake.records.schema import saved_views, staff
from knee_intake.records.staff_accounts import Member

LONGEST_NAME, LONGEST_QUERY, MOST = 40, 600, 30
"""Characters, characters, views of one member."""


@dataclass(frozen=True)
class SavedView:
    """`query` is what stands behind the question mark in the list's address."""

    id: int
    name: str
    query: str
    shared: bool
    owner: str
    own: bool


def views_of(connection: Connection, member: Member) -> list[SavedView]:
    """The member's own views and the shared ones, by name."""
    query = (
        sa.select(saved_views, staff.c.name.label("owner"))
        .join(staff, staff.c.id == saved_views.c.staff_id)
        .where(sa.or_(saved_views.c.staff_id == member.id, saved_views.c.shared))
        .order_by(saved_views.c.name, saved_views.c.id)
    )
    return [
        SavedView(row.id, row.name, row.query, row.shared, row.owner, row.staff_id == member.id)
        for row in connection.execute(query)
    ]


def save_view(
    connection: Connection, member: Member, *, name: str, query: str, shared: bool, now: datetime
) -> int:  # fmt: skip
    """Keep the filters under this name, in the place of the member's own view of that name. Raises ReviewFormError."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise ReviewFormError(f"A name has 1 to {LONGEST_NAME} characters.")
    if len(query) > LONGEST_QUERY:
        raise ReviewFormError("These are too many filters to keep.")
    own = saved_views.c.staff_id == member.id
    values = {"query": query, "shared": shared}
    same = connection.execute(sa.select(saved_views.c.id).where(own, saved_views.c.name == name)).scalar()
    if same is not None:
        connection.execute(sa.update(saved_views).where(saved_views.c.id == same).values(**values))
        return int(same)
    if connection.execute(sa.select(sa.func.count()).select_from(saved_views).where(own)).scalar_one() >= MOST:
        raise ReviewFormError(f"At most {MOST} views. Delete one first.")
    added = sa.insert(saved_views).values(staff_id=member.id, name=name, created_at=now, **values)
    return int(connection.execute(added).inserted_primary_key[0])


def delete_view(connection: Connection, member: Member, view: int) -> None:
    """Forget a view of one's own; a manager may also take away a shared one. Raises NoSuchViewError."""
    mine = saved_views.c.staff_id == member.id
    allowed = sa.or_(mine, saved_views.c.shared) if member.may("manager") else mine
    if not connection.execute(sa.delete(saved_views).where(saved_views.c.id == view, allowed)).rowcount:
        raise NoSuchViewError("no such view")
