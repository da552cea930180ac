"""Fetch a calendar's feed over HTTP: bounded in time and size, and only what is new."""

from __future__ import annotations

import time
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import requests

from knee_intake.errors import BusyFeedError
from knee_intake.feed_address import address_problem, is_loopback

TIMEOUT_S = (3.0, 5.0)  # to connect, between two pieces
LONGEST_S = 15.0
"""For the whole answer: a server that sends a byte a second keeps nobody waiting."""
LARGEST = 2_000_000  # bytes, unpacked
_PIECE = 16_384  # bytes
_MOST_REDIRECTS = 3
_HEADERS = {"Accept": "text/calendar, */*;q=0.1", "User-Agent": "knee-intake"}


@dataclass(frozen=True)
class Fetched:
    """A feed's answer. `body` is None where it has not changed since."""

    body: bytes | None
    etag: str | None
    last_modified: str | None


def fetch_feed(address: str, etag: str | None = None, last_modified: str | None = None) -> Fetched:
    """Fetch the feed, unless it is still the one that `etag` and `last_modified` stand for.

    Raises BusyFeedError with a reason; the address, which is a secret, is in no message.
    """
    headers = dict(_HEADERS)
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    ends = time.monotonic() + LONGEST_S
    try:
        with requests.Session() as session:
            return _fetch(session, address, headers, ends)
    except requests.Timeout:
        raise BusyFeedError("too_slow") from None
    except requests.RequestException:
        raise BusyFeedError("not_reached") from None  # its text holds the address


def _fetch(session: requests.Session, address: str, headers: dict[str, str], ends: float) -> Fetched:
    first = address
    for _ in range(_MOST_REDIRECTS + 1):
        if not _may_be_fetched(address, first):
            raise BusyFeedError("address_refused")
        if time.monotonic() > ends:
            raise BusyFeedError("too_slow")
        with session.get(address, headers=headers, timeout=TIMEOUT_S, stream=True, allow_redirects=False) as answer:
            if answer.is_redirect:
                address = urljoin(address, answer.headers["location"])
                continue
            if answer.status_code == 304:
                return Fetched(None, headers.get("If-None-Match"), headers.get("If-Modified-Since"))
            if answer.status_code != 200:
                raise BusyFeedError(f"status_{answer.status_code}")
            body = _read(answer, ends)
            return Fetched(body, answer.headers.get("etag"), answer.headers.get("last-modified"))
    raise BusyFeedError("too_many_redirects")


def _may_be_fetched(address: str, first: str) -> bool:
    """A feed elsewhere must not lead us to this machine."""
    if address_problem(address):
        return False
    return is_loopback(urlsplit(first).hostname or "") or not is_loopback(urlsplit(address).hostname or "")


def _read(answer: requests.Response, ends: float) -> bytes:
    body = bytearray()
    try:
        for piece in answer.iter_content(_PIECE):
            body += piece
            if len(body) > LARGEST:
                raise BusyFeedError("too_large")
            if time.monotonic() > ends:
                raise BusyFeedError("too_slow")
    except requests.ConnectionError:  # also where the next piece does not come in time
        raise BusyFeedError("broken_off") from None
    return bytes(body)
