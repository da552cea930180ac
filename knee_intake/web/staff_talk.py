"""Staff answer in a chat themselves: take it over, write, hand it back; forms, and what tells the page of news."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

import anyio.from_thread
from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.dialogue.bus import Bus
from knee_intake.errors import (
    ChatGoneError,
    KneeIntakeError,
    NotFoundError,
    NotOpenToStaffError,
    NotReadyError,
    NotWritingError,
)
from knee_intake.records.audit import write_audit
from knee_intake.records.staff_accounts import Member
from knee_intake.records.staff_queries import Detail, read_conversation
from knee_intake.web.bodies import clean_id, clean_text
from knee_intake.web.context import AppContext
from knee_intake.web.problems import problem_response
from knee_intake.web.staff_gate import require, secured

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from knee_intake.dialogue.engine import Dialogue
    from knee_intake.web.staff import Console

HEARTBEAT_S = 15
LOOK_S = 10.0
"""So often an open stream looks whether its session still holds."""

Form = Mapping[str, str]


def staff_talk_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """The forms of a conversation's page by which staff talk to the visitor, and its event stream."""
    pages = TalkPages(context, console)
    one = "/staff/conversations/{id}"
    return [
        Route(f"{one}/takeover", console.page(pages.take_over), methods=["POST"]),
        Route(f"{one}/messages", console.page(pages.write), methods=["POST"]),
        Route(f"{one}/handback", console.page(pages.hand_back), methods=["POST"]),
        Route(f"{one}/events", pages.events, methods=["GET"]),
    ]


def start(context: AppContext, connection: Connection, member: Member, conversation: str, action: str) -> Detail:
    """Check that staff may talk here, and write down who wants to before it is done.

    Raises NotOpenToStaffError, ChatGoneError, NotReadyError, RoleError.
    """
    require(member, "reviewer")
    try:
        detail = read_conversation(connection, conversation)
    except NotFoundError:
        raise ChatGoneError("no such conversation") from None
    if detail.is_closed and action != "handback":
        raise NotOpenToStaffError("nobody may write here")
    dialogue_of(context)
    write_audit(connection, now=context.clock(), staff_id=member.id, action=action, subject=conversation)
    return detail


def dialogue_of(context: AppContext) -> Dialogue:
    """The dialogue room. Raises NotReadyError while the model is loaded."""
    if context.dialogue is None:
        raise NotReadyError("the model is not loaded")
    return context.dialogue


class TalkPages:
    """The handlers. The forms run in a worker thread and let the dialogue room work in the event loop."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console = context, console
        self._bus: Bus = context.extra.setdefault("bus", Bus())

    def take_over(self, request: Request, form: Form) -> Response:
        conversation = request.path_params["id"]
        member, _ = self._start(request, form, "takeover")
        anyio.from_thread.run(dialogue_of(self._context).staff_takeover, conversation, member.id)
        return _to(conversation, "text")  # a browser puts the cursor into the box

    def write(self, request: Request, form: Form) -> Response:
        conversation = request.path_params["id"]
        text, key = clean_text(form.get("text", ""), self._context.settings.max_text), clean_id(form.get("key", ""))
        member, detail = self._start(request, form, "message")
        if detail.writer is None or detail.writer.id not in (None, member.id):
            raise NotWritingError("somebody else answers here")
        anyio.from_thread.run(dialogue_of(self._context).staff_message, conversation, member.id, text, key)
        return _to(conversation, "latest")

    def hand_back(self, request: Request, form: Form) -> Response:
        conversation = request.path_params["id"]
        member, _ = self._start(request, form, "handback")
        anyio.from_thread.run(dialogue_of(self._context).staff_handback, conversation, member.id)
        return _to(conversation, "latest")

    def _start(self, request: Request, form: Form, action: str) -> tuple[Member, Detail]:
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            return session.member, start(self._context, connection, session.member, request.path_params["id"], action)

    async def events(self, request: Request) -> Response:
        """Says when something was said in the conversation: no content, so no audit row and no activity."""
        try:
            await run_in_threadpool(self._check, request)
        except KneeIntakeError as error:
            return secured(problem_response(error, instance=request.url.path))
        return secured(EventSourceResponse(self._stream(request), ping=HEARTBEAT_S))

    def _check(self, request: Request) -> None:
        with self._context.database.read() as connection:
            self._console.gate.session(request, connection, touch=False)

    async def _stream(self, request: Request) -> AsyncIterator[dict[str, str]]:
        with self._bus.listen(request.path_params["id"]) as queue:
            while True:
                try:
                    _, signal = await asyncio.wait_for(queue.get(), LOOK_S)
                    if signal == "message":
                        yield {"event": "news", "data": "{}"}
                except asyncio.TimeoutError:
                    try:
                        await run_in_threadpool(self._check, request)
                    except KneeIntakeError:
                        return  # the page asks again and is told why


def _to(conversation: str, part: str) -> Response:
    return RedirectResponse(f"/staff/conversations/{quote(conversation, safe='')}#{part}", status_code=303)
