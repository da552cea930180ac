"""The loop's records on PostgreSQL: gathered, judged, decided, approved, and one build at a time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from zoneinfo import ZoneInfo

import pytest

from knee_intake.errors import BuildError
from knee_intake.records.database import Database
from knee_intake.records.learning import Keeper, collect, days_since, judge
from knee_intake.records.lessons import Decision, approve, approved, count_open, decide, inbox, read_lesson, to_approve
from knee_intake.records.migrate import migrate
from knee_intake.records.model_builds import begin, newest
from knee_intake.records.store import Store
from tests.integration.learning_rows import add_corrected, add_misread, read
from tests.integration.staff_rows import NOW, add_conversation, add_message
from tests.postgres_server import postgres_server

KEEPER = Keeper(b"k" * 32, ZoneInfo("America/New_York"))


@pytest.fixture(scope="module")
def records() -> Iterator[Database]:
    with postgres_server() as address, closing(Database(address)) as database:
        migrate(database)
        yield database


def test_a_sentence_goes_its_whole_way(records: Database) -> None:
    with records.write() as connection:
        add_misread(connection, 1, "do you take plan 1")
        add_misread(connection, 2, "Do you take plan 2?")
        made = add_corrected(connection, 3)
    with records.write() as connection:
        assert not collect(connection, KEEPER, NOW, most=2)
        assert collect(connection, KEEPER, NOW, most=5)
        assert judge(connection, made, 3, KEEPER, 1, wrong=True)
    with records.write() as connection:
        lines = [(line.text, line.count, line.reasons) for line in inbox(connection)]
        assert lines == [
            ("actually my right one", 1, ("judged",)), ("do you take plan 1", 2, ("rejected",)),
            ("it is the left-hand side as you face me", 1, ("corrected",)),
        ]  # fmt: skip
        lesson = inbox(connection, "rejected")[0].lesson
        assert read_lesson(connection, lesson).known.contacts == ("+12125550198",)
        wanted = Decision("learn", "ask_cost", {"symptoms": ["swelling"]}, ("fever",))
        assert decide(connection, lesson, "open", wanted, None, 1, NOW)
        assert not decide(connection, lesson, "open", wanted, None, 1, NOW)
        assert [one.id for one in to_approve(connection, limit=5)] == [lesson]
        assert approve(connection, lesson, "do you take my plan", dated=False, staff_id=1, now=NOW)
    with records.read() as connection:
        assert count_open(connection)["all"] == 2
        assert [one.text for one in approved(connection)] == ["do you take my plan"]
        assert [(day, one.said, one.judged) for day, one in days_since(connection, "2026-11-01")] == [
            ("2026-11-23", 4, 1)
        ]


def test_a_thumb_that_is_pressed_by_many_fingers_at_once_is_one(records: Database) -> None:
    with records.write() as connection:
        made = add_conversation(connection, 70)
        understood = read("ask_cost", 0.9)
        add_message(connection, made, 1, "visitor", "what does it cost", understanding=understood, answered=True)
        add_message(connection, made, 2, "bot", "Please ask.", reply_to=1, payload={"rate": True})
    store = Store(records, b"k" * 32)

    def gathered() -> list[tuple[str, ...]]:
        with records.write() as connection:
            assert collect(connection, KEEPER, NOW, most=1000)
            return [line.reasons for line in inbox(connection, "thumbed")]

    def press(_number: int) -> bool:
        return store.thumb(made, 2, NOW, down=True)

    with ThreadPoolExecutor(6) as fingers:
        assert sorted(fingers.map(press, range(6))) == [False] * 5 + [True]
    assert [row["thumbed"] for row in store.transcript(made)] == [False, True]
    assert gathered() == [("thumbed",)]
    assert store.thumb(made, 2, NOW, down=False)
    assert gathered() == []


def test_two_who_gather_at_once_make_each_lesson_once(records: Database) -> None:
    with records.write() as connection:
        for number in range(20, 60):
            add_misread(connection, number, "a sentence that is said by many")

    def look(_number: int) -> bool:
        with records.write() as connection:
            return collect(connection, KEEPER, NOW, most=100)

    with ThreadPoolExecutor(6) as people:
        assert all(people.map(look, range(6)))
    with records.read() as connection:
        assert [(line.text, line.count) for line in inbox(connection, "rejected")] == [
            ("a sentence that is said by many", 40)
        ]


def test_of_many_who_press_the_button_at_once_one_begins_a_build(records: Database) -> None:
    def press(_number: int) -> bool:
        try:
            with records.write() as connection:
                begin(connection, lessons=1, staff_id=None, now=NOW)
        except BuildError:
            return False
        return True

    with ThreadPoolExecutor(6) as people:
        assert sum(people.map(press, range(6))) == 1
    with records.read() as connection:
        assert len(newest(connection)) == 1
