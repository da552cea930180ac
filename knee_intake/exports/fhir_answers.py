"""What a patient told, as a QuestionnaireResponse and as Observations. PURE.

Every answer keeps the patient's own words as an extension. What is seen here was told by a person to a program: an
Observation stays `preliminary` until staff have reviewed the conversation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from knee_intake.booking.fhir_names import instant
from knee_intake.exports.fhir_codes import FIELDS, KNEE_REGION, PAIN_OF_KNEE, UCUM, UNITS
from knee_intake.exports.fhir_parts import (
    ABSENT,
    TERMINOLOGY,
    Names,
    Resource,
    clean,
    concept,
    narrative,
    reference,
)
from knee_intake.exports.fhir_questionnaire import OTHER, Item, coding, concept_codings
from knee_intake.interview.model import Answer, Intake
from knee_intake.interview.summary import CHART, complaint, value_text

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic

COMPLETED, IN_PROGRESS, STOPPED, AMENDED = "completed", "in-progress", "stopped", "amended"
STATUS = {
    "active": IN_PROGRESS, "stopped": STOPPED, "refused": STOPPED, "booked": COMPLETED, "finished": COMPLETED,
    "advised": COMPLETED, "handed_over": COMPLETED,
}  # fmt: skip
"""The conversation's status -> that of the QuestionnaireResponse."""
COMPLAINT = "complaint"
"""Key of the Observation that tells the complaint in one line; no field of the intake."""
REVIEWED = ("contacted", "booked", "closed")
"""Review states after which what was told counts as read by a person."""
CODED = ("knee_side", "onset", "activity_level", "morning_stiffness")
SEVERAL = ("pain_location", "symptoms", "aggravated_by", "arthritis_history", "activities", "treatments_tried")
_OF_THE_KNEE = ("pain_severity", "pain_worst_week", "pain_duration_days", "pain_location", "knee_side")
_REASONS = {"skipped": "asked-declined", "unsure": "asked-unknown"}
_LABELS = {field: label for _, fields in CHART for field, label in fields}
_NONE = ("none", "None of these")


@dataclass(frozen=True)
class Told:
    """One conversation's answers, and who stands where in the Bundle."""

    intake: Intake
    clinic: Clinic
    items: Sequence[Item]
    """Of the Questionnaire."""
    names: Names
    patient: str
    source: str
    """Who answered: the patient, or somebody for them."""
    device: str
    said_at: Mapping[int, datetime]
    """seq -> when that message came"""
    last_at: datetime
    reviewed: bool

    def at(self, answer: Answer) -> datetime:
        return self.said_at.get(answer.seq or 0, self.last_at)


def response(told: Told, conversation: str, status: str) -> Resource:
    """The QuestionnaireResponse. Items stand in the order of the Questionnaire."""
    fields = {item.field for item in told.items}
    found = [
        _item(item, told.intake.answers[item.field], told) for item in told.items if item.field in told.intake.answers
    ]
    others = {field: answer for field, answer in told.intake.answers.items() if field not in fields}
    if said := [{"valueString": text} for field, answer in others.items() if (text := _in_words(field, answer, told))]:
        found.append({"linkId": OTHER, "answer": said})
    rows = [
        (_LABELS.get(field, field.replace("_", " ")), _shown(field, answer, told))
        for field, answer in told.intake.answers.items()
    ]
    resource: Resource = {
        "resourceType": "QuestionnaireResponse",
        "text": narrative("Knee intake, as told to an automated assistant. Not checked by a clinician.", rows),
        "identifier": {"system": told.names.conversation, "value": conversation},
        "questionnaire": f"{told.names.questionnaire}|{told.clinic.questions.version}",
        "status": status,
        "subject": reference(told.patient),
        "authored": instant(told.last_at),
        "author": reference(told.device),
        "source": reference(told.source),
    }
    return {**resource, "item": found} if found else resource


def response_status(status: str, intake: Intake, said_at: Mapping[int, datetime], placed_at: datetime | None) -> str:
    """`amended` where a correction came after the visit had been asked for (at `placed_at`)."""
    found = STATUS.get(status, IN_PROGRESS)
    if found != COMPLETED or placed_at is None:
        return found
    corrected = [said_at.get(answer.seq or 0) for answer in intake.answers.values() if answer.how == "corrected"]
    return AMENDED if any(at is not None and at > placed_at for at in corrected) else found


def _item(item: Item, answer: Answer, told: Told) -> Resource:
    found: Resource = {"linkId": item.field, "text": clean(item.text) or item.field}
    values = [value for one in _each(answer.value) if (value := _value(item, one, told))]
    if item.repeats is False and len(values) > 1:
        values = [{"valueString": _shown(item.field, answer, told)}] if item.kind != "integer" else values[:1]
    extensions = [{"url": told.names.extension("how-answered"), "valueCode": answer.how}]
    if words := clean(answer.words):
        extensions.append({"url": told.names.extension("patient-words"), "valueString": words})
    if answer.value is None:
        extensions.append({"url": ABSENT, "valueCode": _REASONS.get(answer.how, "unknown")})
    if isinstance(answer.value, list) and not answer.value and item.kind == "open-choice":
        values = [{"valueString": _NONE[1]}]
    return {"extension": extensions, **found, **({"answer": values} if values else {})}


def _each(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]


def _value(item: Item, value: Any, told: Told) -> dict[str, Any] | None:
    if item.kind == "integer":
        number = _whole(value)
        return None if number is None else {"valueInteger": number}
    if str(value) in item.options:
        return {"valueCoding": coding(told.names, item.field, str(value), item.options[str(value)])}
    text = clean(value if item.kind == "string" else value_text(item.field, value, told.clinic))
    return {"valueString": text} if text else None


def _whole(value: Any) -> int | None:
    try:
        number = round(float(value))
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < 2**31 else None


def _in_words(field: str, answer: Answer, told: Told) -> str | None:
    return clean(f"{field.replace('_', ' ')}: {_shown(field, answer, told)}")


def _shown(field: str, answer: Answer, told: Told) -> str:
    if answer.value is None:
        return answer.how
    if field == "pain_duration_days" and _whole(answer.value) is None:
        return str(answer.value)
    return value_text(field, answer.value, told.clinic)


# -- observations ----------------------------------------------------------------------------------------------------


def observations(told: Told, derived_from: str) -> Iterator[tuple[str, Resource]]:
    """(key, Observation) for each answer that is a finding. What was skipped or is not known gives none."""
    if any(told.intake.value(field) for field in ("knee_side", "pain_location", "pain_severity")):
        yield COMPLAINT, _complaint(told, derived_from)
    for field in (*UNITS, *CODED, *SEVERAL):
        answer = told.intake.answers.get(field)
        if answer is None or answer.value is None:
            continue
        value = _observed(field, answer, told)
        if value is not None:
            said = _shown(field, answer, told)
            yield field, {**_head(field, said, told, told.at(answer), derived_from), **value}


def _observed(field: str, answer: Answer, told: Told) -> dict[str, Any] | None:
    labels = _labels(field, told)
    if field in UNITS:
        number, (code, unit) = _whole(answer.value), UNITS[field]
        if number is None:
            return None
        return {"valueQuantity": {"value": number, "unit": unit, "system": UCUM, "code": code}}
    values = [str(one) for one in _each(answer.value)] or [_NONE[0]]
    concepts = [_concept(field, value, labels, told) for value in values]
    if field in SEVERAL and len(concepts) > 1:
        asked = _head_code(field, told)
        return {"component": [{"code": asked, "valueCodeableConcept": one} for one in concepts]}
    return {"valueCodeableConcept": concepts[0]}


def _labels(field: str, told: Told) -> dict[str, str]:
    return next((item.options for item in told.items if item.field == field), {})


def _concept(field: str, value: str, labels: Mapping[str, str], told: Told) -> dict[str, Any]:
    label = labels.get(value) or (_NONE[1] if value == _NONE[0] else value.replace("_", " "))
    if value not in labels and value != _NONE[0]:
        return concept(text=label) or concept(text="not known")
    return concept(*concept_codings(told.names, field, value, label), text=label)


def _complaint(told: Told, derived_from: str) -> Resource:
    text = complaint(told.intake, told.clinic)
    head = _head(COMPLAINT, text, told, told.last_at, derived_from)
    return {**head, "valueCodeableConcept": concept(*told.names.allowed(PAIN_OF_KNEE), text=text)}


def _head_code(field: str, told: Told) -> dict[str, Any]:
    label = _LABELS.get(field, field.replace("_", " ").capitalize())
    own = told.names.own("observation", field.replace("_", "-"), label)
    return concept(*told.names.allowed(FIELDS.get(field)), own, text=label)


def _head(field: str, said: str, told: Told, at: datetime, derived_from: str) -> Resource:
    label = _LABELS.get(field, "Complaint")
    survey = {"system": f"{TERMINOLOGY}/observation-category", "code": "survey", "display": "Survey"}
    found: Resource = {
        "resourceType": "Observation",
        "text": narrative("As told by the patient", [(label, said)]),
        "status": "final" if told.reviewed else "preliminary",
        "category": [concept(survey)],
        "code": _head_code(field, told),
        "subject": reference(told.patient),
        "effectiveDateTime": instant(at),
        "issued": instant(told.last_at),
        "performer": [reference(told.source)],
        "derivedFrom": [reference(derived_from)],
    }
    if field in (*_OF_THE_KNEE, COMPLAINT):
        side = told.intake.value("knee_side")
        text = value_text("knee_side", side, told.clinic) if side else "knee"
        found["bodySite"] = concept(*told.names.allowed(KNEE_REGION), text=text)
    return found
