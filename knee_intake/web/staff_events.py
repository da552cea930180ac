"""What waits for staff, live: server-sent events under /staff/events for whoever has a session.

Only counts and marks travel, never content, so nothing is replayed and no view is written down. A page that gets no
stream goes on asking /staff/pulse.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from threading import Lock
from typing import Any

import msgspec
from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from knee_intake.dialogue.bus import Bus
from knee_intake.errors import KneeIntakeError, SignInError, StorageError
from knee_intake.records.reviews import count
from knee_intake.records.staff_queries import mark
from knee_intake.web.context import AppContext
from knee_intake.web.problems import problem_response
from knee_intake.web.staff_gate import StaffGate, secured

LOOK_S = 2.0
"""Between two looks; a message in this process is seen at once."""
SHARED_S = 0.5
"""All open pages share a look for so long."""
HEARTBEAT_S = 15
WARNED_S = 90
"""From so many seconds before the session's end its end is told at each look."""


def staff_event_routes(context: AppContext, gate: StaffGate) -> list[BaseRoute]:
    """The stream."""
    return [Route("/staff/events", StaffEvents(context, gate).events, methods=["GET"])]


class StaffEvents:
    """`event: state` {mark, unread, urgent, alarm, ends_in_s} when something changed; `event: ended` at the end."""

    def __init__(self, context: AppContext, gate: StaffGate) -> None:
        self._context, self._gate = context, gate
        self._bus: Bus = context.extra.get("bus") or Bus()
        self._lock = Lock()
        self._looked: tuple[float, dict[str, Any]] = (float("-inf"), {})

    async def events(self, request: Request) -> Response:
        try:
            await run_in_threadpool(self._left, request)
        except KneeIntakeError as error:
            return secured(problem_response(error, instance=request.url.path))
        return secured(EventSourceResponse(self._stream(request), ping=HEARTBEAT_S))

    async def _stream(self, request: Request) -> AsyncIterator[dict[str, str]]:
        told: dict[str, Any] = {}
        with self._bus.listen() as queue:
            while True:
                try:
                    left = await run_in_threadpool(self._left, request)
                    state = await run_in_threadpool(self._look)
                except SignInError:
                    yield {"event": "ended", "data": "{}"}
                    return
                except StorageError:
                    return  # the reader comes back
                if state != told or left <= WARNED_S:
                    told = state
                    yield {"event": "state", "data": msgspec.json.encode({**state, "ends_in_s": left}).decode()}
                try:
                    await asyncio.wait_for(queue.get(), LOOK_S)
                except asyncio.TimeoutError:
                    continue
                await asyncio.sleep(SHARED_S)  # a turn gives several signals
                while not queue.empty():
                    queue.get_nowait()

    def _left(self, request: Request) -> int:
        """Seconds that the session lasts if nothing is done. Raises SignInError."""
        with self._context.database.read() as connection:
            session = self._gate.session(request, connection, touch=False)
        return int((session.ends_at - self._context.clock()).total_seconds())

    def _look(self) -> dict[str, Any]:
        with self._lock:
            if time.monotonic() - self._looked[0] > SHARED_S:
                with self._context.database.read() as connection:
                    counts = count(connection)
                    state = {"mark": mark(connection), **vars(counts)}
                self._looked = (time.monotonic(), state)
            return self._looked[1]
