"""The interview as a FHIR Questionnaire (http://hl7.org/fhir/R4/questionnaire.html), from clinic/questions.yml. PURE.

One item a field of the intake, its linkId the field's name. Coded fields are `open-choice`: a value that a later
version of the interview adds is then given in words. There is no enableWhen: people tell much unasked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knee_intake.exports.fhir_codes import FIELDS, LOINC_NOTICE, VALUES
from knee_intake.exports.fhir_parts import Names, Resource, clean, narrative
from knee_intake.interview.summary import CHART, LANG
from knee_intake.understanding import types

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic

OTHER = "other"
"""linkId of what has no item of its own."""
NUMBERS = ("pain_severity", "pain_worst_week", "pain_duration_days", "exercise_days", "exercise_minutes")
SCALES = ("pain_severity", "pain_worst_week")
_SEVERAL = (*types.LIST_FIELDS, "interest", "injection_cautions", "emergency_screen", "conditions", "joint_history")
_MIN, _MAX = ("http://hl7.org/fhir/StructureDefinition/minValue", "http://hl7.org/fhir/StructureDefinition/maxValue")


@dataclass(frozen=True)
class Item:
    """One field of the intake as it is asked."""

    field: str
    text: str
    kind: str
    """integer | open-choice | string"""
    repeats: bool
    options: dict[str, str]
    """value -> label"""


def items(clinic: Clinic) -> list[Item]:
    """Every field that the interview knows, in the order of a chart; what stands in no chart comes last."""
    charted = {field: label for _, fields in CHART for field, label in fields}
    asked = [field for question in clinic.questions.questions for field in question.fills]
    return [_item(field, charted.get(field), clinic) for field in dict.fromkeys((*charted, *asked))]


def _item(field: str, label: str | None, clinic: Clinic) -> Item:
    options = {} if field in NUMBERS else dict(_options(field, clinic))
    kind = "integer" if field in NUMBERS else "open-choice" if options else "string"
    return Item(field, _text(field, label, clinic), kind, field in _SEVERAL, options)


def _text(field: str, label: str | None, clinic: Clinic) -> str:
    """The question where it is asked for this field alone, else the chart's label."""
    question = clinic.questions.question(field)
    if question is not None and field in question.variants:
        return question.variants[field][LANG]
    if question is not None and question.fills == [field] and question.text.get(LANG):
        return question.text[LANG]
    return label or field.replace("_", " ").capitalize()


def _options(field: str, clinic: Clinic) -> Iterator[tuple[str, str]]:
    """(value, label) of all values that the field can have."""
    values: list[str] = [*types.VALUES.get(field, ()), *clinic.questions.labels.get(field, {})]
    question = clinic.questions.question(field)
    if field in (question.fills if question else ()):
        assert question is not None
        own = question.variant_choices.get(field, question.choices if len(question.fills) == 1 else [])
        values += [choice.value for choice in own if not choice.sets]
        values += [one for choice in question.choices if field in choice.sets for one in _listed(choice.sets[field])]
        values += _listed(question.none_sets.get(field))
    for value in dict.fromkeys(values):
        if value != types.UNSURE:
            yield value, clinic.questions.label(field, value, LANG)


def _listed(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [] if value is None else [str(value)]


def coding(names: Names, field: str, value: str, label: str) -> dict[str, Any]:
    """The clinic's own coding of a value."""
    return names.own(field, value, clean(label) or value)


def concept_codings(names: Names, field: str, value: str, label: str) -> list[dict[str, Any]]:
    """The same, after the standard one where there is one."""
    return [*names.allowed(VALUES.get((field, value))), coding(names, field, value, label)]


def questionnaire(clinic: Clinic, names: Names, known: Sequence[Item]) -> Resource:
    """The whole interview; `known` are its items."""
    title = f"Knee intake, version {clinic.questions.version}"
    return {
        "resourceType": "Questionnaire",
        "text": narrative(title),
        "url": names.questionnaire,
        "version": clinic.questions.version,
        "name": "KneeIntake",
        "title": "Knee intake",
        "status": "active" if clinic.questions.approved_by else "draft",
        "subjectType": ["Patient"],
        "copyright": LOINC_NOTICE,
        "item": [*(_resource(item, names) for item in known), _other()],
    }


def _resource(item: Item, names: Names) -> Resource:
    found: Resource = {"linkId": item.field, "text": clean(item.text) or item.field, "type": item.kind}
    if codes := names.allowed(FIELDS.get(item.field)):
        found["code"] = codes
    if item.field in SCALES:
        found["extension"] = [{"url": _MIN, "valueInteger": 0}, {"url": _MAX, "valueInteger": 10}]
    if item.repeats:
        found["repeats"] = True
    if item.options:
        found["answerOption"] = [
            {"valueCoding": coding(names, item.field, value, label)} for value, label in item.options.items()
        ]
    return found


def _other() -> Resource:
    return {"linkId": OTHER, "text": "What else was told", "type": "string", "repeats": True}
