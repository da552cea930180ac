"""A name, a phone number or an email that is told where something else was asked: it is kept. PURE."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from knee_intake.interview.model import Answer, Intake
from knee_intake.understanding.contacts import read_contact
from knee_intake.understanding.types import Understood

CONTACT_STEPS = ("contact", "first_name", "read_back", "visit_lookup")
"""Questions that see to a contact themselves."""
_MY_NAME = re.compile(r"\bmy name(?:'s| is)\b", re.IGNORECASE)
_BE_CALLED = re.compile(
    r"\b(?i:(?:prefer|like|want|wish|rather|love)\s+(?:to\s+be|being)\s+(?:called|addressed\s+as)|(?:you\s+can"
    r"|please|just)\s+call\s+me"
    r"|i\s+go\s+by|i(?:'m|\s+am)\s+called|(?:they|people|friends|everyone|everybody)\s+calls?\s+me)\s+(?=[A-Z])"
)
""" "I'd like to be called Mr. Winthrop": what follows with a capital is a name; "call me Monday" is none."""
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


def take_name(text: str, intake: Intake, seq: int | None) -> None:
    """ "My name is Harold" at any time: it need not be asked for."""
    name = (read_contact(text) or {}).get("first_name") if _MY_NAME.search(text) else None
    if name and intake.value("consent") == "yes":
        intake.answers.setdefault("first_name", Answer(name, text, seq, "volunteered"))


def take_called_name(text: str, intake: Intake, seq: int | None) -> bool:
    """ "You can call me Bo", where something else was asked: kept. Whether a name was told so."""
    called = _BE_CALLED.search(text.replace("\u2019", "'"))
    if called is None or intake.asked in CONTACT_STEPS or intake.value("consent") != "yes":
        return False
    name = (read_contact(f"my name is {text[called.end() :]}") or {}).get("first_name")
    if not name:
        return False
    intake.answers["first_name"] = Answer(name, text, seq, "volunteered")
    return True


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
