"""The real app with the trained model, one visitor's side of it, and a look into its database."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from knee_intake.booking.embedded import EmbeddedCalendar
from knee_intake.records import schema
from knee_intake.records.database import Database
from knee_intake.records.staff_accounts import add_member
from knee_intake.records.store import Store
from knee_intake.settings import Settings
from knee_intake.web.context import AppContext
from tests.conftest import FrozenClock

if TYPE_CHECKING:
    from tests.integration.test_staff_console import Console

NEVER_S = 3600.0
"""Notices do not go out while a test runs that is not about them."""


@dataclass
class Visitor:
    """One chat. Everything goes over HTTP."""

    client: TestClient
    conversation: str = ""
    token: str = ""
    greeting: list[dict[str, Any]] = field(default_factory=list)
    last: list[dict[str, Any]] = field(default_factory=list)

    def open(self) -> Visitor:
        answer = self.client.post("/api/conversations")
        assert answer.status_code == 201, answer.text
        body = answer.json()
        self.conversation, self.token, self.greeting = body["conversation"], body["token"], body["messages"]
        self.last = self.greeting
        return self

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def path(self) -> str:
        return f"/api/conversations/{self.conversation}"

    def post(self, text: str, message_id: str | None = None) -> Any:
        """The raw answer to one message."""
        body = {"id": message_id or str(uuid.uuid4()), "text": text}
        return self.client.post(f"{self.path}/messages", json=body, headers=self.headers)

    def say(self, *texts: str) -> list[dict[str, Any]]:
        """Say one text after the other; the replies to the last."""
        for text in texts:
            answer = self.post(text)
            assert answer.status_code == 200, answer.text
            self.last = answer.json()["messages"]
        return self.last

    @property
    def text(self) -> str:
        """What the assistant said last, as one line."""
        return " | ".join(message["text"] for message in self.last)

    @property
    def asked(self) -> str | None:
        return next((m["input"]["for"] for m in reversed(self.last) if "input" in m), None)

    def intake(self) -> dict[str, Any]:
        answer = self.client.get(f"{self.path}/intake", headers=self.headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def value(self, name: str) -> Any:
        return self.intake()["answers"].get(name, {}).get("value")

    def messages(self, after: int = 0) -> list[dict[str, Any]]:
        answer = self.client.get(f"{self.path}/messages", params={"after": after}, headers=self.headers)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found

    def consent(self) -> Visitor:
        """Through the first door and past the consent."""
        self.say("knee", "yes")
        return self

    def interview(self) -> Visitor:
        """Answer all that comes before the options."""
        self.consent()
        self.say("self", "none of these", "left, medial", "about three months ago, it came on slowly", "none of these")
        self.say("none", "moderate")
        return self

    def booked(self) -> Visitor:
        """All the way to the reference."""
        self.interview()
        self.say("book")
        self.say(self.last[-1]["choices"][0]["value"], "Robin, robin@example.org", "yes")
        return self


@dataclass
class Running:
    """A running app."""

    app: Starlette
    client: TestClient
    clock: FrozenClock

    @property
    def context(self) -> Any:
        return self.app.state.context

    @property
    def dialogue(self) -> Any:
        return self.context.dialogue

    @property
    def store(self) -> Store:
        found: Store = self.dialogue.store
        return found

    def visitor(self) -> Visitor:
        return Visitor(self.client).open()

    def member(self) -> int:
        """The id of a member of staff, who is added where there is none."""
        if not self.rows(schema.staff):
            secret = "a long enough phrase"
            add_member(self.context.database, name="Dana", role="reviewer", password=secret, now=self.clock())
        return int(self.rows(schema.staff)[0]["id"])

    def rows(self, table: Any) -> list[dict[str, Any]]:
        """All rows of a table."""
        with self.context.database.read() as connection:
            return [dict(row) for row in connection.execute(table.select()).mappings()]


@pytest.fixture
def start(
    make_settings: Callable[..., Settings], models: Any, clock: FrozenClock, migrated_file: Path
) -> Callable[..., Any]:
    """`with start() as running:` starts the app on this test's home; a second start finds the same database."""
    from knee_intake.web.app import make_app

    own = Path(make_settings().database.removeprefix("sqlite:///"))
    own.parent.mkdir(exist_ok=True)
    shutil.copy(migrated_file, own)

    @contextmanager
    def run(loaded: Any = None, notices_every_s: float = NEVER_S, **settings: Any) -> Iterator[Running]:
        app = make_app(
            make_settings(**{"rate_limits": False, **settings}), clock=clock, load=lambda _: loaded or models,
            notices_every_s=notices_every_s,
        )  # fmt: skip
        with TestClient(app, raise_server_exceptions=False) as client:
            yield Running(app, client, clock)

    return run


@pytest.fixture
def running(start: Callable[..., Any]) -> Iterator[Running]:
    with start() as running:
        yield running


@pytest.fixture
def visitor(running: Running) -> Visitor:
    return running.visitor()


@pytest.fixture
def console(database: Database) -> Console:
    """The staff console over empty records."""
    from tests.integration.test_staff_console import CLINIC, Console

    calendar = EmbeddedCalendar(database, CLINIC.practice)
    return Console(AppContext(Settings.from_environ({}), CLINIC, database, calendar, b"k" * 32))
