"""Bring a database to the tables of schema.py. Alembic is configured here, in code.

After a change of schema.py, write the revision with

    python -m knee_intake.records.migrate "What changed"

which compares schema.metadata with what the revisions so far make, in a throw-away database in memory.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy.engine import Connection

from knee_intake.errors import StorageError
from knee_intake.records.database import Database
from knee_intake.records.schema import UtcDateTime
from knee_intake.records.transcript_index import is_own

FOLDER = Path(__file__).parent / "migrations"
_LOCK = 4_331_043  # any fixed number: the advisory lock under which PostgreSQL processes migrate one after the other


def migrate(database: Database) -> None:
    """Make or upgrade the tables, in one transaction; nothing happens where they are up to date.

    Raises StorageError where the database cannot be written or was made by a newer version of this program.
    """
    with database.read() as connection:
        if _revision_of(connection) == head():
            return
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        try:
            command.upgrade(_config(connection), "head")
        except CommandError as error:
            raise StorageError("the database was made by a newer version of this program, or by another one") from error


@cache
def head() -> str | None:
    """The newest revision that this program knows."""
    revision: str | None = ScriptDirectory(str(FOLDER)).get_current_head()
    return revision


def _revision_of(connection: Connection) -> str | None:
    """The database's revision; None where it has none yet."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def render_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Our own column type stands in revisions as what it is on disk: a revision must not change with schema.py."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def is_ours(_object: Any, name: str | None, kind: str, _reflected: bool, _compared: Any) -> bool:
    """Alembic compares what schema.py describes; the full-text index is made by statements of its own."""
    return not (kind == "table" and is_own(name))


def new_revision(message: str) -> Path:
    """Write the revision that leads from the revisions so far to schema.metadata; returns its file."""
    database = Database("sqlite://")
    number = len(list((FOLDER / "versions").glob("r*.py"))) + 1
    with database.write() as connection:
        config = _config(connection)
        command.upgrade(config, "head")
        script = command.revision(config, message, autogenerate=True, rev_id=f"r{number:04d}")
    return Path(script.path)


if __name__ == "__main__":
    print(new_revision(sys.argv[1]))
