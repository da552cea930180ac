"""A circuit breaker around a remote calendar: who did not answer a moment ago is not waited for again."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import datetime
from typing import TypeVar

from knee_intake.booking.remote import RemoteCalendar, RemoteVisit
from knee_intake.booking.schedule import Busy
from knee_intake.errors import CalendarUnavailableError

T = TypeVar("T")

PAUSE_S = 10.0
"""After a failure every call fails at once for so long: each would else hold up its visitor for the whole timeout."""


class BreakerCalendar:
    """Implements `RemoteCalendar` around another one."""

    def __init__(self, remote: RemoteCalendar, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._remote, self._monotonic = remote, monotonic
        self._opens_again_at: float | None = None

    def busy(self, clinicians: Collection[str], start: datetime, end: datetime) -> list[Busy]:
        return self._call(lambda: self._remote.busy(clinicians, start, end))

    def write(self, visit: RemoteVisit) -> None:
        self._call(lambda: self._remote.write(visit))

    def update(self, visit: RemoteVisit) -> None:
        self._call(lambda: self._remote.update(visit))

    def remove(self, uid: str) -> None:
        self._call(lambda: self._remote.remove(uid))

    def ours(self, start: datetime, end: datetime) -> list[RemoteVisit]:
        return self._call(lambda: self._remote.ours(start, end))

    def close(self) -> None:
        self._remote.close()

    def _call(self, call: Callable[[], T]) -> T:
        if self._opens_again_at is not None and self._monotonic() < self._opens_again_at:
            raise CalendarUnavailableError("the calendar did not answer a moment ago")
        try:
            answer = call()
        except CalendarUnavailableError:
            self._opens_again_at = self._monotonic() + PAUSE_S
            raise
        self._opens_again_at = None
        return answer
