"""What corrections of names and contacts share: one part put against another, signs of change, likeness. PURE."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from knee_intake.understanding.correction_text import Said
from knee_intake.understanding.plain import plain, word_set

READ_BACK = "read_back"
"""The question whose open reply is about everything that was said back: a new value needs no other sign there."""
_ALIKE = 0.6
_PART = r"[\w.@+'-]*\w"
_NEW_NOT_OLD = re.compile(
    rf"({_PART})\W{{0,2}}\s+(?:and\s+)?(?:not|instead\s+of|rather\s+than)\s+(?:an?\s+|the\s+|for\s+"
    rf"|it's\s+)?({_PART})",
    re.I,
)
_NOT_OLD_NEW = re.compile(
    rf"\b(?:not|isn'?t)\s+(?:an?\s+)?({_PART})[\s,.;-]+(?:but\s+|it's\s+|its\s+|it\s+is\s+"
    rf"|i\s+meant\s+)*(?:an?\s+)?({_PART})",
    re.I,
)
_OLD_TO_NEW = re.compile(
    rf"\b(?:change|switch|replace|swap)\s+(?:\w+\s+){{0,3}}?({_PART})\s+(?:to|with|for"
    rf"|by)\s+(?:an?\s+)?({_PART})",
    re.I,
)
_SHOULD_BE = re.compile(
    rf"({_PART})\s+(?:should\s+(?:be|read|say)|is\s+(?:really|actually|supposed\s+to\s+be))\s+(?:an?\s+)?({_PART})",
    re.I,
)
_POINTERS = word_set(
    "it that this which name number email e-mail phone address one there he she they you what mine all"
)
"""These stand for the answer, not for a part of it."""
_SIGN = re.compile(r"\b(?:not|new|better|different|use|changed|left\s+(?:off|out)|forgot|missed|missing|misspelled)\b")
_LABELLED = re.compile(
    r"\b(?:my|the)\s+(?:new\s+|right\s+|correct\s+|cell\s+|home\s+|mobile\s+|work\s+)?(?:phone|number|cell|mobile|e-?mail|name)"
    r"(?:\s+(?:number|address))?(?:\s+is|'s|\s+should\s+be|\s*:)"
)
""""My number is ...": told anew."""


def has_sign(said: Said) -> bool:
    """Whether a text shows that it changes something."""
    signs = said.cue or said.opens_with_no or said.asked == READ_BACK
    return signs or bool(_SIGN.search(said.low) or _LABELLED.search(said.low))


def swaps(text: str) -> list[tuple[str, str]]:
    """(old, new) for each part of the text that puts one against the other."""
    found = [(m[2], m[1]) for m in _NEW_NOT_OLD.finditer(text)]
    found += [(m[1], m[2]) for m in (*_NOT_OLD_NEW.finditer(text), *_OLD_TO_NEW.finditer(text))]
    return found + [(m[1], m[2]) for m in _SHOULD_BE.finditer(text) if plain(m[1]) not in _POINTERS]


def alike(first: str, second: str) -> bool:
    """Whether one may be the other, misspelt."""
    return SequenceMatcher(None, first.lower(), second.lower()).ratio() >= _ALIKE
