"""What a visitor wishes about the time of the visit: "next Tuesday after 3", "mornings only", "the last one". PURE."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

from knee_intake.understanding import when_words as said
from knee_intake.understanding.calendar_words import WEEKDAYS
from knee_intake.understanding.dates import DateSpan, find_dates
from knee_intake.understanding.numbers import number_value
from knee_intake.understanding.plain import in_front, plain, words
from knee_intake.understanding.times import TimeOfDay, find_times
from knee_intake.understanding.types import UNSURE
from knee_intake.understanding.yes_no import read_yes_no

Bound = Literal["from", "to"]


@dataclass
class _Wish:
    earliest: str | None = None
    latest: str | None = None
    weekdays: list[str] = field(default_factory=list)
    not_weekdays: list[str] = field(default_factory=list)
    after: str | None = None
    before: str | None = None
    asap: bool = False
    pick: int | None = None
    none_fits: bool = False


_OFFSET = re.compile(r"(?<=t\d\d:\d\d)(?::\d\d)?(?:[+-]\d\d:\d\d|z)?")
"""What follows the minutes in an ISO time, such as an offered one."""
_NEW_YEAR = re.compile(r"\b(?:in|into|early\s+in)\s+the\s+new\s+year\b")


def read_wish(text: str, now: datetime) -> dict[str, Any] | str | None:
    """The wish as a dictionary of all its parts; "unsure"; None where the text says nothing about a time.

    A time of day alone ("at 10") is exact: `after` and `before` are the same. `now` is local to the clinic.
    """
    low = _NEW_YEAR.sub("from new year", _OFFSET.sub("", plain(text)))
    if said.PUT_OFF.search(low):
        return None
    wish = _Wish(pick=_read_pick(low))
    free = _without_refusals(low)
    if wish.pick is None:
        dates = _read_days(low, now, wish)
        _read_hours(low, dates, wish)
        wish.none_fits = free != low and not said.ANY.search(free)
        wish.asap = _is_asap(low, wish)
    if wish != _Wish() or said.ANY.search(free):
        return asdict(wish)
    return UNSURE if read_yes_no(text) == UNSURE else None


def _is_asap(low: str, wish: _Wish) -> bool:
    """ "earliest" may also only bound a day or an hour: "the 15th at the earliest"."""
    match = said.ASAP.search(low)
    bounds = (wish.earliest and not wish.latest) or (wish.after and not wish.before)
    return bool(match and not (bounds and "earliest" in match.group()))


def _without_refusals(low: str) -> str:
    """The text without its words that refuse the offered times."""

    def blank(match: re.Match[str]) -> str:
        of_a_day = match.group().endswith(("work", "fit", "suit")) and said.NAMED_TIME.search(
            in_front(low, match.start())
        )
        return match.group() if of_a_day else "-" * len(match.group())

    return said.NOTHING_OFFERED_FITS.sub(blank, low)


# ---------------------------------------------------------------- one of the offered
def _read_pick(low: str) -> int | None:
    for pattern, number in ((said.PICK_LAST, -1), (said.PICK_FIRST, 1), (said.PICK_MIDDLE, 2)):
        if (match := pattern.search(low)) and not _denied(low, match):
            return number
    for pattern in said.PICKS:
        if match := pattern.search(low):
            return None if _denied(low, match) else _number_of(match["word"])
    taken = said.PICK_TAKEN.match(low)
    return _number_of(taken["word"]) if taken and taken["taking"] else None


def _number_of(word: str) -> int | None:
    number = said.PICK_WORDS.get(word) or number_value(re.sub(r"\D+$", "", word) or word)
    return int(number) if number else None


def _denied(low: str, match: re.Match[str]) -> bool:
    """ "not the first one", "the second one doesn't work"."""
    return bool(said.EXCEPT.search(in_front(low, match.start())) or said.DENIED_AFTER.match(low, match.end()))


# ---------------------------------------------------------------- bounds
def _bound(low: str, start: int, end: int) -> Bound | None:
    """Whether a day or an hour is where the free time begins or ends; being busy until then turns it round."""
    before = in_front(low, start)
    if said.OR_LATER.match(low, end):
        return "from"
    if said.OR_EARLIER.match(low, end):
        return "to"
    lead, bound = (said.FROM.search(before), "from")
    if not lead:
        lead, bound = (said.TO.search(before), "to")
    if not lead:
        return None
    clause = re.split(said.CLAUSE, before[: lead.start()])[-1]
    turned = said.NOT_FREE.search(clause)
    return ("to" if bound == "from" else "from") if turned else "from" if bound == "from" else "to"


def _that_bound(low: str) -> Bound | None:
    """ "I pick up the kids at 3, so earlier than that": how what was named before bounds."""
    match = said.THAN_THAT.search(low)
    return None if not match else "to" if match["to"] else "from"


# ---------------------------------------------------------------- days
def _read_days(low: str, now: datetime, wish: _Wish) -> list[DateSpan]:
    dates = [d for d in find_dates(low, now, past=False) if d.anchored or d.weekday or not _is_verb(low, d)]
    _read_weekdays(low, [d for d in dates if d.weekday], wish)
    days = [d for d in dates if not d.weekday]
    for i, day in enumerate(days):
        joined = bool(i) and bool(said.RANGE_JOIN.fullmatch(low, days[i - 1].end, day.start))
        _take_day(low, day, wish, joined=joined)
    if wish.earliest:
        wish.earliest = max(wish.earliest, now.date().isoformat())
    return dates


def _take_day(low: str, day: DateSpan, wish: _Wish, *, joined: bool) -> None:
    before = in_front(low, day.start)
    bound = _that_bound(low[day.end :]) or _bound(low, day.start, day.end)
    if day.last == date.max:
        wish.earliest = day.first.isoformat()  # "not for another two weeks"
    elif bound is None and (said.EXCEPT.search(before) or said.DENIED_AFTER.match(low, day.end)):
        _refuse_day(day, wish)
    elif joined and wish.earliest:
        wish.latest = max(wish.latest or "", day.last.isoformat())
    elif bound:
        _bound_day(before, day, bound, wish)
    elif wish.earliest:
        wish.latest = max(wish.latest or "", day.last.isoformat())
    else:
        wish.earliest, wish.latest = day.first.isoformat(), day.last.isoformat()


def _refuse_day(day: DateSpan, wish: _Wish) -> None:
    if day.first == day.last:
        wish.not_weekdays.append(WEEKDAYS[day.first.weekday()])
    else:
        wish.earliest = (day.last + timedelta(1)).isoformat()  # "not this week"


def _bound_day(before: str, day: DateSpan, bound: Bound, wish: _Wish) -> None:
    """ "after" and "before" leave the day itself out, all other words take it in."""
    if bound == "from":
        out = _says(before, r"after|past|later\s+than")
        wish.earliest = (day.last + timedelta(1) if out else day.first).isoformat()
    else:
        out = _says(before, r"before|earlier\s+than|prior\s+to")
        wish.latest = (day.first - timedelta(1) if out else day.last).isoformat()


def _says(before: str, word: str) -> bool:
    return bool(re.search(rf"\b(?:{word})\s+(?:on\s+|the\s+)*$", before))


def _is_verb(low: str, day: DateSpan) -> bool:
    """ "may" and "march" without a preposition are months only where nothing but them is said."""
    return words(low) != words(low[day.start : day.end]) and low[day.start : day.end] in ("may", "march", "mar")


def _read_weekdays(low: str, named: list[DateSpan], wish: _Wish) -> None:
    for group in _groups(low, named):
        first, last = group[0], group[-1]
        denied = said.EXCEPT.search(in_front(low, first.start)) or said.DENIED_AFTER.match(low, last.end)
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
            (wish.not_weekdays if _denied(low, match) else wish.weekdays).extend(all_days)
    wish.not_weekdays = list(dict.fromkeys(wish.not_weekdays))
    wish.weekdays = [day for day in dict.fromkeys(wish.weekdays) if day not in wish.not_weekdays]


def _groups(low: str, named: list[DateSpan]) -> list[list[DateSpan]]:
    """Days that stand in one list or range; a denial in front of or behind it denies them all."""
    groups: list[list[DateSpan]] = []
    for day in named:
        last = groups[-1][-1] if groups else None
        joined = last and any(join.fullmatch(low, last.end, day.start) for join in (said.DAYS_LISTED, said.DAYS_RANGED))
        if joined:
            groups[-1].append(day)
        else:
            groups.append([day])
    return groups


def _between(first: DateSpan, last: DateSpan) -> list[str]:
    start, end = WEEKDAYS.index(first.weekday or "mon"), WEEKDAYS.index(last.weekday or "sun")
    return [WEEKDAYS[n % 7] for n in range(start + 1, end + 1 if end > start else end + 8)]


def _bounded(low: str, day: DateSpan, wish: _Wish) -> bool:
    bound = _bound(low, day.start, day.end)
    if bound:
        _bound_day(in_front(low, day.start), day, bound, wish)
    return bound is not None


# ---------------------------------------------------------------- hours
def _read_hours(low: str, dates: list[DateSpan], wish: _Wish) -> None:
    masked = low
    for day in dates:
        if not low[day.start : day.end].startswith(("tonight", "this ")):
            masked = masked[: day.start] + " " * (day.end - day.start) + masked[day.end :]
    times = [t for t in find_times(masked) if _is_hour(masked, t)]
    for i, time in enumerate(times):
        _take_time(masked, time, times[i - 1] if i else None, wish)
    if not times:
        _read_part_of_day(masked, wish)


def _is_hour(text: str, time: TimeOfDay) -> bool:
    if text.startswith("lunch", time.start):
        return False  # a part of the day
    if time.sure or _bound(text, time.start, time.end):
        return True
    alone = not re.search(r"[a-z]", text[: time.start] + text[time.end :])
    return (
        alone or bool(said.OR_LATER.match(text, time.end)) or bool(re.match(r"\s*(?:-|to|or)\s*\d", text[time.end :]))
    )


def _take_time(text: str, time: TimeOfDay, previous: TimeOfDay | None, wish: _Wish) -> None:
    bound = _that_bound(text[time.end :]) or _bound(text, time.start, time.end)
    if previous and said.RANGE_JOIN.fullmatch(text, previous.end, time.start):
        if said.NOT_FREE.search(in_front(text, previous.start)):
            wish.after, wish.before = str(time), None  # "I work from 9 to 5"
        else:
            wish.after, wish.before = str(previous), str(time)
    elif bound == "to":
        wish.before = str(time)
    elif bound == "from":
        wish.after = str(time)
    elif time.about:
        wish.after, wish.before = (f"{hour:02d}:{time.minute:02d}" for hour in _around(time.hour))
    elif wish.after is None and wish.before is None:
        wish.after = wish.before = str(time)
    else:
        wish.before = max(wish.before or "", str(time))


def _around(hour: int) -> tuple[int, int]:
    return max(hour - 1, 0), min(hour + 1, 23)


def _read_part_of_day(text: str, wish: _Wish) -> None:
    for pattern, after, before in said.PARTS_OF_DAY:
        match = re.search(rf"(?<!\w)(?:{pattern})(?!\w)", text)
        if not match:
            continue
        if _denied(text, match):
            if wish.not_weekdays:
                return  # "not on Monday mornings" leaves other mornings free
            after, before = (before, None) if after is None else (None, after)
        wish.after, wish.before = after, before
        return
