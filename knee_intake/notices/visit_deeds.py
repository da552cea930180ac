"""What a visitor does with their visit through the links of a mail: keep it, move it, cancel it, confirm the address.

Each deed is one transaction, and doing it twice is doing it once. Staff hear of it as of what is said in the chat, and
the chat's transcript says it too. Where the clinic's own calendar lies on a server, a new time is written there first,
so that a visitor is never told of a time that somebody has taken there; what is let go of is pushed afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.booking import Booking, Calendar, FreeTime, Wish, time_label
from knee_intake.booking.ahead import save
from knee_intake.booking.reference import make_reference
from knee_intake.booking.remote import RemoteVisit
from knee_intake.errors import BookingStateError, LinkForgedError, SlotTakenError, VersionConflictError
from knee_intake.notices import outbox
from knee_intake.notices.links import VisitLink, mark_of
from knee_intake.notices.visitors import email_of
from knee_intake.records.commit import append_message
from knee_intake.records.schema import bookings
from knee_intake.records.turn_rows import Ahead, NewMessage

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic
    from knee_intake.records.database import Database

SOURCE = "link"
STANDING = ("requested", "booked")
REFERENCES = 5
"""How many references are tried: each but the last may turn out to be another visit's."""

Note = Callable[[Connection], None]
"""Writes down in our transaction what was done ahead of it."""


class _ReferenceTakenError(VersionConflictError):
    """The calendar was told a reference that is another visit's: the move is made again with the next one."""


class VisitDeeds:
    """The deeds, on the running clinic's calendar."""

    def __init__(self, clinic: Clinic, database: Database, calendar: Calendar) -> None:
        self._clinic, self._database, self._calendar = clinic, database, calendar

    def find(self, link: VisitLink) -> Booking:
        """The visit as it is now. Raises LinkForgedError where it is gone, CalendarUnavailableError."""
        visit = self._calendar.look_up(link.reference)
        if visit is None or visit.conversation != link.conversation:
            raise LinkForgedError("there is no such visit any more")
        return visit

    def free_times(self, visit: Booking, now: datetime, limit: int) -> list[FreeTime]:
        """Times the visit can be moved to. Raises CalendarUnavailableError."""
        return self._calendar.free_times(visit.kind, Wish(), now, limit, {_value(visit.start)})

    def keep(self, link: VisitLink, now: datetime) -> None:
        """The visitor will come. Raises BookingStateError where the visit is cancelled."""
        with self._standing(link, now) as connection:
            own = bookings.c.reference == link.reference
            connection.execute(bookings.update().where(own, bookings.c.kept_at.is_(None)).values(kept_at=now))

    def confirm_contact(self, link: VisitLink, now: datetime) -> bool:
        """The mail has reached the visitor; False where they gave another address since. Raises BookingStateError."""
        with self._standing(link, now) as connection:
            return _prove_contact(connection, link, now)

    def cancel(self, link: VisitLink, now: datetime) -> None:
        """Free the time. Raises BookingStateError where that was done before."""
        with self._standing(link, now) as connection:
            key = f"{link.conversation}:{SOURCE}:cancelled:{link.reference}"
            visit = self._calendar.cancel(connection, key=key, reference=link.reference, now=now)
            self._tell(connection, visit, "cancelled", key, now)

    def move(self, link: VisitLink, value: str, now: datetime) -> Booking:
        """Take the time with this value and let go of the old one, both or neither; the new visit.

        May take seconds where the calendar lies on a server. Raises SlotTakenError where the time is not free,
        BookingStateError, CalendarUnavailableError, StorageError.
        """
        key = f"{link.conversation}:{SOURCE}:visit:{link.reference}:{value}"
        old = self.find(link)
        if old.status not in STANDING:
            return self._moved_before(link, key)
        time = self._free_time(old, value, now)
        for attempt in range(REFERENCES):
            try:
                return self._move(link, old, time, key, make_reference(key, attempt), now)
            except _ReferenceTakenError:
                continue
            except BookingStateError:
                return self._moved_before(link, key)
        raise VersionConflictError("every reference of a moved visit is in use")

    def _move(self, link: VisitLink, old: Booking, time: FreeTime, key: str, reference: str, now: datetime) -> Booking:
        ahead, note = self._announce(link, old, time, key, reference, now)
        made: list[Booking] = []

        def commit() -> None:
            with self._standing(link, now) as connection:
                new = self._calendar.reschedule(
                    connection, key=key, reference=old.reference, conversation=link.conversation, time=time,
                    first_name=old.first_name, contact=old.contact, source=SOURCE, now=now,
                )  # fmt: skip
                if ahead and new.reference != reference:
                    raise _ReferenceTakenError("another visit has this reference")
                note(connection)
                _prove_contact(connection, link, now, new.reference)
                self._tell(connection, new, new.status, key, now)
            made.append(new)

        save(ahead, commit)
        return made[0]

    def _announce(
        self, link: VisitLink, old: Booking, time: FreeTime, key: str, reference: str, now: datetime
    ) -> tuple[list[Ahead], Note]:
        """Have the new visit written to the calendar's server, if there is one, before ours is."""
        outside = self._calendar.outside
        if outside is None:
            return [], lambda _connection: None
        announced: list[RemoteVisit] = []

        def do() -> None:
            visit = outside.announce(
                key=key, reference=reference, conversation=link.conversation, time=time, now=now, moving=old.reference
            )
            announced.extend([visit] if visit is not None else [])

        def note(connection: Connection) -> None:
            for visit in announced:
                outside.note_announced(connection, visit)

        return [Ahead(do, lambda: outside.withdraw(reference=reference, now=now, moving=old.reference))], note

    def _moved_before(self, link: VisitLink, key: str) -> Booking:
        """The visit that an earlier press on the same time has made. Raises BookingStateError where there is none."""
        with self._database.read() as connection:
            reference = connection.execute(
                sa.select(bookings.c.reference).where(
                    bookings.c.effect_key == key,
                    bookings.c.conversation_id == link.conversation,
                    bookings.c.status.in_(STANDING),
                )
            ).scalar()
        visit = self._calendar.look_up(reference) if reference else None
        if visit is None:
            raise BookingStateError("the visit does not stand any more")
        return visit

    def _free_time(self, visit: Booking, value: str, now: datetime) -> FreeTime:
        try:
            start = datetime.fromisoformat(value)
        except ValueError:
            raise SlotTakenError("this is no time") from None
        if start.tzinfo is None:
            raise SlotTakenError("a time without zone")
        local = start.astimezone(self._clinic.practice.zoneinfo())
        clock = f"{local:%H:%M}"
        wish = Wish(earliest=local.date(), latest=local.date(), after=clock, before=clock)
        for time in self._calendar.free_times(visit.kind, wish, now):
            if time.start == start:
                return time
        raise SlotTakenError("the time is not free any more")

    @contextmanager
    def _standing(self, link: VisitLink, now: datetime) -> Iterator[Connection]:
        """A transaction on a visit that is not cancelled, locked against a second deed."""
        with self._database.write() as connection:
            query = sa.select(bookings.c.status).where(bookings.c.reference == link.reference)
            if connection.execute(query.with_for_update()).scalar() not in STANDING:
                raise BookingStateError("the visit does not stand any more")
            _prove_contact(connection, link, now)
            yield connection

    def _tell(self, connection: Connection, visit: Booking, said: str, key: str, now: datetime) -> None:
        """Say it in the chat, and to staff."""
        conversation = str(visit.conversation)
        questions, when = self._clinic.questions, time_label(visit.start)
        practice = self._clinic.practice
        text = questions.phrase(
            said, time=when, reference=visit.reference, phone=practice.phone_text(), clinic=practice.name.value
        )
        append_message(connection, conversation, NewMessage("bot", text, {"name": said}), now)
        kind = "cancelled" if said == "cancelled" else "visit"
        body = {"conversation": conversation, "reference": visit.reference}
        outbox.add(connection, key, kind, body, now)


def _prove_contact(connection: Connection, link: VisitLink, now: datetime, reference: str = "") -> bool:
    """Whoever uses a link has read the mail: note it, if the mail went to the address that counts now."""
    address = email_of(connection, link.conversation)
    if address is None or mark_of(address) != link.address_mark:
        return False
    own = (bookings.c.reference == (reference or link.reference), bookings.c.contact_confirmed_at.is_(None))
    connection.execute(bookings.update().where(*own).values(contact_confirmed_at=now))
    return True


def _value(start: datetime) -> str:
    return start.isoformat(timespec="minutes")
