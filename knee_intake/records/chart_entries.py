"""What was copied into the clinic's own chart, under which number there, and what still waits to be.

A tick holds a hash of what was copied. Where answers, flags or visits changed since, the conversation comes back.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import RequestError, ReviewChangedError, ReviewFormError
from knee_intake.interview.chart_note import content_hash
from knee_intake.interview.model import Intake
from knee_intake.records.commit import find_conversation
from knee_intake.records.list_changes import note_change
from knee_intake.records.restriction_rows import Hidden, shown
from knee_intake.records.schema import bookings, chart_entries, conversations, intakes, staff

LONGEST_NUMBER = 40  # characters
NONE = 0
"""No entry has this number."""
PAGE = 50
MOST_CHANGED = 200
"""So many entries of which something changed are looked at, the newest first."""
COUNTED_TO = 1000
_STANDING = ("requested", "booked")


@dataclass(frozen=True)
class ChartEntry:
    """The tick that counts now. `number` is what the chart calls the patient or the visit."""

    id: int
    number: str | None
    content: bytes
    by: str
    by_id: int
    at: datetime


@dataclass(frozen=True)
class Waiting:
    """A conversation that has to be entered; `changed`: once more, as something changed since."""

    id: str
    first_name: str | None
    status: str
    review: str
    updated_at: datetime
    done: int
    total: int
    changed: ChartEntry | None = None


def current_entry(connection: Connection, conversation: str) -> ChartEntry | None:
    """The tick that counts, if there is one."""
    return _entries(connection, [conversation]).get(conversation)


def content_of(connection: Connection, conversation: str) -> bytes:
    """The hash over what the note tells now."""
    return _contents(connection, [conversation])[conversation]


def enter(
    connection: Connection, conversation: str, *, was: int, number: str, content: bytes, staff_id: int, now: datetime
) -> int | None:
    """Note that it was entered, as the member saw it; the tick's number, or None where the same was done before.

    `was` is the tick that the member saw, NONE for none. Raises NotFoundError, ReviewFormError, and ReviewChangedError
    where somebody else was first.
    """
    number = " ".join(number.split())
    if len(number) > LONGEST_NUMBER or not number.isprintable():
        raise ReviewFormError(f"A number has at most {LONGEST_NUMBER} characters.")
    find_conversation(connection, conversation, lock=True)
    before = current_entry(connection, conversation)
    if before is not None:
        if (before.number or "", before.content, before.by_id) == (number, content, staff_id):
            return None
        if before.id != was:
            raise ReviewChangedError("somebody else has entered it")
        _close(connection, before.id, staff_id, now)
    elif was != NONE:
        raise ReviewChangedError("somebody else has taken the tick back")
    row = {"conversation_id": conversation, "number": number or None, "content": content}
    made = connection.execute(sa.insert(chart_entries).values(**row, staff_id=staff_id, at=now))
    note_change(connection, now)
    return int(made.inserted_primary_key[0])


def undo(connection: Connection, conversation: str, entry: int, staff_id: int, now: datetime) -> bool:
    """Take the tick back; False where it does not count any more. Raises NotFoundError."""
    find_conversation(connection, conversation, lock=True)
    before = current_entry(connection, conversation)
    if before is None or before.id != entry:
        return False
    _close(connection, entry, staff_id, now)
    note_change(connection, now)
    return True


def _close(connection: Connection, entry: int, staff_id: int, now: datetime) -> None:
    own = chart_entries.c.id == entry
    connection.execute(sa.update(chart_entries).where(own).values(undone_at=now, undone_by=staff_id))


# -- the list --------------------------------------------------------------------------------------------------------


def not_entered(
    connection: Connection, *, after: str | None, closed: bool, limit: int = PAGE, hidden: Hidden = None
) -> tuple[list[Waiting], str | None]:
    """A part of those that nobody has entered, silent for the longest first, and the key of the part behind it.

    `closed`: also those whose review is closed; `hidden`: closed to the reader, left out. Raises RequestError where
    `after` is no key of this list.
    """
    at, ident = conversations.c.updated_at, conversations.c.id
    query = _waiting().where(*_never_entered(closed), *shown(ident, hidden)).order_by(at, ident).limit(limit + 1)
    if after is not None:
        moment, last = _read_key(after)
        query = query.where(sa.or_(at > moment, sa.and_(at == moment, ident > last)))
    rows = connection.execute(query).all()
    found = [_item(row) for row in rows[:limit]]
    return found, _write_key(found[-1]) if len(rows) > limit else None


def count_not_entered(connection: Connection, *, closed: bool, hidden: Hidden = None) -> int:
    """How many nobody has entered, at most COUNTED_TO. `closed`: only those whose review is closed."""
    state = conversations.c.review == "closed" if closed else conversations.c.review != "closed"
    where = [*_never_entered(True), *shown(conversations.c.id, hidden), state]
    some = sa.select(conversations.c.id).join(intakes).where(*where).limit(COUNTED_TO).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one())


def changed_since(connection: Connection, hidden: Hidden = None) -> list[Waiting]:
    """Those that were entered and tell something else now, the oldest tick first."""
    later = sa.exists().where(
        bookings.c.conversation_id == conversations.c.id, bookings.c.updated_at > chart_entries.c.at
    )
    touched = (
        sa.select(conversations.c.id)
        .join(chart_entries, chart_entries.c.conversation_id == conversations.c.id)
        .where(_counts(), conversations.c.consent_at.is_not(None), *shown(conversations.c.id, hidden))
        .where(sa.or_(conversations.c.updated_at > chart_entries.c.at, later))
        .order_by(chart_entries.c.at.desc())
        .limit(MOST_CHANGED)
    )
    ids = list(connection.execute(touched).scalars())
    rows = {row.id: row for row in connection.execute(_waiting().where(conversations.c.id.in_(ids)))}
    entries, contents = _entries(connection, ids), _contents(connection, ids)
    changed = [one for one in reversed(ids) if one in rows and entries[one].content != contents[one]]
    return [_item(rows[one], entries[one]) for one in changed]


def _waiting() -> sa.sql.Select:
    columns = (conversations.c[name] for name in ("id", "status", "review", "updated_at"))
    own = intakes.c.conversation_id == conversations.c.id
    return sa.select(*columns, intakes.c.first_name, intakes.c.done, intakes.c.total).join(intakes, own)


def _never_entered(closed: bool) -> list[Any]:
    """Who agreed, told something, and does not want it deleted."""
    entered = sa.exists().where(chart_entries.c.conversation_id == conversations.c.id, _counts())
    where = [
        conversations.c.consent_at.is_not(None), conversations.c.erase_requested_at.is_(None), intakes.c.done > 0,
        ~entered,
    ]  # fmt: skip
    return where if closed else [*where, conversations.c.review != "closed"]


def _counts() -> Any:
    return chart_entries.c.undone_at.is_(None)


def _item(row: Any, changed: ChartEntry | None = None) -> Waiting:
    return Waiting(
        row.id, row.first_name, row.status, row.review, row.updated_at, row.done, row.total, changed
    )  # fmt: skip


def _entries(connection: Connection, ids: Collection[str]) -> dict[str, ChartEntry]:
    query = (
        sa.select(chart_entries, staff.c.name)
        .join(staff, staff.c.id == chart_entries.c.staff_id)
        .where(chart_entries.c.conversation_id.in_(list(ids)), _counts())
    )
    return {
        row.conversation_id: ChartEntry(row.id, row.number, row.content, row.name, row.staff_id, row.at)
        for row in connection.execute(query)
    }


def _contents(connection: Connection, ids: Collection[str]) -> dict[str, bytes]:
    told = sa.select(intakes.c.conversation_id, intakes.c.data).where(intakes.c.conversation_id.in_(list(ids)))
    data = dict(connection.execute(told).all())
    standing = sa.select(bookings).where(
        bookings.c.conversation_id.in_(list(ids)), bookings.c.status.in_(_STANDING)
    )  # fmt: skip
    visits: dict[str, list[Any]] = {}
    for row in connection.execute(standing).mappings():
        visits.setdefault(row["conversation_id"], []).append(row)
    return {one: content_hash(Intake.from_dict(data.get(one)), visits.get(one, ())) for one in ids}


def _write_key(item: Waiting) -> str:
    return base64.urlsafe_b64encode(f"{item.updated_at.isoformat()}|{item.id}".encode()).decode().rstrip("=")


def _read_key(text: str) -> tuple[datetime, str]:
    try:
        at, last = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split("|")
        moment = datetime.fromisoformat(at)
    except (ValueError, binascii.Error):
        raise RequestError("`after` is no key of this list") from None
    if moment.tzinfo is None:
        raise RequestError("`after` is no key of this list")
    return moment, last
