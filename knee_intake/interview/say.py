"""One thing the assistant says: a text, and how it may be answered. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from knee_intake.interview.by_line import choices_left
from knee_intake.interview.questions import Choice, Question, Questions
from knee_intake.texts import in_language


@dataclass(frozen=True)
class Say:
    """A message of the assistant, as the visitor API shows it (without seq and time)."""

    text: str
    choices: tuple[tuple[str, str], ...] = ()
    """(label, value) pairs."""
    input: dict[str, Any] | None = None
    """{kind, for, …}: how the widget lets the visitor answer."""
    alert: str | None = None
    """The urgency, where this is a safety text."""
    link: dict[str, str] | None = None
    """{label, path}: something to download with the visitor's key."""
    visit: str | None = None
    """requested | booked: with this message a visit was asked for."""
    name: str | None = None
    """Which text this is, for tests and figures: a phrase, a question, a rule."""

    def payload(self) -> dict[str, Any]:
        """Everything but the text, as stored beside it."""
        found: dict[str, Any] = {}
        if self.choices:
            found["choices"] = [{"label": label, "value": value} for label, value in self.choices]
        for key in ("input", "alert", "link", "visit", "name"):
            if getattr(self, key) is not None:
                found[key] = getattr(self, key)
        return found

    @classmethod
    def from_payload(cls, text: str, payload: dict[str, Any] | None) -> Say:
        payload = payload or {}
        return cls(
            text,
            tuple((c["label"], c["value"]) for c in payload.get("choices", ())),
            payload.get("input"),
            payload.get("alert"),
            payload.get("link"),
            payload.get("visit"),
            payload.get("name"),
        )


def pairs(choices: list[Choice], lang: str = "en") -> tuple[tuple[str, str], ...]:
    """The (label, value) pairs of choices."""
    return tuple((in_language(choice.label, lang), choice.value) for choice in choices)


Wording = Literal["new", "resume", "again"]
"""How a question is put: in full, shorter because it was open already, in other words because a reply was not
understood."""


def ask(
    question: Question,
    questions: Questions,
    *,
    missing: list[str],
    wording: Wording = "new",
    before: str = "",
    lang: str = "en",
    rest: bool = False,
) -> Say:
    """Put a question: `missing` are the fields still unknown; `before` is said in front of it, in the same message.

    `rest`: only the lines of a checklist for these fields, the others having been answered.
    """
    kind: str = question.input
    choices = choices_left(question, missing) if rest else question.choices
    only = only_one(question, missing)
    if only:
        choices = question.variant_choices.get(only, [c for c in choices if _gives(questions, c, only)])
        kind = "choices" if choices and only == "knee_side" else kind
        kind = "choices" if only in question.variant_choices else kind
        kind = "multi_choice" if kind == "knee_map" else kind
    how: dict[str, Any] = {"kind": kind, "for": only if only and only != "reach" else question.id}
    if kind == "multi_choice" and question.input == "multi_choice":
        how |= {"none_value": "none", "none_label": questions.phrase("none_label")}
    if kind == "pain_scale":
        how |= {"min_label": "no pain", "max_label": "worst pain"}
    texts = question.rest if rest and wording != "again" else _text(question, only, wording)
    text = in_language(texts or question.text, lang)
    gap = "" if before.endswith("\n") else " "
    return Say(f"{before}{gap}{text}".strip(), pairs(choices, lang), how, name=question.id)


def only_one(question: Question, missing: list[str]) -> str | None:
    """The one field of several that is still missing and has a wording of its own."""
    return missing[0] if len(missing) == 1 and missing[0] in question.variants else None


def _text(question: Question, only: str | None, wording: Wording) -> dict[str, str]:
    if wording == "again":
        return question.variant_again.get(only, question.again) if only else question.again
    full = question.variants[only] if only else question.text
    if wording == "resume":
        return question.variant_resume.get(only, full) if only else question.resume or full
    return full


def meaning(question: Question, only: str | None, lang: str) -> str:
    """What the question means, or the one field of it that was asked for."""
    return in_language(question.variant_meaning.get(only or "") or question.meaning or question.again, lang)


def in_other_words(question: Question, only: str | None, lang: str) -> str:
    """The question, or the one field of it that was asked for, in the words for a reply that was not understood."""
    return in_language(_text(question, only, "again"), lang)


def _gives(questions: Questions, choice: Choice, field: str) -> bool:
    return choice.value in questions.labels.get(field, {})
