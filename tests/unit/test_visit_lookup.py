"""A visit of another chat: found by reference and contact together, never by less."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from knee_intake.booking import Booking, Wish
from knee_intake.clinic import Clinic
from knee_intake.interview.visit_lookup import MOST_TRIES, find_reference
from tests.talking import Chat

NOW = datetime(2026, 3, 10, 16, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("H7K-4MQ", "H7K-4MQ"),
        ("my reference is h7k 4mq, thanks", "H7K-4MQ"),
        ("H7K4MQ and 212 555 0147", "H7K-4MQ"),
        ("it's HKM-PQR", "HKM-PQR"),
        ("347 643 9764", None),
        ("+1 (347) 643-9764", None),
        ("my phone", None),
        ("try hmm", None),
        ("jkm.pqr@example.org", None),
        ("I lost it", None),
    ],
)
def test_a_reference_is_found_however_it_is_typed(text: str, found: str | None) -> None:
    assert find_reference(text) == found


@pytest.fixture
def chat(clinic: Clinic) -> Chat:
    return Chat(clinic, NOW.astimezone(clinic.practice.zoneinfo()))


@pytest.fixture
def visit(chat: Chat) -> Booking:
    time = chat.desk.free_times(Wish(), 1, ())[0]
    found = Booking(
        "H7K-4MQ", "other", time.kind, time.clinician, time.start, time.end, "requested", "Robin", "+12125550147"
    )
    chat.desk.visits[found.reference] = found
    return found


def test_a_visit_is_cancelled_by_reference_and_phone(chat: Chat, visit: Booking) -> None:
    chat.start()
    chat.say("please cancel my visit", "cancel_booking")
    assert chat.intake.asked == "visit_lookup"
    chat.say("H7K-4MQ", "inform")
    assert chat.intake.asked == "visit_lookup"
    assert "phone" in chat.text
    chat.say("212 555 0147", "inform")
    assert chat.intake.asked == "cancel_visit"
    chat.say("yes", "affirm", answer="yes")
    assert chat.desk.cancelled == ["H7K-4MQ"]


def test_a_visit_is_moved_with_both_in_one_text(chat: Chat, visit: Booking) -> None:
    chat.start()
    chat.say("I need to move my visit", "reschedule")
    chat.say("h7k 4mq, 212-555-0147", "inform")
    assert chat.intake.asked == "appointment"
    assert chat.intake.state["moving"] == "H7K-4MQ"
    assert chat.intake.value("first_name") == "Robin"


def test_another_phone_finds_nothing_and_tells_nothing(chat: Chat, visit: Booking) -> None:
    chat.start()
    chat.say("cancel my visit", "cancel_booking")
    for tried in range(MOST_TRIES):
        chat.say(f"H7K-4MQ, 212 555 018{tried}", "inform")
        assert visit.start.strftime("%b") not in chat.text
    assert chat.last[0].name == "visit_not_found_phone"
    assert chat.desk.cancelled == []
    chat.say("cancel it: H7K-4MQ, 212 555 0147", "cancel_booking")
    assert chat.last[0].name == "visit_not_found_phone", "no more tries in this chat"


def test_a_person_can_be_asked_for_instead(chat: Chat, visit: Booking) -> None:
    chat.start()
    chat.say("cancel my visit", "cancel_booking")
    chat.say("let me talk to someone", "talk_to_human")
    assert chat.last[0].name == "handed_over"


def test_a_visit_that_is_over_is_not_found(chat: Chat, visit: Booking) -> None:
    chat.desk.visits[visit.reference] = replace(visit, contact=None)
    chat.start()
    chat.say("cancel my visit: H7K-4MQ, 212 555 0147", "cancel_booking")
    assert chat.last[0].name == "visit_lookup"


@pytest.mark.parametrize(("text", "phone"), [("sorry, I lost it", True), ("never mind, go on", False)])
def test_who_has_no_reference_hears_the_phone_and_goes_on(chat: Chat, visit: Booking, text: str, phone: bool) -> None:
    chat.start()
    chat.say("cancel my visit", "cancel_booking")
    chat.say(text, "inform")
    assert ("555-0143" in chat.text) == phone
    assert chat.intake.asked == "who_for"
