"""Conversations with messages that were not understood well, for the tests of the loop. Made-up people only."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection

from knee_intake.interview.model import Answer
from tests.integration.staff_rows import add_conversation, add_message, an_intake

RANKING = [["ask_cost", 0.31], ["ask_referral", 0.2], ["inform", 0.1], ["book", 0.05]]
INSURANCE = "Does Robin's plan pay? I'm Robin Okafor, 212-555-0198, born 04/12/1961"


def asks(field: str, text: str = "How long has it hurt?") -> dict[str, Any]:
    return {"text": text, "payload": {"input": {"kind": "text", "for": field}}}


def read(intent: str, confidence: float, **more: Any) -> dict[str, Any]:
    return {
        "intent": intent, "confidence": confidence, "findings": {}, "negated": [], "answer": None, "corrections": {},
        "ranking": RANKING, "why": [], **more,
    }  # fmt: skip


def say(connection: Connection, conversation: str, seq: int, text: str, reply: str, found: dict[str, Any]) -> None:
    """A visitor's message and the reply to it."""
    add_message(connection, conversation, seq, "visitor", text, understanding=found, answered=True)
    add_message(connection, conversation, seq + 1, "bot", reply, reply_to=seq)


def add_misread(connection: Connection, number: int, text: str = INSURANCE, **more: Any) -> str:
    """A conversation of Robin's with one sentence that was rejected."""
    intake = an_intake()
    intake.answers["phone"] = Answer("+12125550198", "212-555-0198", 14, "asked")
    made = add_conversation(connection, number, intake=intake, **more)
    question = asks("pain_duration_days")
    add_message(connection, made, 1, "bot", question["text"], payload=question["payload"])
    say(connection, made, 2, text, "I did not get that.", read("out_of_scope", 0.34))
    return made


def add_corrected(connection: Connection, number: int) -> str:
    """A conversation in which the side was taken for the left one and put right."""
    made = add_conversation(connection, number)
    why = [{"field": "knee_side", "value": "left", "words": "left", "rule": "knee_side:left", "assertion": "affirmed",
            "start": 10, "end": 14}]  # fmt: skip
    say(
        connection, made, 1, "it is the left-hand side as you face me", "Left knee. Noted.",
        read("inform", 0.9, findings={"knee_side": "left"}, why=why),
    )  # fmt: skip
    say(
        connection, made, 3, "actually my right one", "Right knee.",
        read("inform", 0.9, findings={"knee_side": "right"}, corrections={"knee_side": "right"}),
    )  # fmt: skip
    return made
