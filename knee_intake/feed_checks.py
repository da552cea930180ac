"""How the clinicians' own calendars stand, as the database knows it: for `knee-intake check`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from knee_intake.clock import Clock, system_clock
from knee_intake.errors import KneeIntakeError
from knee_intake.feed_address import feed_addresses
from knee_intake.practice import Practice
from knee_intake.records.busy_times import feed_rows
from knee_intake.records.database import Database
from knee_intake.settings import Settings


@dataclass(frozen=True)
class FeedState:
    """One calendar that is to be read."""

    clinician: str
    is_read: bool
    state: str
    """In words, behind "the calendar of …"."""


def look_at_feeds(practice: Practice, settings: Settings, clock: Clock = system_clock) -> Iterator[FeedState]:
    """Every calendar that practice.yml and the settings name. Raises SettingsError; fetches and changes nothing."""
    addresses = feed_addresses(practice, settings)
    rows = _rows(settings) if addresses else {}
    for clinician in addresses:
        yield _state(clinician, rows.get(clinician), clock())


def _state(clinician: str, row: Mapping[str, Any] | None, now: datetime) -> FeedState:
    fresh = row["fresh_until"] if row else None
    if fresh is not None and fresh > now:
        return FeedState(clinician, True, "is read")
    why = f" ({row['last_error'].replace('_', ' ')})" if row and row["last_error"] else ""
    return FeedState(clinician, False, ("was never read" if fresh is None else "is too old") + why)


def _rows(settings: Settings) -> dict[str, dict[str, Any]]:
    """What the database knows of the feeds; nothing where there is none yet, or none that opens."""
    try:
        url = make_url(settings.database)
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
            return {}
        database = Database(settings.database)
    except (ArgumentError, KneeIntakeError):
        return {}
    try:
        with database.read() as connection:
            return feed_rows(connection)
    except KneeIntakeError:
        return {}
    finally:
        database.close()
