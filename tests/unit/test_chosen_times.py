"""Several times for one visit, a time that is kept longer, and a mail that is agreed to apart."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from knee_intake.clinic import Clinic
from knee_intake.dialogue.turn import consent_rows
from tests.talking import Chat
from tests.unit.test_interview import HISTORY

NOW = datetime(2026, 3, 10, 16, 0, tzinfo=timezone.utc)


@pytest.fixture
def chat(clinic: Clinic) -> Chat:
    """At the times, after the whole interview."""
    found = Chat(clinic, NOW.astimezone(clinic.practice.zoneinfo()), **HISTORY)
    found.start()
    found.say("book", "book", answer="book")
    assert found.asked == "appointment"
    return found


def pick(chat: Chat, number: int) -> str:
    value = str(chat.last[-1].choices[number][1])
    chat.say(value)
    return value


def at_read_back(chat: Chat, reach: dict[str, str] | None = None) -> None:
    pick(chat, 0)
    chat.say("Robin, 212 555 0147", answer={"first_name": "Robin", **(reach or {"phone": "+12125550147"})})
    assert chat.asked == "read_back"


def values(chat: Chat) -> list[str]:
    return [value for _, value in chat.last[-1].choices]


def test_up_to_three_times_are_asked_for_under_one_reference(chat: Chat) -> None:
    at_read_back(chat)
    picked = [chat.desk.held[0].value]
    for count in (1, 2):
        assert "add_time" in values(chat)
        chat.say("add_time")
        assert chat.asked == "appointment"
        assert not {*picked} & {*values(chat)}, "what is picked is not offered again"
        picked.append(pick(chat, 0))
        assert chat.asked == "read_back"
        assert chat.text.count(" or ") >= count
    assert "add_time" not in values(chat), "three are enough"
    chat.say("yes", "affirm", answer="yes")
    assert sorted(picked) == [time.value for time, *_ in chat.desk.placed]
    assert "one of these times" in chat.text
    assert [said.visit for said in chat.last] == ["requested", *[None] * (len(chat.last) - 1)]
    assert chat.intake.status == "booked"
    assert len(chat.intake.booking["others"]) == 2


def test_who_adds_no_time_after_all_is_back_at_the_read_back(chat: Chat) -> None:
    at_read_back(chat)
    chat.say("add_time")
    chat.say("enough")
    assert chat.asked == "read_back"
    chat.say("yes", "affirm", answer="yes")
    assert len(chat.desk.placed) == 1
    assert [said.visit for said in chat.last] == ["requested", *[None] * (len(chat.last) - 1)]


def test_another_time_can_be_wished_in_words(chat: Chat) -> None:
    at_read_back(chat)
    chat.say("can I add another time?", "inform")
    assert chat.asked == "appointment"


def test_of_several_times_those_that_are_lost_are_left_out(chat: Chat) -> None:
    at_read_back(chat)
    chat.say("add_time")
    second = pick(chat, 0)
    chat.desk.lost.add(second)
    chat.say("yes", "affirm", answer="yes")
    assert [time.value for time, *_ in chat.desk.placed] == [chat.desk.held[0].value]
    assert chat.intake.status == "booked"


def test_all_of_them_are_cancelled_together(chat: Chat) -> None:
    at_read_back(chat)
    chat.say("add_time")
    pick(chat, 0)
    chat.say("yes", "affirm", answer="yes")
    chat.say("cancel my visit", "cancel_booking")
    chat.say("yes", "affirm", answer="yes")
    assert len(chat.desk.cancelled) == 2


def test_a_held_time_is_kept_longer(chat: Chat) -> None:
    pick(chat, 0)
    first = chat.last[-1].input["hold_until"]
    chat.now = chat.now.replace(minute=chat.now.minute + 8)
    chat.desk.now = chat.now
    chat.say("can you hold it a bit longer?", "inform")
    assert chat.asked == "contact"
    assert chat.last[-1].input["hold_until"] > first
    assert len(chat.desk.held) == 2


def test_a_time_that_was_lost_meanwhile_is_told_when_it_should_be_kept_longer(chat: Chat) -> None:
    pick(chat, 0)
    chat.desk.lost.add(chat.desk.held[0].value)
    chat.say("keep it longer please", "inform")
    assert "just taken" in chat.text
    assert chat.asked == "appointment"


def test_a_mail_is_offered_only_where_it_can_be_sent_and_is_agreed_to_apart(chat: Chat, clinic: Clinic) -> None:
    at_read_back(chat, {"email": "robin@example.org"})
    assert "yes_email" not in values(chat), "this server sends no mails"
    chat.desk.mails = True
    chat.say("what is this?", "what_means")
    before = chat.intake.to_dict()
    chat.say("yes, and email me the time", "affirm", answer="yes")
    assert chat.intake.status == "booked"
    assert [row["kind"] for row in consent_rows(before, chat.intake, clinic)] == ["email"]
    assert consent_rows(chat.intake.to_dict(), chat.intake, clinic) == []


def test_a_plain_yes_agrees_to_no_mail(chat: Chat, clinic: Clinic) -> None:
    chat.desk.mails = True
    at_read_back(chat, {"email": "robin@example.org"})
    assert "yes_email" in values(chat)
    before = chat.intake.to_dict()
    chat.say("yes", "affirm", answer="yes")
    assert consent_rows(before, chat.intake, clinic) == []


def test_keeping_the_time_longer_is_not_keeping_the_visit_that_is_moved(chat: Chat) -> None:
    at_read_back(chat)
    chat.say("yes", "affirm", answer="yes")
    chat.say("can we move it?", "reschedule")
    pick(chat, 0)
    chat.say("keep it longer", "inform")
    assert chat.intake.state["moving"]
    assert chat.asked == "read_back"


def test_how_long_the_time_is_kept_is_told_with_every_wording_of_a_question(chat: Chat) -> None:
    pick(chat, 0)
    until = chat.last[-1].input["hold_until"]
    names = []
    for _ in range(3):
        chat.say("hm", "nlu_fallback")
        names.append(chat.last[-1].name)
        assert chat.last[-1].input["hold_until"] == until, names
    assert names[-1] == "way_out"
    chat.say("Robin, 212 555 0147", answer={"first_name": "Robin", "phone": "+12125550147"})
    chat.say("change", answer="change")
    assert (chat.last[-1].name, chat.last[-1].input["hold_until"]) == ("change_what", until)
    chat.say("the time", answer="line_time")
    assert "hold_until" not in chat.last[-1].input
