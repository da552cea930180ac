"""A small HTTP server whose answers a test decides, alone or in front of a real server."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat
from types import TracebackType

from tests.booking.caldav.calendars import PATIENCE_S, Radicale

DRIP_S = 10.0
PASSED_ON = ("Content-Type", "Depth", "If-Match", "If-None-Match")


@dataclass
class Asked:
    """A request that came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Reply:
    """What goes out. `length` is what Content-Length says; None leaves the header away and ends by closing."""

    status: int = 207
    body: bytes = b'<multistatus xmlns="DAV:"/>'
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = -1
    wait_for: str = ""
    """"head" or "body": a byte now and then of it, until the test ends, or DRIP_S is over."""


Behave = Callable[[Asked], "Reply | None"]
"""None passes the request on to the server behind, or gives an empty multistatus."""

DAV = '<multistatus xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">{}</multistatus>'


def in_turn(*replies: Reply | None) -> Behave:
    """These replies, then whatever the server itself says."""
    coming: Iterator[Reply | None] = chain(replies, repeat(None))
    return lambda asked: next(coming)


def multistatus(data: str, status: str = "HTTP/1.1 200 OK", etag: str = '"1"') -> Reply:
    """One event at /a.ics."""
    text = data.replace("&", "&amp;").replace("<", "&lt;")
    prop = f"<prop><getetag>{etag}</getetag><C:calendar-data>{text}</C:calendar-data></prop>"
    part = f"<propstat>{prop}<status>{status}</status></propstat>"
    return Reply(body=DAV.format(f"<response><href>/a.ics</href>{part}</response>").encode())


class Faulty:
    """`with Faulty() as server: server.behave = lambda asked: Reply(500)`."""

    def __init__(self, upstream: Radicale | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.upstream = upstream
        self.behave: Behave = lambda asked: None
        self.asked: list[Asked] = []
        self.over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._scheme = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def address(self) -> str:
        path = self.upstream.address.split("/", 3)[3] if self.upstream else ""
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}/{path}"

    @property
    def methods(self) -> list[str]:
        return [asked.method for asked in self.asked]

    def __enter__(self) -> Faulty:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.over.set()
        self._server.shutdown()
        self._thread.join(PATIENCE_S)
        self._server.server_close()

    def _reply(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        reply = self.behave(asked)
        if reply is not None:
            return reply
        if self.upstream is None:
            return Reply()
        passed = {name: value for name, value in asked.headers.items() if name in PASSED_ON}
        got = self.upstream.ask(asked.method, asked.path, asked.body, **passed)
        return Reply(got.status_code, got.content, {n: got.headers[n] for n in ("ETag",) if n in got.headers})

    def _handler(faulty: Faulty) -> type[BaseHTTPRequestHandler]:  # noqa: N805 # `self` is the handler's, below
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except ConnectionError:  # the client has had enough
                    self.close_connection = True

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                reply = faulty._reply(Asked(self.command, self.path, dict(self.headers), body))
                if reply.wait_for == "head":
                    self.drip(b"HTTP/1.1 ")
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.length is None:
                    self.send_header("Connection", "close")
                else:
                    self.send_header("Content-Length", str(len(reply.body) if reply.length < 0 else reply.length))
                self.end_headers()
                if reply.wait_for == "body":
                    self.drip(b" ")
                self.wfile.write(reply.body)
                if reply.length != -1:
                    self.close_connection = True

            def drip(self, piece: bytes) -> None:
                end = time.monotonic() + DRIP_S
                while time.monotonic() < end and not faulty.over.wait(0.05):
                    self.wfile.write(piece)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        for method in ("REPORT", "GET", "PUT", "DELETE"):
            setattr(Handler, f"do_{method}", Handler.answer)
        return Handler


@contextmanager
def nobody() -> Iterator[str]:
    """An address where nobody listens."""
    with Faulty() as server:
        address = server.address
    yield address
