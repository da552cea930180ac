"""The feed that staff subscribe to: its secret, what it holds, and how it is asked for."""

from __future__ import annotations

import re
from datetime import timedelta

import icalendar
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from knee_intake.booking.embedded import EmbeddedCalendar
from knee_intake.records.calendar_feeds import find_feed, list_feeds, remove_feed, renew_feed
from knee_intake.records.database import Database
from knee_intake.records.schema import calendar_feeds
from knee_intake.records.staff_accounts import add_member
from knee_intake.settings import Settings
from knee_intake.web.calendar_feed import calendar_feed_routes
from knee_intake.web.context import AppContext
from tests.integration.staff_rows import NOW, add_booking, add_conversation
from tests.integration.test_staff_calendar import TUESDAY, post
from tests.integration.test_staff_console import CLINIC, Console

KEY = b"k" * 32


@pytest.fixture
def console(database: Database) -> Console:
    calendar = EmbeddedCalendar(database, CLINIC.practice)
    return Console(AppContext(Settings.from_environ({}), CLINIC, database, calendar, KEY))


@pytest.fixture
def reader(console: Console) -> TestClient:
    """A calendar program."""
    return TestClient(Starlette(routes=calendar_feed_routes(console.context)))


def made(console: Console, name: str = "*") -> str:
    """The path of a feed that is there."""
    with console.write() as connection:
        renew_feed(connection, name, 1, NOW)
        (secret,) = [feed.secret for feed in list_feeds(connection, KEY) if feed.name == name]
    return f"/calendar/{secret}.ics"


@pytest.fixture
def member(console: Console) -> None:
    add_member(console.context.database, name="dana", role="admin", password="grey heron at noon", now=NOW)


def summaries(body: bytes) -> list[str]:
    return [str(event["SUMMARY"]) for event in icalendar.Calendar.from_ical(body).walk("VEVENT")]


@pytest.mark.usefixtures("member")
def test_the_feed_holds_visits_of_its_clinician_and_no_name(console: Console, reader: TestClient) -> None:
    with console.write() as connection:
        conversation = add_conversation(connection, 1, status="booked")
        for reference, days, clinician in (("AAA-AAA", 0, "chiropractic"), ("BBB-BBB", 1, "acupuncture")):
            start = TUESDAY + timedelta(days=days)
            add_booking(connection, conversation, reference=reference, start=start, clinician=clinician)
        past = {"status": "booked", "clinician": "acupuncture"}
        add_booking(connection, conversation, reference="CCC-CCC", start=NOW - timedelta(days=6), **past)
        add_booking(connection, conversation, reference="DDD-DDD", start=NOW - timedelta(days=8), **past)
        add_booking(connection, conversation, reference="EEE-EEE", status="cancelled", start=TUESDAY)
    answer = reader.get(made(console, "acupuncture"))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert summaries(answer.content) == ["Clinic visit", "Clinic visit (requested)"]
    assert "Robin" not in answer.text
    whole = reader.get(made(console))
    assert summaries(whole.content)[1] == "Clinic visit (requested), Clinician 4"
    assert len(summaries(whole.content)) == 3


@pytest.mark.usefixtures("member")
def test_a_reader_that_has_it_already_is_told_so(console: Console, reader: TestClient) -> None:
    path = made(console)
    first = reader.get(path)
    assert first.headers["cache-control"] == "private, no-cache"
    console.now = NOW + timedelta(minutes=7)
    for known in (first.headers["etag"], f'"other", W/{first.headers["etag"]}', "*"):
        again = reader.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    with console.write() as connection:
        conversation = add_conversation(connection, 1, status="booked")
        add_booking(connection, conversation)
    changed = reader.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (changed.status_code, len(summaries(changed.content))) == (200, 1)


@pytest.mark.usefixtures("member")
@pytest.mark.parametrize("secret", ["x", "*", "acupuncture", "%00", "%F0%9F%A6%B5", "a" * 3000, "A" * 43])
def test_another_secret_opens_nothing(console: Console, reader: TestClient, secret: str) -> None:
    made(console)
    answer = reader.get(f"/calendar/{secret}.ics")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.usefixtures("member")
def test_a_renewed_or_closed_feed_ends_the_old_address(console: Console, reader: TestClient) -> None:
    old = made(console)
    new = made(console)
    assert old != new
    assert [reader.get(path).status_code for path in (old, new)] == [404, 200]
    with console.write() as connection:
        assert remove_feed(connection, "*")
        assert not remove_feed(connection, "*")
    assert reader.get(new).status_code == 404
    assert made(console) not in (old, new)


@pytest.mark.usefixtures("member")
def test_the_database_alone_opens_no_feed(console: Console) -> None:
    secret = made(console).removeprefix("/calendar/").removesuffix(".ics")
    with console.context.database.read() as connection:
        assert secret not in repr(list(connection.execute(calendar_feeds.select())))
        assert find_feed(connection, KEY, secret) is not None
        assert find_feed(connection, b"o" * 32, secret) is None


def test_managers_make_renew_and_close_feeds_in_the_console(console: Console, reader: TestClient) -> None:
    browser = console.signed_in("manager")
    page = "/staff/calendar/feeds"
    assert "/calendar/" not in "".join(re.findall(r'value="(http[^"]*)"', browser.get(page).text))
    post(browser, page, page, name="acupuncture", do="renew")
    (first,) = re.findall(r'value="(http[^"]*)"', browser.get(page).text)
    assert first.startswith("http://testserver/calendar/")
    assert reader.get(first).status_code == 200
    post(browser, page, page, name="acupuncture", do="renew")
    (second,) = re.findall(r'value="(http[^"]*)"', browser.get(page).text)
    assert [reader.get(path).status_code for path in (first, second)] == [404, 200]
    post(browser, page, page, name="acupuncture", do="remove")
    assert post(browser, page, page, name="acupuncture", do="remove").status_code == 404
    assert post(browser, page, page, name="nobody").status_code == 400
    deeds = [one for one in console.audit() if one[0].startswith("feed_")]
    names = "feed_made", "feed_read", "feed_made", "feed_read", "feed_closed"
    assert deeds == [(name, "acupuncture") for name in names]


@pytest.mark.parametrize("role", ["viewer", "reviewer"])
def test_others_than_managers_see_no_address(console: Console, role: str) -> None:
    browser = console.signed_in(role)
    assert browser.get("/staff/calendar/feeds").status_code == 403
    assert "/staff/calendar/feeds" not in browser.get("/staff/calendar").text
