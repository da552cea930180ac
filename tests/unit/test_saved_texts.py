"""A saved reply is held to the rules of every text for patients, and what breaks them is named."""

from __future__ import annotations

import pytest

from knee_intake.saved_texts import LONGEST_TEXT, check, fill, missing

EASY = "Hi {first_name}. Please call us at {clinic_phone}. We can then find a time for you."
HARD = "Please call our front desk on Monday or Tuesday, so that we can arrange another visit."
HARDEST = (
    "Our interdisciplinary musculoskeletal practitioners customarily coordinate comprehensive rehabilitation "
    "alternatives following an individual evaluation."
)


def test_an_easy_text_is_kept_with_its_grade() -> None:
    verdict = check(EASY)
    assert not verdict.refused
    assert not verdict.hard
    assert verdict.grade is not None
    assert verdict.grade <= 6


def test_between_grade_six_and_eight_it_warns_and_above_it_is_refused() -> None:
    warned, refused = check(HARD), check(HARDEST)
    assert warned.grade is not None
    assert 6 < warned.grade <= 8, warned.grade
    assert (warned.refused, warned.hard) == (False, True)
    assert refused.refused
    assert "above 8 is too hard" in refused.problems[0]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("The shot is safe.", "“safe”"),
        ("It is a proven way. It will heal your knee.", "“proven”"),
        ("We guarantee it.", "“guarantee”"),
        ("You may have arthritis.", "“You may have arthritis”"),
        ("You should get Botox.", "“You should get”"),
        ("Take it three times a day.", "“times a day”"),
    ],
)
def test_a_banned_word_is_named(text: str, named: str) -> None:
    assert any(named in problem for problem in check(text).problems)


def test_a_question_claims_nothing() -> None:
    assert not check("Is it safe for you to drive here?").refused


@pytest.mark.parametrize(
    "text", ["", "  \n ", "Hello {name}.", "Hello {first_name.", "Hello }first_name{.", "a " * LONGEST_TEXT]
)
def test_what_cannot_be_filled_in_or_is_too_long_is_refused(text: str) -> None:
    assert check(text).refused


def test_placeholders_are_filled_and_what_is_missing_is_named() -> None:
    values = {"clinic_phone": "555-0143"}
    assert fill(EASY, values).startswith("Hi {first_name}. Please call us at 555-0143.")
    assert missing(EASY, values) == ["first name"]
    assert missing(EASY, {**values, "first_name": "Robin"}) == []
