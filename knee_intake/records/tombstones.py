"""Tombstones: what was erased, when and why, without content; a backup that is put back is purged by them again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from typing import Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import OutputError
from knee_intake.records.schema import (
    alerts,
    bookings,
    call_attempts,
    callbacks,
    chart_entries,
    messages,
    notes,
    tombstones,
)

Kind = Literal["conversation", "visit", "request"]
Why = Literal["request", "retention", "forget"]
_COUNTED = {
    "messages": messages, "alerts": alerts, "callbacks": callbacks, "visits": bookings, "notes": notes,
    "chart_entries": chart_entries, "call_attempts": call_attempts,
}  # fmt: skip
_BATCH = 500


class Tombstone(msgspec.Struct, frozen=True):
    """One thing that is gone. `counts`: rows of each table that went with it."""

    id: str
    kind: Kind
    at: datetime
    why: Why
    counts: dict[str, int] = {}


def counts_of(connection: Connection, ids: list[str]) -> dict[str, dict[str, int]]:
    """What hangs on each of these conversations, before it goes."""
    found: dict[str, dict[str, int]] = {one: {} for one in ids}
    for name, table in _COUNTED.items():
        of = table.c.conversation_id
        for one, number in connection.execute(sa.select(of, sa.func.count()).where(of.in_(ids)).group_by(of)):
            found[one][name] = int(number)
    return found


def bury(connection: Connection, stones: Iterable[Tombstone]) -> None:
    """Keep them; one that is there already stays as it is."""
    stones = list(stones)
    for start in range(0, len(stones), _BATCH):
        part = stones[start : start + _BATCH]
        ids = [stone.id for stone in part]
        known = set(connection.execute(sa.select(tombstones.c.id).where(tombstones.c.id.in_(ids))).scalars())
        rows = {stone.id: msgspec.structs.asdict(stone) for stone in part if stone.id not in known}
        if rows:
            connection.execute(sa.insert(tombstones), list(rows.values()))


def all_tombstones(connection: Connection) -> list[Tombstone]:
    """Every one, the oldest first."""
    query = sa.select(tombstones).order_by(tombstones.c.at, tombstones.c.id)
    return [Tombstone(**row) for row in connection.execute(query).mappings()]


def write_lines(stones: Iterable[Tombstone]) -> Iterator[str]:
    """As JSON, one a line: to be kept beside the backups."""
    for stone in stones:
        yield msgspec.json.encode(stone).decode()


def read_lines(lines: Iterable[str]) -> list[Tombstone]:
    """The other way round. Raises OutputError naming the line that is none."""
    found = []
    for number, line in enumerate(lines, 1):
        try:
            stone = msgspec.json.decode(line, type=Tombstone)
        except msgspec.DecodeError:
            raise OutputError(f"line {number} is no tombstone") from None
        at = stone.at if stone.at.tzinfo else stone.at.replace(tzinfo=timezone.utc)
        found.append(msgspec.structs.replace(stone, at=at))
    return found


def stones_for(
    ids: Iterable[str], counts: Mapping[str, dict[str, int]], now: datetime, why: Why, kind: Kind = "conversation"
) -> list[Tombstone]:
    """One for each of the ids."""
    return [Tombstone(one, kind, now, why, counts.get(one, {})) for one in ids]
