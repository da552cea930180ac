"""Saved replies: managers write them, the check refuses, nobody overwrites another, reviewers use them."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa

from knee_intake.records import schema
from tests.integration.conftest import Running, Visitor
from tests.integration.staff_rows import add_conversation
from tests.integration.test_staff_console import Console, csrf_of
from tests.integration.test_staff_talk import Desk

PAGE = "/staff/replies"
TEXT = "Hi {first_name}. Please call us at {clinic_phone} when you can."


class Editor:
    """A manager's browser."""

    def __init__(self, console: Console, role: str = "manager") -> None:
        self.browser = console.signed_in(role)
        self.csrf = csrf_of(self.browser.get("/staff").text)

    def post(self, path: str = PAGE, **form: str) -> Any:
        return self.browser.post(path, data={"csrf": self.csrf, **form})


def kept(console: Console) -> list[tuple[str, str, int]]:
    columns = schema.saved_replies.c
    with console.context.database.read() as connection:
        query = sa.select(columns.title, columns.text, columns.version).order_by(columns.title)
        return [tuple(row) for row in connection.execute(query)]


def test_a_manager_keeps_changes_and_deletes_one(console: Console) -> None:
    editor = Editor(console)
    assert editor.post(title=" Please  call ", text=TEXT).headers["location"] == PAGE
    assert kept(console) == [("Please call", TEXT, 1)]
    page = editor.browser.get(f"{PAGE}/1").text
    assert TEXT in page.replace("&#39;", "'")
    editor.post(f"{PAGE}/1", title="Please call", text="Please call us.", version="1")
    assert kept(console) == [("Please call", "Please call us.", 2)]
    editor.post(f"{PAGE}/1", title="Please call", text="x", version="2", do="delete")
    assert kept(console) == []
    noted = [action for action, _ in console.audit() if action.startswith("reply")]
    assert noted == ["reply_add", "reply_change", "reply_delete"]


def test_what_may_not_be_said_is_refused_with_its_words_and_nothing_is_lost(console: Console) -> None:
    answer = Editor(console).post(title="Shots", text="The shots are safe and proven.")
    assert answer.status_code == 400
    assert "“safe” may not be said to a patient: it is a promise." in answer.text
    assert "“proven”" in answer.text
    assert "The shots are safe and proven." in answer.text, "what was typed stands in the form"
    assert kept(console) == []


def test_the_check_says_the_grade_and_keeps_nothing(console: Console) -> None:
    answer = Editor(console).post(title="Call", text=TEXT, do="check")
    assert answer.status_code == 200
    assert re.search(r"Reading grade \d\.\d\. Good\.", answer.text)
    harder = "Please call our front desk on Monday or Tuesday, so that we can arrange another visit."
    assert "It may be kept; 6 or below is easier" in Editor(console).post(title="Call", text=harder, do="check").text
    assert kept(console) == []


def test_a_form_that_is_sent_twice_keeps_one(console: Console) -> None:
    editor = Editor(console)
    assert [editor.post(title="Call", text=TEXT).status_code for _ in range(2)] == [303, 303]
    assert len(kept(console)) == 1
    again = [editor.post(f"{PAGE}/1", title="Call", text="Call us.", version="1").status_code for _ in range(2)]
    assert again == [303, 303]
    assert kept(console) == [("Call", "Call us.", 2)]


def test_of_two_who_change_the_same_one_the_second_is_told(console: Console) -> None:
    first, second = Editor(console), Editor(console, "admin")
    first.post(title="Call", text=TEXT)
    first.post(f"{PAGE}/1", title="Call", text="Call us.", version="1")
    for form in ({"text": "Write to us."}, {"text": "Write to us.", "do": "delete"}):
        assert second.post(f"{PAGE}/1", title="Call", version="1", **form).status_code == 409
    assert kept(console) == [("Call", "Call us.", 2)]


def test_two_replies_cannot_have_one_title(console: Console) -> None:
    editor = Editor(console)
    editor.post(title="Call", text=TEXT)
    editor.post(title="Write", text="Please write to us.")
    assert editor.post(title="Call", text="Another text.").status_code == 400
    assert editor.post(f"{PAGE}/2", title="Call", text="Please write to us.", version="1").status_code == 400
    assert editor.post(title="t" * 61, text=TEXT).status_code == 400
    assert len(kept(console)) == 2


def test_in_the_chat_it_is_filled_in_for_the_patient(running: Running) -> None:
    visitor: Visitor = running.visitor().booked()
    boss, dana = Desk(running, "boss", "manager"), Desk(running, "dana")
    csrf = csrf_of(boss.browser.get("/staff").text)
    text = "Hi {first_name}. Your visit is {reference}. Call {clinic_phone}."
    boss.browser.post(PAGE, data={"csrf": csrf, "title": "Visit", "text": text})
    assert 'id="saved-reply"' not in dana.page(visitor), "only where somebody writes"
    dana.take_over(visitor)
    reference = visitor.intake()["booking"]["reference"]
    filled = f"Hi Robin. Your visit is {reference}. Call 555-0143 (demo number)."
    address = f"/staff/conversations/{visitor.conversation}"
    assert f'data-text="{filled}"' in dana.page(visitor)
    drafted = dana.browser.get(f"{address}?reply=1").text
    assert f">{filled}</textarea>" in drafted
    for odd in ("0", "999", "x", "9" * 30, "1%00"):
        assert "></textarea>" in dana.browser.get(f"{address}?reply={odd}").text
    dana.write(visitor, filled)
    assert visitor.messages()[-1]["text"] == filled


@pytest.mark.parametrize("named", ["first_name", "reference"])
def test_one_that_lacks_something_cannot_be_picked(console: Console, named: str) -> None:
    editor = Editor(console)
    editor.post(title="Visit", text=f"About {{{named}}}: call us.")
    with console.write() as connection:
        ident = add_conversation(connection, 1, first_name=None)
        notice = {"conversation_id": ident, "seq": 1, "sender": "bot", "text": "Here.", "staff_id": 1}
        connection.execute(sa.insert(schema.messages).values(**notice, at=console.now, payload={"name": "staff_here"}))
        connection.execute(sa.update(schema.conversations).values(handled_by="staff", last_seq=1))
    page = editor.browser.get(f"/staff/conversations/{ident}?reply=1").text
    assert f"Visit (needs a {named.replace('_', ' ')})" in page
    assert "></textarea>" in page
