"""Keeps the clinicians' own calendars in mind: loads each feed when it is due, and says when one has grown old."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from knee_intake.booking.busy_fetch import fetch_feed
from knee_intake.booking.busy_ical import Span, busy_spans
from knee_intake.errors import BusyFeedError
from knee_intake.practice import Practice
from knee_intake.records import busy_times
from knee_intake.records.database import Database

log = logging.getLogger(__name__)

FULL_AFTER = timedelta(days=1)
"""An unchanged calendar is read anew this often: as days pass, more of it comes into view."""
MARGIN = timedelta(days=2)
"""How much further than the horizon it is read, so that there is something to see until then."""
CLAIM = timedelta(minutes=2)
"""How long one process has a feed for itself."""
_SOONEST, _LATEST = timedelta(minutes=1), timedelta(minutes=15)
"""Between two looks."""


@dataclass(frozen=True)
class BusyFeeds:
    """The feeds of one clinic."""

    database: Database
    practice: Practice
    addresses: Mapping[str, str]
    max_age: timedelta
    """A calendar that was last seen longer ago than this is too old to book by."""

    def register(self, now: datetime) -> None:
        """Note which feeds there are; what is known of others is forgotten. Before the first visitor comes."""
        with self.database.write() as connection:
            busy_times.keep_only(connection, {name: _hash(address) for name, address in self.addresses.items()}, now)

    def load_due(self, now: datetime) -> list[str]:
        """Load what is due, one after the other; returns the clinicians whose calendar could be read.

        Safe to call from several processes: each feed is claimed by one.
        """
        return [clinician for clinician in self.addresses if self._load(clinician, now)]

    def _load(self, clinician: str, now: datetime) -> bool:
        with self.database.write() as connection:
            row = busy_times.claim(connection, clinician, now, now + CLAIM)
        if row is None:
            return False
        try:
            spans, seen = self._read(clinician, row, now)
        except BusyFeedError as error:
            log.warning("the calendar of %s could not be read: %s", clinician, error.reason)
            self._note_failure(clinician, row, error.reason, now)
            return False
        every = min(max(self.max_age / 4, _SOONEST), _LATEST)
        values = {**seen, "fresh_until": now + self.max_age, "next_try_at": now + every, "failures": 0}
        with self.database.write() as connection:
            if spans is not None:
                busy_times.replace(connection, clinician, spans)
            busy_times.note(connection, clinician, {**values, "last_error": None})
        return True

    def _read(self, clinician: str, row: Mapping[str, Any], now: datetime) -> tuple[list[Span] | None, dict[str, Any]]:
        """The taken times, None where they are still the same, and what is to be remembered of the answer."""
        whole = row["expanded_at"] is None or row["expanded_at"] <= now - FULL_AFTER
        known = (None, None) if whole else (row["etag"], row["last_modified"])
        fetched = fetch_feed(self.addresses[clinician], *known)
        if fetched.body is None:
            return None, {}
        until = now + timedelta(days=self.practice.booking.horizon_days) + MARGIN
        spans = busy_spans(fetched.body, self.practice.zoneinfo(), now - FULL_AFTER, until)
        seen = {"etag": _short(fetched.etag, 200), "last_modified": _short(fetched.last_modified, 80)}
        return spans, {**seen, "expanded_at": now}

    def _note_failure(self, clinician: str, row: Mapping[str, Any], reason: str, now: datetime) -> None:
        failures = int(row["failures"]) + 1
        wait = min(_SOONEST * 2 ** min(failures - 1, 10), _LATEST)
        values = {"failures": failures, "last_error": reason[:80], "next_try_at": now + wait}
        with self.database.write() as connection:
            busy_times.note(connection, clinician, values)


def _hash(address: str) -> bytes:
    return hashlib.sha256(address.encode()).digest()


def _short(value: str | None, longest: int) -> str | None:
    """A mark of the server's that is too long to keep is not used."""
    return value if value is not None and len(value) <= longest else None
