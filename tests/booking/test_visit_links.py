"""A visit moved or cancelled by the link of a mail, where the clinic's own calendar lies on a server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from knee_intake.booking import Booking, FreeTime, Wish
from knee_intake.booking.mirrored import MirroredCalendar
from knee_intake.booking.reconcile import ORPHAN_AGE
from knee_intake.booking.reference import make_reference, visit_uid
from knee_intake.errors import StorageError
from knee_intake.notices.links import Links, VisitLink, mark_of
from knee_intake.records import schema
from tests.booking.conftest import BOTH, NewServer
from tests.booking.faulty_calendar import FaultyCalendar
from tests.booking.world import Server
from tests.conftest import FrozenClock
from tests.notice_office import ADDRESS, SECRET, Office, office, the_clinic
from tests.practices import make_practice

SERVERS = ("memory", "caldav", "fhir")
STORAGE = "knee_intake.notices.visit_deeds.append_message"


@dataclass
class Linked:
    """A clinic, its server, and a visitor with a visit and the link to it."""

    office: Office
    server: Server
    faulty: FaultyCalendar
    visit: Booking
    link: str

    def offered(self) -> list[str]:
        page = self.office.browser().get(f"{self.link}/move")
        assert page.status_code == 200
        return re.findall(r'name="time" value="([^"]+)"', page.text)

    def press(self, value: str) -> Any:
        """A press on a time; the server has heard of everything afterwards."""
        page = self.office.browser().post(f"{self.link}/move", data={"time": value})
        self.office.calendar.settle()  # type: ignore[attr-defined]
        return page

    def fails(self, *calls: str, fault: str = "refused") -> None:
        self.faulty.choose = lambda name: fault if name in calls else None

    def upkeep(self, **later: float) -> None:
        """All works again, and is tidied up."""
        self.fails()
        self.office.clock.advance(**later)
        self.office.calendar.outside.upkeep(self.office.clock())  # type: ignore[union-attr]

    @property
    def standing(self) -> dict[str, datetime]:
        """uid -> start of what our records stand for."""
        rows = self.office.rows(schema.bookings, schema.bookings.c.status != "cancelled")
        return {visit_uid(row["reference"]): row["start"] for row in rows}

    @property
    def there(self) -> dict[str, datetime]:
        """uid -> start of our visits on the server."""
        now = self.office.clock()
        visits = self.server.remote.ours(now - timedelta(days=2), now + timedelta(days=400))
        return {one.uid: one.start for one in visits}

    def block(self, value: str) -> None:
        """Somebody at the clinic takes this time of everybody's."""
        times = self.office.calendar.free_times(self.visit.kind, Wish(), self.office.clock(), 400)
        (time,) = (time for time in times if time.value == value)
        for clinician in ("one", "two"):
            self.server.block(clinician, time.start, time.end)


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> Server:
    new: NewServer = request.getfixturevalue(f"{request.param}_server")
    return new()


only_in_memory = pytest.mark.parametrize("server", ["memory"], indirect=True)


@pytest.fixture
def linked(server: Server, home: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Linked]:
    monkeypatch.setattr("knee_intake.booking.breaker.PAUSE_S", 0.0)
    practice = make_practice(clinicians=BOTH)
    with office(home, clock, clinic=replace(the_clinic(home), practice=practice), rate_limits=False) as desk:
        faulty = FaultyCalendar(server.remote)
        calendar = MirroredCalendar(desk.database, practice, faulty)
        desk.calendar = calendar  # type: ignore[assignment]
        visit = desk.visit(desk.talk())
        calendar.settle()
        link = Links(SECRET, "").visit(
            VisitLink(str(visit.conversation), visit.reference, mark_of(ADDRESS), visit.start)
        )
        yield Linked(desk, server, faulty, visit, link)
        calendar.settle()
        calendar.close()


def test_moving_a_visit_moves_it_on_the_server(linked: Linked) -> None:
    assert set(linked.there) == {visit_uid(linked.visit.reference)}
    page = linked.press(linked.offered()[2])
    assert page.status_code == 200
    assert "You asked for the new time" in page.text
    (uid,) = linked.standing
    assert uid != visit_uid(linked.visit.reference)
    assert linked.there == linked.standing


def test_the_new_time_is_on_the_server_before_it_is_in_our_records(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    before: list[dict[str, datetime]] = []
    monkeypatch.setattr(STORAGE, lambda *_arguments: before.append(linked.there))
    linked.press(linked.offered()[0])
    assert [len(visits) for visits in before] == [2]
    assert linked.standing.items() <= before[0].items()


def test_a_time_that_the_clinic_has_taken_meanwhile_is_refused_kindly(linked: Linked) -> None:
    value = linked.offered()[0]
    linked.block(value)
    page = linked.press(value)
    assert page.status_code == 409
    assert "That time was just taken. You still have your old time." in page.text
    assert f'value="{value}"' not in page.text, "it is not offered again"
    assert 'name="time"' in page.text
    assert set(linked.there) == set(linked.standing) == {visit_uid(linked.visit.reference)}


def test_cancelling_a_visit_takes_it_off_the_server(linked: Linked) -> None:
    page = linked.office.browser().post(f"{linked.link}/cancel")
    assert page.status_code == 200
    linked.office.calendar.settle()  # type: ignore[attr-defined]
    assert linked.there == linked.standing == {}


@only_in_memory
@pytest.mark.parametrize("fault", ["refused", "lost", "late"])
def test_where_the_server_fails_the_visit_stays_and_the_visitor_is_told(linked: Linked, fault: str) -> None:
    value = linked.offered()[0]
    linked.fails("write", "update", "remove", fault=fault)
    page = linked.press(value)
    assert page.status_code == 503
    assert "You still have your old time. Please try again in a minute" in page.text
    assert set(linked.standing) == {visit_uid(linked.visit.reference)}
    linked.faulty.catch_up()
    linked.upkeep()
    linked.upkeep(minutes=ORPHAN_AGE / timedelta(minutes=1))
    assert linked.there == linked.standing


@only_in_memory
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_press_after_a_failed_one_moves_the_visit_once(
    linked: Linked, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """The first one failed at the server after it had written, or in our records: nobody knows how far it came."""

    def fail(*_arguments: Any) -> None:
        raise StorageError("the database is away")

    value = linked.offered()[0]
    with monkeypatch.context() as patch:
        if when == "after":
            patch.setattr(STORAGE, fail)
        else:
            linked.fails("write", fault="lost")
        assert linked.press(value).status_code == 503
    assert len(linked.there) == 2
    linked.fails()
    assert linked.press(value).status_code == 200
    assert linked.there == linked.standing
    assert len(linked.there) == 1


@only_in_memory
def test_what_cannot_be_let_go_of_at_once_is_let_go_of_by_the_upkeep(linked: Linked) -> None:
    value = linked.offered()[0]
    linked.fails("remove")
    assert linked.press(value).status_code == 200
    assert len(linked.there) == 2
    linked.upkeep()
    assert linked.there == linked.standing


@only_in_memory
def test_two_presses_at_once_leave_one_visit_on_the_server(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = linked.offered()[:2]
    press_between(linked, monkeypatch, lambda: linked.press(second))
    page = linked.press(first)
    assert "is cancelled" in page.text, "the old visit, which the other press has moved already"
    assert linked.there == linked.standing
    assert len(linked.there) == 1


@only_in_memory
def test_the_same_press_twice_at_once_is_one_visit(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    value = linked.offered()[0]
    press_between(linked, monkeypatch, lambda: linked.press(value))
    page = linked.press(value)
    assert (page.status_code, "You asked for the new time" in page.text) == (200, True)
    assert linked.there == linked.standing
    assert len(linked.there) == 1


def press_between(linked: Linked, monkeypatch: pytest.MonkeyPatch, other: Callable[[], Any]) -> None:
    """Another press gets through whole between the server's answer to the next one and its transaction."""
    write = linked.faulty.write

    def slow(visit: Any) -> None:
        write(visit)
        monkeypatch.setattr(linked.faulty, "write", write)
        assert other().status_code == 200

    monkeypatch.setattr(linked.faulty, "write", slow)


@only_in_memory
def test_a_reference_in_use_gives_way_to_the_next(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    def crowded(key: str, attempt: int = 0) -> str:
        return make_reference(key, attempt) if attempt else linked.visit.reference

    monkeypatch.setattr("knee_intake.booking.embedded.make_reference", crowded)
    monkeypatch.setattr("knee_intake.notices.visit_deeds.make_reference", crowded)
    assert linked.press(linked.offered()[0]).status_code == 200
    assert linked.there == linked.standing
    assert len(linked.there) == 1


@only_in_memory
def test_a_visit_may_move_to_a_time_that_overlaps_itself(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    old = linked.visit
    by = timedelta(minutes=15)
    time = FreeTime(old.start + by, old.end + by, old.clinician, old.kind)
    monkeypatch.setattr(linked.office.calendar, "free_times", lambda *_arguments, **_options: [time])
    monkeypatch.setattr("knee_intake.booking.embedded.is_open", lambda _practice, _time: True)
    assert linked.press(time.value).status_code == 200
    assert linked.there == linked.standing
    assert len(linked.there) == 1
