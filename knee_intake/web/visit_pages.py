"""Staff change a visit of a conversation: another time, or none. Both are told in the visitor's chat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.booking import FreeTime, Wish, time_label
from knee_intake.errors import CalendarFormError, NoSuchEntryError
from knee_intake.records.calendar_rows import open_visits
from knee_intake.records.staff_queries import mark
from knee_intake.web import visit_deeds
from knee_intake.web.context import AppContext
from knee_intake.web.staff_deeds import cancel_visit
from knee_intake.web.staff_gate import require

if TYPE_CHECKING:
    from knee_intake.web.staff import Console

MOST_TIMES = 24
Form = Mapping[str, str]


def visit_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """The form with free times, and the two deeds."""
    pages = VisitPages(context, console)
    one = "/staff/conversations/{id}"
    return [
        Route(f"{one}/move", console.page(pages.move_form), methods=["GET"]),
        Route(f"{one}/move", console.page(pages.move), methods=["POST"]),
        Route(f"{one}/cancel", console.page(pages.cancel), methods=["POST"]),
    ]


class VisitPages:
    """The handlers; each runs in a worker thread."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console = context, console
        self._zone = context.clinic.practice.zoneinfo()

    def move_form(self, request: Request, _form: Form) -> Response:
        """Free times of the visit's kind, from the day that is asked for on."""
        conversation, reference = request.path_params["id"], request.query_params.get("reference")
        day = _day(request.query_params.get("day"))
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            require(session.member, "reviewer")
            visit = self._visit(connection, conversation, reference)
            state = mark(connection)
        now = self._context.clock()
        free = self._context.calendar.free_times(visit["kind"], Wish(earliest=day), now, MOST_TIMES)
        times = [(_value(time), time_label(time.start), self._console.view.clinician(time.clinician)) for time in free]
        body = self._console.view.render(
            "move", session=session, mark=state, conversation=conversation, visit=self._console.view.visit(visit),
            times=times, day=day,
        )  # fmt: skip
        return HTMLResponse(body)

    def move(self, request: Request, form: Form) -> Response:
        conversation, reference = request.path_params["id"], form.get("reference", "")
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            require(session.member, "reviewer")
            visit_deeds.locked_visits(connection, conversation)
            time = self._picked(form.get("time", ""))
            visit_deeds.move_visit(self._context, connection, session.member, conversation, reference, time)
        return _to(conversation)

    def cancel(self, request: Request, form: Form) -> Response:
        """Cancel a visit; one that is cancelled already stays so, and nothing more is said."""
        conversation, reference = request.path_params["id"], form.get("reference", "")
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            require(session.member, "reviewer")
            if reference in {visit["reference"] for visit in visit_deeds.locked_visits(connection, conversation)}:
                cancel_visit(self._context, connection, session.member, reference)
        return _to(conversation)

    def _visit(self, connection: Connection, conversation: str, reference: str | None) -> dict[str, Any]:
        """The visit that is named, or the only one. Raises NoSuchEntryError."""
        visits = [one for one in open_visits(connection, conversation) if reference in (None, one["reference"])]
        if len(visits) != 1:
            raise NoSuchEntryError("no open visit with this reference")
        return visits[0]

    def _picked(self, value: str) -> FreeTime:
        """The time in a form, "kind|clinician|start". Raises CalendarFormError."""
        try:
            kind, clinician, start = value.split("|")
            begins = datetime.fromisoformat(start)
            minutes = self._context.clinic.practice.visit_type(kind).minutes
            ends = begins + timedelta(minutes=minutes)
        except (ValueError, KeyError, OverflowError):
            raise CalendarFormError("Please pick a time.") from None
        if begins.tzinfo is None:
            raise CalendarFormError("Please pick a time.")
        return FreeTime(begins, ends, clinician, kind)


def _value(time: FreeTime) -> str:
    return f"{time.kind}|{time.clinician}|{time.start.isoformat(timespec='minutes')}"


def _day(text: str | None) -> date | None:
    """Raises CalendarFormError."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CalendarFormError("That is no day. Please pick one from the calendar.") from None


def _to(conversation: str) -> Response:
    return RedirectResponse(f"/staff/conversations/{quote(conversation, safe='')}#visit", status_code=303)
