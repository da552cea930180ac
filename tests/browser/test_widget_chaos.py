"""A whole conversation while one request in five fails and the server dies three times: nothing lost or doubled."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Error, Request, Route, expect

from knee_intake.records import schema
from knee_intake.records.database import Database
from knee_intake.settings import Settings
from knee_intake.web.app import make_app
from tests.browser.conftest import PHONE
from tests.browser.test_whole_conversation import MOST_TURNS, answer, wait_until_ready
from tests.browser.widget_page import WidgetPage
from tests.integration.live import serving

ONE_IN = 5
DEATHS_AT = (2, 6, 11)
"""At which of the visitor's messages the server dies: before consent, in the interview, near the booking."""
LONGEST_S = 240
"""On a machine that does nothing else it takes a quarter of that."""


class Server(Protocol):
    """A server that can die and come back at the same address, on the same database."""

    address: str
    database: str

    def restart(self) -> None: ...

    def stop(self) -> None: ...


class InProcess:
    """The app in this process: it dies by having everything that runs cut off, and comes back as a new app."""

    def __init__(self, settings: Settings, models: Any) -> None:
        self._settings, self._models = settings, models
        self._running = ExitStack()
        self.database = settings.database
        self.address = self._start(0)

    def _start(self, port: int) -> str:
        app = make_app(self._settings, load=lambda _: self._models)
        return self._running.enter_context(serving(app, port, graceful_s=0))

    def restart(self) -> None:
        self.stop()
        self._start(urlsplit(self.address).port or 0)

    def stop(self) -> None:
        self._running.close()


class OwnProcess:
    """`knee-intake serve`, killed by SIGKILL."""

    def __init__(self, settings: Settings, model: Path, folder: Path) -> None:
        self.database, self._log = settings.database, folder / "log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}"
        self._environ = {
            **os.environ, "KNEE_INTAKE_HOME": str(settings.home), "KNEE_INTAKE_MODEL": str(model),
            "KNEE_INTAKE_RATE_LIMITS": "off",
        }  # fmt: skip
        self._start()

    def _start(self) -> None:
        command = [sys.executable, "-m", "knee_intake.cli", "serve", "--port", str(self._port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, env=self._environ, stdout=log, stderr=subprocess.STDOUT)
        wait_until_ready(self.address, self._process, self._log)

    def restart(self) -> None:
        self.stop()
        self._start()

    def stop(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(30)


class Weather:
    """What the requests of a page meet, by a seed."""

    def __init__(self, server: Server, seed: int) -> None:
        self._server, self._random = server, random.Random(seed)
        self._deaths = list(DEATHS_AT)
        self._next: list[bool] = []
        self.sent: dict[str, str] = {}
        """The visitor's messages by their ids, each as it was first sent."""
        self.failed: list[str] = []
        self.requests = 0

    def __call__(self, route: Route, request: Request) -> None:
        self.requests += 1
        if request.method == "POST" and request.url.endswith("/messages"):
            body = request.post_data_json
            assert self.sent.setdefault(body["id"], body["text"]) == body["text"]
            if self._deaths and len(self.sent) >= self._deaths[0]:
                self._deaths.pop(0)
                route.continue_()
                time.sleep(self._random.choice((0.0, 0.02, 0.1)))  # before, in or after the turn
                self._server.restart()
                return
        if not self._fails():
            route.continue_()
            return
        fate = self._random.choice(("cut", "lost", "500", "503"))
        self.failed.append(fate)
        if fate == "lost" and not request.url.endswith("/events"):
            with suppress(Error):
                route.fetch(timeout=30_000)  # the server did it, and nobody hears of it
        if fate in ("500", "503"):
            route.fulfill(status=int(fate), body="")
        else:
            route.abort("connectionreset")

    def _fails(self) -> bool:
        """One of every five, at a place that the seed says: a short talk has its share as well."""
        if not self._next:
            self._next = self._random.sample([True] + [False] * (ONE_IN - 1), k=ONE_IN)
        return self._next.pop()

    @property
    def deaths(self) -> int:
        return len(DEATHS_AT) - len(self._deaths)


def talk_through(browser: Browser, server: Server, seed: int) -> None:
    """A conversation up to the requested visit, and then both sides compared."""
    context = browser.new_context(viewport=PHONE, locale="en-US")  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    page = context.new_page()
    weather = Weather(server, seed)
    context.route("**/api/**", weather)
    chat = WidgetPage(page).visit(server.address)
    chat.launcher.click()
    again = chat.dialog.get_by_role("button", name="Try again")
    expect(chat.log.locator(".message").first.or_(again)).to_be_visible(timeout=60_000)
    while again.is_visible():
        again.click()
        expect(chat.log.locator(".message").first.or_(again)).to_be_visible(timeout=60_000)
    calendar = chat.log.get_by_role("button", name=re.compile("calendar", re.IGNORECASE))
    end = time.monotonic() + LONGEST_S
    for _ in range(MOST_TURNS):
        if calendar.count():
            break
        answer(chat)
        assert time.monotonic() < end, f"only {len(weather.sent)} messages came through"
    assert calendar.count() == 1
    assert (weather.deaths, chat.errors, chat.foreign_requests) == (len(DEATHS_AT), [], [])
    assert len(weather.failed) >= (weather.requests - len(DEATHS_AT)) // ONE_IN
    shown = (chat.bot_texts, len(chat.own_texts))

    rows, visits = read(server.database)
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert sorted(row["client_id"] for row in rows if row["sender"] == "visitor") == sorted(weather.sent)
    assert all(row["answered"] for row in rows if row["sender"] == "visitor")
    kept = [row["text"] for row in rows if row["sender"] == "bot"]
    assert ([" ".join(text.split()) for text in shown[0]], shown[1]) == (
        [" ".join(text.split()) for text in kept], len(weather.sent),
    )  # fmt: skip
    assert visits == ["requested"]

    context.unroute("**/api/**")
    page.reload()
    chat.open()
    expect(chat.log.locator(".visitor")).to_have_count(shown[1])
    assert chat.bot_texts == shown[0]
    context.close()


def read(database: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The messages of the conversation in which something was said, and the states of all visits that stand."""
    opened = Database(database)
    with opened.read() as connection:
        said = sa.select(schema.messages.c.conversation_id).where(schema.messages.c.sender == "visitor").distinct()
        (conversation,) = connection.execute(said).scalars()
        wanted = schema.messages.c.conversation_id == conversation
        query = schema.messages.select().where(wanted).order_by(schema.messages.c.seq)
        rows = [dict(row) for row in connection.execute(query).mappings()]
        status = schema.bookings.c.status
        visits = list(connection.execute(sa.select(status).where(status.notin_(("cancelled", "held")))).scalars())
    opened.close()
    return rows, visits


@pytest.fixture
def in_process(make_settings: Callable[..., Settings], models: Any) -> Iterator[InProcess]:
    server = InProcess(make_settings(rate_limits=False), models)
    yield server
    server.stop()


@pytest.mark.parametrize("seed", [43, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(10))])
def test_with_failing_requests_and_a_server_that_dies_the_visit_is_asked_for_once(
    browser: Browser, in_process: InProcess, seed: int
) -> None:
    talk_through(browser, in_process, seed)


@pytest.mark.long
def test_with_real_kills_the_visit_is_asked_for_once(
    browser: Browser, make_settings: Callable[..., Settings], model_path: Path, tmp_path: Path
) -> None:
    server = OwnProcess(make_settings(), model_path, tmp_path)
    try:
        talk_through(browser, server, 43)
    finally:
        server.stop()
