"""`knee-intake audit verify`: does the audit log still hold together?"""

from __future__ import annotations

import argparse
import sys

from knee_intake.records.audit import verify
from knee_intake.records.database import Database
from knee_intake.records.migrate import migrate
from knee_intake.settings import Settings

HASH_LENGTH = 64
"""Hexadecimal digits."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `audit`."""
    deeds = parser.add_subparsers(title="what to do", dest="deed", metavar="verify", required=True)
    verifying = deeds.add_parser(
        "verify",
        help="check that no row of the audit log was changed, removed or put in",
        description="Check that no row of the audit log was changed, removed or put in. "
        "Exit status: 0 it holds together, 1 it does not.",
        epilog="example: knee-intake audit verify",
    )
    verifying.add_argument(
        "--noted", metavar="HASH", type=_hash,
        help="the last hash that an earlier run printed: tells as well whether the end was cut off since",
    )  # fmt: skip


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print how many rows hold together; 1 and the first broken row where they do not."""
    database = Database(settings.database)
    try:
        migrate(database)
        with database.read() as connection:
            found = verify(connection, args.noted)
    finally:
        database.close()
    if found.broken is not None:
        print(f"BROKEN at row {found.broken}; the {found.rows} before it hold together", file=sys.stderr)
        return 1
    if not found.noted:
        print(f"BROKEN: none of the {found.rows} rows has the noted hash; the end was cut off", file=sys.stderr)
        return 1
    print(f"{found.rows} rows hold together; last hash {found.last.hex()}")
    return 0


def _hash(text: str) -> bytes:
    try:
        if len(text) == HASH_LENGTH:
            return bytes.fromhex(text)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"expected {HASH_LENGTH} hexadecimal digits")
