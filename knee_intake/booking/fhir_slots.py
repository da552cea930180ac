"""Slots of a FHIR server: which time they leave free, and taking one so that nobody else does.

A Slot is taken by a versioned update from free to busy, marked with the visit's uid: of two writers one is refused.
Where a server has no Slots for a clinician, or lets nobody change them, the Appointments alone decide.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta

from knee_intake.booking.fhir_appointments import LONGEST_VISIT
from knee_intake.booking.fhir_names import UID_SYSTEM, instant
from knee_intake.booking.fhir_people import People
from knee_intake.booking.fhir_resources import (
    ENTERED_IN_ERROR,
    FREE,
    TAKEN,
    FoundSlot,
    freed_slot,
    read_slot,
    taken_slot,
)
from knee_intake.booking.fhir_transport import FhirCall
from knee_intake.booking.remote import RemoteVisit
from knee_intake.booking.schedule import Busy
from knee_intake.errors import SlotTakenError

Span = tuple[datetime, datetime]


class Slots:
    """The Slots of the clinic's people."""

    def __init__(self, people: People, buffer: timedelta) -> None:
        """`buffer` is the break that the clinic keeps between two visits."""
        self._people, self._buffer = people, buffer

    def busy(self, call: FhirCall, actors: Mapping[str, str], start: datetime, end: datetime) -> list[Busy]:
        """All time that no free Slot covers, of the clinicians (clinician -> `Type/id`) who have Slots."""
        schedules = self._people.schedules(call, actors)
        found = self._find(call, [one for own in schedules.values() for one in own], start, end)
        spans: list[Busy] = []
        for clinician, own in schedules.items():
            slots = [slot for slot in found if slot.schedule in own]
            if slots or self._has_slots(call, own):
                taken = [(slot.start, slot.end) for slot in slots if slot.status in TAKEN]
                spans += [Busy(clinician, *span) for span in [*taken, *self._gaps(slots, start, end)]]
        return spans

    def take(self, call: FhirCall, visit: RemoteVisit, actor: str) -> list[str]:
        """Take every Slot in the visit's time; their ids, none where the server has no Slots for the clinician.

        Slots taken for the same uid before are kept. Raises SlotTakenError, with nothing taken.
        """
        schedules = self._people.schedules(call, {visit.clinician: actor})[visit.clinician]
        slots = self._find(call, schedules, visit.start, visit.end)
        if not slots:
            if self._has_slots(call, schedules):
                raise SlotTakenError("the clinic's calendar has no Slot at this time")
            return []
        mine = [slot for slot in slots if slot.uid == visit.uid]
        others = [slot for slot in slots if slot.uid != visit.uid]
        spans = [(slot.start, slot.end) for slot in slots]
        if any(slot.status != FREE for slot in others) or _uncovered(spans, visit.start, visit.end):
            raise SlotTakenError("the clinic's calendar has no free Slot at this time")
        taken: list[FoundSlot] = list(mine)
        for slot in others:
            answer = call.update(taken_slot(slot, visit), slot.version)
            if answer.is_conflict and not self._is_mine(call, slot.id, visit.uid):
                self.free(call, visit.uid, [one.id for one in taken], lambda _slot: False)
                raise SlotTakenError("somebody else took the Slot first")
            if not answer.is_ok and not answer.is_conflict:
                break  # a server that lets nobody change its Slots: it does so itself, or looks at Appointments only
            taken.append(slot)
        return [slot.id for slot in slots]

    def confirm(self, call: FhirCall, visit: RemoteVisit, ids: Iterable[str]) -> None:
        """Busy, no longer only tentatively, where the Slot is the visit's."""
        for slot in self._read(call, ids):
            if slot.uid == visit.uid and slot.status == "busy-tentative":
                call.update(taken_slot(slot, visit), slot.version)

    def free(self, call: FhirCall, uid: str, ids: Iterable[str], is_taken: Callable[[FoundSlot], bool]) -> None:
        """Give back the Slots with these ids that hold nobody but this visit.

        A refusal is not an error: such a server frees its Slots itself, or somebody was faster.
        """
        for slot in self._read(call, ids):
            if slot.status in TAKEN and slot.uid in (uid, None) and not is_taken(slot):
                call.update(freed_slot(slot), slot.version)

    def marked(self, call: FhirCall, uid: str) -> list[str]:
        """The ids of Slots that were taken for this visit."""
        query = [("identifier", f"{UID_SYSTEM}|{uid}"), ("status", ",".join(sorted(TAKEN)))]
        found = map(read_slot, call.search("Slot", query))
        return [slot.id for slot in found if slot.uid == uid]

    def held(self, call: FhirCall, start: datetime, end: datetime) -> list[tuple[str, FoundSlot]]:
        """(clinician, Slot) of every Slot in the span that was taken for a visit of ours."""
        schedules = self._people.schedules(call, self._people.actors(call, self._people.clinicians))
        found = self._find(call, [one for own in schedules.values() for one in own], start, end)
        return [
            (clinician, slot)
            for slot in found
            for clinician, own in schedules.items()
            if slot.uid is not None and slot.status in TAKEN and slot.schedule in own
        ]

    def _find(self, call: FhirCall, schedules: Collection[str], start: datetime, end: datetime) -> list[FoundSlot]:
        """The Slots of these Schedules between start and end, earliest first."""
        if not schedules:
            return []
        query = [
            ("schedule", ",".join(sorted(set(schedules)))),
            ("start", f"ge{instant(start - LONGEST_VISIT)}"),
            ("start", f"lt{instant(end + timedelta(seconds=1))}"),
        ]
        found = [
            slot
            for slot in map(read_slot, call.search("Slot", query))
            if slot.schedule in schedules and slot.status != ENTERED_IN_ERROR and slot.start < end and slot.end > start
        ]
        return sorted(found, key=lambda slot: (slot.start, slot.id))

    def _has_slots(self, call: FhirCall, schedules: Collection[str]) -> bool:
        return bool(schedules) and call.has_any("Slot", [("schedule", ",".join(sorted(set(schedules))))])

    def _read(self, call: FhirCall, ids: Iterable[str]) -> list[FoundSlot]:
        found = [call.read("Slot", ident) for ident in sorted(set(ids))]
        return [read_slot(resource) for resource in found if resource is not None]

    def _is_mine(self, call: FhirCall, ident: str, uid: str) -> bool:
        """Whether a refused update had gone through before, and only its answer was lost."""
        return any(slot.uid == uid for slot in self._read(call, [ident]))

    def _gaps(self, slots: Iterable[FoundSlot], start: datetime, end: datetime) -> list[Span]:
        """What no free Slot covers, or another of the clinician's Slots takes.

        No visit borders on such a gap, so it needs no break: it is made smaller by what is kept between two visits.
        """
        slots = list(slots)
        free = [(slot.start, slot.end) for slot in slots if slot.status == FREE]
        taken = [(slot.start, slot.end) for slot in slots if slot.status != FREE]
        gaps = _merged([*_uncovered(free, start, end), *taken])
        return [_smaller(span, self._buffer) for span in gaps]


def _uncovered(spans: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    """The parts of start..end that no span covers."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if first > start:
            found.append((start, min(first, end)))
        start = max(start, last)
        if start >= end:
            return found
    return [*found, (start, end)]


def _merged(spans: Iterable[Span]) -> list[Span]:
    """The same time in spans that neither touch nor overlap."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def _smaller(span: Span, by: timedelta) -> Span:
    middle = span[0] + (span[1] - span[0]) / 2
    return min(span[0] + by, middle), max(span[1] - by, middle)
