"""Saved replies: the placeholders that stand in them, and whether a text may go to patients as it is. PURE."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from knee_intake.banned_words import banned_in
from knee_intake.patient_texts import FEWEST_WORDS
from knee_intake.readability import grade, words
from knee_intake.text_rules import HARD_STOP, TARGET

PLACEHOLDERS = ("first_name", "clinic_phone", "reference")
LONGEST_TITLE, LONGEST_TEXT = 60, 2000  # characters
_BRACES = re.compile(r"\{([^{}]*)\}")
_EXAMPLE = {"first_name": "Robin", "clinic_phone": "555-0143", "reference": "KNT-234"}


@dataclass(frozen=True)
class Verdict:
    """What the check of a text comes to."""

    grade: float | None
    """School grade; None where the text is too short to have one."""
    problems: tuple[str, ...]
    """Each a sentence for staff; with one the text is refused."""
    hard: bool
    """Harder than the target, and not refused for it."""

    @property
    def refused(self) -> bool:
        return bool(self.problems)


def check(text: str) -> Verdict:
    """Hold a saved reply to the rules of every text for patients; the sentences name the words that break them."""
    told = fill(text, _EXAMPLE) if text.strip() else ""
    found = max(0.0, grade(told)) if len(words(told)) >= FEWEST_WORDS else None
    problems = [] if text.strip() else ["The text is empty."]
    if len(text) > LONGEST_TEXT:
        problems.append(f"The text has more than {LONGEST_TEXT} characters.")
    for name in sorted({one for one in _BRACES.findall(text) if one not in PLACEHOLDERS}):
        problems.append(f"There is no placeholder “{{{name}}}”.")
    if re.search(r"[{}]", _BRACES.sub("", text)):
        problems.append("A brace is open or closed alone.")
    problems += [
        f"“{said}” may not be said to a patient: it is {what}." for what, said in dict.fromkeys(banned_in(told))
    ]
    if found is not None and found > HARD_STOP:
        problems.append(f"It reads at grade {found}; above {HARD_STOP:g} is too hard. Use shorter words and sentences.")
    return Verdict(found, tuple(problems), found is not None and TARGET < found <= HARD_STOP)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with what is known put in; a placeholder without a value stays as it is."""
    return _BRACES.sub(lambda found: values.get(found[1], found[0]), text)


def missing(text: str, values: Mapping[str, str]) -> list[str]:
    """The placeholders for which there is no value, in their own words."""
    return [name.replace("_", " ") for name in PLACEHOLDERS if f"{{{name}}}" in text and name not in values]
