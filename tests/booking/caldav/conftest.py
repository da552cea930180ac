"""A real CalDAV server, and calendars that use it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin

import pytest

from knee_intake.booking.caldav import CalDavCalendar
from knee_intake.clock import Clock, system_clock
from knee_intake.practice import Practice
from knee_intake.settings import Settings
from tests.booking.caldav.calendars import PASSWORD, PEOPLE, USER, Open, Radicale
from tests.booking.caldav.faulty import Faulty
from tests.practices import make_practice


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
