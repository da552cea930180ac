"""The history of the clinic's files: who changed what in the console, from what, to what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import NoSuchTextError
from knee_intake.records.schema import clinic_changes, staff
from knee_intake.records.turn_rows import Row

PART = 50
"""Rows of one page of the history."""


def add_change(
    connection: Connection,
    *,
    now: datetime,
    staff_id: int,
    entry: str,
    file: str,
    key: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    undoes: int | None = None,
) -> int:
    """Write a change down; returns its number."""
    row = connection.execute(
        sa.insert(clinic_changes).values(
            at=now, staff_id=staff_id, entry=entry, file=file, key=key, before=dict(before), after=dict(after),
            undoes=undoes,
        )
    )  # fmt: skip
    return int(row.inserted_primary_key[0])


def read_changes(connection: Connection, entry: str | None = None, before: int | None = None) -> list[Row]:
    """A page of the history, the newest first; `name` says who it was, `undone` whether it was taken back."""
    later = clinic_changes.alias("later")
    undone = sa.select(later.c.id).where(later.c.undoes == clinic_changes.c.id).exists()
    query = (
        sa.select(clinic_changes, staff.c.name, undone.label("undone"))
        .join(staff, staff.c.id == clinic_changes.c.staff_id)
        .order_by(clinic_changes.c.id.desc())
        .limit(PART)
    )
    if entry is not None:
        query = query.where(clinic_changes.c.entry == entry)
    if before is not None:
        query = query.where(clinic_changes.c.id < before)
    return [dict(row) for row in connection.execute(query).mappings()]


def find_change(connection: Connection, number: int) -> Row:
    """Raises NoSuchTextError."""
    row = connection.execute(sa.select(clinic_changes).where(clinic_changes.c.id == number)).mappings().first()
    if row is None:
        raise NoSuchTextError("no such change")
    return dict(row)


def last_editors(connection: Connection) -> dict[str, tuple[str, datetime]]:
    """Entry -> who changed it last, and when."""
    last = sa.select(sa.func.max(clinic_changes.c.id)).group_by(clinic_changes.c.entry)
    query = (
        sa.select(clinic_changes.c.entry, staff.c.name, clinic_changes.c.at)
        .join(staff, staff.c.id == clinic_changes.c.staff_id)
        .where(clinic_changes.c.id.in_(last))
    )
    return {row.entry: (row.name, row.at) for row in connection.execute(query)}
