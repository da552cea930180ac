"""The chat's modes: what practice.yml may say, when a change holds, and that no time is offered where none may be."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from knee_intake.booking import Wish
from knee_intake.clinic import Clinic
from knee_intake.errors import ClinicFileError
from knee_intake.interview import before_consent
from knee_intake.interview.clinic_offer import offer
from knee_intake.practice import ChatRules, load_practice
from tests.conftest import ROOT
from tests.talking import Chat
from tests.unit.test_interview import at_the_read_back, told


def in_mode(clinic: Clinic, mode: str, notice: str = "") -> Clinic:
    rules = msgspec.convert({"mode": mode, "notice": notice}, ChatRules)
    return replace(clinic, practice=msgspec.structs.replace(clinic.practice, widget=rules))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "clinic" / "practice.yml", tmp_path)
    return tmp_path


def write(folder: Path, widget: str) -> None:
    path = folder / "practice.yml"
    text = path.read_text()
    start, end = text.index("widget:"), text.index("holidays:")
    path.write_text(text[:start] + widget + "\n" + text[end:])


# the file


def test_as_shipped_the_chat_is_on(clinic: Clinic) -> None:
    assert clinic.practice.widget == ChatRules("on", "")


@pytest.mark.parametrize(
    ("mode", "takes_new", "offers_times"),
    [("on", True, True), ("no_booking", True, False), ("phone_only", False, False), ("off", False, False)],
)
def test_what_a_mode_means(mode: str, takes_new: bool, offers_times: bool) -> None:
    rules = msgspec.convert({"mode": mode}, ChatRules)
    assert (rules.takes_new, rules.offers_times) == (takes_new, offers_times)


@pytest.mark.parametrize("written", ["off", '"off"', "'off'"])
def test_off_is_a_word_and_no_switch(folder: Path, written: str) -> None:
    write(folder, f"widget: {{mode: {written}}}")
    assert load_practice(folder / "practice.yml").widget.mode == "off"


@pytest.mark.parametrize(
    ("widget", "named"),
    [
        ("widget: {mode: closed}", "widget.mode"),
        ("widget: {modus: off}", "widget.modus"),
        (f"widget: {{notice: {'x' * 161}}}", "widget.notice: expected one line of 160 characters or fewer"),
        ('widget: {notice: "two\\nlines"}', "widget.notice: expected one line"),
        ('widget: {notice: " blank before"}', "widget.notice: expected one line"),
    ],
)
def test_a_slip_is_named(folder: Path, widget: str, named: str) -> None:
    write(folder, widget)
    with pytest.raises(ClinicFileError, match=named):
        load_practice(folder / "practice.yml")


@pytest.mark.parametrize(
    ("notice", "told"),
    [
        ("", "The chat is closed right now. You can call the clinic at 555-0143 (demo number)."),
        (
            "Closed today: snow",
            "Closed today: snow. The chat is closed right now. You can call the clinic at 555-0143 (demo number).",
        ),
        (
            "We are moving!",
            "We are moving! The chat is closed right now. You can call the clinic at 555-0143 (demo number).",
        ),
    ],
)
def test_why_there_is_no_chat_is_told_with_the_phone(clinic: Clinic, notice: str, told: str) -> None:
    assert in_mode(clinic, "off", notice).practice.chat_closed_text() == told


# the interview without times


@pytest.fixture
def closed(clinic: Clinic) -> Clinic:
    return in_mode(clinic, "no_booking")


def labels(chat: Chat) -> list[str]:
    return [label for said in chat.last for label, _ in said.choices]


def test_the_greeting_offers_to_ask_for_a_visit_not_to_book_one(clinic: Clinic, closed: Clinic) -> None:
    [said], stage = before_consent.greeting(closed)
    assert [label for label, _ in said.choices] == [
        "My knee hurts", "Ask for a visit", "Just a question", "I'm already a patient",
    ]  # fmt: skip
    assert [one["label"] for one in stage.offered] == [label for label, _ in said.choices]
    assert "book" not in said.text
    assert "ask the clinic to call you" in said.text
    [open_said], _ = before_consent.greeting(clinic)
    assert "help you book a visit" in open_said.text
    assert [value for _, value in said.choices] == [value for _, value in open_said.choices]


@pytest.mark.parametrize("way", ["book", "Ask for a visit"])
def test_a_wish_for_a_visit_becomes_a_call_back(closed: Clinic, way: str) -> None:
    chat = told(closed)
    chat.start()
    assert "Ask for a visit" in labels(chat)
    assert "Book a visit" not in labels(chat)
    chat.say(way)
    assert "I can't offer times here right now. The clinic can call you to find one." in chat.text
    assert chat.asked == "contact"
    chat.say("Sam, sam@example.org", answer={"first_name": "Sam", "email": "sam@example.org"})
    assert chat.desk.calls == [("wants a visit", "Sam", "sam@example.org", "")]
    assert (chat.desk.held, chat.desk.placed, chat.intake.booking) == ([], [], None)
    assert chat.intake.status == "handed_over"


def test_the_short_way_asks_the_safety_questions_and_then_the_contact(closed: Clinic) -> None:
    chat = Chat(closed, told(closed).now, who_for="self", emergency_screen=[])
    chat.start()
    chat.say("I'd like to come in", "book")
    assert "then the clinic can call you" in chat.text
    assert "we find a time" not in chat.text


def test_ok_to_the_options_does_not_promise_to_look_for_a_time(closed: Clinic) -> None:
    chat = told(closed)
    chat.start()
    chat.say("ok", "affirm")
    assert "Shall I ask the clinic to call you about a visit?" in chat.text
    assert "look for a time" not in chat.text


def switched(chat: Chat, clinic: Clinic) -> Chat:
    """The same conversation after the clinic has changed its mode."""
    chat.clinic = chat.desk.clinic = clinic
    return chat


def test_times_that_were_offered_before_the_change_can_no_longer_be_taken(clinic: Clinic, closed: Clinic) -> None:
    chat = told(clinic)
    chat.start()
    chat.say("book")
    switched(chat, closed).say(chat.last[-1].choices[0][1])
    assert "can't offer times" in chat.text
    assert chat.desk.held == []
    assert chat.asked == "contact"


def test_a_time_that_is_kept_already_may_still_be_asked_for(clinic: Clinic, closed: Clinic) -> None:
    chat = switched(at_the_read_back(clinic), closed)
    chat.say("yes", "affirm", answer="yes")
    assert len(chat.desk.placed) == 1


def test_a_visit_that_was_to_be_moved_stays_and_the_clinic_calls(clinic: Clinic, closed: Clinic) -> None:
    chat = at_the_read_back(clinic)
    chat.say("yes", "affirm", answer="yes")
    booking = chat.intake.booking
    assert booking is not None
    switched(chat, closed).say("another time please", "reschedule")
    assert "Your visit on" in chat.text
    assert "stays" in chat.text
    assert chat.intake.booking == booking
    assert chat.desk.cancelled == []
    assert chat.desk.calls == [("wants another time", "Sam", "sam@example.org", "")]


def test_times_that_staff_offer_by_hand_can_be_taken(clinic: Clinic, closed: Clinic) -> None:
    chat = told(clinic)
    chat.start()
    chat.say("book")
    times = chat.desk.free_times(Wish(), 2, [])
    offer(chat.intake, times, closed)
    switched(chat, closed).say(times[1].value)
    assert [time.value for time in chat.desk.held] == [times[1].value]


def test_an_emergency_is_told_in_every_mode(clinic: Clinic) -> None:
    shown = set()
    for mode in ("on", "no_booking", "phone_only", "off"):
        chat = told(in_mode(clinic, mode))
        chat.start()
        chat.say("now my chest hurts and I can't breathe", findings={}, more={"signs": ["chest_pain"]})
        shown.add(chat.text)
        assert chat.last[0].alert == "emergency_911", mode
    assert len(shown) == 1
