"""The clinic's own calendar on a CalDAV server, behind the `RemoteCalendar` protocol."""

from __future__ import annotations

from collections.abc import Collection as Group
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth

from knee_intake.booking.caldav.claim import claim, put_right, stands, take_back
from knee_intake.booking.caldav.collection import Collection
from knee_intake.booking.caldav.transport import Call, Transport
from knee_intake.booking.reference import UID_END
from knee_intake.booking.remote import RemoteVisit
from knee_intake.booking.schedule import Busy
from knee_intake.clock import Clock, system_clock
from knee_intake.errors import SettingsError
from knee_intake.practice import Practice
from knee_intake.settings import Settings

_PLACE = "{clinician}"


class CalDavCalendar:
    """Implements `RemoteCalendar`; may be used by several threads.

    After CalendarUnavailableError a visit that was being written may or may not be there: repeat the call, or remove.
    """

    def __init__(self, transport: Transport, url: str, practice: Practice, clock: Clock) -> None:
        self._transport, self._url, self._clock = transport, url, clock
        self._zone = practice.zoneinfo()
        self._clinicians = [clinician.id for clinician in practice.clinicians]

    @classmethod
    def from_settings(cls, settings: Settings, practice: Practice, clock: Clock = system_clock) -> CalDavCalendar:
        """Raises SettingsError naming the setting; asks the server nothing yet."""
        url = _check_url(settings.calendar_url, practice, allow_http=settings.calendar_allow_http)
        return cls(Transport(_auth(settings), settings.calendar_timeout), url, practice, clock)

    def busy(self, clinicians: Group[str], start: datetime, end: datetime) -> list[Busy]:
        return [
            Busy(collection.clinician, span.start, span.end)
            for collection in self._collections(clinicians)
            for span in collection.busy(start, end)
        ]

    def write(self, visit: RemoteVisit) -> None:
        claim(self._collection(self._transport.call(), visit.clinician), visit, self._clock())

    def update(self, visit: RemoteVisit) -> None:
        others = [clinician for clinician in self._clinicians if clinician != visit.clinician]
        here, *elsewhere = self._collections([visit.clinician, *others])
        self._change(here, visit)
        _remove(visit.uid, elsewhere)

    def remove(self, uid: str) -> None:
        _remove(uid, self._collections(self._clinicians))

    def ours(self, start: datetime, end: datetime) -> list[RemoteVisit]:
        visits = []
        for collection in self._collections(self._clinicians):
            for resource in collection.between(start, end):
                event = collection.event(resource) if collection.uid(resource).endswith(UID_END) else None
                if event is not None and not event.is_cancelled and event.overlaps(start, end):
                    visits.append(event.visit(collection.clinician))
        return sorted(visits, key=lambda visit: visit.start)

    def close(self) -> None:
        self._transport.close()

    def _change(self, collection: Collection, visit: RemoteVisit) -> None:
        now = self._clock()
        stored = next(iter(collection.with_uid(visit.uid)), None)
        if stored is None:
            claim(collection, visit, now)
            return
        event = collection.event(stored)
        if event is not None and stands(event, visit):
            if event.is_pending:
                claim(collection, visit, now)
            else:
                put_right(collection, stored, visit, now)
            return
        # The new time is taken by a visit of its own first: the old one is let go only when the new one is ours.
        guard = replace(visit, uid=f"{visit.uid.removesuffix(UID_END)}.move{UID_END}")
        taken = claim(collection, guard, now, besides={visit.uid})
        try:
            put_right(collection, stored, visit, now)
        finally:
            take_back(collection, taken)

    def _collections(self, clinicians: Group[str]) -> list[Collection]:
        call = self._transport.call()
        return [self._collection(call, clinician) for clinician in clinicians]

    def _collection(self, call: Call, clinician: str) -> Collection:
        url = self._url.replace(_PLACE, quote(clinician, safe=""))
        return Collection(call, url.rstrip("/") + "/", clinician, self._zone)


def _remove(uid: str, collections: Iterable[Collection]) -> None:
    for collection in collections:
        for resource in collection.with_uid(uid):
            collection.delete(resource)


def _check_url(url: str, practice: Practice, *, allow_http: bool) -> str:
    """The template of the collections' addresses. Raises SettingsError where it cannot be used."""
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_address = False
    if not is_address or parts.query or parts.fragment:
        raise SettingsError("KNEE_INTAKE_CALENDAR_URL: expected the https address of a calendar")
    if parts.username is not None or parts.password is not None:
        raise SettingsError(
            "KNEE_INTAKE_CALENDAR_URL: expected no user name in it: use KNEE_INTAKE_CALENDAR_USER and _PASSWORD"
        )
    if _PLACE not in parts.path and len(practice.clinicians) > 1:
        raise SettingsError(f"KNEE_INTAKE_CALENDAR_URL: expected {_PLACE} in it, one calendar for each clinician")
    if parts.scheme == "http" and not (allow_http or _is_loopback(parts.hostname or "")):
        raise SettingsError("KNEE_INTAKE_CALENDAR_URL: expected https; KNEE_INTAKE_CALENDAR_ALLOW_HTTP lets http pass")
    return url


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _auth(settings: Settings) -> AuthBase | None:
    user, password = settings.calendar_user, settings.calendar_password
    if not user:
        return None
    if settings.calendar_auth == "digest":
        return HTTPDigestAuth(user, password)
    return HTTPBasicAuth(user.encode(), password.encode())
