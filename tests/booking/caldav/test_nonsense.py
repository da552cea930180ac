"""A calendar server whose answers make no sense, are too long, want to do harm, or tell only when somebody is busy."""

from __future__ import annotations

import re
import time

import pytest

from knee_intake.booking.caldav.watched import MAX_ANSWER
from knee_intake.errors import CalendarUnavailableError
from tests.booking.caldav.calendars import DAY, Open, Radicale, calendar_of, error_of, event, uid, visit
from tests.booking.caldav.faulty import DAV, Asked, Faulty, Reply, multistatus

NO_XML = "the calendar server's answer is not readable XML"

# nonsense


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(body=b""), NO_XML),
        (Reply(body=b"<html><body>Log in"), NO_XML),
        (Reply(body=b"\xff\xfe\x00"), NO_XML),
        (Reply(body=b'<?xml version="1.0" encoding="klingon"?><a/>'), NO_XML),
        (Reply(body=b"<html/>"), "the calendar server answers with something else than a calendar's events"),
        (Reply(200), "calendar of one: the server answers in an unexpected way (HTTP 200)"),
        (Reply(410), "calendar of one: the server answers in an unexpected way (HTTP 410)"),
        (Reply(418), "calendar of one: the server answers in an unexpected way (HTTP 418)"),
        (
            Reply(body=DAV.format("<response><href>/c/</href><status>HTTP/1.1 507 Full</status></response>").encode()),
            "the calendar server leaves out a part of its answer (HTTP 507)",
        ),
        (multistatus("x", status="HTTP/1.1 403 No"), "the calendar server leaves out a part of its answer (HTTP None)"),
        (multistatus("Guten Tag"), "calendar of one: /a.ics cannot be used: its times cannot be read"),
        (multistatus("BEGIN:VCARD\r\nEND:VCARD"), "calendar of one: /a.ics cannot be used: it is no calendar object"),
        (multistatus(event("SUMMARY:no start")), "calendar of one: /a.ics cannot be used: its times cannot be read"),
        (multistatus(event("DTSTART:today")), "calendar of one: /a.ics cannot be used: its times cannot be read"),
        (
            multistatus(event("DTSTART:20260310T150000Z", "RRULE:FREQ=DAILY;INTERVAL=0")),
            "calendar of one: /a.ics cannot be used: it repeats too often",
        ),
        (
            multistatus(event("DTSTART:00010310T150000Z", "RRULE:FREQ=HOURLY")),
            "calendar of one: /a.ics cannot be used: it repeats too often",
        ),
    ],
)  # fmt: skip
def test_nonsense_is_no_answer(faulty: Faulty, open_calendar: Open, reply: Reply, said: str) -> None:
    faulty.behave = lambda asked: reply
    assert error_of(open_calendar(faulty.address)) == said


LAUGHS = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(1, 30))


@pytest.mark.parametrize(
    "doctype",
    [
        f'<!DOCTYPE lolz [<!ENTITY a1 "ha">{LAUGHS}]>',
        '<!DOCTYPE lolz SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE lolz [<!ENTITY a30 SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_a_document_type_is_refused_before_it_can_blow_up(faulty: Faulty, open_calendar: Open, doctype: str) -> None:
    body = f'<?xml version="1.0"?>{doctype}<multistatus xmlns="DAV:">&a30;</multistatus>'.encode()
    faulty.behave = lambda asked: Reply(body=body)
    started = time.monotonic()
    assert error_of(open_calendar(faulty.address)) == "the calendar server's answer holds a document type"
    assert time.monotonic() - started < 2.0


def test_an_answer_that_is_too_long_is_not_read_to_its_end(faulty: Faulty, open_calendar: Open) -> None:
    faulty.behave = lambda asked: Reply(body=b" " * (MAX_ANSWER + 1))
    assert error_of(open_calendar(faulty.address)) == "the calendar server's answer is longer than 8388608 bytes"
    assert len(faulty.asked) == 1


def test_an_event_that_went_away_in_between_is_left_out(faulty: Faulty, open_calendar: Open) -> None:
    gone = "<response><href>/a.ics</href><status>HTTP/1.1 404 Not Found</status></response>"
    itself = "<response><href>/one/</href><propstat><prop/><status>HTTP/1.1 200 OK</status></propstat></response>"
    faulty.behave = lambda asked: Reply(body=DAV.format(gone + itself).encode())
    assert open_calendar(faulty.address).busy(["one"], *DAY) == []


def test_a_server_without_etags_is_not_written_to(faulty: Faulty, open_calendar: Open) -> None:
    ours = event("DTSTART:20260310T140000Z", "DURATION:PT30M", uid=uid("h7k-4mq"))
    faulty.behave = lambda asked: multistatus(ours, etag="")
    with pytest.raises(CalendarUnavailableError, match=r"^calendar of one: the server gives no ETag$"):
        open_calendar(faulty.address).remove(uid("h7k-4mq"))
    assert set(faulty.methods) == {"REPORT"}


def test_a_visit_that_does_not_show_up_is_not_taken_for_written(faulty: Faulty, open_calendar: Open) -> None:
    faulty.behave = lambda asked: Reply(201, b"") if asked.method == "PUT" else None
    with pytest.raises(CalendarUnavailableError, match=r"^calendar of one: the visit is not where it was written$"):
        open_calendar(faulty.address).write(visit())


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (403, "the user may not do this in the calendar"),
        (409, "the server refuses it"),
        (423, "the calendar is locked"),
        (507, "the server's disk is full"),
    ],
)
def test_a_refused_write_says_why(faulty: Faulty, open_calendar: Open, status: int, said: str) -> None:
    faulty.behave = lambda asked: Reply(status) if asked.method == "PUT" else None
    with pytest.raises(CalendarUnavailableError, match=re.escape(f"calendar of one: {said} (HTTP {status})")):
        open_calendar(faulty.address).write(visit())
    assert faulty.methods.count("PUT") == 1


# free-busy only


FREE_BUSY = calendar_of(
    "BEGIN:VFREEBUSY",
    "UID:f",
    "DTSTAMP:20260101T000000Z",
    "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260310T150000Z/20260310T153000Z,20260310T170000Z/PT1H",
    "FREEBUSY;FBTYPE=FREE:20260310T190000Z/PT1H",
    "FREEBUSY:20260312T190000Z/PT1H",
    "END:VFREEBUSY",
)


@pytest.mark.parametrize("status", [400, 403, 405, 501])
def test_where_only_free_busy_is_allowed_it_is_asked_for(faulty: Faulty, open_calendar: Open, status: int) -> None:
    def behave(asked: Asked) -> Reply:
        return Reply(200, FREE_BUSY.encode()) if b"free-busy-query" in asked.body else Reply(status)

    faulty.behave = behave
    found = open_calendar(faulty.address).busy(["one"], *DAY)
    assert [(span.start.hour, span.start.minute, span.end.hour) for span in found] == [(15, 0, 15), (17, 0, 18)]


def test_radicales_free_busy_is_read(between: Faulty, radicale: Radicale, open_calendar: Open) -> None:
    radicale.put("one/a.ics", event("DTSTART:20260310T150000Z", "DURATION:PT1H"))
    between.behave = lambda asked: Reply(403) if b"calendar-query" in asked.body else None
    found = open_calendar(between.address).busy(["one"], *DAY)
    assert [(span.clinician, span.start.hour, span.end.hour) for span in found] == [("one", 15, 16)]


def test_where_nothing_is_allowed_the_first_refusal_is_told(faulty: Faulty, open_calendar: Open) -> None:
    faulty.behave = lambda asked: Reply(405 if b"free-busy" in asked.body else 403)
    assert (
        error_of(open_calendar(faulty.address))
        == "calendar of one: the user may not do this in the calendar (HTTP 403)"
    )


@pytest.mark.parametrize("body", [b"", calendar_of().encode(), event("DTSTART:20260310T150000Z").encode()])
def test_a_free_busy_without_one_is_not_taken_for_free(faulty: Faulty, open_calendar: Open, body: bytes) -> None:
    faulty.behave = lambda asked: Reply(200, body) if b"free-busy" in asked.body else Reply(403)
    assert "the answer to a free-busy-query cannot be used" in error_of(open_calendar(faulty.address))
