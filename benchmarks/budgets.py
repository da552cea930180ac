"""What one process needs, held against its budgets: start, memory, CPU and time a message, 64 conversations at once.

    python -m benchmarks.budgets [--conversations 5] [--at-once 64]

Starts `knee-intake serve` on a free port with an empty database, plays whole conversations with typed words (those of
examples/whole_conversation.py) and prints a table. The exit status is 1 where a budget is exceeded. Figures are only
comparable when nothing else runs on the machine; the load is printed beside them.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from examples.whole_conversation import WORDS

READY_S = 300
"""A first start may have to train."""
TIMEOUT_S = 60
MOST_TURNS = 30
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Played:
    """What one conversation gave: seconds a message, and how many answers were empty or not 200."""

    seconds: list[float] = field(default_factory=list)
    lost: int = 0
    finished: bool = False


class Server:
    """The real process."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        environ = {
            **os.environ,
            "KNEE_INTAKE_DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite3'}",
            "KNEE_INTAKE_RATE_LIMITS": "off",
            "KNEE_INTAKE_LOG_LEVEL": "error",
        }
        command = [sys.executable, "-m", "knee_intake.cli", "serve", "--port", str(port)]
        self.process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)

    def wait_until_ready(self) -> float:
        """Seconds from the start of the process."""
        started = time.monotonic()
        while time.monotonic() - started < READY_S:
            if self.process.poll() is not None:
                sys.exit("the server did not start; run `knee-intake serve` to see why")
            try:
                if requests.get(f"{self.address}/readyz", timeout=TIMEOUT_S).ok:
                    return time.monotonic() - started
            except requests.ConnectionError:
                pass
            time.sleep(0.1)
        sys.exit(f"the server was not ready after {READY_S} s")

    @property
    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def peak_mb(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()


@contextmanager
def serving() -> Iterator[Server]:
    with TemporaryDirectory(prefix="knee-intake-bench-") as folder:
        server = Server(Path(folder))
        try:
            yield server
        finally:
            server.stop()


def play(address: str) -> Played:
    """One visitor from the first word to the end, by typed words alone."""
    played, session = Played(), requests.Session()
    opened = session.post(f"{address}/api/conversations", timeout=TIMEOUT_S).json()
    path = f"{address}/api/conversations/{opened['conversation']}"
    session.headers["Authorization"] = f"Bearer {opened['token']}"
    asked = asked_in(opened["messages"])
    for _ in range(MOST_TURNS):
        body = {"id": str(uuid.uuid4()), "text": WORDS[asked or "door"]}
        started = time.monotonic()
        answer = session.post(f"{path}/messages", json=body, timeout=TIMEOUT_S)
        played.seconds.append(time.monotonic() - started)
        messages = answer.json().get("messages") if answer.ok else None
        if not messages:
            played.lost += 1
            break
        asked = asked_in(messages) or asked
        if session.get(f"{path}/intake", timeout=TIMEOUT_S).json()["status"] == "finished":
            played.finished = True
            break
    return played


def asked_in(messages: list[dict[str, object]]) -> str | None:
    """The field of the last question."""
    asked = None
    for message in messages:
        given = message.get("input")
        asked = given["for"] if isinstance(given, dict) else asked
    return asked


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conversations", type=int, default=5, help="played one after the other")
    parser.add_argument("--at-once", type=int, default=64)
    args = parser.parse_args()
    print(f"{os.cpu_count()} cores, load before the start {os.getloadavg()[0]:.1f}")
    rows: list[bool] = []

    def row(what: str, value: float, budget: float, unit: str, fits: Callable[[float, float], bool]) -> None:
        rows.append(fits(value, budget))
        print(f"  {'ok  ' if rows[-1] else 'OVER'}  {what:44} {value:9.1f} {unit:10} budget {budget:g}")

    def most(value: float, budget: float) -> bool:
        return value <= budget

    with serving() as server:
        row("start to ready", server.wait_until_ready(), 40, "s", most)
        play(server.address)  # the first conversation warms what is loaded late
        before = server.cpu_seconds
        alone = [play(server.address) for _ in range(args.conversations)]
        seconds = sorted(second for played in alone for second in played.seconds)
        row("CPU a message", 1000 * (server.cpu_seconds - before) / len(seconds), 25, "ms", most)
        row("time a message, one visitor, median", 1000 * statistics.median(seconds), 30, "ms", most)
        row("time a message, one visitor, 95 of 100", 1000 * seconds[int(0.95 * len(seconds))], 70, "ms", most)
        started = time.monotonic()
        with ThreadPoolExecutor(args.at_once) as pool:
            crowd = list(pool.map(play, [server.address] * args.at_once))
        rate = sum(len(played.seconds) for played in crowd) / (time.monotonic() - started)
        row(f"messages a second, {args.at_once} at once", rate, 40, "", lambda value, budget: value >= budget)
        row("answers that were empty or failed", sum(played.lost for played in alone + crowd), 0, "", most)
        unfinished = sum(not played.finished for played in alone + crowd)
        row("conversations that did not end", unfinished, 0, "", most)
        row("memory at its highest", server.peak_mb, 1000, "MB", most)
    return 0 if all(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
