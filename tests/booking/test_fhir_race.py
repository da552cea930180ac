"""Eight writers, one time, and a server that takes them all: at most one visit stays, never two.

What the servers do here was seen: double bookings accepted, clocks of whole seconds, searches that lag behind.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from itertools import count, pairwise

import pytest

from knee_intake.booking.fhir import FhirCalendar
from knee_intake.booking.remote import RemoteVisit
from knee_intake.errors import BookingError, SlotTakenError
from tests.booking.fhir_client import START, a_calendar, a_visit
from tests.booking.fhir_server import FhirStore, a_schedule, fhir_server, slots

WRITERS = 8
LETTERS = "CDFGHJKM"


@pytest.fixture
def store() -> Iterator[FhirStore]:
    with fhir_server(FhirStore()) as store:
        yield store


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests in which nobody gives way while we look."""
    monkeypatch.setattr("knee_intake.booking.fhir.LOOKS_S", (0.0, 0.05, 0.1))


def visits(minutes: int = 30, same_uid: bool = False) -> list[RemoteVisit]:
    return [a_visit(f"{'C' if same_uid else letter}QQ-QQQ", minutes=minutes) for letter in LETTERS]


def race(store: FhirStore, wanted: list[RemoteVisit]) -> list[str]:
    """All write at once, each a process of its own; the uids of those who were told that it is theirs."""
    ready = threading.Barrier(len(wanted))

    def write(visit: RemoteVisit, calendar: FhirCalendar) -> str | None:
        ready.wait(10)
        try:
            calendar.write(visit)
        except SlotTakenError:
            return None
        return visit.uid

    with ExitStack() as stack, ThreadPoolExecutor(len(wanted)) as threads:
        calendars = [stack.enter_context(a_calendar(store.base, calendar_timeout=20)) for _ in wanted]
        return [uid for uid in threads.map(write, wanted, calendars) if uid is not None]


def standing(store: FhirStore) -> list[str]:
    return [one["identifier"][0]["value"] for one in store.standing()]


def meet_at_create(store: FhirStore) -> None:
    """Nobody's Appointment is there before everybody has looked and found the time free."""
    store.before_create = threading.Barrier(WRITERS).wait


def whole_seconds() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def backwards() -> Callable[[], str]:
    """The clock of a server whose order is the wrong way round."""
    steps = count()
    return lambda: (START - timedelta(seconds=next(steps))).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_of_eight_writers_exactly_one_stays(store: FhirStore) -> None:
    meet_at_create(store)
    winners = race(store, visits())
    assert len(store.all("Appointment")) == WRITERS
    assert len(winners) == 1
    assert standing(store) == winners


def test_of_eight_writers_exactly_one_stays_where_the_clock_knows_seconds_only(store: FhirStore) -> None:
    store.clock = whole_seconds
    meet_at_create(store)
    winners = race(store, visits())
    assert len(winners) == 1
    assert standing(store) == winners


def test_never_two_stay_where_the_order_is_the_wrong_way_round(store: FhirStore) -> None:
    store.clock = backwards()
    dice = random.Random(7)
    store.before_create = lambda: time.sleep(dice.random() / 20)
    winners = race(store, visits())
    assert len(winners) <= 1
    assert standing(store) == winners


def test_never_two_stay_where_searches_lag_behind(store: FhirStore) -> None:
    store.hidden_for = 0.15
    meet_at_create(store)
    winners = race(store, visits())
    assert len(winners) <= 1
    assert standing(store) == winners


def test_who_came_later_gives_way_though_the_order_says_otherwise(store: FhirStore, impatient: None) -> None:
    store.clock = backwards()
    with a_calendar(store.base) as calendar:
        store.before_create = lambda: rival(store) if not store.standing() else None
        with pytest.raises(SlotTakenError):
            calendar.write(a_visit())
    assert standing(store) == [a_visit("XXX-XXX").uid]


def rival(store: FhirStore) -> None:
    """Another of our programs has looked, written, read back, and stays."""
    store.before_create = lambda: None
    with a_calendar(store.base) as other:
        other.write(a_visit("XXX-XXX"))


def test_the_first_waits_for_the_others_to_give_way(store: FhirStore) -> None:
    with a_calendar(store.base) as calendar:
        calendar.write(a_visit())
        (ours,) = store.standing()
        later = {**ours, "id": "z", "identifier": [{**ours["identifier"][0], "value": "zzz-zzz@visits.invalid"}]}
        store.add(later)
        threading.Timer(0.2, store.resources.pop, (("Appointment", "z"),)).start()
        calendar.write(a_visit())
    assert standing(store) == [a_visit().uid]


def test_of_eight_writers_one_takes_the_slot_and_nobody_else_writes(store: FhirStore) -> None:
    store.add(a_schedule())
    for slot in slots(START, 3):
        store.add(slot)
    winners = race(store, visits(minutes=60))
    assert len(winners) == 1
    assert standing(store) == winners
    assert len(store.all("Appointment")) == 1
    assert [one["status"] for one in store.all("Slot")] == ["busy-tentative", "busy-tentative", "free"]


def test_never_two_stay_where_slots_have_no_versions(store: FhirStore) -> None:
    store.keeps_versions = False
    store.add(a_schedule())
    for slot in slots(START, 1):
        store.add(slot)
    winners = race(store, visits())
    assert len(winners) <= 1
    assert standing(store) == winners


@pytest.mark.parametrize("keeps_condition", [True, False])
def test_one_visit_written_eight_times_at_once_stands_once(store: FhirStore, keeps_condition: bool) -> None:
    store.keeps_condition = keeps_condition
    meet_at_create(store)
    winners = race(store, visits(same_uid=True))
    assert len(winners) == WRITERS
    assert len(standing(store)) == 1


def test_one_visit_written_eight_times_at_once_keeps_its_slot(store: FhirStore) -> None:
    store.add(a_schedule())
    for slot in slots(START, 1):
        store.add(slot)
    store.read_only = frozenset({"Slot"})
    store.before_create = lambda: store.resources["Slot", "s1-0"].update(status="busy")
    winners = race(store, visits(same_uid=True))
    assert len(winners) == WRITERS
    assert len(standing(store)) == 1


def _rounds(seeds: range) -> None:
    for seed in seeds:
        with fhir_server(FhirStore()) as store:
            dice = random.Random(seed)
            waits = [dice.random() / 50 for _ in range(400)]
            store.clock = dice.choice([whole_seconds, backwards(), store.clock])
            store.hidden_for = dice.choice([0.0, 0.0, 0.02])
            store.answers.append(lambda _seen, waits=waits: time.sleep(waits.pop() if waits else 0.0))  # type: ignore[misc]
            overlapping = [
                a_visit(f"{letter}QQ-QQQ", start=START + timedelta(minutes=15 * number))
                for number, letter in enumerate(LETTERS[:4])
            ]
            told = race(store, overlapping)
            assert sorted(told) == sorted(standing(store)), f"seed {seed}"
            times = sorted((one["start"], one["end"]) for one in store.standing())
            assert all(a[1] <= b[0] for a, b in pairwise(times)), f"seed {seed}: {times}"


def test_visits_that_overlap_in_part_never_stand_together() -> None:
    _rounds(range(4))


@pytest.mark.long
def test_visits_that_overlap_in_part_never_stand_together_in_many_rounds() -> None:
    _rounds(range(100, 400))


def test_what_the_server_does_not_show_is_not_ours(store: FhirStore, impatient: None) -> None:
    store.hidden_for = 30.0
    with a_calendar(store.base) as calendar, pytest.raises(BookingError, match="does not show"):
        calendar.write(a_visit())
