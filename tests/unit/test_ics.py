"""The calendar file: opens in a calendar, tells the state of the visit, says nothing about health."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from knee_intake.booking import Booking
from knee_intake.booking.ics import TEXTS, calendar_file
from knee_intake.booking.reference import visit_uid
from tests.practices import make_practice

NOW = datetime(2026, 3, 10, 16, 0, tzinfo=timezone.utc)
START = datetime(2026, 3, 12, 10, 0, tzinfo=ZoneInfo("America/New_York"))
BOOKING = Booking(
    "C3D-4F6", "c1", "first_visit", "one", START, START + timedelta(minutes=30), "requested", "Ann", "ann@example.org"
)
HEALTH_WORDS = (
    "knee", "pain", "botox", "dysport", "toxin", "arthritis", "injection", "shot", "therap", "acupuncture",
    "chiropract", "sport", "doctor", "treatment", "patient", "consult", "diagnos", "surgery", "intake",
)  # fmt: skip


def event(booking: Booking = BOOKING, practice: Any = None) -> Any:
    calendar = icalendar.Calendar.from_ical(calendar_file(booking, practice or make_practice(), NOW))
    (found,) = calendar.walk("VEVENT")
    return found


@pytest.mark.parametrize(
    ("status", "ics_status", "method", "summary"),
    [
        ("held", "TENTATIVE", "PUBLISH", "Clinic visit (requested)"),
        ("requested", "TENTATIVE", "PUBLISH", "Clinic visit (requested)"),
        ("booked", "CONFIRMED", "PUBLISH", "Clinic visit"),
        ("cancelled", "CANCELLED", "CANCEL", "Clinic visit (cancelled)"),
    ],
)
def test_the_file_tells_the_state_of_the_visit(status: str, ics_status: str, method: str, summary: str) -> None:
    booking = replace(BOOKING, status=status)
    calendar = icalendar.Calendar.from_ical(calendar_file(booking, make_practice(), NOW))
    assert (calendar["METHOD"], calendar["VERSION"]) == (method, "2.0")
    assert (event(booking)["STATUS"], event(booking)["SUMMARY"]) == (ics_status, summary)


def test_the_times_are_the_visits_instants() -> None:
    assert event().decoded("DTSTART") == START
    assert event().decoded("DTEND") == START + timedelta(minutes=30)
    assert event().decoded("DTSTAMP") == NOW


def test_a_change_keeps_the_uid_and_raises_the_sequence() -> None:
    later = replace(BOOKING, status="booked", sequence=1)
    assert event(later)["UID"] == event()["UID"] == visit_uid(BOOKING.reference)
    assert (event()["SEQUENCE"], event(later)["SEQUENCE"]) == (0, 1)
    assert event(replace(BOOKING, reference="C3D-4F7"))["UID"] != event()["UID"]


def test_the_clinic_and_its_demo_phone_are_named() -> None:
    description = str(event()["DESCRIPTION"])
    assert "Corner Street Clinic" in description
    assert "(212) 555-0143 (demo" in description
    assert "requested" in description
    assert "C3D-4F6" in description


def test_an_address_is_given_only_when_the_clinic_confirmed_it() -> None:
    unconfirmed = make_practice(address={"value": "1 Corner Street", "confirmed": False})
    confirmed = make_practice(address={"value": "1 Corner Street", "confirmed": True})
    assert "LOCATION" not in event()
    assert "LOCATION" not in event(practice=unconfirmed)
    assert event(practice=confirmed)["LOCATION"] == "1 Corner Street"


@pytest.mark.parametrize("status", ["held", "requested", "booked", "cancelled"])
def test_the_file_holds_no_health_word_and_nothing_of_the_person(status: str) -> None:
    text = calendar_file(replace(BOOKING, status=status), make_practice(), NOW).decode().replace("\r\n ", "").lower()
    assert [word for word in HEALTH_WORDS if word in text] == []
    assert "ann" not in text.replace("cancel", "")


def test_lines_end_and_fold_as_the_format_demands() -> None:
    lines = calendar_file(BOOKING, make_practice(), NOW).split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert all(len(line) <= 75 for line in lines)


def test_every_language_has_the_same_texts() -> None:
    assert all(texts.keys() == TEXTS["en"].keys() for texts in TEXTS.values())
