"""The connection: errors become ours, a file that goes away is noticed, and comes back whole."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from knee_intake.errors import SettingsError, StorageError
from knee_intake.records import schema
from knee_intake.records.database import Database, after_commit
from tests.conftest import NOW


def put(database: Database, name: str) -> None:
    with database.write() as connection:
        connection.execute(schema.facts.insert().values(name=name, at=NOW))


def names(database: Database) -> list[str]:
    with database.read() as connection:
        return [row[0] for row in connection.execute(sa.select(schema.facts.c.name).order_by(schema.facts.c.name))]


def test_a_file_that_was_moved_away_is_noticed_and_found_again(database: Database, tmp_path: Path) -> None:
    put(database, "before")
    file, away = tmp_path / "test.sqlite3", tmp_path / "away.sqlite3"
    with database.engine.connect() as connection:  # nothing may wait in the log beside the file
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    file.rename(away)
    with pytest.raises(StorageError):
        put(database, "while it is away")
    away.replace(file)
    put(database, "after")
    assert names(database) == ["after", "before"]


def test_an_address_that_is_none_is_said_so() -> None:
    with pytest.raises(SettingsError, match="KNEE_INTAKE_DATABASE_URL"):
        Database("no address")


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="folder"):
        Database(f"sqlite:///{tmp_path / 'file' / 'below' / 'x.sqlite3'}")


def test_a_failed_block_writes_nothing(database: Database) -> None:
    def fail() -> None:
        with database.write() as connection:
            connection.execute(schema.facts.insert().values(name="half", at=NOW))
            raise KeyError("half way")

    with pytest.raises(KeyError):
        fail()
    assert names(database) == []


def test_what_waits_for_the_commit_is_done_after_it_and_only_then(database: Database) -> None:
    seen: list[list[str]] = []
    with database.write() as connection:
        after_commit(connection, lambda: seen.append(names(database)))
        connection.execute(schema.facts.insert().values(name="whole", at=NOW))
        assert seen == []
    assert seen == [["whole"]]

    def fail() -> None:
        with database.write() as connection:
            after_commit(connection, lambda: seen.append(["never"]))
            raise KeyError("half way")

    with pytest.raises(KeyError):
        fail()
    put(database, "later")
    assert seen == [["whole"]]


def test_an_error_quotes_no_value(database: Database) -> None:
    def fail() -> None:
        with database.write() as connection:
            connection.execute(sa.text("INSERT INTO nowhere VALUES (:words)"), {"words": "my zebra knee"})

    with pytest.raises(StorageError) as caught:
        fail()
    assert "zebra" not in f"{caught.value} {caught.value.__cause__}"
