"""The transcript: words that tell something, pauses, restarts, and which answers a message gave."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest

from knee_intake.interview.model import Answer, Intake
from knee_intake.web.transcript_view import Stretch, session_count, spoken, stretches, transcript, understood_line

AT = datetime(2026, 11, 23, 15, 0, tzinfo=timezone.utc)


def said(text: str | None, *why: tuple[str, str, str, str], **more: Any) -> dict[str, Any]:
    """A visitor's row; `why`: (words, field, value, assertion), each found where it stands first."""
    evidence = [
        {"words": words, "field": field, "value": value, "assertion": assertion, "start": (text or "").find(words),
         "end": (text or "").find(words) + len(words)}
        for words, field, value, assertion in why
    ]  # fmt: skip
    read = {"intent": "inform", "confidence": 0.91, "act": "tell", "findings": {}, "negated": [], "why": evidence}
    row = {"seq": 2, "sender": "visitor", "text": text, "at": AT, "understanding": read, "payload": None}
    return {**row, "staff_id": None, **more}


def shown(*rows: dict[str, Any], intake: Intake | None = None) -> list[dict[str, Any]]:
    detail: Any = SimpleNamespace(messages=rows, alerts=(), names={}, misread=(), intake=intake or Intake())
    return transcript(detail)


def test_the_words_that_tell_something_are_marked_with_what_they_tell() -> None:
    row = said(
        "left knee, no fever, my mother limps", ("left knee", "knee_side", "left", "affirmed"),
        ("fever", "red_flags", "fever", "negated"), ("limps", "symptoms", "limp", "family"),
    )  # fmt: skip
    assert stretches(row) == (
        Stretch("left knee", "found", "knee side: left"), Stretch(", no "),
        Stretch("fever", "denied", "red flags: fever"), Stretch(", my mother "),
        Stretch("limps", "other", "symptoms: limp (family)"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (said("plain"), (Stretch("plain"),)),
        (said(None), ()),
        (said("the swelling is swelling", ("swelling", "symptoms", "swelling", "affirmed"),
              ("swelling is", "symptoms", "swelling", "affirmed")),
         (Stretch("the "), Stretch("swelling is", "found", "symptoms: swelling"), Stretch(" swelling"))),
        (said("another text", ("knee", "knee_side", "left", "affirmed")), (Stretch("another text"),)),
        (said("knee", ("knee", "knee_side", "left", "affirmed"), sender="bot"), (Stretch("knee"),)),
    ],
)  # fmt: skip
def test_what_cannot_be_marked_is_left_as_it_is(row: dict[str, Any], found: tuple[Stretch, ...]) -> None:
    assert stretches(row) == found


def test_a_pause_begins_a_session_and_a_restart_is_kept() -> None:
    rows = [
        said("one"), said("two", at=AT + timedelta(minutes=30)), said("three", at=AT + timedelta(minutes=61)),
        said("four", at=AT + timedelta(days=2, hours=3)),
    ]  # fmt: skip
    rows[3]["understanding"]["act"] = "start_over"
    lines = shown(*rows)
    assert [line["back_after"] for line in lines] == [None, None, "31 minutes", "2 days"]
    assert [line["session"] for line in lines] == [1, 1, 2, 3]
    assert [line["restart"] for line in lines] == [False, False, False, True]
    assert (session_count(lines), session_count([])) == (3, 0)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=59), "a moment"), (timedelta(minutes=1), "1 minute"), (timedelta(minutes=119), "1 hour"),
        (timedelta(hours=23), "23 hours"), (timedelta(days=1), "1 day"),
    ],
)  # fmt: skip
def test_a_pause_is_said_in_its_largest_unit(span: timedelta, words: str) -> None:
    assert spoken(span) == words


def test_a_message_lists_the_answers_of_the_table_that_it_gave() -> None:
    intake = Intake(
        answers={
            "consent": Answer("yes", "ok", 2), "knee_side": Answer("left", "left", 2), "odd_one": Answer("x", "x", 2),
            "goal": Answer("run", "run", 3),
        }
    )  # fmt: skip
    (line,) = shown(said("left"), intake=intake)
    assert line["gave"] == (("knee_side", "Side"), ("odd_one", "Odd one"))


def test_what_was_hardly_understood_is_marked() -> None:
    low = said("hm")
    low["understanding"]["confidence"] = 0.4
    out = said("hm")
    out["understanding"]["intent"] = "out_of_scope"
    assert [line["read"]["low"] for line in shown(said("hm"), low, out)] == [False, True, True]


def test_the_reading_is_one_line_on_paper() -> None:
    row = said("left, no fever")
    row["understanding"] |= {"findings": {"pain_location": ["medial", "anterior"]}, "negated": ["fever"]}
    (line,) = shown(row)
    assert understood_line(line["read"]) == "understood as inform, 91 %, pain location: medial, anterior, no fever"
    assert understood_line(None) == ""
