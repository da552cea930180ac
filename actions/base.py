"""What all our actions share: the intake out of the tracker, a Talk around it, and the way back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import CURRENT, OfflineDesk, offline_clinic, present
from knee_intake.interview.merge import Merged
from knee_intake.interview.model import FlagHit, Intake
from knee_intake.interview.say import Say
from knee_intake.interview.talk import Talk
from knee_intake.understanding.types import Understood


class TalkAction(Action, ABC):  # type: ignore[misc] # rasa_sdk has no types
    """An action that replies: subclasses turn a Talk into what is said."""

    @abstractmethod
    def name(self) -> str: ...

    @abstractmethod
    def reply(self, talk: Talk) -> list[Say]:
        """What is said; may change `talk.intake`."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        talk = open_talk(tracker)
        if talk.intake.state.get("replied") == message_id(tracker):
            return []
        says = [*alarms(talk.intake), *self.reply(talk)]
        if says:
            talk.intake.state["replied"] = message_id(tracker)
        return [*send(dispatcher, says), *store(talk.intake)]


def message_id(tracker: Tracker) -> str:
    """The id of the visitor's message that this turn answers."""
    latest: dict[str, Any] = tracker.latest_message or {}
    return str(latest.get("message_id") or "")


def open_talk(tracker: Tracker) -> Talk:
    """The Talk of this turn, from the tracker's intake slot and the turn's context."""
    context = CURRENT.get()
    intake = Intake.from_dict(tracker.get_slot("intake"))
    latest: dict[str, Any] = tracker.latest_message or {}
    merged = Merged(**intake.state.get("merged", {}))
    if context is not None:
        return Talk(
            intake, context.heard.understood, merged, context.clinic, context.desk, context.now, intake.lang,
            calendar_link=context.calendar_link, heard_before=context.heard_before, alarmed=bool(context.heard.hits),
        )  # fmt: skip
    clinic, now = offline_clinic(), present()
    intent = intake.state.get("act") or (latest.get("intent") or {}).get("name") or "nlu_fallback"
    understood = Understood(str(latest.get("text") or ""), intent, 1.0, answer=intake.state.get("answer"))
    return Talk(intake, understood, merged, clinic, OfflineDesk(clinic, now, message_id(tracker)), now, intake.lang)


def alarms(intake: Intake) -> list[Say]:
    """The safety texts that this message calls for, to be said first. The app shows them itself, before Rasa speaks."""
    hits = [FlagHit(**hit) for hit in intake.state.pop("alarms", ())]
    return [Say(hit.shown, alert=hit.urgency, name=hit.rule) for hit in hits if hit.shown]


def send(dispatcher: CollectingDispatcher, says: list[Say]) -> list[EventType]:
    """Utter each message; in the app also hand it to the turn, which writes the transcript."""
    context = CURRENT.get()
    for said in says:
        buttons = [{"title": label, "payload": value} for label, value in _offers(said)]
        dispatcher.utter_message(text=said.text, buttons=buttons or None)
        if context is not None:
            context.says.append(said)
    return []


def _offers(said: Say) -> list[tuple[str, str]]:
    """The choices as buttons; Rasa's channels know no "none of these" beside them."""
    how = said.input or {}
    return [*said.choices, *([(how["none_label"], how["none_value"])] if "none_value" in how else [])]


def store(intake: Intake) -> list[EventType]:
    """The intake as slot events: the truth in one slot, and mirrors for Rasa's stories and tools."""
    return [
        SlotSet("intake", intake.to_dict()),
        SlotSet("activity_level", intake.value("activity_level")),
        SlotSet("pain_location", intake.value("pain_location")),
        SlotSet("arthritis_history", intake.value("arthritis_history")),
        SlotSet("urgency", intake.urgency),
    ]


def remember_merged(intake: Intake, merged: Merged, act: str, answer: Any) -> None:
    """Keep what this message changed for the actions that follow in the same turn."""
    intake.state["merged"] = asdict(merged)
    intake.state["act"] = act
    intake.state["answer"] = answer
