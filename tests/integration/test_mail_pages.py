"""The pages behind the links of mails: a look changes nothing, a press does it once, no link opens what it must not."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from knee_intake.booking import Booking, Wish, time_label
from knee_intake.errors import CalendarUnavailableError
from knee_intake.notices.links import AnswerLink, Links, VisitLink, mark_of
from knee_intake.records import schema
from tests.conftest import FrozenClock
from tests.integration.test_visitor_mails import HEALTH_WORDS
from tests.notice_office import ADDRESS, PUBLIC, SECRET, Office, links_in, office
from tests.notice_servers import Mailbox, mail_server


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def desk(home: Path, clock: FrozenClock, mail: Mailbox) -> Iterator[Office]:
    used = {"smtp_url": f"smtp+plain://127.0.0.1:{mail.port}", "rate_limits": False}
    with office(home, clock, **used) as made:
        yield made


@dataclass
class Reminded:
    """A visitor with a visit and the reminder's three links."""

    visit: Booking
    keep: str
    move: str
    cancel: str


@pytest.fixture
def reminded(desk: Office, mail: Mailbox) -> Reminded:
    visit = desk.visit(desk.talk(), within=timedelta(days=6))
    desk.clock.now = visit.start - timedelta(hours=23)
    desk.round()
    reminder = next(n for n, subject in enumerate(mail.subjects) if time_label(visit.start) in subject)
    return Reminded(visit, *links_in(mail.text(reminder))[:3])


def text_of(answer: Any) -> str:
    """What a page says."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text.partition("<main>")[2])).strip()


def events(desk: Office) -> list[str]:
    return [row["kind"] for row in desk.rows(schema.outbox) if not row["kind"].startswith("to_")]


def said_in_chat(desk: Office) -> list[str]:
    return [str(row["text"]) for row in desk.rows(schema.messages)]


# ---- keep, cancel


def test_keeping_a_visit_needs_a_press_and_staff_see_it(desk: Office, reminded: Reminded) -> None:
    browser = desk.browser()
    page = browser.get(reminded.keep)
    assert page.status_code == 200
    assert time_label(reminded.visit.start) in text_of(page)
    assert desk.booking(reminded.visit.reference)["kept_at"] is None, "mail programs open links by themselves"
    assert "The clinic knows that you will come." in text_of(browser.post(reminded.keep))
    row = desk.booking(reminded.visit.reference)
    assert (row["kept_at"], row["status"]) == (desk.clock(), "requested")
    assert row["contact_confirmed_at"] == desk.clock(), "the link came by mail, so the address is theirs"
    desk.clock.advance(minutes=5)
    browser.post(reminded.keep)
    assert desk.booking(reminded.visit.reference)["kept_at"] == desk.clock() - timedelta(minutes=5)


def test_cancelling_needs_a_press_tells_staff_and_stands_in_the_chat(
    desk: Office, reminded: Reminded, mail: Mailbox
) -> None:
    browser = desk.browser()
    browser.get(reminded.cancel)
    assert desk.booking(reminded.visit.reference)["status"] == "requested"
    page = browser.post(reminded.cancel)
    assert "is cancelled" in text_of(page)
    assert "<form" not in page.text
    assert desk.booking(reminded.visit.reference)["status"] == "cancelled"
    assert events(desk) == ["cancelled"]
    (said,) = said_in_chat(desk)
    assert said.startswith(f"Your visit on {time_label(reminded.visit.start)} is cancelled.")
    desk.round()
    assert mail.subjects[-1] == "Your visit is cancelled"


def test_cancelling_twice_is_cancelling_once(desk: Office, reminded: Reminded) -> None:
    browser = desk.browser()
    pages = [browser.post(reminded.cancel) for _ in range(2)]
    assert [page.status_code for page in pages] == [200, 200]
    assert (events(desk), len(said_in_chat(desk))) == (["cancelled"], 1)


@pytest.mark.parametrize("page", ["keep", "move", "cancel"])
def test_a_cancelled_visit_can_no_longer_be_changed(desk: Office, reminded: Reminded, page: str) -> None:
    desk.cancel(reminded.visit)
    link, browser = getattr(reminded, page), desk.browser()
    for answer in (browser.get(link), browser.post(link, data={"time": "2026-03-17T10:00-04:00"})):
        assert "is cancelled" in text_of(answer)
        assert "<form" not in answer.text
    row = desk.booking(reminded.visit.reference)
    assert (row["status"], row["kept_at"]) == ("cancelled", None)
    assert len(desk.rows(schema.bookings)) == 1


# ---- move


def offered(page: Any) -> list[str]:
    return re.findall(r'name="time" value="([^"]+)"', page.text)


def test_moving_offers_free_times_and_cancels_nothing_by_itself(desk: Office, reminded: Reminded) -> None:
    browser = desk.browser()
    page = browser.get(reminded.move)
    times = offered(page)
    assert len(times) == len(set(times)) == 8
    assert reminded.visit.start.isoformat(timespec="minutes") not in times
    assert len(offered(browser.get(f"{reminded.move}?more=1"))) > 8
    assert [row["status"] for row in desk.rows(schema.bookings)] == ["requested"]


def test_a_press_on_a_time_books_it_and_lets_go_of_the_old_one_in_one_call(
    desk: Office, reminded: Reminded, mail: Mailbox
) -> None:
    browser = desk.browser()
    value = offered(browser.get(reminded.move))[2]
    page = browser.post(reminded.move, data={"time": value})
    assert page.status_code == 200
    old, new = sorted(desk.rows(schema.bookings), key=lambda row: row["status"] != "cancelled")
    assert (old["reference"], old["status"]) == (reminded.visit.reference, "cancelled")
    assert (new["status"], new["first_name"], new["contact"], new["source"]) == ("requested", "Robin", ADDRESS, "link")
    assert new["start"].astimezone(reminded.visit.start.tzinfo).isoformat(timespec="minutes") == value
    assert (new["conversation_id"], new["contact_confirmed_at"]) == (old["conversation_id"], desk.clock())
    assert new["reference"] in text_of(page)
    assert events(desk) == ["visit"]
    assert new["reference"] in said_in_chat(desk)[0]
    desk.round()
    assert {"One of your times is cancelled", "Your request for a visit"} <= set(mail.subjects)


def test_a_second_press_on_the_same_time_tells_of_the_same_visit(desk: Office, reminded: Reminded) -> None:
    browser = desk.browser()
    value = offered(browser.get(reminded.move))[0]
    first, second = (browser.post(reminded.move, data={"time": value}) for _ in range(2))
    assert (second.status_code, text_of(second)) == (200, text_of(first))
    assert sorted(row["status"] for row in desk.rows(schema.bookings)) == ["cancelled", "requested"]
    assert (events(desk), len(said_in_chat(desk))) == (["visit"], 1)


def test_a_time_that_was_taken_meanwhile_leaves_the_old_visit_as_it_was(desk: Office, reminded: Reminded) -> None:
    browser = desk.browser()
    value = offered(browser.get(reminded.move))[0]
    while value in offered(browser.get(reminded.move)):  # until no clinician is free then
        other = desk.talk(wants_mails=False)
        times = desk.calendar.free_times(reminded.visit.kind, Wish(), desk.clock(), 40)
        time = next(time for time in times if time.value == value)
        with desk.database.write() as connection:
            desk.calendar.place(
                connection, key=other, conversation=other, time=time, first_name="Kim", contact="1", source="api",
                now=desk.clock(),
            )  # fmt: skip
    page = browser.post(reminded.move, data={"time": value})
    assert page.status_code == 409
    assert "just taken" in text_of(page)
    assert value not in offered(page)
    assert desk.booking(reminded.visit.reference)["status"] == "requested"
    assert said_in_chat(desk) == []


@pytest.mark.parametrize(
    "time", ["", "tomorrow", "2026-03-17T10:00", "2026-03-17T03:00-04:00", "2020-03-17T10:00-04:00"]
)
def test_a_time_that_is_not_offered_is_refused(desk: Office, reminded: Reminded, time: str) -> None:
    page = desk.browser().post(reminded.move, data={"time": time})
    assert page.status_code == 409
    assert [row["status"] for row in desk.rows(schema.bookings)] == ["requested"]


def test_two_presses_at_once_move_the_visit_once(desk: Office, reminded: Reminded) -> None:
    values = offered(desk.browser().get(reminded.move))[:2]
    pages: list[Any] = []

    def press(value: str) -> None:
        pages.append(desk.browser().post(reminded.move, data={"time": value}))

    threads = [threading.Thread(target=press, args=(value,)) for value in values]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [page.status_code for page in pages] == [200, 200]
    assert sorted(row["status"] for row in desk.rows(schema.bookings)) == ["cancelled", "requested"]


def test_where_the_calendar_does_not_answer_the_visit_stays_and_the_phone_is_told(
    desk: Office, reminded: Reminded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_arguments: Any, **_options: Any) -> None:
        raise CalendarUnavailableError("away")

    browser = desk.browser()
    monkeypatch.setattr(desk.calendar, "free_times", down)
    page = browser.get(reminded.move)
    assert "You still have your old time. Please call 555-0143" in text_of(page)
    page = browser.post(reminded.move, data={"time": "2026-03-17T10:00-04:00"})
    assert page.status_code == 503
    assert "could not move your visit just now. You still have your old time." in text_of(page)
    assert f'href="{reminded.move}"' in page.text
    assert [row["status"] for row in desk.rows(schema.bookings)] == ["requested"]


# ---- the address


def test_the_link_of_the_first_mail_confirms_the_address(desk: Office, mail: Mailbox) -> None:
    visit = desk.visit(desk.talk())
    desk.round()
    confirm, overview, _stop = links_in(mail.text())
    browser = desk.browser()
    assert "is the mail address yours" in text_of(browser.get(confirm))
    assert desk.booking(visit.reference)["contact_confirmed_at"] is None
    assert "your mail address is right" in text_of(browser.post(confirm))
    assert desk.booking(visit.reference)["contact_confirmed_at"] == desk.clock()
    assert re.findall(r'href="(/mail/visit[^"]+)"', browser.get(overview).text) == [
        f"{overview}/{page}" for page in ("keep", "move", "cancel")
    ]


def test_a_link_to_an_address_that_was_changed_since_confirms_nothing(desk: Office, mail: Mailbox) -> None:
    conversation = desk.talk()
    visit = desk.visit(conversation)
    desk.round()
    with desk.database.write() as connection:
        data = {"answers": {"email": {"value": "other@example.org"}}}
        connection.execute(schema.intakes.update().values(data=data))
    page = desk.browser().post(links_in(mail.text())[0])
    assert "You gave us a new mail address since." in text_of(page)
    assert desk.booking(visit.reference)["contact_confirmed_at"] is None


# ---- links that must not work


def test_a_forged_link_opens_nothing_and_does_nothing(desk: Office, reminded: Reminded) -> None:
    browser = desk.browser()
    token = reminded.cancel.split("/")[3]
    said, signature = token.rsplit(".", 1)
    other = desk.visit(desk.talk())
    forged = [
        f"{said}.{signature[:-1]}{'A' if signature[-1] != 'A' else 'B'}",
        token.replace(reminded.visit.reference, other.reference),
        said,
        "",
        token.replace(said.split(".")[-1], "9999999999"),
        Links(b"another secret of this length...", "").visit(
            VisitLink(str(other.conversation), other.reference, mark_of(ADDRESS), other.start)
        ).split("/")[3],
    ]  # fmt: skip
    for one in forged:
        for answer in (browser.get(f"/mail/visit/{one}/cancel"), browser.post(f"/mail/visit/{one}/cancel")):
            assert answer.status_code == 404
            assert "requested" not in text_of(answer)
    assert {row["status"] for row in desk.rows(schema.bookings)} == {"requested"}


def test_a_link_for_one_purpose_does_not_work_for_another(desk: Office, mail: Mailbox) -> None:
    desk.visit(desk.talk())
    desk.round()
    confirm, overview, stop = links_in(mail.text())
    visit_token, stop_token = overview.split("/")[3], stop.split("/")[3]
    browser = desk.browser()
    for path in (f"/mail/stop/{visit_token}", f"/mail/answer/{visit_token}", f"/mail/visit/{stop_token}"):
        assert browser.get(path).status_code == 404
    assert confirm == f"{overview}/confirm"


def test_a_link_ends_when_the_visit_begins(desk: Office, reminded: Reminded) -> None:
    browser = desk.browser()
    desk.clock.now = reminded.visit.start - timedelta(seconds=1)
    assert browser.get(reminded.cancel).status_code == 200
    desk.clock.now = reminded.visit.start
    for link in (reminded.keep, reminded.move, reminded.cancel):
        assert browser.get(link).status_code == 410
        assert browser.post(link).status_code == 410
    assert desk.booking(reminded.visit.reference)["status"] == "requested"


def test_a_link_to_a_visit_whose_chat_was_erased_is_closed(desk: Office, reminded: Reminded) -> None:
    with desk.database.write() as connection:
        connection.execute(schema.bookings.update().values(conversation_id=None))
    assert desk.browser().post(reminded.cancel).status_code == 404


# ---- an answer behind a code


@pytest.fixture
def answered(desk: Office, mail: Mailbox) -> tuple[str, str]:
    """(link, code) of a mail that says that the clinic has answered."""
    conversation = desk.talk()
    desk.visitor_says(conversation, "a xylophonic ache", 4)
    desk.staff_says(conversation, "Please bring your <b>knee</b> MRI.", 5)
    desk.staff_says(desk.talk(wants_mails=False), "to somebody else", 5)
    desk.clock.advance(minutes=3)
    desk.round()
    return links_in(mail.text())[0], re.findall(r"code: (\d{6})", mail.text())[0]


def test_the_right_code_shows_what_staff_have_written_and_nothing_else(desk: Office, answered: tuple[str, str]) -> None:
    link, code = answered
    browser = desk.browser()
    page = browser.get(link)
    assert "MRI" not in page.text
    assert 'autocomplete="one-time-code"' in page.text
    shown = browser.post(link, data={"code": f" {code[:3]} {code[3:]} "})
    assert shown.status_code == 200
    assert "Please bring your &lt;b&gt;knee&lt;/b&gt; MRI." in shown.text
    assert "xylophonic" not in shown.text
    assert "somebody else" not in shown.text


def test_five_wrong_codes_close_the_link_for_good(desk: Office, answered: tuple[str, str]) -> None:
    link, code = answered
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for number in range(5):
        page = desk.browser().post(link, data={"code": wrong})
        assert page.status_code == 403
        assert ("this link is closed" in text_of(page)) is (number == 4)
    page = desk.browser().post(link, data={"code": code})
    assert (page.status_code, "MRI" in page.text) == (403, False)
    assert "this link is closed" in text_of(desk.browser().get(link))


@pytest.mark.parametrize("typed", ["", "abcdef", "1" * 60, "\u0661\u0662"])
def test_anything_else_is_a_wrong_code(desk: Office, answered: tuple[str, str], typed: str) -> None:
    assert desk.browser().post(answered[0], data={"code": typed}).status_code == 403


def test_the_link_to_an_answer_ends_after_two_days(desk: Office, answered: tuple[str, str]) -> None:
    link, code = answered
    desk.clock.advance(hours=47, minutes=59)
    assert desk.browser().get(link).status_code == 200
    desk.clock.advance(minutes=1)
    assert desk.browser().post(link, data={"code": code}).status_code == 410


def test_a_row_that_is_no_answer_opens_with_no_code(desk: Office, mail: Mailbox) -> None:
    desk.visit(desk.talk())
    desk.round()
    (row,) = desk.deliveries()
    links = Links(SECRET, "")
    link = links.answer(AnswerLink(row["id"], desk.clock() + timedelta(hours=1)))
    assert desk.browser().get(link).status_code == 404
    assert desk.browser().post(link, data={"code": links.code(row["key"])}).status_code == 404


# ---- no more mails


def test_no_more_mails_needs_a_press_and_ends_them(desk: Office, mail: Mailbox) -> None:
    visit = desk.visit(desk.talk())
    desk.round()
    stop = links_in(mail.text())[-1]
    browser = desk.browser()
    browser.get(stop)
    desk.confirm(visit)
    assert desk.round() == 1
    assert "You get no more mails" in text_of(browser.post(stop))
    desk.cancel(visit)
    assert desk.round() == 0
    last = desk.rows(schema.consents)[-1]
    assert (last["kind"], last["granted"], last["wording_version"]) == ("email", False, "1")


def test_the_button_of_a_mail_program_ends_them_too(desk: Office, mail: Mailbox) -> None:
    visit = desk.visit(desk.talk())
    desk.round()
    (message,) = mail.messages
    assert message["List-Unsubscribe"] == f"<{PUBLIC}{links_in(mail.text())[-1]}>"
    field, value = message["List-Unsubscribe-Post"].split("=")
    answer = desk.browser().post(links_in(mail.text())[-1], data={field: value})
    assert answer.status_code == 200
    desk.cancel(visit)
    assert desk.round() == 0


# ---- the pages themselves


def every_page(desk: Office, reminded: Reminded, mail: Mailbox) -> Iterator[Any]:
    browser = desk.browser()
    yield browser.get("/mail/visit/nonsense")
    yield browser.get(reminded.keep.removesuffix("/keep"))
    for link in (reminded.keep, reminded.move, reminded.cancel):
        yield browser.get(link)
    yield browser.post(reminded.keep)
    value = offered(browser.get(reminded.move))[0]
    yield browser.post(reminded.move, data={"time": value})
    yield browser.post(reminded.cancel)
    stop = links_in(mail.text())[-1]
    yield browser.get(stop)
    yield browser.post(stop)


def test_no_page_names_anything_of_health_or_needs_a_script_or_a_cookie(
    desk: Office, reminded: Reminded, mail: Mailbox
) -> None:
    for page in every_page(desk, reminded, mail):
        words = page.text.replace("43rd Street Medical", "").lower()
        assert [word for word in HEALTH_WORDS if word in words] == []
        assert "robin" not in words
        assert "<script" not in words
        assert "style=" not in words
        assert "set-cookie" not in page.headers
        assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self';")
        assert "script-src" not in page.headers["content-security-policy"]
        assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "no-referrer")


def test_the_style_is_there(desk: Office) -> None:
    answer = desk.browser().get("/mail/static/mail.css")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")


def test_a_flood_from_one_address_is_told_to_wait(home: Path, clock: FrozenClock) -> None:
    with office(home, clock) as made:
        browser = made.browser()
        statuses = [browser.get("/mail/answer/x").status_code for _ in range(61)]
    assert statuses == [404] * 60 + [429]


@pytest.mark.parametrize("path", ["/mail/visit/x/confirm", "/mail/visit/x", "/mail"])
def test_other_methods_and_paths_are_refused(desk: Office, path: str) -> None:
    browser: TestClient = desk.browser()
    assert browser.request("DELETE", f"{PUBLIC}{path}").status_code in (404, 405)
