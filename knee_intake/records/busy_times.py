"""When clinicians are taken beside their visits: times from their own calendars, and blocks that staff set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.records.schema import blocks, busy_feeds, busy_times

FEED = "feed"


def taken_between(
    connection: Connection, start: datetime, end: datetime | None = None, clinician: str | None = None
) -> list[tuple[str, datetime, datetime]]:
    """(clinician, start, end) of every busy time and standing block that reaches into the span."""
    found: list[tuple[str, datetime, datetime]] = []
    for table, standing in ((busy_times, sa.true()), (blocks, blocks.c.removed_at.is_(None))):
        query = sa.select(table.c.clinician, table.c.start, table.c.end).where(table.c.end > start, standing)
        if end is not None:
            query = query.where(table.c.start < end)
        if clinician is not None:
            query = query.where(table.c.clinician == clinician)
        found += [(row.clinician, row.start, row.end) for row in connection.execute(query)]
    return found


# -- feeds -----------------------------------------------------------------------------------------------------------


def old_feeds(connection: Connection, now: datetime) -> list[str]:
    """The clinicians whose own calendar was never read, or too long ago."""
    old = sa.or_(busy_feeds.c.fresh_until.is_(None), busy_feeds.c.fresh_until <= now)
    return list(connection.execute(sa.select(busy_feeds.c.clinician).where(old).order_by("clinician")).scalars())


def feed_rows(connection: Connection) -> dict[str, dict[str, Any]]:
    """{clinician: how its feed went}."""
    return {row["clinician"]: dict(row) for row in connection.execute(sa.select(busy_feeds)).mappings()}


def keep_only(connection: Connection, hashes: Mapping[str, bytes], now: datetime) -> None:
    """Make the rows of these feeds, {clinician: hash of its address}; those of others go, with their times."""
    known = feed_rows(connection)
    for clinician, row in known.items():
        if hashes.get(clinician) != row["address_hash"]:
            connection.execute(busy_feeds.delete().where(busy_feeds.c.clinician == clinician))
            connection.execute(busy_times.delete().where(busy_times.c.clinician == clinician))
    for clinician, address_hash in hashes.items():
        if clinician not in known or known[clinician]["address_hash"] != address_hash:
            values = {"clinician": clinician, "address_hash": address_hash, "next_try_at": now, "failures": 0}
            connection.execute(busy_feeds.insert().values(values))


def claim(connection: Connection, clinician: str, now: datetime, until: datetime) -> dict[str, Any] | None:
    """The feed's row where it is due and no other process has it; it is then ours until `until`."""
    mine = sa.and_(busy_feeds.c.clinician == clinician, busy_feeds.c.next_try_at <= now)
    if not connection.execute(busy_feeds.update().where(mine).values(next_try_at=until, tried_at=now)).rowcount:
        return None
    row = connection.execute(sa.select(busy_feeds).where(busy_feeds.c.clinician == clinician)).mappings().one()
    return dict(row)


def note(connection: Connection, clinician: str, values: Mapping[str, Any]) -> None:
    """Write down how it went."""
    connection.execute(busy_feeds.update().where(busy_feeds.c.clinician == clinician).values(**values))


def replace(connection: Connection, clinician: str, spans: Iterable[tuple[datetime, datetime]]) -> None:
    """Put these times in the place of what the feed said before."""
    own = sa.and_(busy_times.c.clinician == clinician, busy_times.c.source == FEED)
    connection.execute(busy_times.delete().where(own))
    rows = [{"clinician": clinician, "start": start, "end": end, "source": FEED} for start, end in spans]
    if rows:
        connection.execute(busy_times.insert(), rows)


# -- blocks ----------------------------------------------------------------------------------------------------------


def add_block(
    connection: Connection,
    clinician: str,
    start: datetime,
    end: datetime,
    note: str | None,
    staff_id: int,
    now: datetime,
) -> int:
    """Keep the time free of visits; returns the block's id."""
    values = {"clinician": clinician, "start": start, "end": end, "note": note}
    done = connection.execute(blocks.insert().values(**values, created_by=staff_id, created_at=now))
    return int(done.inserted_primary_key[0])


def remove_block(connection: Connection, block: int, now: datetime) -> bool:
    """Let the time go; False where there is no such block any more."""
    standing = sa.and_(blocks.c.id == block, blocks.c.removed_at.is_(None))
    return bool(connection.execute(blocks.update().where(standing).values(removed_at=now)).rowcount)
