"""/staff/learning/quality: how well patients are understood, by day or week, as a drawing, a table and a CSV file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from markupsafe import Markup
from sqlalchemy.engine import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from knee_intake.csv_cells import line
from knee_intake.errors import RequestError
from knee_intake.records.audit import write_audit
from knee_intake.records.learning import Counted, days_since
from knee_intake.records.model_builds import promotions
from knee_intake.records.staff_queries import mark
from knee_intake.web.charts import Series, lines
from knee_intake.web.context import AppContext
from knee_intake.web.learning_deeds import gather_for

if TYPE_CHECKING:
    from knee_intake.web.staff import Console, Form

PAGE = "/staff/learning/quality"
SHARES = {
    "rejected": "not understood",
    "low": "low confidence",
    "corrected": "corrected",
    "unanswered": "not answered",
    "judged": "judged wrong",
}
PERIODS = {"day": 30, "week": 26}
"""How many of them are shown."""
WEEK = 7


@dataclass(frozen=True)
class Period:
    """A day or a week."""

    first: date
    counted: Counted

    @property
    def label(self) -> str:
        return f"{self.first:%b} {self.first.day}"

    def percent(self, name: str) -> float | None:
        """Of the messages; None where nothing was said."""
        share = self.counted.share(name)
        return None if share is None else 100 * share


def quality_routes(context: AppContext, console: Console) -> list[BaseRoute]:
    """The page and its file."""
    pages = QualityPages(context, console)
    return [
        Route(PAGE, console.page(pages.chart), methods=["GET"]),
        Route(f"{PAGE}.csv", console.page(pages.table), methods=["GET"]),
    ]


class QualityPages:
    """The handlers; each runs in a worker thread."""

    def __init__(self, context: AppContext, console: Console) -> None:
        self._context, self._console = context, console
        self._zone = context.clinic.practice.zoneinfo()

    def chart(self, request: Request, _form: Form) -> Response:
        by = _by(request.query_params)
        complete = gather_for(self._context, self._console.gate, request)
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            periods = self._periods(connection, by)
            promoted = [at.astimezone(self._zone).date() for at in promotions(connection)]
            state = mark(connection)
        shares = [Series(label, [one.percent(name) for one in periods]) for name, label in SHARES.items()]
        marks = [place for day in promoted if (place := _place(day, periods, by)) is not None]
        drawn = lines(
            "quality", f"Share of messages by {by}", _told(periods, by), [one.label for one in periods], shares,
            unit="%", marks=marks,
        )  # fmt: skip
        body = self._console.view.render(
            "quality", session=session, mark=state, by=by, periods=periods, shares=SHARES, drawing=Markup(drawn),
            complete=complete, any=any(one.counted.said for one in periods), marked=bool(marks), which=PERIODS,
        )  # fmt: skip
        return HTMLResponse(body)

    def table(self, request: Request, _form: Form) -> Response:
        """The counts as CSV: one row a period."""
        by = _by(request.query_params)
        gather_for(self._context, self._console.gate, request)
        with self._context.database.write() as connection:
            session = self._console.gate.session(request, connection)
            periods = self._periods(connection, by)
            write_audit(
                connection, now=self._context.clock(), staff_id=session.member.id, action="quality_export",
                detail={"by": by, "rows": len(periods)},
            )  # fmt: skip
        rows: list[list[object]] = [[f"{by}_from", "messages", *SHARES]]
        rows += [[one.first, one.counted.said, *(getattr(one.counted, name) for name in SHARES)] for one in periods]
        name = f"understanding-by-{by}.csv"
        return Response(
            "".join(map(line, rows)),
            media_type="text/csv",
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )

    def _periods(self, connection: Connection, by: str) -> list[Period]:
        today = self._context.clock().astimezone(self._zone).date()
        return periods(dict(days_since(connection, first_of(today, by).isoformat())), today, by)


def first_of(today: date, by: str) -> date:
    """The first day that is shown; a week begins on Monday."""
    if by == "day":
        return today - timedelta(days=PERIODS["day"] - 1)
    return today - timedelta(days=today.weekday() + WEEK * (PERIODS["week"] - 1))


def periods(days: Mapping[str, Counted], today: date, by: str) -> list[Period]:
    """The days or weeks up to today, those without messages too."""
    step = 1 if by == "day" else WEEK
    found, first = [], first_of(today, by)
    while first <= today:
        within = [days.get((first + timedelta(days=number)).isoformat(), Counted()) for number in range(step)]
        found.append(Period(first, _sum(within)))
        first += timedelta(days=step)
    return found


def _sum(some: Sequence[Counted]) -> Counted:
    return Counted(**{name: sum(getattr(one, name) for one in some) for name in vars(Counted())})


def _place(day: date, shown: Sequence[Period], by: str) -> int | None:
    step = timedelta(days=1 if by == "day" else WEEK)
    return next((at for at, one in enumerate(shown) if one.first <= day < one.first + step), None)


def _told(shown: Sequence[Period], by: str) -> str:
    """The drawing in words: the whole span, and the last period that has messages."""
    last = next((one for one in reversed(shown) if one.counted.said), None)
    if last is None:
        return "No messages in this time."
    told = ", ".join(f"{label} {_percent(last.counted.share(name))}" for name, label in SHARES.items())
    return f"From {shown[0].label} to {shown[-1].label}. The last {by} with messages, {last.label}: {told}."


def _percent(share: float | None) -> str:
    return "no value" if share is None else f"{100 * share:.1f} %"


def _by(query: Mapping[str, str]) -> str:
    by = query.get("by", "") or "week"
    if by not in PERIODS:
        raise RequestError("`by`: day or week")
    return by
