"""Who is told of what, in which order, in and out of opening hours: the `alerts` of practice.yml. PURE."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Literal, get_args

import msgspec

from knee_intake.opening_hours import is_clock

if TYPE_CHECKING:
    from knee_intake.practice import Practice

Kind = Literal["emergency_911", "emergency_room", "same_day", "soon", "visit", "call_back", "hand_over"]
"""What somebody is told of: an alert of this urgency, or something that a visitor wants."""
KINDS: tuple[Kind, ...] = get_args(Kind)
URGENT_KINDS: tuple[Kind, ...] = ("emergency_911", "emergency_room", "same_day")
"""Those that may not wait until somebody looks by chance."""

Channel = Literal["mail", "webhook"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)

ALERT_RECIPIENT = "alert_recipient"
"""In place of an address: the fact of this name."""
_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
_NAME = re.compile(r"[a-z0-9_-]{1,40}")
_LOOK_AHEAD = timedelta(days=31)
_LONGEST_WAIT = 24 * 60  # minutes


class Recipient(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Somebody who can be told, by one way or two."""

    mail: str | None = None
    """Email address, or `alert_recipient`; null while it is not known."""
    webhook: bool = False
    """By the address of KNEE_INTAKE_WEBHOOK_URL."""


class Told(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Recipients by name, each told when those before have not said in time that they know."""

    open: list[str] = []
    closed: list[str] = []
    """Outside opening hours; empty where nobody is on duty. An alert then goes to those of `open` without much hope of
    an answer, everything else waits until the clinic opens."""
    escalate_minutes: int | None = None
    """How long each has; null: as for all."""


class Digest(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The morning mail of every open day."""

    at: str = "08:00"
    """HH:MM in the clinic's zone."""
    to: list[str] = []


class AlertRules(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The `alerts` of practice.yml."""

    escalate_minutes: int = 10
    recipients: dict[str, Recipient] = {}
    told: dict[Kind, Told] = {}
    digest: Digest = msgspec.field(default_factory=Digest)

    def patience(self, kind: Kind) -> timedelta:
        """How long a recipient has before the next one is told."""
        own = self.told.get(kind, Told()).escalate_minutes
        return timedelta(minutes=self.escalate_minutes if own is None else own)


@dataclass(frozen=True)
class Way:
    """One way to reach a recipient."""

    recipient: str
    channel: Channel
    address: str | None
    """The email address; None for the webhook, whose address is a setting."""


def ways(practice: Practice, name: str, channels: Collection[str] = CHANNELS) -> list[Way]:
    """How a recipient can be reached over the channels that are set up."""
    recipient = practice.alerts.recipients.get(name, Recipient())
    address = practice.alert_recipient.value if recipient.mail == ALERT_RECIPIENT else recipient.mail
    found: list[Way] = []
    if address and "mail" in channels:
        found.append(Way(name, "mail", address))
    if recipient.webhook and "webhook" in channels:
        found.append(Way(name, "webhook", None))
    return found


def told(practice: Practice, kind: Kind, *, is_open: bool, channels: Collection[str] = CHANNELS) -> list[str]:
    """Names of those who are told in this state of the clinic and can be reached, in their order."""
    entry = practice.alerts.told.get(kind, Told())
    return [name for name in (entry.open if is_open else entry.closed) if ways(practice, name, channels)]


def told_now(practice: Practice, kind: Kind, now: datetime, channels: Collection[str] = CHANNELS) -> list[str]:
    """Names of those who are told at this moment; empty when nobody is on duty."""
    return told(practice, kind, is_open=practice.is_open(now), channels=channels)


def next_opening(practice: Practice, now: datetime) -> datetime | None:
    """When the clinic opens next after `now`, in UTC; None where no opening is known in the coming weeks."""
    zone = practice.zoneinfo()
    day = now.astimezone(zone).date()
    last = (now + _LOOK_AHEAD).astimezone(zone).date()
    while day <= last:
        for opens, _ in practice.spans_on(day):
            start = datetime.combine(day, opens, zone).astimezone(timezone.utc)
            if start > now:
                return start
        day += timedelta(days=1)
    return None


def is_address(text: str) -> bool:
    """Whether it looks like one email address."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def mistakes(rules: AlertRules) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """(what was expected, keys below `alerts`) of all that the types alone cannot say."""
    if not 1 <= rules.escalate_minutes <= _LONGEST_WAIT:
        yield f"expected 1 to {_LONGEST_WAIT} minutes", ("escalate_minutes",)
    for name, recipient in rules.recipients.items():
        if not _NAME.fullmatch(name):
            yield "expected a short name of a-z, 0-9, - and _", ("recipients", name)
        if recipient.mail not in (None, ALERT_RECIPIENT) and not is_address(str(recipient.mail)):
            yield f"expected an email address, {ALERT_RECIPIENT} or null", ("recipients", name, "mail")
    for kind, entry in rules.told.items():
        if entry.escalate_minutes is not None and not 1 <= entry.escalate_minutes <= _LONGEST_WAIT:
            yield f"expected 1 to {_LONGEST_WAIT} minutes", ("told", kind, "escalate_minutes")
        for state, names in (("open", entry.open), ("closed", entry.closed)):
            yield from _unknown(rules, names, "told", kind, state)
    if not is_clock(rules.digest.at):
        yield 'expected a time as "HH:MM"', ("digest", "at")
    yield from _unknown(rules, rules.digest.to, "digest", "to")


def _unknown(rules: AlertRules, names: list[str], *keys: str) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    for number, name in enumerate(names):
        if name not in rules.recipients:
            yield f"`{name}` is none of the recipients", (*keys, number)
        elif name in names[:number]:
            yield "expected each name once", (*keys, number)
