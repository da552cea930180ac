"""A sign that must be seen today, told while a visit is looked for: nothing is sold beside it. PURE.

The text of such a flag sends to a doctor today. Times of next week under it would be read as the better offer, and the
words in which the sign was told ("since this morning") as a wish for the morning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from knee_intake.interview.merge import Merged
from knee_intake.interview.model import FlagHit, Intake
from knee_intake.interview.plain_words import BOOKING_STEPS
from knee_intake.understanding.types import Understood

TODAY = "same_day"
PUT_OFF = "seen_first"
"""Of the intake's state: the visit is put off with this turn."""
_WISH = ("wish", "wish_is_new", "wish_words")
_OF_KNEE = re.compile(r"\b(?:knees?|kneecaps?|legs?)\b", re.IGNORECASE)
_OF_TIME = ("pain_duration_days", "onset")


def must_be_seen_first(hits: Iterable[FlagHit], intake: Intake) -> bool:
    """Whether these new flags take the place of the visit that is being looked for."""
    return intake.asked in BOOKING_STEPS and any(hit.urgency == TODAY and hit.shown for hit in hits)


def put_visit_off(after: Intake, before: Intake, merged: Merged) -> None:
    """What the same text says of times is no wish for a visit; the reply puts the visit off (see reply.py)."""
    merged.step = None
    for name in _WISH:
        after.state.pop(name, None)
        if name in before.state:
            after.state[name] = before.state[name]
    after.state[PUT_OFF] = True


def without_time_of_sign(understood: Understood) -> Understood:
    """Behind an emergency text a bare time is that of the sign: "no not now, last year" is no age of the knee pain."""
    if _OF_KNEE.search(understood.text):
        return understood
    findings = {name: value for name, value in understood.findings.items() if name not in _OF_TIME}
    corrections = {name: value for name, value in understood.corrections.items() if name not in _OF_TIME}
    return replace(understood, findings=findings, corrections=corrections)
