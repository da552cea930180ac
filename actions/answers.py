"""Visitors' own questions: answered from clinic/answers.yml, then the open question is taken up again."""

from __future__ import annotations

from actions.base import TalkAction
from knee_intake.interview import ways
from knee_intake.interview.say import Say
from knee_intake.interview.talk import Talk


class ActionAnswerQuestion(TalkAction):
    """Answers a question and comes back to the one that was open."""

    def name(self) -> str:
        return "action_answer_question"

    def reply(self, talk: Talk) -> list[Say]:
        if not talk.understood.intent.startswith("ask_"):
            return []  # the text answered the open question after all; the form goes on
        return [*ways.answer_question(talk), *ways.take_up_again(talk)]
