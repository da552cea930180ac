"""Appointment and Slot as FHIR R4 writes them: ours from a visit, and what a server gives, read with care. PURE.

A server's resource is kept whole beside what we read of it: an update has to send back all that we do not know.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from knee_intake.booking.fhir_names import (
    KIND_SYSTEM,
    OPEN_APPOINTMENT,
    REQUESTED,
    SEQUENCE_URL,
    UID_SYSTEM,
    instant,
    local_reference,
)
from knee_intake.booking.fhir_structs import Appointment, Identifier, Schedule, Slot
from knee_intake.booking.ics import TEXTS
from knee_intake.booking.remote import RemoteVisit
from knee_intake.errors import CalendarUnavailableError

Resource = dict[str, Any]
T = TypeVar("T")

FREE, ENTERED_IN_ERROR = "free", "entered-in-error"
TAKEN = frozenset({"busy", "busy-tentative"})
"""Slots in these states hold a visit; `busy-unavailable` is time that is not given out."""


@dataclass(frozen=True)
class FoundAppointment:
    """One Appointment that has a time."""

    resource: Resource
    id: str
    version: str | None
    updated: str
    """When the server last changed it, by its own clock and in its own writing."""
    status: str
    start: datetime
    end: datetime
    uid: str | None
    """Of one that we wrote."""
    kind: str
    sequence: int
    slots: tuple[str, ...]
    """The ids of its Slots."""
    participants: dict[str, str | None]
    """Type/id of who takes part and has not declined -> their own status."""

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_APPOINTMENT

    @property
    def order(self) -> tuple[str, str, str]:
        """Who was first, the same for everybody who looks."""
        return self.updated, self.uid or "", self.id

    def is_at(self, visit: RemoteVisit, actor: str) -> bool:
        """Whether it is this visit at its time, with the clinician."""
        return (self.uid, self.start, self.end) == (visit.uid, visit.start, visit.end) and actor in self.participants


@dataclass(frozen=True)
class FoundSlot:
    """One Slot of a clinician's Schedule."""

    resource: Resource
    id: str
    version: str | None
    schedule: str
    """Schedule/id."""
    status: str
    start: datetime
    end: datetime
    uid: str | None
    """The visit for which we took it."""


def read_appointment(resource: Resource) -> FoundAppointment | None:
    """None where it has no time: such a one holds none. Raises CalendarUnavailableError where it is nonsense."""
    found = _convert(resource, Appointment)
    if found.start is None or found.end is None:
        return None
    codings = [coding for concept in found.service_type for coding in concept.coding if coding.system == KIND_SYSTEM]
    sequences = [one.value_integer for one in found.extension if one.url == SEQUENCE_URL]
    return FoundAppointment(
        resource=resource,
        id=found.id,
        version=found.meta.version_id,
        updated=found.meta.last_updated,
        status=found.status,
        start=found.start,
        end=found.end,
        uid=_uid(found.identifier),
        kind=next((coding.code or "" for coding in codings), ""),
        sequence=next((number or 0 for number in sequences), 0),
        slots=tuple(local_reference(one.reference).partition("/")[2] for one in found.slot if one.reference),
        participants={
            local_reference(one.actor.reference): one.status
            for one in found.participant
            if one.actor.reference and one.status != "declined"
        },
    )


def read_slot(resource: Resource) -> FoundSlot:
    """Raises CalendarUnavailableError where it is nonsense."""
    found = _convert(resource, Slot)
    return FoundSlot(
        resource=resource,
        id=found.id,
        version=found.meta.version_id,
        schedule=local_reference(found.schedule.reference or ""),
        status=found.status,
        start=found.start,
        end=found.end,
        uid=_uid(found.identifier),
    )


def read_schedule(resource: Resource) -> tuple[str, list[str]] | None:
    """(Schedule/id, Type/id of its actors); None where it is not in use. Raises CalendarUnavailableError."""
    found = _convert(resource, Schedule)
    actors = [local_reference(actor.reference) for actor in found.actor if actor.reference]
    return (f"Schedule/{found.id}", actors) if found.active else None


def new_appointment(visit: RemoteVisit, actor: str, status: str, slots: Collection[str]) -> Resource:
    """The Appointment of a visit: its time and reference, no name, no word about health."""
    resource: Resource = {
        "resourceType": "Appointment",
        "extension": [{"url": SEQUENCE_URL, "valueInteger": visit.sequence}],
        "identifier": [_identifier(visit.uid)],
        "status": status,
        "serviceType": [{"coding": [{"system": KIND_SYSTEM, "code": visit.kind}]}],
        "description": TEXTS["en"][visit.status],
        "start": instant(visit.start),
        "end": instant(visit.end),
        "minutesDuration": round((visit.end - visit.start).total_seconds() / 60),
        "comment": TEXTS["en"]["reference"].format(reference=visit.uid.partition("@")[0].upper()),
        "participant": [{"actor": {"reference": actor}, "required": "required", "status": _participation(visit)}],
    }
    if slots:
        resource["slot"] = [{"reference": f"Slot/{slot}"} for slot in slots]
    return resource


def with_state(found: FoundAppointment, visit: RemoteVisit, actor: str, status: str) -> Resource:
    """The server's resource with the visit's state, all else as it is."""
    participants = [
        {**one, "status": _participation(visit)} if _is_of(one, actor) else one
        for one in found.resource.get("participant", [])
    ]
    others = [one for one in found.resource.get("extension", []) if one.get("url") != SEQUENCE_URL]
    return {
        **found.resource,
        "extension": [*others, {"url": SEQUENCE_URL, "valueInteger": visit.sequence}],
        "status": status,
        "description": TEXTS["en"][visit.status],
        "participant": participants,
    }


def cancelled(found: FoundAppointment) -> Resource:
    """The server's resource, called off."""
    return {**found.resource, "status": "cancelled", "description": TEXTS["en"]["cancelled"]}


def visit_status(found: FoundAppointment, actor: str, requested_as: str) -> str:
    """requested | booked; where requests are written as `booked`, the clinician's own answer tells them apart."""
    if found.status in REQUESTED:
        return "requested"
    waits = requested_as == "booked" and found.status == "booked" and found.participants.get(actor) == "needs-action"
    return "requested" if waits else "booked"


def taken_slot(found: FoundSlot, visit: RemoteVisit) -> Resource:
    """The Slot with our visit in it."""
    others = [one for one in found.resource.get("identifier", []) if one.get("system") != UID_SYSTEM]
    status = "busy" if visit.status == "booked" else "busy-tentative"
    return {**found.resource, "status": status, "identifier": [*others, _identifier(visit.uid)]}


def freed_slot(found: FoundSlot) -> Resource:
    """The Slot without our visit."""
    resource = {**found.resource, "status": FREE}
    others = [one for one in resource.pop("identifier", []) if one.get("system") != UID_SYSTEM]
    return {**resource, "identifier": others} if others else resource


def _participation(visit: RemoteVisit) -> str:
    return "accepted" if visit.status == "booked" else "needs-action"


def _is_of(participant: Resource, actor: str) -> bool:
    return local_reference(participant.get("actor", {}).get("reference", "")) == actor


def _identifier(uid: str) -> Resource:
    return {"system": UID_SYSTEM, "value": uid}


def _uid(identifiers: list[Identifier]) -> str | None:
    return next((one.value for one in identifiers if one.system == UID_SYSTEM and one.value), None)


def _convert(resource: Resource, kind: type[T]) -> T:
    try:
        return msgspec.convert(resource, kind)
    except msgspec.ValidationError as error:
        name = resource.get("resourceType")
        raise CalendarUnavailableError(f"the calendar server's {name} cannot be read") from error
