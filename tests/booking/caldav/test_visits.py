"""The clinic's own calendar on a real CalDAV server: visits are written, changed, removed and found again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from knee_intake.booking.caldav import CalDavCalendar
from knee_intake.errors import CalendarUnavailableError, SlotTakenError
from tests.booking.caldav.calendars import DAY, PASSWORD, TEN, Open, Radicale, busy, calendar_of, event, uid, utc, visit

HALF_HOUR = timedelta(minutes=30)
SLOT = "one/one-20260310T140000Z.ics"

# what is written


def test_a_visit_is_written_without_a_name_or_a_word_about_health(radicale: Radicale, calendar: CalDavCalendar) -> None:
    calendar.write(visit())
    text = radicale.ask("GET", SLOT).text
    said = dict(line.split(":", 1) for line in text.splitlines() if not line.startswith(("DTSTAMP", "CREATED")))
    assert said == {
        "BEGIN": "VEVENT",
        "END": "VCALENDAR",
        "VERSION": "2.0",
        "PRODID": "-//Clinic visits//EN",
        "UID": uid("h7k-4mq"),
        "DTSTART": "20260310T140000Z",
        "DTEND": "20260310T143000Z",
        "SUMMARY": "Clinic visit (requested)",
        "DESCRIPTION": "Reference: H7K-4MQ",
        "STATUS": "TENTATIVE",
        "SEQUENCE": "0",
        "CLASS": "PRIVATE",
        "TRANSP": "OPAQUE",
        "X-VISIT-KIND": "first_visit",
    }


def test_a_written_visit_is_busy_and_ours(radicale: Radicale, calendar: CalDavCalendar) -> None:
    radicale.put("one/a.ics", event("DTSTART:20260310T150000Z", "DURATION:PT1H"))
    calendar.write(visit())
    calendar.write(visit("c3d-3fg", clinician="two"))
    assert busy(calendar) == [(TEN, TEN + HALF_HOUR), (utc(3, 10, 15), utc(3, 10, 16))]
    assert calendar.ours(*DAY) == [visit(), visit("c3d-3fg", clinician="two")]
    assert calendar.ours(DAY[0], TEN) == []
    assert calendar.ours(TEN + HALF_HOUR, DAY[1]) == []


def test_writing_again_changes_nothing(radicale: Radicale, calendar: CalDavCalendar) -> None:
    calendar.write(visit())
    before = radicale.ask("GET", SLOT).text
    calendar.update(visit(status="booked", sequence=1))
    booked = radicale.ask("GET", SLOT).text
    calendar.write(visit())
    assert radicale.ask("GET", SLOT).text == booked != before
    assert calendar.ours(*DAY) == [visit(status="booked", sequence=1)]


@pytest.mark.parametrize("minutes", [-15, 0, 15])
def test_a_time_that_another_visit_of_ours_overlaps_is_taken(calendar: CalDavCalendar, minutes: int) -> None:
    calendar.write(visit())
    with pytest.raises(SlotTakenError):
        calendar.write(visit("c3d-3fg", at=TEN + timedelta(minutes=minutes)))
    assert calendar.ours(*DAY) == [visit()]


def test_times_that_touch_are_free(calendar: CalDavCalendar) -> None:
    calendar.write(visit())
    calendar.write(visit("c3d-3fg", at=TEN + HALF_HOUR))
    calendar.write(visit("d4f-4gh", at=TEN - HALF_HOUR))
    calendar.write(visit("f6g-6hj", clinician="two"))
    assert len(calendar.ours(*DAY)) == 4


@pytest.mark.parametrize(
    "lines",
    [
        ["DTSTART:20260310T141500Z", "DURATION:PT1H"],
        ["DTSTART;VALUE=DATE:20260310"],
        ["DTSTART;TZID=America/New_York:20260105T100000", "DURATION:PT10M", "RRULE:FREQ=DAILY"],
    ],
)
def test_a_time_that_the_clinic_has_taken_is_taken(
    radicale: Radicale, calendar: CalDavCalendar, lines: list[str]
) -> None:
    radicale.put("one/a.ics", event(*lines))
    with pytest.raises(SlotTakenError):
        calendar.write(visit())
    assert calendar.ours(*DAY) == []
    assert radicale.ask("GET", SLOT).status_code == 404


@pytest.mark.parametrize("line", ["STATUS:CANCELLED", "TRANSP:TRANSPARENT"])
def test_what_takes_no_time_does_not_stand_in_the_way(radicale: Radicale, calendar: CalDavCalendar, line: str) -> None:
    radicale.put("one/a.ics", event("DTSTART:20260310T140000Z", "DURATION:PT1H", line))
    calendar.write(visit())
    assert calendar.ours(*DAY) == [visit()]


@pytest.mark.parametrize(
    "lines",
    [
        ["DTSTART:20260310T140000Z", "DURATION:PT1H", "STATUS:CANCELLED"],
        ["DTSTART:20260601T140000Z", "DURATION:PT1H"],
    ],
)
@pytest.mark.parametrize("whose", ["staff@clinic.example", uid("z9z-9zz")])
def test_a_name_in_use_by_a_cancelled_or_moved_event_does_not_block(
    radicale: Radicale, calendar: CalDavCalendar, lines: list[str], whose: str
) -> None:
    radicale.put(SLOT, event(*lines, uid=whose))
    there = radicale.ask("GET", SLOT).text
    calendar.write(visit())
    calendar.write(visit())
    assert calendar.ours(*DAY) == [visit()]
    assert radicale.ask("GET", SLOT).text == there
    with pytest.raises(SlotTakenError):
        calendar.write(visit("c3d-3fg"))
    calendar.remove(uid("h7k-4mq"))
    calendar.write(visit("c3d-3fg"))
    assert calendar.ours(*DAY) == [visit("c3d-3fg")]


def test_a_name_in_use_by_a_task_does_not_block(radicale: Radicale, calendar: CalDavCalendar) -> None:
    radicale.put(SLOT, calendar_of("BEGIN:VTODO", "UID:t", "DTSTAMP:20260101T000000Z", "END:VTODO"))
    calendar.write(visit())
    assert calendar.ours(*DAY) == [visit()]


def test_our_own_visit_that_staff_cancelled_is_written_again(radicale: Radicale, calendar: CalDavCalendar) -> None:
    calendar.write(visit())
    radicale.put(SLOT, radicale.ask("GET", SLOT).text.replace("TENTATIVE", "CANCELLED"))
    assert calendar.ours(*DAY) == []
    calendar.write(visit())
    assert calendar.ours(*DAY) == [visit()]


@pytest.mark.parametrize("day", ["20260310T18", "20260601T14"])
def test_our_own_visit_that_lies_elsewhere_is_brought_back(
    radicale: Radicale, calendar: CalDavCalendar, day: str
) -> None:
    calendar.write(visit())
    moved = radicale.ask("GET", SLOT).text.replace("20260310T14", day)
    assert radicale.ask("DELETE", SLOT).ok
    radicale.put("one/dragged.ics", moved)
    calendar.write(visit())
    assert calendar.ours(*DAY) == [visit()]
    assert calendar.ours(utc(3, 11, 4), utc(12, 1, 0)) == []


# update


def test_a_requested_visit_becomes_a_booked_one(radicale: Radicale, calendar: CalDavCalendar) -> None:
    calendar.write(visit())
    calendar.update(visit(status="booked", sequence=1))
    calendar.update(visit(status="booked", sequence=1))
    assert calendar.ours(*DAY) == [visit(status="booked", sequence=1)]
    text = radicale.ask("GET", SLOT).text
    assert "SUMMARY:Clinic visit\r\n" in text
    assert "STATUS:CONFIRMED\r\n" in text


def test_what_staff_noted_on_a_visit_stays(radicale: Radicale, calendar: CalDavCalendar) -> None:
    calendar.write(visit())
    noted = (
        radicale.ask("GET", SLOT)
        .text.replace("Clinic visit (requested)", "Room 3")
        .replace("TRANSP:OPAQUE", "TRANSP:OPAQUE\r\nCOMMENT:bring the form")
    )
    radicale.put(SLOT, noted)
    calendar.update(visit(status="booked", sequence=1))
    text = radicale.ask("GET", SLOT).text
    assert "SUMMARY:Room 3\r\n" in text
    assert "COMMENT:bring the form\r\n" in text
    assert "STATUS:CONFIRMED\r\n" in text


def test_a_visit_that_is_gone_is_created(calendar: CalDavCalendar) -> None:
    calendar.update(visit(status="booked", sequence=2))
    assert calendar.ours(*DAY) == [visit(status="booked", sequence=2)]


def test_a_visit_that_is_gone_is_not_created_over_another_one(calendar: CalDavCalendar) -> None:
    calendar.write(visit("c3d-3fg"))
    with pytest.raises(SlotTakenError):
        calendar.update(visit(status="booked", sequence=2))
    assert calendar.ours(*DAY) == [visit("c3d-3fg")]


@pytest.mark.parametrize("minutes", [15, 120])
def test_a_visit_is_moved(calendar: CalDavCalendar, minutes: int) -> None:
    moved = visit(at=TEN + timedelta(minutes=minutes), sequence=1)
    calendar.write(visit())
    calendar.update(moved)
    assert calendar.ours(*DAY) == [moved]
    assert busy(calendar) == [(moved.start, moved.end)]


def test_the_old_time_of_a_moved_visit_is_free(calendar: CalDavCalendar) -> None:
    calendar.write(visit())
    calendar.update(visit(at=TEN + 2 * HALF_HOUR))
    calendar.write(visit("c3d-3fg"))
    assert len(calendar.ours(*DAY)) == 2


def test_a_visit_is_not_moved_onto_another_one(calendar: CalDavCalendar) -> None:
    other = visit("c3d-3fg", at=TEN + 3 * HALF_HOUR)
    calendar.write(visit())
    calendar.write(other)
    with pytest.raises(SlotTakenError):
        calendar.update(visit(at=TEN + 2.5 * HALF_HOUR))
    assert calendar.ours(*DAY) == [visit(), other]


def test_a_visit_is_moved_to_another_clinician(calendar: CalDavCalendar) -> None:
    calendar.write(visit())
    calendar.update(visit(clinician="two"))
    assert calendar.ours(*DAY) == [visit(clinician="two")]


def test_a_visit_is_not_moved_to_a_clinician_who_is_busy(radicale: Radicale, calendar: CalDavCalendar) -> None:
    radicale.put("two/a.ics", event("DTSTART:20260310T140000Z", "DURATION:PT1H"))
    calendar.write(visit())
    with pytest.raises(SlotTakenError):
        calendar.update(visit(clinician="two"))
    assert calendar.ours(*DAY) == [visit()]


def test_a_confirmed_visit_stays_where_staff_put_something_beside_it(
    radicale: Radicale, calendar: CalDavCalendar
) -> None:
    calendar.write(visit())
    radicale.put("one/a.ics", event("DTSTART:20260310T140000Z", "DURATION:PT1H"))
    calendar.update(visit(status="booked", sequence=1))
    assert calendar.ours(*DAY) == [visit(status="booked", sequence=1)]


# remove


def test_a_removed_visit_is_gone_and_its_time_is_free(radicale: Radicale, calendar: CalDavCalendar) -> None:
    calendar.write(visit(clinician="two"))
    calendar.write(visit("c3d-3fg"))
    calendar.remove(uid("h7k-4mq"))
    calendar.remove(uid("h7k-4mq"))
    assert calendar.ours(*DAY) == [visit("c3d-3fg")]
    calendar.write(visit("d4f-4gh", clinician="two"))


def test_removing_takes_the_very_uid(radicale: Radicale, calendar: CalDavCalendar) -> None:
    longer = f"copy-of-{uid('h7k-4mq')}"
    radicale.put("one/a.ics", event("DTSTART:20260310T150000Z", "DURATION:PT1H", uid=longer))
    calendar.remove(uid("h7k-4mq"))
    assert radicale.ask("GET", "one/a.ics").ok


def test_a_visit_is_found_wherever_staff_dragged_it(radicale: Radicale, calendar: CalDavCalendar) -> None:
    calendar.write(visit())
    radicale.put(SLOT, radicale.ask("GET", SLOT).text.replace("20260310T14", "20260312T18"))
    assert calendar.ours(*DAY) == []
    calendar.update(visit(status="booked", sequence=1))
    assert calendar.ours(*DAY) == [visit(status="booked", sequence=1)]
    calendar.remove(uid("h7k-4mq"))
    assert calendar.ours(utc(1, 1), utc(12, 1)) == []


# what staff are told


def test_a_wrong_password_is_named_without_saying_it(radicale: Radicale, open_calendar: Open) -> None:
    calendar = open_calendar(radicale.address, calendar_password="Regenschirm")
    with pytest.raises(CalendarUnavailableError) as caught:
        calendar.write(visit())
    assert str(caught.value) == (
        "the calendar server does not accept the user name or the password (HTTP 401): check "
        "KNEE_INTAKE_CALENDAR_USER, KNEE_INTAKE_CALENDAR_PASSWORD and KNEE_INTAKE_CALENDAR_AUTH"
    )
    assert not {"Regenschirm", PASSWORD} & set(repr(caught.value.__cause__).split())


def test_a_calendar_that_is_not_there_is_named(radicale: Radicale, open_calendar: Open) -> None:
    calendar = open_calendar(radicale.address + "elsewhere/")
    expected = r"^calendar of one: there is no calendar at this address: check KNEE_INTAKE_CALENDAR_URL \(HTTP 404\)$"
    for call in (lambda: busy(calendar), lambda: calendar.write(visit()), lambda: calendar.ours(*DAY)):
        with pytest.raises(CalendarUnavailableError, match=expected):
            call()
