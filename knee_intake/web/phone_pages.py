"""/staff/phone-intake: staff read the interview's questions aloud and put a caller's answers in.

It is a conversation like any other, through the same turns: only that the key stays on the server, each message keeps
who typed it, and consent who heard it. The message's id comes from the place in the transcript, so a form that is sent
twice is one answer, and of two members who answer the same question the second is told.
"""

from __future__ import annotations

import re
import secrets
import uuid
from typing import TYPE_CHECKING
from urllib.parse import quote

import anyio.from_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.errors import IdReusedError, RequestError, ReviewChangedError, SignInError
from knee_intake.records.audit import write_audit
from knee_intake.records.phone_intakes import going_on, phone_conversation
from knee_intake.records.restrictions import hidden_ids
from knee_intake.records.reviews import mark_seen
from knee_intake.records.staff_accounts import Session
from knee_intake.records.staff_queries import mark
from knee_intake.records.store import Store
from knee_intake.web.bodies import clean_id, clean_text
from knee_intake.web.context import AppContext
from knee_intake.web.phone_view import phone_page, said
from knee_intake.web.staff_gate import require
from knee_intake.web.staff_talk import dialogue_of

if TYPE_CHECKING:
    from knee_intake.web.staff import Console, Form

PAGE = "/staff/phone-intake"
_CALLS = uuid.UUID("5b0f2c57-6f0e-4a83-9d5e-1f6f5d8f0a11")
"""Names the ids of conversations that begin with a form of ours."""
_MESSAGE_ID = re.compile(r"phone-\d{1,9}")


def phone_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """The start, and the page of each call."""
    pages = PhonePages(context, console)
    return [
        Route(PAGE, console.page(pages.start_page), methods=["GET"]),
        Route(PAGE, console.page(pages.start), methods=["POST"]),
        Route(f"{PAGE}/{{id}}", console.page(pages.call), methods=["GET"]),
        Route(f"{PAGE}/{{id}}", console.page(pages.answer), methods=["POST"]),
    ]


class PhonePages:
    """The handlers. The forms run in a worker thread and let the dialogue room work in the event loop."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console = context, console
        self._store = Store(context.database, context.secret)

    def start_page(self, request: Request, _form: Form) -> Response:
        now = self._context.clock()
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            require(session.member, "reviewer")
            found = going_on(connection, now, hidden_ids(session.member, now))
            write_audit(
                connection, now=now, staff_id=session.member.id, action="phone_list", detail={"calls": len(found)}
            )
            state = mark(connection)
        body = self._console.view.render(
            "phone_start", session=session, mark=state, calls=found, key=secrets.token_urlsafe(24)
        )
        return HTMLResponse(body)

    def start(self, request: Request, form: Form) -> Response:
        """Begin a call. Sent twice it is one conversation."""
        key = clean_id(form.get("key", ""))
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            require(session.member, "reviewer")
            dialogue = dialogue_of(self._context)
            conversation = str(uuid.uuid5(_CALLS, f"{session.member.id}:{key}"))
            write_audit(
                connection, now=self._context.clock(), staff_id=session.member.id, action="phone_start",
                subject=conversation,
            )  # fmt: skip
        anyio.from_thread.run(dialogue.open_by_phone, conversation)
        return _to(conversation)

    def call(self, request: Request, _form: Form) -> Response:
        conversation = request.path_params["id"]
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            require(session.member, "reviewer")
            row = phone_conversation(connection, conversation)
            mark_seen(connection, conversation)
            now = self._context.clock()
            write_audit(connection, now=now, staff_id=session.member.id, action="view", subject=conversation)
        lines = self._store.transcript(conversation)
        with self._context.database.read() as connection:
            state = mark(connection, conversation)
        body = self._console.view.render(
            "phone_call", session=session, mark=state, row=row, longest=self._context.settings.max_text,
            clinic_phone=self._context.clinic.practice.phone_text(), **phone_page(lines),
        )  # fmt: skip
        return HTMLResponse(body)

    def answer(self, request: Request, form: Form) -> Response:
        """Put an answer in. A session that has ended leads back to this page after signing in: nothing else is lost."""
        conversation = request.path_params["id"]
        try:
            session = self._checked(request, form, conversation)
        except SignInError:
            return RedirectResponse(f"/staff/login?next={quote(f'{PAGE}/{conversation}')}", status_code=303)
        text = clean_text(said(form), self._context.settings.max_text)
        message_id = clean_id(form.get("message_id", ""))
        if not _MESSAGE_ID.fullmatch(message_id):
            raise RequestError("`message_id` is none of this page's")
        dialogue = dialogue_of(self._context)
        try:
            anyio.from_thread.run(dialogue.say, conversation, message_id, text, None, session.member.id)
        except IdReusedError:
            raise ReviewChangedError("the question has another answer already") from None
        return _to(conversation)

    def _checked(self, request: Request, form: Form, conversation: str) -> Session:
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            require(session.member, "reviewer")
            phone_conversation(connection, conversation)
            write_audit(
                connection, now=self._context.clock(), staff_id=session.member.id, action="phone_answer",
                subject=conversation,
            )  # fmt: skip
        return session


def _to(conversation: str) -> Response:
    return RedirectResponse(f"{PAGE}/{quote(conversation, safe='')}#now", status_code=303)
