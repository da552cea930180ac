"""A FhirCalendar from settings, as the program makes it, a visit for it, and an Appointment that is none of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

from knee_intake.booking.fhir import FhirCalendar
from knee_intake.booking.remote import RemoteVisit
from knee_intake.settings import Settings
from tests.practices import make_practice

START = datetime(2026, 3, 16, 14, 0, tzinfo=timezone.utc)
"""A Monday, 10:00 in New York."""


def a_visit(reference: str = "H7K-4MQ", **changes: Any) -> RemoteVisit:
    start = changes.pop("start", START)
    values = {
        "uid": f"{reference.lower()}@visits.invalid",
        "clinician": "one",
        "start": start,
        "end": start + timedelta(minutes=changes.pop("minutes", 30)),
        "status": "requested",
        "kind": "first_visit",
        "sequence": 0,
    }
    return RemoteVisit(**{**values, **changes})


def foreign(
    start: datetime = START, status: str = "booked", minutes: int = 30, clinician: str = "one"
) -> dict[str, Any]:
    """An Appointment that the clinic's own people made."""
    return {
        "resourceType": "Appointment",
        "status": status,
        "start": start.isoformat(),
        "end": (start + timedelta(minutes=minutes)).isoformat(),
        "participant": [{"actor": {"reference": f"Practitioner/{clinician}"}, "status": "accepted"}],
    }


@contextmanager
def a_calendar(base: str, practice: dict[str, Any] | None = None, **settings: Any) -> Iterator[FhirCalendar]:
    """`with a_calendar(store.base, calendar_slots=False) as calendar:` closes its connections afterwards."""
    values = {"calendar_url": base, **settings}
    calendar = FhirCalendar.from_settings(Settings.from_environ({}, **values), make_practice(**(practice or {})))
    try:
        yield calendar
    finally:
        calendar.close()
