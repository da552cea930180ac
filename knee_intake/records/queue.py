"""The staff's queue: which conversations, in which order, a part at a time.

The order is rank, last activity, id. The rank is never stored: it is read from urgency, consent and the alerts that
nobody has acknowledged, so it cannot fall out of step with them. A part is made in one of two ways. Where a filter
leaves few conversations, all of those are ranked. Otherwise the list is walked rank by rank along an index
(`conversations_open_queue`, `conversations_queue`) and the walk ends when the part is full; the conversations with an
open alert, few at any time, are ranked apart and laid between.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import RequestError
from knee_intake.interview.model import URGENCIES
from knee_intake.records.facets import ANSWER, INTENT, LOW
from knee_intake.records.restriction_rows import Hidden, shown
from knee_intake.records.schema import alerts, bookings, consents, conversations, facets, messages, tags
from knee_intake.records.search_terms import Term, holds
from knee_intake.records.transcript_index import ids_with

FEW = 2000
"""So many conversations are ranked at once; beyond it the list is walked."""
UNFINISHED = ("active", "stopped")
"""Statuses of a visitor who agreed, and neither finished nor asked for a visit or a person."""
VISITS = ("requested", "booked", "cancelled", "none")
OPEN, ALL = "", "all"
NOBODY = 0
"""The assignee of a conversation that nobody has taken; no member has this id."""
_AT_ONCE = 100
_UNTOLD, _LAST = 0, 2 * len(URGENCIES) + 1
_C = conversations.c


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; each empty value narrows nothing. All that are given must hold.

    What a visitor said (intent, answers, words, a visit) is only ever looked for where they agreed that staff read it.
    """

    since: datetime | None = None
    until: datetime | None = None
    """Last activity: from `since`, before `until`."""
    urgencies: tuple[str, ...] = ()
    rule: str = ""
    statuses: tuple[str, ...] = ()
    review: str = OPEN
    """OPEN: all but the closed; ALL; or one state."""
    assignee: int | None = None
    tag: str = ""
    visit: str = ""
    unfinished: bool = False
    low: bool = False
    unread: bool = False
    intent: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    """(field, value)"""
    terms: tuple[Term, ...] = ()
    everything: bool = False
    """Also chats without consent and without an alert."""
    hidden: Hidden = field(default=None, compare=False)
    """Ids of conversations that are closed to the reader: of them no more may be told than that they exist."""
    leaves_out: bool = False
    """Not even that."""

    @property
    def reads_content(self) -> bool:
        """Would a match tell something that the visitor said?"""
        return bool(self.visit or self.low or self.intent or self.answers or self.terms or self.unfinished)

    @property
    def tells_more(self) -> bool:
        """Would a match tell more of a conversation than that it exists, since when, and how urgent it is?"""
        noted = self.rule or self.statuses or self.tag or self.unread or self.assignee is not None
        return bool(self.reads_content or noted or self.review not in (OPEN, ALL))


Key = tuple[int, datetime, str]
"""(rank, last activity, id) of a conversation"""


def list_keys(connection: Connection, filters: Filters, *, after: str | None, limit: int) -> list[Key]:
    """At most `limit` conversations in order, from behind the key `after`. Raises RequestError where that is no key."""
    behind = read_key(after) if after is not None else None
    few, others, terms = _narrow(connection, filters)
    if few is not None:
        meant = _C.id.in_(few)
        return _taken(connection, _ranked([meant, *others], filters, behind), terms, limit) if few else []
    found: list[Key] = []
    for query in _walk(others, filters, behind):
        found += _taken(connection, query, terms, limit - len(found))
        if len(found) == limit:
            break
    # after the walk: an alert that is raised meanwhile (PostgreSQL shows it) is then met twice rather than missed
    unseen = _C.id.in_(sa.select(alerts.c.conversation_id).where(alerts.c.acknowledged_at.is_(None)))
    found += _taken(connection, _ranked([unseen, *others], filters, behind), terms, limit)
    found.sort(key=lambda key: (key[1], key[2]), reverse=True)
    found.sort(key=lambda key: key[0])
    once: dict[str, Key] = {}
    for key in found:
        once.setdefault(key[2], key)
    return list(once.values())[:limit]


def place_of(connection: Connection, conversation: str) -> Key | None:
    """Where a conversation stands in the whole queue; None where there is none such, or staff are not shown it."""
    one = _ranked([_C.id == conversation], Filters(review=ALL), None)
    row = connection.execute(one).first()
    return tuple(row) if row else None


def unseen_new(connection: Connection, limit: int, hidden: Hidden = None) -> list[Key]:
    """The first of those with an alert that nobody has acknowledged and whose review is new."""
    query = _ranked([_unseen(), _C.review == "new", *shown(_C.id, hidden)], Filters(review=ALL), None)
    return [tuple(row) for row in connection.execute(query.limit(limit))]


def is_unseen(key: Key) -> bool:
    """Has the conversation an alert that nobody has acknowledged?"""
    return key[0] == _UNTOLD or (key[0] % 2 == 1 and key[0] != _LAST)


# -- the two ways ----------------------------------------------------------------------------------------------------


def _ranked(where: list[Any], filters: Filters, behind: Key | None) -> sa.sql.Select:
    """Those that `where` leaves, each ranked, in order. What is closed and has a new alert is not closed."""
    review = [] if filters.review != OPEN else [sa.or_(_not_closed(), _unseen())]
    ranked = sa.select(_C.id, _C.updated_at, _rank().label("rank")).where(*where, *_common(filters), *review).subquery()
    query = sa.select(ranked.c.rank, ranked.c.updated_at, ranked.c.id)
    if behind is not None:
        later = sa.and_(ranked.c.rank == behind[0], _older(ranked.c, behind))
        query = query.where(sa.or_(ranked.c.rank > behind[0], later))
    return query.order_by(ranked.c.rank, ranked.c.updated_at.desc(), ranked.c.id.desc())


def _walk(where: list[Any], filters: Filters, behind: Key | None) -> Iterator[sa.sql.Select]:
    """Those without an open alert, rank by rank."""
    for rank, query in walk_queries(filters):
        if behind is None or rank > behind[0]:
            yield query.where(*where)
        elif rank == behind[0]:
            yield query.where(*where, _older(_C, behind))


def _taken(connection: Connection, query: sa.sql.Select, terms: list[Term], limit: int) -> list[Key]:
    """The first whose transcript holds the terms; the rest is not read."""
    if not terms:
        return [tuple(row) for row in connection.execute(query.limit(limit))]
    found: list[Key] = []
    with closing(connection.execute(query)) as rows:
        while len(found) < limit and (some := rows.fetchmany(_AT_ONCE)):
            holding = _holding(connection, [row.id for row in some], terms)
            found += [tuple(row) for row in some if row.id in holding]
    return found[:limit]


def _holding(connection: Connection, ids: list[str], terms: list[Term]) -> set[str]:
    """Those in whose messages each term stands somewhere."""
    said = sa.select(messages.c.conversation_id, messages.c.text).where(
        messages.c.conversation_id.in_(ids), messages.c.text.is_not(None)
    )
    missing = {ident: set(terms) for ident in ids}
    for ident, text in connection.execute(said):
        missing[ident] -= {term for term in missing[ident] if holds(text, term)}
    return {ident for ident, terms_left in missing.items() if not terms_left}


def walk_queries(filters: Filters) -> Iterator[tuple[int, sa.sql.Select]]:
    """(rank, the conversations of that rank in order), most urgent first; an index gives each of them sorted."""
    for number, urgency in enumerate(URGENCIES):
        if not filters.urgencies or urgency in filters.urgencies:
            rank = 2 + 2 * number
            yield rank, _walk_of(rank, filters).where(_C.urgency == urgency, _tells())
    if not filters.urgencies and not filters.reads_content:
        yield _LAST, _walk_of(_LAST, filters).where(_C.consent_at.is_(None), ~_told())


def _walk_of(rank: int, filters: Filters) -> sa.sql.Select:
    columns = sa.literal_column(str(rank)).label("rank"), _C.updated_at, _C.id
    walk = sa.select(*columns).where(~_unseen(), *_common(filters)).order_by(_C.updated_at.desc(), _C.id.desc())
    return walk.where(_not_closed()) if filters.review == OPEN else walk


def _rank() -> Any:
    """Not told of an alert: first, as it may be anything. Then by urgency, and what nobody has seen before the rest."""
    levels = [
        (sa.and_(_tells(), _C.urgency == urgency), 1 + 2 * number + sa.case((_unseen(), 0), else_=1))
        for number, urgency in enumerate(URGENCIES)
    ]
    return sa.case((sa.and_(_unseen(), ~_tells()), _UNTOLD), *levels, else_=_LAST)


# -- filters ---------------------------------------------------------------------------------------------------------


def _common(filters: Filters) -> list[Any]:
    """What can be told from the conversation's own row, mostly from the index alone."""
    found: list[Any] = []
    if filters.since is not None:
        found.append(_C.updated_at >= filters.since)
    if filters.until is not None:
        found.append(_C.updated_at < filters.until)
    if filters.urgencies:
        found += [_C.urgency.in_(filters.urgencies), _tells()]
    if filters.statuses:
        found.append(_C.status.in_(filters.statuses))
    if filters.unfinished:
        found.append(_C.status.in_(UNFINISHED))
    if filters.review not in (OPEN, ALL):
        found.append(_C.review == filters.review)
    if filters.assignee == NOBODY:
        found.append(_C.assignee.is_(None))
    if filters.visit == "none":
        found.append(~sa.exists().where(bookings.c.conversation_id == _C.id, bookings.c.status != "held"))
    if filters.leaves_out or filters.tells_more:
        found += shown(_C.id, filters.hidden)
    if filters.reads_content or filters.unread:
        found.append(_C.consent_at.is_not(None))
    elif not filters.everything:
        found.append(sa.or_(_C.consent_at.is_not(None), sa.exists().where(alerts.c.conversation_id == _C.id)))
    return found


def _narrow(connection: Connection, filters: Filters) -> tuple[set[str] | None, list[Any], list[Term]]:
    """(The only conversations that can be meant, where they are few; conditions and terms that must hold as well)"""
    few: set[str] | None = None
    conditions, terms = [], []
    for ids, condition in _selective(connection, filters):
        # one conversation may come several times; DISTINCT would lead PostgreSQL to walk all rows in order of the ids
        rows = connection.execute(ids.limit(2 * FEW + 1)).scalars().all()
        some = set(rows)
        if len(rows) <= 2 * FEW and len(some) <= FEW:
            few = some if few is None else few & some
        elif isinstance(condition, Term):
            terms.append(condition)
        else:
            conditions.append(condition)
        if few is not None and not few:
            break
    return few, conditions, terms


def _selective(connection: Connection, filters: Filters) -> Iterator[tuple[sa.sql.Select, Any]]:
    """For each filter that has an index of its own: (the ids that it leaves, the same as a condition on one row).

    A term itself stands for its condition: where it leaves many, the texts of the first in line are read.
    """
    for table, where in _by_rows(filters):
        of = table.c.conversation_id
        yield sa.select(of).where(*where), sa.exists().where(of == _C.id, *where)
    if wanted := _wanted_facets(filters):
        yield _with_facets(wanted), sa.and_(*(_has_facet(_C.id, *facet) for facet in wanted))
    if filters.assignee:
        yield sa.select(_C.id).where(_C.assignee == filters.assignee), _C.assignee == filters.assignee
    if filters.unread:
        yield sa.select(_C.id).where(is_unread()), is_unread()
    for term in filters.terms:
        yield ids_with(connection, term), term


def _by_rows(filters: Filters) -> Iterator[tuple[sa.Table, list[Any]]]:
    if filters.rule:
        yield alerts, [alerts.c.rule == filters.rule]
    if filters.tag:
        yield tags, [tags.c.tag == filters.tag]
    if filters.visit and filters.visit != "none":
        yield bookings, [bookings.c.status == filters.visit, bookings.c.conversation_id.is_not(None)]


def _wanted_facets(filters: Filters) -> list[tuple[str, str]]:
    wanted = [(f"{ANSWER}{field}", value) for field, value in filters.answers]
    wanted += [(INTENT, filters.intent)] if filters.intent else []
    return wanted + ([(LOW, "yes")] if filters.low else [])


def _with_facets(wanted: list[tuple[str, str]]) -> sa.sql.Select:
    """The conversations that have all of them: of two that share little, this finds that out soon."""
    (name, value), *others = wanted
    of = facets.c.conversation_id
    return sa.select(of).where(
        facets.c.name == name, facets.c.value == value, *(_has_facet(of, *other) for other in others)
    )


def _has_facet(of: Any, name: str, value: str) -> Any:
    other = facets.alias()
    return sa.exists().where(other.c.conversation_id == of, other.c.name == name, other.c.value == value)


def is_unread() -> Any:
    """Somebody said something that no member of staff has seen; as the index `conversations_unread` has it."""
    return sa.and_(_C.last_seq > _C.seen_seq, _C.consent_at.is_not(None), _not_closed())


def _not_closed() -> Any:
    return _C.review != sa.literal_column("'closed'")  # the very words of the partial index


def _told() -> Any:
    return sa.exists().where(consents.c.conversation_id == _C.id, consents.c.kind == "alert", consents.c.granted)


def _tells() -> Any:
    return sa.or_(_C.consent_at.is_not(None), _told())


def _unseen() -> Any:
    return sa.exists().where(alerts.c.conversation_id == _C.id, alerts.c.acknowledged_at.is_(None))


# -- keys ------------------------------------------------------------------------------------------------------------


def _older(columns: Any, behind: Key) -> Any:
    _, at, last = behind
    return sa.or_(columns.updated_at < at, sa.and_(columns.updated_at == at, columns.id < last))


def write_key(key: Key) -> str:
    """The key of the part that follows behind this conversation."""
    rank, at, last = key
    return base64.urlsafe_b64encode(f"{rank}|{at.isoformat()}|{last}".encode()).decode().rstrip("=")


def read_key(text: str) -> Key:
    """Raises RequestError where the text is no key of ours."""
    try:
        rank, at, last = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split("|")
        moment, number = datetime.fromisoformat(at), int(rank)
    except (ValueError, binascii.Error):
        raise RequestError("`after` is no key of this list") from None
    if moment.tzinfo is None or not _UNTOLD <= number <= _LAST:
        raise RequestError("`after` is no key of this list")
    return number, moment, last
