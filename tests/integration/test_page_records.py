"""Notes, verdicts, ticks and "next" in both databases, and what two people do at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from knee_intake.errors import ReviewChangedError
from knee_intake.interview.model import Answer
from knee_intake.records import chart_entries, notes, schema
from knee_intake.records.database import Database
from knee_intake.records.migrate import migrate
from knee_intake.records.queue_next import next_new
from knee_intake.records.staff_accounts import Member
from knee_intake.records.staff_queries import mark
from tests.integration.staff_rows import NOW, add_alert, add_conversation, an_intake, conversation_id
from tests.integration.test_audit_chain import postgres

__all__ = ["postgres"]
ONE = conversation_id(1)
DANA, LEE = Member(1, "dana", "manager"), Member(2, "lee", "reviewer")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of this test with two members and one conversation."""
    sqlite = request.param == "sqlite"
    with closing(
        Database(f"sqlite:///{tmp_path / 'records.sqlite3'}" if sqlite else request.getfixturevalue("postgres"))
    ) as database:
        if not sqlite:
            with database.write() as connection:
                connection.execute(sa.text("DROP SCHEMA public CASCADE"))
                connection.execute(sa.text("CREATE SCHEMA public"))
        migrate(database)
        with database.write() as connection:
            for member in (DANA, LEE):
                row = {"id": member.id, "name": member.name, "role": member.role, "created_at": NOW}
                connection.execute(sa.insert(schema.staff).values(**row))
            add_conversation(connection, 1)
        yield database


def together(*deeds: Callable[[], object]) -> list[object]:
    """Do them at the same moment; what each gave, or the error that it ended in."""
    gate, found = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(place: int, deed: Callable[[], object]) -> None:
        gate.wait()
        try:
            found[place] = deed()  # type: ignore[call-overload]
        except ReviewChangedError as error:
            found[place] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=one) for one in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(found)


def enter(database: Database, member: Member, number: str, was: int = chart_entries.NONE) -> int | None:
    with database.write() as connection:
        content = chart_entries.content_of(connection, ONE)
        return chart_entries.enter(
            connection, ONE, was=was, number=number, content=content, staff_id=member.id, now=NOW
        )  # fmt: skip


def test_of_two_who_tick_at_once_one_is_told(database: Database) -> None:
    found = together(lambda: enter(database, DANA, "A"), lambda: enter(database, LEE, "B"))
    assert sorted(type(one).__name__ for one in found) == ["ReviewChangedError", "int"]
    with database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(schema.chart_entries)).scalar() == 1


def test_a_form_that_comes_twice_at_once_does_it_once(database: Database) -> None:
    def note() -> object:
        with database.write() as connection:
            return notes.add_note(connection, DANA, ONE, key="k", text="@lee, look", now=NOW)

    assert sorted(map(str, together(note, note))) == ["(1, (2,))", "None"]
    assert sorted(map(str, together(lambda: enter(database, DANA, "A"), lambda: enter(database, DANA, "A")))) == [
        "1", "None",
    ]  # fmt: skip


def test_what_changed_after_the_tick_is_listed_and_nothing_else(database: Database) -> None:
    enter(database, DANA, "A")
    intake = an_intake()
    for goal, listed in ((None, []), ("dance", [ONE])):
        if goal:
            intake.answers["goal"] = Answer(goal, goal, 16)
        with database.write() as connection:
            later = NOW + timedelta(minutes=1)
            connection.execute(sa.update(schema.intakes).values(data=intake.to_dict(), updated_at=later))
            connection.execute(sa.update(schema.conversations).values(updated_at=later))
            assert [one.id for one in chart_entries.changed_since(connection)] == listed
    with database.write() as connection:
        assert chart_entries.undo(connection, ONE, 1, LEE.id, NOW)
        assert not chart_entries.undo(connection, ONE, 1, LEE.id, NOW)
        items, behind = chart_entries.not_entered(connection, after=None, closed=False)
    assert ([one.id for one in items], behind) == ([ONE], None)


def test_every_deed_changes_the_conversation_s_mark(database: Database) -> None:
    marks = []
    deeds: list[Callable[[sa.engine.Connection], object]] = [
        lambda _: None,
        lambda connection: notes.add_note(connection, DANA, ONE, key="k", text="a", now=NOW),
        lambda connection: notes.remove_note(connection, DANA, ONE, 1, NOW),
        lambda connection: notes.give_verdict(connection, DANA, ONE, "missed", "", NOW),
        lambda connection: notes.give_verdict(connection, DANA, ONE, "understood", "", NOW + timedelta(seconds=1)),
        lambda connection: chart_entries.enter(
            connection, ONE, was=0, number="A", content=bytes(32), staff_id=1, now=NOW
        ),
        lambda connection: chart_entries.undo(connection, ONE, 1, 1, NOW),
    ]
    for deed in deeds:
        with database.write() as connection:
            deed(connection)
            marks.append(mark(connection, ONE))
    assert len(set(marks)) == len(deeds)


def test_mentions_are_seen_and_the_next_one_is_found(database: Database) -> None:
    with database.write() as connection:
        add_alert(connection, add_conversation(connection, 2, urgency="soon", at=NOW - timedelta(days=1)))
        notes.add_note(connection, DANA, ONE, key="k", text="@Lee and @lee", now=NOW)
        assert [(one.note.author, one.seen) for one in notes.mentions_of(connection, LEE)] == [("dana", False)]
        notes.see_mentions(connection, LEE, ONE, NOW)
        assert [one.seen for one in notes.mentions_of(connection, LEE)] == [True]
        assert next_new(connection, ONE) == conversation_id(2)
        assert next_new(connection, conversation_id(2)) == ONE
