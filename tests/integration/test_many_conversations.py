"""Visitors who wander: seeded, through the real app. Whatever they do, there is a reply, and nothing is lost.

A dozen in the normal run; `make test-long` plays hundreds.
"""

from __future__ import annotations

import random

import pytest

from tests.integration.conftest import Running, Visitor

TURNS = 24
SAYINGS = (
    "left knee, inside", "it hurts going down the stairs", "about three weeks", "no", "yes", "not sure", "skip",
    "how much is it?", "does Botox work?", "why do you ask?", "go back", "sorry, I meant the right knee",
    "none of these", "I run a lot", "the doctor said osteoarthritis", "no arthritis", "book a visit", "the first one",
    "something later please", "next week after 3", "Robin, 212 555 0147", "robin@example.org", "a six", "asdf qwer",
    "\U0001f635", "are you a robot", "what are your hours", "I want to talk to a person", "continue", "thanks",
    "my mother has it too", "it came on slowly", "I fell on it last week", "can you say that again",
    "how many more questions", "/restart", "<b>hi</b>", "maybe", "later", "change the time", "cancel my visit",
)  # fmt: skip


def next_text(chance: random.Random, visitor: Visitor) -> str:
    """Mostly an offered answer, else something people say."""
    offered = [choice["value"] for message in visitor.last for choice in message.get("choices", ())]
    kinds = [message["input"]["kind"] for message in visitor.last if "input" in message]
    if offered and chance.random() < 0.55:
        if kinds[-1:] == ["multi_choice"]:
            return chance.choice(["none", chance.choice(offered)])
        if kinds[-1:] == ["knee_map"]:
            return chance.choice(["left, medial", "both, anterior", "right, not sure"])
        return chance.choice(offered)
    return chance.choice(SAYINGS)


def play(running: Running, seed: int) -> None:
    """One conversation; fails where a promise is broken."""
    chance, visitor, said = random.Random(seed), running.visitor(), []
    for _ in range(TURNS):
        text = next_text(chance, visitor)
        replies = visitor.say(text)
        said.append(text)
        trail = f"seed {seed}: {said}"
        assert replies, trail
        assert all(message["text"].strip() for message in replies), trail
        assert not any("{" in message["text"] for message in replies), trail
    messages = visitor.messages()
    assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))
    intake = visitor.intake()
    assert intake["progress"]["done"] <= intake["progress"]["of"]
    if intake["status"] in ("booked",):
        assert intake["booking"] is not None


@pytest.mark.parametrize("seed", range(12))
def test_a_wandering_visitor_always_gets_a_reply(running: Running, seed: int) -> None:
    play(running, seed)


@pytest.mark.long
def test_hundreds_of_wandering_visitors_always_get_a_reply(running: Running) -> None:
    for seed in range(100, 400):
        play(running, seed)
