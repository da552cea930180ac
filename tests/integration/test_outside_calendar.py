"""A whole chat with the clinic's own calendar on a server: kept in step, told honestly when it is not there."""

from __future__ import annotations

import sys
import threading
import time as clock
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from knee_intake.booking.reference import reference_of
from knee_intake.records import schema
from knee_intake.records.staff_accounts import add_member
from tests.booking.faulty_calendar import FaultyCalendar
from tests.booking.memory_calendar import MemoryCalendar
from tests.integration.conftest import Running, Visitor


class Served:
    """The running app over a server in memory: `served.fails("write")`."""

    def __init__(self, running: Running, memory: MemoryCalendar, faulty: FaultyCalendar) -> None:
        self.running, self.memory, self._faulty = running, memory, faulty

    def fails(self, *calls: str, fault: str = "refused") -> None:
        self._faulty.choose = lambda name: fault if name in calls else None

    def works(self) -> None:
        self._faulty.choose = lambda _name: None
        self._faulty.catch_up()

    def settle(self) -> None:
        self.running.context.calendar.settle()

    def tidy(self, **later: float) -> None:
        self.running.clock.advance(**later)
        self.running.client.portal.call(self.running.dialogue.tidy)  # type: ignore[union-attr]

    @property
    def there(self) -> dict[str | None, str]:
        """Our visits on the server: reference -> status."""
        self.settle()
        return {reference_of(uid): visit.status for uid, visit in self.memory.visits.items()}

    def block_all(self) -> None:
        """The clinic closes its calendar for good."""
        now = self.running.clock()
        for clinician in self.running.context.clinic.practice.clinicians:
            self.memory.block(clinician.id, now, now + timedelta(days=400))

    def block(self, value: str) -> None:
        """Somebody at the clinic takes this time of everybody's."""
        start = datetime.fromisoformat(value)
        for clinician in self.running.context.clinic.practice.clinicians:
            self.memory.block(clinician.id, start, start + timedelta(minutes=10))


@pytest.fixture
def served(start: Callable[..., Any], home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    memory = MemoryCalendar()
    faulty = FaultyCalendar(memory)
    client = SimpleNamespace(from_settings=lambda _settings, _practice: faulty)
    monkeypatch.setitem(sys.modules, "knee_intake.booking.caldav", SimpleNamespace(CalDavCalendar=client))
    monkeypatch.setattr("knee_intake.booking.breaker.PAUSE_S", 0.0)
    monkeypatch.setattr("knee_intake.booking.mirrored.SEEN_FOR_S", -1.0)  # every question is a new one
    practice = home / "clinic" / "practice.yml"
    text = practice.read_text(encoding="utf-8")
    practice.write_text(text.replace("calendar: embedded", "calendar: caldav"), encoding="utf-8")
    with start(calendar_url="http://calendar.test/") as running:
        yield Served(running, memory, faulty)
    assert memory.is_closed


@pytest.fixture
def visitor(served: Served) -> Visitor:
    """One who may choose a time now."""
    visitor = served.running.visitor().interview()
    visitor.say("book")
    return visitor


def choices(visitor: Visitor) -> list[str]:
    return [choice["value"] for choice in visitor.last[-1]["choices"] if choice["value"] != "other"]


def test_a_visit_is_on_the_server_from_the_request_to_the_cancelling(served: Served, visitor: Visitor) -> None:
    visitor.say(choices(visitor)[0])
    assert served.there == {}, "a hold is ours alone"
    visitor.say("Robin, robin@example.org", "yes")
    reference = visitor.intake()["booking"]["reference"]
    assert reference in visitor.text or reference in str(visitor.messages())
    assert served.there == {reference: "requested"}
    token = add_member(
        served.running.context.database, name="dana", role="reviewer", password="grey heron at noon",
        now=served.running.clock(), with_token=True,
    )  # fmt: skip
    confirmed = served.running.client.post(
        f"/staff/api/conversations/{visitor.conversation}/confirm", headers={"Authorization": f"Bearer {token}"}
    )
    assert confirmed.status_code == 200, confirmed.text
    assert served.there == {reference: "booked"}
    visitor.say("please cancel my visit", "yes")
    assert served.there == {}


def test_a_visit_that_is_moved_is_on_the_server_once(served: Served, visitor: Visitor) -> None:
    visitor.say(choices(visitor)[0], "Robin, robin@example.org", "yes")
    old = visitor.intake()["booking"]["reference"]
    visitor.say("I need to reschedule")
    assert visitor.asked == "appointment"
    visitor.say(choices(visitor)[0], "yes")
    new = visitor.intake()["booking"]["reference"]
    assert new != old
    assert served.there == {new: "requested"}
    statuses = {row["reference"]: row["status"] for row in served.running.rows(schema.bookings)}
    assert (statuses[old], statuses[new]) == ("cancelled", "requested")
    kinds = [row["kind"] for row in served.running.rows(schema.outbox)]
    assert kinds == ["visit", "visit", "cancelled"]


def test_times_that_the_clinic_has_taken_are_not_offered(served: Served) -> None:
    visitor = served.running.visitor().interview()
    visitor.say("book")
    first = choices(visitor)[0]
    served.block(first)
    other = served.running.visitor().interview()
    other.say("book")
    assert choices(other)
    assert first not in choices(other)


@pytest.mark.parametrize("when", ["while it is chosen", "before the last yes"])
def test_a_time_that_the_clinic_takes_first_is_told_and_others_are_offered(
    served: Served, visitor: Visitor, when: str
) -> None:
    value = choices(visitor)[0]
    if when == "while it is chosen":
        served.block(value)
        visitor.say(value)
    else:
        visitor.say(value, "Robin, robin@example.org")
        served.block(value)
        visitor.say("yes")
    assert "just taken" in visitor.text
    assert visitor.asked == "appointment"
    assert value not in choices(visitor)
    assert served.there == {}
    visitor.say(choices(visitor)[0])
    visitor.say("yes") if when == "before the last yes" else visitor.say("Robin, robin@example.org", "yes")
    assert list(served.there.values()) == ["requested"]


def assert_called_back(served: Served, visitor: Visitor, wishes: str | None = None) -> None:
    (note,) = served.running.rows(schema.callbacks)
    assert (note["conversation_id"], note["first_name"], note["contact"]) == (
        visitor.conversation, "Robin", "robin@example.org",
    )  # fmt: skip
    if wishes is not None:
        assert note["wishes"] == wishes
    assert [row["kind"] for row in served.running.rows(schema.outbox)] == ["call_back"]
    assert visitor.intake()["booking"] is None
    assert not [row for row in served.running.rows(schema.bookings) if row["status"] in ("requested", "booked")]


@pytest.mark.parametrize("fault", ["refused", "error", "lost", "late"])
def test_a_server_that_fails_at_the_last_yes_leaves_a_call_back_and_no_visit(
    served: Served, visitor: Visitor, fault: str
) -> None:
    label = visitor.last[-1]["choices"][0]["label"]
    visitor.say(choices(visitor)[0], "Robin, robin@example.org")
    served.fails("write", "busy", fault=fault)
    visitor.say("yes")
    assert "can't open the calendar" in visitor.text
    assert "a note for the clinic to call you" in visitor.text
    assert "reference" not in visitor.text
    assert_called_back(served, visitor, label)
    served.works()
    served.tidy()
    served.tidy(minutes=6)
    assert served.there == {}


def test_without_the_server_the_contact_is_taken_for_a_call_back(served: Served) -> None:
    visitor = served.running.visitor().interview()
    served.fails("busy")
    visitor.say("book")
    assert "can't open the calendar" in visitor.text
    assert visitor.asked == "contact"
    visitor.say("Robin, robin@example.org")
    assert_called_back(served, visitor)


def test_a_server_that_fails_while_other_times_are_looked_for_loses_nobody(served: Served, visitor: Visitor) -> None:
    served.fails("busy")
    visitor.say("other")
    assert "can't open the calendar" in visitor.text
    assert visitor.asked == "contact", "else the clinic could not call"
    visitor.say("Robin, robin@example.org")
    assert_called_back(served, visitor)


def test_a_full_calendar_of_the_clinic_is_no_calendar_that_is_down(served: Served) -> None:
    served.block_all()
    visitor = served.running.visitor().interview()
    visitor.say("book")
    assert "can't see any free times" in visitor.text
    assert visitor.asked == "contact"


def test_cancelling_works_while_the_server_is_away_and_reaches_it_later(served: Served, visitor: Visitor) -> None:
    visitor.say(choices(visitor)[0], "Robin, robin@example.org", "yes")
    reference = visitor.intake()["booking"]["reference"]
    served.fails("remove", "update", "ours")
    visitor.say("please cancel my visit", "yes")
    assert "is cancelled" in visitor.text
    assert served.there == {reference: "requested"}
    ready = served.running.client.get("/readyz")
    assert (ready.status_code, ready.json()["visits_out_of_step"]) == (200, 1)
    served.tidy()
    served.works()
    served.tidy()
    assert served.there == {}
    assert served.running.client.get("/readyz").json()["visits_out_of_step"] == 0


def test_readiness_tells_of_a_server_that_is_out_of_reach_and_serves_on(served: Served) -> None:
    ready = served.running.client.get("/readyz")
    assert (ready.status_code, ready.json()["calendar"]) == (200, "ok")
    served.fails("busy")
    ready = served.running.client.get("/readyz")
    assert (ready.status_code, ready.json()["status"], ready.json()["calendar"]) == (200, "ready", "out of reach")


def test_a_slow_server_holds_up_nobody_else(served: Served, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    other = served.running.visitor().consent()
    visitor.say(choices(visitor)[0], "Robin, robin@example.org")
    asked, go_on = threading.Event(), threading.Event()
    write = served.memory.write

    def slow(visit: Any) -> None:
        asked.set()
        assert go_on.wait(30)
        write(visit)

    monkeypatch.setattr(served.memory, "write", slow)
    placing = threading.Thread(target=visitor.say, args=("yes",))
    placing.start()
    assert asked.wait(30)
    began = clock.monotonic()
    other.say("self")
    took = clock.monotonic() - began
    go_on.set()
    placing.join()
    assert other.asked == "emergency_screen"
    assert took < 20, "it was answered while the server was still being waited for"
    assert list(served.there.values()) == ["requested"]


def test_an_emergency_needs_no_calendar(served: Served, visitor: Visitor) -> None:
    served.fails("busy", "write", "update", "remove", "ours")
    visitor.say("my chest hurts and I can't breathe")
    assert "911" in visitor.text
