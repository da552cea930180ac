"""What staff read and change: the list, one conversation, acknowledging. Pending texts are never read here."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import NotFoundError
from knee_intake.interview.model import URGENCIES, Intake
from knee_intake.records.calendar_rows import open_visits, spam_visits
from knee_intake.records.chat_writers import Writer, names_by_conversation, names_of, writer_of
from knee_intake.records.learning import judged_in
from knee_intake.records.list_changes import changes
from knee_intake.records.notes import notes_mark
from knee_intake.records.queue import Filters, list_keys, write_key
from knee_intake.records.schema import (
    alerts,
    blocks,
    bookings,
    busy_feeds,
    call_attempts,
    callbacks,
    chart_entries,
    consents,
    conversations,
    intakes,
    messages,
    restrictions,
    same_people,
    staff,
    tags,
    thumbs,
)
from knee_intake.records.search_terms import Piece, Term, holds, snippet
from knee_intake.records.thumbs import is_thumbed, same_thumb

PAGE = 50
LARGEST_PAGE = 200
EVERY_OPEN_ONE = Filters()
_HIDDEN = "text", "payload", "understanding"
"""Columns of a message that stay empty for staff as long as there is no consent."""

RowDict = Mapping[str, Any]


@dataclass(frozen=True)
class ListItem:
    """One line of the list. Without consent it holds no content: status, time and rule ids only.

    `tells_alerts`: the visitor agreed to everything, or at least to the clinic being told of the emergency.
    """

    id: str
    created_at: datetime
    updated_at: datetime
    status: str
    consented: bool
    tells_alerts: bool
    urgency: str | None
    handled_by: str
    writer: str | None
    """Name of the member of staff who answers in it."""
    first_name: str | None
    done: int
    total: int
    booking: RowDict | None
    open_alerts: tuple[RowDict, ...]
    erase_requested: bool
    review: str
    assignee: str | None
    """The name of who has taken it."""
    assignee_id: int | None
    tags: tuple[str, ...]
    unread: bool
    """Something was said that no member of staff has seen."""
    by_phone: bool
    """Staff typed it for a caller."""
    snippet: tuple[Piece, ...] = ()
    """Where the list was searched: a piece of what was found."""
    restricted: bool = False
    """Closed to the reader: nothing is told but that it exists, since when, and how urgent it is."""

    @property
    def stands_out(self) -> bool:
        """An alert that nobody has acknowledged yet."""
        return bool(self.open_alerts)


@dataclass(frozen=True)
class Page:
    """A part of the list; `next` is the key of the following part."""

    items: tuple[ListItem, ...]
    next: str | None


@dataclass(frozen=True)
class Detail:
    """One conversation as staff see it."""

    item: ListItem
    conversation: RowDict
    intake: Intake
    booking: RowDict | None
    visits: tuple[RowDict, ...]
    """The requested and booked ones, in order of time."""
    spam: tuple[RowDict, ...]
    """Those that staff found to be fakes."""
    messages: tuple[RowDict, ...]
    alerts: tuple[RowDict, ...]
    consents: tuple[RowDict, ...]
    callbacks: tuple[RowDict, ...]
    writer: Writer | None
    """None while the assistant answers."""
    names: Mapping[int, str]
    """Of the members of staff who have written in it, by id."""
    misread: frozenset[int]
    """The messages that staff found to be understood wrongly."""

    @property
    def is_closed(self) -> bool:
        """Nobody may write here: the visitor has not agreed, took that back, wants it deleted, or was on the phone."""
        row = self.conversation
        unasked = row["consent_at"] is None or row["status"] in ("consent_pending", "refused")
        return unasked or row["erase_requested_at"] is not None or self.item.by_phone

    @property
    def requests(self) -> tuple[RowDict, ...]:
        """The times that the visitor asked for and nobody has answered yet."""
        return tuple(visit for visit in self.visits if visit["status"] == "requested")

    @property
    def intake_data(self) -> dict[str, Any]:
        return self.intake.to_dict()


# -- the list --------------------------------------------------------------------------------------------------------


def list_conversations(
    connection: Connection, *, after: str | None = None, limit: int = PAGE, filters: Filters = EVERY_OPEN_ONE
) -> Page:
    """A part of the queue, in its order, behind the key `after`. Raises RequestError where that is no key of ours."""
    limit = max(1, min(limit, LARGEST_PAGE))
    keys = list_keys(connection, filters, after=after, limit=limit + 1)
    shown = [ident for _, _, ident in keys[:limit]]
    query = sa.select(conversations).where(conversations.c.id.in_(shown))
    rows = {row["id"]: dict(row) for row in connection.execute(query).mappings()}
    pieces = _snippets(connection, shown, filters.terms)
    items = _items(connection, [rows[ident] for ident in shown])
    closed = _closed(connection, filters, shown)
    found = tuple(
        _masked(item) if item.id in closed else replace(item, snippet=pieces.get(item.id, ())) for item in items
    )
    return Page(found, write_key(keys[limit - 1]) if len(keys) > limit else None)


def _closed(connection: Connection, filters: Filters, ids: list[str]) -> set[str]:
    """Those of the conversations that are closed to the reader."""
    if filters.hidden is None:
        return set()
    return set(connection.execute(filters.hidden.where(restrictions.c.conversation_id.in_(ids))).scalars())


def _masked(item: ListItem) -> ListItem:
    return replace(
        item, restricted=True, status="restricted", handled_by="bot", writer=None, first_name=None, done=0, total=0,
        booking=None, open_alerts=(), erase_requested=False, review="new", assignee=None, assignee_id=None, tags=(),
        unread=False,
    )  # fmt: skip


def _snippets(connection: Connection, ids: list[str], terms: tuple[Term, ...]) -> dict[str, tuple[Piece, ...]]:
    """For each conversation a piece of the message that holds most of the terms, the newest of those."""
    if not terms:
        return {}
    said = sa.select(messages.c.conversation_id, messages.c.text).where(
        messages.c.conversation_id.in_(ids), messages.c.text.is_not(None)
    )
    best: dict[str, tuple[int, str]] = {}
    for ident, text in connection.execute(said.order_by(messages.c.seq)):
        held = sum(holds(text, term) for term in terms)
        if held and held >= best.get(ident, (0, ""))[0]:
            best[ident] = held, text
    return {ident: snippet(text, terms) for ident, (_, text) in best.items()}


def count_before_consent(connection: Connection) -> int:
    """How many chats the short list leaves out."""
    alerted = sa.exists().where(alerts.c.conversation_id == conversations.c.id)
    query = sa.select(sa.func.count()).select_from(conversations)
    return int(connection.execute(query.where(conversations.c.consent_at.is_(None), ~alerted)).scalar_one())


def consented_ids(connection: Connection) -> list[str]:
    """Every conversation whose visitor agreed, oldest first."""
    query = sa.select(conversations.c.id).where(conversations.c.consent_at.is_not(None))
    return list(connection.execute(query.order_by(conversations.c.created_at, conversations.c.id)).scalars())


def _items(connection: Connection, rows: list[dict[str, Any]]) -> list[ListItem]:
    ids = [row["id"] for row in rows]
    open_alerts = _by_conversation(
        connection,
        sa.select(alerts).where(alerts.c.conversation_id.in_(ids), alerts.c.acknowledged_at.is_(None)),
    )
    booked = _by_conversation(connection, _bookings_of(ids))
    heads = sa.select(
        intakes.c.conversation_id, intakes.c.done, intakes.c.total, intakes.c.first_name
    ).where(intakes.c.conversation_id.in_(ids))  # fmt: skip
    told = set(connection.execute(_told(ids)).scalars())
    intake_of = {row["conversation_id"]: row for row in connection.execute(heads).mappings()}
    writers = names_by_conversation(connection, [row["id"] for row in rows if row["handled_by"] == "staff"])
    reviews = _reviews(connection, rows)
    return [
        _item(
            row, intake_of.get(row["id"]), booked.get(row["id"], []), open_alerts.get(row["id"], []),
            row["id"] in told, writers.get(row["id"]), reviews[row["id"]],
        )
        for row in rows
    ]  # fmt: skip


def _reviews(connection: Connection, rows: Collection[RowDict]) -> dict[str, RowDict]:
    """How far staff have come with each."""
    ids = [row["id"] for row in rows]
    marked = sa.select(tags).where(tags.c.conversation_id.in_(ids)).order_by(tags.c.tag)
    tags_of: dict[str, list[str]] = {}
    for ident, tag in connection.execute(marked):
        tags_of.setdefault(ident, []).append(tag)
    names = dict(connection.execute(sa.select(staff.c.id, staff.c.name)).all())
    return {
        row["id"]: {
            "review": row["review"],
            "assignee": names.get(row["assignee"]),
            "assignee_id": row["assignee"],
            "tags": tuple(tags_of.get(row["id"], ())),
            "unread": row["consent_at"] is not None and row["last_seq"] > row["seen_seq"],
            "by_phone": row["source"] == "phone",
        }
        for row in rows
    }


def _told(ids: Collection[str]) -> sa.sql.Select:
    """Conversations in which the clinic may be told of an emergency."""
    return sa.select(consents.c.conversation_id).where(
        consents.c.conversation_id.in_(ids), consents.c.kind == "alert", consents.c.granted
    )


def _item(
    row: RowDict,
    intake: RowDict | None,
    booked: list[RowDict],
    unseen: list[RowDict],
    told: bool,
    writer: str | None,
    review: RowDict,
) -> ListItem:
    consented = row["consent_at"] is not None
    tells_alerts = consented or told
    unseen = sorted(unseen, key=lambda alert: URGENCIES.index(alert["urgency"]))
    shown = intake if consented else None
    return ListItem(
        id=row["id"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        status=row["status"],
        consented=consented,
        tells_alerts=tells_alerts,
        urgency=row["urgency"] if tells_alerts else None,
        handled_by=row["handled_by"],
        writer=writer,
        first_name=shown["first_name"] if shown else None,
        done=shown["done"] if shown else 0,
        total=shown["total"] if shown else 0,
        booking=_main_booking(booked) if consented else None,
        open_alerts=tuple(unseen if tells_alerts else [_only_time_and_rule(alert) for alert in unseen]),
        erase_requested=row["erase_requested_at"] is not None,
        **review,
    )


def _bookings_of(ids: Collection[str]) -> sa.sql.Select:
    return sa.select(bookings).where(bookings.c.conversation_id.in_(ids), bookings.c.status != "held")


def _main_booking(rows: list[RowDict]) -> RowDict | None:
    """The visit that counts: a standing one before a cancelled one, the newest of them."""
    standing = [row for row in rows if row["status"] != "cancelled"]
    return max(standing or rows, key=lambda row: (row["updated_at"], row["id"]), default=None)


def _by_conversation(connection: Connection, query: sa.sql.Select) -> dict[str, list[RowDict]]:
    found: dict[str, list[RowDict]] = {}
    for row in connection.execute(query).mappings():
        found.setdefault(row["conversation_id"], []).append(dict(row))
    return found


# -- one conversation ------------------------------------------------------------------------------------------------


def read_conversation(connection: Connection, conversation: str) -> Detail:
    """Everything staff may see of one conversation. Raises NotFoundError."""
    row = _first(connection, sa.select(conversations).where(conversations.c.id == conversation))
    if row is None:
        raise NotFoundError("no such conversation")
    intake = _first(connection, sa.select(intakes).where(intakes.c.conversation_id == conversation))
    booked = _all(connection, _bookings_of([conversation]))
    raised = _all(connection, _of(alerts, conversation, alerts.c.id))
    unseen = [alert for alert in raised if alert["acknowledged_at"] is None]
    told = connection.execute(_told([conversation])).first() is not None
    lines = _all(connection, _messages_of(conversation))
    agreed = _all(connection, _of(consents, conversation, consents.c.id))
    names = names_of(connection, {line["staff_id"] for line in (*lines, *agreed)})
    writer = writer_of(row, lines, names)
    review = _reviews(connection, [row])[conversation]
    item = _item(row, intake, list(booked), unseen, told, writer.name if writer else None, review)
    return Detail(
        item=item,
        conversation=row,
        intake=Intake.from_dict(intake["data"] if intake and item.consented else None),
        booking=item.booking,
        visits=tuple(open_visits(connection, conversation)) if item.consented else (),
        spam=tuple(spam_visits(connection, conversation)) if item.consented else (),
        messages=lines if item.consented else tuple({**line, **dict.fromkeys(_HIDDEN)} for line in lines),
        alerts=raised if item.tells_alerts else tuple(_only_time_and_rule(alert) for alert in raised),
        consents=agreed,
        callbacks=_all(connection, _of(callbacks, conversation, callbacks.c.id)) if item.consented else (),
        writer=writer,
        names=names,
        misread=judged_in(connection, conversation),
    )


def _only_time_and_rule(alert: RowDict) -> RowDict:
    """What staff may know of an emergency of which the visitor did not let us tell."""
    return {**alert, "shown": None, "seq": None, "urgency": None}


def _of(table: sa.Table, conversation: str, order: sa.Column) -> sa.sql.Select:
    return sa.select(table).where(table.c.conversation_id == conversation).order_by(order)


def _messages_of(conversation: str) -> sa.sql.Select:
    said = sa.select(messages, is_thumbed()).join(thumbs, same_thumb(), isouter=True)
    return said.where(messages.c.conversation_id == conversation).order_by(messages.c.seq)


def _all(connection: Connection, query: sa.sql.Select) -> tuple[RowDict, ...]:
    return tuple(dict(row) for row in connection.execute(query).mappings())


def _first(connection: Connection, query: sa.sql.Select) -> RowDict | None:
    return next(iter(_all(connection, query)), None)


# -- changes ---------------------------------------------------------------------------------------------------------


def acknowledge(
    connection: Connection, conversation: str, ids: Collection[int], staff_id: int, now: datetime
) -> list[int]:
    """Mark the alerts that somebody has seen; returns those that were open.

    Only the alerts named: one that was raised while the page was open stays open.
    """
    wanted = sa.and_(
        alerts.c.conversation_id == conversation, alerts.c.id.in_(list(ids)), alerts.c.acknowledged_at.is_(None)
    )
    seen = list(connection.execute(sa.select(alerts.c.id).where(wanted)).scalars())
    connection.execute(sa.update(alerts).where(wanted).values(acknowledged_at=now, acknowledged_by=staff_id))
    return seen


def finish_callback(connection: Connection, conversation: str, callback: int, now: datetime) -> bool:
    """Note that somebody has called back; False where that was done before, or there is no such wish."""
    waiting = (
        callbacks.c.conversation_id == conversation, callbacks.c.id == callback, callbacks.c.done_at.is_(None)
    )  # fmt: skip
    return bool(connection.execute(sa.update(callbacks).where(*waiting).values(done_at=now)).rowcount)


_CALENDAR_MARKS = (
    sa.select(sa.func.max(blocks.c.id), sa.func.max(blocks.c.removed_at), sa.func.count()).select_from(blocks),
    sa.select(sa.func.max(busy_feeds.c.expanded_at), sa.func.count()).select_from(busy_feeds),
)


def mark(connection: Connection, conversation: str | None = None) -> str:
    """Changes whenever the list, or one conversation, changes. Holds no content, so it may be asked often.

    Nothing is counted for the list: what is taken away is noted by whoever does it (list_changes).
    """
    queries: list[sa.sql.Select] = [
        sa.select(sa.func.max(conversations.c.updated_at), sa.func.max(conversations.c.erase_requested_at)),
        sa.select(sa.func.max(alerts.c.id), sa.func.max(alerts.c.acknowledged_at)),
        sa.select(sa.func.max(bookings.c.updated_at)),
    ]
    if conversation is None:
        reviewed: list[Any] = [changes(connection)]
        queries += _CALENDAR_MARKS
    else:
        reviewed = _review_mark(connection, conversation)
        of = conversations.c.id, alerts.c.conversation_id, bookings.c.conversation_id
        queries = [
            query.add_columns(sa.func.count()).where(own == conversation)
            for query, own in zip(queries, of, strict=True)
        ]
    parts = [tuple(connection.execute(query).one()) for query in queries]
    return hashlib.sha256(repr([*reviewed, *parts]).encode()).hexdigest()[:16]


def _review_mark(connection: Connection, conversation: str) -> list[Any]:
    state = sa.select(conversations.c.review, conversations.c.assignee).where(conversations.c.id == conversation)
    tagged = sa.select(tags.c.tag).where(tags.c.conversation_id == conversation).order_by(tags.c.tag)
    entered = sa.select(sa.func.max(chart_entries.c.id), sa.func.max(chart_entries.c.undone_at)).where(
        chart_entries.c.conversation_id == conversation
    )
    rung = sa.select(sa.func.max(call_attempts.c.id)).where(call_attempts.c.conversation_id == conversation)
    joined = sa.select(same_people.c.person).where(same_people.c.conversation_id == conversation)
    own = [tuple(row) for query in (state, tagged, entered, rung, joined) for row in connection.execute(query)]
    return own + notes_mark(connection, conversation)
