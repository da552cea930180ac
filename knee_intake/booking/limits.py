"""How much one visitor may take of the calendar: what counts as one visitor, and when it is enough. PURE."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import phonenumbers

from knee_intake.practice import BookingLimits

Effect = Literal["hold", "place"]
Reason = Literal["holds", "conversation", "address", "contact"]

HOLDS_WITHIN = timedelta(hours=1)
ADDRESS_KEPT = timedelta(days=1)
"""How long the keyed hash of an address is kept, and how far back its visits count."""
REGION = "US"
_ONE_HOUSEHOLD = 64
"""Bits of an IPv6 address that stand for one connection; the rest its owner changes at will."""


@dataclass(frozen=True)
class Usage:
    """What a visitor has taken so far, without the hold or visit that is asked for now."""

    holds_this_hour: int = 0
    visits_of_conversation: int = 0
    others_of_address: int = 0
    """Other conversations from the same address that asked for a visit within a day."""
    others_of_contact: int = 0
    """Other conversations with an open visit for the same contact."""


def reached(effect: Effect, usage: Usage, limits: BookingLimits) -> Reason | None:
    """The limit that forbids one more; None where there is none."""
    if effect == "hold":
        return "holds" if usage.holds_this_hour >= limits.holds_per_hour else None
    if usage.visits_of_conversation >= limits.visits_per_conversation:
        return "conversation"
    if usage.others_of_address >= limits.visits_per_address:
        return "address"
    return "contact" if usage.others_of_contact >= limits.visits_per_contact else None


def same_contact(contact: str) -> str:
    """One form for all the ways to write a phone number or an email; other words in lower case."""
    contact = "".join(contact.split()).casefold()
    if "@" in contact:
        name, _, domain = contact.rpartition("@")
        return f"{name.partition('+')[0]}@{domain}"
    try:
        number = phonenumbers.parse(contact, REGION)
    except phonenumbers.NumberParseException:
        return contact
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def same_address(host: str) -> str:
    """The address as it counts: of IPv6 the part that belongs to one connection."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), _ONE_HOUSEHOLD), strict=False).network_address)


def keyed(secret: bytes, what: Literal["address", "contact"], value: str) -> bytes:
    """A hash by which the same value is known again, and from which nobody without the secret learns it."""
    return hmac.new(secret, f"booking {what} {value}".encode(), hashlib.sha256).digest()
