"""Numbers in words and digits, and the 0-10 pain score. PURE."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from knee_intake.understanding.plain import clause_bounds, in_front, plain

_ONES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
_TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_SMALL = _ONES | _TEENS

_ONES_PATTERN = "|".join(_ONES)
_WORD = (
    rf"(?:(?:{'|'.join(_TENS)})(?:[-\s]+(?:{_ONES_PATTERN}))?|{'|'.join(_TEENS)}|{_ONES_PATTERN}"
    r"|(?:a\s+|one\s+)?hundred|(?:a\s+)?dozen)"
)
NUMBER = rf"(?:\d{{1,4}}(?:\.\d+)?(?:\s?½)?|½|\b{_WORD}\b)"
"""One number, in digits or words, as a pattern without groups, for plain text."""

RANGE = r"\s*(?:-|\b(?:or\s+maybe|to|or|through|and|maybe)\b)\s*"
"""What stands between the two ends of a range."""


def number_value(text: str) -> float | None:
    """The value of one number as matched by NUMBER: '23', '2.5', 'twenty-three', 'a dozen', '½'."""
    text = plain(text).strip()
    if re.fullmatch(r"\d{1,9}(?:\.\d+)?(?:\s?½)?|½", text):
        whole = text.rstrip("½ ")
        return float(whole or 0) + (0.5 if "½" in text else 0.0)
    parts = [p for p in re.split(r"[-\s]+", text) if p not in ("a", "")]
    if parts == ["dozen"]:
        return 12.0
    if parts and parts[-1] == "hundred":
        return 100.0
    values = [_SMALL.get(p, _TENS.get(p)) for p in parts]
    if not values or any(v is None for v in values):
        return None
    return float(sum(v for v in values if v is not None))


@dataclass(frozen=True)
class Severity:
    """A pain score that a text states."""

    value: int
    start: int
    """Character offsets into the text as received."""
    end: int
    moment: Literal["now", "unsaid", "other"] = "unsaid"
    """other: the words speak of the worst, of before, or of something that makes it hurt more."""


_MOMENTS = ("now", "unsaid", "other")
_TEN = r"(?:10|ten)\b"
_SCALE = re.compile(
    rf"\b(?:scale\s+(?:of\s+|from\s+)?|from\s+)?(?:0|1|zero|one)\s*(?:-|to|through)\s*{_TEN}(?:\s*scale)?"
    rf"|\b(?:with|where)\s+{_TEN}\s+(?:being|is)|\b{_TEN}\s+being\b"
)
_OUT_OF = re.compile(
    rf"(?:between\s+)?({NUMBER})(?:{RANGE}({NUMBER}))?\s*(?:/|\bout\s+of\b|\bover\b|\bof\b|\bon\s+(?:a|the)\s+scale\b)\s*"
    rf"(?:a\s+(?:possible\s+)?)?(?:{_TEN}|(?<=scale)(?=\W|$))"
)
_SAID = re.compile(rf"\b(?:between\s+)?({NUMBER})(?:ish\b|\s?\+)?(?:{RANGE}(?:an?\s+)?({NUMBER}))?(?:ish\b|\s?\+)?")
_PAIN_BEFORE = re.compile(
    r"\b(?:pain|ache|hurts?|hurting|discomfort|severity|rate|rating|score|level)\b"
    r"(?:\s+(?:is|was|it|level|score|right|now|today|at|of|as|a|an|about|around|like|maybe|probably|currently|mostly"
    r"|usually|here|there|in|my|the|knee|knees|sits|hovers|near|close|to|i'd|i|would|say|call))*[\s:=~,]*$"
)
_PAIN_AFTER = re.compile(r"\s*(?:on\s+(?:a|the)\s+(?:pain\s+)?scale|for\s+(?:the\s+)?pain|pain\s+level|level\s+pain)\b")
_UNIT_AFTER = re.compile(
    r"\s*-?\s*(?:(?:or\s+so|more|good|full|whole|different|other)\s+)?(?:%|percent|am\b|pm\b|a\.m|p\.m|o'?clock|:\d"
    r"|/\d|st\b|nd\b|rd\b|th\b|minutes?|mins?\b|hours?|hrs?\b|seconds?|days?|nights?|weeks?|wks?\b|months?|mos?\b"
    r"|years?|yrs?\b|y/?o\b|decades?|times?|miles?|km\b|kilomet|steps?|flights?|blocks?|pounds?|lbs?\b|kg\b|mg\b"
    r"|milligrams?|pills?|tablets?|shots?|injections?|inch|feet|foot|kids?|children|people|doctors?|knees?|legs?|both"
    r"|of\s+(?:them|my|the|us)|thing|side|point|way|reason|place|spot|minute)"
)
_NOW = re.compile(r"\b(?:now|today|currently|at\s+the\s+moment|this\s+morning|at\s+present|presently)\b")
_OTHER_TIME = re.compile(
    r"\b(?:worst|worse|used\s+to|was|were|yesterday|last\s+(?:week|night|month)|before|at\s+night|goes?\s+(?:up|down)"
    r"|going\s+(?:up|down)|up\s+to|gets?|when|after|with(?!out)|on\s+(?:stairs|bad)|spikes?|flare|sometimes|ibuprofen"
    r"|at\s+(?:its|it's|the)\s+(?:best|peak)|at\s+(?:most|best)|climbing|walking|running|stairs|kneeling|standing)\b"
)
_ZERO = re.compile(
    r"\b(?:no|zero|without|not\s+(?:any|in\s+any|in|having\s+any))\s+(?:\w+\s+)?(?:pain|discomfort)\b"
    r"|^\W*(?:none|nothing|no|not\s+at\s+all|nil|(?:it\s+)?(?:doesn't|does\s+not|dont|don't)\s+hurt)\b[^\d]*$"
)
_TOP = re.compile(
    r"\bworst\s+(?:\w+\s+){0,2}(?:imaginable|possible|ever|i've\s+ever|of\s+my\s+life)|\bas\s+bad\s+as\s+it\s+(?:gets|can)"
    r"|\boff\s+the\s+(?:chart|scale)|\bmax(?:imum)?\b"
)


def find_severity(text: str, asked: bool) -> list[Severity]:
    """The pain scores in a text, the pain now first; a range gives its higher end, decimals round up from .5.

    Unasked, only "N out of 10" and numbers said of pain count; asked, a bare number does.
    """
    low = plain(text)
    masked = _SCALE.sub(lambda m: " " * len(m.group()), low)
    matches = [m for m in _OUT_OF.finditer(masked) if _is_score(masked, m, asked)]
    capped = bool(matches)
    if not matches:
        asked_here = asked or masked != low
        matches = [m for m in _SAID.finditer(masked) if _speaks_of_pain(masked, m, asked_here)]
    found = []
    for i, match in enumerate(matches):
        before = matches[i - 1].end() if i else 0
        after = matches[i + 1].start() if i + 1 < len(matches) else len(masked)
        value = _score(match, capped=capped)
        if value is not None:
            found.append(Severity(value, *match.span(), moment=_moment(masked, match, before, after)))
    if not found and asked:
        found = _in_words(low)
    return sorted(found, key=lambda s: _MOMENTS.index(s.moment))  # stable: of equals the first said stays first


def _score(match: re.Match[str], *, capped: bool) -> int | None:
    values = [v for group in match.groups() if group and (v := number_value(group)) is not None]
    if not values:
        return None
    value = math.floor(max(values) + 0.5)
    if capped:
        return min(value, 10)  # "twelve out of ten" means the top of the scale; a bare twelve means nothing
    return value if value <= 10 else None


def _is_score(text: str, match: re.Match[str], asked: bool) -> bool:
    """Not the date 7/10 or 7/10/2024, not six of ten pills."""
    if text[match.end() : match.end() + 1] in ("/", "%") or _UNIT_AFTER.match(text, match.end()):
        return False
    slashed = re.fullmatch(r"\d+\s*/\s*10", match.group())
    if asked or not slashed:
        return True
    dated = re.search(r"\b(?:since|on|by|until|till|from|before|after)\s+$", in_front(text, match.start()))
    return not dated and (int(match.group().split("/")[0]) <= 10 or "pain" in text)


def _speaks_of_pain(text: str, match: re.Match[str], asked: bool) -> bool:
    if _UNIT_AFTER.match(text, match.end()) or re.search(
        r"[\w.$#:/]$", text[max(0, match.start() - 1) : match.start()]
    ):
        return False
    if asked:
        return not re.search(r"\b(?:the|this|that|which|every|any|no|age|aged)\s+$", in_front(text, match.start()))
    return bool(_PAIN_BEFORE.search(in_front(text, match.start())) or _PAIN_AFTER.match(text, match.end()))


def _moment(text: str, match: re.Match[str], before: int, after: int) -> Literal["now", "unsaid", "other"]:
    """Read from the words of its clause between the scores beside it; those in front of it count first."""
    left, right = clause_bounds(text, match.start(), match.end())
    for part in (text[max(left, before) : match.start()], text[match.end() : max(match.end(), min(right, after))]):
        if _NOW.search(part):
            return "now"
        if _OTHER_TIME.search(part):
            return "other"
    return "unsaid"


def _in_words(text: str) -> list[Severity]:
    if top := _TOP.search(text):
        return [Severity(10, *top.span())]
    if zero := _ZERO.search(text):
        return [Severity(0, *zero.span())]
    return []
