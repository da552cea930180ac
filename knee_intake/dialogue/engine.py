"""One visitor turn, whole or not at all.

receive (stored) -> under the conversation's lock: understand, screen, Rasa -> one transaction -> the reply is its rows.
A received text without an answer is answered on a retry or at the next start, in order, by one process.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakValueDictionary

from knee_intake import safety
from knee_intake.booking import Calendar
from knee_intake.booking.ahead import save
from knee_intake.clinic import Clinic
from knee_intake.clinic_store import ClinicStore
from knee_intake.clock import Clock, system_clock
from knee_intake.dialogue import before, staffed
from knee_intake.dialogue.bus import Bus
from knee_intake.dialogue.desk import Known, ReferenceTakenError, TimeLostError, TimesUnknownError
from knee_intake.dialogue.turn import Loaded, TurnMaker
from knee_intake.errors import (
    BookingLimitError,
    CalendarUnavailableError,
    ChatClosedError,
    KneeIntakeError,
    StorageError,
    TurnError,
    VersionConflictError,
)
from knee_intake.interview import before_consent
from knee_intake.interview.model import URGENCIES
from knee_intake.records import contact_keys
from knee_intake.records.booking_limits import LimitRules, forget_addresses
from knee_intake.records.clinic_versions import forget_versions
from knee_intake.records.intake_view import booking_json
from knee_intake.records.store import Store
from knee_intake.records.turn_rows import NewMessage, Received, Row, TurnRows
from knee_intake.settings import Settings
from knee_intake.understanding.service import Understanding

if TYPE_CHECKING:
    from rasa.shared.core.trackers import DialogueStateTracker

    from knee_intake.dialogue.agent import RasaAgent
    from knee_intake.understanding.types import IntentClassifier

log = logging.getLogger(__name__)
T = TypeVar("T")

ATTEMPTS = 6
"""How often a turn runs when a time was lost, the calendar had to be asked, or another process was first."""
CALENDAR_THREADS = 8
CACHED_TRACKERS = 500
PIECE, OVERLAP = 4_000, 200
"""Characters: how a text is cut up that is only screened."""
WAIT_FOR_OTHER_PROCESS_S = 0.1


@dataclass
class Answered:
    """The reply to one visitor message."""

    seq: int
    handled_by: str
    replies: list[Row]


class Dialogue:
    """The conversations of one process."""

    def __init__(
        self,
        *,
        settings: Settings,
        clinics: ClinicStore,
        store: Store,
        calendar: Calendar,
        understanding: Understanding,
        agent: RasaAgent,
        bus: Bus | None = None,
        clock: Clock = system_clock,
    ) -> None:
        self.settings, self.clinics, self.store, self.calendar, self.clock = settings, clinics, store, calendar, clock
        clinic = clinics.now()
        self.bus = bus or Bus()
        self._agent = agent
        limits = LimitRules(clinic.practice.booking.limits, store.secret) if settings.rate_limits else None
        self._maker = TurnMaker(clinic, calendar, understanding, agent, limits, settings.notice_channels)
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._lease = timedelta(seconds=settings.lease_seconds)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._trackers: OrderedDict[str, tuple[int, DialogueStateTracker]] = OrderedDict()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._at_calendar_threads = ThreadPoolExecutor(CALENDAR_THREADS, "calendar")

    # ---- the visitor's side ------------------------------------------------------------------------------

    async def open(self) -> tuple[str, str, list[Row]]:
        """A new conversation: (id, token, greeting). Raises ChatClosedError while the clinic takes none."""
        clinic = await _in_thread(self.clinics.now)
        if not clinic.practice.widget.takes_new:
            raise ChatClosedError(clinic.practice.chat_closed_text())
        conversation, token = await self._open(clinic, "widget", None)
        return conversation, token, await _in_thread(lambda: self.store.transcript(conversation))

    async def open_by_phone(self, conversation: str) -> None:
        """A conversation that staff type for a caller; nobody gets its key. To repeat it changes nothing.

        It does not matter whether the chat on the website takes new ones.
        """
        await self._open(await _in_thread(self.clinics.now), "phone", conversation)

    async def _open(self, clinic: Clinic, source: str, conversation: str | None) -> tuple[str, str]:
        says, stage = before_consent.greeting(clinic)
        greeting = [NewMessage("bot", said.text, said.payload()) for said in says]
        now, demo = self.clock(), not self.settings.live

        def create() -> tuple[str, str]:
            content = self.clinics.content() if self.clinics.now() is clinic else None
            return self.store.create(
                now, greeting, stage.to_dict(), demo=demo, source=source, conversation=conversation,
                version=(clinic.digest, content),
            )  # fmt: skip

        return await _in_thread(create)

    async def say(
        self, conversation: str, client_id: str, text: str, address: str | None = None, staff_id: int | None = None
    ) -> Answered:
        """Take a visitor's text, sent from a network address, and answer it. Safe to repeat with the same id.

        `staff_id`: who types it for a caller.

        Raises IdReusedError, StorageError, TurnError; the text stays stored and is answered on a retry.
        """
        received = await _in_thread(
            lambda: self.store.receive(
                conversation,
                client_id,
                text,
                self.clock(),
                self._owner,
                self._lease,
                address=address,
                staff_id=staff_id,
            )
        )
        self.bus.publish(conversation, "message")
        if not received.answered:
            # a client that goes away must not cut a turn in half
            await asyncio.shield(self._start(self.answer_until(conversation, received.seq)))
        return await self._answered(conversation, received)

    async def _answered(self, conversation: str, received: Received) -> Answered:
        replies = await _in_thread(lambda: self.store.replies(conversation, received.seq))
        # only a turn of staff's has no replies: `_make_and_save` sees to that
        return Answered(received.seq, "bot" if replies else "staff", replies)

    async def answer_until(self, conversation: str, seq: int) -> None:
        """Answer every open message of the conversation up to `seq`, in order."""
        async with self._lock(conversation):
            deadline = time.monotonic() + float(self.settings.turn_timeout)
            while True:
                first = await _in_thread(lambda: self.store.first_unanswered(conversation))
                if first is None or first > seq:
                    return
                if not await _in_thread(lambda: self.store.claim(conversation, self._owner, self.clock(), self._lease)):
                    if time.monotonic() > deadline:
                        raise TurnError("another process holds this conversation")
                    await asyncio.sleep(WAIT_FOR_OTHER_PROCESS_S)
                    continue
                await self._answer_one(conversation, first)

    async def _answer_one(self, conversation: str, seq: int) -> None:
        self.bus.publish(conversation, "typing")
        try:
            await asyncio.wait_for(self._turn(conversation, seq), float(self.settings.turn_timeout))
        except Exception as error:
            self._trackers.pop(conversation, None)
            await self._give_back(conversation)
            if isinstance(error, KneeIntakeError):
                raise
            if isinstance(error, asyncio.TimeoutError):
                raise TurnError("the turn took too long") from error
            raise TurnError(f"the turn failed in {type(error).__name__}") from error
        self.bus.publish(conversation, "message")

    async def _give_back(self, conversation: str) -> None:
        try:
            await _in_thread(lambda: self.store.release(conversation, self._owner))
        except KneeIntakeError:
            log.warning("the lease of a failed turn could not be given back; it runs out by itself")

    async def _turn(self, conversation: str, seq: int) -> None:
        known = Known()
        for attempt in range(ATTEMPTS):
            now = self.clock()
            try:
                loaded = await _in_thread(lambda: self._load(conversation, seq))
                if loaded.message["answered"]:
                    return  # by a turn that was given up as too slow, and was saved in the end
                await self._make_and_save(loaded, now, known)
                return
            except TimesUnknownError:
                self._trackers.pop(conversation, None)
                await self._ask_calendar(known, now)
            except CalendarUnavailableError:
                self._trackers.pop(conversation, None)
                known.calendar_down = True
            except (TimeLostError, BookingLimitError) as error:
                self._trackers.pop(conversation, None)
                known.lost.add(error.value)
                known.busy = None  # it was wrong about this time
            except ReferenceTakenError:
                self._trackers.pop(conversation, None)
                known.references_taken += 1
            except VersionConflictError:
                self._trackers.pop(conversation, None)
                if attempt == ATTEMPTS - 1:
                    raise
        raise TurnError("every chosen time was lost")

    async def _ask_calendar(self, known: Known, now: datetime) -> None:
        """Find out what is taken, for the next run of the turn."""
        outside = self.calendar.outside
        assert outside is not None
        try:
            known.busy = await self._at_calendar(lambda: outside.look(now))
        except CalendarUnavailableError:
            known.calendar_down = True

    async def _make_and_save(self, loaded: Loaded, now: datetime, known: Known) -> None:
        conversation, status = loaded.row["id"], loaded.row["status"]
        tracker: DialogueStateTracker | None = None
        maker = self._maker.of(loaded.clinic)
        if loaded.row["handled_by"] == "staff":
            rows, tracker = await staffed.make(maker, loaded, now, known, self._tracker)
        elif status in ("consent_pending", "refused"):
            rows, tracker = await before.make(maker, loaded, now, known, self._tracker)
        else:
            rows, tracker = await maker.make(loaded, now, known, self._tracker)
        if not rows.replies and loaded.row["handled_by"] != "staff":
            raise TurnError("the turn gave no reply")
        try:
            await self._save(rows)
        except StorageError as error:
            error.alert = _alert(rows)
            raise
        self._trackers.pop(conversation, None)
        if tracker is not None:
            self._trackers[conversation] = (rows.version + 1, tracker)
            while len(self._trackers) > CACHED_TRACKERS:
                self._trackers.popitem(last=False)

    async def _save(self, rows: TurnRows) -> None:
        if rows.ahead:
            await self._at_calendar(lambda: save(rows.ahead, lambda: self.store.commit(rows)))
        else:
            await _in_thread(lambda: self.store.commit(rows))

    def _load(self, conversation: str, seq: int) -> Loaded:
        row = self.store.conversation(conversation)
        message = self.store.message(conversation, seq)
        waiting = row["status"] in ("consent_pending", "refused")
        return Loaded(
            row,
            message,
            self.clinics.of(row["clinic_version"]),
            stage=self.store.stage(conversation) if waiting else None,
            replays=self.store.replays(conversation) if waiting else [],
            events=None if self._is_cached(row) else self.store.events(conversation),
            intake=None if waiting else self._intake(conversation),
            staff_wrote=row["handled_by"] == "staff" and self.store.staff_wrote(conversation),
        )

    def _intake(self, conversation: str) -> Row | None:
        """The intake, with its visit as it is now: staff, or a link in a mail, may have changed it since."""
        intake = self.store.intake(conversation)
        if intake is None or not intake.get("booking"):
            return intake
        visit = self.store.booking(conversation)
        if visit is not None and visit["status"] != "held":
            zone = self.clinics.now().practice.zoneinfo()
            intake = {**intake, "booking": {**intake["booking"], **booking_json(visit, zone)}}
        return intake

    def _is_cached(self, row: Row) -> bool:
        cached = self._trackers.get(row["id"])
        return cached is not None and cached[0] == int(row["version"])

    def _tracker(self, loaded: Loaded) -> DialogueStateTracker:
        """The conversation's tracker: the cached one where its version is the row's, else from the events."""
        if loaded.events is None:
            return self._trackers.pop(loaded.row["id"])[1]
        return self._agent.tracker(loaded.row["id"], loaded.events)

    async def forget(self, conversation: str) -> bool:
        """ "Forget me": True when all is gone, False when it became a request to the clinic."""
        within = timedelta(days=self.clinics.now().practice.requests.due_days)
        async with self._lock(conversation):
            self._trackers.pop(conversation, None)
            gone = await _in_thread(lambda: self.store.forget(conversation, self.clock(), within))
        self.bus.publish(conversation, "message")
        return gone

    async def thumb(self, conversation: str, seq: int, *, down: bool) -> None:
        """The visitor's thumb on an answer, put down or taken back. Raises as `thumbs.set_thumb`."""
        if await _in_thread(lambda: self.store.thumb(conversation, seq, self.clock(), down=down)):
            self.bus.publish(conversation, "message")

    def screen(self, text: str) -> tuple[str, str] | None:
        """(safety text, urgency) that these words alone call for, by the rules alone: for when nothing else works.

        Read in pieces, because what the rules cost grows faster than the text.
        """
        reader, now, rules = self._maker.understanding.reader, self.clock(), self.clinics.now().red_flags
        pieces = [text[at : at + PIECE] for at in range(0, len(text), PIECE - OVERLAP)]
        verdicts = [safety.assess_message(reader.read(piece, now=now), rules) for piece in pieces]
        hits = [hit for verdict in verdicts for hit in verdict.hits]
        first = min(hits, key=lambda hit: URGENCIES.index(hit.urgency), default=None)
        return (first.text, first.urgency) if first else None

    # ---- staff -------------------------------------------------------------------------------------------

    async def staff_takeover(self, conversation: str, staff_id: int) -> None:
        """This person answers from now on; the assistant is silent. To repeat it changes nothing."""
        async with self._lock(conversation):
            row = await _in_thread(lambda: self.store.conversation(conversation))
            if row["handled_by"] != "staff":
                await self._notice(conversation, "staff_here", staff_id, "staff")
            elif await _in_thread(lambda: self.store.writer(conversation)) != staff_id:
                await self._notice(conversation, "staff_changed", staff_id, "staff")

    async def staff_handback(self, conversation: str, staff_id: int) -> None:
        """The assistant answers again. To repeat it changes nothing."""
        async with self._lock(conversation):
            row = await _in_thread(lambda: self.store.conversation(conversation))
            if row["handled_by"] == "staff":
                await self._notice(conversation, "staff_gone", staff_id, "bot")

    async def staff_message(self, conversation: str, staff_id: int, text: str, key: str | None = None) -> None:
        """A person's message to the visitor. With a key it is safe to repeat."""
        async with self._lock(conversation):
            if key is not None and await _in_thread(lambda: self.store.has_key(conversation, key)):
                return
            message = NewMessage("staff", text, {"key": key} if key else {}, staff_id=staff_id)
            await self._append(conversation, message)

    async def _notice(self, conversation: str, phrase: str, staff_id: int, handled_by: str) -> None:
        clinic = await _in_thread(self.clinics.now)
        text = clinic.questions.phrase(phrase)
        message = NewMessage("bot", text, {"name": phrase}, staff_id=staff_id)
        await self._append(conversation, message, handled_by=handled_by)

    async def _append(self, conversation: str, message: NewMessage, **columns: Any) -> None:
        await _in_thread(lambda: self.store.add_message(conversation, message, self.clock(), **columns))
        self.bus.publish(conversation, "message")

    def _lock(self, conversation: str) -> asyncio.Lock:
        return self._locks.setdefault(conversation, asyncio.Lock())

    def use_classifier(self, classifier: IntentClassifier) -> None:
        """Understand with another trained model from the next message on; one that is being read ends with the old."""
        self._maker.understanding = Understanding(self._maker.understanding.reader, classifier)

    # ---- start and upkeep --------------------------------------------------------------------------------

    async def recover(self) -> int:
        """Answer what was received and never answered (a crash in the middle). Returns how many were open."""
        open_messages = await _in_thread(self.store.unanswered)
        for conversation, seq in open_messages:
            try:
                await self.answer_until(conversation, seq)
            except KneeIntakeError:
                log.exception("an open message could not be answered at the start; it stays open")
        return len(open_messages)

    async def tidy(self) -> None:
        """Let go of what has run out: words that wait for consent, held times, hashes of addresses.

        Keeps the outside calendar in step.
        """
        now = self.clock()
        await _in_thread(
            lambda: self.store.forget_waiting_words(now - timedelta(minutes=self.settings.pending_minutes))
        )

        def release() -> int:
            with self.store.database.write() as connection:
                forget_addresses(connection, now)
                contact_keys.fill(connection, self.store.secret, now)
                forget_versions(connection, now)
                return self.calendar.release_expired(connection, now)

        await _in_thread(release)
        if (outside := self.calendar.outside) is not None:
            try:
                await self._at_calendar(lambda: outside.upkeep(now))
            except CalendarUnavailableError as error:
                log.warning("the calendar could not be brought up to date: %s", error)

    async def _at_calendar(self, work: Callable[[], T]) -> T:
        """Run what may wait for the calendar's server, in threads of its own: it must not hold up the database."""
        return await asyncio.get_running_loop().run_in_executor(self._at_calendar_threads, work)

    def _start(self, work: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """Let running turns finish."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=float(self.settings.turn_timeout))
        self._at_calendar_threads.shutdown(wait=False)


def _alert(rows: TurnRows) -> tuple[str, str] | None:
    """The safety text of a turn that could not be saved, with its urgency."""
    return next(((m.text, m.payload["alert"]) for m in rows.replies if m.payload.get("alert")), None)


async def _in_thread(work: Callable[[], T]) -> T:
    """Run blocking database work without holding up other visitors."""
    return await asyncio.to_thread(work)
