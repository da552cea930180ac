"""A clinic's own calendar, kept in step with the bookings table. PURE.

The table is always the record; what lies in the clinic's calendar is a copy that holds its times.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from knee_intake.booking.schedule import Busy


@dataclass(frozen=True)
class RemoteVisit:
    """One visit as a clinic's calendar holds it. All times are aware."""

    uid: str
    """`<reference lower case>@visits.invalid`, the same as in the visitor's .ics; stable for ever."""
    clinician: str
    """Id in practice.yml."""
    start: datetime
    end: datetime
    status: str
    """requested | booked"""
    kind: str
    """Visit type id."""
    sequence: int


class RemoteCalendar(Protocol):
    """All raise CalendarUnavailableError where the server cannot be reached, is slow or answers nonsense."""

    def busy(self, clinicians: Collection[str], start: datetime, end: datetime) -> list[Busy]:
        """Spans in which these clinicians are taken; our own visits included."""
        ...

    def write(self, visit: RemoteVisit) -> None:
        """Create it; exclusive. Repeating it with the same uid changes nothing.

        Raises SlotTakenError where another visit overlaps.
        """
        ...

    def update(self, visit: RemoteVisit) -> None:
        """Status or time of one that is there (requested -> booked); creates it where it is gone.

        Raises SlotTakenError on a clash.
        """
        ...

    def remove(self, uid: str) -> None:
        """Gone afterwards; no error where it is not there."""
        ...

    def ours(self, start: datetime, end: datetime) -> list[RemoteVisit]:
        """All visits this program wrote into that span."""
        ...

    def close(self) -> None: ...
