"""From where somebody signs in, in a few words that the member knows again: never a whole address."""

from __future__ import annotations

import ipaddress
import re

from starlette.requests import Request

from knee_intake.records.staff_accounts import Seen

_BROWSERS = (("Edge", r"\bEdg"), ("Opera", r"\bOPR/"), ("Firefox", r"\bFirefox/"), ("Chrome", r"\bChrom(e|ium)/"),
             ("Safari", r"\bSafari/"))  # fmt: skip
_SYSTEMS = (("Android", r"Android"), ("iPhone", r"iPhone"), ("iPad", r"iPad"), ("Windows", r"Windows"),
            ("Mac", r"Macintosh"), ("Linux", r"Linux"))  # fmt: skip
_PART_V4, _PART_V6 = 24, 48
"""Bits of an address that stand for a network."""


def seen(request: Request) -> Seen:
    """Browser, system and network of a request."""
    return Seen(agent_words(request.headers.get("user-agent", "")), address_words(address_of(request)))


def address_of(request: Request) -> str:
    """Whose address it came from; empty where that is not known."""
    return request.client.host if request.client else ""


def agent_words(header: str) -> str:
    """ "Firefox on Windows"."""
    browser, system = (
        next((name for name, pattern in table if re.search(pattern, header)), None) for table in (_BROWSERS, _SYSTEMS)
    )
    if browser is None:
        return "another program"
    return f"{browser} on {system}" if system else browser


def address_words(host: str) -> str:
    """ "this machine", or the network: "203.0.113.0/24", "2001:db8::/48"."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "an unknown address"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_loopback:
        return "this machine"
    bits = _PART_V4 if address.version == 4 else _PART_V6
    network = ipaddress.ip_network(f"{address}/{bits}", strict=False)
    return f"{'the local network ' if address.is_private else ''}{network}"
