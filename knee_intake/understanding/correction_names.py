"""Corrections of a name: "it's Jon", "Ross, not Moss", "with a C, not a K", "my last name is Webb". PURE."""

from __future__ import annotations

import re

from knee_intake.understanding import correction_signs as say
from knee_intake.understanding.calendar_words import MONTH
from knee_intake.understanding.correction_swaps import READ_BACK, alike, has_sign, swaps
from knee_intake.understanding.correction_text import Said
from knee_intake.understanding.emails import read_address
from knee_intake.understanding.names import SPELLED, find_name
from knee_intake.understanding.phones import read_number
from knee_intake.understanding.plain import plain, word_set

_SPELLS = re.compile(r"\bspell(?:ed|ing|t)\b|\bi\s+go\s+by\s+[A-Z]")
_WITH_LETTERS = re.compile(r"\s+with(?:out)?\s+(?:an?|two|one|three|no|the)\s+\w'?s?\b", re.I)
_SAYS_NAME = re.compile(
    r"\b(?:name(?:'s|\s+is|\s+to|\s+should\s+be)|call\s+me|i\s+go\s+by|goes\s+by|i'm\s+called|spell(?:ed|ing"
    r"|t)(?:\s+is)?(?!\s+(?:it|my|that|wrong))|named)\b",
    re.I,
)
_NOT_AFTER_CALL = word_set(
    "back later tomorrow tonight asap now when after before at on if please soon instead first anytime then to with"
    " about for the in monday tuesday wednesday thursday friday by a an my this next"
)
_LAST_NAME = re.compile(r"\b(?:last|family|sur)\s?name\b(?P<tail>.*)", re.I | re.S)
_FIRST_NAME = re.compile(r"\b(?:first|given)\s?name\b", re.I)
_BETWEEN = re.compile(r"[,.;:]\s*|(?:'s|\b(?:is|it's|its|should\s+(?:be|read|say)|to))\b", re.I)
_INTRODUCED = re.compile(
    r"^\W*(?:(?:no|oh|sorry|actually|please)\b\W*)*(?:it's|its|it\s+is|i'm|i\s+am|im|should\s+(?:be|read|say)|just|i\s+prefer|prefer"
    r"|make\s+(?:it|that)|use|put)\s+|\b(?:is\s+(?:fine|better|right)|instead|please)\W*$",
    re.I,
)
"""Around a name that is to stand."""
_MOST_WORDS = 3


def read_new_name(said: Said, old: str) -> str | None:
    """The whole new name in place of `old`; None where the text gives none."""
    text = read_number(read_address(said.typed).rest).rest
    whole = _WITH_LETTERS.sub("", text)
    return (
        _in_swap(whole, old)
        or _relettered(said.low, old)
        or _spelled_out(said, text, old)
        or _with_family_name(said, whole, old)
        or _told(said, text, whole)
        or _said_last(said, whole, old)
    )


def _in_swap(text: str, old: str) -> str | None:
    for before, after in swaps(text):
        if plain(before) in plain(old).split() and (new := find_name(after)):
            return _in_place(old, before, new)
    return None


def _relettered(low: str, old: str) -> str | None:
    """ "With a C, not a K"."""
    letters = next((pair for pair in _letters(low) if pair[0] in plain(old)), None)
    return _in_letters(old, *letters) if letters else None


def _spelled_out(said: Said, text: str, old: str) -> str | None:
    """ "R-o-b-y-n": in place of the word of the old name that is most like it."""
    spelled = SPELLED.search(text)
    if not spelled or not (has_sign(said) or _SPELLS.search(text)):
        return None
    new = re.sub(r"[\W_]", "", spelled[0]).capitalize()
    like = next((word for word in old.split() if alike(word, new)), None)
    return _in_place(old, like, new) if like else new


def _with_family_name(said: Said, text: str, old: str) -> str | None:
    """ "My last name is Webb": behind the first name that is known."""
    last = _LAST_NAME.search(text)
    if last is None or not has_sign(said):
        return None
    if _FIRST_NAME.search(text) and (whole := find_name(text)) and " " in whole:
        return whole
    told = [name for part in _BETWEEN.split(last["tail"]) if (name := find_name(part))]
    first = old.split()[:-1] or old.split()
    return " ".join([*first, told[-1]]) if told else None


def _told(said: Said, text: str, whole: str) -> str | None:
    """Behind words that announce a name."""
    if not (has_sign(said) or whole != text or _SPELLS.search(text)):
        return None
    whole = re.sub(r"[,.;\s]+(?:and\s+)?not\s+[\w'-]+", "", whole)
    for says in _SAYS_NAME.finditer(whole):
        behind = whole[says.end() :]
        word = re.match(r"\W*(?:is\s+)?([^\W\d_]+)", behind)
        if word and plain(word[1]) in _NOT_AFTER_CALL:
            continue
        name = re.sub(r"^\W*(?:is|to)\s+|\b(?:instead|please|pls)\b", "", behind, flags=re.I)
        if found := find_name(f"my name is {name}"):
            return found
    return None


def _said_last(said: Said, text: str, old: str) -> str | None:
    """The last thought, where it is nothing but a name: "no, it's Robyn"."""
    shows = said.cue or said.opens_with_no
    if not shows and said.asked != READ_BACK:
        return None
    if (said.findings or said.negated or said.more) and not re.search(r"\bname\b", said.low):
        return None  # "just Tylenol"
    text = re.sub(r"[,.;\s]+(?:and\s+)?not\s+[\w'-]+", "", text)
    parts = [part for part in re.split(r"[,;:!?]|\.\s", text) if _without_cues(part).strip(" *.,!:-")]
    rest = _without_cues(_INTRODUCED.sub("", parts[-1])).strip(" *.,!:-") if parts else ""
    new = find_name(rest) if len(rest.split()) <= _MOST_WORDS else None
    if new is not None and re.fullmatch(MONTH, plain(new)):
        return None
    if new is None or {*plain(new).split()} <= {*plain(old).split()} or plain(new).startswith(("dr", "doctor")):
        return None  # the same, or whom they would see
    known = [old, *old.split()]
    introduced = _INTRODUCED.search(parts[-1]) and (said.asked == READ_BACK or re.search(r"\bname\b", said.low))
    told = rest[:1].isupper() and (introduced or (shows and said.last == "first_name"))
    related = " " in new and {*plain(new).split()} & {*plain(old).split()}
    return new if told or related or any(alike(new, one) for one in known) else None


def _without_cues(text: str) -> str:
    """The text without the words that only show that it corrects."""
    text = re.sub(r"\b(?:instead|please|pls|sorry|thanks|actually|that)\b[\s,.!]*", " ", text, flags=re.I)
    low = plain(text)
    for cue in reversed([*say.CUE.finditer(low)]):
        text = text[: cue.start()] + " " + text[cue.end() :]
    text = re.sub(r"^\W*(?:(?:no+|nope|oh|it's|its|it|is|was|with|the|my|name)\b[\s,.*:-]*)+", "", text, flags=re.I)
    return text.strip()


def _letters(low: str) -> list[tuple[str, str]]:
    """(old letter, new letter): "with a C, not a K"."""
    found = [
        (m[2], m[1])
        for m in re.finditer(r"\bwith\s+an?\s+([a-z])\b\W+(?:and\s+)?not\s+(?:with\s+)?an?\s+([a-z])\b", low)
    ]
    return found + [
        (m[1], m[2]) for m in re.finditer(r"\bnot\s+with\s+an?\s+([a-z])\W+(?:but\s+)?(?:with\s+)?an?\s+([a-z])\b", low)
    ]


def _in_letters(old: str, before: str, after: str) -> str:
    at = plain(old).index(before)
    return old[:at] + (after.upper() if old[at].isupper() else after) + old[at + 1 :]


def _in_place(old: str, before: str, new: str) -> str:
    """The name with one of its words changed."""
    return " ".join(new if plain(word) == plain(before) else word for word in old.split())
