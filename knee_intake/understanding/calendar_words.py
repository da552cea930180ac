"""The calendar's words and arithmetic: weekdays, months, ordinals, holidays, parts of weeks and months. PURE."""

from __future__ import annotations

import re
from datetime import date, timedelta

from dateutil.easter import easter  # type: ignore[import-untyped]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|tusday|wed(?:s|nesday|ensday)?|thu(?:r|rs|rsday|rday)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)"
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:jan(?:uary)?|feb(?:r?uary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
SEASONS = {"winter": (12, 90), "spring": (3, 92), "summer": (6, 92), "fall": (9, 91), "autumn": (9, 91)}
"""First month and length in days."""
_FIRST_NINE = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_TENTH_ON = (
    "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth", "twentieth",
)  # fmt: skip
ORDINALS = {word: number for number, word in enumerate(_FIRST_NINE + _TENTH_ON, start=1)}
ORDINALS |= {f"twenty-{word}": 20 + number for number, word in enumerate(_FIRST_NINE, start=1)}
ORDINALS |= {"thirtieth": 30, "thirty-first": 31}
_ORDINAL_WORDS = "|".join(sorted((word.replace("-", "[- ]") for word in ORDINALS), key=len, reverse=True))
ORDINAL = rf"(?:\d{{1,2}}\s?(?:st|nd|rd|th)\b|(?:{_ORDINAL_WORDS})\b)"
HOLIDAYS = {
    "new_year": r"new\s+year'?s?(?:\s+(?:day|eve))?",
    "valentine": r"valentine'?s?(?:\s+day)?",
    "easter": r"easter",
    "mothers_day": r"mother'?s\s+day",
    "memorial_day": r"memorial\s+day",
    "fathers_day": r"father'?s\s+day",
    "july_4": r"(?:the\s+)?(?:4th|fourth)\s+of\s+july|independence\s+day",
    "labor_day": r"labor\s+day",
    "halloween": r"halloween",
    "veterans_day": r"veterans?'?\s+day",
    "thanksgiving": r"thanksgiving",
    "christmas_eve": r"(?:christmas|x-?mas)\s+eve",
    "christmas": r"christmas|x-?mas|the\s+holidays",
}
_FIXED = {
    "new_year": (1, 1), "valentine": (2, 14), "july_4": (7, 4), "halloween": (10, 31), "veterans_day": (11, 11),
    "christmas_eve": (12, 24), "christmas": (12, 25),
}  # fmt: skip
_NTH_WEEKDAY = {"mothers_day": (5, 6, 2), "fathers_day": (6, 6, 3), "labor_day": (9, 0, 1), "thanksgiving": (11, 3, 4)}
"""Month, weekday (Monday is 0), which one of the month."""


def weekday_number(word: str) -> int:
    """0 for Monday … 6 for Sunday, from any spelling that WEEKDAY matches."""
    return WEEKDAYS.index("tue" if word.startswith("tu") else word[:3])


def month_number(word: str) -> int:
    """1 for January … 12, from any spelling that MONTH matches."""
    return MONTHS.index(word[:3]) + 1


def ordinal_value(word: str) -> int | None:
    """3 for "3rd", "third" and "3"."""
    digits = re.match(r"\d+", word)
    return int(digits.group()) if digits else ORDINALS.get(word.replace(" ", "-"))


def safe_date(year: int, month: int, day: int) -> date | None:
    """None where there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def first_of_month(month: int, year: int) -> date:
    """Month first, so that functools.partial can fix it."""
    return date(year, month, 1)


def month_end(day: date) -> date:
    """The last day of that day's month."""
    return (day.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)


def holiday(name: str, year: int) -> date:
    """The day of a holiday named in HOLIDAYS."""
    if name == "easter":
        day: date = easter(year)
        return day
    if name == "memorial_day":
        end = date(year, 5, 31)
        return end - timedelta(end.weekday())
    if name in _FIXED:
        return date(year, *_FIXED[name])
    month, weekday, nth = _NTH_WEEKDAY[name]
    first = date(year, month, 1)
    return first + timedelta((weekday - first.weekday()) % 7 + 7 * (nth - 1))


def part_of_month(words: str, first: date) -> tuple[date, date]:
    """Early, middle, late, or the nth week of the month that begins on `first`; the whole of it without words."""
    end = month_end(first)
    if not words:
        return first, end
    if "week" in words:
        if words.startswith("last"):
            return end - timedelta(6), end
        nth = ordinal_value(words.split()[0]) or 1
        return first + timedelta(7 * (nth - 1)), first + timedelta(7 * nth - 1)
    if words.startswith(("early", "beg", "start")):
        return first, first + timedelta(9)
    if words.startswith("mid"):
        return first + timedelta(10), first + timedelta(19)
    return first + timedelta(20), end


def part_of_week(words: str, monday: date) -> tuple[date, date]:
    """Early (Mon-Wed), middle (Tue-Thu), late (Thu-Sun) of the week; the whole of it without words."""
    if not words:
        return monday, monday + timedelta(6)
    if words.startswith(("earl", "beg", "start")):
        return monday, monday + timedelta(2)
    if words.startswith("mid"):
        return monday + timedelta(1), monday + timedelta(3)
    return monday + timedelta(3), monday + timedelta(6)


def relative(part: str, step: int, unit: str, today: date) -> tuple[date, date]:
    """This (0), next (1), last (-1) week, weekend, month or year, or a part of it."""
    if unit == "year":
        return date(today.year + step, 1, 1), date(today.year + step, 12, 31)
    if unit == "month":
        months = today.year * 12 + today.month - 1 + step
        return part_of_month(part, date(months // 12, months % 12 + 1, 1))
    monday = today - timedelta(today.weekday()) + timedelta(7 * step)
    if unit == "weekend":
        return monday + timedelta(5), monday + timedelta(6)
    return part_of_week(part, monday)
