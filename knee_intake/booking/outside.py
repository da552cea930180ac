"""The part of a calendar that lies on somebody else's server, as a visitor's turn and the upkeep use it.

Each call may take seconds: none is made while a transaction is open, none on the event loop.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from knee_intake.booking.remote import RemoteVisit
    from knee_intake.booking.schedule import Busy
    from knee_intake.booking.types import FreeTime


@dataclass(frozen=True)
class OutOfStep:
    """What differs between our records and the remote calendar, by reference."""

    waiting: tuple[str, ...] = ()
    """Changes that the calendar has not got yet, or refuses."""
    missing: tuple[str, ...] = ()
    """Open visits that somebody took out of the calendar."""
    moved: tuple[str, ...] = ()
    """Visits that somebody changed in the calendar by hand."""
    unknown: tuple[str, ...] = ()
    """Visits of ours in the calendar that no record stands behind."""

    @property
    def count(self) -> int:
        return len({*self.waiting, *self.missing, *self.moved, *self.unknown})


class Outside(Protocol):
    """All but `seen`, `note_announced` and `waiting` ask the server, and raise CalendarUnavailableError."""

    def seen(self, now: datetime) -> Collection[Busy] | None:
        """What the server said a moment ago, without asking it again; None where that is not known."""
        ...

    def look(self, now: datetime) -> Collection[Busy]:
        """Every taken span up to the horizon, at most some seconds old."""
        ...

    def check_free(self, time: FreeTime, now: datetime) -> None:
        """Raises SlotTakenError where the server says that the time is taken; a silent server says nothing."""
        ...

    def announce(
        self,
        *,
        key: str,
        reference: str,
        conversation: str | None,
        time: FreeTime,
        now: datetime,
        moving: str | None = None,
    ) -> RemoteVisit | None:
        """Write a visit to the server before our own transaction does; `moving` is the visit that it replaces.

        None where our records hold the visit already, or another one by this reference. Raises SlotTakenError,
        StorageError.
        """
        ...

    def note_announced(self, connection: Any, visit: RemoteVisit) -> None:
        """Remember in our transaction that the server has this visit."""
        ...

    def withdraw(self, *, reference: str, now: datetime, moving: str | None = None) -> None:
        """Our transaction was undone: take an announced visit back, unless our records hold it after all.

        Where the server does not answer it is left to the upkeep.
        """
        ...

    def waiting(self, now: datetime) -> list[str]:
        """References of visits whose last change the server has not got yet. Asks our records only."""
        ...

    def compare(self, now: datetime) -> OutOfStep:
        """What differs. Changes nothing."""
        ...

    def upkeep(self, now: datetime) -> None:
        """Bring the server up to date, and let go of visits that no record stands behind."""
        ...

    def close(self) -> None: ...
