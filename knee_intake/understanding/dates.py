"""Calendar words against a given present: "since March", "next Tuesday", "Dec 3rd", "around Easter". PURE.

The same words are read backwards for a history (`past=True`) and forwards for an appointment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from knee_intake.understanding import date_patterns as say
from knee_intake.understanding.calendar_words import (
    HOLIDAYS,
    SEASONS,
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
from knee_intake.understanding.numbers import number_value
from knee_intake.understanding.plain import in_front, plain

MONTHS_OF_YEAR = NOON = 12
MOST_HOURS = 24
SOON = 35
"""Days in which "Thursday 14" is rather the 14th than two o'clock."""
MOST_MONTHS_AHEAD = 14


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
    low = plain(text)
    for span in _Reader(low, now.date(), past).spans():
        if not any(span.start < other.end and other.start < span.end for other in taken):
            taken.append(span if past else _week_beside(span, low, now.date()))
    return sorted(taken, key=lambda s: s.start)


def _week_beside(span: DateSpan, low: str, today: date) -> DateSpan:
    """The whole week, or the day beside, where a day only names it."""
    if (
        (day := say.DAY_BESIDE_PATTERN.search(in_front(low, span.start)))
        and span.first == span.last
        and not span.weekday
    ):
        beside = span.first + timedelta(-1 if day["way"] == "before" else 1)
        return replace(span, first=beside, last=beside, start=span.start - len(day.group()))
    if say.WEEK_NAMED_PATTERN.match(low, span.end) and span.first == span.last and span.anchored and not span.weekday:
        monday = span.first - timedelta(span.first.weekday())
        return replace(span, first=max(monday, today), last=monday + timedelta(6))
    match = say.WEEK_BESIDE_PATTERN.search(in_front(low, span.start))
    if not match or span.weekday or span.first != span.last:
        return span
    step = {"of": 0, "before": -1}.get(match["way"], 1)
    monday = span.first + timedelta(7 * step - span.first.weekday())
    start = span.start - len(match.group())
    return replace(span, first=max(monday, today), last=max(monday + timedelta(6), today), start=start)


class _Reader:
    """One text, one present, one direction; the more exact readings come first."""

    def __init__(self, text: str, today: date, past: bool) -> None:
        self.text, self.today, self.past = text, today, past

    def spans(self) -> Iterator[DateSpan]:
        yield from self._exact_days()
        yield from self._relative_days()
        yield from self._weeks()
        if not self.past:
            yield from self._days_with_weekday()
        yield from self._weekdays()
        if not self.past:
            yield from self._in_some_time()
        yield from self._seasons_and_months()
        if self.past:
            yield from self._parts_of_years()
            yield from self._years()
        yield from self._days_of_month()

    def _exact_days(self) -> Iterator[DateSpan]:
        for m in say.ISO_PATTERN.finditer(self.text):
            yield from self._single(safe_date(int(m[1]), int(m[2]), int(m[3])), m)
        for m in say.MONTH_DAY_PATTERN.finditer(self.text):
            yield from self._single(self._day(month_number(m[1]), ordinal_value(m[2]) or 0, m[3]), m)
        for m in say.DAY_MONTH_PATTERN.finditer(self.text):
            yield from self._single(self._day(month_number(m[2]), ordinal_value(m[1]) or 0, m[3]), m)
        yield from self._second_days()
        for m in say.SLASHED_PATTERN.finditer(self.text):
            month, day = int(m[1]), int(m[2])
            if month > MONTHS_OF_YEAR >= day:
                month, day = day, month  # "27/3", as it is written elsewhere
            yield from self._single(self._day(month, day, m[3]), m)
        for m in () if self.past else say.DASHED_PATTERN.finditer(self.text):
            yield from self._single(self._day(int(m[1]), int(m[2]), None), m)
        for name, pattern in HOLIDAYS.items():
            for m in re.finditer(rf"\b(?:{pattern})\b", self.text):
                yield from self._single(self._nearest(partial(holiday, name)), m)

    def _second_days(self) -> Iterator[DateSpan]:
        """ "the 3rd or 4th of June", "June 3 or 4": the day that stands away from the month."""
        for m in say.TWO_DAYS_MONTH_PATTERN.finditer(self.text):
            yield from self._single(self._day(month_number(m[2]), ordinal_value(m[1]) or 0, None), m)
        for m in say.MONTH_TWO_DAYS_PATTERN.finditer(self.text):
            if day := self._day(month_number(m[1]), ordinal_value(m["day"]) or 0, None):
                yield DateSpan(day, day, *m.span("day"))

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
        for pattern, days in say.RELATIVE_DAYS:
            for m in pattern.finditer(self.text):
                day = self.today + timedelta(days)
                ahead = None if self.past else say.WEEK_FROM_PATTERN.search(in_front(self.text, m.start()))
                if ahead:
                    day += _time_of(ahead["n"], ahead["unit"])
                yield DateSpan(day, day, m.start() - len(ahead.group() if ahead else ""), m.end())

    def _weeks(self) -> Iterator[DateSpan]:
        for m in say.PART_OF_MONTH_PATTERN.finditer(self.text):
            first, last = part_of_month(m[1], self._month_start(m[2]))
            if m[2] == "month" and last < self.today and not self.past:
                first, last = part_of_month(m[1], self._month_start("next month"))
            yield DateSpan(first, last, *m.span())
        for m in say.RELATIVE_WEEK_PATTERN.finditer(self.text):
            unit = m["unit"] or "week"
            if self.past and unit != "weekend":
                continue  # "last week" is a span of time: durations read it
            step = 2 if m["far"] else say.STEPS.get(m["which"], 0)
            first, last = relative(m["part"] or "", step, unit, self.today)
            yield DateSpan(first if self.past else max(first, self.today), last, *m.span())

        if not self.past:
            yield from self._weeks_ahead()
        for m in say.WEEKEND_PATTERN.finditer(self.text) if self.past else ():
            yield DateSpan(*relative("", -1 if self.today.weekday() < 5 else 0, "weekend", self.today), *m.span())

    def _weeks_ahead(self) -> Iterator[DateSpan]:
        for m in say.PART_OF_WEEK_PATTERN.finditer(self.text):
            first, last = relative(m["part"], 0, "week", self.today)
            if last <= self.today:
                first, last = relative(m["part"], 1, "week", self.today)
            yield DateSpan(max(first, self.today), last, *m.span())
        for m in say.NTH_WEEKDAY_PATTERN.finditer(self.text):
            yield from self._single(self._nth_weekday(m["nth"], weekday_number(m["day"]), m["month"]), m)
        for m in say.AT_WEEKEND_PATTERN.finditer(self.text):
            yield DateSpan(*relative("", 0, "weekend", self.today), *m.span("days"))
        for m in say.WEEK_AFTER_PATTERN.finditer(self.text):
            step = 2 if f"next {m['unit']}" in self.text[: m.start()] else 1
            yield DateSpan(*relative("", step, m["unit"], self.today), *m.span())

    def _weekdays(self) -> Iterator[DateSpan]:
        for m in say.BEFORE_LAST_PATTERN.finditer(self.text) if self.past else ():
            day = self._weekday_date(weekday_number(m["day"]), "last") - timedelta(7)
            yield DateSpan(day, day, *m.span())
        for m in say.WEEKDAY_PATTERN.finditer(self.text):
            which = m["which"] or m["week"] or ""
            if self.past and m["habit"]:
                continue  # "on Mondays"
            day = self._weekday_date(weekday_number(m["day"]), which)
            if not self.past and (ahead := say.WEEK_FROM_PATTERN.search(in_front(self.text, m.start("day")))):
                day += _time_of(ahead["n"], ahead["unit"])
                yield DateSpan(day, day, m.start("day") - len(ahead.group()), m.end())
                continue
            if not self.past and not which and (behind := say.WEEK_BEHIND_PATTERN.match(self.text, m.end())):
                yield DateSpan(day + timedelta(7), day + timedelta(7), m.start("day"), behind.end())
                continue
            name = None if which or self.past else WEEKDAYS[day.weekday()]
            sure = bool(which or m["on"]) if self.past else name is None
            yield DateSpan(day, day, m.end("on") if m["on"] else m.start(), m.end(), anchored=sure, weekday=name)

    def _days_with_weekday(self) -> Iterator[DateSpan]:
        """ "Friday 27" is the next 27th that is a Friday, and no other Friday."""
        for m in say.DAY_BEHIND_WEEKDAY_PATTERN.finditer(self.text):
            number = int(m["told"] or m["bare"])
            sure = bool(m["th"] or m["told"])
            if day := self._day_on(weekday_number(m["weekday"]), number, sure, m.end()):
                yield DateSpan(day, day, m.start("weekday"), m.end())
        for m in say.DAY_BEFORE_WEEKDAY_PATTERN.finditer(self.text):
            if day := self._day_on(weekday_number(m["weekday"]), int(m["bare"]), False, m.end()):
                yield DateSpan(day, day, *m.span())

    def _day_on(self, weekday: int, number: int, sure: bool, end: int) -> date | None:
        """The next such day that falls on the weekday; None where the number is rather an hour or a measure."""
        if say.NO_DAY_PATTERN.match(self.text, end):
            return None
        starts = (relative("", step, "month", self.today)[0] for step in range(MOST_MONTHS_AHEAD))
        days = (safe_date(start.year, start.month, number) for start in starts)
        day = next((d for d in days if d and d >= self.today and d.weekday() == weekday), None)
        if day is None or sure or number > MOST_HOURS or say.TIME_BEHIND_PATTERN.match(self.text, end):
            return day
        # a number that may be an hour is a day where the calendar of these weeks says so
        return day if number > NOON and day - self.today <= timedelta(SOON) else None

    def _weekday_date(self, number: int, which: str) -> date:
        if self.past:
            return self.today - timedelta((self.today.weekday() - number) % 7 or 7)
        if which == "next":
            return self.today + timedelta(7 + number - self.today.weekday())
        return self.today + timedelta((number - self.today.weekday()) % 7)

    def _nth_weekday(self, nth: str, number: int, month: str) -> date | None:
        """ "the first Monday of November"; of this month only while it is still ahead."""
        months = [self._month_start(month), self._month_start("next month")]
        for first in months if month == "month" else months[:1]:
            days = [first + timedelta((number - first.weekday()) % 7 + 7 * week) for week in range(5)]
            days = [day for day in days if day.month == first.month]
            place = len(days) if nth == "last" else ordinal_value(nth) or 0
            if 0 < place <= len(days) and days[place - 1] >= self.today:
                return days[place - 1]
        return None

    def _in_some_time(self) -> Iterator[DateSpan]:
        for m in say.NOT_FOR_PATTERN.finditer(self.text):
            yield DateSpan(self.today + _time_of(m["n"], m["unit"]), date.max, *m.span())
        for m in say.WITHIN_PATTERN.finditer(self.text):
            if m["n"] or m.group().startswith("within"):
                yield DateSpan(self.today, self.today + _time_of(m["n"] or "a", m["unit"]), *m.span())
        for m in say.IN_SOME_TIME_PATTERN.finditer(self.text):
            unit = m["unit"] or m["u"]
            first = self.today + _time_of(m["n"] or m["m"], unit)
            yield DateSpan(first, first + timedelta(0 if unit[0] == "d" else 6), *m.span())

    def _seasons_and_months(self) -> Iterator[DateSpan]:
        for m in say.SEASON_PATTERN.finditer(self.text):
            month, length = SEASONS[m["season"]]
            if first := self._nearest(partial(first_of_month, month)):
                yield DateSpan(first, first + timedelta(length - 1), *m.span())
        for m in say.MONTH_PATTERN.finditer(self.text):
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

    def _parts_of_years(self) -> Iterator[DateSpan]:
        for m in say.PART_OF_YEAR_PATTERN.finditer(self.text):
            year = {"l": self.today.year - 1, "t": self.today.year}.get(m["year"][0]) or int(m["year"])
            part = "l" if "end" in m["part"] else m["part"].replace("very ", "")[0]
            first, last = (date(year, month, 1) for month in say.PARTS_OF_YEAR[part])
            yield DateSpan(first, first + timedelta(6) if part in "bs" else month_end(last), *m.span())

    def _years(self) -> Iterator[DateSpan]:
        for m in say.IN_YEAR_PATTERN.finditer(self.text):
            if int(m[1]) <= self.today.year:
                yield DateSpan(date(int(m[1]), 1, 1), date(int(m[1]), 12, 31), *m.span())

    def _days_of_month(self) -> Iterator[DateSpan]:
        for m in say.DAY_OF_MONTH_PATTERN.finditer(self.text):
            if self.past and not m[1][0].isdigit():
                continue
            if day := self._day_of_month(ordinal_value(m[1]) or 0):
                yield DateSpan(day, day, *m.span(1), anchored=m[1][0].isdigit())
        if not self.past:
            yield from self._bare_days_of_month()

    def _bare_days_of_month(self) -> Iterator[DateSpan]:
        """ "The 27 at 10": a number that can be no hour, or has the hour behind it."""
        for m in say.BARE_DAY_OF_MONTH_PATTERN.finditer(self.text):
            number, hour_follows = int(m["bare"]), say.TIME_BEHIND_PATTERN.match(self.text, m.end())
            if not (hour_follows or number >= MOST_HOURS or (m["led"] and number > NOON)):
                continue
            if day := self._day_of_month(number):
                yield DateSpan(day, day, *m.span("bare"))

    def _day_of_month(self, number: int) -> date | None:
        starts = (relative("", -step if self.past else step, "month", self.today)[0] for step in range(13))
        days = (safe_date(start.year, start.month, number) for start in starts)
        return next((d for d in days if d and (d <= self.today if self.past else d >= self.today)), None)


def _time_of(count: str, unit: str) -> timedelta:
    """ "three weeks", "a couple of days"."""
    number = number_value(count) or (2 if "couple" in count else 3 if "few" in count else 1)
    return timedelta(round(min(number, 99) * {"d": 1, "w": 7, "m": 30}[unit[0]]))
