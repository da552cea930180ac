"""How one patient speaks: their wordings, whether they tap or type, and the mistakes that they make. PURE."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from benchmarks.simulator import wording
from benchmarks.simulator.patients import Patient
from benchmarks.simulator.told import Told

CORRECTED = ("knee_side", "pain_location", "pain_duration_days", "arthritis_history", "pain_severity", "phone")
"""Fields that may be told wrong at first."""
MOST_SLIPS = 2


@dataclass(frozen=True)
class Open:
    """The question that is open, as the page shows it."""

    name: str | None
    """A FIELD, a step, or None where nothing is asked."""
    kind: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    """(label, value)"""
    missing: tuple[str, ...] = ()
    """Those of its fields that the assistant has no answer for."""

    @property
    def values(self) -> list[str]:
        return [value for _, value in self.choices]


@dataclass
class Answer:
    """What is sent, and what it tells."""

    text: str
    tells: dict[str, Told] = field(default_factory=dict)
    tapped: bool = False
    keep: str | None = None
    """What stands in it word for word, so that no typing error goes there."""
    bare: bool = False
    """Nothing may be put around it."""


@dataclass(frozen=True)
class Slip:
    """A mistake, and its correction."""

    field: str
    wrong: Told
    text: str
    """The correction in words."""
    right: Told


class Speaker:
    """What all answers are made with."""

    def __init__(self, patient: Patient, chance: random.Random) -> None:
        self.patient, self.chance, self.style = patient, chance, patient.persona.style
        self.slip: Slip | None = None
        """A mistake that is still to be corrected."""
        self.slips = 0
        self.owes_reach = False
        """Has called the number wrong: gives it, and not only the name."""
        self.plain = False
        """After a reply that was not understood: speak plainly."""

    def words(self, name: str, value: str, /, **values: Any) -> str:
        """A wording of this patient's."""
        style = "plain" if self.plain else self.style
        return wording.answer(self.chance, name, value, style, neutral=self.patient.who_for != "self", **values)

    @property
    def taps(self) -> bool:
        """Whether the next offered answer is tapped."""
        return self.chance.random() < self.patient.persona.taps

    def errs(self, name: str) -> bool:
        """Whether to get it wrong now."""
        free = self.slip is None and self.slips < MOST_SLIPS and self.patient.who_for == "self"
        return name in CORRECTED and free and self.chance.random() < self.patient.persona.errs

    def _pick(self, question: Open, name: str, value: str, told: dict[str, Told], **values: Any) -> Answer:
        """Tap a value where it is offered, else say it."""
        if value in question.values and self.taps:
            return Answer(value, told, tapped=True, bare=True)
        return Answer(self.words(name, value, **values), told)

    def _unknown(self, question: Open) -> Answer:
        """A question that the simulator does not know: what is offered first, "none" of several, else yes."""
        if question.kind == "multi_choice":
            return Answer("none", tapped=True, bare=True)
        return Answer(question.values[0] if question.values else "yes", tapped=bool(question.values), bare=True)

    def _slip(self, name: str, wrong: Told, right: Told, old: str, new: str) -> None:
        text = self.chance.choice(wording.moves()["corrections"][name]).format(old=old, new=new)
        self.slip, self.slips = Slip(name, wrong, wording.capital(text), right), self.slips + 1
