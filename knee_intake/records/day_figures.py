"""The figures of each day, kept: a day is counted once, and again where one of its conversations has changed since.

A conversation belongs to the day on which it was opened, in the clinic's zone. Only counts are kept. They are those of
what is stored now: an erased conversation leaves the figures of its day the next time they are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.figures.talk_counts import (
    BOOKED,
    CARE,
    PERSON,
    SILENT,
    STOPPED,
    DayCounts,
    Line,
    QuestionNames,
    Talk,
    count,
)
from knee_intake.interview.questions import Questions
from knee_intake.records.database import Database
from knee_intake.records.schema import bookings, callbacks, conversations, day_figures, messages, thumbs
from knee_intake.records.thumbs import is_thumbed, same_thumb

FORMAT = 2
"""Of what is stored; another one is counted anew."""
AHEAD = 90
"""Days that `count_ahead` counts: the longest span that the page offers by itself."""
AHEAD_AT_ONCE = 5
_OUTCOMES = {
    "advised": CARE, "handed_over": PERSON, "stopped": STOPPED, "finished": STOPPED, "refused": STOPPED,
}  # fmt: skip
_C = conversations.c
State = tuple[int, datetime | None]
"""(conversations of a day, the newest activity in them): another one means that the day has to be counted again"""


class _Input(msgspec.Struct):
    puts: str | None = msgspec.field(name="for", default=None)


class _Payload(msgspec.Struct):
    name: str | None = None
    input: _Input | None = None


class _Understanding(msgspec.Struct):
    intent: str | None = None
    act: str | None = None
    confidence: float | None = None
    corrections: dict[str, Any] | None = None


_payload = msgspec.json.Decoder(_Payload | None)
_understanding = msgspec.json.Decoder(_Understanding | None)


class DayFigures:
    """Counts days and keeps them."""

    def __init__(self, database: Database, questions: Questions, zone: tzinfo) -> None:
        self._database, self._zone = database, zone
        self._names = QuestionNames(questions)
        self._no_fit = questions.phrase("no_times")
        self._ahead_of: date | None = None
        self._ahead: list[date] = []

    def read(self, first: date, last: date) -> dict[date, DayCounts]:
        """The figures of every day from `first` to `last`, in order.

        Blocks for about 0.1 s for each day of 500 conversations that is new or has changed; no transaction that writes
        is open meanwhile.
        """
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        with self._database.read() as connection:
            kept = self._kept(connection, days)
            states = {day: self._state(connection, day) for day in days}
        found = {day: kept[day][1] for day in days if day in kept and kept[day][0] == states[day]}
        for day in days:
            if day not in found:
                found[day] = self._count(day) if states[day][0] else DayCounts()
        return {day: found[day] for day in days}

    def count_ahead(self, today: date) -> None:
        """Count a few days before `today`, the newest first, so that who looks at the figures waits for none of them.

        Each call goes on where the last one stopped; with a new day it begins anew.
        """
        if self._ahead_of != today:
            self._ahead_of, self._ahead = today, [today - timedelta(days=back) for back in range(1, AHEAD + 1)]
        some, self._ahead = self._ahead[:AHEAD_AT_ONCE], self._ahead[AHEAD_AT_ONCE:]
        if some:
            self.read(some[-1], some[0])

    def _kept(self, connection: Connection, days: Sequence[date]) -> dict[date, tuple[State, DayCounts]]:
        query = sa.select(day_figures).where(
            day_figures.c.day.between(days[0].isoformat(), days[-1].isoformat()),
            day_figures.c.zone == str(self._zone), day_figures.c.format == FORMAT,
        )  # fmt: skip
        return {
            date.fromisoformat(row.day): ((row.opened, row.newest), DayCounts.from_dict(row.figures))
            for row in connection.execute(query)
        }

    def _state(self, connection: Connection, day: date) -> State:
        query = sa.select(sa.func.count(), sa.func.max(_C.updated_at)).select_from(conversations)
        number, newest = connection.execute(query.where(*self._of(day))).one()
        return int(number), newest

    def _of(self, day: date) -> tuple[Any, Any]:
        start, end = bounds(day, self._zone)
        return _C.created_at >= start, _C.created_at < end

    def _count(self, day: date) -> DayCounts:
        with self._database.read() as connection:
            state = self._state(connection, day)  # in the same transaction as what is counted
            talks = list(self._talks(connection, day))
        found = count(state[0], talks, self._names)
        self._keep(day, state, found)
        return found

    def _keep(self, day: date, state: State, found: DayCounts) -> None:
        opened, newest = state
        values = {
            "zone": str(self._zone), "format": FORMAT, "opened": opened, "newest": newest, "figures": found.to_dict(),
        }  # fmt: skip
        # who counts the same day at the same time has found the same
        with suppress(sa.exc.IntegrityError), self._database.write() as connection:
            same = day_figures.c.day == day.isoformat()
            if not connection.execute(sa.update(day_figures).where(same).values(**values)).rowcount:
                connection.execute(sa.insert(day_figures).values(day=day.isoformat(), **values))

    def _talks(self, connection: Connection, day: date) -> Iterator[Talk]:
        """What was agreed to. Nothing of a conversation before consent is read."""
        agreed = (*self._of(day), _C.consent_at.is_not(None))
        asked = sa.exists().where(bookings.c.conversation_id == _C.id, bookings.c.status != "held")
        called = sa.exists().where(callbacks.c.conversation_id == _C.id)
        heads = connection.execute(
            sa.select(_C.id, _C.status, asked.label("asked"), called.label("called")).where(*agreed)
        )
        outcomes = {row.id: _outcome(row) for row in heads}
        lines: dict[str, list[Line]] = {ident: [] for ident in outcomes}
        for row in connection.execute(self._messages(agreed)):
            lines[row.conversation_id].append(_line(row))
        return (Talk(lines[ident], outcome) for ident, outcome in outcomes.items())

    def _messages(self, agreed: Sequence[Any]) -> sa.sql.Select:
        says_no_fit = sa.and_(messages.c.sender == "bot", messages.c.text.contains(self._no_fit, autoescape=True))
        return (
            sa.select(
                messages.c.conversation_id, messages.c.sender, messages.c.at,
                sa.cast(messages.c.payload, sa.Text).label("payload"),
                sa.cast(messages.c.understanding, sa.Text).label("understanding"),
                says_no_fit.label("unfit"), is_thumbed(),
            )
            .join(conversations, _C.id == messages.c.conversation_id)
            .join(thumbs, same_thumb(), isouter=True)
            .where(*agreed)
            .order_by(messages.c.conversation_id, messages.c.seq)
        )  # fmt: skip


def bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """The first moment of a local day, and that of the next."""
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)


def _outcome(row: Any) -> str:
    if row.asked:
        return BOOKED
    found = _OUTCOMES.get(row.status, SILENT)
    return PERSON if row.called and found != CARE else found


def _line(row: Any) -> Line:
    if row.sender == "bot":
        said = _payload.decode(row.payload) if row.payload else None
        if said is None:
            return Line("bot", row.at)
        puts = said.input.puts if said.input else None
        return Line("bot", row.at, said.name, puts, unfit=bool(row.unfit), thumbed=bool(row.thumbed))
    heard = _understanding.decode(row.understanding) if row.understanding else None
    if heard is None:
        return Line(row.sender, row.at)
    return Line(
        row.sender, row.at, act=heard.act or heard.intent, confidence=heard.confidence, corrects=bool(heard.corrections)
    )
