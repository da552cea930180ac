"""Times that staff offer in the place of those that were asked for, as the conversation goes on from them."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from knee_intake.booking import FreeTime, Wish
from knee_intake.clinic import Clinic
from knee_intake.interview.clinic_offer import offer
from tests.talking import Chat
from tests.unit.test_interview import HISTORY

NOW = datetime(2026, 3, 10, 16, 0, tzinfo=timezone.utc)


@pytest.fixture
def chat(clinic: Clinic) -> Chat:
    """A visit was asked for."""
    found = Chat(clinic, NOW.astimezone(clinic.practice.zoneinfo()), **HISTORY)
    found.start()
    found.say("book", "book", answer="book")
    found.say(str(found.last[-1].choices[0][1]))
    found.say("Robin, 212 555 0147", answer={"first_name": "Robin", "phone": "+12125550147"})
    found.say("yes", "affirm", answer="yes")
    assert found.intake.booking is not None
    return found


def offered(chat: Chat, count: int = 2) -> list[FreeTime]:
    """What staff offer: times that no list of ours begins with."""
    times = chat.desk.free_times(Wish(), 12, [])[-count:]
    chat.last = [offer(chat.intake, times, chat.clinic)]
    return times


def values(chat: Chat) -> list[str]:
    return [value for _, value in chat.last[-1].choices]


def test_they_are_shown_like_any_free_times(chat: Chat) -> None:
    first, second = offered(chat)
    assert values(chat) == [first.value, second.value, "other"]
    assert chat.last[-1].input == {"kind": "slots", "for": "appointment"}
    assert first.label(chat.clinic.practice.zoneinfo()) in chat.text
    assert "pick it here" in chat.text
    assert (chat.intake.status, chat.intake.booking, chat.asked) == ("active", None, "appointment")


@pytest.mark.parametrize("words", ["", "the second one"])
def test_one_that_is_picked_is_held_read_back_and_asked_for(chat: Chat, words: str) -> None:
    _, second = offered(chat)
    before = len(chat.desk.placed)
    if words:
        chat.say(words, answer={"pick": 2})
    else:
        chat.say(second.value)
    assert chat.desk.held[-1] == second
    assert chat.asked == "read_back", "how to reach them is known"
    assert "hold_until" in (chat.last[-1].input or {})
    chat.say("yes", "affirm", answer="yes")
    assert [time for time, *_ in chat.desk.placed[before:]] == [second]
    assert chat.intake.status == "booked"
    assert "clinic_times" not in chat.intake.state


def test_they_stay_until_the_visitor_wants_something_else(chat: Chat) -> None:
    times = offered(chat)
    chat.say("hm", "nlu_fallback")
    assert values(chat)[:2] == [time.value for time in times]
    chat.say("other")
    assert not {time.value for time in times} & {*values(chat)}
    assert chat.asked == "appointment"
    chat.say("hm", "nlu_fallback")
    assert not {time.value for time in times} & {*values(chat)}


def test_a_wish_in_words_is_met_with_times_that_fit_it(chat: Chat) -> None:
    offered(chat)
    chat.say("mornings only", answer={"before": "10:00"})
    assert all("T09:" in value for value in values(chat)[:-1])
    assert len(values(chat)) > 1


def test_of_those_that_are_left_one_may_be_added(chat: Chat) -> None:
    first, second = offered(chat)
    chat.say(first.value)
    chat.say("add_time")
    assert values(chat) == [second.value, "other", "enough"]


def test_one_that_was_taken_meanwhile_is_told_and_others_follow(chat: Chat) -> None:
    first, _ = offered(chat)
    chat.desk.lost.add(first.value)
    chat.say(first.value)
    assert "just taken" in chat.text
    assert first.value not in values(chat)
    assert len(values(chat)) > 2


def test_what_has_passed_is_not_offered_again(chat: Chat) -> None:
    first, second = offered(chat)
    chat.now = chat.desk.now = first.start
    chat.say("hm", "nlu_fallback")
    assert values(chat) == [second.value, "other"]


def test_who_was_moving_the_visit_asks_for_a_new_one(chat: Chat) -> None:
    chat.say("can we move it?", "reschedule")
    assert chat.intake.state["moving"]
    times = offered(chat)
    chat.say(times[0].value)
    chat.say("yes", "affirm", answer="yes")
    assert chat.desk.cancelled == [], "the clinic has let the old one go"
    assert chat.desk.placed[-1][0] == times[0]


@pytest.mark.parametrize("status", ["advised", "refused", "consent_pending"])
def test_where_the_chat_leads_to_no_visit_they_are_for_the_phone(chat: Chat, status: str) -> None:
    chat.intake.status = status
    before = chat.intake.to_dict()
    offered(chat)
    assert chat.last[-1].choices == ()
    assert chat.last[-1].input is None
    assert "To take one, call" in chat.text
    assert chat.intake.to_dict() == before


def test_going_back_from_them_is_no_way_into_the_old_visit(chat: Chat) -> None:
    offered(chat)
    chat.say("go back", "go_back")
    assert (chat.asked, chat.intake.booking) == ("appointment", None)
