"""Who is calling: session cookie or personal token, the form token (CSRF), and the headers of every staff answer."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import Response

from knee_intake.errors import (
    FormTokenError,
    PasswordDueError,
    RoleError,
    ScopeError,
    SecondFactorDueError,
    SignInError,
)
from knee_intake.records import restrictions
from knee_intake.records.staff_accounts import Member, Session, find_session
from knee_intake.records.staff_tokens import find_token
from knee_intake.web.context import AppContext
from knee_intake.web.scopes import needed_scopes

LIVE_HEADER = "x-live"
"""A page that refreshes itself sends it: such a request is no activity and keeps no session alive."""
TOKEN_HEADER = "x-csrf-token"
PENDING_LIFE = timedelta(minutes=5)
"""So long after the password the code of the second factor is taken."""
_OF_ONE = "/staff/conversations/", "/staff/api/conversations/", "/staff/phone-intake/"
"""Addresses whose `id` is a conversation's."""
SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class StaffGate:
    """Opens for members, on the running app's settings, clock and secret."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self.idle = timedelta(minutes=float(context.settings.staff_idle_minutes))
        prefix = "__Host-" if context.settings.https else ""
        self.cookie = f"{prefix}knee_intake_staff"
        self._login_cookie = f"{prefix}knee_intake_login"
        self._pending_cookie = f"{prefix}knee_intake_second"
        self._second_factor_roles = tuple(context.settings.require_totp)

    def secret_of(self, request: Request) -> str | None:
        """The session's secret id, as the browser sent it."""
        return request.cookies.get(self.cookie)

    def session(
        self,
        request: Request,
        connection: Connection,
        *,
        touch: bool = True,
        during_duty: bool = False,
        restricted_too: bool = False,
    ) -> Session:
        """The caller's session. `touch` (on a writing connection) counts as activity.

        `during_duty`: also for who has to choose a password or set up the second factor first; `restricted_too`: also
        where the address names a conversation that is closed to them. Raises SignInError, DutyError, RestrictedError.
        """
        secret = self.secret_of(request)
        touch = touch and LIVE_HEADER not in request.headers
        now = self._context.clock()
        found = find_session(connection, secret, now=now, idle=self.idle, touch=touch) if secret else None
        if found is None:
            raise SignInError("no session, or it has ended")
        if not during_duty:
            self._check_duties(found)
        if not restricted_too:
            self._check_restriction(request, connection, found.member)
        return found

    def _check_duties(self, session: Session) -> None:
        if session.must_change:
            raise PasswordDueError("a new password is due")
        if self.owes_second_factor(session):
            raise SecondFactorDueError("the second factor is due")

    def owes_second_factor(self, session: Session) -> bool:
        """Has the member no second factor, though their role needs one?"""
        return not session.has_totp and session.member.role in self._second_factor_roles

    def _check_restriction(self, request: Request, connection: Connection, member: Member) -> None:
        conversation = request.query_params.get("conversation") if request.url.path == "/staff/pulse" else None
        if request.url.path.startswith(_OF_ONE):
            conversation = request.path_params.get("id")
        if conversation:
            restrictions.check(connection, member, conversation, self._context.clock())

    def caller(self, request: Request, connection: Connection, role: str = "viewer") -> Member:
        """The member behind a JSON request: by personal token, or by session (then a POST needs the form token)."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            bearer = find_token(connection, token.strip(), self._context.clock())
            if bearer is None:
                raise SignInError("no such token")
            if not needed_scopes(request.method, request.url.path) <= bearer.scopes:
                raise ScopeError("the token's scopes do not include it")
            member = Member(bearer.id, bearer.name, bearer.role)
            self._check_restriction(request, connection, member)
        else:
            session = self.session(request, connection)
            if request.method not in ("GET", "HEAD"):
                check_form_token(session, request.headers.get(TOKEN_HEADER, ""))
            member = session.member
        require(member, role)
        return member

    # -- cookies -----------------------------------------------------------------------------------------------------

    def set_session(self, response: Response, secret: str) -> None:
        """Give the browser a new session."""
        self._set(response, self.cookie, secret)
        self._clear(response, self._login_cookie)
        self._clear(response, self._pending_cookie)

    def clear_session(self, response: Response) -> None:
        self._clear(response, self.cookie)

    def login_nonce(self, request: Request) -> str:
        """What binds a sign-in form to this browser."""
        return request.cookies.get(self._login_cookie) or secrets.token_urlsafe(16)

    def set_login_nonce(self, response: Response, nonce: str) -> None:
        self._set(response, self._login_cookie, nonce)

    def login_token(self, nonce: str) -> str:
        """The form token of the sign-in page, where there is no session yet."""
        return hmac.new(self._context.secret, b"staff sign-in " + nonce.encode(), hashlib.sha256).hexdigest()

    def check_login_token(self, request: Request, token: str) -> None:
        """Raises FormTokenError where the form and the browser's cookie do not belong together."""
        nonce = request.cookies.get(self._login_cookie)
        if not nonce or not hmac.compare_digest(self.login_token(nonce).encode(), token.encode()):
            raise FormTokenError("the sign-in form's token is wrong")

    # -- between password and code -----------------------------------------------------------------------------------

    def set_pending(self, request: Request, response: Response, staff_id: int, proof: str) -> None:
        """The first step is done. What the browser keeps of it is signed, short-lived, bound to it, and no session."""
        until = self._context.clock() + PENDING_LIFE
        said = f"{staff_id}.{int(until.timestamp())}.{proof}"
        self._set(response, self._pending_cookie, f"{said}.{self._sign_pending(request, said)}")

    def pending(self, request: Request) -> tuple[int, str]:
        """(member, proof) of the first step. Raises SignInError where it was not done here, or is too long ago."""
        said, _, sign = request.cookies.get(self._pending_cookie, "").rpartition(".")
        if not said or not hmac.compare_digest(self._sign_pending(request, said).encode(), sign.encode()):
            raise SignInError("no first step")
        number, until, proof = said.split(".")
        if datetime.fromtimestamp(int(until), tz=self._context.clock().tzinfo) < self._context.clock():
            raise SignInError("the first step is too long ago")
        return int(number), proof

    def _sign_pending(self, request: Request, said: str) -> str:
        nonce = request.cookies.get(self._login_cookie, "")
        return hmac.new(self._context.secret, f"staff code {nonce} {said}".encode(), hashlib.sha256).hexdigest()

    def _set(self, response: Response, name: str, value: str) -> None:
        secure = bool(self._context.settings.https)
        response.set_cookie(name, value, path="/", httponly=True, samesite="lax", secure=secure)

    def _clear(self, response: Response, name: str) -> None:
        secure = bool(self._context.settings.https)
        response.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=secure)


def check_form_token(session: Session, token: str) -> None:
    """Raises FormTokenError where a form does not carry its session's token."""
    if not hmac.compare_digest(session.csrf.encode(), token.encode()):
        raise FormTokenError("the form's token is wrong")


def require(member: Member, role: str) -> None:
    """Raises RoleError where the member's role does not include `role`."""
    if not member.may(role):
        raise RoleError(f"needs the role {role}")


def secured(response: Response) -> Response:
    """Every answer of the staff's side carries the same strict headers."""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    return response
