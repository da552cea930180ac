"""An answer that missed the point: which words say so, and which replies may be rated."""

import pytest

from knee_intake.interview.missed_point import ACT, may_be_rated, says_missed
from knee_intake.interview.offered import plain
from knee_intake.interview.plain_words import plainly_meant
from knee_intake.interview.say import Say
from knee_intake.understanding.types import Understood


@pytest.mark.parametrize(
    "text",
    [
        "That's not what I meant.", "that is not what I asked", "You misunderstood me!", "no, thats not what i said",
        "that isn't what I wanted to know", "Sorry, but that doesn't answer my question.", "not what I asked",
        "you didn't understand me at all", "hm, you missed the point", "This is not my question",
        "you don't get what I'm asking", "that’s really not what I meant, sorry",
    ],
)  # fmt: skip
def test_these_words_say_that_the_answer_missed_the_point(text: str) -> None:
    assert says_missed(plain(text))


@pytest.mark.parametrize(
    "text",
    [
        "that's what I asked", "that's not what I meant, it's my right knee", "I don't understand", "not what I feel",
        "that is not where it hurts", "you understood me", "I missed my appointment", "it is not the knee",
        "that is not what the doctor said", "not my knee", "you missed my left knee",
        "not what I asked. what does it cost?", "that is what I meant, no swelling",
    ],
)  # fmt: skip
def test_these_do_not(text: str) -> None:
    assert not says_missed(plain(text))


def test_it_is_no_answer_to_the_open_question_and_its_signs_are_kept() -> None:
    text = "that's not what I meant"
    read = plainly_meant(
        Understood(text, "deny", 0.9, findings={"red_flags": ["fever"]}, more={"signs": ["x"]}, answer=["none"]),
        "emergency_screen",
    )
    assert (read.intent, read.answer, read.corrections) == (ACT, None, {})
    assert (read.findings, read.more) == ({"red_flags": ["fever"]}, {"signs": ["x"]})


@pytest.mark.parametrize(
    ("says", "status", "picked", "may"),
    [
        ([Say("An answer."), Say("A question?")], "active", False, True),
        ([Say("A visit was asked for.")], "booked", False, True),
        ([Say("Left knee. Who is this about?")], "active", True, False),
        ([Say("Get seen today.", alert="same_day"), Say("A question?")], "active", False, False),
        ([Say("Call 911 again.")], "advised", False, False),
        ([Say("All right, I keep nothing.")], "refused", False, False),
    ],
)
def test_what_may_be_rated(says: list[Say], status: str, picked: bool, may: bool) -> None:
    assert may_be_rated(says, status, picked=picked) == may
