"""A visitor who may take no more is told so kindly, with the phone and a call back, and loses nothing."""

from __future__ import annotations

import pytest

from knee_intake.clinic import Clinic
from knee_intake.errors import BookingLimitError
from knee_intake.interview.booking_talk import LIMIT_PHRASES
from tests.talking import Chat
from tests.unit.test_interview import at_the_read_back, told

PLACING = ("conversation", "address", "contact")


def at_the_times(clinic: Clinic) -> Chat:
    chat = told(clinic)
    chat.start()
    chat.say("book")
    return chat


def limited(clinic: Clinic, reason: str) -> Chat:
    """A visitor at the read-back who may ask for no more."""
    chat = at_the_read_back(clinic)
    chat.desk.limit = reason
    chat.say("yes", "affirm", answer="yes")
    return chat


@pytest.mark.parametrize("reason", PLACING)
def test_a_visit_too_many_is_told_with_the_phone_and_a_call_back(clinic: Clinic, reason: str) -> None:
    chat = limited(clinic, reason)
    assert clinic.practice.phone_text() in chat.text
    assert "What you told me is kept." in chat.text
    assert [label for label, _ in chat.last[-1].choices] == ["Call me", "Not now"]
    assert chat.intake.booking is None
    assert chat.intake.status == "active"
    assert chat.value("email") == "sam@example.org"


@pytest.mark.parametrize("reason", PLACING)
@pytest.mark.parametrize("reply", ["call_me", "Call me"])
def test_a_call_back_carries_name_contact_and_the_time_that_was_wanted(clinic: Clinic, reason: str, reply: str) -> None:
    chat = limited(clinic, reason)
    wanted = chat.desk.held[0].label(clinic.practice.zoneinfo())
    chat.say(reply)
    assert chat.desk.calls == [("wants a call", "Sam", "sam@example.org", wanted)]
    assert chat.intake.status == "handed_over"


def test_a_plain_yes_means_the_call_back(clinic: Clinic) -> None:
    chat = limited(clinic, "contact")
    chat.say("yes please", "affirm", answer="yes")
    assert len(chat.desk.calls) == 1
    assert chat.desk.placed == []


def test_after_a_change_a_yes_asks_for_the_visit_again(clinic: Clinic) -> None:
    chat = limited(clinic, "contact")
    chat.say("my number is wrong", "change_answer")
    chat.say("Sam, 212 555 0143", answer={"first_name": "Sam", "phone": "+12125550143"})
    chat.desk.limit = None
    chat.say("yes", "affirm", answer="yes")
    assert [(name, contact) for _, name, contact in chat.desk.placed] == [("Sam", "+12125550143")]
    assert chat.desk.calls == []


def test_not_now_keeps_everything(clinic: Clinic) -> None:
    chat = limited(clinic, "address")
    chat.say("stop")
    assert "is kept for the clinic" in chat.text
    assert chat.value("knee_side") == "left"


def test_a_visit_that_cannot_be_moved_stays(clinic: Clinic) -> None:
    chat = at_the_read_back(clinic)
    chat.say("yes", "affirm", answer="yes")
    chat.say("can I come another day", "reschedule")
    chat.say(chat.last[-1].choices[0][1])
    chat.desk.limit = "conversation"
    chat.say("yes", "affirm", answer="yes")
    assert LIMIT_PHRASES["conversation"] == chat.last[-1].name
    assert chat.desk.cancelled == []
    assert chat.intake.state["moving"] == "ABC-123"


def test_a_time_too_many_is_told_and_no_time_is_chosen(clinic: Clinic) -> None:
    chat = at_the_times(clinic)
    chat.desk.limit = "holds"
    chat.say(chat.last[-1].choices[0][1])
    assert chat.last[-1].name == "limit_holds"
    assert clinic.practice.phone_text() in chat.text
    assert "chosen" not in chat.intake.state
    chat.say("call_me")
    assert chat.asked == "contact"
    chat.say("Sam, sam@example.org", answer={"first_name": "Sam", "email": "sam@example.org"})
    assert chat.desk.calls[0][:3] == ("wants a call", "Sam", "sam@example.org")


def test_the_reply_does_not_tell_whether_somebody_elses_contact_has_a_visit(clinic: Clinic) -> None:
    texts = {reason: clinic.questions.phrases[LIMIT_PHRASES[reason]]["en"] for reason in PLACING}
    assert texts["contact"] == texts["address"]
    assert not {"phone number", "email", "already"} & set(texts["contact"].split())


@pytest.mark.parametrize("reason", ["holds", *PLACING])
def test_a_limit_never_keeps_a_safety_text_back(clinic: Clinic, reason: str) -> None:
    chat = at_the_read_back(clinic)
    chat.desk.limit = reason
    chat.say("yes, and my calf is swollen", "affirm", answer="yes", findings={"red_flags": ["calf_swelling"]})
    alarm, *_ = chat.last
    assert alarm.alert is not None
    chat = limited(clinic, reason) if reason != "holds" else at_the_times(clinic)
    chat.say("I can't feel my foot, it is cold", findings={"red_flags": ["numb_or_cold_foot"]})
    assert chat.last[0].alert is not None


def test_every_limit_has_a_sentence(clinic: Clinic) -> None:
    for reason, phrase in LIMIT_PHRASES.items():
        assert "{phone}" in clinic.questions.phrases[phrase]["en"]
        assert BookingLimitError(reason).value == f"limit:{reason}"
