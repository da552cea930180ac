"""The clinic's calendar for other programs: a FHIR R4 server under /fhir, for staff only."""

from __future__ import annotations

from datetime import datetime, timedelta

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from knee_intake.booking.slots import ELSEWHERE, Slot, Taken, slots_between
from knee_intake.errors import NotFoundError
from knee_intake.practice import Clinician, Practice
from knee_intake.records.busy_times import taken_between
from knee_intake.records.visit_queries import taken_spans
from knee_intake.web.context import AppContext
from knee_intake.web.fhir_answers import Resource, resource_response, search_set
from knee_intake.web.fhir_capability import SEARCH, capability_statement
from knee_intake.web.fhir_query import Params, page_key, time_bounds
from knee_intake.web.fhir_reads import note_read
from knee_intake.web.fhir_request import EVERY_METHOD, FhirRequest, Handler, endpoint
from knee_intake.web.fhir_shapes import Shapes
from knee_intake.web.fhir_visits import Visits
from knee_intake.web.staff_gate import StaffGate

LONGEST_SEARCH = timedelta(days=92)
"""Slots are made when they are asked for: no search goes on for ever."""


def fhir_routes(context: AppContext) -> list[BaseRoute]:
    """Every route under /fhir."""
    server = FhirRoutes(context)
    visits = Visits(context, server.gate, server.shapes)
    kinds: dict[str, tuple[dict[str, Handler], dict[str, Handler]]] = {
        "Practitioner": ({"GET": server.search_people}, {"GET": server.read_person}),
        "Schedule": ({"GET": server.search_schedules}, {"GET": server.read_schedule}),
        "Slot": ({"GET": server.search_slots}, {"GET": server.read_slot}),
        "Appointment": (
            {"GET": visits.search, "POST": visits.create},
            {"GET": visits.read, "PUT": visits.update},
        ),
    }
    routes: list[BaseRoute] = [_route("/fhir/metadata", {"GET": server.open_to_staff(server.metadata)})]
    for kind, (every, one) in kinds.items():
        search = {"POST": server.open_to_staff(every["GET"])}
        routes += [
            _route(f"/fhir/{kind}", {**every, "GET": server.open_to_staff(every["GET"])}),
            _route(f"/fhir/{kind}/_search", search, form=True),
            _route(f"/fhir/{kind}/{{id}}", {**one, "GET": server.open_to_staff(one["GET"])}),
        ]
    return [*routes, _route("/fhir/{rest:path}", dict.fromkeys(EVERY_METHOD, server.nothing))]


def _route(path: str, handlers: dict[str, Handler], *, form: bool = False) -> Route:
    return Route(path, endpoint(handlers, form=form), methods=list(EVERY_METHOD))


class FhirRoutes:
    """The handlers of what is only read; each runs in a worker thread."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self.gate = StaffGate(context)
        self.shapes = Shapes(self._practice)

    @property
    def _practice(self) -> Practice:
        return self._context.clinic.practice

    def open_to_staff(self, handler: Handler) -> Handler:
        """`handler`, for who may read on the staff pages; what they read is written down before they do."""

        def checked(request: FhirRequest) -> Response:
            with self._context.database.write() as connection:  # a session notes when it was last used
                member = self.gate.caller(request.request, connection)
                note_read(self._context, connection, member, request)
            request.request.state.member = member
            return handler(request)

        return checked

    def nothing(self, request: FhirRequest) -> Response:
        raise NotFoundError("no such page")

    def metadata(self, request: FhirRequest) -> Response:
        return resource_response(capability_statement(request.base, self._practice.name.value or ""))

    # -- people and their schedules ----------------------------------------------------------------------------------

    def search_people(self, request: FhirRequest) -> Response:
        params = request.params(SEARCH["Practitioner"])
        found = [self.shapes.practitioner(one) for one in self._people(params.choices("_id"))]
        return self._whole(request, "Practitioner", params, found)

    def read_person(self, request: FhirRequest) -> Response:
        return resource_response(self.shapes.practitioner(self._person(request.ident)))

    def search_schedules(self, request: FhirRequest) -> Response:
        params = request.params(SEARCH["Schedule"])
        wanted = [params.choices("_id"), params.references("Practitioner", "actor")]
        active = params.codes("active")
        people = [] if active is not None and "true" not in active else self._people(*wanted)
        now = self._context.clock()
        return self._whole(request, "Schedule", params, [self.shapes.schedule(one, now) for one in people])

    def read_schedule(self, request: FhirRequest) -> Response:
        return resource_response(self.shapes.schedule(self._person(request.ident), self._context.clock()))

    def _people(self, *wanted: set[str] | None) -> list[Clinician]:
        """The clinicians whose id is in each of the sets that are given."""
        found = [self.shapes.clinicians(ids) for ids in wanted]
        return [one for one in self._practice.clinicians if all(one.id in ids for ids in found)]

    def _person(self, ident: str) -> Clinician:
        people = self._people({ident})
        if not people:
            raise NotFoundError("no such clinician")
        return people[0]

    def _whole(self, request: FhirRequest, kind: str, params: Params, found: list[Resource]) -> Response:
        """A search whose matches fit on one page."""
        shown = found if params.count else []
        return resource_response(search_set(request.base, kind, params.used, shown, len(found), None))

    # -- slots -------------------------------------------------------------------------------------------------------

    def search_slots(self, request: FhirRequest) -> Response:
        params = request.params(SEARCH["Slot"])
        statuses, ids = params.codes("status"), params.choices("_id")
        found = [
            slot
            for slot in self._slots(params)
            if (statuses is None or slot.status in statuses) and (ids is None or self.shapes.slot(slot)["id"] in ids)
        ]
        total, after, limit = len(found), params.after, params.count
        left = [slot for slot in found if after is None or _key(slot) > after]
        shown = left[:limit]
        following = page_key(*_key(shown[-1])) if shown and len(left) > limit else None
        resources = [self.shapes.slot(slot) for slot in shown]
        return resource_response(search_set(request.base, "Slot", params.used, resources, total, following))

    def read_slot(self, request: FhirRequest) -> Response:
        named = self.shapes.slot_of(request.ident)
        if named is None:
            raise NotFoundError("no such slot")
        clinician, start = named
        for slot in self._between([clinician], start, start + timedelta(minutes=1)):
            return resource_response(self.shapes.slot(slot))
        raise NotFoundError("no such slot")

    def _slots(self, params: Params) -> list[Slot]:
        """By start and clinician; from now to the horizon unless the search says when."""
        now = self._context.clock()
        since, before = time_bounds(params.all("start"), self._practice.zoneinfo())
        since = since or now
        before = before or max(since, now) + timedelta(days=self._practice.booking.horizon_days)
        people = self.shapes.clinicians(params.references("Schedule", "schedule"))
        return sorted(self._between(people, since, min(before, since + LONGEST_SEARCH)), key=_key)

    def _between(self, clinicians: list[str], start: datetime, end: datetime) -> list[Slot]:
        """Raises CalendarUnavailableError where the clinic's own calendar does not say what is free."""
        now, margin = self._context.clock(), timedelta(days=1)
        taken = self._taken_outside(end, now)
        with self._context.database.read() as connection:
            taken += [Taken(**row) for row in taken_spans(connection, start - margin, end + margin, now)]
            blocked = taken_between(connection, start - margin, end + margin)
        taken += [Taken(*span, ELSEWHERE) for span in blocked]
        return [
            slot
            for clinician in clinicians
            for slot in slots_between(self._practice, clinician, start, end, taken, now)
        ]

    def _taken_outside(self, end: datetime, now: datetime) -> list[Taken]:
        """What the clinic's own calendar says is taken up to the horizon; what lies beyond is not given away."""
        outside = self._context.calendar.outside
        if outside is None or end <= now:
            return []
        horizon = now + timedelta(days=self._practice.booking.horizon_days + 1)
        busy = [Taken(one.clinician, one.start, one.end, ELSEWHERE) for one in outside.look(now)]
        beyond = [Taken(one.id, horizon, end, ELSEWHERE) for one in self._practice.clinicians if horizon < end]
        return busy + beyond


def _key(slot: Slot) -> tuple[datetime, str]:
    return slot.start, slot.clinician
