"""The clinic's own calendar on a real CalDAV server: when a clinician is busy."""

from __future__ import annotations

from datetime import datetime

import pytest

from knee_intake.booking.caldav import CalDavCalendar
from knee_intake.errors import CalendarUnavailableError
from tests.booking.caldav.calendars import DAY, USER, Radicale, busy, calendar_of, event, utc


@pytest.mark.parametrize(
    ("lines", "spans"),
    [
        (["DTSTART:20260310T150000Z", "DTEND:20260310T160000Z"], [(utc(3, 10, 15), utc(3, 10, 16))]),
        (["DTSTART:20260310T150000Z", "DURATION:PT45M"], [(utc(3, 10, 15), utc(3, 10, 15, 45))]),
        (["DTSTART:20260310T150000Z", "DURATION:PT1H", "STATUS:TENTATIVE"], [(utc(3, 10, 15), utc(3, 10, 16))]),
        (["DTSTART:20260310T150000Z", "DURATION:PT1H", "STATUS:CANCELLED"], []),
        (["DTSTART:20260310T150000Z", "DURATION:PT1H", "TRANSP:TRANSPARENT"], []),
        (["DTSTART:20260310T150000Z", "DURATION:PT1H", "TRANSP:OPAQUE"], [(utc(3, 10, 15), utc(3, 10, 16))]),
        (["DTSTART:20260310T150000Z"], []),  # a reminder: it takes no time
        # across midnight, into the day and out of it
        (["DTSTART:20260310T030000Z", "DTEND:20260310T050000Z"], [(utc(3, 10, 3), utc(3, 10, 5))]),
        (["DTSTART:20260311T033000Z", "DTEND:20260311T050000Z"], [(utc(3, 11, 3, 30), utc(3, 11, 5))]),
        (["DTSTART:20260310T030000Z", "DTEND:20260310T040000Z"], []),  # ends as the day begins
        (["DTSTART:20260311T040000Z", "DTEND:20260311T050000Z"], []),  # begins as the day ends
        # whole days and floating times are meant in New York
        (["DTSTART;VALUE=DATE:20260310"], [(utc(3, 10, 4), utc(3, 11, 4))]),
        (["DTSTART;VALUE=DATE:20260309", "DTEND;VALUE=DATE:20260312"], [(utc(3, 9, 4), utc(3, 12, 4))]),
        (["DTSTART;VALUE=DATE:20260309"], []),
        (["DTSTART;VALUE=DATE:20260311"], []),
        (["DTSTART:20260310T233000", "DTEND:20260310T235900"], [(utc(3, 11, 3, 30), utc(3, 11, 3, 59))]),
        (["DTSTART:20260310T000000", "DTEND:20260310T003000"], [(utc(3, 10, 4), utc(3, 10, 4, 30))]),
        # other zones, with and without their definition
        (
            ["DTSTART;TZID=Europe/Berlin:20260310T180000", "DTEND;TZID=Europe/Berlin:20260310T190000"],
            [(utc(3, 10, 17), utc(3, 10, 18))],
        ),
        (
            ["DTSTART;TZID=Pacific/Auckland:20260311T100000", "DURATION:PT1H"],
            [(utc(3, 10, 21), utc(3, 10, 22))],
        ),
    ],
)
def test_an_event_of_the_clinic_is_busy_when_it_is_meant(
    radicale: Radicale, calendar: CalDavCalendar, lines: list[str], spans: list[tuple[datetime, datetime]]
) -> None:
    radicale.put("one/a.ics", event(*lines))
    assert busy(calendar) == spans


WEEK = (utc(3, 6, 5), utc(3, 11, 4))  # from Friday to Tuesday; the clocks change on Sunday, March 8


@pytest.mark.parametrize(
    ("parts", "starts"),
    [
        # three o'clock in New York stays three o'clock
        (
            [["DTSTART;TZID=America/New_York:20260105T150000", "DURATION:PT1H", "RRULE:FREQ=DAILY"]],
            [utc(3, 6, 20), utc(3, 7, 20), utc(3, 8, 19), utc(3, 9, 19), utc(3, 10, 19)],
        ),
        (
            [["DTSTART:20260105T150000", "DURATION:PT1H", "RRULE:FREQ=DAILY"]],
            [utc(3, 6, 20), utc(3, 7, 20), utc(3, 8, 19), utc(3, 9, 19), utc(3, 10, 19)],
        ),
        # Berlin changes three weeks later
        (
            [["DTSTART;TZID=Europe/Berlin:20260105T150000", "DURATION:PT1H", "RRULE:FREQ=DAILY"]],
            [utc(3, day, 14) for day in (6, 7, 8, 9, 10)],
        ),
        (
            [["DTSTART;VALUE=DATE:20250101", "RRULE:FREQ=WEEKLY;BYDAY=SA,MO"]],
            [utc(3, 7, 5), utc(3, 9, 4)],
        ),
        (
            [
                ["DTSTART:20260105T150000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY", "EXDATE:20260307T150000Z"],
                ["RECURRENCE-ID:20260308T150000Z", "DTSTART:20260308T170000Z", "DURATION:PT1H"],
                ["RECURRENCE-ID:20260309T150000Z", "DTSTART:20260309T150000Z", "DURATION:PT1H", "STATUS:CANCELLED"],
            ],
            [utc(3, 6, 15), utc(3, 8, 17), utc(3, 10, 15)],
        ),
        # a date of a series that was moved into the span from outside
        (
            [
                ["DTSTART:20260401T150000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2"],
                ["RECURRENCE-ID:20260402T150000Z", "DTSTART:20260309T180000Z", "DURATION:PT1H"],
            ],
            [utc(3, 9, 18)],
        ),
        ([["DTSTART:20250110T150000Z", "DURATION:PT1H", "RDATE:20260307T150000Z"]], [utc(3, 7, 15)]),
        ([["DTSTART:20250110T150000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=20260306T160000Z"]], [utc(3, 6, 15)]),
    ],
)
def test_a_recurring_event_is_busy_on_each_of_its_dates(
    radicale: Radicale, calendar: CalDavCalendar, parts: list[list[str]], starts: list[datetime]
) -> None:
    events = [["BEGIN:VEVENT", "UID:series", "DTSTAMP:20260101T000000Z", *part, "END:VEVENT"] for part in parts]
    radicale.put("one/a.ics", calendar_of(*(line for lines in events for line in lines)))
    assert [start for start, _ in busy(calendar, *WEEK)] == starts


def test_each_clinician_has_a_calendar(radicale: Radicale, calendar: CalDavCalendar) -> None:
    radicale.put("one/a.ics", event("DTSTART:20260310T150000Z", "DURATION:PT1H", uid="a"))
    radicale.put("two/b.ics", event("DTSTART:20260310T170000Z", "DURATION:PT1H", uid="b"))
    found = {(span.clinician, span.start) for span in calendar.busy(["one", "two"], *DAY)}
    assert found == {("one", utc(3, 10, 15)), ("two", utc(3, 10, 17))}
    assert {span.clinician for span in calendar.busy(["two"], *DAY)} == {"two"}


def test_tasks_in_the_calendar_are_left_alone(radicale: Radicale, calendar: CalDavCalendar) -> None:
    lines = ("BEGIN:VTODO", "UID:t", "DTSTAMP:20260101T000000Z", "DUE:20260310T150000Z", "END:VTODO")
    radicale.put("one/t.ics", calendar_of(*lines))
    assert busy(calendar) == []


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["DTSTART:20260310T150000Z", "DURATION:PT1M", "RRULE:FREQ=MINUTELY"], "it repeats too often"),
        (
            [
                "DTSTART:20260310T150000Z",
                "DURATION:PT1H",
                "RRULE:FREQ=DAILY;BYMINUTE=0,1;BYSECOND=" + ",".join(map(str, range(60))),
            ],
            "it repeats too often",
        ),
    ],
)
def test_an_event_that_cannot_be_told_is_named_to_staff(
    radicale: Radicale, calendar: CalDavCalendar, lines: list[str], why: str
) -> None:
    radicale.put("one/odd.ics", event(*lines))
    with pytest.raises(CalendarUnavailableError, match=f"^calendar of one: /{USER}/one/odd.ics cannot be used: {why}$"):
        busy(calendar)
