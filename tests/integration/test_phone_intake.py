"""An intake that staff type for a caller: the same interview, safety and booking, marked, robust, and nobody's key."""

from __future__ import annotations

import re
import uuid
from html import unescape
from typing import Any

import pytest

from knee_intake.errors import TurnError
from knee_intake.records import schema
from tests.integration.conftest import Running
from tests.integration.test_staff_console import csrf_of
from tests.integration.test_staff_talk import PASSWORD, Desk

PAGE = "/staff/phone-intake"


class Phone:
    """A member with a caller on the line, without a script."""

    def __init__(self, running: Running, name: str = "dana") -> None:
        self.running, self.desk = running, Desk(running, name)
        self.browser = self.desk.browser
        self.csrf = csrf_of(self.browser.get("/staff").text)
        self.address = ""

    def begin(self, key: str = "") -> Phone:
        answer = self.browser.post(PAGE, data={"csrf": self.csrf, "key": key or uuid.uuid4().hex})
        assert answer.status_code == 303
        self.address = answer.headers["location"].removesuffix("#now")
        return self

    @property
    def conversation(self) -> str:
        return self.address.rpartition("/")[2]

    @property
    def page(self) -> str:
        return unescape(self.browser.get(self.address).text)

    @property
    def aloud(self) -> str:
        told = self.page.partition('<h2 id="aloud">')[2]
        return re.sub(r'name="csrf" value="[^"]+"', "", told)

    def post(self, message_id: str = "", **form: str) -> Any:
        found = message_id or re.findall(r'name="message_id" value="([^"]+)"', self.page)[-1]
        return self.browser.post(self.address, data={"csrf": self.csrf, "message_id": found, **form})

    def answer(self, *texts: str) -> str:
        """One answer after the other; what is to be read aloud after the last."""
        for text in texts:
            assert self.post(text=text).status_code == 303
        return self.aloud

    def said(self) -> list[tuple[str, str | None, int | None]]:
        rows = self.running.rows(schema.messages)
        mine = [row for row in rows if row["conversation_id"] == self.conversation and row["sender"] == "visitor"]
        return [(row["sender"], row["text"], row["staff_id"]) for row in mine]


@pytest.fixture
def phone(running: Running) -> Phone:
    return Phone(running).begin()


def test_a_call_goes_all_the_way_to_a_visit_and_lies_in_the_queue_marked(phone: Phone) -> None:
    assert "Then ask what the call is about" in phone.aloud
    assert phone.post(choice="knee").status_code == 303
    assert "agreed by word of mouth, now, to you, dana" in phone.aloud
    assert "phone</span>" not in phone.browser.get("/staff").text, "before consent it is in no list"
    phone.answer("yes", "self", "none of these")
    assert phone.post(pick_01="left", pick_05="medial").status_code == 303
    phone.answer("about three months ago, it came on slowly", "none of these", "none", "moderate", "book")
    time = re.findall(r'name="choice" value="(\d{4}-[^"]+)"', phone.aloud)[0]
    phone.post(choice=time)
    told = phone.answer("Robin, robin@example.org", "yes")
    (visit,) = [row for row in phone.running.rows(schema.bookings) if row["status"] == "requested"]
    assert visit["reference"] in told
    assert visit["conversation_id"] == phone.conversation
    member = phone.running.rows(schema.staff)[0]["id"]
    assert {row[2] for row in phone.said()} == {member}
    given = [(row["kind"], row["granted"], row["staff_id"]) for row in phone.running.rows(schema.consents)]
    assert given == [("privacy", True, member), ("contact", True, member)]
    queue, page = phone.browser.get("/staff").text, phone.browser.get(f"/staff/conversations/{phone.conversation}").text
    assert '<span class="badge by-phone">phone</span>' in queue
    assert "Patient, typed by dana" in page
    assert "Privacy: agreed by word of mouth, heard by dana" in page
    assert "unread</span>" not in queue, "who typed it has read it"
    noted = [row["action"] for row in phone.running.rows(schema.audit)]
    assert noted.count("phone_start") == 1
    assert noted.count("phone_answer") == len(phone.said())


def test_a_chat_of_a_visitors_own_keeps_nobody_as_its_writer(running: Running) -> None:
    running.visitor().consent()
    assert {row["staff_id"] for row in running.rows(schema.messages)} == {None}
    assert [row["staff_id"] for row in running.rows(schema.consents)] == [None]
    assert [row["source"] for row in running.rows(schema.conversations)] == ["widget"]


def test_an_emergency_is_to_be_read_aloud_at_once_in_every_state(phone: Phone) -> None:
    told = phone.answer("my chest hurts and I cannot breathe")
    assert "Read this aloud now" in told
    assert "Call 911 now" in told
    assert "Emergency: 911" in told
    phone.answer("yes")
    assert [row["urgency"] for row in phone.running.rows(schema.alerts)] == ["emergency_911"]


def test_a_caller_who_says_no_leaves_no_words(phone: Phone) -> None:
    phone.answer("my left knee hurts", "no")
    assert [text for _, text, _ in phone.said()] == [None, None]
    assert phone.running.rows(schema.pending) == [] or all(
        row["sender"] == "bot" for row in phone.running.rows(schema.pending)
    )


def test_it_is_gone_on_with_where_it_stopped_also_by_somebody_else(running: Running, phone: Phone) -> None:
    phone.answer("knee", "yes", "self")
    lee = Phone(running, "lee")
    start = lee.browser.get(PAGE).text
    assert f'href="{phone.address}"' in start
    lee.address = phone.address
    assert lee.aloud == phone.aloud.replace("dana", "lee")
    lee.answer("none of these")
    assert "lee" in lee.browser.get(f"/staff/conversations/{phone.conversation}").text


def test_begun_twice_or_answered_twice_is_once(running: Running) -> None:
    phone = Phone(running)
    first, second = (phone.begin("the-same-key").address for _ in range(2))
    assert first == second
    assert len(running.rows(schema.conversations)) == 1
    message = re.findall(r'name="message_id" value="([^"]+)"', phone.page)[0]
    assert [phone.post(message, choice="knee").status_code for _ in range(3)] == [303] * 3
    assert len(phone.said()) == 1


def test_of_two_who_answer_one_question_the_second_is_told(phone: Phone) -> None:
    message = re.findall(r'name="message_id" value="([^"]+)"', phone.page)[0]
    phone.post(message, choice="knee")
    answer = phone.post(message, choice="book")
    assert answer.status_code == 409
    assert "Somebody else changed this" in answer.text
    assert len(phone.said()) == 1


def test_after_a_session_has_ended_signing_in_leads_back_to_the_call(running: Running, phone: Phone) -> None:
    phone.answer("knee", "yes")
    before = phone.aloud
    message = re.findall(r'name="message_id" value="([^"]+)"', phone.page)[0]
    running.clock.advance(hours=2)
    answer = phone.post(message, text="self")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/staff/login?next={phone.address}")
    token = csrf_of(phone.browser.get("/staff/login").text)
    form = {"name": "dana", "password": PASSWORD, "csrf": token, "next": phone.address}
    assert phone.browser.post("/staff/login", data=form).headers["location"] == phone.address
    phone.csrf = csrf_of(phone.page)
    assert phone.aloud == before
    assert "First, a quick check." in phone.answer("self")


def test_an_answer_whose_turn_failed_is_kept_and_tried_again(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_arguments: Any) -> None:
        raise TurnError("a power cut")

    phone.answer("knee")
    with monkeypatch.context() as broken:
        broken.setattr(phone.running.dialogue, "_turn", fail)
        assert phone.post(choice="yes").status_code == 503
    assert "The last answer is not worked through yet" in phone.page
    assert phone.post(choice="yes").status_code == 303
    assert phone.running.rows(schema.conversations)[0]["status"] == "active"
    assert len(phone.said()) == 2


def test_nobody_has_its_key_and_nobody_takes_it_over(phone: Phone) -> None:
    phone.answer("knee", "yes")
    chat = f"/api/conversations/{phone.conversation}/messages"
    assert phone.browser.get(chat, headers={"Authorization": "Bearer x"}).status_code == 401
    taken = phone.browser.post(f"/staff/conversations/{phone.conversation}/takeover", data={"csrf": phone.csrf})
    assert taken.status_code == 409
    assert 'id="desk"' not in phone.browser.get(f"/staff/conversations/{phone.conversation}").text


def test_a_visitors_own_chat_is_not_opened_by_this_page(running: Running, phone: Phone) -> None:
    visitor = running.visitor()
    visitor.say("my left knee hurts")
    answer = phone.browser.get(f"{PAGE}/{visitor.conversation}")
    assert (answer.status_code, "left knee" in answer.text) == (404, False)
    form = {"csrf": phone.csrf, "message_id": "phone-1", "text": "yes"}
    assert phone.browser.post(f"{PAGE}/{visitor.conversation}", data=form).status_code == 404


def test_the_phone_works_while_the_chat_takes_nobody_new(running: Running) -> None:
    practice = running.context.settings.clinic_path / "practice.yml"
    practice.write_text(practice.read_text().replace("  mode: on\n", "  mode: off\n", 1))
    assert running.client.post("/api/conversations").status_code == 503
    assert "Then ask what the call is about" in Phone(running).begin().aloud


@pytest.mark.parametrize("message_id", ["", "mine", "phone-1x", "phone--1", "p" * 70])
def test_an_id_that_is_none_of_the_pages_is_refused(phone: Phone, message_id: str) -> None:
    form = {"csrf": phone.csrf, "message_id": message_id, "text": "yes"}
    assert phone.browser.post(phone.address, data=form).status_code == 400
    assert phone.said() == []


def test_no_answer_is_no_message(phone: Phone) -> None:
    assert phone.post(text="  ").status_code == 400
    assert phone.said() == []
