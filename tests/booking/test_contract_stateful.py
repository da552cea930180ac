"""Any order of calls, repeats and deaths included, against a model that is a few lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from knee_intake.booking import FreeTime, Wish
from knee_intake.booking.reconcile import ORPHAN_AGE
from knee_intake.booking.reference import visit_uid
from knee_intake.errors import BookingStateError, SlotTakenError
from tests.booking.conftest import OVER_HTTP, NewWorld
from tests.booking.test_contract import TWO
from tests.booking.world import PEOPLE, World

people = st.sampled_from(PEOPLE[:3])
numbers = st.integers(min_value=0, max_value=30)
HOLD = timedelta(minutes=10)
ONE_DAY = Wish(earliest=date(2026, 3, 11), latest=date(2026, 3, 11))


@dataclass
class Visit:
    """A visit that somebody was told of, or that a process died over (then without a record)."""

    who: str
    time: FreeTime
    message: str
    moving: str | None
    reference: str
    status: str = "requested"
    first_seen: datetime | None = None


def overlap(one: FreeTime, other: FreeTime) -> bool:
    return one.clinician == other.clinician and one.start < other.end and other.start < one.end


class Clinic(RuleBasedStateMachine):
    """Three visitors, two clinicians, one morning."""

    def __init__(self, new_world: Callable[[], World]) -> None:
        super().__init__()
        self.world = new_world()
        self.slots = [
            FreeTime(start, start + timedelta(minutes=minutes), clinician, kind)
            for kind, minutes in (("first_visit", 30), ("long_visit", 60))
            for start in sorted({time.start for time in self.world.times(kind, ONE_DAY)})[:4]
            for clinician in ("one", "two")
        ]
        self.visits: list[Visit] = []
        self.holds: dict[str, tuple[FreeTime, datetime]] = {}
        self.blocks: list[FreeTime] = []
        self.orphans: list[Visit] = []
        self.lost: set[str] = set()  # taken out of the server's calendar by hand
        self.messages = 0

    @property
    def standing(self) -> list[Visit]:
        return [visit for visit in self.visits if visit.status != "cancelled"]

    def is_taken(self, time: FreeTime, who: str, moving: str | None = None, message: str = "") -> bool:
        held = [held for other, (held, until) in self.holds.items() if other != who and until > self.world.now]
        visits = [visit.time for visit in self.standing if visit.reference != moving]
        orphans = [orphan.time for orphan in self.orphans if orphan.message != message]
        return any(overlap(time, other) for other in (*held, *visits, *orphans, *self.blocks))

    def slot(self, n: int) -> FreeTime:
        return self.slots[n % len(self.slots)]

    def new_message(self) -> str:
        self.messages += 1
        return f"m{self.messages}"

    # ---- visitors

    @rule(who=people, n=numbers)
    def hold(self, who: str, n: int) -> None:
        time, message = self.slot(n), self.new_message()
        if self.is_taken(time, who):
            with pytest.raises(SlotTakenError):
                self.world.hold(who, time, message)
            return
        self.world.hold(who, time, message)
        self.holds[who] = (time, self.world.now + HOLD)

    @rule(who=people, n=numbers)
    def place(self, who: str, n: int) -> None:
        self._place(who, self.slot(n), self.new_message())

    @precondition(lambda self: self.visits)
    @rule(which=numbers, n=numbers)
    def move(self, which: int, n: int) -> None:
        old = self.visits[which % len(self.visits)]
        self._place(old.who, self.slot(n), self.new_message(), old.reference)

    @precondition(lambda self: self.visits)
    @rule(which=numbers)
    def send_the_message_again(self, which: int) -> None:
        visit = self.visits[which % len(self.visits)]
        again = self.world.place(visit.who, visit.time, visit.message, visit.moving)
        assert (again.reference, again.status) == (visit.reference, visit.status)

    @precondition(lambda self: self.visits)
    @rule(which=numbers)
    def cancel(self, which: int) -> None:
        visit = self.visits[which % len(self.visits)]
        self.world.cancel(visit.who, visit.reference)
        self._cancelled(visit.reference)

    def _place(self, who: str, time: FreeTime, message: str, moving: str | None = None) -> None:
        if self.is_taken(time, who, moving, message):
            with pytest.raises(SlotTakenError):
                self.world.place(who, time, message, moving)
            return
        booking = self.world.place(who, time, message, moving)
        assert (booking.start, booking.clinician, booking.status) == (time.start, time.clinician, "requested")
        if moving is not None:
            self._cancelled(moving)
        self.holds.pop(who, None)
        self.visits.append(Visit(who, time, message, moving, booking.reference))

    def _cancelled(self, reference: str) -> None:
        next(visit for visit in self.visits if visit.reference == reference).status = "cancelled"
        self.lost.discard(reference)

    # ---- staff, time, upkeep

    @precondition(lambda self: self.visits)
    @rule(which=numbers)
    def confirm(self, which: int) -> None:
        visit = self.visits[which % len(self.visits)]
        if visit.status == "cancelled":
            with pytest.raises(BookingStateError):
                self.world.confirm(visit.reference)
            return
        if visit.status == "requested":
            self.lost.discard(visit.reference)  # the push writes it again
        visit.status = self.world.confirm(visit.reference).status
        assert visit.status == "booked"

    @rule(minutes=st.integers(min_value=1, max_value=11))
    def wait(self, minutes: int) -> None:
        self.world.wait(minutes=minutes)

    @rule()
    def upkeep(self) -> None:
        self.world.upkeep()
        self.lost.clear()
        for orphan in list(self.orphans):
            orphan.first_seen = orphan.first_seen or self.world.now
            if self.world.now - orphan.first_seen >= ORPHAN_AGE:
                self.orphans.remove(orphan)

    # ---- what happens on the server, and to processes

    def has_server(self) -> bool:
        return self.world.server is not None

    @precondition(has_server)
    @rule(n=numbers)
    def the_clinic_enters_something(self, n: int) -> None:
        time = self.slot(n)
        if not any(overlap(time, visit.time) for visit in (*self.standing, *self.orphans)):
            self.world.block(time.clinician, time.start, time.end)
            self.blocks.append(time)

    @precondition(lambda self: self.has_server() and self.standing)
    @rule(which=numbers)
    def somebody_takes_a_visit_out(self, which: int) -> None:
        visit = self.standing[which % len(self.standing)]
        self.world.server.remote.remove(visit_uid(visit.reference))  # type: ignore[union-attr]
        self.lost.add(visit.reference)

    @precondition(has_server)
    @rule(who=people, n=numbers)
    def a_process_dies_before_the_commit(self, who: str, n: int) -> None:
        time, message = self.slot(n), self.new_message()
        desk = self.world.desk(who, f"{message}:{time.value}")
        placed = desk.place(time, "Ann", "ann@example.org")
        if self.is_taken(time, who):
            with pytest.raises(SlotTakenError):
                desk.ahead[0].do()
            return
        desk.ahead[0].do()
        self.orphans.append(Visit(who, time, message, None, placed.reference))
        self._start_again()

    @precondition(lambda self: self.orphans)
    @rule(which=numbers)
    def its_message_is_answered_after_all(self, which: int) -> None:
        orphan = self.orphans[which % len(self.orphans)]
        known = len(self.visits)
        self._place(orphan.who, orphan.time, orphan.message)
        if len(self.visits) > known:
            assert self.visits[-1].reference == orphan.reference
            self.orphans.remove(orphan)

    @precondition(has_server)
    @rule()
    def a_process_starts_again(self) -> None:
        self._start_again()

    def _start_again(self) -> None:
        self.world.close()
        self.world.calendar = self.world.new_process()
        for orphan in self.orphans:
            orphan.first_seen = None

    # ---- what always holds

    @invariant()
    def no_two_open_visits_overlap(self) -> None:
        rows = self.world.rows("held", "requested", "booked")
        for n, one in enumerate(rows):
            for other in rows[n + 1 :]:
                apart = one["end"] <= other["start"] or other["end"] <= one["start"]
                assert apart or one["clinician"] != other["clinician"]

    @invariant()
    def every_visit_is_there_exactly_once(self) -> None:
        rows = self.world.rows("requested", "booked")
        expected = sorted((visit.reference, visit.status, visit.time.start) for visit in self.standing)
        assert sorted((row["reference"], row["status"], row["start"]) for row in rows) == expected

    @invariant()
    def the_server_holds_the_same_visits(self) -> None:
        if self.world.server is None:
            return
        there = sorted((one.uid, one.status, one.start) for one in self.world.remote_visits())
        expected = [
            (visit_uid(visit.reference), visit.status, visit.time.start)
            for visit in (*self.standing, *self.orphans)
            if visit.reference not in self.lost
        ]
        assert there == sorted(expected)

    @invariant()
    def an_offered_time_can_be_had(self) -> None:
        offered = self.world.times("first_visit", ONE_DAY)
        assert not any(self.is_taken(time, "nobody") for time in offered)

    def teardown(self) -> None:
        self.world.close()


def play(new_world: NewWorld, examples: int, steps: int) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: Clinic(lambda: new_world(clinicians=TWO)),
        settings=settings(max_examples=examples, stateful_step_count=steps),
    )


def test_whatever_the_order_of_calls_nothing_is_doubled_or_lost(world_name: str, new_world: NewWorld) -> None:
    play(new_world, examples=3 if world_name in OVER_HTTP else 10, steps=20)


@pytest.mark.long
def test_whatever_the_order_of_calls_nothing_is_doubled_or_lost_long(world_name: str, new_world: NewWorld) -> None:
    play(new_world, examples=40 if world_name in OVER_HTTP else 200, steps=40)
