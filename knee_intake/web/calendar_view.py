"""Turns what stands in the calendar into pages: days with their entries, the form for a visit, the feeds."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from knee_intake.booking import FreeTime, time_label
from knee_intake.booking.entry import Entry
from knee_intake.interview.summary import visit_label
from knee_intake.records.calendar_feeds import EVERYBODY, CalendarFeed
from knee_intake.records.staff_accounts import Session
from knee_intake.web.context import AppContext
from knee_intake.web.staff_view import StaffView

STATUS_LABELS = {
    "held": "held for a chat",
    "requested": "requested",
    "booked": "booked",
    "blocked": "blocked",
    "busy": "busy elsewhere",
}


@dataclass(frozen=True)
class Shown:
    """What the calendar page shows: a day or a week, of one clinician or all."""

    day: date
    week: bool
    clinician: str | None

    @property
    def first(self) -> date:
        return self.day - timedelta(days=self.day.weekday()) if self.week else self.day

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range(7 if self.week else 1)]

    def span(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """From the first midnight to the last, in the clinic's zone."""
        return _midnight(self.first, zone), _midnight(self.days[-1] + timedelta(days=1), zone)

    def query(self, steps: int = 0) -> str:
        """The part of the address that shows this, or so many days or weeks on."""
        day = self.day + timedelta(days=steps * (7 if self.week else 1))
        who = f"&clinician={self.clinician}" if self.clinician else ""
        return f"day={day.isoformat()}&view={'week' if self.week else 'day'}{who}"


class CalendarView:
    """Renders the calendar's pages."""

    def __init__(self, context: AppContext, view: StaffView) -> None:
        self._context, self._view = context, view
        self._zone = context.clinic.practice.zoneinfo()

    def calendar(
        self, session: Session, shown: Shown, entries: Sequence[Entry], *, mark: str, old_feeds: Sequence[str]
    ) -> str:
        """A day or a week."""
        today = self._context.clock().astimezone(self._zone).date()
        return self._view.render(
            "calendar",
            session=session,
            mark=mark,
            shown=shown,
            today=today,
            title=_title(shown),
            days=[self._day(day, entries, today) for day in shown.days],
            clinicians=self._context.clinic.practice.clinicians,
            old_feeds=[self._view.clinician(one) for one in old_feeds],
        )

    def _day(self, day: date, entries: Sequence[Entry], today: date) -> dict[str, object]:
        start, end = _midnight(day, self._zone), _midnight(day + timedelta(days=1), self._zone)
        practice = self._context.clinic.practice
        spans = [f"{_clock(opens)} to {_clock(closes)}" for opens, closes in practice.spans_on(day)]
        closed = "closed, holiday" if practice.is_holiday(day) else "closed"
        return {
            "day": day,
            "label": f"{day:%a}, {day:%b} {day.day}",
            "is_today": day == today,
            "open": " and ".join(spans) or closed,
            "entries": [
                {**self._line(one, start, end), "clash": _clashes(one, entries)}
                for one in entries
                if one.start < end and one.end > start
            ],
        }

    def _line(self, entry: Entry, day: datetime, following: datetime) -> dict[str, object]:
        return {
            "entry": entry,
            "id": f"e-{entry.reference or entry.block or f'{entry.clinician}-{int(entry.start.timestamp())}'}",
            "label": STATUS_LABELS[entry.status],
            "kind": visit_label(entry.kind, self._context.clinic) if entry.kind else None,
            "who": self._view.clinician(entry.clinician),
            "time": self._time(max(entry.start, day), min(entry.end, following), following - day),
        }

    def _time(self, start: datetime, end: datetime, whole: timedelta) -> str:
        if end - start >= whole:
            return "all day"
        clocks = [_clock(moment.astimezone(self._zone).time()) for moment in (start, end)]
        return f"{clocks[0]} to {'midnight' if clocks[1] == '12:00 AM' else clocks[1]}"

    def visit_form(
        self, session: Session, *, kind: str, clinician: str, day: date, free: Sequence[FreeTime], mark: str
    ) -> str:
        """The form for a visit that was asked for on the phone, with the free times of a day."""
        practice = self._context.clinic.practice
        return self._view.render(
            "visit",
            session=session,
            mark=mark,
            kind=kind,
            clinician=clinician,
            day=day,
            kinds=[(visit.id, visit.label["en"], visit.minutes) for visit in practice.visit_types],
            clinicians=[one for one in practice.clinicians if kind in one.visit_types],
            free=[(time.value, _clock(time.start.time())) for time in free],
            closed=not practice.spans_on(day),
            form=secrets.token_urlsafe(12),
        )

    def times_form(self, session: Session, conversation: str, free: Sequence[FreeTime], *, mark: str) -> str:
        """The form that answers a request with other times."""
        times = [(slot_value(time), time_label(time.start), self._view.clinician(time.clinician)) for time in free]
        return self._view.render("times", session=session, mark=mark, conversation=conversation, times=times)

    def feeds(self, session: Session, feeds: Sequence[CalendarFeed], address: str, *, mark: str) -> str:
        """The feeds, with their addresses; `address` is where this site is reached."""
        there = {feed.name: feed for feed in feeds}
        practice = self._context.clinic.practice
        names = [(EVERYBODY, "Everybody"), *((one.id, self._view.clinician(one.id)) for one in practice.clinicians)]
        lines = [
            {
                "name": name,
                "label": label,
                "address": f"{address}/calendar/{there[name].secret}.ics" if name in there else None,
                "made_at": there[name].made_at if name in there else None,
            }
            for name, label in names
        ]
        shows_names = practice.booking.feed_shows_first_names
        return self._view.render("feeds", session=session, mark=mark, feeds=lines, shows_names=shows_names)


def _clashes(entry: Entry, entries: Sequence[Entry]) -> bool:
    """Whether a visit lies where its clinician is blocked or busy elsewhere: that came up after it was asked for."""
    return entry.status in ("requested", "booked") and any(
        one.status in ("blocked", "busy")
        and one.clinician == entry.clinician
        and one.start < entry.end
        and one.end > entry.start
        for one in entries
    )


def slot_value(free: FreeTime) -> str:
    """A time as a form sends it back: whose, when."""
    return f"{free.clinician}|{free.value}"


def _title(shown: Shown) -> str:
    first = shown.days[0]
    return f"{'Week of ' if shown.week else ''}{first:%A}, {first:%B} {first.day}, {first.year}"


def _clock(clock: time) -> str:
    """3:04 PM"""
    return f"{clock.hour % 12 or 12}:{clock.minute:02} {'PM' if clock.hour >= 12 else 'AM'}"


def _midnight(day: date, zone: tzinfo) -> datetime:
    # in UTC: two times of one zone are subtracted by the wall clock, which is wrong when clocks change
    return datetime.combine(day, time.min, zone).astimezone(timezone.utc)
