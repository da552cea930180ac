"""How far staff have come with a conversation: its state, who has taken it, its tags, and what they have seen.

Apart from the dialogue's own status. A change names what it changes from: a form that is sent twice changes nothing
more, and of two people who change the same thing the second is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import ReviewChangedError, ReviewFormError, UnseenAlertError
from knee_intake.records.commit import find_conversation
from knee_intake.records.list_changes import note_change
from knee_intake.records.queue import NOBODY, is_unread
from knee_intake.records.restrictions import count_unreviewed
from knee_intake.records.schema import alerts, consents, conversations, staff, tags
from knee_intake.records.staff_accounts import ROLES

STATES = ("new", "in_review", "contacted", "booked", "closed")
MOST_TAGS, LONGEST_TAG = 8, 24
COUNTED_TO = 1000
"""Beyond it a count only says that there are more."""


@dataclass(frozen=True)
class Change:
    """What a form asks for: pairs of what its sender saw and what they want. Assignee NOBODY: nobody."""

    state: tuple[str, str] | None = None
    assignee: tuple[int, int] | None = None
    tags: tuple[frozenset[str], frozenset[str]] | None = None


def read_tags(typed: str) -> frozenset[str]:
    """Tags as they are stored: lower case, letters, digits and hyphens. Raises ReviewFormError."""
    found = frozenset(filter(None, (re.sub(r"[\W_]+", "-", tag.lower()).strip("-") for tag in typed.split(","))))
    if len(found) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in found):
        raise ReviewFormError(f"At most {MOST_TAGS} tags, each of at most {LONGEST_TAG} characters.")
    return found


def change(connection: Connection, conversation: str, wanted: Change, now: datetime) -> dict[str, Any]:
    """Make the change; returns what was really changed, without a word of the patient, or nothing.

    Raises NotFoundError, ReviewFormError, ReviewChangedError where somebody else was first, and UnseenAlertError where
    a conversation with an open alert would be closed.
    """
    row = find_conversation(connection, conversation, lock=True)
    columns: dict[str, Any] = {}
    if wanted.state is not None and _moves(row["review"], *wanted.state):
        _check_state(connection, conversation, wanted.state[1])
        columns["review"] = wanted.state[1]
    if wanted.assignee is not None and _moves(row["assignee"] or NOBODY, *wanted.assignee):
        _check_assignee(connection, wanted.assignee[1])
        columns["assignee"] = wanted.assignee[1] or None
    if columns:
        connection.execute(sa.update(conversations).where(conversations.c.id == conversation).values(**columns))
    done = {**columns, **(_change_tags(connection, conversation, *wanted.tags) if wanted.tags else {})}
    if done:
        note_change(connection, now)
    return done


def _moves(now: Any, seen: Any, wanted: Any) -> bool:
    """Is there anything to do? Raises ReviewChangedError where the sender did not see what is there now."""
    if wanted in (seen, now):
        return False
    if now != seen:
        raise ReviewChangedError("somebody else changed it first")
    return True


def _check_state(connection: Connection, conversation: str, state: str) -> None:
    if state not in STATES:
        raise ReviewFormError("Please choose one of the states.")
    own = sa.select(alerts.c.id).where(alerts.c.conversation_id == conversation, alerts.c.acknowledged_at.is_(None))
    if state == "closed" and connection.execute(own.limit(1)).first() is not None:
        raise UnseenAlertError("an alert is open")


def _check_assignee(connection: Connection, staff_id: int) -> None:
    if staff_id != NOBODY and staff_id not in {member_id for member_id, _ in assignable(connection)}:
        raise ReviewFormError("Please choose somebody who works with conversations.")


def _change_tags(
    connection: Connection, conversation: str, seen: frozenset[str], wanted: frozenset[str]
) -> dict[str, Any]:
    """Two people who add a tag each both get theirs. The words, which may name somebody, stay out of the audit log."""
    now = set(connection.execute(sa.select(tags.c.tag).where(tags.c.conversation_id == conversation)).scalars())
    added, removed = sorted(wanted - seen - now), sorted((seen - wanted) & now)
    if len(now) + len(added) - len(removed) > MOST_TAGS:
        raise ReviewFormError(f"At most {MOST_TAGS} tags.")
    if removed:
        connection.execute(sa.delete(tags).where(tags.c.conversation_id == conversation, tags.c.tag.in_(removed)))
    if added:
        connection.execute(sa.insert(tags), [{"conversation_id": conversation, "tag": tag} for tag in added])
    return {
        **({"tags_added": len(added)} if added else {}),
        **({"tags_removed": len(removed)} if removed else {}),
    }


def mark_seen(connection: Connection, conversation: str) -> None:
    """Somebody who may act has the conversation before them."""
    unseen = sa.and_(conversations.c.id == conversation, conversations.c.last_seq > conversations.c.seen_seq)
    connection.execute(sa.update(conversations).where(unseen).values(seen_seq=conversations.c.last_seq))


# -- for the page ----------------------------------------------------------------------------------------------------


def assignable(connection: Connection) -> list[tuple[int, str]]:
    """(id, name) of the members who may take a conversation."""
    may = sa.select(staff.c.id, staff.c.name).where(~staff.c.disabled, staff.c.role.in_(ROLES[1:]))
    return [tuple(row) for row in connection.execute(may.order_by(staff.c.name))]


def known_tags(connection: Connection, hidden: sa.sql.Select | None = None) -> list[str]:
    """Every tag in use, but on the `hidden` conversations."""
    query = sa.select(tags.c.tag).distinct().order_by(tags.c.tag).limit(200)
    if hidden is not None:
        query = query.where(tags.c.conversation_id.not_in(hidden))
    return list(connection.execute(query).scalars())


@dataclass(frozen=True)
class Counts:
    """What waits for staff."""

    unread: int
    """Conversations with news; at most COUNTED_TO."""
    urgent: int
    """Conversations with an alert that nobody has acknowledged; at most COUNTED_TO."""
    alarm: int
    """The newest open alert that is an emergency, or may be one; 0 where there is none."""
    openings: int
    """Emergency openings that no manager has reviewed."""


def count(connection: Connection) -> Counts:
    """The counts. They hold no content, so they may be asked for often."""
    news = sa.select(conversations.c.id).where(is_unread()).limit(COUNTED_TO).subquery()
    open_ones = sa.select(alerts.c.conversation_id).where(alerts.c.acknowledged_at.is_(None))
    urgent = open_ones.distinct().limit(COUNTED_TO).subquery()
    return Counts(
        unread=int(connection.execute(sa.select(sa.func.count()).select_from(news)).scalar_one()),
        urgent=int(connection.execute(sa.select(sa.func.count()).select_from(urgent)).scalar_one()),
        alarm=int(connection.execute(_newest_alarm()).scalar() or 0),
        openings=count_unreviewed(connection),
    )


def _newest_alarm() -> sa.sql.Select:
    told = sa.exists().where(
        consents.c.conversation_id == alerts.c.conversation_id, consents.c.kind == "alert", consents.c.granted
    )
    agreed = sa.exists().where(conversations.c.id == alerts.c.conversation_id, conversations.c.consent_at.is_not(None))
    emergency = alerts.c.urgency.in_(("emergency_911", "emergency_room"))
    # of an alert that staff may not be told of, not even that it is no emergency is told
    loud = sa.or_(emergency, sa.and_(~told, ~agreed))
    return sa.select(sa.func.max(alerts.c.id)).where(alerts.c.acknowledged_at.is_(None), loud)
