"""One of the offered times: "the second one", "the last", "the earlier Tuesday one". PURE."""

from __future__ import annotations

import re

from knee_intake.understanding.calendar_words import MONTH, ORDINALS, WEEKDAY
from knee_intake.understanding.numbers import number_value
from knee_intake.understanding.plain import in_front
from knee_intake.understanding.when_bounds import is_denied

MOST_OFFERED = 6
SHORT = 8
"""Words: "the second" in a longer text may be anything."""
_AFTER_MONTH = re.compile(rf"{MONTH}\s*$")
""""November the fifth"."""
PICK_WORDS = {word: number for word, number in ORDINALS.items() if number <= MOST_OFFERED}
_ORDINAL_WORD = "|".join(PICK_WORDS)
_LEAD_IN = (
    r"^\W*(?:(?:yes|yeah|yep|ok(?:ay)?|sure|um+|uh|hmm|well|maybe|i\s+think|i\s+guess|let'?s|lets|we\s+can|can|could|may)\W+)*"
    r"(?:(?:i|we|me)\W+)?(?:(?:i'?ll|i'?d|we'?ll|ill|will|would|should|can|could|want|wanna|prefer|like)\W+)*"
    r"(?P<taking>(?:take|like|have|get|do|go\s+(?:with|for)|give\s+me|book(?:\s+me)?(?:\s+(?:for|in))?|choose|pick|select|prefer)\s+)?(?:the\s+)?"
)
_TAIL = (
    r"(?:\W+(?:please|pls|plz|thanks?(?:\s+(?:you|a\s+lot))?|thank\s+you|thx|ty|then|works?|is|will\s+do|looks?|sounds?|would|be"
    r"|good|great|fine|best|better|perfect|ok(?:ay)?|if\s+possible|for\s+me|i\s+(?:guess|think)|i'?d\s+say|probably))*\W*$"
)
_NTH_ONE = re.compile(
    rf"(?<![\w-])(?<!twenty\s)(?<!thirty\s)(?P<word>{_ORDINAL_WORD}|\d(?:st|nd|rd|th))\s+(?:of\s+(?:those|these|them|the\s+(?:lot|bunch|list))"
    r"|one|option|time|slot|choice|appointment|works|is\s+(?:fine|good|perfect)|please|sounds|would|on\s+(?:the|your|that)\s+list)\b"
)
PICKS = (
    re.compile(rf"\b(?P<word>{_ORDINAL_WORD}|\d(?:st|nd|rd|th)|[1-6])\s+or\s+(?:the\s+)?(?:{_ORDINAL_WORD}|\d(?:st|nd|rd|th))\s+(?:one|option|slot|choice)\b"),
    _NTH_ONE,
    re.compile(rf"{_LEAD_IN}(?P<word>{_ORDINAL_WORD}){_TAIL}"),
    re.compile(rf"^\W*(?P<word>\d(?:st|nd|rd|th)){_TAIL}"),
    re.compile(r"\b(?:number|numero|option|no\.|choice|slot|#)\s*#?(?P<word>\d|one|two|three|four|five|six)\b"),
    re.compile(r"#\s?(?P<word>\d)\b"),
    re.compile(rf"^\W*(?P<word>[1-6]|one|two|three|four|five|six){_TAIL}"),
)  # fmt: skip
PICK_NAMED = re.compile(
    rf"(?<!\bon )(?<!\bby )(?<!\bafter )(?<!\bbefore )(?<!\buntil )\b(?:the|either)\s+(?P<word>{_ORDINAL_WORD})\b"
    rf"(?!\s+(?:thing|week|half|part|of|day|{WEEKDAY}|available|opening|possible|appointment\s+you|in|visit|time\s+i))"
    r"|\boptions?\s+(?:number\s+)?(?P<number>\d)\s+or\s+\d\b"
)
"""Among other words; of several the one that is named first."""
PICK_TAKEN = re.compile(rf"{_LEAD_IN}(?P<word>[1-6]|one|two|three|four|five|six){_TAIL}")
"""A bare number is one of the offered only where something is taken: "I'll take 2"."""
PICK_LAST = re.compile(
    r"\b(?:the\s+)?(?:last|latest|final|bottom)\s+(?:one|option|slot|choice)\b(?!\s+of\s+the\s+day)"
    r"|(?<!as\s)(?<!from\s)\bthe\s+(?:last|latest|final|bottom)\s+time\b(?!\s+(?:i|we|you)\b)"
    rf"|(?:^|,\s*the\s)\W*(?:(?:i\s+)?(?:should|would)\s+(?:prefer|like|take)\s+)?(?:the\s+)?last{_TAIL}|\bthe\s+later\s+(?:one|slot|time|option)\b(?!\s+(?:in|on|this|next|that)\b)"
    r"|\b(?:the\s+)?later\s+(?:one\s+)?of\s+the\s+(?:two|three)\b"
    r"|\bat\s+the\s+(?:bottom|end)(?:\s+of\s+the\s+list)?\W*$"
)
PICK_FIRST = re.compile(
    r"\btop\s+(?:one|option|slot|time)\b|\bat\s+the\s+top\b|\b(?:the\s+)?earlier\s+(?:one\s+)?of\s+the\s+(?:two|three)\b"
    r"|\bthe\s+(?:earlier|sooner)\s+(?:one|slot|time|option)\b(?!\s+(?:in|on|this|next|that)\b)"
    r"|\b(?:earliest|soonest)\s+(?:one\s+)?(?:on|of|in|from)\s+(?:there|the\s+list|your\s+list|those|these|them|that\s+list)\b"
)
PICK_MIDDLE = re.compile(
    rf"\bmiddle\s+(?:one|option|time|slot|choice|appointment)\b|\bone\s+in\s+the\s+middle\b|^\W*(?:the\s+)?middle{_TAIL}"
)
_WHICH_WORDS = {
    "earlier": 1, "earliest": 1, "sooner": 1, "first": 1, "second": 2, "later": -1, "latest": -1, "last": -1,
}  # fmt: skip
_PART = r"(?:mornings?|afternoons?|evenings?)"
_WHICH = (
    re.compile(
        rf"\b(?P<word>{'|'.join(_WHICH_WORDS)})\s+(?:(?:of\s+the\s+)?(?:two\s+)?{WEEKDAY}s?(?:\s+{_PART})?|{_PART})"
        r"\s+(?:one|slot|time|option|choice|appointment|opening)\b(?!\s+of\s+the\s+day)"
    ),
    re.compile(rf"\b(?P<word>earlier|later|latest|earliest)\s+(?:one\s+)?(?:of|on)\s+(?:the\s+)?(?:two\s+)?{WEEKDAY}s?\b"),
    re.compile(
        rf"\b(?:of|on|for|between)\s+(?:the\s+)?(?:two\s+)?{WEEKDAY}s?\W+(?:\w+\s+){{0,2}}the\s+(?P<word>earlier|later|latest|last)"
        r"(?:\s+(?:one|slot|time))?\b"
    ),
)  # fmt: skip


def read_which(low: str) -> int | None:
    """Which of the offered times that fit the rest of the wish: "the earlier Tuesday one" is 1."""
    match = next((match for pattern in _WHICH if (match := pattern.search(low))), None)
    return _WHICH_WORDS[match["word"]] if match and not is_denied(low, *match.span()) else None


def read_pick(low: str) -> int | None:
    """The place of the offered time that a plain text takes, from 1; -1 for the last; None where it takes none."""
    if read_which(low) is not None:
        return None
    for pattern, number in ((PICK_LAST, -1), (PICK_FIRST, 1), (PICK_MIDDLE, 2)):
        if (match := pattern.search(low)) and not is_denied(low, *match.span()):
            return number
    for pattern in PICKS:
        if match := pattern.search(low):
            return None if is_denied(low, *match.span()) else _number_of(match["word"])
    taken = PICK_TAKEN.match(low)
    if taken and taken["taking"]:
        return _number_of(taken["word"])
    named = PICK_NAMED.search(low) if len(low.split()) <= SHORT else None
    if named is None or is_denied(low, *named.span()) or _AFTER_MONTH.search(in_front(low, named.start())):
        return None
    return _number_of(named["word"] or named["number"])


def refuses_one(low: str) -> bool:
    """ "not the first one", "anything but the first"."""
    found = [match for pattern in (_NTH_ONE, PICK_NAMED, PICK_LAST) if (match := pattern.search(low))]
    return any(is_denied(low, *match.span()) for match in found)


def _number_of(word: str) -> int | None:
    number = PICK_WORDS.get(word) or number_value(re.sub(r"\D+$", "", word) or word)
    return int(number) if number else None
