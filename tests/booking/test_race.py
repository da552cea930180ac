"""Many visitors, few times, several processes: each time goes to one, and everybody is told the truth."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from knee_intake.booking.mirrored import MirroredCalendar
from knee_intake.records.database import Database
from knee_intake.records.schema import bookings, conversations
from tests.booking.memory_calendar import MemoryCalendar
from tests.booking.racer import PRACTICE, run, wanted_times
from tests.booking.world import NOW

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 120

Told = dict[str, list[str | None]]


def let_in(database: Database, visitors: int) -> None:
    """Empty records, and a conversation for each visitor."""
    with database.write() as connection:
        connection.execute(bookings.delete())
        connection.execute(conversations.delete())
        for n in range(visitors):
            connection.execute(
                conversations.insert().values(id=f"v{n}", token_hash=b"x" * 32, created_at=NOW, updated_at=NOW)
            )


def race(address: str, visitors: int, times: int, processes: int) -> Told:
    """What each visitor was told."""
    share = visitors // processes
    with ExitStack() as stack:
        racers = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-W", "ignore", "-m", "tests.booking.racer", "--database", address, "--times",
                     str(times), "--visitors", str(n * share), str((n + 1) * share)],
                    cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                )
            )
            for n in range(processes)
        ]  # fmt: skip
        for racer in racers:
            stack.callback(racer.kill)
            assert racer.stdout is not None
            assert racer.stdout.readline() == "ready\n"
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write("go\n")
            racer.stdin.flush()
        told: Told = {}
        for racer in racers:
            told |= json.loads(racer.communicate(timeout=TIMEOUT_S)[0])
        assert [racer.returncode for racer in racers] == [0] * processes
    return told


def assert_each_time_went_to_one(told: Told, database: Database, visitors: int, times: int) -> None:
    assert len(told) == visitors
    assert all(first == second for first, second in told.values()), "the message again, the same answer"
    won = {who: first for who, (first, _) in told.items() if first is not None}
    assert len(won) == times
    with database.read() as connection:
        rows = connection.execute(bookings.select()).all()
    assert {row.conversation_id: row.reference for row in rows} == won
    assert len(rows) == len({row.start for row in rows}) == times
    assert {row.status for row in rows} == {"requested"}


def test_each_time_goes_to_one_visitor_across_processes(migrated_postgres: str, postgres_database: Database) -> None:
    let_in(postgres_database, 40)
    told = race(migrated_postgres, visitors=40, times=8, processes=2)
    assert_each_time_went_to_one(told, postgres_database, 40, 8)


@pytest.mark.long
def test_each_time_goes_to_one_visitor_across_processes_long(
    migrated_postgres: str, postgres_database: Database
) -> None:
    for _ in range(5):
        let_in(postgres_database, 200)
        told = race(migrated_postgres, visitors=200, times=20, processes=4)
        assert_each_time_went_to_one(told, postgres_database, 200, 20)


def test_each_time_goes_to_one_visitor_and_is_on_the_server_once(fast_database: Database) -> None:
    let_in(fast_database, 40)
    server = MemoryCalendar()
    with closing(MirroredCalendar(fast_database, PRACTICE, server)) as calendar:
        told = run(fast_database, calendar, range(40), wanted_times(8))
        assert_each_time_went_to_one(told, fast_database, 40, 8)
        assert len(server.visits) == 8
        assert calendar.compare(NOW).count == 0
