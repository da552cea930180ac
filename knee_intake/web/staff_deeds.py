"""What staff do, for the pages and for the JSON API alike: each deed and its audit row in one transaction."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.engine import Connection

from knee_intake.booking import Booking, FreeTime, time_label
from knee_intake.errors import NothingToConfirmError
from knee_intake.records.audit import write_audit
from knee_intake.records.commit import append_message
from knee_intake.records.staff_accounts import Member
from knee_intake.records.staff_queries import Detail, Page, acknowledge, list_conversations, read_conversation
from knee_intake.records.turn_rows import NewMessage
from knee_intake.web.context import AppContext
from knee_intake.web.staff_gate import require


def see_list(
    context: AppContext,
    connection: Connection,
    member: Member,
    *,
    after: str | None,
    limit: int,
    everything: bool = False,
    live: bool = False,
) -> Page:
    """Read a part of the list."""
    page = list_conversations(connection, after=after, limit=limit, everything=everything)
    note = {"conversations": len(page.items), **({"live": True} if live else {})}
    write_audit(connection, now=context.clock(), staff_id=member.id, action="list", detail=note)
    return page


def see_conversation(
    context: AppContext, connection: Connection, member: Member, conversation: str, *, live: bool = False
) -> Detail:
    """Read one conversation. Raises NotFoundError."""
    detail = read_conversation(connection, conversation)
    note = {"live": True} if live else None
    write_audit(connection, now=context.clock(), staff_id=member.id, action="view", subject=conversation, detail=note)
    return detail


def confirm_visit(
    context: AppContext, connection: Connection, member: Member, conversation: str, reference: str | None = None
) -> None:
    """Turn the requested visit into a booked one, and say so in the visitor's chat.

    `reference`, where given, is the visit that the member saw. Raises NothingToConfirmError, NotFoundError, RoleError,
    and what the calendar raises.
    """
    require(member, "reviewer")
    booking = read_conversation(connection, conversation).booking
    if booking is None or booking["status"] != "requested" or reference not in (None, booking["reference"]):
        raise NothingToConfirmError("no requested visit with this reference")
    now = context.clock()
    confirmed = context.calendar.confirm(connection, reference=booking["reference"], now=now)
    append_message(connection, conversation, _good_news(context, conversation, confirmed), now)
    write_audit(
        connection,
        now=now,
        staff_id=member.id,
        action="confirm",
        subject=conversation,
        detail={"reference": booking["reference"]},
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
