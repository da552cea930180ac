"""/staff/account: what members do for themselves: password, second factor, sessions, personal tokens."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import segno
from markupsafe import Markup
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.errors import StaffAccountError, StaffFormError
from knee_intake.records import second_factor, staff_sessions, staff_tokens
from knee_intake.records.audit import write_audit
from knee_intake.records.passwords import MIN_PASSWORD
from knee_intake.records.staff_accounts import Session
from knee_intake.records.staff_queries import mark
from knee_intake.web.bodies import row_number
from knee_intake.web.context import AppContext
from knee_intake.web.staff_gate import check_form_token

if TYPE_CHECKING:
    from knee_intake.web.staff import Console, Form, Queue

PAGE = "/staff/account"
LIVES = (30, 90, 365)
"""Days that a token may be good for; or for ever."""
SCOPE_LABELS = {
    "read": "read conversations (JSON API)",
    "write": "change conversations and visits",
    "export": "take conversations out in bulk",
    "fhir": "the FHIR server",
}


def account_routes(context: AppContext, console: Console, passwords: Queue) -> list[BaseRoute]:
    """The pages and their forms. `passwords` limits how many are checked at once."""
    pages = AccountPages(context, console)

    def post(path: str, handler: Any, queue: Queue | None = None) -> BaseRoute:
        return Route(f"{PAGE}{path}", console.page(handler, queue), methods=["POST"])

    return [
        Route(PAGE, console.page(pages.account), methods=["GET"]),
        Route(f"{PAGE}/password", console.page(pages.password_page), methods=["GET"]),
        post("/password", pages.change_password, passwords),
        Route(f"{PAGE}/totp", console.page(pages.totp_page), methods=["GET"]),
        post("/totp", pages.begin_totp),
        post("/totp/confirm", pages.confirm_totp),
        post("/totp/codes", pages.renew_codes, passwords),
        post("/totp/off", pages.switch_totp_off, passwords),
        post("/sessions/end", pages.end_session),
        post("/tokens", pages.make_token),
        post("/tokens/revoke", pages.revoke_token),
    ]


class AccountPages:
    """The handlers; each runs in a worker thread."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console, self._gate = context, console, console.gate

    def account(self, request: Request, _form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._gate.session(request, connection)
            return self._account(request, connection, session)

    def _account(
        self,
        request: Request,
        connection: Connection,
        session: Session,
        *,
        failed: str | None = None,
        made: str | None = None,
    ) -> Response:
        """The page; `made` is a new token, shown this once."""
        member, now = session.member, self._context.clock()
        own = staff_tokens.digest(self._gate.secret_of(request) or "").hex()
        found = staff_sessions.sessions_of(connection, member.id, now, self._gate.idle)
        body = self._console.view.render(
            "account", session=session, mark=mark(connection), failed=failed, made=made, own=own,
            sessions=[{**row._mapping, "name": row.id_hash.hex()} for row in found],
            tokens=staff_tokens.tokens_of(connection, member.id, now), scopes=SCOPE_LABELS, lives=LIVES,
            codes_left=second_factor.unused_recovery_codes(connection, member.id),
        )  # fmt: skip
        return HTMLResponse(body, status_code=400 if failed else 200)

    # -- password ----------------------------------------------------------------------------------------------------

    def password_page(self, request: Request, _form: Form) -> Response:
        return self._password_form(request)

    def change_password(self, request: Request, form: Form) -> Response:
        old, new, again = (form.get(name, "") for name in ("old", "new", "again"))
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection, during_duty=True)
        try:
            if new != again:
                raise StaffFormError("The two new passwords are not the same.")
            secret = self._gate.secret_of(request) or ""
            staff_sessions.change_password(
                self._context.database, session.member, secret, old, new, self._context.clock()
            )  # fmt: skip
        except (StaffFormError, StaffAccountError) as error:
            return self._password_form(request, failed=in_words(error))
        return _to(PAGE if not session.must_change else "/staff")

    def _password_form(self, request: Request, failed: str | None = None) -> Response:
        with self._context.database.write() as connection:
            session = self._gate.session(request, connection, during_duty=True)
            has_one = staff_sessions.has_password(connection, session.member.id)
        body = self._console.view.render(
            "account_password", session=None, own=session, failed=failed, has_one=has_one, shortest=MIN_PASSWORD
        )
        return HTMLResponse(body, status_code=400 if failed else 200)

    # -- second factor -----------------------------------------------------------------------------------------------

    def totp_page(self, request: Request, _form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._own(request, connection)
            return self._totp_form(connection, session)

    def begin_totp(self, request: Request, form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._own(request, connection, form)
            second_factor.begin(connection, session.member.id)
        return _to(f"{PAGE}/totp")

    def confirm_totp(self, request: Request, form: Form) -> Response:
        now = self._context.clock()
        with self._context.database.write() as connection:
            session = self._own(request, connection, form)
            if session.has_totp:
                return _to(PAGE)
            try:
                codes = second_factor.confirm(
                    connection, self._context.secret, session.member.id, form.get("code", ""), now
                )
            except StaffFormError as error:
                return self._totp_form(connection, session, failed=in_words(error))
            self._note(connection, session, "totp_on")
        return self._codes(session, codes)

    def renew_codes(self, request: Request, form: Form) -> Response:
        session = self._proven(request, form)
        if not isinstance(session, Session):
            return session
        with self._context.database.write() as connection:
            codes = second_factor.renew_recovery_codes(connection, session.member.id)
            self._note(connection, session, "recovery_codes")
        return self._codes(session, codes)

    def switch_totp_off(self, request: Request, form: Form) -> Response:
        session = self._proven(request, form)
        if not isinstance(session, Session):
            return session
        with self._context.database.write() as connection:
            second_factor.switch_off(connection, session.member.id)
            self._note(connection, session, "totp_off")
        return _to(PAGE)

    def _proven(self, request: Request, form: Form) -> Session | Response:
        """The session of a member with a second factor who has typed their password once more; or what says no."""
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
        if not session.has_totp:
            return _to(PAGE)
        password, now = form.get("password", ""), self._context.clock()
        try:
            staff_sessions.check_own_password(self._context.database, session.member, password, now)
        except StaffFormError as error:
            with self._context.database.read() as connection:
                return self._totp_form(connection, session, failed=in_words(error))
        return session

    def _own(self, request: Request, connection: Connection, form: Form | None = None) -> Session:
        """The session, also of who owes the second factor; but a new password comes before it."""
        session = self._gate.session(request, connection, during_duty=True)
        if not self._gate.owes_second_factor(session) or session.must_change:
            session = self._gate.session(request, connection)
        if form is not None:
            check_form_token(session, form.get("csrf", ""))
        return session

    def _totp_form(self, connection: Connection, session: Session, failed: str | None = None) -> Response:
        shared = second_factor.pending_secret(connection, self._context.secret, session.member.id)
        address = second_factor.totp_address(shared, session.member.name) if shared else None
        body = self._console.view.render(
            "account_totp", session=None, own=session, failed=failed, owes=self._gate.owes_second_factor(session),
            shared=" ".join(shared[start : start + 4] for start in range(0, len(shared), 4)) if shared else None,
            address=address, picture=_picture(address) if address else None,
            left=second_factor.unused_recovery_codes(connection, session.member.id),
        )  # fmt: skip
        return HTMLResponse(body, status_code=400 if failed else 200)

    def _codes(self, session: Session, codes: list[str]) -> Response:
        return HTMLResponse(self._console.view.render("account_codes", session=None, own=session, codes=codes))

    # -- sessions and tokens -----------------------------------------------------------------------------------------

    def end_session(self, request: Request, form: Form) -> Response:
        """One of the member's own, or all but this one."""
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            own, name = session.member.id, form.get("session", "")
            if name == "others":
                ended = staff_sessions.end_sessions(connection, own, but=self._gate.secret_of(request))
            else:
                ended = int(staff_sessions.end_session(connection, own, name))
            if ended:
                self._note(connection, session, "sessions_ended", sessions=ended)
        return _to(f"{PAGE}#sessions")

    def make_token(self, request: Request, form: Form) -> Response:
        now = self._context.clock()
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            try:
                scopes = [scope for scope in staff_tokens.SCOPES if f"scope_{scope}" in form]
                made = staff_tokens.make_token(
                    connection, session.member.id, form.get("name", "").strip(), scopes, _end(form, now), now
                )
            except StaffFormError as error:
                return self._account(request, connection, session, failed=error.visitor)
            self._note(connection, session, "token_made", scopes=scopes, days=form.get("days"))
            return self._account(request, connection, session, made=made)

    def revoke_token(self, request: Request, form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            number = row_number(form.get("token", ""))
            if staff_tokens.revoke_token(connection, session.member.id, number, self._context.clock()):
                self._note(connection, session, "token_revoked", token=number)
        return _to(f"{PAGE}#tokens")

    def _note(self, connection: Connection, session: Session, action: str, **detail: Any) -> None:
        member = session.member
        write_audit(
            connection, now=self._context.clock(), staff_id=member.id, action=action, subject=member.name, detail=detail
        )  # fmt: skip


def _end(form: Form, now: datetime) -> datetime | None:
    """When a token ends. Raises StaffFormError."""
    days = form.get("days", "")
    if days == "never":
        return None
    if days not in map(str, LIVES):
        raise StaffFormError("Please choose how long the token is good for.")
    return now + timedelta(days=int(days))


def _picture(address: str) -> Markup:
    """The QR code as SVG, without a style attribute, which the page's policy forbids."""
    return Markup(segno.make(address, error="m").svg_inline(scale=4, border=4, light="#fff"))


def in_words(error: StaffFormError | StaffAccountError) -> str:
    """The error as a sentence on a page."""
    if isinstance(error, StaffFormError):
        return error.visitor
    sentence = str(error)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _to(path: str) -> Response:
    return RedirectResponse(path, status_code=303)
