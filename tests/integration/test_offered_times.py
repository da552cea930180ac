"""Staff answer a request with other times in the console; the visitor picks one of them in the chat."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from knee_intake.interview.chosen_times import load
from knee_intake.records import schema
from knee_intake.records.staff_accounts import add_member
from tests.integration.conftest import Running, Visitor
from tests.integration.test_staff_console import csrf_of
from tests.integration.test_visitor_api import ONE, check

PASSWORD = "grey heron at noon"


@pytest.fixture
def visitor(running: Running) -> Visitor:
    """Somebody who has asked for a visit."""
    return running.visitor().booked()


@pytest.fixture
def desk(running: Running) -> TestClient:
    """A reviewer's browser."""
    add_member(running.context.database, name="dana", role="reviewer", password=PASSWORD, now=running.clock())
    browser = TestClient(running.app, follow_redirects=False)
    form = {"name": "dana", "password": PASSWORD, "csrf": csrf_of(browser.get("/staff/login").text)}
    assert browser.post("/staff/login", data=form).status_code == 303
    return browser


def offer(desk: TestClient, visitor: Visitor, *which: int) -> list[str]:
    """Answer with the free times at these places of the page; their values."""
    page = desk.get(f"/staff/conversations/{visitor.conversation}/times").text
    boxes = re.findall(r'name="(time_\d+)" value="([^"]+)"', page)
    form = dict(boxes[place] for place in which)
    answer = desk.post(f"/staff/conversations/{visitor.conversation}/times", data={"csrf": csrf_of(page), **form})
    assert answer.status_code == 303, answer.text
    return [value.partition("|")[2] for value in form.values()]


def asked_for(running: Running) -> list[str]:
    """The times of the visits that are asked for now, as the page sends them."""
    zone = running.context.clinic.practice.zoneinfo()
    rows = [row for row in running.rows(schema.bookings) if row["status"] == "requested"]
    return [row["start"].astimezone(zone).isoformat(timespec="minutes") for row in rows]


def values(message: dict[str, Any]) -> list[str]:
    return [choice["value"] for choice in message["choices"]]


def test_a_time_of_the_clinics_is_picked_in_the_chat(running: Running, visitor: Visitor, desk: TestClient) -> None:
    times = offer(desk, visitor, 7, 9)
    assert asked_for(running) == []
    answer = visitor.client.get(f"{visitor.path}/messages", headers=visitor.headers)
    told = check(answer, f"{ONE}/messages", "get")["messages"][-1]
    assert (told["from"], told["input"]) == ("bot", {"kind": "slots", "for": "appointment"})
    assert values(told) == [*times, "other"]
    assert (visitor.intake()["status"], visitor.intake()["booking"]["status"]) == ("active", "cancelled")

    visitor.say(times[1])
    assert visitor.asked == "read_back", visitor.text
    assert told["choices"][1]["label"] in visitor.text
    until = datetime.fromisoformat(visitor.last[-1]["input"]["hold_until"])
    assert until == running.clock() + timedelta(minutes=10)
    assert [row["status"] for row in running.rows(schema.bookings) if row["hold_until"]] == ["held"]
    visitor.say("keep it longer", "yes")
    assert "Your reference is" in visitor.text
    assert asked_for(running) == [times[1]]
    assert visitor.intake()["booking"]["status"] == "requested"


def test_after_staff_have_handed_the_chat_back_it_is_picked_in_words(
    running: Running, visitor: Visitor, desk: TestClient
) -> None:
    portal, dialogue = running.client.portal, running.dialogue
    assert portal is not None
    portal.call(dialogue.staff_takeover, visitor.conversation, running.member())
    times = offer(desk, visitor, 7, 9)
    assert visitor.say("let me see, thank you") == [], "a person reads it"
    portal.call(dialogue.staff_handback, visitor.conversation, running.member())
    visitor.say("the second one please")
    assert visitor.asked == "read_back", visitor.text
    visitor.say("yes")
    assert asked_for(running) == [times[1]]


def test_while_a_person_writes_a_time_is_picked_kept_and_asked_for(
    running: Running, visitor: Visitor, desk: TestClient
) -> None:
    portal, dialogue = running.client.portal, running.dialogue
    assert portal is not None
    portal.call(dialogue.staff_takeover, visitor.conversation, running.member())
    times = offer(desk, visitor, 7, 9)
    portal.call(dialogue.staff_message, visitor.conversation, running.member(), "Does one of these suit you?")
    assert visitor.say("yes, let me look") == [], "words are for the person"

    answer = visitor.post(times[1]).json()
    assert answer["handled_by"] == "bot"
    (told,) = answer["messages"]
    assert told["input"]["for"] == "read_back"
    assert values(told)[0] == "Yes, that's right", "what is sent is no bare yes"
    assert "Change something" not in values(told)
    assert [row["status"] for row in running.rows(schema.bookings) if row["hold_until"]] == ["held"]
    assert "picked, not sent yet" in desk.get(f"/staff/conversations/{visitor.conversation}").text

    portal.call(dialogue.staff_message, visitor.conversation, running.member(), "Can you walk down some steps?")
    assert visitor.say("yes") == [], "that answers the person"
    assert asked_for(running) == []

    (placed,) = visitor.say("Yes, that's right")
    assert "Your reference is" in placed["text"]
    assert "input" not in placed, "nothing more is asked beside the person"
    assert asked_for(running) == [times[1]]
    page = desk.get(f"/staff/conversations/{visitor.conversation}").text
    assert "Confirm this visit" in page
    assert "picked, not sent yet" not in page
    assert visitor.say("thank you") == []
    portal.call(dialogue.staff_handback, visitor.conversation, running.member())
    visitor.say("where can I park?")
    assert visitor.asked == "after_offer", "the helper goes on where it was"


def test_while_a_person_writes_the_yes_to_a_list_that_they_have_not_spoken_after_counts(
    running: Running, visitor: Visitor, desk: TestClient
) -> None:
    times = offer(desk, visitor, 7, 9)
    visitor.say(times[0])
    assert visitor.asked == "read_back"
    assert running.client.portal is not None
    running.client.portal.call(running.dialogue.staff_takeover, visitor.conversation, running.member())
    visitor.say("yes")
    assert asked_for(running) == [times[0]]


def take_first(running: Running) -> None:
    """Somebody else holds the first of the offered times."""
    (message,) = (row for row in running.rows(schema.messages) if "offered_times" in (row["payload"] or {}))
    taken, other = load(message["payload"]["offered_times"][0]), running.visitor().conversation
    with running.context.database.write() as connection:
        running.context.calendar.hold(connection, key="other", conversation=other, time=taken, now=running.clock())


def test_while_a_person_writes_a_time_that_is_gone_is_told_with_others(
    running: Running, visitor: Visitor, desk: TestClient
) -> None:
    assert running.client.portal is not None
    running.client.portal.call(running.dialogue.staff_takeover, visitor.conversation, running.member())
    times = offer(desk, visitor, 7, 9)
    take_first(running)
    visitor.say(times[0])
    assert "just taken" in visitor.text
    assert times[0] not in values(visitor.last[-1])
    visitor.say(values(visitor.last[-1])[0])
    assert visitor.asked == "read_back", "one of the others can be picked at once"


def test_one_that_somebody_else_took_is_told(running: Running, visitor: Visitor, desk: TestClient) -> None:
    times = offer(desk, visitor, 7, 9)
    take_first(running)
    visitor.say(times[0])
    assert "just taken" in visitor.text
    assert times[0] not in values(visitor.last[-1])
    assert visitor.asked == "appointment"


def test_a_turn_that_runs_meanwhile_does_not_undo_the_offer(
    running: Running, visitor: Visitor, desk: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, offered = running.store.commit, list[str]()

    def while_the_desk_answers(turn: Any) -> None:
        if not offered:
            offered.extend(offer(desk, visitor, 7))
        commit(turn)

    monkeypatch.setattr(running.store, "commit", while_the_desk_answers)
    visitor.say("where can I park?")
    assert values(visitor.last[-1])[:1] == offered, "asked again with what is offered now"
    visitor.say(offered[0], "yes")
    assert asked_for(running) == offered
