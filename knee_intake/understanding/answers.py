"""The answer that a text gives to the pending question. PURE.

`read_answer` returns the machine value for the question, "unsure" where the patient does not know, or None where the
text is no answer to it: a question back, "skip", a story about something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from knee_intake.understanding import about_you, habits
from knee_intake.understanding.bare_words import read_bare, read_side
from knee_intake.understanding.contacts import find_email, find_name, find_phone, read_contact
from knee_intake.understanding.durations import find_all
from knee_intake.understanding.numbers import NUMBER, find_severity, number_value
from knee_intake.understanding.plain import plain, words
from knee_intake.understanding.times import find_times, read_time
from knee_intake.understanding.types import UNSURE, VALUES
from knee_intake.understanding.when import read_wish
from knee_intake.understanding.yes_no import is_question, read_yes_no
from knee_intake.understanding.yes_no_words import replies

LONGEST_FREE_TEXT = 300
LONGEST_ANSWER = 1000
"""Characters. What comes later in a text is a story, not an answer; the findings read it whole."""
_SKIP = replies("skip|skip it|skip this|skip that|skip please|please skip|next|next question|pass")
_LUKEWARM = replies(
    """
    sometimes|occasionally|a little|a bit|a little bit|somewhat|kind of|sort of|often|usually|once|twice|some|a few
    likely|probably|hopefully|good|right now|daily|a lot|mostly
    """
)
"""Yes to "does it hurt?", but no consent."""
_PUT_OFF = re.compile(r"\b(?:later|another\s+time|some\s+other\s+time|next\s+time|not\s+now)\b")
_ALL = re.compile(
    r"^\W*(?:yes\W+)?(?:all|every(?:thing)?)(?:\s+of)?(?:\s+(?:the\s+above|them|those|these|it|that|really))?\W*$"
)
_LONG_AGO = re.compile(
    r"\b(?:ages|forever|always|(?:all|most\s+of)\s+my\s+life|long\s+time|since\s+(?:i\s+was|birth|child\w*)|a\s+while)\b"
)
_FROM_TREATMENT = re.compile(r"\b(?:since|after|taking|took|been\s+on)\b")
_CAN_FIELDS = {"can_walk_4_steps": "cannot_walk_4_steps", "can_straighten": "cannot_straighten"}
_CANNOT = re.compile(
    r"\b(?:can'?t|cannot|can\s+not|couldn'?t|unable|not\s+(?:able|without)|only\s+(?:one|two|three|1|2|3)|barely)\b"
)
_CAN = re.compile(
    r"\b(?:i\s+can|able\s+to|it\s+(?:does|will|can)|with\s+(?:pain|difficulty|a\s+limp|some)|barely|slowly)\b"
)
_FAST = re.compile(
    r"\b(?:right\s+away|immediately|instantly|straight\s+away|at\s+once|within\s+(?:minutes|an?\s+hour|the\s+hour)|(?:an?|one|two|couple\s+of)\s+hours?|minutes|soon\s+after|same\s+hour)\b"
)
_SLOW = re.compile(
    r"\b(?:next\s+(?:day|morning)|over\s?night|(?:day|days|week|weeks)\s+(?:after|later)|later\s+that|after\s+a\s+(?:day|few\s+days)|(?:[3-9]|three|four|five|six|several|\d\d)\s+hours|evening|never)\b"
)
_POP = re.compile(r"\b(?:pop(?:ped|ping)?|snap(?:ped)?|crack(?:ed)?|crunch|tear(?:ing)?)\b")


@dataclass(frozen=True)
class _Said:
    """One text and what was read from it, for the reader of one field."""

    text: str
    asked: str
    findings: Mapping[str, Any]
    negated: Collection[str]
    more: Mapping[str, Any]
    now: datetime

    @property
    def low(self) -> str:
        return plain(self.text)

    @property
    def yes_no(self) -> str | None:
        return read_yes_no(self.text)

    @property
    def signs(self) -> list[str]:
        found = [*self.findings.get("red_flags", ()), *self.more.get("signs", ())]
        return list(dict.fromkeys(str(sign) for sign in found))


def read_answer(
    text: str,
    asked: str,
    findings: Mapping[str, Any],
    negated: Collection[str],
    more: Mapping[str, Any],
    context: Mapping[str, Any],
    now: datetime,
) -> Any:
    """The value that `text` gives for the question `asked`; see the module. `now` is local to the clinic."""
    text = text[:LONGEST_ANSWER]
    if not words(text) and read_yes_no(text) is None:
        return None
    if words(text) in _SKIP:
        return None
    said = _Said(text, asked, findings, negated, more, now)
    return _READERS.get(asked, _read_other)(said)


def _read_other(said: _Said) -> Any:
    return said.yes_no


def _read_consent(said: _Said) -> Any:
    answer = said.yes_no
    if answer == "yes" and (words(said.text) in _LUKEWARM or is_question(said.text)):
        return None
    return None if answer == "no" and _PUT_OFF.search(said.low) else answer


def _read_can(said: _Said) -> Any:
    answer = said.yes_no
    if _CAN_FIELDS[said.asked] in said.signs or (answer is None and _CANNOT.search(said.low)):
        return "no"
    if answer is None and _CAN.search(said.low):
        return "yes"
    return "no" if answer == "yes" and re.search(r"\b(?:can'?t|cannot|unable)\b", said.low) else answer


def _read_swelled(said: _Said) -> Any:
    if _SLOW.search(said.low):
        return "no"
    return said.yes_no or ("yes" if _FAST.search(said.low) else None)


def _read_pop(said: _Said) -> Any:
    answer = said.yes_no
    return "yes" if answer is None and _POP.search(said.low) and not is_question(said.text) else answer


def _read_side(said: _Said) -> Any:
    return read_side(said.text) or said.findings.get("knee_side") or _unsure(said)


def _unsure(said: _Said) -> str | None:
    return UNSURE if said.yes_no == UNSURE else None


def _read_duration(said: _Said) -> Any:
    own = ("pain", "other", "treatment") if _FROM_TREATMENT.search(said.low) else ("pain", "other")
    found = [d for d in find_all(said.text, said.now) or find_all(f"since {said.text}", said.now) if d.about in own]
    if found:
        return min(found, key=lambda d: (own.index(d.about), d.vague, d.start)).days
    if re.search(r"\b(?:since|at|around|about)\b", said.low) and any(time.sure for time in find_times(said.text)):
        return 0  # "since 2 p.m."
    if said.findings.get("pain_duration_days") is not None:
        return said.findings["pain_duration_days"]
    return UNSURE if _LONG_AGO.search(said.low) else _unsure(said)


def _read_severity(said: _Said) -> Any:
    scores = find_severity(said.text, asked=True)
    if scores and said.asked == "pain_worst_week":
        return max(score.value for score in scores)
    if scores:
        return scores[0].value
    known = said.findings.get("pain_severity")
    return known if known is not None else _unsure(said)


def _read_onset(said: _Said) -> Any:
    found = said.findings.get("onset") or next(iter(read_bare("onset", said.text)), None)
    if found:
        return found
    span = next((d for d in find_all(said.text, said.now) if d.about == "pain"), None)
    return span.days if span and not said.findings.get("pain_duration_days") else _unsure(said)


def _read_list(said: _Said) -> Any:
    """A list field: exact machine values first, then what was found, then bare words; "no" is the empty list."""
    exact = _exact_values(said)
    if exact:
        return exact
    if said.asked in VALUES and _ALL.match(said.low) and said.asked != "arthritis_history":
        return ["diffuse"] if said.asked == "pain_location" else list(VALUES[said.asked])
    found = [*said.findings.get(said.asked, ()), *read_bare(said.asked, said.text), *_listed_signs(said)]
    found = [value for value in dict.fromkeys(found) if value not in said.negated]
    if found:
        return None if is_question(said.text) else found
    if said.asked == "arthritis_history":
        return {"no": ["none"], "yes": ["unspecified"], "unsure": UNSURE}.get(said.yes_no or "")
    if said.yes_no == "no":
        # "later" puts a checklist off; it must never pass for "none of these"
        return None if said.asked == "pain_location" or _PUT_OFF.search(said.low) else []
    if said.asked == "interest" and said.yes_no == UNSURE:
        return ["not_sure"]
    return _unsure(said)


def _exact_values(said: _Said) -> list[str]:
    """What a widget's input sends: machine values, or such words with spaces, joined by commas."""
    parts = [part.strip() for part in said.low.split(",") if part.strip()]
    known = {value.replace("_", " "): value for value in VALUES.get(said.asked, ())}
    known |= {value: value for value in VALUES.get(said.asked, ())}
    if parts == ["none"]:
        return ["none"] if said.asked == "arthritis_history" else []
    if all(part in known for part in parts):
        return list(dict.fromkeys(known[part] for part in parts))
    coded = all(re.fullmatch(r"[a-z0-9]+(?:_[a-z0-9]+)+", part) or part in known for part in parts)
    return list(dict.fromkeys(parts)) if coded and said.asked not in VALUES else []


_SIGNS_LISTED: dict[str, Callable[[str], bool]] = {
    "red_flags": lambda sign: sign in VALUES["red_flags"],
    "emergency_screen": lambda sign: True,
    "injury_signs": lambda sign: True,
    "symptoms": lambda sign: sign in ("calf_swelling", "locked_knee"),
    "joint_history": lambda sign: sign in ("artificial_knee", "recent_knee_surgery", "recent_knee_injection"),
}


def _listed_signs(said: _Said) -> list[str]:
    wanted = _SIGNS_LISTED.get(said.asked)
    return [sign for sign in said.signs if wanted(sign)] if wanted else []


def _read_activity_level(said: _Said) -> Any:
    known = said.findings.get("activity_level")
    if is_question(said.text):
        return None
    level = habits.read_activity_level(said.text, known, said.findings.get("activities", ()))
    return level or _unsure(said)


def _read_age(said: _Said) -> Any:
    return about_you.read_age_band(said.text, said.now, said.more.get("age")) or _unsure(said)


def _read_who(said: _Said) -> Any:
    return about_you.read_who_for(said.text, said.more.get("who_for"), said.more.get("age"))


def _read_number(said: _Said) -> Any:
    match = re.search(NUMBER, said.low)
    value = number_value(match.group()) if match else None
    return (int(value) if value == int(value) else value) if value is not None else _unsure(said)


def _read_free_text(said: _Said) -> Any:
    if is_question(said.text):
        return None
    return UNSURE if said.yes_no == UNSURE and len(said.text.split()) < 6 else said.text.strip()[:LONGEST_FREE_TEXT]


def _or_unsure(read: Callable[[str], Any]) -> Callable[[_Said], Any]:
    def reader(said: _Said) -> Any:
        found = read(said.text)
        return found if found is not None else _unsure(said)

    return reader


_READERS: dict[str, Callable[[_Said], Any]] = {
    "consent": _read_consent,
    "can_walk_4_steps": _read_can,
    "can_straighten": _read_can,
    "swelled_within_2h": _read_swelled,
    "injury_pop": _read_pop,
    "knee_side": _read_side,
    "pain_duration_days": _read_duration,
    "pain_severity": _read_severity,
    "pain_worst_week": _read_severity,
    "onset": _read_onset,
    "activity_level": _read_activity_level,
    "age_band": _read_age,
    "who_for": _read_who,
    "number": _read_number,
    "goal": _read_free_text,
    "access_needs": _read_free_text,
    "exercise_days": _or_unsure(habits.read_exercise_days),
    "exercise_minutes": _or_unsure(habits.read_minutes),
    "morning_stiffness": _or_unsure(habits.read_stiffness),
    "payment": _or_unsure(about_you.read_payment),
    "name": _or_unsure(find_name),
    "first_name": _or_unsure(find_name),
    "phone": _or_unsure(find_phone),
    "email": _or_unsure(find_email),
    "contact": _or_unsure(read_contact),
    "time": _or_unsure(read_time),
    "appointment": lambda said: read_wish(said.text, said.now),
} | dict.fromkeys(
    (
        "pain_location", "activities", "arthritis_history", "symptoms", "aggravated_by", "treatments_tried",
        "red_flags", "emergency_screen", "injury_signs", "joint_history", "injection_cautions", "interest",
    ),
    _read_list,
)  # fmt: skip
