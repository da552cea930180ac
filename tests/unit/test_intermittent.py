"""A knee that catches and lets go is no knee that is stuck."""

from __future__ import annotations

import pytest

from knee_intake.clinic import Clinic
from knee_intake.interview.intermittent import comes_and_goes
from knee_intake.interview.merge import merge
from knee_intake.interview.model import Intake
from knee_intake.understanding.types import Understood


@pytest.mark.parametrize(
    "text",
    [
        "It catches for a second and frees itself",
        "locks up sometimes",
        "every so often it sticks, then it's fine",
        "it hangs but lets go",
    ],
)
def test_words_for_what_ends_by_itself(text: str) -> None:
    assert comes_and_goes(text)


@pytest.mark.parametrize(
    "text",
    [
        "it is stuck",
        "sometimes it locks and right now it won't move",
        "stuck since noon, on and off before",
    ],
)
def test_what_is_so_now_does_not_come_and_go(text: str) -> None:
    assert not comes_and_goes(text)


@pytest.mark.parametrize(
    ("text", "picked", "stuck"),
    [
        ("it locks up on me", False, True),
        ("it locks for a moment now and then", False, False),
        ("It is stuck and won't straighten", True, True),
    ],
)
def test_only_what_lasts_is_taken_for_a_stuck_knee(clinic: Clinic, text: str, picked: bool, stuck: bool) -> None:
    intake = Intake(status="active", asked="symptoms")
    merge(intake, Understood(text, "inform", 1.0, answer=["locking"]), clinic.questions, 1, picked=picked)
    assert intake.value("symptoms") == ["locking"]
    assert ("locked_knee" in intake.signs) is stuck
