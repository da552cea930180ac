"""Which knee, where just that was asked: "the left one", "rt", "not the right", "2 of them". PURE.

There "left" and "right" need no knee beside them. A side may also be ruled out: denied, called the good one, or only
compared with. Where the reply states no side and rules one out, the other is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from knee_intake.understanding.plain import either, plain, with_apostrophes

_OTHER_PARTS = (
    r"hips?|shoulders?|hands?|handed|wrists?|elbows?|ankles?|foot|feet|toes?|heels?|arms?|eyes?|ears?|butt\w*|buttocks?"
    r"|groin|back|thumb|fingers?"
)
_SIDE = re.compile(
    r"(?<![\w'])(?P<side>left|lft|lt|lefty|l|right|rigth|righ|rgt|rite|rt|righty|r|both|bilateral(?:ly)?|each|either"
    r"|(?:the\s+|all\s+)?(?:two|2)\s+(?:of\s+(?:them|em|'em)|knees)|the\s+(?:two|pair)|(?:a\s+)?pair|two(?=\W*$)|all\s+of\s+them)"
    r"(?:[\s-]hand(?:\s+side)?)?(?![\w'])"
    r"(?:(?<=\bthe\s(?:right))(?=\s+now\b)|(?<=\bthe\sleft)(?=\s+now\b)|"  # "more the right now" names a knee
    r"(?!\s+(?:now|away|after|before|here|there|above|below|behind|next|in|on|under|around|at|when|where|over|through|inside"
    r"|outside|across|along|then|ok(?:ay)?|well(?=\s)|thing|side\s+of\s+(?:my|the)\s+(?:\w+\s+)?(?:back|hip|knee))\b))"
    rf"(?![\s-]+(?:{_OTHER_PARTS})\b(?!\s+(?:and|&)\s+(?:my\s+)?knee))"
)
_BARE_LETTER = re.compile(r"\W*(?:knee|leg|side|one|and\b|&|\+|/|only|just|please|then|$)")
_LONGEST_WITH_LETTER = 4
"""Words: in a longer reply "r" is "are" unless a knee stands behind it."""
_NOT_SIDE_BEFORE = re.compile(
    r"\b(?:that's|that\s+is|you're|you\s+are|all|alright|is\s+that|feels?|isn't|not\s+quite|ain't|yeah,?|something's"
    r"|(?:yes|no)\s+to|got\s+(?:(?:all|each|most)\s+of\s+)?(?:it|that|this|them|everything))\s+$"
)
_LEAVING = re.compile(
    r"\b(?:i|we|he|she|they|who|have|has|had|i've|just|nothing|much|little|what's|any|cartilage|time|weeks?|days?)\s+$"
)
_NOUN = re.compile(r"[\s-]*(?:hand\s+)?(?:knee|leg|side|one|kneecap)\b")
_ARTICLE = re.compile(r"\b(?:the|my|his|her)\s+$")
_FINE = re.compile(
    r"\s*(?:hand\s+)?(?:one|knee|side|leg)?(?:'s|\s+(?:is|was|feels|seems|has\s+been|never|doesn't|does\s+not|isn't))\s+(?:\w+\s+){0,2}?"
    r"(?:fine|good|ok(?:ay)?|great|healthy|alright|perfect|solid|strong|normal|hurts?|bothers?|the\s+(?:good|healthy)\s+one)\b"
)
_SPARED = re.compile(
    r"\b(?:good|fine|healthy|strong|ok(?:ay)?|better|pain[\s-]?free)\s+(?:knee|leg|one|side)\s*(?:is|'s|was|=|:|would\s+be)?\s*(?:the|my|on\s+the)?\s*$"
    r"|\b(?:except|besides|instead\s+of|rather\s+than|opposed\s+to|unlike|than|opposite(?:\s+(?:of|from|to|side\s+(?:of|from|to)))?|but\s+not"
    r"|other\s+(?:one|side|knee|leg)\s+(?:than|from)|anything\s+but|used\s+to\s+be|had\s+been)\s+(?:the|my|on\s+the|in\s+the)?\s*$"
)
_NOT_ONLY = re.compile(r"\bnot\s+(?:just|only|merely)\s+(?:(?:in|on)\s+)?(?:the\s+|my\s+)?$")
_DENIED = re.compile(
    r"\b(?:not|no|never|nor|isn't|wasn't|don't|doesn't|ain't|without|except)\s+(?:(?!just|only|sure)\w+\s+){0,3}$"
)
_CLAUSE = re.compile(r"[.,;!?]|\b(?:but|just|it's|only|so)\b")
_MENDED = re.compile(
    r"\b(?:sorry|actually|wait|meant?|oops|whoops|rather|correction|scratch|strike|no|nope|make\s+(?:it|that)|or\s+rather)\b"
)
_MOVED = re.compile(r"\b(?:now|these\s+days|currently|lately)\b")
_AS_WELL = re.compile(r"\b(?:also|too|both|as\s+well|sometimes|a\s+(?:bit|little)|more|worse|mostly|mainly)\b")
_AGREEING = re.compile(r"\W*(?:(?:oh|yeah|yes|um|uh|ah|ok)\W+)*right\s*[,.!]$")
_NEW_START = re.compile(r"\W+(?:it|it's|the|so|my)\b")
"""Together "right, it's the left": the first "right" only agrees."""
_WHICH_OF_TWO = re.compile(
    r"\b(?:not\s+sure|don't\s+know|can't\s+(?:tell|remember|recall|say)|unsure|no\s+idea|if|whether|forget)\b.*\bor\b"
    r"|\bor\b.*\b(?:not\s+sure|don't\s+know|can't\s+(?:tell|remember|recall|say)|unsure|no\s+idea)\b"
)
_UNSURE_OF_IT = re.compile(
    either("not sure | don't know | can't tell | can't say | unsure | no idea | if it | whether")
)
_SIDE_AND_PLACE = re.compile(
    r"\W*(?P<side>left|right|[lr])[\s,:/-]+(?:in\s+the\s+|the\s+)?(?:back|front|inner|outer|inside|outside|inner\s+side"
    r"|outer\s+side|inner\s+part|outer\s+part|medial|lateral|middle|all\s+over)(?:\s+(?:side|part))?\W*"
)
_SAME = {"l": "left", "r": "right"}


@dataclass(frozen=True)
class _Named:
    """A side in a reply."""

    side: str
    start: int
    end: int
    stated: bool
    is_clear: bool
    """A knee is meant for sure: "the left", "right knee"."""


def read_side(text: str) -> str | None:
    """left, right or both, where the question was which knee; the last one said where it mends another."""
    return _stated(with_apostrophes(plain(text)))


_LEFT_OF_PLACE = re.compile(
    r"\W*left,? (?:around|behind|below|above|under|near|at|on) (?:the|my) (?:knee\w*|front|back|in|out)"
)
"""Nothing else than a side, where "right around the kneecap" may be an adverb."""


def read_side_of_place(text: str) -> str | None:
    """The side in a bare "right back", said to the question which knee and where; elsewhere "right" is an adverb."""
    low = plain(text)
    if _LEFT_OF_PLACE.match(low):
        return "left"
    found = _SIDE_AND_PLACE.fullmatch(low)
    return _SAME.get(found["side"], found["side"]) if found else None


def read_asked_side(text: str) -> str | None:
    """The side in the reply to "which knee?": also the one that is left when the other is ruled out."""
    low = with_apostrophes(plain(text))
    if _WHICH_OF_TWO.search(low):
        return None
    named = _named(low)
    if side := _stated(low):
        only = any(_NOT_ONLY.search(low[: n.start]) for n in named)
        return "both" if only else side
    ruled_out = {n.side for n in named if not n.stated and n.is_clear}
    if len(ruled_out) != 1 or _UNSURE_OF_IT.search(low) or re.search(r"\bneither\b", low):
        return None
    return {"left": "right", "right": "left"}.get(ruled_out.pop())


def named_sides(text: str) -> list[tuple[str, int, int]]:
    """Every side that a text names of a knee that is not said to be fine: (side, start, end), denied or not."""
    low = plain(text)
    return [
        (_SAME.get(match["side"][0], "both"), *match.span())
        for match in _SIDE.finditer(low)
        if _is_side(low, match) and not _is_fine(low, match)
    ]


def _stated(low: str) -> str | None:
    kept = [n for n in _named(low) if n.stated]
    if len(kept) > 1 and _replaces(low, kept[0].end, kept[-1].start, kept[-1].end):
        kept = kept[-1:]
    sides = {n.side for n in kept}
    if not sides:
        return None
    return sides.pop() if len(sides) == 1 else "both"


def _replaces(low: str, first: int, last: int, end: int) -> bool:
    """Whether the last side takes the place of the first: "left, no, right", "left before, now the right"."""
    if _MENDED.search(low, first, last):
        return True
    return bool(_MOVED.search(low, first, last)) and not _AS_WELL.search(low, first) and end <= len(low)


def _named(low: str) -> list[_Named]:
    found = [m for m in _SIDE.finditer(low) if _is_side(low, m)]
    if len(found) > 1 and _AGREEING.match(low[: found[0].end() + 1]) and not _MENDED.search(low, found[0].end()):
        found = found[1:] if _NEW_START.match(low, found[0].end()) else found
    return list(_judged(low, found))


def _judged(low: str, found: Iterable[re.Match[str]]) -> Iterable[_Named]:
    for match in found:
        before = low[: match.start()]
        clear = bool(_NOUN.match(low, match.end()) or _ARTICLE.search(before) or _is_fine(low, match))
        yield _Named(
            _SAME.get(match["side"][0], "both"), match.start(), match.end(), not _is_ruled_out(low, match), clear
        )


def _is_side(low: str, match: re.Match[str]) -> bool:
    before = low[: match.start()]
    if match["side"] in ("l", "r") and len(low.split()) > _LONGEST_WITH_LETTER:
        return bool(_BARE_LETTER.match(low, match.end())) or before.endswith("(")
    if match["side"] == "left" and _LEAVING.search(before) and not _NOUN.match(low, match.end()):
        return False
    return not _NOT_SIDE_BEFORE.search(before)


def _is_ruled_out(low: str, match: re.Match[str]) -> bool:
    before = low[: match.start()]
    if _NOT_ONLY.search(before):
        return False
    start = max((m.end() for m in _CLAUSE.finditer(low, 0, match.start())), default=0)
    return _is_fine(low, match) or bool(_SPARED.search(before) or _DENIED.search(low[start : match.start()]))


def _is_fine(low: str, match: re.Match[str]) -> bool:
    """ "The right one is fine", "the left never hurts"; not "the left isn't good"."""
    fine = _FINE.match(low, match.end())
    if not fine:
        return False
    denied = bool(re.search(r"\b(?:never|not|isn't|doesn't)\b", fine.group()))
    return denied == bool(re.search(r"(?:hurts?|bothers?)$", fine.group()))
