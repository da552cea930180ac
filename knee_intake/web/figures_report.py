"""All figures of a span of days, put together: what is kept of each day, and what is read as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from knee_intake.figures import tables
from knee_intake.figures.care import RuleFigures, VisitFigures, by_day, by_rule
from knee_intake.figures.tables import Table
from knee_intake.figures.talk_counts import DayCounts, QuestionNames
from knee_intake.interview.summary import rule_names
from knee_intake.records.care_rows import alerts_between, visits_between
from knee_intake.records.database import Database
from knee_intake.records.day_figures import DayFigures, bounds

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic


@dataclass(frozen=True)
class Report:
    """The figures of a span."""

    total: DayCounts
    rules: Sequence[RuleFigures]
    visits: VisitFigures
    tables: Sequence[Table]


class Reporter:
    """Counts. Blocks: for what a day that has changed costs, see DayFigures."""

    def __init__(self, database: Database, clinic: Clinic) -> None:
        self._database = database
        self._zone = clinic.practice.zoneinfo()
        self._names, self._rules = QuestionNames(clinic.questions), rule_names(clinic)
        self._days = DayFigures(database, clinic.questions, self._zone)

    def report(self, first: date, last: date) -> Report:
        """The days from `first` to `last`, both included, in the clinic's zone."""
        days = self._days.read(first, last)
        total = DayCounts()
        for one in days.values():
            total.add(one)
        start, end = bounds(first, self._zone)[0], bounds(last, self._zone)[1]
        with self._database.read() as connection:
            rules = by_rule(alerts_between(connection, start, end))
            visits = by_day(visits_between(connection, start, end), self._zone)
        found = [
            tables.by_day(days),
            tables.funnel(total, self._names),
            tables.pauses(total, self._names),
            tables.asked(total),
            tables.urgent(rules, self._rules),
            tables.understanding(total),
            tables.no_times(total),
            tables.visits(list(days), visits),
        ]
        return Report(total, rules, visits, found)
