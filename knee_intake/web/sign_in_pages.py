"""Signing in and out: password, then the second factor's code; and the invitation with which a member begins."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.booking.limits import same_address
from knee_intake.errors import CodeNeededError, SignInError
from knee_intake.records.audit import write_audit
from knee_intake.records.members import invited_member
from knee_intake.records.staff_accounts import finish_sign_in, has_members, open_session, proof_of, sign_in, sign_out
from knee_intake.web.context import AppContext
from knee_intake.web.rates import RateLimit
from knee_intake.web.seen import address_of, seen
from knee_intake.web.staff_gate import check_form_token

if TYPE_CHECKING:
    from knee_intake.web.staff import Console, Form, Queue

_OWN_PAGE = re.compile(r"/staff(?!/log(?:in|out))(/[0-9A-Za-z-]{1,40}){0,4}(\?[\w%&=+.,:~-]{1,600})?")
"""Where a sign-in may lead to: never to another site."""
LOGIN, CODE = "/staff/login", "/staff/login/code"
WRONG_TRIES, WITHIN_S = 20, 900.0
"""So many wrong tries from one address in so many seconds, whatever names they are for."""


def sign_in_routes(context: AppContext, console: Console, passwords: Queue) -> list[BaseRoute]:
    """Sign-in, its second step, invitations, sign-out. `passwords` limits how many are checked at once."""
    pages = SignInPages(context, console)
    invitation = "/staff/invitation/{token}"
    return [
        Route(LOGIN, console.page(pages.login_page), methods=["GET"]),
        Route(LOGIN, console.page(pages.login, passwords), methods=["POST"]),
        Route(CODE, console.page(pages.code_page), methods=["GET"]),
        Route(CODE, console.page(pages.code), methods=["POST"]),
        Route(invitation, console.page(pages.invitation_page), methods=["GET"]),
        Route(invitation, console.page(pages.accept), methods=["POST"]),
        Route("/staff/logout", console.page(pages.logout), methods=["POST"]),
    ]


class SignInPages:
    """The handlers; each runs in a worker thread."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console, self._gate = context, console, console.gate
        self._tries = RateLimit(WRONG_TRIES, WITHIN_S) if context.settings.rate_limits else None

    # -- password ----------------------------------------------------------------------------------------------------

    def login_page(self, request: Request, _form: Form) -> Response:
        return self._login_form(request, own_page(request.query_params.get("next", "")))

    def login(self, request: Request, form: Form) -> Response:
        self._gate.check_login_token(request, form.get("csrf", ""))
        following = own_page(form.get("next", ""))
        name, password, now = form.get("name", ""), form.get("password", ""), self._context.clock()
        self._count(request)
        try:
            secret = sign_in(self._context.database, name, password, now, seen(request))
        except CodeNeededError as needed:
            self._take_back(request)
            return self._to_code(request, needed.staff_id, needed.proof, following)
        except SignInError:
            return self._login_form(request, following, failed=True)
        self._take_back(request)
        return self._signed_in(secret, following)

    def _login_form(self, request: Request, following: str, *, failed: bool = False) -> Response:
        with self._context.database.read() as connection:
            first = not self._context.settings.live and not has_members(connection)
        return self._form(request, "login", following=following, failed=failed, first=first)

    # -- code --------------------------------------------------------------------------------------------------------

    def _to_code(self, request: Request, staff_id: int, proof: str, following: str) -> Response:
        response = RedirectResponse(f"{CODE}?next={quote(following)}", status_code=303)
        self._gate.set_pending(request, response, staff_id, proof)
        return response

    def code_page(self, request: Request, _form: Form) -> Response:
        try:
            self._gate.pending(request)
        except SignInError:
            return RedirectResponse(LOGIN, status_code=303)
        return self._form(request, "code", following=own_page(request.query_params.get("next", "")), failed=False)

    def code(self, request: Request, form: Form) -> Response:
        self._gate.check_login_token(request, form.get("csrf", ""))
        following = own_page(form.get("next", ""))
        try:
            staff_id, proof = self._gate.pending(request)
        except SignInError:
            return RedirectResponse(LOGIN, status_code=303)
        self._count(request)
        try:
            secret = finish_sign_in(
                self._context.database, self._context.secret, staff_id, proof, form.get("code", ""),
                self._context.clock(), seen(request),
            )  # fmt: skip
        except SignInError:
            return self._form(request, "code", following=following, failed=True)
        self._take_back(request)
        return self._signed_in(secret, following)

    # -- invitation --------------------------------------------------------------------------------------------------

    def invitation_page(self, request: Request, _form: Form) -> Response:
        """Opening the link does nothing yet: mail programs open links too."""
        with self._context.database.read() as connection:
            row = invited_member(connection, request.path_params["token"], self._context.clock())
        return self._form(request, "invitation", member=row, failed=False)

    def accept(self, request: Request, form: Form) -> Response:
        """In by the link, up to the choice of a password; who has a second factor still gives a code."""
        self._gate.check_login_token(request, form.get("csrf", ""))
        now = self._context.clock()
        with self._context.database.write() as connection:
            row = invited_member(connection, request.path_params["token"], now)
            if row.totp_since is None:
                write_audit(connection, now=now, staff_id=row.id, action="login", detail={"invitation": True})
                secret = open_session(connection, row.id, now, seen(request))
        if row.totp_since is not None:
            return self._to_code(request, row.id, proof_of(row), "/staff")
        return self._signed_in(secret, "/staff")

    # -- the end -----------------------------------------------------------------------------------------------------

    def logout(self, request: Request, form: Form) -> Response:
        with self._context.database.read() as connection:
            session = self._gate.session(request, connection, touch=False, during_duty=True)
        check_form_token(session, form.get("csrf", ""))
        sign_out(self._context.database, self._gate.secret_of(request) or "", session.member, self._context.clock())
        response = RedirectResponse(LOGIN, status_code=303)
        self._gate.clear_session(response)
        return response

    # -- parts -------------------------------------------------------------------------------------------------------

    def _signed_in(self, secret: str, following: str) -> Response:
        response = RedirectResponse(following, status_code=303)
        self._gate.set_session(response, secret)
        return response

    def _form(self, request: Request, name: str, *, failed: bool, **values: object) -> Response:
        """A form for whoever has no session yet."""
        nonce = self._gate.login_nonce(request)
        token = self._gate.login_token(nonce)
        body = self._console.view.render(name, session=None, token=token, failed=failed, **values)
        response = HTMLResponse(body, status_code=403 if failed else 200)
        self._gate.set_login_nonce(response, nonce)
        return response

    def _count(self, request: Request) -> None:
        """Every try counts as wrong until it was right. Raises RateLimitedError."""
        if self._tries is not None:
            self._tries.check(same_address(address_of(request)))

    def _take_back(self, request: Request) -> None:
        if self._tries is not None:
            self._tries.take_back(same_address(address_of(request)))


def own_page(path: str) -> str:
    """The page of ours that a sign-in leads to: never another site's."""
    return path if _OWN_PAGE.fullmatch(path) else "/staff"
