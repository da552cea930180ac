"""/staff/requests: who wants their data deleted, copied or corrected, until when, and what was decided."""

from __future__ import annotations

import re
import secrets
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.errors import PrivacyRequestError
from knee_intake.records.audit import write_audit
from knee_intake.records.people import people_of
from knee_intake.records.privacy_requests import (
    DECISIONS,
    KINDS,
    LONGEST_NOTE,
    LONGEST_REPLY,
    WAYS_IN,
    WAYS_OUT,
    Asked,
    Decision,
    RowDict,
    decided_requests,
    open_requests,
    requests_of,
)
from knee_intake.records.restrictions import hidden_ids
from knee_intake.records.staff_accounts import Member
from knee_intake.records.staff_queries import mark
from knee_intake.web import request_deeds as deeds
from knee_intake.web.bodies import clean_id, row_number
from knee_intake.web.context import AppContext
from knee_intake.web.staff_gate import LIVE_HEADER, require

if TYPE_CHECKING:
    from knee_intake.web.staff import Console, Form

PAGE = "/staff/requests"
KIND_LABELS = {"delete": "delete my data", "copy": "a copy of my data", "correct": "correct my data"}
DECISION_LABELS = {"done": "done", "partly": "partly done", "refused": "refused"}
WAY_LABELS = {"chat": "in the chat", "phone": "on the phone", "mail": "by mail", "letter": "by letter"}
_MAX_NAME, _MAX_CONTACT = 80, 120  # characters, as the table holds them
_CONVERSATION = re.compile(r"(?:.{0,80}/staff/conversations/)?([0-9a-f-]{36})")
"""A conversation's number, or the address of its page."""


def request_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """The queue, the page of each request, and the copy that is given out."""
    pages = RequestPages(context, console)
    return [
        Route(PAGE, console.page(pages.all), methods=["GET"]),
        Route(PAGE, console.page(pages.add), methods=["POST"]),
        Route(f"{PAGE}/{{request}}", console.page(pages.one), methods=["GET"]),
        Route(f"{PAGE}/{{request}}", console.page(pages.decide), methods=["POST"]),
        Route(f"{PAGE}/{{request}}/copy", console.page(pages.copy), methods=["GET"]),
    ]


class RequestPages:
    """The handlers; each runs in a worker thread."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console = context, console
        self._zone = context.clinic.practice.zoneinfo()

    def all(self, request: Request, _form: Form) -> Response:
        about = _conversation(request.query_params.get("conversation", ""))
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            hidden = hidden_ids(session.member, self._context.clock())
            waiting, decided = open_requests(connection, hidden), decided_requests(connection, hidden)
            live = {"live": True} if LIVE_HEADER in request.headers else {}
            write_audit(
                connection, now=self._context.clock(), staff_id=session.member.id, action="requests",
                detail={"open": len(waiting), **live},
            )  # fmt: skip
            state = mark(connection)
        now = self._context.clock()
        body = self._console.view.render(
            "requests", session=session, mark=state, now=now, waiting=waiting, decided=decided, about=about or "",
            due=self._due(now).date().isoformat(), today=now.astimezone(self._zone).date().isoformat(),
            key=secrets.token_urlsafe(12), longest=LONGEST_NOTE, **_labels(),
        )  # fmt: skip
        return HTMLResponse(body)

    def add(self, request: Request, form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            require(session.member, "reviewer")
            deeds.note_request(self._context, connection, session.member, self._asked(form))
        return RedirectResponse(PAGE, status_code=303)

    def _asked(self, form: Form) -> Asked:
        """Raises PrivacyRequestError."""
        now, typed = self._context.clock(), form.get("conversation", "").strip()
        conversation = _conversation(typed)
        if typed and conversation is None:
            raise PrivacyRequestError("A conversation is given by its number or the address of its page.")
        name, contact, note = (" ".join(form.get(field, "").split()) for field in ("name", "contact", "note"))
        if len(name) > _MAX_NAME or len(contact) > _MAX_CONTACT or len(note) > LONGEST_NOTE:
            raise PrivacyRequestError(f"A name has {_MAX_NAME} characters at most, a contact {_MAX_CONTACT}.")
        asked_at = self._day(form.get("asked_at", ""), now)
        due_at = self._day(form.get("due_at", ""), self._due(asked_at), ends=True)
        if asked_at > now or due_at < asked_at:
            raise PrivacyRequestError("It was asked today or before, and is due after that.")
        return Asked(
            form.get("kind", ""), form.get("asked_by", ""), asked_at, due_at, conversation,
            clean_id(form.get("key", "")), name, contact, note,
        )  # fmt: skip

    def _due(self, asked_at: datetime) -> datetime:
        return asked_at + timedelta(days=self._context.clinic.practice.requests.due_days)

    def _day(self, text: str, default: datetime, *, ends: bool = False) -> datetime:
        """A typed day in the clinic's zone: its beginning, or its end. Today's beginning is now at the latest."""
        if not text:
            return default
        try:
            day = date.fromisoformat(text)
            return datetime.combine(day, time(23, 59) if ends else time(), self._zone)
        except (ValueError, OverflowError):
            raise PrivacyRequestError("A date is written 2026-11-23.") from None

    def _find(self, request: Request, connection: Connection, member: Member) -> RowDict:
        """Raises NotFoundError."""
        return deeds.see_request(self._context, connection, member, row_number(request.path_params["request"]))

    def one(self, request: Request, _form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            row = self._find(request, connection, session.member)
            hidden = hidden_ids(session.member, self._context.clock())
            joined = people_of(connection, row["there"], hidden).joined if row["there"] else ()
            write_audit(
                connection, now=self._context.clock(), staff_id=session.member.id, action="request",
                subject=row["conversation_id"], detail={"request": row["id"]},
            )  # fmt: skip
            state = mark(connection)
        chat = row["there"] is not None and row["consent_at"] is not None
        body = self._console.view.render(
            "request", session=session, mark=state, row=row, now=self._context.clock(), joined=joined,
            may_decide=session.member.may(deeds.role_for(row["kind"])), has_chat=chat, formats=deeds.FORMATS,
            longest=LONGEST_NOTE, longest_reply=LONGEST_REPLY, **_labels(),
        )  # fmt: skip
        return HTMLResponse(body)

    def decide(self, request: Request, form: Form) -> Response:
        """A decision. What deletes a conversation needs the tick that says so, and is one transaction with it."""
        decision = Decision(
            form.get("state", ""), " ".join(form.get("reason", "").split()), form.get("reply", "").strip(),
            form.get("reply_by") or None,
        )  # fmt: skip
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            require(session.member, "reviewer")
            row = self._find(request, connection, session.member)
            require(session.member, deeds.role_for(row["kind"]))
            if row["state"] != "open" and _is_same(row, decision):
                return RedirectResponse(PAGE, status_code=303)
            deletes = deeds.erases(row, decision)
            if deletes and "sure" not in form:
                raise PrivacyRequestError("Tick that the conversation is to be deleted. It cannot be brought back.")
            if not deletes:
                deeds.decide_request(self._context, connection, session.member, row, decision)
        if deletes:
            deeds.erase_request(self._context, session.member, row, decision)
        return RedirectResponse(PAGE, status_code=303)

    def copy(self, request: Request, _form: Form) -> Response:
        form = request.query_params.get("format", "json")
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            require(session.member, "manager")
            row = self._find(request, connection, session.member)
            content, kind, ending = deeds.copy_of(self._context, connection, session.member, row, form)
        headers = {"content-disposition": f'attachment; filename="request-{row["id"]}.{ending}"'}
        return Response(content, media_type=kind, headers=headers)


def requests_section(connection: Connection, conversation: str) -> dict[str, Any]:
    """What the section on a conversation's page shows."""
    return {"privacy_requests": requests_of(connection, conversation), "request_kinds": KIND_LABELS}


def _labels() -> dict[str, Any]:
    return {
        "kinds": {kind: KIND_LABELS[kind] for kind in KINDS},
        "ways_in": {way: WAY_LABELS[way] for way in WAYS_IN if way != "chat"},
        "ways_out": {way: WAY_LABELS[way] for way in WAYS_OUT},
        "ways": WAY_LABELS,
        "decisions": {state: DECISION_LABELS[state] for state in DECISIONS},
    }


def _is_same(row: RowDict, decision: Decision) -> bool:
    """A form that was sent twice, or one of a conversation that has gone with it."""
    return row["state"] == decision.state and row["reason"] in (None, decision.reason)


def _conversation(text: str) -> str | None:
    found = _CONVERSATION.fullmatch(text.strip())
    return found[1] if found else None
