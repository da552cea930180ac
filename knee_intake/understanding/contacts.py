"""The contact that one reply gives: name, phone number, e-mail address; and what of it cannot be right. PURE."""

from __future__ import annotations

from knee_intake.understanding.emails import read_address
from knee_intake.understanding.names import find_name, find_name_beside
from knee_intake.understanding.other_names import without_names_of_others
from knee_intake.understanding.phones import read_number


def read_contact(text: str, region: str = "US") -> dict[str, str] | None:
    """Name, phone, extension and e-mail given in one reply, as far as they are there.

    `broken_email` and `broken_phone` are what was meant as such and is none, as it was typed: to be said back and
    asked again. A `broken_email` beside an `email` was mended by guess, to be confirmed.
    """
    address = read_address(text.replace(" / ", ", "))
    number = read_number(address.rest, region)
    given = address.email or address.broken or number.phone or number.broken
    find, around = (find_name_beside, number.rest) if given else (find_name, text)
    contact = {
        "first_name": find(without_names_of_others(around)) or find(around),
        "phone": number.phone,
        "extension": number.extension,
        "email": address.email,
        "broken_phone": number.broken,
        "broken_email": address.broken,
    }
    return {key: value for key, value in contact.items() if value} or None


def names_only_others(text: str) -> bool:
    """Whether the only name in a reply is that of somebody beside the one who writes: "my wife's name is Ann"."""
    own = without_names_of_others(text)
    return own != text and (read_contact(own) or {}).get("first_name") is None
