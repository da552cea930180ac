"""Notices in the running app: what is said in a chat leaves the house, and what a link changes the chat knows of."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from knee_intake.records import schema
from tests.integration.conftest import Running
from tests.notice_office import PUBLIC, links_in, with_alerts
from tests.notice_servers import Mailbox, mail_server

TO_DESK = """\
  recipients:
    desk: {mail: desk@clinic.test}
  told:
    emergency_911: {open: [desk], closed: [desk]}
    visit: {open: [desk], closed: [desk]}
    call_back: {open: [desk], closed: [desk]}
    hand_over: {open: [desk], closed: [desk]}
"""


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def app(start: Callable[..., Any], home: Path, mail: Mailbox) -> Iterator[Running]:
    """The app with its worker, which looks every few milliseconds."""
    with_alerts(home, TO_DESK)
    used = {"smtp_url": f"smtp+plain://127.0.0.1:{mail.port}", "mail_from": "chat@clinic.test", "public_url": PUBLIC}
    with start(notices_every_s=0.02, **used) as running:
        yield running


def wait_for(mail: Mailbox, subject: str) -> int:
    """The number of the mail with this subject."""
    deadline = time.monotonic() + 30
    while subject not in mail.subjects:
        assert time.monotonic() < deadline, mail.subjects
        time.sleep(0.02)
    return mail.subjects.index(subject)


def agree_to_mails(running: Running, conversation: str) -> None:
    with running.context.database.write() as connection:
        values = {"conversation_id": conversation, "kind": "email", "granted": True, "wording_version": "1"}
        connection.execute(schema.consents.insert().values(at=running.clock(), **values))


def test_an_emergency_in_the_chat_is_mailed_to_the_desk(app: Running, mail: Mailbox) -> None:
    visitor = app.visitor().consent()
    visitor.say("self", "I have crushing chest pain and can't breathe")
    number = wait_for(mail, "Alert, highest level: 911")
    assert f"/staff/conversations/{visitor.conversation}" in mail.text(number)


def test_who_wants_a_person_is_told_as_such_and_not_as_a_call_back(app: Running, mail: Mailbox) -> None:
    visitor = app.visitor().consent()
    visitor.say("I want to talk to a person", "Robin, robin@example.org")
    wait_for(mail, "Somebody wants to talk to a person")
    assert "Somebody wants to be called" not in mail.subjects


def test_a_visit_that_a_link_moved_is_the_one_that_the_chat_cancels(app: Running, mail: Mailbox) -> None:
    visitor = app.visitor().booked()
    old = visitor.intake()["booking"]["reference"]
    assert wait_for(mail, "A visit was asked for") is not None
    agree_to_mails(app, visitor.conversation)
    number = wait_for(mail, "Your request for a visit")
    move = f"{links_in(mail.text(number))[1]}/move"
    page = app.client.get(move).text
    value = page.partition('name="time" value="')[2].partition('"')[0]
    assert app.client.post(move, data={"time": value}).status_code == 200
    new = visitor.intake()["booking"]["reference"]
    assert new != old
    visitor.say("please cancel my visit", "yes")
    states = {row["reference"]: row["status"] for row in app.rows(schema.bookings) if row["hold_until"] is None}
    assert (states[old], states[new]) == ("cancelled", "cancelled")


def test_a_visit_that_a_link_cancelled_is_cancelled_in_the_chat_too(app: Running, mail: Mailbox) -> None:
    visitor = app.visitor().booked()
    agree_to_mails(app, visitor.conversation)
    number = wait_for(mail, "Your request for a visit")
    assert app.client.post(f"{links_in(mail.text(number))[1]}/cancel").status_code == 200
    assert visitor.intake()["booking"]["status"] == "cancelled"
    assert "is cancelled" in visitor.messages()[-1]["text"]
    visitor.say("I want to book a visit")
    assert visitor.asked == "appointment"
