"""/staff/calls: whom to ring next, and what came of each try; the same as a section of a conversation's page."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import phonenumbers
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.booking import time_label
from knee_intake.booking.limits import REGION
from knee_intake.call_times import chosen, presets
from knee_intake.errors import CallFormError
from knee_intake.interview import summary
from knee_intake.records.audit import write_audit
from knee_intake.records.calls import LONGEST_NOTE, Call, Tried, call_list, note_attempt
from knee_intake.records.restrictions import hidden_ids
from knee_intake.records.staff_accounts import Member
from knee_intake.records.staff_queries import mark
from knee_intake.web.bodies import clean_id, row_number
from knee_intake.web.context import AppContext
from knee_intake.web.staff_gate import LIVE_HEADER, require

if TYPE_CHECKING:
    from knee_intake.web.staff import Console, Form

PAGE = "/staff/calls"
_DONE = "reached_done"
"""Reached, and nothing is left to ring about; the other outcomes leave the person on the list."""
_SETTLES = (_DONE, "letter")
_DIALLED = re.compile(r"\+?\d{5,15}")


def call_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """The list, and the form that notes a try."""
    pages = CallPages(context, console)
    return [
        Route(PAGE, console.page(pages.calls), methods=["GET"]),
        Route("/staff/conversations/{id}/calls", console.page(pages.note), methods=["POST"]),
    ]


class CallPages:
    """The handlers; each runs in a worker thread."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console = context, console

    def calls(self, request: Request, _form: Form) -> Response:
        now = self._context.clock()
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            found, more = call_list(connection, now, hidden_ids(session.member, now))
            live = {"live": True} if LIVE_HEADER in request.headers else {}
            write_audit(
                connection, now=now, staff_id=session.member.id, action="calls", detail={"people": len(found), **live}
            )
            state = mark(connection)
        body = self._console.view.render(
            "calls", session=session, mark=state, more=more,
            lines=[call_line(self._context, call) for call in found], choices=choices(self._context),
        )  # fmt: skip
        return HTMLResponse(body)

    def note(self, request: Request, form: Form) -> Response:
        """One try. Sent twice it is one."""
        conversation = request.path_params["id"]
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            note_call(self._context, connection, session.member, conversation, form)
        own = f"/staff/conversations/{quote(conversation, safe='')}#calls"
        return RedirectResponse(PAGE if form.get("back") == "calls" else own, status_code=303)


def note_call(context: AppContext, connection: Connection, member: Member, conversation: str, form: Form) -> None:
    """Write a try down with its audit row. Raises RoleError, CallFormError, CallChangedError, NotFoundError."""
    require(member, "reviewer")
    now, outcome = context.clock(), form.get("outcome", "")
    try:
        next_try = chosen(context.clinic.practice, now, form.get("next", ""), form.get("at", ""))
    except (ValueError, KeyError, OverflowError):
        raise CallFormError("Please choose a time between now and two months from now.") from None
    tried = Tried(
        outcome="reached" if outcome == _DONE else outcome,
        form_key=f"{conversation[:36]}:{clean_id(form.get('key', ''))[:24]}",
        seen=row_number(form.get("seen", "")),
        settled=outcome in _SETTLES,
        note=" ".join(form.get("note", "").split()),
        next_try_at=next_try,
    )
    if note_attempt(connection, conversation, tried, member.id, now):
        detail = {"outcome": tried.outcome, "settled": tried.settled}
        write_audit(connection, now=now, staff_id=member.id, action="called", subject=conversation, detail=detail)


# -- for the templates -----------------------------------------------------------------------------------------------


def calls_section(context: AppContext, call: Call | None) -> dict[str, Any]:
    """What the section on a conversation's page shows."""
    return {"call": call_line(context, call) if call else None, "call_choices": choices(context)}


def choices(context: AppContext) -> list[tuple[str, str]]:
    """(value, label) of the next try."""
    zone = context.clinic.practice.zoneinfo()
    found = presets(context.clinic.practice, context.clock())
    return [(one.key, f"{one.label}: {time_label(one.at.astimezone(zone))}") for one in found]


def call_line(context: AppContext, call: Call) -> dict[str, Any]:
    """A person on the list, as the templates print them."""
    names = summary.rule_names(context.clinic)
    return {
        "call": call,
        "id": call.conversation,
        "name": call.first_name or call.conversation[:8],
        "contacts": [(contact, dial(contact)) for contact in call.contacts],
        "reasons": [
            {"kind": one.kind, "since": one.since, "about": _about(one.kind, one.about, names)} for one in call.reasons
        ],
        "later": call.due_at > context.clock(),
        "outcomes": _outcomes(call),
        "key": secrets.token_urlsafe(12),
        "longest": LONGEST_NOTE,
    }


def dial(contact: str) -> str | None:
    """The address of a link that rings this contact; None for an email, or what is no number."""
    digits = re.sub(r"[\s().-]", "", contact)
    try:
        number = phonenumbers.parse(contact, REGION)
    except phonenumbers.NumberParseException:
        return None
    # a local one, "555-0123", is dialled as it stands
    if phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE:
        digits = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"tel:{digits}" if _DIALLED.fullmatch(digits) else None


def _about(kind: str, about: str, names: Mapping[str, str]) -> str:
    if kind == "alert":
        return f"{about} {names.get(about, '')}".strip()
    return about.replace("_", " ") if kind == "call_back" else about


def _outcomes(call: Call) -> list[tuple[str, str]]:
    found = [
        ("no_answer", "No answer"), ("voicemail", "Left a voicemail"), (_DONE, "Reached, nothing left to ring about"),
        ("reached", "Reached, to be rung again"),
    ]  # fmt: skip
    return [*found, ("letter", "A letter was sent; take off the list")] if call.suggests_letter else found
