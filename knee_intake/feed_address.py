"""Addresses of calendar feeds: as they are written in the settings, and which of them may be fetched. PURE."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from knee_intake.errors import SettingsError

if TYPE_CHECKING:
    from knee_intake.practice import Practice
    from knee_intake.settings import Settings

_NEXT = re.compile(r",\s*(?=[\w-]+\s*=\s*[a-z]+:)", re.I)
"""A comma before the next `clinician=https:`; an address may hold commas of its own."""


def read_feeds(text: str) -> dict[str, str]:
    """`one=https://…, two=https://…` as {clinician: address}. Raises ValueError where it is not of that form."""
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in _NEXT.split(text.strip(" ,")))):
        clinician, _, address = part.partition("=")
        if problem := address_problem(address.strip()):
            raise ValueError(f"{clinician.strip()[:40]}: {problem}")
        found[clinician.strip()] = address.strip()
    return found


def feed_addresses(practice: Practice, settings: Settings) -> dict[str, str]:
    """{clinician: address} of every feed to be read; the settings win over practice.yml.

    Raises SettingsError for a clinician that practice.yml does not have.
    """
    known = {one.id for one in practice.clinicians}
    for clinician in settings.busy_feeds:
        if clinician not in known:
            raise SettingsError(f"KNEE_INTAKE_BUSY_FEEDS: `{clinician[:40]}` is no clinician of practice.yml")
    return {**practice.booking.busy_feed, **settings.busy_feeds}


def address_problem(address: str) -> str | None:
    """Why a feed is not fetched from this address; None where it may be. The address itself is never repeated."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "this is no web address"
    if parts.scheme not in ("http", "https") or not host:
        return "expected an address that begins with https://"
    if parts.scheme == "http" and not is_loopback(host):
        return "expected https://; http:// only on this machine"
    return None


def is_loopback(host: str) -> bool:
    """Whether the name or number stands for this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
