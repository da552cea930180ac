"""A clinician's opening hours cut into slots, each with its state: the calendar as another program reads it. PURE."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from knee_intake.booking.schedule import starts_on
from knee_intake.practice import Practice

FREE, BUSY, TENTATIVE, UNAVAILABLE = "free", "busy", "busy-tentative", "busy-unavailable"
"""As FHIR's slot status names them."""


ELSEWHERE = "elsewhere"
"""Of time that is taken by something that is no visit of ours, or of which nothing is known."""


@dataclass(frozen=True)
class Taken:
    """A visit, a hold, or something else. `status` is that of the booking, or ELSEWHERE."""

    clinician: str
    start: datetime
    end: datetime
    status: str


@dataclass(frozen=True)
class Slot:
    """One step of a clinician's day. Times are aware, in UTC."""

    clinician: str
    start: datetime
    end: datetime
    status: str


def slots_between(
    practice: Practice, clinician: str, start: datetime, end: datetime, taken: Collection[Taken], now: datetime
) -> Iterator[Slot]:
    """The slots that start in start..end, in order, each `step_minutes` long."""
    zone, step = practice.zoneinfo(), timedelta(minutes=practice.booking.step_minutes)
    own = [one for one in taken if one.clinician == clinician]
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        for moment in starts_on(practice, day, step):
            if start <= moment < end:
                yield Slot(clinician, moment, moment + step, _status(practice, own, moment, moment + step, now))
        day += timedelta(days=1)


def _status(practice: Practice, taken: Collection[Taken], start: datetime, end: datetime, now: datetime) -> str:
    buffer = timedelta(minutes=practice.booking.buffer_minutes)
    inside = {one.status for one in taken if one.start < end and one.end > start}
    if "booked" in inside:
        return BUSY
    if inside - {ELSEWHERE}:
        return TENTATIVE
    near = any(one.start < end + buffer and one.end + buffer > start for one in taken)
    return UNAVAILABLE if near or start <= now else FREE
