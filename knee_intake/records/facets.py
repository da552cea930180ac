"""What the staff's list filters by: answers, intents and low understanding, as short rows beside the conversation.

Written with the turn; deleted with the conversation. Names, contacts and free text are not among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.records.schema import facets

Facet = tuple[str, str]
"""(name, value)"""
INTENT, LOW, ANSWER = "intent", "low", "answer:"
IN_WORDS = frozenset({"first_name", "phone", "email", "goal", "access_needs", "payment"})
"""Answers in the patient's own words: found by searching, never a filter."""
SURE = 0.5
"""Below this confidence a message counts as hardly understood."""
REJECTED = ("out_of_scope", "nlu_fallback")
_LONGEST = 60  # characters; the column's


def answer_facets(intake: Mapping[str, Any] | None) -> set[Facet]:
    """One for each coded value of each answer."""
    answers = (intake or {}).get("answers") or {}
    return {
        (f"{ANSWER}{field}"[:40], _text(value))
        for field, answer in answers.items()
        if field not in IN_WORDS
        for value in _several((answer or {}).get("value"))
    }


def message_facets(understanding: Mapping[str, Any] | None) -> set[Facet]:
    """The intent of a visitor's message, and whether it was hardly understood."""
    intent, confidence = (understanding or {}).get("intent"), (understanding or {}).get("confidence")
    low = intent in REJECTED or (confidence is not None and float(confidence) < SURE)
    return ({(INTENT, _text(intent))} if intent else set()) | ({(LOW, "yes")} if low else set())


def write_answers(connection: Connection, conversation: str, intake: Mapping[str, Any] | None) -> None:
    """Bring the rows of the answers in step with the intake."""
    own = sa.and_(facets.c.conversation_id == conversation, facets.c.name.startswith(ANSWER, autoescape=True))
    before = {tuple(row) for row in connection.execute(sa.select(facets.c.name, facets.c.value).where(own))}
    now = answer_facets(intake)
    for name, value in before - now:
        connection.execute(sa.delete(facets).where(own, facets.c.name == name, facets.c.value == value))
    _insert(connection, conversation, now - before)


def write_message(connection: Connection, conversation: str, understanding: Mapping[str, Any] | None) -> None:
    """Note what a visitor's message was understood as."""
    found = message_facets(understanding)
    if not found:
        return
    own = sa.and_(facets.c.conversation_id == conversation, facets.c.name.in_([INTENT, LOW]))
    known = {tuple(row) for row in connection.execute(sa.select(facets.c.name, facets.c.value).where(own))}
    _insert(connection, conversation, found - known)


def _insert(connection: Connection, conversation: str, found: set[Facet]) -> None:
    rows = [{"conversation_id": conversation, "name": name, "value": value} for name, value in sorted(found)]
    if rows:
        connection.execute(sa.insert(facets), rows)


def _several(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return list(value)
    return [] if value is None else [value]


def _text(value: Any) -> str:
    return str(value)[:_LONGEST]
