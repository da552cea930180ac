"""From what happened to who is told: an event becomes one delivery for each way to the next recipient.

The event stays open until somebody has said that they know, or nobody is left to tell. Then it is done.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake import duty
from knee_intake.interview.model import URGENCIES
from knee_intake.notices import outbox
from knee_intake.notices.outbox import TO_STAFF, TO_WEBHOOK, Notice
from knee_intake.practice import Practice
from knee_intake.records.schema import alerts, bookings, callbacks, conversations

log = logging.getLogger(__name__)

TOO_OLD = timedelta(days=7)
"""What nobody could be told for so long is no news any more; holidays are shorter."""
CHANNEL_KINDS = {"mail": TO_STAFF, "webhook": TO_WEBHOOK}
_BATCH = 50


class Planner:
    """Decides with the clinic's rules and the channels that are set up."""

    def __init__(self, practice: Practice, channels: Collection[str]) -> None:
        self._practice, self._channels = practice, tuple(channels)

    def plan(self, connection: Connection, now: datetime) -> int:
        """Look at every event that is due, in the caller's transaction; how many."""
        events = outbox.take(connection, outbox.EVENTS, now, _BATCH)
        for event, others in _together(events):
            self._guarded(connection, event, now)
            for other in others:
                outbox.finish(connection, other, now, "told with another alert of the same chat")
        return len(events)

    def _guarded(self, connection: Connection, event: Notice, now: datetime) -> None:
        """One event that makes no sense must not hold up all others for ever."""
        try:
            with connection.begin_nested():
                self._plan(connection, event, now)
        except (KeyError, TypeError, ValueError):
            log.exception("event %d could not be understood", event.id)
            outbox.finish(connection, event, now, "it could not be understood")

    def _plan(self, connection: Connection, event: Notice, now: datetime) -> None:
        kind, told = kind_of(event), list(event.body.get("told", ()))
        if is_known(connection, event):
            outbox.finish(connection, event, now, None if told else "nobody had to be told any more")
        elif not told and event.created_at < now - TOO_OLD:
            outbox.finish(connection, event, now, "too old to be told")
        elif names := [name for name in self._told_now(event, now) if name not in told]:
            self._tell(connection, event, names[0], told, now)
        elif opening := self._worth_waiting(kind, now, told):
            outbox.postpone(connection, event, opening, event.body)
        else:
            outbox.finish(connection, event, now, "all were told, nobody has answered" if told else "nobody to tell")

    def _told_now(self, event: Notice, now: datetime) -> list[str]:
        """Those on duty. Where nobody is, an alert goes to those of the day all the same: it may be seen by chance."""
        kind = kind_of(event)
        on_duty = duty.told_now(self._practice, kind, now, self._channels)
        if on_duty or event.kind != "alert":
            return on_duty
        return duty.told(self._practice, kind, is_open=True, channels=self._channels)

    def _worth_waiting(self, kind: duty.Kind, now: datetime, told: list[str]) -> datetime | None:
        """When the clinic opens, where it is closed and somebody else is told then."""
        others = duty.told(self._practice, kind, is_open=True, channels=self._channels)
        if self._practice.is_open(now) or not set(others) - set(told):
            return None
        return duty.next_opening(self._practice, now)

    def _tell(self, connection: Connection, event: Notice, name: str, told: list[str], now: datetime) -> None:
        happened = {"kind": event.kind, "level": kind_of(event), "at": event.created_at.isoformat()}
        conversation = str(event.body["conversation"])
        body = {"happened": happened, "conversation": conversation, "event": event.id, "again": bool(told)}
        for way in duty.ways(self._practice, name, self._channels):
            add_delivery(connection, f"{conversation}:told:{event.id}", way, body, now)
        body = {**event.body, "told": [*told, name]}
        outbox.postpone(connection, event, now + self._practice.alerts.patience(kind_of(event)), body)


def add_delivery(connection: Connection, key: str, way: duty.Way, body: dict[str, object], now: datetime) -> None:
    """One delivery over one way; once, however often it is added. The address is looked up when it is sent."""
    kind = CHANNEL_KINDS[way.channel]
    outbox.add(connection, f"{key}:{way.channel}:{way.recipient}", kind, {**body, "to": way.recipient}, now)


def kind_of(event: Notice) -> duty.Kind:
    """The entry of the clinic's rules that an event falls under."""
    if event.kind == "alert":
        return cast("duty.Kind", event.body["urgency"])
    return "visit" if event.kind == "cancelled" else cast("duty.Kind", event.kind)


def is_known(connection: Connection, event: Notice) -> bool:
    """Whether staff have said, by what they did, that they know of it; or the chat is gone."""
    conversation = event.body["conversation"]
    own = conversations.c.id == conversation
    row = connection.execute(sa.select(conversations.c.handled_by).where(own)).first()
    if row is None:
        return True
    if event.kind == "alert":
        unseen = (alerts.c.conversation_id == conversation, alerts.c.acknowledged_at.is_(None))
        return connection.execute(sa.select(alerts.c.id).where(*unseen)).first() is None
    if event.kind in ("hand_over", "call_back"):
        theirs = callbacks.c.conversation_id == conversation
        done = list(connection.execute(sa.select(callbacks.c.done_at).where(theirs)).scalars())
        return row.handled_by == "staff" or (bool(done) and None not in done)
    if event.kind == "cancelled":
        return bool(event.body.get("told"))  # there is nothing to do about it: one is told
    reference = bookings.c.reference == event.body["reference"]
    status = connection.execute(sa.select(bookings.c.status).where(reference)).scalar()
    return status != "requested" and (status != "booked" or bool(event.body.get("told")))


def _together(events: list[Notice]) -> list[tuple[Notice, list[Notice]]]:
    """New alerts of one chat that are due together become one, the most urgent of them."""
    found: dict[tuple[str | None, ...], list[Notice]] = {}
    for event in events:
        is_new_alert = event.kind == "alert" and not event.body.get("told")
        found.setdefault(("alert", event.body.get("conversation")) if is_new_alert else (str(event.id),), []).append(
            event
        )
    groups = (sorted(group, key=_urgency) for group in found.values())
    return [(first, others) for first, *others in groups]


def _urgency(event: Notice) -> int:
    urgency = event.body.get("urgency")
    return URGENCIES.index(urgency) if urgency in URGENCIES else len(URGENCIES)
