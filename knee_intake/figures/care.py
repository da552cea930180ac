"""How soon staff look at an alert, and what becomes of the visits that are asked for. PURE."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo


@dataclass(frozen=True)
class Alert:
    """One red flag that was raised."""

    rule: str
    at: datetime
    viewed_at: datetime | None
    """When staff first opened the conversation after it."""
    acknowledged_at: datetime | None


@dataclass(frozen=True)
class Visit:
    """One visit that was asked for in a chat."""

    asked_at: datetime
    status: str
    """requested | booked | cancelled"""
    spam: bool


@dataclass(frozen=True)
class RuleFigures:
    """The alerts of one rule; waits in seconds, None where there is none."""

    rule: str
    alerts: int
    view_median_s: float | None
    view_worst_s: float | None
    unviewed: int
    seen_median_s: float | None
    seen_worst_s: float | None
    unseen: int
    """Not acknowledged yet."""


def by_rule(alerts: Iterable[Alert]) -> list[RuleFigures]:
    """The rules, the most frequent first."""
    of: dict[str, list[Alert]] = {}
    for alert in alerts:
        of.setdefault(alert.rule, []).append(alert)
    found = [_figures(rule, raised) for rule, raised in of.items()]
    return sorted(found, key=lambda one: (-one.alerts, one.rule))


def _figures(rule: str, raised: Sequence[Alert]) -> RuleFigures:
    views = [(alert.viewed_at - alert.at).total_seconds() for alert in raised if alert.viewed_at]
    seen = [(alert.acknowledged_at - alert.at).total_seconds() for alert in raised if alert.acknowledged_at]
    return RuleFigures(
        rule, len(raised),
        statistics.median(views) if views else None, max(views, default=None), len(raised) - len(views),
        statistics.median(seen) if seen else None, max(seen, default=None), len(raised) - len(seen),
    )  # fmt: skip


@dataclass
class VisitFigures:
    """Visits by what has become of them, and how many were asked for on each local day."""

    by_day: dict[date, Counter[str]] = field(default_factory=dict)
    """day -> requested, booked, cancelled, spam"""

    def total(self, state: str) -> int:
        return sum(counts[state] for counts in self.by_day.values())

    def on(self, day: date) -> int:
        """All that were asked for on the day, without what staff found to be fakes."""
        counts = self.by_day.get(day, Counter())
        return sum(number for state, number in counts.items() if state != "spam")


def by_day(visits: Iterable[Visit], zone: tzinfo) -> VisitFigures:
    """Each visit on the day on which it was asked for."""
    found = VisitFigures()
    for visit in visits:
        counts = found.by_day.setdefault(visit.asked_at.astimezone(zone).date(), Counter())
        counts["spam" if visit.spam else visit.status] += 1
    return found
