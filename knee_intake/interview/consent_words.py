"""Words of people who have not agreed yet: a yes in plain words, a no, a goodbye, a wish to be looked up. PURE."""

from __future__ import annotations

import re

from knee_intake.interview.plain_words import is_question
from knee_intake.understanding.yes_no import is_hedged

LONGEST_LEAVE = 9
"""Words: who says more than that beside "that's all" tells something."""
_LEAVES = re.compile(
    r"\b(?:that's all|thats all|that is all|bye|goodbye|never ?mind|thanks for your help)\b", re.IGNORECASE
)
_THATS_IT = re.compile(r"\W*(?:\w+\W+){0,2}that'?s it(?:\W+(?:thanks|thank you))?\W*", re.IGNORECASE)
""" "OK, that's it": where nothing was asked that it could agree to."""
_CONSENTS = re.compile(
    r"\bi (?:do |hereby |fully )?(?:consent|agree)\b|\byou (?:have|got) my (?:permission|consent|ok|okay|agreement)\b"
    r"|\b(?:may|can|could|do|please|go ahead and) (?:certainly |of course |gladly |surely )?"
    r"(?:save|keep|store|share|retain|proceed|do so|do that)\b|\bsave (?:them|it|my answers)\b|\bby all means\b",
    re.IGNORECASE,
)
_NO_FIRST = re.compile(
    r"\W*(?:(?:oh|well|sorry|um|uh|hm+|thanks|please)\W+)*"
    r"(?:no+|nope|nah|never|don'?t|do not|(?:i'?d )?rather (?:you )?(?:not|didn'?t|don'?t)|absolutely not)\b",
    re.IGNORECASE,
)
_REFUSES = re.compile(r"\b(?:don'?t|do not|no|not|never|delete|erase|forget|remove)\b", re.IGNORECASE)
_LOOK_UP = re.compile(
    r"\b(?:look|pull) (?:me|us|him|her|it|that|my \w+) up\b"
    r"|\b(?:find|open|check|see) my (?:file|chart|record|records|results|account|visit)\b",
    re.IGNORECASE,
)

_SPANISH_YES = re.compile(r"\W*(?:s[ií]|claro|ok|okay|bueno|est[aá] bien|de acuerdo|por favor)\b", re.IGNORECASE)
_SPANISH_NO = re.compile(r"\W*no\b(?!\s+(?:s[eé]|entiendo|puedo)\b)", re.IGNORECASE)
_SPANISH_END = re.compile(r"\W*(?:(?:ok|bueno|muchas|mil)\W+)*(?:gracias|adi[oó]s)\b", re.IGNORECASE)


def spanish_yes_no(text: str) -> str | None:
    """The yes or no of a Spanish reply, for who was just told of an emergency in Spanish."""
    if _SPANISH_YES.match(text):
        return "yes"
    return "no" if _SPANISH_NO.match(text) else None


def ends_in_spanish(text: str) -> bool:
    """ "Muchas gracias": thanks or a goodbye."""
    return bool(_SPANISH_END.match(text))


def consents(text: str) -> bool:
    """Whether the words agree that answers are kept, as plainly as a yes: "you may certainly keep them"."""
    return bool(_CONSENTS.search(text)) and not (refuses(text) or is_question(text) or is_hedged(text))


def refuses(text: str) -> bool:
    """Whether the words hold a no of any kind."""
    return bool(_REFUSES.search(text))


def begins_with_no(text: str) -> bool:
    """Whether a no is what the text says first; one in the middle of a story refuses nothing."""
    return bool(_NO_FIRST.match(text))


def leaves(text: str) -> bool:
    """ "Thank you, that is all": a goodbye."""
    return bool(_LEAVES.search(text))


def is_short_goodbye(text: str) -> bool:
    """Whether the text is a goodbye and nothing besides."""
    ends = leaves(text) or _THATS_IT.fullmatch(text)
    return bool(ends) and len(text.split()) <= LONGEST_LEAVE and not is_question(text)


def wants_look_up(text: str) -> bool:
    """ "Can you look me up?"."""
    return bool(_LOOK_UP.search(text))
