"""Whatever fails, and wherever: what a visitor saw confirmed is in the clinic's calendar, once, and nothing else is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta, timezone
from itertools import count
from urllib.parse import urljoin, urlsplit

import pytest

from knee_intake.booking.caldav import CalDavCalendar
from knee_intake.booking.fhir import FhirCalendar
from knee_intake.booking.remote import RemoteCalendar
from knee_intake.records.database import Database
from knee_intake.settings import Settings
from tests.booking.caldav.calendars import PASSWORD, USER, Radicale
from tests.booking.fault_play import (
    CALLS,
    Clinic,
    FaultyServer,
    Told,
    assert_every_fault_was_met,
    assert_none_is_lost_in,
    mend,
    run_to_the_end,
)
from tests.booking.faulty_calendar import FAULTS, FaultyCalendar
from tests.booking.faulty_http import HTTP_FAULTS, FaultyHttpCalendar
from tests.booking.faulty_proxy import FaultyProxy, nobody_listens
from tests.booking.fhir_server import FhirStore, Resource, a_schedule, fhir_server
from tests.booking.fhir_server import slots as free_slots
from tests.booking.memory_calendar import MemoryCalendar
from tests.booking.world import NOW
from tests.practices import make_practice

EVER = (NOW - timedelta(days=2), NOW + timedelta(days=400))
NewClient = Callable[[str, float], RemoteCalendar]
"""By address and seconds for a whole call."""
PATIENT_S, HASTY_S, UNDO_S = 3.0, 0.15, 0.1
"""Seconds for a whole call, and for taking back what must not stay."""
OVER_HTTP = ("caldav", "fhir", "slots")
SAMPLE = 4
"""Seeds of the normal run, for each server."""


@pytest.fixture
def memory() -> FaultyServer:
    """A server in memory, whose calls fail as a whole."""
    calendar = MemoryCalendar()
    remote = FaultyCalendar(calendar)
    return FaultyServer(
        remote, FAULTS, lambda: list(calendar.visits.values()), calendar.visits.clear, lambda: {len(calendar.visits)}
    )


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests are repeated at once, and little time is kept for taking back."""
    monkeypatch.setattr("knee_intake.booking.caldav.transport._FIRST_PAUSE_S", 0.0)
    monkeypatch.setattr("knee_intake.booking.caldav.claim._UNDO_S", UNDO_S)
    monkeypatch.setattr("knee_intake.booking.fhir_http.PAUSES_S", (0.0, 0.0))
    monkeypatch.setattr("knee_intake.booking.fhir.UNDO_S", UNDO_S)
    monkeypatch.setattr("knee_intake.booking.fhir.LOOKS_S", (0.0, 0.01, 0.05))


@pytest.fixture
def caldav(radicale_server: Radicale, no_pauses: None) -> Iterator[FaultyServer]:
    """Radicale, behind a wire that fails."""

    def client(address: str, seconds: float) -> CalDavCalendar:
        values = {
            "calendar_url": urljoin(address, "{clinician}/"), "calendar_user": USER, "calendar_password": PASSWORD,
            "calendar_timeout": seconds,
        }  # fmt: skip
        return CalDavCalendar.from_settings(Settings.from_environ({}, **values), make_practice())

    truth = client(radicale_server.address, 30.0)

    def counts() -> set[int]:
        return {len(list((radicale_server.folder / "one").glob("*.ics")))}

    with ExitStack() as stack:
        stack.callback(truth.close)
        stack.callback(radicale_server.clear, "one")
        remote = through_a_proxy(stack, radicale_server.address, client)
        yield FaultyServer(remote, HTTP_FAULTS, lambda: truth.ours(*EVER), lambda: radicale_server.clear("one"), counts)


@pytest.fixture
def fhir(no_pauses: None) -> Iterator[FaultyServer]:
    """A FHIR server that takes double bookings, behind a wire that fails."""
    with behind_a_faulty_wire(FhirStore()) as server:
        yield server


@pytest.fixture
def slots(no_pauses: None) -> Iterator[FaultyServer]:
    """The same, with Slots for the whole day."""
    nine = datetime(2026, 3, 11, 13, 0, tzinfo=timezone.utc)
    with behind_a_faulty_wire(FhirStore(), [a_schedule(), *free_slots(nine, 16)]) as server:
        yield server


@contextmanager
def behind_a_faulty_wire(store: FhirStore, shipped: Collection[Resource] = ()) -> Iterator[FaultyServer]:
    """The FHIR server; `shipped` is what it has when it is new."""

    def client(address: str, seconds: float) -> FhirCalendar:
        values = {"calendar_url": address, "calendar_timeout": seconds}
        return FhirCalendar.from_settings(Settings.from_environ({}, **values), make_practice())

    def clear() -> None:
        store.resources.clear()
        for resource in shipped:
            store.add(resource)

    def counts() -> set[int]:
        taken = [slot for slot in store.all("Slot") if slot["status"] != "free"]
        return {len(store.standing()), *([len(taken)] if shipped else [])}

    with ExitStack() as stack:
        stack.enter_context(fhir_server(store))
        truth = client(store.base, 30.0)
        stack.callback(truth.close)
        remote = through_a_proxy(stack, store.base, client)
        yield FaultyServer(remote, HTTP_FAULTS, lambda: truth.ours(*EVER), clear, counts)


def through_a_proxy(stack: ExitStack, address: str, client: NewClient) -> FaultyHttpCalendar:
    proxy = stack.enter_context(FaultyProxy(address))
    nobody = stack.enter_context(nobody_listens())
    refused = client(urlsplit(address)._replace(netloc=nobody).geturl(), PATIENT_S)
    return FaultyHttpCalendar(proxy, client(proxy.address, PATIENT_S), client(proxy.address, HASTY_S), refused)


def test_no_fault_loses_or_doubles_a_visit(fast_database: Database, memory: FaultyServer) -> None:
    assert_every_fault_was_met(assert_none_is_lost_in(range(60), fast_database, memory), memory)


@pytest.mark.long
def test_no_fault_loses_or_doubles_a_visit_long(fast_database: Database, memory: FaultyServer) -> None:
    met = assert_none_is_lost_in(range(1000), fast_database, memory)
    assert all(met[f"{call} {fault}"] for call in CALLS for fault in FAULTS)


@pytest.mark.parametrize("over", OVER_HTTP)
def test_no_fault_on_the_wire_loses_or_doubles_a_visit(
    over: str, fast_database: Database, request: pytest.FixtureRequest
) -> None:
    assert_none_is_lost_in(range(SAMPLE), fast_database, request.getfixturevalue(over))


@pytest.mark.long
@pytest.mark.parametrize("over", OVER_HTTP)
def test_no_fault_on_the_wire_loses_or_doubles_a_visit_long(
    over: str, fast_database: Database, request: pytest.FixtureRequest
) -> None:
    met = assert_none_is_lost_in(range(1000), fast_database, request.getfixturevalue(over))
    print(f"{over}: {dict(sorted(met.items()))}")
    assert all(met[f"{call} {fault}"] for call in CALLS for fault in HTTP_FAULTS)


@pytest.mark.parametrize("over", OVER_HTTP)
def test_whichever_request_of_a_new_visit_comes_late_the_visitor_is_told_the_truth(
    over: str, fast_database: Database, request: pytest.FixtureRequest
) -> None:
    """A visit that was half written is let go of where the visitor was told of none."""

    async def place(clinic: Clinic) -> Told:
        who = clinic.open()
        told = {who: [await clinic.say(who, "m1", "place 0")]}
        remote.choose = lambda _call: None
        return told

    server: FaultyServer = request.getfixturevalue(over)
    remote = server.remote
    assert isinstance(remote, FaultyHttpCalendar)
    for first in count():
        clinic = Clinic(1, fast_database, server)
        remote.begins_at, remote.choose = [first], lambda call: "late" if call == "write" else None
        told = run_to_the_end(clinic, place)
        assert first > 0 or list(told.values()) == [["call back"]]
        if not remote.met:  # the visit takes fewer requests
            break
    assert first > 0


@pytest.mark.parametrize("over", ["memory", *OVER_HTTP])
def test_without_faults_visitors_are_told_of_visits(
    over: str, fast_database: Database, request: pytest.FixtureRequest
) -> None:
    """That the runs above are about something."""
    clinic = Clinic(1, fast_database, request.getfixturevalue(over))

    async def whole() -> list[str]:
        who = clinic.open()
        return [await clinic.say(who, f"m{n}", text) for n, text in enumerate(("times", "place 0", "move 1", "cancel"))]

    times, placed, moved, cancelled = asyncio.run(whole())
    clinic.stop()
    assert times.startswith("times 1")
    assert placed.endswith("None")
    assert moved.endswith(placed.split()[1])
    assert cancelled == f"cancelled {moved.split()[1]}"
    assert clinic.server.counts() == {0}


def test_a_time_that_no_visitor_could_be_told_of_is_free_again(fast_database: Database, memory: FaultyServer) -> None:
    clinic = Clinic(1, fast_database, memory)
    clinic.remote.choose = lambda call: "lost" if call == "write" else None

    async def whole() -> str:
        reply = await clinic.say(clinic.open(), "m1", "place 0")
        await mend(clinic)
        return reply

    assert asyncio.run(whole()) == "call back"
    assert clinic.server.visits() == []
    clinic.stop()
