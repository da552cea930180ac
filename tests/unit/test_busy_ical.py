"""A calendar's feed becomes taken times: recurrences, clock changes, all-day events, and what takes no time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from knee_intake.booking import busy_ical
from knee_intake.booking.busy_ical import busy_spans
from knee_intake.errors import BusyFeedError

NEW_YORK = ZoneInfo("America/New_York")
START = datetime(2026, 3, 1, tzinfo=timezone.utc)
END = datetime(2026, 3, 29, tzinfo=timezone.utc)
"""On March 8, 2026 the clocks of New York go forward."""


def calendar(*events: str, head: str = "") -> bytes:
    """Each event as its lines with ";" for a new one: `calendar("DTSTART:20260302T140000Z|DURATION:PT1H")`."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", *filter(None, head.split("|"))]
    for number, event in enumerate(events):
        own = event.split("|")
        uid = [] if any(line.startswith("UID:") for line in own) else [f"UID:{number}@example.org"]
        lines += ["BEGIN:VEVENT", *uid, "DTSTAMP:20260101T000000Z", *own, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def spans(*events: str, head: str = "") -> list[str]:
    """The taken times as New York's clocks show them."""
    found = busy_spans(calendar(*events, head=head), NEW_YORK, START, END)
    return [f"{a.astimezone(NEW_YORK):%m-%d %H:%M} {b.astimezone(NEW_YORK):%m-%d %H:%M}" for a, b in found]


@pytest.mark.parametrize(
    ("event", "taken"),
    [
        ("DTSTART:20260302T140000Z|DTEND:20260302T150000Z", "03-02 09:00 03-02 10:00"),
        ("DTSTART;TZID=America/Chicago:20260302T090000|DURATION:PT30M", "03-02 10:00 03-02 10:30"),
        ("DTSTART:20260302T090000|DTEND:20260302T100000", "03-02 09:00 03-02 10:00"),
        ("DTSTART;VALUE=DATE:20260303|DTEND;VALUE=DATE:20260305", "03-03 00:00 03-05 00:00"),
        ("DTSTART;VALUE=DATE:20260303", "03-03 00:00 03-04 00:00"),
        ("DTSTART;VALUE=DATE:20260308", "03-08 00:00 03-09 00:00"),
        ("DTSTART:20260302T140000Z|DTEND:20260302T150000Z|STATUS:TENTATIVE", "03-02 09:00 03-02 10:00"),
    ],
    ids=["utc", "another zone", "no zone", "two days", "one day", "the day of 23 hours", "tentative"],
)
def test_an_event_takes_its_time(event: str, taken: str) -> None:
    assert spans(event) == [taken]


def test_the_day_on_which_clocks_change_is_an_hour_shorter() -> None:
    ((start, end),) = busy_spans(calendar("DTSTART;VALUE=DATE:20260308"), NEW_YORK, START, END)
    assert end - start == timedelta(hours=23)


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART:20260302T140000Z|DURATION:PT1H|TRANSP:TRANSPARENT",
        "DTSTART:20260302T140000Z|DURATION:PT1H|STATUS:CANCELLED",
        "DTSTART:20260302T140000Z|DURATION:PT1H|UID:h7k-4mq@visits.invalid",
        "DTSTART:20260302T140000Z|DTEND:20260302T140000Z",
        "DTSTART:20260228T140000Z|DURATION:PT1H",
        "DTSTART:20260329T000000Z|DURATION:PT1H",
    ],
    ids=["transparent", "cancelled", "ours", "no length", "before", "after"],
)
def test_what_takes_no_time_of_the_span_is_left_out(event: str) -> None:
    assert spans(event) == []


@pytest.mark.parametrize("start", ["DTSTART;TZID=America/New_York:20260302T090000", "DTSTART:20260302T090000"])
def test_a_weekly_meeting_stays_at_its_hour_when_clocks_change(start: str) -> None:
    assert spans(f"{start}|DURATION:PT1H|RRULE:FREQ=WEEKLY;COUNT=3") == [
        "03-02 09:00 03-02 10:00",
        "03-09 09:00 03-09 10:00",
        "03-16 09:00 03-16 10:00",
    ]


def test_a_calendar_that_names_its_zone_is_believed() -> None:
    rule = "DTSTART:20260302T090000|DURATION:PT1H"
    assert spans(rule, head="X-WR-TIMEZONE:America/Chicago") == ["03-02 10:00 03-02 11:00"]


def test_a_series_loses_what_was_taken_out_moved_or_called_off() -> None:
    zone = "TZID=America/New_York"
    series = f"UID:a|DTSTART;{zone}:20260302T090000|DURATION:PT1H|RRULE:FREQ=WEEKLY;COUNT=4"
    assert spans(
        f"{series}|EXDATE;{zone}:20260309T090000",
        f"UID:a|RECURRENCE-ID;{zone}:20260316T090000|DTSTART;{zone}:20260317T110000|DURATION:PT30M",
        f"UID:a|RECURRENCE-ID;{zone}:20260323T090000|DTSTART;{zone}:20260323T090000|DURATION:PT1H|STATUS:CANCELLED",
    ) == ["03-02 09:00 03-02 10:00", "03-17 11:00 03-17 11:30"]


def test_a_series_that_began_years_ago_still_takes_its_time() -> None:
    event = "DTSTART;TZID=America/New_York:20190107T120000|DURATION:PT45M|RRULE:FREQ=MONTHLY;BYDAY=1MO"
    assert spans(event) == ["03-02 12:00 03-02 12:45"]


def test_times_that_touch_or_overlap_become_one() -> None:
    assert spans(
        "DTSTART:20260302T150000Z|DURATION:PT1H",
        "DTSTART:20260302T140000Z|DURATION:PT1H",
        "DTSTART:20260302T143000Z|DURATION:PT15M",
        "DTSTART:20260302T170000Z|DURATION:PT1H",
    ) == ["03-02 09:00 03-02 11:00", "03-02 12:00 03-02 13:00"]


def test_an_event_that_reaches_into_the_span_is_kept_whole() -> None:
    assert spans("DTSTART;VALUE=DATE:20260220|DTEND;VALUE=DATE:20260303") == ["02-20 00:00 03-03 00:00"]


def test_an_empty_calendar_takes_no_time() -> None:
    assert spans() == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not_readable"),
        (b"<html><body>Sign in</body></html>", "not_readable"),
        (calendar("DTSTART:20260302T140000Z|DURATION:PT1H", "DTSTART:soon"), "not_readable"),
        (calendar("DTSTART:20260302T140000Z|DURATION:PT1H", "SUMMARY:no start"), "not_readable"),
        (calendar("DTSTART:20260302T140000Z|RRULE:FREQ=NEVER"), "not_readable"),
        (calendar("DTSTART:20260302T140000Z|DURATION:PT1M|RRULE:FREQ=MINUTELY"), "repeats_too_often"),
        (calendar("DTSTART:20260302T140000Z|DURATION:PT1S|RRULE:FREQ=SECONDLY"), "repeats_too_often"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VFREEBUSY\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n", "free_busy_only"),
    ],
)
def test_a_calendar_with_anything_that_cannot_be_read_is_not_used_at_all(data: bytes, reason: str) -> None:
    with pytest.raises(BusyFeedError) as caught:
        busy_spans(data, NEW_YORK, START, END)
    assert caught.value.reason == reason


def test_a_calendar_with_more_events_than_a_person_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(busy_ical, "MOST_TIMES", 26)
    daily = calendar("DTSTART:20260301T140000Z|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT={}")
    assert len(busy_spans(daily.replace(b"{}", b"26"), NEW_YORK, START, END)) == 26
    with pytest.raises(BusyFeedError, match="too_many_events"):
        busy_spans(daily.replace(b"{}", b"27"), NEW_YORK, START, END)
