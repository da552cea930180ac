"""The calendars that must all behave alike.

To hold another server to the same tests, write a fixture `NAME_server` that gives a function `() -> Server` (an empty
remote calendar for the practice's clinicians "one" and "two", and a way to enter something of the clinic's own), and
add `"mirrored-NAME"` to WORLDS. A server that runs as a process belongs into a session fixture; `NAME_server` itself
only empties it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from uuid import uuid4

import pytest
import sqlalchemy as sa

from knee_intake.booking.caldav import CalDavCalendar
from knee_intake.booking.fhir import FhirCalendar
from knee_intake.records.database import Database
from knee_intake.records.migrate import migrate
from knee_intake.settings import Settings
from tests.booking.caldav.calendars import PASSWORD, PATIENCE_S, USER, Radicale, event
from tests.booking.caldav.calendars import PEOPLE as CLINICIANS
from tests.booking.caldav.radicale_process import a_radicale
from tests.booking.fhir_client import foreign
from tests.booking.fhir_server import FhirStore, a_schedule, moment, slots
from tests.booking.fhir_server import fhir_server as serving_fhir
from tests.booking.memory_calendar import MemoryCalendar
from tests.booking.world import NOW, Server, World
from tests.postgres_server import postgres_server
from tests.practices import make_practice

FHIR_WORLDS = ("mirrored-fhir", "mirrored-fhir_booked", "mirrored-fhir_slots")
"""Without Slots; the same where a request stands there as booked; with Slots."""
WORLDS = ("embedded-sqlite", "embedded-postgres", "mirrored-memory", "mirrored-caldav", *FHIR_WORLDS)
OVER_HTTP = ("mirrored-caldav", *FHIR_WORLDS)
"""Real servers, hence slow: they get fewer examples."""
WITH_SERVER = tuple(name for name in WORLDS if name.startswith("mirrored-"))

BOTH = [{"id": who, "role": {"en": "Doctor"}, "name": None, "visit_types": ["first_visit"]} for who in CLINICIANS]

LEAP_DAY = datetime(2028, 2, 29, 5, 0, tzinfo=timezone.utc)

NewServer = Callable[[], Server]
NewWorld = Callable[..., World]


@pytest.fixture
def memory_server() -> NewServer:
    def new() -> Server:
        remote = MemoryCalendar()
        return Server(remote, remote.block)

    return new


@pytest.fixture(scope="session")
def radicale_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    """The one Radicale of this session."""
    with a_radicale(tmp_path_factory.mktemp("radicale")) as server:
        yield server


@pytest.fixture
def caldav_server(radicale_server: Radicale) -> Iterator[NewServer]:
    def clear() -> None:
        for clinician in CLINICIANS:
            radicale_server.clear(clinician)

    def block(clinician: str, start: datetime, end: datetime) -> None:
        uid = f"{uuid4()}@clinic.example"
        times = [
            f"{name}:{when.astimezone(timezone.utc):%Y%m%dT%H%M%SZ}"
            for name, when in (("DTSTART", start), ("DTEND", end))
        ]
        radicale_server.put(f"{clinician}/{uid}.ics", event(*times, uid=uid))

    def new() -> Server:
        clear()
        values = {
            "calendar_url": urljoin(radicale_server.address, "{clinician}/"),
            "calendar_user": USER,
            "calendar_password": PASSWORD,
            "calendar_timeout": PATIENCE_S,
        }
        remote = CalDavCalendar.from_settings(Settings.from_environ({}, **values), make_practice(clinicians=BOTH))
        return Server(remote, block)

    yield new
    clear()


@pytest.fixture
def fhir_server() -> Iterator[NewServer]:
    """A server that by itself takes two Appointments for one time, as real ones do."""
    with _fhir_server() as new:
        yield new


@pytest.fixture
def fhir_booked_server() -> Iterator[NewServer]:
    """The same, where the clinic wants a request to stand as booked, so that its own programs keep the time free."""
    with _fhir_server(calendar_requested_as="booked") as new:
        yield new


@contextmanager
def _fhir_server(**settings: str) -> Iterator[NewServer]:
    with serving_fhir(FhirStore()) as store:

        def block(clinician: str, start: datetime, end: datetime) -> None:
            store.add(foreign(start, minutes=(end - start) // timedelta(minutes=1), clinician=clinician))

        def new() -> Server:
            store.resources.clear()
            return Server(_fhir_client(store, **settings), block)

        yield new


@pytest.fixture
def fhir_slots_server() -> Iterator[NewServer]:
    """A server with Slots for the days that the tests are about. Who enters something there takes Slots away."""
    with serving_fhir(FhirStore()) as store:

        def block(clinician: str, start: datetime, end: datetime) -> None:
            for slot in store.all("Slot"):
                is_own = slot["schedule"]["reference"] == f"Schedule/{clinician}"
                if is_own and moment(slot["start"]) < end and start < moment(slot["end"]):
                    store.add({**slot, "status": "busy-unavailable"})

        def new() -> Server:
            store.resources.clear()
            for resource in _SLOTS:
                store.add(resource)
            return Server(_fhir_client(store), block)

        yield new


SLOT_DAYS = [NOW, NOW + timedelta(days=1), datetime(2026, 11, 1, 5, 0, tzinfo=timezone.utc), LEAP_DAY]
_SLOTS = [a_schedule(who, ident=who) for who in CLINICIANS] + [
    {**slot, "id": f"{who}-{n}-{slot['id']}"}
    for who in CLINICIANS
    for n, day in enumerate(SLOT_DAYS)
    for slot in slots(day, 48, schedule=who)
]


def _fhir_client(store: FhirStore, **settings: str) -> FhirCalendar:
    values = {"calendar_url": store.base, "calendar_timeout": PATIENCE_S, **settings}
    return FhirCalendar.from_settings(Settings.from_environ({}, **values), make_practice(clinicians=BOTH))


@pytest.fixture(params=WORLDS)
def world_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def new_world(world_name: str, request: pytest.FixtureRequest) -> Iterator[NewWorld]:
    """`new_world(booking={...})`: an empty calendar on a practice of this test's own."""
    kind, _, name = world_name.partition("-")
    new_server: NewServer | None = request.getfixturevalue(f"{name}_server") if kind == "mirrored" else None
    database: Database = request.getfixturevalue("postgres_database" if name == "postgres" else "fast_database")
    made: list[World] = []

    def new(**practice: Any) -> World:
        made.append(World(database, new_server() if new_server else None, **practice))
        return made[-1]

    yield new
    for world in made:
        world.close()


@pytest.fixture
def world(new_world: NewWorld) -> World:
    return new_world()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with postgres_server() as address:
        yield address


@pytest.fixture(scope="session")
def migrated_postgres(postgres: str) -> str:
    with closing(Database(postgres)) as database:
        migrate(database)
    return postgres


@pytest.fixture
def postgres_database(migrated_postgres: str) -> Iterator[Database]:
    """The migrated PostgreSQL database; a World empties it."""
    with closing(Database(migrated_postgres)) as database:
        yield database


@pytest.fixture
def fast_database(tmp_path: Path, migrated_file: Path) -> Iterator[Database]:
    """A migrated SQLite file that does not wait for the disk."""
    with closing(Database(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'fast.sqlite3')}")) as database:
        sa.event.listen(database.engine, "connect", lambda one, _record: one.execute("PRAGMA synchronous=OFF"))
        yield database
