"""The calendar that the clinic has chosen in practice.yml, made from the settings."""

from __future__ import annotations

from importlib import import_module

from knee_intake.booking.embedded import EmbeddedCalendar
from knee_intake.booking.mirrored import MirroredCalendar
from knee_intake.booking.remote import RemoteCalendar
from knee_intake.booking.types import Calendar
from knee_intake.errors import SettingsError
from knee_intake.practice import Practice
from knee_intake.records.database import Database
from knee_intake.settings import Settings

_CLIENTS = {
    "caldav": ("knee_intake.booking.caldav", "CalDavCalendar"),
    "fhir": ("knee_intake.booking.fhir", "FhirCalendar"),
}
"""By `booking.calendar`: the module, imported only where it is used, and its class with `from_settings`."""


def make_calendar(settings: Settings, practice: Practice, database: Database) -> Calendar:
    """The calendar to serve with. Raises SettingsError naming the setting that is missing."""
    remote = make_remote(settings, practice)
    return EmbeddedCalendar(database, practice) if remote is None else MirroredCalendar(database, practice, remote)


def make_remote(settings: Settings, practice: Practice) -> RemoteCalendar | None:
    """The clinic's own calendar; None where visits are kept here alone. Raises SettingsError."""
    if practice.booking.calendar == "embedded":
        return None
    if not settings.calendar_url:
        chosen = practice.booking.calendar
        raise SettingsError(f"KNEE_INTAKE_CALENDAR_URL: needed, as practice.yml has `calendar: {chosen}`")
    module, name = _CLIENTS[practice.booking.calendar]
    remote: RemoteCalendar = getattr(import_module(module), name).from_settings(settings, practice)
    return remote
