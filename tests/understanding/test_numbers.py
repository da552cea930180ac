"""Numbers in words and digits, and the pain score."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knee_intake.understanding.numbers import find_severity, number_value
from tests.readers import mended


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), ("2.5", 2.5), ("½", 0.5), ("3½", 3.5), ("twelve", 12), ("twenty-three", 23), ("forty", 40),
     ("a dozen", 12), ("a hundred", 100), ("２", 2)],
)  # fmt: skip
def test_a_number_is_read_from_digits_and_words(text: str, value: float) -> None:
    assert number_value(text) == value


@pytest.mark.parametrize("text", ["", "knee", "twenty blue", "½½", "one hundred and", "²"])
def test_what_is_no_number_gives_none(text: str) -> None:
    assert number_value(text) is None


def scores(text: str, *, asked: bool) -> list[int]:
    return [score.value for score in find_severity(text, asked)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7/10", 7),
        ("my knee is a 4 out of 10", 4),
        ("pain level is about five", 5),
        ("on a scale from 0 to 10 I would call it a three", 3),
        ("13/10 pain", 10),
        ("hurts like a 9", 9),
    ],
)
def test_a_score_is_found_unasked_where_the_words_make_it_one(text: str, value: int) -> None:
    assert scores(text, asked=False) == [value]


@pytest.mark.parametrize(
    "text",
    ["for 3 weeks my 2 knees", "I am 62", "since 7/10", "on 7/10/2024 I fell", "I took 6 of 10 pills", "run 5 miles"],
)
def test_other_numbers_are_no_scores(text: str) -> None:
    assert scores(text, asked=False) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("seven or eight", 8),
        ("6-7", 7),
        ("6.5", 7),
        ("5ish", 5),
        ("zero", 0),
        ("ten", 10),
        ("no pain", 0),
        ("worst pain imaginable", 10),
        ("a two, I think", 2),
    ],
)
def test_a_bare_number_counts_where_it_was_asked_for(text: str, value: int) -> None:
    assert scores(text, asked=True) == [value]


@pytest.mark.parametrize("text", ["15", "3 weeks", "2 times a day", "the 4th", "not sure", "12"])
def test_a_number_out_of_range_or_of_something_else_is_no_answer(text: str) -> None:
    assert scores(text, asked=True) == []


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("pain is 6, 8 going downstairs", 6),
        ("at its worst 9, now a 4", 4),
        ("it was 8 and now 5", 5),
        ("usually 3 but today it is 6", 6),
    ],
)
def test_the_pain_now_comes_before_the_worst(text: str, now: int) -> None:
    assert scores(text, asked=True)[0] == now


def test_offsets_point_into_the_text_as_received() -> None:
    (score,) = find_severity("İ’d say 7/10", asked=False)
    assert "İ’d say 7/10"[score.start : score.end] == "7/10"


@given(st.text(), st.booleans())
def test_no_text_breaks_the_score(text: str, asked: bool) -> None:
    assert all(0 <= score.value <= 10 for score in find_severity(text, asked))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("my knee hurts, I'd call it a six", 6),
        ("the knee, out of ten maybe four", 4),
        ("it's like a two until I kneel", 2),
        ("the pain went from a nine down to a four", 4),
        ("at rest a 3 but on stairs it's a 7", 3),
        ("was an 8 last week, now it's a 5", 5),
        ("the pain's a four. No, five.", 5),
        ("I'd give it a seven on bad days, otherwise a three", 3),
    ],
)
def test_a_score_is_heard_in_a_story_about_pain(text: str, value: int) -> None:
    assert find_severity(text, asked=False, about_pain=True)[0].value == value


@pytest.mark.parametrize(
    "text",
    [
        "it's a 5 minute walk",
        "put me down for 3 visits",
        "I put four ice packs on it",
        "she gave the brace 5 stars",
        "I rated the doctor a 2 out of 10",
        "call it two weeks",
        "I have 4 kids and a bad knee",
        "I do 10, then the knee stops me",
    ],
)
def test_what_is_counted_in_a_story_is_no_score(text: str) -> None:
    assert find_severity(text, asked=False, about_pain=True) == []


def test_a_question_about_the_scale_is_no_score_and_a_slip_is_undone() -> None:
    assert scores("is ten the worst?", asked=True) == []
    assert scores(mended("sevne"), asked=True) == [7]


def test_hundreds_are_read() -> None:
    assert number_value("three hundred") == 300
