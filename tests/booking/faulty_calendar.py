"""A remote calendar whose server, network or process fails at a chosen call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from math import inf
from typing import TypeVar

from knee_intake.booking.remote import RemoteCalendar, RemoteVisit
from knee_intake.booking.schedule import Busy
from knee_intake.errors import CalendarUnavailableError, SlotTakenError

T = TypeVar("T")

Act = Callable[[RemoteCalendar], T]

FAULTS = ("refused", "error", "lost", "late", "killed before", "killed after")
"""No connection; an error of the server's; done, but the answer was lost; given up as too slow, and done later by the
server; our process dies before or after the server has done it."""

LATEST = 4
"""What is done late is done before one of so many next calls: also after what should have come later."""


class KilledError(BaseException):
    """Our process dies here: no handler of the program runs."""


class FaultyCalendar:
    """Implements `RemoteCalendar` around another one. `choose` gives the fault for a call by name, or None."""

    def __init__(self, remote: RemoteCalendar, choose: Callable[[str], str | None] = lambda _call: None) -> None:
        self.remote, self.choose = remote, choose
        self.met: Counter[str] = Counter()
        """How often each fault has happened at each call: "write lost"."""
        self._calls = 0
        self._late: list[tuple[int, Act[object]]] = []  # with the number of the call that it comes before

    def begin(self, seed: int, choose: Callable[[str], str | None]) -> None:
        """As new, with these faults; the seed is for those who throw a die of their own."""
        self.choose, self._calls = choose, 0
        self.met.clear()
        self._late.clear()

    def busy(self, clinicians: Collection[str], start: datetime, end: datetime) -> list[Busy]:
        return self._call("busy", lambda remote: remote.busy(clinicians, start, end))

    def write(self, visit: RemoteVisit) -> None:
        self._call("write", lambda remote: remote.write(visit))

    def update(self, visit: RemoteVisit) -> None:
        self._call("update", lambda remote: remote.update(visit))

    def remove(self, uid: str) -> None:
        self._call("remove", lambda remote: remote.remove(uid))

    def ours(self, start: datetime, end: datetime) -> list[RemoteVisit]:
        return self._call("ours", lambda remote: remote.ours(start, end))

    def close(self) -> None:
        self.remote.close()

    def catch_up(self, calls: float = inf) -> None:
        """The server does what it was too slow for."""
        due = [call for at, call in self._late if at <= calls]
        self._late = [late for late in self._late if late[0] > calls]
        for call in due:
            with suppress(SlotTakenError):
                call(self.remote)

    def _call(self, name: str, call: Act[T]) -> T:
        self._calls += 1
        self.catch_up(self._calls)
        fault = self.choose(name)
        if fault is not None:
            self.met[f"{name} {fault}"] += 1
        if fault == "killed before":
            raise KilledError
        if fault in ("refused", "error"):
            raise CalendarUnavailableError(fault)
        if fault == "late":
            self._late.append((self._calls + 1 + self._calls % LATEST, call))
            raise CalendarUnavailableError("too slow")
        answer = call(self.remote)
        if fault == "killed after":
            raise KilledError
        if fault == "lost":
            raise CalendarUnavailableError("the answer was lost")
        return answer
