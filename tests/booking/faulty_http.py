"""A remote calendar over real HTTP whose connection, server or process fails at a chosen request of a chosen call."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from math import inf

from knee_intake.booking.remote import RemoteCalendar
from tests.booking.faulty_calendar import LATEST, Act, FaultyCalendar, KilledError, T
from tests.booking.faulty_proxy import FaultyProxy, Plan, Request

SLOW = ("slow", "late")
ON_THE_WIRE = ("reset", *SLOW, "500", "500 after", "truncated", "lost")
"""What the proxy does to a request: see `Plan`."""
HTTP_FAULTS = ("refused", *ON_THE_WIRE, "killed before", "killed amid", "killed after")
"""Besides: nobody listens while a call lasts; our process dies before, in the middle of, or after the call."""
BEGINS_AT = (0, 0, 0, 1, 1, 2, 3, 5)
"""The request of a call that a fault begins at: every call has one, few have six."""


class FaultyHttpCalendar(FaultyCalendar):
    """Implements `RemoteCalendar` by three clients of one server, all through the proxy but for the last one.

    `hasty` soon gives up, and is used where the server is to be slow; `refused` talks to where nobody listens.
    """

    def __init__(
        self, proxy: FaultyProxy, patient: RemoteCalendar, hasty: RemoteCalendar, refused: RemoteCalendar
    ) -> None:
        super().__init__(patient)
        self._proxy, self._hasty, self._refused = proxy, hasty, refused
        self.begins_at: Sequence[int] = BEGINS_AT
        self._random = random.Random()
        self._late_requests: list[tuple[int, list[Request]]] = []  # with the number of the call that they come before

    def begin(self, seed: int, choose: Callable[[str], str | None]) -> None:
        super().begin(seed, choose)
        self._random = random.Random(seed)
        self._late_requests.clear()

    def close(self) -> None:
        for client in (self.remote, self._hasty, self._refused):
            client.close()

    def catch_up(self, calls: float = inf) -> None:
        """The server gets what was on its way for too long."""
        due = [requests for at, requests in self._late_requests if at <= calls]
        self._late_requests = [late for late in self._late_requests if late[0] > calls]
        for requests in due:
            self._proxy.deliver(requests)

    def _call(self, name: str, call: Act[T]) -> T:
        self._calls += 1
        self.catch_up(self._calls)
        fault = self.choose(name)
        if fault in ON_THE_WIRE:
            return self._call_over_faulty_wire(name, call, fault)
        if fault is not None:
            self.met[f"{name} {fault}"] += 1
        if fault == "killed before":
            raise KilledError
        if fault == "killed amid":
            # for the server, a process that dies is one of which it hears no more
            with self._proxy.failing(self._plan("reset", lasts=True)):
                try:
                    return call(self._hasty)
                finally:
                    raise KilledError
        answer = call(self._refused if fault == "refused" else self.remote)
        if fault == "killed after":
            raise KilledError
        return answer

    def _call_over_faulty_wire(self, name: str, call: Act[T], fault: str) -> T:
        plan = self._plan(fault, lasts=self._random.random() < 0.5)
        try:
            with self._proxy.failing(plan):
                return call(self._hasty if fault in SLOW else self.remote)
        finally:
            if plan.hits:
                self.met[f"{name} {fault}"] += 1
            if self._proxy.late:
                due = self._calls + 1 + self._random.randrange(LATEST)
                self._late_requests.append((due, self._proxy.late))
                self._proxy.late = []

    def _plan(self, kind: str, *, lasts: bool) -> Plan:
        return Plan(kind, self._random.choice(self.begins_at), lasts)
