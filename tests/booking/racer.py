"""One process of a race: its visitors all want a time at once. Prints who was told what, as JSON.

Starts when a line comes in on standard input, so that all processes start together.
"""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from types import SimpleNamespace
from typing import Any

from knee_intake.booking import Calendar, FreeTime, Wish
from knee_intake.booking.ahead import save
from knee_intake.booking.embedded import EmbeddedCalendar
from knee_intake.booking.offline import ScheduleCalendar
from knee_intake.dialogue.desk import TurnDesk
from knee_intake.errors import SlotTakenError
from knee_intake.records.database import Database
from tests.booking.world import NOW
from tests.practices import make_practice

THREADS = 8
PRACTICE = make_practice(hours={"value": {"wed": [["08:00", "18:00"]]}, "confirmed": True})
"""Twenty times of half an hour on one day."""


def wanted_times(count: int) -> list[FreeTime]:
    """The first times of the day."""
    day = Wish(earliest=date(2026, 3, 11), latest=date(2026, 3, 11))
    return sorted(ScheduleCalendar(PRACTICE).free_times("first_visit", day, NOW, 100), key=lambda t: t.start)[:count]


def place(database: Database, calendar: Calendar, who: str, time: FreeTime) -> str | None:
    """The reference that the visitor is told; None where they are told that the time is taken."""
    clinic: Any = SimpleNamespace(practice=PRACTICE)
    desk = TurnDesk(calendar, clinic, who, "m1", NOW)

    def commit() -> None:
        with database.write() as connection:
            for effect in desk.effects:
                effect(connection)

    try:
        placed = desk.place(time, "Ann", "ann@example.org")
        save(desk.ahead, commit)
    except SlotTakenError:
        return None
    return placed.reference


def run(database: Database, calendar: Calendar, visitors: range, times: list[FreeTime]) -> dict[str, list[str | None]]:
    """Everybody at once, each message twice as an impatient page sends it; what each visitor was told."""

    def want(visitor: int) -> tuple[str, list[str | None]]:
        who, time = f"v{visitor}", times[visitor % len(times)]
        return who, [place(database, calendar, who, time) for _ in range(2)]

    with ThreadPoolExecutor(THREADS) as pool:
        return dict(pool.map(want, visitors))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True)
    parser.add_argument("--times", type=int, required=True)
    parser.add_argument("--visitors", type=int, nargs=2, required=True)
    args = parser.parse_args()
    with closing(Database(args.database)) as database:
        print("ready", flush=True)
        sys.stdin.readline()
        told = run(database, EmbeddedCalendar(database, PRACTICE), range(*args.visitors), wanted_times(args.times))
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
