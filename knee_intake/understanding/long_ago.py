"""Whether what was done to a knee lies longer back than is asked for: "surgery in 1988", "a shot last year". PURE.

Only what is surely old counts as old. One time that may lie within the last months ("and a shot in May"), or none at
all, leaves the reply as it is.
"""

from __future__ import annotations

import re
from datetime import datetime

from knee_intake.understanding.durations import find_all
from knee_intake.understanding.plain import plain

RECENT_DAYS = 100
"""Three months, and some days for memory."""
_YEAR = re.compile(r"\b(?:19|20)\d\d\b|(?<!\w)['’]\d\d\b")
_LONG_AGO = re.compile(
    r"\b(?:(?:many|several|some|a few|couple of|few|two|three|four|five|six|seven|eight|nine|ten|\d+) (?:years"
    r"|yrs|decades) (?:ago|back|before)"
    r"|years (?:ago|back)|(?:a|one|over a|more than a|about a|1) (?:year|yr) (?:ago|back)|decades? ago|(?:long"
    r"|ages) ago|a long time (?:ago|back)|last year"
    r"|half a year ago|(?:four|five|six|seven|eight|nine|ten|eleven|twelve|[4-9]|1[0-9]) (?:months|mos?"
    r"|mths) (?:ago|back)"
    r"|as (?:a|an) (?:kid|child|teen\w*|boy|girl|young \w+|student)|when i was (?:a |an |in |young|little|\d+)"
    r"|in (?:high school|college|my (?:teens|twenties|thirties|forties|youth))"
    r"|in the (?:\d\ds|\d\d\d\ds|(?:seventies|eighties|nineties|sixties)))\b"
)
_MAYBE_RECENT = re.compile(
    r"\b(?:recent\w*|just|last (?:week|month|night)|this (?:week|month|year|spring|summer|fall|winter|morning)"
    r"|yesterday|today|again|weeks?|days?"
    r"|(?:a|one|two|three|couple of|few|1|2|3) months?|still|another|also|since|every|each|now)\b"
)


def is_long_ago(text: str, now: datetime) -> bool:
    """Whether every time that a text names lies more than three months back, and it names one."""
    said = plain(text)
    if _MAYBE_RECENT.search(said):
        return False
    years = [_year_of(match[0], now) for match in _YEAR.finditer(said)]
    if any(year >= now.year or (year == now.year - 1 and now.month <= RECENT_DAYS // 30 + 1) for year in years):
        return False
    spans = [span.days for span in find_all(said, now)]
    if any(days < RECENT_DAYS for days in spans):
        return False
    if _LONG_AGO.search(said) and now.month <= RECENT_DAYS // 30 + 1 and "last year" in said:
        return False
    return bool(years or _LONG_AGO.search(said))  # a month without its year may be the last one


def _year_of(text: str, now: datetime) -> int:
    digits = text.lstrip("'’")
    if len(digits) > 2:
        return int(digits)
    return 2000 + int(digits) if 2000 + int(digits) <= now.year else 1900 + int(digits)
