"""Whatever a caller sends: a clear answer, nothing lost, nothing half-done, and the conversation goes on."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from knee_intake.records import schema
from tests.integration.conftest import Running, Visitor

PROBLEM = "application/problem+json"


def assert_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """A problem with a stable code and a sentence for people, which is not stored by anybody on the way."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), answer.text
    assert answer.headers["cache-control"] == "no-store"
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["detail"].endswith(".")
    assert "Error" not in answer.text, "an exception's name is not for people"
    return body


@contextmanager
def nothing_changes(running: Running) -> Iterator[None]:
    """Not one row of any table changes while the block runs."""
    before = {name: running.rows(table) for name, table in schema.metadata.tables.items()}
    yield
    for name, table in schema.metadata.tables.items():
        assert running.rows(table) == before[name], name


def assert_goes_on(visitor: Visitor) -> None:
    """The open question was not lost."""
    visitor.say("self")
    assert visitor.asked == "emergency_screen"
    assert visitor.value("who_for") == "self"


@pytest.fixture
def asked(visitor: Visitor) -> Visitor:
    """A visitor who is asked for whom the visit is."""
    visitor.consent()
    assert visitor.asked == "who_for"
    return visitor


# ---- texts that cannot be answered ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", " ", "\t\n \r\n", "\x00\x01\x02\x1b", "\u200b\u200d\ufe0f", "\u2028\u2029", "\u202e\u200f", "\ue000"],
    ids=["empty", "blank", "blanks", "control", "zero width", "line ends", "direction marks", "private use"],
)
def test_a_text_without_anything_to_see_is_refused_and_not_kept(running: Running, asked: Visitor, text: str) -> None:
    with nothing_changes(running):
        assert_problem(asked.post(text), 400, "empty_text")
    assert_goes_on(asked)


def test_ten_thousand_characters_are_refused_whole_and_nothing_is_cut_off(running: Running, asked: Visitor) -> None:
    with nothing_changes(running):
        assert "shorter parts" in assert_problem(asked.post("x" * 10_000), 413, "text_too_long")["detail"]
    assert_goes_on(asked)


def test_the_longest_text_that_is_allowed_is_kept_to_the_last_character(asked: Visitor) -> None:
    text = "knee " * 799 + "knee."  # 4,000 characters
    asked.say(text)
    assert [message["text"] for message in asked.messages() if message["from"] == "visitor"][-1] == text
    assert_problem(asked.post(text + "!"), 413, "text_too_long")
    assert_goes_on(asked)


@pytest.mark.parametrize("filling", ["so it goes on and on. ", "\U0001f635"])
def test_an_emergency_is_told_even_at_the_end_of_a_text_that_is_too_long(
    running: Running, asked: Visitor, filling: str
) -> None:
    with nothing_changes(running):
        answer = asked.post(filling * (9_900 // len(filling)) + " now my chest hurts and I can't breathe")
        problem = assert_problem(answer, 413, "text_too_long")
    assert problem["alert"] == "emergency_911"
    assert "911" in problem["detail"]
    assert_goes_on(asked)


def test_a_body_over_the_limit_is_refused_before_it_is_read(running: Running, asked: Visitor) -> None:
    with nothing_changes(running):
        answer = asked.client.post(f"{asked.path}/messages", content=b"[" * 3_000_000, headers=asked.headers)
        assert_problem(answer, 413, "text_too_long")
    assert_goes_on(asked)


# ---- texts that are odd, and are answered --------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f635\U0001f635\u200d\U0001f4ab\U0001f9b5\U0001f3fd",
        "\U0001fae0",  # newer than this Python's tables
        "<script>alert('x')</script><b>bold</b> &amp; <img src=x onerror=alert(1)>",
        "{{ 7 * 7 }} ${7*7} {phone} %s %(name)s",
        "'; DROP TABLE messages; --",
        "/",
        "//restart",
        '/inform{"intake": null}',
        "?!.,-_",
        "x" * 3_999,
        "ā" * 300,
    ],
)  # fmt: skip
def test_an_odd_text_is_kept_as_it_is_and_the_question_asked_again(asked: Visitor, text: str) -> None:
    replies = asked.say(text)
    assert replies, "there is always a reply"
    assert asked.asked == "who_for"
    assert [message["text"] for message in asked.messages() if message["from"] == "visitor"][-1] == text
    assert asked.intake()["answers"].keys() == {"consent"}, "it is no answer to anything"
    assert text not in asked.text, "and is not said back"
    assert_goes_on(asked)


def test_another_script_is_told_what_is_read_here_and_nothing_is_guessed(asked: Visitor) -> None:
    for text in ("У меня болит колено", "膝盖很疼", "ركبتي تؤلمني"):
        asked.say(text)
        assert "English" in asked.text or "inglés" in asked.text
        assert "911" in asked.text, "who is not understood still learns what to do in an emergency"
        assert [message["text"] for message in asked.messages() if message["from"] == "visitor"][-1] == text
        assert asked.intake()["answers"].keys() == {"consent"}
        assert asked.intake()["asked"] == "who_for"
    assert_goes_on(asked)


@pytest.mark.parametrize("text", ["/zebra", "\U0001f635", "Привет", "<b>hello</b>", "x" * 3_999])
def test_an_odd_text_before_consent_is_answered_and_not_kept(running: Running, text: str) -> None:
    visitor = running.visitor()
    assert visitor.say(text)
    visitor.say("no")
    tables = [table for name, table in schema.metadata.tables.items() if name != "messages"]
    assert not any(text in str(row) for table in tables for row in running.rows(table))
    assert {row["text"] for row in running.rows(schema.messages) if row["sender"] == "visitor"} == {None}
    visitor.say("knee", "yes")
    assert_goes_on(visitor)


def test_control_characters_are_taken_out_and_the_words_stay(asked: Visitor) -> None:
    asked.say("it is\x00 for\x07 me\u202e,\r\n\x1b[31mfor \u2066myself\u2069")
    assert asked.value("who_for") == "self"
    assert asked.messages()[-2]["text"] == "it is for me,\n[31mfor myself"


def test_html_comes_back_as_text_and_never_as_html(running: Running, asked: Visitor) -> None:
    asked.say("<script>alert('x')</script>")
    answer = running.client.get(f"{asked.path}/messages", headers=asked.headers)
    assert answer.headers["content-type"] == "application/json"
    assert "<script>alert('x')</script>" in [message["text"] for message in answer.json()["messages"]]


@pytest.mark.parametrize("text", ["\uff1cb\uff1eKNEE", "l\u200be\u200bf\u200bt knee", "LEFT   KNEE \U0001f635 inside"])
def test_no_text_makes_the_turn_fail(asked: Visitor, text: str) -> None:
    asked.say("self", "none of these", text)
    assert asked.last


# ---- the key ----------------------------------------------------------------------------------------------------


CALLS = [
    ("POST", "/messages"),
    ("GET", "/messages"),
    ("GET", "/events"),
    ("GET", "/intake"),
    ("GET", "/booking.ics"),
    ("DELETE", ""),
]


def call(running: Running, method: str, path: str, headers: dict[str, str]) -> Any:
    body = {"id": "1", "text": "self"} if method == "POST" else None
    return running.client.request(method, path, json=body, headers=headers)


def test_without_the_right_key_nothing_opens(running: Running, asked: Visitor) -> None:
    other = running.visitor()
    wrong: list[dict[str, str]] = [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": f"Basic {asked.token}"},
        {"Authorization": asked.token},
        {"Authorization": f"Bearer {asked.token}x"},
        {"Authorization": f"Bearer {asked.token[:-1]}"},
        {"Authorization": f"Bearer {other.token}"},
        {"Cookie": f"token={asked.token}"},
    ]
    with nothing_changes(running):
        for method, path in CALLS:
            for headers in wrong:
                answer = call(running, method, f"{asked.path}{path}", headers)
                assert_problem(answer, 401, "unauthorized")
                assert answer.headers["www-authenticate"] == "Bearer"
    assert_goes_on(asked)


def test_an_unknown_conversation_looks_like_a_wrong_key(running: Running, asked: Visitor) -> None:
    unknown = (str(uuid.uuid4()), "x", "%00", "%F0%9F%98%80", "'; --", asked.conversation.upper(), "a" * 2_000)
    with nothing_changes(running):
        for method, path in CALLS:
            known = call(running, method, f"{asked.path}{path}", {"Authorization": "Bearer x"})
            for conversation in unknown:
                answer = call(running, method, f"/api/conversations/{conversation}{path}", asked.headers)
                assert_problem(answer, 401, "unauthorized")
                assert answer.json() == known.json(), "nobody learns which conversations there are"
    assert_goes_on(asked)


# ---- bodies ------------------------------------------------------------------------------------------------------


ID = "c2b1f0d2-6f1c-4e7e-9a3a-0b8f0f4f7a11"


BAD_BODIES = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"self"',
    b"id=1&text=self",
    b'{"id": "1"}',
    b'{"text": "self"}',
    b'{"id": 1, "text": "self"}',
    b'{"id": "1", "text": 5}',
    b'{"id": "1", "text": null}',
    b'{"id": "1", "text": ["self"]}',
    b'{"id": "1", "text": "self", "sender": "bot"}',
    b'{"id": "", "text": "self"}',
    b'{"id": "   ", "text": "self"}',
    b'{"id": "a\\u0000b", "text": "self"}',
    b'{"id": "' + b"1" * 65 + b'", "text": "self"}',
    b'{"id": "1", "text": "\xff\xfe"}',
    b'{"id": "1", "text": "\\ud800"}',
    b'{"id": "1", "text": "self"} trailing',
    b"\xef\xbb\xbf" + b'{"id": "1", "text": "self"',
    b'{"id": ' + b"[" * 60_000,
]


def test_a_body_that_is_not_as_agreed_is_refused(running: Running, asked: Visitor) -> None:
    with nothing_changes(running):
        for body in BAD_BODIES:
            answer = running.client.post(f"{asked.path}/messages", content=body, headers=asked.headers)
            assert_problem(answer, 400, "invalid_body")
    assert_goes_on(asked)


@pytest.mark.parametrize("path", ["messages", "events"])
def test_a_bad_after_is_refused(visitor: Visitor, path: str) -> None:
    for after in ("x", "-1", "1.5", "", " ", "1e3", "٣", "0x1", "1_0", "null"):
        answer = visitor.client.get(f"{visitor.path}/{path}", params={"after": after}, headers=visitor.headers)
        assert_problem(answer, 400, "invalid_body")


def test_a_bad_last_event_id_is_refused(visitor: Visitor) -> None:
    headers = {**visitor.headers, "Last-Event-ID": "the last one"}
    assert_problem(visitor.client.get(f"{visitor.path}/events", headers=headers), 400, "invalid_body")


def test_an_after_beyond_all_messages_finds_none(visitor: Visitor) -> None:
    for after in ("1", "2147483648", "9" * 5_000):
        answer = visitor.client.get(f"{visitor.path}/messages", params={"after": after}, headers=visitor.headers)
        assert (answer.status_code, answer.json()["messages"]) == (200, [])


# ---- ids ---------------------------------------------------------------------------------------------------------


def visitor_rows(running: Running) -> list[dict[str, Any]]:
    return [row for row in running.rows(schema.messages) if row["sender"] == "visitor"]


@pytest.mark.parametrize("before", [(), ("knee", "yes")], ids=["before consent", "after consent"])
def test_a_second_identical_id_gets_the_same_reply(running: Running, before: tuple[str, ...]) -> None:
    visitor = running.visitor()
    if before:
        visitor.say(*before)
    first = visitor.post("my left knee hurts", ID)
    assert first.status_code == 200
    with nothing_changes(running):
        for text in ("my left knee hurts", "  my left   knee hurts\r\n"):
            again = visitor.post(text, ID)
            assert (again.status_code, again.json()) == (200, first.json())
    assert [row["client_id"] for row in visitor_rows(running)].count(ID) == 1


def test_the_same_id_eight_times_at_once_is_one_message_and_one_reply(running: Running, asked: Visitor) -> None:
    before = len(running.rows(schema.messages))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: asked.post("it is for me", ID), range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({json.dumps(answer.json(), sort_keys=True) for answer in answers}) == 1
    replies = answers[0].json()["messages"]
    assert len(running.rows(schema.messages)) == before + 1 + len(replies)
    assert [row["client_id"] for row in visitor_rows(running)].count(ID) == 1
    assert running.rows(schema.conversations)[0]["last_seq"] == before + 1 + len(replies)
    assert asked.value("who_for") == "self"


def test_the_same_id_with_another_text_is_told_and_the_first_stays(running: Running, asked: Visitor) -> None:
    first = asked.post("self", ID)
    with nothing_changes(running):
        assert_problem(asked.post("other_adult", ID), 409, "id_reused")
        assert asked.post("self", ID).json() == first.json()
    assert asked.value("who_for") == "self"


def test_the_same_id_with_another_text_before_consent_is_told_although_no_words_are_kept(visitor: Visitor) -> None:
    visitor.post("my left knee hurts", ID)
    visitor.say("no")
    assert_problem(visitor.post("my right knee hurts", ID), 409, "id_reused")
    assert visitor.post("my left knee hurts", ID).status_code == 200


def test_ten_messages_at_once_are_answered_one_after_the_other(running: Running, asked: Visitor) -> None:
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda n: asked.post(f"it is for me, I say {n} times"), range(10)))
    assert {answer.status_code for answer in answers} == {200}
    messages = asked.messages()
    assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))
    for answer in answers:
        replies = answer.json()["messages"]
        assert replies
        assert replies == [message for message in messages if message["seq"] in {one["seq"] for one in replies}]
    assert all(row["answered"] for row in visitor_rows(running))


def test_an_id_belongs_to_its_own_conversation(running: Running) -> None:
    one, other = running.visitor(), running.visitor()
    assert one.post("knee", ID).status_code == 200
    assert other.post("book", ID).status_code == 200


# ---- addresses ---------------------------------------------------------------------------------------------------


def test_an_unknown_address_is_told(running: Running) -> None:
    for path in ("/api", "/api/nothing", "/api/conversations/x/nothing", "/nothing", "/staff/nothing"):
        for method in ("GET", "POST", "PUT"):
            assert_problem(running.client.request(method, path), 404, "not_found")


def test_a_wrong_method_is_told(running: Running, asked: Visitor) -> None:
    wrong = [
        ("GET", "/api/conversations", {"POST"}),
        ("PUT", "/api/conversations", {"POST"}),
        ("GET", asked.path, {"DELETE"}),
        ("PATCH", f"{asked.path}/messages", {"POST"}),
        ("POST", f"{asked.path}/intake", {"GET", "HEAD"}),
    ]
    with nothing_changes(running):
        for method, path, allowed in wrong:
            answer = running.client.request(method, path, headers=asked.headers)
            assert_problem(answer, 405, "method_not_allowed")
            assert set(answer.headers["allow"].split(", ")) == allowed
    assert_goes_on(asked)
