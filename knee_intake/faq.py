"""Answers to visitors' questions, from clinic/answers.yml. PURE.

What needs a fact that the clinic has not confirmed is answered with "the clinic will tell you".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from knee_intake.checked_yaml import line_of, load_yaml, read_yaml
from knee_intake.errors import ClinicFileError
from knee_intake.practice import Practice
from knee_intake.texts import Texts, in_language, names_in
from knee_intake.treatments import explain_one

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic

OUT_OF_SCOPE = "out_of_scope"
"""The answer to what has no answer of its own."""

ON_TOXINS = ("ask_botulinum", "ask_article", "ask_other_injections")
"""Questions after which "the risks" are those of the shots."""

ALWAYS_FILLED = ("phone", "clinic", "hours")
"""Placeholders that stand for something in every state of practice.yml."""


class FaqEntry(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One answer. What it is made of is told at the top of answers.yml."""

    before_consent: bool
    text: Texts = {}
    needs: list[str] = []
    known_text: Texts = {}
    unconfirmed_text: Texts = {}
    treatment: str | None = None
    sources: list[str] = []
    source: Texts = {}
    approved_by: str | None = None
    """Filled in from approvals.yml; in the file it stays null."""
    approved_at: str | None = None
    withheld: bool = False
    """Live and not approved: the visitor hears only that the clinic will tell."""

    def texts(self) -> Iterator[tuple[str, Texts]]:
        """Its texts by name, those that are there."""
        for name in ("text", "known_text", "unconfirmed_text", "source"):
            texts: Texts = getattr(self, name)
            if texts:
                yield name, texts


class FaqWording(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    withheld: Texts


class Faq(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The whole of answers.yml."""

    answers: dict[str, FaqEntry]
    wording: FaqWording
    approved_by: str | None = None
    approved_at: str | None = None

    def for_live(self) -> Faq:
        """The same, with every answer withheld that no clinician has approved; options have their own approval."""
        answers = {
            intent: msgspec.structs.replace(entry, withheld=entry.approved_by is None and entry.treatment is None)
            for intent, entry in self.answers.items()
        }
        return msgspec.structs.replace(self, answers=answers)


@dataclass(frozen=True)
class FaqReply:
    """One answer, ready to be shown."""

    text: str
    sources: tuple[str, ...]
    before_consent: bool


def answer(intent: str, clinic: Clinic, lang: str = "en", facts: Mapping[str, str] | None = None) -> FaqReply:
    """The answer to a question; the one of `out_of_scope` where there is none.

    `facts` fill placeholders beside, or instead of, the clinic's own.
    """
    entry = clinic.faq.answers.get(intent) or clinic.faq.answers[OUT_OF_SCOPE]
    practice = clinic.practice
    filled = {**placeholders(practice, lang), **(facts or {})}
    if entry.withheld:
        return FaqReply(in_language(clinic.faq.wording.withheld, lang).format(**filled), (), entry.before_consent)
    if entry.treatment:
        explained = explain_one(entry.treatment, clinic.treatments, practice, lang)
        return FaqReply(explained.text, explained.sources, entry.before_consent)
    is_known = all(practice.is_confirmed(name) for name in entry.needs)
    said = (entry.text, entry.known_text if is_known else entry.unconfirmed_text, entry.source)
    text = " ".join(in_language(part, lang) for part in said if part)
    return FaqReply(text.format(**filled), tuple(entry.sources), entry.before_consent)


def placeholders(practice: Practice, lang: str = "en") -> dict[str, str]:
    """What {names} in texts stand for: the clinic's confirmed facts, and phone, clinic and hours in every case."""
    found = {name: str(fact.value) for name, fact in practice.facts() if fact.confirmed and isinstance(fact.value, str)}
    return found | {
        "phone": practice.phone_text(lang),
        "clinic": str(practice.name.value),
        "hours": practice.open_hours_text(lang),
    }


def load_faq(path: Path) -> Faq:
    """Read and check answers.yml. Raises ClinicFileError naming file, line, key and what was expected."""
    faq = load_yaml(path, Faq)
    if OUT_OF_SCOPE not in faq.answers:
        raise ClinicFileError(path, None, "answers", f"expected an answer for `{OUT_OF_SCOPE}`")
    for intent, entry in faq.answers.items():
        wrong = _what_is_wrong(entry)
        if wrong:
            raise ClinicFileError(path, line_of(read_yaml(path), "answers", intent), f"answers.{intent}", wrong)
    return faq


def _what_is_wrong(entry: FaqEntry) -> str | None:
    if entry.treatment and (list(entry.texts()) or entry.needs):
        return "expected `treatment` or texts, not both"
    if not entry.treatment and not entry.text and not entry.needs:
        return "expected a `text`"
    if bool(entry.needs) != bool(entry.known_text and entry.unconfirmed_text):
        return "expected `needs`, `known_text` and `unconfirmed_text` together"
    if bool(entry.sources) != bool(entry.source):
        return "expected `sources` (ids) and `source` (for the patient) together"
    for name, texts in entry.texts():
        if "en" not in texts:
            return f"expected `{name}` in `en`"
        allowed = {*ALWAYS_FILLED, *(entry.needs if name == "known_text" else ())}
        for text in texts.values():
            unknown = _names_in(text) - allowed
            if unknown:
                return f"`{name}` names {{{sorted(unknown)[0]}}}, but only {', '.join(sorted(allowed))} can stand there"
    return None


def _names_in(text: str) -> set[str]:
    try:
        return names_in(text)
    except ValueError:
        return {"a single brace"}
