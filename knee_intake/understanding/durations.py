"""How long the knee has hurt: spans ("3 weeks"), points ("since March"), and what they belong to. PURE.

week 7, month 30, year 365 days; a couple is 2; a range gives its middle; "a few" and "several" are 3 and 5 and vague.
Plurals without a number ("for years") count as 3 of them, vague; "for ages" has no number and is not found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from knee_intake.understanding.belonging import About, belongs_to
from knee_intake.understanding.dates import find_dates
from knee_intake.understanding.numbers import NUMBER, RANGE, number_value
from knee_intake.understanding.plain import LONGEST_LEAD, in_front, plain, word_set


@dataclass(frozen=True)
class Duration:
    """A span of time up to now, in days."""

    days: int
    start: int
    """Character offsets into the text as received."""
    end: int
    vague: bool = False
    """The words give no number: "a few weeks", "for years"."""
    sure: bool = True
    """False for what is a time only beside other words: a bare weekday, "may"."""
    point: bool = False
    """A day in the past, not a length of time."""
    about: About = "pain"


_UNITS = (
    (r"minutes?|mins?", 1 / 1440),
    (r"hours?|hrs?", 1 / 24),
    (r"days?|nights?|d", 1.0),
    (r"weekends?|weeks?|wee?ks|weaks?|wks?|w", 7.0),
    (r"fortnights?", 14.0),
    (r"months?|mont?hs|moths|mouths|mnths?|mths?|mos?", 30.0),
    (r"seasons?", 90.0),
    (r"years?|yeards?|yrs?|y", 365.0),
    (r"decades?", 3650.0),
)
_UNIT = rf"(?P<unit>{'|'.join(pattern for pattern, _ in _UNITS)})\b(?!')"
_VAGUE_COUNTS = {"couple": 2.0, "few": 3.0, "handful": 4.0, "several": 5.0, "some": 3.0, "many": 5.0}
_FILLER = r"(?:\s*-\s*|\s+(?:full|whole|good|long|solid|or\s+so|odd|plus)\s+|\s*\+?\s*)"
_SPAN = re.compile(
    rf"(?:(?P<low>{NUMBER})(?:{RANGE}(?P<high>{NUMBER}))?(?P<plus_half>\s+and\s+an?\s+half|\s+1/2)?"
    r"|\b(?:an?\s+|the\s+(?:last|past)\s+|last\s+|past\s+)?(?P<vague>couple|few|handful|several|(?<!how\s)many)(?:\s+of)?"
    r"|\b(?P<half>half\s+an?|half\s+of\s+an?|an?\s+half)|\b(?P<one>an?|(?:the\s+)?(?:last|past))(?=\s+\w\w)"
    r"|(?P<bare>(?<!\w)(?=(?:day|week|month|year)\s+(?:and\s+an?\s+half|or\s+(?:two|three|so))\b)))"
    rf"{_FILLER}{_UNIT}(?P<and_half>\s+and\s+(?:an?\s+)?half)?(?:\s+or\s+(?P<or>two|three|so)\b)?"
)
_BARE_PLURAL = re.compile(
    r"(?:\b(?:for|past|last|some|been)\s+(?:many\s+|so\s+many\s+)?|^\W*)(?P<unit>days|weeks|months|years|decades)"
    r"(?:\s+and\s+(?P=unit))?\b|\b(?P<ago>days|weeks|months|years|decades)\s+ago\b"
)
_BARE_DAYS = {"days": 3, "weeks": 21, "months": 90, "years": 1095, "decades": 7300}

_MENDS = re.compile(
    r"\s*(?:ago|now|or\s+so)?\s*(?:\*|[,.;-]*\s*(?:(?:no|wait|sorry|er+m?|uh|um|i\s+mean|i\s+meant|hang\s+on|hold\s+on|actually|or\s+rather"
    r"|make\s+(?:that|it)|scratch\s+that|correction|more\s+like|well)\b[\s,.;-]*)+"
    r"(?:(?:it's|it\s+was|its|the|since|for|on|about|like|more|call\s+it|in|from)\s+)*)"
    rf"(?:{NUMBER}\s*,\s*)?"
)


def find(text: str, now: datetime) -> list[Duration]:
    """The spans for which the pain, or what caused it, has gone on; in the order of the text.

    Ages, treatments, jobs, habits, rates ("twice a week") and the future are left out; `find_all` has them too.
    """
    return [d for d in find_all(text, now) if d.about == "pain"]


BARE_UNIT = re.compile(r"(?:^|[,.;&]\s*|\band\s+)(years|months|weeks|days)(?:\s+now)?\W*$", re.IGNORECASE)
"""A unit at the end that counts nothing: "slow, years"."""


def find_all(text: str, now: datetime) -> list[Duration]:
    """Every span of time in a text, each with what it seems to belong to; of one said and mended, the mended."""
    return [d for d in find_spans(plain(text), now) if d.sure]


_BESIDE_A_SPAN = word_set(
    "for since about around almost nearly roughly maybe like now ago over the last past been its it is has have hurt"
    " hurts hurting started began probably more than at least approx approximately by and so"
)
_PLACES = word_set(
    "inner inside outer outside front back side left right both knee knees kneecap behind under above below"
    " all my in of"
)
_PART = re.compile(r"[,;.!\n()]+|\s-+\s|\band\b")


def stands_alone(text: str, now: datetime) -> bool:
    """Whether a span of days or more stands in a part of its own: "inner side, 4 years", "left, since March".

    A span in a part that tells anything else is of that: "inner side, I had a fall 4 years ago".
    """
    low = plain(text)
    spans = find_spans(low, now)
    if len(spans) != 1 or spans[0].days < 1:
        return False
    span = spans[0]
    start = max((m.end() for m in _PART.finditer(low, 0, span.start)), default=0)
    end = next((m.start() for m in _PART.finditer(low, span.end)), len(low))
    rest = re.findall(r"[^\W_]+", f"{low[start : span.start]} {low[span.end : end]}".replace("'", ""))
    own_part = start > 0 or end < len(low) or bool(_PLACES & {*rest})
    return own_part and {*rest} <= _BESIDE_A_SPAN | _PLACES


def find_spans(low: str, now: datetime) -> list[Duration]:
    """The spans of a plain text, with those that are no time unless the words around say so."""
    found = _summed([d for m in _SPAN.finditer(low) if (d := _span(low, m))], low)
    for m in _BARE_PLURAL.finditer(low):
        unit = m["unit"] or m["ago"]
        _add(found, Duration(_BARE_DAYS[unit], *m.span(), vague=True, about=belongs_to(low, *m.span())))
    for point in find_dates(low, now, past=True):
        if point.first <= now.date():
            days = _middle(point.first, point.last, now.date())
            sure = point.anchored or low[: point.start].endswith("*")
            about = belongs_to(low, point.start, point.end, point=True)
            _add(found, Duration(days, point.start, point.end, about=about, sure=sure, point=True))
    return _without_taken_back(sorted(found, key=lambda d: d.start), low)


def _without_taken_back(spans: list[Duration], low: str) -> list[Duration]:
    """ "three, no, four weeks": what is mended at once was never meant."""
    kept: list[Duration] = []
    for span in spans:
        if kept and kept[-1].sure and _MENDS.fullmatch(low, kept[-1].end, span.start):
            span = replace(span, start=kept.pop().start, sure=True)
        kept.append(span)
    return kept


def _summed(spans: list[Duration], text: str) -> list[Duration]:
    """ "2 years and 3 months" is one span."""
    whole: list[Duration] = []
    for span in spans:
        last = whole[-1] if whole else None
        between = text[last.end : span.start] if last else ""
        if last and last.days < span.days and re.fullmatch(r"\s+(?:shy|short)\s+of\s+", between):
            whole[-1] = replace(last, days=span.days - last.days, end=span.end, about=span.about)
        elif last and span.days < last.days and re.fullmatch(r"\s*(?:,|and|,\s*and)?\s*", between):
            whole[-1] = replace(last, days=last.days + span.days, end=span.end, about=span.about)
        else:
            whole.append(span)
    return whole


def _add(found: list[Duration], new: Duration) -> None:
    if not any(new.start < d.end and d.start < new.end for d in found):
        found.append(new)


def _middle(first: date, last: date, today: date) -> int:
    return round(((today - first).days + (today - min(last, today)).days) / 2)


def _span(text: str, match: re.Match[str]) -> Duration | None:
    if re.search(r"[\w.$#/]$", in_front(text, match.start())):
        return None
    days_each = next(days for pattern, days in _UNITS if re.fullmatch(pattern, match["unit"]))
    ago = re.match(r"\s+(?:ago|back)\b", text[match.end() : match.end() + LONGEST_LEAD])
    if days_each < 1 and not ago:
        return None  # "stiff for 30 minutes"
    end = match.end() + (ago.end() if ago else 0)
    vague = match["vague"] not in (None, "couple")
    return Duration(
        round(_count(match) * days_each), match.start(), end, vague, about=belongs_to(text, match.start(), end)
    )


def _count(match: re.Match[str]) -> float:
    if match["vague"]:
        return _VAGUE_COUNTS[match["vague"]]
    if match["half"]:
        return 0.5
    low = number_value(match["low"]) if match["low"] else None
    count = low if low is not None else 1.0
    high = number_value(match["high"]) if match["high"] else {"two": 2.0, "three": 3.0}.get(match["or"] or "")
    if high is not None:
        count = (count + high) / 2
    return count + (0.5 if match["plus_half"] or match["and_half"] else 0.0)
