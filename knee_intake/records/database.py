"""The connection to the database: SQLite by default, PostgreSQL for more than one process."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from knee_intake.errors import SettingsError, StorageError

log = logging.getLogger(__name__)

POOL_SIZE = 10
TIMEOUT_S = 10.0
"""How long a statement waits for a lock or a connection."""
LOG_WAIT_MS = 2000
"""How long the emptying of the write-ahead log waits for readers."""


class Database:
    """An engine, and transactions on it whose failures are StorageError."""

    def __init__(self, url: str) -> None:
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise SettingsError("KNEE_INTAKE_DATABASE_URL: expected an SQLAlchemy address") from None
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite and parsed.database and parsed.database != ":memory:":
            try:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                folder = Path(parsed.database).parent
                raise StorageError(f"{folder}: cannot make the database's folder: {error.strerror}") from error
        arguments: dict[str, Any] = {"connect_timeout": int(TIMEOUT_S)}
        if self.is_sqlite:
            arguments = {"timeout": TIMEOUT_S, "check_same_thread": False}
        self.engine = sa.create_engine(
            parsed,
            future=True,
            poolclass=QueuePool,  # SQLite too: opening a file anew for every transaction costs more than the work in it
            pool_size=POOL_SIZE,
            pool_timeout=TIMEOUT_S,
            pool_pre_ping=not self.is_sqlite,
            connect_args=arguments,
            hide_parameters=True,  # an error's text must not quote a patient
        )
        if self.is_sqlite:
            sa.event.listen(self.engine, "connect", _tune_sqlite)
            sa.event.listen(self.engine, "begin", _begin_sqlite)
            if parsed.database and parsed.database != ":memory:":
                _watch_file(self.engine, parsed.database)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may write; on SQLite it takes the write lock at once. Maps errors to StorageError."""
        last: list[Callable[[], None]] = []
        afterwards: list[Callable[[], None]] = []
        options = {"writes": True, "before_commit": last, "after_commit": afterwards}
        with (
            _mapped(),
            self.engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            yield connection
            for work in last:
                work()
        for work in afterwards:
            work()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that only reads; never waits for a writer on SQLite (WAL)."""
        with _mapped(), self.engine.connect() as connection, connection.begin():
            yield connection

    def empty_log(self) -> None:
        """Empty SQLite's write-ahead log, in which deleted rows would stay readable for a while.

        Where somebody reads meanwhile it is left for the next time.
        """
        self._tidy_file("PRAGMA wal_checkpoint(TRUNCATE)", wait_ms=LOG_WAIT_MS)

    def scrub(self) -> None:
        """Write SQLite's file anew: pages that were split keep pieces of rows which nobody can delete any more.

        Whoever writes waits meanwhile, seconds for a gigabyte. Where that cannot be done it is left for the next time.
        """
        self._tidy_file("VACUUM", wait_ms=int(TIMEOUT_S * 1000))
        self.empty_log()

    def _tidy_file(self, statement: str, *, wait_ms: int) -> None:
        if not self.is_sqlite:
            return
        connection = self.engine.raw_connection()
        try:
            connection.execute(f"PRAGMA busy_timeout={wait_ms}")
            connection.execute(statement)
        except sqlite3.OperationalError:
            log.warning("the database's file is busy: its traces of deleted rows are left for the next time")
        finally:
            connection.execute(f"PRAGMA busy_timeout={int(TIMEOUT_S * 1000)}")
            connection.close()

    def close(self) -> None:
        self.engine.dispose()


def before_commit(connection: Connection, work: Callable[[], None]) -> None:
    """Have `work` done as the last thing in the transaction of `Database.write`; never where it is undone."""
    connection.get_execution_options()["before_commit"].append(work)


def after_commit(connection: Connection, work: Callable[[], None]) -> None:
    """Have `work` done once the transaction of `Database.write` is committed; never where it is undone."""
    connection.get_execution_options()["after_commit"].append(work)


@contextmanager
def _mapped() -> Iterator[None]:
    """Outside errors become ours at this boundary. Unique violations pass: who writes them knows their meaning."""
    try:
        yield
    except sa.exc.IntegrityError:
        raise
    except DBAPIError as error:
        raise StorageError(f"the database refused: {type(error.orig).__name__}") from error
    except SQLAlchemyError as error:
        raise StorageError(f"the database is not usable: {type(error).__name__}") from error


def _tune_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is deleted or changed is overwritten in the file
        f"busy_timeout={int(TIMEOUT_S * 1000)}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _watch_file(engine: Engine, path: str) -> None:
    """A kept connection would go on writing into a file that was deleted or replaced: such a one is thrown away."""

    def remember(_connection: Any, record: Any) -> None:
        record.info["inode"] = os.stat(path).st_ino

    def check(_connection: Any, record: Any, _proxy: Any) -> None:
        try:
            same = os.stat(path).st_ino == record.info["inode"]
        except OSError:
            same = False
        if not same:
            raise sa.exc.DisconnectionError("the database file was moved")

    sa.event.listen(engine, "connect", remember)
    sa.event.listen(engine, "checkout", check)


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
