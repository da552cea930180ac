"""`knee-intake export`: what leaves the records, and how."""

from __future__ import annotations

import argparse
import csv
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import msgspec

from knee_intake.clock import system_clock
from knee_intake.errors import OutputError
from knee_intake.records.audit import write_audit
from knee_intake.records.database import Database
from knee_intake.records.migrate import migrate
from knee_intake.records.staff_queries import Detail, consented_ids, read_conversation
from knee_intake.settings import Settings

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic

COLUMNS = ("conversation", "created_at", "updated_at", "status", "urgency", "red_flags", "done", "of", "visit",
           "reference", "visit_status", "consent_at")  # fmt: skip
"""Of the CSV, before one column for each answer."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Writer = Callable[[Iterator[Detail], "Clinic", TextIO, bool], None]


def add_export_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `export`."""
    parser.add_argument("conversation", nargs="?", help="one conversation's id; without it all that gave consent")
    parser.add_argument("--format", choices=tuple(WRITERS), default="json", help="default: %(default)s")
    parser.add_argument("--output", type=Path, help="a new file, readable by you alone; without it standard output")


def run_export(args: argparse.Namespace, settings: Settings) -> int:
    """Write one conversation or all; raises NotFoundError."""
    from knee_intake.clinic import load_clinic

    clinic = load_clinic(settings.clinic_path)
    with opened(settings) as database, _output(args.output) as out:
        WRITERS[args.format](_details(database, args.conversation, args.format), clinic, out, args.conversation is None)
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


def _details(database: Database, conversation: str | None, kind: str) -> Iterator[Detail]:
    """One conversation, or all that gave consent; each is written down as exported when it is read."""
    if conversation is not None:
        yield _read(database, conversation, kind)
        return
    with database.read() as connection:
        ids = consented_ids(connection)
    for one in ids:
        yield _read(database, one, kind)


def _read(database: Database, conversation: str, kind: str) -> Detail:
    with database.write() as connection:
        detail = read_conversation(connection, conversation)
        write_audit(connection, now=system_clock(), action="export", subject=conversation, detail={"format": kind})
        return detail


# -- writing ---------------------------------------------------------------------------------------------------------


def _write_json(details: Iterator[Detail], clinic: Clinic, out: TextIO, many: bool) -> None:
    """One object, or an array with one object a line."""
    from knee_intake.records.staff_record import record_json

    zone = clinic.practice.zoneinfo()
    texts = (msgspec.json.encode(record_json(detail, zone)) for detail in details)
    if not many:
        out.write(msgspec.json.format(next(texts), indent=2).decode() + "\n")
        return
    out.write("[")
    for number, text in enumerate(texts):
        out.write(("\n" if number == 0 else ",\n") + text.decode())
    out.write("\n]\n")


def _write_csv(details: Iterator[Detail], clinic: Clinic, out: TextIO, _many: bool) -> None:
    """One line a conversation, a header, a column for each answer of the chart."""
    from knee_intake.interview.summary import CHART, answer_rows

    fields = [field for _, charted in CHART for field, _ in charted]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, *fields, "other"])
    for detail in details:
        rows = {row.field: row.value or row.how for row in answer_rows(detail.intake, clinic)}
        others = "; ".join(f"{field}: {value}" for field, value in rows.items() if field not in fields)
        cells = [*_head(detail, clinic.practice.zoneinfo()), *(rows.get(field, "") for field in fields), others]
        writer.writerow([_harmless(str(cell)) for cell in cells])


def _head(detail: Detail, zone: tzinfo) -> list[object]:
    from knee_intake.records.intake_view import iso

    row, visit = detail.conversation, detail.booking
    return [
        row["id"],
        iso(row["created_at"], zone),
        iso(row["updated_at"], zone),
        row["status"],
        detail.item.urgency or "",
        " ".join(hit.rule for hit in detail.intake.red_flags),
        detail.item.done,
        detail.item.total,
        iso(visit["start"], zone) if visit else "",
        visit["reference"] if visit else "",
        visit["status"] if visit else "",
        iso(row["consent_at"], zone) if row["consent_at"] else "",
    ]


def _harmless(cell: str) -> str:
    """A patient's words must not become a formula in a spreadsheet."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _write_text(details: Iterator[Detail], clinic: Clinic, out: TextIO, _many: bool) -> None:
    """The staff summary of each, as it can be copied from the console."""
    from knee_intake.records.staff_record import record_text

    for number, detail in enumerate(details):
        if number:
            out.write("\n" + "=" * 72 + "\n\n")
        if not detail.item.consented:
            out.write(f"Conversation {detail.item.id}: before consent, nothing to show\n")
            continue
        out.write(record_text(detail, clinic))


WRITERS: dict[str, Writer] = {"json": _write_json, "csv": _write_csv, "text": _write_text}


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
