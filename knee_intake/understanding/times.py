"""Times of day: "half past 3", "3ish", "noon", "15:30", "quarter to nine". PURE.

Hours without am or pm are read as a clinic's: 7 to 11 in the morning, 12 to 6 in the afternoon.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knee_intake.understanding.numbers import NUMBER, number_value
from knee_intake.understanding.plain import in_front, plain


@dataclass(frozen=True)
class TimeOfDay:
    """A time of day that a text names."""

    hour: int
    minute: int
    start: int
    """Character offsets into the text as received."""
    end: int
    sure: bool = True
    """False for a bare number, which is a time only where a time was asked for."""
    about: bool = False
    """"around 3", "3ish"."""

    def __str__(self) -> str:
        return f"{self.hour:02d}:{self.minute:02d}"


_HALF_DAY = (
    r"(?:\s*(?P<pm>p\.?\s?m\b\.?|in\s+the\s+(?:afternoon|evening)|at\s+night|tonight|(?:tomorrow\s+|this\s+)?(?:afternoon|evening)\b)"
    r"|\s*(?P<am>a\.?\s?m\b\.?|in\s+the\s+morning|(?:tomorrow\s+|this\s+)?morning\b))?"
)
_MINUTE_WORD = r"(?:(?:oh|o)[\s-]+\w+|fifteen|thirty|forty[\s-]five|ten|twenty|forty|fifty|\w+ty[\s-]five)"
_HOUR = rf"(?:\d{{1,2}}|{NUMBER})"
_NOT_TIME_AFTER = (
    r"(?!\s*(?:%|/|days?|weeks?|months?|years?|yrs?|people|of\s+us|minutes?\b(?!\s+(?:past|to)))|-?\d{3}|\d|st\b|nd\b"
    r"|rd\b|th\b)"
)
_PATTERNS = (
    re.compile(rf"(?P<ahead>half(?=\s+(?:past|\d|\w+\b))|quarter|{NUMBER})\s+(?:minutes?\s+)?(?:(?P<way>past|after|to|till?|before|of)\s+|(?<=half\s))(?P<hour>{_HOUR}|noon|midnight)\b{_HALF_DAY}"),
    re.compile(rf"(?<![\d:/])(?P<hour>\d{{1,2}})(?::|\.|h|\s(?=[0-5]\d\W*$))(?P<minute>[0-5]\d)(?::[0-5]\d)?(?!\d){_HALF_DAY}"),
    re.compile(rf"\bt(?P<hour>\d\d):(?P<minute>[0-5]\d){_HALF_DAY}"),
    re.compile(r"\b(?:12\s+)?(?P<word>noon|midday|midnight|lunch\s?time)(?:\s?ish)?\b"),
    re.compile(rf"\b(?P<hour>{_HOUR})[\s-]+(?P<minute_word>{_MINUTE_WORD})(?:[\s-]?ish)?\b{_HALF_DAY}"),
    re.compile(rf"(?<![\d:/.$])(?P<hour>{_HOUR})\s*(?P<clock>-?ish\b|o'?\s?clock(?:ish)?|(?:hr|hrs|hours?|h)\b)?{_HALF_DAY}{_NOT_TIME_AFTER}"),
    re.compile(r"(?<!\d)(?P<hour>[01]?\d|2[0-3])(?P<minute>[0-5]\d)(?!\d)(?:\s*(?:hours|hrs?|h)\b)?" + _HALF_DAY),
)  # fmt: skip
_LEAD = re.compile(
    r"\b(?:at|around|about|by|before|after|until|till?|from|between|and|for|say|to|or)\s+(?:about\s+|around\s+)?$"
)
_REPLACED = re.compile(r"\b(?:instead\s+of|rather\s+than|not)\s+(?:at\s+)?$")
_TO_THE_NEXT = re.compile(r"\s*(?:-|to|and|or|until|till?)\s*(?:at\s+|maybe\s+)?")
_ABOUT = re.compile(r"\b(?:around|about|roughly|approximately|near|close\s+to|ish)\s+$")


def find_times(text: str) -> list[TimeOfDay]:
    """Every time of day in a text, in its order."""
    low = plain(text)
    found: list[TimeOfDay] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(low):
            time = _time(low, match)
            if time and not any(time.start < other.end and other.start < time.end for other in found):
                found.append(time)
    return sorted(found, key=lambda t: t.start)


def read_time(text: str) -> str | None:
    """The time of day that answers "at what time?", as "HH:MM"; of a range the first, of others the last."""
    found = find_times(text)
    low = plain(text)
    kept = [t for t in found if not _REPLACED.search(in_front(low, t.start))] or found
    kept = [t for t in kept if t.sure] or kept
    if not kept:
        return None
    ranged = len(kept) == 2 and _TO_THE_NEXT.fullmatch(low, kept[0].end, kept[1].start)
    return str(kept[0] if ranged else kept[-1])


def _time(text: str, match: re.Match[str]) -> TimeOfDay | None:
    groups = match.groupdict()
    about = bool(_ABOUT.search(in_front(text, match.start())) or "ish" in match.group())
    if word := groups.get("word"):
        return TimeOfDay(0 if word == "midnight" else 12, 0, *match.span(), about=about)
    hour, minute = _hour_and_minute(groups)
    if hour is None or not (0 <= hour <= 24 and 0 <= minute < 60):
        return None
    if re.fullmatch(r"\d+ (?:to|till?) (?:\d+|noon)", match.group().strip()) and minute not in (5, 20, 25):
        return None  # "9 to 5", "10 to 2": two hours
    half_day = bool(groups.get("am") or groups.get("pm"))
    hour = _on_clock(hour, groups)
    if groups.get("ahead") and groups["way"] in ("to", "til", "till", "before", "of"):
        hour, minute = (hour - 1) % 24, (60 - minute) % 60
    sure = half_day or bool(
        groups.get("minute") or groups.get("ahead") or groups.get("minute_word") or groups.get("clock")
    )
    sure = sure or bool(_LEAD.search(in_front(text, match.start())))
    return TimeOfDay(hour % 24, minute, *match.span(), sure=sure, about=about)


def _hour_and_minute(groups: dict[str, str | None]) -> tuple[int | None, int]:
    hour_word = groups.get("hour") or ""
    value = {"noon": 12.0, "midnight": 24.0}.get(hour_word) or number_value(hour_word)
    hour = int(value) if value is not None and value == int(value) else None
    if minute := groups.get("minute"):
        return hour, int(minute)
    if word := groups.get("minute_word"):
        return hour, int(number_value(re.sub(r"^(?:oh|o)[\s-]+", "", word)) or 0)
    ahead = groups.get("ahead") or ""
    return hour, {"half": 30, "quarter": 15}.get(ahead) or int(number_value(ahead) or 0)


def _on_clock(hour: int, groups: dict[str, str | None]) -> int:
    if groups.get("pm"):
        return hour + 12 if hour < 12 else hour
    if groups.get("am"):
        return 0 if hour == 12 else hour
    written = groups.get("hour") or ""
    return hour + 12 if 1 <= hour <= 6 and not written.startswith("0") else hour
