"""The real app in this process: the trained model, a database of its own in a temporary folder, and a clock that walks.

A house takes a few dozen patients; then the next one opens, because a month has only so many free times.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from starlette.testclient import TestClient

from knee_intake.settings import Settings

OPENS = datetime(2026, 3, 10, 15, 0, tzinfo=timezone.utc)
"""A Tuesday morning in New York."""
SECONDS_A_TURN = 20
"""Read a reply, think, type."""
TRIES = 3
"""A turn that failed is sent again with the same id, as the widget does."""
PATIENCE_S = 300
"""A turn may take long where much else runs on the machine; how long is measured apart."""


class WalkingClock:
    """A clock that goes on by as much as patients take, and not by what the machine takes."""

    def __init__(self) -> None:
        self.now = OPENS

    def __call__(self) -> datetime:
        return self.now

    def walk(self) -> None:
        self.now += timedelta(seconds=SECONDS_A_TURN)


@dataclass
class Reply:
    """What one text came to."""

    messages: list[dict[str, Any]]
    """The assistant's messages: text, name, choices, input, alert."""
    intent: str | None
    """As which act the text was understood; None before consent."""
    understood: dict[str, Any] = field(default_factory=dict)
    cpu: float = 0.0
    wall: float = 0.0
    """Seconds, with the client's own share: about a millisecond."""


class Chat:
    """One visitor's side of the visitor API, and a look into its rows."""

    def __init__(self, client: TestClient, store: Any, clock: WalkingClock) -> None:
        self._client, self._store, self._clock = client, store, clock
        opened = client.post("/api/conversations").json()
        self.id, self._token = opened["conversation"], opened["token"]
        self.greeting = [_shown(row) for row in store.transcript(self.id)]

    def say(self, text: str) -> Reply:
        """Send a text. Raises RuntimeError where the answer is not 200."""
        body = {"id": str(uuid.uuid4()), "text": text}
        self._clock.walk()
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(TRIES):
            answer = self._client.post(f"/api/conversations/{self.id}/messages", json=body, headers=self._headers)
            if answer.status_code < 500:
                break
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        if answer.status_code != 200:
            raise RuntimeError(f"{text!r}: {answer.status_code} {answer.text}")
        seq = answer.json()["received"]
        understood = self._store.message(self.id, seq)["understanding"] or {}
        messages = [_shown(row) for row in self._store.replies(self.id, seq)]
        return Reply(messages, understood.get("act"), understood, cpu, wall)

    def intake(self) -> dict[str, Any]:
        """What has been understood so far."""
        found: dict[str, Any] = self._client.get(f"/api/conversations/{self.id}/intake", headers=self._headers).json()
        return found

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}


def _shown(row: Any) -> dict[str, Any]:
    payload = row["payload"] or {}
    return {
        "text": row["text"],
        **{key: payload[key] for key in ("name", "choices", "input", "alert") if key in payload},
    }


@dataclass
class House:
    """An open app."""

    client: TestClient
    store: Any
    clock: WalkingClock

    def chat(self) -> Chat:
        return Chat(self.client, self.store, self.clock)


def load_models(model: str | None = None) -> Any:
    """Rasa's agent and the understanding, once for all houses. `model`: a file; else the newest that fits."""
    from knee_intake import logs
    from knee_intake.web.app import load_models as load

    logs.configure("error")
    return load(Settings.from_environ({}, **({"model": model} if model else {})))


@contextmanager
def open_house(models: Any) -> Iterator[House]:
    """The app with an empty database."""
    from knee_intake.web.app import make_app

    clock = WalkingClock()
    with TemporaryDirectory(prefix="knee-intake-simulator-") as folder:
        url = f"sqlite:///{Path(folder) / 'simulator.sqlite3'}"
        settings = Settings.from_environ(
            {}, database_url=url, secret_key="simulator", rate_limits=False, turn_timeout=PATIENCE_S
        )
        app = make_app(settings, clock=clock, load=lambda _: models)
        with TestClient(app, raise_server_exceptions=False) as client:
            yield House(client, app.state.context.dialogue.store, clock)
