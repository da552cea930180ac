"""`knee-intake staff`: add, invite, list, reset and disable the people who may sign in at /staff."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable

import sqlalchemy as sa

from knee_intake.clock import system_clock
from knee_intake.errors import StaffAccountError
from knee_intake.records.database import Database
from knee_intake.records.members import invite, member_named, reset_password, reset_second_factor
from knee_intake.records.migrate import migrate
from knee_intake.records.passwords import MAX_PASSWORD
from knee_intake.records.schema import staff, staff_tokens
from knee_intake.records.staff_accounts import ROLES, add_member, disable_member, set_clinician
from knee_intake.settings import Settings

ROLES_HELP = (
    "viewer reads; reviewer also confirms visits, acknowledges alerts and takes over; "
    "manager also exports and erases; admin also manages staff"
)
Deed = Callable[[argparse.Namespace, Database, Settings], None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `staff`."""
    deeds = parser.add_subparsers(
        title="what to do", dest="deed", metavar="add | invite | reset | list | disable | clinician", required=True
    )
    adding = deeds.add_parser(
        "add",
        help="add a member, or give a disabled one a new password",
        epilog="example: printf '%s' \"$PASSWORD\" | knee-intake staff add dana --role reviewer --password-stdin",
    )
    adding.add_argument("name", help="what the member types to sign in")
    adding.add_argument("--role", required=True, choices=ROLES, help=ROLES_HELP)
    adding.add_argument(
        "--password-stdin", action="store_true", required=True, help="read the password from standard input"
    )
    adding.add_argument("--token", action="store_true", help="also make a personal token for the staff API, shown once")
    adding.add_argument("--clinician", action="store_true", help="may approve and reject what patients read")
    inviting = deeds.add_parser(
        "invite",
        help="add a member who chooses their own password by a link that is good for 72 hours",
        epilog="example: knee-intake staff invite dana --role reviewer",
    )
    inviting.add_argument("name", help="what the member types to sign in")
    inviting.add_argument("--role", required=True, choices=ROLES, help=ROLES_HELP)
    resetting = deeds.add_parser(
        "reset",
        help="make the password void and print a link to choose a new one",
        epilog="example: knee-intake staff reset dana --totp",
    )
    resetting.add_argument("name")
    resetting.add_argument("--totp", action="store_true", help="take the second factor away too: the device is lost")
    deeds.add_parser("list", help="list the members", epilog="example: knee-intake staff list")
    disabling = deeds.add_parser(
        "disable", help="shut a member out at once", epilog="example: knee-intake staff disable dana"
    )
    disabling.add_argument("name")
    naming = deeds.add_parser(
        "clinician",
        help="let a member approve and reject what patients read",
        epilog="example: knee-intake staff clinician dana",
    )
    naming.add_argument("name")
    naming.add_argument("--off", action="store_true", help="no longer")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do it; raises StaffAccountError where it cannot be done."""
    deeds: dict[str, Deed] = {
        "add": _add, "invite": _invite, "reset": _reset, "list": _list, "disable": _disable, "clinician": _clinician,
    }  # fmt: skip
    database = Database(settings.database)
    try:
        migrate(database)
        deeds[args.deed](args, database, settings)
    finally:
        database.close()
    return 0


def _add(args: argparse.Namespace, database: Database, _settings: Settings) -> None:
    token = add_member(
        database,
        name=args.name,
        role=args.role,
        password=_read_password(),
        now=system_clock(),
        with_token=args.token,
        clinician=args.clinician,
    )
    print(f"added: {args.name.strip()}, {args.role}; sign in at /staff")
    if token:
        print(f"personal token, shown only now: {token}")


def _invite(args: argparse.Namespace, database: Database, settings: Settings) -> None:
    with database.write() as connection:
        token = invite(connection, name=args.name, role=args.role, now=system_clock(), by=None)
    print(f"invited: {args.name.strip()}, {args.role}")
    _print_link(token, settings)


def _reset(args: argparse.Namespace, database: Database, settings: Settings) -> None:
    now = system_clock()
    with database.write() as connection:
        number = member_named(connection, args.name)
        token = reset_password(connection, number, now, None)
        if args.totp:
            reset_second_factor(connection, number, now, None)
    print(f"reset: {args.name.strip()}; the old password is void")
    _print_link(token, settings)


def _print_link(token: str, settings: Settings) -> None:
    print(f"link, shown only now, good for 72 hours: {settings.public_url}/staff/invitation/{token}")


def _read_password() -> str:
    """One line; typed at a terminal it is not shown."""
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    try:
        return sys.stdin.read(MAX_PASSWORD + 3).removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise StaffAccountError("the password is no UTF-8 text") from None


def _list(_args: argparse.Namespace, database: Database, _settings: Settings) -> None:
    with database.read() as connection:
        rows = connection.execute(sa.select(staff).order_by(staff.c.name)).all()
        good = sa.select(staff_tokens.c.staff_id).where(staff_tokens.c.revoked_at.is_(None))
        with_token = set(connection.execute(good).scalars())
    if not rows:
        print("nobody yet; add the first with: knee-intake staff add NAME --role admin --password-stdin")
    for row in rows:
        notes = [
            row.role,
            *(["clinician"] if row.clinician else []),
            *(["with token"] if row.id in with_token else []),
            *(["second factor"] if row.totp_since else []),
            *(["disabled"] if row.disabled else []),
        ]
        print(f"{row.name}: {', '.join(notes)}; since {row.created_at:%Y-%m-%d}")


def _disable(args: argparse.Namespace, database: Database, _settings: Settings) -> None:
    disable_member(database, args.name, system_clock())
    print(f"disabled: {args.name.strip()}")


def _clinician(args: argparse.Namespace, database: Database, _settings: Settings) -> None:
    set_clinician(database, args.name, not args.off, system_clock())
    print(f"{'no longer a clinician' if args.off else 'clinician'}: {args.name.strip()}")
