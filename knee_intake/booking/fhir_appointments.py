"""Appointments on a FHIR server: found by uid or by time, brought up to date, called off."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from knee_intake.booking.fhir_names import UID_SYSTEM, instant
from knee_intake.booking.fhir_resources import FoundAppointment, Resource, cancelled, read_appointment
from knee_intake.booking.fhir_transport import Answer, FhirCall

LONGEST_VISIT = timedelta(days=1)
"""Searches go by the start only: what began up to so long before may still go on."""
_ATTEMPTS = 3


def own_appointments(call: FhirCall, uid: str) -> list[FoundAppointment]:
    """All that we wrote under this uid, called off or not, in their order."""
    found = call.search("Appointment", [("identifier", f"{UID_SYSTEM}|{uid}")])
    return sorted((one for one in _read(found) if one.uid == uid), key=lambda one: one.order)


def open_appointments(
    call: FhirCall, actors: Collection[str], start: datetime, end: datetime
) -> list[FoundAppointment]:
    """All that take time of one of these `Type/id` between start and end, in their order."""
    if not actors:
        return []
    query = [
        ("actor", ",".join(sorted(set(actors)))),
        ("date", f"ge{instant(start - LONGEST_VISIT)}"),
        ("date", f"lt{instant(end + timedelta(seconds=1))}"),
    ]
    found = [
        one
        for one in _read(call.search("Appointment", query))
        if one.is_open and one.start < end and one.end > start and any(actor in one.participants for actor in actors)
    ]
    return sorted(found, key=lambda one: one.order)


def change(call: FhirCall, found: FoundAppointment, new: Callable[[FoundAppointment], Resource | None]) -> Answer:
    """Replace what was found by `new` of it; where somebody changed it meanwhile, by `new` of that.

    `new` gives None where nothing is to be done. The answer is not OK where the server refuses, or the Appointment is
    gone. Raises CalendarUnavailableError.
    """
    answer = Answer(200, found.resource)
    for _ in range(_ATTEMPTS):
        resource = new(found)
        if resource is None:
            return Answer(200, found.resource)
        answer = call.update(resource, found.version)
        if not answer.is_conflict:
            return answer
        there = call.read("Appointment", found.id)
        again = read_appointment(there) if there is not None else None
        if again is None:
            return Answer(404, None)
        found = again
    return answer


def call_off(call: FhirCall, found: FoundAppointment) -> None:
    """It takes no time afterwards: cancelled, or deleted where the server takes no change.

    Raises CalendarUnavailableError.
    """
    answer = change(call, found, lambda one: cancelled(one) if one.is_open else None)
    if not answer.is_ok and not answer.is_gone:
        answer = call.delete("Appointment", found.id)
    if not answer.is_ok and not answer.is_gone:
        raise answer.refused("cancel an Appointment")


def _read(resources: list[Resource]) -> list[FoundAppointment]:
    return [found for resource in resources if (found := read_appointment(resource)) is not None]
