"""Keeps a remote calendar in step with the bookings table: pushes what has changed, finds what differs, mends it.

The table is the record. What the remote calendar lacks is written again; what it holds and no record stands behind is
let go of; what somebody there has changed by hand is only reported, for a person to decide.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from knee_intake.booking.outside import OutOfStep
from knee_intake.booking.reference import reference_of, visit_uid
from knee_intake.booking.remote import RemoteCalendar, RemoteVisit
from knee_intake.errors import SlotTakenError
from knee_intake.practice import Practice
from knee_intake.records.database import Database
from knee_intake.records.schema import bookings

log = logging.getLogger(__name__)

ORPHAN_AGE = timedelta(minutes=5)
"""A visit without a record is let go of when it has been there for so long: far longer than any turn takes."""
MOST_ORPHANS = 20
"""A crash leaves a few. Where there are more, the records are the suspect (an old backup), and none is removed."""
_STANDING = ("requested", "booked")
_DAY = timedelta(days=1)

Row = Any


@dataclass
class _Differences:
    """What `ours` and the table say differently."""

    leftover: list[str] = field(default_factory=list)  # references: cancelled here, still there
    stale: list[str] = field(default_factory=list)  # references: an older state is there
    missing: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)  # uids


class Reconciler:
    """The upkeep of one remote calendar by one process. Several processes may do it: every step may be repeated."""

    def __init__(self, database: Database, remote: RemoteCalendar, practice: Practice) -> None:
        self._database, self._remote = database, remote
        self._horizon = timedelta(days=practice.booking.horizon_days + 1)
        self._clinicians = [clinician.id for clinician in practice.clinicians]
        self._one_at_a_time = threading.Lock()
        self._orphans: dict[str, datetime] = {}  # uid -> when it was first seen

    def waiting(self, now: datetime) -> list[str]:
        """References of visits whose last change the remote calendar has not got, earliest visit first."""
        with self._database.read() as connection:
            query = sa.select(bookings.c.reference).where(self._is_waiting(now)).order_by(bookings.c.start)
            return list(connection.execute(query).scalars())

    def push(self, now: datetime) -> None:
        """Bring every waiting visit up to date; one that the calendar refuses keeps waiting.

        Raises CalendarUnavailableError; what is left waits for the next time.
        """
        with self._one_at_a_time:
            refused = 0
            for reference in self.waiting(now):
                try:
                    self._push(reference, now)
                except SlotTakenError:
                    refused += 1
            if refused:
                log.warning("the calendar has something else at the time of %d of our visits", refused)

    def compare(self, now: datetime) -> OutOfStep:
        """What differs; changes nothing. Raises CalendarUnavailableError."""
        found, waiting = self._differences(now), self.waiting(now)
        waiting += [one for one in (*found.leftover, *found.stale) if one not in waiting]
        unknown = tuple(reference_of(uid) or uid for uid in found.unknown)
        return OutOfStep(tuple(waiting), tuple(found.missing), tuple(found.moved), unknown)

    def upkeep(self, now: datetime) -> None:
        """Push, compare, mend. Raises CalendarUnavailableError."""
        self.push(now)
        with self._one_at_a_time:
            found = self._differences(now)
            for reference in found.leftover:
                self._remote.remove(visit_uid(reference))
            self.write_again(found.stale + found.missing)
            self._release_orphans(found.unknown, now)
        if found.stale or found.missing:
            log.warning("visits that the calendar had lost are written again: %d", len(found.stale + found.missing))
            self.push(now)

    def write_again(self, references: Collection[str]) -> None:
        """Let the next push write these visits, whatever the calendar is thought to hold; those that still stand."""
        if references:
            with self._database.write() as connection:
                own = bookings.c.reference.in_(references) & bookings.c.status.in_(_STANDING)
                connection.execute(bookings.update().where(own).values(remote_sequence=None))

    def _is_waiting(self, now: datetime) -> Any:
        # a visit that is over, or whose clinician has left, has no place in the calendar any more
        stands = (
            bookings.c.status.in_(_STANDING)
            & (bookings.c.end > now)
            & bookings.c.clinician.in_(self._clinicians)
            & (bookings.c.remote_sequence.is_(None) | (bookings.c.remote_sequence != bookings.c.sequence))
        )
        gone = (bookings.c.status == "cancelled") & (bookings.c.remote_sequence != bookings.c.sequence)
        return stands | gone

    def _push(self, reference: str, now: datetime) -> None:
        with self._database.read() as connection:
            query = sa.select(bookings).where(bookings.c.reference == reference, self._is_waiting(now))
            row = connection.execute(query).first()
        if row is None:
            return
        if row.status == "cancelled":
            self._remote.remove(visit_uid(reference))
        else:
            self._remote.update(visit_of(row))
        self._note(reference, row.sequence)

    def _note(self, reference: str, sequence: int) -> None:
        """Also where the row has changed since: then the two numbers differ, and it is pushed again."""
        with self._database.write() as connection:
            own = bookings.c.reference == reference
            connection.execute(bookings.update().where(own).values(remote_sequence=sequence))

    def _differences(self, now: datetime) -> _Differences:
        since = now - _DAY
        # the calendar first: what is written and recorded between the two readings is then known
        visits = self._remote.ours(since, max(now + self._horizon, self._last_end(now)))
        rows = self._rows(visits, now)
        waiting = set(self.waiting(now))
        found = _Differences()
        for visit in visits:
            reference = reference_of(visit.uid)
            row = rows.get(reference)
            if row is None or reference is None:
                found.unknown.append(visit.uid)
            elif row.status not in _STANDING:
                found.leftover.append(reference)
            elif reference not in waiting and not _is_same(visit, row):
                (found.stale if visit.sequence < row.sequence else found.moved).append(reference)
        known = {*waiting, *(reference_of(visit.uid) for visit in visits)}
        found.missing = [
            row.reference for row in rows.values()
            if row.reference not in known
            and row.status in _STANDING and row.end > now and row.clinician in self._clinicians
        ]  # fmt: skip
        return found

    def _last_end(self, now: datetime) -> datetime:
        with self._database.read() as connection:
            query = sa.select(sa.func.max(bookings.c.end)).where(bookings.c.status.in_(_STANDING))
            return connection.execute(query).scalar() or now

    def _rows(self, visits: Iterable[RemoteVisit], now: datetime) -> dict[str | None, Row]:
        """Standing visits that are not over, and whatever row one of the remote visits names; by reference."""
        named = [reference for visit in visits if (reference := reference_of(visit.uid))]
        standing = bookings.c.status.in_(_STANDING) & (bookings.c.end > now)
        with self._database.read() as connection:
            query = sa.select(bookings).where(standing | bookings.c.reference.in_(named))
            return {row.reference: row for row in connection.execute(query)}

    def _release_orphans(self, unknown: Collection[str], now: datetime) -> None:
        self._orphans = {uid: self._orphans.get(uid, now) for uid in unknown}
        old = [uid for uid, since in self._orphans.items() if now - since >= ORPHAN_AGE]
        if len(unknown) > MOST_ORPHANS:
            log.error("%d visits in the calendar have no record; they are left alone. See `check`.", len(unknown))
            return
        for uid in old:
            if self._has_no_row(uid):
                self._remote.remove(uid)
                log.info("let go of a visit that no record stands behind")
            del self._orphans[uid]

    def _has_no_row(self, uid: str) -> bool:
        with self._database.read() as connection:
            query = sa.select(bookings.c.id).where(bookings.c.reference == reference_of(uid))
            return connection.execute(query).first() is None


def visit_of(row: Row) -> RemoteVisit:
    """A standing row as the remote calendar is to hold it."""
    return RemoteVisit(
        uid=visit_uid(row.reference),
        clinician=row.clinician,
        start=row.start,
        end=row.end,
        status=row.status,
        kind=row.kind,
        sequence=row.sequence,
    )


def _is_same(visit: RemoteVisit, row: Row) -> bool:
    there = (visit.clinician, visit.start, visit.end, visit.status)
    return there == (row.clinician, row.start, row.end, row.status)
