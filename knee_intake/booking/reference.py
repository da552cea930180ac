"""Booking references: short, easy to say on the phone, the same for the same key. PURE."""

from __future__ import annotations

import hashlib

ALPHABET = "CDFGHJKMNPQRTVWXY34679"
"""Nothing that looks like another (0 O, 1 I L, 2 Z, 5 S, 8 B, U V), no vowels that make words."""

UID_END = "@visits.invalid"
"""How every uid ends that is ours, in whatever calendar."""

_HALF = 3


def make_reference(key: str, attempt: int = 0) -> str:
    """The reference for a write's key, as "H7K-4MQ"; `attempt` gives another one where the first is in use."""
    seed = f"{key}#{attempt}" if attempt else key
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big")
    letters = ""
    for _ in range(2 * _HALF):
        number, digit = divmod(number, len(ALPHABET))
        letters += ALPHABET[digit]
    return f"{letters[:_HALF]}-{letters[_HALF:]}"


def read_reference(typed: str) -> str | None:
    """The reference in what somebody typed (case, blanks and dashes do not matter); None where it is none."""
    letters = "".join(c for c in typed.upper() if c.isalnum())
    if len(letters) != 2 * _HALF or not set(letters) <= set(ALPHABET):
        return None
    return f"{letters[:_HALF]}-{letters[_HALF:]}"


def visit_uid(reference: str) -> str:
    """The name of a visit in every calendar it is written to: the visitor's own and the clinic's."""
    return f"{reference.lower()}{UID_END}"


def reference_of(uid: str) -> str | None:
    """The reference in a visit's uid; None where it is no uid of ours."""
    name, at, domain = uid.partition("@")
    return read_reference(name) if f"{at}{domain}".lower() == UID_END else None
