"""The clinic's own calendar on a server: what each kind of server (CalDAV, FHIR) has to offer the program.

The bookings table is the record; a remote calendar is kept in step with it (booking/mirrored.py). A visit carries no
name, no contact and no health word.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from knee_intake.booking.schedule import Busy


@dataclass(frozen=True)
class RemoteVisit:
    """One of our visits as the remote calendar holds it. Times are aware."""

    uid: str
    """`reference.visit_uid`: the same as in the visitor's calendar file; stable for ever."""
    clinician: str
    """The id in practice.yml."""
    start: datetime
    end: datetime
    status: str
    """requested | booked"""
    kind: str
    """The visit type's id in practice.yml."""
    sequence: int
    """How often it has changed since it was made."""


class RemoteCalendar(Protocol):
    """One server. Every call may be repeated, and ends within about six seconds.

    All raise CalendarUnavailableError where the server cannot be reached, is slow or answers nonsense.
    """

    def busy(self, clinicians: Collection[str], start: datetime, end: datetime) -> list[Busy]:
        """Every span in which one of them is taken; our own visits included."""
        ...

    def write(self, visit: RemoteVisit) -> None:
        """Create it. Repeating it with the same uid changes nothing.

        Raises SlotTakenError where another visit overlaps.
        """
        ...

    def update(self, visit: RemoteVisit) -> None:
        """Bring status and time of one that is there up to date; create it where it is gone.

        Raises SlotTakenError where another visit overlaps.
        """
        ...

    def remove(self, uid: str) -> None:
        """Gone afterwards; no error where it is not there."""
        ...

    def ours(self, start: datetime, end: datetime) -> list[RemoteVisit]:
        """All visits that this program wrote into that span."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
