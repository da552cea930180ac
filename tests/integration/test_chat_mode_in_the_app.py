"""The chat's modes in the real app: a file is saved while it runs, and the next visitor meets the new mode."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knee_intake.records.schema import callbacks, conversations
from tests.integration.conftest import Running
from tests.unit.test_chat_modes import write

SNOW = 'widget: {mode: off, notice: "Closed today: snow"}'


def save(home: Path, widget: str) -> None:
    write(home / "clinic", widget)


@pytest.mark.parametrize("mode", ["off", "phone_only"])
def test_a_closed_clinic_takes_no_new_chat_and_says_how_it_can_be_reached(
    running: Running, home: Path, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    save(home, f'widget: {{mode: {mode}, notice: "Closed today: snow"}}')
    with caplog.at_level(logging.WARNING):
        answer = running.client.post("/api/conversations")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["status"]) == ("chat_closed", 503)
    assert answer.json()["detail"] == (
        "Closed today: snow. The chat is closed right now. You can call the clinic at 555-0143 (demo number)."
    )
    assert running.rows(conversations) == []
    assert caplog.records == [], "a closed clinic is no failure"
    save(home, "widget: {mode: on}")
    running.visitor()


def test_a_chat_that_has_begun_goes_on_while_the_clinic_is_closed(running: Running, home: Path) -> None:
    visitor = running.visitor().consent()
    save(home, SNOW)
    visitor.say("self")
    assert visitor.asked == "emergency_screen"
    visitor.say("I have chest pain and I can't breathe")
    assert visitor.last[0]["alert"] == "emergency_911"
    assert "911" in visitor.text


def test_without_booking_the_whole_conversation_ends_in_a_call_back(start: Callable[..., Any], home: Path) -> None:
    save(home, "widget: {mode: no_booking}")
    with start() as running:
        visitor = running.visitor()
        visitor.interview()
        said = [message["text"] for message in visitor.messages() if message["from"] == "bot"]
        visitor.say("can I come in on Tuesday at 10?")
        assert "I can't offer times here right now." in visitor.text
        assert visitor.asked == "contact"
        visitor.say("Robin, robin@example.org")
        assert "a note for the clinic to call you" in visitor.text
        everything = visitor.messages()
        assert not [one for one in everything if one.get("input", {}).get("kind") == "slots"]
        assert not [one for one in everything for choice in one.get("choices", ()) if choice["label"] == "Book a visit"]
        assert not [text for text in said if "find a time" in text]
        [note] = running.rows(callbacks)
        assert (note["topic"], note["first_name"], note["contact"]) == ("wants a visit", "Robin", "robin@example.org")
        assert note["wishes"] == "can I come in on Tuesday at 10?"
        assert visitor.intake()["booking"] is None
        assert visitor.intake()["status"] == "handed_over"
