"""What staff do to the calendar: look at it, block a time, enter a visit, give out feeds; each with its audit row."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from knee_intake.booking import Booking, FreeTime
from knee_intake.booking.entry import Entry
from knee_intake.errors import CalendarFormError, NoSuchEntryError
from knee_intake.records.audit import write_audit
from knee_intake.records.booking_limits import count_staff_visit
from knee_intake.records.busy_times import add_block, remove_block
from knee_intake.records.calendar_feeds import EVERYBODY, CalendarFeed, list_feeds, remove_feed, renew_feed
from knee_intake.records.calendar_rows import entries_between, staff_visit
from knee_intake.records.contact_keys import note_visit
from knee_intake.records.restrictions import closed_to
from knee_intake.records.staff_accounts import Member
from knee_intake.web.context import AppContext
from knee_intake.web.staff_gate import require

SOURCE = "staff"
RESTRICTED = "Restricted"
"""Stands where a visit is closed to the reader."""
LONGEST_BLOCK = timedelta(days=92)
MAX_NAME, MAX_CONTACT, MAX_NOTE = 80, 120, 120  # characters, as the tables hold them


def see_calendar(
    context: AppContext,
    connection: Connection,
    member: Member,
    start: datetime,
    end: datetime,
    clinician: str | None,
    *,
    live: bool = False,
) -> list[Entry]:
    """Read what stands in a span; of visits that are closed to the member only that a time is taken."""
    now = context.clock()
    closed = closed_to(connection, member, now)
    found = [_masked(one, closed) for one in entries_between(connection, start, end, now, clinician)]
    note = {"from": start.isoformat(), "to": end.isoformat(), **({"live": True} if live else {})}
    write_audit(connection, now=now, staff_id=member.id, action="calendar", subject=clinician, detail=note)
    return found


def _masked(entry: Entry, closed: Collection[str]) -> Entry:
    if entry.conversation not in closed:
        return entry
    return replace(entry, kind=None, reference=None, conversation=None, first_name=None, contact=None, note=RESTRICTED)


def block_time(
    context: AppContext,
    connection: Connection,
    member: Member,
    clinician: str,
    start: datetime,
    end: datetime,
    note: str,
) -> int:
    """Keep a time free of new visits; those that lie in it stay. Raises CalendarFormError, RoleError."""
    require(member, "reviewer")
    _known(context, clinician)
    now = context.clock()
    if end <= start:
        raise CalendarFormError("The end has to be after the start.")
    if end <= now or end - start > LONGEST_BLOCK:
        raise CalendarFormError("A block ends in the future and lasts three months at most.")
    block = add_block(connection, clinician, start, end, note[:MAX_NOTE] or None, member.id, now)
    detail = {"block": block, "start": start.isoformat(), "end": end.isoformat()}
    write_audit(connection, now=now, staff_id=member.id, action="block", subject=clinician, detail=detail)
    return block


def unblock_time(context: AppContext, connection: Connection, member: Member, block: int) -> None:
    """Let a blocked time go. Raises NoSuchEntryError, RoleError."""
    require(member, "reviewer")
    now = context.clock()
    if not remove_block(connection, block, now):
        raise NoSuchEntryError("no such block")
    write_audit(connection, now=now, staff_id=member.id, action="unblock", detail={"block": block})


def enter_visit(
    context: AppContext,
    connection: Connection,
    member: Member,
    *,
    form: str,
    time: FreeTime,
    first_name: str,
    contact: str,
) -> Booking:
    """Book a visit that was asked for on the phone; sending the same form twice books it once.

    Raises CalendarFormError, SlotTakenError, RoleError.
    """
    require(member, "reviewer")
    if not 1 <= len(first_name) <= MAX_NAME or not 3 <= len(contact) <= MAX_CONTACT:
        raise CalendarFormError("Please give a name, and a phone number or an email.")
    now, key = context.clock(), f"staff:{member.id}:{form}"
    placed = context.calendar.place(
        connection, key=key, conversation=None, time=time, first_name=first_name, contact=contact, source=SOURCE,
        now=now,
    )  # fmt: skip
    booked = context.calendar.confirm(connection, reference=placed.reference, now=now)
    count_staff_visit(connection, context.secret, key=key, contact=contact, now=now)
    note_visit(connection, context.secret, booked.reference, contact)
    detail = {"reference": booked.reference, "start": booked.start.isoformat()}
    write_audit(connection, now=now, staff_id=member.id, action="enter_visit", subject=time.clinician, detail=detail)
    return booked


def cancel_visit(context: AppContext, connection: Connection, member: Member, reference: str) -> None:
    """Cancel a visit that staff entered. Raises NoSuchEntryError, RoleError."""
    require(member, "reviewer")
    if staff_visit(connection, reference) is None:
        raise NoSuchEntryError("no such visit of staff's")
    now = context.clock()
    context.calendar.cancel(connection, key=f"staff:cancel:{reference}", reference=reference, now=now)
    write_audit(connection, now=now, staff_id=member.id, action="cancel_visit", detail={"reference": reference})


def see_feeds(context: AppContext, connection: Connection, member: Member) -> list[CalendarFeed]:
    """The feeds with their secrets: for managers. Raises RoleError."""
    require(member, "manager")
    write_audit(connection, now=context.clock(), staff_id=member.id, action="feeds")
    return list_feeds(connection, context.secret)


def change_feed(context: AppContext, connection: Connection, member: Member, name: str, *, remove: bool) -> None:
    """Make a feed or give it a new secret; or close it. Raises CalendarFormError, NoSuchEntryError, RoleError."""
    require(member, "manager")
    if name != EVERYBODY:
        _known(context, name)
    now = context.clock()
    if not remove:
        renew_feed(connection, name, member.id, now)
    elif not remove_feed(connection, name):
        raise NoSuchEntryError("no such feed")
    action = "feed_closed" if remove else "feed_made"
    write_audit(connection, now=now, staff_id=member.id, action=action, subject=name)


def _known(context: AppContext, clinician: str) -> None:
    if clinician not in {one.id for one in context.clinic.practice.clinicians}:
        raise CalendarFormError("Please pick a clinician.")
