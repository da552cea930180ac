"""The real app: limits in whole conversations, and clinicians' own calendars in its upkeep."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from knee_intake.records.schema import booking_attempts, bookings, callbacks, conversations
from tests.integration.conftest import Running, Visitor
from tests.integration.feed_server import feed_server
from tests.unit.test_busy_ical import calendar


def at_the_read_back(running: Running, contact: str) -> Visitor:
    visitor = running.visitor().interview()
    visitor.say("book")
    visitor.say(visitor.last[-1]["choices"][0]["value"], contact)
    assert visitor.asked == "read_back"
    return visitor


def test_one_contact_has_one_open_visit_and_the_second_chat_is_offered_a_call(start: Callable[..., Any]) -> None:
    with start(rate_limits=True) as running:
        running.visitor().booked()
        second = at_the_read_back(running, "Robin, Robin@Example.org")
        second.say("yes")
        assert second.last[-1]["text"].startswith("I can't ask for this visit on my own.")
        assert [choice["value"] for choice in second.last[-1]["choices"]] == ["call_me", "stop"]
        assert [row["status"] for row in running.rows(bookings)].count("requested") == 1
        assert second.intake()["booking"] is None
        wanted = next(row for row in running.rows(bookings) if row["status"] == "held")
        second.say("call_me")
        (note,) = running.rows(callbacks)
        assert (note["first_name"], note["contact"]) == ("Robin", "Robin@example.org")
        assert note["wishes"]
        assert wanted["conversation_id"] == note["conversation_id"]
        # an alarm is told whatever limit was reached
        assert any(message.get("alert") for message in second.say("my calf is swollen and hot since this morning"))
        # a third visitor with another contact is not held up
        third = at_the_read_back(running, "Sam, sam@example.org")
        third.say("yes")
        assert third.intake()["booking"]["status"] == "requested"


def test_addresses_count_and_only_their_hashes_are_kept_for_a_day(start: Callable[..., Any]) -> None:
    with start(rate_limits=True) as running:
        limits = running.context.clinic.practice.booking.limits
        running.visitor().booked()
        (attempt,) = [row for row in running.rows(booking_attempts) if row["effect"] == "place"]
        for number in range(limits.visits_per_address - 1):
            values = {**attempt, "effect_key": f"k{number}", "conversation_id": None, "contact_mac": None}
            with running.context.database.write() as connection:
                connection.execute(booking_attempts.insert().values(values))
        next_one = at_the_read_back(running, "Sam, sam@example.org")
        next_one.say("yes")
        assert next_one.last[-1]["text"].startswith("I can't ask for this visit on my own.")
        assert "testclient" not in repr(running.rows(conversations)) + repr(running.rows(booking_attempts))
        running.clock.advance(days=1)
        running.client.portal.call(running.dialogue.tidy)
        assert [row["address_mac"] for row in running.rows(conversations)] == [None, None]
        assert not any(row["address_mac"] for row in running.rows(booking_attempts))


def test_without_rate_limits_as_in_simulations_nothing_is_limited(running: Running) -> None:
    for _ in range(2):
        running.visitor().booked()
    assert running.rows(booking_attempts) == []


def test_a_clinicians_calendar_is_read_by_the_running_app(start: Callable[..., Any]) -> None:
    with feed_server() as server:
        server.body = calendar("DTSTART:20260311T000000Z|DTEND:20260501T000000Z")
        feeds = {"sports_medicine": server.address, "physical_therapy": server.address}
        with start(busy_feeds=feeds) as running:
            deadline = time.monotonic() + 20
            while (states := running.client.get("/readyz").json()["busy_feeds"]) != dict.fromkeys(feeds, "ok"):
                assert time.monotonic() < deadline, states
                time.sleep(0.05)
            visitor = running.visitor().interview()
            visitor.say("book")
            assert "can't see any free times" in visitor.text
            running.clock.advance(minutes=61)
            ready = running.client.get("/readyz")
            assert (ready.status_code, ready.json()["busy_feeds"]) == (200, dict.fromkeys(feeds, "old"))
