"""Requests to delete, copy and correct: they come by themselves or are noted, have a date, and are decided once."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from knee_intake.records import schema
from knee_intake.records.erasure import erase
from knee_intake.records.retention import retain
from knee_intake.records.store import Store
from tests.integration.conftest import Running
from tests.integration.staff_rows import NOW, add_alert, add_conversation, add_talk, conversation_id
from tests.integration.test_staff_console import Console, _booked, csrf_of

ONE, TWO = conversation_id(1), conversation_id(2)
PAGE = "/staff/requests"


class Desk:
    """A member who answers requests."""

    def __init__(self, console: Console, role: str = "manager") -> None:
        self.browser = console.signed_in(role)
        self.csrf = csrf_of(self.browser.get("/staff").text)

    def post(self, path: str = PAGE, **form: str) -> Any:
        return self.browser.post(path, data={"csrf": self.csrf, **form})

    def note(self, kind: str, key: str = "k", **form: str) -> Any:
        return self.post(kind=kind, asked_by="phone", key=key, **form)


def rows(console: Console) -> list[dict[str, Any]]:
    with console.context.database.read() as connection:
        query = sa.select(schema.privacy_requests).order_by(schema.privacy_requests.c.id)
        return [dict(row) for row in connection.execute(query).mappings()]


@pytest.fixture
def asked(console: Console) -> Console:
    """A visitor whose emergency the clinic knows of wants everything deleted."""
    with console.write() as connection:
        add_conversation(connection, 1)
        add_talk(connection, ONE)
        add_alert(connection, ONE)
    assert Store(console.context.database, b"k").forget(ONE, NOW) is False
    return console


# -- how they come ---------------------------------------------------------------------------------------------------


def test_forget_me_of_a_visitor_whom_the_clinic_knows_is_a_request(asked: Console) -> None:
    Store(asked.context.database, b"k").forget(ONE, NOW + timedelta(hours=1))
    (row,) = rows(asked)
    assert (row["kind"], row["asked_by"], row["state"]) == ("delete", "chat", "open")
    assert (row["asked_at"], row["due_at"]) == (NOW, NOW + timedelta(days=30))
    page = Desk(asked, "viewer").browser.get(PAGE).text
    assert "delete my data" in page
    assert "Note a request" not in page


def test_staff_note_what_was_asked_on_the_phone_once(console: Console) -> None:
    with console.write() as connection:
        add_conversation(connection, 1)
    desk = Desk(console, "reviewer")
    for _ in range(2):
        form = {"name": "Robin", "contact": "555-0123", "conversation": "", "asked_at": "2026-11-20"}
        assert desk.note("copy", **form).status_code == 303
        address = f"http://testserver/staff/conversations/{ONE}"
        assert desk.note("correct", "k2", conversation=address, due_at="2026-12-01").status_code == 303
    first, second = rows(console)
    assert (first["name"], first["conversation_id"], first["noted_by"]) == ("Robin", None, 1)
    assert first["asked_at"].isoformat() == "2026-11-20T05:00:00+00:00"
    assert first["due_at"] == first["asked_at"] + timedelta(days=30)
    assert (second["conversation_id"], second["due_at"].isoformat()) == (ONE, "2026-12-02T04:59:00+00:00")
    assert desk.note("correct", "k3", conversation=ONE).status_code == 303
    assert len(rows(console)) == 2, "the same is open already"
    assert [action for action, _ in console.audit()].count("request_noted") == 2


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"kind": "sell"}, 400), ({"name": ""}, 400), ({"conversation": "abc"}, 400), ({"conversation": TWO}, 404),
        ({"asked_at": "2026-11-25"}, 400), ({"due_at": "2026-11-01"}, 400), ({"due_at": "soon"}, 400),
        ({"note": "n" * 501}, 400), ({"asked_by": "pigeon"}, 400), ({"key": ""}, 400),
    ],
)  # fmt: skip
def test_a_form_that_makes_no_sense_is_refused(console: Console, form: dict[str, str], status: int) -> None:
    good = {"kind": "copy", "asked_by": "mail", "name": "Robin", "key": "k"}
    assert Desk(console).post(**{**good, **form}).status_code == status
    assert rows(console) == []


def test_the_overdue_lead_and_are_counted_on_every_page(asked: Console) -> None:
    desk = Desk(asked)
    desk.note("copy", name="Kim", due_at="2026-12-10")
    assert "overdue</span>" not in desk.browser.get("/staff").text
    asked.now = NOW + timedelta(days=20)
    desk = Desk(asked, "admin")
    assert '<span class="count">1<span class="hidden-label"> overdue</span></span>' in desk.browser.get("/staff").text
    page = desk.browser.get(PAGE).text
    assert page.index("Kim") < page.index("Robin")
    asked.now = NOW + timedelta(days=31)
    assert '<span class="count">2<' in Desk(asked).browser.get("/staff/calendar").text


# -- delete ----------------------------------------------------------------------------------------------------------


def test_done_deletes_only_with_the_tick_and_leaves_no_word(asked: Console) -> None:
    desk = Desk(asked)
    assert desk.post(f"{PAGE}/1", state="done").status_code == 400
    answer = desk.post(f"{PAGE}/1", state="done", sure="1", reply="Dear Robin, it is gone.", reply_by="mail")
    assert answer.status_code == 303
    with asked.context.database.read() as connection:
        assert connection.execute(sa.select(schema.conversations)).all() == []
    (row,) = rows(asked)
    assert (row["state"], row["decided_by"], row["conversation_id"]) == ("done", 1, ONE)
    assert [row[name] for name in ("name", "contact", "note", "reason", "reply", "form_key")] == [None] * 6
    assert asked.audit()[-2:] == [("request_decided", ONE), ("erase", ONE)]
    assert desk.post(f"{PAGE}/1", state="done", sure="1").status_code == 303, "sent twice"
    assert "erased" in desk.browser.get(f"{PAGE}/1").text


def test_only_managers_delete(asked: Console) -> None:
    desk = Desk(asked, "reviewer")
    assert "A manager decides this." in desk.browser.get(f"{PAGE}/1").text
    assert desk.post(f"{PAGE}/1", state="done", sure="1").status_code == 403
    assert rows(asked)[0]["state"] == "open"


def test_a_visit_that_lies_ahead_is_cancelled_first(console: Console) -> None:
    with console.write() as connection:
        _booked(connection)
    Store(console.context.database, b"k").forget(ONE, NOW)
    desk = Desk(console)
    answer = desk.post(f"{PAGE}/1", state="done", sure="1")
    assert (answer.status_code, "Cancel it first" in answer.text) == (409, True)
    assert rows(console)[0]["state"] == "open", "both or neither"


def test_refused_needs_a_reason_answers_in_the_chat_and_opens_the_chat_again(asked: Console) -> None:
    desk = Desk(asked)
    assert desk.post(f"{PAGE}/1", state="refused").status_code == 400
    reply = "We have to keep this note for now. Please call us."
    form = {"state": "refused", "reason": "kept by law", "reply": reply, "reply_by": "chat"}
    assert [desk.post(f"{PAGE}/1", **form).status_code for _ in range(2)] == [303, 303]
    said = [line for line in Store(asked.context.database, b"k").transcript(ONE) if line["sender"] == "staff"]
    assert [line["text"] for line in said] == [reply]
    with asked.context.database.read() as connection:
        assert connection.execute(sa.select(schema.conversations.c.erase_requested_at)).scalar_one() is None


def test_an_answer_cannot_go_into_a_chat_that_is_deleted_or_not_there(asked: Console) -> None:
    desk = Desk(asked)
    form = {"state": "done", "sure": "1", "reply": "Gone.", "reply_by": "chat"}
    assert desk.post(f"{PAGE}/1", **form).status_code == 400
    desk.note("copy", name="Kim")
    assert desk.post(f"{PAGE}/2", **form).status_code == 400
    assert [row["state"] for row in rows(asked)] == ["open", "open"]


def test_of_two_who_decide_the_second_is_told(asked: Console) -> None:
    first, second = Desk(asked), Desk(asked, "admin")
    first.post(f"{PAGE}/1", state="refused", reason="kept by law")
    assert second.post(f"{PAGE}/1", state="done", sure="1").status_code == 409
    with asked.context.database.read() as connection:
        assert connection.execute(sa.select(schema.conversations.c.id)).scalar_one() == ONE


def test_an_erasure_by_any_other_way_ends_the_request_and_empties_who_asked(console: Console) -> None:
    with console.write() as connection:
        for number in (1, 2, 3):
            add_conversation(connection, number)
    desk = Desk(console, "reviewer")
    for number in (1, 2, 3):
        desk.note("delete", f"k{number}", conversation=conversation_id(number), name="Robin", contact="555-0123")
    erase(console.context.database, ONE, now=NOW)
    assert Store(console.context.database, b"k").forget(TWO, NOW) is True
    later = NOW + timedelta(days=100)
    retain(console.context.database, now=later, pending_for=timedelta(hours=1), days={"*": 90}, dry_run=False)
    assert [(row["state"], row["name"], row["contact"]) for row in rows(console)] == [("done", None, None)] * 3


# -- copy and correct ------------------------------------------------------------------------------------------------


def test_a_copy_is_given_out_as_json_and_text_and_written_down(asked: Console) -> None:
    desk = Desk(asked)
    desk.note("copy", conversation=ONE)
    answer = desk.browser.get(f"{PAGE}/2/copy?format=json")
    assert answer.headers["content-disposition"] == 'attachment; filename="request-2.json"'
    assert json.loads(answer.text)["conversation"] == ONE
    text = desk.browser.get(f"{PAGE}/2/copy?format=text")
    assert "RED FLAGS" in text.text
    assert desk.browser.get(f"{PAGE}/2/copy?format=exe").status_code == 404
    assert [action for action, _ in asked.audit()].count("export") == 2
    assert desk.post(f"{PAGE}/2", state="done", reply_by="letter").status_code == 303


def test_a_correction_says_what_was_changed_and_reviewers_make_it(console: Console) -> None:
    with console.write() as connection:
        add_conversation(connection, 1)
    desk = Desk(console, "reviewer")
    desk.note("correct", conversation=ONE, note="it is the right knee")
    page = desk.browser.get(f"/staff/conversations/{ONE}").text
    assert f'href="{PAGE}/1"' in page
    assert desk.post(f"{PAGE}/1", state="done").status_code == 400
    assert desk.post(f"{PAGE}/1", state="done", reason="knee side: right").status_code == 303
    assert rows(console)[0]["reason"] == "knee side: right"


# -- in the chat -----------------------------------------------------------------------------------------------------


def test_delete_everything_in_the_chat_is_a_request_with_the_turn(running: Running) -> None:
    visitor = running.visitor().consent()
    visitor.say("please delete everything I told you")
    (row,) = running.rows(schema.privacy_requests)
    assert (row["kind"], row["conversation_id"], row["state"]) == ("delete", visitor.conversation, "open")
    assert running.rows(schema.conversations)[0]["erase_requested_at"] == running.clock()


def test_an_agreement_that_is_only_taken_back_is_no_request(running: Running) -> None:
    visitor = running.visitor().consent()
    visitor.say("I take back my consent. I do not want you to keep this.")
    assert running.rows(schema.conversations)[0]["status"] == "refused"
    assert running.rows(schema.privacy_requests) == []
