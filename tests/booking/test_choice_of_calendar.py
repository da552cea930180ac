"""practice.yml names the calendar, the settings say where it is, and `check` says how it is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from knee_intake.booking import Wish
from knee_intake.booking.embedded import EmbeddedCalendar
from knee_intake.booking.factory import make_calendar
from knee_intake.booking.mirrored import MirroredCalendar
from knee_intake.booking.reference import visit_uid
from knee_intake.booking.remote import RemoteVisit
from knee_intake.calendar_check import check_calendar
from knee_intake.checks import Finding
from knee_intake.errors import SettingsError
from knee_intake.practice import Practice
from knee_intake.records.database import Database
from knee_intake.settings import Settings
from tests.booking.faulty_calendar import FaultyCalendar
from tests.booking.memory_calendar import MemoryCalendar
from tests.booking.world import NOW, Server, World
from tests.practices import make_practice

MakeSettings = Callable[..., Settings]
URL = "http://calendar.test/"


@pytest.fixture
def memory() -> MemoryCalendar:
    return MemoryCalendar()


@pytest.fixture
def remote(memory: MemoryCalendar, monkeypatch: pytest.MonkeyPatch) -> FaultyCalendar:
    """What both kinds of client give in this test."""
    faulty = FaultyCalendar(memory)
    client = SimpleNamespace(from_settings=lambda _settings, _practice: faulty)
    modules = (("caldav", "CalDavCalendar"), ("fhir", "FhirCalendar"))
    for module, name in modules:
        monkeypatch.setitem(sys.modules, f"knee_intake.booking.{module}", SimpleNamespace(**{name: client}))
    return faulty


def practice(kind: str) -> Practice:
    return make_practice(booking={"calendar": kind})


def test_without_a_word_visits_are_kept_in_our_own_records(database: Database, settings: Settings) -> None:
    calendar = make_calendar(settings, make_practice(), database)
    assert isinstance(calendar, EmbeddedCalendar)
    assert calendar.outside is None


@pytest.mark.parametrize("kind", ["caldav", "fhir"])
def test_the_named_calendar_is_kept_in_step(
    kind: str, database: Database, make_settings: MakeSettings, remote: FaultyCalendar, memory: MemoryCalendar
) -> None:
    calendar = make_calendar(make_settings(calendar_url=URL), practice(kind), database)
    assert isinstance(calendar, MirroredCalendar)
    first = calendar.free_times("first_visit", Wish(), NOW, 1)[0]
    memory.block("one", first.start, first.end)
    calendar.upkeep(NOW)
    assert calendar.free_times("first_visit", Wish(), NOW, 1) != [first]
    calendar.close()
    assert memory.is_closed


@pytest.mark.parametrize("kind", ["caldav", "fhir"])
def test_a_calendar_without_an_address_is_refused_by_the_name_of_the_setting(
    kind: str, database: Database, settings: Settings
) -> None:
    with pytest.raises(SettingsError, match=f"KNEE_INTAKE_CALENDAR_URL: .*calendar: {kind}"):
        make_calendar(settings, practice(kind), database)


def test_who_keeps_visits_here_loads_no_client_for_servers() -> None:
    code = (
        "import sys, knee_intake.booking.factory\n"
        "print([name for name in ('knee_intake.booking.caldav', 'knee_intake.booking.fhir', 'requests')"
        " if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"


# ---- check


def told(findings: Any) -> list[tuple[str, str]]:
    return [(finding.level, finding.what) for finding in findings]


@pytest.fixture
def check(make_settings: MakeSettings, database: Database) -> Callable[..., list[Finding]]:
    def check(kind: str = "caldav", **settings: Any) -> list[Finding]:
        address = str(database.engine.url)
        values = {"calendar_url": URL, "database_url": address, **settings}
        return list(check_calendar(practice(kind), make_settings(**values), NOW))

    return check


def test_check_says_that_visits_are_kept_here(check: Callable[..., list[Finding]]) -> None:
    assert told(check("embedded")) == [("ok", "visits are kept here, in no other calendar")]


def test_check_names_the_setting_that_is_missing(check: Callable[..., list[Finding]]) -> None:
    (gap,) = check(calendar_url="")
    assert (gap.level, gap.where) == ("gap", "KNEE_INTAKE_CALENDAR_URL")
    assert "calendar: caldav" in gap.what


def test_check_says_that_the_calendar_answers(
    check: Callable[..., list[Finding]], remote: FaultyCalendar, memory: MemoryCalendar
) -> None:
    assert told(check()) == [("ok", "the clinic's calendar answers and is in step")]
    assert memory.is_closed


def test_check_says_that_the_calendar_does_not_answer(
    check: Callable[..., list[Finding]], remote: FaultyCalendar
) -> None:
    remote.choose = lambda _call: "refused"
    assert told(check()) == [("warn", "the clinic's calendar does not answer: refused")]


def test_check_makes_no_database_to_compare_with(
    check: Callable[..., list[Finding]], remote: FaultyCalendar, tmp_path: Path
) -> None:
    file = tmp_path / "new.sqlite3"
    assert told(check(database_url=f"sqlite:///{file}")) == [("ok", "the clinic's calendar answers and is in step")]
    assert not file.exists()


def test_check_says_where_the_records_cannot_be_read(
    check: Callable[..., list[Finding]], remote: FaultyCalendar, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.sqlite3"
    empty.touch()
    for address in (f"sqlite:///{empty}", "nonsense"):
        (found,) = check(database_url=address)
        assert found.level == "warn"
        assert "cannot be compared" in found.what


def test_check_names_every_visit_that_is_out_of_step(
    check: Callable[..., list[Finding]], remote: FaultyCalendar, memory: MemoryCalendar, database: Database
) -> None:
    world = World(database, Server(remote, memory.block))
    waiting, missing, moved = (world.place(f"c{n}", time) for n, time in enumerate(world.times(limit=3)))
    remote.choose = lambda call: "refused" if call in ("update", "remove") else None
    world.confirm(waiting.reference)
    world.close()
    remote.choose = lambda _call: None
    memory.visits.pop(visit_uid(missing.reference))
    uid = visit_uid(moved.reference)
    there = memory.visits[uid]
    memory.visits[uid] = RemoteVisit(
        uid, there.clinician, there.start + timedelta(minutes=5), there.end, there.status, there.kind, 1
    )
    unknown = RemoteVisit(
        "ccc-ccc@visits.invalid", "one", NOW + timedelta(days=9), NOW + timedelta(days=10), "booked", "first_visit", 0
    )
    memory.visits[unknown.uid] = unknown
    before = dict(memory.visits)
    found = check()
    assert {finding.level for finding in found} == {"warn"}
    assert [finding.what.rsplit(": ", 1)[1] for finding in found] == [
        waiting.reference, missing.reference, moved.reference, "CCC-CCC",
    ]  # fmt: skip
    assert all(finding.what.startswith("1 visits") and finding.remedy for finding in found)
    assert memory.visits == before, "check changes nothing"
