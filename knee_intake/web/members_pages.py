"""/staff/members: admins invite members, change roles, shut out and let in. Nobody is ever deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.errors import StaffAccountError, StaffFormError
from knee_intake.records import members
from knee_intake.records.staff_accounts import ROLES, Session
from knee_intake.records.staff_queries import mark
from knee_intake.web.account_pages import in_words
from knee_intake.web.bodies import row_number
from knee_intake.web.context import AppContext
from knee_intake.web.staff_gate import require

if TYPE_CHECKING:
    from knee_intake.web.staff import Console, Form

PAGE = "/staff/members"
INVITATION = "/staff/invitation/"
_OWN = ("reset", "totp", "disable")
"""What no admin does to themselves by mistake, or in a session that somebody else has got hold of."""


def member_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """The page and its forms."""
    pages = MembersPages(context, console)
    return [
        Route(PAGE, console.page(pages.members), methods=["GET"]),
        Route(f"{PAGE}/invite", console.page(pages.invite), methods=["POST"]),
        Route(f"{PAGE}/{{member}}/role", console.page(pages.change_role), methods=["POST"]),
        Route(f"{PAGE}/{{member}}/do", console.page(pages.do), methods=["POST"]),
    ]


class MembersPages:
    """The handlers; each runs in a worker thread."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console = context, console

    def members(self, request: Request, _form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            require(session.member, "admin")
            return self._page(request, connection, session)

    def invite(self, request: Request, form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._admin(request, form, connection)
            try:
                name = form.get("name", "").strip()
                made = members.invite(
                    connection, name=name, role=form.get("role", ""), now=self._context.clock(), by=session.member.id
                )
            except StaffAccountError as error:
                return self._page(request, connection, session, failed=in_words(error))
            return self._page(request, connection, session, made=(name, made))

    def change_role(self, request: Request, form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._admin(request, form, connection)
            number = row_number(request.path_params["member"])
            was, role = form.get("was_role", ""), form.get("role", "")
            try:
                members.change_role(connection, number, was, role, self._context.clock(), session.member.id)
            except StaffAccountError as error:
                return self._page(request, connection, session, failed=in_words(error))
        return RedirectResponse(PAGE, status_code=303)

    def do(self, request: Request, form: Form) -> Response:
        """disable, enable, reset (the password), totp (reset), sessions (end)."""
        deed, now = form.get("do", ""), self._context.clock()
        deeds = {
            "disable": members.disable,
            "enable": members.enable,
            "totp": members.reset_second_factor,
            "sessions": members.end_all_sessions,
        }
        with self._context.database.write() as connection:
            session = self._admin(request, form, connection)
            number = row_number(request.path_params["member"])
            if number == session.member.id and deed in _OWN:
                raise StaffFormError("That is you. Use your own account page, or ask another admin.")
            if deed == "reset":
                made = members.reset_password(connection, number, now, session.member.id)
                name = next(row.name for row in members.all_members(connection) if row.id == number)
                return self._page(request, connection, session, made=(name, made))
            if deed not in deeds:
                raise StaffFormError("Please choose what to do.")
            deeds[deed](connection, number, now, session.member.id)
        return RedirectResponse(PAGE, status_code=303)

    def _admin(self, request: Request, form: Form, connection: Connection) -> Session:
        session = self._console.checked(request, form, connection)
        require(session.member, "admin")
        return session

    def _page(
        self,
        request: Request,
        connection: Connection,
        session: Session,
        *,
        failed: str | None = None,
        made: tuple[str, str] | None = None,
    ) -> Response:
        """`made`: (name, invitation), shown this once."""
        base = str(self._context.settings.public_url or request.base_url).rstrip("/")
        body = self._console.view.render(
            "members", session=session, mark=mark(connection), failed=failed, roles=ROLES,
            members=members.all_members(connection), now=self._context.clock(),
            invited=made[0] if made else None, link=f"{base}{INVITATION}{made[1]}" if made else None,
        )  # fmt: skip
        return HTMLResponse(body, status_code=400 if failed else 200)
