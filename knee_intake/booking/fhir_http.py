"""HTTP for a clinic's server under one budget of seconds: every wait is bounded, every failure is ours.

Nothing that a server says goes into an error or a log but its status: its words may be about a patient.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import requests
from requests.cookies import RequestsCookieJar
from urllib3.exceptions import HTTPError

from knee_intake.errors import CalendarUnavailableError

CONNECT_S = 2.0
READ_S = 4.0
PAUSES_S = (0.1, 0.4)
"""Before the second and the third attempt."""
LARGEST_BODY = 8 * 1024 * 1024  # bytes
AGAIN = frozenset({429, 500, 502, 503, 504})
"""Statuses after which the same request may succeed a moment later."""
_CHUNK = 65_536


class Budget:
    """The seconds that one call of the calendar may take in all."""

    def __init__(
        self,
        seconds: float,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._monotonic, self._sleep = monotonic, sleep
        self._end = monotonic() + seconds

    @property
    def left(self) -> float:
        return self._end - self._monotonic()

    def check(self) -> None:
        """Raises CalendarUnavailableError where nothing is left."""
        if self.left <= 0:
            raise CalendarUnavailableError("the calendar server is too slow")

    def pause(self, seconds: float) -> None:
        """Wait. Raises CalendarUnavailableError where the budget does not last so long."""
        if seconds >= self.left:
            raise CalendarUnavailableError("the calendar server is too slow")
        self._sleep(seconds)


@dataclass(frozen=True)
class Reply:
    """What came back, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> dict[str, Any]:
        """The body as a JSON object. Raises CalendarUnavailableError where it is none."""
        try:
            found = msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise CalendarUnavailableError("the calendar server's answer is no JSON") from error
        if not isinstance(found, dict):
            raise CalendarUnavailableError("the calendar server's answer is no JSON object")
        return found


def new_session() -> requests.Session:
    """Connections that keep no cookies and send no password of ~/.netrc in the place of our key."""
    session = requests.Session()
    session.auth = _as_it_is
    session.cookies = _NoCookies()
    return session


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


class _NoCookies(RequestsCookieJar):
    def set_cookie(self, *_args: Any, **_more: Any) -> None:
        """One session serves many threads and many calls: none may leave a trace for another."""


def send(
    session: requests.Session, budget: Budget, method: str, url: str, headers: Mapping[str, str], body: bytes | None
) -> Reply:
    """One request. Raises CalendarUnavailableError where no whole answer comes in time; redirects are not followed."""
    budget.check()
    timeout = (min(CONNECT_S, budget.left), min(READ_S, budget.left))
    try:
        with session.request(
            method, url, headers=dict(headers), data=body, timeout=timeout, stream=True, allow_redirects=False
        ) as answer:
            return Reply(answer.status_code, answer.headers, _read(answer, budget))
    except (requests.RequestException, HTTPError, OSError) as error:
        raise CalendarUnavailableError(f"the calendar server gave no answer: {type(error).__name__}") from error


def send_again(budget: Budget, attempt: Callable[[], Reply]) -> Reply:
    """`attempt`, repeated after growing pauses while the budget lasts; it has to be one that may be repeated.

    The last failure is raised, or given back where it was a status.
    """
    for pause in PAUSES_S:
        wait = pause
        try:
            reply = attempt()
            if reply.status not in AGAIN:
                return reply
            wait = max(pause, _retry_after(reply))
            if wait >= budget.left:
                return reply
        except CalendarUnavailableError:
            if wait >= budget.left:
                raise
        budget.pause(wait)
    return attempt()


def _retry_after(reply: Reply) -> float:
    seconds = reply.headers.get("retry-after", "")
    return float(seconds) if seconds.isascii() and seconds.isdigit() else 0.0


def _read(answer: requests.Response, budget: Budget) -> bytes:
    """The body, piece by piece as it comes: a server that sends a byte a second must not outlast the budget."""
    body = bytearray()
    while piece := answer.raw.read1(_CHUNK, decode_content=True):
        body += piece
        if len(body) > LARGEST_BODY:
            raise CalendarUnavailableError("the calendar server's answer is too long")
        budget.check()
    return bytes(body)
