"""The calendar in our own database: written inside the visitor's turn, so a visit and its words are saved together.

Two guards against two visits at one time: a check for any overlap, under the lock that writers of one clinician
share, and the unique index on open bookings.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from knee_intake.booking.reference import make_reference, read_reference
from knee_intake.booking.schedule import Busy, is_open, open_days, pick_times
from knee_intake.booking.types import OPEN_STATUSES, Booking, FreeTime, Wish, local_time
from knee_intake.errors import (
    BookingNotFoundError,
    BookingStateError,
    CalendarUnavailableError,
    SlotTakenError,
    StorageError,
)
from knee_intake.practice import Practice
from knee_intake.records.busy_times import old_feeds, taken_between
from knee_intake.records.database import Database
from knee_intake.records.schema import bookings

_LONGEST_VISIT = timedelta(days=1)
_REFERENCE_ATTEMPTS = 5


class EmbeddedCalendar:
    """Implements `Calendar` on the bookings table."""

    def __init__(self, database: Database, practice: Practice) -> None:
        self._database = database
        self._practice = practice
        self._buffer = timedelta(minutes=practice.booking.buffer_minutes)

    @property
    def outside(self) -> None:
        """All is in our own records."""

    def use(self, practice: Practice) -> None:
        """Go by these hours and holidays from now on."""
        self._practice = practice

    def free_times(
        self,
        kind: str,
        wish: Wish,
        now: datetime,
        limit: int = 6,
        skip: Collection[str] = (),
        busy: Collection[Busy] | None = None,
    ) -> list[FreeTime]:
        days = open_days(self._practice, kind, now, wish)
        with self._reading() as connection:
            taken = [*self._busy(connection, now), *(busy or ())]
        return pick_times(days, taken, self._buffer, limit=limit, skip=skip, asap=wish.asap)

    def check_free(
        self, *, key: str, conversation: str | None, time: FreeTime, now: datetime, moving: str | None = None
    ) -> bool:
        """Whether the time could be placed as things stand; False where the visit with this key is there already.

        Raises SlotTakenError, StorageError.
        """
        with self._database.read() as connection:
            if self._by_key(connection, key):
                return False
            self._check_offered(time, now)
            if self._overlaps(connection, time, now, conversation, moving):
                raise SlotTakenError("another visit overlaps")
        return True

    def hold(
        self,
        connection: Connection,
        *,
        key: str,
        conversation: str,
        time: FreeTime,
        now: datetime,
        beside: bool = False,
    ) -> Booking:
        until = now + timedelta(minutes=self._practice.booking.hold_minutes)
        values = {"status": "held", "hold_until": until}
        return self._take(connection, key, conversation, time, now, values, beside=beside)

    def place(
        self,
        connection: Connection,
        *,
        key: str,
        conversation: str | None,
        time: FreeTime,
        first_name: str | None,
        contact: str | None,
        source: str,
        now: datetime,
    ) -> Booking:
        values = self._values(connection, time, first_name, contact, source, now)
        return self._take(connection, key, conversation, time, now, values)

    def reschedule(
        self,
        connection: Connection,
        *,
        key: str,
        reference: str,
        conversation: str | None,
        time: FreeTime,
        first_name: str | None,
        contact: str | None,
        source: str,
        now: datetime,
    ) -> Booking:
        values = self._values(connection, time, first_name, contact, source, now)
        return self._take(connection, key, conversation, time, now, values, moving=reference)

    def _values(
        self,
        connection: Connection,
        time: FreeTime,
        first_name: str | None,
        contact: str | None,
        source: str,
        now: datetime,
    ) -> dict[str, Any]:
        status = "booked" if self._books_at_once(connection, time.clinician, now) else "requested"
        return {"status": status, "first_name": first_name, "contact": contact, "source": source}

    def books_at_once(self, clinician: str, now: datetime) -> bool:
        if not self._practice.books_at_once:
            return False
        with self._database.read() as connection:
            return self._books_at_once(connection, clinician, now)

    def confirm(self, connection: Connection, *, reference: str, now: datetime) -> Booking:
        booking = self._find(connection, reference, lock=True)
        if booking.status == "booked":
            return booking
        if booking.status != "requested":
            raise BookingStateError(f"only a requested visit can be confirmed; this one is {booking.status}")
        return self._change(connection, booking, "booked", now)

    def cancel(self, connection: Connection, *, key: str, reference: str, now: datetime) -> Booking:
        """Cancelling twice is cancelling once, so the key need not be kept."""
        booking = self._find(connection, reference, lock=True)
        return booking if booking.status == "cancelled" else self._change(connection, booking, "cancelled", now)

    def reinstate(self, connection: Connection, *, reference: str, status: str, now: datetime) -> Booking:
        booking = self._find(connection, reference, lock=True)
        if booking.status == status:
            return booking
        if booking.status != "cancelled":
            raise BookingStateError(f"only a cancelled visit can be given back; this one is {booking.status}")
        time = FreeTime(booking.start, booking.end, booking.clinician, booking.kind)
        self._lock(connection, time.clinician)
        connection.execute(_cancelled(now).where(_run_out(now), bookings.c.clinician == time.clinician))
        if time.start <= now or self._overlaps(connection, time, now, None, None):
            raise SlotTakenError("the time is no longer free")
        return self._change(connection, booking, status, now)

    def look_up(self, reference: str) -> Booking | None:
        try:
            with self._reading() as connection:
                return self._find(connection, reference)
        except BookingNotFoundError:
            return None

    def release_expired(self, connection: Connection, now: datetime) -> int:
        return int(connection.execute(_cancelled(now).where(_run_out(now))).rowcount)

    def _take(
        self,
        connection: Connection,
        key: str,
        conversation: str | None,
        time: FreeTime,
        now: datetime,
        values: dict[str, Any],
        moving: str | None = None,
        beside: bool = False,
    ) -> Booking:
        """Insert one open booking in place of `moving`, or change nothing at all and raise SlotTakenError."""
        if earlier := self._by_key(connection, key):
            return earlier  # also when its time has passed since
        self._check_offered(time, now)
        try:
            with connection.begin_nested():
                self._lock(connection, time.clinician)
                if earlier := self._by_key(connection, key):
                    return earlier  # written while we waited for the lock
                connection.execute(_cancelled(now).where(_run_out(now), bookings.c.clinician == time.clinician))
                if not beside:
                    self._release_own(connection, conversation, now)
                if moving is not None:
                    self.cancel(connection, key=key, reference=moving, now=now)
                if self._overlaps(connection, time, now, conversation, moving):
                    raise SlotTakenError("another visit overlaps")
                return self._insert(connection, key, conversation, time, now, values)
        except IntegrityError as error:
            if earlier := self._by_key(connection, key):
                return earlier
            if self._overlaps(connection, time, now, conversation, moving):
                raise SlotTakenError("another visit was written first") from error
            raise

    def _check_offered(self, time: FreeTime, now: datetime) -> None:
        if time.start <= now or not is_open(self._practice, time):
            raise SlotTakenError("the practice does not offer this time")

    def _insert(
        self,
        connection: Connection,
        key: str,
        conversation: str | None,
        time: FreeTime,
        now: datetime,
        values: dict[str, Any],
    ) -> Booking:
        row = {
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, key)),
            "reference": self._free_reference(connection, key),
            "conversation_id": conversation,
            "effect_key": key,
            "kind": time.kind,
            "clinician": time.clinician,
            "start": time.start,
            "end": time.end,
            "sequence": 0,
            "created_at": now,
            "updated_at": now,
            **values,
        }
        connection.execute(bookings.insert().values(row))
        return self._find(connection, str(row["reference"]))

    def _free_reference(self, connection: Connection, key: str) -> str:
        for attempt in range(_REFERENCE_ATTEMPTS):
            reference = make_reference(key, attempt)
            if not connection.execute(sa.select(bookings.c.id).where(bookings.c.reference == reference)).first():
                return reference
        raise CalendarUnavailableError("no free reference was found")

    def _overlaps(
        self, connection: Connection, time: FreeTime, now: datetime, conversation: str | None, moving: str | None
    ) -> bool:
        """Whether another visit or hold is in the way; the conversation's own hold and what it moves are not."""
        gives_way = _run_out(now)
        if conversation is not None:
            owner = sa.func.coalesce(bookings.c.conversation_id, "")
            gives_way |= (bookings.c.status == "held") & (owner == conversation)
        if moving is not None:
            gives_way |= bookings.c.reference == read_reference(moving)
        query = sa.select(bookings.c.id).where(
            bookings.c.clinician == time.clinician,
            bookings.c.status.in_(OPEN_STATUSES),
            bookings.c.start < time.end + self._buffer,
            bookings.c.end > time.start - self._buffer,
            ~gives_way,
        )
        if connection.execute(query).first() is not None:
            return True
        return bool(taken_between(connection, time.start - self._buffer, time.end + self._buffer, time.clinician))

    def _release_own(self, connection: Connection, conversation: str | None, now: datetime) -> None:
        if conversation is not None:
            own = (bookings.c.conversation_id == conversation) & (bookings.c.status == "held")
            connection.execute(_cancelled(now).where(own))

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._database.read() as connection:
                yield connection
        except StorageError as error:
            raise CalendarUnavailableError("the bookings cannot be read") from error

    def _busy(self, connection: Connection, now: datetime) -> list[Busy]:
        running = (bookings.c.status != "held") | (bookings.c.hold_until > now)
        query = sa.select(bookings.c.clinician, bookings.c.start, bookings.c.end).where(
            bookings.c.status.in_(OPEN_STATUSES), running, bookings.c.start > now - _LONGEST_VISIT
        )
        visits = [Busy(row.clinician, row.start, row.end) for row in connection.execute(query)]
        return [*visits, *(Busy(*span) for span in taken_between(connection, now))]

    def _books_at_once(self, connection: Connection, clinician: str, now: datetime) -> bool:
        """Not where the clinician's own calendar is too old to know whether the time is free."""
        return self._practice.books_at_once and clinician not in old_feeds(connection, now)

    def _lock(self, connection: Connection, clinician: str) -> None:
        """SQLite's writers already queue; on PostgreSQL those for one clinician must."""
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"calendar:{clinician}"))))

    def _by_key(self, connection: Connection, key: str) -> Booking | None:
        row = connection.execute(sa.select(bookings).where(bookings.c.effect_key == key)).first()
        return self._booking(row) if row else None

    def _find(self, connection: Connection, reference: str, lock: bool = False) -> Booking:
        query = sa.select(bookings).where(bookings.c.reference == read_reference(reference))
        row = connection.execute(query.with_for_update() if lock else query).first()
        if row is None:
            raise BookingNotFoundError("no booking has this reference")
        return self._booking(row)

    def _change(self, connection: Connection, booking: Booking, status: str, now: datetime) -> Booking:
        connection.execute(
            bookings.update()
            .where(bookings.c.reference == booking.reference)
            .values(status=status, sequence=bookings.c.sequence + 1, hold_until=None, updated_at=now)
        )
        return self._find(connection, booking.reference)

    def _booking(self, row: Any) -> Booking:
        zone = self._practice.zoneinfo()
        return Booking(
            reference=row.reference,
            conversation=row.conversation_id,
            kind=row.kind,
            clinician=row.clinician,
            start=local_time(row.start, zone),
            end=local_time(row.end, zone),
            status=row.status,
            first_name=row.first_name,
            contact=row.contact,
            sequence=row.sequence,
        )


def _cancelled(now: datetime) -> Any:
    return bookings.update().values(status="cancelled", hold_until=None, updated_at=now)


def _run_out(now: datetime) -> Any:
    return (bookings.c.status == "held") & (bookings.c.hold_until <= now)
