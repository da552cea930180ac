""" "Maybe the same person" on a conversation's page: staff join, part, and take either back. Visitors never see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.errors import RequestError
from knee_intake.records import people
from knee_intake.records.audit import write_audit
from knee_intake.records.restrictions import check, hidden_ids
from knee_intake.records.staff_accounts import Member
from knee_intake.web.context import AppContext
from knee_intake.web.staff_gate import require
from knee_intake.web.staff_view import StaffView

if TYPE_CHECKING:
    from knee_intake.web.staff import Console, Form

DEEDS = ("join", "leave", "part", "ask_again")
_LONGEST_ID = 36


def people_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """The one form."""
    decide = partial(_decide, context, console)
    return [Route("/staff/conversations/{id}/person", console.page(decide), methods=["POST"])]


def _decide(context: AppContext, console: Console, request: Request, form: Form) -> Response:
    conversation = request.path_params["id"]
    with context.database.write() as connection:
        session = console.checked(request, form, connection)
        decide(context, connection, session.member, conversation, form.get("do", ""), form.get("other", ""))
    return RedirectResponse(f"/staff/conversations/{quote(conversation, safe='')}#person", status_code=303)


def decide(
    context: AppContext, connection: Connection, member: Member, conversation: str, deed: str, other: str
) -> None:
    """Do one of DEEDS, with an audit row where it changed something.

    Raises RoleError, RestrictedError, NotFoundError, OtherPersonError, RequestError.
    """
    require(member, "reviewer")
    if deed not in DEEDS or len(other) > _LONGEST_ID or not other.isprintable():
        raise RequestError("`do`: join, leave, part or ask_again")
    now = context.clock()
    check(connection, member, other, now)
    ways: dict[str, Callable[[Connection, str, str, datetime], bool]] = {
        "join": lambda c, one, two, at: people.join(c, one, two, member.id, at),
        "part": lambda c, one, two, at: people.part(c, one, two, member.id, at),
        "ask_again": people.ask_again,
        "leave": lambda c, one, _two, at: people.leave(c, one, at),
    }
    if ways[deed](connection, conversation, other, now):
        detail = {"other": other} if deed != "leave" else None
        write_audit(
            connection, now=now, staff_id=member.id, action=f"person_{deed}", subject=conversation, detail=detail
        )  # fmt: skip


def people_section(
    context: AppContext, view: StaffView, connection: Connection, member: Member, conversation: str
) -> dict[str, Any]:
    """What the section shows."""
    found = people.people_of(connection, conversation, hidden_ids(member, context.clock()))
    return {"people": found, "loose_visits": [view.visit(visit) for visit in found.visits]}
