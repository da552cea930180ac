"""A real CalDAV server, and calendars that use it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest

from knee_intake.booking.caldav import CalDavCalendar
from knee_intake.clock import Clock, system_clock
from knee_intake.practice import Practice
from knee_intake.settings import Settings
from tests.booking.caldav.calendars import PASSWORD, PATIENCE_S, PEOPLE, USER, Open, Radicale
from tests.booking.caldav.faulty import Faulty
from tests.practices import make_practice

CONFIG = """
[server]
hosts = 127.0.0.1:{port}
max_connections = 64
[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = {folder}/collections
[logging]
level = error
"""
RADICALE = """
import os, sys, threading
from radicale import config, server
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
configuration = config.load([(sys.argv[1], False)])
configuration.update({"storage": {"_filesystem_fsync": False}}, "tests", privileged=True)
server.serve(configuration)
"""
"""As `python -m radicale`, but that it does not wait for the disk, and ends with the tests, however they end."""


@pytest.fixture(scope="session")
def radicale_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    """Radicale as a child process, with a password file and a folder of its own."""
    folder = tmp_path_factory.mktemp("radicale")
    (folder / "users").write_text(f"{USER}:{PASSWORD}\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = folder / "config"
    config.write_text(CONFIG.format(port=port, folder=folder))
    command = [sys.executable, "-c", RADICALE, str(config)]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("RADICALE")}
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=environ) as child,
    ):
        try:
            _wait_for(port, child, folder / "log")
            server = Radicale(f"http://127.0.0.1:{port}/{USER}/", folder / "collections/collection-root" / USER)
            for clinician in PEOPLE:
                assert server.ask("MKCALENDAR", f"{clinician}/").status_code == 201
            yield server
        finally:
            child.terminate()


def _wait_for(port: int, child: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        assert child.poll() is None, log.read_text()
        assert time.monotonic() < deadline, "Radicale did not start"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)


@pytest.fixture
def radicale(radicale_server: Radicale) -> Iterator[Radicale]:
    """The server with an empty calendar for each clinician, under `one/` and `two/`."""
    yield radicale_server
    for clinician in PEOPLE:
        radicale_server.clear(clinician)


@pytest.fixture
def practice() -> Practice:
    """Two clinicians in New York."""
    role = {"en": "Clinician"}
    return make_practice(
        clinicians=[{"id": who, "role": role, "name": None, "visit_types": ["first_visit"]} for who in PEOPLE]
    )


@pytest.fixture
def open_calendar(practice: Practice) -> Iterator[Open]:
    """Opens calendars, and closes them."""
    opened = []

    def make(address: str, clock: Clock = system_clock, **settings: object) -> CalDavCalendar:
        values = {
            "calendar_url": urljoin(address, "{clinician}/"),
            "calendar_user": USER,
            "calendar_password": PASSWORD,
            "calendar_timeout": 30.0,
            **settings,
        }
        opened.append(CalDavCalendar.from_settings(Settings.from_environ({}, **values), practice, clock))
        return opened[-1]

    yield make
    for calendar in opened:
        calendar.close()


@pytest.fixture
def faulty() -> Iterator[Faulty]:
    """A server that says what a test tells it."""
    with Faulty() as server:
        yield server


@pytest.fixture
def between(radicale: Radicale) -> Iterator[Faulty]:
    """A server that passes everything on to Radicale, but for what a test tells it."""
    with Faulty(upstream=radicale) as server:
        yield server


@pytest.fixture
def calendar(radicale: Radicale, open_calendar: Open) -> CalDavCalendar:
    """A calendar on the server."""
    return open_calendar(radicale.address)
