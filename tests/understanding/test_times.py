"""Times of day."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knee_intake.understanding.times import find_times, read_time


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("half past 3", "15:30"),
        ("3ish", "15:00"),
        ("noon works", "12:00"),
        ("quarter to nine", "08:45"),
        ("15:30", "15:30"),
        ("2.15 pm", "14:15"),
        ("9:45 tonight", "21:45"),
        ("17h", "17:00"),
        ("0915", "09:15"),
        ("seven thirty", "07:30"),
        ("nine oh five", "09:05"),
        ("12 am", "00:00"),
        ("12 pm", "12:00"),
        ("8 in the evening", "20:00"),
        ("five minutes to 3", "14:55"),
        ("five", "17:00"),
        ("between 2 and 4", "14:00"),
        ("10 instead of 9", "10:00"),
    ],
)
def test_a_time_is_read_on_the_clinics_clock(text: str, time: str) -> None:
    assert read_time(text) == time


@pytest.mark.parametrize("text", ["", "in the morning", "not sure", "3 weeks", "25:00", "20%", "the 3rd"])
def test_what_is_no_time_gives_none(text: str) -> None:
    assert read_time(text) is None


def test_a_bare_number_is_unsure_and_around_is_kept() -> None:
    assert [(str(t), t.sure, t.about) for t in find_times("around 3")] == [("15:00", True, True)]
    assert [t.sure for t in find_times("3")] == [False]


def test_nine_to_five_are_two_times() -> None:
    assert [str(t) for t in find_times("from 9 to 5")] == ["09:00", "17:00"]


@given(st.text())
def test_no_text_breaks_a_time(text: str) -> None:
    assert all(0 <= t.hour < 24 and 0 <= t.minute < 60 for t in find_times(text))
