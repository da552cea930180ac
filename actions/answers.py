"""Visitors' own questions: answered from clinic/answers.yml, then the open question is taken up again."""

from __future__ import annotations

from actions.acts import respond
from actions.base import TalkAction
from knee_intake.interview.say import Say
from knee_intake.interview.talk import Talk


class ActionAnswerQuestion(TalkAction):
    """Answers a question and comes back to the one that was open."""

    def name(self) -> str:
        return "action_answer_question"

    def reply(self, talk: Talk) -> list[Say]:
        return respond(talk)
