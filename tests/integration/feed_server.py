"""A calendar server of the tests' own: answers what it is told to, and remembers what it was asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class FeedServer:
    """One feed. `asked` are the headers of the requests so far."""

    address: str = ""
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str | None = None
    pause_s: float = 0.0
    """Waited before each piece of the body."""
    asked: list[dict[str, str]] = field(default_factory=list)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append({name.lower(): value for name, value in handler.headers.items()})
        known = self.etag is not None and handler.headers.get("If-None-Match") == self.etag
        handler.send_response(304 if known else self.status)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        if self.etag:
            handler.send_header("ETag", self.etag)
        body = b"" if known else self.body
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        for start in range(0, len(body), 65_536):
            time.sleep(self.pause_s)
            handler.wfile.write(body[start : start + 65_536])


@contextmanager
def feed_server() -> Iterator[FeedServer]:
    """A running server on this machine."""
    feed = FeedServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(OSError):  # the reader had enough
                feed.answer(self)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    feed.address = f"http://127.0.0.1:{server.server_address[1]}/private-4711/busy.ics"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield feed
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
