"""The revisions make exactly the tables of schema.py, whole or not at all."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from knee_intake.errors import StorageError
from knee_intake.records import migrate as migrate_module
from knee_intake.records.database import Database
from knee_intake.records.migrate import _config, head, is_ours, migrate
from knee_intake.records.schema import conversations, facets, metadata, staff, staff_tokens


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'records.sqlite3'}")


def _definitions(database: Database) -> dict[str, list[str]]:
    """Each table and index as SQLite keeps it, without spaces, quotes and the order of constraints."""
    with database.read() as connection:
        rows = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")).all()
    return {
        name: sorted(re.split(r"[\s,]+", sql.replace('"', "").replace("(", " ( ").replace(")", " ) ")))
        for name, sql in rows
        if name != "alembic_version"
    }


def test_a_migrated_database_equals_the_metadata(database: Database, tmp_path: Path) -> None:
    migrate(database)
    made = Database(f"sqlite:///{tmp_path / 'made.sqlite3'}")
    with made.write() as connection:
        metadata.create_all(connection)
    assert _definitions(database) == _definitions(made)


def test_alembic_sees_no_difference_either(database: Database) -> None:
    migrate(database)
    with database.read() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_object": is_ours}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_migrating_twice_changes_nothing_and_keeps_what_is_there(database: Database) -> None:
    migrate(database)
    with database.write() as connection:
        connection.execute(
            sa.text("INSERT INTO facts (name, at, number) VALUES ('heartbeat', '2026-11-23 10:00:00', 1)")
        )
    migrate(database)
    with database.read() as connection:
        assert connection.execute(sa.text("SELECT number FROM facts")).scalar() == 1
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == head()


def test_a_migration_that_breaks_leaves_nothing_behind(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off(_connection: object, *_arguments: object, **_options: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("alembic.runtime.migration.HeadMaintainer._insert_version", break_off)
    with pytest.raises(RuntimeError, match="power cut"):
        migrate(database)
    assert _definitions(database) == {}


def test_a_database_of_a_newer_version_is_refused(database: Database) -> None:
    migrate(database)
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'r9999'"))
    with pytest.raises(StorageError, match="newer version"):
        migrate(database)


def test_a_database_that_cannot_be_written_is_a_storage_error(tmp_path: Path) -> None:
    file = tmp_path / "records.sqlite3"
    file.write_text("this is a letter, not a database " * 40)
    with pytest.raises(StorageError):
        migrate(Database(f"sqlite:///{file}"))


def test_visits_from_before_there_was_a_remote_calendar_are_kept_and_known_to_be_on_none(database: Database) -> None:
    with database.write() as connection:
        command.upgrade(_config(connection), "r0001")
        connection.execute(
            sa.text(
                "INSERT INTO bookings (id, reference, kind, clinician, start, end, status, source, sequence,"
                " created_at, updated_at) VALUES ('1', 'CCC-CCC', 'visit', 'one', '2026-03-10 10:00:00',"
                " '2026-03-10 10:30:00', 'booked', 'widget', 1, '2026-03-09 10:00:00', '2026-03-09 10:00:00')"
            )
        )
    migrate(database)
    look = sa.text("SELECT reference, status, sequence, remote_sequence FROM bookings")
    with database.write() as connection:
        assert connection.execute(look).all() == [("CCC-CCC", "booked", 1, None)]
        command.downgrade(_config(connection), "r0001")
        assert connection.execute(sa.text("SELECT reference, status FROM bookings")).all() == [("CCC-CCC", "booked")]


def test_what_was_there_before_the_queue_is_found_filtered_and_taken_for_seen(database: Database) -> None:
    with database.write() as connection:
        command.upgrade(_config(connection), "r0004")
        at = "2026-03-10 10:00:00"
        for statement in (
            "INSERT INTO conversations (id, token_hash, created_at, updated_at, version, last_seq, status, urgency,"
            f" consent_at, handled_by, demo) VALUES"
            f" ('a', x'00', '{at}', '{at}', 1, 2, 'active', 'soon', '{at}', 'bot', 1)",
            "INSERT INTO messages (conversation_id, seq, sender, at, text, understanding) VALUES"
            f" ('a', 1, 'visitor', '{at}', 'my knee', '{{\"intent\": \"book\", \"confidence\": 0.3}}'),"
            f" ('a', 2, 'bot', '{at}', NULL, NULL)",
            "INSERT INTO intakes (conversation_id, data, done, total, updated_at) VALUES"
            f' (\'a\', \'{{"answers": {{"pain_location": {{"value": ["medial"]}}}}}}\', 1, 2, \'{at}\')',
        ):
            connection.exec_driver_sql(statement)
    migrate(database)
    with database.write() as connection:
        assert connection.execute(sa.select(facets.c.name, facets.c.value).order_by(facets.c.name)).all() == [
            ("answer:pain_location", "medial"), ("intent", "book"), ("low", "yes"),
        ]  # fmt: skip
        found = connection.exec_driver_sql("SELECT rowid FROM search_words WHERE search_words MATCH 'knee'").all()
        assert found == [(1,)]
        row = connection.execute(sa.select(conversations)).one()
        assert (row.review, row.assignee, row.seen_seq) == ("new", None, 2)
        connection.execute(sa.delete(conversations))
        command.downgrade(_config(connection), "r0004")
    assert not any(name.startswith("search") or name in ("tags", "facets") for name in _definitions(database))


def test_every_revision_has_a_place_in_one_line() -> None:
    files = list((migrate_module.FOLDER / "versions").glob("r*.py"))
    script = migrate_module.ScriptDirectory(str(migrate_module.FOLDER))
    assert len(list(script.walk_revisions())) == len(files)
    assert len(script.get_heads()) == 1


def test_the_one_token_of_before_is_the_first_of_several_and_the_way_back_keeps_it(database: Database) -> None:
    with database.write() as connection:
        command.upgrade(_config(connection), "r0006")
        for name, token in (("Ana", "x'aa'"), ("Zoe", "NULL")):
            connection.exec_driver_sql(
                "INSERT INTO staff (name, role, token_hash, disabled, failed_logins, created_at)"
                f" VALUES ('{name}', 'admin', {token}, 0, 0, '2026-03-10 10:00:00')"
            )
    migrate(database)
    with database.write() as connection:
        tokens = connection.execute(
            sa.select(staff_tokens.c.staff_id, staff_tokens.c.token_hash, staff_tokens.c.scopes)
        )
        assert tokens.all() == [(1, b"\xaa", "read write export fhir")]
        assert connection.execute(sa.select(staff.c.token_hash, staff.c.must_change)).all() == [(None, False)] * 2
        values = {"name": "narrow", "token_hash": b"b", "scopes": "read", "created_at": sa.func.now()}
        connection.execute(sa.insert(staff_tokens).values(staff_id=2, **values))
        command.downgrade(_config(connection), "r0006")
        found = connection.exec_driver_sql("SELECT name, token_hash FROM staff ORDER BY id").all()
        assert found == [("Ana", b"\xaa"), ("Zoe", None)]
