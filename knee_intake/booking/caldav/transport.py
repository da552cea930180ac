"""Requests to the calendar server: one time budget a call, careful retries, redirects on the same host only."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urljoin, urlsplit

import requests
from requests.auth import AuthBase

from knee_intake.booking.caldav.watched import WatchedAdapter
from knee_intake.errors import CalendarUnavailableError

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 2.0
READ_TIMEOUT_S = 4.0

_ATTEMPTS = 3
_FIRST_PAUSE_S = 0.25
_LEAST_S = 0.05
"""With less time than this left no request is begun."""
_TRY_AGAIN = {429, 500, 502, 503, 504}
_MOVED = {301, 302, 307, 308}
_MOST_REDIRECTS = 3
_POOL_SIZE = 8


@dataclass(frozen=True)
class Answer:
    """What the server said. Header names in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """The connections to one server; may be used by several threads."""

    def __init__(self, auth: AuthBase | None, budget_s: float) -> None:
        self.budget_s = budget_s
        self.session = requests.Session()
        self.session.auth = auth
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, WatchedAdapter(pool_maxsize=_POOL_SIZE))

    def call(self) -> Call:
        """Begin a call: everything that it asks for shares one budget."""
        return Call(self)

    def close(self) -> None:
        self.session.close()


class Call:
    """The requests of one call of the calendar, within its budget."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._end = time.monotonic() + transport.budget_s

    @property
    def remaining_s(self) -> float:
        return self._end - time.monotonic()

    def allow(self, seconds: float) -> None:
        """At least so much time from now on: for taking back what must not stay."""
        self._end = max(self._end, time.monotonic() + seconds)

    def check(self) -> None:
        """Raises CalendarUnavailableError where the budget is used up."""
        if self.remaining_s < _LEAST_S:
            raise CalendarUnavailableError("the calendar server answers too slowly")

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)

    def request(
        self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The server's answer, whatever its status, but 401 and those that stand for trouble on its side.

        Every request is sent again where it fails, so it has to be safe to repeat: one that only reads, or a write
        that names the state it expects. Raises CalendarUnavailableError.
        """
        pause = _FIRST_PAUSE_S
        for attempt in range(1, _ATTEMPTS + 1):
            cause: Exception | None = None
            wait = pause
            self.check()
            try:
                answer = self._follow(method, url, body, headers or {})
                if answer.status not in _TRY_AGAIN:
                    return answer
                problem = f"the calendar server answers HTTP {answer.status}"
                wait = max(pause, retry_after(answer.headers))
            except requests.Timeout as error:
                problem, cause = "the calendar server answers too slowly", error
            except requests.exceptions.SSLError as error:
                raise CalendarUnavailableError("the calendar server's certificate is not accepted") from error
            except requests.ConnectionError as error:
                problem, cause = "the calendar server cannot be reached", error
            except requests.RequestException as error:
                problem, cause = "the calendar server's answer broke off or cannot be read", error
            logger.warning("calendar: %s (%s, attempt %d)", problem, method, attempt)
            if attempt == _ATTEMPTS or wait > self.remaining_s - _LEAST_S:
                break
            self.pause(wait)
            pause *= 2
        raise CalendarUnavailableError(problem) from cause

    def _follow(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        for _ in range(_MOST_REDIRECTS + 1):
            response = self._transport.session.request(
                method,
                url,
                data=body,
                headers=dict(headers),
                timeout=(min(CONNECT_TIMEOUT_S, self.remaining_s), min(READ_TIMEOUT_S, self.remaining_s)),
                allow_redirects=False,
            )
            if response.status_code == 401:
                raise CalendarUnavailableError(
                    "the calendar server does not accept the user name or the password (HTTP 401): check "
                    "KNEE_INTAKE_CALENDAR_USER, KNEE_INTAKE_CALENDAR_PASSWORD and KNEE_INTAKE_CALENDAR_AUTH"
                )
            if response.status_code not in _MOVED:
                return Answer(response.status_code, response.headers, response.content)
            url = moved_to(url, response.headers.get("Location", ""))
            self.check()
        raise CalendarUnavailableError("the calendar server redirects in a circle")


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds that the server asks us to wait; 0 where it does not say. A date counts from the server's own clock."""
    value = headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value[:9])
    try:
        until = parsedate_to_datetime(value)
        sent = parsedate_to_datetime(headers["Date"]) if "Date" in headers else datetime.now(timezone.utc)
        return max(0.0, (until - sent).total_seconds())
    except (TypeError, ValueError):
        return 0.0


def moved_to(url: str, location: str) -> str:
    """Where a redirect leads: on the same host, and never from https to http."""
    target = urljoin(url, location)
    old, new = urlsplit(url), urlsplit(target)
    same_place = (new.scheme, new.netloc) == (old.scheme, old.netloc)
    to_https = old.scheme == "http" and new.scheme == "https" and new.hostname == old.hostname
    if not location or not (same_place or to_https):
        raise CalendarUnavailableError(
            "the calendar server redirects to another address: check KNEE_INTAKE_CALENDAR_URL"
        )
    return target
