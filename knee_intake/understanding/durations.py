"""How long the knee has hurt: spans ("3 weeks"), points ("since March"), and what they belong to. PURE.

week 7, month 30, year 365 days; a couple is 2; a range gives its middle; "a few" and "several" are 3 and 5 and vague.
Plurals without a number ("for years") count as 3 of them, vague; "for ages" has no number and is not found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from knee_intake.understanding.dates import find_dates
from knee_intake.understanding.numbers import NUMBER, RANGE, number_value
from knee_intake.understanding.plain import LONGEST_LEAD, clause_bounds, in_front, plain

About = Literal["pain", "age", "treatment", "other", "future", "rate"]


@dataclass(frozen=True)
class Duration:
    """A span of time up to now, in days."""

    days: int
    start: int
    """Character offsets into the text as received."""
    end: int
    vague: bool = False
    """The words give no number: "a few weeks", "for years"."""
    about: About = "pain"


_UNITS = (
    (r"minutes?|mins?", 1 / 1440),
    (r"hours?|hrs?", 1 / 24),
    (r"days?|nights?|d", 1.0),
    (r"weekends?|weeks?|wee?ks|weaks?|wks?|w", 7.0),
    (r"fortnights?", 14.0),
    (r"months?|mont?hs|mnths?|mths?|mos?", 30.0),
    (r"seasons?", 90.0),
    (r"years?|yeards?|yrs?|y", 365.0),
    (r"decades?", 3650.0),
)
_UNIT = rf"(?P<unit>{'|'.join(pattern for pattern, _ in _UNITS)})\b(?!')"
_VAGUE_COUNTS = {"couple": 2.0, "few": 3.0, "handful": 4.0, "several": 5.0, "some": 3.0, "many": 5.0}
_FILLER = r"(?:\s*-\s*|\s+(?:full|whole|good|long|solid|or\s+so|odd|plus)\s+|\s*\+?\s*)"
_SPAN = re.compile(
    rf"(?:(?P<low>{NUMBER})(?:{RANGE}(?P<high>{NUMBER}))?(?P<plus_half>\s+and\s+an?\s+half|\s+1/2)?"
    r"|\b(?:an?\s+|the\s+(?:last|past)\s+|last\s+|past\s+)?(?P<vague>couple|few|handful|several|many)(?:\s+of)?"
    r"|\b(?P<half>half\s+an?|half\s+of\s+an?|an?\s+half)|\b(?P<one>an?|(?:the\s+)?(?:last|past))(?=\s+\w\w))"
    rf"{_FILLER}{_UNIT}(?P<and_half>\s+and\s+(?:an?\s+)?half)?(?:\s+or\s+(?P<or>two|three|so)\b)?"
)
_BARE_PLURAL = re.compile(
    r"(?:\b(?:for|past|last|some|been)\s+(?:many\s+|so\s+many\s+)?|^\W*)(?P<unit>days|weeks|months|years|decades)"
    r"(?:\s+and\s+(?P=unit))?\b|\b(?P<ago>days|weeks|months|years|decades)\s+ago\b"
)
_BARE_DAYS = {"days": 3, "weeks": 21, "months": 90, "years": 1095, "decades": 7300}

_AGE_AFTER = re.compile(r"\s*-?\s*(?:old|of\s+age|young)\b|\s*/?o\b|\s*(?:male|female|man|woman|lady|guy)\b")
_AGE_BEFORE = re.compile(
    r"\b(?:aged?|turn(?:ed|ing)?|i'm|i\s+am|im|(?:he|she)(?:'s|\s+is)|when\s+(?:i|he|she)\s+was)\s+(?:about\s+|almost\s+)?$"
)
_RATE_BEFORE = re.compile(
    rf"\b(?:every|each|per|times|once|twice|days|nights|minutes|mins|hours|miles|pills?|mg|{NUMBER}x)\s+(?:in\s+)?"
    r"(?:other\s+)?$"
)
_RATE_AFTER = re.compile(
    r"\s*(?:a|per|each|every|/)\s*(?:day|week|month|year|night|session)\b|\s+at\s+a\s+time\b|\s+out\s+of\b|\s+apart\b"
)
_FUTURE_BEFORE = re.compile(r"\b(?:in|within|(?:for\s+)?the\s+next|next|another)\s+(?:about\s+|around\s+)?$")
_FUTURE_AFTER = re.compile(r"\s+(?:from\s+(?:now|today)|away)\b")

_PAIN = re.compile(
    r"\b(?:pain\w*|hurt\w*|ach(?:e|es|ing|ed|y)|sore\w*|bother\w*|swell\w*|swollen|stiff\w*|throb\w*|going\s+on|start\w*"
    r"|began|begun|twist\w*|fell|fall(?:ing)?|injur\w*|tore|torn|rupture\w*|pop(?:ped|s)?|trouble|problem\w*|symptoms?"
    r"|suffer\w*|deal\w*|dealt|happen\w*|had\s+(?:this|it|these)|been\s+like\s+this|flare\w*|worse|came\s+on|issues?"
    r"|ever\s+since|kill\w*|act\w*\s+up|lock\w*|giv\w+\s+(?:way|out)|gave\s+(?:way|out)|buckl\w*|tweak\w*|limp\w*"
    r"|banged|knee\s+hit|felt)\b"
)
_TREATMENT = re.compile(
    r"\b(?:surger\w+|operat\w+|replace\w+|repair\w*|reconstruct\w*|scoped?|arthroscop\w+|meniscectomy|pt|physio\w*"
    r"|physical\s+therap\w+|therap\w+|rehab\w*|inject\w*|shots?|cortisone|steroid\w*|prp|gel|acupunct\w*|chiropract\w*"
    r"|chiro|massage\w*|brace|cast|boot|crutch\w*|sleeve|ibuprofen|advil|aleve|tylenol|naproxen|meloxicam|celebrex"
    r"|medic(?:ine|ines|ation|ations)|meds?|pills?|tablets?|prednisone|glucosamine|supplement\w*|botox|dysport|stretch\w*"
    r"|exercises|rest(?:ed|ing)?|ic(?:ed|ing)|taking|took|take|x-?rays?|mri|scan\w*|appointment|visit\w*|saw|seeing)\b"
)
_OTHER = re.compile(
    r"\b(?:work(?:ed|ing)|job|retire\w*|marri\w+|divorc\w+|smok\w+|drink\w*|drank|quit|diabet\w*|pregnan\w*|born|moved"
    r"|lived?|living|vacation|trip|dog|wedding|diagnos\w+|heart|stroke|covid|cancer|career|teach\w*|taught|drove"
    r"|driving|served|army|military|college)\b"
)
_HABIT = re.compile(
    r"\b(?:run(?:ning|s|ner)?|play(?:ed|ing|s)?|walk(?:ed|ing)?|cycl\w+|bik(?:e|ed|ing)|swim\w*|danc\w+|ski(?:ed|ing)?"
    r"|lift\w*|train\w*|coach\w*|golf\w*|tennis|soccer|football|basketball|yoga|athlet\w*|competi\w*|hik\w+)\b"
)
_TRIGGER = re.compile(r"\b(?:since|after|following|from)\b")


def find(text: str, now: datetime) -> list[Duration]:
    """The spans for which the pain, or what caused it, has gone on; in the order of the text.

    Ages, treatments, jobs, habits, rates ("twice a week") and the future are left out; `find_all` has them too.
    """
    return [d for d in find_all(text, now) if d.about == "pain"]


def find_all(text: str, now: datetime) -> list[Duration]:
    """Every span of time in a text, each with what it seems to belong to."""
    low = plain(text)
    found = _summed([d for m in _SPAN.finditer(low) if (d := _span(low, m))], low)
    for m in _BARE_PLURAL.finditer(low):
        unit = m["unit"] or m["ago"]
        _add(found, Duration(_BARE_DAYS[unit], *m.span(), vague=True, about=_about(low, *m.span())))
    for point in find_dates(text, now, past=True):
        if point.anchored and point.first <= now.date():
            days = _middle(point.first, point.last, now.date())
            _add(found, Duration(days, point.start, point.end, about=_about(low, point.start, point.end, point=True)))
    return sorted(found, key=lambda d: d.start)


def _summed(spans: list[Duration], text: str) -> list[Duration]:
    """ "2 years and 3 months" is one span."""
    whole: list[Duration] = []
    for span in spans:
        last = whole[-1] if whole else None
        if last and span.days < last.days and re.fullmatch(r"\s*(?:,|and|,\s*and)?\s*", text[last.end : span.start]):
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
    return Duration(round(_count(match) * days_each), match.start(), end, vague, _about(text, match.start(), end))


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


def _about(text: str, start: int, end: int, *, point: bool = False) -> About:
    before, after = in_front(text, start), text[end : end + LONGEST_LEAD]
    span = text[start:end]
    if _AGE_AFTER.match(after) or (_AGE_BEFORE.search(before) and re.fullmatch(rf"{NUMBER}\s*(?:years?|yrs?)", span)):
        return "age"
    if _RATE_BEFORE.search(before) or (_RATE_AFTER.match(after) and "ago" not in span):
        return "rate"
    if not point and "ago" not in span and (_FUTURE_BEFORE.search(before) or _FUTURE_AFTER.match(after)):
        return "future"
    left, right = clause_bounds(text, start, end)
    return _owner(text[left:start], span, text[end:right])


def _owner(before: str, span: str, after: str) -> About:
    """What the nearest word of the clause says the span belongs to; pain, where no word says anything."""
    pain = _nearest(_PAIN, before, after)
    trigger = _TRIGGER.search(before)
    if pain < _FAR and trigger and _PAIN.search(before[: trigger.start()]):
        return "pain"  # "it has hurt since my surgery 5 years ago"
    treatment, other = _nearest(_TREATMENT, before, after), _nearest(_OTHER, before, after)
    nearest = min(pain, treatment, other)
    if nearest == _FAR:
        habit = "ago" not in span and _nearest(_HABIT, before, after) < _FAR
        return "other" if habit and not trigger else "pain"
    return "pain" if nearest == pain else "treatment" if nearest == treatment else "other"


_FAR = 10_000


def _nearest(cue: re.Pattern[str], before: str, after: str) -> int:
    """How many characters away the nearest cue is; words behind the span count only where none stands before it."""
    last = max((m.end() for m in cue.finditer(before)), default=None)
    first = cue.search(after)
    behind = first.start() + (0 if re.match(r"\s*(?:of|post|in(?:to)?|on)\b", after) else 12) if first else _FAR
    return min(len(before) - last if last is not None else _FAR, behind)
