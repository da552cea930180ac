"""One conversation as a FHIR R4 Bundle (type collection, http://hl7.org/fhir/R4/bundle.html). PURE.

Every resource has an address made from the conversation's id, the same at each export, and every reference stands for
one that is in the Bundle. Nothing is made up: a Patient has what was told, and no birth date. Without consent the
Bundle is empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from knee_intake import __version__
from knee_intake.booking.fhir_names import instant
from knee_intake.exports import fhir_answers as answers
from knee_intake.exports.fhir_parts import TERMINOLOGY, Names, Resource, clean, concept, narrative, reference, urn
from knee_intake.exports.fhir_questionnaire import items, questionnaire
from knee_intake.interview.model import Intake
from knee_intake.interview.summary import URGENCY_LABELS, rule_names
from knee_intake.practice import Clinician

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic
    from knee_intake.records.exported import Exported

SELF = "self"


class VisitShapes(Protocol):
    """How /fhir shows visits and people: the export shows them in the same way."""

    def appointment(self, row: Mapping[str, Any]) -> Resource: ...

    def practitioner(self, clinician: Clinician) -> Resource: ...


class Bundler:
    """Makes Bundles of one clinic's conversations."""

    def __init__(self, clinic: Clinic, shapes: VisitShapes, names: Names) -> None:
        self._clinic, self._shapes, self._names = clinic, shapes, names
        self._rules = rule_names(clinic)
        self._items = items(clinic)
        self._questionnaire = questionnaire(clinic, names, self._items)

    def bundle(self, exported: Exported, made_at: datetime) -> Resource:
        """The Bundle; `made_at` is the time of the export."""
        conversation = exported.detail.item.id
        found: Resource = {
            "resourceType": "Bundle",
            "identifier": {"system": self._names.conversation, "value": conversation},
            "type": "collection",
            "timestamp": instant(made_at),
        }
        if not exported.detail.item.consented:
            return found
        entries = [
            {"fullUrl": address, "resource": _identified(resource, address)}
            for address, resource in self._resources(exported, conversation)
        ]
        return {**found, "entry": entries}

    def _resources(self, exported: Exported, conversation: str) -> Iterator[tuple[str, Resource]]:
        detail = exported.detail
        told = self._told(exported, conversation)
        form, response = urn(self._names.questionnaire, self._clinic.questions.version), urn(conversation, "response")
        status = answers.response_status(
            detail.conversation["status"], detail.intake, told.said_at, min(_placed(exported.visits), default=None)
        )
        observed = [(urn(conversation, "observation", key), one) for key, one in answers.observations(told, response)]
        flags = [(urn(conversation, "flag", row["id"]), self._flag(row, told)) for row in detail.alerts]
        yield form, self._questionnaire
        yield told.patient, self._patient(told, conversation)
        if told.source != told.patient:
            yield told.source, _related(told)
        yield told.device, self._device()
        yield response, answers.response(told, conversation, status)
        yield from observed
        yield from flags
        yield from self._visits(exported.visits, told, conversation)
        targets = [response, *(address for address, _ in (*observed, *flags))]
        yield urn(conversation, "provenance"), self._provenance(told, targets)

    def _told(self, exported: Exported, conversation: str) -> answers.Told:
        detail = exported.detail
        patient = urn(conversation, "patient")
        for_other = detail.intake.value("who_for") not in (None, SELF)
        said_at = {row["seq"]: row["at"] for row in detail.messages if row["sender"] == "visitor"}
        return answers.Told(
            intake=detail.intake,
            clinic=self._clinic,
            items=self._items,
            names=self._names,
            patient=patient,
            source=urn(conversation, "related") if for_other else patient,
            device=urn(self._names.questionnaire, "assistant", __version__, self._clinic.digest),
            said_at=said_at,
            last_at=max(said_at.values(), default=detail.conversation["consent_at"]),
            reviewed=detail.conversation["review"] in answers.REVIEWED,
        )

    def _patient(self, told: answers.Told, conversation: str) -> Resource:
        identified = {"identifier": [{"system": self._names.conversation, "value": conversation}]}
        known = _contact(told.intake) if told.source == told.patient else {}
        return {"resourceType": "Patient", "text": narrative("Patient of a knee intake"), **identified, **known}

    def _device(self) -> Resource:
        rules = {"type": {"text": "clinic texts and rules"}, "value": self._clinic.digest[:12]}
        return {
            "resourceType": "Device",
            "text": narrative(f"Knee Intake {__version__}, an automated assistant"),
            "deviceName": [{"name": "Knee Intake", "type": "user-friendly-name"}],
            "type": {"text": "automated assistant for taking a history"},
            "version": [{"type": {"text": "software"}, "value": __version__}, rules],
        }

    def _flag(self, row: Mapping[str, Any], told: answers.Told) -> Resource:
        """A red flag that was raised. It is `inactive` once staff have acknowledged it."""
        rule, seen = row["rule"], row["acknowledged_at"]
        name, urgency = self._rules.get(rule, ""), row["urgency"]
        label = f"{rule}: {name}" if name else rule
        words = [("Urgency", URGENCY_LABELS.get(urgency, urgency)), ("Rule", f"{rule} version {row['rule_version']}")]
        own = {**self._names.own("red-flag-rule", rule, label), "version": str(row["rule_version"])}
        safety = {"system": f"{TERMINOLOGY}/flag-category", "code": "safety", "display": "Safety"}
        level = self._names.own("urgency", urgency.replace("_", "-"), URGENCY_LABELS.get(urgency, urgency))
        found: Resource = {
            "resourceType": "Flag",
            "text": narrative(label, words),
            "identifier": [{"system": self._names.alert, "value": str(row["id"])}],
            "status": "inactive" if seen else "active",
            "category": [concept(safety), concept(level, text=URGENCY_LABELS.get(urgency, urgency))],
            "code": concept(own, text=label),
            "subject": reference(told.patient),
            "period": {"start": instant(row["at"]), **({"end": instant(seen)} if seen else {})},
            "author": reference(told.device),
        }
        if shown := clean(row["shown"]):
            found["extension"] = [{"url": self._names.extension("text-shown"), "valueString": shown}]
        return found

    def _visits(
        self, visits: Sequence[Mapping[str, Any]], told: answers.Told, conversation: str
    ) -> Iterator[tuple[str, Resource]]:
        """Appointments as /fhir shows them, and the people they are with."""
        people = {one.id: one for one in self._clinic.practice.clinicians}
        for clinician in sorted({row["clinician"] for row in visits}):
            left = {"resourceType": "Practitioner", "name": [{"text": clinician.replace("_", " ")}]}
            resource: Resource = self._shapes.practitioner(people[clinician]) if clinician in people else left
            words = {"text": narrative(resource["name"][0]["text"])}
            yield urn(self._names.questionnaire, "practitioner", clinician), {**resource, **words}
        for row in visits:
            shape = self._shapes.appointment(row)
            person = reference(urn(self._names.questionnaire, "practitioner", row["clinician"]))
            with_whom = [{**one, "actor": person} for one in shape["participant"]]
            asked = {"actor": reference(told.patient), "required": "required", "status": "accepted"}
            words = {"text": narrative(f"Visit {row['reference']}, {shape['status']}")}
            yield urn(conversation, "visit", row["id"]), {**shape, **words, "participant": [asked, *with_whom]}

    def _provenance(self, told: answers.Told, targets: Sequence[str]) -> Resource:
        role = f"{TERMINOLOGY}/provenance-participant-type"
        agents = (("assembler", "Assembler", told.device), ("author", "Author", told.source))
        return {
            "resourceType": "Provenance",
            "text": narrative("Told by the patient, or for them, and put together by an automated assistant"),
            "target": [reference(target) for target in targets],
            "recorded": instant(told.last_at),
            "agent": [
                {"type": concept({"system": role, "code": code, "display": label}), "who": reference(who)}
                for code, label, who in agents
            ],
        }


def _identified(resource: Resource, address: str) -> Resource:
    kind = {"resourceType": resource["resourceType"], "id": address.removeprefix("urn:uuid:")}
    return {**kind, **{name: value for name, value in resource.items() if name not in kind}}


def _placed(visits: Sequence[Mapping[str, Any]]) -> list[datetime]:
    return [row["created_at"] for row in visits]


def _related(told: answers.Told) -> Resource:
    """Who writes for the patient; the name and the contact that were given are theirs."""
    words = narrative("Answered for the patient")
    return {
        "resourceType": "RelatedPerson", "text": words, "patient": reference(told.patient), **_contact(told.intake),
    }  # fmt: skip


def _contact(intake: Intake) -> dict[str, Any]:
    """Name and contact as given."""
    found: dict[str, Any] = {}
    if name := clean(intake.value("first_name")):
        found["name"] = [{"text": name, "given": [name]}]
    contacts = [
        {"system": system, "value": value} for system in ("phone", "email") if (value := clean(intake.value(system)))
    ]
    return {**found, "telecom": contacts} if contacts else found
