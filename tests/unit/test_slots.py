"""Opening hours as slots: what takes one, and days on which clocks change."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta, timezone

import pytest

from knee_intake.booking.slots import ELSEWHERE, Slot, Taken, slots_between
from tests.practices import make_practice

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=timezone.utc)
HALF = timedelta(minutes=30)
NINE = datetime(2026, 3, 3, 14, 0, tzinfo=timezone.utc)
"""A Tuesday in New York."""
SUNDAY = {"sun": [["01:00", "04:00"]]}


def slots(start: datetime, end: datetime, *taken: Taken, now: datetime = NOW, **practice: object) -> list[Slot]:
    return list(slots_between(make_practice(**practice), "one", start, end, taken, now))


def test_a_slot_is_one_step_of_the_opening_hours() -> None:
    found = slots(NINE - timedelta(hours=9), NINE + timedelta(hours=12))
    assert len(found) == 14
    assert (found[0], found[-1].end) == (Slot("one", NINE, NINE + HALF, "free"), NINE + timedelta(hours=8))
    assert NINE + timedelta(hours=3) not in [slot.start for slot in found]


def test_only_slots_that_start_in_the_span_are_given() -> None:
    assert [slot.start for slot in slots(NINE + HALF, NINE + 2 * HALF)] == [NINE + HALF]
    assert slots(NINE + timedelta(minutes=1), NINE + HALF) == []


@pytest.mark.parametrize(
    ("status", "shown"), [("held", "busy-tentative"), ("requested", "busy-tentative"), ("booked", "busy")]
)
def test_what_lies_in_a_slot_takes_it(status: str, shown: str) -> None:
    visit = Taken("one", NINE + timedelta(minutes=20), NINE + timedelta(minutes=40), status)
    others = Taken("two", NINE + 2 * HALF, NINE + 3 * HALF, "booked")
    assert [slot.status for slot in slots(NINE, NINE + 3 * HALF, visit, others)] == [shown, shown, "free"]


def test_what_is_taken_elsewhere_is_not_given_out_and_hides_no_visit() -> None:
    elsewhere = Taken("one", NINE, NINE + 3 * HALF, ELSEWHERE)
    visits = [Taken("one", NINE, NINE + HALF, "requested"), Taken("one", NINE + HALF, NINE + 2 * HALF, "booked")]
    found = slots(NINE, NINE + 4 * HALF, elsewhere, *visits)
    assert [slot.status for slot in found] == ["busy-tentative", "busy", "busy-unavailable", "free"]


def test_booked_shows_beside_requested() -> None:
    both = [Taken("one", NINE, NINE + HALF / 2, "requested"), Taken("one", NINE + HALF / 2, NINE + HALF, "booked")]
    assert [slot.status for slot in slots(NINE, NINE + HALF, *both)] == ["busy"]


def test_the_break_beside_a_visit_and_what_is_past_are_not_given_out() -> None:
    visit = Taken("one", NINE + HALF, NINE + 2 * HALF, "booked")
    found = slots(NINE, NINE + 4 * HALF, visit, booking={"buffer_minutes": 1})
    assert [slot.status for slot in found] == ["busy-unavailable", "busy", "busy-unavailable", "free"]
    assert [slot.status for slot in slots(NINE, NINE + 2 * HALF, now=NINE)] == ["busy-unavailable", "free"]


def test_holidays_have_no_slots() -> None:
    assert slots(NINE, NINE + timedelta(hours=8), holidays=["2026-03-03"]) == []


@pytest.mark.parametrize(("day", "count"), [(8, 4), (15, 6)])
def test_the_hour_that_is_left_out_in_spring_has_no_slots(day: int, count: int) -> None:
    start = datetime(2026, 3, day, 5, 0, tzinfo=timezone.utc)
    found = slots(start, start + timedelta(hours=20), hours={"value": SUNDAY, "confirmed": True})
    assert len(found) == count
    assert all(later.start - slot.start == HALF for slot, later in itertools.pairwise(found))


def test_the_hour_that_comes_twice_in_autumn_has_slots_twice() -> None:
    start = datetime(2026, 11, 1, 4, 0, tzinfo=timezone.utc)
    found = slots(start, start + timedelta(hours=20), hours={"value": SUNDAY, "confirmed": True})
    assert len({slot.start for slot in found}) == 8
