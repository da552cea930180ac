"""What people say beside an answer and about nothing of theirs: the weather, a moment's patience, an apology. PURE."""

from __future__ import annotations

import re

_IS_WARM = r"\b(?:it'?s|it is|is|so|too|very|really) (?:(?:so|too|very|really) )?(?:hot|warm)"
_WEATHER = re.compile(rf"{_IS_WARM}(?: today)?(?: (?:in )?here| outside)+(?: today)?\b", re.IGNORECASE)
"""No sign of a knee."""
_TODAY = re.compile(rf"{_IS_WARM} today\b", re.IGNORECASE)
"""The weather to somebody who talks of other things; where signs are asked for, it may be the knee."""
_SORRY_FOR_ELSE = re.compile(
    r"(?:^|(?<=[.!?] ))sorry,?\s+(?:about|for|my|the|i['’]?m|i\s+(?:was|had|have|got)|there|we)\b"
    r"(?![^.!?]*(?:\d|\b(?:not|said|mean\w*|meant|wrong|mistake\w*|should|actually|typo|typed|wrote|put|number|phone|e-?mail"
    r"|name|knees?|left|right|both|pain|rather|instead|correct\w*|mixed|front|back|inner|outer|inside|outside"
    r"|never|told|doctor|tried|take|took|arthrit\w*|osteo\w*|rheum\w*|surger\w*|shots?|therapy|swell\w*|stiff\w*|hurts?|stairs))"
    r"\b)[^.!?]*",
    re.IGNORECASE,
)
"""An apology for what has nothing to do with an answer: "Sorry, my cat walked over the keyboard"."""
_A_MOMENT = re.compile(
    r"(?:^|(?<=[.!?,;] )|(?<=\bjust ))(?:just\s+)?(?:one|an?|1)\s+(?:sec(?:ond)?|moment|min(?:ute)?)"
    r"(?:\s+please)?(?=\s*(?:[.!,;]|$))",
    re.IGNORECASE,
)
""" "My coffee is getting cold, one second.": no span of time."""


def without_small_talk(text: str, *, of_signs: bool = True) -> str:
    """The text with its small talk blanked; as long as before, so that offsets into it stay true.

    `of_signs`: the text may tell of a warm knee.
    """
    for pattern in (_WEATHER, _SORRY_FOR_ELSE) if of_signs else (_WEATHER, _TODAY, _SORRY_FOR_ELSE):
        text = pattern.sub(_blank, text)
    return text


def without_moments(text: str) -> str:
    """The text without "one second", where it asks for a moment's patience and stands beside other words."""
    masked = _A_MOMENT.sub(_blank, text)
    return masked if re.search(r"\w", masked) else text


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
