"""Appointments of our FHIR server: visits looked for, asked for, confirmed and cancelled by the clinic's programs.

Every change goes through the calendar and the staff's deeds, so that it is checked, audited and told to the visitor as
one that a person makes on the staff pages.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import TypeVar
from urllib.parse import parse_qsl

import msgspec
from sqlalchemy.engine import Connection
from sqlalchemy.sql import Select
from starlette.responses import Response

from knee_intake.booking import FreeTime
from knee_intake.booking.fhir_names import KIND_SYSTEM, REFERENCE_SYSTEM, REQUESTED, local_reference
from knee_intake.booking.fhir_structs import Appointment, NewAppointment
from knee_intake.booking.reference import read_reference
from knee_intake.errors import (
    KneeIntakeError,
    NotFoundError,
    PreconditionError,
    ResourceError,
    SearchError,
    UnprocessableError,
)
from knee_intake.practice import Practice
from knee_intake.records.restrictions import hidden_ids
from knee_intake.records.staff_accounts import Member
from knee_intake.records.visit_queries import (
    LONGEST_KEY,
    Identifier,
    RowDict,
    Wanted,
    count_visits,
    find_visit,
    find_visits,
    next_key,
)
from knee_intake.web import staff_deeds as deeds
from knee_intake.web.context import AppContext
from knee_intake.web.fhir_answers import resource_response, search_set
from knee_intake.web.fhir_capability import SEARCH
from knee_intake.web.fhir_query import Params, page_key, read_params, time_bounds
from knee_intake.web.fhir_request import FhirRequest
from knee_intake.web.fhir_shapes import STATUS, Shapes, version_of
from knee_intake.web.staff_gate import StaffGate

SOURCE = "fhir"
_BOOKING_STATUS = {shown: status for status, shown in STATUS.items()}

T = TypeVar("T", bound=NewAppointment)


class Visits:
    """The handlers of /fhir/Appointment; each runs in a worker thread."""

    def __init__(self, context: AppContext, gate: StaffGate, shapes: Shapes) -> None:
        self._context, self._gate, self._shapes = context, gate, shapes

    @property
    def _practice(self) -> Practice:
        return self._context.clinic.practice

    # -- reading -----------------------------------------------------------------------------------------------------

    def read(self, request: FhirRequest) -> Response:
        with self._context.database.read() as connection:
            row = find_visit(connection, ident=request.ident, hidden=self._hidden(request.request.state.member))
        if row is None:
            raise NotFoundError("no such visit")
        return resource_response(self._shapes.appointment(row))

    def search(self, request: FhirRequest) -> Response:
        params = request.params(SEARCH["Appointment"])
        wanted, limit = self._wanted(params, request.request.state.member), params.count
        with self._context.database.read() as connection:
            total = count_visits(connection, wanted)
            rows = find_visits(connection, wanted, after=params.after, limit=limit + 1) if limit else []
        more, rows = len(rows) > limit, rows[:limit]
        following = page_key(rows[-1]["start"], rows[-1]["id"]) if more else None
        found = [self._shapes.appointment(row) for row in rows]
        return resource_response(search_set(request.base, "Appointment", params.used, found, total, following))

    def _hidden(self, member: Member) -> Select | None:
        """The conversations that are closed to the member: of their visits only the taken time is told, as Slot."""
        return hidden_ids(member, self._context.clock())

    def _wanted(self, params: Params, member: Member) -> Wanted:
        since, before = time_bounds(params.all("date"), self._practice.zoneinfo())
        people = params.references("Practitioner", "actor", "practitioner")
        statuses = params.codes("status")
        named = params.choices("identifier")
        return Wanted(
            ids=params.choices("_id"),
            clinicians=None if people is None else self._shapes.clinicians(people),
            statuses=tuple(STATUS) if statuses is None else _booking_statuses(statuses),
            since=since,
            before=before,
            references=_references(named or ()),
            identifiers=[_identifier(token) for token in named or ()],
            named=named is not None,
            hidden=self._hidden(member),
        )

    # -- a new one ---------------------------------------------------------------------------------------------------

    def create(self, request: FhirRequest) -> Response:
        unless = request.header("if-none-exist")
        with self._context.database.write() as connection:
            member = self._gate.caller(request.request, connection, "reviewer")
            sent = _read(request, NewAppointment)
            found = self._existing(connection, member, unless) if unless else None
            row = found or self._place(connection, member, sent)
        resource = self._shapes.appointment(row)
        location = f"{request.base}/Appointment/{row['id']}"
        return resource_response(resource, status=200 if found else 201, location=location)

    def _existing(self, connection: Connection, member: Member, unless: str) -> RowDict | None:
        """The one visit that a conditional create is not to repeat."""
        pairs = parse_qsl(unless.rpartition("?")[2])
        wanted = self._wanted(read_params(pairs, SEARCH["Appointment"], strict=True), member)
        if not pairs:
            raise SearchError("If-None-Exist: expected a search")
        rows = find_visits(connection, wanted, after=None, limit=2)
        if len(rows) > 1:
            raise PreconditionError("If-None-Exist: several visits match")
        return rows[0] if rows else None

    def _place(self, connection: Connection, member: Member, sent: NewAppointment) -> RowDict:
        if sent.status not in (*REQUESTED, "booked"):
            raise UnprocessableError("status: a new visit is proposed, pending or booked")
        time = self._time(sent)
        reference = deeds.place_visit(
            self._context, connection, member, key=_key(connection, sent), time=time, source=SOURCE
        ).reference
        row = self._row(connection, reference)
        if sent.status == "booked" and row["status"] == "requested":
            deeds.confirm_loose_visit(self._context, connection, member, reference)
            row = self._row(connection, reference)
        return row

    def _time(self, sent: NewAppointment) -> FreeTime:
        """The time that is asked for, with one of the clinic's people and in one of its visit types."""
        if sent.start is None or sent.end is None:
            raise UnprocessableError("start, end: a visit needs both")
        ids = [_person(one.actor.reference) for one in sent.participant if one.actor.reference]
        people = [found for ident in ids if ident and (found := self._shapes.clinician(ident))]
        if len(people) != 1:
            raise UnprocessableError("participant: expected one Practitioner of this clinic")
        offered = {one.id: one.visit_types for one in self._practice.clinicians}[people[0]]
        asked = [one.code for concept in sent.service_type for one in concept.coding if one.system == KIND_SYSTEM]
        length = (sent.end - sent.start).total_seconds() / 60
        fitting = [kind for kind in offered if self._practice.visit_type(kind).minutes == length]
        kinds = [kind for kind in fitting if not asked or kind in asked]
        if not kinds:
            raise UnprocessableError("serviceType, end: the Practitioner gives no such visit of this length")
        return FreeTime(sent.start, sent.end, people[0], kinds[0])

    def _row(self, connection: Connection, reference: str) -> RowDict:
        row = find_visit(connection, reference=reference)
        if row is None:
            raise KneeIntakeError("a visit that was just written is not there")
        return row

    # -- one that is there -------------------------------------------------------------------------------------------

    def update(self, request: FhirRequest) -> Response:
        with self._context.database.write() as connection:
            member = self._gate.caller(request.request, connection, "reviewer")
            sent = _read(request, Appointment)
            if sent.id != request.ident:
                raise ResourceError("id: expected the one of the address")
            row = find_visit(connection, ident=request.ident, lock=True, hidden=self._hidden(member))
            if row is None:
                raise NotFoundError("no such visit; a new one is made by POST")
            _check_version(request.header("if-match"), row)
            self._change(connection, member, row, sent)
            row = self._row(connection, row["reference"])
        return resource_response(self._shapes.appointment(row))

    def _change(self, connection: Connection, member: Member, row: RowDict, sent: Appointment) -> None:
        wanted = "requested" if sent.status in REQUESTED else _BOOKING_STATUS.get(sent.status)
        if wanted is None:
            raise UnprocessableError("status: expected proposed, pending, booked or cancelled")
        self._check_unmoved(row, sent)
        if wanted == row["status"]:
            return
        if wanted == "cancelled":
            deeds.cancel_visit(self._context, connection, member, row["reference"])
        elif (row["status"], wanted) != ("requested", "booked"):
            raise UnprocessableError(f"status: a visit that is {STATUS[row['status']]} cannot become {sent.status}")
        elif row["conversation_id"] is not None:
            deeds.confirm_visit(self._context, connection, member, row["conversation_id"], row["reference"])
        else:
            deeds.confirm_loose_visit(self._context, connection, member, row["reference"])

    def _check_unmoved(self, row: RowDict, sent: Appointment) -> None:
        people = [local_reference(one.actor.reference) for one in sent.participant if one.actor.reference]
        own = self._shapes.person(row["clinician"])
        moved = (sent.start or row["start"], sent.end or row["end"]) != (row["start"], row["end"])
        if moved or [one for one in people if one.startswith("Practitioner/")] not in ([], [own]):
            raise UnprocessableError("start, end, participant: a visit is not moved here; make a new one, cancel this")


def _read(request: FhirRequest, kind: type[T]) -> T:
    """The body. Raises ResourceError."""
    try:
        sent = msgspec.json.decode(request.body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ResourceError("the body is no Appointment that can be read") from None
    if sent.resource_type != "Appointment":
        raise ResourceError("resourceType: expected Appointment")
    return sent


def _check_version(if_match: str | None, row: RowDict) -> None:
    if if_match is None:
        raise PreconditionError("If-Match is needed: a change names the version that it was made from")
    if if_match.strip().removeprefix("W/").strip('"') != version_of(row):
        raise PreconditionError("If-Match: the visit was changed meanwhile")


def _key(connection: Connection, sent: NewAppointment) -> str:
    """The key under which the visit is written: by the first identifier that is not our own."""
    for one in sent.identifier:
        if one.value and one.system != REFERENCE_SYSTEM:
            key = next_key(connection, Identifier(one.system or "", one.value))
            if len(key) > LONGEST_KEY:
                raise UnprocessableError("identifier: too long")
            return key
    return f"{SOURCE}:{uuid.uuid4()}"


def _booking_statuses(shown: Collection[str]) -> tuple[str, ...]:
    return tuple(status for status, name in STATUS.items() if name in shown)


def _identifier(token: str) -> Identifier:
    system, bar, value = token.rpartition("|")
    return Identifier(system if bar else None, value)


def _references(tokens: Collection[str]) -> list[str]:
    """Our own references among the identifiers."""
    found = (_identifier(token) for token in tokens)
    typed = [read_reference(one.value) for one in found if one.system in (None, REFERENCE_SYSTEM)]
    return [reference for reference in typed if reference]


def _person(reference: str) -> str | None:
    kind, _, ident = local_reference(reference).partition("/")
    return ident if kind == "Practitioner" else None
