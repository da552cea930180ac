"""An answer to a question that was left open earlier: "moderate", once the options are explained. PURE."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from knee_intake.interview.merge import STEP_QUESTIONS
from knee_intake.interview.model import Intake
from knee_intake.interview.plain_words import is_question
from knee_intake.interview.questions import Question, Questions
from knee_intake.understanding.types import LIST_FIELDS, Understood
from knee_intake.understanding.yes_no import read_yes_no

LATE = ("activity_level", "arthritis_history", "onset", "knee_side", "pain_location", "morning_stiffness")
"""Questions whose answers are words of their own, which mean nothing at a fork of the way."""
LEFT_OPEN = ("skipped", "unsure")
LONGEST = 6
"""Words: who says more tells it in a sentence, which is heard anyway."""


def with_late_answer(
    understood: Understood, intake: Intake, questions: Questions, understand: Callable[..., Understood], now: datetime
) -> Understood:
    """What was understood, with an answer to the question left open last that these words fit, as a finding."""
    text = understood.text
    if intake.asked not in STEP_QUESTIONS or understood.answer is not None or understood.findings:
        return understood
    if is_question(text) or len(text.split()) > LONGEST or read_yes_no(text) is not None:
        return understood
    for question in _left_open(intake, questions):
        answer = understand(text, asked=question.id, context={}, now=now).answer
        if _is_one(answer, question):
            value = answer if question.id not in LIST_FIELDS or isinstance(answer, list) else [answer]
            return replace(understood, intent="inform", confidence=1.0, findings={question.id: value})
    return understood


def _left_open(intake: Intake, questions: Questions) -> list[Question]:
    """The last one first."""
    names = [
        name
        for name, answer in intake.answers.items()
        if name in LATE and answer.value is None and answer.how in LEFT_OPEN
    ]
    found = [questions.question(name) for name in reversed(names)]
    return [question for question in found if question is not None]


def _is_one(answer: Any, question: Question) -> bool:
    """Whether every value is one that the question offers."""
    values = answer if isinstance(answer, list) else [answer]
    return bool(values) and {*map(str, values)} <= {choice.value for choice in question.choices}
