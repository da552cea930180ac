"""The part of `knee-intake check` about the clinic's own calendar: is it there, and is it in step with our records."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from knee_intake.booking.factory import make_remote
from knee_intake.booking.outside import OutOfStep
from knee_intake.booking.reconcile import Reconciler
from knee_intake.booking.remote import RemoteCalendar
from knee_intake.checks import FEW, SERVER, Finding, new_database_file
from knee_intake.errors import CalendarUnavailableError, KneeIntakeError, SettingsError
from knee_intake.practice import Practice
from knee_intake.records.database import Database
from knee_intake.settings import Settings

_WHERE = "practice.yml: booking.calendar"
_DIFFERENCES = (
    ("waiting", "visits are not yet in the clinic's calendar as they are here", "They are tried again every minute."),
    ("missing", "visits were taken out of the clinic's calendar", "Cancel them here, or they are written again."),
    ("moved", "visits were changed in the clinic's calendar by hand", "Move them back, or cancel them here."),
    ("unknown", "visits in the clinic's calendar have no record here", "Look them up there; remove what is not real."),
)
"""Fields of OutOfStep, and what each means."""


def check_calendar(practice: Practice, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look at the calendar that practice.yml names. Changes nothing."""
    try:
        remote = make_remote(settings, practice)
    except SettingsError as error:
        setting, _, why = str(error).partition(": ")
        yield Finding("gap", f"the clinic's calendar: {why}", setting, "See docs/settings.md.", SERVER)
        return
    if remote is None:
        yield Finding("ok", "visits are kept here, in no other calendar", _WHERE, topic=SERVER)
        return
    with contextlib.closing(remote):
        try:
            remote.ours(now, now + timedelta(days=1))
            found = OutOfStep() if new_database_file(settings) else _compare(practice, settings, remote, now)
        except CalendarUnavailableError as error:
            yield Finding("warn", f"the clinic's calendar does not answer: {error}", _WHERE, "Try again later.", SERVER)
        except KneeIntakeError as error:
            what = f"the clinic's calendar cannot be compared with the records: {error}"
            yield Finding("warn", what, _WHERE, "Start the server once; it brings the database up to date.", SERVER)
        else:
            yield from _differences(found)


def _compare(practice: Practice, settings: Settings, remote: RemoteCalendar, now: datetime) -> OutOfStep:
    with contextlib.closing(Database(settings.database)) as database:
        return Reconciler(database, remote, practice).compare(now)


def _differences(found: OutOfStep) -> Iterator[Finding]:
    if not found.count:
        yield Finding("ok", "the clinic's calendar answers and is in step", _WHERE, topic=SERVER)
    for name, what, remedy in _DIFFERENCES:
        references = getattr(found, name)
        if references:
            named = ", ".join(references[:FEW]) + (", …" if len(references) > FEW else "")
            yield Finding("warn", f"{len(references)} {what}: {named}", _WHERE, remedy, SERVER)
