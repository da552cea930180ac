"""The clinic's own calendar on a FHIR R4 server: Appointments, and Slots where it has them.

FHIR has no exclusive booking: a server may take two Appointments for one time. So a visit stays only after it was read
back and nothing else takes its time. Whoever sees a rival gives way, but for the one who was first among ours: that one
waits for the others to go, and gives way too if they do not. Of two writers the later one always sees the earlier one;
so never both stay, whatever clocks and orders say.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from knee_intake.booking.fhir_appointments import call_off, change, open_appointments, own_appointments
from knee_intake.booking.fhir_http import new_session
from knee_intake.booking.fhir_names import OPEN_APPOINTMENT, REQUESTED, UID_SYSTEM
from knee_intake.booking.fhir_people import People
from knee_intake.booking.fhir_resources import (
    FoundAppointment,
    FoundSlot,
    Resource,
    new_appointment,
    visit_status,
    with_state,
)
from knee_intake.booking.fhir_settings import make_key, server_address
from knee_intake.booking.fhir_slots import Slots
from knee_intake.booking.fhir_transport import FhirCall, FhirServer
from knee_intake.booking.remote import RemoteVisit
from knee_intake.booking.schedule import Busy
from knee_intake.errors import BookingError, CalendarUnavailableError, SlotTakenError

if TYPE_CHECKING:
    from knee_intake.practice import Practice
    from knee_intake.settings import Settings

log = logging.getLogger(__name__)

LOOKS_S = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""The pauses before each look at what was written, while others may still give way."""
UNDO_S = 2.0
"""The budget of taking a visit back after a call has failed."""


class FhirCalendar:
    """Implements `RemoteCalendar`. May be used by several threads."""

    def __init__(
        self, server: FhirServer, people: People, slots: Slots | None, *, requested_as: str = "proposed"
    ) -> None:
        """`slots` is None where the server's Slots are not to be used; `requested_as`: proposed, pending or booked."""
        self._server, self._people, self._slots = server, people, slots
        self._requested_as = requested_as

    @classmethod
    def from_settings(cls, settings: Settings, practice: Practice) -> FhirCalendar:
        """The calendar that the settings name. Raises SettingsError; asks the server nothing yet."""
        session = new_session()
        base = server_address(settings, "calendar_url")
        key = make_key(settings, session)
        people = People([clinician.id for clinician in practice.clinicians], settings.calendar_actors)
        buffer = timedelta(minutes=practice.booking.buffer_minutes)
        return cls(
            FhirServer(base, key, session, seconds=settings.calendar_timeout),
            people,
            Slots(people, buffer) if settings.calendar_slots else None,
            requested_as=settings.calendar_requested_as,
        )

    def busy(self, clinicians: Collection[str], start: datetime, end: datetime) -> list[Busy]:
        call = self._server.call()
        actors = self._people.actors(call, sorted(set(clinicians)))
        spans = [
            Busy(clinician, found.start, found.end)
            for found in open_appointments(call, actors.values(), start, end)
            for clinician, actor in actors.items()
            if actor in found.participants
        ]
        return spans + (self._slots.busy(call, actors, start, end) if self._slots else [])

    def write(self, visit: RemoteVisit) -> None:
        call = self._server.call()
        actor = self._people.actor(call, visit.clinician)
        own = own_appointments(call, visit.uid)
        earlier = [one for one in own if one.is_open and not one.is_at(visit, actor)]
        if any(one.is_open and one.is_at(visit, actor) for one in own):
            self._keep(call, visit, actor)
        else:
            self._place(call, visit, actor, is_new=not own)
        self._clear(call, visit.uid, earlier)

    def update(self, visit: RemoteVisit) -> None:
        call = self._server.call()
        actor = self._people.actor(call, visit.clinician)
        own = own_appointments(call, visit.uid)
        there = [one for one in own if one.is_open and one.is_at(visit, actor)]
        if not there or not self._push(call, there[0], visit, actor):
            self._place(call, visit, actor, is_new=not own)
        self._clear(call, visit.uid, [one for one in own if one.is_open and one not in there[:1]])

    def remove(self, uid: str) -> None:
        call = self._server.call()
        own = own_appointments(call, uid)
        for found in own:
            if found.is_open:
                call_off(call, found)
        if self._slots:
            self._free(call, uid, {*self._slots.marked(call, uid), *(slot for one in own for slot in one.slots)})

    def ours(self, start: datetime, end: datetime) -> list[RemoteVisit]:
        """Also visits of which there is only a Slot so far: half of a call that failed."""
        call = self._server.call()
        actors = self._people.actors(call, self._people.clinicians)
        visits = {
            found.uid: RemoteVisit(
                found.uid, clinician, found.start, found.end,
                visit_status(found, actor, self._requested_as), found.kind, found.sequence,
            )
            for found in open_appointments(call, actors.values(), start, end)
            for clinician, actor in actors.items()
            if found.uid is not None and actor in found.participants
        }  # fmt: skip
        for clinician, slot in self._slots.held(call, start, end) if self._slots else []:
            if slot.uid is not None and slot.uid not in visits:
                visits[slot.uid] = RemoteVisit(slot.uid, clinician, slot.start, slot.end, "requested", "", 0)
        return list(visits.values())

    def close(self) -> None:
        self._server.close()

    # -- a new visit -------------------------------------------------------------------------------------------------

    def _place(self, call: FhirCall, visit: RemoteVisit, actor: str, *, is_new: bool) -> None:
        """Make it, or leave everything as it was.

        `is_new`: the server has never had the uid, so it can keep a second one out by itself.
        """
        if self._rivals(call, visit, actor):
            raise SlotTakenError("the clinic's calendar has another visit at this time")
        try:
            slots = self._slots.take(call, visit, actor) if self._slots else []
        except SlotTakenError:
            if not self._stands(call, visit, actor):
                raise
            self._keep(call, visit, actor)  # another call for this visit was faster
            return
        try:
            is_made = self._create(call, visit, actor, slots, is_new=is_new)
            if is_made:
                self._settle(call, visit, actor)
        except BookingError:
            self._undo(visit, actor)
            raise
        if not is_made:
            self._keep(call, visit, actor)

    def _create(self, call: FhirCall, visit: RemoteVisit, actor: str, slots: Collection[str], *, is_new: bool) -> bool:
        """Whether it was made just now; False where the visit is there already. Raises SlotTakenError."""
        unless = f"identifier={UID_SYSTEM}|{visit.uid}" if is_new else None
        answer = call.create(new_appointment(visit, actor, self._status(visit), slots), unless)
        if answer.is_conflict and not self._stands(call, visit, actor):
            raise SlotTakenError("the clinic's calendar refuses a second visit at this time")
        if not answer.is_ok and not answer.is_conflict:
            raise answer.refused("create an Appointment")
        return answer.is_created

    def _keep(self, call: FhirCall, visit: RemoteVisit, actor: str) -> None:
        """It is there, perhaps as half of a call that failed: only looking tells whether it may stay."""
        try:
            self._settle(call, visit, actor)
        except SlotTakenError:
            self._undo(visit, actor)
            raise

    def _stands(self, call: FhirCall, visit: RemoteVisit, actor: str) -> bool:
        return any(one.is_open and one.is_at(visit, actor) for one in own_appointments(call, visit.uid))

    def _settle(self, call: FhirCall, visit: RemoteVisit, actor: str) -> None:
        """Read back what was written. Raises SlotTakenError where it may not stay; taking it back is the caller's."""
        is_seen = False
        for pause in LOOKS_S:
            call.budget.pause(pause)
            found = open_appointments(call, [actor], visit.start, visit.end)
            own = [one for one in found if one.is_at(visit, actor)]
            rivals = [one for one in found if one.uid != visit.uid]
            is_seen = bool(own)
            if own and not rivals:
                for double in own[1:]:
                    call_off(call, double)
                return
            if own and any(rival.uid is None or rival.order < own[0].order for rival in rivals):
                break
        if not is_seen:
            raise CalendarUnavailableError("the calendar server does not show what it was given")
        raise SlotTakenError("the clinic's calendar has another visit at this time")

    def _rivals(self, call: FhirCall, visit: RemoteVisit, actor: str) -> list[FoundAppointment]:
        found = open_appointments(call, [actor], visit.start, visit.end)
        return [one for one in found if one.uid != visit.uid]

    def _undo(self, visit: RemoteVisit, actor: str) -> None:
        """Take back what a failed call may have left; what stays after that is found by `ours`."""
        try:
            call = self._server.call(UNDO_S)
            own = [one for one in own_appointments(call, visit.uid) if one.is_at(visit, actor)]
            self._clear(call, visit.uid, own)
            if self._slots:
                self._free(call, visit.uid, self._slots.marked(call, visit.uid))
        except BookingError as error:
            log.warning("a visit in the clinic's calendar could not be taken back: %s", error)

    # -- one that is there -------------------------------------------------------------------------------------------

    def _push(self, call: FhirCall, found: FoundAppointment, visit: RemoteVisit, actor: str) -> bool:
        """Bring its state up to date; False where it is gone. What the clinic has taken further is left as it is."""
        wanted = self._status(visit)

        def new(one: FoundAppointment) -> Resource | None:
            is_further = one.status not in (*REQUESTED, "booked")
            is_back = visit.status == "requested" and one.status == "booked"
            is_same = (visit_status(one, actor, self._requested_as), one.sequence) == (visit.status, visit.sequence)
            return None if is_further or is_back or is_same else with_state(one, visit, actor, wanted)

        if self._slots and visit.status == "booked":
            self._slots.confirm(call, visit, found.slots)
        answer = change(call, found, new)
        if answer.is_gone:
            return False
        if not answer.is_ok:
            raise answer.refused("update an Appointment")
        return answer.resource is None or answer.resource.get("status") in OPEN_APPOINTMENT

    def _clear(self, call: FhirCall, uid: str, appointments: Collection[FoundAppointment]) -> None:
        """Call these off; a Slot that another Appointment of the visit still needs is kept."""
        for found in appointments:
            call_off(call, found)
        if self._slots and appointments:
            kept = {slot for one in own_appointments(call, uid) if one.is_open for slot in one.slots}
            self._free(call, uid, {slot for one in appointments for slot in one.slots} - kept)

    def _free(self, call: FhirCall, uid: str, slots: Collection[str]) -> None:
        if not self._slots or not slots:
            return
        actors = self._people.actors(call, self._people.clinicians)
        schedules = self._people.schedules(call, actors)

        def is_taken(slot: FoundSlot) -> bool:
            own = [actors[clinician] for clinician, its in schedules.items() if slot.schedule in its]
            return any(one.uid != uid for one in open_appointments(call, own, slot.start, slot.end))

        self._slots.free(call, uid, slots, is_taken)

    def _status(self, visit: RemoteVisit) -> str:
        return "booked" if visit.status == "booked" else self._requested_as
