"""The calendar file for staff: visits and blocks, stable, and silent about health and people."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import icalendar

from knee_intake.booking.agenda_ics import agenda_file
from knee_intake.booking.entry import Entry
from knee_intake.practice import Practice
from tests.practices import make_practice

NINE = datetime(2026, 3, 11, 13, 0, tzinfo=timezone.utc)
HALF_HOUR = timedelta(minutes=30)
VISIT = Entry(
    "requested", "physical_therapy", NINE, NINE + HALF_HOUR, NINE - timedelta(days=2), kind="acupuncture",
    reference="H7K-4MQ", conversation="c", first_name="Robin", contact="robin@example.org", sequence=3,
)  # fmt: skip
BLOCK = Entry("blocked", "other", NINE, NINE + HALF_HOUR, NINE, block=7, note="Robin's surgery")
HEALTH = re.compile(r"knee|pain|therap|acupunct|chiropr|medicine|surgery|treatment|botox|arthritis", re.I)


def events(*entries: Entry, practice: Practice | None = None, everybody: bool = False) -> list[Any]:
    file = agenda_file(entries, practice or two(), everybody=everybody)
    return list(icalendar.Calendar.from_ical(file).walk("VEVENT"))


def two(**booking: Any) -> Practice:
    """A practice with one clinician who is named and one who is not."""
    role = {"en": "Physical therapist"}
    people = [
        {"id": "other", "role": role, "name": "Dana Lee", "visit_types": []},
        {"id": "physical_therapy", "role": role, "name": None, "visit_types": []},
    ]
    return make_practice(clinicians=people, booking=booking)


def test_a_visit_is_there_with_its_time_reference_and_state() -> None:
    (event,) = events(VISIT)
    assert (event["UID"], event["STATUS"], event["SEQUENCE"]) == ("h7k-4mq@visits.invalid", "TENTATIVE", 3)
    assert (event.start, event.end) == (NINE, NINE + HALF_HOUR)
    assert (str(event["SUMMARY"]), str(event["DESCRIPTION"])) == ("Clinic visit (requested)", "H7K-4MQ")
    assert event["CLASS"] == "PRIVATE"


def test_a_booked_visit_is_confirmed_and_a_block_is_one() -> None:
    booked, block = events(Entry(**{**VISIT.__dict__, "status": "booked"}), BLOCK)
    assert (booked["STATUS"], str(booked["SUMMARY"])) == ("CONFIRMED", "Clinic visit")
    assert (block["UID"], str(block["SUMMARY"])) == ("block-7@visits.invalid", "Blocked")


def test_holds_and_busy_times_are_left_out() -> None:
    for status in ("held", "busy"):
        assert events(Entry(status, "other", NINE, NINE + HALF_HOUR, NINE, reference="H7K-4MQ")) == []


def test_no_word_about_health_and_no_patient_is_in_it() -> None:
    file = agenda_file([VISIT, BLOCK], two(), everybody=True).decode()
    assert not HEALTH.search(file)
    assert "Robin" not in file
    assert "robin" not in file


def test_the_first_name_is_in_it_where_the_clinic_wants_it() -> None:
    (event,) = events(VISIT, practice=two(feed_shows_first_names=True))
    assert str(event["SUMMARY"]) == "Clinic visit (requested), Robin"
    assert "robin@example.org" not in str(event)


def test_where_everybodys_visits_are_each_says_whose_without_the_role() -> None:
    found = [str(event["SUMMARY"]) for event in events(VISIT, BLOCK, everybody=True)]
    assert found == ["Clinic visit (requested), Clinician 2", "Blocked, Dana Lee"]


def test_the_same_visits_give_the_same_bytes() -> None:
    assert agenda_file([VISIT, BLOCK], two(), everybody=True) == agenda_file([VISIT, BLOCK], two(), everybody=True)


def test_what_we_send_out_is_no_busy_time_when_it_comes_back() -> None:
    from knee_intake.booking.busy_ical import busy_spans

    file = agenda_file([VISIT, BLOCK], two(), everybody=True)
    assert busy_spans(file, timezone.utc, NINE - timedelta(days=1), NINE + timedelta(days=1)) == []
