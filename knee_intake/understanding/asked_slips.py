"""Slips in a reply that the question and the words beside them put right: "cll me Bex", "quarter padt nine". PURE.

A listener who asked for a name hears "call me" where "me" and a name follow; one who asked for a time hears "past"
between a quarter and an hour. A frame is such a place: what must be meant there, and what stands in front and behind.
Only the words of the frame are mended, never what is told within it: a name stays as it was typed. Where two words are
as near, nothing is mended, and no word here is one that alarms.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from knee_intake.understanding.beside_slips import UNITS, one_slip
from knee_intake.understanding.digits import NUMBER_WORDS
from knee_intake.understanding.plain import word_set

LONGEST = 80
"""Characters of a reply; in a longer one the words beside a slip are no frame."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_HOURS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "double", "triple")
_MINUTES = r"(?:five|ten|quarter|twenty|twenty-five|half|\d\d?)"
_HOUR = rf"(?:\d\d?|{'|'.join(_HOURS)}|noon|midnight)"
_DIGIT = rf"(?:\d+|oh|{'|'.join(_DIGITS)})"
_SMALL = word_set(
    "a an and one nine some done here at be by do for he i if in is it me my no not of on or so the there to too up us"
)
"""Words of their own wherever they stand."""
_YES = r"(?:(?:yes|yeah|yep|no|nope|ok|okay|sure|hi|hello|well|um|uh|oh|please|pls|thanks|it's|its|it is|that's)\W+)*"


@dataclass(frozen=True)
class Frame:
    """Where one of `words` must be meant: `before` is a pattern that ends in front of it, `behind` starts after it."""

    words: tuple[str, ...]
    before: str = r"(?:^|\W)"
    behind: str = r"(?:\W|$)"
    for_four: bool = False
    """Whether a small word of its own may be the slip here: "quarter to for"."""

    def mend(self, word: str, before: str, behind: str) -> str | None:
        """The one word that is meant; None where the place is another, or two words are as near."""
        if word in self.words or (word in _SMALL and not self.for_four):
            return None
        near = [right for right in self.words if one_slip(word, right) and _begins_alike(word, right)]
        if len(near) != 1 or not re.search(rf"{self.before}$", before, re.IGNORECASE):
            return None
        return near[0] if re.match(self.behind, behind, re.IGNORECASE) else None


_END = r"\W*$"
_NAMES = (
    Frame(("call",), rf"^\W*{_YES}(?:(?:you|u|just) (?:can )?)?", r"\s+me\s+\w"),
    Frame(("this",), rf"^\W*{_YES}", r"\s+is\s+\w"),
    Frame(("name",), r"\b(?:my|the|first|last|full|family)\s+", r"\s+(?:is\s+)?\w"),
    Frame(("first", "last"), r"(?:^|\W)", r"\s+name\b"),
    Frame(("just",), rf"^\W*{_YES}", r"\s+[^\W\d_]+\s+is\s+\w+\W*$"),
    Frame(("fine", "okay", "enough"), r"^\W*(?:\w+\s+)?[^\W\d_]+\s+is\s+", _END),
    Frame(("neither",), r"^\W*(?:no\W+)?", r"\W*(?:thanks|thank you|of (?:them|those|these)|please|one)?\W*$"),
)
_TIMES = (
    Frame(("half", "quarter", "twenty"), r"(?:^|\s)", rf"\s+(?:past|to|after|before|till)\s+{_HOUR}\b"),
    Frame(("past", "after", "before"), rf"\b{_MINUTES}\s+", rf"\s+{_HOUR}\b"),
    Frame(_HOURS, rf"\b{_MINUTES}\s+(?:past|to|after|before|till)\s+", for_four=True),
    Frame(("five", "ten", "twenty"), r"^\W*(?:at\s+)?", rf"\s+(?:past|to)\s+{_HOUR}\b"),
    Frame(_HOURS, r"^\W*(?:(?:at|around|about|by|after|before)\s+)*", r"\s+(?:o'?\s?clock|[ap]\.?m\b)"),
    Frame(("fine", "okay"), r"\bany\s?time\s+(?:is\s+|works\s+)?", _END),
)
_PHONES = (
    Frame(_DIGITS, rf"\b{_DIGIT}[\s,-]+"),
    Frame(_DIGITS, r"(?:^|\W)", rf"[\s,-]+{_DIGIT}[\s,-]+{_DIGIT}\b"),
)
_SIDES = (
    Frame(
        ("left", "right", "both"),
        rf"^\W*{_YES}(?:(?:the|my|just|not|mostly|only|now|right now)\s+)*",
        r"\W*(?:one|knee|side|yeah|yes|now|too|i think|mostly)?\W*$",
    ),
)
_PLACES = (
    Frame(
        ("front", "back", "inside", "outside", "inner", "outer", "all"),
        rf"^\W*{_YES}(?:(?:the|my|in|on|at|mostly|just|right)\s+)*",
        r"\W*(?:side|part|of it|edge|over)?\W*$",
    ),
    Frame(("front", "back", "inside", "outside"), r"\b(?:in|on|and|or)\s+(?:the\s+)?", _END),
    Frame(("over",), r"\ball\s+"),
)
_ONSETS = (
    Frame(("over",), r"^\W*(?:\w+\s+){0,3}", r"\s+(?:time|the (?:years|months|weeks))\b"),
    Frame(("time",), r"\bover\s+", _END),
    Frame(("heard", "felt"), r"\bi\s+", r"\s+(?:a|it|something)\s+(?:pop|snap|crack)\b"),
)
_SPANS = (
    Frame(UNITS, rf"\b(?:an?|{_HOUR}|few|several|couple|couple of)\s+(?:\w+\s+)?", r"(?:\W*$|\s+(?:ago|or|now|and)\b)"),
    Frame(_HOURS, r"(?:^|\s)", r"\s+(?:(?:or|and|to)\s+\w+\s+)?(?:days?|weeks?|months?|years?|times)\b"),
)
_LEVELS = (Frame(("lite", "light", "moderate", "vigorous", "sedentary", "active"), rf"^\W*{_YES}(?:\w+\s+)?", _END),)
_ARTHRITIS = (
    Frame(("gout",), rf"^\W*{_YES}(?:i (?:have|had|got)\s+|just\s+)?", _END),
    Frame(("wear",), r"(?:^|\W)", r"\s+(?:and|n|&)\s+tear\b"),
    Frame(("tear",), r"\bwear\s+(?:and|n|&)\s+"),
)
_YES_NO = (
    Frame(("does", "did"), r"\b(?:it|that|she|he|they)\s+", r"\W*(?:yes|yeah|sometimes|now|too)?\W*$"),
    Frame(("hard",), r"^\W*(?:its |it's |it is )?", r"\s+to\s+(?:say|tell)\b"),
    Frame(("that",), rf"^\W*{_YES}", r"\s+(?:works|is|sounds|would)\b"),
    Frame(("sure",), rf"^\W*{_YES}", r"\W+(?:does|do|is|did|has|have|go|thing|why|you|i)\b"),
)
_AGES = (Frame(("born",), rf"^\W*{_YES}(?:i\s+was\s+|was\s+|i'm\s+)?", r"\s+(?:in\s+)?(?:19|20)?\d\d\b"),)
_ANY = (
    Frame(("never",), r"^\W*(?:(?:no|nope)\W+)?(?:i\s+|i'?ve\s+)?", r"\s+(?:been|had|have|has|did|in\s+my|any|once)\b"),
    Frame(("none",), rf"^\W*{_YES}", r"\s+of\s+(?:your|my|the|these|those|them|that)\b"),
)
_FRAMES: dict[str, tuple[Frame, ...]] = {
    "name": _NAMES, "first_name": _NAMES, "contact": (*_NAMES, *_PHONES), "phone": _PHONES, "time": _TIMES,
    "appointment": _TIMES, "knee_side": _SIDES, "pain_location": _PLACES, "onset": (*_ONSETS, *_SPANS),
    "pain_duration_days": _SPANS, "exercise_days": _SPANS, "activity_level": _LEVELS, "arthritis_history": _ARTHRITIS,
    "yes_no": _YES_NO, "age_band": _AGES,
}  # fmt: skip
_FRAMES = {asked: (*frames, *_ANY) for asked, frames in _FRAMES.items()}
_GARBLED = {
    "knee_side": (("right", re.compile(r"(?!rough)(?:r[a-z]{0,2}[gh][a-z]?t?|ri[a-z]?t[gh]?)")),),
    "pain_location": (("inside", re.compile(r"i[nsxh]{1,3}d?d?e")), ("outside", re.compile(r"o[utsx]{2,4}d?d?e"))),
}
"""Short answers that lost two letters, where they are all that was said."""
_JOINED = re.compile(r"\b(?:(name|this)(is)|(calls?)(me)|(goes)(by))\b", re.IGNORECASE)
_JOINED_NAME = re.compile(r"\b(it['’]?s|i['’]?m|just|is|me|by|name|called|under|for)(?=[A-Z][a-z]+)")
_BEFORE_NAMES = (
    "call", "calls", "called", "name", "this", "just", "first", "last", "under", "people", "everyone", "friends",
    "please", "thanks", "hello", "known", "goes", "spelled", "speaking", "mister",
)  # fmt: skip
_NAME = re.compile(r"\b[A-Z][a-z]")
_ITS = re.compile(r"^(\W*)[iI][a-z]{0,2}['’]{1,2}t?s?(?=\s+[^\W\d_])")
"""\"i's Tom", "itt's Dana", "i'ts me": what a name was told with."""
assert set(_HOURS) <= set(NUMBER_WORDS)


def _begins_alike(word: str, right: str) -> bool:
    """The first letter is hit, swapped with the next, or left out."""
    return word[0] == right[0] or (len(word) > 1 and word[:2] == right[1] + right[0]) or right[1:] == word


def mend_framed(word: str, text: str, start: int, end: int, asked: str | None) -> str | None:
    """What a lower-case word at this place of the reply to `asked` was meant to be; None where no frame tells."""
    if asked is None or len(text) > LONGEST or len(word) < 2:
        return None
    before, behind = text[:start], text[end:]
    for frame in _FRAMES.get(asked, _ANY):
        if (meant := frame.mend(word, before, behind)) is not None:
            return meant
    if not re.search(r"\w", before + behind):
        return next((right for right, form in _GARBLED.get(asked, ()) if form.fullmatch(word) and word != right), None)
    return None


def _before_a_name(word: str) -> str | None:
    """What a word in small letters is meant to be in front of a name with its capital."""
    if word in _BEFORE_NAMES or len(word) < 3:
        return None
    near = [right for right in _BEFORE_NAMES if one_slip(word, right) and word[0] == right[0]]
    return near[0] if len(near) == 1 or {*near} == {"call", "calls"} else None


def mend_frame_words(text: str, asked: str, is_word: Callable[[str], bool]) -> str:
    """A reply that is kept letter by letter, with the words around what it gives put right; `is_word` knows words."""
    text = _JOINED.sub(lambda found: " ".join(filter(None, found.groups())), text)
    text = _JOINED_NAME.sub(r"\1 ", text)
    if (
        asked in ("name", "first_name", "contact")
        and (its := _ITS.match(text))
        and its[0].strip().lower() not in ("it's", "it’s")
    ):
        text = f"{its[1]}it's{text[its.end() :]}"
    parts, last = [], 0
    name = _NAME.search(text, 1) if len(text) <= LONGEST and asked != "phone" else None
    for found in _WORD.finditer(text):
        if not found[0].islower():
            continue
        meant = mend_framed(found[0], text, found.start(), found.end(), asked)
        if meant := meant or (
            _before_a_name(found[0]) if name and found.end() < name.start() and not is_word(found[0]) else None
        ):
            parts += [text[last : found.start()], meant]
            last = found.end()
    return "".join([*parts, text[last:]])
