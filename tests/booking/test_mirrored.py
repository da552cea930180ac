"""The calendar kept in step with a server: what it asks, what it remembers, what it mends, and what it leaves alone."""

from __future__ import annotations

import threading
import time as clock
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from knee_intake.booking import FreeTime
from knee_intake.booking.breaker import PAUSE_S, BreakerCalendar
from knee_intake.booking.mirrored import SEEN_FOR_S, MirroredCalendar
from knee_intake.booking.reconcile import MOST_ORPHANS, ORPHAN_AGE
from knee_intake.booking.reference import reference_of, visit_uid
from knee_intake.booking.remote import RemoteVisit
from knee_intake.dialogue.desk import TimeLostError
from knee_intake.errors import CalendarUnavailableError, SlotTakenError
from knee_intake.records.database import Database
from knee_intake.records.schema import bookings
from tests.booking.faulty_calendar import FaultyCalendar
from tests.booking.memory_calendar import MemoryCalendar
from tests.booking.test_contract import TWO
from tests.booking.world import NOW, Server, World
from tests.practices import make_practice

MINUTE = timedelta(minutes=1)


class Mirror(World):
    """A World over a server in memory that can be made to fail: `mirror.fails("write", "lost")`."""

    def __init__(self, database: Database, **practice: Any) -> None:
        self.memory = MemoryCalendar()
        self.faulty = FaultyCalendar(self.memory)
        super().__init__(database, Server(self.faulty, self.memory.block), **practice)

    def fails(self, call: str, fault: str = "refused") -> None:
        self.faulty.choose = lambda name: fault if name == call or call == "all" else None

    def works(self) -> None:
        self.faulty.choose = lambda _name: None
        self.faulty.catch_up()

    @property
    def there(self) -> dict[str | None, RemoteVisit]:
        """Our visits on the server by reference."""
        return {reference_of(uid): visit for uid, visit in self.memory.visits.items()}

    @property
    def waiting(self) -> list[str]:
        assert self.calendar.outside is not None
        return self.calendar.outside.waiting(self.now)

    def compare(self) -> Any:
        assert self.calendar.outside is not None
        return self.calendar.outside.compare(self.now)

    def foreign(self, n: int) -> RemoteVisit:
        """A visit of ours that no record knows."""
        start = NOW + timedelta(days=20, hours=n)
        uid = visit_uid(f"{'CDFGHJ'[n // 22 % 6]}CC-CC{'CDFGHJKMNPQRTVWXY34679'[n % 22]}")
        return RemoteVisit(uid, "one", start, start + 30 * MINUTE, "requested", "first_visit", 0)


@pytest.fixture
def mirror(fast_database: Database) -> Iterator[Mirror]:
    with closing(Mirror(fast_database, clinicians=TWO)) as mirror:
        yield mirror


# ---- what the server is asked


@pytest.fixture
def watched(fast_database: Database) -> Iterator[tuple[MirroredCalendar, FaultyCalendar, list[float]]]:
    """A calendar, its server (which counts what it is asked), and its clock."""
    seconds, asked = [1000.0], FaultyCalendar(MemoryCalendar())

    def count(call: str) -> None:
        asked.met[call] += 1

    asked.choose = count
    calendar = MirroredCalendar(fast_database, make_practice(), asked, monotonic=lambda: seconds[0])
    with closing(calendar):
        yield calendar, asked, seconds


def test_the_server_is_asked_once_for_all_who_look_within_some_seconds(watched: Any) -> None:
    calendar, server, seconds = watched
    assert calendar.seen(NOW) is None
    calendar.look(NOW)
    seconds[0] += SEEN_FOR_S
    calendar.look(NOW + MINUTE)
    assert calendar.seen(NOW + MINUTE) == ()
    assert server.met["busy"] == 1
    seconds[0] += 0.1
    assert calendar.seen(NOW) is None
    calendar.look(NOW)
    assert server.met["busy"] == 2


def test_what_was_seen_is_not_used_for_other_days_or_after_a_change_of_ours(watched: Any) -> None:
    calendar, _, _ = watched
    calendar.look(NOW)
    assert calendar.seen(NOW - MINUTE) is None
    assert calendar.seen(NOW + timedelta(days=1)) is None, "the horizon has moved on"
    calendar.withdraw(reference="CCC-CCC", now=NOW)
    assert calendar.seen(NOW) is None


def test_eight_who_look_at_once_ask_one_question(fast_database: Database) -> None:
    asked: list[float] = []

    class Slow(MemoryCalendar):
        def busy(self, *args: Any) -> Any:
            asked.append(clock.monotonic())
            clock.sleep(0.05)
            return super().busy(*args)

    with closing(MirroredCalendar(fast_database, make_practice(), Slow())) as calendar:
        threads = [threading.Thread(target=calendar.look, args=(NOW,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(asked) == 1


def test_a_visit_by_somebody_elses_reference_is_not_announced(mirror: Mirror) -> None:
    first, second = mirror.times()[:2]
    placed = mirror.place("c0", first)
    written: list[str] = []
    mirror.faulty.choose = written.append
    assert mirror.calendar.outside is not None
    announced = mirror.calendar.outside.announce(
        key="another", reference=placed.reference, conversation="c1", time=second, now=mirror.now
    )
    assert announced is None
    assert written == []


def test_a_server_that_did_not_answer_is_left_alone_for_a_while() -> None:
    seconds, server, calls = [0.0], FaultyCalendar(MemoryCalendar()), 0

    def choose(_call: str) -> str | None:
        nonlocal calls
        calls += 1
        return "refused" if calls == 1 else None

    server.choose = choose
    breaker = BreakerCalendar(server, monotonic=lambda: seconds[0])
    with pytest.raises(CalendarUnavailableError):
        breaker.remove("x")
    seconds[0] = PAUSE_S - 0.1
    with pytest.raises(CalendarUnavailableError, match="a moment ago"):
        breaker.remove("x")
    assert calls == 1
    seconds[0] = PAUSE_S
    breaker.remove("x")
    breaker.remove("x")
    assert calls == 3


def test_a_taken_time_is_no_failure_of_the_server() -> None:
    memory = MemoryCalendar()
    memory.block("one", NOW, NOW + MINUTE)
    breaker = BreakerCalendar(memory, monotonic=lambda: 0.0)
    visit = RemoteVisit("x@visits.invalid", "one", NOW, NOW + MINUTE, "requested", "first_visit", 0)
    for _ in range(2):
        with pytest.raises(SlotTakenError):
            breaker.write(visit)
    assert breaker.ours(NOW, NOW + MINUTE) == []


# ---- a turn that is not saved


def test_a_time_lost_in_our_own_records_is_taken_back_from_the_server(mirror: Mirror) -> None:
    time = mirror.times()[0]
    desk = mirror.desk("c0", "m1")
    desk.place(time, "Ann", "ann@example.org")

    def somebody_is_first() -> None:
        assert len(mirror.there) == 1, "it was announced"
        with mirror.database.write() as connection:
            mirror.calendar.hold(connection, key="x", conversation="c1", time=time, now=mirror.now)

    desk.ahead.append(replace(desk.ahead[0], do=somebody_is_first, undo=lambda: None))
    with pytest.raises(TimeLostError):
        mirror._save(desk)
    assert mirror.there == {}
    assert [row["status"] for row in mirror.rows()] == ["held"]


def test_a_visit_that_cannot_be_taken_back_is_reported_and_let_go_of_when_it_is_old(mirror: Mirror) -> None:
    time = mirror.times()[3]
    mirror.fails("write", "lost")
    with pytest.raises(CalendarUnavailableError):
        mirror.place("c0", time)
    mirror.works()
    (reference,) = mirror.there
    assert mirror.compare().unknown == (reference,)
    mirror.upkeep()
    mirror.wait(seconds=ORPHAN_AGE.total_seconds() - 1)
    mirror.upkeep()
    assert set(mirror.there) == {reference}
    mirror.wait(seconds=1)
    mirror.upkeep()
    assert mirror.there == {}
    assert mirror.is_free(time)


def test_the_same_message_finds_its_own_visit_again(mirror: Mirror) -> None:
    time = mirror.times()[0]
    mirror.fails("write", "lost")
    with pytest.raises(CalendarUnavailableError):
        mirror.place("c0", time)
    mirror.works()
    placed = mirror.place("c0", time)
    assert set(mirror.there) == {placed.reference}
    assert mirror.compare().count == 0


def test_a_moved_visit_that_had_given_way_comes_back(mirror: Mirror) -> None:
    long = mirror.times("long_visit")[0]
    old = mirror.place("c0", long)
    mirror.block("one", long.end, long.end + 30 * MINUTE)
    by = timedelta(minutes=30)
    with pytest.raises(SlotTakenError):
        mirror.place("c0", FreeTime(long.start + by, long.end + by, "one", "long_visit"), moving=old.reference)
    assert set(mirror.there) == {old.reference}
    assert mirror.booking(old.reference).status == "requested"


def test_a_hold_asks_the_server_but_does_not_need_it(mirror: Mirror) -> None:
    first, second = mirror.times()[:2]
    mirror.block("one", first.start, first.end)
    with pytest.raises(TimeLostError):
        mirror.hold("c0", first)
    mirror.fails("all")
    mirror.hold("c0", second)
    assert [row["start"] for row in mirror.rows("held")] == [second.start]


# ---- pushing


def test_a_transaction_that_is_undone_pushes_nothing(mirror: Mirror) -> None:
    placed = mirror.place("c0", mirror.times()[0])

    def failing() -> None:
        with mirror.database.write() as connection:
            mirror.calendar.confirm(connection, reference=placed.reference, now=mirror.now)
            raise RuntimeError("the deed failed")

    with pytest.raises(RuntimeError):
        failing()
    mirror.settle()
    assert mirror.there[placed.reference].status == "requested"


def test_what_the_server_could_not_be_told_waits_and_is_told_by_the_upkeep(mirror: Mirror) -> None:
    first, second = mirror.times()[:2]
    kept, dropped = mirror.place("c0", first), mirror.place("c1", second)
    mirror.fails("all")
    mirror.confirm(kept.reference)
    mirror.staff_cancel(dropped.reference)
    assert mirror.booking(kept.reference).status == "booked", "ours first"
    assert mirror.waiting == [kept.reference, dropped.reference]
    with pytest.raises(CalendarUnavailableError):
        mirror.upkeep()
    mirror.works()
    assert mirror.compare().waiting == (kept.reference, dropped.reference)
    mirror.upkeep()
    assert {reference: visit.status for reference, visit in mirror.there.items()} == {kept.reference: "booked"}
    assert mirror.waiting == []
    assert mirror.compare().count == 0


def place_unannounced(mirror: Mirror, time: FreeTime, key: str = "k") -> str:
    with mirror.database.write() as connection:
        booking = mirror.calendar.place(
            connection, key=key, conversation=None, time=time, first_name=None, contact=None, source="staff",
            now=mirror.now,
        )  # fmt: skip
    mirror.settle()
    return booking.reference


def test_a_visit_that_nobody_announced_is_pushed_after_the_commit(mirror: Mirror) -> None:
    reference = place_unannounced(mirror, mirror.times()[0])
    assert set(mirror.there) == {reference}
    assert mirror.waiting == []


def test_a_visit_that_the_server_refuses_keeps_waiting_and_holds_up_no_other(mirror: Mirror) -> None:
    first, second = mirror.times()[:2]
    mirror.block("one", first.start, first.end)
    refused, fine = place_unannounced(mirror, first), place_unannounced(mirror, second, "k2")
    assert set(mirror.there) == {fine}
    mirror.upkeep()
    assert mirror.waiting == [refused]
    assert mirror.compare().waiting == (refused,)
    mirror.memory.blocks.clear()
    mirror.upkeep()
    assert set(mirror.there) == {fine, refused}


def test_visits_from_before_there_was_a_server_are_written_to_it(mirror: Mirror) -> None:
    placed = mirror.place("c0", mirror.times()[0])
    mirror.memory.visits.clear()
    with mirror.database.write() as connection:
        connection.execute(bookings.update().values(remote_sequence=None))
    mirror.upkeep()
    assert set(mirror.there) == {placed.reference}


def test_a_visit_that_is_over_or_whose_clinician_has_left_is_not_written_again(
    mirror: Mirror, fast_database: Database
) -> None:
    placed = mirror.place("c0", mirror.times()[0])
    mirror.memory.visits.clear()
    with closing(Mirror.__new__(Mirror)) as other:
        other.__dict__ |= mirror.__dict__ | {"practice": make_practice(clinicians=TWO[1:])}
        other.calendar = other.new_process()
        other.upkeep()
        assert mirror.there == {}
        assert other.compare().count == 0
    mirror.now = placed.end
    mirror.upkeep()
    assert mirror.there == {}
    mirror.now = placed.end - MINUTE
    mirror.upkeep()
    assert set(mirror.there) == {placed.reference}


# ---- what differs


def test_a_visit_taken_out_by_hand_is_reported_and_written_again(mirror: Mirror) -> None:
    placed = mirror.place("c0", mirror.times()[0])
    mirror.memory.visits.clear()
    assert mirror.compare().missing == (placed.reference,)
    mirror.upkeep()
    assert set(mirror.there) == {placed.reference}


def test_a_visit_changed_by_hand_is_reported_and_left_alone(mirror: Mirror) -> None:
    placed = mirror.place("c0", mirror.times()[0])
    uid = visit_uid(placed.reference)
    moved = replace(mirror.memory.visits[uid], start=placed.start + MINUTE, sequence=1)
    mirror.memory.visits[uid] = moved
    assert mirror.compare().moved == (placed.reference,)
    mirror.upkeep()
    assert mirror.memory.visits[uid] == moved


@pytest.mark.parametrize("at", [0, 1])
def test_an_old_state_that_arrives_late_is_written_over(mirror: Mirror, at: int) -> None:
    placed = mirror.place("c0", mirror.times()[0])
    old = mirror.memory.visits[visit_uid(placed.reference)]
    mirror.confirm(placed.reference)
    if at:
        mirror.staff_cancel(placed.reference)
    mirror.memory.visits[old.uid] = old
    assert mirror.compare().waiting == (placed.reference,)
    mirror.upkeep()
    assert {visit.status for visit in mirror.memory.visits.values()} == (set() if at else {"booked"})


def test_a_few_visits_without_a_record_go_and_many_stay(mirror: Mirror) -> None:
    for n in range(MOST_ORPHANS + 1):
        visit = mirror.foreign(n)
        mirror.memory.visits[visit.uid] = visit
    for _ in range(2):
        mirror.upkeep()
        mirror.wait(minutes=6)
    assert len(mirror.there) == MOST_ORPHANS + 1, "an old backup may have been restored: nothing is deleted"
    assert len(mirror.compare().unknown) == MOST_ORPHANS + 1
    mirror.memory.visits.pop(mirror.foreign(0).uid)
    mirror.upkeep()
    assert mirror.there == {}


def test_a_visit_whose_record_comes_in_the_meantime_is_not_let_go_of(mirror: Mirror) -> None:
    time = mirror.times()[0]
    mirror.fails("write", "lost")
    with pytest.raises(CalendarUnavailableError):
        mirror.place("c0", time)
    mirror.works()
    mirror.upkeep()
    mirror.wait(minutes=4)
    placed = mirror.place("c0", time)
    mirror.wait(minutes=2)
    mirror.upkeep()
    assert set(mirror.there) == {placed.reference}


def test_the_last_visit_is_compared_however_far_away_it_is(mirror: Mirror) -> None:
    mirror.now = datetime.fromisoformat("2026-09-01T12:00:00+00:00")
    placed = mirror.place("c0", mirror.times()[-1])
    mirror.now = NOW
    assert placed.start - NOW > timedelta(days=200)
    assert mirror.compare().count == 0


def test_closing_lets_go_of_the_server(fast_database: Database) -> None:
    mirror = Mirror(fast_database)
    mirror.close()
    assert mirror.memory.is_closed


def test_what_is_committed_while_it_closes_is_pushed_after_the_next_start(mirror: Mirror) -> None:
    placed = mirror.place("c0", mirror.times()[0])
    mirror.close()
    assert mirror.confirm(placed.reference).status == "booked"
    assert mirror.there[placed.reference].status == "requested"
    mirror.calendar = mirror.new_process()
    mirror.upkeep()
    assert mirror.there[placed.reference].status == "booked"
