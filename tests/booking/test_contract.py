"""What every calendar does, whether visits are kept in our records alone or in step with a server."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from knee_intake.booking import Booking, FreeTime
from knee_intake.booking.reference import make_reference, visit_uid
from knee_intake.errors import BookingNotFoundError, BookingStateError, SlotTakenError
from tests.booking.conftest import WITH_SERVER, NewWorld
from tests.booking.world import PEOPLE, World

ROLE = {"en": "Doctor"}
TWO = [{"id": who, "role": ROLE, "name": None, "visit_types": ["first_visit", "long_visit"]} for who in ("one", "two")]


def later(time: FreeTime, minutes: int) -> FreeTime:
    by = timedelta(minutes=minutes)
    return FreeTime(time.start + by, time.end + by, time.clinician, time.kind)


def on_the_server(world: World) -> dict[str, str]:
    """Our visits there, as uid -> status; without a server, what our records stand for."""
    if world.server is None:
        return {visit_uid(row["reference"]): row["status"] for row in world.rows("requested", "booked")}
    visits = world.remote_visits()
    assert len({visit.uid for visit in visits}) == len(visits)
    return {visit.uid: visit.status for visit in visits}


# ---- free times, holds, visits


def test_a_held_time_is_not_offered_until_the_hold_runs_out(world: World) -> None:
    time = world.times()[1]
    world.hold("c0", time)
    assert not world.is_free(time)
    world.wait(minutes=9)
    assert not world.is_free(time)
    world.wait(minutes=1)
    assert world.is_free(time)
    assert on_the_server(world) == {}


def test_a_held_time_is_refused_to_others_and_given_once_it_has_run_out(world: World) -> None:
    time = world.times()[0]
    world.hold("c0", time)
    with pytest.raises(SlotTakenError):
        world.hold("c1", time)
    with pytest.raises(SlotTakenError):
        world.place("c1", time)
    world.wait(minutes=11)
    assert world.place("c1", time).conversation == "c1"


def test_a_new_hold_lets_the_conversations_earlier_one_go(world: World) -> None:
    first, second = world.times()[:2]
    world.hold("c0", first)
    world.hold("c0", second)
    assert world.is_free(first)
    assert not world.is_free(second)


def test_a_visit_is_requested_and_takes_its_time(world: World) -> None:
    time = world.times()[0]
    world.hold("c0", time)
    placed = world.place("c0", time)
    assert (placed.status, placed.start, placed.first_name) == ("requested", time.start, "Ann")
    assert not world.is_free(time)
    world.wait(minutes=30)
    assert not world.is_free(time)
    assert on_the_server(world) == {visit_uid(placed.reference): "requested"}


def test_a_visit_is_booked_at_once_where_the_clinic_says_so(new_world: NewWorld) -> None:
    world = new_world(booking={"mode": "book"})
    placed = world.place("c0", world.times()[0])
    assert placed.status == "booked"
    assert on_the_server(world) == {visit_uid(placed.reference): "booked"}


def test_somebody_elses_time_is_refused_and_nothing_is_left_of_the_try(world: World) -> None:
    time = world.times()[0]
    placed = world.place("c0", time)
    for who in ("c1", "c0"):
        with pytest.raises(SlotTakenError):
            world.place(who, time, "again")
    assert on_the_server(world) == {visit_uid(placed.reference): "requested"}
    assert [row["conversation_id"] for row in world.rows()] == ["c0"]


def test_visits_of_different_length_may_not_overlap(world: World) -> None:
    long = world.times("long_visit")[0]
    world.place("c0", long)
    inside = FreeTime(long.start + timedelta(minutes=30), long.end, long.clinician, "first_visit")
    with pytest.raises(SlotTakenError):
        world.place("c1", inside)
    after = FreeTime(long.end, long.end + timedelta(minutes=30), long.clinician, "first_visit")
    assert world.place("c1", after).start == long.end


def test_a_break_between_visits_is_kept(new_world: NewWorld) -> None:
    world = new_world(booking={"buffer_minutes": 10})
    first, second, third = (world.times()[n] for n in range(3))
    world.place("c0", first)
    with pytest.raises(SlotTakenError):
        world.place("c1", second)
    assert world.place("c1", third).status == "requested"


def test_two_clinicians_may_work_at_the_same_time(new_world: NewWorld) -> None:
    world = new_world(clinicians=TWO)
    first = world.times()[0]
    world.place("c0", first)
    again = world.times()[0]
    assert (again.start, again.clinician) == (first.start, "two")
    assert world.place("c1", again).clinician == "two"
    assert world.times()[0].start > first.start


def test_times_outside_the_schedule_and_past_times_are_refused(world: World) -> None:
    good = world.times()[0]
    for wrong in (later(good, 1), later(good, 12 * 60)):
        with pytest.raises(SlotTakenError):
            world.place("c0", wrong)
    world.now = good.start
    with pytest.raises(SlotTakenError):
        world.place("c0", good)
    assert on_the_server(world) == {}


def test_the_same_message_twice_is_the_same_visit(world: World) -> None:
    time = world.times()[0]
    assert world.place("c0", time) == world.place("c0", time)
    world.wait(days=365)
    assert world.place("c0", time).reference == world.rows()[0]["reference"]
    assert len(world.rows()) == len(on_the_server(world)) == 1


def test_a_reference_in_use_gives_way_and_the_visitor_is_told_the_right_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crowded(key: str, attempt: int = 0) -> str:
        return make_reference(key, attempt) if attempt > 1 else ("CCC-CCC", "DDD-DDD")[attempt]

    monkeypatch.setattr("knee_intake.booking.embedded.make_reference", crowded)
    monkeypatch.setattr("knee_intake.dialogue.desk.make_reference", crowded)
    times = world.times()[:3]
    placed = [world.place(who, time) for who, time in zip(PEOPLE, times, strict=False)]
    assert [visit.reference for visit in placed[:2]] == ["CCC-CCC", "DDD-DDD"]
    assert [(visit.conversation, visit.start) for visit in placed] == [
        (who, time.start) for who, time in zip(PEOPLE, times, strict=False)
    ]
    assert set(on_the_server(world)) == {visit_uid(visit.reference) for visit in placed}
    if world.server is not None:
        there = {visit.uid: visit.start for visit in world.remote_visits()}
        assert there == {visit_uid(visit.reference): visit.start for visit in placed}
    assert world.place("c2", times[2]) == placed[2]


# ---- moving


def test_moving_a_visit_places_the_new_one_and_cancels_the_old(world: World) -> None:
    first, second = world.times()[:2]
    old = world.place("c0", first)
    world.hold("c0", second)
    new = world.place("c0", second, "move", moving=old.reference)
    assert new.reference != old.reference
    assert world.booking(old.reference).status == "cancelled"
    assert world.is_free(first)
    assert not world.is_free(second)
    assert on_the_server(world) == {visit_uid(new.reference): "requested"}


def test_moving_twice_with_the_same_message_is_moving_once(world: World) -> None:
    first, second = world.times()[:2]
    old = world.place("c0", first)
    new = world.place("c0", second, "move", moving=old.reference)
    assert world.place("c0", second, "move", moving=old.reference) == new
    assert len(on_the_server(world)) == 1


def test_a_visit_stays_where_the_new_time_is_taken(world: World) -> None:
    first, second = world.times()[:2]
    old, other = world.place("c0", first), world.place("c1", second)
    with pytest.raises(SlotTakenError):
        world.place("c0", second, "move", moving=old.reference)
    assert world.booking(old.reference) == old
    assert on_the_server(world) == {visit_uid(one.reference): "requested" for one in (old, other)}


def test_a_visit_may_move_to_a_time_that_overlaps_itself(world: World) -> None:
    time = world.times("long_visit")[0]
    old = world.place("c0", time)
    new = world.place("c0", later(time, 30), "move", moving=old.reference)
    assert [row["reference"] for row in world.rows("requested")] == [new.reference]
    assert on_the_server(world) == {visit_uid(new.reference): "requested"}


def test_a_visit_that_overlaps_itself_and_another_stays(world: World) -> None:
    time = world.times("long_visit")[0]
    old, other = world.place("c0", time), world.place("c1", later(time, 60))
    with pytest.raises(SlotTakenError):
        world.place("c0", later(time, 30), "move", moving=old.reference)
    world.upkeep()
    assert on_the_server(world) == {visit_uid(one.reference): "requested" for one in (old, other)}


def test_a_visit_that_is_not_there_cannot_be_moved(world: World) -> None:
    with pytest.raises(BookingNotFoundError):
        world.place("c0", world.times()[0], moving="CCC-CCC")
    assert world.rows() == []
    assert on_the_server(world) == {}


# ---- confirming and cancelling


def test_a_request_is_confirmed_once(world: World) -> None:
    placed = world.place("c0", world.times()[0])
    confirmed = world.confirm(placed.reference)
    assert (confirmed.status, confirmed.sequence) == ("booked", 1)
    assert world.confirm(placed.reference) == confirmed
    assert on_the_server(world) == {visit_uid(placed.reference): "booked"}


@pytest.mark.parametrize("who", ["visitor", "staff"])
def test_a_cancelled_visit_frees_its_time_and_cannot_be_confirmed(world: World, who: str) -> None:
    time = world.times()[0]
    placed = world.place("c0", time)
    for _ in range(2):
        world.cancel("c0", placed.reference) if who == "visitor" else world.staff_cancel(placed.reference)
    assert world.booking(placed.reference).sequence == 1
    assert world.is_free(time)
    assert on_the_server(world) == {}
    with pytest.raises(BookingStateError):
        world.confirm(placed.reference)
    assert world.place("c1", time).conversation == "c1"


def test_an_unknown_reference_cannot_be_changed(world: World) -> None:
    for act in (world.confirm, world.staff_cancel):
        with pytest.raises(BookingNotFoundError):
            act("CCC-CCC")


# ---- clocks, zones, and a file that changes


def test_an_hour_that_comes_twice_gives_two_visits(new_world: NewWorld) -> None:
    world = new_world(hours={"value": {"sun": [["01:00", "02:00"]]}, "confirmed": True})
    world.now = datetime(2026, 10, 30, 12, 0, tzinfo=timezone.utc)
    times = [time for time in world.times() if f"{time.start:%m-%d %H:%M}" == "11-01 01:30"]
    assert [time.value[-6:] for time in times] == ["-04:00", "-05:00"]
    placed = [world.place(who, time) for who, time in zip(("c0", "c1"), times, strict=True)]
    assert [visit.start.isoformat(timespec="minutes") for visit in placed] == [time.value for time in times]
    with pytest.raises(SlotTakenError):
        world.place("c2", times[0])
    assert len(on_the_server(world)) == 2


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Pacific/Auckland", "Australia/Lord_Howe"])
def test_a_visit_of_a_clinic_in_another_zone_comes_back_in_its_own_time(new_world: NewWorld, zone: str) -> None:
    world = new_world(zone={"value": zone, "confirmed": True})
    time = world.times()[0]
    assert time.value[11:16] == "09:00"
    placed = world.place("c0", time)
    assert (placed.start.isoformat(timespec="minutes"), placed.end - placed.start) == (
        time.value,
        time.end - time.start,
    )
    assert not world.is_free(time)


def test_a_visit_on_the_leap_day_is_a_visit(new_world: NewWorld) -> None:
    world = new_world()
    world.now = datetime(2028, 2, 28, 22, 0, tzinfo=timezone.utc)
    placed = world.place("c0", world.times()[0])
    assert placed.for_intake()["start"] == "2028-02-29T09:00-05:00"


def test_who_leaves_the_clinic_keeps_their_visits_and_gets_no_new_ones(new_world: NewWorld) -> None:
    world = new_world(clinicians=TWO)
    first, second, third = (time for time in world.times("long_visit", limit=3))
    kept, dropped = world.place("c0", first), world.place("c1", second)
    world.hold("c2", third)
    gone = first.clinician
    world.change_practice(clinicians=[one for one in TWO if one["id"] != gone])
    assert world.booking(kept.reference) == kept
    assert world.confirm(kept.reference).status == "booked"
    assert world.staff_cancel(dropped.reference).status == "cancelled"
    assert {time.clinician for time in world.times("long_visit")} == {"two"}
    with pytest.raises(SlotTakenError):
        world.place("c2", third)
    assert set(on_the_server(world)) == {visit_uid(kept.reference)}


# ---- what the clinic itself has in its calendar

with_server = pytest.mark.parametrize("world_name", WITH_SERVER, indirect=True)


@with_server
def test_what_the_clinic_has_entered_is_neither_offered_nor_given(world: World) -> None:
    time = world.times()[0]
    world.block(time.clinician, time.start - timedelta(minutes=10), time.start + timedelta(minutes=10))
    assert not world.is_free(time)
    for act in (world.hold, world.place):
        with pytest.raises(SlotTakenError):
            act("c0", time)
    assert world.rows("held", "requested", "booked") == []
    assert on_the_server(world) == {}


@with_server
def test_the_server_holds_the_visit_as_it_is(world: World) -> None:
    placed = world.place("c0", world.times()[0])
    (there,) = world.remote_visits()
    assert (there.uid, there.clinician, there.kind) == (visit_uid(placed.reference), "one", "first_visit")
    assert (there.start, there.end, there.sequence) == (placed.start, placed.end, 0)
    world.confirm(placed.reference)
    (there,) = world.remote_visits()
    assert (there.start, there.status, there.sequence) == (placed.start, "booked", 1)


# ---- many at once


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
    assert len(results) == len(PEOPLE)
    return results


def test_of_eight_who_want_one_time_exactly_one_gets_it(world: World) -> None:
    time = world.times()[0]
    won = [result for result in race(lambda who: world.place(who, time)) if isinstance(result, Booking)]
    assert len(won) == 1
    assert on_the_server(world) == {visit_uid(won[0].reference): "requested"}


def test_of_eight_overlapping_visits_none_overlap_in_the_end(world: World) -> None:
    first = world.times("long_visit")[0]
    shifted = later(first, 30)
    results = race(lambda who: world.place(who, first if int(who[1:]) % 2 else shifted))
    assert sum(isinstance(result, Booking) for result in results) == 1
    assert len(on_the_server(world)) == 1


def test_one_message_handled_eight_times_at_once_is_one_visit(world: World) -> None:
    time = world.times()[0]
    results = race(lambda _who: world.place("c0", time))
    assert len({result.reference for result in results if isinstance(result, Booking)}) == 1
    assert all(isinstance(result, Booking) for result in results)
    assert len(world.rows()) == len(on_the_server(world)) == 1
