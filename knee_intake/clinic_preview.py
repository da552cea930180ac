"""What a visitor would read after an edit, put together by the same code that answers them. PURE."""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass

from knee_intake import faq
from knee_intake.clinic import Clinic
from knee_intake.clinic_entries import Entry
from knee_intake.patient_texts import readable
from knee_intake.treatments import explain_one

MOST = 4
"""Answers in which a fact is shown."""


@dataclass(frozen=True)
class Said:
    """One message, and when it is said."""

    text: str
    when: str = ""


def preview(entry: Entry, clinic: Clinic) -> list[Said]:
    """The messages that hold the entry's words, as they would be said by this clinic."""
    kind, _, name = entry.id.partition(".")
    if entry.id == "mode":
        return list(_mode(clinic))
    if kind == "answer":
        return list(_answer(name, clinic))
    if kind == "option":
        return list(_option(name, clinic))
    if kind == "notice":
        return list(_notice(entry, clinic))
    if kind == "fact":
        return list(_fact(name, clinic))[:MOST]
    return []


def _mode(clinic: Clinic) -> Iterator[Said]:
    practice = clinic.practice
    if not practice.widget.takes_new:
        yield Said(practice.chat_closed_text(), "In the place of the chat")
    elif practice.widget.notice:
        yield Said(practice.widget.notice, "A line at the top of the chat")


def _answer(intent: str, clinic: Clinic) -> Iterator[Said]:
    entry = clinic.faq.answers[intent]
    filled = faq.placeholders(clinic.practice)
    if not entry.needs:
        yield Said(faq.answer(intent, clinic).text)
        return
    known = all(clinic.practice.is_confirmed(name) for name in entry.needs)
    yield Said(faq.answer(intent, clinic).text, "Now")
    other = entry.unconfirmed_text if known else entry.known_text
    parts = [texts["en"] for texts in (entry.text, other, entry.source) if texts]
    yield Said(
        readable(" ".join(parts), filled),
        "Until the facts are confirmed" if known else "Once the facts are confirmed",
    )


def _option(option: str, clinic: Clinic) -> Iterator[Said]:
    found = clinic.treatments.get(option)
    for variant in (None, *found.variants):
        answers = {"arthritis_history": [variant]} if variant else {}
        said = explain_one(option, clinic.treatments, clinic.practice, answers=answers)
        yield Said(said.text, f"With {variant.replace('_', ' ')}" if variant else "")


def _notice(entry: Entry, clinic: Clinic) -> Iterator[Said]:
    filled = faq.placeholders(clinic.practice)
    told = dict(clinic.notices.all())
    for name, texts in told.items():
        if name == entry.path or name.startswith(f"{entry.path}."):
            yield Said(_filled(texts["en"], filled), name.rpartition(".")[2] if name != entry.path else "")


def _filled(text: str, filled: dict[str, str]) -> str:
    """What is known is filled in; what belongs to one visit stays in braces."""
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        return text.format_map({**{name: f"{{{name}}}" for name in names}, **filled})
    except (ValueError, KeyError, IndexError):
        return text


def _fact(name: str, clinic: Clinic) -> Iterator[Said]:
    for intent, entry in clinic.faq.answers.items():
        named = any(f"{{{_placeholder(name)}}}" in text for _, texts in entry.texts() for text in texts.values())
        if named or name in entry.needs:
            when = f"To: {intent.removeprefix('ask_').replace('_', ' ')}"
            yield Said(faq.answer(intent, clinic).text, when)


def _placeholder(fact: str) -> str:
    return "clinic" if fact == "name" else fact
