"""The staff summary: what a clinician wants to read first, in charting order, as rows and as plain text. PURE."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from knee_intake.interview import flow
from knee_intake.interview.model import Answer, FlagHit, Intake
from knee_intake.texts import in_language

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic

LANG = "en"
"""Staff read English, whatever the patient wrote."""

CHART: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Patient",
        (("first_name", "First name"), ("who_for", "For whom"), ("age_band", "Age")),
    ),
    (
        "Knee",
        (
            ("knee_side", "Side"),
            ("pain_location", "Where it hurts"),
            ("onset", "How it started"),
            ("injury_mechanism", "How it was hurt"),
            ("pain_duration_days", "For how long"),
            ("pain_severity", "Pain now"),
            ("pain_worst_week", "Worst pain this week"),
            ("symptoms", "Symptoms"),
            ("aggravated_by", "Worse with"),
            ("morning_stiffness", "Morning stiffness"),
            ("injury_pop", "Pop at the injury"),
            ("swelled_within_2h", "Swelled within 2 hours"),
            ("can_walk_4_steps", "Can walk 4 steps"),
            ("can_straighten", "Can straighten"),
            ("emergency_screen", "Emergency checklist"),
        ),
    ),
    (
        "Activity",
        (
            ("activity_level", "Usual activity"),
            ("activities", "Sports"),
            ("exercise_days", "Exercise days a week"),
            ("exercise_minutes", "Minutes each time"),
        ),
    ),
    (
        "Past",
        (
            ("arthritis_history", "Arthritis told by a doctor"),
            ("joint_history", "Artificial knee, surgery, shots"),
            ("treatments_tried", "Tried so far"),
            ("conditions", "Other conditions"),
        ),
    ),
    (
        "Wishes",
        (
            ("interest", "Would like to talk about"),
            ("injection_cautions", "Cautions for injections"),
            ("goal", "Goal"),
        ),
    ),
    (
        "Contact",
        (("phone", "Phone"), ("email", "Email"), ("payment", "Payment"), ("access_needs", "Access needs")),
    ),
)
"""Group -> its fields with their labels, in the order of a chart."""

URGENCY_LABELS = {
    "emergency_911": "Emergency: 911",
    "emergency_room": "Emergency room",
    "same_day": "Same day",
    "soon": "Within days",
    "routine": "Routine",
}
HOW_LABELS = {
    "asked": "asked",
    "volunteered": "volunteered",
    "corrected": "corrected by the patient",
    "skipped": "skipped",
    "unsure": "not sure",
}
_TWO_NAMES = ("activity_level", "pain_location")
"""Fields whose machine value says more to a clinician than the patient's label: both are shown."""
_NOT_CHARTED = ("consent",)


@dataclass(frozen=True)
class Row:
    """One answer as staff read it."""

    group: str
    field: str
    label: str
    value: str | None
    """None where it was skipped or the patient is not sure."""
    words: str
    seq: int | None
    how: str


def answer_rows(intake: Intake, clinic: Clinic) -> list[Row]:
    """Every answer, in charting order; fields that this page does not know come last, none is dropped."""
    charted = [(group, field, label) for group, fields in CHART for field, label in fields]
    known = {field for _, field, _ in charted}
    others = [
        ("Other", field, field.replace("_", " ").capitalize())
        for field in intake.answers
        if field not in known and field not in _NOT_CHARTED
    ]
    return [
        _row(group, field, label, intake.answers[field], clinic)
        for group, field, label in [*charted, *others]
        if field in intake.answers
    ]


def _row(group: str, field: str, label: str, answer: Answer, clinic: Clinic) -> Row:
    value = None if answer.value is None else value_text(field, answer.value, clinic)
    return Row(group, field, label, value, answer.words, answer.seq, HOW_LABELS.get(answer.how, answer.how))


def value_text(field: str, value: Any, clinic: Clinic) -> str:
    """A machine value in words."""
    if isinstance(value, (list, tuple)):
        return ", ".join(value_text(field, one, clinic) for one in value) or "none of these"
    if field == "pain_duration_days":
        return _days_text(int(value))
    if field in ("pain_severity", "pain_worst_week"):
        return f"{value} of 10"
    label: str = clinic.questions.label(field, value, LANG)
    return f"{label} ({value})" if field in _TWO_NAMES and label != value else label


def _days_text(days: int) -> str:
    for size, name in ((365, "year"), (30, "month"), (7, "week")):
        if days >= 2 * size or days == size:
            number = round(days / size)
            return f"about {number} {name}{'' if number == 1 else 's'} ({days} days)"
    return f"{days} day{'' if days == 1 else 's'}"


def unanswered(intake: Intake, clinic: Clinic) -> list[str]:
    """What a clinician may still have to ask: skipped, not sure, or not reached yet. Labels, in charting order."""
    labels = {field: label for _, fields in CHART for field, label in fields}
    open_fields = {
        field
        for question in clinic.questions.questions
        if flow.applies(question, intake)
        for field in question.fills
        if field not in intake.answers
    }
    found = []
    for field, label in labels.items():
        answer = intake.answers.get(field)
        if answer is not None and answer.value is None:
            found.append(f"{label} ({HOW_LABELS.get(answer.how, answer.how)})")
        elif field in open_fields:
            found.append(label)
    return found


def complaint(intake: Intake, clinic: Clinic) -> str:
    """The complaint in one line, from what is known."""
    places = value_text("pain_location", intake.value("pain_location") or [], clinic)
    parts = [
        _known("knee_side", intake, clinic) or "knee",
        f"pain, {places}" if intake.value("pain_location") else "pain",
        _known("onset", intake, clinic),
        _known("pain_duration_days", intake, clinic),
        f"{intake.value('pain_severity')} of 10 now" if intake.value("pain_severity") is not None else None,
    ]
    line = f"{parts[0]} {parts[1]}" + "".join(f", {part}" for part in parts[2:] if part)
    return line[:1].upper() + line[1:]


def _known(field: str, intake: Intake, clinic: Clinic) -> str | None:
    value = intake.value(field)
    return None if value is None else value_text(field, value, clinic)


def flag_line(hit: FlagHit, clinic: Clinic) -> str:
    """One red flag: rule, version, urgency, name, and the message after which its text was shown."""
    name = rule_names(clinic).get(hit.rule, "")
    where = f", message {hit.seq}" if hit.seq is not None else ""
    return f"{hit.rule} version {hit.version}: {URGENCY_LABELS.get(hit.urgency, hit.urgency)}. {name}{where}".rstrip()


def rule_names(clinic: Clinic) -> dict[str, str]:
    """Rule id -> its name for people."""
    return {rule.id: rule.name for rule in clinic.red_flags.rules}


def visit_line(booking: Mapping[str, Any], clinic: Clinic) -> str:
    """The visit: status, time in the clinic's zone, kind, reference."""
    start = local_time(datetime.fromisoformat(booking["start"]), clinic.practice.zoneinfo())
    kind = visit_label(str(booking["kind"]), clinic)
    return f"{str(booking['status']).capitalize()}: {start}, {kind}, reference {booking['reference']}"


def visit_label(kind: str, clinic: Clinic) -> str:
    """A visit type's name; the id where practice.yml has it no more."""
    for visit in clinic.practice.visit_types:
        if visit.id == kind:
            return in_language(visit.label, LANG)
    return kind.replace("_", " ")


def local_time(at: datetime, zone: tzinfo) -> str:
    """Tue, Dec 1, 2026, 10:00 AM EST."""
    at = at.astimezone(zone)
    return f"{at:%a, %b} {at.day}, {at.year}, {at:%I:%M %p}".replace(", 0", ", ") + f" {at.tzname()}"


def staff_summary(
    intake: Intake,
    clinic: Clinic,
    *,
    conversation: str,
    consent_at: datetime | None,
    consent_version: str | None = None,
    booking: Mapping[str, Any] | None = None,
) -> str:
    """The whole summary as plain text, to be copied into a chart.

    `booking` is the visit as the records know it; without it, as the interview left it.
    """
    visit = booking or intake.booking
    zone = clinic.practice.zoneinfo()
    sections = [
        ["KNEE INTAKE, as told by the patient to an automated assistant. Not checked by a clinician."],
        ["RED FLAGS", *([flag_line(hit, clinic) for hit in intake.red_flags] or ["none reported"])],
        ["COMPLAINT", complaint(intake, clinic)],
        *_chart_sections(intake, clinic),
        ["VISIT", visit_line(visit, clinic) if visit else "none yet"],
        ["NOT ANSWERED", ", ".join(unanswered(intake, clinic)) or "nothing"],
        _words_section(intake),
        [
            "RECORD",
            f"Conversation {conversation}",
            f"Consent: {local_time(consent_at, zone)}" if consent_at else "Consent: none",
            *([f"Consent wording: {consent_version}"] if consent_version else []),
            f"Clinic texts and rules: {clinic.digest[:12]}",
        ],
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _chart_sections(intake: Intake, clinic: Clinic) -> list[list[str]]:
    sections: dict[str, list[str]] = {}
    for row in answer_rows(intake, clinic):
        if row.value is not None:
            source = ", ".join([row.how, *([f"message {row.seq}"] if row.seq is not None else [])])
            sections.setdefault(row.group, [row.group.upper()]).append(f"{row.label}: {row.value} [{source}]")
    return list(sections.values())


def _words_section(intake: Intake) -> list[str]:
    """The patient's own words, each message once, however many answers it gave."""
    said = {
        answer.seq: answer.words
        for field, answer in intake.answers.items()
        if answer.words and answer.seq is not None and field not in _NOT_CHARTED
    }
    if not said:
        return []
    return ["IN THE PATIENT'S OWN WORDS", *(f"[{seq}] {' '.join(said[seq].split())}" for seq in sorted(said))]
