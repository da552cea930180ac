"""A no of despair is no "none of these"; an old operation is not recent; a knee is no arthritis."""

from __future__ import annotations

from typing import Any

import pytest

from tests import readers


@pytest.mark.parametrize("asked", ["emergency_screen", "symptoms", "injury_signs"])
@pytest.mark.parametrize(
    "text", ["nobody can help me", "nothing helps", "nobody told me", "not helping", "I don't care", "no nothing helps"]
)
def test_a_no_to_something_else_denies_no_list_of_signs(asked: str, text: str) -> None:
    assert readers.rule_reader().read(text, asked=asked).answer is None


@pytest.mark.parametrize(
    "text", ["no", "none", "nothing, I'm fine", "no, nothing like that", "nothing else", "nope none"]
)
def test_a_no_to_a_list_of_signs_still_denies_it(text: str) -> None:
    assert readers.rule_reader().read(text, asked="emergency_screen").answer == []


@pytest.mark.parametrize(
    ("asked", "text", "answer"),
    [
        ("joint_history", "No, only the operation in 1988.", []),
        ("joint_history", "surgery ten years ago", []),
        ("joint_history", "a cortisone shot two years ago", []),
        ("joint_history", "knee replacement in 1988", ["artificial_knee"]),
        ("joint_history", "yes, surgery 6 weeks ago", ["recent_knee_surgery"]),
        ("joint_history", "yes a shot", ["recent_knee_injection"]),
        ("arthritis_history", "artificial yes", None),
        ("arthritis_history", "yes", ["unspecified"]),
        ("arthritis_history", "yes, that's why they replaced it", ["unspecified"]),
    ],
)
def test_what_was_done_to_a_knee(asked: str, text: str, answer: Any) -> None:
    assert readers.rule_reader().read(text, asked=asked).answer == answer
