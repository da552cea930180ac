"""Limits on how much one caller may send. In memory: it protects a process, it does not count for good."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable

from knee_intake.errors import RateLimitedError

REMEMBERED = 20_000


class RateLimit:
    """At most `most` events in `seconds` for one key. Raises RateLimitedError with how long to wait."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._events: OrderedDict[str, deque[float]] = OrderedDict()

    def check(self, key: str) -> None:
        """Count one event of `key`."""
        now = self._clock()
        events = self._events.setdefault(key, deque())
        self._events.move_to_end(key)
        while events and events[0] <= now - self._seconds:
            events.popleft()
        if len(events) >= self._most:
            error = RateLimitedError("too many in a short time")
            error.retry_after_s = events[0] + self._seconds - now
            raise error
        events.append(now)
        while len(self._events) > REMEMBERED:
            self._events.popitem(last=False)

    def take_back(self, key: str) -> None:
        """The event of `key` that was counted last is none after all."""
        if self._events.get(key):
            self._events[key].pop()
