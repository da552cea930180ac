"""Which conversations are closed to whom, as conditions on rows. Below the accounts, whose sessions count by it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeAlias

import sqlalchemy as sa

from knee_intake.records.schema import emergency_openings, restriction_members, restrictions

Hidden: TypeAlias = "sa.sql.Select | None"
"""The ids of what is closed to a reader, as a query; None: nothing is."""
SEES_ALL = "manager"
"""Nothing is closed to this role."""


def closed_to_staff(staff_id: int, now: datetime) -> sa.sql.Select:
    """The ids of the restricted conversations that neither name the member nor are open to them in an emergency."""
    query = sa.select(restrictions.c.conversation_id)
    return query.where(~_named(staff_id), ~_opened(staff_id, now))


def shown(conversation: Any, hidden: Hidden) -> list[Any]:
    """The conditions that leave out what is hidden; `conversation` is a column. What belongs to none is shown."""
    return [] if hidden is None else [sa.or_(conversation.is_(None), conversation.not_in(hidden))]


def _named(staff_id: int) -> Any:
    of = restriction_members.c
    return sa.exists().where(of.conversation_id == restrictions.c.conversation_id, of.staff_id == staff_id)


def _opened(staff_id: int, now: datetime) -> Any:
    of = emergency_openings.c
    mine = (of.conversation_id == restrictions.c.conversation_id, of.staff_id == staff_id)
    return sa.exists().where(*mine, of.until > now)
