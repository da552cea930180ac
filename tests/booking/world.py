"""A calendar with its records, used as the program uses it: visitors by a turn's desk, staff by a transaction."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

from sqlalchemy.engine import Connection

from knee_intake.booking import Booking, Calendar, FreeTime, Wish
from knee_intake.booking.ahead import save
from knee_intake.booking.embedded import EmbeddedCalendar
from knee_intake.booking.mirrored import MirroredCalendar
from knee_intake.booking.remote import RemoteCalendar, RemoteVisit
from knee_intake.dialogue.desk import Known, ReferenceTakenError, TurnDesk
from knee_intake.practice import Practice
from knee_intake.records.database import Database
from knee_intake.records.schema import bookings, callbacks, conversations
from tests.practices import make_practice

NOW = datetime(2026, 3, 10, 16, 0, tzinfo=timezone.utc)
"""A Tuesday, at noon in New York."""
PEOPLE = tuple(f"c{n}" for n in range(8))


@dataclass
class Server:
    """A clinic's calendar server as the tests see it."""

    remote: RemoteCalendar
    """Empty when a test begins."""
    block: Callable[[str, datetime, datetime], None]
    """Somebody at the clinic enters something of their own: (clinician, start, end)."""


class World:
    """Bookings, with or without a server, and a clock that stands still."""

    def __init__(self, database: Database, server: Server | None = None, **practice: Any) -> None:
        self.database, self.server, self.now = database, server, NOW
        self.practice: Practice = make_practice(**practice)
        self.calendar = self.new_process()
        self._empty()

    def new_process(self) -> Calendar:
        """The calendar as another process has it: the same records and server, nothing remembered."""
        if self.server is None:
            return EmbeddedCalendar(self.database, self.practice)
        # a minute passes with every look at the clock: nothing is remembered from one call to the next
        minutes = itertools.count(0, 60)
        return MirroredCalendar(
            self.database, self.practice, self.server.remote, monotonic=lambda: float(next(minutes))
        )

    def change_practice(self, **practice: Any) -> None:
        """The clinic changes its file, and the program starts again."""
        self.close()
        self.practice = make_practice(**practice)
        self.calendar = self.new_process()

    def close(self) -> None:
        self.settle()
        if isinstance(self.calendar, MirroredCalendar):
            self.calendar.close()

    # ---- visitors

    def times(self, kind: str = "first_visit", wish: Wish | None = None, limit: int = 100) -> list[FreeTime]:
        return self.calendar.free_times(kind, wish or Wish(), self.now, limit)

    def is_free(self, time: FreeTime) -> bool:
        return time in self.times(time.kind)

    def hold(self, who: str, time: FreeTime, message: str = "hold") -> None:
        desk = self.desk(who, f"{message}:{time.value}")
        desk.hold(time)
        self._save(desk)

    def place(self, who: str, time: FreeTime, message: str = "place", moving: str | None = None) -> Booking:
        """The visit that the visitor is told of once the turn is saved. Raises SlotTakenError."""
        known = Known()
        while True:
            desk = self.desk(who, f"{message}:{time.value}", known)
            placed = desk.place(time, "Ann", "ann@example.org", moving=moving)
            try:
                self._save(desk)
            except ReferenceTakenError:
                known.references_taken += 1
            else:
                return self.booking(placed.reference)

    def cancel(self, who: str, reference: str) -> None:
        desk = self.desk(who, f"cancel:{reference}")
        desk.cancel(reference)
        self._save(desk)

    def desk(self, who: str, message: str, known: Known | None = None) -> TurnDesk:
        clinic: Any = SimpleNamespace(practice=self.practice)
        return TurnDesk(self.calendar, clinic, who, message, self.now, known or Known())

    def _save(self, desk: TurnDesk) -> None:
        def commit() -> None:
            with self.database.write() as connection:
                for effect in desk.effects:
                    effect(connection)

        save(desk.ahead, commit)
        self.settle()

    # ---- staff and upkeep

    def confirm(self, reference: str) -> Booking:
        return self._write(lambda connection: self.calendar.confirm(connection, reference=reference, now=self.now))

    def staff_cancel(self, reference: str) -> Booking:
        return self._write(
            lambda connection: self.calendar.cancel(connection, key="staff", reference=reference, now=self.now)
        )

    def _write(self, deed: Callable[[Connection], Booking]) -> Booking:
        with self.database.write() as connection:
            booking = deed(connection)
        self.settle()
        return booking

    def upkeep(self) -> None:
        with self.database.write() as connection:
            self.calendar.release_expired(connection, self.now)
        if self.calendar.outside is not None:
            self.calendar.outside.upkeep(self.now)

    def settle(self) -> None:
        if isinstance(self.calendar, MirroredCalendar):
            self.calendar.settle()

    def wait(self, **by: float) -> None:
        """`world.wait(minutes=11)`."""
        self.now += timedelta(**by)

    # ---- looking

    def booking(self, reference: str) -> Booking:
        found = self.calendar.look_up(reference)
        assert found is not None
        return found

    def rows(self, *statuses: str) -> list[dict[str, Any]]:
        query = bookings.select().where(bookings.c.status.in_(statuses)) if statuses else bookings.select()
        with self.database.read() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def block(self, clinician: str, start: datetime, end: datetime) -> None:
        """Somebody at the clinic enters something of their own into its calendar."""
        assert self.server is not None
        self.server.block(clinician, start, end)

    def remote_visits(self) -> list[RemoteVisit]:
        """All of our visits on the server."""
        assert self.server is not None
        return self.server.remote.ours(NOW - timedelta(days=2), NOW + timedelta(days=400))

    def _empty(self) -> None:
        with self.database.write() as connection:
            for table in (bookings, callbacks, conversations):
                connection.execute(table.delete())
            for who in PEOPLE:
                connection.execute(
                    conversations.insert().values(id=who, token_hash=b"x" * 32, created_at=NOW, updated_at=NOW)
                )
