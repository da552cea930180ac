"""Count what visitors have taken of the calendar, and stop who has taken enough. The rules are in booking/limits.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.booking.limits import (
    ADDRESS_KEPT,
    HOLDS_WITHIN,
    Effect,
    Usage,
    keyed,
    reached,
    same_contact,
)
from knee_intake.errors import BookingLimitError
from knee_intake.practice import BookingLimits
from knee_intake.records.schema import booking_attempts as attempts
from knee_intake.records.schema import bookings, conversations


@dataclass(frozen=True)
class LimitRules:
    """The clinic's limits, and the secret that keys the hashes."""

    limits: BookingLimits
    secret: bytes


def check_limits(
    connection: Connection,
    rules: LimitRules | None,
    *,
    effect: Effect,
    key: str,
    conversation: str,
    contact: str | None = None,
    moving: str | None = None,
    now: datetime,
) -> None:
    """Let one hold or visit of a visitor's through and count it, in the transaction that writes it.

    `moving`: the reference of the visit that this one takes the place of; it is none beside it.

    Raises BookingLimitError. Repeating it with the same key counts once. Without rules nothing is counted.
    """
    if rules is None or _is_known(connection, key):
        return
    address = connection.execute(
        sa.select(conversations.c.address_mac).where(conversations.c.id == conversation)
    ).scalar()
    contact_mac = keyed(rules.secret, "contact", same_contact(contact)) if contact else None
    if effect == "place":
        _wait_for_others(connection, address, contact_mac)
    usage = _usage(connection, conversation, address, contact_mac, moving, now)
    if reason := reached(effect, usage, rules.limits):
        raise BookingLimitError(reason)
    _count(connection, key, effect, conversation, address, contact_mac, now)


def count_staff_visit(connection: Connection, secret: bytes, *, key: str, contact: str, now: datetime) -> None:
    """A visit that staff enter is never refused, but its contact has an open visit then."""
    if not _is_known(connection, key):
        _count(connection, key, "place", None, None, keyed(secret, "contact", same_contact(contact)), now)


def forget_addresses(connection: Connection, now: datetime) -> None:
    """Empty what was kept of addresses for a day, and drop what no longer counts."""
    before = now - ADDRESS_KEPT
    connection.execute(attempts.delete().where(attempts.c.effect == "hold", attempts.c.at <= before))
    connection.execute(
        attempts.update().where(attempts.c.address_mac.is_not(None), attempts.c.at <= before).values(address_mac=None)
    )
    connection.execute(
        conversations.update().where(conversations.c.address_at <= before).values(address_mac=None, address_at=None)
    )
    ahead = sa.exists().where(bookings.c.effect_key == attempts.c.effect_key, _is_open(now))
    connection.execute(attempts.delete().where(attempts.c.conversation_id.is_(None), attempts.c.at <= before, ~ahead))


def _usage(
    connection: Connection,
    conversation: str,
    address: bytes | None,
    contact: bytes | None,
    moving: str | None,
    now: datetime,
) -> Usage:
    own, placed = attempts.c.conversation_id == conversation, attempts.c.effect == "place"
    # a visit of staff's has no conversation: it is another one by itself
    other = sa.or_(attempts.c.conversation_id != conversation, attempts.c.conversation_id.is_(None))
    who = sa.distinct(sa.func.coalesce(attempts.c.conversation_id, attempts.c.effect_key))
    count, others = sa.select(sa.func.count()).select_from(attempts), sa.select(sa.func.count(who))
    recent = (attempts.c.address_mac == address, attempts.c.at > now - ADDRESS_KEPT)
    open_visits = others.select_from(attempts.join(bookings, bookings.c.effect_key == attempts.c.effect_key))

    def number(query: Any) -> int:
        return int(connection.execute(query).scalar_one())

    return Usage(
        number(count.where(own, attempts.c.effect == "hold", attempts.c.at > now - HOLDS_WITHIN)),
        number(count.where(own, placed)),
        number(others.where(other, placed, *recent)) if address else 0,
        number(
            open_visits.where(
                other, placed, attempts.c.contact_mac == contact, _is_open(now), bookings.c.reference != (moving or "")
            )
        )
        if contact
        else 0,
    )


def _is_open(now: datetime) -> Any:
    return sa.and_(bookings.c.status.in_(("requested", "booked")), bookings.c.end > now)


def _is_known(connection: Connection, key: str) -> bool:
    return connection.execute(sa.select(attempts.c.effect_key).where(attempts.c.effect_key == key)).first() is not None


def _count(
    connection: Connection,
    key: str,
    effect: Effect,
    conversation: str | None,
    address: bytes | None,
    contact: bytes | None,
    now: datetime,
) -> None:
    connection.execute(
        attempts.insert().values(
            effect_key=key, effect=effect, conversation_id=conversation, address_mac=address, contact_mac=contact,
            at=now,
        )
    )  # fmt: skip


def _wait_for_others(connection: Connection, *hashes: bytes | None) -> None:
    """Two visits for one contact at the same moment are counted one after the other. SQLite's writers queue anyway."""
    if connection.dialect.name == "postgresql":
        for found in sorted(one for one in hashes if one):
            number = int.from_bytes(found[:8], "big", signed=True)
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))
