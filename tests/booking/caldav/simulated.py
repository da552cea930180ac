"""Writers of one calendar in simulated time: each request takes a random while, and the order comes from a seed.

The server is a dictionary that keeps the preconditions of RFC 9110. Each writer is a thread, but only one runs at a
time: whoever wakes first by the simulated clock.
"""

from __future__ import annotations

import heapq
import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from knee_intake.booking.caldav.transport import Answer
from knee_intake.errors import CalendarUnavailableError

BUDGET_S = 6.0


@dataclass
class Simulation:
    """`Simulation(seed).run([job, job])`, each job a function of its `SimulatedCall`."""

    seed: int
    crashes: float = 0.0
    """How likely it is that a request is a writer's last one; half of these are still done."""
    now_s: float = 0.0
    stored: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Path to ETag and text."""

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self._waiting: list[tuple[float, int, threading.Event]] = []
        self._turn_over = threading.Event()
        self._number = 0

    def run(self, jobs: list[Callable[[SimulatedCall], None]]) -> None:
        threads = [threading.Thread(target=self._play, args=(job,), daemon=True) for job in jobs]
        for thread in threads:
            self._turn_over.clear()
            thread.start()
            self._turn_over.wait()
        while self._waiting:
            self.now_s, _, wake = heapq.heappop(self._waiting)
            self._turn_over.clear()
            wake.set()
            self._turn_over.wait()

    def sleep(self, seconds: float) -> None:
        """Called by a writer: let the others go on."""
        wake = threading.Event()
        self._number += 1
        heapq.heappush(self._waiting, (self.now_s + seconds, self._number, wake))
        self._turn_over.set()
        wake.wait()

    def _play(self, job: Callable[[SimulatedCall], None]) -> None:
        try:
            job(SimulatedCall(self))
        finally:
            self._turn_over.set()

    def do(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        there = self.stored.get(path)
        if method == "REPORT":
            parts = (
                f"<response><href>{path}</href><propstat><prop><getetag>{etag}</getetag>"
                f"<C:calendar-data>{escape(text)}</C:calendar-data></prop>"
                f"<status>HTTP/1.1 200 OK</status></propstat></response>"
                for path, (etag, text) in self.stored.items()
            )
            start = '<multistatus xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">'
            return Answer(207, {}, f"{start}{''.join(parts)}</multistatus>".encode())
        if method == "GET":
            return Answer(200, {"ETag": there[0]}, there[1].encode()) if there else Answer(404, {}, b"")
        if ("If-None-Match" in headers and there) or headers.get("If-Match", there and there[0]) != (
            there and there[0]
        ):
            return Answer(412, {}, b"")
        if method == "DELETE":
            del self.stored[path]
            return Answer(204, {}, b"")
        self._number += 1
        self.stored[path] = (f'"{self._number}"', body.decode())
        return Answer(201, {}, b"")


class SimulatedCall:
    """Stands for a `Call`."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._end_s = simulation.now_s + BUDGET_S
        self._has_crashed = False

    @property
    def remaining_s(self) -> float:
        return self._end_s - self._simulation.now_s

    def allow(self, seconds: float) -> None:
        self._end_s = max(self._end_s, self._simulation.now_s + seconds)

    def check(self) -> None:
        if self.remaining_s <= 0:
            raise CalendarUnavailableError("the budget is used up")

    def pause(self, seconds: float) -> None:
        self._simulation.sleep(seconds)

    def request(
        self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        chance = self._simulation.random
        self._simulation.sleep(chance.uniform(0.002, 0.08))
        if chance.random() < self._simulation.crashes:
            if chance.random() < 0.5:
                self._simulation.do(method, urlsplit(url).path, body or b"", headers or {})
            raise CalendarUnavailableError("the writer dies here")
        return self._simulation.do(method, urlsplit(url).path, body or b"", headers or {})
