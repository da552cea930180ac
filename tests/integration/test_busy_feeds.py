"""Clinicians' own calendars over HTTP into the table of busy times, and what the calendar offers then."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from knee_intake.booking import FreeTime, Wish, busy_fetch
from knee_intake.booking.busy_feeds import BusyFeeds
from knee_intake.booking.busy_fetch import fetch_feed
from knee_intake.booking.embedded import EmbeddedCalendar
from knee_intake.errors import BusyFeedError, SlotTakenError
from knee_intake.practice import Practice
from knee_intake.records.busy_times import add_block, feed_rows, old_feeds, remove_block
from knee_intake.records.database import Database
from knee_intake.records.schema import busy_times
from knee_intake.records.staff_accounts import add_member
from tests.integration.feed_server import FeedServer, feed_server
from tests.practices import make_practice
from tests.unit.test_busy_ical import calendar

NOW = datetime(2026, 3, 10, 16, 0, tzinfo=timezone.utc)
"""A Tuesday, at noon in New York."""
BUSY = calendar("DTSTART;TZID=America/New_York:20260311T090000|DTEND;TZID=America/New_York:20260311T120000")
"""Wednesday morning."""
HOUR = timedelta(hours=1)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as server:
        server.body = BUSY
        yield server


@dataclass
class Desk:
    """Feeds and the calendar that heeds them."""

    database: Database
    practice: Practice
    feeds: BusyFeeds

    @property
    def calendar(self) -> EmbeddedCalendar:
        return EmbeddedCalendar(self.database, self.practice)

    def load(self, now: datetime = NOW) -> list[str]:
        return self.feeds.load_due(now)

    def starts(self, now: datetime = NOW) -> set[str]:
        found = self.calendar.free_times("first_visit", Wish(), now, limit=500)
        return {f"{time.start:%m-%d %H:%M}" for time in found}

    def place(self, time: FreeTime, now: datetime = NOW) -> str:
        with self.database.write() as connection:
            return self.calendar.place(
                connection, key=f"k:{time.value}", conversation=None, time=time, first_name="Ann", contact="a@b.org",
                source="staff", now=now,
            ).status  # fmt: skip

    def row(self) -> dict[str, Any]:
        with self.database.read() as connection:
            return feed_rows(connection)["one"]

    def times(self) -> int:
        with self.database.read() as connection:
            return len(list(connection.execute(busy_times.select())))

    def old(self, now: datetime = NOW) -> list[str]:
        with self.database.read() as connection:
            return old_feeds(connection, now)


def make_desk(database: Database, address: str | None, mode: str = "book") -> Desk:
    practice = make_practice(booking={"mode": mode})
    feeds = BusyFeeds(database, practice, {"one": address} if address else {}, HOUR)
    feeds.register(NOW)
    return Desk(database, practice, feeds)


@pytest.fixture
def desk(database: Database, server: FeedServer) -> Desk:
    return make_desk(database, server.address)


def at(clock: str, day: str = "2026-03-11") -> FreeTime:
    start = datetime.fromisoformat(f"{day}T{clock}:00-04:00")
    return FreeTime(start, start + timedelta(minutes=30), "one", "first_visit")


# -- what is offered -------------------------------------------------------------------------------------------------


def test_busy_times_are_neither_offered_nor_held_nor_given(desk: Desk) -> None:
    assert "03-11 09:00" in desk.starts()
    assert desk.load() == ["one"]
    starts = desk.starts()
    assert not {"03-11 09:00", "03-11 11:30"} & starts
    assert {"03-11 13:00", "03-12 09:00"} <= starts
    with pytest.raises(SlotTakenError):
        desk.place(at("11:30"))
    with pytest.raises(SlotTakenError), desk.database.write() as connection:
        desk.calendar.hold(connection, key="h", conversation="c", time=at("09:00"), now=NOW)
    assert desk.place(at("13:00")) == "booked"


def test_the_break_between_visits_is_kept_from_busy_times_too(database: Database, server: FeedServer) -> None:
    practice = make_practice(booking={"buffer_minutes": 15, "step_minutes": 15})
    feeds = BusyFeeds(database, practice, {"one": server.address}, HOUR)
    feeds.register(NOW)
    server.body = calendar("DTSTART;TZID=America/New_York:20260311T130000|DURATION:PT1H")
    feeds.load_due(NOW)
    desk = Desk(database, practice, feeds)
    assert {"03-11 14:15"} <= desk.starts()
    assert not {"03-11 11:45", "03-11 14:00"} & desk.starts()


def test_a_block_takes_its_time_until_it_is_removed(database: Database) -> None:
    desk = make_desk(database, None)
    add_member(database, name="dana", role="reviewer", password="grey heron at noon", now=NOW)
    with database.write() as connection:
        block = add_block(connection, "one", at("09:00").start, at("09:30").end, None, 1, NOW)
    assert not {"03-11 09:00", "03-11 09:30"} & desk.starts()
    assert "03-11 10:00" in desk.starts()
    with pytest.raises(SlotTakenError):
        desk.place(at("09:30"))
    with database.write() as connection:
        assert remove_block(connection, block, NOW)
        assert not remove_block(connection, block, NOW)
    assert desk.place(at("09:30")) == "booked"


# -- old and fresh ---------------------------------------------------------------------------------------------------


def test_a_feed_that_was_never_read_makes_visits_requests(desk: Desk) -> None:
    assert desk.old() == ["one"]
    assert not desk.calendar.books_at_once("one", NOW)
    assert desk.place(at("13:00")) == "requested"


def test_a_fresh_feed_books_at_once_and_an_old_one_does_not(desk: Desk, server: FeedServer) -> None:
    desk.load()
    assert desk.calendar.books_at_once("one", NOW)
    server.status = 500
    for minutes in (15, 30, 45):
        assert desk.load(NOW + timedelta(minutes=minutes)) == []
    assert desk.calendar.books_at_once("one", NOW + timedelta(minutes=59))
    assert desk.old(NOW + HOUR) == ["one"]
    assert desk.place(at("13:00"), NOW + HOUR) == "requested"
    assert "03-11 09:00" not in desk.starts(NOW + HOUR)  # what was known last still counts
    assert desk.row()["last_error"] == "status_500"


def test_only_the_clinician_whose_calendar_is_old_is_affected(desk: Desk) -> None:
    assert desk.calendar.books_at_once("two", NOW)


def test_without_feeds_nothing_is_old(database: Database) -> None:
    desk = make_desk(database, None)
    assert desk.old() == []
    assert desk.calendar.books_at_once("one", NOW)
    assert desk.load() == []


def test_where_staff_confirm_each_visit_a_fresh_feed_changes_nothing(database: Database, server: FeedServer) -> None:
    desk = make_desk(database, server.address, mode="request")
    desk.load()
    assert not desk.calendar.books_at_once("one", NOW)


# -- when it is asked ------------------------------------------------------------------------------------------------


def test_a_feed_is_asked_every_quarter_of_its_age_and_only_for_what_is_new(desk: Desk, server: FeedServer) -> None:
    server.etag = '"v1"'
    server.headers = {"Last-Modified": "Tue, 10 Mar 2026 12:00:00 GMT"}
    desk.load()
    assert desk.load(NOW + timedelta(minutes=14)) == []
    assert desk.load(NOW + timedelta(minutes=15)) == ["one"]
    assert [one.get("if-none-match") for one in server.asked] == [None, '"v1"']
    assert server.asked[1]["if-modified-since"] == "Tue, 10 Mar 2026 12:00:00 GMT"
    assert desk.times() == 1
    assert desk.old(NOW + timedelta(minutes=74)) == []


def test_once_a_day_it_is_read_anew_so_that_new_days_come_into_view(desk: Desk, server: FeedServer) -> None:
    server.etag = '"v1"'
    server.body = calendar("DTSTART:20260411T170000Z|DURATION:PT1H")  # one day behind the horizon and its margin
    desk.load()
    assert desk.times() == 0
    assert desk.load(NOW + timedelta(hours=23)) == ["one"]
    assert desk.times() == 0
    assert desk.load(NOW + timedelta(hours=24)) == ["one"]
    assert desk.times() == 1
    assert [one.get("if-none-match") for one in server.asked] == [None, '"v1"', None]


def test_what_is_free_again_is_offered_again(desk: Desk, server: FeedServer) -> None:
    desk.load()
    server.body = calendar()
    desk.load(NOW + timedelta(minutes=15))
    assert "03-11 09:00" in desk.starts(NOW + timedelta(minutes=15))


def test_after_failures_it_waits_longer_and_longer(desk: Desk, server: FeedServer) -> None:
    server.status = 404
    waits, now = [], NOW
    for _ in range(6):
        desk.load(now)
        waits.append((desk.row()["next_try_at"] - now) // timedelta(minutes=1))
        now = desk.row()["next_try_at"]
    assert waits == [1, 2, 4, 8, 15, 15]
    server.status = 200
    assert desk.load(now) == ["one"]
    assert (desk.row()["failures"], desk.row()["last_error"]) == (0, None)


def test_a_calendar_that_breaks_leaves_what_was_known(desk: Desk, server: FeedServer) -> None:
    desk.load()
    server.body = BUSY + calendar("DTSTART:soon")
    assert desk.load(NOW + timedelta(minutes=15)) == []
    assert (desk.times(), desk.row()["last_error"]) == (1, "not_readable")


def test_two_processes_do_not_ask_for_the_same_feed(desk: Desk, server: FeedServer) -> None:
    desk.load()
    assert make_desk(desk.database, server.address).load() == []
    assert len(server.asked) == 1


def test_another_address_or_none_forgets_what_the_old_one_said(desk: Desk, server: FeedServer) -> None:
    desk.load()
    again = make_desk(desk.database, server.address)
    assert again.times() == 1
    other = make_desk(desk.database, server.address + "?other")
    assert (other.times(), other.old()) == (0, ["one"])
    other.load()
    gone = make_desk(desk.database, None)
    assert (gone.times(), gone.old()) == (0, [])


def test_the_address_is_in_no_log_and_no_table(
    desk: Desk, server: FeedServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="knee_intake")
    server.status = 403
    desk.load()
    assert "the calendar of one could not be read: status_403" in caplog.text
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("knee_intake")]
    assert not any("private-4711" in one for one in ours)
    assert "private-4711" not in repr(desk.row())


# -- the fetch -------------------------------------------------------------------------------------------------------


def reason_of(address: str) -> str:
    with pytest.raises(BusyFeedError) as caught:
        fetch_feed(address)
    assert "private-4711" not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value.reason


def test_a_file_that_is_too_large_is_not_read_to_its_end(server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(busy_fetch, "LARGEST", 100_000)
    server.body = b"x" * 100_000
    assert fetch_feed(server.address).body == server.body
    server.body += b"x"
    assert reason_of(server.address) == "too_large"


def test_a_server_that_is_slow_keeps_nobody_waiting(server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(busy_fetch, "TIMEOUT_S", (1.0, 0.1))
    server.pause_s = 0.5
    assert reason_of(server.address) == "broken_off"
    monkeypatch.setattr(busy_fetch, "TIMEOUT_S", (1.0, 1.0))
    monkeypatch.setattr(busy_fetch, "LONGEST_S", 0.2)
    server.pause_s, server.body = 0.15, b"x" * 500_000
    assert reason_of(server.address) == "too_slow"


def test_a_server_that_is_not_there_is_not_reached(server: FeedServer) -> None:
    with feed_server() as gone:
        address = gone.address
    assert reason_of(address) == "not_reached"


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("file:///etc/passwd", "address_refused"),
        ("http://calendar.example.org/x.ics", "address_refused"),
        ("/private-4711/busy.ics", "too_many_redirects"),
    ],
)
def test_redirects_are_followed_a_little_and_not_to_everywhere(server: FeedServer, location: str, reason: str) -> None:
    server.status, server.headers = 302, {"Location": location}
    assert reason_of(server.address) == reason
    assert len(server.asked) == (4 if reason == "too_many_redirects" else 1)


def test_a_redirect_leads_to_the_feed(server: FeedServer) -> None:
    with feed_server() as first:
        first.status, first.headers = 301, {"Location": server.address}
        assert fetch_feed(first.address).body == BUSY


def test_a_feed_elsewhere_never_leads_to_this_machine() -> None:
    assert busy_fetch._may_be_fetched("https://b.example/x.ics", "https://a.example/x.ics")
    assert not busy_fetch._may_be_fetched("http://127.0.0.1/x.ics", "https://a.example/x.ics")
    assert not busy_fetch._may_be_fetched("https://localhost/x.ics", "https://a.example/x.ics")
