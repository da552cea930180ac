"""What `knee-intake check` and `go-live` say of notices: whether anybody is told, and whether it ever arrived."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from knee_intake import duty
from knee_intake.errors import KneeIntakeError
from knee_intake.notices.delivered import LastDelivery, all_ways, last_deliveries
from knee_intake.notices.outbox import count_given_up
from knee_intake.practice import Practice
from knee_intake.records.database import Database
from knee_intake.settings import Settings

Said = tuple[Literal["ok", "warn", "gap"], str, str, str]
"""(level, what, where, remedy), as checks.Finding has them."""

_SET_UP = "Set KNEE_INTAKE_SMTP_URL and KNEE_INTAKE_MAIL_FROM, or a webhook; docs/notices.md tells how."
_TRY = "Run `knee-intake alert test`, and look whether it has come."


def check_notices(practice: Practice, settings: Settings, practice_file: Path) -> Iterator[Said]:
    """Settings and rules first, then what the database knows, where there is one already."""
    channels, where = settings.notice_channels, str(practice_file)
    if not channels:
        what = "no way out for alerts is set up: staff see them in the console only"
        yield "gap", what, "KNEE_INTAKE_SMTP_URL", _SET_UP
    else:
        yield "ok", f"alerts go out by {' and '.join(channels)}", "KNEE_INTAKE_SMTP_URL, KNEE_INTAKE_WEBHOOK_URL", ""
        yield from _who(practice, channels, where)
    if "mail" in channels and not settings.public_url:
        remedy = "Set it to the address under which patients reach this server, such as https://chat.example.org."
        yield "gap", "mails hold no links, and patients get none", "KNEE_INTAKE_PUBLIC_URL", remedy
    yield from _from_database(practice, settings, where)


def _who(practice: Practice, channels: tuple[str, ...], where: str) -> Iterator[Said]:
    remedy = "Name recipients under `alerts: told:`, each with an address that is known."
    if missing := _nobody(practice, channels, is_open=True):
        yield "gap", f"nobody is told while the clinic is open: {missing}", where, remedy
    if missing := _nobody(practice, channels, is_open=False):
        yield "warn", f"nobody is on duty outside opening hours, and patients hear so: {missing}", where, remedy


def _nobody(practice: Practice, channels: tuple[str, ...], *, is_open: bool) -> str:
    told = {kind: duty.told(practice, kind, is_open=is_open, channels=channels) for kind in duty.URGENT_KINDS}
    return ", ".join(kind for kind, names in told.items() if not names)


def _from_database(practice: Practice, settings: Settings, where: str) -> Iterator[Said]:
    found = _read(practice, settings)
    if found is None:
        return
    last, lost = found
    for one in last:
        told = f"{one.way.recipient} by {one.way.channel}"
        if one.at is None:
            yield "gap", f"no alert has reached {told} yet", where, _TRY
        else:
            yield "ok", f"{told}: last delivered {one.at:%Y-%m-%d %H:%M} UTC ({one.kind})", where, ""
    if lost:
        remedy = "An admin sees them at /staff/notices, and has them tried again there."
        yield "warn", f"{lost} notices could not be delivered", "the outbox", remedy


def _read(practice: Practice, settings: Settings) -> tuple[list[LastDelivery], int] | None:
    """What has arrived and how much was given up; None where the database does not answer, which is said elsewhere."""
    channels = settings.notice_channels
    if _is_missing(settings):
        return [LastDelivery(way) for way in all_ways(practice, channels)], 0
    try:
        database = Database(settings.database)
        try:
            with database.read() as connection:
                last = last_deliveries(connection, practice, channels, str(settings.webhook_url))
                return last, count_given_up(connection)
        finally:
            database.close()
    except KneeIntakeError:
        return None


def _is_missing(settings: Settings) -> bool:
    """The first start makes the file; looking must not."""
    return not settings.database_url and not (settings.var_path / "knee-intake.sqlite3").exists()
