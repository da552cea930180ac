"""The intake: what a patient has told us, how, and where the interview stands. PURE.

Its dictionary form (`to_dict`) is what the tracker's `intake` slot holds; the intakes table is its projection.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

How = Literal["asked", "volunteered", "corrected", "skipped", "unsure"]

STATUSES = (
    "consent_pending", "refused", "active", "advised", "handed_over", "booked", "stopped", "finished",
)  # fmt: skip
URGENCIES = ("emergency_911", "emergency_room", "same_day", "soon", "routine")
"""Most urgent first."""


def most_urgent(*urgencies: str | None) -> str | None:
    """The most urgent of them; None where none is given."""
    present = [u for u in urgencies if u]
    return min(present, key=URGENCIES.index) if present else None


@dataclass
class Answer:
    """One answered field, with the patient's own words."""

    value: Any
    words: str = ""
    seq: int | None = None
    """The visitor message that gave it."""
    how: How = "asked"

    def to_dict(self) -> dict[str, Any]:
        return {"value": self.value, "words": self.words, "seq": self.seq, "how": self.how}


@dataclass(frozen=True)
class FlagHit:
    """A red-flag rule that fired, and the text that was shown for it."""

    rule: str
    version: int
    urgency: str
    shown: str | None
    seq: int | None

    def to_dict(self) -> dict[str, Any]:
        return {
            "rule": self.rule, "version": self.version, "urgency": self.urgency, "shown": self.shown, "seq": self.seq,
        }  # fmt: skip


@dataclass
class Intake:
    """Everything known about one visitor."""

    status: str = "consent_pending"
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: str | None = None
    """The pending question: a FIELD, or appointment, contact, read_back, options, after_offer …"""
    red_flags: list[FlagHit] = field(default_factory=list)
    signs: list[str] = field(default_factory=list)
    """Signs heard so far in the whole conversation, for rules that combine them; denied ones leave the list."""
    door: str | None = None
    """knee | book | question | patient: which of the four doors was taken."""
    booking: dict[str, Any] | None = None
    """{reference, start, end, kind, status}, times ISO 8601 with offset."""
    state: dict[str, Any] = field(default_factory=dict)
    """The interview's own memory: failures on the open question, offered times, what was acknowledged …"""

    @property
    def urgency(self) -> str:
        """The most urgent flag so far; a flag never softens."""
        return most_urgent(*(hit.urgency for hit in self.red_flags)) or "routine"

    @property
    def lang(self) -> str:
        """The language that the chat speaks: that of the emergency text, once there was one."""
        return str(self.state.get("lang", "en"))

    def value(self, name: str) -> Any:
        answer = self.answers.get(name)
        return answer.value if answer else None

    def to_dict(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "answers": {name: answer.to_dict() for name, answer in self.answers.items()},
            "asked": self.asked,
            "red_flags": [hit.to_dict() for hit in self.red_flags],
            "signs": list(self.signs),
            "door": self.door,
            "booking": dict(self.booking) if self.booking else None,
            "state": dict(self.state),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any] | None) -> Intake:
        data = data or {}
        return cls(
            status=data.get("status", "consent_pending"),
            answers={name: Answer(**answer) for name, answer in data.get("answers", {}).items()},
            asked=data.get("asked"),
            red_flags=[FlagHit(**hit) for hit in data.get("red_flags", [])],
            signs=list(data.get("signs", [])),
            door=data.get("door"),
            booking=data.get("booking"),
            state=dict(data.get("state", {})),
        )
