"""The visitor's thumb down on an answer: who may put it where, what it leads to, and what is left of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from knee_intake.errors import NotFoundError, NotRatedError
from knee_intake.records import schema
from knee_intake.records.database import Database
from knee_intake.records.day_figures import DayFigures
from knee_intake.records.erasure import erase
from knee_intake.records.restrictions import restrict
from knee_intake.records.staff_queries import mark, read_conversation
from knee_intake.records.thumbs import set_thumb, thumb_last_answer, thumbs_of
from tests.integration.conftest import Running, Visitor
from tests.integration.learning_rows import add_misread, read
from tests.integration.staff_rows import NOW, add_conversation, add_message
from tests.integration.test_learning import INBOX, gather, page, texts
from tests.integration.test_staff_console import CLINIC, Console
from tests.integration.test_visitor_api import ONE, check

LATER = NOW + timedelta(hours=1)
THUMB = f"{ONE}/messages/{{seq}}/thumb"
WORDS = "what would it set me back"


def put(visitor: Visitor, seq: object, down: object = True, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    """Post a thumb: the status, and the body, which is as described."""
    path = f"{visitor.path}/messages/{seq}/thumb"
    answer = visitor.client.post(path, json={"down": down}, headers=visitor.headers if headers is None else headers)
    return answer.status_code, check(answer, THUMB, "post")


def rated(messages: list[dict[str, Any]]) -> dict[int, bool]:
    return {message["seq"]: message["down"] for message in messages if "down" in message}


# ---- over HTTP -----------------------------------------------------------------------------------------------------


def test_an_answer_to_typed_words_is_rated_and_taken_back_as_often_as_one_likes(running: Running) -> None:
    visitor = running.visitor().consent()
    said = visitor.say("it is about me, I am 58")
    assert rated(said) == {said[-1]["seq"]: False}
    seq = said[-1]["seq"]
    for down in (True, True, False, False, True):
        running.clock.now += timedelta(seconds=1)
        assert put(visitor, seq, down) == (200, {"seq": seq, "down": down})
        assert rated(visitor.messages()) == {seq: down}
    (row,) = running.rows(schema.thumbs)
    assert (row["conversation_id"], row["seq"], row["at"]) == (visitor.conversation, seq, running.clock())


def test_what_is_no_answer_of_the_assistant_s_is_not_found(running: Running) -> None:
    visitor = running.visitor().consent()
    visitor.say("it is about me, I am 58")
    member = running.member()
    with running.context.database.write() as connection:
        last = connection.execute(sa.select(schema.conversations.c.last_seq)).scalar_one() + 1
        add_message(connection, visitor.conversation, last, "staff", "This is the desk.", staff_id=member)
    own = next(message["seq"] for message in visitor.messages() if message["from"] == "visitor")
    for seq in (own, last, 99, 0, "x", "-1", "9" * 30):
        status, problem = put(visitor, seq)
        assert (status, problem["code"]) == (404, "not_found"), seq
    assert running.rows(schema.thumbs) == []


def test_what_is_no_matter_of_rating_is_refused_with_a_clear_word(running: Running) -> None:
    visitor = running.visitor()
    visitor.say("my knee hurts and I am scared")
    before = [message["seq"] for message in visitor.messages() if message["from"] == "bot"]
    visitor.say("yes")  # an offered answer: there were no words to take wrongly
    picked = visitor.last[-1]["seq"]
    answered = visitor.say("it is about me, I am 58")[-1]["seq"]
    alarm = visitor.say("I can't breathe and my chest hurts")[0]
    assert alarm["alert"] == "emergency_911"
    after = visitor.say("what do you mean?")[-1]["seq"]
    for seq in (*before, picked, alarm["seq"], after):
        status, problem = put(visitor, seq)
        assert (status, problem["code"], problem["detail"]) == (409, "not_rated", "This message cannot be rated."), seq
    assert rated(visitor.messages()) == {answered: False}
    assert running.rows(schema.thumbs) == []
    assert put(visitor, answered)[0] == 200, "as a message is taken, whatever came since"


def test_nothing_is_rated_where_the_visitor_does_not_agree(running: Running) -> None:
    visitor = running.visitor()
    visitor.say("my knee hurts", "no")
    assert {put(visitor, message["seq"])[0] for message in visitor.messages() if message["from"] == "bot"} == {409}
    agreed = running.visitor().consent()
    seq = agreed.say("it is about me, I am 58")[-1]["seq"]
    assert put(agreed, seq)[0] == 200
    agreed.say("I take my consent back, please do not keep this")
    assert put(agreed, seq, False)[0] == 200, "less may always be kept"
    assert put(agreed, seq)[0] == 409


def test_a_person_s_notices_and_words_are_not_rated(running: Running) -> None:
    visitor = running.visitor().consent()
    visitor.say("it is about me, I am 58")
    running.client.portal.call(running.dialogue.staff_takeover, visitor.conversation, running.member())
    assert rated(visitor.messages()[-1:]) == {}
    running.client.portal.call(running.dialogue.staff_message, visitor.conversation, running.member(), "Hello.")
    assert rated(visitor.messages()[-1:]) == {}


def test_only_the_conversation_s_own_key_opens_it_and_a_body_is_read_strictly(running: Running) -> None:
    visitor, other = running.visitor().consent(), running.visitor()
    seq = visitor.say("it is about me, I am 58")[-1]["seq"]
    for headers in ({}, other.headers, {"Authorization": "Bearer x"}):
        assert put(visitor, seq, headers=headers)[0] == 401
    for down in ("true", 1, None):
        assert put(visitor, seq, down)[1]["code"] == "invalid_body"
    assert running.rows(schema.thumbs) == []


def test_too_many_are_held_up_and_messages_are_not(start: Callable[..., Any]) -> None:
    with start(rate_limits=True, messages_per_minute=4) as running:
        visitor = running.visitor().consent()
        seq = visitor.say("it is about me, I am 58")[-1]["seq"]
        assert [put(visitor, seq, down)[0] for down in (True, False, True, False, True)] == [200, 200, 200, 200, 429]
        assert visitor.post("none of these").status_code == 200


def test_the_same_in_words_is_no_answer_and_a_thumb_on_the_answer_before(running: Running) -> None:
    visitor = running.visitor().consent()
    visitor.say("self", "none of these", "left, medial", "about three months ago, it came on slowly")
    asked, before = visitor.asked, visitor.say(WORDS)[-1]["seq"]
    visitor.say("that's not what I meant")
    assert visitor.asked == asked == "symptoms"
    assert visitor.last[0]["text"].startswith("I'm sorry that I got you wrong.")
    assert [row["seq"] for row in running.rows(schema.thumbs)] == [before]
    assert rated(visitor.messages(before - 1))[before] is True
    visitor.say("you misunderstood me", "none of these")
    assert visitor.asked == "arthritis_history"


def test_words_after_what_is_not_rated_leave_no_thumb(running: Running) -> None:
    visitor = running.visitor().consent()
    visitor.say("that is not what I asked")
    assert running.rows(schema.thumbs) == []
    assert visitor.asked == "who_for"


# ---- the records ---------------------------------------------------------------------------------------------------


def add_answered(console: Console, number: int, text: str = WORDS, payload: Any = None, **more: Any) -> str:
    """A conversation in which message 1 asks, 2 tells something in words, 3 and 4 answer it."""
    with console.write() as connection:
        made = add_conversation(connection, number, **more)
        add_message(connection, made, 1, "bot", "How long has it hurt?")
        found = read("ask_cost", 0.9)
        add_message(connection, made, 2, "visitor", text, understanding=found, answered=True, payload=payload)
        for seq, name in ((3, "answer:ask_cost"), (4, "onset")):
            said = {"name": name, "rate": True}
            add_message(connection, made, seq, "bot", f"An answer, {seq}.", reply_to=2, payload=said)
    return made


def thumb(console: Console, conversation: str, seq: int = 4, *, down: bool = True, later: int = 0) -> bool:
    with console.write() as connection:
        return set_thumb(connection, conversation, seq, LATER + timedelta(minutes=later), down=down)


def test_the_inbox_shows_the_visitor_s_words_and_the_transcript_the_mark(console: Console) -> None:
    made = add_answered(console, 1)
    with console.context.database.read() as connection:
        seen = mark(connection, made)
    gather(console)
    assert texts(console) == []
    assert thumb(console, made)
    gather(console)
    assert texts(console, "thumbed") == texts(console) == [(WORDS, 1)]
    with console.context.database.read() as connection:
        assert mark(connection, made) != seen, "an open page is renewed"
    browser = console.signed_in("viewer")
    assert "thumbs down by the patient</span>" in page(browser, f"{INBOX}?reason=thumbed")
    lines = page(browser, f"/staff/conversations/{made}").split('<li id="m')
    assert [line[0] for line in lines if "Patient: not what I meant" in line] == ["4"]


def test_taken_back_it_leaves_the_inbox_unless_something_else_speaks_against_the_message(console: Console) -> None:
    made = add_answered(console, 1)
    with console.write() as connection:
        misread = add_misread(connection, 2, "do you take plan 1")
        add_message(connection, misread, 4, "bot", "Sorry.", reply_to=2, payload={"rate": True})
    for one in (made, misread):
        assert thumb(console, one)
        assert not thumb(console, one)
    gather(console)
    assert sorted(texts(console, "thumbed")) == [("do you take plan 1", 1), (WORDS, 1)]
    for one in (made, misread):
        assert thumb(console, one, down=False, later=1)
        assert not thumb(console, one, down=False, later=2)
    gather(console)
    assert texts(console, "thumbed") == []
    assert texts(console) == [("do you take plan 1", 1)]


def test_it_comes_after_what_staff_judged_and_before_what_was_said_most_often(console: Console) -> None:
    for number in (1, 2):
        with console.write() as connection:
            add_misread(connection, number, "do you take plan 1")
    thumbed, judged = add_answered(console, 3, "what of the jab"), add_answered(console, 4, "is it dear")
    thumb(console, thumbed)
    browser = console.signed_in("reviewer")
    token = re.search(r'name="csrf" value="([^"]+)"', page(browser, f"/staff/conversations/{judged}"))
    assert token is not None
    browser.post(f"/staff/conversations/{judged}/misread", data={"csrf": token[1], "seq": "2", "wrong": "1"})
    gather(console)
    assert texts(console) == [("is it dear", 1), ("what of the jab", 1), ("do you take plan 1", 2)]


def test_an_offered_answer_has_no_words_for_the_inbox(console: Console) -> None:
    thumb(console, add_answered(console, 1, "Left", payload={"choice": "left"}))
    gather(console)
    assert texts(console) == []


def test_who_takes_the_agreement_back_is_in_no_inbox_and_a_closed_conversation_is_hidden(console: Console) -> None:
    refused, closed = add_answered(console, 1), add_answered(console, 2, "is it dear")
    for one in (refused, closed):
        thumb(console, one)
    with console.write() as connection:
        own = schema.conversations.c.id == refused
        connection.execute(sa.update(schema.conversations).where(own).values(status="refused"))
        restrict(connection, closed, 1, NOW)
    gather(console)
    assert texts(console) == [("is it dear", 1)]
    told = page(console.signed_in("reviewer"), f"{INBOX}?reason=thumbed")
    assert "is it dear" not in told
    assert "is it dear" in page(console.signed_in("manager"), f"{INBOX}?reason=thumbed")


@pytest.mark.parametrize("values", [{"consent_at": None}, {"status": "refused"}, {"erase_requested_at": NOW}])
def test_without_agreement_nothing_is_written(console: Console, values: dict[str, Any]) -> None:
    made = add_answered(console, 1)
    with console.write() as connection:
        connection.execute(sa.update(schema.conversations).values(**values))
    with pytest.raises(NotRatedError):
        thumb(console, made)
    with console.write() as connection:
        thumb_last_answer(connection, made, 5, NOW)
        assert thumbs_of(connection, [made]) == {}


def test_a_word_of_staff_in_between_takes_no_thumb(console: Console) -> None:
    made = add_answered(console, 1)
    with console.write() as connection:
        add_message(connection, made, 5, "staff", "This is the desk.")
        thumb_last_answer(connection, made, 6, NOW)
        assert thumbs_of(connection, [made]) == {}
        thumb_last_answer(connection, made, 5, NOW)
        assert thumbs_of(connection, [made]) == {made: frozenset({4})}
    with pytest.raises(NotFoundError):
        thumb(console, made, 5)


def test_it_counts_among_the_questions_answered_badly(console: Console) -> None:
    made = add_answered(console, 1)
    zone = CLINIC.practice.zoneinfo()
    figures = DayFigures(console.context.database, CLINIC.questions, zone)
    day: date = NOW.astimezone(zone).date()
    assert figures.read(day, day)[day].asked["ask_cost"]["bad"] == 0
    thumb(console, made)
    asked = figures.read(day, day)[day].asked["ask_cost"]
    assert (asked["asked"], asked["bad"], asked["thumbed"]) == (1, 1, 1)


def test_it_goes_with_its_conversation_and_stands_in_its_export(console: Console, database: Database) -> None:
    made, other = add_answered(console, 1), add_answered(console, 2)
    for one in (made, other):
        thumb(console, one)
    with database.read() as connection:
        assert [row["thumbed"] for row in read_conversation(connection, made).messages] == [False, False, False, True]
    told = console.signed_in("manager").get(f"/staff/conversations/{made}/export?format=json")
    assert told.status_code == 200, told.text
    assert [message.get("down") for message in told.json()["messages"]] == [None, None, False, True]
    erase(database, made, now=NOW)
    with database.read() as connection:
        assert thumbs_of(connection, [made, other]) == {other: frozenset({4})}
