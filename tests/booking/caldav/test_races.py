"""Several writers at one time: of two visits that overlap at most one stays, whatever the order and the clocks."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import cast

import pytest

from knee_intake.booking.caldav import CalDavCalendar, transport
from knee_intake.booking.caldav import claim as caldav_claim
from knee_intake.booking.caldav.claim import claim
from knee_intake.booking.caldav.collection import Collection
from knee_intake.booking.caldav.events import main_event
from knee_intake.booking.caldav.transport import Call
from knee_intake.booking.remote import RemoteVisit
from knee_intake.errors import CalendarUnavailableError, SlotTakenError
from tests.booking.caldav.calendars import DAY, PATIENCE_S, TEN, Open, Radicale, event, utc, visit
from tests.booking.caldav.faulty import Asked, Faulty, Reply
from tests.booking.caldav.simulated import SimulatedCall, Simulation

WRITERS = 8
STARTS = {"one start": [0] * WRITERS, "overlapping starts": [0, 5, 10, 15, 20, 25, -5, -10]}


def numbered(number: int, minutes: int) -> RemoteVisit:
    return visit(f"ccc-cc{'cdfghjkm'[number]}", at=TEN + timedelta(minutes=minutes))


def overlap(one: RemoteVisit, other: RemoteVisit) -> bool:
    return one.start < other.end and other.start < one.end


def assert_apart(visits: list[RemoteVisit]) -> None:
    assert [(a.uid, b.uid) for a in visits for b in visits if a.uid < b.uid and overlap(a, b)] == []


# on a real server


def race(calendars: list[CalDavCalendar], visits: list[RemoteVisit]) -> dict[str, str]:
    """Everybody writes at once; how it went, by uid."""
    outcome: dict[str, str] = {}
    ready = threading.Barrier(len(visits))

    def write(calendar: CalDavCalendar, wanted: RemoteVisit) -> None:
        ready.wait()
        try:
            calendar.write(wanted)
            outcome[wanted.uid] = "stays"
        except SlotTakenError:
            outcome[wanted.uid] = "taken"

    threads = [threading.Thread(target=write, args=pair, daemon=True) for pair in zip(calendars, visits, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * PATIENCE_S)
    assert len(outcome) == len(visits)
    return outcome


@pytest.mark.parametrize("minutes", STARTS.values(), ids=STARTS)
def test_of_eight_writers_exactly_one_stays(radicale: Radicale, open_calendar: Open, minutes: list[int]) -> None:
    visits = [numbered(number, shift) for number, shift in enumerate(minutes)]
    calendars = [open_calendar(radicale.address) for _ in visits]
    outcome = race(calendars, visits)
    assert sorted(outcome.values()) == ["stays"] + ["taken"] * (WRITERS - 1)
    assert [one.uid for one in calendars[0].ours(*DAY)] == [one for one, went in outcome.items() if went == "stays"]


@pytest.mark.long
@pytest.mark.parametrize("seed", range(40))
def test_of_eight_writers_at_any_starts_those_that_stay_are_apart(
    radicale: Radicale, open_calendar: Open, seed: int
) -> None:
    chance = random.Random(seed)
    visits = [numbered(number, chance.randrange(0, 90, 5)) for number in range(WRITERS)]
    calendars = [open_calendar(radicale.address) for _ in visits]
    outcome = race(calendars, visits)
    there = calendars[0].ours(*DAY)
    assert_apart(there)
    assert {one.uid for one in there} == {one for one, went in outcome.items() if went == "stays"} != set()


# one order at a time


RIVAL = visit("z9z-9zz", at=TEN + timedelta(minutes=15))
NAME = "one/rival.ics"
SHORT_S = 2.5
"""A budget that leaves half a second for waiting."""


def put_rival(radicale: Radicale, created: datetime, rival: str = RIVAL.uid, is_pending: bool = True) -> None:
    """Another writer's visit, as it lies there after its write."""
    lines = ("DTSTART:20260310T141500Z", "DTEND:20260310T144500Z", "STATUS:TENTATIVE", "X-VISIT-KIND:first_visit")
    pending = ["X-VISIT-PENDING:1"] if is_pending else []
    radicale.put(NAME, event(*lines, *pending, f"CREATED:{created:%Y%m%dT%H%M%SZ}", uid=rival))


def just_before(server: Faulty, method: str, number: int, do: Callable[[], object]) -> None:
    """Do it before the request with this number of this kind is passed on."""
    counts = Counter[str]()
    before = server.behave

    def behave(asked: Asked) -> Reply | None:
        counts[asked.method] += 1
        if asked.method == method and counts[method] == number:
            do()
        return before(asked)

    server.behave = behave


@pytest.fixture
def writer(between: Faulty, open_calendar: Open) -> CalDavCalendar:
    """Looks (REPORT 1), writes (PUT 1), looks again (REPORT 2 and on), settles (PUT 2); made on March 1."""
    return open_calendar(between.address, clock=lambda: utc(3, 1))


@pytest.mark.parametrize("created", [utc(2, 1), utc(4, 1)], ids=["earlier", "later"])
def test_whoever_is_done_stays_whatever_the_clocks_say(
    between: Faulty, radicale: Radicale, writer: CalDavCalendar, calendar: CalDavCalendar, created: datetime
) -> None:
    just_before(between, "PUT", 1, lambda: put_rival(radicale, created, is_pending=False))
    with pytest.raises(SlotTakenError):
        writer.write(visit())
    assert calendar.ours(*DAY) == [RIVAL]
    assert between.methods == ["REPORT", "PUT", "REPORT", "DELETE"]


def test_a_writer_that_died_on_the_way_is_not_waited_for_without_end(
    between: Faulty, radicale: Radicale, open_calendar: Open, calendar: CalDavCalendar
) -> None:
    just_before(between, "PUT", 1, lambda: put_rival(radicale, utc(4, 1)))
    with pytest.raises(SlotTakenError):
        open_calendar(between.address, lambda: utc(3, 1), calendar_timeout=SHORT_S).write(visit())
    assert calendar.ours(*DAY) == [RIVAL]


def test_on_a_server_that_drops_the_mark_the_one_that_came_first_waits_too(
    between: Faulty, radicale: Radicale, writer: CalDavCalendar, calendar: CalDavCalendar
) -> None:
    def drop_mark(asked: Asked) -> Reply | None:
        asked.body = asked.body.replace(b"X-VISIT-PENDING:1\r\n", b"")
        return None

    between.behave = drop_mark
    just_before(between, "REPORT", 2, lambda: put_rival(radicale, utc(4, 1), is_pending=False))
    just_before(between, "REPORT", 4, lambda: radicale.ask("DELETE", NAME))
    writer.write(visit())
    writer.write(visit())
    assert calendar.ours(*DAY) == [visit()]
    assert between.methods == ["REPORT", "PUT", "REPORT", "REPORT", "REPORT", "REPORT"]


def test_a_writer_goes_at_once_before_one_that_came_earlier(
    between: Faulty, radicale: Radicale, writer: CalDavCalendar
) -> None:
    just_before(between, "REPORT", 2, lambda: put_rival(radicale, utc(2, 1)))
    with pytest.raises(SlotTakenError):
        writer.write(visit())
    assert between.methods == ["REPORT", "PUT", "REPORT", "DELETE"]


def test_where_the_time_is_taken_already_nothing_is_written(
    between: Faulty, radicale: Radicale, writer: CalDavCalendar
) -> None:
    put_rival(radicale, utc(4, 1))
    with pytest.raises(SlotTakenError):
        writer.write(visit())
    assert between.methods == ["REPORT"]


def test_a_cancelled_visit_of_ours_is_seen_by_others_before_it_looks(
    between: Faulty, radicale: Radicale, writer: CalDavCalendar, calendar: CalDavCalendar
) -> None:
    calendar.write(visit())
    path = "one/one-20260310T140000Z.ics"
    radicale.put(path, radicale.ask("GET", path).text.replace("TENTATIVE", "CANCELLED"))
    writer.write(visit())
    assert between.methods == ["REPORT", "PUT", "REPORT", "PUT"]


def test_a_change_of_a_visit_that_never_looked_looks(
    between: Faulty, radicale: Radicale, writer: CalDavCalendar, calendar: CalDavCalendar
) -> None:
    between.behave = lambda asked: Reply(403) if between.methods[-2:] == ["PUT", "REPORT"] else None
    with pytest.raises(CalendarUnavailableError):
        writer.write(visit())
    between.behave = lambda asked: None
    put_rival(radicale, utc(2, 1), is_pending=False)
    with pytest.raises(SlotTakenError):
        writer.update(visit(status="booked", sequence=1))
    assert calendar.ours(*DAY) == [RIVAL]


def test_a_visit_is_taken_back_though_the_budget_is_used_up(
    between: Faulty,
    radicale: Radicale,
    open_calendar: Open,
    calendar: CalDavCalendar,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport, "READ_TIMEOUT_S", PATIENCE_S)
    monkeypatch.setattr(caldav_claim, "_UNDO_S", PATIENCE_S)
    just_before(between, "PUT", 1, lambda: put_rival(radicale, utc(2, 1)))
    just_before(between, "DELETE", 1, lambda: between.over.wait(SHORT_S + 0.1))
    with pytest.raises(SlotTakenError):
        open_calendar(between.address, calendar_timeout=SHORT_S).write(visit())
    assert calendar.ours(*DAY) == [RIVAL]


def test_a_writer_goes_at_once_before_an_event_of_the_clinic(
    between: Faulty, radicale: Radicale, writer: CalDavCalendar
) -> None:
    just_before(between, "REPORT", 2, lambda: put_rival(radicale, utc(4, 1), "staff@clinic.example"))
    with pytest.raises(SlotTakenError):
        writer.write(visit())
    assert between.methods == ["REPORT", "PUT", "REPORT", "DELETE"]


def test_a_writer_that_came_first_waits_until_the_other_one_has_gone(
    between: Faulty, radicale: Radicale, writer: CalDavCalendar, calendar: CalDavCalendar
) -> None:
    just_before(between, "REPORT", 2, lambda: put_rival(radicale, utc(4, 1)))
    just_before(between, "REPORT", 4, lambda: radicale.ask("DELETE", NAME))
    writer.write(visit())
    assert calendar.ours(*DAY) == [visit()]
    assert between.methods == ["REPORT", "PUT", "REPORT", "REPORT", "REPORT", "PUT"]


def test_where_the_shared_name_is_taken_in_between_the_time_is_taken(
    between: Faulty, radicale: Radicale, writer: CalDavCalendar, calendar: CalDavCalendar
) -> None:
    just_before(between, "PUT", 1, lambda: calendar.write(visit("z9z-9zz")))
    with pytest.raises(SlotTakenError):
        writer.write(visit())
    assert between.methods == ["REPORT", "PUT", "GET"]
    assert calendar.ours(*DAY) == [visit("z9z-9zz")]


def test_a_visit_that_loses_while_it_is_moved_stays_where_it_was(
    between: Faulty, radicale: Radicale, writer: CalDavCalendar, calendar: CalDavCalendar
) -> None:
    writer.write(visit(at=TEN - timedelta(hours=1)))
    just_before(between, "PUT", 1, lambda: put_rival(radicale, utc(2, 1)))
    with pytest.raises(SlotTakenError):
        writer.update(visit())
    assert calendar.ours(*DAY) == [visit(at=TEN - timedelta(hours=1)), RIVAL]


# any order, in simulated time


class Clinic:
    """Writers with clocks of their own, and how each of them fared."""

    def __init__(self, seed: int, crashes: float = 0.0) -> None:
        self.simulation = Simulation(seed, crashes)
        chance = self.simulation.random
        self.visits = [numbered(number, chance.randrange(0, 60, 15)) for number in range(5)]
        self.clocks = {one.uid: utc(3, 1) + timedelta(seconds=chance.uniform(-20, 20)) for one in self.visits}
        self.outcome: dict[str, str] = {}

    def write(self, visits: list[RemoteVisit]) -> None:
        self.simulation.run([self._job(one) for one in visits])

    def _job(self, wanted: RemoteVisit) -> Callable[[SimulatedCall], None]:
        def job(call: SimulatedCall) -> None:
            call.pause(self.simulation.random.uniform(0, 0.3))
            collection = Collection(cast(Call, call), "http://server/one/", "one", timezone.utc)
            try:
                claim(collection, wanted, self.clocks[wanted.uid])
                self.outcome[wanted.uid] = "stays"
            except SlotTakenError:
                self.outcome[wanted.uid] = "taken"
            except CalendarUnavailableError:
                self.outcome[wanted.uid] = "unknown"

        return job

    def those(self, went: str) -> list[RemoteVisit]:
        return [one for one in self.visits if self.outcome[one.uid] == went]

    @property
    def stored(self) -> set[str]:
        found = {main_event(text, timezone.utc) for _, text in self.simulation.stored.values()}
        return {event.uid for event in found if event is not None}


def check_all_orders(seeds: range) -> None:
    for seed in seeds:
        clinic = Clinic(seed)
        clinic.write(clinic.visits)
        stay = clinic.those("stays")
        assert stay, f"seed {seed}: nobody stays"
        assert_apart(stay)
        assert clinic.stored == {one.uid for one in stay}, f"seed {seed}"
        assert not clinic.those("unknown"), f"seed {seed}"


def check_orders_with_writers_that_die(seeds: range) -> None:
    for seed in seeds:
        clinic = Clinic(seed, crashes=0.1)
        clinic.write(clinic.visits)
        stay = clinic.those("stays")
        assert_apart(stay)
        assert not clinic.stored & {one.uid for one in clinic.those("taken")}, f"seed {seed}"
        clinic.simulation.crashes = 0.0
        clinic.write(stay + clinic.those("unknown"))  # repeated: those that are done, and those that got no answer
        assert set(stay) <= set(clinic.those("stays")), f"seed {seed}"
        assert_apart(clinic.those("stays"))
        assert clinic.stored == {one.uid for one in clinic.those("stays")}, f"seed {seed}"


def test_in_any_order_of_requests_those_that_stay_are_apart() -> None:
    check_all_orders(range(40))


def test_writers_that_die_on_the_way_let_nobody_be_booked_twice() -> None:
    check_orders_with_writers_that_die(range(40))


@pytest.mark.long
def test_in_very_many_orders_of_requests_those_that_stay_are_apart() -> None:
    check_all_orders(range(1000))


@pytest.mark.long
def test_writers_that_die_in_very_many_ways_let_nobody_be_booked_twice() -> None:
    check_orders_with_writers_that_die(range(1000))
