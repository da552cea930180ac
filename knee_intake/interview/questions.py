"""clinic/questions.yml: the interview's questions, phrases and labels. PURE."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec

from knee_intake.checked_yaml import line_of, load_yaml, read_yaml
from knee_intake.errors import ClinicFileError

Texts = dict[str, str]
"""Language code -> text."""

InputKind = Literal["choices", "multi_choice", "knee_map", "pain_scale", "slots", "contact", "text"]


class Choice(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One offered answer."""

    value: str
    label: Texts
    sets: dict[str, Any] = {}
    """Answers of other fields that picking this one gives."""
    signs: list[str] = []
    """Red-flag signs that picking this one states."""
    words: list[str] = []
    """Other words that mean it, for a fork in the way: "go ahead" is "now"."""


class Question(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One question of the interview."""

    id: str
    phase: Literal["before_booking", "after_booking", "aside"]
    """`aside` is put only where something else calls for it."""
    input: InputKind
    text: Texts
    again: Texts
    """Asked in other words after a reply that was not understood."""
    reason: Texts
    """Told when the visitor asks why."""
    resume: Texts = {}
    """A shorter wording for coming back to it, after a question of the visitor's or a word of thanks."""
    meaning: Texts = {}
    """Told when the visitor asks what it means, and when two replies were not understood."""
    suggestions: list[Texts] = []
    """Replies that are offered to tap where nothing else is, once two were not understood."""
    fills: list[str] = []
    """The fields that answer it; it is skipped when all are known. Steps without a field are done by name."""
    variants: dict[str, Texts] = {}
    """The wording when only this one of its fields is missing."""
    rest: Texts = {}
    """The wording for the lines of a checklist that a reply in words did not speak of."""
    variant_again: dict[str, Texts] = {}
    variant_resume: dict[str, Texts] = {}
    """The shorter wording of a variant."""
    variant_meaning: dict[str, Texts] = {}
    """What a variant means: the whole question's meaning would speak of what was not asked."""
    variant_choices: dict[str, list[Choice]] = {}
    choices: list[Choice] = []
    none_sets: dict[str, Any] = {}
    """What "none of these" gives."""
    only_if: dict[str, Any] = {}
    late_for: list[str] = []
    """Doors for which it waits until after the booking."""
    skippable: bool = True
    sources: list[str] = []
    """Ids of sources.yml for what its texts say of medicine."""
    alarm: bool = False
    """A safety question: "not sure" is asked once more, then counts as yes."""
    counts: bool = True
    """Counts towards the progress that the visitor sees."""


class Questions(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The whole file."""

    version: str
    questions: list[Question]
    phrases: dict[str, Texts]
    labels: dict[str, dict[str, Texts]]
    approved_by: str | None = None
    approved_at: str | None = None

    def question(self, name: str) -> Question | None:
        """The question with this id, or the one that fills this field."""
        for question in self.questions:
            if question.id == name:
                return question
        return next((q for q in self.questions if name in q.fills), None)

    def phrase(self, name: str, /, lang: str = "en", **values: Any) -> str:
        """A phrase with its {braces} filled. An unknown name is a defect of ours and raises KeyError."""
        texts = self.phrases[name]
        return (texts.get(lang) or texts["en"]).format(**values)

    def label(self, field: str, value: Any, lang: str = "en") -> str:
        """How a machine value is said to a person."""
        texts = self.labels.get(field, {}).get(str(value))
        if texts is None:
            question = self.question(field)
            choice = next((c for c in question.choices if c.value == str(value)), None) if question else None
            texts = choice.label if choice else None
        if texts is None:
            return str(value).replace("_", " ")
        return texts.get(lang) or texts["en"]


def load_questions(path: Path) -> Questions:
    """Read and check questions.yml. Raises ClinicFileError with file, line and key."""
    found = load_yaml(path, Questions)
    seen: set[str] = set()
    for index, question in enumerate(found.questions):
        if wrong := _what_is_wrong(question, seen):
            line = line_of(read_yaml(path), "questions", index)
            raise ClinicFileError(path, line, f"questions.{index}", wrong)
        seen.add(question.id)
    return found


def _what_is_wrong(question: Question, seen: set[str]) -> str | None:
    if question.id in seen:
        return f"the id `{question.id}` is there twice"
    if question.input in ("choices", "multi_choice", "knee_map") and not question.choices:
        return f"`{question.input}` needs choices"
    if any("en" not in texts for texts in (question.text, question.again, question.reason)):
        return "every text needs an `en` wording"
    return None
