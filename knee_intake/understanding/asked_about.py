"""Treatments that a sentence only asks about: "tell me more about acupuncture" tells of none that was had. PURE."""

from __future__ import annotations

import re
from dataclasses import replace

from knee_intake.understanding.plain import plain
from knee_intake.understanding.types import Evidence, Found

_SENTENCE_END = re.compile(r"[.!?\n]+(?=\s|$)")
_ASKS = re.compile(
    r"^\W*(?:(?:and|so|but|hi|hello|ok|okay|well|also|just|curious|sorry)\W+)*(?:what|which|how|why|when|where|is|are|do|does|can"
    r"|could|would|will|should|any)\b"
    r"|\b(?:hear|know|learn|tell|read|explain|info|information|details|curious|question)\b.{0,20}\b(?:about|on|more)\b"
    r"|^\W*more\s+(?:about|on)\b"
)
_HAD = re.compile(
    r"\b(?:i|i've|ive|we|he|she|they)\s+(?:\w+\s+)?(?:had|tried|took|did|got|used|was|were|been|went|am\s+on|have)\b"
)


def without_asked(found: Found, text: str) -> Found:
    """`found` without the treatments that stand only in sentences which ask or wish to hear more."""
    named = [seen for seen in found.why if seen.field == "treatments_tried" and seen.assertion == "affirmed"]
    asked = [seen for seen in named if _only_asks(_sentence(text, seen))]
    values = {seen.value for seen in asked} - {seen.value for seen in named if seen not in asked}
    if not values:
        return found
    kept = [value for value in found.findings.get("treatments_tried", []) if value not in values]
    findings = {name: value for name, value in found.findings.items() if name != "treatments_tried"}
    if kept:
        findings["treatments_tried"] = kept
    why = [replace(seen, assertion="question") if seen in asked else seen for seen in found.why]
    return replace(found, findings=findings, why=why)


def _only_asks(sentence: str) -> bool:
    low = plain(sentence)
    return bool(_ASKS.search(low)) and not _HAD.search(low)


def _sentence(text: str, seen: Evidence) -> str:
    starts = [end.end() for end in _SENTENCE_END.finditer(text, 0, seen.start)]
    last = _SENTENCE_END.search(text, seen.end)
    return text[starts[-1] if starts else 0 : last.end() if last else len(text)]
