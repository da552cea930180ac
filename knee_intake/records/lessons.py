"""The lessons: what waits, what was decided about a sentence, and which sentences may leave the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.deidentify import Known
from knee_intake.errors import NoSuchLessonError, ReviewChangedError
from knee_intake.records.learning import readable
from knee_intake.records.learning_signals import asked_before, field_of
from knee_intake.records.restriction_rows import Hidden, shown
from knee_intake.records.schema import (
    bookings,
    callbacks,
    conversations,
    intakes,
    learning_items,
    lessons,
    messages,
)

PAGE = 50
REASONS = ("judged", "thumbed", "corrected", "rejected", "low")
"""The gravest first."""
OPEN, LEARN, RIGHT, NOTHING = "open", "learn", "right", "nothing"
DECISIONS = (LEARN, RIGHT, NOTHING)
_CONTACTS = ("phone", "email")
_KNOWN_FROM = 50
"""So many conversations of a lesson tell names and contacts that are to be taken out of it."""
_L, _I = lessons.c, learning_items.c


@dataclass(frozen=True)
class Line:
    """One sentence in the inbox."""

    lesson: int
    text: str
    """As it was said first."""
    intent: str | None
    confidence: float | None
    count: int
    newest: datetime
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Example:
    """A sentence where it was said, with what stood before and behind it."""

    conversation: str
    seq: int
    at: datetime
    text: str
    question: str | None
    """What we had said or asked."""
    asked: str | None
    """The field that was asked for."""
    replies: tuple[str, ...]
    understanding: Mapping[str, Any]


@dataclass(frozen=True)
class Lesson:
    """A sentence to decide upon."""

    id: int
    state: str
    intent: str | None
    expect: Mapping[str, Any]
    negated: Sequence[str]
    count: int
    reasons: tuple[str, ...]
    example: Example
    known: Known
    """What the conversations in which it was said know of their visitors."""


@dataclass(frozen=True)
class Decision:
    """What is to be learned from a sentence."""

    state: str
    intent: str | None = None
    expect: Mapping[str, Any] = field(default_factory=dict)
    negated: Sequence[str] = ()


@dataclass(frozen=True)
class Approved:
    """A sentence without personal data that a reviewer let out, and its labels."""

    id: int
    text: str
    intent: str
    asked: str | None
    expect: Mapping[str, Any]
    negated: Sequence[str]
    dated: bool


def _some(state: str, reason: str = "", hidden: Hidden = None) -> sa.sql.Select:
    """lesson, count, newest and reasons of the lessons in a state that somebody may still read, in no order.

    `hidden`, here and below: conversations that are closed to the reader; what was said only there is left out.
    """
    flags = [sa.func.max(sa.case((_I[name], 1), else_=0)).label(name) for name in REASONS]
    query = (
        sa.select(
            _I.lesson_id.label("lesson"), sa.func.count().label("count"), sa.func.max(_I.at).label("newest"), *flags
        )
        .select_from(learning_items.join(lessons).join(conversations))
        .where(_L.state == state, readable(), *shown(_I.conversation_id, hidden))
        .group_by(_I.lesson_id)
    )
    return query.having(sa.func.max(sa.case((_I[reason], 1), else_=0)) == 1) if reason else query


def count_open(connection: Connection, hidden: Hidden = None) -> dict[str, int]:
    """How many sentences wait: in all, and for each reason; and how many wait for approval."""
    some = _some(OPEN, hidden=hidden).subquery()
    sums = [sa.func.coalesce(sa.func.sum(some.c[name]), 0).label(name) for name in REASONS]
    row = connection.execute(sa.select(sa.func.count().label("all"), *sums).select_from(some)).mappings().one()
    waiting = _some(LEARN, hidden=hidden).where(_L.text.is_(None)).subquery()
    unread = connection.execute(sa.select(sa.func.count()).select_from(waiting)).scalar_one()
    return {name: int(row[name]) for name in ("all", *REASONS)} | {"to approve": int(unread)}


def inbox(connection: Connection, reason: str = "", *, limit: int = PAGE, hidden: Hidden = None) -> list[Line]:
    """The sentences that wait: what staff judged, what patients gave a thumb down, the most often said, the newest."""
    some = _some(OPEN, reason, hidden).subquery()
    order = some.c.judged.desc(), some.c.thumbed.desc(), some.c.count.desc(), some.c.newest.desc(), some.c.lesson
    rows = connection.execute(sa.select(some).order_by(*order).limit(limit)).mappings().all()
    said = _first_said(connection, [row["lesson"] for row in rows], hidden)
    lines = []
    for row in rows:
        first = said[row["lesson"]]
        read = first["understanding"] or {}
        lines.append(
            Line(
                row["lesson"], first["text"], read.get("intent"), read.get("confidence"), row["count"],
                row["newest"], _reasons(row),
            )
        )  # fmt: skip
    return lines


def next_open(connection: Connection, reason: str = "", *, but: int = 0, hidden: Hidden = None) -> int | None:
    """The first of the inbox, another than `but`."""
    lines = inbox(connection, reason, limit=2, hidden=hidden)
    return next((line.lesson for line in lines if line.lesson != but), None)


def _reasons(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in REASONS if row[name])


def _first_said(connection: Connection, ids: Sequence[int], hidden: Hidden) -> dict[int, Any]:
    """lesson -> the oldest of its messages that may be read."""
    order = sa.func.row_number().over(partition_by=_I.lesson_id, order_by=(_I.at, _I.conversation_id, _I.seq))
    ranked = (
        sa.select(_I.lesson_id, _I.conversation_id, _I.seq, order.label("place"))
        .select_from(learning_items.join(conversations, conversations.c.id == _I.conversation_id))
        .where(_I.lesson_id.in_(list(ids)), readable(), *shown(_I.conversation_id, hidden))
        .subquery()
    )
    same = sa.and_(messages.c.conversation_id == ranked.c.conversation_id, messages.c.seq == ranked.c.seq)
    query = sa.select(messages, ranked.c.lesson_id).select_from(ranked.join(messages, same)).where(ranked.c.place == 1)
    return {row["lesson_id"]: row for row in connection.execute(query).mappings()}


def read_lesson(connection: Connection, lesson: int, hidden: Hidden = None) -> Lesson:
    """One sentence with its place in the oldest conversation. Raises NoSuchLessonError where nobody may read it."""
    own = connection.execute(sa.select(lessons).where(_L.id == lesson)).mappings().first()
    some = own and _some(own["state"], hidden=hidden).where(_L.id == lesson)
    row = connection.execute(some).mappings().first() if own else None
    if not row:
        raise NoSuchLessonError("no such sentence")
    example = _example(connection, _first_said(connection, [lesson], hidden)[lesson])
    return Lesson(
        lesson, own["state"], own["intent"], own["expect"] or {}, own["negated"] or (), row["count"], _reasons(row),
        example, known_of(connection, _said_in(lesson), example.asked),
    )  # fmt: skip


def _example(connection: Connection, said: Mapping[str, Any]) -> Example:
    talk = connection.execute(
        sa.select(messages)
        .where(messages.c.conversation_id == said["conversation_id"])
        .where(sa.or_(messages.c.seq <= said["seq"], messages.c.reply_to == said["seq"]))
        .order_by(messages.c.seq)
    ).mappings().all()  # fmt: skip
    question = asked_before(talk, said["seq"])
    return Example(
        said["conversation_id"], said["seq"], said["at"], said["text"], question["text"] if question else None,
        field_of(question), tuple(row["text"] for row in talk if row["reply_to"] == said["seq"] and row["text"]),
        said["understanding"] or {},
    )  # fmt: skip


def _said_in(lesson: int) -> sa.sql.Select:
    return sa.select(_I.conversation_id).where(_I.lesson_id == lesson).distinct().limit(_KNOWN_FROM)


def known_of(connection: Connection, of: Sequence[str] | sa.sql.Select, asked: str | None) -> Known:
    """What the conversations `of` know of their visitors; `asked`: what a sentence in them answers."""
    own = connection.execute(sa.select(intakes.c.data).where(intakes.c.conversation_id.in_(of))).scalars()
    answers = [(data or {}).get("answers") or {} for data in own]

    def values(*names: str) -> list[str]:
        found = ((one.get(name) or {}).get("value") for one in answers for name in names)
        return [str(value) for value in found if value]

    called, reached = values("first_name"), values(*_CONTACTS)
    for table in (bookings, callbacks):
        given = sa.select(table.c.first_name, table.c.contact).where(table.c.conversation_id.in_(of))
        for name, contact in connection.execute(given):
            called.append(name)
            reached.append(contact)
    names, contacts = (tuple(dict.fromkeys(str(one) for one in some if one)) for some in (called, reached))
    return Known(names, contacts, asked)


# -- deciding --------------------------------------------------------------------------------------------------------


def decide(
    connection: Connection, lesson: int, seen: str, decision: Decision, asked: str | None, staff_id: int, now: datetime
) -> bool:
    """Write the decision for all that said the sentence; whether anything changed.

    `seen` is the state that the sender saw. Raises NoSuchLessonError, and ReviewChangedError where somebody else
    decided first.
    """
    row = connection.execute(sa.select(lessons).where(_L.id == lesson).with_for_update()).mappings().first()
    if row is None:
        raise NoSuchLessonError("no such sentence")
    same = decision == Decision(row["state"], row["intent"], row["expect"] or {}, tuple(row["negated"] or ()))
    if same:
        return False
    if row["state"] != seen:
        raise ReviewChangedError("somebody else decided first")
    values: dict[str, Any] = {
        "state": decision.state, "intent": decision.intent, "expect": dict(decision.expect),
        "negated": list(decision.negated), "asked": asked, "decided_by": staff_id, "decided_at": now,
        # another label needs another look before it leaves the house
        "text": None, "approved_by": None, "approved_at": None,
    }  # fmt: skip
    connection.execute(sa.update(lessons).where(_L.id == lesson).values(**values))
    return True


def to_approve(connection: Connection, *, limit: int, hidden: Hidden = None) -> list[Lesson]:
    """Decided sentences that no reviewer has read without their personal data yet, in the order of deciding."""
    query = sa.select(_L.id).where(_L.state == LEARN, _L.text.is_(None)).order_by(_L.decided_at, _L.id)
    found: list[Lesson] = []
    for lesson in connection.execute(query).scalars().all():
        if len(found) == limit:
            break
        try:
            found.append(read_lesson(connection, lesson, hidden))
        except NoSuchLessonError:
            continue  # its visitor took the agreement back, or it is closed to the reader
    return found


def approve(connection: Connection, lesson: int, text: str, *, dated: bool, staff_id: int, now: datetime) -> bool:
    """Let a sentence out as it was read; whether anything changed. Raises ReviewChangedError."""
    row = connection.execute(sa.select(lessons).where(_L.id == lesson).with_for_update()).mappings().first()
    if row is None or row["state"] != LEARN:
        raise ReviewChangedError("somebody else decided otherwise")
    if row["text"] is not None:
        if row["text"] != text:
            raise ReviewChangedError("somebody else approved other words")
        return False
    values = {"text": text, "dated": dated, "approved_by": staff_id, "approved_at": now}
    connection.execute(sa.update(lessons).where(_L.id == lesson).values(**values))
    return True


def approved(connection: Connection) -> list[Approved]:
    """All that may be exported, in the order of their approval."""
    query = sa.select(lessons).where(_L.state == LEARN, _L.text.is_not(None)).order_by(_L.approved_at, _L.id)
    return [
        Approved(
            row["id"], row["text"], row["intent"], row["asked"], row["expect"] or {}, row["negated"] or (),
            row["dated"],
        )
        for row in connection.execute(query).mappings()
    ]  # fmt: skip


def decided_counts(connection: Connection) -> dict[str, int]:
    """State -> how many sentences; `approved` is how many may be exported."""
    query = sa.select(_L.state, sa.func.count(), sa.func.count(_L.text)).group_by(_L.state)
    rows = connection.execute(query).all()
    return {state: int(number) for state, number, _ in rows} | {"approved": sum(int(row[2]) for row in rows)}
