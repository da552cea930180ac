"""Two questions in one message."""

import pytest

from knee_intake.interview.two_questions import two_questions
from knee_intake.understanding.types import Understood

INTENTS = {
    "What does it cost?": "ask_cost",
    "what does it cost": "ask_cost",
    "where do I park?": "ask_parking",
    "Where do I park?": "ask_parking",
    "who are you?": "ask_bot",
    "is it far?": "ask_location",
    "does it hurt?": "ask_pain_of_injection",
}


def read(part: str) -> Understood:
    return Understood(part, INTENTS.get(part, "inform"), 0.9 if part in INTENTS else 0.2)


@pytest.mark.parametrize(
    ("text", "act", "both"),
    [
        ("What does it cost? Where do I park?", "ask_cost", ("ask_cost", "ask_parking")),
        ("What does it cost? Where do I park?", "ask_parking", ("ask_cost", "ask_parking")),
        ("what does it cost and where do I park?", "ask_hours", ("ask_cost", "ask_parking")),
        ("what does it cost, where do I park?", "ask_cost", ("ask_cost", "ask_parking")),
        ("Left knee. What does it cost?\nWhere do I park?", "ask_cost", ("ask_cost", "ask_parking")),
        ("What does it cost? does it hurt? is it far?", "ask_location", ("ask_cost", "ask_location")),
        ("What does it cost?", "ask_cost", ("ask_cost", None)),
        ("What does it cost? Left knee.", "ask_cost", ("ask_cost", None)),
        ("What does it cost? Is this thing on?", "ask_cost", ("ask_cost", None)),
        ("What does it cost? and why?", "ask_cost", ("ask_cost", None)),
        ("What does it cost? What does it cost?", "ask_cost", ("ask_cost", None)),
        ("who are you? " * 5, "ask_bot", ("ask_bot", None)),
    ],
)
def test_each_question_is_told_apart(text, act, both):
    assert two_questions(text, act, read) == both
