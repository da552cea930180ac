"""Fills the inbox of what was not understood well, and the figures by day: a walk over what has changed since.

The inbox holds no words: they stay in `messages`, and go with the conversation. Only conversations whose visitor agreed
that staff read them are looked at; who takes that back, or asks to be erased, is taken out again.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import NotFoundError
from knee_intake.records.learning_signals import Signal, grouping, signals, was_picked
from knee_intake.records.schema import (
    conversations,
    facts,
    intakes,
    learning_items,
    lessons,
    messages,
    quality_days,
)
from knee_intake.records.thumbs import thumbs_of

AT_ONCE = 100
"""Conversations that are read together."""
MOST = 100
"""Conversations that one call looks at, as patients' messages wait for its transaction; the next goes on from there."""
_MARK = "learning_collected"
_LOCK = 4_331_047
"""Any fixed number: the advisory lock under which PostgreSQL transactions write items one after the other."""
_OVERLAP = timedelta(minutes=2)
"""A transaction that began before the last walk may have ended after it: so far back is looked at once more."""
_C, _I = conversations.c, learning_items.c
SIGNS = ("thumbed", "rejected", "low", "corrected")
"""What of a Signal an item keeps."""
COUNTS = ("said", "rejected", "low", "corrected", "unanswered", "judged")


@dataclass(frozen=True)
class Keeper:
    """What is needed beside the connection."""

    secret: bytes
    """Keys the hashes by which a sentence is known again."""
    zone: tzinfo
    """The clinic's: its days are counted."""

    def key(self, text: str) -> bytes | None:
        """By which the sentence is known again; None where it has no words."""
        words = grouping(text)
        return hmac.new(self.secret, b"lesson " + words.encode(), hashlib.sha256).digest() if words else None


def readable() -> Any:
    """The condition on a conversation that may be learned from."""
    return sa.and_(_C.consent_at.is_not(None), _C.status != "refused", _C.erase_requested_at.is_(None))


def collect(connection: Connection, keeper: Keeper, now: datetime, *, most: int = MOST) -> bool:
    """Take in what has changed; True once nothing is left. Safe to repeat."""
    _one_at_a_time(connection)
    mark = connection.execute(sa.select(facts.c.value).where(facts.c.name == _MARK)).scalar() or {}
    at, last = mark.get("at"), mark.get("id", "")
    behind = (datetime.fromisoformat(at), last) if at else None
    if behind is not None and mark.get("done"):
        behind = (behind[0] - _OVERLAP, "")
    done, left = False, most
    while not done and left > 0:
        part = connection.execute(_changed(behind).limit(min(AT_ONCE, left))).mappings().all()
        done, left = len(part) < min(AT_ONCE, left), left - len(part)
        if part:
            _take_in(connection, part, keeper)
            behind = part[-1]["updated_at"], part[-1]["id"]
    _drop_empty(connection)
    _keep_mark(connection, behind, at, last, done, now)
    return done


def _one_at_a_time(connection: Connection) -> None:
    """Two that meet a new sentence at once would both make its lesson."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})


def _changed(behind: tuple[datetime, str] | None) -> sa.sql.Select:
    query = sa.select(_C.id, _C.updated_at, readable().label("readable")).order_by(_C.updated_at, _C.id)
    query = query.where(_C.consent_at.is_not(None))
    if behind is None:
        return query
    return query.where(sa.or_(_C.updated_at > behind[0], sa.and_(_C.updated_at == behind[0], _C.id > behind[1])))


def _keep_mark(
    connection: Connection, behind: tuple[datetime, str] | None, at: str | None, last: str, done: bool, now: datetime
) -> None:
    if behind is None:
        return
    if at is not None and (datetime.fromisoformat(at), last) > behind:
        behind = datetime.fromisoformat(at), last  # the walk began further back and met nothing new
    value = {"at": behind[0].isoformat(), "id": behind[1], "done": done}
    if not connection.execute(sa.update(facts).where(facts.c.name == _MARK).values(value=value, at=now)).rowcount:
        connection.execute(sa.insert(facts).values(name=_MARK, value=value, at=now))


def _take_in(connection: Connection, part: Sequence[Any], keeper: Keeper) -> None:
    """Bring items and counts of these conversations in step with what was said."""
    ids = [row["id"] for row in part]
    said = _messages_of(connection, ids)
    told = dict(
        connection.execute(
            sa.select(intakes.c.conversation_id, intakes.c.data).where(intakes.c.conversation_id.in_(ids))
        ).all()
    )
    before, thumbed = _items_of(connection, ids), thumbs_of(connection, ids)
    for row in part:
        conversation = row["id"]
        own = before.get(conversation, {})
        if not row["readable"]:
            connection.execute(sa.delete(learning_items).where(_I.conversation_id == conversation))
            continue
        down = thumbed.get(conversation, frozenset())
        found = signals(said.get(conversation, []), told.get(conversation), down)
        _write_items(connection, conversation, said.get(conversation, []), found, own, keeper)
        judged = {seq for seq, item in own.items() if item["judged"]}
        _write_counts(connection, conversation, said.get(conversation, []), found, judged, keeper.zone)


def _messages_of(connection: Connection, ids: Sequence[str]) -> dict[str, list[Any]]:
    query = sa.select(messages).where(messages.c.conversation_id.in_(ids))
    found: dict[str, list[Any]] = {}
    for row in connection.execute(query.order_by(messages.c.conversation_id, messages.c.seq)).mappings():
        found.setdefault(row["conversation_id"], []).append(row)
    return found


def _items_of(connection: Connection, ids: Sequence[str]) -> dict[str, dict[int, Any]]:
    found: dict[str, dict[int, Any]] = {}
    for row in connection.execute(sa.select(learning_items).where(_I.conversation_id.in_(ids))).mappings():
        found.setdefault(row["conversation_id"], {})[row["seq"]] = row
    return found


def _write_items(
    connection: Connection,
    conversation: str,
    said: Sequence[Any],
    found: dict[int, Signal],
    own: dict[int, Any],
    keeper: Keeper,
) -> None:
    for row in said:
        signal = found.get(row["seq"])
        if signal is None or row["text"] is None or was_picked(row):
            continue
        flags = {name: getattr(signal, name) for name in SIGNS}
        if (item := own.get(row["seq"])) is not None:
            _update_item(connection, item, flags)
        elif signal.is_lesson and (lesson := _lesson(connection, row["text"], keeper)) is not None:
            connection.execute(
                sa.insert(learning_items).values(
                    conversation_id=conversation, seq=row["seq"], lesson_id=lesson, at=row["at"], judged=False, **flags
                )
            )


def _update_item(connection: Connection, item: Any, flags: dict[str, bool]) -> None:
    """Where the thumb was all that spoke against the message, and was taken back, it goes."""
    if all(item[name] == value for name, value in flags.items()):
        return
    if item["judged"] or any(flags.values()):
        connection.execute(_own(item["conversation_id"], item["seq"]).values(**flags))
    elif item["thumbed"]:
        own = _I.conversation_id == item["conversation_id"], _I.seq == item["seq"]
        connection.execute(sa.delete(learning_items).where(*own))


def _own(conversation: str, seq: int) -> Any:
    return sa.update(learning_items).where(_I.conversation_id == conversation, _I.seq == seq)


def _lesson(connection: Connection, text: str, keeper: Keeper) -> int | None:
    """The lesson that the sentence belongs to, made where it is the first of its kind."""
    if (key := keeper.key(text)) is None:
        return None
    known = connection.execute(sa.select(lessons.c.id).where(lessons.c.key == key)).scalar()
    if known is not None:
        return int(known)
    return int(
        connection.execute(sa.insert(lessons).values(key=key, state="open", dated=False)).inserted_primary_key[0]
    )


def _write_counts(
    connection: Connection,
    conversation: str,
    said: Sequence[Any],
    found: dict[int, Signal],
    judged: set[int],
    zone: tzinfo,
) -> None:
    hashed = _hashed(conversation)
    connection.execute(sa.delete(quality_days).where(quality_days.c.conversation == hashed))
    days: dict[str, dict[str, int]] = {}
    for row in said:
        if (signal := found.get(row["seq"])) is None:
            continue
        counts = days.setdefault(row["at"].astimezone(zone).date().isoformat(), dict.fromkeys(COUNTS, 0))
        told = {**vars(signal), "said": True, "judged": row["seq"] in judged}
        for name in COUNTS:
            counts[name] += bool(told[name])
    rows = [{"conversation": hashed, "day": day, **counts} for day, counts in days.items()]
    if rows:
        connection.execute(sa.insert(quality_days), rows)


def _hashed(conversation: str) -> bytes:
    return hashlib.sha256(conversation.encode()).digest()[:16]


def _drop_empty(connection: Connection) -> None:
    """Lessons that nobody approved, and whose every message has gone with its conversation."""
    some = sa.exists().where(_I.lesson_id == lessons.c.id)
    connection.execute(sa.delete(lessons).where(lessons.c.text.is_(None), ~some))


# -- judged by staff -------------------------------------------------------------------------------------------------


def judge(connection: Connection, conversation: str, seq: int, keeper: Keeper, staff_id: int, *, wrong: bool) -> bool:
    """Note that a message was understood wrongly, or take that back; whether anything changed.

    A sentence that had been decided to be right, or nothing to learn from, is open again. Raises NotFoundError.
    """
    _one_at_a_time(connection)
    row = _judgeable(connection, conversation, seq)
    own = sa.and_(_I.conversation_id == conversation, _I.seq == seq)
    item = connection.execute(sa.select(learning_items).where(own)).mappings().first()
    if bool(item and item["judged"]) == wrong:
        return False
    if item is None:
        lesson = _lesson(connection, row["text"], keeper)
        if lesson is None:
            raise NotFoundError("a message without words")
        flags = dict.fromkeys(SIGNS, False)
        connection.execute(
            sa.insert(learning_items).values(
                conversation_id=conversation, seq=seq, lesson_id=lesson, at=row["at"], judged=True, judged_by=staff_id,
                **flags,
            )
        )  # fmt: skip
    elif wrong or any(item[name] for name in SIGNS):
        connection.execute(_own(conversation, seq).values(judged=wrong, judged_by=staff_id if wrong else None))
        lesson = item["lesson_id"]
    else:
        connection.execute(sa.delete(learning_items).where(own))
        lesson = item["lesson_id"]
    if wrong:
        closed = sa.and_(lessons.c.id == lesson, lessons.c.state.in_(("right", "nothing")))
        connection.execute(sa.update(lessons).where(closed).values(state="open"))
    day = row["at"].astimezone(keeper.zone).date().isoformat()
    counted = sa.and_(quality_days.c.conversation == _hashed(conversation), quality_days.c.day == day)
    step = 1 if wrong else -1
    connection.execute(sa.update(quality_days).where(counted).values(judged=quality_days.c.judged + step))
    return True


def _judgeable(connection: Connection, conversation: str, seq: int) -> Any:
    query = (
        sa.select(messages)
        .select_from(messages.join(conversations))
        .where(messages.c.conversation_id == conversation, messages.c.seq == seq, messages.c.sender == "visitor")
        .where(readable(), messages.c.text.is_not(None))
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFoundError("no such message")
    return row


def judged_in(connection: Connection, conversation: str) -> frozenset[int]:
    """The messages of a conversation that staff found to be understood wrongly."""
    query = sa.select(_I.seq).where(_I.conversation_id == conversation, _I.judged)
    return frozenset(connection.execute(query).scalars())


# -- figures ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    """The messages of some days, and what speaks against how they were understood."""

    said: int = 0
    rejected: int = 0
    low: int = 0
    corrected: int = 0
    unanswered: int = 0
    judged: int = 0

    def share(self, name: str) -> float | None:
        """Of the messages, 0 to 1; None where nothing was said."""
        return getattr(self, name) / self.said if self.said else None


def days_since(connection: Connection, first: str) -> Iterator[tuple[str, Counted]]:
    """(day, counts) for each day from `first` (ISO) on that has messages, in order."""
    c = quality_days.c
    sums = [sa.func.sum(c[name]).label(name) for name in COUNTS]
    for row in connection.execute(
        sa.select(c.day, *sums).where(c.day >= first).group_by(c.day).order_by(c.day)
    ).mappings():
        yield row["day"], replace(Counted(), **{name: int(row[name]) for name in COUNTS})
