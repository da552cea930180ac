"""Numbers in words and digits. PURE."""

from __future__ import annotations

import re

from knee_intake.understanding.plain import plain

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
NUMBER_WORDS = (*_ONES, *_TEENS, *_TENS)
"""Single words, as they are written."""

_ONES_PATTERN = "|".join(_ONES)
_WORD = (
    rf"(?:(?:(?:a|{_ONES_PATTERN})\s+)?hundred|(?:{'|'.join(_TENS)})(?:[-\s]+(?:{_ONES_PATTERN}))?"
    rf"|{'|'.join(_TEENS)}|{_ONES_PATTERN}|(?:a\s+)?dozen)"
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
        return 100.0 * (_ONES.get(parts[0], 1) or 1)
    values = [_SMALL.get(p, _TENS.get(p)) for p in parts]
    if not values or any(v is None for v in values):
        return None
    return float(sum(v for v in values if v is not None))
