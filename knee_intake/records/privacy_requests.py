"""Requests about somebody's own data: delete, copy, correct. A queue with a due date, a decision and a reply.

That something was asked and decided stays known; who asked, and all that was written about it, goes with the
conversation when that is erased.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import NotFoundError, PrivacyRequestError, ReviewChangedError
from knee_intake.records.list_changes import note_change
from knee_intake.records.restriction_rows import Hidden, shown
from knee_intake.records.schema import conversations, intakes, privacy_requests, staff

KINDS = ("delete", "copy", "correct")
WAYS_IN = ("chat", "phone", "mail")
WAYS_OUT = ("chat", "phone", "mail", "letter")
DECISIONS = ("done", "partly", "refused")
ANSWER_WITHIN = timedelta(days=30)
MOST = 200
LONGEST_NOTE, LONGEST_REPLY = 500, 2000  # characters
_C = privacy_requests.c
_PERSONAL = dict.fromkeys(("name", "contact", "note", "reason", "reply", "form_key"))

RowDict = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """A request as staff write it down."""

    kind: str
    asked_by: str
    asked_at: datetime
    due_at: datetime
    conversation: str | None = None
    form_key: str | None = None
    name: str = ""
    contact: str = ""
    note: str = ""


@dataclass(frozen=True)
class Decision:
    """What was decided, why or what was done, and what the asker was told in which way."""

    state: str
    reason: str = ""
    reply: str = ""
    reply_by: str | None = None


def add_chat_request(
    connection: Connection, kind: str, conversation: str, now: datetime, within: timedelta = ANSWER_WITHIN
) -> bool:
    """A visitor asked in the chat. False where the same request is open already."""
    if _open_one(connection, conversation, kind) is not None:
        return False
    connection.execute(
        sa.insert(privacy_requests).values(
            kind=kind, conversation_id=conversation, asked_by="chat", asked_at=now, due_at=now + within, state="open"
        )
    )
    note_change(connection, now)
    return True


def add_request(connection: Connection, asked: Asked, staff_id: int, now: datetime) -> int | None:
    """Write down what somebody asked for; its number, or None where this form, or the same open request, is there.

    Raises NotFoundError for a conversation that is not there, PrivacyRequestError.
    """
    if asked.kind not in KINDS or asked.asked_by not in WAYS_IN:
        raise PrivacyRequestError("Please choose what is wanted, and how it was asked.")
    if not (asked.conversation or asked.name or asked.contact):
        raise PrivacyRequestError("Please say who asked: a conversation, a name or a contact.")
    if asked.conversation is not None:
        if not connection.execute(
            sa.select(conversations.c.id).where(conversations.c.id == asked.conversation)
        ).first():  # fmt: skip
            raise NotFoundError("no such conversation")
        if _open_one(connection, asked.conversation, asked.kind) is not None:
            return None
    if connection.execute(sa.select(_C.id).where(_C.form_key == asked.form_key)).first() is not None:
        return None
    values = {
        "kind": asked.kind, "conversation_id": asked.conversation, "form_key": asked.form_key,
        "asked_by": asked.asked_by, "asked_at": asked.asked_at, "due_at": asked.due_at, "name": asked.name or None,
        "contact": asked.contact or None, "note": asked.note or None, "noted_by": staff_id, "state": "open",
    }  # fmt: skip
    made = connection.execute(sa.insert(privacy_requests).values(**values))
    note_change(connection, now)
    return int(made.inserted_primary_key[0])


def _open_one(connection: Connection, conversation: str, kind: str) -> int | None:
    same = (_C.conversation_id == conversation, _C.kind == kind, _C.state == "open")
    found: int | None = connection.execute(sa.select(_C.id).where(*same)).scalar()
    return found


# -- reading ---------------------------------------------------------------------------------------------------------


def open_requests(connection: Connection, hidden: Hidden = None) -> list[RowDict]:
    """Those that wait, what is due first at the top: so the overdue ones lead.

    Those about conversations that are closed to the reader (`hidden`) are left out.
    """
    waiting = (_C.state == "open", *shown(_C.conversation_id, hidden))
    return _rows(connection, _select().where(*waiting).order_by(_C.due_at, _C.id).limit(MOST))


def decided_requests(connection: Connection, hidden: Hidden = None) -> list[RowDict]:
    """The newest of those that are decided."""
    decided = (_C.state != "open", *shown(_C.conversation_id, hidden))
    return _rows(connection, _select().where(*decided).order_by(_C.decided_at.desc(), _C.id.desc()).limit(50))


def find_request(connection: Connection, request: int) -> RowDict:
    """Raises NotFoundError."""
    found = _rows(connection, _select().where(_C.id == request))
    if not found:
        raise NotFoundError("no such request")
    return found[0]


def requests_of(connection: Connection, conversation: str) -> list[RowDict]:
    """Those of one conversation."""
    return _rows(connection, _select().where(_C.conversation_id == conversation).order_by(_C.id))


def count_overdue(connection: Connection, now: datetime) -> int:
    """How many wait longer than they may."""
    query = sa.select(sa.func.count()).select_from(privacy_requests).where(_C.state == "open", _C.due_at < now)
    return int(connection.execute(query).scalar_one())


def _select() -> Any:
    decider, noter = staff.alias(), staff.alias()
    return (
        sa.select(
            privacy_requests, conversations.c.id.label("there"), conversations.c.consent_at, intakes.c.first_name,
            decider.c.name.label("decider"), noter.c.name.label("noter"),
        )
        .join(conversations, conversations.c.id == _C.conversation_id, isouter=True)
        .join(intakes, intakes.c.conversation_id == conversations.c.id, isouter=True)
        .join(decider, decider.c.id == _C.decided_by, isouter=True)
        .join(noter, noter.c.id == _C.noted_by, isouter=True)
    )  # fmt: skip


def _rows(connection: Connection, query: Any) -> list[RowDict]:
    return [dict(row) for row in connection.execute(query).mappings()]


# -- deciding --------------------------------------------------------------------------------------------------------


def decide(connection: Connection, request: RowDict, decision: Decision, staff_id: int, now: datetime) -> None:
    """Decide an open request. Refused or partly done, the wish to be erased no longer stands in the conversation.

    Raises PrivacyRequestError, and ReviewChangedError where somebody else has decided it.
    """
    _check(request, decision)
    values = {
        "state": decision.state, "reason": decision.reason or None, "reply": decision.reply or None,
        "reply_by": decision.reply_by, "decided_by": staff_id, "decided_at": now,
    }  # fmt: skip
    still = (_C.id == request["id"], _C.state == "open")
    if not connection.execute(sa.update(privacy_requests).where(*still).values(**values)).rowcount:
        raise ReviewChangedError("somebody else decided it first")
    if request["kind"] == "delete" and request["there"]:
        own = conversations.c.id == request["conversation_id"]
        connection.execute(sa.update(conversations).where(own).values(erase_requested_at=None))
    note_change(connection, now)


def _check(request: RowDict, decision: Decision) -> None:
    if decision.state not in DECISIONS:
        raise PrivacyRequestError("Please choose a decision.")
    if decision.state != "done" and not decision.reason:
        raise PrivacyRequestError("Please say why, or what was left out.")
    if request["kind"] == "correct" and decision.state == "done" and not decision.reason:
        raise PrivacyRequestError("Please say what was changed.")
    if decision.reply_by not in (None, *WAYS_OUT):
        raise PrivacyRequestError("Please choose how the answer was given.")
    if len(decision.reason) > LONGEST_NOTE or len(decision.reply) > LONGEST_REPLY:
        raise PrivacyRequestError(f"A reason has at most {LONGEST_NOTE} characters, a reply {LONGEST_REPLY}.")
    if decision.reply_by == "chat" and not decision.reply:
        raise PrivacyRequestError("Please write the answer that goes into the chat.")


def forget_askers(connection: Connection, ids: Collection[str], now: datetime) -> None:
    """These conversations are being erased: who asked is emptied, and what was asked of them is over."""
    _forget(connection, _C.conversation_id.in_(list(ids)), now)


def forget_requests(connection: Connection, ids: Collection[int], now: datetime) -> None:
    """The same for requests that belong to no conversation, by their own numbers."""
    _forget(connection, sa.and_(_C.id.in_(list(ids)), _C.conversation_id.is_(None)), now)


def outlived(connection: Connection, before: datetime) -> list[int]:
    """Requests of no conversation that were decided before then and still tell who asked."""
    kept = sa.or_(*(_C[name].is_not(None) for name in _PERSONAL))
    query = sa.select(_C.id).where(_C.conversation_id.is_(None), _C.state != "open", _C.decided_at < before, kept)
    return list(connection.execute(query).scalars())


def personal(connection: Connection, ids: Collection[int]) -> list[int]:
    """Those of the requests of no conversation that tell who asked."""
    kept = sa.or_(*(_C[name].is_not(None) for name in _PERSONAL))
    query = sa.select(_C.id).where(_C.conversation_id.is_(None), _C.id.in_(list(ids)), kept)
    return list(connection.execute(query).scalars())


def _forget(connection: Connection, own: Any, now: datetime) -> None:
    over = {"state": "done", "decided_at": now}
    connection.execute(sa.update(privacy_requests).where(own, _C.state == "open").values(**over))
    connection.execute(sa.update(privacy_requests).where(own).values(**_PERSONAL))
