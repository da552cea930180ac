"""Our own FHIR server, as a clinic's other programs use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from knee_intake.booking import FreeTime
from knee_intake.clinic import Clinic
from knee_intake.errors import StorageError
from knee_intake.records import schema
from knee_intake.records.database import Database
from knee_intake.records.erasure import erase
from knee_intake.records.staff_accounts import add_member
from knee_intake.settings import Settings
from tests.booking.fhir_facade import (
    HALF,
    JSON,
    PEOPLE,
    REFERENCE,
    START,
    Facade,
    a_database,
    a_facade,
    an_appointment,
    checked,
    issue,
    named,
)
from tests.conftest import NOW
from tests.integration.staff_rows import conversation_id
from tests.integration.test_staff_console import PASSWORD, csrf_of

DAY = timedelta(days=1)
KIND = "https://visits.invalid/visit-type"


@pytest.fixture
def database(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with a_database(tmp_path_factory.getbasetemp() / "migrated.sqlite3", tmp_path / "test.sqlite3") as database:
        yield database


@pytest.fixture
def facade(database: Database, clinic: Clinic) -> Iterator[Facade]:
    with a_facade(database, clinic) as facade:
        yield facade


# -- who may come in -------------------------------------------------------------------------------------------------

PATHS = ["metadata", "Schedule", "Schedule/two", "Slot", "Slot/x", "Appointment", "Appointment/x", "Practitioner"]


@pytest.mark.parametrize("path", PATHS)
def test_without_a_key_there_is_nothing_to_see(facade: Facade, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic YTpi"}):
        answer = checked(facade.client.get(f"/fhir/{path}", headers=headers))
        assert issue(answer) == (401, "login")
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("method", ["post", "put"])
def test_without_a_key_nothing_is_read_of_what_is_sent(facade: Facade, method: str) -> None:
    path = "/fhir/Appointment/x" if method == "put" else "/fhir/Appointment"
    answer = checked(getattr(facade.client, method)(path, content=b"{", headers=JSON))
    assert issue(answer) == (401, "login")


def test_a_viewer_may_read_and_not_write(facade: Facade) -> None:
    assert facade.get("Appointment").status_code == 200
    assert issue(facade.post(an_appointment(), role="viewer")) == (403, "forbidden")
    ident = facade.placed()
    assert issue(facade.put(ident, {**an_appointment(), "id": ident, "status": "booked"}, role="viewer")) == (
        403,
        "forbidden",
    )
    assert [row["status"] for row in facade.rows(schema.bookings)] == ["requested"]


def test_a_session_reads_and_writes_only_with_its_form_token(facade: Facade) -> None:
    add_member(facade.context.database, name="a reviewer", role="reviewer", password=PASSWORD, now=NOW)
    page = facade.client.get("/staff/login").text
    form = {"name": "a reviewer", "password": PASSWORD, "csrf": csrf_of(page)}
    assert facade.client.post("/staff/login", data=form).status_code == 303
    assert checked(facade.client.get("/fhir/Appointment")).status_code == 200
    refused = checked(facade.client.post("/fhir/Appointment", json=an_appointment(), headers=JSON))
    assert issue(refused) == (403, "forbidden")
    (session,) = facade.rows(schema.staff_sessions)
    given = {**JSON, "X-CSRF-Token": session["csrf"]}
    assert checked(facade.client.post("/fhir/Appointment", json=an_appointment(), headers=given)).status_code == 201


def test_the_whole_app_serves_it(make_settings: Callable[..., Settings]) -> None:
    from knee_intake.web.app import make_app

    app = make_app(make_settings())
    client = TestClient(app)  # without a lifespan: no model is loaded
    assert issue(checked(client.get("/fhir/metadata"))) == (401, "login")
    app.state.context.database.close()


# -- what it says of itself ------------------------------------------------------------------------------------------


def test_the_statement_tells_what_can_be_done(facade: Facade) -> None:
    statement = facade.get("metadata").json()
    assert statement["implementation"] == {
        "description": "Visits at Corner Street Clinic",
        "url": "http://testserver/fhir",
    }
    offered = {one["type"]: {each["code"] for each in one["interaction"]} for one in statement["rest"][0]["resource"]}
    reads = {"read", "search-type"}
    assert offered == {
        "Practitioner": reads,
        "Schedule": reads,
        "Slot": reads,
        "Appointment": reads | {"create", "update"},
    }


@pytest.mark.parametrize("kind", ["Practitioner", "Schedule", "Slot", "Appointment"])
def test_every_search_parameter_of_the_statement_is_taken(facade: Facade, kind: str) -> None:
    values = {"date": "2026-03-16", "start": "ge2026-03-16"}
    for one in facade.get("metadata").json()["rest"][0]["resource"]:
        if one["type"] == kind:
            query = "&".join(f"{each['name']}={values.get(each['name'], 'x')}" for each in one["searchParam"])
            answer = facade.get(f"{kind}?{query}", Prefer="handling=strict")
            assert answer.status_code == 200
            assert answer.json()["total"] == 0


# -- people, schedules, slots ----------------------------------------------------------------------------------------


def test_people_and_their_schedules(facade: Facade) -> None:
    assert facade.found("Practitioner") == [
        {"resourceType": "Practitioner", "id": "dr-a", "active": True, "name": [{"text": "Dana Lee, MD"}]},
        {"resourceType": "Practitioner", "id": "two", "active": True, "name": [{"text": "Physical therapist"}]},
    ]
    assert facade.get("Practitioner/dr-a").json()["name"] == [{"text": "Dana Lee, MD"}]
    (schedule,) = facade.found("Schedule?actor=Practitioner/dr-a")
    assert schedule == {
        "resourceType": "Schedule",
        "id": "dr-a",
        "active": True,
        "serviceType": [{"coding": [{"system": KIND, "code": "first_visit", "display": "Knee visit"}]}],
        "actor": [{"reference": "Practitioner/dr-a", "display": "Sports doctor"}],
        "planningHorizon": {"start": "2026-03-10T16:00:00Z", "end": "2026-04-09T16:00:00Z"},
    }
    assert facade.get("Schedule/dr-a").json() == schedule
    assert [one["id"] for one in facade.found("Schedule")] == ["dr-a", "two"]
    assert facade.found("Schedule?active=false") == []
    assert [one["id"] for one in facade.found("Schedule?active=true&actor=two")] == ["two"]


def test_two_clinicians_whose_ids_fhir_cannot_tell_apart_get_two(database: Database, clinic: Clinic) -> None:
    twins = [{**PEOPLE[0], "id": "dr a"}, PEOPLE[0]]
    with a_facade(database, clinic, clinicians=twins) as facade:
        assert [one["id"] for one in facade.found("Practitioner")] == ["dr-a", "dr-a-2"]


def test_a_day_is_cut_into_slots(facade: Facade) -> None:
    slots = facade.found("Slot?schedule=Schedule/two&start=ge2026-03-16&start=lt2026-03-17")
    assert len(slots) == 14
    assert slots[0] == {
        "resourceType": "Slot",
        "id": "two-20260316T1300Z",
        "schedule": {"reference": "Schedule/two"},
        "status": "free",
        "start": "2026-03-16T13:00:00Z",
        "end": "2026-03-16T13:30:00Z",
    }
    assert facade.get("Slot/two-20260316T1300Z").json() == slots[0]


def test_slots_say_what_takes_them(facade: Facade) -> None:
    facade.placed(START)
    booked = facade.placed(START + HALF, person=2)
    facade.put(booked, {**an_appointment(START + HALF), "id": booked, "status": "booked"})
    with facade.context.database.write() as connection:
        facade.context.calendar.hold(
            connection, key="hold", conversation=conversation_id(1), now=NOW,
            time=FreeTime(START + 3 * HALF, START + 4 * HALF, "two", "first_visit"),
        )  # fmt: skip
    slots = facade.found("Slot?schedule=two&start=ge2026-03-16T14:00:00Z&start=lt2026-03-16T17:00:00Z")
    assert [slot["status"] for slot in slots] == [
        "busy-tentative", "busy", "free", "busy-tentative",
    ]  # fmt: skip
    facade.clock.advance(minutes=11)
    (last,) = facade.found("Slot?schedule=two&start=2026-03-16T15:30:00Z")
    assert last["status"] == "free"
    assert {slot["status"] for slot in facade.found("Slot?schedule=dr-a&start=2026-03-16")} == {"free"}


def test_slots_that_are_past_or_in_a_break_are_not_given_out(database: Database, clinic: Clinic) -> None:
    with a_facade(database, clinic, booking={"buffer_minutes": 10}) as facade:
        facade.placed(START)
        slots = facade.found("Slot?schedule=two&start=ge2026-03-16T13:00:00Z&start=lt2026-03-16T15:30:00Z")
        assert [slot["status"] for slot in slots] == [
            "free", "busy-unavailable", "busy-tentative", "busy-unavailable", "free",
        ]  # fmt: skip
        (past,) = facade.found("Slot?schedule=two&start=2026-03-10T15:30:00Z")
        assert past["status"] == "busy-unavailable"


def test_slots_are_searched_by_state_over_pages(facade: Facade) -> None:
    facade.placed(START)
    path = "Slot?start=ge2026-03-16&start=lt2026-03-17&status=free,busy&_count=5"
    slots = facade.found(path)
    assert len(slots) == 27
    assert len({slot["id"] for slot in slots}) == 27
    assert slots == sorted(slots, key=lambda slot: (slot["start"], slot["id"]))


def test_without_a_time_slots_reach_from_now_to_the_horizon(facade: Facade) -> None:
    slots = facade.found("Slot?schedule=two&_count=500")
    assert (slots[0]["start"], slots[-1]["end"]) == ("2026-03-10T17:00:00Z", "2026-04-09T16:00:00Z")
    far = facade.get("Slot?start=ge2030-01-01&start=lt2031-01-01&_count=0").json()
    assert far["total"] == 2 * 14 * 66  # no longer than three months, and what is no working day is left out


@pytest.mark.parametrize(
    "ident", ["two", "two-20260316T1315Z", "two-20260314T1300Z", "nobody-20260316T1300Z", "two-x", "-"]
)
def test_a_slot_that_is_none_is_not_found(facade: Facade, ident: str) -> None:
    assert issue(facade.get(f"Slot/{ident}")) == (404, "not-found")


# -- reading visits --------------------------------------------------------------------------------------------------


def test_a_visit_as_a_resource_holds_no_person_and_no_complaint(facade: Facade) -> None:
    ident = facade.placed()
    (row,) = facade.rows(schema.bookings)
    visit = facade.get(f"Appointment/{ident}").json()
    assert visit == {
        "resourceType": "Appointment",
        "id": ident,
        "meta": {"versionId": "1", "lastUpdated": "2026-03-10T16:00:00Z"},
        "extension": [{"url": "https://visits.invalid/sequence", "valueInteger": 0}],
        "identifier": [{"system": REFERENCE, "value": row["reference"]}],
        "status": "proposed",
        "serviceType": [{"coding": [{"system": KIND, "code": "first_visit", "display": "Knee visit"}]}],
        "start": "2026-03-16T14:00:00Z",
        "end": "2026-03-16T14:30:00Z",
        "minutesDuration": 30,
        "created": "2026-03-10T16:00:00Z",
        "participant": [{"actor": {"reference": "Practitioner/two"}, "required": "required", "status": "needs-action"}],
    }


def test_visits_are_searched(facade: Facade) -> None:
    first, second, third = (
        facade.placed(START),
        facade.placed(START + DAY, "dr_a", person=2),
        facade.placed(START + 2 * DAY, person=3),
    )
    facade.put(third, {**an_appointment(START + 2 * DAY), "id": third, "status": "cancelled"})
    reference = {row["id"]: row["reference"] for row in facade.rows(schema.bookings)}[second]
    for query, found in [
        ("", [first, second, third]),
        ("actor=Practitioner/dr-a", [second]),
        ("practitioner=two,dr-a", [first, second, third]),
        ("actor=http://testserver/fhir/Practitioner/dr-a&practitioner=dr-a", [second]),
        ("actor=Practitioner/two&practitioner=dr-a", []),
        ("actor=Patient/dr-a", []),
        ("status=proposed", [first, second]),
        ("status=cancelled,booked", [third]),
        ("status=http://hl7.org/fhir/appointmentstatus|cancelled", [third]),
        ("status=arrived", []),
        ("date=2026-03-17", [second]),
        ("date=ge2026-03-17&date=lt2026-03-18", [second]),
        ("date=gt2026-03-16", [second, third]),
        ("date=le2026-03-16", [first]),
        ("date=2026-03", [first, second, third]),
        ("date=2027", []),
        ("date=2026-03-16T14:00:00Z", [first]),
        ("date=2026-03-16T10:00-04:00", [first]),
        ("date=2026-03-16T14:00:00.000Z", [first]),
        ("date=gt2026-03-16T14:00:00Z", [second, third]),
        ("date=lt2026-03-16T14:00:00Z", []),
        ("date=eb2026-03-17&date=sa2026-03-15", [first]),
        (f"identifier={REFERENCE}|{reference}", [second]),
        (f"identifier={reference.lower()}", [second]),
        (f"identifier=urn:x|{reference}", []),
        ("identifier=nothing", []),
        (f"_id={first},{third}", [first, third]),
        ("_sort=date&_include=Appointment:actor&made-up=1", [first, second, third]),
    ]:
        assert [one["id"] for one in facade.found(f"Appointment?{query}")] == found, query


def test_pages_hold_each_visit_once_and_say_what_they_went_by(facade: Facade) -> None:
    for number in range(5):
        facade.placed(START + number * DAY, person=number + 1)
    assert len({one["id"] for one in facade.found("Appointment?_count=2&unknown=1")}) == 5
    first = facade.get("Appointment?_count=2&unknown=1").json()
    links = {link["relation"]: link["url"] for link in first["link"]}
    assert links["self"] == "http://testserver/fhir/Appointment?_count=2"
    assert links["next"].startswith("http://testserver/fhir/Appointment?_count=2&page=")
    assert (first["total"], len(first["entry"])) == (5, 2)
    assert first["entry"][0]["fullUrl"] == f"http://testserver/fhir/Appointment/{first['entry'][0]['resource']['id']}"


def test_a_count_of_nothing_only_counts(facade: Facade) -> None:
    facade.placed()
    bundle = facade.get("Appointment?_count=0").json()
    assert (bundle["total"], "entry" in bundle, len(bundle["link"])) == (1, False, 1)


def test_a_search_may_be_posted(facade: Facade) -> None:
    ident = facade.placed()
    form = {"Content-Type": "application/x-www-form-urlencoded", **facade.bearer("viewer")}
    answer = checked(facade.client.post("/fhir/Appointment/_search", content="status=proposed&actor=two", headers=form))
    assert [entry["resource"]["id"] for entry in answer.json()["entry"]] == [ident]


@pytest.mark.parametrize(
    "query",
    [
        "date=soon", "date=ne2026-03-16", "date=2026-13-01", "date=2026-02-30", "date=ge2026-03-16T25:00:00Z",
        "date=9999-12-31T23:59:59-14:00", "date=0001", "actor:Practitioner=two", "status:not=booked",
        "actor.name=Lee", "_count=many", "_count=-1", "page=x", "page=MjAyNnxh", "date=",
    ],
)  # fmt: skip
def test_a_search_that_is_not_understood_is_refused(facade: Facade, query: str) -> None:
    answer = facade.get(f"Appointment?{query}")
    if query == "date=":
        assert answer.status_code == 200  # an empty parameter is none
    else:
        assert issue(answer) == (400, "invalid")


def test_a_strict_search_refuses_what_it_does_not_know(facade: Facade) -> None:
    assert issue(facade.get("Appointment?patient=1", Prefer="handling=strict")) == (400, "invalid")


# -- asking for a visit ----------------------------------------------------------------------------------------------


def test_a_visit_is_asked_for(facade: Facade) -> None:
    answer = facade.post(an_appointment())
    visit = answer.json()
    assert (answer.status_code, visit["status"]) == (201, "proposed")
    assert answer.headers["location"] == f"http://testserver/fhir/Appointment/{visit['id']}/_history/1"
    (row,) = facade.rows(schema.bookings)
    assert (row["status"], row["source"], row["conversation_id"], row["first_name"]) == (
        "requested", "fhir", None, None,
    )  # fmt: skip
    assert facade.audit() == [("place", None, {"reference": row["reference"]})]
    assert facade.get(f"Appointment/{visit['id']}").json() == visit


def test_booked_confirms_it_at_once(facade: Facade) -> None:
    visit = facade.post(an_appointment(status="booked")).json()
    assert (visit["status"], visit["meta"]["versionId"], visit["participant"][0]["status"]) == (
        "booked", "2", "accepted",
    )  # fmt: skip
    assert [action for action, _, _ in facade.audit()] == ["place", "confirm"]


def test_where_the_clinic_books_at_once_a_proposal_is_booked(database: Database, clinic: Clinic) -> None:
    with a_facade(database, clinic, booking={"mode": "book"}) as facade:
        assert facade.post(an_appointment()).json()["status"] == "booked"


def test_the_kind_of_visit_is_taken_or_follows_from_the_length(facade: Facade) -> None:
    coding = [{"coding": [{"system": KIND, "code": "long_visit"}]}]
    for start, sent in [
        (START, an_appointment(minutes=60)),
        (START + DAY, an_appointment(START + DAY, minutes=60, serviceType=coding)),
    ]:
        visit = facade.post(sent).json()
        assert visit["serviceType"][0]["coding"][0]["code"] == "long_visit", start


def test_what_is_taken_is_a_conflict_and_leaves_nothing(facade: Facade) -> None:
    facade.placed()
    assert issue(facade.post(an_appointment(status="booked"))) == (409, "conflict")
    assert len(facade.rows(schema.bookings)) == 1
    assert facade.rows(schema.audit) == []


@pytest.mark.parametrize(
    "start", [NOW - timedelta(hours=1), START - timedelta(hours=2), START + timedelta(minutes=10), START - 2 * DAY]
)
def test_time_that_the_clinic_does_not_give_is_a_conflict(facade: Facade, start: datetime) -> None:
    assert issue(facade.post(an_appointment(start))) == (409, "conflict")


@pytest.mark.parametrize(
    "change",
    [
        {"status": "arrived"},
        {"status": "cancelled"},
        {"start": None},
        {"participant": []},
        {"participant": [{"actor": {"reference": "Practitioner/nobody"}, "status": "accepted"}]},
        {"participant": [{"actor": {"reference": "Patient/two"}, "status": "accepted"}]},
        {"participant": [{"actor": {"reference": f"Practitioner/{who}"}} for who in ("two", "dr-a")]},
        {"end": (START + timedelta(minutes=31)).isoformat()},
        {"serviceType": [{"coding": [{"system": KIND, "code": "long_visit"}]}]},
        {"identifier": named("x" * 300)},
    ],
)
def test_what_cannot_be_a_visit_here_is_refused_with_a_reason(facade: Facade, change: dict[str, Any]) -> None:
    answer = facade.post({**an_appointment(), **change})
    assert issue(answer) == (422, "business-rule")
    assert answer.json()["issue"][0]["diagnostics"].partition(":")[0] in (
        "status", "start, end", "participant", "serviceType, end", "identifier",
    )  # fmt: skip
    assert facade.rows(schema.bookings) == []


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"\xff", b"[" * 60_000, b'{"resourceType": "Patient", "status": "x"}',
        b'{"resourceType": "Appointment"}',
        b'{"resourceType": "Appointment", "status": "proposed", "start": "2026-03-16T10:00:00"}',
    ],
)  # fmt: skip
def test_a_body_that_is_no_appointment_is_refused(facade: Facade, body: bytes) -> None:
    answer = checked(facade.client.post("/fhir/Appointment", content=body, headers={**facade.bearer(), **JSON}))
    assert issue(answer) == (400, "invalid")


def test_a_body_that_is_too_long_is_refused(facade: Facade) -> None:
    assert issue(facade.post({**an_appointment(), "comment": "x" * 70_000})) == (413, "too-long")


# -- names and conditions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("system", ["urn:theirs", "https://visits.invalid/uid", None, "urn:with|bar#and%20more"])
def test_another_programs_name_of_a_visit_is_kept_and_found(facade: Facade, system: str | None) -> None:
    names = named("A 1/2#x_%", system)
    visit = facade.post(an_appointment(identifier=names)).json()
    assert visit["identifier"][1:] == names
    for token in [f"{system or ''}|A 1/2#x_%", "A 1/2#x_%"]:
        found = facade.found(f"Appointment?identifier={quote(token)}")
        assert [one["id"] for one in found] == [visit["id"]], token
    assert facade.found("Appointment?identifier=urn:other|A 1/2%23x_%25") == []


def test_a_conditional_create_makes_one_visit(facade: Facade) -> None:
    sent, unless = an_appointment(identifier=named("7")), {"If-None-Exist": "identifier=urn:theirs|7"}
    first, second = facade.post(sent, **unless), facade.post(sent, **unless)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert len(facade.rows(schema.bookings)) == 1
    assert [action for action, _, _ in facade.audit()] == ["place"]


def test_under_the_name_of_a_cancelled_visit_a_new_one_can_be_made(facade: Facade) -> None:
    sent = an_appointment(identifier=named("7"))
    first = facade.post(sent).json()
    facade.put(first["id"], {**first, "status": "cancelled"})
    second = facade.post(sent).json()
    assert second["id"] != first["id"]
    assert (second["status"], second["identifier"][1:]) == ("proposed", named("7"))
    assert {one["id"] for one in facade.found("Appointment?identifier=urn:theirs|7")} == {first["id"], second["id"]}
    assert {one["id"] for one in facade.found("Appointment?identifier=7")} == {first["id"], second["id"]}
    several = facade.post(sent, **{"If-None-Exist": "identifier=urn:theirs|7"})
    assert issue(several) == (412, "conflict")


@pytest.mark.parametrize("condition", ["patient=1", "", "identifier", "nothing at all", "date=soon"])
def test_a_condition_that_is_not_understood_creates_nothing(facade: Facade, condition: str) -> None:
    answer = facade.post(an_appointment(), **{"If-None-Exist": condition})
    if condition:
        assert issue(answer) == (400, "invalid")
        assert facade.rows(schema.bookings) == []
    else:
        assert answer.status_code == 201  # an empty header is none


# -- confirming and cancelling ---------------------------------------------------------------------------------------


def test_confirming_a_visitors_visit_tells_them_as_the_staff_page_does(facade: Facade) -> None:
    ident = facade.placed()
    visit = facade.get(f"Appointment/{ident}").json()
    answer = facade.put(ident, {**visit, "status": "booked"})
    assert (answer.json()["status"], answer.headers["etag"]) == ("booked", 'W/"2"')
    (message,) = facade.rows(schema.messages)
    assert message["text"].startswith("The clinic has confirmed your visit on Mon, Mar 16, 10:00 AM.")
    reference = visit["identifier"][0]["value"]
    assert facade.audit() == [("confirm", conversation_id(1), {"reference": reference})]


def test_cancelling_a_visitors_visit_frees_the_time_and_tells_them(facade: Facade) -> None:
    ident = facade.placed()
    visit = facade.get(f"Appointment/{ident}").json()
    assert facade.put(ident, {**visit, "status": "cancelled"}).json()["status"] == "cancelled"
    (message,) = facade.rows(schema.messages)
    assert message["text"].startswith("Your visit on Mon, Mar 16, 10:00 AM is cancelled.")
    assert [(action, subject) for action, subject, _ in facade.audit()] == [("cancel", conversation_id(1))]
    assert facade.post(an_appointment()).status_code == 201


def test_changing_nothing_changes_nothing(facade: Facade) -> None:
    visit = facade.post(an_appointment(status="booked")).json()
    before = facade.rows(schema.audit)
    assert facade.put(visit["id"], visit, version="2").json() == visit
    assert facade.rows(schema.audit) == before


def test_a_change_of_another_version_is_refused(facade: Facade) -> None:
    ident = facade.placed()
    visit = {**facade.get(f"Appointment/{ident}").json(), "status": "booked"}
    assert issue(facade.put(ident, visit, version="2")) == (412, "conflict")
    assert issue(facade.put(ident, visit, version=None)) == (412, "conflict")
    assert facade.put(ident, visit, version="1").status_code == 200
    assert issue(facade.put(ident, {**visit, "status": "cancelled"}, version="1")) == (412, "conflict")


@pytest.mark.parametrize(
    ("first", "then"),
    [("booked", "proposed"), ("cancelled", "booked"), ("cancelled", "proposed"), ("booked", "arrived")],
)
def test_a_visit_does_not_go_back(facade: Facade, first: str, then: str) -> None:
    ident = facade.placed()
    visit = facade.get(f"Appointment/{ident}").json()
    version = facade.put(ident, {**visit, "status": first}).json()["meta"]["versionId"]
    assert issue(facade.put(ident, {**visit, "status": then}, version=version)) == (422, "business-rule")


@pytest.mark.parametrize(
    "change",
    [
        {"start": "2026-03-16T14:30:00Z", "end": "2026-03-16T15:00:00Z"},
        {"participant": [{"actor": {"reference": "Practitioner/dr-a"}, "status": "accepted"}]},
    ],
)
def test_a_visit_is_not_moved_by_a_change(facade: Facade, change: dict[str, Any]) -> None:
    ident = facade.placed()
    visit = facade.get(f"Appointment/{ident}").json()
    assert issue(facade.put(ident, {**visit, "status": "booked", **change})) == (422, "business-rule")
    assert facade.get(f"Appointment/{ident}").json() == visit


def test_another_id_than_the_addresss_is_refused(facade: Facade) -> None:
    ident = facade.placed()
    assert issue(facade.put(ident, {**an_appointment(), "id": "other"})) == (400, "invalid")
    assert issue(facade.put("other", {**an_appointment(), "id": "other"})) == (404, "not-found")


def test_a_visit_whose_conversation_was_erased_can_still_be_cancelled(facade: Facade) -> None:
    ident = facade.placed()
    facade.clock.advance(days=7)
    erase(facade.context.database, conversation_id(1), now=facade.clock())
    visit = facade.get(f"Appointment/{ident}").json()
    assert len(visit["identifier"]) == 1
    assert facade.put(ident, {**visit, "status": "cancelled"}).json()["status"] == "cancelled"


# -- what is not there -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "Appointment/x", "GET, PUT"),
        ("PATCH", "Appointment/x", "GET, PUT"),
        ("PUT", "Appointment", "GET, POST"),
        ("PUT", "Slot/two-20260316T1300Z", "GET"),
        ("POST", "Schedule", "GET"),
        ("POST", "metadata", "GET"),
        ("HEAD", "Slot", "GET"),
        ("GET", "Slot/_search", "POST"),
    ],
)
def test_what_cannot_be_done_is_told_with_what_can(facade: Facade, method: str, path: str, allowed: str) -> None:
    answer = facade.client.request(method, f"/fhir/{path}", headers={**facade.bearer(), **JSON})
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert method == "HEAD" or issue(checked(answer)) == (405, "not-supported")


@pytest.mark.parametrize(
    "path", ["", "Patient", "Appointment/x", "Appointment/x/_history/1", "Schedule/x", "Practitioner/x", "Slot/a/b"]
)
def test_what_is_not_there_is_not_found(facade: Facade, path: str) -> None:
    assert issue(facade.get(path)) == (404, "not-found")


def test_only_json_is_spoken(facade: Facade) -> None:
    assert issue(facade.get("Appointment", Accept="application/fhir+xml")) == (406, "not-supported")
    assert issue(facade.get("Appointment?_format=xml")) == (406, "not-supported")
    assert facade.get("Appointment?_format=json", Accept="application/fhir+xml").status_code == 200
    assert facade.get("Appointment", Accept="application/fhir+json; fhirVersion=4.0").status_code == 200
    xml = {**facade.bearer(), "Content-Type": "application/fhir+xml"}
    assert issue(checked(facade.client.post("/fhir/Appointment", content=b"<a/>", headers=xml))) == (
        415,
        "not-supported",
    )


def test_a_failure_is_an_outcome_too_and_tells_nothing(facade: Facade, monkeypatch: pytest.MonkeyPatch) -> None:
    facade.bearer("viewer")

    def broken(error: Exception) -> Any:
        def fail(*_args: object) -> None:
            raise error

        return fail

    monkeypatch.setattr(facade.context.database, "read", broken(StorageError("Robin's row")))
    assert issue(facade.get("Appointment")) == (503, "transient")
    monkeypatch.setattr(facade.context.database, "read", broken(RuntimeError("Robin's row")))
    answer = facade.get("Appointment")
    assert issue(answer) == (500, "exception")
    assert "Robin" not in answer.text


def test_reading_and_writing_are_in_the_audit(facade: Facade) -> None:
    facade.found("Appointment")
    facade.found("Practitioner?_count=500")
    assert (facade.audit(), facade.reads()) == ([], ["Appointment", "Practitioner"])
    facade.post(an_appointment())
    with facade.context.database.read() as connection:
        (staff_id,) = connection.execute(
            sa.select(schema.audit.c.staff_id).where(schema.audit.c.action == "place")
        ).scalars()
        name = connection.execute(sa.select(schema.staff.c.name).where(schema.staff.c.id == staff_id)).scalar_one()
    assert name == "a reviewer"
