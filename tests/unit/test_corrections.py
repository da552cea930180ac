"""What a text changes of the answers so far."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knee_intake.understanding.corrections import read_corrections

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=timezone(timedelta(hours=-5)))


def corrections(text: str, context: dict[str, Any], found: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return read_corrections(text, found or {}, more.pop("negated", ()), more, context, NOW)


@pytest.mark.parametrize(
    ("text", "context", "changed"),
    [
        ("actually it's my left", {"knee_side": "right"}, {"knee_side": "left"}),
        ("no wait, the right", {"knee_side": "left"}, {"knee_side": "right"}),
        ("sorry, both knees", {"knee_side": "left"}, {"knee_side": "both"}),
        ("it's not my left, it's my right", {"knee_side": "left"}, {"knee_side": "right"}),
        ("the other knee hurts too", {"knee_side": "left"}, {"knee_side": "both"}),
        ("I meant 3 months not 3 weeks", {"pain_duration_days": 21}, {"pain_duration_days": 90}),
        ("no, it's a 7 not a 5", {"pain_severity": 5}, {"pain_severity": 7}),
        ("actually the inside", {"pain_location": ["anterior"]}, {"pain_location": ["medial"]}),
        ("actually also the back", {"pain_location": ["medial"]}, {"pain_location": ["medial", "posterior"]}),
        ("not running, cycling", {"activities": ["running", "yoga"]}, {"activities": ["yoga", "cycling"]}),
        ("I said runner but I only walk now", {"activities": ["running"]}, {"activities": ["walking"]}),
        ("sorry, I never had surgery", {"treatments_tried": ["surgery", "brace"]}, {"treatments_tried": ["brace"]}),
        (
            "I don't have arthritis after all",
            {"arthritis_history": ["osteoarthritis"]},
            {"arthritis_history": ["none"]},
        ),
        ("change my phone to 212 555 0188", {"phone": "+12125550111"}, {"phone": "+12125550188"}),
    ],
)
def test_a_correction_gives_the_whole_new_value(text: str, context: dict[str, Any], changed: dict[str, Any]) -> None:
    assert corrections(text, context) == changed


@pytest.mark.parametrize(
    "text",
    [
        "actually it hurts a lot",
        "I meant to ask how long it takes",
        "sorry, which one?",
        "no",
        "actually yes",
        "sorry I am late",
        "actually my left knee hurts when I run",
        "my right foot itches",
        "",
    ],
)
def test_look_alikes_correct_nothing(text: str) -> None:
    assert corrections(text, {"knee_side": "left", "pain_severity": 5}) == {}


def test_scratch_that_takes_back_the_last_answer() -> None:
    assert corrections("scratch that", {"onset": "injury", "knee_side": "left"}) == {"knee_side": None}


def test_what_is_named_is_taken_back() -> None:
    context = {"arthritis_history": ["osteoarthritis"], "knee_side": "left"}
    assert corrections("scratch the arthritis", context) == {"arthritis_history": None}


def test_findings_and_denials_correct_too() -> None:
    assert corrections("actually it crept up on me", {"onset": "injury"}, {"onset": "gradual"}) == {"onset": "gradual"}
    context = {"symptoms": ["swelling", "locking"]}
    assert corrections("wait, it is not puffy", context, negated=("swelling",)) == {"symptoms": ["locking"]}


def test_an_age_corrects_the_band() -> None:
    assert corrections("actually I'm 52", {"age_band": "45_50"}, age=52) == {"age_band": "51_54"}


def test_what_was_not_answered_before_is_not_corrected() -> None:
    assert corrections("actually it's my left", {"onset": "injury"}) == {}
    assert corrections("actually it's my left", {}) == {}


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    corrections(text, {"knee_side": "left", "symptoms": ["swelling"], "phone": "+12125550111", "pain_severity": 4})
