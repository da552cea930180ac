"""/staff/figures: what the chats come to in numbers, for managers; every table as CSV too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake import csv_cells
from knee_intake.errors import NotFoundError, RequestError
from knee_intake.records.audit import write_audit
from knee_intake.records.staff_accounts import Session
from knee_intake.records.staff_queries import mark
from knee_intake.web.context import AppContext
from knee_intake.web.figures_report import Reporter
from knee_intake.web.figures_view import headline, section
from knee_intake.web.staff_gate import require

if TYPE_CHECKING:
    from knee_intake.web.staff import Console, Form

PAGE, FILE = "/staff/figures", "/staff/figures.csv"
SPANS = (7, 30, 90)
LONGEST_DAYS = 366
_USUAL = 30
_EARLIEST = date(2000, 1, 1)


def figures_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """The page and its files."""
    pages = FiguresPages(context, console)
    return [
        Route(PAGE, console.page(pages.page), methods=["GET"]),
        Route(FILE, console.page(pages.file), methods=["GET"]),
    ]


@dataclass(frozen=True)
class Span:
    """The days that are looked at, both ends included, in the clinic's zone."""

    first: date
    last: date
    days: int | None
    """Where it was chosen by its length."""

    @property
    def query(self) -> dict[str, str]:
        """As it stands in the address."""
        return {"days": str(self.days)} if self.days else {"from": self.first.isoformat(), "to": self.last.isoformat()}


def read_span(query: Mapping[str, str], today: date) -> Span:
    """The last 7, 30 or 90 days, or days of one's own up to today. Raises RequestError."""
    first, last = _date(query.get("from")), _date(query.get("to"))
    if first is None and last is None:
        days = query.get("days") or str(_USUAL)
        if days not in {str(span) for span in SPANS}:
            raise RequestError("`days`: 7, 30 or 90")
        return Span(today - timedelta(days=int(days) - 1), today, int(days))
    last = min(last or today, today)
    first = first or last - timedelta(days=_USUAL - 1)
    if not 0 <= (last - first).days < LONGEST_DAYS:
        raise RequestError(f"`from`, `to`: from one day to {LONGEST_DAYS} days, not in the future")
    return Span(first, last, None)


def _date(text: str | None) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise RequestError("a date is written 2026-11-23") from None
    if found < _EARLIEST:
        raise RequestError("there were no chats then")
    return found


class FiguresPages:
    """The handlers; each runs in a worker thread."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console = context, console
        self._zone = context.clinic.practice.zoneinfo()
        self._reporter = Reporter(context.database, context.clinic)

    def page(self, request: Request, _form: Form) -> Response:
        session, span, state = self._begin(request)
        report = self._reporter.report(span.first, span.last)
        body = self._console.view.render(
            "figures", session=session, mark=state, span=span, spans=SPANS, query=urlencode(span.query),
            today=self._today().isoformat(), headline=headline(report), zone=str(self._zone),
            sections=[section(table) for table in report.tables],
        )  # fmt: skip
        return HTMLResponse(body)

    def file(self, request: Request, _form: Form) -> Response:
        """One table as CSV. Raises NotFoundError where there is none of this name."""
        name = request.query_params.get("table", "")
        _, span, _ = self._begin(request, name)
        table = next((one for one in self._reporter.report(span.first, span.last).tables if one.name == name), None)
        if table is None:
            raise NotFoundError("no such table")
        text = csv_cells.table(
            [column.with_unit for column in table.columns],
            [["" if cell is None else cell for cell in row] for row in table.rows],
        )
        file = f"{name}-{span.first}-{span.last}.csv"
        return Response(
            text.encode(), media_type="text/csv", headers={"content-disposition": f'attachment; filename="{file}"'}
        )

    def _begin(self, request: Request, file: str = "") -> tuple[Session, Span, str]:
        """Who looks at what, written down."""
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            require(session.member, "manager")
            span = read_span(request.query_params, self._today())
            note = {"from": span.first.isoformat(), "to": span.last.isoformat(), **({"file": True} if file else {})}
            write_audit(
                connection, now=self._context.clock(), staff_id=session.member.id, action="figures", detail=note
            )
            return session, span, mark(connection)

    def _today(self) -> date:
        now: datetime = self._context.clock()
        return now.astimezone(self._zone).date()
