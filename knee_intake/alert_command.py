"""`knee-intake alert test`: try every way to everybody who is told of alerts, now, and say what came of it."""

from __future__ import annotations

import argparse
from datetime import datetime

from knee_intake.booking.embedded import EmbeddedCalendar
from knee_intake.clinic import Clinic, load_clinic
from knee_intake.clock import Clock, system_clock
from knee_intake.duty import Way
from knee_intake.errors import DeliveryError, SettingsError
from knee_intake.notices.courier import Courier, test_notice
from knee_intake.notices.delivered import all_ways, note_delivery
from knee_intake.records.audit import write_audit
from knee_intake.records.database import Database
from knee_intake.records.migrate import migrate
from knee_intake.settings import Settings

NOTHING_SET_UP = (
    "nobody can be told: set KNEE_INTAKE_SMTP_URL or KNEE_INTAKE_WEBHOOK_URL, and name recipients under `alerts` in "
    "practice.yml; docs/notices.md tells how"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `alert`."""
    deeds = parser.add_subparsers(title="what to do", dest="deed", metavar="test", required=True)
    testing = deeds.add_parser(
        "test",
        help="send a test to everybody who is told of alerts",
        epilog="example: knee-intake alert test --to front_desk",
    )
    testing.add_argument("--to", metavar="NAME", help="only to this recipient of practice.yml")


def run(args: argparse.Namespace, settings: Settings, clock: Clock = system_clock) -> int:
    """Send the tests; 1 where one did not arrive. Raises SettingsError where there is nobody to send one to."""
    clinic = load_clinic(settings.clinic_path)
    ways = [way for way in all_ways(clinic.practice, settings.notice_channels) if args.to in (None, way.recipient)]
    if not ways:
        raise SettingsError(NOTHING_SET_UP if args.to is None else f"{args.to}: no recipient that can be reached")
    database = Database(settings.database)
    try:
        migrate(database)
        calendar = EmbeddedCalendar(database, clinic.practice)
        courier = Courier(settings, clinic, database, calendar, b"signs nothing: a test holds no link")
        arrived = [_try(courier, database, clinic, way, clock()) for way in ways]
    finally:
        database.close()
    return 0 if all(arrived) else 1


def _try(courier: Courier, database: Database, clinic: Clinic, way: Way, now: datetime) -> bool:
    zone = clinic.practice.zoneinfo()
    told = f"{way.recipient} by {way.channel}{f' to {way.address}' if way.address else ''}"
    try:
        outcome = courier.deliver(test_notice(way, now), now)
    except DeliveryError as error:
        print(f"FAILED  {told}: {error}")
        return False
    with database.write() as connection:
        note_delivery(connection, way, outcome.target, "test", now)
        write_audit(connection, now=now, action="alert_test", subject=way.recipient)
    print(f"sent    {told}, {now.astimezone(zone):%Y-%m-%d %H:%M}; now look whether it has come")
    return True
