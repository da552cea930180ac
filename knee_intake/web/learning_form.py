"""What a form says about a sentence: an intent, findings, denials; the page's names are made here as well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knee_intake.errors import LessonFormError
from knee_intake.records.lessons import DECISIONS, LEARN, Decision
from knee_intake.understanding.types import LIST_FIELDS, NUMBER_FIELDS, ONE_FIELDS, VALUES

Form = Mapping[str, str]
KEYS = 9
"""Intents that one key chooses."""
USUAL = ("inform", "affirm", "deny", "unsure", "talk_to_human", "book", "ask_botulinum", "ask_cost", "out_of_scope")
"""What is offered where the classifier gave no ranking: the rules alone had read the sentence."""
OUT_OF_SCOPE = "out_of_scope"
DENIABLE = (
    "pain",
    "injury",
    "fever",
    "arthritis",
    *VALUES["symptoms"],
    *VALUES["red_flags"][:6],
    *VALUES["aggravated_by"],
)
HIGHEST = {"pain_severity": 10, "pain_duration_days": 36_500}
_ALL_VALUES = frozenset({*DENIABLE, *(value for values in VALUES.values() for value in values)})


@dataclass(frozen=True)
class Tick:
    """One box of the form."""

    name: str
    value: str
    label: str
    on: bool


def likely_intents(understanding: Mapping[str, Any], trained: Sequence[str]) -> list[str]:
    """At most KEYS intents, the likeliest first; out of scope is always among them."""
    ranking = [str(name) for name, _ in understanding.get("ranking") or ()]
    first = [*ranking, str(understanding.get("intent")), *USUAL]
    known = [name for name in dict.fromkeys(first) if name in trained]
    short = known[:KEYS]
    if OUT_OF_SCOPE in known and OUT_OF_SCOPE not in short:
        short[-1] = OUT_OF_SCOPE
    return short


def list_boxes(findings: Mapping[str, Any]) -> list[tuple[str, list[Tick]]]:
    """(field, boxes) of the fields that hold several values."""
    return [
        (name, [Tick(f"f.{name}.{value}", value, value, value in (findings.get(name) or ())) for value in VALUES[name]])
        for name in LIST_FIELDS
    ]


def single_choices(findings: Mapping[str, Any]) -> list[tuple[str, list[Tick]]]:
    """(field, values) of the fields that hold one value."""
    return [
        (name, [Tick(f"one.{name}", value, value, findings.get(name) == value) for value in VALUES[name]])
        for name in ONE_FIELDS
    ]


def numbers(findings: Mapping[str, Any]) -> list[tuple[str, int, Any]]:
    """(field, highest, value) of the fields that hold a number."""
    return [(name, HIGHEST[name], findings.get(name)) for name in NUMBER_FIELDS]


def denied_boxes(negated: Iterable[str]) -> list[Tick]:
    """Boxes of what the sentence may deny; what it was taken to deny is among them in any case."""
    negated = list(negated)
    return [Tick(f"no.{value}", value, value, value in negated) for value in dict.fromkeys((*DENIABLE, *negated))]


def read_decision(form: Form, trained: Sequence[str]) -> Decision:
    """Raises LessonFormError, with a sentence for who filled it in."""
    state = form.get("decision", "")
    if state not in DECISIONS:
        raise LessonFormError("Please use one of the buttons.")
    if state != LEARN:
        return Decision(state)
    intent = form.get("other") or form.get("intent", "")
    if intent not in trained:
        raise LessonFormError("Please choose an intent first, or say that there is nothing to learn.")
    return Decision(state, intent, _expect(form), tuple(_denied(form)))


def _expect(form: Form) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in LIST_FIELDS:
        if values := [value for value in VALUES[name] if f"f.{name}.{value}" in form]:
            found[name] = values
    for name in ONE_FIELDS:
        if (value := form.get(f"one.{name}", "")) and value in VALUES[name]:
            found[name] = value
    for name in NUMBER_FIELDS:
        if typed := form.get(f"number.{name}", "").strip():
            if not (typed.isascii() and typed.isdigit() and len(typed) < 6 and int(typed) <= HIGHEST[name]):
                raise LessonFormError(
                    f"{name.replace('_', ' ')}: a whole number from 0 to {HIGHEST[name]}, or nothing."
                )
            found[name] = int(typed)
    return found


def _denied(form: Form) -> list[str]:
    given = (name.removeprefix("no.") for name in form if name.startswith("no."))
    return sorted(value for value in given if value in _ALL_VALUES)
