"""The calendar in our own database, kept in step with the clinic's own calendar on a server.

The bookings table is the record. A new visit is announced to the server before the turn's transaction, so that two
programs never give one time away; a confirmation or a cancelling is ours first and is pushed when the transaction is
through. Whatever does not get through is repeated by the upkeep.
"""

from __future__ import annotations

import logging
import threading
import time as clock
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from knee_intake.booking.breaker import BreakerCalendar
from knee_intake.booking.embedded import EmbeddedCalendar
from knee_intake.booking.outside import OutOfStep
from knee_intake.booking.reconcile import Reconciler
from knee_intake.booking.reference import reference_of, visit_uid
from knee_intake.booking.remote import RemoteCalendar, RemoteVisit
from knee_intake.booking.schedule import Busy, clashes
from knee_intake.booking.types import Booking, FreeTime, Wish
from knee_intake.errors import BookingError, CalendarUnavailableError, KneeIntakeError, SlotTakenError
from knee_intake.practice import Practice
from knee_intake.records.database import Database, after_commit
from knee_intake.records.schema import bookings

log = logging.getLogger(__name__)

SEEN_FOR_S = 20.0
"""How long an answer of the server's is good enough to offer times by; placing a visit asks the server itself."""


@dataclass(frozen=True)
class _Seen:
    """What the server said is taken between two moments, and when (monotonic) it said so."""

    busy: tuple[Busy, ...]
    start: datetime
    end: datetime
    at: float


class MirroredCalendar:
    """Implements `Calendar`, and `Outside` for the part that lies on the server."""

    def __init__(
        self,
        database: Database,
        practice: Practice,
        remote: RemoteCalendar,
        *,
        monotonic: Callable[[], float] = clock.monotonic,
    ) -> None:
        self._embedded = EmbeddedCalendar(database, practice)
        self._remote = BreakerCalendar(remote, monotonic=monotonic)
        self._reconciler = Reconciler(database, self._remote, practice)
        self._database, self._monotonic = database, monotonic
        self._buffer = timedelta(minutes=practice.booking.buffer_minutes)
        self._horizon = timedelta(days=practice.booking.horizon_days + 1)
        self._clinicians = [clinician.id for clinician in practice.clinicians]
        self._seen: _Seen | None = None
        self._looking = threading.Lock()
        self._pusher = ThreadPoolExecutor(1, "calendar-push")
        self._last_push: Future[None] | None = None

    # ---- Calendar: our own records -----------------------------------------------------------------------

    @property
    def outside(self) -> MirroredCalendar:
        return self

    def use(self, practice: Practice) -> None:
        """Go by these hours and holidays from now on."""
        self._embedded.use(practice)

    def free_times(
        self,
        kind: str,
        wish: Wish,
        now: datetime,
        limit: int = 6,
        skip: Collection[str] = (),
        busy: Collection[Busy] | None = None,
    ) -> list[FreeTime]:
        taken = self.look(now) if busy is None else busy
        return self._embedded.free_times(kind, wish, now, limit, skip, taken)

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
        return self._embedded.hold(connection, key=key, conversation=conversation, time=time, now=now, beside=beside)

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
        """A visit that was not announced is pushed afterwards; the server may then refuse it, which `check` tells."""
        self._push_after(connection, now)
        return self._embedded.place(
            connection, key=key, conversation=conversation, time=time, first_name=first_name, contact=contact,
            source=source, now=now,
        )  # fmt: skip

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
        self._push_after(connection, now)
        return self._embedded.reschedule(
            connection, key=key, reference=reference, conversation=conversation, time=time, first_name=first_name,
            contact=contact, source=source, now=now,
        )  # fmt: skip

    def books_at_once(self, clinician: str, now: datetime) -> bool:
        return self._embedded.books_at_once(clinician, now)

    def reinstate(self, connection: Connection, *, reference: str, status: str, now: datetime) -> Booking:
        self._push_after(connection, now)
        return self._embedded.reinstate(connection, reference=reference, status=status, now=now)

    def confirm(self, connection: Connection, *, reference: str, now: datetime) -> Booking:
        self._push_after(connection, now)
        return self._embedded.confirm(connection, reference=reference, now=now)

    def cancel(self, connection: Connection, *, key: str, reference: str, now: datetime) -> Booking:
        self._push_after(connection, now)
        return self._embedded.cancel(connection, key=key, reference=reference, now=now)

    def look_up(self, reference: str) -> Booking | None:
        return self._embedded.look_up(reference)

    def release_expired(self, connection: Connection, now: datetime) -> int:
        return self._embedded.release_expired(connection, now)

    # ---- Outside: reading --------------------------------------------------------------------------------

    def seen(self, now: datetime) -> Collection[Busy] | None:
        seen = self._seen
        if seen is None or self._monotonic() - seen.at > SEEN_FOR_S:
            return None
        return seen.busy if seen.start <= now and now + self._horizon <= seen.end else None

    def look(self, now: datetime) -> Collection[Busy]:
        with self._looking:  # who waited for another's question takes its answer
            busy = self.seen(now)
            if busy is None:
                start, end, at = now, now + self._horizon + timedelta(hours=1), self._monotonic()
                busy = tuple(self._remote.busy(self._clinicians, start, end))
                self._seen = _Seen(busy, start, end, at)
            return busy

    def check_free(self, time: FreeTime, now: datetime) -> None:
        try:
            busy = self.look(now)
        except CalendarUnavailableError:
            return  # the hold is ours alone; placing the visit will tell
        if clashes(time, busy, self._buffer):
            raise SlotTakenError("the clinic's calendar has something else then")

    # ---- Outside: a new visit ----------------------------------------------------------------------------

    def announce(
        self,
        *,
        key: str,
        reference: str,
        conversation: str | None,
        time: FreeTime,
        now: datetime,
        moving: str | None = None,
    ) -> RemoteVisit | None:
        if not self._embedded.check_free(key=key, conversation=conversation, time=time, now=now, moving=moving):
            return None
        if self._embedded.look_up(reference) is not None:
            return None  # somebody else's, whose visit must not be written over: our transaction finds another one
        visit = RemoteVisit(
            uid=visit_uid(reference),
            clinician=time.clinician,
            start=time.start,
            end=time.end,
            status="booked" if self._embedded.books_at_once(time.clinician, now) else "requested",
            kind=time.kind,
            sequence=0,
        )
        try:
            self._write(visit, moving, now)
        except SlotTakenError:
            self._seen = None  # what it said before is no longer so
            raise
        return visit

    def _write(self, visit: RemoteVisit, moving: str | None, now: datetime) -> None:
        try:
            self._remote.write(visit)
        except SlotTakenError:
            old = self._embedded.look_up(moving) if moving else None
            if old is None or not _overlap(old, visit):
                raise
            # our own old visit is in the way: it gives way first, and comes back where that was not all
            self._remote.remove(visit_uid(old.reference))
            try:
                self._remote.write(visit)
            except BookingError:
                self._bring_back(old.reference, now)
                raise

    def note_announced(self, connection: Connection, visit: RemoteVisit) -> None:
        # a row that is not what was announced stays without a number, and is pushed
        same = (
            (bookings.c.reference == reference_of(visit.uid))
            & (bookings.c.status == visit.status)
            & (bookings.c.start == visit.start)
            & bookings.c.remote_sequence.is_(None)
        )
        connection.execute(bookings.update().where(same).values(remote_sequence=visit.sequence))

    def withdraw(self, *, reference: str, now: datetime, moving: str | None = None) -> None:
        self._seen = None
        try:
            if self._embedded.look_up(reference) is None:
                self._remote.remove(visit_uid(reference))
            if moving is not None:
                self._bring_back(moving, now)
        except KneeIntakeError:
            log.warning("a visit that came to nothing stays in the calendar until the upkeep")

    def _bring_back(self, reference: str, now: datetime) -> None:
        """Write a visit again that had given way to one which came to nothing."""
        self._reconciler.write_again([reference])
        self._push(now)

    # ---- Outside: keeping in step ------------------------------------------------------------------------

    def waiting(self, now: datetime) -> list[str]:
        return self._reconciler.waiting(now)

    def compare(self, now: datetime) -> OutOfStep:
        return self._reconciler.compare(now)

    def upkeep(self, now: datetime) -> None:
        self._seen = None
        self._reconciler.upkeep(now)

    def settle(self) -> None:
        """Wait until what was to be pushed after the transactions so far has been pushed, or has failed."""
        if self._last_push is not None:
            self._last_push.result()

    def close(self) -> None:
        self._pusher.shutdown()
        self._remote.close()

    def _push_after(self, connection: Connection, now: datetime) -> None:
        def push() -> None:
            try:
                self._last_push = self._pusher.submit(self._push, now)
            except RuntimeError:  # closed already: what is committed must not look as if it had failed
                log.warning("the calendar is closed; what has changed is pushed after the next start")

        after_commit(connection, push)

    def _push(self, now: datetime) -> None:
        try:
            self._reconciler.push(now)
        except KneeIntakeError as error:
            log.warning("the calendar is out of step until the upkeep: %s", error)
        self._seen = None


def _overlap(old: Booking, visit: RemoteVisit) -> bool:
    return old.clinician == visit.clinician and old.start < visit.end and visit.start < old.end
