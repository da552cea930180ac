"""Our client against our own server, over real HTTP: two clinics that both run this program."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from knee_intake.booking.fhir import FhirCalendar
from knee_intake.booking.remote import RemoteVisit
from knee_intake.clinic import Clinic
from knee_intake.errors import CalendarUnavailableError, SlotTakenError
from knee_intake.records import schema
from knee_intake.records.database import Database
from tests.booking.fhir_client import START, a_calendar, a_visit
from tests.booking.fhir_facade import Facade, a_database, a_facade
from tests.booking.fhir_server import moment
from tests.integration.live import serving

HALF = timedelta(minutes=30)
DAY = timedelta(days=1)
PRACTICE = {
    "clinicians": [{"id": "one", "role": {"en": "Sports doctor"}, "visit_types": ["first_visit", "long_visit"]}]
}


@pytest.fixture
def database(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with a_database(tmp_path_factory.getbasetemp() / "migrated.sqlite3", tmp_path / "test.sqlite3") as database:
        yield database


@pytest.fixture
def facade(database: Database, clinic: Clinic) -> Iterator[Facade]:
    with a_facade(database, clinic, **PRACTICE) as facade:
        yield facade


@pytest.fixture
def base(facade: Facade) -> Iterator[str]:
    with serving(facade.app) as address:
        yield f"{address}/fhir"


@pytest.fixture
def calendar(facade: Facade, base: str) -> Iterator[FhirCalendar]:
    with a_calendar(base, calendar_token=token(facade)) as calendar:
        yield calendar


def token(facade: Facade, role: str = "reviewer") -> str:
    return facade.bearer(role)["Authorization"].removeprefix("Bearer ")


def states(facade: Facade) -> list[str]:
    return [row["status"] for row in facade.rows(schema.bookings)]


def test_a_visit_goes_through_its_whole_life(facade: Facade, calendar: FhirCalendar) -> None:
    calendar.write(a_visit())
    assert calendar.ours(START, START + DAY) == [a_visit()]
    calendar.write(a_visit())
    assert states(facade) == ["requested"]
    booked = a_visit(status="booked", sequence=1)
    calendar.update(booked)
    calendar.update(booked)
    assert calendar.ours(START, START + DAY) == [booked]
    assert states(facade) == ["booked"]
    calendar.remove(booked.uid)
    calendar.remove(booked.uid)
    assert calendar.ours(START, START + DAY) == []
    assert states(facade) == ["cancelled"]
    calendar.write(a_visit())
    assert calendar.ours(START, START + DAY) == [a_visit()]
    assert sorted(states(facade)) == ["cancelled", "requested"]


def test_a_visit_of_the_chat_takes_the_time(facade: Facade, calendar: FhirCalendar) -> None:
    facade.placed(START, "one")
    with pytest.raises(SlotTakenError):
        calendar.write(a_visit())
    assert calendar.ours(START, START + DAY) == []
    assert states(facade) == ["requested"]


def test_what_is_free_on_one_side_is_free_on_the_other(facade: Facade, calendar: FhirCalendar) -> None:
    facade.placed(START, "one")
    calendar.write(a_visit(start=START + HALF, minutes=60, kind="long_visit"))
    day = START.replace(hour=0), START.replace(hour=0) + DAY
    spans = sorted({(span.start, span.end) for span in calendar.busy(["one"], *day)})
    at = START.replace(hour=0, minute=0)
    hours = [(first - at, last - at) for first, last in spans]
    opening, lunch, evening = timedelta(hours=13), timedelta(hours=16), timedelta(hours=21)
    free = [moment(slot["start"]) - at for slot in facade.found("Slot?start=2026-03-16&status=free")]
    assert len(free) == 11
    assert all(not any(first <= when < last for first, last in hours) for when in free)
    assert (timedelta(0), opening) in hours
    assert (lunch, lunch + 2 * HALF) in hours
    assert (evening, DAY) in hours
    assert (timedelta(hours=14), timedelta(hours=15, minutes=30)) in hours


def test_time_outside_the_hours_cannot_be_had(calendar: FhirCalendar) -> None:
    with pytest.raises(SlotTakenError):
        calendar.write(a_visit(start=START.replace(hour=3)))


def test_a_move_is_a_new_visit_there_and_frees_the_old_time(facade: Facade, calendar: FhirCalendar) -> None:
    calendar.write(a_visit())
    moved = a_visit(start=START + 2 * HALF)
    calendar.update(moved)
    assert calendar.ours(START, START + DAY) == [moved]
    assert sorted(states(facade)) == ["cancelled", "requested"]


def test_all_pages_of_a_long_calendar_are_read(facade: Facade, calendar: FhirCalendar) -> None:
    spans = calendar.busy(["one"], START, START + timedelta(days=30))
    assert len({span.start.date() for span in spans}) > 20
    assert all(span.clinician == "one" for span in spans)


def test_of_eight_programs_at_once_one_gets_the_time(facade: Facade, base: str) -> None:
    ready = threading.Barrier(8)
    key = token(facade)

    def write(visit: RemoteVisit) -> bool:
        with a_calendar(base, calendar_token=key, calendar_timeout=20) as calendar:
            ready.wait(10)
            try:
                calendar.write(visit)
            except SlotTakenError:
                return False
        return True

    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(write, [a_visit(f"{letter}QQ-QQQ") for letter in "CDFGHJKM"]))
    assert sum(told) == 1
    assert states(facade).count("requested") == 1


def test_one_visit_written_eight_times_at_once_is_one(facade: Facade, base: str, calendar: FhirCalendar) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _n: calendar.write(a_visit()), range(8)))
    assert states(facade) == ["requested"]


@pytest.mark.parametrize("role", ["viewer", None])
def test_a_key_that_may_not_write_is_an_unavailable_calendar(facade: Facade, base: str, role: str | None) -> None:
    key = token(facade, role) if role else "wrong"
    with a_calendar(base, calendar_token=key) as calendar, pytest.raises(CalendarUnavailableError):
        calendar.write(a_visit())
    assert states(facade) == []


def test_a_server_whose_database_is_away_is_an_unavailable_calendar(
    facade: Facade, calendar: FhirCalendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knee_intake.booking.fhir_http.PAUSES_S", (0.0, 0.0))
    facade.context.database.close()
    with facade.context.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE bookings")
    with pytest.raises(CalendarUnavailableError, match=r"status 503 \(transient\)"):
        calendar.busy(["one"], START, START + DAY)


def test_the_visit_in_the_protocol_is_what_comes_back(calendar: FhirCalendar) -> None:
    visits = [a_visit(), a_visit("QQQ-QQQ", start=START + HALF, minutes=60, kind="long_visit")]
    for visit in visits:
        calendar.write(visit)
    assert calendar.ours(START, START + DAY) == visits
    assert calendar.ours(START, START + HALF) == visits[:1]
