"""A name, a phone number or an email that is told where something else was asked: it is kept. PURE."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from knee_intake.interview.model import Answer, Intake
from knee_intake.understanding.contacts import read_contact
from knee_intake.understanding.names import name_to_be_called
from knee_intake.understanding.types import Understood

CONTACT_STEPS = ("contact", "first_name", "read_back", "visit_lookup")
"""Questions that see to a contact themselves."""
_MY_NAME = re.compile(r"\bmy name(?:'s| is)\b", re.IGNORECASE)
CALLS_OR_GUESSES = ("call_me", "talk_to_human", "out_of_scope", "nlu_fallback", "ask_referral", "change_answer")
"""What a classifier makes of a name that somebody goes by."""
_REACH = re.compile(r"\S+@\S+|(?<![\w:])\+?\(?\d[\d()\s.-]{5,}\d(?![\w:])")
"""An email address or a phone number."""


def without_contact(
    understood: Understood, intake: Intake, understand: Callable[..., Understood], now: datetime, seq: int | None
) -> Understood:
    """ "Friday at 1. Margaret, 212 555 0173": the contact is kept, and its digits are no time."""
    rest = _REACH.sub(" ", understood.text)
    if rest == understood.text or not take_reach(understood.text, intake, seq):
        return understood
    answer = understand(rest, asked="appointment", context={}, now=now).answer if re.search(r"\w", rest) else None
    has_time = isinstance(answer, dict) and any(value for name, value in answer.items() if name != "note")
    return replace(understood, intent="inform", answer=answer if has_time else None)


def take_name(text: str, intake: Intake, seq: int | None) -> bool:
    """ "My name is Harold", "call me Al" at any time: it need not be asked for. Whether it is new."""
    name = (read_contact(text) or {}).get("first_name") if _MY_NAME.search(text) else name_to_be_called(text)
    if not name or intake.value("consent") != "yes" or "first_name" in intake.answers:
        return False
    intake.answers["first_name"] = Answer(name, text, seq, "volunteered")
    return True


def tells_name_only(understood: Understood, intake: Intake) -> Understood:
    """ "Call me Tommy" wishes for no call: the name is told, and once it is known it is put right."""
    name = name_to_be_called(understood.text)
    if name is None or understood.intent not in CALLS_OR_GUESSES:
        return understood
    known, changes = intake.value("first_name"), dict(understood.corrections)
    if intake.asked == "read_back" and known and known != name:
        changes.setdefault("first_name", name)
    return replace(understood, intent="inform", confidence=1.0, corrections=changes)


def tells_reach(text: str, intake: Intake, seq: int | None) -> bool:
    """ "My email is robin@example.org", at a question for something else: kept, so that it is not asked for again."""
    return intake.value("consent") == "yes" and bool(_REACH.search(text)) and take_reach(text, intake, seq)


def take_reach(text: str, intake: Intake, seq: int | None) -> bool:
    """ "Let me talk to a person, I'm Robin, 212 555 0147": the number need not be asked for. Whether there is one."""
    found = read_contact(text) or {}
    if "phone" not in found and "email" not in found:
        return False
    for name, value in found.items():
        intake.answers.setdefault(name, Answer(value, text, seq, "volunteered"))
    return True
