"""The calendar under plain `rasa run` and `rasa shell`: times from the schedule, nothing stored.

A visit placed here is only a request in the tracker, marked with its source; the clinic's staff take it from there.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from knee_intake.booking.reference import make_reference
from knee_intake.booking.schedule import Busy, is_open, open_days, pick_times
from knee_intake.booking.types import Booking, FreeTime, Wish
from knee_intake.errors import BookingNotFoundError, SlotTakenError
from knee_intake.practice import Practice


class ScheduleCalendar:
    """Implements `Calendar` without a database."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice

    @property
    def outside(self) -> None:
        """Nothing is kept anywhere."""

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
        buffer = timedelta(minutes=self._practice.booking.buffer_minutes)
        return pick_times(days, busy or (), buffer, limit=limit, skip=skip, asap=wish.asap)

    def hold(
        self, connection: Any, *, key: str, conversation: str, time: FreeTime, now: datetime, beside: bool = False
    ) -> Booking:
        return self._made(key, conversation, time, now, "held")

    def place(
        self,
        connection: Any,
        *,
        key: str,
        conversation: str | None,
        time: FreeTime,
        first_name: str | None,
        contact: str | None,
        source: str,
        now: datetime,
    ) -> Booking:
        """Always a request: nobody but staff can know here whether the time is free."""
        return self._made(key, conversation, time, now, "requested", first_name, contact)

    def reschedule(
        self,
        connection: Any,
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
        raise BookingNotFoundError("bookings are not stored here")

    def books_at_once(self, clinician: str, now: datetime) -> bool:
        return False

    def confirm(self, connection: Any, *, reference: str, now: datetime) -> Booking:
        raise BookingNotFoundError("bookings are not stored here")

    def cancel(self, connection: Any, *, key: str, reference: str, now: datetime) -> Booking:
        raise BookingNotFoundError("bookings are not stored here")

    def reinstate(self, connection: Any, *, reference: str, status: str, now: datetime) -> Booking:
        raise BookingNotFoundError("bookings are not stored here")

    def look_up(self, reference: str) -> Booking | None:
        return None

    def release_expired(self, connection: Any, now: datetime) -> int:
        return 0

    def _made(
        self,
        key: str,
        conversation: str | None,
        time: FreeTime,
        now: datetime,
        status: str,
        first_name: str | None = None,
        contact: str | None = None,
    ) -> Booking:
        if time.start <= now or not is_open(self._practice, time):
            raise SlotTakenError("the practice does not offer this time")
        return Booking(
            reference=make_reference(key),
            conversation=conversation,
            kind=time.kind,
            clinician=time.clinician,
            start=time.start,
            end=time.end,
            status=status,
            first_name=first_name,
            contact=contact,
        )
