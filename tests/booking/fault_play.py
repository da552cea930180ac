"""A clinic's day in which everything fails by a seeded die, and what must be true whatever has failed.

The real engine, records and upkeep, over a server, a network, a database and a process that fail. Only Rasa is left
out: a text says outright what the visitor does.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from knee_intake.booking import FreeTime, Wish
from knee_intake.booking.mirrored import MirroredCalendar
from knee_intake.booking.offline import ScheduleCalendar
from knee_intake.booking.reconcile import ORPHAN_AGE
from knee_intake.booking.reference import visit_uid
from knee_intake.booking.remote import RemoteVisit
from knee_intake.clinic_store import ClinicStore
from knee_intake.dialogue.desk import Known, TimesUnknownError, TurnDesk
from knee_intake.dialogue.engine import Dialogue
from knee_intake.errors import (
    CalendarUnavailableError,
    KneeIntakeError,
    SlotTakenError,
    StorageError,
)
from knee_intake.practice import Practice
from knee_intake.records.database import Database
from knee_intake.records.schema import bookings, callbacks, conversations, messages, outbox
from knee_intake.records.store import Store
from knee_intake.records.turn_rows import NewMessage, TurnRows
from knee_intake.settings import Settings
from tests.booking.faulty_calendar import FaultyCalendar, KilledError
from tests.booking.world import NOW
from tests.conftest import FrozenClock
from tests.practices import make_practice

VISITORS = 3
MESSAGES = 3
RATE = 0.3
"""How likely each call of the server's, and each commit, fails."""
COMMIT_FAULTS = ("failed before", "failed after", "killed before", "killed after")
CALLS = ("busy", "write", "update", "remove", "ours")
DAY = date(2026, 3, 11)

Told = dict[str, list[str]]
"""The replies to each visitor, by conversation."""


@dataclass
class FaultyServer:
    """A clinic's server that the program reaches through `remote`, and as it is in truth."""

    remote: FaultyCalendar
    faults: tuple[str, ...]
    """What may happen at a call."""
    visits: Callable[[], list[RemoteVisit]]
    """All that it holds of ours."""
    clear: Callable[[], None]
    counts: Callable[[], set[int]]
    """How many entries take time there, whoever made them; in each way in which they can be counted."""


class ScriptedMaker:
    """In the place of Rasa: "place 2", "move 1", "cancel", "hold 0", "times"; the replies say what happened."""

    def __init__(self, practice: Practice, calendar: MirroredCalendar, store: Store, times: list[FreeTime]) -> None:
        self._clinic: Any = SimpleNamespace(practice=practice)
        self._calendar, self._store, self._times = calendar, store, times

    def of(self, _clinic: Any) -> ScriptedMaker:
        return self

    async def make(self, loaded: Any, now: datetime, known: Known, _get_tracker: Any) -> tuple[TurnRows, None]:
        conversation = loaded.row["id"]
        desk = TurnDesk(self._calendar, self._clinic, conversation, str(loaded.message["client_id"]), now, known)
        reply = self._act(desk, conversation, loaded.text)
        if desk.times_unknown:
            raise TimesUnknownError("times were wanted")
        rows = TurnRows(conversation, loaded.row["version"], loaded.seq, now)
        rows.replies = [NewMessage("bot", reply)]
        rows.effects, rows.ahead, rows.outbox = desk.effects, desk.ahead, desk.outbox
        return rows, None

    def _act(self, desk: TurnDesk, conversation: str, text: str) -> str:
        verb, _, number = text.partition(" ")
        visit = self._store.booking(conversation)
        standing = visit["reference"] if visit and visit["status"] in ("requested", "booked") else None
        try:
            if verb == "times":
                return f"times {len(desk.free_times(Wish(earliest=DAY, latest=DAY), 100, ()))}"
            if verb == "hold":
                desk.hold(self._times[int(number)])
                return "held"
            if verb == "cancel":
                if standing:
                    desk.cancel(standing)
                return f"cancelled {standing}"
            moving = standing if verb == "move" else None
            placed = desk.place(self._times[int(number)], "Ann", "ann@example.org", moving=moving)
        except SlotTakenError:
            return "taken"
        except CalendarUnavailableError:
            desk.call_back("no time found", "Ann", "ann@example.org", text)
            return "call back"
        return f"requested {placed.reference} {self._times[int(number)].value} {moving}"


@dataclass
class Clinic:
    """One run: a clinic's server, our records, and the process that is alive just now."""

    seed: int
    database: Database
    server: FaultyServer
    met: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.clock = FrozenClock(NOW)
        self.practice = make_practice()
        self.remote = self.server.remote
        self.remote.begin(self.seed, self._fault)
        self.server.clear()
        self.store = Store(self.database, b"k" * 32)
        self.failing = False
        self.times = ScheduleCalendar(self.practice).free_times("first_visit", Wish(earliest=DAY, latest=DAY), NOW, 4)
        self.calendar: Any = None
        with self.database.write() as connection:
            for table in (bookings, callbacks, outbox, conversations):
                connection.execute(table.delete())
        self.start()

    def start(self) -> None:
        """A new process: nothing is remembered."""
        self.stop()
        minutes = iter(range(0, 10**9, 60))
        self.calendar = MirroredCalendar(
            self.database, self.practice, self.remote, monotonic=lambda: float(next(minutes))
        )
        nothing: Any = None
        clinic: Any = SimpleNamespace(practice=self.practice)
        self.dialogue = Dialogue(
            settings=Settings.from_environ({}), clinics=ClinicStore(clinic), store=self.store, calendar=self.calendar,
            understanding=nothing, agent=nothing, clock=self.clock,
        )  # fmt: skip
        maker: Any = ScriptedMaker(self.practice, self.calendar, self.store, self.times)
        self.dialogue._maker = maker
        self.store.commit = self._commit  # type: ignore[method-assign]
        self.store.forget_leases()

    def stop(self) -> None:
        """The threads of the process so far end; whatever they do fails or gets through."""
        if self.calendar is not None:
            self.calendar.close()
            self.dialogue._at_calendar_threads.shutdown()

    def _fault(self, _call: str) -> str | None:
        return self.random.choice(self.server.faults) if self.failing and self.random.random() < RATE else None

    def _commit(self, turn: TurnRows) -> None:
        fault = self.random.choice(COMMIT_FAULTS) if self.failing and self.random.random() < RATE else "none"
        self.met[f"commit {fault}"] += 1
        if fault == "killed before":
            raise KilledError
        if fault == "failed before":
            raise StorageError("the database is away")
        Store.commit(self.store, turn)
        if fault == "killed after":
            raise KilledError
        if fault == "failed after":
            raise StorageError("the database went away")

    # ---- what people do

    def open(self) -> str:
        conversation, _ = self.store.create(self.clock(), [], {}, demo=True)
        with self.database.write() as connection:
            connection.execute(conversations.update().where(conversations.c.id == conversation).values(status="active"))
        return conversation

    async def say(self, conversation: str, client_id: str, text: str) -> str:
        """Say it until there is an answer, as the visitor's page does."""
        for _ in range(100):
            try:
                answered = await self.dialogue.say(conversation, client_id, text)
            except KilledError:
                await self.restart()
            except KneeIntakeError:
                self.settle()  # one thing after the other, so that a seed always plays the same
            else:
                self.settle()
                return str(answered.replies[0]["text"])
        raise AssertionError("no answer in a hundred tries")

    async def restart(self) -> None:
        while True:
            self.settle()  # what other threads were doing goes down with the process, or is done
            self.start()
            try:
                await self.dialogue.recover()
            except KilledError:
                continue
            return

    async def tidy(self) -> None:
        try:
            await self.dialogue.tidy()
        except KilledError:
            await self.restart()

    def settle(self) -> None:
        try:
            self.calendar.settle()
        except KilledError:
            self.start()

    async def confirm_one(self) -> None:
        requested = [row["reference"] for row in self.rows() if row["status"] == "requested"]
        if requested:
            with self.database.write() as connection:
                reference = self.random.choice(requested)
                self.calendar.confirm(connection, reference=reference, now=self.clock())
            self.settle()

    def rows(self) -> list[dict[str, Any]]:
        with self.database.read() as connection:
            return [dict(row) for row in connection.execute(bookings.select()).mappings()]


async def play(clinic: Clinic) -> Told:
    """Visitors, staff and upkeep in a seeded order, everything failing now and then; what each visitor was told."""
    told: Told = {clinic.open(): [] for _ in range(VISITORS)}
    clinic.failing = True
    turns = [who for who in told for _ in range(MESSAGES)]
    clinic.random.shuffle(turns)
    for n, who in enumerate(turns):
        verb = clinic.random.choices(("place", "move", "cancel", "hold", "times"), (4, 3, 2, 1, 1))[0]
        text = f"{verb} {clinic.random.randrange(4)}" if verb in ("place", "move", "hold") else verb
        told[who].append(await clinic.say(who, f"m{n}", text))
        clinic.clock.advance(minutes=clinic.random.randrange(4))
        if clinic.random.random() < 0.3:
            await clinic.tidy()
        if clinic.random.random() < 0.3:
            await clinic.confirm_one()
    clinic.failing = False
    return told


def assert_all_is_known_or_reported(clinic: Clinic) -> None:
    found = clinic.calendar.compare(clinic.clock())
    standing = {visit_uid(row["reference"]) for row in clinic.rows() if row["status"] in ("requested", "booked")}
    reported = {visit_uid(reference) for reference in (*found.waiting, *found.unknown)}
    assert {one.uid for one in clinic.server.visits()} <= standing | reported
    assert found.moved == ()


async def mend(clinic: Clinic) -> None:
    """All works again: a restart, and the upkeep until orphans are old enough."""
    clinic.remote.catch_up()
    await clinic.restart()
    assert_all_is_known_or_reported(clinic)
    for minutes in (1, ORPHAN_AGE / timedelta(minutes=1), 1):
        clinic.clock.advance(minutes=minutes)
        await clinic.dialogue.tidy()


def expected(told: Told) -> dict[str, str]:
    """Reference -> time of each visit that the visitors believe they have."""
    visits: dict[str, str] = {}
    for replies in told.values():
        for reply in replies:
            verb, *words = reply.split()
            if verb == "requested":
                visits[words[0]] = words[1]
                visits.pop(words[2], None)
            if verb == "cancelled":
                visits.pop(words[0], None)
    return visits


def assert_right(clinic: Clinic, told: Told) -> None:
    zone = clinic.practice.zoneinfo()
    standing = [row for row in clinic.rows() if row["status"] in ("requested", "booked")]
    believed = expected(told)
    assert {row["reference"]: row["start"].astimezone(zone).isoformat(timespec="minutes") for row in standing} == (
        believed
    )
    there = [(one.uid, one.start, one.end, one.status, one.sequence) for one in clinic.server.visits()]
    assert sorted(there) == sorted(
        (visit_uid(row["reference"]), row["start"], row["end"], row["status"], row["sequence"]) for row in standing
    )
    assert clinic.server.counts() == {len(standing)}
    assert len({row["start"] for row in standing}) == len(standing)
    assert clinic.calendar.compare(clinic.clock()).count == 0
    with clinic.database.read() as connection:
        noted = connection.execute(callbacks.select()).all()
        said = connection.execute(messages.select().where(messages.c.sender == "visitor")).all()
        replies = connection.execute(messages.select().where(messages.c.sender == "bot")).all()
    assert len(noted) == sum(replies.count("call back") for replies in told.values())
    assert len(said) == len(replies) == sum(map(len, told.values()))
    assert all(message.answered for message in said)


def run(seed: int, database: Database, server: FaultyServer) -> Counter[str]:
    """Play one seed, and hold what is left to what visitors were told; which faults were met."""
    clinic = Clinic(seed, database, server)

    run_to_the_end(clinic, play)
    return clinic.met + server.remote.met


def run_to_the_end(clinic: Clinic, play: Callable[[Clinic], Awaitable[Told]]) -> Told:
    """What visitors were told in this play; afterwards all works, and what is left is held to that."""

    async def whole() -> Told:
        told = await play(clinic)
        await mend(clinic)
        assert_right(clinic, told)
        return told

    try:
        return asyncio.run(whole())
    finally:
        clinic.stop()


def assert_none_is_lost_in(seeds: Iterable[int], database: Database, server: FaultyServer) -> Counter[str]:
    """Play these seeds; which fault was met how often, and where."""
    met: Counter[str] = Counter()
    for seed in seeds:
        try:
            met += run(seed, database, server)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
    return met


def assert_every_fault_was_met(met: Counter[str], server: FaultyServer) -> None:
    assert all(met[f"commit {fault}"] for fault in COMMIT_FAULTS)
    for fault in server.faults:
        assert any(met[f"{call} {fault}"] for call in CALLS), fault
    for call in CALLS:
        assert any(met[f"{call} {fault}"] for fault in server.faults), call
