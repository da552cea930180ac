"""Visits as another program of the clinic looks for them: by time, person, state or identifier. Holds are none."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.booking.types import OPEN_STATUSES
from knee_intake.records.restriction_rows import Hidden, shown
from knee_intake.records.schema import bookings

VISIT_STATUSES = ("requested", "booked", "cancelled")
LONGEST_KEY = 200  # characters of bookings.effect_key
_OUTSIDE = "fhir:"
_AGAIN = "#"
"""Before the number of a later visit under the same identifier; never in a quoted identifier."""

RowDict = Mapping[str, Any]


@dataclass(frozen=True)
class Identifier:
    """A name that another program gave a visit. `system` says whose: "" nobody's, None (in a search) anybody's."""

    system: str | None
    value: str

    @property
    def key(self) -> str:
        """The effect key of the first visit under this identifier."""
        return f"{_OUTSIDE}{_quoted(self.system or '')}|{_quoted(self.value)}"


@dataclass(frozen=True)
class Wanted:
    """What a search asks for; None: anything."""

    ids: Collection[str] | None = None
    clinicians: Collection[str] | None = None
    statuses: Collection[str] = VISIT_STATUSES
    since: datetime | None = None
    """Starts then or later."""
    before: datetime | None = None
    """Starts earlier than that."""
    references: Collection[str] = ()
    identifiers: Collection[Identifier] = ()
    named: bool = False
    """Only visits with one of the references or identifiers."""
    hidden: Hidden = None
    """Ids of conversations whose visits are left out."""


def find_visits(
    connection: Connection, wanted: Wanted, *, after: tuple[datetime, str] | None, limit: int
) -> list[RowDict]:
    """The visits by start and id, those that follow the key `after`."""
    query = sa.select(bookings).where(*_conditions(wanted)).order_by(bookings.c.start, bookings.c.id).limit(limit)
    if after is not None:
        start, last = after
        same = sa.and_(bookings.c.start == start, bookings.c.id > last)
        query = query.where(sa.or_(bookings.c.start > start, same))
    return [dict(row) for row in connection.execute(query).mappings()]


def count_visits(connection: Connection, wanted: Wanted) -> int:
    """How many visits there are."""
    query = sa.select(sa.func.count()).select_from(bookings).where(*_conditions(wanted))
    return int(connection.execute(query).scalar_one())


def find_visit(
    connection: Connection,
    *,
    ident: str | None = None,
    reference: str | None = None,
    lock: bool = False,
    hidden: Hidden = None,
) -> RowDict | None:
    """One visit by its id or its reference, unless it belongs to one of the `hidden` conversations."""
    own = bookings.c.id == ident if ident is not None else bookings.c.reference == reference
    query = sa.select(bookings).where(
        own, bookings.c.status.in_(VISIT_STATUSES), *shown(bookings.c.conversation_id, hidden)
    )
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    return dict(row) if row is not None else None


def taken_spans(connection: Connection, start: datetime, end: datetime, now: datetime) -> list[RowDict]:
    """What takes a clinician's time between start and end, holds included: clinician, start, end, status."""
    running = (bookings.c.status != "held") | (bookings.c.hold_until > now)
    query = sa.select(bookings.c.clinician, bookings.c.start, bookings.c.end, bookings.c.status).where(
        bookings.c.status.in_(OPEN_STATUSES), running, bookings.c.start < end, bookings.c.end > start
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def next_key(connection: Connection, identifier: Identifier) -> str:
    """The effect key of one more visit under this identifier: the first may have been cancelled."""
    query = sa.select(sa.func.count()).select_from(bookings).where(_has(identifier))
    count = int(connection.execute(query).scalar_one())
    return f"{identifier.key}{_AGAIN}{count + 1}" if count else identifier.key


def identifier_of(row: RowDict) -> Identifier | None:
    """The identifier that another program gave the visit."""
    key = row["effect_key"] or ""
    if not key.startswith(_OUTSIDE):
        return None
    system, _, value = key.removeprefix(_OUTSIDE).partition(_AGAIN)[0].partition("|")
    return Identifier(unquote(system), unquote(value)) if value else None


def _has(identifier: Identifier) -> Any:
    key = bookings.c.effect_key
    if identifier.system is None:
        last = f"|{_quoted(identifier.value)}"
        named = sa.or_(key.endswith(last, autoescape=True), key.contains(last + _AGAIN, autoescape=True))
        return sa.and_(key.startswith(_OUTSIDE), named)
    return sa.or_(key == identifier.key, key.startswith(identifier.key + _AGAIN, autoescape=True))


def _quoted(text: str) -> str:
    return quote(text, safe=":/@")


def _conditions(wanted: Wanted) -> list[Any]:
    conditions = [bookings.c.status.in_(wanted.statuses), *shown(bookings.c.conversation_id, wanted.hidden)]
    if wanted.ids is not None:
        conditions.append(bookings.c.id.in_(wanted.ids))
    if wanted.clinicians is not None:
        conditions.append(bookings.c.clinician.in_(wanted.clinicians))
    if wanted.since is not None:
        conditions.append(bookings.c.start >= wanted.since)
    if wanted.before is not None:
        conditions.append(bookings.c.start < wanted.before)
    if wanted.named:
        own = bookings.c.reference.in_(wanted.references)
        conditions.append(sa.or_(own, *(_has(identifier) for identifier in wanted.identifiers)))
    return conditions
