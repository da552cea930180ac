"""Rasa's own commands as real processes: started together, waited for, ended."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
START_S = 120


def rasa_command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "rasa", *arguments]


def environment(**more: str) -> dict[str, str]:
    """As docs/rasa.md says; the tests' own KNEE_INTAKE_ variables are gone already."""
    return {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        **more,
    }


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def started(log: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """`rasa ARGUMENTS` in the project's folder, its output in `log`, killed when the block ends."""
    with log.open("wb") as out, subprocess.Popen(
        rasa_command(*arguments), cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=out, stderr=out
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def wait_until(ready: Any, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until `ready()` is true. Fails with the process's own words when it ends or takes too long."""
    deadline = time.monotonic() + START_S
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"rasa did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.1)


def answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=5).ok
    except requests.RequestException:
        return False


@dataclass
class RasaProject:
    """`rasa run` and `rasa shell` with `rasa run actions` beside them."""

    address: str
    shell: subprocess.Popen[bytes]
    shell_log: Path

    def visitor(self, name: str) -> RasaVisitor:
        return RasaVisitor(self.address, name)


@dataclass
class RasaVisitor:
    """One sender of Rasa's REST channel."""

    address: str
    name: str
    last: list[dict[str, Any]] | None = None

    def say(self, *texts: str) -> str:
        """Say one text after the other; the words of the reply to the last."""
        for text in texts:
            body = {"sender": self.name, "message": text}
            answer = requests.post(f"{self.address}/webhooks/rest/webhook", json=body, timeout=60)
            assert answer.status_code == 200, answer.text
            self.last = answer.json()
            assert self.last, f"no reply to {text!r}"
        return " | ".join(message["text"] for message in self.last or ())

    @property
    def offered(self) -> list[str]:
        return [button["payload"] for message in self.last or () for button in message.get("buttons", ())]

    def slots(self) -> dict[str, Any]:
        tracker = requests.get(f"{self.address}/conversations/{self.name}/tracker", timeout=60).json()
        found: dict[str, Any] = tracker["slots"]
        return found


@contextmanager
def rasa_project(model: Path, folder: Path) -> Iterator[RasaProject]:
    """All three started at once: most of the time goes into importing Rasa."""
    actions, run, shell = free_port(), free_port(), free_port()
    endpoints = folder / "endpoints.yml"
    endpoints.write_text((ROOT / "endpoints.yml").read_text().replace(":5055", f":{actions}"))
    with_model = ["--model", str(model), "--endpoints", str(endpoints)]
    logs = {name: folder / f"{name}.log" for name in ("actions", "run", "shell")}
    with ExitStack() as stack:
        serving = stack.enter_context(started(logs["actions"], "run", "actions", "--port", str(actions)))
        running = stack.enter_context(
            started(logs["run"], "run", "--enable-api", "-i", "127.0.0.1", "--port", str(run), *with_model)
        )
        shelling = stack.enter_context(started(logs["shell"], "shell", "--port", str(shell), *with_model))
        address = f"http://127.0.0.1:{run}"
        wait_until(lambda: answers(f"http://127.0.0.1:{actions}/health"), serving, logs["actions"])
        wait_until(lambda: answers(f"{address}/status"), running, logs["run"])
        wait_until(lambda: b"Bot loaded" in logs["shell"].read_bytes(), shelling, logs["shell"])
        yield RasaProject(address, shelling, logs["shell"])
