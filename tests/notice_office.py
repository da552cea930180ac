"""A clinic with its records, a clock that stands still and a worker for its notices; made-up people only."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.testclient import TestClient

from knee_intake.booking import Booking, Wish
from knee_intake.booking.embedded import EmbeddedCalendar
from knee_intake.clinic import Clinic, load_clinic
from knee_intake.interview.model import Answer, Intake
from knee_intake.notices.worker import NoticeWorker
from knee_intake.practice import load_practice
from knee_intake.records import schema
from knee_intake.records.database import Database
from knee_intake.settings import Settings
from knee_intake.web.context import AppContext
from knee_intake.web.mail_pages import mail_routes
from tests.conftest import ROOT, FrozenClock
from tests.integration.staff_rows import add_alert, add_conversation

SECRET = b"k" * 32
ADDRESS = "robin@example.org"
PUBLIC = "https://chat.clinic.test"
HOOK_SECRET = "a secret of some length"
ALERTS = re.compile(r"^alerts:\n(?:  .*\n)+", re.MULTILINE)


def with_alerts(home: Path, text: str) -> None:
    """Put another `alerts` block into the clinic's practice.yml; the lines as they stand below `alerts:`."""
    path = home / "clinic" / "practice.yml"
    changed, count = ALERTS.subn("alerts:\n" + text, path.read_text(encoding="utf-8"))
    assert count == 1
    path.write_text(changed, encoding="utf-8")


@dataclass
class Office:
    """Everything that notices need, and short words for what tests do with it."""

    settings: Settings
    clinic: Clinic
    database: Database
    clock: FrozenClock
    conversations: int = field(default=0)

    def __post_init__(self) -> None:
        self.calendar = EmbeddedCalendar(self.database, self.clinic.practice)
        self.worker = self.make_worker()

    def make_worker(self, **settings: Any) -> NoticeWorker:
        used = Settings({**self.settings._values, **settings})
        return NoticeWorker(
            settings=used, clinic=self.clinic, database=self.database, calendar=self.calendar, secret=SECRET,
            clock=self.clock,
        )  # fmt: skip

    def round(self) -> int:
        """One round of the worker; how many deliveries were tried."""
        with ThreadPoolExecutor(1) as thread:  # the browser tests have an event loop of their own in this one
            return thread.submit(lambda: asyncio.run(self.worker.round())).result()

    def rows(self, table: Any, *where: Any) -> list[dict[str, Any]]:
        with self.database.read() as connection:
            return [dict(row) for row in connection.execute(sa.select(table).where(*where)).mappings()]

    def deliveries(self) -> list[dict[str, Any]]:
        return [row for row in self.rows(schema.outbox) if row["kind"].startswith("to_")]

    # ---- what a conversation leaves behind ---------------------------------------------------------------

    def talk(self, *, email: str | None = ADDRESS, wants_mails: bool = True) -> str:
        """A conversation whose visitor gave an address and said yes or no to mails; its id."""
        self.conversations += 1
        answers = {"email": Answer(email, email, 3)} if email else {}
        with self.database.write() as connection:
            intake = Intake(status="active", answers=answers)
            conversation = add_conversation(connection, self.conversations, at=self.clock(), intake=intake)
        self.consent(conversation, wants_mails)
        return conversation

    def consent(self, conversation: str, granted: bool, kind: str = "email") -> None:
        with self.database.write() as connection:
            connection.execute(
                schema.consents.insert().values(
                    conversation_id=conversation, kind=kind, granted=granted, wording_version="1", at=self.clock()
                )
            )

    def alert(self, conversation: str, urgency: str = "emergency_911", rule: str = "RF13", seq: int = 4) -> None:
        """An alert as a turn writes it: its row, and its event in the outbox."""
        with self.database.write() as connection:
            add_alert(connection, conversation, rule=rule, urgency=urgency, seq=seq)
        body = {"conversation": conversation, "rule": rule, "urgency": urgency}
        self.event(f"{conversation}:{seq}:{rule}", "alert", body)

    def event(self, key: str, kind: str, body: dict[str, Any]) -> None:
        with self.database.write() as connection:
            values = {"key": key, "kind": kind, "body": body, "created_at": self.clock()}
            connection.execute(schema.outbox.insert().values(**values))

    def acknowledge(self, conversation: str) -> None:
        with self.database.write() as connection:
            own = schema.alerts.c.conversation_id == conversation
            connection.execute(schema.alerts.update().where(own).values(acknowledged_at=self.clock()))

    def visit(self, conversation: str, *, within: timedelta | None = None) -> Booking:
        """The first visit that is free, or the last one that starts within this time."""
        kind = self.clinic.practice.first_visit.id
        times = self.calendar.free_times(kind, Wish(), self.clock(), 40)
        if within is not None:
            times = [time for time in times if time.start <= self.clock() + within][-1:]
        with self.database.write() as connection:
            return self.calendar.place(
                connection, key=f"{conversation}:place:{times[0].value}", conversation=conversation, time=times[0],
                first_name="Robin", contact=ADDRESS, source="widget", now=self.clock(),
            )  # fmt: skip

    def confirm(self, visit: Booking) -> None:
        with self.database.write() as connection:
            self.calendar.confirm(connection, reference=visit.reference, now=self.clock())

    def cancel(self, visit: Booking) -> None:
        with self.database.write() as connection:
            self.calendar.cancel(connection, key="x", reference=visit.reference, now=self.clock())

    def staff_says(self, conversation: str, text: str, seq: int) -> None:
        self._message(conversation, "staff", text, seq)

    def visitor_says(self, conversation: str, text: str, seq: int) -> None:
        self._message(conversation, "visitor", text, seq)

    def _message(self, conversation: str, sender: str, text: str, seq: int) -> None:
        with self.database.write() as connection:
            values = {"conversation_id": conversation, "seq": seq, "sender": sender, "text": text, "at": self.clock()}
            connection.execute(schema.messages.insert().values(**values))
            own = schema.conversations.c.id == conversation
            connection.execute(schema.conversations.update().where(own).values(last_seq=seq, updated_at=self.clock()))

    def booking(self, reference: str) -> dict[str, Any]:
        (row,) = self.rows(schema.bookings, schema.bookings.c.reference == reference)
        return row

    # ---- the pages -----------------------------------------------------------------------------------------

    def context(self) -> AppContext:
        return AppContext(self.settings, self.clinic, self.database, self.calendar, SECRET, self.clock)

    def browser(self) -> TestClient:
        """A browser on the pages that mails lead to; their links are of the public address."""
        return TestClient(Starlette(routes=mail_routes(self.context())), base_url=PUBLIC, follow_redirects=False)


@lru_cache(maxsize=1)
def _shipped() -> Clinic:
    return load_clinic(ROOT / "clinic")


def the_clinic(home: Path) -> Clinic:
    """The shipped clinic with this home's practice.yml; reading all of its files anew would take longest here."""
    return replace(_shipped(), practice=load_practice(home / "clinic" / "practice.yml"))


@contextmanager
def office(
    home: Path, clock: FrozenClock, url: str = "", clinic: Clinic | None = None, **settings: Any
) -> Iterator[Office]:
    """An office in this home; `settings` as in settings.py, in lower case."""
    used = Settings.from_environ(
        {},
        **{"home": str(home), "public_url": PUBLIC, "mail_from": "Front desk <chat@clinic.test>", **settings},
    )
    database = Database(url or f"sqlite:///{home / 'office.sqlite3'}")
    if database.is_sqlite:  # nothing of it has to survive this test
        sa.event.listen(database.engine, "connect", lambda one, _record: one.execute("PRAGMA synchronous=OFF"))
    try:
        with database.write() as connection:
            schema.metadata.create_all(connection)
        yield Office(used, clinic or the_clinic(home), database, clock)
    finally:
        database.close()


def links_in(text: str) -> list[str]:
    """Every link of a mail, without the address that they all start with."""
    found = re.findall(r"https?://\S+", text)
    assert all(link.startswith(PUBLIC) for link in found), found
    return [link.removeprefix(PUBLIC) for link in found]
