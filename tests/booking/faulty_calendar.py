"""A remote calendar whose server, network or process fails at a chosen call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from knee_intake.booking.remote import RemoteCalendar, RemoteVisit
from knee_intake.booking.schedule import Busy
from knee_intake.errors import CalendarUnavailableError, SlotTakenError

T = TypeVar("T")

FAULTS = ("refused", "error", "lost", "late", "killed before", "killed after")
"""No connection; an error of the server's; done, but the answer was lost; given up as too slow, and done later by the
server; our process dies before or after the server has done it."""


class KilledError(BaseException):
    """Our process dies here: no handler of the program runs."""


class FaultyCalendar:
    """Implements `RemoteCalendar` around another one. `choose` gives the fault for a call by name, or None."""

    def __init__(self, remote: RemoteCalendar, choose: Callable[[str], str | None] = lambda _call: None) -> None:
        self.remote, self.choose = remote, choose
        self.met: Counter[str] = Counter()
        """How often each fault has happened at each call: "write lost"."""
        self._late: list[Callable[[], object]] = []

    def busy(self, clinicians: Collection[str], start: datetime, end: datetime) -> list[Busy]:
        return self._call("busy", lambda: self.remote.busy(clinicians, start, end))

    def write(self, visit: RemoteVisit) -> None:
        self._call("write", lambda: self.remote.write(visit))

    def update(self, visit: RemoteVisit) -> None:
        self._call("update", lambda: self.remote.update(visit))

    def remove(self, uid: str) -> None:
        self._call("remove", lambda: self.remote.remove(uid))

    def ours(self, start: datetime, end: datetime) -> list[RemoteVisit]:
        return self._call("ours", lambda: self.remote.ours(start, end))

    def close(self) -> None:
        self.remote.close()

    def catch_up(self) -> None:
        """The server does what it was too slow for."""
        late, self._late = self._late, []
        for call in late:
            with suppress(SlotTakenError):
                call()

    def _call(self, name: str, call: Callable[[], T]) -> T:
        fault = self.choose(name)
        if fault is not None:
            self.met[f"{name} {fault}"] += 1
        if fault == "killed before":
            raise KilledError
        if fault in ("refused", "error"):
            raise CalendarUnavailableError(fault)
        if fault == "late":
            self.catch_up()
            self._late.append(call)
            raise CalendarUnavailableError("too slow")
        self.catch_up()
        answer = call()
        if fault == "killed after":
            raise KilledError
        if fault == "lost":
            raise CalendarUnavailableError("the answer was lost")
        return answer
