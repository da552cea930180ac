"""What the conversations of tests/conversations/*.yml may name: texts, questions, fields and rules of the clinic.

An id stands for a wording, so that the wording can be changed without a change of the conversations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from knee_intake.clinic import Clinic
from knee_intake.interview.questions import Question
from knee_intake.safety.rules import Rule
from tests.conversation_format import NOTHING, Case, Step, listed

STEPS_ASKED = ("door", "tell_clinic", "cancel_visit", NOTHING)
"""What may be asked beside the questions of clinic/questions.yml and their fields."""

LIKE_AN_ID = re.compile(r"[a-z_]+[:_][a-z_0-9:]*|RF\d+")
"""Words that people say look otherwise."""

_NEVER = re.compile(r"(?!)")
_PLACE = re.compile(r"\\{\w+\\}")


def plain(text: str) -> str:
    """The text in small letters, with single spaces."""
    return " ".join(text.casefold().split())


def text_by_id(name: str, clinic: Clinic) -> re.Pattern[str] | None:
    """How the text with this id reads, with anything in its {places}; None where it is no id but plain words.

    Ids: a phrase of questions.yml, why:QUESTION, again:QUESTION, meaning:QUESTION, answer:INTENT, treatment:OPTION, a
    rule of red_flags.yml.
    """
    kind, _, rest = name.partition(":")
    if name in clinic.questions.phrases:
        return _as_pattern(clinic.questions.phrases[name])
    if kind in ("why", "again", "meaning") and (question := clinic.questions.question(rest)) and question.id == rest:
        return _as_pattern(_wording(kind, question))
    if kind == "answer" and rest in clinic.faq.answers:
        return _NEVER  # answers are put together from parts: the records say which it was
    if kind == "treatment" and rest in {one.id for one in clinic.treatments.treatments}:
        return _NEVER
    if rule := next((rule for rule in clinic.red_flags.rules if rule.id == name), None):
        return re.compile("|".join(f"^{re.escape(plain(text))}$" for text in _texts_of(rule)))
    return None


def alarm_texts(clinic: Clinic) -> set[str]:
    """Every text that a rule may show, in every language."""
    return {text for rule in clinic.red_flags.rules for text in _texts_of(rule)}


def _texts_of(rule: Rule) -> list[str]:
    return [*rule.text.values(), *(text for case in rule.cases if case.text for text in case.text.values())]


def _wording(kind: str, question: Question) -> dict[str, str]:
    return {"why": question.reason, "again": question.again}.get(kind) or question.meaning or question.again


def _as_pattern(texts: dict[str, str]) -> re.Pattern[str]:
    return re.compile(_PLACE.sub(".*", re.escape(plain(texts["en"]))))


def wrong_names(case: Case, clinic: Clinic) -> Iterator[str]:
    """Names of questions, fields, texts and rules that do not exist: a slip there would hide in a check."""
    questions = clinic.questions
    fields = {*questions.labels, *(name for question in questions.questions for name in question.fills)}
    fields |= {"phone", "email", "interest", "pain_worst_week", "payment", "access_needs", "consent"}
    known = fields | {question.id for question in questions.questions} | {*STEPS_ASKED}
    rules = {rule.id for rule in clinic.red_flags.rules}
    then = case.conversation.then
    for index, step in enumerate(case.conversation.steps):
        if isinstance(step, Step):
            for name in listed(step.asked):
                if name not in known:
                    yield f"{case.place('steps', index)}: no question `{name}`"
            for text in (*listed(step.says), *listed(step.not_says)):
                if LIKE_AN_ID.fullmatch(text) and text_by_id(text, clinic) is None:
                    yield f"{case.place('steps', index)}: no text `{text}`"
    for name in (*(then.answers or ()), *(then.unanswered or ())):
        if name not in fields:
            yield f"{case.place('then')}: no field `{name}`"
    for name in then.rules or ():
        if name not in rules:
            yield f"{case.place('then', 'rules')}: no rule `{name}`"
