"""`knee-intake export`, `erase` and `retention`: what leaves the records, and how."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from knee_intake.clock import system_clock
from knee_intake.errors import OutputError
from knee_intake.records.database import Database
from knee_intake.records.exported import Exported, read_exported
from knee_intake.records.migrate import migrate
from knee_intake.records.staff_queries import consented_ids
from knee_intake.settings import Settings

FORMATS = ("json", "csv", "text", "fhir")


def add_export_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `export`."""
    parser.add_argument("conversation", nargs="?", help="one conversation's id; without it all that gave consent")
    parser.add_argument("--format", choices=FORMATS, default="json", help="default: %(default)s")
    parser.add_argument("--output", type=Path, help="a new file, readable by you alone; without it standard output")


def run_export(args: argparse.Namespace, settings: Settings) -> int:
    """Write one conversation or all; raises NotFoundError."""
    from knee_intake.clinic import load_clinic
    from knee_intake.exports.files import FORMATS
    from knee_intake.web.export_maker import make

    maker = make(load_clinic(settings.clinic_path), settings, system_clock())
    many = args.conversation is None
    with opened(settings) as database, _output(args.output) as out:
        for piece in FORMATS[args.format].write(_exported(database, args.conversation, args.format), maker, many):
            out.write(piece)
    return 0


# -- reading ---------------------------------------------------------------------------------------------------------


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The records, brought up to date, for one command."""
    database = Database(settings.database)
    try:
        migrate(database)
        yield database
    finally:
        database.close()


def _exported(database: Database, conversation: str | None, kind: str) -> Iterator[Exported]:
    """One conversation, or all that gave consent; each is written down as exported when it is read."""
    if conversation is not None:
        yield _read(database, conversation, kind)
        return
    with database.read() as connection:
        ids = consented_ids(connection)
    for one in ids:
        yield _read(database, one, kind)


def _read(database: Database, conversation: str, kind: str) -> Exported:
    with database.write() as connection:
        return read_exported(connection, conversation, kind=kind, now=system_clock())


# -- writing ---------------------------------------------------------------------------------------------------------


@contextmanager
def _output(path: Path | None) -> Iterator[TextIO]:
    """Standard output, or a new file that only its owner can read."""
    if path is None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        yield sys.stdout
        return
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}") from None
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
        yield out
