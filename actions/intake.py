"""The merging action, and the form's two: validate (never rejects) and ask (what the core says is next)."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.acts import TELLING, UNASKED, respond
from actions.base import TalkAction, message_id, remember_merged, store
from actions.context import CURRENT, offline_clinic, offline_understand, present
from knee_intake.interview.hear import Heard, hear
from knee_intake.interview.model import Intake
from knee_intake.interview.say import Say
from knee_intake.interview.talk import Talk


class ActionMergeFindings(Action):  # type: ignore[misc] # rasa_sdk has no types
    """Runs on every visitor message, as the mapping of the slot `intake`: takes in what it says, once."""

    def name(self) -> str:
        return "action_merge_findings"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        before = Intake.from_dict(tracker.get_slot("intake"))
        if before.state.get("message") == message_id(tracker):
            return []  # Rasa runs the mappings again when a form starts
        context = CURRENT.get()
        heard = context.heard if context is not None else _hear_offline(tracker, before)
        intake = heard.intake
        intake.state["message"] = message_id(tracker)
        remember_merged(intake, heard.merged, heard.act, heard.understood.answer)
        if context is None:
            _note_alarms(intake, heard)
        return store(intake)


def _note_alarms(intake: Intake, heard: Heard) -> None:
    """Without the app nobody else shows the safety texts: the action that replies does. (Rasa drops what is uttered
    while slots are filled.)"""
    shown = [hit.to_dict() for hit in heard.hits if hit.shown]
    intake.state["alarms"] = shown[:1] if heard.emergency else shown
    if heard.emergency:
        intake.asked = None
        intake.state |= {"offered": [], "offered_kind": None}


def _hear_offline(tracker: Tracker, before: Intake) -> Heard:
    latest: dict[str, Any] = tracker.latest_message or {}
    heard = hear(str(latest.get("text") or ""), before, offline_understand(latest), offline_clinic(), present(), None)
    if heard.intake.value("consent") == "yes" and heard.intake.status in UNASKED:
        heard.intake.status = "active"
    return heard


class ValidateIntakeForm(Action):  # type: ignore[misc] # rasa_sdk has no types
    """Lets the form go on with what tells something. Without an event Rasa's form rejects the text to the rules."""

    def name(self) -> str:
        return "validate_intake_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        intake = Intake.from_dict(tracker.get_slot("intake"))
        intent = ((tracker.latest_message or {}).get("intent") or {}).get("name")
        no_rule = not intent or intent in TELLING  # nobody else would take the text: see actions.acts
        return [SlotSet("interview_done", None)] if no_rule or intake.state.get("act") in TELLING else []


class ActionAskInterviewDone(TalkAction):
    """The form's question: whatever the core says is next."""

    def name(self) -> str:
        return "action_ask_interview_done"

    def reply(self, talk: Talk) -> list[Say]:
        return respond(talk)
