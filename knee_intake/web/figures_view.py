"""The figures as a page: each table with its chart, and the numbers in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from knee_intake.figures.tables import AGREED, Cell, Kind, Table, share
from knee_intake.web import charts
from knee_intake.web.charts import Bar, Series
from knee_intake.web.figures_report import Report

LONG = ("days", "visits")
"""Tables with a row for each day stand folded under their chart."""


@dataclass(frozen=True)
class Section:
    """A table with its chart."""

    table: Table
    chart: Markup | None
    """None where there is nothing to draw."""
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    folded: bool


def section(table: Table) -> Section:
    """What the page shows of a table."""
    rows = tuple(
        tuple(shown(cell, column.kind) for cell, column in zip(row, table.columns, strict=True)) for row in table.rows
    )
    head = tuple(column.label for column in table.columns)
    # the charts escape every text they are given
    drawn = _CHARTS[table.name](table) if any(_numbers(table)) else None
    return Section(table, Markup(drawn) if drawn else None, head, rows, table.name in LONG)


def headline(report: Report) -> list[tuple[str, str, str]]:
    """(what, number, more) of the first line of the page."""
    total, visits, rules = report.total, report.visits, report.rules
    asked = sum(visits.on(day) for day in visits.by_day)
    alerts = sum(one.alerts for one in rules)
    open_ones = sum(one.unseen for one in rules)
    return [
        ("Chats opened", str(total.opened), ""),
        (AGREED, str(total.agreed), _of(total.agreed, total.opened)),
        ("Chats with a visit asked for", str(total.booked), _of(total.booked, total.opened)),
        ("Visits asked for", str(asked), f"{visits.total('booked')} booked"),
        ("Urgent cases", str(alerts), f"{open_ones} not acknowledged" if open_ones else ""),
    ]


def _of(part: int, whole: int) -> str:
    found = share(part, whole)
    return "" if found is None else f"{shown(found, 'percent')} of chats"


def shown(cell: Cell, kind: Kind) -> str:
    """A cell as people read it."""
    if cell is None:
        return "–"
    if kind == "percent":
        return f"{cell:g} %"
    return duration(int(cell)) if kind == "seconds" else str(cell)


def duration(seconds: int) -> str:
    """The two largest units: 45 s, 2 min 5 s, 3 h 10 min, 2 d 4 h."""
    sizes = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))
    for place, (size, unit) in enumerate(sizes):
        if seconds >= size or size == 1:
            whole, rest = divmod(seconds, size)
            small = rest // sizes[place + 1][0] if size > 1 else 0
            return f"{whole} {unit}" + (f" {small} {sizes[place + 1][1]}" if small else "")
    return f"{seconds} s"


def _numbers(table: Table) -> list[float]:
    return [float(cell) for row in table.rows for cell in row[1:] if cell]


# -- the charts ------------------------------------------------------------------------------------------------------


def _number(cell: Cell) -> float:
    return float(cell or 0)


def _over_days(table: Table) -> str:
    columns = [1, 2, 3] if table.name == "days" else [1, 3]
    counts = {table.columns[at].label: [_number(row[at]) for row in table.rows] for at in columns}
    series = [Series(label, values) for label, values in counts.items()]
    sums = "; ".join(f"{one}: {sum(of):g} in all, at most {max(of):g} on a day" for one, of in counts.items())
    labels = [_day(str(row[0])) for row in table.rows]
    return charts.lines(table.name, table.title, f"From {labels[0]} to {labels[-1]}. {sums}.", labels, series)


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day:%b} {day.day}"


def _funnel(table: Table) -> str:
    rows = [Bar(str(row[0]), _number(row[1]), f"{row[1]}{_percent(row[2])}") for row in table.rows]
    first, last = table.rows[0], table.rows[-1]
    worst = max(table.rows, key=lambda row: _number(row[3]))
    words = f"Of {first[1]} chats {last[1]} asked for a visit. Most left at: {worst[0]} ({worst[3]})."
    return charts.funnel(table.name, table.title, words, rows)


def _percent(cell: Cell) -> str:
    return "" if cell is None else f" ({shown(cell, 'percent')})"


def _bars(at: int, text: Callable[[tuple[Cell, ...]], str], words: str) -> Callable[[Table], str]:
    """A bar for each row that has a number in column `at`."""

    def draw(table: Table) -> str:
        rows = [Bar(str(row[0]), _number(row[at]), text(row)) for row in table.rows if row[at] is not None]
        if not rows:
            return ""
        most = max(rows, key=lambda row: row.value)
        return charts.bars(table.name, table.title, f"{words} The most: {most.label}, {most.text}.", rows)

    return draw


def _asked(table: Table) -> str:
    rows = [Bar(str(row[0]), _number(row[1]), f"{row[1]}{_badly(row[2])}", _number(row[2]) / 100) for row in table.rows]
    words = "How often each was asked; the hatched part was answered badly. The most: "
    return charts.bars(table.name, table.title, f"{words}{rows[0].label}, {rows[0].text}.", rows)


def _badly(cell: Cell) -> str:
    return f", {shown(cell, 'percent')} badly" if cell else ""


def _time(row: tuple[Cell, ...]) -> str:
    return f"{shown(row[2], 'seconds')} (90 %: {shown(row[3], 'seconds')})"


_CHARTS: dict[str, Callable[[Table], str]] = {
    "days": _over_days,
    "visits": _over_days,
    "funnel": _funnel,
    "time": _bars(2, _time, "Median time from question to reply."),
    "asked": _asked,
    "urgent": _bars(1, lambda row: str(row[1]), "Alerts by rule."),
    "understanding": _bars(1, lambda row: f"{row[1]}{_percent(row[2])}", "Messages of visitors."),
    "no-times": _bars(1, lambda row: f"{row[1]}{_percent(row[2])}", "Chats in which no time was found."),
}
