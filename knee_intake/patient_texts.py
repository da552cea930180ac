"""Every text of clinic/ that a patient can read, with its id, its sources and its reading grade. PURE.

A text is what a clinician reads and signs as one: a red-flag rule with its cases, a question with all its wordings,
an option, an answer, a phrase. Whatever a loaded file says under a language is found, wherever it stands, so a new key
belongs to its text from the day it is written. Facts (prices, people, hours) are no texts: the clinic confirms them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from knee_intake.faq import placeholders
from knee_intake.readability import grade, words
from knee_intake.texts import in_language

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic
    from knee_intake.faq import FaqEntry
    from knee_intake.interview.questions import Question
    from knee_intake.treatments import Treatment

Section = Literal["safety", "consent", "questions", "options", "answers", "phrases", "names", "notices", "article"]

SECTIONS: dict[Section, str] = {
    "safety": "Safety texts",
    "consent": "Consent",
    "questions": "Questions",
    "options": "Options",
    "answers": "Answers",
    "phrases": "Phrases",
    "names": "How answers are said back",
    "notices": "Mails and their pages",
    "article": "Proposed words for the clinic's article",
}
"""In the order of the printed pack, with their headings."""

BLOCKING: tuple[Section, ...] = ("safety", "consent", "questions", "phrases", "names")
"""Nothing can be said in their place, so they must be approved before patients come. An option or an answer becomes
"the clinic will tell you" instead; without approved notices no mail goes to patients; the article's words are not said
in the chat."""

FEWEST_WORDS = 8
"""A shorter text has no grade: a single word would decide it."""

_CONSENT = re.compile(r"consent|refused|opt_in|tell_clinic|told_not|^question\.contact$")
"""Ids of what a visitor agrees to or refuses."""
_LABEL = re.compile(r"(^|[._])label$|^suggestions\.")
_BRACES = re.compile(r"\{(\w+)\}")
_SPANISH = "En español:"
_NOTICE_PARTS = {"mails": "A mail to a patient.", "pages": "A page that a mail leads to.", "staff": "A mail to staff."}


@dataclass(frozen=True)
class Part:
    """One wording, and where it stands in its text: `again`, `choices.left.label`."""

    name: str
    lang: str
    text: str

    @property
    def is_label(self) -> bool:
        """A button or a value: no sentence, so a grade means nothing."""
        return bool(_LABEL.search(self.name))


@dataclass(frozen=True)
class PatientText:
    """What is read and signed as one."""

    id: str
    """Unique in the whole folder: `safety.RF13`."""
    section: Section
    file: str
    parts: tuple[Part, ...]
    """All wordings as they stand in the file."""
    messages: tuple[Part, ...]
    """The same as a patient gets it: several parts of an option or an answer are one message."""
    sources: tuple[str, ...]
    grade: float | None
    """School grade of its hardest English message; None where each is too short to have one."""
    about: str = ""
    """For whoever reads it: when it is shown."""

    @cached_property
    def hash(self) -> str:
        """sha256 of id and wordings: another one as soon as a letter changes. Where it stands makes no difference."""
        wordings = sorted((part.name, part.lang, part.text) for part in self.parts)
        return hashlib.sha256(json.dumps([self.id, wordings]).encode()).hexdigest()


def patient_texts(clinic: Clinic) -> list[PatientText]:
    """All of them, in the order of SECTIONS and, within one, of the files."""
    found = [*_Walk(clinic).all()]
    order = list(SECTIONS)
    return sorted(found, key=lambda text: order.index(text.section))


def readable(text: str, filled: Mapping[str, str]) -> str:
    """The English of a text with something like what will stand in its braces, so that it can be graded."""
    return _BRACES.sub(lambda found: filled.get(found[1], "this one"), text.partition(_SPANISH)[0])


def parts_of(data: Any, name: str = "") -> Iterator[Part]:
    """Every wording in plain data, at any depth: a mapping with `en` in it holds one text in its languages."""
    if isinstance(data, Mapping):
        if "en" in data:
            for lang, told in data.items():
                yield from _wordings(told, name, lang)
            return
        for key, value in data.items():
            yield from parts_of(value, f"{name}.{key}" if name else str(key))
    elif isinstance(data, (list, tuple)):
        for number, value in enumerate(data):
            key = value.get("id") or value.get("value") or number if isinstance(value, Mapping) else number
            yield from parts_of(value, f"{name}.{key}" if name else str(key))


def _wordings(told: Any, name: str, lang: str) -> Iterator[Part]:
    """One text, or several under one language: by name, or one after the other."""
    if isinstance(told, str):
        yield Part(name, lang, told)
    elif isinstance(told, Mapping):
        for key, value in told.items():
            yield from _wordings(value, f"{name}.{key}", lang)
    elif isinstance(told, (list, tuple)):
        for number, value in enumerate(told):
            yield from _wordings(value, f"{name}.{number}", lang)


class _Walk:
    """From a clinic's loaded files to their texts."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.filled = placeholders(clinic.practice)

    def all(self) -> Iterator[PatientText]:
        yield from self.safety()
        yield from self.questions()
        for option in self.clinic.treatments.treatments:
            yield self.option(option)
        for intent, entry in self.clinic.faq.answers.items():
            if entry.treatment is None:
                yield self.answer(intent, entry)
        yield from self.wordings("practice", self.clinic.practice.wording)
        yield from self.wordings("treatments", self.clinic.treatments.wording)
        yield from self.wordings("answers", self.clinic.faq.wording)
        yield from self.notices()
        for claim in self.clinic.article.claims:
            if claim.replacement:
                about = f'In place of: "{claim.quote}"'
                yield self.text(
                    f"article.{claim.id}", "article", "article.yml", claim.replacement, claim.sources, about
                )

    def safety(self) -> Iterator[PatientText]:
        for rule in self.clinic.red_flags.rules:
            cases = {f"case_{number}": case.text for number, case in enumerate(rule.cases, 1) if case.text}
            about = f"{rule.name}. Urgency: {rule.urgency.replace('_', ' ')}."
            about = f"{about} {rule.note}".strip()
            data = {"text": rule.text, **cases}
            yield self.text(f"safety.{rule.id}", "safety", "red_flags.yml", data, rule.sources, about)

    def questions(self) -> Iterator[PatientText]:
        questions, file = self.clinic.questions, "questions.yml"
        for question in questions.questions:
            about = "A safety question." if question.alarm else ""
            data, sources = _plain(question), self.sources_of(question)
            yield self.text(f"question.{question.id}", "questions", file, data, sources, about)
        for name, phrase in questions.phrases.items():
            yield self.text(f"phrase.{name}", "phrases", file, phrase)
        for field, values in questions.labels.items():
            yield self.text(f"name.{field}", "names", file, values)

    def notices(self) -> Iterator[PatientText]:
        notices = _plain(self.clinic.notices)
        for part, about in _NOTICE_PARTS.items():
            for name, data in notices[part].items():
                yield self.text(f"notice.{part}.{name}", "notices", "notices.yml", data, about=about)

    def option(self, option: Treatment) -> PatientText:
        opening, label = self.clinic.treatments.wording.opening, option.label
        messages = [
            Part(
                f"with {variant.replace('_', ' ')}" if variant else "",
                lang,
                in_language(opening, lang).format(
                    label=in_language(label, lang), text=" ".join(option.parts(lang, variant).values())
                ),
            )
            for lang in option.text
            for variant in (None, *option.variants)
        ]
        about = f"{option.evidence_says} {option.limits} {option.risks}"
        return self.text(
            f"option.{option.id}", "options", "treatments.yml", _plain(option), option.sources, about, messages
        )

    def answer(self, intent: str, entry: FaqEntry) -> PatientText:
        states = {"once the clinic has confirmed": entry.known_text, "until then": entry.unconfirmed_text}
        said = [(name, state) for name, state in states.items() if state] or [("", {})]
        messages = [
            Part(name, lang, " ".join(part[lang] for part in (entry.text, state, entry.source) if lang in part))
            for lang in sorted({lang for _, texts in entry.texts() for lang in texts}, key=lambda lang: lang != "en")
            for name, state in said
        ]
        about = f"Facts it needs: {', '.join(entry.needs).replace('_', ' ')}." if entry.needs else ""
        return self.text(f"answer.{intent}", "answers", "answers.yml", _plain(entry), entry.sources, about, messages)

    def wordings(self, name: str, wording: msgspec.Struct) -> Iterator[PatientText]:
        for key, texts in _plain(wording).items():
            yield self.text(f"wording.{name}.{key}", "phrases", f"{name}.yml", texts)

    def text(
        self,
        text_id: str,
        section: Section,
        file: str,
        data: Any,
        sources: Iterable[str] = (),
        about: str = "",
        messages: Iterable[Part] | None = None,
    ) -> PatientText:
        parts, told = tuple(parts_of(data)), tuple(messages or ())
        # whatever no message holds stands by itself: nothing may be signed unread
        said = told + tuple(p for p in parts if not any(p.lang == m.lang and p.text in m.text for m in told))
        grades = [] if section == "names" else [self.grade(part, text_id) for part in said]
        return PatientText(
            id=text_id,
            section="consent" if _CONSENT.search(text_id) else section,
            file=file,
            parts=parts,
            messages=said,
            sources=tuple(dict.fromkeys(sources)),
            grade=max((found for found in grades if found is not None), default=None),
            about=about,
        )

    def grade(self, part: Part, text_id: str) -> float | None:
        if part.lang != "en" or part.is_label:
            return None
        told = readable(part.text, {} if text_id.startswith("wording.") else self.filled)
        return grade(told) if len(words(told)) >= FEWEST_WORDS else None

    def sources_of(self, question: Question) -> Iterator[str]:
        """Its own, where it names any, and those of the rules that its offered signs belong to."""
        yield from getattr(question, "sources", ())
        signs = {sign for choice in question.choices for sign in choice.signs}
        for rule in self.clinic.red_flags.rules:
            if signs & rule.when.names():
                yield from rule.sources


def _plain(struct: msgspec.Struct) -> dict[str, Any]:
    data: dict[str, Any] = msgspec.to_builtins(struct)
    return data
