"""The staff console as pages: sign-in, the list, one conversation, and the forms on it."""

from __future__ import annotations

import asyncio
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

from knee_intake.errors import DutyError, KneeIntakeError, RateLimitedError, RestrictedError, SignInError
from knee_intake.records.calls import call_of
from knee_intake.records.restrictions import hidden_ids, nameable, open_until, restriction
from knee_intake.records.reviews import assignable, known_tags
from knee_intake.records.staff_accounts import Session
from knee_intake.records.staff_queries import mark, read_conversation
from knee_intake.web import staff_deeds as deeds
from knee_intake.web.account_pages import account_routes
from knee_intake.web.audit_pages import audit_routes
from knee_intake.web.bodies import read_form, row_number
from knee_intake.web.calendar_pages import calendar_routes
from knee_intake.web.call_pages import call_routes
from knee_intake.web.chart_pages import chart_routes
from knee_intake.web.clinic_pages import clinic_routes
from knee_intake.web.context import AppContext
from knee_intake.web.conversation_sections import sections
from knee_intake.web.conversation_view import page_values, read_beside
from knee_intake.web.export_pages import export_routes
from knee_intake.web.figures_pages import figures_routes
from knee_intake.web.learning_pages import learning_routes
from knee_intake.web.members_pages import member_routes
from knee_intake.web.people_pages import people_routes
from knee_intake.web.phone_pages import phone_routes
from knee_intake.web.problems import problem_response
from knee_intake.web.queue_pages import queue_routes
from knee_intake.web.reply_pages import reply_routes
from knee_intake.web.request_pages import request_routes
from knee_intake.web.restriction_pages import restriction_routes
from knee_intake.web.retention_pages import retention_routes
from knee_intake.web.review_pages import review_routes
from knee_intake.web.sign_in_pages import sign_in_routes
from knee_intake.web.staff_api import staff_api_routes
from knee_intake.web.staff_events import staff_event_routes
from knee_intake.web.staff_gate import LIVE_HEADER, StaffGate, check_form_token, secured
from knee_intake.web.staff_notices import staff_notice_routes
from knee_intake.web.staff_talk import staff_talk_routes
from knee_intake.web.staff_view import StaffView
from knee_intake.web.visit_pages import visit_routes

Form = Mapping[str, str]
Handler = Callable[[Request, Form], Response]


def staff_routes(context: AppContext) -> list[BaseRoute]:
    """Every route under /staff: pages, JSON API, static files."""
    console = Console(context)
    passwords = Queue(at_once=2, waiting=20)
    return [
        *queue_routes(context, console),
        *sign_in_routes(context, console, passwords),
        *account_routes(context, console, passwords),
        *member_routes(context, console),
        *restriction_routes(context, console),
        *retention_routes(context, console),
        Route("/staff/pulse", console.pulse),
        Route("/staff/conversations/{id}", console.page(console.conversation)),
        Route("/staff/conversations/{id}/confirm", console.page(console.confirm), methods=["POST"]),
        Route("/staff/conversations/{id}/acknowledge", console.page(console.acknowledge), methods=["POST"]),
        *staff_talk_routes(context, console),
        *review_routes(context, console),
        *chart_routes(context, console),
        *visit_routes(context, console),
        *staff_notice_routes(context, console),
        *audit_routes(context, console),
        *clinic_routes(context, console),
        *figures_routes(context, console),
        *export_routes(context, console),
        *calendar_routes(context, console),
        *learning_routes(context, console),
        *call_routes(context, console),
        *people_routes(context, console),
        *reply_routes(context, console),
        *phone_routes(context, console),
        *request_routes(context, console),
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
            except DutyError as error:
                return secured(RedirectResponse(error.page, status_code=303))
            except RestrictedError as error:
                return secured(await run_in_threadpool(self.restricted_page, request, error.conversation))
            except SignInError:
                following = quote(_asked_for(request)) if request.method == "GET" else ""
                return secured(RedirectResponse(f"/staff/login?next={following}", status_code=303))
            except KneeIntakeError as error:
                return secured(HTMLResponse(self.view.problem(error.status, error.visitor), status_code=error.status))

        return endpoint

    # -- reading -----------------------------------------------------------------------------------------------------

    def conversation(self, request: Request, _form: Form) -> Response:
        conversation, now = request.path_params["id"], self._context.clock()
        with self._context.database.write() as connection:
            session = self.gate.session(request, connection)
            detail = deeds.see_conversation(
                self._context, connection, session.member, conversation, live=LIVE_HEADER in request.headers
            )
            state = mark(connection, conversation)
            members = assignable(connection)
            tags = known_tags(connection, hidden_ids(session.member, now))
            named, everybody = restriction(connection, conversation), nameable(connection)
            until = open_until(connection, session.member, conversation, now)
            picked = request.query_params.get("reply")
            call = call_of(connection, conversation, now)
            more = sections(self._context, self.view, connection, session.member, detail, call, picked)
            written = read_beside(self._context, connection, session.member, conversation)
            session = self.gate.session(request, connection, touch=False)  # the mentions here are seen now
        with_notes = request.query_params.get("notes") != "0"
        body = self.view.conversation(
            session,
            detail,
            mark=state,
            members=members,
            tags=tags,
            beside=page_values(self._context.clinic, session.member, detail, written, call, with_notes=with_notes),
            restricted_to=named,
            open_until=until,
            everybody=everybody,
            **more,
        )
        return HTMLResponse(body)

    def restricted_page(
        self, request: Request, conversation: str, *, failed: str | None = None, reason: str = ""
    ) -> Response:
        """Shown instead of a conversation that is closed to the caller: that it exists, and how urgent it is."""
        with self._context.database.read() as connection:
            session = self.gate.session(request, connection, touch=False, restricted_too=True)
            item, state = read_conversation(connection, conversation).item, mark(connection)
        body = self.view.render("restricted", session=session, mark=state, item=item, failed=failed, reason=reason)
        return HTMLResponse(body, status_code=RestrictedError.status)

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

    def checked(
        self,
        request: Request,
        form: Form,
        connection: Connection,
        *,
        during_duty: bool = False,
        restricted_too: bool = False,
    ) -> Session:
        """The session behind a posted form. Raises FormTokenError, and what the gate's `session` raises."""
        session = self.gate.session(
            request, connection, during_duty=during_duty, restricted_too=restricted_too
        )  # fmt: skip
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


def _back_to(conversation: str) -> Response:
    return RedirectResponse(f"/staff/conversations/{quote(conversation, safe='')}", status_code=303)
