"""A wish for a time as it is typed, in the words that the readers know: "2moro", "b4 noon", "wensday", "MWF". PURE."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from knee_intake.understanding.calendar_words import WEEKDAY
from knee_intake.understanding.plain import word_set

_SPELLED = {
    r"2\s?mor+ow?|2mrw?|2mro|tm(?:o?r+)?w|tmoro|tomm?or+[ow]+": "tomorrow",
    r"tom(?=\s+(?:am|pm|morning|afternoon|at|after|before))": "tomorrow",
    r"2\s?day|2dy": "today",
    r"2\s?n(?:i|ig)?h?te?": "tonight",
    r"aftr|aft(?=\s+(?:\d|noon|lunch|work|school))|afta": "after",
    r"b/w|btw(?=\s+\d)|btwn|betwen|b/t": "between",
    r"wk[\s-]?days?": "weekdays",
    r"wks": "weeks",
    r"wk": "week",
    r"mth|mnth": "month",
    r"eves|evns?|evngs?": "evenings",
    r"mornin'?|morn|mrng?|mrning": "morning",
    r"aft|aftn|arvo|aftnoon|afternn?": "afternoon",
    r"erly|eary": "early",
    r"sum\s?(?:time|tym)": "sometime",
    r"any\s?(?:tim|tym)": "any time",
    r"anyday|anyway(?=\s+but\b)": "any day",
    r"any\s?1": "any one",
    r"wrk": "work",
    r"wrkn?(?:g|in)?": "working",
    r"w/o": "without",
    r"w/": "with ",
    r"avail": "available",
    r"appt|apt|appmt": "appointment",
    r"frst|1rst": "first",
    r"secnd|scnd|2cnd": "second",
    r"lst": "last",
    r"w/e(?=\s+(?:work|is|u|you|suit))": "whatever",
    r"mid-?week": "middle of the week",
    r"idc": "don't care",
    r"4(?=\s+(?:me|u|you)\b)": "for",
    r"u": "you",
    r"r(?=\s+\w)": "are",
    r"noe?n(?=\s+of\s+(?:those|these|them))": "none",
}
"""Spellings of phones, as patterns, and the word that each stands for."""
_SPELLINGS = tuple((re.compile(rf"(?<![\w'])(?:{wrong})(?![\w'])"), right) for wrong, right in _SPELLED.items())
_HALF_DAYS = {re.compile(r"(?<=\d)a(?!\w)"): " am", re.compile(r"(?<=\d)p(?!\w)"): " pm"}
_LIST_OF_LETTERS = {
    re.compile(r"(?<!\w)m[\s,/&]*w[\s,/&]*f(?!\w)"): "monday, wednesday, friday",
    re.compile(r"(?<!\w)m\s*[,/&]\s*w(?!\w)"): "monday, wednesday",
    re.compile(r"(?<!\w)t\s*[,/&]?\s*th(?!\w)"): "tuesday, thursday",
    re.compile(r"(?<!\w)t\s+(?:or|and)\s+th(?!\w)"): "tuesday or thursday",
    re.compile(r"(?<!\w)m\s*-\s*f(?!\w)"): "monday to friday",
}
_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LIKE_A_DAY = re.compile(r"(?<![\w'])[a-z]{2,8}d(?:ay|y|ya|ey|ai|aay)s?(?![\w'])")
_NO_WEEKDAYS = word_set(
    """
    today yesterday holiday birthday midday someday everyday payday weekday weekdays holidays birthdays workday
    workdays doomsday nowadays already ready steady body nobody anybody somebody everybody study handy
    """
)
_ALIKE = 0.75
_BARE_DAY = re.compile(r"(?P<lead>^\W*|,\s*|\b(?:or|and)\s+)(?=(?:[7-9]|[12]\d|3[01])(?:st|nd|rd|th)\b)")
"""In front of the day of a month that stands without "the"; the first six may be one of the offered times."""
_I_AM_OFF = {
    re.compile(
        rf"\b(?:i\s+(?:don't|dont|do\s+not|never)\s+work|i'?m\s+not\s+working|i\s+am\s+not\s+working|no\s+work)(?=\s+(?:on\s+)?{WEEKDAY})"
    ): "i am off",
    re.compile(rf"(?P<day>\b{WEEKDAY}s?)\s+i\s+(?:don't|dont|do\s+not|never)\s+work\b"): r"\g<day> i am off",
    re.compile(r"\bi\s+work\s+(?:every\s?day|all\s+days)\s+(?:but|except)(?:\s+(?:on|for))?\b"): "only",
}
"""A day without work is a free one."""
_AND = re.compile(r"(?<=[\w\s])&(?=[\w\s])")
_AT = re.compile(r"(?<!\S)@(?=\s*\d)|(?<=[a-z])@(?=\d)")
_DAYS = rf"(?:the\s+)?{WEEKDAY}s?(?:(?:\s*,\s*(?:or\s+|and\s+)?|\s*/\s*|\s+or\s+|\s+and\s+){WEEKDAY}s?)+"
_DAYS_OF_WEEK = re.compile(rf"\b(?P<days>{_DAYS})\s+(?:of\s+)?(?P<week>(?:next|this|the\s+following)\s+week)\b")
_NEXT_DAYS = re.compile(rf"\b(?P<week>next|this)\s+(?P<days>{_DAYS})\b(?!\s+(?:of\s+)?(?:next|this)\s+week)")
_OR_DAY_AFTER = re.compile(
    r"(?<=\btomorrow\s)(?P<or>or|and)\s+(?:the\s+)?(?:next\s+day|day\s+after|following\s+day)\b(?!\s+tomorrow)"
)
_OR_NEXT = re.compile(
    r"\b(?:this|next)\s+(?P<unit>week|month)\s+(?:or|and)\s+(?:the\s+)?(?P<which>next|following)\b(?!\s+\w)"
)


def as_read(low: str) -> str:
    """A plain text with its spellings of phones written out; not as long as it was."""
    low = _AT.sub(" at ", _AND.sub(" and ", low))
    for pattern, right in (*_LIST_OF_LETTERS.items(), *_HALF_DAYS.items(), *_SPELLINGS, *_I_AM_OFF.items()):
        low = pattern.sub(right, low)
    low = _BARE_DAY.sub(r"\g<lead>the ", low)
    low = _LIKE_A_DAY.sub(_nearest_day, low)
    return _weeks_first(low)


def _nearest_day(match: re.Match[str]) -> str:
    """ "wensday", "thirsday", "satuday": the weekday that a word is most like, if it is like one."""
    word = match[0]
    if word in _NO_WEEKDAYS or re.fullmatch(rf"{WEEKDAY}(?:s|'s)?", word):
        return word
    singular = word[:-1] if word.endswith("ys") else word
    likeness = {day: SequenceMatcher(None, singular, day).ratio() for day in _DAY_NAMES if {*day[:2]} & {*word[:2]}}
    nearest = max(likeness, key=lambda day: likeness[day], default=None)
    if nearest is None or likeness[nearest] < _ALIKE:
        return word
    return nearest + ("s" if word.endswith("ys") else "")


def _weeks_first(low: str) -> str:
    """ "Tue or Wed of next week" and "next Tue or Wed" as "next week, tue or wed": the week is of all the days."""
    low = _DAYS_OF_WEEK.sub(r"\g<week>, \g<days>", low)
    low = _OR_DAY_AFTER.sub(r"\g<or> the day after tomorrow", low)
    low = _NEXT_DAYS.sub(r"\g<week> week, \g<days>", low)
    return _OR_NEXT.sub(lambda match: f"{match[0]} {match['unit']}", low)
