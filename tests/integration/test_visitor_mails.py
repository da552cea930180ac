"""Mails to visitors: only to those who said yes, each once, with links that end, and with no word about health."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import icalendar
import msgspec
import pytest

from knee_intake.booking import time_label
from knee_intake.records import schema
from knee_intake.text_rules import HEALTH_WORDS
from tests.conftest import FrozenClock
from tests.notice_office import ADDRESS, PUBLIC, Office, links_in, office
from tests.notice_servers import Mailbox, mail_server


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def desk(home: Path, clock: FrozenClock, mail: Mailbox) -> Iterator[Office]:
    with office(home, clock, smtp_url=f"smtp+plain://127.0.0.1:{mail.port}") as made:
        yield made


def calendar_of(mail: Mailbox, number: int = -1) -> icalendar.Calendar:
    (file,) = mail.messages[number].iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("clinic-visit.ics", "text/calendar")
    calendar = icalendar.Calendar.from_ical(file.get_content())
    assert file.get_param("method") == calendar["METHOD"]
    return calendar


# ---- confirmation


def test_a_visit_is_confirmed_by_mail_with_its_calendar_file(desk: Office, mail: Mailbox) -> None:
    visit = desk.visit(desk.talk())
    assert desk.round() == 1
    assert (mail.recipients, mail.subjects) == ([ADDRESS], ["Your request for a visit"])
    assert visit.reference in mail.text()
    assert "Wed, Mar 11, 1:00 PM" in mail.text()
    (event,) = calendar_of(mail).walk("VEVENT")
    assert (event["STATUS"], event.decoded("DTSTART")) == ("TENTATIVE", visit.start)
    assert event["UID"] == f"{visit.reference.lower()}@visits.invalid"
    assert desk.round() == 0


def test_each_change_of_a_visit_is_told_with_its_calendar_file(desk: Office, mail: Mailbox) -> None:
    visit = desk.visit(desk.talk())
    desk.round()
    desk.confirm(visit)
    desk.round()
    desk.cancel(visit)
    desk.round()
    assert mail.subjects == ["Your request for a visit", "Your visit is set", "Your visit is cancelled"]
    assert [calendar_of(mail, number)["METHOD"] for number in range(3)] == ["PUBLISH", "PUBLISH", "CANCEL"]


def test_a_visit_that_was_cancelled_before_any_mail_needs_none(desk: Office) -> None:
    desk.cancel(desk.visit(desk.talk()))
    assert desk.round() == 0


def test_a_mail_that_was_overtaken_while_it_waited_is_left_out(desk: Office, mail: Mailbox) -> None:
    visit = desk.visit(desk.talk())
    mail.answers.append("451 later")
    desk.round()
    desk.confirm(visit)
    desk.clock.advance(seconds=15)
    desk.round()
    assert mail.subjects == ["Your visit is set"]
    assert {row["last_error"] for row in desk.deliveries()} == {"not needed any more", None}


# ---- only who wants it


def test_without_a_yes_there_is_no_mail_and_with_one_later_there_is(desk: Office, mail: Mailbox) -> None:
    conversation = desk.talk(wants_mails=False)
    desk.visit(conversation)
    assert desk.round() == 0
    desk.consent(conversation, True, kind="contact")
    assert desk.round() == 0, "giving a contact is no yes to mails"
    desk.consent(conversation, True)
    desk.round()
    assert mail.recipients == [ADDRESS]


@pytest.mark.parametrize("kind", ["email", "privacy"])
def test_a_yes_that_was_taken_back_counts_no_more(desk: Office, mail: Mailbox, kind: str) -> None:
    conversation = desk.talk()
    desk.consent(conversation, False, kind=kind)
    visit = desk.visit(conversation)
    desk.staff_says(conversation, "Hello", 5)
    desk.clock.now = visit.start - timedelta(hours=1)
    assert desk.round() == 0
    assert mail.messages == []


def test_somebody_elses_no_takes_nothing_back(desk: Office, mail: Mailbox) -> None:
    conversation = desk.talk()
    desk.visit(conversation)
    desk.staff_says(conversation, "Hello", 5)
    desk.talk(wants_mails=False)
    desk.clock.advance(minutes=3)
    desk.round()
    assert set(mail.subjects) == {"Your request for a visit", "The clinic has answered you"}


def test_a_no_while_a_mail_waits_is_heard(desk: Office, mail: Mailbox) -> None:
    conversation = desk.talk()
    desk.visit(conversation)
    mail.answers.append("451 later")
    desk.round()
    desk.consent(conversation, False)
    desk.clock.advance(hours=1)
    desk.round()
    assert mail.messages == []
    assert desk.deliveries()[0]["last_error"] == "the visitor wants no mails, or gave no address"


@pytest.mark.parametrize("email", [None, "no address", "a@b.c, d@e.f"])
def test_without_a_usable_address_nothing_is_sent(desk: Office, mail: Mailbox, email: str | None) -> None:
    desk.visit(desk.talk(email=email))
    desk.round()
    assert mail.messages == []


def test_who_asked_to_be_forgotten_gets_no_mail(desk: Office) -> None:
    conversation = desk.talk()
    desk.visit(conversation)
    with desk.database.write() as connection:
        connection.execute(schema.conversations.update().values(erase_requested_at=desk.clock()))
    assert desk.round() == 0


@pytest.mark.parametrize("settings", [{"public_url": ""}, {"smtp_url": ""}])
def test_without_a_way_out_or_an_address_for_links_no_mail_waits(
    home: Path, clock: FrozenClock, mail: Mailbox, settings: dict[str, str]
) -> None:
    used = {"smtp_url": f"smtp+plain://127.0.0.1:{mail.port}", **settings}
    with office(home, clock, **used) as made:
        made.visit(made.talk())
        assert made.round() == 0
        assert made.deliveries() == []


def test_live_nothing_is_sent_in_words_that_nobody_approved(home: Path, clock: FrozenClock, mail: Mailbox) -> None:
    with office(home, clock, smtp_url=f"smtp+plain://127.0.0.1:{mail.port}", live=True) as made:
        made.visit(made.talk())
        assert made.round() == 0


# ---- reminder


@pytest.mark.parametrize("is_booked", [True, False])
def test_a_day_before_the_visit_a_reminder_comes_once(desk: Office, mail: Mailbox, is_booked: bool) -> None:
    visit = desk.visit(desk.talk(), within=timedelta(days=6))
    if is_booked:
        desk.confirm(visit)
    desk.round()
    desk.clock.now = visit.start - timedelta(hours=24, seconds=1)
    assert desk.round() == 0
    desk.clock.advance(seconds=1)
    assert desk.round() == 1
    assert desk.round() == 0
    assert mail.subjects[-1] == f"{'Your visit on' if is_booked else 'Your request for'} {time_label(visit.start)}"
    assert [link.rsplit("/", 1)[1] for link in links_in(mail.text())[:3]] == ["keep", "move", "cancel"]
    assert ("has not confirmed" in mail.text()) is not is_booked


def test_a_cancelled_visit_is_not_reminded_of(desk: Office, mail: Mailbox) -> None:
    visit = desk.visit(desk.talk(), within=timedelta(days=6))
    desk.cancel(visit)
    desk.clock.now = visit.start - timedelta(hours=20)
    assert desk.round() == 0


def test_a_reminder_that_comes_too_late_is_left_out(desk: Office, mail: Mailbox) -> None:
    visit = desk.visit(desk.talk(), within=timedelta(days=6))
    desk.round()
    desk.clock.now = visit.start - timedelta(hours=24)
    mail.answers.append("451 later")
    desk.round()
    desk.clock.now = visit.start
    desk.round()
    assert len(mail.messages) == 1
    assert desk.deliveries()[-1]["last_error"] == "not needed any more"


def test_a_visit_asked_for_shortly_before_its_reminder_gets_none(desk: Office, mail: Mailbox) -> None:
    visit = desk.visit(desk.talk())
    assert visit.start - desk.clock() == timedelta(hours=25)
    desk.round()
    desk.clock.advance(hours=2)
    assert desk.round() == 0


# ---- an answer of the clinic's


def test_an_answer_is_mailed_with_a_link_and_a_code_but_not_with_its_words(desk: Office, mail: Mailbox) -> None:
    conversation = desk.talk()
    desk.staff_says(conversation, "Please bring your MRI of the left knee.", 5)
    desk.clock.advance(minutes=2, seconds=59)
    assert desk.round() == 0, "who is still in the chat reads it there"
    desk.clock.advance(seconds=1)
    assert desk.round() == 1
    assert mail.subjects == ["The clinic has answered you"]
    assert "MRI" not in mail.text()
    assert re.search(r"asks for this code: \d{6}\n", mail.text())
    assert links_in(mail.text())[0].startswith("/mail/answer/")
    assert desk.round() == 0


def test_who_has_answered_in_the_chat_needs_no_mail(desk: Office) -> None:
    conversation = desk.talk()
    desk.staff_says(conversation, "Can you come?", 5)
    desk.visitor_says(conversation, "Yes", 6)
    desk.clock.advance(minutes=10)
    assert desk.round() == 0


def test_several_answers_in_a_row_are_one_mail_and_a_later_one_is_another(desk: Office, mail: Mailbox) -> None:
    conversation = desk.talk()
    desk.staff_says(conversation, "One", 5)
    desk.clock.advance(minutes=1)
    desk.staff_says(conversation, "Two", 6)
    desk.clock.advance(minutes=3)
    assert desk.round() == 1
    desk.clock.advance(hours=5)
    desk.staff_says(conversation, "Three", 7)
    desk.clock.advance(minutes=3)
    assert desk.round() == 1
    codes = [re.findall(r"\b\d{6}\b", mail.text(number)) for number in range(2)]
    assert codes[0] != codes[1]


def test_an_old_answer_is_not_mailed_any_more(desk: Office) -> None:
    conversation = desk.talk(wants_mails=False)
    desk.staff_says(conversation, "One", 5)
    desk.clock.advance(days=2)
    desk.consent(conversation, True)
    assert desk.round() == 0


# ---- nothing about health


def every_mail(desk: Office, mail: Mailbox) -> list[str]:
    """Subject, text and calendar file of every kind of mail to visitors; what staff get is walked as texts below."""
    conversation = desk.talk()
    visit = desk.visit(conversation, within=timedelta(days=6))
    desk.round()
    desk.confirm(visit)
    desk.round()
    desk.clock.now = visit.start - timedelta(hours=23)
    desk.staff_says(conversation, "your left knee and the Botox", 5)
    desk.clock.advance(minutes=3)
    desk.round()
    second = desk.visit(desk.talk(), within=timedelta(days=6))
    desk.round()
    desk.clock.now = second.start - timedelta(hours=23)
    desk.round()
    moved = desk.visit(desk.talk(), within=timedelta(days=6))
    third = desk.visit(desk.talk(), within=timedelta(days=6))
    desk.round()
    desk.visit(str(moved.conversation))
    desk.cancel(moved)
    desk.cancel(third)
    desk.round()
    return [
        "\n".join([str(message["Subject"]), mail.text(number), *(_file(part) for part in message.iter_attachments())])
        for number, message in enumerate(mail.messages)
    ]


def _file(part: object) -> str:
    content: str = part.get_content()  # type: ignore[attr-defined]
    return content


def test_no_mail_names_anything_of_health_or_of_the_person(desk: Office, mail: Mailbox) -> None:
    mails = every_mail(desk, mail)
    assert set(mail.subjects) >= {
        "Your request for a visit", "Your visit is set", "Your visit is cancelled", "One of your times is cancelled",
        "The clinic has answered you",
    }  # fmt: skip
    assert any(subject.startswith("Your visit on") for subject in mail.subjects)
    assert any(re.match(r"Your request for [MTWF]\w\w, ", subject) for subject in mail.subjects)
    for said in mails:
        words = re.sub(r"https?://\S+", "", said).lower().replace("43rd street medical", "")
        assert [word for word in HEALTH_WORDS if word in words] == []
        assert "robin" not in words
    for message in mail.messages:
        assert "knee" not in " ".join(f"{name}: {value}" for name, value in message.items()).lower()


@pytest.mark.parametrize("part", ["mails", "pages", "staff"])
def test_no_text_of_the_file_names_anything_of_health(desk: Office, part: str) -> None:
    texts = [(name, text) for name, told in desk.clinic.notices.all() for text in told.values()]
    mine = [(name, text) for name, text in texts if name.startswith(part)]
    assert len(mine) > 10
    finds = [(name, word) for name, text in mine for word in HEALTH_WORDS if word in text.lower()]
    assert finds == []


def test_a_link_starts_with_the_public_address(desk: Office, mail: Mailbox) -> None:
    desk.visit(desk.talk())
    desk.round()
    assert len(links_in(mail.text())) == 3
    assert all(link.startswith("/mail/") for link in links_in(mail.text()))
    assert f"{PUBLIC}//" not in mail.text()


def test_a_mail_says_what_the_clinic_says_now(desk: Office, mail: Mailbox) -> None:
    mails = desk.clinic.notices.mails
    requested = msgspec.structs.replace(mails.requested, subject={"en": "We have your wish"})
    notices = msgspec.structs.replace(desk.clinic.notices, mails=msgspec.structs.replace(mails, requested=requested))
    desk.worker.use(replace(desk.clinic, notices=notices))
    desk.visit(desk.talk())
    desk.round()
    assert mail.subjects == ["We have your wish"]
