"""/staff/learning/models: build a better model, see it beside the one in use, promote it or roll back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.errors import OutputError
from knee_intake.learning import promotion
from knee_intake.learning.evaluate import missing
from knee_intake.learning.gate import told
from knee_intake.learning.run_build import start_process
from knee_intake.records.audit import write_audit
from knee_intake.records.database import after_commit
from knee_intake.records.lessons import approved
from knee_intake.records.list_changes import note_change
from knee_intake.records.model_builds import FAILED, RUNNING, bury, end, newest
from knee_intake.records.staff_accounts import Session
from knee_intake.records.staff_queries import mark
from knee_intake.understanding.in_use import read_pointer, why_not
from knee_intake.web.bodies import row_number
from knee_intake.web.context import AppContext
from knee_intake.web.staff_gate import LIVE_HEADER, require

if TYPE_CHECKING:
    from knee_intake.web.staff import Console, Form

PAGE = "/staff/learning/models"
STATE_LABELS = {
    "running": "is being built",
    "passed": "passed the gate",
    "held_back": "did not pass the gate",
    "failed": "failed",
    "interrupted": "interrupted",
}


def model_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """The page, and the forms on it."""
    pages = ModelPages(context, console)
    return [
        Route(PAGE, console.page(pages.models), methods=["GET"]),
        Route(f"{PAGE}/build", console.page(pages.build), methods=["POST"]),
        Route(f"{PAGE}/promote", console.page(pages.promote), methods=["POST"]),
        Route(f"{PAGE}/rollback", console.page(pages.roll_back), methods=["POST"]),
    ]


class ModelPages:
    """The handlers; each runs in a worker thread."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console = context, console

    def models(self, request: Request, _form: Form) -> Response:
        settings, now = self._context.settings, self._context.clock()
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            require(session.member, "manager")
            bury(connection, now)
            builds = [_shown(row) for row in newest(connection)]
            lessons, state = len(approved(connection)), mark(connection)
            if LIVE_HEADER not in request.headers:
                write_audit(
                    connection, now=now, staff_id=session.member.id, action="models", detail={"builds": len(builds)}
                )
        pointer = read_pointer(settings)
        body = self._console.view.render(
            "models", session=session, mark=state, builds=builds, lessons=lessons, pointer=pointer,
            unused=why_not(settings) if pointer else None, missing=missing(settings.home_path), labels=STATE_LABELS,
            running=any(one["state"] == RUNNING for one in builds), fixed=bool(settings.model),
        )  # fmt: skip
        return HTMLResponse(body)

    def build(self, request: Request, form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._admin(request, form, connection)
            now = self._context.clock()
            number = promotion.start(connection, self._context.settings, staff_id=session.member.id, now=now)
            note_change(connection, now)
            after_commit(connection, lambda: self._start(number))
        return RedirectResponse(PAGE, status_code=303)

    def _start(self, number: int) -> None:
        try:
            self._context.extra.get("start_build", start_process)(self._context.settings, number)
        except OutputError as error:
            with self._context.database.write() as connection:
                end(connection, number, FAILED, "could not be started", self._context.clock(), log=str(error))

    def promote(self, request: Request, form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._admin(request, form, connection)
            now, build = self._context.clock(), row_number(form.get("build", ""))
            if promotion.promote(connection, self._context.settings, build, staff_id=session.member.id, now=now):
                note_change(connection, now)
        return self._switched()

    def roll_back(self, request: Request, form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._admin(request, form, connection)
            now, seen = self._context.clock(), row_number(form.get("seen", ""))
            promotion.roll_back(connection, self._context.settings, seen=seen, staff_id=session.member.id, now=now)
            note_change(connection, now)
        return self._switched()

    def _switched(self) -> Response:
        switch = self._context.extra.get("model_switch")
        done = switch is not None and switch.follow()
        return RedirectResponse(f"{PAGE}#{'in-use' if done else 'next-start'}", status_code=303)

    def _admin(self, request: Request, form: Form, connection: Any) -> Session:
        session = self._console.checked(request, form, connection)
        require(session.member, "admin")
        return session


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """A build as the page prints it."""
    result = row["result"] or {}
    rows = [
        {**one, "shown_before": promotion.shown(one, "before"), "shown_after": promotion.shown(one, "after"),
         "allowed": told(one["tolerance"], one["counts"])}
        for one in result.get("rows", ())
    ]  # fmt: skip
    return {**row, "result": {**result, "rows": rows} if result else None}
