"""A worry in front of what is so: the sign behind it counts."""

from __future__ import annotations

from datetime import datetime

import pytest

from knee_intake.understanding.reader import RuleReader

READER = RuleReader()
NOW = datetime(2026, 3, 10, 12, 0)


def heard(text: str) -> set[str]:
    read = READER.read(text, now=NOW)
    return {*read.findings.get("red_flags", ()), *read.more.get("signs", ())}


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("im scared, what if its a clot, my calf is swollen and hurts since the flight", "calf_swelling"),
        ("what if it's a heart attack, my chest hurts", "chest_pain"),
        ("what if it's a heart attack because my chest hurts", "chest_pain"),
        ("what if this is an infection, i have a fever and my knee is hot", "fever"),
    ],
)
def test_what_stands_behind_a_what_if_is_so(text: str, sign: str) -> None:
    assert sign in heard(text)


@pytest.mark.parametrize("text", ["what if my calf swells up?", "what if I get a fever after the shot?"])
def test_what_is_only_imagined_is_no_sign(text: str) -> None:
    assert not heard(text)


def test_a_question_about_side_effects_tells_of_no_shot() -> None:
    read = READER.read("is chest pain a side effect of botox?", now=NOW)
    assert not read.findings
    assert not read.more.get("signs")
