"""Which red flags of a text are new, and whose safety text is shown: none twice, none softer after an alarm. PURE."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from knee_intake import safety
from knee_intake.interview.model import URGENCIES, FlagHit, Intake

_TO_ROOM = re.compile(r"\bgo to (?:an|the|the nearest) emergency room (?:now|today)\b")
_URGENT_CARE = re.compile(r"\burgent care\b")
"""A place of less: behind the emergency room nobody shall read it as the newer advice."""


def new_hits(verdict: safety.Verdict, rules: safety.RedFlagRules, intake: Intake, seq: int | None) -> list[FlagHit]:
    """The flags that were not there before; a general line is not shown where a better one says the same."""
    shown = {(hit.rule, hit.urgency) for hit in intake.red_flags}
    hits = safety.new_hits(verdict, shown)
    to_room = any(sends_to_room(text) for text in [*(hit.text for hit in hits), *_shown_texts(intake.red_flags)])
    return [
        FlagHit(
            hit.rule,
            hit.version,
            hit.urgency,
            None if _is_covered(hit, hits, rules) or (to_room and _URGENT_CARE.search(hit.text)) else hit.text,
            seq,
        )
        for hit in hits
    ]


def sends_to_room(text: str) -> bool:
    """Whether a safety text sends to the emergency room, and leaves no other place to choose."""
    return bool(_TO_ROOM.search(text)) and not _URGENT_CARE.search(text)


def were_sent_to_room(flags: Iterable[FlagHit]) -> bool:
    """Whether a text that was shown for these flags sends to the emergency room."""
    return any(sends_to_room(text) for text in _shown_texts(flags))


def _shown_texts(flags: Iterable[FlagHit]) -> list[str]:
    return [flag.shown for flag in flags if flag.shown]


def none_softer(hits: list[FlagHit], intake: Intake) -> list[FlagHit]:
    """After an alarm the text of a less urgent flag is kept back: nobody shall read it as the newer advice."""
    worst = URGENCIES.index(intake.urgency)
    return [replace(hit, shown=None) if URGENCIES.index(hit.urgency) > worst else hit for hit in hits]


def alarm_again(verdict: safety.Verdict, seq: int | None) -> list[FlagHit]:
    """After an alarm a sign that is told once more alarms once more, though its text has been shown."""
    if not verdict.stops_interview:
        return []
    first = verdict.hits[0]
    return [FlagHit(first.rule, first.version, first.urgency, first.text, seq)]


def _is_covered(hit: safety.Hit, hits: tuple[safety.Hit, ...], rules: safety.RedFlagRules) -> bool:
    """Whether a general line ("a doctor should see your knee today") is said better, or already, by another hit."""
    if not rules.is_general(hit.text):
        return False
    same = [other for other in hits if other.urgency == hit.urgency]
    return any(not rules.is_general(other.text) for other in same) or same[0] is not hit
