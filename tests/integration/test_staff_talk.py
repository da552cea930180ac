"""Staff take a chat over in the console, write to the visitor, and hand it back: with the real dialogue behind it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from starlette.testclient import TestClient

from knee_intake.records import schema
from knee_intake.records.staff_accounts import add_member
from tests.integration.conftest import Running, Visitor
from tests.integration.live import serving
from tests.integration.test_staff_console import csrf_of

PASSWORD = "grey heron at noon"
HERE = "A person from the clinic is reading this chat."
BACK = "You are back with the automated helper."
DEEDS = ("takeover", "messages", "handback")


class Desk:
    """One member's browser, without a script."""

    def __init__(self, running: Running, name: str, role: str = "reviewer") -> None:
        add_member(running.context.database, name=name, role=role, password=PASSWORD, now=running.clock())
        self.browser = TestClient(running.app, follow_redirects=False)
        form = {"name": name, "password": PASSWORD, "csrf": csrf_of(self.browser.get("/staff/login").text)}
        assert self.browser.post("/staff/login", data=form).status_code == 303

    def page(self, visitor: Visitor) -> str:
        return str(self.browser.get(f"/staff/conversations/{visitor.conversation}").text)

    def post(self, visitor: Visitor, deed: str, **form: str) -> Any:
        csrf = csrf_of(self.browser.get("/staff").text)
        path = f"/staff/conversations/{visitor.conversation}/{deed}"
        return self.browser.post(path, data={"csrf": csrf, **form})

    def write(self, visitor: Visitor, text: str, key: str = "") -> Any:
        return self.post(visitor, "messages", text=text, key=key or uuid.uuid4().hex)

    def take_over(self, visitor: Visitor) -> None:
        assert self.post(visitor, "takeover").status_code == 303

    def title(self, visitor: Visitor) -> str:
        """Who writes, as the page says it."""
        found = re.search(r'<h2 id="desk-title">(.*?)</h2>', self.page(visitor), re.DOTALL)
        return found[1].strip() if found else ""


@pytest.fixture
def visitor(running: Running) -> Visitor:
    return running.visitor().consent()


@pytest.fixture
def dana(running: Running) -> Desk:
    return Desk(running, "dana")


def told(visitor: Visitor, count: int) -> list[tuple[str, str]]:
    """The last messages as the visitor's page gets them."""
    return [(message["from"], message["text"]) for message in visitor.messages()[-count:]]


def test_a_person_takes_over_writes_and_hands_back(running: Running, visitor: Visitor, dana: Desk) -> None:
    assert dana.title(visitor) == "The helper answers here"
    answer = dana.post(visitor, "takeover")
    assert (answer.status_code, answer.headers["location"]) == (
        303, f"/staff/conversations/{visitor.conversation}#text",
    )  # fmt: skip
    assert dana.title(visitor) == "You write here"
    assert dana.write(visitor, " Hello,\r\nthis is Dana. ").status_code == 303
    assert told(visitor, 2) == [("bot", HERE), ("staff", "Hello,\nthis is Dana.")]
    assert visitor.say("good to hear") == [], "the helper is silent"
    page = dana.page(visitor)
    assert "<strong>Staff, dana</strong>" in page
    assert "good to hear" in page
    assert dana.post(visitor, "handback").status_code == 303
    assert dana.title(visitor) == "The helper answers here"
    assert told(visitor, 1) == [("bot", BACK)]
    visitor.say("self")
    assert visitor.asked == "emergency_screen", "the helper answers again, where it was"
    noted = [(row["action"], row["subject"]) for row in running.rows(schema.audit) if row["action"] not in ("list",)]
    done = [action for action, subject in noted if subject == visitor.conversation and action != "view"]
    assert done == ["takeover", "message", "handback"]


def test_other_staff_see_who_writes_and_can_take_over_from_them(running: Running, visitor: Visitor, dana: Desk) -> None:
    lee = Desk(running, "lee")
    dana.take_over(visitor)
    page = lee.page(visitor)
    assert lee.title(visitor) == "dana writes here"
    assert "Take over from dana" in page
    assert 'name="text"' not in page
    assert "dana writes" in lee.browser.get("/staff").text
    refused = lee.write(visitor, "Hello")
    assert refused.status_code == 409
    assert "You are not the one who writes" in refused.text

    lee.take_over(visitor)
    assert (lee.title(visitor), dana.title(visitor)) == ("You write here", "lee writes here")
    assert told(visitor, 2) == [("bot", HERE), ("bot", "Another person from the clinic is reading this chat now.")]
    assert dana.write(visitor, "Hello").status_code == 409
    assert lee.write(visitor, "Hello").status_code == 303


def test_nobody_writes_while_the_helper_answers(visitor: Visitor, dana: Desk) -> None:
    assert dana.write(visitor, "Hello").status_code == 409
    assert not any(message["from"] == "staff" for message in visitor.messages())


def test_what_is_sent_twice_happens_once(visitor: Visitor, dana: Desk) -> None:
    dana.take_over(visitor)
    dana.take_over(visitor)
    dana.write(visitor, "Hello", "the-same-key")
    dana.write(visitor, "Hello", "the-same-key")
    dana.write(visitor, "Hello", "another-key")
    dana.post(visitor, "handback")
    dana.post(visitor, "handback")
    assert told(visitor, 4) == [("bot", HERE), ("staff", "Hello"), ("staff", "Hello"), ("bot", BACK)]


def test_what_staff_write_is_text_and_never_markup(visitor: Visitor, dana: Desk) -> None:
    dana.take_over(visitor)
    dana.write(visitor, "<b>Hello</b>")
    assert "<b>Hello" not in dana.page(visitor)
    assert "&lt;b&gt;Hello" in dana.page(visitor)


@pytest.mark.parametrize(
    ("text", "key", "status"), [("", "k", 400), (" \n ", "k", 400), ("a" * 4001, "k", 413), ("Hello", "", 400)]
)
def test_a_text_that_cannot_be_sent_says_why(visitor: Visitor, dana: Desk, text: str, key: str, status: int) -> None:
    dana.take_over(visitor)
    assert dana.post(visitor, "messages", text=text, key=key).status_code == status
    assert told(visitor, 1) == [("bot", HERE)]


def test_a_long_text_in_another_script_fits_into_the_form(visitor: Visitor, dana: Desk) -> None:
    dana.take_over(visitor)
    assert dana.write(visitor, "ж" * 4000).status_code == 303
    assert told(visitor, 1) == [("staff", "ж" * 4000)]


@pytest.mark.parametrize("deed", DEEDS)
def test_each_form_needs_its_token_a_session_and_a_reviewer(
    running: Running, visitor: Visitor, dana: Desk, deed: str
) -> None:
    path = f"/staff/conversations/{visitor.conversation}/{deed}"
    form = {"text": "Hello", "key": "k"}
    assert dana.browser.post(path, data={**form, "csrf": "wrong"}).status_code == 403
    assert (
        TestClient(running.app, follow_redirects=False)
        .post(path, data=form)
        .headers["location"]
        .startswith("/staff/login")
    )
    viewer = Desk(running, "val", "viewer")
    assert viewer.post(visitor, deed, **form).status_code == 403
    assert not any(f"/{name}" in viewer.page(visitor) for name in DEEDS)
    assert [message["from"] for message in visitor.messages()].count("staff") == 0


def test_before_consent_nobody_can_take_over(running: Running, dana: Desk) -> None:
    visitor = running.visitor()
    answer = dana.post(visitor, "takeover")
    assert answer.status_code == 409
    assert "Nobody can write in this chat" in answer.text
    assert dana.title(visitor) == ""


@pytest.mark.parametrize("how", ["withdraws", "forgets"])
def test_a_chat_that_the_visitor_has_closed_says_so(running: Running, dana: Desk, how: str) -> None:
    visitor = running.visitor().booked()
    dana.take_over(visitor)
    if how == "forgets":
        assert visitor.client.delete(visitor.path, headers=visitor.headers).status_code == 202
    else:
        dana.post(visitor, "handback")
        visitor.say("I take back my consent, please stop keeping my answers")
        assert visitor.intake()["status"] == "refused"
    assert dana.title(visitor) == "Nobody can write here"
    for deed in ("takeover", "messages"):
        answer = dana.post(visitor, deed, text="Hello", key="k")
        assert answer.status_code == 409, deed
        assert "Nobody can write in this chat" in answer.text


def test_a_chat_that_is_gone_says_so(visitor: Visitor, dana: Desk) -> None:
    assert visitor.client.delete(visitor.path, headers=visitor.headers).status_code == 204
    for deed in DEEDS:
        answer = dana.post(visitor, deed, text="Hello", key="k")
        assert answer.status_code == 404
        assert "This chat is not there any more" in answer.text


def test_before_the_model_is_loaded_it_is_not_ready(running: Running, visitor: Visitor, dana: Desk) -> None:
    dialogue, running.context.dialogue = running.context.dialogue, None
    try:
        assert dana.post(visitor, "takeover").status_code == 503
    finally:
        running.context.dialogue = dialogue
    assert dana.title(visitor) == "The helper answers here"


# ---- news for the open page


@pytest.fixture
def news(running: Running, visitor: Visitor, dana: Desk) -> Iterator[Iterator[str]]:
    """The lines of the event stream of dana's page."""
    with serving(running.app) as site:
        cookies = dict(dana.browser.cookies)
        path = f"{site}/staff/conversations/{visitor.conversation}/events"
        with requests.get(path, cookies=cookies, stream=True, timeout=20) as answer:
            assert answer.status_code == 200
            assert answer.headers["content-security-policy"].startswith("default-src 'none'")
            yield answer.iter_lines(chunk_size=1, decode_unicode=True)


def test_an_open_page_hears_at_once_that_something_was_said_and_not_what(
    running: Running, visitor: Visitor, news: Iterator[str]
) -> None:
    visitor.say("my left knee, a zebra of a pain")
    lines = [next(line for line in news if line.startswith(("event", "data"))) for _ in range(2)]
    assert lines == ["event: news", "data: {}"]


def test_without_a_session_there_is_no_news(running: Running, visitor: Visitor) -> None:
    answer = running.client.get(f"/staff/conversations/{visitor.conversation}/events")
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in")
