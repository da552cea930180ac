"""What staff do, for the pages and for the JSON API alike: each deed and its audit row in one transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy.engine import Connection

from knee_intake.booking import Booking, FreeTime, time_label
from knee_intake.errors import NothingToConfirmError
from knee_intake.records.audit import write_audit
from knee_intake.records.commit import append_message, find_conversation
from knee_intake.records.queue import Filters
from knee_intake.records.restrictions import check, hidden_ids
from knee_intake.records.reviews import mark_seen
from knee_intake.records.staff_accounts import Member
from knee_intake.records.staff_queries import Detail, Page, acknowledge, list_conversations, read_conversation
from knee_intake.records.turn_rows import NewMessage
from knee_intake.web.context import AppContext
from knee_intake.web.staff_gate import require
from knee_intake.web.visit_deeds import let_go, requests_of


def see_list(
    context: AppContext,
    connection: Connection,
    member: Member,
    *,
    after: str | None,
    limit: int,
    filters: Filters,
    live: bool = False,
) -> Page:
    """Read a part of the list; of conversations that are closed to the member only that they exist."""
    filters = replace(filters, hidden=hidden_ids(member, context.clock()))
    page = list_conversations(connection, after=after, limit=limit, filters=filters)
    note = {"conversations": len(page.items), **({"live": True} if live else {})}
    write_audit(connection, now=context.clock(), staff_id=member.id, action="list", detail=note)
    return page


def see_conversation(
    context: AppContext, connection: Connection, member: Member, conversation: str, *, live: bool = False
) -> Detail:
    """Read one conversation. Raises NotFoundError, RestrictedError."""
    check(connection, member, conversation, context.clock())
    detail = read_conversation(connection, conversation)
    if member.may("reviewer"):
        mark_seen(connection, conversation)
    note = {"live": True} if live else None
    write_audit(connection, now=context.clock(), staff_id=member.id, action="view", subject=conversation, detail=note)
    return detail


def confirm_visit(
    context: AppContext, connection: Connection, member: Member, conversation: str, reference: str | None = None
) -> None:
    """Turn a requested visit into a booked one, let the other requests go, and say so in the visitor's chat.

    `reference` is the visit that the member saw; without it the only one. Raises NothingToConfirmError, NotFoundError,
    RoleError, and what the calendar raises.
    """
    require(member, "reviewer")
    find_conversation(connection, conversation, lock=True)  # two members answer one after the other
    requests = [visit["reference"] for visit in requests_of(connection, conversation)]
    wanted = [one for one in requests if reference in (None, one)]
    if len(wanted) != 1:
        raise NothingToConfirmError("no requested visit with this reference")
    now = context.clock()
    confirmed = context.calendar.confirm(connection, reference=wanted[0], now=now)
    others = [one for one in requests if one != wanted[0]]
    let_go(context, connection, others, now)
    append_message(connection, conversation, _good_news(context, conversation, confirmed), now)
    write_audit(
        connection,
        now=now,
        staff_id=member.id,
        action="confirm",
        subject=conversation,
        detail={"reference": wanted[0], **({"let_go": others} if others else {})},
    )


def _good_news(context: AppContext, conversation: str, visit: Booking) -> NewMessage:
    # what the visitor reads, with the calendar file as it is now
    questions, zone = context.clinic.questions, context.clinic.practice.zoneinfo()
    text = questions.phrase("confirmed", time=time_label(visit.start.astimezone(zone)), reference=visit.reference)
    link = {"label": questions.phrase("calendar_file"), "path": f"/api/conversations/{conversation}/booking.ics"}
    return NewMessage("bot", text, {"name": "confirmed", "link": link})


def place_visit(
    context: AppContext, connection: Connection, member: Member, *, key: str, time: FreeTime, source: str
) -> Booking:
    """Ask for a visit that belongs to no conversation. Raises RoleError, SlotTakenError."""
    require(member, "reviewer")
    now = context.clock()
    placed = context.calendar.place(
        connection, key=key, conversation=None, time=time, first_name=None, contact=None, source=source, now=now
    )
    write_audit(connection, now=now, staff_id=member.id, action="place", detail={"reference": placed.reference})
    return placed


def confirm_loose_visit(context: AppContext, connection: Connection, member: Member, reference: str) -> None:
    """Turn a requested visit that belongs to no conversation into a booked one. Raises RoleError, BookingError."""
    require(member, "reviewer")
    now = context.clock()
    context.calendar.confirm(connection, reference=reference, now=now)
    write_audit(connection, now=now, staff_id=member.id, action="confirm", detail={"reference": reference})


def cancel_visit(context: AppContext, connection: Connection, member: Member, reference: str) -> None:
    """Free the visit's time, and say so in the visitor's chat, if there is one. Raises RoleError, BookingError."""
    require(member, "reviewer")
    now = context.clock()
    visit = context.calendar.cancel(connection, key=f"staff:{member.id}:{reference}", reference=reference, now=now)
    if visit.conversation is not None:
        time = time_label(visit.start.astimezone(context.clinic.practice.zoneinfo()))
        text = context.clinic.questions.phrase("cancelled", time=time)
        append_message(connection, visit.conversation, NewMessage("bot", text, {"name": "cancelled"}), now)
    write_audit(
        connection,
        now=now,
        staff_id=member.id,
        action="cancel",
        subject=visit.conversation,
        detail={"reference": reference},
    )


def acknowledge_alerts(
    context: AppContext, connection: Connection, member: Member, conversation: str, ids: Collection[int]
) -> None:
    """Note that a member has seen these alerts. Raises RoleError."""
    require(member, "reviewer")
    now = context.clock()
    seen = acknowledge(connection, conversation, ids, member.id, now)
    if seen:
        note = {"alerts": seen}
        write_audit(connection, now=now, staff_id=member.id, action="acknowledge", subject=conversation, detail=note)
