"""The calendar in the database: holds, requests, bookings, races."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from knee_intake.booking import Booking, FreeTime, Wish
from knee_intake.booking.embedded import EmbeddedCalendar
from knee_intake.booking.reference import make_reference
from knee_intake.errors import BookingNotFoundError, BookingStateError, CalendarUnavailableError, SlotTakenError
from knee_intake.records.database import Database
from knee_intake.records.schema import bookings, conversations
from tests.practices import make_practice

NOW = datetime(2026, 3, 10, 16, 0, tzinfo=timezone.utc)
PEOPLE = [f"c{n}" for n in range(8)]


@pytest.fixture
def stored(database: Database) -> Database:
    """A database with a few conversations."""
    with database.write() as connection:
        for name in PEOPLE:
            connection.execute(
                conversations.insert().values(id=name, token_hash=b"x" * 32, created_at=NOW, updated_at=NOW)
            )
    return database


class Desk:
    """A calendar and short words for what is done with it."""

    def __init__(self, database: Database, **practice: Any) -> None:
        self.database = database
        self.calendar = EmbeddedCalendar(database, make_practice(**practice))

    def times(self, kind: str = "first_visit", now: datetime = NOW, **options: Any) -> list[FreeTime]:
        return self.calendar.free_times(kind, Wish(), now, **{"limit": 100, **options})

    def hold(self, who: str, time: FreeTime, key: str = "", now: datetime = NOW) -> Booking:
        with self.database.write() as connection:
            return self.calendar.hold(
                connection, key=key or f"{who}:hold:{time.value}", conversation=who, time=time, now=now
            )

    def place(self, who: str, time: FreeTime, key: str = "", now: datetime = NOW) -> Booking:
        with self.database.write() as connection:
            return self.calendar.place(
                connection,
                key=key or f"{who}:place:{time.value}",
                conversation=who,
                time=time,
                first_name="Ann",
                contact="ann@example.org",
                source="widget",
                now=now,
            )

    def confirm(self, reference: str) -> Booking:
        with self.database.write() as connection:
            return self.calendar.confirm(connection, reference=reference, now=NOW)

    def cancel(self, reference: str) -> Booking:
        with self.database.write() as connection:
            return self.calendar.cancel(connection, key=f"cancel:{reference}", reference=reference, now=NOW)

    def release(self, now: datetime) -> int:
        with self.database.write() as connection:
            return self.calendar.release_expired(connection, now)

    def is_free(self, time: FreeTime, now: datetime = NOW) -> bool:
        return time in self.times(now=now)


@pytest.fixture
def desk(stored: Database) -> Desk:
    return Desk(stored)


def test_a_held_time_is_not_offered_and_comes_back_when_the_hold_runs_out(desk: Desk) -> None:
    time = desk.times()[1]
    held = desk.hold("c0", time)
    assert (held.status, held.start, held.conversation) == ("held", time.start, "c0")
    assert not desk.is_free(time)
    assert not desk.is_free(time, NOW + timedelta(minutes=9))
    assert desk.is_free(time, NOW + timedelta(minutes=10))


def test_a_run_out_hold_gives_way_to_somebody_else(desk: Desk) -> None:
    time = desk.times()[0]
    desk.hold("c0", time)
    with pytest.raises(SlotTakenError):
        desk.hold("c1", time)
    assert desk.hold("c1", time, now=NOW + timedelta(minutes=11)).conversation == "c1"


def test_releasing_counts_the_holds_that_ran_out(desk: Desk) -> None:
    first, second = desk.times()[:2]
    desk.hold("c0", first)
    desk.hold("c1", second, now=NOW + timedelta(minutes=5))
    assert desk.release(NOW + timedelta(minutes=10)) == 1
    assert desk.release(NOW + timedelta(minutes=10)) == 0


def test_a_new_hold_lets_the_conversations_earlier_one_go(desk: Desk) -> None:
    first, second = desk.times()[:2]
    desk.hold("c0", first)
    desk.hold("c0", second)
    assert desk.is_free(first)
    assert not desk.is_free(second)


def test_a_hold_that_fails_leaves_the_earlier_one_in_place(desk: Desk) -> None:
    first, second = desk.times()[:2]
    desk.hold("c0", first)
    desk.hold("c1", second)
    with pytest.raises(SlotTakenError):
        desk.hold("c0", second)
    assert not desk.is_free(first)


def test_placing_takes_over_the_conversations_own_hold(desk: Desk) -> None:
    time = desk.times()[0]
    desk.hold("c0", time)
    placed = desk.place("c0", time)
    assert (placed.status, placed.first_name, placed.contact) == ("requested", "Ann", "ann@example.org")
    assert not desk.is_free(time, NOW + timedelta(minutes=11))


def test_placing_works_without_a_hold_and_after_it_ran_out(desk: Desk) -> None:
    first, second = desk.times()[:2]
    assert desk.place("c0", first).status == "requested"
    desk.hold("c1", second)
    assert desk.place("c1", second, now=NOW + timedelta(minutes=30)).status == "requested"


def test_somebody_elses_time_cannot_be_placed(desk: Desk) -> None:
    time = desk.times()[0]
    desk.place("c0", time)
    for who in ("c1", "c0"):
        with pytest.raises(SlotTakenError):
            desk.place(who, time, key=f"{who}:other")


@pytest.mark.parametrize("write", ["hold", "place"])
def test_the_same_key_twice_is_the_same_booking(desk: Desk, write: str) -> None:
    time = desk.times()[0]
    act = getattr(desk, write)
    assert act("c0", time, key="c0:m1") == act("c0", time, key="c0:m1")
    with desk.database.read() as connection:
        assert len(connection.execute(bookings.select()).all()) == 1


def test_visits_of_different_length_may_not_overlap(desk: Desk) -> None:
    long = desk.times("long_visit")[0]
    desk.place("c0", long)
    inside = FreeTime(long.start + timedelta(minutes=30), long.end, "one", "first_visit")
    with pytest.raises(SlotTakenError, match="overlaps"):
        desk.place("c1", inside)
    after = FreeTime(long.end, long.end + timedelta(minutes=30), "one", "first_visit")
    assert desk.place("c1", after).start == long.end


def test_a_break_between_visits_is_kept(stored: Database) -> None:
    desk = Desk(stored, booking={"buffer_minutes": 10})
    first, second, third = (desk.times()[n] for n in range(3))
    desk.place("c0", first)
    with pytest.raises(SlotTakenError):
        desk.place("c1", second)
    assert desk.place("c1", third).status == "requested"


def test_two_clinicians_may_work_at_the_same_time(stored: Database) -> None:
    role = {"en": "Doctor"}
    both = [{"id": who, "role": role, "name": None, "visit_types": ["first_visit"]} for who in ("one", "two")]
    desk = Desk(stored, clinicians=both)
    first = desk.times()[0]
    desk.place("c0", first)
    again = desk.times()[0]
    assert (again.start, again.clinician) == (first.start, "two")
    assert desk.place("c1", again).clinician == "two"
    assert desk.times()[0].start > first.start


@pytest.mark.parametrize(
    ("mode", "confirmed", "status"),
    [("request", True, "requested"), ("book", False, "requested"), ("book", True, "booked")],
)
def test_a_visit_is_booked_at_once_only_where_the_clinic_says_so(
    stored: Database, mode: str, confirmed: bool, status: str
) -> None:
    week = {day: [["09:00", "17:00"]] for day in ("tue", "wed")}
    desk = Desk(stored, booking={"mode": mode}, hours={"value": week, "confirmed": confirmed})
    assert desk.place("c0", desk.times()[0]).status == status


def test_times_outside_the_schedule_and_past_times_are_refused(desk: Desk) -> None:
    good = desk.times()[0]
    night = good.start.replace(hour=3)
    for start in (night + timedelta(days=1), good.start + timedelta(minutes=1)):
        with pytest.raises(SlotTakenError):
            desk.place("c0", FreeTime(start, start + timedelta(minutes=30), "one", "first_visit"))
    with pytest.raises(SlotTakenError):
        desk.place("c0", good, now=good.start)


def test_staff_confirm_a_request_once(desk: Desk) -> None:
    placed = desk.place("c0", desk.times()[0])
    confirmed = desk.confirm(placed.reference)
    assert (confirmed.status, confirmed.sequence) == ("booked", 1)
    assert desk.confirm(placed.reference) == confirmed


def test_a_cancelled_visit_frees_its_time_and_cannot_be_confirmed(desk: Desk) -> None:
    time = desk.times()[0]
    placed = desk.place("c0", time)
    cancelled = desk.cancel(placed.reference)
    assert (cancelled.status, cancelled.sequence) == ("cancelled", 1)
    assert desk.cancel(placed.reference) == cancelled
    assert desk.is_free(time)
    with pytest.raises(BookingStateError):
        desk.confirm(placed.reference)


def test_a_booking_is_found_however_its_reference_is_typed(desk: Desk) -> None:
    placed = desk.place("c0", desk.times()[0])
    assert desk.calendar.look_up(placed.reference.lower().replace("-", "")) == placed
    assert desk.calendar.look_up("CCC-CCC") is None
    assert desk.calendar.look_up("not a reference") is None


def test_an_unknown_reference_cannot_be_changed(desk: Desk) -> None:
    for act in (desk.confirm, desk.cancel):
        with pytest.raises(BookingNotFoundError):
            act("CCC-CCC")


def test_a_reference_in_use_gives_way_to_the_next(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def crowded(key: str, attempt: int = 0) -> str:
        return make_reference(key, attempt) if attempt else "CCC-CCC"

    monkeypatch.setattr("knee_intake.booking.embedded.make_reference", crowded)
    first, second = desk.times()[:2]
    assert desk.place("c0", first).reference == "CCC-CCC"
    assert desk.place("c1", second, key="k2").reference == make_reference("k2", 1)


def test_times_come_back_in_the_clinics_zone(desk: Desk) -> None:
    time = desk.times()[0]
    assert desk.place("c0", time).for_intake()["start"] == time.value


def test_a_turn_that_fails_leaves_no_booking(desk: Desk) -> None:
    time = desk.times()[0]

    def failing_turn() -> None:
        with desk.database.write() as connection:
            desk.calendar.place(
                connection, key="k", conversation="c0", time=time, first_name=None, contact=None, source="api", now=NOW
            )
            raise RuntimeError("the turn failed")

    with pytest.raises(RuntimeError):
        failing_turn()
    assert desk.is_free(time)


def race(act: Callable[[str], Booking]) -> list[Booking | SlotTakenError]:
    """Everybody at once; what each of them got."""
    results: list[Booking | SlotTakenError] = []
    gate = threading.Barrier(len(PEOPLE))

    def run(who: str) -> None:
        gate.wait()
        try:
            results.append(act(who))
        except SlotTakenError as error:
            results.append(error)

    threads = [threading.Thread(target=run, args=(who,)) for who in PEOPLE]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.parametrize("write", ["hold", "place"])
def test_of_eight_who_want_one_time_exactly_one_gets_it(desk: Desk, write: str) -> None:
    time = desk.times()[0]
    results = race(lambda who: getattr(desk, write)(who, time))
    assert len(results) == len(PEOPLE)
    assert sum(isinstance(result, Booking) for result in results) == 1


def test_of_eight_overlapping_visits_none_overlap_in_the_end(desk: Desk) -> None:
    first = desk.times("long_visit")[0]
    shifted = FreeTime(first.start + timedelta(minutes=30), first.end + timedelta(minutes=30), "one", "long_visit")
    results = race(lambda who: desk.place(who, first if int(who[1:]) % 2 else shifted))
    assert sum(isinstance(result, Booking) for result in results) == 1


def test_one_key_sent_eight_times_at_once_is_one_booking(desk: Desk) -> None:
    time = desk.times()[0]
    results = race(lambda _who: desk.place("c0", time, key="c0:m1:place"))
    assert len({result.reference for result in results if isinstance(result, Booking)}) == 1
    assert all(isinstance(result, Booking) for result in results)


def test_a_database_that_is_gone_is_an_unavailable_calendar(desk: Desk) -> None:
    with desk.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE bookings")
    with pytest.raises(CalendarUnavailableError):
        desk.times()
    with pytest.raises(CalendarUnavailableError):
        desk.calendar.look_up("CCC-CCC")
