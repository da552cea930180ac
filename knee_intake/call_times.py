"""When staff try again to ring somebody: presets within opening hours, or a time of their own. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from knee_intake.booking.types import local_time
from knee_intake.practice import DAYS_LOOKED_AHEAD, Practice

SOON = timedelta(hours=2)
LONGEST_WAIT = timedelta(days=60)
"""Nobody waits longer for the next try."""


@dataclass(frozen=True)
class Preset:
    """A time that one click chooses."""

    key: str
    label: str
    at: datetime


def presets(practice: Practice, now: datetime) -> list[Preset]:
    """The times offered at this moment, aware and in the clinic's zone; each lies within opening hours.

    "In 2 hours" moves to the next opening where the clinic is closed by then, and says so. Two that come to the same
    moment are one.
    """
    zone = practice.zoneinfo()
    at = local_time(now + SOON, zone).replace(second=0, microsecond=0)
    found = [Preset("in_2_hours", "in 2 hours", at)] if practice.is_open(at) else []
    if not found and (opens := practice.next_opening(at)) is not None:
        found = [Preset("in_2_hours", "as soon as the clinic is open again", opens)]
    if (morning := _next_morning(practice, now)) is not None and morning not in [one.at for one in found]:
        next_day = local_time(now, zone).date() + timedelta(days=1)
        label = "tomorrow morning" if morning.date() == next_day else "on the next open morning"
        found.append(Preset("morning", label, morning))
    return found


def _next_morning(practice: Practice, now: datetime) -> datetime | None:
    """When the clinic opens on its next open day after today."""
    zone = practice.zoneinfo()
    today = local_time(now, zone).date()
    for days in range(1, DAYS_LOOKED_AHEAD + 1):
        day = today + timedelta(days=days)
        if spans := practice.spans_on(day):
            return datetime.combine(day, spans[0][0], zone)
    return None


def chosen(practice: Practice, now: datetime, key: str, typed: str) -> datetime | None:
    """The next try that a form names: a preset's key, `at` with a typed local time, or none at all.

    Raises ValueError where it is no time, has passed, or lies too far ahead.
    """
    if not key:
        return None
    if key != "at":
        return {one.key: one.at for one in presets(practice, now)}[key]
    local = datetime.fromisoformat(typed)
    at = local.replace(tzinfo=practice.zoneinfo()) if local.tzinfo is None else local
    if not now < at <= now + LONGEST_WAIT:
        raise ValueError("not between now and two months from now")
    return at
