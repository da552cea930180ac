"""The audit log is one chain that can only grow, on both databases; who gets around that is found."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.engine import Connection

from knee_intake import cli
from knee_intake.records.audit import verify, write_audit
from knee_intake.records.audit_chain import START, guard_statements, unguard_statements
from knee_intake.records.database import Database
from knee_intake.records.migrate import _config, migrate
from knee_intake.records.schema import audit
from tests.integration.staff_rows import NOW
from tests.postgres_server import postgres_server

Change = Callable[[Connection], object]


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with postgres_server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without a table."""
    if request.param == "sqlite":
        with closing(Database(f"sqlite:///{tmp_path / 'records.sqlite3'}")) as database:
            yield database
        return
    with closing(Database(request.getfixturevalue("postgres"))) as database:
        with database.write() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        yield database


@pytest.fixture
def log(empty: Database) -> Database:
    """A log of five rows."""
    migrate(empty)
    with empty.write() as connection:
        for number in range(1, 6):
            write_audit(
                connection, now=NOW + timedelta(microseconds=number), staff_id=number % 2 or None, action="view",
                subject=f"zoë {number}", detail={"b": [1, 2.5], "a": {"live": True}} if number % 2 else None,
            )  # fmt: skip
    return empty


def _verify(database: Database, noted: bytes | None = None) -> tuple[int, int | None, bool]:
    with database.read() as connection:
        found = verify(connection, noted)
    return found.rows, found.broken, found.noted


def _tamper(database: Database, change: Change) -> None:
    """Change the log behind the triggers' back."""
    with database.write() as connection:
        for statement in unguard_statements(connection.dialect.name):
            connection.exec_driver_sql(statement)
        change(connection)
        for statement in guard_statements(connection.dialect.name):
            connection.exec_driver_sql(statement)


def test_an_empty_log_holds_together(empty: Database) -> None:
    migrate(empty)
    with empty.read() as connection:
        assert verify(connection).last == START
    assert _verify(empty) == (0, None, True)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit SET action = 'list' WHERE id = 3", "DELETE FROM audit WHERE id = 5", "DELETE FROM audit"],
)
def test_the_database_itself_refuses_to_change_the_log(log: Database, statement: str) -> None:
    with (
        pytest.raises(sa.exc.IntegrityError, match="the audit log is only added to"),
        log.write() as connection,
    ):
        connection.exec_driver_sql(statement)
    assert _verify(log) == (5, None, True)


def test_nor_can_it_be_emptied_or_replaced_in_other_words(log: Database) -> None:
    other_words = (
        "INSERT OR REPLACE INTO audit (id, at, action, hash) VALUES (5, '2026-01-01', 'x', x'00')"
        if log.is_sqlite
        else "TRUNCATE audit"
    )
    with pytest.raises(sa.exc.IntegrityError, match="the audit log is only added to"), log.write() as connection:
        connection.exec_driver_sql(other_words)
    assert _verify(log) == (5, None, True)


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (sa.update(audit).where(audit.c.id == 3).values(action="list"), 3),
        (sa.update(audit).where(audit.c.id == 3).values(subject=None), 3),
        (sa.update(audit).where(audit.c.id == 3).values(staff_id=2), 3),
        (sa.update(audit).where(audit.c.id == 3).values(detail={"b": [1, 2.5]}), 3),
        (sa.update(audit).where(audit.c.id == 3).values(at=NOW), 3),
        (sa.update(audit).where(audit.c.id == 3).values(hash=START), 3),
        (sa.delete(audit).where(audit.c.id == 1), 2),
        (sa.delete(audit).where(audit.c.id == 4), 5),
        (sa.insert(audit).values(id=9, at=NOW, action="view", hash=START), 9),
    ],
    ids=["action", "subject", "member", "detail", "time", "hash", "first gone", "one gone", "one put in"],
)
def test_tampering_is_found_at_the_first_row_that_does_not_fit(log: Database, change: object, broken: int) -> None:
    _tamper(log, lambda connection: connection.execute(change))
    assert _verify(log)[1] == broken


def test_a_cut_end_is_found_by_a_hash_that_was_noted(log: Database) -> None:
    with log.read() as connection:
        noted = verify(connection).last
    assert _verify(log, noted) == (5, None, True)
    with log.write() as connection:
        write_audit(connection, now=NOW, action="view")
    assert _verify(log, noted) == (6, None, True)
    _tamper(log, lambda connection: connection.execute(sa.delete(audit).where(audit.c.id > 4)))
    assert _verify(log) == (4, None, True)
    assert _verify(log, noted) == (4, None, False)


def test_what_is_undone_leaves_no_row_and_no_gap_in_the_chain(log: Database) -> None:
    def undone() -> None:
        with log.write() as connection:
            write_audit(connection, now=NOW, action="view")
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        undone()
    with log.write() as connection:
        write_audit(connection, now=NOW, action="view")
    assert _verify(log) == (6, None, True)


def test_many_at_once_make_one_chain(log: Database) -> None:
    start, failures = threading.Barrier(6), []

    def work(number: int) -> None:
        start.wait(timeout=10)
        try:
            for turn in range(8):
                with log.write() as connection:
                    write_audit(connection, now=NOW, staff_id=number, action="view", subject=str(turn))
                    connection.execute(sa.select(sa.func.count()).select_from(audit))  # work after the call
                    write_audit(connection, now=NOW, staff_id=number, action="list")
        except Exception as error:  # noqa: BLE001 (shown by the assertion)
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)
    assert failures == []
    assert _verify(log) == (5 + 6 * 8 * 2, None, True)


def test_what_was_there_before_is_chained_and_can_go_back(empty: Database) -> None:
    before = sa.table("audit", *(sa.column(name) for name in ("at", "action", "subject", "detail")))
    with empty.write() as connection:
        command.upgrade(_config(connection), "r0005")
        rows = [
            {"at": datetime(2026, 3, day, 10, 0, 0, 5, tzinfo=timezone.utc), "action": "view", "subject": "é",
             "detail": '{"tags_added": ["robin"], "a": 1}' if day % 2 else None}
            for day in range(1, 10)
        ]  # fmt: skip
        put = sa.text("INSERT INTO audit (at, action, subject, detail) VALUES (:at, :action, :subject, :detail)")
        if empty.is_sqlite:
            rows = [{**row, "at": f"{row['at']:%Y-%m-%d %H:%M:%S.%f}"} for row in rows]
        connection.execute(put, rows)
    migrate(empty)
    assert _verify(empty) == (9, None, True)
    with empty.read() as connection:
        details = connection.execute(sa.select(audit.c.detail).order_by(audit.c.id)).scalars().all()
    assert details == [*[{"tags_added": 1, "a": 1}, None] * 4, {"tags_added": 1, "a": 1}]
    with empty.write() as connection:
        write_audit(connection, now=NOW, action="view")
    assert _verify(empty) == (10, None, True)
    with empty.write() as connection:
        command.downgrade(_config(connection), "r0005")
        assert connection.execute(sa.select(sa.func.count()).select_from(before)).scalar_one() == 10
        connection.exec_driver_sql("DELETE FROM audit")


# -- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("KNEE_INTAKE_DATABASE_URL", f"sqlite:///{tmp_path / 'home.sqlite3'}")
    with closing(Database(f"sqlite:///{tmp_path / 'home.sqlite3'}")) as database:
        migrate(database)
        with database.write() as connection:
            for _ in range(3):
                write_audit(connection, now=NOW, action="view")
        yield database


def test_the_command_counts_and_names_the_last_hash(at_home: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["audit", "verify"]) == 0
    words, last = capsys.readouterr().out.strip().rsplit(" ", 1)
    assert words == "3 rows hold together; last hash"
    assert cli.main(["audit", "verify", "--noted", last]) == 0
    assert cli.main(["audit", "verify", "--noted", "0" * 64]) == 1
    assert "none of the 3 rows has the noted hash" in capsys.readouterr().err


def test_the_command_names_the_first_broken_row(at_home: Database, capsys: pytest.CaptureFixture[str]) -> None:
    _tamper(at_home, lambda connection: connection.execute(sa.update(audit).where(audit.c.id == 2).values(subject="x")))
    assert cli.main(["audit", "verify"]) == 1
    assert capsys.readouterr() == ("", "BROKEN at row 2; the 1 before it hold together\n")


@pytest.mark.parametrize("text", ["", "xyz", "0" * 63, "g" * 64])
def test_a_hash_that_is_none_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["audit", "verify", "--noted", text])
    assert "64 hexadecimal digits" in capsys.readouterr().err
