"""When somebody is taken, from their calendar as iCalendar (RFC 5545): all occurrences of a span, as plain times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from typing import Any

import recurring_ical_events
from icalendar import Calendar

from knee_intake.booking.reference import UID_END
from knee_intake.errors import BusyFeedError

MOST_TIMES = 20_000
"""Occurrences in the span; a calendar with more is none that a person keeps."""
_TOO_OFTEN = ("SECONDLY", "MINUTELY")
"""Repetitions that would take minutes to count, and that no calendar holds in earnest."""
_BROKEN = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError)
"""What the two libraries raise at a file that is no calendar, or a broken one."""

Span = tuple[datetime, datetime]


def busy_spans(data: bytes, zone: tzinfo, start: datetime, end: datetime) -> list[Span]:
    """The taken times between two aware times: in UTC, in order, joined where they touch.

    All-day events and times without a zone are meant in `zone`. Free are cancelled events, those marked as
    transparent, and our own visits, should they come back to us. Raises BusyFeedError: a calendar with one event that
    cannot be read is not used at all, as the time of that event is not known.
    """
    try:
        calendar = Calendar.from_ical(data)
        _refuse_too_much(calendar)
        # a day more on both sides: all-day events and times without zone are compared without one
        found = recurring_ical_events.of(calendar).between(start - timedelta(days=1), end + timedelta(days=1))
        spans = [(_moment(event.start, zone), _moment(event.end, zone)) for event in found if _takes_time(event)]
    except _BROKEN as error:
        raise BusyFeedError("not_readable") from error
    if len(spans) > MOST_TIMES:
        raise BusyFeedError("too_many_events")
    return list(_joined(span for span in spans if span[0] < end and span[1] > start))


def _refuse_too_much(calendar: Any) -> None:
    if any(component.name == "VFREEBUSY" for component in calendar.subcomponents):
        raise BusyFeedError("free_busy_only")
    for event in calendar.walk("VEVENT"):
        rules = event.get("RRULE", [])
        for rule in rules if isinstance(rules, list) else [rules]:
            if set(rule.get("FREQ", [])) & {*_TOO_OFTEN}:
                raise BusyFeedError("repeats_too_often")


def _takes_time(event: Any) -> bool:
    free = str(event.get("TRANSP", "")).upper() == "TRANSPARENT" or str(event.get("STATUS", "")).upper() == "CANCELLED"
    return not free and not str(event.get("UID", "")).endswith(UID_END)


def _moment(value: date | datetime, zone: tzinfo) -> datetime:
    """A date is its first moment in the zone."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time.min)
    aware = value if value.tzinfo is not None else value.replace(tzinfo=zone)
    return aware.astimezone(timezone.utc)


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    last: Span | None = None
    for start, end in sorted(spans):
        if start >= end:
            continue  # a reminder takes no time
        if last is not None and start <= last[1]:
            last = (last[0], max(last[1], end))
            continue
        if last is not None:
            yield last
        last = (start, end)
    if last is not None:
        yield last
