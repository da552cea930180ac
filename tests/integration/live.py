"""The app behind a real uvicorn server in a thread: what a client in memory cannot see, such as open event streams."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests
import uvicorn
from starlette.applications import Starlette

PATIENCE_S = 30.0


class _Server(uvicorn.Server):  # type: ignore[misc] # uvicorn is not typed here
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the main thread's."""
        yield


@contextmanager
def serving(app: Starlette, port: int = 0, graceful_s: int = 1) -> Iterator[str]:
    """The address of the app while the block runs; with `graceful_s` 0 whatever runs at its end is cut off."""
    config = uvicorn.Config(
        app, port=port, ws="none", log_config=None, access_log=False, timeout_graceful_shutdown=graceful_s
    )
    server = _Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + PATIENCE_S
    while not server.started:
        assert thread.is_alive(), "the server ended while it started"
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)
        assert not thread.is_alive(), "the server did not stop"


@dataclass
class Stream:
    """One open event stream, read in a thread of its own: (event, id, data) in order."""

    address: str
    headers: dict[str, str]
    events: list[tuple[str, str | None, Any]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    answer: requests.Response | None = None

    def open(self) -> Stream:
        self.answer = requests.get(self.address, headers=self.headers, stream=True, timeout=PATIENCE_S)
        if self.answer.ok:
            threading.Thread(target=self._read, daemon=True).start()
        return self

    def close(self) -> None:
        assert self.answer is not None
        self.answer.close()

    def _read(self) -> None:
        assert self.answer is not None
        waiting = b""
        try:
            for chunk in self.answer.iter_content(chunk_size=None):
                *whole, waiting = (waiting + chunk).split(b"\r\n\r\n")
                for block in whole:
                    self._take(dict(line.partition(": ")[::2] for line in block.decode().splitlines()))
        except (requests.RequestException, AttributeError, OSError):
            pass  # closed by the test, or cut off by the server
        finally:
            self.ended.set()

    def _take(self, lines: dict[str, str]) -> None:
        if "event" in lines:  # else a heartbeat
            self.events.append((lines["event"], lines.get("id"), json.loads(lines["data"])))

    def wait_for(self, enough: Callable[[list[tuple[str, str | None, Any]]], bool]) -> None:
        """Wait until what has come is enough."""
        deadline = time.monotonic() + PATIENCE_S
        while not enough(self.events):
            assert time.monotonic() < deadline, f"only {self.events} came"
            time.sleep(0.02)

    def ids(self) -> list[int]:
        return [int(number) for event, number, _ in self.events if event == "message" and number]
