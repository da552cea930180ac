"""/staff/retention: admins see what has had its time, have it deleted, and erase one patient everywhere."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.errors import NotFoundError, OpenVisitError, RequestError
from knee_intake.records.commit import find_conversation
from knee_intake.records.contact_search import find_contact
from knee_intake.records.erasure import erase, erase_contact
from knee_intake.records.retention import Retention, retain
from knee_intake.records.staff_accounts import Session
from knee_intake.records.staff_queries import mark
from knee_intake.web.context import AppContext
from knee_intake.web.staff_gate import require

if TYPE_CHECKING:
    from knee_intake.web.staff import Console, Form

PAGE = "/staff/retention"
_ID_LENGTH = 36
LONGEST = 120  # characters of a contact


def retention_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """The page and its forms."""
    pages = RetentionPages(context, console)
    return [
        Route(PAGE, console.page(pages.retention), methods=["GET"]),
        Route(f"{PAGE}/run", console.page(pages.run), methods=["POST"]),
        Route(f"{PAGE}/erase", console.page(pages.erase), methods=["POST"]),
    ]


class RetentionPages:
    """The handlers; each runs in a worker thread."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console = context, console

    def retention(self, request: Request, _form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            require(session.member, "admin")
        return self._page(session)

    def run(self, request: Request, form: Form) -> Response:
        session = self._admin(request, form)
        return self._page(session, done=self._retain(session, dry_run=False))

    def _retain(self, session: Session, *, dry_run: bool) -> Retention:
        settings = self._context.settings
        return retain(
            self._context.database, now=self._context.clock(), days=settings.retention_days, dry_run=dry_run,
            pending_for=timedelta(minutes=float(settings.pending_minutes)), staff_id=session.member.id,
        )  # fmt: skip

    # -- one patient -------------------------------------------------------------------------------------------------

    def erase(self, request: Request, form: Form) -> Response:
        """First what would go; with `sure` it goes."""
        session, who = self._admin(request, form), form.get("who", "").strip()
        try:
            found = self._erase(session, who) if "sure" in form else self._found(who)
        except (OpenVisitError, NotFoundError, RequestError) as error:
            failed = error.visitor if isinstance(error, OpenVisitError) else "Nothing is kept under that."
            return self._page(session, who=who, failed=failed)
        return self._page(session, who=None if "sure" in form else who, found=found)

    def _found(self, who: str) -> dict[str, Any]:
        with self._context.database.read() as connection:
            if _is_id(who):
                find_conversation(connection, who)
                return {"conversations": (who,), "visits": 0, "requests": 0, "mentioned": (), "erased": False}
            found = find_contact(connection, _contact(who))
        if not (found.conversations or found.visits or found.requests):
            raise NotFoundError("nothing is kept under this contact")
        return {**vars(found), "visits": len(found.visits), "requests": len(found.requests), "erased": False}

    def _erase(self, session: Session, who: str) -> dict[str, Any]:
        now, own = self._context.clock(), session.member.id
        if _is_id(who):
            erase(self._context.database, who, now=now, staff_id=own)
            return {"conversations": (who,), "visits": 0, "requests": 0, "mentioned": (), "erased": True}
        return {**vars(erase_contact(self._context.database, _contact(who), now=now, staff_id=own)), "erased": True}

    def _admin(self, request: Request, form: Form) -> Session:
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            require(session.member, "admin")
        return session

    def _page(
        self,
        session: Session,
        *,
        done: Retention | None = None,
        who: str | None = None,
        failed: str | None = None,
        found: dict[str, Any] | None = None,
    ) -> Response:
        due = self._retain(session, dry_run=True)
        with self._context.database.read() as connection:
            state = mark(connection)
        body = self._console.view.render(
            "retention", session=session, mark=state, due=due, done=done, who=who, failed=failed, found=found,
            days=self._context.settings.retention_days, longest=LONGEST,
        )  # fmt: skip
        return HTMLResponse(body, status_code=400 if failed else 200)


def _is_id(who: str) -> bool:
    return len(who) == _ID_LENGTH and who.count("-") == 4


def _contact(who: str) -> str:
    if not 3 <= len(who) <= LONGEST or not who.isprintable():
        raise RequestError("no contact")
    return who
