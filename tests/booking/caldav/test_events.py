"""Reading and writing iCalendar: whatever comes in is read with certainty, or refused."""

from __future__ import annotations

import contextlib
import time
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knee_intake.booking.caldav import reports
from knee_intake.booking.caldav.events import (
    UnreadableEventError,
    changed_data,
    free_busy,
    main_event,
    new_data,
    occurrences,
    uid_of,
)
from knee_intake.errors import CalendarUnavailableError
from tests.booking.caldav.calendars import DAY, TEN, calendar_of, event, utc, visit

ZONE = ZoneInfo("America/New_York")


def starts(data: str, start: datetime = DAY[0], end: datetime = DAY[1]) -> list[datetime]:
    return [one.start for one in occurrences(data, start, end, ZONE)]


def test_a_visit_comes_back_as_it_was_written() -> None:
    for wanted in (visit(), visit(status="booked", sequence=3)):
        stored = main_event(new_data(wanted, utc(3, 1)).decode(), ZONE)
        assert stored is not None
        assert stored.visit("one") == wanted
        assert (stored.is_ours, stored.is_busy, stored.is_pending, stored.created) == (True, True, True, utc(3, 1))


def test_a_changed_visit_keeps_its_uid_and_its_first_day() -> None:
    wanted = visit(at=TEN + timedelta(hours=1), status="booked", sequence=1)
    text = changed_data(new_data(visit(), utc(3, 1)).decode(), wanted, utc(3, 2), is_pending=False).decode()
    stored = main_event(text, ZONE)
    assert stored is not None
    assert stored.visit("one") == wanted
    assert (stored.created, stored.is_pending) == (utc(3, 1), False)
    assert "DTSTAMP:20260302T000000Z" in text


def test_a_changed_visit_has_an_end_and_no_length_beside_it() -> None:
    text = new_data(visit(), utc(3, 1)).decode().replace("DTEND:20260310T143000Z", "DURATION:PT30M")
    changed = changed_data(text, visit(status="booked"), utc(3, 2), is_pending=False).decode()
    assert "DURATION" not in changed
    assert "DTEND:20260310T143000Z" in changed


def test_a_time_in_another_zone_is_written_in_utc() -> None:
    local = visit(at=TEN.astimezone(ZoneInfo("Asia/Kathmandu")))
    assert "DTSTART:20260310T140000Z" in new_data(local, utc(3, 1)).decode()


@pytest.mark.parametrize(
    ("lines", "length"),
    [
        # the clinic's day is 23 hours long on March 8, and 25 on November 1
        (["DTSTART;VALUE=DATE:20260308"], timedelta(hours=23)),
        (["DTSTART;VALUE=DATE:20261101"], timedelta(hours=25)),
        (["DTSTART:20261101T003000", "DTEND:20261101T033000"], timedelta(hours=4)),
        (["DTSTART:20260308T003000", "DTEND:20260308T033000"], timedelta(hours=2)),
    ],
)
def test_a_day_on_which_clocks_change_has_its_own_length(lines: list[str], length: timedelta) -> None:
    stored = main_event(event(*lines), ZONE)
    assert stored is not None
    assert stored.end - stored.start == length


def test_a_zone_that_only_the_calendar_defines_is_read_from_there() -> None:
    zone = (
        *("BEGIN:VTIMEZONE", "TZID:Clinic time", "BEGIN:STANDARD", "DTSTART:19700101T000000"),
        *("TZOFFSETFROM:-0330", "TZOFFSETTO:-0330", "END:STANDARD", "END:VTIMEZONE"),
    )
    lines = ("BEGIN:VEVENT", "UID:a", "DTSTART;TZID=Clinic time:20260310T100000", "DURATION:PT1H", "END:VEVENT")
    assert starts(calendar_of(*zone, *lines)) == [utc(3, 10, 13, 30)]


def test_a_zone_that_nobody_knows_is_the_clinics() -> None:
    assert starts(event("DTSTART;TZID=Nowhere:20260310T100000", "DURATION:PT1H")) == [TEN]


def test_a_zone_as_outlook_names_it_is_known() -> None:
    assert starts(event("DTSTART;TZID=Eastern Standard Time:20260310T100000", "DURATION:PT1H")) == [TEN]


def test_dates_that_the_server_has_expanded_itself_are_read_too() -> None:
    dates = [
        line
        for day in ("09", "10", "11")
        for line in (
            *("BEGIN:VEVENT", "UID:a", f"RECURRENCE-ID:202603{day}T150000Z"),
            *(f"DTSTART:202603{day}T150000Z", "DURATION:PT1H", "END:VEVENT"),
        )
    ]
    assert starts(calendar_of(*dates)) == [utc(3, 10, 15)]
    assert uid_of(calendar_of(*dates)) == "a"
    assert main_event(calendar_of(*dates), ZONE) is None


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=5",
        "FREQ=HOURLY;BYMINUTE=0,10,20,30",
        "FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7,8;BYMINUTE=0,10,20,30,40,50,55",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
    ],
)
def test_a_rule_that_would_keep_us_busy_is_refused_at_once(rule: str) -> None:
    started = time.monotonic()
    with pytest.raises(UnreadableEventError):
        starts(event("DTSTART:20260301T150000Z", "DURATION:PT1M", f"RRULE:{rule}"))
    assert time.monotonic() - started < 1.0


@pytest.mark.parametrize("rule", ["FREQ=HOURLY", "FREQ=DAILY;BYHOUR=9,13", "FREQ=MINUTELY;INTERVAL=30", "FREQ=YEARLY"])
def test_a_rule_that_a_clinic_may_have_is_read(rule: str) -> None:
    assert starts(event("DTSTART:20250310T150000Z", "DURATION:PT30M", f"RRULE:{rule}"))


def test_what_does_not_matter_to_the_time_may_be_broken() -> None:
    lines = ("DTSTART:20260310T150000Z", "DURATION:PT1H", "CREATED:long ago", "GEO:here", "PRIORITY:high")
    assert starts(event(*lines)) == [utc(3, 10, 15)]


def test_a_task_takes_no_time_and_is_no_event() -> None:
    task = calendar_of("BEGIN:VTODO", "UID:t", "DUE:20260310T150000Z", "END:VTODO")
    assert (starts(task), uid_of(task), main_event(task, ZONE)) == ([], "", None)


def test_a_free_busy_has_its_periods_with_an_end_or_a_length() -> None:
    lines = ("BEGIN:VFREEBUSY", "FREEBUSY:20260310T150000Z/20260310T153000Z,20260310T170000Z/PT1H", "END:VFREEBUSY")
    assert [(span.start, span.end) for span in free_busy(calendar_of(*lines))] == [
        (utc(3, 10, 15), utc(3, 10, 15, 30)),
        (utc(3, 10, 17), utc(3, 10, 18)),
    ]


def test_a_free_busy_without_a_period_is_free() -> None:
    assert free_busy(calendar_of("BEGIN:VFREEBUSY", "DTSTAMP:20260101T000000Z", "END:VFREEBUSY")) == []


GOOD = event(
    *("DTSTART;TZID=America/New_York:20260105T100000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=40"),
    *("EXDATE;TZID=America/New_York:20260113T100000", "RDATE:20260310T190000Z", "SEQUENCE:2", "SUMMARY:Rounds"),
)
LETTERS = '0123456789:;,=/+-TZ\r\n "ABXé\x00'
damage = st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 8), st.text(LETTERS, max_size=6)), max_size=4)


@given(damage)
def test_a_damaged_event_is_read_or_refused(spots: list[tuple[int, int, str]]) -> None:
    text = GOOD
    for at, length, instead in spots:
        text = text[:at] + instead + text[at + length :]
    for read in (uid_of, free_busy, lambda data: main_event(data, ZONE), starts):
        with contextlib.suppress(UnreadableEventError):
            read(text)


@given(st.binary(max_size=200) | st.text(LETTERS + "<>&", max_size=200).map(str.encode))
def test_bytes_that_are_no_multistatus_are_refused(body: bytes) -> None:
    with pytest.raises(CalendarUnavailableError):
        reports.read_multistatus(body)


def test_a_uid_in_a_report_cannot_break_out_of_it() -> None:
    assert b"<C:text-match" in reports.uid_query("a")
    assert reports.uid_query("</C:text-match>&").count(b"</C:text-match>") == 1


def test_a_report_asks_in_utc() -> None:
    local = TEN.astimezone(ZONE)
    assert reports.span_query(local, local + timedelta(hours=1)) == reports.span_query(
        TEN, TEN.astimezone(timezone.utc) + timedelta(hours=1)
    )
    assert b'<C:time-range start="20260310T140000Z" end="20260310T150000Z"/>' in reports.free_busy_query(
        local, local + timedelta(hours=1)
    )
