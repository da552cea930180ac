"""The 0-10 pain score; and, from digits.py, numbers in words and digits. PURE."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from knee_intake.understanding import score_words as say
from knee_intake.understanding.digits import NUMBER as NUMBER
from knee_intake.understanding.digits import NUMBER_WORDS as NUMBER_WORDS
from knee_intake.understanding.digits import RANGE as RANGE
from knee_intake.understanding.digits import number_value as number_value
from knee_intake.understanding.plain import clause_bounds, in_front, plain


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


_SUM = re.compile(r"\d+ ?[+*=×÷] ?\d+")
"""A sum to be done is no score."""


def find_severity(text: str, asked: bool, about_pain: bool = False) -> list[Severity]:
    """The pain scores in a text, the pain now first; a range gives its higher end, decimals round up from .5.

    Unasked, only "N out of 10" and numbers said of pain count; asked, a bare number does. Where the text is
    `about_pain`, so do "I'd call it a six" and "it's maybe a two".
    """
    low = plain(text)
    if asked and say.QUESTION.match(low):
        return []
    return _find(low, asked=asked, about_pain=about_pain)


def possible_scores(low: str) -> list[Severity]:
    """Every number from 0 to 10 in a plain text that no unit follows, whatever it is of."""
    found = []
    for match in say.SAID.finditer(low):
        value = _score(match, capped=False)
        if value is not None and not say.UNIT_AFTER.match(low, match.end()):
            found.append(Severity(value, *match.span()))
    return found


def _find(low: str, *, asked: bool, about_pain: bool) -> list[Severity]:
    masked = say.SCALE.sub(lambda m: " " * len(m.group()), _SUM.sub(lambda m: " " * len(m.group()), low))
    if changed := _changed(masked):
        return [changed]
    matches = [m for m in say.OUT_OF.finditer(masked) if _is_score(masked, m, asked)]
    capped = bool(matches)
    if not matches:
        asked_here = asked or masked != low
        matches = [m for m in say.SAID.finditer(masked) if _speaks_of_pain(masked, m, asked_here)]
    if not asked and not capped:
        matches = _with_repairs(masked, matches or _framed(masked, about_pain=about_pain))
    found = _scores(masked, matches, capped=capped)
    if not found and asked:
        found = _in_words(low)
    return found


def _scores(masked: str, matches: list[re.Match[str]], *, capped: bool) -> list[Severity]:
    """In the order in which they count: what is said last of several tries, then the pain now, then the first."""
    found: list[Severity] = []
    final: list[Severity] = []
    for i, match in enumerate(matches):
        before = matches[i - 1].end() if i else 0
        after = matches[i + 1].start() if i + 1 < len(matches) else len(masked)
        value = _score(match, capped=capped)
        if value is None:
            continue
        score = Severity(value, *match.span(), moment=_moment(masked, match, before, after))
        (final if i and say.FINAL.search(in_front(masked, match.start())) else found).append(score)
    found.sort(key=lambda s: _MOMENTS.index(s.moment))  # stable: of equals the first said stays first
    return final[::-1] + found


def _changed(text: str) -> Severity | None:
    """ "It took the pain from an eight to a five"."""
    for match in say.FROM_TO.finditer(text):
        value = number_value(match["now"])
        told = say.CHANGED.search(in_front(text, match.start())) and not say.UNIT_AFTER.match(text, match.end())
        if told and value is not None and value <= 10:
            return Severity(math.floor(value + 0.5), match.start("now"), match.end(), moment="now")
    return None


def _framed(text: str, *, about_pain: bool) -> list[re.Match[str]]:
    """Numbers that are a score by the words around them: "I'd call it a six", "seven now"."""
    found = [m for m in say.SAID.finditer(text) if _is_framed(text, m)]
    return found if about_pain or len(found) > 1 else []


def _with_repairs(text: str, matches: list[re.Match[str]]) -> list[re.Match[str]]:
    """ "a four. No, five": a number that only mends a score is one, too."""
    if not matches:
        return []
    behind = (
        m for m in say.SAID.finditer(text, matches[0].end()) if all(m.start() != known.start() for known in matches)
    )
    mending = [m for m in behind if say.REPAIR.search(in_front(text, m.start())) and _ends_well(text, m)]
    return sorted([*matches, *mending], key=lambda m: m.start())


def _ends_well(text: str, match: re.Match[str]) -> bool:
    return bool(say.FRAME_ENDS.match(text, match.end()) and not say.UNIT_AFTER.match(text, match.end()))


def _is_framed(text: str, match: re.Match[str]) -> bool:
    before = in_front(text, match.start())
    if say.UNIT_AFTER.match(text, match.end()) or re.search(r"[\w.$#:/]$", before):
        return False
    if say.NOW_AFTER.match(text, match.end()) and say.CLAUSE_START.search(before):
        return True
    return bool(say.FRAME.search(before)) and _ends_well(text, match)


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
    if text[match.end() : match.end() + 1] in ("/", "%") or say.UNIT_AFTER.match(text, match.end()):
        return False
    if say.OF_SOMETHING_ELSE.search(in_front(text, match.start())):
        return False
    slashed = re.fullmatch(r"\d+\s*/\s*10", match.group())
    if asked or not slashed:
        return True
    dated = re.search(r"\b(?:since|on|by|until|till|from|before|after)\s+$", in_front(text, match.start()))
    changes = re.match(r"\s*to\s+(?:a\s+)?\d+\s*/\s*10", text[match.end() :])
    if dated and not changes:
        return False
    return bool(int(match.group().split("/")[0]) <= 10 or "pain" in text)


def _speaks_of_pain(text: str, match: re.Match[str], asked: bool) -> bool:
    if say.UNIT_AFTER.match(text, match.end()) or re.search(
        r"[\w.$#:/]$", text[max(0, match.start() - 1) : match.start()]
    ):
        return False
    if asked:
        return not re.search(r"\b(?:the|this|that|which|every|any|no|age|aged)\s+$", in_front(text, match.start()))
    return bool(say.PAIN_BEFORE.search(in_front(text, match.start())) or say.PAIN_AFTER.match(text, match.end()))


def _moment(text: str, match: re.Match[str], before: int, after: int) -> Literal["now", "unsaid", "other"]:
    """Read from the words of its clause between the scores beside it; those in front of it count first."""
    left, right = clause_bounds(text, match.start(), match.end())
    for part in (text[max(left, before) : match.start()], text[match.end() : max(match.end(), min(right, after))]):
        if say.NOW.search(part):
            return "now"
        if say.OTHER_TIME.search(part):
            return "other"
    return "unsaid"


def _in_words(text: str) -> list[Severity]:
    if top := say.TOP.search(text):
        return [Severity(10, *top.span())]
    if zero := say.ZERO.search(text):
        return [Severity(0, *zero.span())]
    return []
