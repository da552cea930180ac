"""Our records as FHIR R4 resources: people, schedules, slots and visits. No patient's name, contact or complaint.

Elements and value sets are those of http://hl7.org/fhir/R4/ (schedule, slot, appointment, practitioner).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from knee_intake.booking.fhir_names import KIND_SYSTEM, REFERENCE_SYSTEM, SEQUENCE_URL, fhir_id, instant
from knee_intake.booking.slots import Slot
from knee_intake.practice import Clinician, Practice
from knee_intake.records.visit_queries import identifier_of
from knee_intake.texts import in_language

Resource = dict[str, Any]

STATUS = {"requested": "proposed", "booked": "booked", "cancelled": "cancelled"}
"""Booking status -> Appointment status."""
_SLOT_TIME = "%Y%m%dT%H%MZ"


class Shapes:
    """Makes resources of one practice."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self._ids = _ids(practice.clinicians)
        self._by_id = {ident: clinician for clinician, ident in self._ids.items()}

    def clinician(self, ident: str) -> str | None:
        """The clinician of practice.yml behind a Practitioner's or a Schedule's id."""
        return self._by_id.get(ident)

    def clinicians(self, idents: Iterable[str] | None) -> list[str]:
        """Those behind the ids, in the order of practice.yml; all where None is given."""
        every = [clinician.id for clinician in self._practice.clinicians]
        if idents is None:
            return every
        wanted = {self._by_id.get(ident) for ident in idents}
        return [clinician for clinician in every if clinician in wanted]

    def person(self, clinician: str) -> str:
        """The Practitioner's reference; also of somebody who has left practice.yml."""
        return f"Practitioner/{self._ids.get(clinician, fhir_id(clinician))}"

    def practitioner(self, clinician: Clinician) -> Resource:
        name = clinician.name or in_language(clinician.role, "en")
        return {
            "resourceType": "Practitioner",
            "id": self._ids[clinician.id],
            "active": True,
            "name": [{"text": name}],
        }

    def schedule(self, clinician: Clinician, now: datetime) -> Resource:
        last = now + timedelta(days=self._practice.booking.horizon_days)
        resource: Resource = {
            "resourceType": "Schedule",
            "id": self._ids[clinician.id],
            "active": True,
            "actor": [{"reference": self.person(clinician.id), "display": in_language(clinician.role, "en")}],
            "planningHorizon": {"start": instant(now), "end": instant(last)},
        }
        if clinician.visit_types:
            resource["serviceType"] = [self._service(kind) for kind in clinician.visit_types]
        return resource

    def slot(self, slot: Slot) -> Resource:
        return {
            "resourceType": "Slot",
            "id": f"{self._ids[slot.clinician]}-{slot.start.astimezone(timezone.utc).strftime(_SLOT_TIME)}",
            "schedule": {"reference": f"Schedule/{self._ids[slot.clinician]}"},
            "status": slot.status,
            "start": instant(slot.start),
            "end": instant(slot.end),
        }

    def slot_of(self, ident: str) -> tuple[str, datetime] | None:
        """(clinician, start) that a Slot's id names."""
        person, _, clock = ident.rpartition("-")
        clinician = self._by_id.get(person)
        try:
            start = datetime.strptime(clock, _SLOT_TIME).replace(tzinfo=timezone.utc)
        except ValueError:
            return None
        return (clinician, start) if clinician is not None else None

    def appointment(self, row: Mapping[str, Any]) -> Resource:
        """A visit's row of the bookings table."""
        identifiers = [{"system": REFERENCE_SYSTEM, "value": row["reference"]}]
        if outside := identifier_of(row):
            system = {"system": outside.system} if outside.system else {}
            identifiers.append({**system, "value": outside.value})
        return {
            "resourceType": "Appointment",
            "id": row["id"],
            "meta": {"versionId": version_of(row), "lastUpdated": instant(row["updated_at"])},
            "extension": [{"url": SEQUENCE_URL, "valueInteger": row["sequence"]}],
            "identifier": identifiers,
            "status": STATUS[row["status"]],
            "serviceType": [self._service(row["kind"])],
            "start": instant(row["start"]),
            "end": instant(row["end"]),
            "minutesDuration": round((row["end"] - row["start"]).total_seconds() / 60),
            "created": instant(row["created_at"]),
            "participant": [
                {
                    "actor": {"reference": self.person(row["clinician"])},
                    "required": "required",
                    "status": "accepted" if row["status"] == "booked" else "needs-action",
                }
            ],
        }

    def _service(self, kind: str) -> Resource:
        labels = {visit.id: in_language(visit.label, "en") for visit in self._practice.visit_types}
        coding = {"system": KIND_SYSTEM, "code": kind}
        return {"coding": [{**coding, "display": labels[kind]} if kind in labels else coding]}


def version_of(row: Mapping[str, Any]) -> str:
    """The version of a visit: it grows with every change."""
    return str(row["sequence"] + 1)


def _ids(clinicians: Iterable[Clinician]) -> dict[str, str]:
    """Clinician -> an id that FHIR takes; two whose ids would be one get a number."""
    found: dict[str, str] = {}
    for clinician in clinicians:
        ident, number = fhir_id(clinician.id), 1
        while ident in found.values():
            number += 1
            ident = f"{fhir_id(clinician.id)}-{number}"
        found[clinician.id] = ident
    return found
