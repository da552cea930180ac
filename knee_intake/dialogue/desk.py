"""The desk of a running turn: free times now, everything else as effects that are written with the turn."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import get_args

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.booking import Calendar, FreeTime, Wish
from knee_intake.booking.limits import Effect, Reason
from knee_intake.booking.reference import make_reference
from knee_intake.clinic import Clinic
from knee_intake.errors import BookingLimitError, SlotTakenError
from knee_intake.interview.talk import Placed
from knee_intake.records.booking_limits import LimitRules, check_limits
from knee_intake.records.schema import callbacks

SOURCE = "widget"


class TimeLostError(SlotTakenError):
    """A time of this turn was taken by somebody else between the reading and the writing."""

    def __init__(self, value: str) -> None:
        super().__init__("the time was taken before the turn was saved")
        self.value = value


@dataclass
class TurnDesk:
    """Collects the effects of one turn."""

    calendar: Calendar
    clinic: Clinic
    conversation: str
    client_id: str
    now: datetime
    lost: set[str] = field(default_factory=set)
    """Times that turned out to be taken when this turn was saved before; they count as taken from the start.

    A limit that was reached then is among them by its name: it counts as reached.
    """
    limits: LimitRules | None = None
    effects: list[Callable[[Connection], None]] = field(default_factory=list)
    outbox: list[dict[str, object]] = field(default_factory=list)

    def free_times(self, wish: Wish, limit: int, skip: Collection[str]) -> list[FreeTime]:
        kind = self.clinic.practice.first_visit.id
        return self.calendar.free_times(kind, wish, self.now, limit, {*skip, *self.lost})

    def hold(self, time: FreeTime) -> None:
        self._check(time)
        key = self._key("hold")

        def write(connection: Connection) -> None:
            self._count(connection, "hold", key)
            with _lost_time(time):
                self.calendar.hold(connection, key=key, conversation=self.conversation, time=time, now=self.now)

        self.effects.append(write)

    def place(self, time: FreeTime, first_name: str, contact: str) -> Placed:
        self._check(time)
        key = self._key("place")

        def write(connection: Connection) -> None:
            self._count(connection, "place", key, contact)
            with _lost_time(time):
                self.calendar.place(
                    connection, key=key, conversation=self.conversation, time=time, first_name=first_name,
                    contact=contact, source=SOURCE, now=self.now,
                )  # fmt: skip

        self.effects.append(write)
        reference = make_reference(key)
        self._notify("visit", {"reference": reference, "start": time.start.isoformat()})
        at_once = self.calendar.books_at_once(time.clinician, self.now)
        return Placed(reference, "booked" if at_once else "requested", SOURCE)

    def cancel(self, reference: str) -> None:
        key = self._key("cancel")
        self.effects.append(
            lambda connection: self._ignore(
                self.calendar.cancel(connection, key=key, reference=reference, now=self.now)
            )
        )
        self._notify("cancelled", {"reference": reference})

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
        self._notify("call_back", {})

    def _notify(self, kind: str, body: dict[str, object]) -> None:
        self.outbox.append(
            {"key": self._key(f"notify_{kind}"), "kind": kind, "body": {"conversation": self.conversation, **body}}
        )

    def _count(self, connection: Connection, effect: Effect, key: str, contact: str | None = None) -> None:
        check_limits(
            connection, self.limits, effect=effect, key=key, conversation=self.conversation, contact=contact,
            now=self.now,
        )  # fmt: skip

    def _check(self, time: FreeTime) -> None:
        for reason in get_args(Reason):
            if BookingLimitError(reason).value in self.lost:
                raise BookingLimitError(reason)
        if time.value in self.lost:
            raise SlotTakenError("the time was taken")

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
