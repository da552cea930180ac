"""The reply to what a visitor does with a text, whichever action Rasa's policy ran for it.

In the app the intent that Rasa's rules see is the act itself, so that action and act agree. Under Rasa's own commands
the rules see what the NLU graph reads without the open question, while the core knows that question and may decide
otherwise ("not sure" is an answer, not a text out of scope): there the act has the last word.
"""

from __future__ import annotations

from knee_intake.interview import before_consent, ways
from knee_intake.interview.reply import go_on, proceed
from knee_intake.interview.say import Say
from knee_intake.interview.talk import Talk

TELLING = ("inform", "affirm", "deny", "unsure")
"""Acts that are the form's own business. With any other the form steps aside, so that a rule takes the text."""
EMERGENCY = "emergency"
UNASKED = ("consent_pending", "refused")
"""Where nobody has agreed yet. Only under Rasa's own commands: in the app Rasa hears nothing before consent."""
AFTER_CONSENT = {"talk_to_human": "help", "call_me": "help", "start_over": "repeat", "book": "repeat"}
"""Wishes that need consent, and what is done instead without it; consent is asked again with each."""


def respond(talk: Talk) -> list[Say]:
    """What is said to this text."""
    act = str(talk.intake.state.get("act") or talk.understood.intent)
    if act == EMERGENCY:
        return []  # the safety text stands alone
    if talk.intake.status in UNASKED:
        return _before_consent(talk, act)
    if act.startswith("ask_"):
        return [*ways.answer_question(talk), *ways.take_up_again(talk)]
    return go_on(talk) if act in TELLING else ways.steer(talk, act)


def _before_consent(talk: Talk, act: str) -> list[Say]:
    if act == "book":
        talk.intake.door = "book"
    if not talk.intake.state.get("greeted"):
        return _greet(talk, act)
    if act.startswith("ask_"):
        return [*ways.answer_question(talk), *ways.take_up_again(talk)]
    if act in TELLING:
        return go_on(talk)
    if act in ("stop", "goodbye"):
        talk.merged.reply = "answered"  # a no to the question for consent
        return go_on(talk)
    return ways.steer(talk, AFTER_CONSENT.get(act, act))


def _greet(talk: Talk, act: str) -> list[Say]:
    """The first words: who is talking, the answer where the visitor asked, and the question for consent."""
    talk.intake.state["greeted"] = True
    greeting, _ = before_consent.greeting(talk.clinic, talk.lang)
    answer = ways.answer_question(talk) if act.startswith("ask_") else []
    return [Say(greeting[0].text), *answer, *proceed(talk)]
