"""The pages that links in mails lead to: a visit, an answer of the clinic's, no more mails.

A GET shows a page with a button and changes nothing, because mail programs open links by themselves; the POST does it.
The link is the key: no cookie and no script is needed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from knee_intake.booking import Booking, time_label
from knee_intake.errors import (
    BookingError,
    BookingStateError,
    CalendarUnavailableError,
    CodeLockedError,
    CodeWrongError,
    KneeIntakeError,
    LinkError,
    RateLimitedError,
    SlotTakenError,
)
from knee_intake.notices import visitors
from knee_intake.notices.answers import Answers
from knee_intake.notices.links import PREFIX, Links, VisitLink
from knee_intake.notices.texts import NoticeTexts
from knee_intake.notices.visit_deeds import STANDING, VisitDeeds
from knee_intake.practice import Practice
from knee_intake.web.bodies import read_form
from knee_intake.web.context import AppContext
from knee_intake.web.rates import RateLimit
from knee_intake.web.staff_gate import secured

HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"  # no script
)
FIRST_TIMES, MORE_TIMES = 8, 40
REQUESTS_A_MINUTE = 60
"""From one address, all of these pages together."""

Form = Mapping[str, str]
Handler = Callable[[Request, Form], Response]


def mail_routes(context: AppContext) -> list[BaseRoute]:
    """Every route under /mail."""
    pages = MailPages(context)
    methods = ["GET", "POST"]
    return [
        Mount(f"{PREFIX}/static", _Files(directory=HERE / "static" / "mail")),
        Route(f"{PREFIX}/visit/{{token}}", pages.endpoint(pages.visit), methods=["GET"]),
        Route(f"{PREFIX}/visit/{{token}}/keep", pages.endpoint(pages.keep), methods=methods),
        Route(f"{PREFIX}/visit/{{token}}/move", pages.endpoint(pages.move), methods=methods),
        Route(f"{PREFIX}/visit/{{token}}/cancel", pages.endpoint(pages.cancel), methods=methods),
        Route(f"{PREFIX}/visit/{{token}}/confirm", pages.endpoint(pages.confirm), methods=methods),
        Route(f"{PREFIX}/answer/{{token}}", pages.endpoint(pages.answer), methods=methods),
        Route(f"{PREFIX}/stop/{{token}}", pages.endpoint(pages.stop), methods=methods),
    ]


class MailPages:
    """The handlers. Each runs in a worker thread: it waits for the database."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._links = Links(context.secret, str(context.settings.public_url))
        self._answers = Answers(context.database, self._links)
        self._rate = RateLimit(REQUESTS_A_MINUTE, 60) if context.settings.rate_limits else None
        folder = FileSystemLoader(HERE / "templates")
        self._pages = Environment(
            loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )

    @property
    def _texts(self) -> NoticeTexts:
        return self._context.clinic.notices

    @property
    def _practice(self) -> Practice:
        return self._context.clinic.practice

    @property
    def _deeds(self) -> VisitDeeds:
        return VisitDeeds(self._context.clinic, self._context.database, self._context.calendar)

    def endpoint(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint around `handler`: counts the caller's requests, turns errors into pages, adds the headers."""

        async def answer(request: Request) -> Response:
            try:
                if self._rate is not None:
                    self._rate.check(request.client.host if request.client else "unknown")
                response = await run_in_threadpool(handler, request, await read_form(request))
            except RateLimitedError as error:
                response = self._page("gone_heading", say=["busy"], status=error.status)
            except LinkError as error:
                response = self._page("gone_heading", say=["gone"], status=error.status)
            except KneeIntakeError as error:
                response = self._page("gone_heading", paragraphs=[error.visitor], status=error.status)
            response.headers["content-security-policy"] = POLICY
            return secured(response)

        return answer

    # ---- a visit -----------------------------------------------------------------------------------------

    def visit(self, request: Request, _form: Form) -> Response:
        """Where the visit stands, and the ways to change it."""
        visit = self._deeds.find(self._visit_link(request))
        here = request.url.path
        links = [{"href": f"{here}/{page}", "label": self._say(f"{page}_label")} for page in ("keep", "move", "cancel")]
        return self._visit_page(visit, links=links if visit.status in STANDING else [])

    def keep(self, request: Request, _form: Form) -> Response:
        return self._simple(request, "keep", lambda link: self._deeds.keep(link, self._now()))

    def cancel(self, request: Request, _form: Form) -> Response:
        return self._simple(request, "cancel", lambda link: self._deeds.cancel(link, self._now()))

    def confirm(self, request: Request, _form: Form) -> Response:
        return self._simple(request, "confirm", self._confirm)

    def _confirm(self, link: VisitLink) -> str | None:
        return None if self._deeds.confirm_contact(link, self._now()) else "confirm_changed"

    def _simple(self, request: Request, name: str, deed: Callable[[VisitLink], str | None]) -> Response:
        """One button. `deed` returns the text to show where it is not `NAME_done`."""
        link = self._visit_link(request)
        visit = self._deeds.find(link)
        if visit.status not in STANDING:
            return self._visit_page(visit)
        if request.method != "POST":
            return self._visit_page(visit, ask=self._say(f"{name}_ask"), button=self._say(f"{name}_label"))
        try:
            said = deed(link) or (f"{name}_done" if name != "cancel" else "")
        except BookingStateError:
            said = ""  # done already, by a second press or in the chat: the page tells how it is now
        return self._visit_page(self._deeds.find(link), notice=self._say(said) if said else "")

    def move(self, request: Request, form: Form) -> Response:
        """Free times to press; a press takes the new time and lets go of the old one."""
        link = self._visit_link(request)
        visit = self._deeds.find(link)
        notice, status = "", 200
        if request.method == "POST":
            try:
                new = self._deeds.move(link, form.get("time", ""), self._now())
            except SlotTakenError as error:
                notice, status = self._say("move_taken"), error.status
            except CalendarUnavailableError as error:
                again = [{"href": request.url.path, "label": self._say("move_label")}]
                return self._visit_page(visit, notice=self._say("move_failed"), links=again, status=error.status)
            except BookingStateError:
                return self._visit_page(self._deeds.find(link))
            else:
                values = {"time": self._time(new), "reference": new.reference}
                return self._page("visit_heading", paragraphs=[self._say(f"move_done_{new.status}", **values)])
        if visit.status not in STANDING:
            return self._visit_page(visit)
        return self._times_page(request, visit, notice, status)

    def _times_page(self, request: Request, visit: Booking, notice: str, status: int) -> Response:
        more = "more" in request.query_params
        try:
            times = self._deeds.free_times(visit, self._now(), MORE_TIMES if more else FIRST_TIMES)
        except BookingError:
            times = []
        if not times:
            return self._visit_page(visit, notice=notice, ask=self._say("move_none"), status=status)
        zone = self._practice.zoneinfo()
        links = [] if more else [{"href": f"{request.url.path}?more=1", "label": self._say("more_label")}]
        return self._visit_page(
            visit, notice=notice, ask=self._say("move_ask"), links=links, status=status,
            times=[{"value": time.value, "label": time.label(zone)} for time in times],
        )  # fmt: skip

    def _visit_link(self, request: Request) -> VisitLink:
        return self._links.read_visit(request.path_params["token"], self._now())

    def _visit_page(self, visit: Booking, **more: Any) -> Response:
        state = visit.status if visit.status in STANDING else "cancelled"
        told = [self._say(state, time=self._time(visit)), self._say("reference", reference=visit.reference)]
        return self._page("visit_heading", paragraphs=told, **more)

    def _time(self, visit: Booking) -> str:
        return time_label(visit.start)

    # ---- an answer, no more mails ------------------------------------------------------------------------

    def answer(self, request: Request, form: Form) -> Response:
        """Asks for the code; with the right one, what staff have written."""
        link = self._links.read_answer(request.path_params["token"], self._now())
        try:
            if request.method != "POST":
                self._answers.check_open(link)
                return self._code_page()
            said = self._answers.read(link, form.get("code", ""))
        except CodeWrongError as error:
            return self._code_page(self._say("code_wrong"), error.status)
        except CodeLockedError as error:
            return self._page("answer_heading", say=["code_locked"], status=error.status)
        zone = self._practice.zoneinfo()
        answers = [{"when": time_label(one["at"].astimezone(zone)), "text": one["text"]} for one in said]
        return self._page("answer_heading", answers=answers, ask=self._say("answer_more"))

    def _code_page(self, notice: str = "", status: int = 200) -> Response:
        return self._page(
            "answer_heading", say=["code_ask"], notice=notice, status=status,
            code_label=self._say("code_label"), button=self._say("code_button_label"),
        )  # fmt: skip

    def stop(self, request: Request, _form: Form) -> Response:
        """The visitor wants no more mails."""
        link = self._links.read_stop(request.path_params["token"], self._now())
        if request.method != "POST":
            return self._page("stop_heading", say=["stop_ask"], button=self._say("stop_label"))
        with self._context.database.write() as connection:
            visitors.stop(connection, link.conversation, self._now())
        return self._page("stop_heading", say=["stop_done"])

    # ---- all ---------------------------------------------------------------------------------------------

    def _now(self) -> Any:
        return self._context.clock()

    def _say(self, name: str, **values: str) -> str:
        anywhere = {"clinic": self._practice.name.value or "", "phone": self._practice.phone_text()}
        return self._texts.page(name, **{**anywhere, **values})

    def _page(
        self,
        heading: str,
        *,
        say: list[str] | None = None,
        paragraphs: list[str] | None = None,
        status: int = 200,
        **parts: Any,
    ) -> Response:
        empty = dict.fromkeys(("notice", "answers", "ask", "times", "code_label", "button", "links"))
        told = [*(paragraphs or []), *(self._say(name) for name in say or [])]
        body = self._pages.get_template("mail/page.html").render(
            **{**empty, **parts}, heading=self._say(heading), paragraphs=told, clinic=self._practice.name.value or ""
        )
        return HTMLResponse(body, status_code=status)


class _Files(StaticFiles):
    """The style, with the pages' headers."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        return secured(response)
