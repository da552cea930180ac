"""Replies to offered times that name none of them: "you pick", "I don't know", "yes". PURE."""

from __future__ import annotations

from typing import Any

from knee_intake.interview import booking_talk
from knee_intake.interview.questions import Question
from knee_intake.interview.say import Say
from knee_intake.interview.talk import Talk
from knee_intake.understanding.types import UNSURE

FIRST = "took_first"
"""Set while the first time is taken for somebody to whom all are the same."""


def take_time(talk: Talk) -> list[Say] | None:
    """As `booking_talk.take_time`; who leaves the choice to us gets the first one, which the read-back asks about."""
    state, reply = talk.intake.state, talk.merged.step
    if reply == UNSURE:
        return _unsure(talk)
    state.pop("time_unsure", None)
    if _any_will_do(reply) and (times := state.get("times")):
        talk.merged.step = times[0]["value"]
        state[FIRST] = True
    return booking_talk.take_time(talk)


def time_kept(talk: Talk) -> str:
    """That a time is held; and that it is the first one, where that was our choice."""
    kept = booking_talk.time_kept(talk)
    first = talk.intake.state.pop(FIRST, False)
    return f"{talk.phrase('first_taken')} {kept}" if kept and first else kept


def only_time(talk: Talk) -> str | None:
    """The value of the one time that is offered; a "yes" can mean no other."""
    times = talk.intake.state.get("times", [])
    return str(times[0]["value"]) if len(times) == 1 else None


def no_time_suits(talk: Talk, question: Question) -> list[Say]:
    """Other ways for who finds no time: other times, a call, or nothing for now."""
    ways = (("other_times_label", booking_talk.OTHER), ("call_label", "call_me"), ("not_now_label", "stop"))
    choices = tuple((talk.phrase(name), value) for name, value in ways)
    said = Say(talk.phrase("no_time_suits"), choices, {"kind": "choices", "for": question.id}, name="no_time_suits")
    talk.remember(said, question)
    return [said]


def _any_will_do(reply: Any) -> bool:
    """ "Whatever you have": a wish with nothing in it."""
    return isinstance(reply, dict) and not any(reply.values())


def _unsure(talk: Talk) -> list[Say]:
    """ "I don't know" hears first how to leave it to us, then of the other ways."""
    question = talk.questions.question("appointment")
    assert question is not None
    if talk.intake.state.pop("time_unsure", False):
        return no_time_suits(talk, question)
    talk.intake.state["time_unsure"] = True
    return booking_talk.offer_times(talk, question, talk.phrase("times_unsure"))
