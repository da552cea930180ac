"""A calendar server that is slow, broken or away: one clear error, within the budget, and nothing done twice."""

from __future__ import annotations

import time

import pytest

from knee_intake.booking.caldav import transport
from knee_intake.booking.caldav.transport import retry_after
from knee_intake.errors import CalendarUnavailableError, SlotTakenError
from tests.booking.caldav.calendars import DAY, TEN, Open, Radicale, error_of, event, uid, visit
from tests.booking.caldav.faulty import DAV, Asked, Behave, Faulty, Reply, in_turn, multistatus, nobody

SLOT = "one/one-20260310T140000Z.ics"


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_FIRST_PAUSE_S", 0.01)


# slow and away


def test_a_server_that_nobody_runs_cannot_be_reached(open_calendar: Open) -> None:
    with nobody() as address:
        assert error_of(open_calendar(address, calendar_timeout=1.0)) == "the calendar server cannot be reached"


@pytest.mark.parametrize("part", ["head", "body"])
@pytest.mark.parametrize("length", [-1, None])
def test_a_server_that_sends_a_byte_now_and_then_does_not_hold_us(
    faulty: Faulty, open_calendar: Open, part: str, length: int | None
) -> None:
    faulty.behave = lambda asked: Reply(body=DAV.format("").encode(), wait_for=part, length=length)
    started = time.monotonic()
    assert error_of(open_calendar(faulty.address, calendar_timeout=0.4)) == "the calendar server answers too slowly"
    assert time.monotonic() - started < 2.0
    assert len(faulty.asked) == 1


def test_a_slow_answer_is_waited_for_within_the_budget(faulty: Faulty, open_calendar: Open) -> None:
    def behave(asked: Asked) -> Reply | None:
        faulty.over.wait(0.2)
        return None

    faulty.behave = behave
    assert open_calendar(faulty.address, calendar_timeout=5.0).busy(["one"], *DAY) == []


def test_the_budget_is_for_all_calendars_of_a_call(faulty: Faulty, open_calendar: Open) -> None:
    def behave(asked: Asked) -> Reply | None:
        faulty.over.wait(0.3)
        return None

    faulty.behave = behave
    calendar = open_calendar(faulty.address, calendar_timeout=0.5)
    with pytest.raises(CalendarUnavailableError, match="answers too slowly"):
        calendar.busy(["one", "two"], *DAY)


# retries


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_trouble_that_passes_is_got_over(faulty: Faulty, open_calendar: Open, status: int) -> None:
    faulty.behave = in_turn(Reply(status), Reply(status))
    assert open_calendar(faulty.address).busy(["one"], *DAY) == []
    assert faulty.methods == ["REPORT"] * 3


def test_trouble_that_lasts_is_told_after_three_attempts(faulty: Faulty, open_calendar: Open) -> None:
    faulty.behave = lambda asked: Reply(503)
    assert error_of(open_calendar(faulty.address)) == "the calendar server answers HTTP 503"
    assert faulty.methods == ["REPORT"] * 3


def test_an_answer_that_breaks_off_is_asked_for_again(faulty: Faulty, open_calendar: Open) -> None:
    whole = multistatus(event("DTSTART:20260310T150000Z", "DURATION:PT1H"))
    faulty.behave = in_turn(Reply(body=whole.body[:200], length=len(whole.body)), whole)
    assert len(open_calendar(faulty.address).busy(["one"], *DAY)) == 1


def test_an_answer_that_always_breaks_off_is_no_answer(faulty: Faulty, open_calendar: Open) -> None:
    whole = multistatus(event("DTSTART:20260310T150000Z", "DURATION:PT1H")).body
    faulty.behave = lambda asked: Reply(body=whole[:200], length=len(whole))
    assert error_of(open_calendar(faulty.address)) == "the calendar server's answer broke off or cannot be read"


def test_an_answer_without_a_length_that_breaks_off_is_no_answer(faulty: Faulty, open_calendar: Open) -> None:
    whole = multistatus(event("DTSTART:20260310T150000Z", "DURATION:PT1H")).body
    faulty.behave = lambda asked: Reply(body=whole[:200], length=None)
    assert error_of(open_calendar(faulty.address)) == "the calendar server's answer is not readable XML"


def test_the_server_is_given_the_time_that_it_asks_for(faulty: Faulty, open_calendar: Open) -> None:
    faulty.behave = in_turn(Reply(503, headers={"Retry-After": "1"}))
    started = time.monotonic()
    assert open_calendar(faulty.address).busy(["one"], *DAY) == []
    assert time.monotonic() - started >= 1.0


def test_a_server_that_asks_for_more_time_than_there_is_is_not_waited_for(faulty: Faulty, open_calendar: Open) -> None:
    faulty.behave = lambda asked: Reply(429, headers={"Retry-After": "600"})
    started = time.monotonic()
    assert error_of(open_calendar(faulty.address)) == "the calendar server answers HTTP 429"
    assert time.monotonic() - started < 2.0
    assert len(faulty.asked) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0.0),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "-7"}, 0.0),
        ({"Retry-After": "soon"}, 0.0),
        ({"Retry-After": "9" * 400}, 999_999_999.0),
        ({"Retry-After": "Tue, 10 Mar 2026 14:00:05 GMT", "Date": "Tue, 10 Mar 2026 14:00:00 GMT"}, 5.0),
        ({"Retry-After": "Tue, 10 Mar 2026 14:00:00 GMT", "Date": "Tue, 10 Mar 2026 14:00:05 GMT"}, 0.0),
        ({"Retry-After": "Tue, 10 Mar 2026 14:00:00 GMT", "Date": "today"}, 0.0),
    ],
)
def test_retry_after_is_seconds_or_a_date_on_the_servers_clock(headers: dict[str, str], seconds: float) -> None:
    assert retry_after(headers) == seconds


# answers that get lost


def lose_answer_of(method: str, server: Faulty, radicale: Radicale) -> Behave:
    """The first request of this kind is done, and its answer never comes."""
    lost: list[Asked] = []

    def behave(asked: Asked) -> Reply | None:
        if asked.method != method or lost:
            return None
        lost.append(asked)
        kept = {name: asked.headers[name] for name in ("If-Match", "If-None-Match") if name in asked.headers}
        assert radicale.ask(method, asked.path, asked.body, **kept).ok
        return Reply(200, b"", length=100)

    return behave


def test_a_visit_whose_answer_got_lost_is_found(between: Faulty, radicale: Radicale, open_calendar: Open) -> None:
    between.behave = lose_answer_of("PUT", between, radicale)
    calendar = open_calendar(between.address)
    calendar.write(visit())
    assert calendar.ours(*DAY) == [visit()]
    assert between.methods.count("PUT") == 3


def test_a_visit_that_was_written_before_the_call_broke_off_is_found(
    between: Faulty, radicale: Radicale, open_calendar: Open
) -> None:
    between.behave = lambda asked: Reply(500) if asked.method == "REPORT" and "PUT" in between.methods else None
    calendar = open_calendar(between.address)
    with pytest.raises(CalendarUnavailableError):
        calendar.write(visit())
    between.behave = lambda asked: None
    calendar.write(visit())
    assert calendar.ours(*DAY) == [visit()]


def test_a_visit_that_was_never_looked_at_goes_when_the_call_is_repeated_and_another_one_came(
    between: Faulty, radicale: Radicale, open_calendar: Open
) -> None:
    """The first call ends between its write and its look; the other one had looked before, and counts on its time."""
    calendar, other = open_calendar(between.address), open_calendar(radicale.address)
    late = visit(at=TEN.replace(minute=15))

    def behave(asked: Asked) -> Reply | None:
        if asked.method == "PUT":
            other.write(visit("c3d-3fg"))
        return Reply(500) if asked.method == "REPORT" and "PUT" in between.methods else None

    between.behave = behave
    with pytest.raises(CalendarUnavailableError):
        calendar.write(late)
    assert len(other.ours(*DAY)) == 2
    between.behave = lambda asked: None
    with pytest.raises(SlotTakenError):
        calendar.write(late)
    assert other.ours(*DAY) == [visit("c3d-3fg")]


def test_a_change_whose_answer_got_lost_is_done(between: Faulty, radicale: Radicale, open_calendar: Open) -> None:
    calendar = open_calendar(between.address)
    calendar.write(visit())
    between.behave = lose_answer_of("PUT", between, radicale)
    calendar.update(visit(status="booked", sequence=1))
    assert calendar.ours(*DAY) == [visit(status="booked", sequence=1)]


def test_a_removal_whose_answer_got_lost_is_done(between: Faulty, radicale: Radicale, open_calendar: Open) -> None:
    calendar = open_calendar(between.address)
    calendar.write(visit())
    between.behave = lose_answer_of("DELETE", between, radicale)
    calendar.remove(uid("h7k-4mq"))
    assert calendar.ours(*DAY) == []


# somebody else changes it meanwhile


def staff_note_at(method: str, between: Faulty, radicale: Radicale, times: int) -> Behave:
    """Staff change the visit just before each of the first requests of this kind arrives."""
    notes = iter(range(times))

    def behave(asked: Asked) -> Reply | None:
        if asked.method == method and (note := next(notes, None)) is not None:
            text = radicale.ask("GET", asked.path).text
            radicale.put(asked.path, text.replace("END:VEVENT", f"COMMENT:note {note}\r\nEND:VEVENT"))
        return None

    return behave


def test_a_change_by_staff_at_the_same_time_is_kept(between: Faulty, radicale: Radicale, open_calendar: Open) -> None:
    calendar = open_calendar(between.address)
    calendar.write(visit())
    between.behave = staff_note_at("PUT", between, radicale, times=1)
    calendar.update(visit(status="booked", sequence=1))
    text = radicale.ask("GET", SLOT).text
    assert "COMMENT:note 0" in text
    assert "STATUS:CONFIRMED" in text


def test_a_visit_that_keeps_changing_is_not_fought_over(
    between: Faulty, radicale: Radicale, open_calendar: Open
) -> None:
    calendar = open_calendar(between.address)
    calendar.write(visit())
    between.behave = staff_note_at("PUT", between, radicale, times=9)
    with pytest.raises(
        CalendarUnavailableError, match=r"^calendar of one: a visit keeps changing while it is updated$"
    ):
        calendar.update(visit(status="booked", sequence=1))
    assert between.methods.count("PUT") == 4


def test_a_visit_is_removed_though_staff_change_it_at_the_same_time(
    between: Faulty, radicale: Radicale, open_calendar: Open
) -> None:
    calendar = open_calendar(between.address)
    calendar.write(visit())
    between.behave = staff_note_at("DELETE", between, radicale, times=1)
    calendar.remove(uid("h7k-4mq"))
    assert radicale.ask("GET", SLOT).status_code == 404
    calendar.write(visit())
    between.behave = staff_note_at("DELETE", between, radicale, times=9)
    with pytest.raises(CalendarUnavailableError, match=r"keeps changing while it is removed$"):
        calendar.remove(uid("h7k-4mq"))


def put_another_at(method: str, radicale: Radicale) -> Behave:
    """Just before a request of this kind arrives, staff replace the visit by an event of theirs."""

    def behave(asked: Asked) -> Reply | None:
        if asked.method == method:
            assert radicale.ask("DELETE", SLOT).ok
            radicale.put(SLOT, event("DTSTART:20260310T150000Z", "DURATION:PT1H"))
        return None

    return behave


def test_what_came_to_lie_in_the_place_of_a_visit_is_not_removed(
    between: Faulty, radicale: Radicale, open_calendar: Open
) -> None:
    calendar = open_calendar(between.address)
    calendar.write(visit())
    between.behave = put_another_at("DELETE", radicale)
    calendar.remove(uid("h7k-4mq"))
    assert "UID:staff-meeting" in radicale.ask("GET", SLOT).text
    assert between.methods.count("DELETE") == 1


def test_what_came_to_lie_in_the_place_of_a_visit_is_not_changed(
    between: Faulty, radicale: Radicale, open_calendar: Open
) -> None:
    calendar = open_calendar(between.address)
    calendar.write(visit())
    between.behave = put_another_at("PUT", radicale)
    with pytest.raises(CalendarUnavailableError):
        calendar.update(visit(status="booked", sequence=1))
    text = radicale.ask("GET", SLOT).text
    assert "UID:staff-meeting" in text
    assert "STATUS" not in text
    assert between.methods.count("PUT") == 3
