"""Treatments that a sentence only asks about: "tell me more about acupuncture" tells of none that was had. PURE."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from knee_intake.understanding.plain import plain
from knee_intake.understanding.types import Evidence, Found

SENTENCE_END = re.compile(
    r"[.!?\n]+(?=\s|$)"
    r"|(?<=[a-z,])(?=\s+(?:What|How|Why|When|Where|Who|Which|Is|Are|Am|Do|Does|Can|Could|Will|Would|Should|Has|Have)\b)"
)
"""Also before a question that nothing but its capital parts from what is in front of it: "none What's dysport"."""
_ASKS = re.compile(
    r"^\W*(?:(?:and|so|but|hi|hello|ok|okay|well|also|just|curious|sorry)\W+)*(?:what|which|how|why|when|where|is|are|do|does|can"
    r"|could|would|will|should|any|has|have|did|was)\b"
    r"|\b(?:hear|know|learn|tell|read|explain|info|information|details|curious|question)\b.{0,20}\b(?:about|on|more)\b"
    r"|^\W*more\s+(?:about|on)\b"
)
_ASKS_MEANING = re.compile(
    r"\bwhat(?:\s+(?:do|did)\s+you\s+mean|\s+(?:does|did)\b[^.?!]*?\bmean|(?:'s|\s+is)\s+(?:meant|the\s+meaning))\b[^.?!]*[.?!]*"
    r"|\b(?:what|which|where)(?:'s|\s+is)\s+(?:the\s+|an?\s+)?(?:inner|outer|front|back|medial|lateral)(?:\s+side)?\s*(?:\?|$)",
    re.IGNORECASE,
)
_HAD = re.compile(
    r"\b(?:i|i've|ive|we|he|she|they)\s+(?:\w+\s+)?(?:had|tried|took|did|got|used|was|were|been|went|am\s+on|have)\b"
)

_ILLNESS = r"(?:\w*arthrit\w*|osteo\w*|gout|rheumat\w*|lupus|ra|oa|psoriatic)"
_ASKS_OF_ILLNESS = re.compile(
    r"^\W*(?:(?:and|so|but|hi|hello|ok|okay|well|also|sorry|um|uh|wait|excuse\s+me|please|pls)\W+)*"
    r"(?:w(?:h?[au]t|ut)(?:'?s)?|which|how(?:'?s)?|why|when|where|is|isn't|are|do|does|can|could|will|would|should|tell\s+me|explain|define)"
    rf"\b.*\b{_ILLNESS}\b"
    rf"|^\W*(?:(?:and|so|but|ok|okay|sorry|um|uh)\W+)*arthritis\s*\?"
    rf"|\b{_ILLNESS}\b[^?]*\b(?:what(?:'s|\s+is)\s+(?:that|it)|meaning)\b"
)
# who asks whether "bone on bone" counts has been told of it
_ILLNESS_HAD = re.compile(
    rf"\bmy\s+(?:\w+\s+)?{_ILLNESS}\b|\b(?:yes|yeah|yep)\b|\bwhat(?:'?s|\s+is)?\s+(?:it|it's|that|they|the)\s+(?:is\s+)?(?:called|call|name|word)\b"
    r"|(?<!\bif\s)(?<!\bwhether\s)(?<!\bdo\s)(?<!\bcould\s)(?<!\bmight\s)(?<!\bdoes\s)(?<!\bcan\s)"
    r"\b(?:i|i've|ive|we|he|she)\s+(?:\w+\s+)?(?:have|has|had|got|was|were|been|suffer)\b|\b(?:told|diagnosed|with)\s+(?:me|it|with)\b"
    r"|\b(?:doctors?|docs?|dr|they|x-?rays?|mri|scan)\s+(?:\w+\s+)?(?:said|says|told|found|showed|shows|called|calls)\b|\bcounts?\b|\bconsidered\b"
)

_WISHED = re.compile(
    r"\b(?:(?:i|we)(?:'d|\s+would|\s+do|\s+really|\s+only|\s+just|\s+mainly)*\s+(?:want|like|wish|prefer|love|need)"
    r"|(?:only|just)\s+(?:want|need)|all\s+(?:i|we)\s+(?:want|need)"
    r"|(?:interested|here|come|came|coming|looking|hoping|hope)\s+(?:only\s+|just\s+|mainly\s+)?(?:in|for|to\s+get|about)"
    r"|i\s*(?:'d|\s+would|'ll)\s+(?:only|just|rather)\s+(?:do|get|take|have|try)|give\s+me|sign\s+me\s+up|book\s+me)\b"
)
_ONLY_NAMED = re.compile(
    r"\W*(?:(?:yes|ok|hi|hello|just|only|the|a|an|some)\W+)*(?:botox|dysport)(?:\s+(?:shots?|injections?))?"
    r"\W+(?:please|pls|plz|only|thanks)\W*"
)
_HAD_BEFORE = re.compile(
    r"\b(?:had|again|another|got|gotten|tried|worked|helped|last|ago|did|done|since|after|used|more|next|second|third|wore|wears)\b"
)
""" "I want Botox again" tells that there was some."""


def tells_of_having(text: str) -> bool:
    """Whether the words tell that something was had or tried."""
    return bool(_HAD.search(plain(text)))


def without_asked(found: Found, text: str) -> Found:
    """`found` without the treatments and illnesses that stand only in sentences which ask or wish to hear more."""
    found = without_wished(_without(found, text, "treatments_tried", _only_asks), text)
    return _without(found, text, "arthritis_history", asks_of_illness)


def without_wished(found: Found, text: str) -> Found:
    """`found` without the treatments that are only wished for: "I only want Botox".

    The sign that an alarm may hang on stays: a later message may tell of trouble swallowing.
    """
    return _without(found, text, "treatments_tried", _only_wishes)


def _only_wishes(sentence: str) -> bool:
    low = plain(sentence)
    wishes = _WISHED.search(low) or _ONLY_NAMED.fullmatch(low)
    return bool(wishes) and not _HAD.search(low) and not _HAD_BEFORE.search(low)


def asks_of_illness(sentence: str) -> bool:
    """Whether a sentence asks what an illness is, or whether this is one, and tells of none that is there."""
    low = plain(sentence)
    return bool(_ASKS_OF_ILLNESS.search(low)) and not _ILLNESS_HAD.search(low)


def _without(found: Found, text: str, field: str, only_asks: Callable[[str], bool]) -> Found:
    named = [seen for seen in found.why if seen.field == field and seen.assertion == "affirmed"]
    asked = [seen for seen in named if only_asks(_sentence(text, seen))]
    values = {seen.value for seen in asked} - {seen.value for seen in named if seen not in asked}
    if not values:
        return found
    kept = [value for value in found.findings.get(field, []) if value not in values]
    findings = {name: value for name, value in found.findings.items() if name != field}
    if kept:
        findings[field] = kept
    why = [replace(seen, assertion="question") if seen in asked else seen for seen in found.why]
    return replace(found, findings=findings, why=why)


def without_questions_of_meaning(found: Found, text: str) -> tuple[Found, str]:
    """`found` and the text without what stands only in a question for the meaning of a word.

    "Left knee. What do you mean by inner side?" tells of no inner side. The text keeps its length.
    """
    masked = _ASKS_MEANING.sub(lambda match: " " * len(match[0]), text)
    if masked == text:
        return found, text
    asked = [seen for seen in found.why if seen.field == "pain_location" and not masked[seen.start : seen.end].strip()]
    gone = {seen.value for seen in asked} - {
        seen.value for seen in found.why if seen.field == "pain_location" and seen not in asked
    }
    kept = [value for value in found.findings.get("pain_location", []) if value not in gone]
    findings = {name: value for name, value in found.findings.items() if name != "pain_location"}
    if kept:
        findings["pain_location"] = kept
    why = [replace(seen, assertion="question") if seen in asked else seen for seen in found.why]
    return replace(found, findings=findings, why=why), masked


_TREATMENT = re.compile(
    r"\b(?:shots?|injections?|botox|dysport|surger\w+|operations?|replacements?|procedures?|acupuncture|therapy|needles?"
    r"|ibuprofen|tylenol|advil|aleve|pills?|medicines?|painkillers?|brace|ice|heat)\b",
    re.I,
)


def without_questions(text: str) -> str:
    """The text with its questions blanked, also where only a capital parts one from what is in front of it; as long as
    before.
    """
    parts, end = [], 0
    for mark in [*SENTENCE_END.finditer(text), None]:
        last = mark.end() if mark else len(text)
        part = text[end:last]
        parts.append(" " * len(part) if part.rstrip().endswith("?") else part)
        end = last
    return "".join(parts)


def without_questions_of_treatment(text: str) -> str:
    """The text with the questions behind its first sentence that only ask about a treatment blanked; as long as before.

    "None of these. Will the Botox shot be painful?" tells of no shot.
    """
    parts, end = [], 0
    for mark in [*SENTENCE_END.finditer(text), None]:
        last = mark.end() if mark else len(text)
        part = text[end:last]
        asks = end > 0 and _TREATMENT.search(part) and _only_asks(part)
        parts.append(" " * len(part) if asks else part)
        end = last
    return "".join(parts)


def _only_asks(sentence: str) -> bool:
    low = plain(sentence)
    return bool(_ASKS.search(low)) and not _HAD.search(low)


def _sentence(text: str, seen: Evidence) -> str:
    starts = [end.end() for end in SENTENCE_END.finditer(text, 0, seen.start)]
    last = SENTENCE_END.search(text, seen.end)
    return text[starts[-1] if starts else 0 : last.end() if last else len(text)]
