"""Calendar words against a given present: "since March", "next Tuesday", "Dec 3rd", "around Easter". PURE.

The same words are read backwards for a history (`past=True`) and forwards for an appointment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from knee_intake.understanding.calendar_words import (
    HOLIDAYS,
    MONTH,
    ORDINAL,
    SEASONS,
    WEEKDAY,
    WEEKDAYS,
    first_of_month,
    holiday,
    month_end,
    month_number,
    ordinal_value,
    part_of_month,
    relative,
    safe_date,
    weekday_number,
)
from knee_intake.understanding.numbers import NUMBER, number_value
from knee_intake.understanding.plain import plain

_YEAR = r"(?:19|20)\d\d"
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?=t|\W|$)")
_MONTH_DAY = re.compile(
    rf"\b({MONTH})\s*(?:the\s+)?({ORDINAL}|\d{{1,2}}(?!\d|:|\s*(?:am|pm|years?|weeks?|months?)\b))(?:,?\s+({_YEAR})\b)?"
)
_DAY_MONTH = re.compile(
    rf"\b(?:the\s+)?({ORDINAL}|\d{{1,2}})\s+(?:day\s+)?(?:of\s+)?({MONTH})(?:,?\s+({_YEAR}))?(?=\W|$)"
)
_SLASHED = re.compile(r"(?<![\d/.])(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?(?![\d/])(?!\s*(?:pain|out\b))")
_PART_OF_MONTH = re.compile(
    r"\b(early|(?:beginning|start|end|middle)\s+of|mid|late|(?:last|first|second|third|fourth|1st|2nd|3rd|4th)\s+week"
    rf"\s+(?:of|in))[\s-]+(?:the\s+)?({MONTH}|next\s+month|this\s+month|month)"
)
_RELATIVE_DAYS = tuple(
    (re.compile(rf"\b(?:{pattern})\b"), days)
    for pattern, days in (
        (r"(?:the\s+)?day\s+before\s+yesterday", -2),
        (r"yesterday|last\s+night", -1),
        (r"today|tonight|this\s+(?:morning|afternoon|evening)", 0),
        (r"(?:the\s+)?day\s+after\s+(?:tomorrow|tmrw)", 2),
        (r"tomorrow|tomorow|tommorow|tommorrow|tmrw", 1),
    )
)
_RELATIVE_WEEK = re.compile(
    r"\b(?P<part>(?:early|later?|(?:beginning|start|end|middle)\s+of|mid)\s+)?(?:the\s+)?"
    r"(?:(?P<far>week\s+after\s+next)|(?P<which>following|next|this(?:\s+coming)?|last)\s+"
    r"(?P<unit>weekend|week|month|year))\b"
)
_WEEKEND = re.compile(r"(?:^\W*|\b(?:over|on|at|during|since|from)\s+)(?:the\s+)weekend\b")
_STEPS = {"following": 1, "next": 1, "last": -1}
_WEEKDAY = re.compile(
    rf"\b(?P<on>(?:since|on|from)\s+)?(?:(?P<which>this|next|last|past|coming)\s+)?(?<!\bi )(?<!\bwe )"
    rf"(?P<day>{WEEKDAY})(?:s|'s)?\b(?:\s+(?:of\s+)?(?P<week>next|this|last)\s+week\b)?"
)
_IN_SOME_TIME = re.compile(
    rf"\b(?:in|within)\s+(?:about\s+|around\s+)?(?P<n>{NUMBER}|a\s+couple(?:\s+of)?|a\s+few|an?)\s*"
    rf"(?P<unit>days?|weeks?|months?)\b|(?P<m>{NUMBER}|\ba)\s+(?P<u>days?|weeks?|months?)\s+from\s+(?:now|today)\b"
)
_SEASON = re.compile(
    r"\b(?:(?:last|this|next|the|in|since|early|late)\s+)+(?P<season>winter|spring|summer|fall|autumn)\b"
)
_MONTH = re.compile(
    r"(?:\b(?P<sure>since|in|from|around|about|during|until|till|by|before|after|last|this|next|of|or|and)\s+)?"
    rf"(?<!\w)(?P<month>{MONTH})(?:\s+(?:of\s+)?(?P<year>{_YEAR}|last\s+year|this\s+year))?(?=\W|$)"
)
_IN_YEAR = re.compile(rf"\b(?:since|in|from|around|about|early|late|mid)\s+({_YEAR})\b")
_DAY_OF_MONTH = re.compile(
    rf"\b(?:the|on|by|before|after|until|till)\s+(?:the\s+)?({ORDINAL})"
    r"(?!\s+(?:one|option|time|slot|of|week|choice|available|floor))"
)


@dataclass(frozen=True)
class DateSpan:
    """A day or a run of days that a text names."""

    first: date
    last: date
    start: int
    """Character offsets into the text as received."""
    end: int
    anchored: bool = True
    """False for words that may mean something else ("may") and for a bare weekday."""
    weekday: str | None = None
    """The weekday, where it is named without a week: "Tuesday"."""


def find_dates(text: str, now: datetime, *, past: bool) -> list[DateSpan]:
    """Every day or run of days a text names, in its order; of overlapping readings the more exact one."""
    taken: list[DateSpan] = []
    for span in _Reader(plain(text), now.date(), past).spans():
        if not any(span.start < other.end and other.start < span.end for other in taken):
            taken.append(span)
    return sorted(taken, key=lambda s: s.start)


class _Reader:
    """One text, one present, one direction; the more exact readings come first."""

    def __init__(self, text: str, today: date, past: bool) -> None:
        self.text, self.today, self.past = text, today, past

    def spans(self) -> Iterator[DateSpan]:
        yield from self._exact_days()
        yield from self._relative_days()
        yield from self._weeks()
        yield from self._weekdays()
        if not self.past:
            yield from self._in_some_time()
        yield from self._seasons_and_months()
        if self.past:
            yield from self._years()
        yield from self._days_of_month()

    def _exact_days(self) -> Iterator[DateSpan]:
        for m in _ISO.finditer(self.text):
            yield from self._single(safe_date(int(m[1]), int(m[2]), int(m[3])), m)
        for m in _MONTH_DAY.finditer(self.text):
            yield from self._single(self._day(month_number(m[1]), ordinal_value(m[2]) or 0, m[3]), m)
        for m in _DAY_MONTH.finditer(self.text):
            yield from self._single(self._day(month_number(m[2]), ordinal_value(m[1]) or 0, m[3]), m)
        for m in _SLASHED.finditer(self.text):
            yield from self._single(self._day(int(m[1]), int(m[2]), m[3]), m)
        for name, pattern in HOLIDAYS.items():
            for m in re.finditer(rf"\b(?:{pattern})\b", self.text):
                yield from self._single(self._nearest(partial(holiday, name)), m)

    def _single(self, day: date | None, match: re.Match[str]) -> Iterator[DateSpan]:
        if day:
            yield DateSpan(day, day, *match.span())

    def _day(self, month: int, day: int, year: str | None) -> date | None:
        if year:
            return safe_date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        return self._nearest(lambda y: safe_date(y, month, day))

    def _nearest(self, make: Callable[[int], date | None]) -> date | None:
        """The last such day up to today, or the next one from today on."""
        for step in range(9):  # February 29th may be eight years away
            day = make(self.today.year + (-step if self.past else step))
            if day and (day <= self.today if self.past else day >= self.today):
                return day
        return None

    def _relative_days(self) -> Iterator[DateSpan]:
        for pattern, days in _RELATIVE_DAYS:
            for m in pattern.finditer(self.text):
                yield from self._single(self.today + timedelta(days), m)

    def _weeks(self) -> Iterator[DateSpan]:
        for m in _PART_OF_MONTH.finditer(self.text):
            yield DateSpan(*part_of_month(m[1], self._month_start(m[2])), *m.span())
        for m in _RELATIVE_WEEK.finditer(self.text):
            unit = m["unit"] or "week"
            if self.past and unit != "weekend":
                continue  # "last week" is a span of time: durations read it
            step = 2 if m["far"] else _STEPS.get(m["which"], 0)
            first, last = relative(m["part"] or "", step, unit, self.today)
            yield DateSpan(first if self.past else max(first, self.today), last, *m.span())

        for m in _WEEKEND.finditer(self.text) if self.past else ():
            yield DateSpan(*relative("", -1 if self.today.weekday() < 5 else 0, "weekend", self.today), *m.span())

    def _weekdays(self) -> Iterator[DateSpan]:
        for m in _WEEKDAY.finditer(self.text):
            which = m["which"] or m["week"] or ""
            if self.past and not (which or m["on"]):
                continue
            day = self._weekday_date(weekday_number(m["day"]), which)
            name = None if which or self.past else WEEKDAYS[day.weekday()]
            yield DateSpan(day, day, *m.span(), anchored=name is None, weekday=name)

    def _weekday_date(self, number: int, which: str) -> date:
        if self.past:
            return self.today - timedelta((self.today.weekday() - number) % 7 or 7)
        if which == "next":
            return self.today + timedelta(7 + number - self.today.weekday())
        return self.today + timedelta((number - self.today.weekday()) % 7)

    def _in_some_time(self) -> Iterator[DateSpan]:
        for m in _IN_SOME_TIME.finditer(self.text):
            words = m["n"] or m["m"]
            count = number_value(words) or (2 if "couple" in words else 3 if "few" in words else 1)
            size = {"d": 1, "w": 7, "m": 30}[(m["unit"] or m["u"])[0]]
            first = self.today + timedelta(round(min(count, 99) * size))
            yield DateSpan(first, first + timedelta(0 if size == 1 else 6), *m.span())

    def _seasons_and_months(self) -> Iterator[DateSpan]:
        for m in _SEASON.finditer(self.text):
            month, length = SEASONS[m["season"]]
            if first := self._nearest(partial(first_of_month, month)):
                yield DateSpan(first, first + timedelta(length - 1), *m.span())
        for m in _MONTH.finditer(self.text):
            first = self._month_start(m["month"], m["year"])
            sure = bool(m["sure"] or m["year"])
            yield DateSpan(first, month_end(first), m.start("month"), m.end(), anchored=sure)

    def _month_start(self, name: str, year: str | None = None) -> date:
        if "month" in name:
            return relative("", 1 if "next" in name else 0, "month", self.today)[0]
        month = month_number(name)
        if year:
            return date({"l": self.today.year - 1, "t": self.today.year}.get(year[0]) or int(year), month, 1)
        this_year = date(self.today.year, month, 1)
        if self.past:
            return this_year if this_year <= self.today else date(self.today.year - 1, month, 1)
        return this_year if month_end(this_year) >= self.today else date(self.today.year + 1, month, 1)

    def _years(self) -> Iterator[DateSpan]:
        for m in _IN_YEAR.finditer(self.text):
            if int(m[1]) <= self.today.year:
                yield DateSpan(date(int(m[1]), 1, 1), date(int(m[1]), 12, 31), *m.span())

    def _days_of_month(self) -> Iterator[DateSpan]:
        for m in _DAY_OF_MONTH.finditer(self.text):
            if self.past and not m[1][0].isdigit():
                continue
            if day := self._day_of_month(ordinal_value(m[1]) or 0):
                yield DateSpan(day, day, *m.span(1), anchored=m[1][0].isdigit())

    def _day_of_month(self, number: int) -> date | None:
        starts = (relative("", -step if self.past else step, "month", self.today)[0] for step in range(13))
        days = (safe_date(start.year, start.month, number) for start in starts)
        return next((d for d in days if d and (d <= self.today if self.past else d >= self.today)), None)
