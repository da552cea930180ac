"""The desk of a running turn: free times now, everything else as effects that are written with the turn."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.booking import Booking, Calendar, FreeTime, Wish
from knee_intake.booking.limits import Effect, Reason
from knee_intake.booking.outside import Outside
from knee_intake.booking.reference import make_reference
from knee_intake.booking.remote import RemoteVisit
from knee_intake.booking.schedule import Busy
from knee_intake.clinic import Clinic
from knee_intake.duty import Kind
from knee_intake.errors import BookingLimitError, CalendarUnavailableError, SlotTakenError, VersionConflictError
from knee_intake.interview.booking_talk import WANTS_A_PERSON
from knee_intake.interview.talk import Placed
from knee_intake.records.booking_limits import LimitRules, check_limits
from knee_intake.records.schema import callbacks
from knee_intake.records.turn_rows import Ahead

SOURCE = "widget"


class TimeLostError(SlotTakenError):
    """A time of this turn was taken by somebody else between the reading and the writing."""

    def __init__(self, value: str) -> None:
        super().__init__("the time was taken before the turn was saved")
        self.value = value


class TimesUnknownError(CalendarUnavailableError):
    """The calendar's server has to be asked first, which is not done in the middle of a turn."""


class ReferenceTakenError(VersionConflictError):
    """The visitor would be told a reference that is another visit's: the turn runs again with the next one."""


@dataclass
class Known:
    """What earlier runs of this turn have found out."""

    lost: set[str] = field(default_factory=set)
    """Times that turned out to be taken when the turn was saved; they count as taken from the start."""
    busy: Collection[Busy] | None = None
    """What the calendar's server said is taken, where it had to be asked."""
    calendar_down: bool = False
    references_taken: int = 0
    """How many of the references that this turn's visit could have are in use."""


@dataclass
class TurnDesk:
    """Collects the effects of one turn."""

    calendar: Calendar
    clinic: Clinic
    conversation: str
    client_id: str
    now: datetime
    known: Known = field(default_factory=Known)
    limits: LimitRules | None = None
    channels: Collection[str] = ()
    """The ways out of the house that are set up: mail, webhook."""
    effects: list[Callable[[Connection], None]] = field(default_factory=list)
    ahead: list[Ahead] = field(default_factory=list)
    outbox: list[dict[str, object]] = field(default_factory=list)
    times_unknown: bool = False
    """The turn wanted times that nobody had asked the server for: it has to run again."""

    def free_times(self, wish: Wish, limit: int, skip: Collection[str]) -> list[FreeTime]:
        kind = self.clinic.practice.first_visit.id
        return self.calendar.free_times(kind, wish, self.now, limit, {*skip, *self.known.lost}, self._busy())

    def _busy(self) -> Collection[Busy]:
        outside = self.calendar.outside
        if outside is None:
            return ()
        self._check_up()
        busy = self.known.busy if self.known.busy is not None else outside.seen(self.now)
        if busy is None:
            self.times_unknown = True
            raise TimesUnknownError("the calendar's server has not been asked yet")
        return busy

    @property
    def mails(self) -> bool:
        return "mail" in self.channels

    def on_duty(self, kind: Kind) -> bool:
        return self.clinic.practice.on_duty(self.now, kind, self.channels)

    def hold(self, time: FreeTime, *, beside: bool = False) -> None:
        self._check(time)
        key = self._key(f"hold {time.value}" if beside else "hold")

        def write(connection: Connection) -> None:
            self._count(connection, "hold", key)
            with _lost_time(time):
                self.calendar.hold(
                    connection, key=key, conversation=self.conversation, time=time, now=self.now, beside=beside
                )

        self.effects.append(write)
        if (outside := self.calendar.outside) is not None:
            self._check_outside(outside, time)

    def place(
        self, time: FreeTime, first_name: str, contact: str, moving: str | None = None, *, beside: bool = False
    ) -> Placed:
        self._check(time)
        self._check_up()
        key = self._key(f"place {time.value}" if beside else "place")
        reference = make_reference(key, self.known.references_taken)
        note = self._announce(key, reference, time, moving)
        values: dict[str, Any] = {
            "key": key, "conversation": self.conversation, "time": time, "first_name": first_name, "contact": contact,
            "source": SOURCE, "now": self.now,
        }  # fmt: skip

        def write(connection: Connection) -> None:
            self._count(connection, "place", key, contact, moving)
            with _lost_time(time):
                if moving is None:
                    booking = self.calendar.place(connection, **values)
                else:
                    booking = self.calendar.reschedule(connection, reference=moving, **values)
            if booking.reference != reference:
                raise ReferenceTakenError("another visit has this reference")
            note(connection)

        self.effects.append(write)
        if not beside:  # the clinic is told once of one wish
            self._notify("visit", {"reference": reference, "start": time.start.isoformat()})
        if moving is not None:
            self._notify("cancelled", {"reference": moving})
        at_once = self.calendar.books_at_once(time.clinician, self.now)
        return Placed(reference, "booked" if at_once else "requested", SOURCE)

    def _announce(self, key: str, reference: str, time: FreeTime, moving: str | None) -> Callable[[Connection], None]:
        """Have the visit written to the calendar's server, if there is one, before the turn is saved.

        Gives the effect that notes in the turn's transaction that this was done.
        """
        outside = self.calendar.outside
        if outside is None:
            return lambda _connection: None
        announced: list[RemoteVisit] = []

        def do() -> None:
            with _lost_time(time):
                visit = outside.announce(
                    key=key, reference=reference, conversation=self.conversation, time=time, now=self.now,
                    moving=moving,
                )  # fmt: skip
            announced[:] = [visit] if visit is not None else []

        def note(connection: Connection) -> None:
            for visit in announced:
                outside.note_announced(connection, visit)

        self.ahead.append(Ahead(do, lambda: outside.withdraw(reference=reference, now=self.now, moving=moving)))
        return note

    def _check_outside(self, outside: Outside, time: FreeTime) -> None:
        def do() -> None:
            with _lost_time(time):
                outside.check_free(time, self.now)

        self.ahead.append(Ahead(do, lambda: None))

    def cancel(self, reference: str) -> None:
        key = self._key("cancel")
        self.effects.append(
            lambda connection: self._ignore(
                self.calendar.cancel(connection, key=key, reference=reference, now=self.now)
            )
        )
        self._notify("cancelled", {"reference": reference})

    def find_visit(self, reference: str, contacts: Collection[str]) -> Booking | None:
        visit = self.calendar.look_up(reference)
        if visit is None or visit.status not in ("requested", "booked") or visit.start <= self.now or not visit.contact:
            return None
        known = visit.contact.casefold().encode()
        same = [hmac.compare_digest(known, contact.casefold().encode()) for contact in contacts]
        return visit if any(same) else None

    def call_back(self, topic: str, first_name: str | None, contact: str | None, wishes: str) -> None:
        key = self._key("call_back")

        def write(connection: Connection) -> None:
            known = sa.select(callbacks.c.id).where(callbacks.c.effect_key == key)
            if connection.execute(known).first() is None:
                connection.execute(
                    callbacks.insert().values(
                        conversation_id=self.conversation, effect_key=key, topic=topic, first_name=first_name,
                        contact=contact, wishes=wishes or None, created_at=self.now,
                    )
                )  # fmt: skip

        self.effects.append(write)
        self._notify("hand_over" if topic.startswith(WANTS_A_PERSON) else "call_back", {})

    def _notify(self, kind: str, body: dict[str, object]) -> None:
        self.outbox.append(
            {"key": self._key(f"notify_{kind}"), "kind": kind, "body": {"conversation": self.conversation, **body}}
        )

    def _count(
        self, connection: Connection, effect: Effect, key: str, contact: str | None = None, moving: str | None = None
    ) -> None:
        check_limits(
            connection, self.limits, effect=effect, key=key, conversation=self.conversation, contact=contact,
            moving=moving, now=self.now,
        )  # fmt: skip

    def _check(self, time: FreeTime) -> None:
        for reason in get_args(Reason):
            if BookingLimitError(reason).value in self.known.lost:
                raise BookingLimitError(reason)
        if time.value in self.known.lost:
            raise SlotTakenError("the time was taken")

    def _check_up(self) -> None:
        if self.known.calendar_down:
            raise CalendarUnavailableError("the calendar's server did not answer when this turn was to be saved")

    def _key(self, effect: str) -> str:
        return f"{self.conversation}:{self.client_id}:{effect}"

    @staticmethod
    def _ignore(_result: object) -> None:
        """The booking as it is afterwards is of no use to the turn."""


class _lost_time:  # noqa: N801 (used as a function)
    """Says which time was lost, so that the turn can run again knowing it."""

    def __init__(self, time: FreeTime) -> None:
        self._time = time

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, SlotTakenError):
            raise TimeLostError(self._time.value) from error
