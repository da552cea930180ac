"""The XML of CalDAV: the reports that are asked for (RFC 4791, 7) and the multistatus that answers. PURE."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from knee_intake.errors import CalendarUnavailableError

_DAV = "{DAV:}"
_CALDAV = "{urn:ietf:params:xml:ns:caldav}"
_CHUNK = 4096
_STATUS = re.compile(r"HTTP/\S+ (\d{3})")

_QUERY = """\
<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
<D:prop><D:getetag/><C:calendar-data/></D:prop>
<C:filter><C:comp-filter name="VCALENDAR">
<C:comp-filter name="VEVENT">{filter}</C:comp-filter>
</C:comp-filter></C:filter>
</C:calendar-query>
"""
_FREE_BUSY = """\
<?xml version="1.0" encoding="utf-8"?>
<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">{span}</C:free-busy-query>
"""


@dataclass(frozen=True)
class Item:
    """One resource of a multistatus."""

    href: str
    etag: str
    """Empty where the server gives none."""
    data: str
    """iCalendar text."""


def span_query(start: datetime, end: datetime) -> bytes:
    """Asks for all events in a span.

    The server is not asked to expand recurring events: what it knows of the clinic's zone, it would have to guess
    (floating times, whole days), and one server in wide use loses the dates of RDATE when it expands.
    """
    return _QUERY.format(filter=_span(start, end)).encode()


def uid_query(uid: str) -> bytes:
    """Asks for the events with this uid; a server may answer with those that only contain it."""
    match = f'<C:text-match collation="i;octet">{escape(uid)}</C:text-match>'
    return _QUERY.format(filter=f'<C:prop-filter name="UID">{match}</C:prop-filter>').encode()


def free_busy_query(start: datetime, end: datetime) -> bytes:
    """Asks only when somebody is taken."""
    return _FREE_BUSY.format(span=_span(start, end)).encode()


def read_multistatus(body: bytes) -> list[Item]:
    """The resources in an answer. Raises CalendarUnavailableError where it is none, or says that parts are missing."""
    root = _parse(body)
    if root.tag != f"{_DAV}multistatus":
        raise CalendarUnavailableError("the calendar server answers with something else than a calendar's events")
    return [item for response in root.iterfind(f"{_DAV}response") if (item := _read_response(response)) is not None]


def _read_response(response: ElementTree.Element) -> Item | None:
    href = (response.findtext(f"{_DAV}href") or "").strip()
    status = _status(response)
    for part in response.iterfind(f"{_DAV}propstat"):
        data = part.findtext(f"{_DAV}prop/{_CALDAV}calendar-data")
        if _status(part) == 200 and data and href:
            return Item(href, (part.findtext(f"{_DAV}prop/{_DAV}getetag") or "").strip(), data)
    if status == 404 or (status is None and href.endswith("/")):  # gone in between; the collection itself
        return None
    raise CalendarUnavailableError(f"the calendar server leaves out a part of its answer (HTTP {status})")


def _status(element: ElementTree.Element) -> int | None:
    found = _STATUS.match((element.findtext(f"{_DAV}status") or "").strip())
    return int(found[1]) if found else None


class _WithoutDoctype(ElementTree.TreeBuilder):
    """A document type is where entities are declared that blow up, or name files; no CalDAV answer needs one."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise CalendarUnavailableError("the calendar server's answer holds a document type")


def _parse(body: bytes) -> ElementTree.Element:
    parser = ElementTree.XMLParser(target=_WithoutDoctype())
    try:
        for start in range(0, len(body), _CHUNK):  # a refused document ends with the piece that begins it
            parser.feed(body[start : start + _CHUNK])
        root: ElementTree.Element = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError) as error:  # LookupError: an unknown encoding
        raise CalendarUnavailableError("the calendar server's answer is not readable XML") from error
    return root


def _span(start: datetime, end: datetime) -> str:
    return f'<C:time-range start="{_stamp(start)}" end="{_stamp(end)}"/>'


def _stamp(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
