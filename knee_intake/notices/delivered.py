"""What is known to have arrived: for each recipient and channel the last delivery, kept in `facts`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from knee_intake.duty import Way, ways
from knee_intake.notices.links import mark_of
from knee_intake.practice import Practice
from knee_intake.records.schema import facts


@dataclass(frozen=True)
class LastDelivery:
    """A way to a recipient, and when something last went that way; None: never, or to another address since."""

    way: Way
    at: datetime | None = None
    kind: str | None = None
    """test, alert, visit …"""


def note_delivery(connection: Connection, way: Way, target: str, kind: str, now: datetime) -> None:
    """Keep that something went to `target`, of which only a mark is stored: another address has to prove itself."""
    values = {"value": {"kind": kind, "target": mark_of(target)}, "at": now}
    change = facts.update().where(facts.c.name == _name(way)).values(**values)
    if not connection.execute(change).rowcount:
        try:
            with connection.begin_nested():
                connection.execute(facts.insert().values(name=_name(way), **values))
        except IntegrityError:  # another process was first
            connection.execute(change)


def last_deliveries(
    connection: Connection, practice: Practice, channels: tuple[str, ...], webhook_url: str
) -> list[LastDelivery]:
    """Every way that is set up, in the order of practice.yml."""
    return [_last(connection, way, way.address or webhook_url) for way in all_ways(practice, channels)]


def all_ways(practice: Practice, channels: tuple[str, ...]) -> Iterator[Way]:
    """Every way to every recipient."""
    for name in practice.alerts.recipients:
        yield from ways(practice, name, channels)


def _last(connection: Connection, way: Way, target: str) -> LastDelivery:
    row = connection.execute(sa.select(facts).where(facts.c.name == _name(way))).mappings().first()
    if row is None or row["value"]["target"] != mark_of(target):
        return LastDelivery(way)
    return LastDelivery(way, row["at"], row["value"]["kind"])


def _name(way: Way) -> str:
    return f"delivered:{way.channel}:{way.recipient}"
