"""A proxy on the wire between our client and a real server, that fails at a chosen request of a call."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

PATIENCE_S = 30.0
DROPPED = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})


@dataclass(frozen=True)
class Request:
    """One as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Plan:
    """What goes wrong in one call of the calendar.

    reset: the connection ends before the request is passed on. slow: it is passed on, the answer is too late. late: the
    same, and the server gets the request only after the call. 500: answered and not passed on. 500 after: passed on,
    and answered so. truncated: half of the answer, head and body. lost: passed on, no answer.
    """

    kind: str
    first: int
    """The request that it begins with, from 0."""
    lasts: bool
    """To the end of the call, or for one request."""
    seen: int = 0
    hits: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def next(self) -> str | None:
        """What is to happen to the request that has just come."""
        number, self.seen = self.seen, self.seen + 1
        if number == self.first or (self.lasts and number > self.first):
            self.hits += 1
            return self.kind
        return None


class FaultyProxy:
    """`with FaultyProxy(address) as proxy, proxy.failing(Plan("lost", 1, lasts=False)): ...`"""

    def __init__(self, upstream: str) -> None:
        """`upstream` is the address of the server; what follows the host is kept."""
        parts = urlsplit(upstream)
        self._host, self._port, self._path = str(parts.hostname), int(parts.port or 80), parts.path
        self.plan: Plan | None = None
        self.late: list[Request] = []
        """What the server has still to get."""
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}{self._path}"

    def __enter__(self) -> FaultyProxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join(PATIENCE_S)
        self._server.server_close()

    @contextmanager
    def failing(self, plan: Plan) -> Iterator[None]:
        """The requests of this block fail by the plan."""
        self.plan = plan
        try:
            yield
        finally:
            self.plan = None
            plan.over.set()

    def deliver(self, requests: list[Request]) -> None:
        """The server gets these now; nobody waits for the answers."""
        for request in requests:
            connection = self.connect()
            pass_on(connection, request)
            connection.close()

    def connect(self) -> HTTPConnection:
        return HTTPConnection(self._host, self._port, timeout=PATIENCE_S)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """A client that went away is part of the test."""


def pass_on(connection: HTTPConnection, request: Request) -> tuple[int, str, list[tuple[str, str]], bytes]:
    """Status, reason, headers and body of the server's answer."""
    connection.request(request.method, request.path, request.body, request.headers)
    answer = connection.getresponse()
    body = answer.read()
    return answer.status, answer.reason, answer.getheaders(), body


def _handler(proxy: FaultyProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            self.upstream = proxy.connect()

        def finish(self) -> None:
            self.upstream.close()
            with suppress(OSError):
                super().finish()

        def serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in DROPPED}
            request, plan = Request(self.command, self.path, headers, body), proxy.plan
            kind = plan.next() if plan is not None else None
            if kind == "500":
                self.give(500, "Out of order", [], b"")
                return
            if kind == "late":
                proxy.late.append(request)
            if kind in ("reset", "late"):
                self.leave(plan if kind == "late" else None)
                return
            status, reason, given, content = self.ask(request)
            if kind in ("lost", "slow"):
                self.leave(plan if kind == "slow" else None)
            elif kind == "500 after":
                self.give(500, "Out of order", [], b"")
            else:
                self.give(status, reason, given, content, is_half=kind == "truncated")

        def ask(self, request: Request) -> tuple[int, str, list[tuple[str, str]], bytes]:
            try:
                return pass_on(self.upstream, request)
            except (HTTPException, OSError):  # the server has closed a connection that was idle
                self.upstream.close()
                return pass_on(self.upstream, request)

        def give(
            self, status: int, reason: str, given: list[tuple[str, str]], body: bytes, *, is_half: bool = False
        ) -> None:
            lines = [f"HTTP/1.1 {status} {reason}", f"Content-Length: {len(body)}"]
            lines += [f"{name}: {value}" for name, value in given if name.lower() not in DROPPED]
            whole = "\r\n".join([*lines, "", ""]).encode("latin-1") + body
            self.close_connection = self.close_connection or is_half
            self.wfile.write(whole[: len(whole) // 2] if is_half else whole)

        def leave(self, plan: Plan | None) -> None:
            """End the connection without an answer; with a plan, once the client has given up."""
            if plan is not None:
                plan.over.wait(PATIENCE_S)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Quiet."""

    for method in ("GET", "POST", "PUT", "DELETE", "REPORT", "PROPFIND", "OPTIONS"):
        setattr(Handler, f"do_{method}", Handler.serve)
    return Handler


@contextmanager
def nobody_listens() -> Iterator[str]:
    """host:port that is taken, so that nobody else can, and refuses every connection."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"
