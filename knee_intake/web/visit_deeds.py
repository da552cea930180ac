"""What else staff decide about the visits of a conversation: answer with other times, move one, mark a fake."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from knee_intake.booking import FreeTime, time_label
from knee_intake.booking.schedule import is_open
from knee_intake.errors import (
    CalendarFormError,
    NoSpamError,
    NoSuchEntryError,
    NothingToConfirmError,
    SlotTakenError,
)
from knee_intake.interview import clinic_offer
from knee_intake.interview.chosen_times import dump
from knee_intake.interview.model import Intake
from knee_intake.records.audit import write_audit
from knee_intake.records.calendar_rows import SPAM, open_visits, set_verdict, spam_visits
from knee_intake.records.commit import append_message, change_intake, find_conversation, find_intake
from knee_intake.records.staff_accounts import Member
from knee_intake.records.turn_rows import NewMessage
from knee_intake.web.context import AppContext
from knee_intake.web.staff_gate import require

MOST_OFFERED = 3
"""Times in one answer."""


def requests_of(connection: Connection, conversation: str) -> list[dict[str, Any]]:
    """The times that the visitor asked for and nobody has answered yet."""
    return [visit for visit in open_visits(connection, conversation) if visit["status"] == "requested"]


def let_go(context: AppContext, connection: Connection, references: Sequence[str], now: datetime) -> None:
    """Cancel these visits; their times are free again."""
    for reference in references:
        context.calendar.cancel(connection, key=f"staff:cancel:{reference}", reference=reference, now=now)


def offer_times(
    context: AppContext, connection: Connection, member: Member, conversation: str, times: Sequence[FreeTime]
) -> None:
    """Answer a conversation's requests with other times: the requests are let go, and the chat offers the times.

    None is kept before the visitor has picked it.

    Raises CalendarFormError, NothingToConfirmError, NotFoundError, RoleError.
    """
    require(member, "reviewer")
    if not 1 <= len(times) <= MOST_OFFERED:
        raise CalendarFormError(f"Please pick one to {MOST_OFFERED} times.")
    find_conversation(connection, conversation, lock=True)
    requests, now = requests_of(connection, conversation), context.clock()
    if not requests:
        raise NothingToConfirmError("no requested visit to answer")
    if not all(time.start > now and is_open(context.clinic.practice, time) for time in times):
        raise CalendarFormError("One of these times is not offered. Please load the page again.")
    references = [one["reference"] for one in requests]
    let_go(context, connection, references, now)
    _tell_times(context, connection, conversation, times, now)
    note = {"let_go": references, "offered": [time.value for time in times]}
    write_audit(connection, now=now, staff_id=member.id, action="offer_times", subject=conversation, detail=note)


def locked_visits(connection: Connection, conversation: str) -> list[dict[str, Any]]:
    """The standing visits, of which nobody else changes one meanwhile. Raises NotFoundError."""
    find_conversation(connection, conversation, lock=True)
    return open_visits(connection, conversation)


def move_visit(
    context: AppContext, connection: Connection, member: Member, conversation: str, reference: str, time: FreeTime
) -> None:
    """Give a visit another time, booked at once, and say so in the visitor's chat. Sent twice it is moved once.

    Raises NoSuchEntryError where the visit does not stand any more, SlotTakenError, NotFoundError, RoleError.
    """
    require(member, "reviewer")
    visits, now = locked_visits(connection, conversation), context.clock()
    key = f"{conversation}:staff:move:{reference}:{time.value}"
    old = next((visit for visit in visits if visit["reference"] == reference), None)
    if old is None:
        if any(visit["effect_key"] == key for visit in visits):
            return
        raise NoSuchEntryError("this visit does not stand any more")
    if (old["start"], old["clinician"]) == (time.start, time.clinician):
        return
    moved = context.calendar.reschedule(
        connection, key=key, reference=reference, conversation=conversation, time=time, first_name=old["first_name"],
        contact=old["contact"], source="staff", now=now,
    )  # fmt: skip
    booked = context.calendar.confirm(connection, reference=moved.reference, now=now)
    questions, zone = context.clinic.questions, context.clinic.practice.zoneinfo()
    text = questions.phrase("moved", time=time_label(booked.start.astimezone(zone)), reference=booked.reference)
    link = {"label": questions.phrase("calendar_file"), "path": f"/api/conversations/{conversation}/booking.ics"}
    append_message(connection, conversation, NewMessage("bot", text, {"name": "moved", "link": link}), now)
    note = {"references": [reference, booked.reference], "start": booked.start.isoformat()}
    write_audit(connection, now=now, staff_id=member.id, action="move_visit", subject=conversation, detail=note)


def mark_spam(context: AppContext, connection: Connection, member: Member, conversation: str) -> None:
    """Mark the conversation's open visits as fakes and free their times.

    Raises NoSpamError, NotFoundError, RoleError.
    """
    require(member, "reviewer")
    find_conversation(connection, conversation, lock=True)
    visits = open_visits(connection, conversation)
    if not visits:
        raise NoSpamError("no open visit to mark")
    now = context.clock()
    references = [visit["reference"] for visit in visits]
    let_go(context, connection, references, now)
    for visit in visits:
        set_verdict(connection, visit["reference"], SPAM, visit["status"], now)
    note = {"references": references}
    write_audit(connection, now=now, staff_id=member.id, action="spam", subject=conversation, detail=note)


def undo_spam(context: AppContext, connection: Connection, member: Member, conversation: str) -> list[str]:
    """Give the marked visits their times back, those that are still free; returns the references of these.

    Raises NoSpamError, SlotTakenError where none is free, NotFoundError, RoleError.
    """
    require(member, "reviewer")
    find_conversation(connection, conversation, lock=True)
    marked = spam_visits(connection, conversation)
    if not marked:
        raise NoSpamError("nothing is marked")
    now = context.clock()
    back = [visit["reference"] for visit in marked if _give_back(context, connection, visit, now)]
    if not back:
        raise SlotTakenError("no marked visit's time is free any more")
    note = {"references": back, "lost": [one["reference"] for one in marked if one["reference"] not in back]}
    write_audit(connection, now=now, staff_id=member.id, action="spam_undone", subject=conversation, detail=note)
    return back


def _give_back(context: AppContext, connection: Connection, visit: dict[str, Any], now: datetime) -> bool:
    reference, status = visit["reference"], visit["status_before"] or "requested"
    try:
        context.calendar.reinstate(connection, reference=reference, status=status, now=now)
    except SlotTakenError:
        return False
    set_verdict(connection, reference, None, None, now)
    return True


def _tell_times(
    context: AppContext, connection: Connection, conversation: str, times: Sequence[FreeTime], now: datetime
) -> None:
    intake = Intake.from_dict(find_intake(connection, conversation))
    said = clinic_offer.offer(intake, times, context.clinic)
    if said.choices:
        change_intake(connection, conversation, intake.to_dict(), now)
    payload = {**said.payload(), "offered_times": [dump(time) for time in times]}
    append_message(connection, conversation, NewMessage("bot", said.text, payload), now)
