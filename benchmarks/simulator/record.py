"""What is written down of a conversation, turn by turn. PURE."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.simulator.patients import Patient
from benchmarks.simulator.speaker import Answer, Open
from benchmarks.simulator.told import Told
from knee_intake.clinic import Clinic

if TYPE_CHECKING:
    from benchmarks.simulator.house import Reply


@dataclass
class Move:
    """What the patient does next."""

    answer: Answer
    why: str
    """answer:FIELD, question:KIND, correction:FIELD, flag:NAME, opening, human, stop, call_me, off_topic, fear,
    go_back, change_line, move, cancel, leave, continue, thanks, after_emergency"""
    question: str | None = None
    flag: str | None = None


@dataclass
class Turn:
    """One text of the patient's and what came back."""

    move: Move
    text: str
    """As sent."""
    before: Open
    reply: Reply
    after: Open
    told: dict[str, Told] = field(default_factory=dict)
    """All that the patient has told so far, this text included."""
    status: str = ""
    booked: bool = False


@dataclass
class Played:
    """A whole conversation."""

    patient: Patient
    greeting: list[dict[str, Any]]
    turns: list[Turn] = field(default_factory=list)
    intake: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Told] = field(default_factory=dict)
    flag_told: bool = False
    gave_up: bool = False


def not_heard(messages: list[dict[str, Any]], clinic: Clinic) -> bool:
    """Whether the assistant said that it did not understand."""
    said = " ".join(message["text"] for message in messages)
    phrases = [texts["en"] for name, texts in clinic.questions.phrases.items() if name.startswith("not_heard")]
    return any(phrase.split("{")[0].split(". ")[0].strip() in said for phrase in phrases)
