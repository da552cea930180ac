"""The outbox: rows to be delivered, each claimed by one process at a time, tried with back-off, given up in the end.

A turn writes *events* (an alert, a visit, a call back). plan.py turns each into *deliveries*, one for each way to a
recipient, and the worker delivers those. Both are rows of one table, and a row's key makes sure that it is there once.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from knee_intake.records.database import Database
from knee_intake.records.schema import outbox

TO_STAFF, TO_WEBHOOK, TO_VISITOR = "to_staff", "to_webhook", "to_visitor"
DELIVERIES = (TO_STAFF, TO_WEBHOOK, TO_VISITOR)
"""Kinds of rows that are delivered; before the mails to visitors come those who must know."""
EVENTS = ("alert", "hand_over", "call_back", "visit", "cancelled")
"""Kinds of rows that tell what happened."""

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(hours=1)
_LONGEST_ERROR = 200


@dataclass(frozen=True)
class Notice:
    """One row of the outbox."""

    id: int
    key: str
    kind: str
    body: dict[str, Any]
    created_at: datetime
    tries: int
    last_error: str | None = None
    next_try_at: datetime | None = None
    dead_at: datetime | None = None


def add(
    connection: Connection, key: str, kind: str, body: dict[str, Any], now: datetime, due: datetime | None = None
) -> bool:
    """Put a row in, to be taken at once or when it is `due`; False where one with this key is there already."""
    values = {"key": key, "kind": kind, "body": body, "created_at": now, "next_try_at": due}
    try:
        with connection.begin_nested():
            connection.execute(outbox.insert().values(**values))
    except IntegrityError:
        return False
    return True


def has_due(database: Database, kinds: Collection[str], now: datetime) -> bool:
    """Whether a row waits to be taken. Only reads, so that an idle worker holds up nobody."""
    with database.read() as connection:
        return connection.execute(sa.select(outbox.c.id).where(*_due(kinds, now)).limit(1)).first() is not None


def take(connection: Connection, kinds: Collection[str], now: datetime, limit: int) -> list[Notice]:
    """Rows that are due, locked for this transaction: no other process gets them."""
    first = sa.case([(outbox.c.kind == TO_VISITOR, 1)], else_=0)
    query = sa.select(outbox).where(*_due(kinds, now)).order_by(first, outbox.c.id).limit(limit)
    return [_notice(row) for row in connection.execute(query.with_for_update(skip_locked=True)).mappings()]


def claim(
    database: Database, kinds: Collection[str], owner: str, now: datetime, lease: timedelta, limit: int
) -> list[Notice]:
    """Take rows for `lease`, in which `owner` delivers them; after that the owner counts as dead."""
    with database.write() as connection:
        found = take(connection, kinds, now, limit)
        ids = [notice.id for notice in found]
        claimed = {"claimed_by": owner, "claimed_until": now + lease}
        connection.execute(outbox.update().where(outbox.c.id.in_(ids)).values(**claimed))
    return found


def finish(connection: Connection, notice: Notice, now: datetime, note: str | None = None) -> None:
    """The row is done; `note` says why, where nothing was sent."""
    _change(connection, notice.id, done_at=now, last_error=note)


def postpone(connection: Connection, notice: Notice, until: datetime, body: dict[str, Any]) -> None:
    """The row is taken again at `until`."""
    _change(connection, notice.id, next_try_at=until, body=body)


def fail(connection: Connection, notice: Notice, now: datetime, error: str, *, for_good: bool, most_tries: int) -> bool:
    """Note a failed try; True where the row is given up with it."""
    tries = notice.tries + 1
    dead = for_good or tries >= most_tries
    _change(
        connection,
        notice.id,
        tries=tries,
        last_error=error[:_LONGEST_ERROR],
        dead_at=now if dead else None,
        next_try_at=None if dead else now + wait_after(tries),
    )
    return dead


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many failed tries: 15 s, 1 min, 4 min, 16 min, then an hour each."""
    return min(FIRST_WAIT * int(4 ** (tries - 1)), LONGEST_WAIT)


def hasten(connection: Connection, event: int, now: datetime) -> None:
    """Have an event looked at now: somebody could not be reached, so the next one is told without waiting."""
    connection.execute(outbox.update().where(outbox.c.id == event, outbox.c.done_at.is_(None)).values(next_try_at=now))


def try_again(connection: Connection, notice: int) -> bool:
    """Have a row that was given up tried anew; False where there is none."""
    changed = connection.execute(
        outbox.update()
        .where(outbox.c.id == notice, outbox.c.dead_at.is_not(None))
        .values(dead_at=None, tries=0, next_try_at=None)
    )
    return bool(changed.rowcount)


def given_up(connection: Connection, limit: int) -> list[Notice]:
    """Rows that were given up, newest first."""
    query = sa.select(outbox).where(outbox.c.dead_at.is_not(None)).order_by(outbox.c.dead_at.desc()).limit(limit)
    return [_notice(row) for row in connection.execute(query).mappings()]


def count_given_up(connection: Connection) -> int:
    query = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.dead_at.is_not(None))
    return int(connection.execute(query).scalar_one())


def being_tried(connection: Connection, limit: int) -> list[Notice]:
    """Deliveries that failed at least once and are tried again, the next one first."""
    waiting = (outbox.c.done_at.is_(None), outbox.c.dead_at.is_(None), outbox.c.tries > 0)
    query = sa.select(outbox).where(*waiting).order_by(outbox.c.next_try_at).limit(limit)
    return [_notice(row) for row in connection.execute(query).mappings()]


def find(connection: Connection, notice: int, *, lock: bool = False) -> Notice | None:
    """One row, locked for this transaction where asked for."""
    query = sa.select(outbox).where(outbox.c.id == notice)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    return _notice(row) if row else None


def change_body(connection: Connection, notice: Notice, **changes: Any) -> None:
    """Keep something beside what the row says."""
    connection.execute(outbox.update().where(outbox.c.id == notice.id).values(body={**notice.body, **changes}))


def _due(kinds: Collection[str], now: datetime) -> tuple[Any, ...]:
    return (
        outbox.c.kind.in_(list(kinds)),
        outbox.c.done_at.is_(None),
        outbox.c.dead_at.is_(None),
        sa.or_(outbox.c.next_try_at.is_(None), outbox.c.next_try_at <= now),
        sa.or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= now),
    )


def _change(connection: Connection, notice: int, **values: Any) -> None:
    """Change a row that is not done: one whose lease ran out may have been delivered by somebody else since."""
    free = {"claimed_by": None, "claimed_until": None}
    still_open = (outbox.c.id == notice, outbox.c.done_at.is_(None))
    connection.execute(outbox.update().where(*still_open).values(**{**free, **values}))


def _notice(row: Any) -> Notice:
    return Notice(
        row["id"], row["key"], row["kind"], dict(row["body"]), row["created_at"], row["tries"], row["last_error"],
        row["next_try_at"], row["dead_at"],
    )  # fmt: skip
