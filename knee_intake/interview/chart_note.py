"""The note for the clinic's own chart: plain text in the order in which a visit is charted. PURE.

What was not asked or not answered is said as such: an empty line in a chart would read as a "no".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from knee_intake.interview import summary
from knee_intake.interview.model import Intake
from knee_intake.interview.nice_pattern import nice_pattern
from knee_intake.understanding.types import UNSURE, VALUES

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic

SOURCE = "Patient-reported via automated chat, not verified."
LONGEST_QUOTE = 240  # characters of the patient's own words
NOT_ASKED, NOT_ANSWERED, NOT_SURE = "not asked", "not answered", "not sure"
_SIGNS = VALUES["red_flags"]
_EXERCISE = ("exercise_days", "exercise_minutes")
_COUNTED_AS_YES = "not sure, counted as yes"


@dataclass(frozen=True)
class Entry:
    """One line of the note: what it is about, and what was told."""

    label: str
    text: str


@dataclass(frozen=True)
class Note:
    """The note, and what a chart would be searched by."""

    title: str
    source: str
    entries: tuple[Entry, ...]
    record: str

    @property
    def text(self) -> str:
        """As plain text, to be pasted into a chart."""
        lines = [self.title, self.source, "", *(f"{entry.label}: {entry.text}" for entry in self.entries), ""]
        return "\n".join([*lines, self.record]) + "\n"


def chart_note(
    intake: Intake,
    clinic: Clinic,
    *,
    conversation: str,
    consent_at: datetime | None,
    visits: Sequence[Mapping[str, Any]] = (),
    callbacks: Sequence[str] = (),
    denied: Collection[str] = (),
) -> Note:
    """The note.

    `visits` as an intake shows them, those that stand; `callbacks` are topics of calls that the patient waits for;
    `denied` are the machine values that the patient's messages deny.
    """
    told = _Told(intake, clinic)
    zone = clinic.practice.zoneinfo()
    when = f", {summary.local_time(consent_at, zone)}" if consent_at else ""
    entries = (
        Entry("Patient", _patient(told, intake)),
        Entry("Chief complaint", _chief_complaint(intake, clinic)),
        Entry("HPI", _hpi(told)),
        Entry("Side and location", told.several("knee_side", "pain_location")),
        Entry("Onset", told.several("onset", "injury_mechanism")),
        *_injury(told),
        Entry("Duration", told.one("pain_duration_days")),
        Entry("Severity", _severity(told)),
        Entry("Worse with", told.one("aggravated_by")),
        Entry("Associated symptoms", told.one("symptoms")),
        Entry("Denies", _denied(intake, clinic, denied, VALUES["symptoms"], "symptoms")),
        Entry("Morning stiffness", told.one("morning_stiffness")),
        Entry("Function and activity", told.several("activity_level", "activities", *_EXERCISE)),
        Entry("Prior treatment", told.one("treatments_tried")),
        Entry("Knee surgery, implants, shots", told.one("joint_history")),
        Entry("Arthritis told by a doctor (unconfirmed)", told.one("arthritis_history")),
        *([Entry("Other conditions", told.one("conditions"))] if intake.value("conditions") else []),
        Entry("Cautions for injections", told.one("injection_cautions")),
        Entry("Red flags", _flags(intake, clinic)),
        Entry("Red flags denied", _denied(intake, clinic, denied, _SIGNS, "emergency_screen")),
        Entry("Goal", told.quoted("goal")),
        Entry("Wishes", told.several("interest", "access_needs", "payment")),
        Entry("Booking", _booking(clinic, visits, callbacks)),
        *([Entry("Staff note", f"{pattern.line} Not a diagnosis.")] if (pattern := nice_pattern(intake)) else []),
        Entry("Still to ask", ", ".join(summary.unanswered(intake, clinic)) or "nothing"),
    )  # fmt: skip
    return Note(
        f"KNEE INTAKE{when}",
        SOURCE,
        entries,
        f"Conversation {conversation}; texts and rules {clinic.digest[:12]}",
    )


def content_hash(intake: Intake, visits: Iterable[Mapping[str, Any]]) -> bytes:
    """A hash over what the note tells of the patient: it changes when the note has to be entered again.

    The clinic's confirming a visit is no change of what the patient told; another time, or none, is.
    """
    told = {name: answer.value for name, answer in intake.answers.items() if name != "consent"}
    flags = sorted((hit.rule, hit.version) for hit in intake.red_flags)
    standing = sorted((visit["reference"], _moment(visit["start"]), visit["kind"]) for visit in visits)
    return hashlib.sha256(json.dumps([told, flags, standing], sort_keys=True).encode()).digest()


def _moment(at: Any) -> str:
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return str(int(moment.timestamp()))


def denials(messages: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """What the patient denied and did not state later; `messages` are rows in order, as the transcript holds them."""
    found: dict[str, None] = {}
    for row in messages:
        read = row.get("understanding") if row.get("sender") == "visitor" else None
        if not read:
            continue
        if read.get("act") == "start_over":
            found.clear()
        found |= dict.fromkeys(map(str, read.get("negated") or ()))
        for values in (read.get("findings") or {}).values():
            for value in values if isinstance(values, list) else [values]:
                found.pop(str(value), None)
    return tuple(found)


# -- the lines -------------------------------------------------------------------------------------------------------


class _Told:
    """The answers in words."""

    def __init__(self, intake: Intake, clinic: Clinic) -> None:
        self._intake, self._clinic = intake, clinic

    def known(self, field: str) -> str | None:
        """None where there is no answer."""
        value = self._intake.value(field)
        if value is None:
            return None
        if value == UNSURE:
            return _COUNTED_AS_YES
        return summary.value_text(field, value, self._clinic)

    def one(self, field: str) -> str:
        answer = self._intake.answers.get(field)
        if answer is None:
            return NOT_ASKED
        return self.known(field) or (NOT_SURE if answer.how == "unsure" else NOT_ANSWERED)

    def several(self, *fields: str) -> str:
        """Those that are known, in one line; where none is, why."""
        known = [text for field in fields if (text := self._labelled(field))]
        return "; ".join(known) or self.one(fields[0])

    def quoted(self, field: str) -> str:
        text = self.known(field)
        return _quote(text) if text else self.one(field)

    def _labelled(self, field: str) -> str | None:
        text = self.known(field)
        return f"{_PREFIXES[field]}{text}" if text and field in _PREFIXES else text


_PREFIXES = {
    "exercise_days": "exercise days a week: ",
    "exercise_minutes": "minutes each time: ",
    "access_needs": "access needs: ",
    "payment": "payment: ",
    "activities": "sports: ",
}


def _patient(told: _Told, intake: Intake) -> str:
    line = told.several("first_name", "age_band")
    other = intake.value("who_for") not in (None, "self")
    return f"{line}; told by somebody else ({told.known('who_for')})" if other else line


def _chief_complaint(intake: Intake, clinic: Clinic) -> str:
    """The complaint, and the first words in which the patient told of the knee."""
    told = [
        answer
        for field in ("pain_location", "knee_side", "onset", "pain_duration_days", "symptoms", "pain_severity")
        if (answer := intake.answers.get(field)) and answer.words and answer.value is not None
    ]
    first = min(told, key=lambda answer: answer.seq if answer.seq is not None else 0, default=None)
    line = summary.complaint(intake, clinic).partition(",")[0]
    return f"{line}. {_quote(first.words)}" if first else line


def _hpi(told: _Told) -> str:
    """One line: who, what, for how long, how it began, how bad, what makes it worse."""
    age, side, place = told.known("age_band"), told.known("knee_side") or "knee", told.known("pain_location")
    parts = [
        f"{side} pain{f' ({place})' if place else ''}",
        *([f"for {duration}"] if (duration := told.known("pain_duration_days")) else []),
        *([onset] if (onset := told.known("onset")) else []),
        *([f"now {severity}"] if (severity := told.known("pain_severity")) else []),
        *([f"worse with {worse}"] if (worse := told.known("aggravated_by")) else []),
    ]
    line = ", ".join(parts)
    return f"Patient aged {age} reports {line}." if age else f"Patient reports {line}."


def _injury(told: _Told) -> list[Entry]:
    """After an injury only."""
    names = {
        "injury_pop": "pop",
        "swelled_within_2h": "swelled within 2 hours",
        "can_walk_4_steps": "can walk 4 steps",
        "can_straighten": "can straighten",
    }
    found = [f"{name}: {text}" for field, name in names.items() if (text := told.known(field))]
    return [Entry("At the injury", "; ".join(found))] if found else []


def _severity(told: _Told) -> str:
    worst = told.known("pain_worst_week")
    return told.one("pain_severity") + (f"; worst this week {worst}" if worst else "")


def _denied(intake: Intake, clinic: Clinic, denied: Collection[str], values: Sequence[str], checklist: str) -> str:
    """What was denied in words, and the whole list where the patient picked "none of these"."""
    symptoms = intake.value("symptoms")
    held = {*(symptoms if isinstance(symptoms, list) else ()), *intake.signs}
    field = "symptoms" if values is VALUES["symptoms"] else "red_flags"
    said = [value for value in values if value in denied and value not in held]
    found = [clinic.questions.label(field, value, summary.LANG) for value in said]
    question = clinic.questions.question(checklist)
    if intake.value(checklist) == [] and question is not None:
        listed = "; ".join(choice.label[summary.LANG] for choice in question.choices)
        found.append(f"none of the list shown ({listed})")
    return ", ".join(found) or "nothing in particular"


def _flags(intake: Intake, clinic: Clinic) -> str:
    return " / ".join(summary.flag_line(hit, clinic) for hit in intake.red_flags) or "none reported"


def _booking(clinic: Clinic, visits: Sequence[Mapping[str, Any]], callbacks: Sequence[str]) -> str:
    lines = [summary.visit_line(visit, clinic) for visit in visits]
    lines += [f"waits for a call back ({topic.replace('_', ' ')})" for topic in callbacks]
    return " / ".join(lines) or "none asked for"


def _quote(words: str) -> str:
    """The patient's words on one line, cut where they are long."""
    line = " ".join(words.split())
    return f'"{line}"' if len(line) <= LONGEST_QUOTE else f'"{line[:LONGEST_QUOTE].rstrip()} …"'
