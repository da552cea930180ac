"""The days of a wish for a time: "next week except Wednesday", "after the 15th", "mon or tue". PURE."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

from knee_intake.understanding import when_words as said
from knee_intake.understanding.calendar_words import ORDINALS, WEEKDAYS
from knee_intake.understanding.dates import DateSpan, find_dates
from knee_intake.understanding.plain import in_front, words
from knee_intake.understanding.when_bounds import bound_of, bound_of_that, is_denied
from knee_intake.understanding.when_picks import MOST_OFFERED
from knee_intake.understanding.when_wish import Bound, Wished

ABOUT_DAYS = 2
""""Around the 25th"."""


def read_days(low: str, now: datetime, wish: Wished) -> list[DateSpan]:
    """Put the days that a plain text names into `wish`; returns where they stand."""
    dates = [day for day in find_dates(low, now, past=False) if _is_meant(low, day)]
    dates = _dated_together(low, dates)
    _read_weekdays(low, [d for d in dates if d.weekday], wish)
    days = [d for d in dates if not d.weekday]
    for span in _ranged(low, days):
        _take_days(low, span, wish)
    if said.NOT_THEN.search(low):
        wish.not_weekdays, wish.weekdays = [*wish.not_weekdays, *wish.weekdays], []
    if wish.earliest:
        wish.earliest = max(wish.earliest, now.date().isoformat())
    return dates


def _is_meant(low: str, day: DateSpan) -> bool:
    """ "may" and "march" without a preposition are months only where nothing but them is said; "the second" is one of
    the offered times unless a preposition makes it a day.
    """
    written = low[day.start : day.end]
    if written in ORDINALS and ORDINALS[written] <= MOST_OFFERED:
        return bool(said.ON_THE.search(in_front(low, day.start)))
    return (
        day.anchored
        or bool(day.weekday)
        or words(low) == words(written)
        or written.rstrip(".")
        not in (
            "may",
            "march",
            "mar",
        )
    )


def _dated_together(low: str, dates: list[DateSpan]) -> list[DateSpan]:
    """ "tomorrow or Friday" and "the Monday before Thanksgiving": a weekday beside a date is that date's neighbour."""
    found: list[DateSpan] = []
    for day in dates:
        last = found[-1] if found else None
        if last and last.weekday and not day.weekday and said.SAME_DAY.fullmatch(low, last.end, day.start):
            found.pop()  # "Thursday the 22nd": the date says which
        elif last and last.first == last.last and said.DAYS_OR.fullmatch(low, last.end, day.start):
            if day.weekday and not last.weekday:
                day = _on(day, last.first + timedelta((day.first.weekday() - last.first.weekday()) % 7))
            elif last.weekday and not day.weekday and day.first == day.last and not is_denied(low, last.start, day.end):
                found[-1] = replace(last, weekday=None)
        elif last and last.weekday and day.first == day.last and not day.weekday:
            beside = said.DAY_BESIDE_DATE.fullmatch(low[last.end : day.start])
            if beside and re.search(r"\b(?:the|first)\s+$", in_front(low, last.start)):
                found[-1] = _beside(last, day, after=beside["way"] != "before")
                continue
        found.append(day)
    return found


def _on(day: DateSpan, first: date) -> DateSpan:
    return replace(day, first=first, last=first, weekday=None, anchored=True)


def _beside(weekday: DateSpan, day: DateSpan, *, after: bool) -> DateSpan:
    step = (weekday.first.weekday() - day.first.weekday()) % 7 or 7
    return replace(_on(weekday, day.first + timedelta(step if after else (step - 7) or -7)), end=day.end)


def _ranged(low: str, days: list[DateSpan]) -> list[list[DateSpan]]:
    """Days that are joined to one range or list."""
    spans: list[list[DateSpan]] = []
    for day in days:
        if spans and said.RANGE_JOIN.fullmatch(low, spans[-1][-1].end, day.start):
            spans[-1].append(day)
        else:
            spans.append([day])
    return spans


def _take_days(low: str, days: list[DateSpan], wish: Wished) -> None:
    first, last = days[0], days[-1]
    if len(days) > 1 and said.AWAY.search(re.split(said.CLAUSE, in_front(low, first.start))[-1]):
        wish.earliest = (last.last + timedelta(1)).isoformat()  # "on vacation from the 19th to the 26th"
        return
    if len(days) > 1 and is_denied(low, first.start, last.end) and first.first != first.last:
        wish.earliest = (last.last + timedelta(1)).isoformat()  # "not this week or next week"
        return
    for day in days:
        _take_day(low, day, wish, joined=day is not first)


def _take_day(low: str, day: DateSpan, wish: Wished, *, joined: bool) -> None:
    before = in_front(low, day.start)
    bound = bound_of_that(low[day.end :]) or bound_of(low, day.start, day.end)
    if day.last == date.max:
        wish.earliest = day.first.isoformat()  # "not for another two weeks"
    elif bound is None and is_denied(low, day.start, day.end):
        _refuse_day(low, day, wish)
    elif joined and wish.earliest:
        wish.latest = max(wish.latest or "", day.last.isoformat())
    elif bound:
        _bound_day(low, day, bound, wish)
    elif wish.earliest:
        wish.latest = max(wish.latest or "", day.last.isoformat())
    else:
        slack = timedelta(ABOUT_DAYS if said.ABOUT.search(before) and day.first == day.last else 0)
        wish.earliest, wish.latest = (day.first - slack).isoformat(), (day.last + slack).isoformat()


def _refuse_day(low: str, day: DateSpan, wish: Wished) -> None:
    weekday = WEEKDAYS[day.first.weekday()]
    if low[day.start : day.end] in ("today", "tonight", "tomorrow"):
        wish.earliest = (day.last + timedelta(1)).isoformat()
    elif day.first == day.last:
        wish.not_weekdays += [weekday] if weekday not in wish.weekdays else []  # "Fridays, but not the 23rd"
    else:
        wish.earliest = (day.last + timedelta(1)).isoformat()  # "not this week"


def _bound_day(low: str, day: DateSpan, bound: Bound, wish: Wished) -> None:
    """ "after" and "before" leave the day itself out, all other words take it in."""
    before = in_front(low, day.start)
    if bound == "from":
        out = _says(before, r"after|past|later\s+than|through|thru") or bool(bound_of_that(low[day.end :]))
        wish.earliest = (day.last + timedelta(1) if out else day.first).isoformat()
    else:
        ends = re.match(r"(?:the\s+)?end\b", low[day.start : day.end])
        out = (_says(before, r"before|earlier\s+than|prior\s+to") and not ends) or bool(bound_of_that(low[day.end :]))
        wish.latest = (day.first - timedelta(1) if out else day.last).isoformat()


def _says(before: str, word: str) -> bool:
    return bool(re.search(rf"\b(?:{word})\s+(?:on\s+|the\s+)*$", before))


def _read_weekdays(low: str, named: list[DateSpan], wish: Wished) -> None:
    for group in _groups(low, named):
        first, last = group[0], group[-1]
        denied = is_denied(low, first.start, last.end)
        for i, day in enumerate(group):
            if i and said.DAYS_RANGED.fullmatch(low, group[i - 1].end, day.start):
                days = _between(group[i - 1], day)
            else:
                days = [day.weekday or ""]
            if denied:
                wish.not_weekdays += days
            elif len(group) > 1 or not _bounded(low, day, wish):
                wish.weekdays += days
    for pattern, all_days in ((said.WEEKDAYS_WORD, WEEKDAYS[:5]), (said.WEEKENDS_WORD, WEEKDAYS[5:])):
        if match := pattern.search(low):
            denied = is_denied(low, *match.span())
            (wish.not_weekdays if denied else wish.weekdays).extend(all_days)
    wish.not_weekdays = list(dict.fromkeys(wish.not_weekdays))
    wish.weekdays = [day for day in dict.fromkeys(wish.weekdays) if day not in wish.not_weekdays]


def _groups(low: str, named: list[DateSpan]) -> list[list[DateSpan]]:
    """Days that stand in one list or range; a denial in front of or behind it denies them all."""
    groups: list[list[DateSpan]] = []
    for day in named:
        last = groups[-1][-1] if groups else None
        joined = last and any(join.fullmatch(low, last.end, day.start) for join in (said.DAYS_LISTED, said.DAYS_RANGED))
        if joined and last and "," in low[last.end : day.start] and said.WISHED_AFTER.match(low, day.end):
            joined = False  # "I work Thursday, Friday then"
        if joined:
            groups[-1].append(day)
        else:
            groups.append([day])
    return groups


def _between(first: DateSpan, last: DateSpan) -> list[str]:
    start, end = WEEKDAYS.index(first.weekday or "mon"), WEEKDAYS.index(last.weekday or "sun")
    return [WEEKDAYS[n % 7] for n in range(start + 1, end + 1 if end > start else end + 8)]


def _bounded(low: str, day: DateSpan, wish: Wished) -> bool:
    bound = bound_of(low, day.start, day.end)
    if bound:
        _bound_day(low, day, bound, wish)
    return bound is not None
