"""The real process is killed in the middle of a turn, at every point that matters, and started again.

The turn is the one that asks for a visit, so that doubled or half-written effects would show.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from knee_intake.records import schema
from knee_intake.records.database import Database
from knee_intake.settings import Settings
from tests.integration.killer import POINTS

ROOT = Path(__file__).resolve().parents[2]
SOME = (
    "after the text is stored", "in an action", "in the transaction, the visit written",
    "in the transaction, all written", "after the transaction",
)  # fmt: skip
"""One of each kind; the long run dies at all of them."""
START_S = 120
TEXTS = ("book", "yes", "self", "none", "three weeks ago, slowly", "none")


@contextmanager
def server(settings: Settings, model: Path, point: str, flag: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """(address, process) of a real server; it may be dead when the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(ROOT / "tests/integration/killer.py"), "--point", point, "--flag", str(flag)]
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "KNEE_INTAKE_HOME": str(settings.home), "KNEE_INTAKE_MODEL": str(model),
        "KNEE_INTAKE_RATE_LIMITS": "off",
    }  # fmt: skip
    process = subprocess.Popen([*command, "--port", str(port)], env=environment, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(address, process)
        yield address, process
    finally:
        process.kill()
        process.wait(30)


def _wait_until_ready(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended while it started"
        try:
            if requests.get(f"{address}/readyz", timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    pytest.fail("the server did not become ready")


class Caller:
    """A visitor who keeps the key over restarts."""

    def __init__(self, address: str) -> None:
        opened = requests.post(f"{address}/api/conversations", timeout=60).json()
        self.path = f"/api/conversations/{opened['conversation']}"
        self.headers = {"Authorization": f"Bearer {opened['token']}"}
        self.conversation = opened["conversation"]

    def post(self, address: str, text: str, message_id: str) -> requests.Response:
        body = {"id": message_id, "text": text}
        return requests.post(f"{address}{self.path}/messages", json=body, headers=self.headers, timeout=60)

    def say(self, address: str, text: str) -> list[dict[str, Any]]:
        answer = self.post(address, text, str(uuid.uuid4()))
        assert answer.ok, answer.text
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found

    def messages(self, address: str) -> list[dict[str, Any]]:
        answer = requests.get(f"{address}{self.path}/messages", headers=self.headers, timeout=60)
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found

    def come_to_the_read_back(self, address: str) -> None:
        for text in TEXTS:
            replies = self.say(address, text)
        self.say(address, replies[-1]["choices"][0]["value"])
        replies = self.say(address, "Robin, robin@example.org")
        assert replies[-1]["input"]["for"] == "read_back"


def assert_nothing_is_lost_or_doubled(caller: Caller, address: str, settings: Settings, message_id: str) -> None:
    """One message of the visitor's, one reply to it, one visit, no gap."""
    messages = caller.messages(address)
    assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))
    mine = [message for message in messages if message.get("id") == message_id]
    assert len(mine) == 1
    assert sum("Your reference is" in (message["text"] or "") for message in messages) == 1
    database = Database(settings.database)
    with database.read() as connection:
        visits = connection.execute(
            sa.select(schema.bookings.c.status).where(
                schema.bookings.c.conversation_id == caller.conversation, schema.bookings.c.status != "cancelled"
            )
        ).all()
        open_messages = connection.execute(
            sa.select(schema.messages.c.seq).where(schema.messages.c.answered.is_(False))
        ).all()
    database.close()
    assert [row[0] for row in visits] == ["requested"]
    assert open_messages == []


@pytest.mark.parametrize("points", [SOME, pytest.param((*POINTS,), marks=pytest.mark.long)], ids=["some", "all"])
def test_killed_at_any_point_of_a_turn_nothing_is_lost_or_doubled(
    make_settings: Callable[..., Settings], model_path: Path, tmp_path: Path, points: tuple[str, ...]
) -> None:
    settings, flag = make_settings(), tmp_path / "die"
    left: tuple[Caller, str] | None = None
    for number, point in enumerate([*points, "after the transaction"]):
        with server(settings, model_path, point, flag) as (address, process):
            if left is not None:
                caller, message_id = left
                # the visitor's page tries again; without that the start has answered by itself what was stored
                stored = any(message.get("id") == message_id for message in caller.messages(address))
                if number % 2 or not stored:
                    assert caller.post(address, "yes", message_id).ok
                assert_nothing_is_lost_or_doubled(caller, address, settings, message_id)
                assert caller.say(address, "skip"), "the conversation goes on"
            if number == len(points):
                return
            caller, message_id = Caller(address), str(uuid.uuid4())
            caller.come_to_the_read_back(address)
            flag.touch()
            with pytest.raises(requests.RequestException):
                caller.post(address, "yes", message_id)
            assert process.wait(30) == -9
            assert not flag.exists()
            left = (caller, message_id)
