"""A number that grows with every change of the staff's list that no time or id in its tables would tell."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.records.schema import facts

_NAME = "list_changes"


def note_change(connection: Connection, now: datetime) -> None:
    """A review was changed, or conversations were taken away: every page that lists them is to learn of it."""
    more = sa.update(facts).where(facts.c.name == _NAME).values(number=facts.c.number + 1, at=now)
    if not connection.execute(more).rowcount:
        connection.execute(sa.insert(facts).values(name=_NAME, number=1, at=now))


def changes(connection: Connection) -> int:
    """The number."""
    return int(connection.execute(sa.select(facts.c.number).where(facts.c.name == _NAME)).scalar() or 0)
