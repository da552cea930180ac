"""What a visitor wishes about the time of the visit: "next Tuesday after 3", "mornings only", "the last one". PURE."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from knee_intake.understanding.calendar_words import ORDINALS, WEEKDAYS
from knee_intake.understanding.dates import DateSpan, find_dates
from knee_intake.understanding.numbers import number_value
from knee_intake.understanding.plain import plain, words
from knee_intake.understanding.times import TimeOfDay, find_times
from knee_intake.understanding.types import UNSURE
from knee_intake.understanding.yes_no import read_yes_no


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


_PARTS_OF_DAY = (
    (r"early\s+(?:in\s+the\s+)?mornings?|first\s+thing", None, "10:00"),
    (r"late\s+mornings?|mid-?\s?mornings?", "10:00", "12:00"),
    (r"mornings?|before\s+(?:lunch|noon|midday)|(?<!i )am|a\.m\.?", None, "12:00"),
    (r"early\s+(?:in\s+the\s+)?afternoons?", "12:00", "15:00"),
    (r"late(?:r)?\s+(?:in\s+the\s+)?afternoons?", "15:00", None),
    (r"afternoons?|after\s+(?:lunch|noon|midday)|pm|p\.m\.?", "12:00", None),
    (r"lunch\s?(?:time|\s+hour|\s+break)", "12:00", "14:00"),
    (r"(?:end\s+of|late\s+in)\s+the\s+day|late(?:r)?\s+in\s+the\s+day", "16:00", None),
    (r"evenings?|tonight|after\s+(?:work|school)|nights?", "17:00", None),
)
"""Words, not before, not after."""
_ASAP = re.compile(
    r"\basap\b|\b(?:as\s+)?soon(?:est|er)?\s+(?:as|is)\b|\bsoonest\b|\b(?:the\s+)?(?:earliest|first|next|soonest)\s+(?:\w+\s+)?(?:available|possible|opening|free|availability)"
    r"|\bright\s+away\b|\bimmediately\b|\burgent(?:ly)?\b|\b(?:the\s+)?(?:sooner|quicker|earlier)\s+the\s+better\b|\b(?:the\s+)?earliest(?:\s+(?:you|that|one|time|appointment|slot))?\b"
    r"|\bwhatever(?:'s|\s+is)\s+(?:first|next|soonest)\b|\bnext\s+available\b|\bany\s?time\s+soon\b"
)
_NONE_FITS = re.compile(
    r"\b(?:none|neither|nothing)\b(?:\s+(?:of|in|on))?(?:\s+(?:those|these|them|that|the\s+(?:above|times|list)|there|here))?(?:\s+(?:really\s+)?(?:work\w*|fit\w*|suit\w*|(?:is|are)\s+good|will|would|for\s+me|times))?"
    r"|\b(?:don'?t|doesn'?t|won'?t|can'?t|cannot|wouldn'?t)\s+(?:really\s+)?(?:work|fit|suit|make\s+(?:any|either|those|it|that|them)|do\s+(?:any|either|those|them))\b"
    r"|\b(?:any(?:thing)?|something|some|have|other|different|more|another)\s+(?:\w+\s+)?(?:else|other|different|later|earlier|times?|dates?|days?|slots?|options?)\b(?=\W*(?:please|then|$|\?|in\s|available|do\s+you|next|after|on\b))"
    r"|\b(?:show|give|see|need)\s+(?:me\s+)?(?:some\s+)?(?:more|others?|different)\b|\bwhat\s+else\b|^\W*(?:a\s+)?(?:later|another)(?:\s+(?:time|date|day|one))?\W*$|^\W*no(?:pe)?\W*$|\bno\s+good\b|\bother\s+(?:times|dates|days)\b"
)
_PUT_OFF = re.compile(
    r"\b(?:maybe|perhaps)\s+later\b|\bnot\s+now\b|\bdecide\s+later\b|\b(?:book|schedule|call|do\s+(?:it|this|that))\s+(?:\w+\s+)?later\b|\blater\s+on\s+maybe\b"
)
_ANY = re.compile(
    r"\b(?:any\s?(?:time|day|of\s+(?:them|those|these)|one)|whenever|either|i'?m\s+(?:flexible|free|open)|flexible|doesn'?t\s+matter|don'?t\s+care|no\s+preference|you\s+(?:choose|pick|decide)|wide\s+open|all\s+(?:good|of\s+them|work))\b"
)
_PICK_WORDS = {word: number for word, number in ORDINALS.items() if number <= 6}
_PICK = (
    re.compile(rf"\b(?P<word>{'|'.join(_PICK_WORDS)}|\d(?:st|nd|rd|th))\s+(?:one|option|time|slot|choice|appointment|works|is\s+(?:fine|good|perfect)|please|sounds|would)\b"),
    re.compile(rf"^\W*(?:(?:i'll\s+take|i'd\s+like|let's\s+(?:do|go\s+with)|give\s+me|go\s+with|book)\s+)?(?:the\s+)?(?P<word>{'|'.join(_PICK_WORDS)})\W*$"),
    re.compile(r"^\W*(?P<word>\d(?:st|nd|rd|th))\W*$"),
    re.compile(r"\b(?:number|option|no\.|choice|slot|#)\s*#?(?P<word>\d|one|two|three|four|five|six)\b"),
    re.compile(r"#\s?(?P<word>\d)\b"),
    re.compile(r"^\W*(?P<word>[1-6]|one|two|three|four|five|six)\W*$"),
)  # fmt: skip
_LAST = re.compile(
    r"\b(?:the\s+)?(?:last|latest|final|bottom)\s+(?:one|option|time|slot|choice)\b|^\W*(?:the\s+)?last\W*$"
)
_MIDDLE = re.compile(r"\b(?:the\s+)?(?:top)\s+(?:one|option|slot|time)\b")
_EXCEPT = re.compile(
    r"\b(?:not|no|never|except(?:\s+for|\s+on)?|but(?:\s+not)?|besides|other\s+than|can'?t(?:\s+\w+){0,2}|cannot(?:\s+\w+){0,2}|won'?t(?:\s+\w+){0,2}|don'?t(?:\s+\w+){0,2}|doesn'?t|isn'?t|avoid|unavailable|busy|work(?:ing)?|out)\s+(?:on\s+|any\s+|this\s+|next\s+)*$"
)
_AFTER_DAY = re.compile(
    r"\b(?:after|from|starting|beginning|not\s+before|no\s+earlier\s+than|earliest|past|as\s+of)\s+(?:on\s+|the\s+)*$"
)
_BEFORE_DAY = re.compile(
    r"\b(?:before|by|until|till?|no\s+later\s+than|not\s+after|latest|up\s+to|through)\s+(?:the\s+)?$"
)
_AFTER_TIME = re.compile(
    r"\b(?:after|from|past|later\s+than|not\s+before|no\s+earlier\s+than|starting(?:\s+at)?|since|between|earliest)\s+(?:about\s+|around\s+)?$"
)
_BEFORE_TIME = re.compile(
    r"\b(?:before|by|until|till?|earlier\s+than|no\s+later\s+than|not\s+after|up\s+to|latest)\s+(?:about\s+|around\s+)?$"
)
_OR_LATER = re.compile(r"\s*(?:or\s+(?:later|after)|onwards?|and\s+(?:later|after)|on\b|\+)")
_OR_EARLIER = re.compile(r"\s*(?:or\s+(?:earlier|before)|at\s+the\s+latest|latest)")
_RANGE_JOIN = re.compile(r"\s*(?:-|to|and|or|until|till?|through|thru)\s*(?:the\s+)?")
_OFFSET = re.compile(r"(?<=t\d\d:\d\d)(?::\d\d)?(?:[+-]\d\d:\d\d|z)?")
"""What follows the minutes in an ISO time, such as an offered one."""
_WEEKDAYS_WORD = re.compile(r"\b(?:week\s?days?|working\s+days?|during\s+the\s+week|business\s+days?)\b")
_WEEKENDS_WORD = re.compile(r"\b(?:weekends|on\s+(?:a|the)\s+weekend|(?<!this )(?<!next )weekend)\b")


def read_wish(text: str, now: datetime) -> dict[str, Any] | str | None:
    """The wish as a dictionary of all its parts; "unsure"; None where the text says nothing about a time.

    A time of day alone ("at 10") is exact: `after` and `before` are the same. `now` is local to the clinic.
    """
    low = _OFFSET.sub("", plain(text))
    if _PUT_OFF.search(low):
        return None
    wish = _Wish()
    picked = _read_pick(low, wish)
    if not picked:
        dates = _read_days(low, now, wish)
        _read_hours(low, dates, wish)
        wish.none_fits = bool(_NONE_FITS.search(low)) and not _ANY.search(low)
        wish.asap = bool(_ASAP.search(low))
    if wish != _Wish() or _ANY.search(low):
        return asdict(wish)
    return UNSURE if read_yes_no(text) == UNSURE else None


def _read_pick(low: str, wish: _Wish) -> bool:
    if _LAST.search(low):
        wish.pick = -1
    elif _MIDDLE.search(low):
        wish.pick = 1
    else:
        for pattern in _PICK:
            if match := pattern.search(low):
                word = match["word"]
                number = _PICK_WORDS.get(word) or number_value(re.sub(r"\D+$", "", word) or word)
                wish.pick = int(number) if number else None
                break
    return wish.pick is not None


def _read_days(low: str, now: datetime, wish: _Wish) -> list[DateSpan]:
    dates = [d for d in find_dates(low, now, past=False) if d.anchored or d.weekday or not _is_verb(low, d)]
    named = [d for d in dates if d.weekday]
    _read_weekdays(low, named, wish)
    days = [d for d in dates if not d.weekday]
    for i, day in enumerate(days):
        before = low[: day.start]
        joined = i and _RANGE_JOIN.fullmatch(low, days[i - 1].end, day.start)
        if _EXCEPT.search(before) and day.first == day.last:
            wish.not_weekdays.append(WEEKDAYS[day.first.weekday()])
        elif _AFTER_DAY.search(before) or _OR_LATER.match(low, day.end):
            step = 1 if re.search(r"after\s+(?:the\s+)?$", before) else 0
            wish.earliest = (day.last + timedelta(step) if step else day.first).isoformat()
        elif _BEFORE_DAY.search(before):
            step = 1 if re.search(r"before\s+(?:the\s+)?$", before) else 0
            wish.latest = (day.first - timedelta(step) if step else day.last).isoformat()
        elif joined or wish.earliest:
            wish.latest = max(wish.latest or "", day.last.isoformat())
        else:
            wish.earliest, wish.latest = day.first.isoformat(), day.last.isoformat()
    if wish.earliest:
        wish.earliest = max(wish.earliest, now.date().isoformat())
    return dates


def _is_verb(low: str, day: DateSpan) -> bool:
    """ "may" and "march" without a preposition are months only where nothing but them is said."""
    return words(low) != words(low[day.start : day.end]) and low[day.start : day.end] in ("may", "march", "mar")


def _read_weekdays(low: str, named: list[DateSpan], wish: _Wish) -> None:
    denying = False
    for i, day in enumerate(named):
        between = low[named[i - 1].end : day.start] if i else low[: day.start]
        denying = bool(_EXCEPT.search(between)) or (
            denying and bool(re.fullmatch(r"\s*(?:,|or|and|nor|/|,\s*(?:and|or))\s*", between))
        )
        if i and re.fullmatch(r"\s*(?:-|to|through|thru|until)\s*", between) and not denying:
            first, last = WEEKDAYS.index(named[i - 1].weekday or "mon"), WEEKDAYS.index(day.weekday or "sun")
            wish.weekdays += [WEEKDAYS[n % 7] for n in range(first + 1, last + 1 if last > first else last + 8)]
        elif day.weekday:
            _take_weekday(low, day, wish, denying=denying)
    if match := _WEEKDAYS_WORD.search(low):
        (wish.not_weekdays if _EXCEPT.search(low[: match.start()]) else wish.weekdays).extend(WEEKDAYS[:5])
    if match := _WEEKENDS_WORD.search(low):
        (wish.not_weekdays if _EXCEPT.search(low[: match.start()]) else wish.weekdays).extend(WEEKDAYS[5:])
    wish.weekdays, wish.not_weekdays = list(dict.fromkeys(wish.weekdays)), list(dict.fromkeys(wish.not_weekdays))


def _take_weekday(low: str, day: DateSpan, wish: _Wish, *, denying: bool) -> None:
    before = low[: day.start]
    ranged = re.match(r"\s*(?:-|to|through|thru|until)\s*\w", low[day.end :])
    if denying:
        wish.not_weekdays.append(day.weekday or "")
    elif _BEFORE_DAY.search(before):
        wish.latest = (day.first - timedelta(1 if "before" in before else 0)).isoformat()
    elif _AFTER_DAY.search(before) and not ranged:
        wish.earliest = (day.first + timedelta(1 if "after" in before else 0)).isoformat()
    else:
        wish.weekdays.append(day.weekday or "")


def _read_hours(low: str, dates: list[DateSpan], wish: _Wish) -> None:
    masked = low
    for day in dates:
        if not low[day.start : day.end].startswith(("tonight", "this ")):
            masked = masked[: day.start] + " " * (day.end - day.start) + masked[day.end :]
    times = [t for t in find_times(masked) if t.sure or _looks_like_hour(masked, t)]
    for i, time in enumerate(times):
        _take_time(masked, time, times[i - 1] if i else None, wish)
    if not times:
        _read_part_of_day(masked, wish)


def _looks_like_hour(text: str, time: TimeOfDay) -> bool:
    alone = not re.search(r"[a-z]", text[: time.start] + text[time.end :])
    return alone or bool(_OR_LATER.match(text, time.end)) or bool(re.match(r"\s*(?:-|to|or)\s*\d", text[time.end :]))


def _take_time(text: str, time: TimeOfDay, previous: TimeOfDay | None, wish: _Wish) -> None:
    before = text[: time.start]
    if previous and _RANGE_JOIN.fullmatch(text, previous.end, time.start):
        wish.after, wish.before = str(previous), str(time)
    elif _BEFORE_TIME.search(before) or _OR_EARLIER.match(text, time.end):
        wish.before = str(time)
    elif _AFTER_TIME.search(before) or _OR_LATER.match(text, time.end):
        wish.after = str(time)
    elif time.about:
        wish.after, wish.before = (
            f"{max(time.hour - 1, 0):02d}:{time.minute:02d}",
            f"{min(time.hour + 1, 23):02d}:{time.minute:02d}",
        )
    elif wish.after is None and wish.before is None:
        wish.after = wish.before = str(time)
    else:
        wish.before = max(wish.before or "", str(time))


def _read_part_of_day(text: str, wish: _Wish) -> None:
    for pattern, after, before in _PARTS_OF_DAY:
        match = re.search(rf"(?<!\w)(?:{pattern})(?!\w)", text)
        if not match:
            continue
        if _EXCEPT.search(text[: match.start()]):
            after, before = (before, None) if after is None else (None, after)
        wish.after, wish.before = after, before
        return
