"""Where a phone number or an email stands in the records, however it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import phonenumbers
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.booking.limits import REGION, same_contact
from knee_intake.errors import RequestError
from knee_intake.records.schema import (
    bookings,
    call_attempts,
    callbacks,
    intakes,
    messages,
    notes,
    pending,
    privacy_requests,
    review_verdicts,
)

_EMAIL = re.compile(r"[^\s<>(),;:\"]+@[^\s<>(),;:\"]+[^\s<>(),;:\".]")
_SHORTEST = 7
"""Digits of a phone number."""
_LAST = 4
"""Digits that are looked for in the database first; they stand together in every way to write a number."""


@dataclass(frozen=True)
class Found:
    """Conversations whose contact it is, visits without one, chats that only speak of it, requests without one."""

    conversations: tuple[str, ...]
    visits: tuple[str, ...]
    mentioned: tuple[str, ...]
    requests: tuple[int, ...] = ()


def find_contact(connection: Connection, contact: str) -> Found:
    """Raises RequestError where it is neither a phone number nor an email."""
    wanted, rough = _wanted(contact)

    def holds(text: str | None) -> bool:
        return bool(text) and wanted in set(_contacts(text or ""))

    def hits(owner: Any, *columns: Any, where: Sequence[Any] = ()) -> set[Any]:
        found: set[Any] = set()
        for column in columns:
            text = sa.func.lower(sa.cast(column, sa.Text))
            query = sa.select(owner, text).where(text.contains(rough, autoescape=True), owner.is_not(None), *where)
            found |= {one for one, said in connection.execute(query) if holds(said)}
        return found

    own = hits(intakes.c.conversation_id, intakes.c.data)
    own |= hits(bookings.c.conversation_id, bookings.c.contact)
    own |= hits(callbacks.c.conversation_id, callbacks.c.contact, callbacks.c.wishes)
    visits = hits(bookings.c.id, bookings.c.contact, where=[bookings.c.conversation_id.is_(None)])
    spoken = hits(messages.c.conversation_id, messages.c.text) | hits(pending.c.conversation_id, pending.c.text)
    for table, column in ((notes, "text"), (review_verdicts, "comment"), (call_attempts, "note")):
        spoken |= hits(table.c.conversation_id, table.c[column])
    asked = privacy_requests.c
    told = asked.contact, asked.name, asked.note, asked.reason, asked.reply
    spoken |= hits(asked.conversation_id, *told)
    requests = hits(asked.id, *told, where=[asked.conversation_id.is_(None)])
    return Found(tuple(sorted(own)), tuple(sorted(visits)), tuple(sorted(spoken - own)), tuple(sorted(requests)))


def _wanted(contact: str) -> tuple[str, str]:
    """(The contact in its one form, a piece of it that stands in every way to write it)"""
    form = same_contact(contact)
    if "@" in form:
        return form, form.rpartition("@")[2]
    digits = re.sub(r"\D", "", form)
    if len(digits) < _SHORTEST:
        raise RequestError("expected a phone number or an email")
    return form, digits[-_LAST:]


def _contacts(text: str) -> Iterator[str]:
    """Every email and phone number in a text, in its one form."""
    for email in _EMAIL.findall(text):
        yield same_contact(email)
    for match in phonenumbers.PhoneNumberMatcher(text, REGION, leniency=phonenumbers.Leniency.POSSIBLE):
        yield str(phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164))
