"""Wakes whoever listens to a conversation: event streams of the visitor's page and of the staff console."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

Signal = Literal["message", "typing"]
ALL = "*"
"""Listens to every conversation."""
QUEUE_LENGTH = 100


class Bus:
    """In one process. A listener that misses a signal loses nothing: it reads the records when it wakes."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[asyncio.Queue[tuple[str, Signal]]]] = defaultdict(set)

    def publish(self, conversation: str, signal: Signal) -> None:
        """Wake the listeners of one conversation, and those that listen to all."""
        for name in (conversation, ALL):
            for queue in self._listeners.get(name, ()):
                if not queue.full():
                    queue.put_nowait((conversation, signal))

    @contextmanager
    def listen(self, conversation: str = ALL) -> Iterator[asyncio.Queue[tuple[str, Signal]]]:
        """A queue of (conversation, signal) while the block runs."""
        queue: asyncio.Queue[tuple[str, Signal]] = asyncio.Queue(QUEUE_LENGTH)
        self._listeners[conversation].add(queue)
        try:
            yield queue
        finally:
            self._listeners[conversation].discard(queue)
            if not self._listeners[conversation]:
                del self._listeners[conversation]
