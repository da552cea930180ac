"""Visitors who steer: stop, why, skip, a person, start over, cancel … and what nobody understood."""

from __future__ import annotations

from actions.base import TalkAction
from knee_intake.interview import ways
from knee_intake.interview.say import Say
from knee_intake.interview.talk import Talk


class ActionSteer(TalkAction):
    """Does what the visitor wants of the conversation itself."""

    def name(self) -> str:
        return "action_steer"

    def reply(self, talk: Talk) -> list[Say]:
        act = talk.intake.state.get("act") or talk.understood.intent
        if talk.intake.status == "consent_pending":
            return []  # only under Rasa's own commands: consent comes first
        return ways.steer(talk, act)


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
