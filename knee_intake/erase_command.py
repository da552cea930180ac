"""`knee-intake erase` and `retention`: what is taken out of the records, and what keeps it out of a backup."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from knee_intake.clock import system_clock
from knee_intake.errors import OutputError
from knee_intake.export_command import opened
from knee_intake.records.contact_search import Found, find_contact
from knee_intake.records.database import Database
from knee_intake.records.erasure import erase, erase_contact, replay
from knee_intake.records.retention import ANY, Retention, retain
from knee_intake.records.tombstones import all_tombstones, read_lines, write_lines
from knee_intake.settings import Settings

OWN = Path("-")
"""As the file of tombstones: those that the database holds itself."""


def add_erase_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `erase`."""
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("conversation", nargs="?", help="the conversation's id")
    whom.add_argument("--contact", help="a phone number or an email: all its conversations and visits")
    parser.add_argument("--dry-run", action="store_true", help="with --contact: only say what would be erased")


def run_erase(args: argparse.Namespace, settings: Settings) -> int:
    """Delete; raises NotFoundError, OpenVisitError, RequestError."""
    with opened(settings) as database:
        if args.contact is None:
            erase(database, args.conversation, now=system_clock())
            print(f"erased: {args.conversation}")
            return 0
        if args.dry_run:
            with database.read() as connection:
                _print_found("would erase", find_contact(connection, args.contact))
            return 0
        done = erase_contact(database, args.contact, now=system_clock())
        _print_found("erased", Found(done.conversations, ("",) * done.visits, done.mentioned, (0,) * done.requests))
    return 0


def _print_found(did: str, found: Found) -> None:
    for one in found.conversations:
        print(f"{did}: {one}")
    print(f"{did} from visits without a chat: {len(found.visits)}")
    print(f"{did} from requests without a chat: {len(found.requests)}")
    for one in found.mentioned:
        print(f"only spoken of, not erased: {one}")


def add_retention_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `retention`."""
    parser.add_argument(
        "--days",
        type=_days,
        help="delete conversations silent for so many days, whatever their status; "
        "without it KNEE_INTAKE_RETENTION_DAYS says how many",
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be deleted")
    stones = parser.add_mutually_exclusive_group()
    stones.add_argument(
        "--tombstones", action="store_true", help="print what was ever erased, without content; keep it beside backups"
    )
    stones.add_argument(
        "--replay-tombstones",
        type=Path,
        nargs="?",
        const=OWN,
        metavar="FILE",
        help="after a backup was put back: erase again what the file (or the database itself) says was erased",
    )


def run_retention(args: argparse.Namespace, settings: Settings) -> int:
    """Delete what has had its time, and say how much it was."""
    with opened(settings) as database:
        if args.tombstones:
            with database.read() as connection:
                sys.stdout.writelines(f"{line}\n" for line in write_lines(all_tombstones(connection)))
            return 0
        if args.replay_tombstones is not None:
            print(f"erased again: {_replay(database, args.replay_tombstones)}")
            return 0
        days: Mapping[str, int] = settings.retention_days if args.days is None else {ANY: args.days}
        found = retain(
            database,
            now=system_clock(),
            pending_for=timedelta(minutes=settings.pending_minutes),
            days=days,
            dry_run=args.dry_run,
        )
    print("would delete:" if args.dry_run else "deleted:")
    _print_figures(found, args.days)
    return 0


def _replay(database: Database, path: Path) -> int:
    if path == OWN:
        with database.read() as connection:
            stones = all_tombstones(connection)
    else:
        try:
            stones = read_lines(path.read_text("utf-8").splitlines())
        except (OSError, UnicodeDecodeError) as error:
            raise OutputError(f"{path}: cannot be read: {type(error).__name__}") from None
    return replay(database, stones, now=system_clock())


def _print_figures(found: Retention, days: int | None) -> None:
    print(f"  {found.pending} chats' words from before consent")
    print(f"  {found.without_consent} chats without consent")
    print(f"  {found.old} conversations" + ("" if days is None else f" silent for {days} days"))
    for group in found.by_status:
        print(f"    {group.status}: {group.count}, over {group.days} days, the oldest from {_day(group.oldest)}")
    print(f"  the names of {found.staff_visits} past visits from the phone")
    print(f"  who asked in {found.requests} decided requests without a chat")
    print(f"  {found.sessions} staff sessions that had ended")


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


def _days(text: str) -> int:
    days = int(text)
    if days < 1:
        raise argparse.ArgumentTypeError("a whole number of 1 or more")
    return days
