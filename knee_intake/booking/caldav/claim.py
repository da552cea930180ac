"""Taking a time in a calendar that anybody may write, so that of several visits at one time at most one stays.

CalDAV has no transaction. What it has is `If-None-Match: *`, so writers of one start meet at one name, and a read after
a write. The rule that keeps two overlapping visits apart is: **a visit stays only if it was seen alone after it was
written.** Of two writers the one that writes second reads after both have written, sees the other one, and goes; no
clock is involved. So that not both go, the one that comes first in an order that all of them read off the server gives
the others a moment to withdraw. A visit is marked as pending until it was seen alone; without the mark it stays.
"""

from __future__ import annotations

from collections.abc import Collection as Group
from dataclasses import dataclass
from datetime import datetime, timezone
from urllib.parse import quote

from knee_intake.booking.caldav.collection import CREATED, IN_USE, Collection, Resource
from knee_intake.booking.caldav.events import Event, changed_data, new_data
from knee_intake.booking.reference import UID_END
from knee_intake.booking.remote import RemoteVisit
from knee_intake.errors import CalendarUnavailableError, SlotTakenError

_LOOK_AGAIN_S = 0.1
_UNDO_S = 2.0
"""Kept for taking a visit back: the first one waits for the others until only this is left of the call's budget."""


@dataclass(frozen=True)
class _View:
    mine: Resource | None
    mine_event: Event | None
    others: list[Event]
    """Whatever else takes the clinician's time then."""


def claim(collection: Collection, visit: RemoteVisit, now: datetime, besides: Group[str] = ()) -> Resource:
    """Create the visit, and see to it that it is alone; `besides` are uids that do not count.

    Repeating it changes nothing, unless the earlier call ended before it looked: then it looks now. Raises
    SlotTakenError, after which the visit is not there, and CalendarUnavailableError, after which it may be.
    """
    view = _look(collection, visit, besides)
    if view.mine is None or view.mine_event is None:
        if view.others:
            raise SlotTakenError("the clinic's calendar has something else then")
        _create(collection, visit, now)
    elif not stands(view.mine_event, visit):
        put_right(collection, view.mine, visit, now, is_pending=True)
    elif not view.mine_event.is_pending:
        return view.mine
    return _settle(collection, visit, now, besides)


def take_back(collection: Collection, resource: Resource) -> None:
    """Remove what must not stay, also where the call's budget is used up."""
    collection.call.allow(_UNDO_S)
    collection.delete(resource)


def put_right(
    collection: Collection, resource: Resource, visit: RemoteVisit, now: datetime, *, is_pending: bool = False
) -> None:
    """Change the stored visit to time and status of this one, where they differ; read once more if it has changed."""
    current: Resource | None = resource
    for _ in range(2):
        if current is None or collection.uid(current) != visit.uid:
            break
        event = collection.event(current)
        if event is not None and is_as_wanted(event, visit) and event.is_pending == is_pending:
            return
        if collection.replace(current, changed_data(current.data, visit, now, is_pending=is_pending)):
            return
        current = collection.at(current.path)
    raise CalendarUnavailableError(f"calendar of {collection.clinician}: a visit keeps changing while it is updated")


def is_as_wanted(event: Event, visit: RemoteVisit) -> bool:
    """Whether the stored event says what the visit says."""
    return event.is_busy and event.visit(visit.clinician) == visit


def stands(event: Event | None, visit: RemoteVisit) -> bool:
    """Whether the stored event takes the visit's time, whatever else it says."""
    return event is not None and event.is_busy and (event.start, event.end) == (visit.start, visit.end)


def _create(collection: Collection, visit: RemoteVisit, now: datetime) -> None:
    data = new_data(visit, now)
    own: list[Resource] = []
    for name in _names(visit):
        answer = collection.create(name, data)
        if answer.status in CREATED:
            return
        if answer.status != IN_USE:
            break
        there = collection.at(name)
        if there is not None and collection.uid(there) == visit.uid:
            own = [there]
            break
        if there is not None and any(e.is_busy for e in collection.occurrences(there, visit.start, visit.end)):
            raise SlotTakenError("another visit was written first")
    own = own or collection.with_uid(visit.uid)  # a server refuses a second object with one uid
    if not own:
        raise collection.refused(answer)
    if not stands(collection.event(own[0]), visit):  # somebody moved or cancelled it
        put_right(collection, own[0], visit, now, is_pending=True)


def _settle(collection: Collection, visit: RemoteVisit, now: datetime, besides: Group[str]) -> Resource:
    """Wait until the visit is alone, or take it back."""
    while True:
        view = _look(collection, visit, besides)
        if view.mine is None or view.mine_event is None:
            raise CalendarUnavailableError(f"calendar of {collection.clinician}: the visit is not where it was written")
        if not view.others:
            put_right(collection, view.mine, visit, now)
            return view.mine
        if not _is_first(view.mine_event, view.others) or collection.call.remaining_s < _UNDO_S:
            take_back(collection, view.mine)
            raise SlotTakenError("another visit overlaps")
        collection.call.pause(_LOOK_AGAIN_S)


def _is_first(mine: Event, others: list[Event]) -> bool:
    """Whether all others may be expected to go. On a server that drops the mark, every visit of ours may."""
    return all(
        other.is_ours and (other.is_pending or not mine.is_pending) and mine.order < other.order for other in others
    )


def _look(collection: Collection, visit: RemoteVisit, besides: Group[str]) -> _View:
    mine: Resource | None = None
    others: list[Event] = []
    for resource in collection.between(visit.start, visit.end):
        uid = collection.uid(resource)
        if uid == visit.uid:
            mine = resource
        elif uid not in besides:
            others += [e for e in collection.occurrences(resource, visit.start, visit.end) if e.is_busy]
    return _View(mine, collection.event(mine) if mine else None, others)


def _names(visit: RemoteVisit) -> tuple[str, str]:
    """The name that all writers of this start share; and one of its own, where something else lies there for good."""
    slot = f"{quote(visit.clinician, safe='')}-{visit.start.astimezone(timezone.utc):%Y%m%dT%H%M%SZ}"
    return f"{slot}.ics", f"{slot}-{quote(visit.uid.removesuffix(UID_END), safe='')}.ics"
