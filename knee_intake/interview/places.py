"""Answers that are named by where they stand in the open list, or by a word of theirs. PURE.

"The first one please", "number two", "first and third", "the last two", "all but the last", "all of them", "yes, the
chest one". A text counts only where every word of it is of that kind: "not the first", "a second", "one of them" name
no place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knee_intake.understanding.plain import word_set

_PLACES: dict[str, int] = {
    name: place
    for place, names in enumerate(
        (
            "first 1st frist fisrt frst",
            "second 2nd secnd secod secound scond",
            "third 3rd thrid thrd tird",
            "fourth 4th forth",
            "fifth 5th",
            "sixth 6th",
            "seventh 7th",
            "eighth 8th",
            "ninth 9th",
        )
    )
    for name in names.split()
}
_LAST = word_set("last lst lasst final")
_ENDS: dict[str, int] = {"top": 0, "uppermost": 0, "bottom": -1, "lowest": -1}
"""Places only in front of "one": alone they are parts of a knee."""
_NUMBERS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        ("1 one", "2 two", "3 three", "4 four", "5 five", "6 six", "7 seven", "8 eight", "9 nine"), start=1
    )
    for name in names.split()
}
_BEFORE_A_NUMBER = word_set("number numbers nr num option options choice answer box boxes line item #")
_ONE = word_set(
    "one ones option options choice choices answer answers box boxes line lines item items sign signs thing"
)
"""What stands behind a place: "the second one"."""
_BESIDE_DIGITS = word_set(
    "yes yeah yep yup ya ok okay the and & + , please pls plz just only pick choose take thanks also too plus"
)
_BESIDE = _BESIDE_DIGITS | word_set(
    "i i'd i've i'll would say have got has tick check mark select is it it's its that that's thats those be for me to"
    " on of from these them your list think maybe probably um uh hm hmm well oh sorry very both sure true applies apply"
    " unfortunately sadly my case like mean said in with this by he she has mine fits"
)
_TOKENS = re.compile(r"[#&+,]|[\w']+(?:\.\d+)?")
_JOINED = re.compile(r"#(?=\d)")
_NO_DOT = re.compile(r"\bno\.\s*(?=\d)")
_POINTS = re.compile(r"[.!?;:\"()]+(?=\s|$)|[\"(]")
_BUT = re.compile(
    r"^(?:yes\s+)?(?:all|every(?:thing|\s+one)?)(?:\s+of\s+(?:them|these|those|it))?\s+"
    r"(?:but|except(?:\s+for)?|besides|apart\s+from)\s+(?P<rest>.+)$"
)
_ALL = re.compile(
    r"(?:(?:yes|yeah|yep|oh|well|sadly|unfortunately|i|have|i've|got|it's|is|pick|choose|check|tick|to|really"
    r"|pretty\s+much"
    r"|just|literally|um|he|she|has|i'd|say|wow|both|ok|sorry)[\s,]+)*"
    r"(?:all|every|everything|each|every\s*one|the\s+(?:whole|entire)\s+list|(?:all\s+)?the\s+above|them\s+all)"
    r"(?:\s+(?:single|and\s+every|last))*(?:\s+(?:one|thing|box|sign|line)s?)?"
    r"(?:\s+(?:two|three|four|five|six|seven|eight|nine|[2-9]))?"
    r"(?:\s+(?:of|from))?"
    r"(?:\s+(?:them|'?em|thm|tehm|these|theese|those|it|the\s+above|that|this|the\s+(?:list|signs|boxes|things"
    r"|lines|rest)|you\s+(?:said|listed|named"
    r"|mentioned|asked)))?"
    r"(?:\s+(?:on|in)\s+(?:the|your|that|this)\s+list|\s+listed|\s+above|\s+here|\s+there)?"
    r"(?:[\s,]+(?:apply|applies|are|is|true|yes|please|pls|too|unfortunately|sadly|i\s+(?:think|guess|have"
    r"|said)|right\s+now|now|really|for\s+me"
    r"|at\s+once|together|basically))*"
)
_ALL_SAYS = re.compile(r"\b(?:all|every\w*|each|whole|entire|above)\b")
_BY_WORD = re.compile(
    r"(?:(?:yes|yeah|yep|yup|ok|well|um|uh|i|have|it's|its|that's|just|only|probably|maybe|think|guess|pick)[\s,]+)*"
    r"(?:to\s+)?(?:the|that)\s+(?P<words>[a-z]+(?:\s+[a-z]+){0,3}?)"
    r"\s+(?:one|option|box|line|thing|sign)(?:\s+(?:please|pls|applies|is\s+true|i\s+think))?"
)
_NO_NAME = word_set(
    "knee knees one bad out now two not had the and with within hours looks place after have felt heard feels this that"
    " long ago other same wrong right left whole first last"
)
_SHORTEST_NAME, _STEM = 3, 4
_SOME = re.compile(
    r"(?:(?:yes|yeah|yep|ok|well|i|have|i've|got|only|just|at\s+least|um|probably|maybe|it's|unfortunately|do"
    r"|not|i\s+think)[\s,]+)*"
    r"(?:some|one|two|three|a\s+few|a\s+couple|several|most|many|all|both|either)"
    r"(?:\s+of)?\s+(?:them|'?em|these|those|that|the\s+(?:above|list|signs|things))(?:\s+(?:things|signs|apply"
    r"|applies|are\s+true|is\s+true|yes|i\s+think))*"
)
"""Yes to a list, without a word on which."""
_SOME_NOT = re.compile(r"\bnot\s+(?:any|one|a\s+few|some|either|both|two|three|several|many|most)\b|^either\b")


def _said(text: str) -> str:
    low = _NO_DOT.sub("number ", text.replace("\u2019", "'").casefold())
    return " ".join(_POINTS.sub(" ", low).split())


def places_named(text: str, count: int, *, digits: bool = True) -> list[int] | None:
    """The places, from 0, that a text names of a list of `count`; None where it is no such text.

    `digits`: whether a bare number is a place too. It is none where the answers themselves begin with numbers.
    """
    said = _said(text)
    if (but := _BUT.match(said)) is not None:
        left_out = _places(but["rest"], count, digits)
        return None if left_out is None else [place for place in range(count) if place not in left_out]
    return _places(said, count, digits)


def _places(said: str, count: int, digits: bool) -> list[int] | None:
    tokens = _TOKENS.findall(_JOINED.sub("# ", said))
    found: list[int] = []
    by_name, by_digit, only_few, in_words = False, False, True, 0
    at = 0
    while at < len(tokens):
        token, after = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else ""
        at += 1
        if token in _NUMBERS and after == "of":
            return None  # "one of the first"
        if token in _ENDS and after in _ONE:
            by_name = True
            found.append(_ENDS[token] % count)
            at += 1
        elif token in _LAST or token in _PLACES:
            by_name, many = True, _NUMBERS.get(after, 1) if after not in ("one", "1") else 1
            if many > 1 and (token in _LAST or _PLACES[token] == 0):  # "the last two"
                found += range(count - many, count) if token in _LAST else range(many)
                at += 1
                continue
            found.append(count - 1 if token in _LAST else _PLACES[token])
            at += after in _ONE
        elif token in _BEFORE_A_NUMBER and after in _NUMBERS:
            by_name = True
            found.append(_NUMBERS[after] - 1)
            at += 1
        elif token in _NUMBERS and (token.isdigit() or len(tokens) > 1):
            by_digit, in_words = True, in_words + (not token.isdigit())
            found.append(_NUMBERS[token] - 1)
        elif token not in _BESIDE and not (by_name and token in _ONE):
            return None
        else:
            only_few = only_few and (token in _BESIDE_DIGITS or token in _ONE)
    if by_digit and not by_name and not (digits and only_few):
        return None
    if in_words and len(found) == 1:
        return None  # "the two" are two of them, and "one" is any
    if not found or not all(0 <= place < count for place in found):
        return None
    return list(dict.fromkeys(found))


def means_all(text: str) -> bool:
    """Whether a text picks every answer of the open list: "all of them", "everything on the list"."""
    said = _said(text)
    return bool(_ALL.fullmatch(said)) and bool(_ALL_SAYS.search(said))


def means_some(text: str) -> bool:
    """Whether a text says yes to a list and not to which of it: "some of them", "not all of these"."""
    said = _said(text)
    return bool(_SOME.fullmatch(said)) and not _SOME_NOT.search(said)


def place_by_word(text: str, labels: Sequence[str]) -> int | None:
    """The first label that holds the words by which a text names one: "yes, the chest one"."""
    found = _BY_WORD.fullmatch(_said(text))
    if found is None:
        return None
    words = [word for word in found["words"].split() if len(word) >= _SHORTEST_NAME and word not in _NO_NAME]
    if not words:
        return None
    for place, label in enumerate(labels):
        of_label = re.findall(r"[a-z]+", label.casefold())
        if all(any(one[:_STEM] == word[:_STEM] for one in of_label) for word in words):
            return place
    return None
