"""Whom staff have to ring, why, and what came of each try.

Who is on the list follows from the records: a wish to be called that is not done; an alert, or a visit that nobody has
confirmed, since which no call has settled it. Only visitors who left a contact and still agree.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.booking.limits import same_contact
from knee_intake.errors import CallChangedError, CallFormError
from knee_intake.interview.model import URGENCIES
from knee_intake.records.commit import find_conversation
from knee_intake.records.list_changes import note_change
from knee_intake.records.restriction_rows import Hidden, shown
from knee_intake.records.schema import alerts, bookings, call_attempts, callbacks, conversations, intakes, staff

OUTCOMES = ("reached", "voicemail", "no_answer")
LETTER = "letter"
"""Not a call: what staff do where nobody answers."""
TRIES_BEFORE_LETTER = 3
ALERTS_SINCE = timedelta(days=14)
"""An older alert is no reason to ring any more."""
MOST = 100
"""People on the list: more than anybody rings in a day."""
LONGEST_NOTE = 300  # characters
_DEALT_WITH = ("contacted", "booked", "closed")
"""Review states of a conversation whose alerts somebody has taken care of."""

RowDict = Mapping[str, Any]


@dataclass(frozen=True)
class Attempt:
    """One try."""

    id: int
    outcome: str
    settled: bool
    note: str | None
    who: str
    at: datetime
    next_try_at: datetime | None


@dataclass(frozen=True)
class Reason:
    """Why somebody is to be rung: call_back | alert | visit, since when, and what of it staff may read."""

    kind: str
    since: datetime
    about: str


@dataclass(frozen=True)
class Call:
    """One person on the list."""

    conversation: str
    first_name: str | None
    contacts: tuple[str, ...]
    urgency: str
    assignee: str | None
    reasons: tuple[Reason, ...]
    attempts: tuple[Attempt, ...]
    """The newest last."""
    due_at: datetime
    """When the next try is due: as chosen with the last one, else since somebody wished it."""

    @property
    def last(self) -> Attempt | None:
        return self.attempts[-1] if self.attempts else None

    @property
    def seen(self) -> int:
        """What a form carries, so that somebody else's call in between is noticed."""
        return self.last.id if self.last else 0

    @property
    def suggests_letter(self) -> bool:
        return wants_letter(self.attempts)


def wants_letter(attempts: Collection[Attempt]) -> bool:
    """Nobody has answered the last three times."""
    last = list(attempts)[-TRIES_BEFORE_LETTER:]
    return len(last) == TRIES_BEFORE_LETTER and all(one.outcome == "no_answer" for one in last)


# -- the list --------------------------------------------------------------------------------------------------------


def call_list(connection: Connection, now: datetime, hidden: Hidden = None) -> tuple[list[Call], bool]:
    """Everybody who is to be rung, the most urgent first, then by when the next try is due; and whether there are more.

    What is closed to the reader (`hidden`) is left out.

    Read by the indexes of open wishes, alerts and requested visits: what is settled or closed costs nothing.
    """
    some = _candidates(now)
    query = _rows().where(conversations.c.id.in_(some), *shown(conversations.c.id, hidden))
    found = [call for call in _calls(connection, query, some, now) if call.reasons and call.contacts]
    found.sort(key=lambda call: (URGENCIES.index(call.urgency), call.due_at, call.conversation))
    return found[:MOST], len(found) > MOST


def call_of(connection: Connection, conversation: str, now: datetime) -> Call | None:
    """One conversation, whether it is on the list or not; None where there is nothing that could be rung or shown."""
    query = _rows().where(conversations.c.id == conversation)
    call = next(iter(_calls(connection, query, [conversation], now)), None)
    return call if call and (call.contacts or call.attempts) else None


def _rows() -> Any:
    of = conversations.c
    columns = of.id, of.urgency, of.review, of.consent_at, of.updated_at
    return (
        sa.select(*columns, staff.c.name.label("assignee"), intakes.c.data, intakes.c.first_name)
        .join(intakes, intakes.c.conversation_id == of.id, isouter=True)
        .join(staff, staff.c.id == of.assignee, isouter=True)
        .where(of.consent_at.is_not(None), of.status != "refused", of.erase_requested_at.is_(None))
    )


def _candidates(now: datetime) -> Any:
    """Select of the ids of those who may be on the list."""
    wished = sa.select(callbacks.c.conversation_id).where(callbacks.c.done_at.is_(None))
    alarmed = (
        sa.select(alerts.c.conversation_id)
        .join(conversations, conversations.c.id == alerts.c.conversation_id)
        .where(alerts.c.at > now - ALERTS_SINCE, conversations.c.review.not_in(_DEALT_WITH))
    )
    unconfirmed = sa.select(bookings.c.conversation_id).where(
        bookings.c.status == "requested", bookings.c.end > now, bookings.c.conversation_id.is_not(None)
    )
    return sa.union(wished, alarmed, unconfirmed)


def _calls(connection: Connection, query: Any, ids: Any, now: datetime) -> list[Call]:
    """The calls of a query's rows. `ids`: theirs, as a list or a select, as a database takes only so many values."""
    attempts = _attempts(connection, ids)
    wishes = _of(connection, callbacks, ids, callbacks.c.created_at)
    visits = _of(connection, bookings, ids, bookings.c.start)
    raised = _of(connection, alerts, ids, alerts.c.at)
    found = []
    for row in connection.execute(query).mappings():
        kept = (one.get(row["id"], []) for one in (wishes, visits, raised))
        found.append(_call(dict(row), attempts.get(row["id"], []), *kept, now=now))
    return found


def _call(
    row: RowDict,
    attempts: list[Attempt],
    wishes: list[RowDict],
    visits: list[RowDict],
    raised: list[RowDict],
    *,
    now: datetime,
) -> Call:
    settled = max((one.at for one in attempts if one.settled), default=None)
    reasons = _reasons(row, wishes, visits, raised, settled, now)
    first = min((one.since for one in reasons), default=row["updated_at"])
    waits = attempts[-1].next_try_at if attempts else None
    newer = [one.since for one in reasons if attempts and one.since > attempts[-1].at]
    due = min(newer) if newer else waits or (attempts[-1].at if attempts else first)
    return Call(
        conversation=row["id"],
        first_name=row["first_name"],
        contacts=_contacts(row, wishes, visits),
        urgency=row["urgency"],
        assignee=row["assignee"],
        reasons=tuple(reasons),
        attempts=tuple(attempts),
        due_at=due,
    )


def _reasons(
    row: RowDict,
    wishes: list[RowDict],
    visits: list[RowDict],
    raised: list[RowDict],
    settled: datetime | None,
    now: datetime,
) -> list[Reason]:
    def is_open(since: datetime) -> bool:
        return settled is None or since > settled

    found = [
        Reason("call_back", one["created_at"], " ".join(filter(None, (one["topic"], one["wishes"]))))
        for one in wishes
        if one["done_at"] is None
    ]
    if row["review"] not in _DEALT_WITH:
        found += [
            Reason("alert", one["at"], one["rule"])
            for one in raised
            if is_open(one["at"]) and one["at"] > now - ALERTS_SINCE
        ]
    found += [
        Reason("visit", one["created_at"], one["reference"])
        for one in visits
        if one["status"] == "requested" and one["end"] > now and is_open(one["created_at"])
    ]
    return found


def _contacts(row: RowDict, wishes: list[RowDict], visits: list[RowDict]) -> tuple[str, ...]:
    """Phones first, each person's way once however it was written."""
    answers = (row["data"] or {}).get("answers", {})
    said = [(answers.get(name) or {}).get("value") for name in ("phone", "email")]
    kept = [one["contact"] for one in (*reversed(wishes), *reversed(visits))]
    found: dict[str, str] = {}
    for contact in (*said, *kept):
        if contact:
            found.setdefault(same_contact(str(contact)), str(contact))
    return tuple(sorted(found.values(), key=lambda contact: "@" in contact))


def _of(connection: Connection, table: sa.Table, ids: Any, order: sa.Column) -> dict[str, list[RowDict]]:
    found: dict[str, list[RowDict]] = {}
    query = sa.select(table).where(table.c.conversation_id.in_(ids)).order_by(order)
    for row in connection.execute(query).mappings():
        found.setdefault(row["conversation_id"], []).append(dict(row))
    return found


def _attempts(connection: Connection, ids: Any) -> dict[str, list[Attempt]]:
    query = (
        sa.select(call_attempts, staff.c.name)
        .join(staff, staff.c.id == call_attempts.c.staff_id)
        .where(call_attempts.c.conversation_id.in_(ids))
        .order_by(call_attempts.c.id)
    )
    found: dict[str, list[Attempt]] = {}
    for row in connection.execute(query):
        one = Attempt(row.id, row.outcome, row.settled, row.note, row.name, row.at, row.next_try_at)
        found.setdefault(row.conversation_id, []).append(one)
    return found


# -- noting a try ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tried:
    """What a form says of a try. `seen`: the newest one that its sender had before them."""

    outcome: str
    form_key: str
    seen: int
    settled: bool = False
    note: str = ""
    next_try_at: datetime | None = None


def note_attempt(connection: Connection, conversation: str, tried: Tried, staff_id: int, now: datetime) -> bool:
    """Write a try down; settled, the open wishes to be called are done too. False where this form was here before.

    Raises NotFoundError, CallFormError, and CallChangedError where somebody else has rung in between.
    """
    find_conversation(connection, conversation, lock=True)
    known = sa.select(call_attempts.c.id).where(call_attempts.c.form_key == tried.form_key)
    if connection.execute(known).first() is not None:
        return False
    if tried.outcome not in (*OUTCOMES, LETTER):
        raise CallFormError("Please say what came of the call.")
    if len(tried.note) > LONGEST_NOTE:
        raise CallFormError(f"A note has at most {LONGEST_NOTE} characters.")
    last = sa.select(sa.func.max(call_attempts.c.id)).where(call_attempts.c.conversation_id == conversation)
    if (connection.execute(last).scalar() or 0) != tried.seen:
        raise CallChangedError("somebody else has rung in between")
    connection.execute(
        sa.insert(call_attempts).values(
            conversation_id=conversation, form_key=tried.form_key, outcome=tried.outcome, settled=tried.settled,
            note=tried.note or None, staff_id=staff_id, at=now,
            next_try_at=None if tried.settled else tried.next_try_at,
        )
    )  # fmt: skip
    if tried.settled:
        waiting = (callbacks.c.conversation_id == conversation, callbacks.c.done_at.is_(None))
        connection.execute(sa.update(callbacks).where(*waiting).values(done_at=now))
    note_change(connection, now)
    return True


def note_reached(connection: Connection, conversation: str, callback: int, staff_id: int, now: datetime) -> None:
    """ "I have called", said of one wish: a call that reached them."""
    key = f"callback:{callback}"
    known = sa.select(call_attempts.c.id).where(call_attempts.c.form_key == key)
    if connection.execute(known).first() is None:
        connection.execute(
            sa.insert(call_attempts).values(
                conversation_id=conversation, form_key=key, outcome="reached", settled=False, staff_id=staff_id, at=now
            )
        )
    note_change(connection, now)
