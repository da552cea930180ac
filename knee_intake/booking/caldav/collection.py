"""One clinician's collection on the server: find, read, create, replace, delete.

Every write names the state that it expects, so it may be sent again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from urllib.parse import urljoin, urlsplit

from knee_intake.booking.caldav import reports
from knee_intake.booking.caldav.events import (
    Event,
    Span,
    UnreadableEventError,
    free_busy,
    main_event,
    occurrences,
    uid_of,
)
from knee_intake.booking.caldav.transport import Answer, Call
from knee_intake.errors import CalendarUnavailableError

CREATED = {200, 201, 204}
IN_USE = 412

_GONE = {404, 410}
_CHANGED = {404, 410, 412}
_NO_EVENTS = {400, 403, 405, 501}
"""What servers answer who may only see when somebody is busy, or cannot answer a calendar-query."""
_MARGIN = timedelta(days=1)
"""A server has its own idea of the zone of whole days and floating times; what is too much is left out here."""
_ADVICE = {
    403: "the user may not do this in the calendar",
    404: "there is no calendar at this address: check KNEE_INTAKE_CALENDAR_URL",
    409: "the server refuses it",
    423: "the calendar is locked",
    507: "the server's disk is full",
}


@dataclass(frozen=True)
class Resource:
    """One object as it lies on the server."""

    path: str
    etag: str
    data: str


class Collection:
    """The calendar of one clinician during one call. Everything raises CalendarUnavailableError."""

    def __init__(self, call: Call, url: str, clinician: str, zone: tzinfo) -> None:
        self.call, self.clinician, self._url, self._zone = call, clinician, url, zone

    def busy(self, start: datetime, end: datetime) -> list[Span]:
        """When the clinician is taken; by free-busy-query where the server gives no events."""
        answer = self._report(reports.span_query(start - _MARGIN, end + _MARGIN))
        if answer.status not in _NO_EVENTS:
            found = self._resources(answer)
            return [event for one in found for event in self.occurrences(one, start, end) if event.is_busy]
        instead = self._report(reports.free_busy_query(start, end))
        if instead.status != 200:
            raise self.refused(answer)
        try:
            return [span for span in free_busy(_text(instead)) if span.overlaps(start, end)]
        except UnreadableEventError as error:
            raise self._unreadable("the answer to a free-busy-query", error) from error

    def between(self, start: datetime, end: datetime) -> list[Resource]:
        """All that happens in the span, and perhaps some beside it."""
        return self._resources(self._report(reports.span_query(start - _MARGIN, end + _MARGIN)))

    def with_uid(self, uid: str) -> list[Resource]:
        """The objects with this uid; one or none, unless somebody has copied it."""
        found = self._resources(self._report(reports.uid_query(uid)))
        return [resource for resource in found if self.uid(resource) == uid]

    def at(self, path: str) -> Resource | None:
        """What lies there."""
        answer = self.call.request("GET", urljoin(self._url, path))
        if answer.status in _GONE:
            return None
        if answer.status != 200:
            raise self.refused(answer)
        return Resource(urlsplit(urljoin(self._url, path)).path, answer.headers.get("ETag", ""), _text(answer))

    def create(self, name: str, data: bytes) -> Answer:
        """Put a new object there. Its status is in CREATED, or IN_USE where something lies there already."""
        return self._put(urljoin(self._url, name), data, {"If-None-Match": "*"})

    def replace(self, resource: Resource, data: bytes) -> bool:
        """False where the object has been changed or removed since it was read."""
        answer = self._put(urljoin(self._url, resource.path), data, self._if_match(resource))
        if answer.status in CREATED:
            return True
        if answer.status in _CHANGED:
            return False
        raise self.refused(answer)

    def delete(self, resource: Resource) -> None:
        """Gone afterwards, also where somebody changes it meanwhile; another uid's object at its place stays."""
        uid = self.uid(resource)
        current: Resource | None = resource
        for _ in range(2):
            if current is None or self.uid(current) != uid:
                return
            answer = self.call.request("DELETE", urljoin(self._url, current.path), headers=self._if_match(current))
            if answer.status in {200, 204} | _GONE:
                return
            if answer.status != IN_USE:
                raise self.refused(answer)
            current = self.at(current.path)
        raise CalendarUnavailableError(f"calendar of {self.clinician}: a visit keeps changing while it is removed")

    def uid(self, resource: Resource) -> str:
        try:
            return uid_of(resource.data)
        except UnreadableEventError as error:
            raise self._unreadable(resource.path, error) from error

    def event(self, resource: Resource) -> Event | None:
        """The event itself, not its recurrences."""
        try:
            return main_event(resource.data, self._zone)
        except UnreadableEventError as error:
            raise self._unreadable(resource.path, error) from error

    def occurrences(self, resource: Resource, start: datetime, end: datetime) -> list[Event]:
        """What of it happens within the span."""
        self.call.check()
        try:
            return occurrences(resource.data, start, end, self._zone)
        except UnreadableEventError as error:
            raise self._unreadable(resource.path, error) from error

    def refused(self, answer: Answer) -> CalendarUnavailableError:
        """What to raise for an answer that has no place here."""
        advice = _ADVICE.get(answer.status, "the server answers in an unexpected way")
        return CalendarUnavailableError(f"calendar of {self.clinician}: {advice} (HTTP {answer.status})")

    def _report(self, body: bytes) -> Answer:
        headers = {"Content-Type": "application/xml; charset=utf-8", "Depth": "1"}
        return self.call.request("REPORT", self._url, body, headers)

    def _put(self, url: str, data: bytes, condition: dict[str, str]) -> Answer:
        return self.call.request("PUT", url, data, {"Content-Type": "text/calendar; charset=utf-8", **condition})

    def _resources(self, answer: Answer) -> list[Resource]:
        if answer.status != 207:
            raise self.refused(answer)
        items = reports.read_multistatus(answer.body)
        return [Resource(urlsplit(item.href).path, item.etag, item.data) for item in items]

    def _if_match(self, resource: Resource) -> dict[str, str]:
        if not resource.etag:
            raise CalendarUnavailableError(f"calendar of {self.clinician}: the server gives no ETag")
        return {"If-Match": resource.etag}

    def _unreadable(self, what: str, error: UnreadableEventError) -> CalendarUnavailableError:
        return CalendarUnavailableError(f"calendar of {self.clinician}: {what} cannot be used: {error}")


def _text(answer: Answer) -> str:
    return answer.body.decode("utf-8", errors="replace")
