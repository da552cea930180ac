"""Visitors who steer: stop, why, skip, a person, start over, cancel … and what nobody understood."""

from __future__ import annotations

from actions.acts import respond
from actions.base import TalkAction
from knee_intake.interview.say import Say
from knee_intake.interview.talk import Talk


class ActionSteer(TalkAction):
    """Does what the visitor wants of the conversation itself."""

    def name(self) -> str:
        return "action_steer"

    def reply(self, talk: Talk) -> list[Say]:
        return respond(talk)


class ActionTalkToHuman(ActionSteer):
    """Leaves a note for a person."""

    def name(self) -> str:
        return "action_talk_to_human"


class ActionNotUnderstood(ActionSteer):
    """Nothing of the text could be used."""

    def name(self) -> str:
        return "action_not_understood"


class ActionDefaultFallback(ActionSteer):
    """Rasa's own fallback reverts the visitor's message; ours never forgets a word."""

    def name(self) -> str:
        return "action_default_fallback"
