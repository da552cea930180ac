"""Corrections of a name, a phone number or an e-mail address: whole ("it's Jon") or in part ("gmail, not yahoo").

PURE.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Any

from knee_intake.understanding import correction_signs as say
from knee_intake.understanding.contacts import find_email, find_name, find_phone
from knee_intake.understanding.correction_text import Said
from knee_intake.understanding.plain import plain, word_set

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
_MARKS = {"dot": ".", "period": ".", "underscore": "_", "dash": "-", "hyphen": "-"}
_MARK = rf"(?P<mark>{'|'.join(_MARKS)})"
_NO_MARK = re.compile(
    rf"\b(?:no|without|remove|drop|not|isn'?t|not\s+supposed\s+to\s+be|minus|leave\s+out|take\s+out|delete)\s+(?:an?\s+|the\s+|any\s+)?{_MARK}\b(?!\s+com)"
)
_MARK_PLACE = re.compile(rf"\b{_MARK}\s+(?:between|after)\s+(?:the\s+)?(?P<first>[\w-]+)")
_AREA = re.compile(
    r"\b(?:area\s+code\b\D{0,25}|(?:starts?|begins?)\s+with\s+|first\s+(?:three\s+|3\s+)?(?:digits|numbers)\b\D{0,20})(\d{3})(?!\d)"
)
_ENDS = re.compile(
    r"\b(?:ends?\s+(?:in|with)|ending\s+(?:in|with)|last\s+(?:\w+\s+)?(?:digits?|numbers?|four|two"
    r"|three)\b\D{0,20}?)\s*(\d{1,4})(?!\d)"
)
_PROVIDERS = re.compile(r"\b(gmail|yahoo|hotmail|outlook|aol|icloud|proton|protonmail|comcast|msn|live)\b")
_AT_THE_END = re.compile(r"(?<!\d)(\d{2,4})\s+(?:at|in|for)\s+the\s+end\b")
_TLD = re.compile(r"(?<![\w.])\.(com|net|org|edu|gov|co|us|io)\b")
_I_PUT = re.compile(r"\bi\s+(?:put|said|typed|wrote|entered)\b")
_SPELLS = re.compile(r"\bspell(?:ed|ing|t)\b|\bi\s+go\s+by\s+[A-Z]")
_FEW_WORDS = 3
_FEW_DIGITS = 2
"""By which a number may differ and still be the old one, mended."""
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
_OF_OTHERS = re.compile(
    r"\b(?:wife|husband|mom|mother|dad|father|sister|brother|son|daughter|friend|doctor|dr|work"
    r"|office)(?:'?s)?\s+(?:\w+\s+)?(?:number|phone|cell|email|name|is)\b"
)


def read_contacts(said: Said) -> dict[str, Any]:
    """{first_name, phone, email: the new one} for each that the text changes."""
    changed: dict[str, Any] = {}
    if _OF_OTHERS.search(said.low):
        return changed
    for name, reader in (("email", _email), ("phone", _phone), ("first_name", _name)):
        old = said.context.get(name)
        if isinstance(old, str) and (value := reader(said, old)) and value.lower() != old.lower():
            changed[name] = value
    if changed.get("email") and "first_name" in changed:
        del changed["first_name"]
    return changed


def _has_sign(said: Said) -> bool:
    return said.cue or said.opens_with_no or bool(re.search(r"\b(?:not|new|better|different|use)\b", said.low))


def _swaps(text: str) -> list[tuple[str, str]]:
    """(old, new) for each part of the text that puts one against the other."""
    found = [(m[2], m[1]) for m in _NEW_NOT_OLD.finditer(text)]
    found += [(m[1], m[2]) for m in (*_NOT_OLD_NEW.finditer(text), *_OLD_TO_NEW.finditer(text))]
    return found + [(m[1], m[2]) for m in _SHOULD_BE.finditer(text) if plain(m[1]) not in _POINTERS]


def _email(said: Said, old: str) -> str | None:
    rejected = re.sub(r"\b(?:not|instead\s+of)\s+\S+@\S+", " ", said.text, flags=re.I)
    if (new := find_email(rejected)) and (_has_sign(said) or _alike(new, old)):
        return new
    for before, after in _swaps(plain(said.text)):
        before, after = before.strip("."), after.strip(".")
        if before and before in old and after not in ("it", "that"):
            return find_email(old.replace(before, after))
    if marked := _marks_changed(said, old):
        return find_email(marked)
    providers = [name for name in _PROVIDERS.findall(said.low) if f"@{name}." not in old]
    if providers and (said.cue or _I_PUT.search(said.low)):
        return find_email(re.sub(r"@[\w-]+\.", f"@{providers[0]}.", old))
    tld = _TLD.search(said.low)
    if tld and (said.cue or said.last == "email" or "mail" in said.low or len(said.low.split()) <= _FEW_WORDS):
        return find_email(re.sub(r"\.\w+$", f".{tld[1]}", old))
    return None


def _marks_changed(said: Said, old: str) -> str | None:
    """The address with a dot, dash or underscore taken out or put in: "no dot in my email"."""
    if said.last != "email" and not re.search(r"\be-?mail\b", said.low):
        return None
    local, _, domain = old.partition("@")
    if (gone := _NO_MARK.search(said.low)) and local.count(_MARKS[gone["mark"]]) == 1:
        return f"{local.replace(_MARKS[gone['mark']], '')}@{domain}"
    if (place := _MARK_PLACE.search(said.low)) and local.count(place["first"]) == 1:
        return f"{local.replace(place['first'], place['first'] + _MARKS[place['mark']])}@{domain}"
    return None


def _phone(said: Said, old: str) -> str | None:
    digits = re.sub(r"\D", "", old)
    rejected = re.sub(r"\b(?:not|instead\s+of)\s+[+(]?\d[\d\s().-]{6,}", " ", said.text, flags=re.I)
    if (new := find_phone(rejected)) and (_has_sign(said) or _is_mended(new, digits)):
        return None if re.sub(r"\D", "", new)[-10:] == digits[-10:] else new
    area = digits[-10:-7]
    if (code := _AREA.search(said.low)) and code[1] != area and len(digits) >= 10:
        return find_phone(digits[-10:].replace(area, code[1], 1))
    for before, after in _swaps(plain(said.text)):
        if before.isdigit() and after.isdigit() and len(before) == len(after) and before in digits:
            at = digits.rindex(before)
            return find_phone((digits[:at] + after + digits[at + len(before) :])[-10:])
    if ends := _ENDS.search(said.low) or _AT_THE_END.search(said.low):
        return find_phone((digits[: -len(ends[1])] + ends[1])[-10:])
    return None


def _is_mended(new: str, digits: str) -> bool:
    """Whether a number is the old one but for a digit or two."""
    first, second = re.sub(r"\D", "", new)[-10:], digits[-10:]
    return len(first) == len(second) and 0 < sum(map(str.__ne__, first, second)) <= _FEW_DIGITS


def _name(said: Said, old: str) -> str | None:
    own = plain(old).split()
    whole = _WITH_LETTERS.sub("", said.text)
    for before, after in _swaps(whole):
        if plain(before) in own and (new := find_name(after)):
            return _in_place(old, before, new)
    swapped = [pair for pair in _letters(said.low) if pair[0] in plain(old)]
    if swapped:
        return _in_letters(old, *swapped[0])
    text = re.sub(r"[,.;\s]+(?:and\s+)?not\s+[\w'-]+", "", whole)
    if says := _SAYS_NAME.search(text):
        word = re.match(r"\W*(?:is\s+)?([^\W\d_]+)", text[says.end() :])
        if not (word and plain(word[1]) in _NOT_AFTER_CALL) and (
            _has_sign(said) or whole != said.text or _SPELLS.search(said.text)
        ):
            name = re.sub(r"^\W*(?:is|to)\s+|\b(?:instead|please|pls)\b", "", text[says.end() :], flags=re.I)
            return find_name(f"my name is {name}")
    parts = [_without_cues(part).strip(" *.,!:-") for part in re.split(r"[,;:!?]|\.\s", text)]
    rest = next((part for part in reversed(parts) if part), "")
    if not (said.cue or said.opens_with_no) or len(rest.split()) > 2 or not (new := find_name(rest)):
        return None
    last = said.last == "first_name" and rest[:1].isupper()
    return new if last or _alike(new, old.split()[0]) or _alike(new, old) else None


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


def _alike(first: str, second: str) -> bool:
    return SequenceMatcher(None, first.lower(), second.lower()).ratio() >= _ALIKE
