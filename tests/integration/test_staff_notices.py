"""/staff/notices: who can be told, what was given up, "try again", and a test that an admin sends. And the command."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from knee_intake import alert_command
from knee_intake.errors import SettingsError
from knee_intake.notices import outbox
from knee_intake.records import schema
from knee_intake.records.database import Database
from knee_intake.records.staff_accounts import add_member, sign_in
from knee_intake.web.staff import staff_routes
from tests.conftest import FrozenClock
from tests.notice_office import HOOK_SECRET, Office, office, with_alerts
from tests.notice_servers import Hook, Mailbox, hook_server, mail_server

PASSWORD = "grey heron at noon"
BOTH = """\
  recipients:
    desk: {mail: desk@clinic.test, webhook: true}
    night: {mail: night@clinic.test}
  told:
    emergency_911: {open: [desk], closed: [night]}
    call_back: {open: [desk], closed: [night]}
"""


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hook_server() as server:
        yield server


@pytest.fixture
def desk(home: Path, clock: FrozenClock, mail: Mailbox, hook: Hook) -> Iterator[Office]:
    with_alerts(home, BOTH)
    used = {
        "smtp_url": f"smtp+plain://127.0.0.1:{mail.port}", "webhook_url": hook.url, "webhook_secret": HOOK_SECRET,
        "notice_tries": 1, "database_url": f"sqlite:///{home / 'office.sqlite3'}",
    }  # fmt: skip
    with office(home, clock, **used) as made:
        yield made


def signed_in(desk: Office, role: str) -> TestClient:
    name = f"a {role}"
    add_member(desk.database, name=name, role=role, password=PASSWORD, now=desk.clock())
    browser = TestClient(Starlette(routes=staff_routes(desk.context())), follow_redirects=False)
    browser.cookies.set("knee_intake_staff", sign_in(desk.database, name, PASSWORD, desk.clock()))
    return browser


def press(browser: TestClient, path: str, **form: str) -> Any:
    page = browser.get("/staff/notices").text
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token is not None
    return browser.post(path, data={"csrf": token[1], **form})


def given_up(desk: Office, mail: Mailbox) -> int:
    """A call back of which the mail was refused; the row's id."""
    mail.refused |= {"night@clinic.test"}
    desk.event("k", "call_back", {"conversation": desk.talk()})
    desk.round()
    (row,) = desk.deliveries()
    assert row["dead_at"] is not None
    mail.refused.clear()
    return int(row["id"])


def text_of(answer: Any) -> str:
    told = re.sub(r"</?(p|li|h1|h2|section|dd|dt|div|span|code|button|input|form)\b[^>]*>", " ", answer.text)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", told.partition("<main")[2]))


def test_the_page_needs_a_session_and_the_sign_in_leads_back(desk: Office) -> None:
    answer = TestClient(Starlette(routes=staff_routes(desk.context())), follow_redirects=False).get("/staff/notices")
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/login?next=/staff/notices")


def test_it_tells_who_can_be_told_and_whether_anything_ever_arrived(desk: Office) -> None:
    told = text_of(signed_in(desk, "viewer").get("/staff/notices"))
    assert told.count("nothing delivered yet") == 3
    assert "outside opening hours, on duty for an emergency: night" in told
    desk.alert(desk.talk())
    desk.round()
    told = text_of(signed_in(desk, "reviewer").get("/staff/notices"))
    assert "by mail to night@clinic.test : last delivered Mar 10, 12:00 PM (alert)" in told


def test_what_was_given_up_is_shown_and_can_be_tried_again(desk: Office, mail: Mailbox) -> None:
    number = given_up(desk, mail)
    browser = signed_in(desk, "reviewer")
    told = text_of(browser.get("/staff/notices"))
    assert "call back, conversation to night, by mail" in told
    assert "1 try, the last one Mar 10, 12:00 PM: the mail server refused the recipient (550)" in told
    assert press(browser, "/staff/notices/again", notice=str(number)).headers["location"] == "/staff/notices"
    desk.round()
    assert mail.recipients == ["night@clinic.test"]
    assert "Given up None." in text_of(browser.get("/staff/notices"))
    assert [row["action"] for row in desk.rows(schema.audit)][-1] == "notice_again"


def test_what_is_being_tried_again_is_shown_with_its_time(
    home: Path, clock: FrozenClock, desk: Office, mail: Mailbox
) -> None:
    desk.worker = desk.make_worker(notice_tries=5)
    mail.answers.append("451 later")
    desk.alert(desk.talk())
    desk.round()
    told = text_of(signed_in(desk, "viewer").get("/staff/notices"))
    assert (
        "alert, conversation to night, by mail 1 try, next Mar 10, 12:00 PM: the mail server refused the mail" in told
    )


@pytest.mark.parametrize(
    ("role", "path", "allowed"),
    [
        ("viewer", "again", False), ("reviewer", "again", True), ("manager", "test", False), ("admin", "test", True),
    ],
)  # fmt: skip
def test_each_button_is_for_those_who_may_press_it(
    desk: Office, mail: Mailbox, role: str, path: str, allowed: bool
) -> None:
    number = given_up(desk, mail)
    browser = signed_in(desk, role)
    assert (f'action="/staff/notices/{path}"' in browser.get("/staff/notices").text) is allowed
    assert press(browser, f"/staff/notices/{path}", notice=str(number)).status_code == (303 if allowed else 403)


@pytest.mark.parametrize("path", ["again", "test"])
def test_a_form_without_its_token_is_refused(desk: Office, path: str) -> None:
    browser = signed_in(desk, "admin")
    assert browser.post(f"/staff/notices/{path}", data={"csrf": "x", "notice": "1"}).status_code == 403
    assert desk.deliveries() == []


@pytest.mark.parametrize("notice", ["", "x", "-1", "999999999999", "\u0661"])
def test_a_row_that_is_not_there_is_no_reason_to_fail(desk: Office, notice: str) -> None:
    assert press(signed_in(desk, "reviewer"), "/staff/notices/again", notice=notice).status_code == 303


def test_an_admins_test_goes_to_everybody_by_every_way(desk: Office, mail: Mailbox, hook: Hook) -> None:
    browser = signed_in(desk, "admin")
    assert press(browser, "/staff/notices/test").headers["location"] == "/staff/notices?sent=1"
    desk.round()
    assert sorted(mail.recipients) == ["desk@clinic.test", "night@clinic.test"]
    assert set(mail.subjects) == {"Test: can you read this?"}
    assert b'"kind":"test"' in hook.calls[0].body
    assert text_of(browser.get("/staff/notices")).count("last delivered Mar 10, 12:00 PM (test)") == 3


def test_the_page_has_a_strict_policy_and_nothing_inline(desk: Office) -> None:
    page = signed_in(desk, "admin").get("/staff/notices")
    assert page.headers["content-security-policy"].startswith(
        "default-src 'none'; script-src 'self'; style-src 'self';"
    )
    assert "style=" not in page.text
    assert re.findall(r"<script[^>]*>", page.text) == [
        f'<script src="/staff/static/{name}.js" type="module">' for name in ("staff", "live")
    ]


def test_without_any_way_out_the_page_says_so(home: Path, clock: FrozenClock) -> None:
    with office(home, clock) as made:
        told = text_of(signed_in(made, "admin").get("/staff/notices"))
    assert "Nobody. Alerts stay in this console." in told
    assert "Send a test" not in told


def test_the_conversation_shows_that_the_address_is_confirmed_and_the_visitor_will_come(desk: Office) -> None:
    visit = desk.visit(desk.talk())
    browser = signed_in(desk, "viewer")
    page = f"/staff/conversations/{visit.conversation}"
    assert "link in our mail" not in browser.get(page).text
    with desk.database.write() as connection:
        now = desk.clock()
        connection.execute(schema.bookings.update().values(contact_confirmed_at=now, kept_at=now))
    told = text_of(browser.get(page))
    assert "Email confirmed by the link in our mail, Mar 10, 12:00 PM" in told
    assert "Will come said so by the link in our mail, Mar 10, 12:00 PM" in told


def test_a_call_back_that_was_done_is_told_to_nobody_else(desk: Office, mail: Mailbox) -> None:
    conversation = desk.talk()
    with desk.database.write() as connection:
        values = {"conversation_id": conversation, "topic": "bill", "created_at": desk.clock()}
        connection.execute(schema.callbacks.insert().values(**values))
    desk.event("k", "call_back", {"conversation": conversation})
    browser = signed_in(desk, "reviewer")
    page = f"/staff/conversations/{conversation}"
    assert "I have called" not in signed_in(desk, "viewer").get(page).text
    assert "I have called" in browser.get(page).text
    for callback in ("7", "x", "1", "1"):
        assert press(browser, f"{page}/called", callback=callback).headers["location"] == page
    assert "Call back, done:" in text_of(browser.get(page))
    assert "I have called" not in browser.get(page).text
    assert [row["action"] for row in desk.rows(schema.audit)].count("called") == 1
    assert desk.round() == 0
    assert mail.messages == []


# ---- the command


def run(desk: Office, *argv: str) -> int:
    parser = argparse.ArgumentParser()
    alert_command.add_arguments(parser)
    Database(str(desk.settings.database)).close()
    return alert_command.run(parser.parse_args(argv), desk.settings, desk.clock)


@pytest.fixture
def migrated(desk: Office) -> Office:
    """The command migrates by itself; here the tables are there already."""
    from knee_intake.records import migrate

    with desk.database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (migrate.head(),))
    return desk


def test_the_command_tries_every_way_and_keeps_what_arrived(
    migrated: Office, mail: Mailbox, hook: Hook, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(migrated, "test") == 0
    assert capsys.readouterr().out.splitlines() == [
        "sent    desk by mail to desk@clinic.test, 2026-03-10 12:00; now look whether it has come",
        "sent    desk by webhook, 2026-03-10 12:00; now look whether it has come",
        "sent    night by mail to night@clinic.test, 2026-03-10 12:00; now look whether it has come",
    ]
    assert (mail.recipients, len(hook.calls)) == (["desk@clinic.test", "night@clinic.test"], 1)
    facts = {row["name"]: row["value"]["kind"] for row in migrated.rows(schema.facts)}
    assert facts == dict.fromkeys(("delivered:mail:desk", "delivered:webhook:desk", "delivered:mail:night"), "test")
    assert migrated.deliveries() == [], "a test waits for nobody"


def test_the_command_says_what_failed_and_ends_with_one(
    migrated: Office, mail: Mailbox, hook: Hook, capsys: pytest.CaptureFixture[str]
) -> None:
    mail.refused.add("desk@clinic.test")
    assert run(migrated, "test", "--to", "desk") == 1
    assert capsys.readouterr().out.splitlines()[0] == (
        "FAILED  desk by mail to desk@clinic.test: the mail server refused the recipient (550)"
    )
    assert len(hook.calls) == 1
    assert mail.recipients == []


def test_the_command_refuses_where_there_is_nobody_to_tell(home: Path, clock: FrozenClock, migrated: Office) -> None:
    with pytest.raises(SettingsError, match="boss: no recipient that can be reached"):
        run(migrated, "test", "--to", "boss")
    with (
        office(home, clock) as made,
        pytest.raises(SettingsError, match="nobody can be told: set KNEE_INTAKE_SMTP_URL"),
    ):
        run(made, "test")


def test_a_row_of_any_kind_can_be_shown(desk: Office) -> None:
    """Every kind of delivery that the worker makes has a line on the page."""
    conversation = desk.talk()
    bodies = [
        (outbox.TO_VISITOR, {"conversation": conversation, "mail": "reminder", "reference": "X"}),
        (outbox.TO_WEBHOOK, {"happened": {"kind": "digest"}, "to": "desk"}),
        (outbox.TO_STAFF, {"happened": {"kind": "alert"}, "to": "desk", "conversation": conversation}),
    ]
    with desk.database.write() as connection:
        for number, (kind, body) in enumerate(bodies):
            values = {"key": str(number), "kind": kind, "body": body, "created_at": desk.clock(), "tries": 1}
            state = {"dead_at": desk.clock(), "last_error": "x"}
            connection.execute(schema.outbox.insert().values(**values, **state))
    told = text_of(signed_in(desk, "viewer").get("/staff/notices"))
    assert "reminder, conversation to the visitor, by mail" in told
    assert "digest to desk, by webhook" in told
    assert "robin" not in told.lower()
