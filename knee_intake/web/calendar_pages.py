"""The calendar in the staff console: a day or a week, blocks, visits from the phone, feeds, and answers to requests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.booking import FreeTime, Wish
from knee_intake.booking.schedule import Busy, clashes, open_days
from knee_intake.errors import CalendarFormError, NothingToConfirmError
from knee_intake.practice import Practice
from knee_intake.records.busy_times import old_feeds
from knee_intake.records.calendar_rows import entries_between
from knee_intake.records.staff_queries import mark
from knee_intake.web import calendar_deeds as deeds
from knee_intake.web import visit_deeds
from knee_intake.web.bodies import row_number
from knee_intake.web.calendar_view import CalendarView, Shown
from knee_intake.web.context import AppContext
from knee_intake.web.staff_gate import LIVE_HEADER, require

if TYPE_CHECKING:
    from knee_intake.web.staff import Console

MOST_TIMES = 18
"""Free times from which staff pick what to offer."""
YEAR = 366
"""Days: so far ahead staff enter visits."""
_FORM = re.compile(r"[\w-]{8,40}")

Form = Mapping[str, str]


def calendar_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """Every route under /staff/calendar, and the answers to a conversation's requests."""
    pages = CalendarPages(context, console)
    one = "/staff/conversations/{id}"

    def post(path: str, name: str) -> BaseRoute:
        return Route(path, console.page(getattr(pages, name)), methods=["POST"])

    return [
        Route("/staff/calendar", console.page(pages.calendar), methods=["GET"]),
        post("/staff/calendar/blocks", "block"),
        post("/staff/calendar/blocks/{block}/remove", "unblock"),
        Route("/staff/calendar/visit", console.page(pages.visit_form), methods=["GET"]),
        post("/staff/calendar/visit", "enter_visit"),
        post("/staff/calendar/visit/cancel", "cancel_visit"),
        Route("/staff/calendar/feeds", console.page(pages.feeds), methods=["GET"]),
        post("/staff/calendar/feeds", "change_feed"),
        Route(f"{one}/times", console.page(pages.times_form), methods=["GET"]),
        post(f"{one}/times", "offer_times"),
        post(f"{one}/spam", "mark_spam"),
        post(f"{one}/not-spam", "undo_spam"),
    ]


class CalendarPages:
    """The handlers; each runs in a worker thread."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console = context, console
        self._view = CalendarView(context, console.view)
        self._zone = context.clinic.practice.zoneinfo()

    # -- looking -----------------------------------------------------------------------------------------------------

    def calendar(self, request: Request, _form: Form) -> Response:
        shown, live = self._shown(request.query_params), LIVE_HEADER in request.headers
        start, end = shown.span(self._zone)
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            entries = deeds.see_calendar(
                self._context, connection, session.member, start, end, shown.clinician, live=live
            )
            state, old = mark(connection), old_feeds(connection, self._context.clock())
        return HTMLResponse(self._view.calendar(session, shown, entries, mark=state, old_feeds=old))

    def _shown(self, query: Form) -> Shown:
        return Shown(self._day(query.get("day")), query.get("view") != "day", self._clinician(query.get("clinician")))

    def _day(self, text: str | None) -> date:
        """The local day; today where none is named. Raises CalendarFormError."""
        today = self._context.clock().astimezone(self._zone).date()
        if not text:
            return today
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise CalendarFormError("That is no day. Please pick one from the calendar.") from None
        if abs((day - today).days) > 10 * YEAR:
            raise CalendarFormError("That day is too far away.")
        return day

    def _clinician(self, name: str | None) -> str | None:
        return name if name in {one.id for one in self._context.clinic.practice.clinicians} else None

    # -- blocks ------------------------------------------------------------------------------------------------------

    def block(self, request: Request, form: Form) -> Response:
        start, end = self._moment(form.get("start", "")), self._moment(form.get("end", ""))
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            note, clinician = form.get("note", "").strip(), form.get("clinician", "")
            deeds.block_time(self._context, connection, session.member, clinician, start, end, note)
        return self._to_calendar(start)

    def _moment(self, text: str) -> datetime:
        """A local time as a form sends it, "2026-12-01T09:00". Raises CalendarFormError."""
        try:
            found = datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=self._zone)
            return found.astimezone(timezone.utc)
        except (ValueError, OverflowError):
            raise CalendarFormError("Please fill in day and time of both, start and end.") from None

    def unblock(self, request: Request, form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            deeds.unblock_time(self._context, connection, session.member, row_number(request.path_params["block"]))
        return _to(f"/staff/calendar?{self._shown(form).query()}")

    # -- visits from the phone ---------------------------------------------------------------------------------------

    def visit_form(self, request: Request, _form: Form) -> Response:
        query, practice = request.query_params, self._context.clinic.practice
        kinds = [visit.id for visit in practice.visit_types]
        kind = query.get("kind") if query.get("kind") in kinds else practice.first_visit.id
        giving = [one.id for one in practice.clinicians if kind in one.visit_types]
        clinician = query.get("clinician") if query.get("clinician") in giving else next(iter(giving), "")
        day = self._day(query.get("day"))
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            require(session.member, "reviewer")
            free = self._free_on(connection, str(kind), str(clinician), day)
            state = mark(connection)
        return HTMLResponse(
            self._view.visit_form(session, kind=str(kind), clinician=str(clinician), day=day, free=free, mark=state)
        )

    def _free_on(self, connection: Connection, kind: str, clinician: str, day: date) -> list[FreeTime]:
        """Every free start of a day: staff are bound by hours and holidays, not by notice and horizon."""
        practice, now = _without_notice(self._context.clinic.practice), self._context.clock()
        start, end = Shown(day, False, None).span(self._zone)
        taken = [
            Busy(one.clinician, one.start, one.end) for one in entries_between(connection, start, end, now, clinician)
        ]
        buffer = timedelta(minutes=practice.booking.buffer_minutes)
        wish = Wish(earliest=day, latest=day)
        return [
            free
            for times in open_days(practice, kind, now, wish)
            for free in times
            if free.clinician == clinician and free.start > now and not clashes(free, taken, buffer)
        ]

    def enter_visit(self, request: Request, form: Form) -> Response:
        time = self._picked(form.get("kind", ""), form.get("clinician", ""), form.get("start", ""))
        if not _FORM.fullmatch(form.get("form", "")):
            raise CalendarFormError("This form is broken. Please load it again.")
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            deeds.enter_visit(
                self._context,
                connection,
                session.member,
                form=form["form"],
                time=time,
                first_name=form.get("first_name", "").strip(),
                contact=form.get("contact", "").strip(),
            )
        return self._to_calendar(time.start)

    def _picked(self, kind: str, clinician: str, start: str) -> FreeTime:
        """A time out of a form. Raises CalendarFormError."""
        try:
            begins = datetime.fromisoformat(start)
            minutes = self._context.clinic.practice.visit_type(kind).minutes
            return FreeTime(begins, begins + timedelta(minutes=minutes), clinician, kind)
        except (ValueError, KeyError, OverflowError):
            raise CalendarFormError("Please pick a time.") from None

    def cancel_visit(self, request: Request, form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            deeds.cancel_visit(self._context, connection, session.member, form.get("reference", ""))
        return _to(f"/staff/calendar?{self._shown(form).query()}")

    # -- feeds -------------------------------------------------------------------------------------------------------

    def feeds(self, request: Request, _form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            feeds = deeds.see_feeds(self._context, connection, session.member)
            state = mark(connection)
        return HTMLResponse(self._view.feeds(session, feeds, str(request.base_url).rstrip("/"), mark=state))

    def change_feed(self, request: Request, form: Form) -> Response:
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            remove = form.get("do") == "remove"
            deeds.change_feed(self._context, connection, session.member, form.get("name", ""), remove=remove)
        return _to("/staff/calendar/feeds")

    # -- the visits of a conversation --------------------------------------------------------------------------------

    def times_form(self, request: Request, _form: Form) -> Response:
        conversation = request.path_params["id"]
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            require(session.member, "reviewer")
            requests = visit_deeds.requests_of(connection, conversation)
            state = mark(connection)
        if not requests:
            raise NothingToConfirmError("no requested visit to answer")
        free = self._context.calendar.free_times(requests[0]["kind"], Wish(), self._context.clock(), MOST_TIMES)
        return HTMLResponse(self._view.times_form(session, conversation, free, mark=state))

    def offer_times(self, request: Request, form: Form) -> Response:
        conversation = request.path_params["id"]
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            requests = visit_deeds.requests_of(connection, conversation)
            kind = requests[0]["kind"] if requests else self._context.clinic.practice.first_visit.id
            picked = [value.partition("|") for name, value in sorted(form.items()) if name.startswith("time_")]
            times = [self._picked(kind, clinician, start) for clinician, _, start in picked]
            visit_deeds.offer_times(self._context, connection, session.member, conversation, times)
        return _to_conversation(conversation)

    def mark_spam(self, request: Request, form: Form) -> Response:
        conversation = request.path_params["id"]
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            visit_deeds.mark_spam(self._context, connection, session.member, conversation)
        return _to_conversation(conversation)

    def undo_spam(self, request: Request, form: Form) -> Response:
        conversation = request.path_params["id"]
        with self._context.database.write() as connection:
            session = self._console.checked(request, form, connection)
            visit_deeds.undo_spam(self._context, connection, session.member, conversation)
        return _to_conversation(conversation)

    def _to_calendar(self, moment: datetime) -> Response:
        return _to(f"/staff/calendar?{Shown(moment.astimezone(self._zone).date(), False, None).query()}")


def _without_notice(practice: Practice) -> Practice:
    rules = msgspec.structs.replace(practice.booking, notice_hours=0, horizon_days=YEAR)
    return msgspec.structs.replace(practice, booking=rules)


def _to(path: str) -> Response:
    return RedirectResponse(path, status_code=303)


def _to_conversation(conversation: str) -> Response:
    return _to(f"/staff/conversations/{quote(conversation, safe='')}")
