"""The staff console as pages: sign-in, the list, one conversation, and the forms on it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
from sqlalchemy.engine import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from knee_intake.errors import KneeIntakeError, RateLimitedError, SignInError
from knee_intake.records.reviews import assignable, known_tags
from knee_intake.records.staff_accounts import Session, has_members, sign_in, sign_out
from knee_intake.records.staff_queries import mark
from knee_intake.web import staff_deeds as deeds
from knee_intake.web.audit_pages import audit_routes
from knee_intake.web.bodies import read_form, row_number
from knee_intake.web.calendar_pages import calendar_routes
from knee_intake.web.context import AppContext
from knee_intake.web.export_pages import export_routes
from knee_intake.web.figures_pages import figures_routes
from knee_intake.web.problems import problem_response
from knee_intake.web.queue_pages import queue_routes
from knee_intake.web.staff_api import staff_api_routes
from knee_intake.web.staff_events import staff_event_routes
from knee_intake.web.staff_gate import LIVE_HEADER, StaffGate, check_form_token, secured
from knee_intake.web.staff_notices import staff_notice_routes
from knee_intake.web.staff_talk import staff_talk_routes
from knee_intake.web.staff_view import StaffView

_OWN_PAGE = re.compile(
    r"/staff(\?[\w%&=+.,:~-]{1,600}|/conversations/[0-9A-Za-z-]{1,36}(/times)?|/notices|/audit|/figures|/calendar(/visit|/feeds)?)?"
)
"""Where a sign-in may lead to: never to another site."""

Form = Mapping[str, str]
Handler = Callable[[Request, Form], Response]


def staff_routes(context: AppContext) -> list[BaseRoute]:
    """Every route under /staff: pages, JSON API, static files."""
    console = Console(context)
    return [
        *queue_routes(context, console),
        Route("/staff/login", console.page(console.login_page), methods=["GET"]),
        Route("/staff/login", console.page(console.login, Queue(at_once=2, waiting=20)), methods=["POST"]),
        Route("/staff/logout", console.page(console.logout), methods=["POST"]),
        Route("/staff/pulse", console.pulse),
        Route("/staff/conversations/{id}", console.page(console.conversation)),
        Route("/staff/conversations/{id}/confirm", console.page(console.confirm), methods=["POST"]),
        Route("/staff/conversations/{id}/acknowledge", console.page(console.acknowledge), methods=["POST"]),
        *staff_talk_routes(context, console),
        *staff_notice_routes(context, console),
        *audit_routes(context, console),
        *figures_routes(context, console),
        *export_routes(context, console),
        *calendar_routes(context, console),
        *staff_event_routes(context, console.gate),
        *staff_api_routes(context, console.gate),
        Mount("/staff/static", _StaffFiles(directory=Path(__file__).parent / "static" / "staff")),
    ]


class Queue:
    """Lets so many requests through at a time and few wait; the others are told to come back.

    A flood of sign-ins, each of which costs time on purpose, must leave the worker threads to the patients.
    """

    def __init__(self, *, at_once: int, waiting: int) -> None:
        self._slots = asyncio.Semaphore(at_once)
        self._free = at_once + waiting

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for one's turn. Raises RateLimitedError where too many wait already."""
        if self._free == 0:
            raise RateLimitedError("too many sign-ins at once")
        self._free -= 1
        try:
            async with self._slots:
                yield
        finally:
            self._free += 1


class Console:
    """The pages. Each handler runs in a worker thread: it waits for the database."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self.gate = StaffGate(context)
        self.view = StaffView(context)

    def page(self, handler: Handler, queue: Queue | None = None) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint around `handler`: reads the form, turns errors into pages, adds the headers."""

        async def endpoint(request: Request) -> Response:
            try:
                form = await read_form(request)
                async with queue.place() if queue else nullcontext():
                    return secured(await run_in_threadpool(handler, request, form))
            except SignInError:
                following = quote(_asked_for(request)) if request.method == "GET" else ""
                return secured(RedirectResponse(f"/staff/login?next={following}", status_code=303))
            except KneeIntakeError as error:
                return secured(HTMLResponse(self.view.problem(error.status, error.visitor), status_code=error.status))

        return endpoint

    # -- signing in and out ------------------------------------------------------------------------------------------

    def login_page(self, request: Request, _form: Form) -> Response:
        return self._login_form(request, _own_page(request.query_params.get("next", "")))

    def login(self, request: Request, form: Form) -> Response:
        self.gate.check_login_token(request, form.get("csrf", ""))
        following = _own_page(form.get("next", ""))
        try:
            secret = sign_in(
                self._context.database, form.get("name", ""), form.get("password", ""), self._context.clock()
            )
        except SignInError:
            return self._login_form(request, following, failed=True)
        response = RedirectResponse(following, status_code=303)
        self.gate.set_session(response, secret)
        return response

    def _login_form(self, request: Request, following: str, *, failed: bool = False) -> Response:
        with self._context.database.read() as connection:
            first = not self._context.settings.live and not has_members(connection)
        nonce = self.gate.login_nonce(request)
        body = self.view.login(token=self.gate.login_token(nonce), following=following, failed=failed, first=first)
        response = HTMLResponse(body, status_code=403 if failed else 200)
        self.gate.set_login_nonce(response, nonce)
        return response

    def logout(self, request: Request, form: Form) -> Response:
        with self._context.database.read() as connection:
            session = self.gate.session(request, connection, touch=False)
        check_form_token(session, form.get("csrf", ""))
        sign_out(self._context.database, self.gate.secret_of(request) or "", session.member, self._context.clock())
        response = RedirectResponse("/staff/login", status_code=303)
        self.gate.clear_session(response)
        return response

    # -- reading -----------------------------------------------------------------------------------------------------

    def conversation(self, request: Request, _form: Form) -> Response:
        conversation = request.path_params["id"]
        with self._context.database.write() as connection:
            session = self.gate.session(request, connection)
            detail = deeds.see_conversation(
                self._context, connection, session.member, conversation, live=LIVE_HEADER in request.headers
            )
            state = mark(connection, conversation)
            members, tags = assignable(connection), known_tags(connection)
        return HTMLResponse(self.view.conversation(session, detail, mark=state, members=members, tags=tags))

    async def pulse(self, request: Request) -> Response:
        """Has anything changed, and how long does the session last? No content, so no audit row and no activity."""
        try:
            return secured(await run_in_threadpool(self._pulse, request))
        except KneeIntakeError as error:
            return secured(problem_response(error, instance=request.url.path))

    def _pulse(self, request: Request) -> Response:
        with self._context.database.read() as connection:
            session = self.gate.session(request, connection, touch=False)
            state = mark(connection, request.query_params.get("conversation") or None)
        left = (session.ends_at - self._context.clock()).total_seconds()
        return Response(msgspec.json.encode({"mark": state, "ends_in_s": int(left)}), media_type="application/json")

    # -- changing ----------------------------------------------------------------------------------------------------

    def confirm(self, request: Request, form: Form) -> Response:
        conversation = request.path_params["id"]
        with self._context.database.write() as connection:
            session = self.checked(request, form, connection)
            deeds.confirm_visit(self._context, connection, session.member, conversation, form.get("reference", ""))
        return _back_to(conversation)

    def acknowledge(self, request: Request, form: Form) -> Response:
        conversation = request.path_params["id"]
        ids = [row_number(part) for part in form.get("alerts", "").split(",")]
        with self._context.database.write() as connection:
            session = self.checked(request, form, connection)
            deeds.acknowledge_alerts(self._context, connection, session.member, conversation, ids)
        return _back_to(conversation)

    def checked(self, request: Request, form: Form, connection: Connection) -> Session:
        """The session behind a posted form. Raises SignInError, FormTokenError."""
        session = self.gate.session(request, connection)
        check_form_token(session, form.get("csrf", ""))
        return session


class _StaffFiles(StaticFiles):
    """Style and script, with the console's headers; the browser asks each time whether they changed."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        return secured(response)


def _asked_for(request: Request) -> str:
    query = request.url.query
    return f"{request.url.path}?{query}" if query and request.url.path == "/staff" else request.url.path


def _own_page(path: str) -> str:
    return path if _OWN_PAGE.fullmatch(path) else "/staff"


def _back_to(conversation: str) -> Response:
    return RedirectResponse(f"/staff/conversations/{quote(conversation, safe='')}", status_code=303)
