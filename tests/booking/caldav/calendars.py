"""Words of the calendar tests: a running server as the clinic's staff use it, a visit of ours, an event of theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests

from knee_intake.booking.caldav import CalDavCalendar
from knee_intake.booking.remote import RemoteVisit
from knee_intake.errors import CalendarUnavailableError

USER, PASSWORD = "front-desk", "Zugluft 7 Glocken"
PATIENCE_S = 30.0
PEOPLE = ("one", "two")
TEN = datetime(2026, 3, 10, 14, 0, tzinfo=timezone.utc)
"""A Tuesday, ten o'clock in New York."""
DAY = (datetime(2026, 3, 10, 4, 0, tzinfo=timezone.utc), datetime(2026, 3, 11, 4, 0, tzinfo=timezone.utc))
"""That day in New York."""

Open = Callable[..., CalDavCalendar]
"""`open_calendar(address)`: a calendar of its own on that server; `calendar_timeout=2` and the like as settings."""


@dataclass
class Radicale:
    """The running server and what a test does there as the clinic's staff would, past the program."""

    address: str
    folder: Path

    def ask(self, method: str, path: str, data: str | bytes = "", **headers: str) -> requests.Response:
        return requests.request(
            method,
            urljoin(self.address, path),
            data=data.encode() if isinstance(data, str) else data,
            headers=headers,
            auth=(USER, PASSWORD),
            timeout=PATIENCE_S,
        )

    def put(self, path: str, data: str) -> None:
        answer = self.ask("PUT", path, data, **{"Content-Type": "text/calendar"})
        assert answer.status_code in (201, 204), answer.text

    def clear(self, clinician: str) -> None:
        """Empty a calendar; by its files, since that is quick."""
        for path in (self.folder / clinician).glob("*.ics"):
            path.unlink()


def visit(reference: str = "h7k-4mq", at: datetime = TEN, minutes: int = 30, **changes: object) -> RemoteVisit:
    """A visit of ours: `visit("h7k-4mq", at=TEN, clinician="two")`."""
    values = {"clinician": "one", "status": "requested", "kind": "first_visit", "sequence": 0, **changes}
    return RemoteVisit(uid=uid(reference), start=at, end=at + timedelta(minutes=minutes), **values)  # type: ignore[arg-type]


def uid(reference: str) -> str:
    return f"{reference}@visits.invalid"


def event(*lines: str, uid: str = "staff-meeting@clinic.example") -> str:
    """Somebody else's event: `event("DTSTART:20260310T150000Z", "DTEND:20260310T160000Z")`."""
    return calendar_of("BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT")


def calendar_of(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Staff//EN", *lines, "END:VCALENDAR", ""])


def utc(*when: int) -> datetime:
    """`utc(3, 10, 15, 30)`: month, day, hour, minute of 2026."""
    return datetime(2026, *when, tzinfo=timezone.utc)  # type: ignore[misc]


def busy(calendar: CalDavCalendar, start: datetime = DAY[0], end: datetime = DAY[1]) -> list[tuple[datetime, datetime]]:
    """When the first clinician is busy, in order."""
    return sorted((span.start, span.end) for span in calendar.busy(["one"], start, end))


def error_of(calendar: CalDavCalendar) -> str:
    """What staff are told when the calendar is read."""
    with pytest.raises(CalendarUnavailableError) as caught:
        calendar.busy(["one"], *DAY)
    return str(caught.value)
