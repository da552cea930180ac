"""The merging action, and the form's two: validate (never rejects) and ask (what the core says is next)."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import TalkAction, message_id, remember_merged, send, store
from actions.context import CURRENT, offline_clinic, offline_understand, present
from knee_intake.interview import before_consent
from knee_intake.interview.hear import Heard, hear
from knee_intake.interview.model import Intake
from knee_intake.interview.reply import go_on, proceed
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
            self._show_alarms(dispatcher, intake, heard, message_id(tracker))
        return store(intake)

    def _show_alarms(self, dispatcher: CollectingDispatcher, intake: Intake, heard: Heard, message: str) -> None:
        """Without the app nobody else shows the safety texts."""
        hits = heard.hits[:1] if heard.emergency else heard.hits
        send(dispatcher, [Say(hit.shown, alert=hit.urgency, name=hit.rule) for hit in hits if hit.shown])
        if heard.emergency:
            intake.state["replied"] = message


def _hear_offline(tracker: Tracker, before: Intake) -> Heard:
    latest: dict[str, Any] = tracker.latest_message or {}
    intent = latest.get("intent") or {}
    understand = offline_understand(intent.get("name") or "nlu_fallback", float(intent.get("confidence") or 0.0))
    heard = hear(str(latest.get("text") or ""), before, understand, offline_clinic(), present(), None)
    if heard.intake.value("consent") == "yes" and heard.intake.status == "consent_pending":
        heard.intake.status = "active"
    return heard


TELLING = ("inform", "affirm", "deny", "unsure")
"""Acts that are the form's own business. With any other the form steps aside, so that a rule takes the text."""


class ValidateIntakeForm(Action):  # type: ignore[misc] # rasa_sdk has no types
    """Lets the form go on with what tells something. Without an event Rasa's form rejects the text to the rules."""

    def name(self) -> str:
        return "validate_intake_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        intake = Intake.from_dict(tracker.get_slot("intake"))
        return [SlotSet("interview_done", None)] if intake.state.get("act") in TELLING else []


class ActionAskInterviewDone(TalkAction):
    """The form's question: whatever the core says is next."""

    def name(self) -> str:
        return "action_ask_interview_done"

    def reply(self, talk: Talk) -> list[Say]:
        if talk.intake.status == "consent_pending" and not talk.intake.state.get("greeted"):
            # only under Rasa's own commands: the app greets, and asks for consent, before Rasa hears a word
            talk.intake.state["greeted"] = True
            says, _ = before_consent.greeting(talk.clinic, talk.lang)
            return [Say(says[0].text), *proceed(talk)]
        return go_on(talk)
