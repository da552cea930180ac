"""Opening hours to times that can be offered. PURE, and right on the days when clocks change.

Hours are local wall-clock times. Each opening span is stepped through in UTC, so that no time is offered twice
or does not exist on a changing day; what people see is always the clinic's local time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from knee_intake.booking.types import FreeTime, Wish, local_time
from knee_intake.errors import BookingError
from knee_intake.practice import Practice

_USUAL_PER_DAY = 2
"""One time early and one late, so that a few days fit into one offer."""
_ASAP_PER_DAY = 3


@dataclass(frozen=True)
class Busy:
    """A span in which a clinician is taken."""

    clinician: str
    start: datetime
    end: datetime


def open_days(practice: Practice, kind: str, now: datetime, wish: Wish) -> Iterator[list[FreeTime]]:
    """Day by day, every time at which a visit of this kind could start, by notice, horizon, hours and wish."""
    minutes = _visit_minutes(practice, kind)
    clinicians = [clinician.id for clinician in practice.clinicians if kind in clinician.visit_types]
    rules, zone = practice.booking, practice.zoneinfo()
    first = now + timedelta(hours=rules.notice_hours)
    last = now + timedelta(days=rules.horizon_days)
    day = first.astimezone(zone).date()
    while day <= last.astimezone(zone).date():
        if wish.fits_day(day):
            yield [
                FreeTime(local_time(start, zone), local_time(start + minutes, zone), clinician, kind)
                for start in starts_on(practice, day, minutes)
                if first <= start <= last and wish.fits(local_time(start, zone))
                for clinician in clinicians
            ]
        day += timedelta(days=1)


def is_open(practice: Practice, free: FreeTime) -> bool:
    """Whether the time is one that the practice offers at all, whoever asks for it."""
    if free.kind not in {visit.id for visit in practice.visit_types}:
        return False  # it was offered before the clinic changed its file
    zone = practice.zoneinfo()
    minutes = _visit_minutes(practice, free.kind)
    return (
        any(free.clinician == c.id and free.kind in c.visit_types for c in practice.clinicians)
        and free.end - free.start == minutes
        and free.start in starts_on(practice, free.start.astimezone(zone).date(), minutes)
    )


def pick_times(
    days: Iterable[list[FreeTime]],
    busy: Collection[Busy],
    buffer: timedelta,
    *,
    limit: int = 6,
    skip: Collection[str] = (),
    asap: bool = False,
) -> list[FreeTime]:
    """A few well-spread free times from the earliest days; more from one day only where there are few days."""
    per_day = _ASAP_PER_DAY if asap else _USUAL_PER_DAY
    free_days: list[list[FreeTime]] = []
    for day in days:
        if free := _one_a_start(day, busy, buffer, skip):
            free_days.append(free)
        if sum(min(per_day, len(times)) for times in free_days) >= limit:
            break
    while per_day < limit and sum(min(per_day, len(times)) for times in free_days) < limit:
        per_day += 1
    picked = [time for n, times in enumerate(free_days) for time in _spread(times, per_day, 0 if asap else n)]
    return picked[: max(limit, 0)]


def clashes(free: FreeTime, busy: Iterable[Busy], buffer: timedelta) -> bool:
    """Whether the clinician is taken then, counting the break between two visits."""
    return any(
        span.clinician == free.clinician and span.start < free.end + buffer and span.end + buffer > free.start
        for span in busy
    )


def _one_a_start(
    day: list[FreeTime], busy: Collection[Busy], buffer: timedelta, skip: Collection[str]
) -> list[FreeTime]:
    """The free times of a day; at each start the first clinician who is free."""
    found: dict[datetime, FreeTime] = {}
    for free in day:
        if free.start not in found and free.value not in skip and not clashes(free, busy, buffer):
            found[free.start] = free
    return list(found.values())


def _spread(times: list[FreeTime], count: int, turn: int) -> list[FreeTime]:
    """`count` of the times, one from each equal part of the day; `turn` moves on inside the parts day by day."""
    count = min(count, len(times))
    part = len(times) / count
    shift = part * (turn % 3) / 3
    return [times[int(n * part + shift)] for n in range(count)]


def _visit_minutes(practice: Practice, kind: str) -> timedelta:
    try:
        return timedelta(minutes=practice.visit_type(kind).minutes)
    except KeyError:
        raise BookingError(f"practice.yml has no visit type {kind!r}") from None


def starts_on(practice: Practice, day: date, length: timedelta) -> list[datetime]:
    """The UTC starts on a local date: from each opening, step by step, as long as what starts ends before closing."""
    zone, step = practice.zoneinfo(), timedelta(minutes=practice.booking.step_minutes)
    starts = []
    for opens, closes in practice.spans_on(day):
        start = datetime.combine(day, opens, zone).astimezone(timezone.utc)
        end = datetime.combine(day, closes, zone).astimezone(timezone.utc)
        while start + length <= end:
            starts.append(start)
            start += step
    return starts
