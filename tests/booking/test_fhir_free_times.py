"""What our own FHIR server calls free is what the chat offers, also where the clinic has a calendar of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from knee_intake.booking import Wish
from knee_intake.booking.fhir_names import instant
from knee_intake.clinic import Clinic
from knee_intake.records import schema
from knee_intake.records.busy_times import FEED, add_block
from knee_intake.records.database import Database
from tests.booking.faulty_calendar import FaultyCalendar
from tests.booking.fhir_facade import HALF, START, Facade, a_database, a_facade, issue
from tests.booking.fhir_server import moment
from tests.booking.memory_calendar import MemoryCalendar
from tests.conftest import NOW

DAY = timedelta(days=1)
ONE = [{"id": "two", "role": {"en": "Physical therapist"}, "visit_types": ["first_visit"]}]
RULES = {"notice_hours": 0, "horizon_days": 10, "buffer_minutes": 10}


@pytest.fixture
def database(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with a_database(tmp_path_factory.getbasetemp() / "migrated.sqlite3", tmp_path / "test.sqlite3") as database:
        yield database


@pytest.fixture
def theirs() -> MemoryCalendar:
    """The clinic's own calendar."""
    return MemoryCalendar()


@pytest.fixture
def facade(database: Database, clinic: Clinic, theirs: MemoryCalendar) -> Iterator[Facade]:
    with a_facade(database, clinic, FaultyCalendar(theirs), clinicians=ONE, booking=RULES) as facade:
        yield facade


def free(facade: Facade, query: str = "") -> list[datetime]:
    """The starts of the free Slots."""
    return [moment(slot["start"]) for slot in facade.found(f"Slot?status=free{query}")]


def offered(facade: Facade) -> list[datetime]:
    """Every time that the chat may offer."""
    return sorted(time.start for time in facade.context.calendar.free_times("first_visit", Wish(), NOW, 1_000))


def state(facade: Facade, start: datetime) -> str:
    (slot,) = facade.found(f"Slot?start={instant(start)}")
    return str(slot["status"])


def test_both_tell_the_same_free_times(facade: Facade, theirs: MemoryCalendar) -> None:
    everything = free(facade)
    assert everything == offered(facade)
    theirs.block("two", START, START + HALF / 2)
    facade.placed(START + 8 * HALF)
    with facade.context.database.write() as connection:
        add_block(connection, "two", START + DAY, START + DAY + HALF, None, 1, NOW)
        values = {"clinician": "two", "start": START + 2 * DAY, "end": START + 2 * DAY + HALF, "source": FEED}
        connection.execute(schema.busy_times.insert().values(values))
    facade.context.calendar.settle()  # type: ignore[attr-defined]
    left = free(facade)
    assert left == offered(facade)
    gone = {START - HALF, START}  # and the break before it
    gone |= {START + n * HALF for n in (7, 8, 9)}
    gone |= {START + days * DAY + n * HALF for days in (1, 2) for n in (-1, 0, 1)}
    assert set(everything) - set(left) == gone


def test_each_slot_says_what_takes_it(facade: Facade, theirs: MemoryCalendar) -> None:
    theirs.block("two", START + 3 * HALF, START + 4 * HALF)
    theirs.block("one", START, START + HALF)
    facade.placed(START)
    facade.context.calendar.settle()  # type: ignore[attr-defined]
    assert theirs.visits, "it is there too, and hides nothing"
    assert [state(facade, START + n * HALF) for n in (0, 1, 3)] == [
        "busy-tentative",
        "busy-unavailable",
        "busy-unavailable",
    ]
    (taken,) = facade.found(f"Slot?start={instant(START + 3 * HALF)}")
    assert facade.get(f"Slot/{taken['id']}").json()["status"] == "busy-unavailable"


def test_days_that_the_other_calendar_was_not_asked_about_are_not_called_free(
    facade: Facade, theirs: MemoryCalendar
) -> None:
    beyond = f"&start=ge{instant(NOW + timedelta(days=12))}"
    assert free(facade, beyond) == []


def test_without_another_calendar_every_day_may_be_free(database: Database, clinic: Clinic) -> None:
    with a_facade(database, clinic, clinicians=ONE, booking=RULES) as facade:
        assert free(facade, f"&start=ge{instant(NOW + timedelta(days=12))}")


def test_where_the_other_calendar_does_not_answer_no_time_is_called_free(
    database: Database, clinic: Clinic, theirs: MemoryCalendar
) -> None:
    remote = FaultyCalendar(theirs, lambda _call: "refused")
    with a_facade(database, clinic, remote, clinicians=ONE, booking=RULES) as facade:
        assert issue(facade.get("Slot?status=free")) == (503, "transient")
        past = f"Slot?start=ge{instant(NOW - timedelta(days=3))}&start=lt{instant(NOW)}"
        assert facade.found(past), "what is over needs no asking"
