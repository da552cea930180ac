"""Restricted conversations: managers close them to all but named members; others open them in an emergency, with a
reason, and managers review each such opening."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.errors import StaffFormError
from knee_intake.records import restrictions
from knee_intake.records.audit import write_audit
from knee_intake.records.commit import find_conversation
from knee_intake.records.list_changes import note_change
from knee_intake.records.restriction_rows import SEES_ALL
from knee_intake.records.staff_accounts import Session
from knee_intake.records.staff_queries import mark
from knee_intake.web.bodies import row_number
from knee_intake.web.context import AppContext
from knee_intake.web.staff_gate import require

if TYPE_CHECKING:
    from knee_intake.web.staff import Console, Form

PAGE = "/staff/emergencies"


def restriction_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """The forms on a conversation, and the managers' page of openings."""
    pages = RestrictionPages(context, console)
    one = "/staff/conversations/{id}"
    return [
        Route(f"{one}/restrict", console.page(pages.restrict), methods=["POST"]),
        Route(f"{one}/open", console.page(pages.open), methods=["POST"]),
        Route(PAGE, console.page(pages.openings), methods=["GET"]),
        Route(f"{PAGE}/reviewed", console.page(pages.reviewed), methods=["POST"]),
    ]


class RestrictionPages:
    """The handlers; each runs in a worker thread."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console = context, console

    def restrict(self, request: Request, form: Form) -> Response:
        """on, off, add or remove a `member`."""
        conversation, now = request.path_params["id"], self._context.clock()
        deed, number = form.get("do", ""), row_number(form.get("member", ""))
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            require(session.member, SEES_ALL)
            find_conversation(connection, conversation, lock=True)
            if deed == "on":
                done = restrictions.restrict(connection, conversation, session.member.id, now)
            elif deed == "off":
                done = restrictions.unrestrict(connection, conversation, now)
            elif deed == "add":
                done = restrictions.name_member(connection, conversation, number)
            elif deed == "remove":
                done = restrictions.unname_member(connection, conversation, number)
            else:
                raise StaffFormError("Please choose what to do.")
            if done:
                detail = {"do": deed, **({"member": number} if deed in ("add", "remove") else {})}
                self._note(connection, session, "restrict", conversation, detail)
        return _to_conversation(conversation)

    def open(self, request: Request, form: Form) -> Response:
        """For a while, with a reason, which managers read."""
        conversation, now = request.path_params["id"], self._context.clock()
        reason = form.get("reason", "")
        try:
            with self._context.database.write() as connection:
                session = self._console.checked(request, form, connection, restricted_too=True)
                find_conversation(connection, conversation, lock=True)
                until = restrictions.open_in_emergency(connection, session.member, conversation, reason, now)
                if until is not None:
                    note_change(connection, now)
                    detail = {"reason": " ".join(reason.split()), "until": until.isoformat()}
                    self._note(connection, session, "emergency_open", conversation, detail)
        except StaffFormError as error:
            return self._console.restricted_page(request, conversation, failed=error.visitor, reason=reason)
        return _to_conversation(conversation)

    # -- review ------------------------------------------------------------------------------------------------------

    def openings(self, request: Request, _form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            require(session.member, SEES_ALL)
            found = restrictions.openings(connection)
            body = self._console.view.render("emergencies", session=session, mark=mark(connection), openings=found)
        return HTMLResponse(body)

    def reviewed(self, request: Request, form: Form) -> Response:
        now = self._context.clock()
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            require(session.member, SEES_ALL)
            number = row_number(form.get("opening", ""))
            conversation = restrictions.review_opening(connection, number, session.member.id, now)
            if conversation is not None:
                note_change(connection, now)
                self._note(connection, session, "emergency_reviewed", conversation, {"opening": number})
        return RedirectResponse(PAGE, status_code=303)

    def _note(
        self, connection: Connection, session: Session, action: str, conversation: str, detail: Mapping[str, object]
    ) -> None:
        write_audit(
            connection, now=self._context.clock(), staff_id=session.member.id, action=action, subject=conversation,
            detail=detail,
        )  # fmt: skip


def _to_conversation(conversation: str) -> Response:
    return RedirectResponse(f"/staff/conversations/{quote(conversation, safe='')}", status_code=303)
