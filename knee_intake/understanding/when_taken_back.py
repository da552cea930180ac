"""Thoughts of one wish that take each other back: "Tuesday, no wait, Thursday", "11 rather than 10". PURE."""

from __future__ import annotations

import re

from knee_intake.understanding.calendar_words import MONTH, ORDINAL, WEEKDAY
from knee_intake.understanding.plain import either

_CLAUSE_START = r"(?:^|(?<=[,.;!?:-])|(?<=[,.;!?:-]\s)|(?<=\boh\s)|(?<=\bwell\s)|(?<=\bbut\s)|(?<=\band\s))\s*"
_CUES = re.compile(
    r"(?<![\w'])(?:"
    + either(
        r"""
        (?:oh |ah |um )?no,? wait | wait,? no | hold on,? no | no,? sorry | sorry,? no(?=,) | actually,? no
        no,? actually
        nope,? (?:wait|actually) | scratch that | strike that | forget that | i (?:really |actually )?mean(?:t)?(?! to)
        (?:i've |i )?changed my mind | change (?:that|it) to | on second thoughts? | or rather | (?:my )?correction
        oops | whoops | (?:sorry )?(?:a )?typo | my bad | my mistake
        (?:i )?(?:hit|clicked|pressed|tapped|picked) the wrong (?:one|button|time)
        """
    )
    + r")(?![\w'])[\s,.:!-]*"
    + rf"|{_CLAUSE_START}(?:actually|sorry|(?<!can't\s)(?<!cannot\s)wait,|instead,)(?!\w)[\s,.:-]*"
    + rf"|{_CLAUSE_START}(?=make\s+(?:it|that)\s)"
    + r"|(?<=[\w.])\s*(?:[,;.?]|\s-)\s*no(?:\s*[,.]\s*|\s+(?=(?:the\s+(?!first\s+thing)\w+|(?:at\s+|on\s+)?\d"
    r"|(?:first|second|third|fourth|last)\s+one)))"
    + rf"|(?<=day)\s+no\s+(?={WEEKDAY}(?!s)\W*$)"
    + r"|(?<=,)\s*i\s+said(?=\s)"
)
"""Between what is taken back and what holds."""

_PREPOSITIONS = r"(?:on\s+|at\s+|in\s+|for\s+|the\s+|a\s+|it's\s+)*"
_KINDS = (
    rf"{WEEKDAY}(?!s|'s|\w)",
    rf"(?:(?:{MONTH}\s+)?{ORDINAL}(?:\s+of\s+{MONTH})?|{MONTH}\s+\d{{1,2}}|\d{{1,2}}/\d{{1,2}})",
    r"(?:\d{1,2}(?::\d\d)?\s*(?:[ap]\.?m\b\.?)?(?!\s*(?:\w*day|week|month|st|nd|rd|th))|noon)",
    r"(?:mornings?|afternoons?|evenings?)",
    r"(?:today|tomorrow)",
    r"(?:this|next|the\s+following)\s+week",
)
"""Days, dates, hours, parts of the day, weeks: one is only put in place of its like."""
_POLITE_END = r"(?:\s+(?:please|instead|sorry|thanks|thank\s+you|one|works?|is\s+(?:better|fine|good)))*\W*$"
_INSTEAD_OF = re.compile(
    rf"\s*,?\s*\b(?:instead\s+of|rather\s+than|in\s+place\s+of)\s+{_PREPOSITIONS}(?:{'|'.join(_KINDS)})"
    r"(?:\s+(?:morning|afternoon|one))?"
    rf"|(?<=[a-z]\s)than\s+{_PREPOSITIONS}(?:{WEEKDAY}s?|mornings?|afternoons?|evenings?)\b"
)
_NOT_THIS_BUT_THAT = tuple(
    re.compile(
        rf"\bnot\s+{_PREPOSITIONS}{kind}\s*(?:[,;-]|\bbut\b)\s*(?:but\s+)?(?={_PREPOSITIONS}{kind}{_POLITE_END})"
    )
    for kind in _KINDS
)
_THAT_NOT_THIS = tuple(
    re.compile(rf"(?<!not\s)(?<!no\s)(?P<kept>\b{kind})\s*,?\s*(?:and\s+)?not\s+{_PREPOSITIONS}{kind}(?={_POLITE_END})")
    for kind in _KINDS
)


def thoughts(low: str) -> list[str]:
    """A plain text cut where it takes back what stands before; without what it names only to put it aside."""
    low = _INSTEAD_OF.sub("", low)
    for pattern in _NOT_THIS_BUT_THAT:
        low = pattern.sub("", low)
    for pattern in _THAT_NOT_THIS:
        low = pattern.sub(r"\g<kept>", low)
    return [part for part in _CUES.split(low) if part.strip(" ,.;:!?-")] or [low]
