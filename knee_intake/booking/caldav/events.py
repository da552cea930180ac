"""iCalendar (RFC 5545) to events and back. PURE.

Events are other people's: whatever cannot be read with certainty raises UnreadableEventError rather than count as free.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any

import icalendar
import recurring_ical_events

from knee_intake.booking.ics import TEXTS
from knee_intake.booking.reference import UID_END
from knee_intake.booking.remote import RemoteVisit

_STATUS = {"requested": "TENTATIVE", "booked": "CONFIRMED"}
_TEXTS = TEXTS["en"]
_KIND = "X-VISIT-KIND"
_PENDING = "X-VISIT-PENDING"

_A_DAY = {"SECONDLY": 86_400, "MINUTELY": 1_440, "HOURLY": 24}
_MOST_A_DAY = 48
_MOST_STEPS = 50_000
"""Of one recurrence rule, from its first day to the last one asked for: a second or two of work."""
_RULE_PARTS = ("BYHOUR", "BYMINUTE", "BYSECOND")

_RECURRING = frozenset({"RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"})
_SMALL = 16_000
_KEPT = 2048
"""Objects up to this length, and so many of them, are kept as they were read."""

_BROKEN = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)
"""What the two libraries raise on broken events."""


class UnreadableEventError(ValueError):
    """This is no event, or not one whose times can be told. Mapped to CalendarUnavailableError where it is caught."""


@dataclass(frozen=True)
class Span:
    """From start to end, both in UTC."""

    start: datetime
    end: datetime

    def overlaps(self, start: datetime, end: datetime) -> bool:
        return self.start < end and start < self.end


@dataclass(frozen=True)
class Event(Span):
    """One event, or one date of a recurring one."""

    uid: str
    is_cancelled: bool
    is_busy: bool
    """It takes the clinician's time."""
    status: str
    """requested or booked, as a visit of ours would say."""
    created: datetime
    kind: str
    """Visit type id of one of our visits; empty with others."""
    sequence: int
    is_pending: bool
    """Written by one of us who has not yet seen whether it is alone."""

    @property
    def is_ours(self) -> bool:
        return self.uid.endswith(UID_END)

    @property
    def order(self) -> tuple[datetime, str]:
        """Who came first, told from what lies on the server, so that everybody who reads it sees one order."""
        return self.created, self.uid

    def visit(self, clinician: str) -> RemoteVisit:
        return RemoteVisit(self.uid, clinician, self.start, self.end, self.status, self.kind, self.sequence)


def uid_of(data: str) -> str:
    """The uid of a resource; all its events share one (RFC 4791, 4.1). Empty where it holds none."""
    with _unreadable():
        return next((str(event.get("UID", "")) for event in _events(_read(data))), "")


def main_event(data: str, zone: tzinfo) -> Event | None:
    """The event itself, not its recurrences; None where it is no event, or only single dates of one are there."""
    with _unreadable():
        masters = _masters(_read(data))
        return _event(masters[0], zone) if masters else None


def occurrences(data: str, start: datetime, end: datetime, zone: tzinfo) -> list[Event]:
    """What happens within the span, recurring events date by date. Floating times and whole days are the zone's.

    Raises UnreadableEventError.
    """
    with _unreadable():
        if len(data) <= _SMALL and (single := _single(data, zone)) is not None:
            return [single] if single.overlaps(start, end) else []
        calendar = _read(data)
        for event in _events(calendar):
            _check_rules(event, end)
        margin = timedelta(days=1)  # the library knows no zone for floating times
        found = recurring_ical_events.of(calendar).between(start - margin, end + margin)
        return [event for one in found if (event := _event(one, zone)).overlaps(start, end)]


def free_busy(data: str) -> list[Span]:
    """The busy spans of a VFREEBUSY. Raises UnreadableEventError."""
    with _unreadable():
        parts = _read(data).walk("VFREEBUSY")
        if not parts:
            raise UnreadableEventError("no VFREEBUSY")
        periods = [
            period
            for part in parts
            for period in _listed(part.get("FREEBUSY", []))
            if str(period.params.get("FBTYPE", "BUSY")).upper() != "FREE"
        ]
        return [Span(_moment(period.start, timezone.utc), _moment(period.end, timezone.utc)) for period in periods]


def new_data(visit: RemoteVisit, now: datetime) -> bytes:
    """The visit, pending, as a calendar object: when and with which reference, no name and no word about health."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Clinic visits//EN")
    calendar.add("version", "2.0")
    event = icalendar.Event()
    event.add("uid", visit.uid)
    event.add("created", now.astimezone(timezone.utc))
    event.add("class", "PRIVATE")
    event.add("description", _TEXTS["reference"].format(reference=visit.uid.removesuffix(UID_END).upper()))
    event.add("summary", _TEXTS[visit.status])
    _put(event, visit, now, is_pending=True)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def changed_data(data: str, visit: RemoteVisit, now: datetime, *, is_pending: bool) -> bytes:
    """The stored object with the visit's time and status; what staff added to it (a title, a note) stays."""
    with _unreadable():
        calendar = _read(data)
        event = _masters(calendar)[0]
        if str(event.get("SUMMARY", "")) in {_TEXTS[status] for status in _STATUS}:
            _set(event, "SUMMARY", _TEXTS[visit.status])
        _put(event, visit, now, is_pending=is_pending)
        return bytes(calendar.to_ical())


def _put(event: icalendar.Event, visit: RemoteVisit, now: datetime, *, is_pending: bool) -> None:
    event.pop("DURATION", None)
    event.pop(_PENDING, None)
    if is_pending:
        event.add(_PENDING, "1")
    _set(event, "DTSTAMP", now.astimezone(timezone.utc))
    _set(event, "DTSTART", visit.start.astimezone(timezone.utc))
    _set(event, "DTEND", visit.end.astimezone(timezone.utc))
    _set(event, "STATUS", _STATUS[visit.status])
    _set(event, "SEQUENCE", visit.sequence)
    _set(event, "TRANSP", "OPAQUE")
    _set(event, _KIND, visit.kind)


def _set(event: icalendar.Event, name: str, value: Any) -> None:
    event.pop(name, None)
    event.add(name, value)


def _read(data: str) -> Any:
    calendar = icalendar.Calendar.from_ical(data)
    if calendar.name != "VCALENDAR":
        raise UnreadableEventError("it is no calendar object")
    return calendar


def _events(calendar: Any) -> list[Any]:
    found: list[Any] = calendar.walk("VEVENT")
    return found


@lru_cache(maxsize=_KEPT)
def _single(data: str, zone: tzinfo) -> Event | None:
    """The event of an object that holds one, without recurrences and oddities; None where it takes more to read it.

    Kept from one look at the calendar to the next: reading the text is nearly all of the work.
    """
    events = _events(_read(data))
    if len(events) != 1 or not _RECURRING.isdisjoint(events[0]):
        return None
    with suppress(*_BROKEN):
        event = _event(events[0], zone)
        return event if event.start <= event.end else None
    return None


def _masters(calendar: Any) -> list[Any]:
    return [event for event in _events(calendar) if "RECURRENCE-ID" not in event]


def _event(component: Any, zone: tzinfo) -> Event:
    stated = str(component.get("STATUS", "")).upper()
    start, end = _moment(component.start, zone), _moment(component.end, zone)
    is_cancelled = stated == "CANCELLED"
    return Event(
        uid=str(component.get("UID", "")),
        start=start,
        end=end,
        is_cancelled=is_cancelled,
        is_busy=start < end and not is_cancelled and str(component.get("TRANSP", "")).upper() != "TRANSPARENT",
        status="requested" if stated == "TENTATIVE" else "booked",
        created=_created(component),
        kind=str(component.get(_KIND, "")),
        sequence=int(component.get("SEQUENCE", 0)),
        is_pending=_PENDING in component,
    )


def _created(component: Any) -> datetime:
    for name in ("CREATED", "DTSTAMP"):
        with suppress(*_BROKEN):
            return _moment(component[name].dt, timezone.utc)
    return datetime.min.replace(tzinfo=timezone.utc)


def _moment(value: date | datetime, zone: tzinfo) -> datetime:
    """In UTC; a date is its midnight on the zone's clock, a time without a zone is the zone's."""
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(timezone.utc)


def _check_rules(event: Any, until: datetime) -> None:
    """Refuse a recurrence that would keep us busy: one without end inside one moment, or of every minute."""
    for rule in _listed(event.get("RRULE", [])):
        frequency = str(rule["FREQ"][0]).upper()
        interval = int(rule.get("INTERVAL", [1])[0])
        a_day = _A_DAY.get(frequency, 1)
        for part in _RULE_PARTS:
            a_day *= len(rule.get(part, [0]))
        days = (until - _moment(event.start, timezone.utc)) / timedelta(days=1)
        if interval < 1 or a_day / interval > _MOST_A_DAY or a_day / interval * days > _MOST_STEPS:
            raise UnreadableEventError("it repeats too often")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@contextmanager
def _unreadable() -> Iterator[None]:
    try:
        yield
    except UnreadableEventError:
        raise
    except _BROKEN as error:
        raise UnreadableEventError("its times cannot be read") from error
