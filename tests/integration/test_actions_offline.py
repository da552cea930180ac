"""The actions under Rasa's own commands, where the intent that Rasa's rules see may differ from the core's act.

Rasa itself is played here as it works: slots are filled, the form validates, a rule takes what the form rejects, and
the form asks. What is said while slots are filled is lost.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.acts import TELLING
from actions.answers import ActionAnswerQuestion
from actions.intake import ActionAskInterviewDone, ActionMergeFindings, ValidateIntakeForm
from actions.steering import ActionNotUnderstood, ActionSteer, ActionTalkToHuman

RULES = {"talk_to_human": ActionTalkToHuman, "out_of_scope": ActionNotUnderstood, "nlu_fallback": ActionNotUnderstood}


def rule_for(intent: str | None) -> type[Action]:
    """The action of data/rules/rules.yml; Rasa's fallback where no rule fits."""
    if not intent or intent in TELLING:
        return ActionNotUnderstood
    return ActionAnswerQuestion if intent.startswith("ask_") else RULES.get(intent, ActionSteer)


@dataclass
class Chat:
    """One tracker. `say(text, intent)` gives what is said; `intent` is what the NLU graph made of the text."""

    slots: dict[str, Any] = field(default_factory=dict)
    count: int = 0
    last: list[dict[str, Any]] = field(default_factory=list)

    def say(self, text: str, intent: str | None) -> str:
        self.count += 1
        latest = {"text": text, "message_id": f"m{self.count}", "intent": {"name": intent, "confidence": 0.9}}
        self._run(ActionMergeFindings(), latest)
        dispatcher = CollectingDispatcher()
        starts = self.count == 1 and intent in TELLING  # a rule starts the form at once
        if not starts and (self.count == 1 or not self._run(ValidateIntakeForm(), latest)):
            self._run(rule_for(intent)(), latest, dispatcher)
        self._run(ActionAskInterviewDone(), latest, dispatcher)
        self.last = dispatcher.messages
        return " | ".join(message["text"] for message in dispatcher.messages)

    def _run(self, action: Action, latest: dict[str, Any], dispatcher: CollectingDispatcher | None = None) -> list[Any]:
        tracker = Tracker("one", dict(self.slots), latest, [], False, None, {}, None)
        events = asyncio.run(action.run(dispatcher or CollectingDispatcher(), tracker, {}))
        self.slots |= {event["name"]: event["value"] for event in events}
        return list(events)

    @property
    def offered(self) -> list[str]:
        return [button["payload"] for message in self.last for button in message.get("buttons") or ()]

    @property
    def intake(self) -> dict[str, Any]:
        found: dict[str, Any] = self.slots["intake"]
        return found

    def value(self, name: str) -> Any:
        return self.intake["answers"].get(name, {}).get("value")


@pytest.fixture
def chat() -> Chat:
    """At the question of arthritis, past everything before it."""
    chat = Chat()
    for text, intent in (
        ("hello", "greet"), ("yes", "affirm"), ("self", "inform"), ("none", "deny"), ("left, medial", "inform"),
        ("three months ago, it came on slowly", "inform"), ("none", "deny"),
    ):  # fmt: skip
        assert chat.say(text, intent)
    assert chat.intake["asked"] == "arthritis_history"
    return chat


@pytest.mark.parametrize("intent", ["out_of_scope", "ask_cost", "go_back", "inform", "thanks", None])
def test_an_answer_to_the_open_question_counts_whatever_the_nlu_graph_makes_of_it(
    chat: Chat, intent: str | None
) -> None:
    assert "active" in chat.say("osteoarthritis", intent)
    assert chat.value("arthritis_history") == ["osteoarthritis"]


def test_consent_given_in_a_word_that_the_nlu_graph_does_not_know() -> None:
    chat = Chat()
    chat.say("hello", "greet")
    chat.say("yep", "out_of_scope")
    assert (chat.value("consent"), chat.intake["status"]) == ("yes", "active")


def test_a_wish_that_the_nlu_graph_took_for_an_answer_is_met(chat: Chat) -> None:
    for _ in range(3):
        chat.say("blorf", "out_of_scope")
    assert "talk_to_human" in chat.offered
    said = chat.say("talk_to_human", "inform")  # the button's own value
    assert "note for the staff" in said


def test_a_question_is_answered_once_and_the_open_one_comes_back(chat: Chat) -> None:
    said = chat.say("what does it cost?", "ask_cost")
    assert said.count("price") == 1
    assert "arthritis" in said
    assert chat.intake["asked"] == "arthritis_history"


@pytest.mark.parametrize("intent", ["inform", "out_of_scope", "help", None])
def test_a_safety_text_is_said_once_and_alone_whatever_the_intent(chat: Chat, intent: str | None) -> None:
    said = chat.say("I have chest pain and I cannot breathe", intent)
    assert "911" in said
    assert len(chat.last) == 1
    assert (chat.slots["urgency"], chat.intake["status"], chat.intake["asked"]) == ("emergency_911", "advised", None)
    assert said not in chat.say("and what does it cost?", "ask_cost")


def test_a_sign_for_the_same_day_is_said_before_the_next_question(chat: Chat) -> None:
    chat.say("my calf is swollen and hurts", "inform")
    shown = [hit["shown"] for hit in chat.intake["red_flags"] if hit["shown"]]
    assert [message["text"] for message in chat.last][: len(shown)] == shown
    assert shown


@pytest.mark.parametrize("intent", ["talk_to_human", "call_me", "start_over", "book", "skip", "why_ask", "help"])
def test_without_consent_nothing_is_taken_up(intent: str) -> None:
    chat = Chat()
    for _ in range(2):  # as the first text, and as a later one
        chat.say("xx", intent)
        assert (chat.intake["status"], chat.intake["asked"], chat.offered) == (
            "consent_pending",
            "consent",
            ["yes", "no"],
        )


@pytest.mark.parametrize(("text", "intent"), [("no", "deny"), ("stop", "stop"), ("bye", "goodbye")])
def test_who_says_no_to_consent_may_still_say_yes(text: str, intent: str) -> None:
    chat = Chat()
    chat.say("hello", "greet")
    chat.say(text, intent)
    assert chat.intake["status"] == "refused"
    chat.say("yes", "affirm")
    assert chat.intake["status"] == "active"


def test_a_checklist_has_a_button_for_none_of_it() -> None:
    chat = Chat()
    for text in ("hello", "yes", "self"):
        chat.say(text, "greet" if text == "hello" else "inform")
    assert chat.intake["asked"] == "emergency_screen"
    assert chat.offered[-1] == "none"


def test_the_same_message_is_taken_in_and_answered_once(chat: Chat) -> None:
    chat.say("osteoarthritis", "inform")
    chat.count -= 1  # Rasa asks the actions again with the same message
    assert chat.say("osteoarthritis", "inform") == ""
