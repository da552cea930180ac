"""What the chat says while nobody at the clinic is told of anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest

from knee_intake.clinic import Clinic
from knee_intake.interview import off_duty
from knee_intake.interview.model import FlagHit
from tests.practices import make_practice
from tests.talking import Chat

OPEN = datetime(2026, 3, 10, 15, 0, tzinfo=timezone.utc)  # a Tuesday, 11 AM in New York
CLOSED = datetime(2026, 3, 10, 23, 0, tzinfo=timezone.utc)
PHONE = "(212) 555-0143 (demo number)"
DESK = {"recipients": {"desk": {"mail": "desk@clinic.test"}, "night": {"mail": "night@clinic.test"}}}
NOBODY = "Nobody at the clinic reads this chat now. "


def with_practice(clinic: Clinic, **changes: Any) -> Clinic:
    return replace(clinic, practice=make_practice(**changes))


def alerts(closed: list[str]) -> dict[str, Any]:
    told = {kind: {"open": ["desk"], "closed": closed} for kind in off_duty.AFTER_ALARM}
    return {**DESK, "told": told}


def hit(urgency: str, rule: str = "RF01") -> FlagHit:
    return FlagHit(rule, 1, urgency, "The text.", 3)


def told(clinic: Clinic, now: datetime, *hits: FlagHit, channels: tuple[str, ...] = ("mail",)) -> str:
    return " | ".join(said.text for said in off_duty.after_alarm(hits, clinic, now, channels))


@pytest.mark.parametrize(
    ("urgency", "rule", "text"),
    [
        ("emergency_911", "RF12", "Please don't wait for us. Call 911 now."),
        (
            "emergency_911",
            "RF21",
            "Please don't wait for us. Call or text 988 now, day or night. In danger, call 911.",
        ),
        (
            "emergency_room",
            "RF03",
            "Please don't wait for us. Go to the emergency room. If you can't get there, call 911.",
        ),
        (
            "same_day",
            "RF11",
            f"The clinic opens on Wed, Mar 11, 9:00 AM. Its phone is {PHONE}. "
            "Please don't wait for us. Go to urgent care today. In an emergency, call 911.",
        ),
    ],
)
def test_after_an_urgent_text_it_says_who_helps_instead(clinic: Clinic, urgency: str, rule: str, text: str) -> None:
    closed = with_practice(clinic, alerts=alerts([]))
    assert told(closed, CLOSED, hit(urgency, rule)) == NOBODY + text
    assert told(closed, OPEN, hit(urgency, rule)) == "", "somebody is told"
    assert told(with_practice(clinic, alerts=alerts(["night"])), CLOSED, hit(urgency, rule)) == "", "at night as well"


def test_of_several_flags_the_most_urgent_counts(clinic: Clinic) -> None:
    closed = with_practice(clinic, alerts=alerts([]))
    both = told(closed, CLOSED, hit("same_day", "RF11"), hit("emergency_911", "RF12"))
    assert both == told(closed, CLOSED, hit("emergency_911", "RF12"))


@pytest.mark.parametrize("hits", [(), (hit("soon", "RF15"),)])
def test_without_an_urgent_flag_nothing_follows(clinic: Clinic, hits: tuple[FlagHit, ...]) -> None:
    assert told(with_practice(clinic, alerts=alerts([])), CLOSED, *hits) == ""


def test_whoever_cannot_be_reached_is_not_on_duty(clinic: Clinic) -> None:
    opened = with_practice(clinic, alerts=alerts([]))
    assert told(opened, OPEN, hit("same_day"), channels=()) == (
        f"{NOBODY}The clinic's phone is {PHONE}. "
        "Please don't wait for us. Go to urgent care today. In an emergency, call 911."
    )


def test_the_phone_is_named_with_the_next_opening_where_that_is_known(clinic: Clinic) -> None:
    only_phone = f"The clinic's phone is {PHONE}."
    assert off_duty.reach(with_practice(clinic), OPEN) == only_phone
    assert off_duty.reach(with_practice(clinic, hours={"value": None}), CLOSED) == only_phone
    holiday = with_practice(clinic, holidays=["2026-03-11"])
    assert off_duty.opening(holiday, CLOSED) == "Thu, Mar 12, 9:00 AM"
    assert off_duty.opening(clinic, CLOSED) == "Wed, Mar 11, 9:00 AM (demo hours)"


@pytest.fixture
def chat(clinic: Clinic) -> Chat:
    found = Chat(clinic, CLOSED.astimezone(clinic.practice.zoneinfo()))
    found.desk.watched = False
    found.start()
    return found


def test_after_an_alarm_it_is_said_with_the_next_reply_and_once(chat: Chat) -> None:
    chat.say("self")
    (alarm,) = chat.say("knee is out of place", more={"signs": ["knee_out_of_place"]})
    assert alarm.alert == "emergency_room"
    assert [said.name for said in chat.say("hm")] == ["nobody_reads", "after_alarm"]
    assert [said.name for said in chat.say("hm")] == ["after_alarm"]
    chat.say("my chest hurts", more={"signs": ["chest_pain"]})
    assert chat.say("hm")[0].name == "nobody_reads", "another alarm"


def test_who_is_in_distress_is_not_told_that_people_are_there(chat: Chat) -> None:
    first = chat.say("I can't take this any more", "distress")[0]
    second = chat.say("I am so alone with this", "distress")[0]
    assert first.text != second.text
    assert NOBODY.strip() in first.text
    assert "can't read this yet" in second.text
    for said in (first, second):
        assert "988" in said.text
    assert len(chat.desk.calls) == 1, "staff find one note"


def test_a_person_is_not_promised(chat: Chat) -> None:
    said = chat.say("a person please", "talk_to_human")[0]
    assert said.name == "handed_over"
    assert NOBODY.strip() in said.text
    noted = chat.say("Robin, 212 555 0147", answer={"first_name": "Robin", "phone": "+12125550147"})[-1]
    assert "Nobody there reads it now" in noted.text
    assert "Wed, Mar 11, 9:00 AM" in noted.text
