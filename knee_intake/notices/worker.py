"""The worker that takes notices out of the house, one in each process.

Each round: see what has become due, turn events into deliveries, deliver. Rows are claimed before they are delivered,
so several processes share the work and none sends what another one sends. A process that dies in the middle is followed
by another one when its claim has run out; then the same mail or call, with the same id, may go out a second time.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import uuid
from collections.abc import Awaitable
from datetime import timedelta
from typing import TYPE_CHECKING

from knee_intake.clock import Clock, system_clock
from knee_intake.errors import DeliveryError, KneeIntakeError
from knee_intake.notices import digest, outbox, visitors
from knee_intake.notices.courier import Courier, Outcome
from knee_intake.notices.delivered import note_delivery
from knee_intake.notices.outbox import DELIVERIES, EVENTS, Notice
from knee_intake.notices.plan import Planner

if TYPE_CHECKING:
    from knee_intake.booking import Calendar
    from knee_intake.clinic import Clinic
    from knee_intake.records.database import Database
    from knee_intake.settings import Settings

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Deliveries of one round that run side by side: a slow mail server does not hold up the webhook."""


class NoticeWorker:
    """Runs rounds until it is stopped."""

    def __init__(
        self,
        *,
        settings: Settings,
        clinic: Clinic,
        database: Database,
        calendar: Calendar,
        secret: bytes,
        clock: Clock = system_clock,
    ) -> None:
        self._settings, self._database, self._clock = settings, database, clock
        self._calendar, self._secret = calendar, secret
        self._channels: tuple[str, ...] = settings.notice_channels
        self.use(clinic)
        self._most_tries = max(1, int(settings.notice_tries))
        self._owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._digest_done = ""
        self._stopping = asyncio.Event()

    def use(self, clinic: Clinic) -> None:
        """Write this clinic's words from now on."""
        settings = self._settings
        courier = Courier(settings, clinic, self._database, self._calendar, self._secret)
        approved = not settings.live or clinic.notices.approved_by is not None
        self._writes_to_visitors = "mail" in self._channels and bool(settings.public_url) and approved
        self._clinic, self._courier, self._planner = clinic, courier, Planner(clinic.practice, self._channels)

    async def run(self, every_s: float) -> None:
        """Rounds until `stop`; a round that fails is logged, and the next one comes."""
        while not self._stopping.is_set():
            try:
                await asyncio.wait_for(self._stopping.wait(), every_s)
            except asyncio.TimeoutError:
                await self._guarded(self.round())

    def stop(self) -> None:
        """Let the round that runs come to its end, and begin no other."""
        self._stopping.set()

    async def _guarded(self, work: Awaitable[object]) -> None:
        """What fails is logged and comes again with the next round; the rest of this one goes on."""
        try:
            await work
        except Exception:
            log.exception("a part of a round of notices failed")

    async def round(self) -> int:
        """One round; how many deliveries were tried."""
        for prepare in (self._plan_events, self._add_visitors_mails, self._add_digest):
            await self._guarded(asyncio.to_thread(prepare))
        tried = 0
        while not self._stopping.is_set() and (notices := await asyncio.to_thread(self._claim)):
            await asyncio.gather(*(asyncio.to_thread(self._deliver, notice) for notice in notices))
            tried += len(notices)
        return tried

    def _plan_events(self) -> None:
        now = self._clock()
        if outbox.has_due(self._database, EVENTS, now):
            with self._database.write() as connection:
                self._planner.plan(connection, now)

    def _add_visitors_mails(self) -> None:
        if not self._writes_to_visitors:
            return
        now = self._clock()
        with self._database.read() as connection:
            due = bool(visitors.due_mails(connection, now))
        if due:
            with self._database.write() as connection:
                visitors.add_due_mails(connection, now)

    def _add_digest(self) -> None:
        now = self._clock()
        day = now.astimezone(self._clinic.practice.zoneinfo()).date().isoformat()
        if self._digest_done != day and digest.is_time(self._clinic.practice, now):
            with self._database.write() as connection:
                digest.add_digests(connection, self._clinic.practice, self._channels, now)
            self._digest_done = day

    def _claim(self) -> list[Notice]:
        now = self._clock()
        if not outbox.has_due(self._database, DELIVERIES, now):
            return []
        lease = timedelta(seconds=self._courier.longest_s)
        return outbox.claim(self._database, DELIVERIES, self._owner, now, lease, AT_ONCE)

    def _deliver(self, notice: Notice) -> None:
        now = self._clock()
        try:
            outcome = self._courier.deliver(notice, now)
        except DeliveryError as error:
            self._failed(notice, str(error), for_good=error.for_good)
        except KneeIntakeError:
            log.exception("notice %d could not be prepared", notice.id)
            self._failed(notice, "it could not be prepared", for_good=False)
        except Exception:
            log.exception("notice %d failed unexpectedly", notice.id)
            self._failed(notice, "it failed unexpectedly", for_good=False)
        else:
            self._finished(notice, outcome)

    def _finished(self, notice: Notice, outcome: Outcome) -> None:
        now = self._clock()
        with self._database.write() as connection:
            outbox.finish(connection, notice, now, outcome.skipped)
            if outcome.way is not None:
                note_delivery(connection, outcome.way, outcome.target, notice.body["happened"]["kind"], now)

    def _failed(self, notice: Notice, reason: str, *, for_good: bool) -> None:
        now = self._clock()
        with self._database.write() as connection:
            dead = outbox.fail(connection, notice, now, reason, for_good=for_good, most_tries=self._most_tries)
            if dead and "event" in notice.body:
                outbox.hasten(connection, int(notice.body["event"]), now)
        if dead:
            log.error("notice %d was given up after %d tries: %s", notice.id, notice.tries + 1, reason)
