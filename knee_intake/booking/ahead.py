"""Saving what also changes something outside our database: that first, then our one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from knee_intake.errors import BookingError, VersionConflictError
from knee_intake.records.turn_rows import Ahead


def save(ahead: Sequence[Ahead], commit: Callable[[], None]) -> None:
    """Do what is to be done ahead, then commit. Blocks, for seconds where a server is slow.

    Where it is certainly not saved, what was done ahead is taken back. After any other failure nobody knows
    whether the transaction went through: a turn is repeated with the same keys, or the upkeep clears up.

    Raises SlotTakenError, CalendarUnavailableError, and whatever the commit raises.
    """
    done: list[Ahead] = []
    try:
        for step in ahead:
            step.do()
            done.append(step)
        commit()
    except (BookingError, VersionConflictError):
        for step in reversed(done):
            step.undo()
        raise
