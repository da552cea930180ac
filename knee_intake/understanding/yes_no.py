"""Yes, no and not sure, in the colours that people use. PURE.

A positively put question is assumed ("Do you have any swelling?"), so that "Correct, I never have" means no. Whole
short replies are looked up first; longer ones are read by their first words, then by what they deny, then by their
last words.
"""

from __future__ import annotations

import re
from typing import Literal

from knee_intake.understanding import yes_no_words as say
from knee_intake.understanding.plain import plain, words

YesNo = Literal["yes", "no", "unsure"]

_TURNED_TO_NO = re.compile(
    r"[\s,.]*(?:no+|nope|nah|never|not\s+really|not\s+at\s+all)\b(?!\s+(?:problem|worries|doubt))"
)
_TURNED_TO_YES = re.compile(r"[\s,.]*(?:yes|yeah|i\s+do\b|it\s+does\b|i\s+have\b(?!\s+(?:no|never|not)))")
_BUT_UNSURE = re.compile(r"[\s,.]*(?:but|though)\b.{0,25}\b(?:not\s+sure|don'?t\s+know)\b")
_POLITE_YES = ("ok", "alright", "all right", "great", "fine", "perfect")
_YES_SIGNS, _NO_SIGNS = "👍👌✅✔🆗", "👎❌✖🚫"


def read_yes_no(text: str) -> YesNo | None:
    """What a reply to a yes-no question means; None where it is no such reply."""
    whole = words(text)
    if not whole:
        return _read_signs(text)
    if whole in say.NO_WHOLE:
        return "no"
    if whole in say.YES_WHOLE:
        return "yes"
    low = plain(text).strip()
    low = say.FILLER.sub("", low).lstrip(" \"'(.,-")
    if is_question(text) and not say.YES_FIRST.match(low):
        return "no" if say.CHANGES.search(low) else None
    return _read_words(low)


def is_question(text: str) -> bool:
    """Whether a text asks back: begins with a question word and ends in a question mark."""
    low = plain(text).strip()
    return low.endswith("?") and bool(say.QUESTION.match(low))


def _read_signs(text: str) -> YesNo | None:
    if re.fullmatch(r"[\s?¿？]*[?？][\s?？]*", text):
        return "unsure"
    if any(sign in text for sign in _YES_SIGNS):
        return "yes"
    return "no" if any(sign in text for sign in _NO_SIGNS) else None


def _read_words(low: str) -> YesNo | None:
    if say.DONT_MIND.search(low):
        return "yes"
    if agrees := say.AGREES.match(low):
        return "no" if say.DENIES.match(low, agrees.end()) else "yes"
    unsure = say.UNSURE.search(low) and not say.NOTHING_KNOWN.search(low)
    yes, no = say.YES_FIRST.match(low), say.NO_FIRST.match(low)
    if yes and (no is None or yes.end() > no.end()):
        return _read_after_yes(low, yes.end())
    if no and not unsure:
        return "yes" if _TURNED_TO_YES.match(low, no.end()) else "no"
    if say.NOTHING_KNOWN.search(low):
        return "no"
    if unsure or say.MAYBE.match(low):
        return "unsure"
    return _read_end(low)


def _read_after_yes(low: str, end: int) -> YesNo:
    if _TURNED_TO_NO.match(low, end):
        return "no"
    if _BUT_UNSURE.match(low, end):
        return "unsure"
    if low.startswith(_POLITE_YES) and say.CHANGES.search(low, end):
        return "no"
    return "yes"


def _read_end(low: str) -> YesNo | None:
    if say.NO_LAST.search(low):
        return "no"
    if say.YES_LAST.search(low):
        return "yes"
    return "no" if say.CHANGES.search(low) else None
