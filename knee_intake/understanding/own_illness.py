"""A reply on arthritis without what it asks and what others have: neither tells of an illness of one's own. PURE."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knee_intake.understanding.asked_about import asks_of_illness
from knee_intake.understanding.kin import BARE, PERSON
from knee_intake.understanding.plain import plain, with_apostrophes

_SENTENCE = re.compile(r"(?<=[.!?;\n])\s+|(?<=[.!?;])(?=\w)")
_CLAUSE = re.compile(r"\s*,\s*|\s+-+\s+|\s+(?=(?:but|and|though|although|so)\b)")
_FAMILY = (
    r"(?:(?:every|any|some)(?:one|body)\s+(?:else\s+)?in\s+(?:my|the)\s+family|(?:both\s+(?:of\s+)?)?my\s+(?:whole\s+|entire\s+)?"
    r"(?:family|folks|siblings|in-laws|mom\s+and\s+dad|mother\s+and\s+father)|(?:my\s+)?mom'?s\s+side|(?:my\s+)?dad'?s\s+side)"
)
_WHO = rf"(?:{PERSON}|{BARE}|{_FAMILY})"
_OF_OTHERS = re.compile(
    rf"(?:{_WHO})(?:\s+\w+){{0,3}}?\s+(?:has|have|had|got|gets|suffers?|suffered|is|was|does|did|do|developed)\b"
    rf"|(?:{_WHO})'s\s+(?:\w+\s+)?(?:arthritis|gout|ra|oa|got|been)\b|(?:{_WHO})\s+with\b"
    r"|\b(?:runs?|running|ran)\s+in\s+(?:my|the|our)\s+family\b|\bfamily\s+history\b|\bin\s+(?:my|the|our)\s+family\b"
    rf"|^\W*(?:no\W+)?(?:just|only)\s+(?:{_WHO})\W*$"
)
_REPORTS = re.compile(r"\b(?:says?|said|thinks?|thought|told|tells|believes?|swears|figures?|noticed)\b")
""" "My wife says I have arthritis" is about the one who writes."""
_ME_TOO = re.compile(
    r"\b(?:so\s+(?:do|did|have)\s+i|me\s+too|as\s+do\s+i|same\s+(?:here|with\s+me|for\s+me|as\s+me)"
    r"|i\s+(?:do|have|got|have\s+got|ve\s+got)(?:\s+(?:it|that|them|some))?(?:\s+(?:too|also|as\s+well))?|i(?:'ve)?\s+(?:also\s+)?(?:have|got)\s+it)\W*$"
)
_NOT_ME = re.compile(
    r"\b(?:not\s+(?:me|myself|mine|i|with\s+me|for\s+me)|never\s+me|neither\s+do\s+i|i\s+(?:don't|do\s+not|haven't|have\s+not"
    r"|didn't|never\s+did|have\s+none)(?:\s+(?:have|got)(?:\s+(?:it|any|that))?)?)\W*$"
)
_ONLY_THEY = re.compile(rf"^\W*(?:no\W+)?(?:it's\s+)?(?:just|only)\s+(?:{_WHO})")


@dataclass(frozen=True)
class OwnPart:
    """A reply without what is asked and what others have."""

    text: str
    of_others: str = ""
    """What was told of others."""
    me_too: bool = False
    not_me: bool = False

    @property
    def is_empty(self) -> bool:
        return not re.search(r"\w", re.sub(r"\b(?:but|and|so|though|although)\b", "", self.text))


def own_part(text: str) -> OwnPart:
    """The part of a reply that speaks of the writer's own illness."""
    kept, others, asked, me_too, not_me = list[str](), list[str](), list[str](), False, False
    for sentence in _SENTENCE.split(text):
        if asks_of_illness(sentence):
            asked.append(sentence)
            continue
        for clause in _CLAUSE.split(sentence):
            low = with_apostrophes(plain(clause)).strip()
            if _OF_OTHERS.search(low) and not _REPORTS.search(low):
                others.append(clause)
                not_me = not_me or bool(_ONLY_THEY.match(low))
                if re.match(r"\W*no\b", low):
                    kept.append("no")
                continue
            me_too, not_me = me_too or bool(_ME_TOO.search(low)), not_me or bool(_NOT_ME.search(low))
            kept.append(clause)
    if not (others or asked):
        return OwnPart(text)
    if not others:
        not_me = False  # that is read with all the rest
        kept = [sentence for sentence in _SENTENCE.split(text) if sentence not in asked]
    return OwnPart(" ".join(kept), ". ".join([*others, *asked]), me_too, not_me)
