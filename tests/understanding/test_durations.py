"""How long it has hurt."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knee_intake.understanding.complaint_time import pick_time
from knee_intake.understanding.durations import find, find_all, find_spans
from knee_intake.understanding.plain import plain
from tests.readers import mended, rule_reader

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=timezone(timedelta(hours=-5)))  # a Monday


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("three months", 90),
        ("3 mo", 90),
        ("5wks", 35),
        ("a couple of weeks", 14),
        ("half a year", 182),
        ("a year and a half", 548),
        ("two and a half years", 912),
        ("2-3 weeks", 18),
        ("between two and four months", 90),
        ("a week or two", 10),
        ("1.5 years", 548),
        ("2 years and 3 months", 820),
        ("the past year", 365),
        ("last month", 30),
        ("a fortnight", 14),
        ("an hour ago", 0),
    ],
)
def test_a_span_of_time_is_read_in_days(text: str, days: int) -> None:
    assert [d.days for d in find(f"my knee has hurt {text}", NOW)] == [days]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("since yesterday", 1),
        ("since last Tuesday", 6),
        ("since Friday", 3),
        ("since March", 252),
        ("in March 2020", 2443),
        ("since 2019", 2701),
        ("since about Easter", 232),
        ("on Oct 3rd", 51),
        ("since 11/2", 21),
        ("this morning", 0),
        ("since the summer", 130),
        ("in early October", 48),
        ("on the 4th", 19),
    ],
)
def test_a_point_in_the_past_is_counted_from_today(text: str, days: int) -> None:
    assert [d.days for d in find(f"it started {text}", NOW)] == [days]


@pytest.mark.parametrize(
    ("text", "days"),
    [("for years", 1095), ("a few weeks ago", 21), ("the last few days", 3), ("months and months", 90)],
)
def test_words_without_a_number_give_a_vague_middle(text: str, days: int) -> None:
    assert [(d.days, d.vague) for d in find(text, NOW)] == [(days, True)]


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("I am a 45-year-old man", "age"),
        ("she is 62 y/o", "age"),
        ("I did PT for 6 weeks", "treatment"),
        ("left knee surgery 5 years ago", "treatment"),
        ("had a cortisone shot 2 months ago", "treatment"),
        ("I worked there 20 years", "other"),
        ("I've been running for 10 years", "other"),
        ("I swim twice a week", "rate"),
        ("my trip is in 2 weeks", "future"),
    ],
)
def test_what_belongs_to_something_else_is_no_pain_duration(text: str, about: str) -> None:
    assert find(text, NOW) == []
    assert [d.about for d in find_all(text, NOW)] == [about]


@pytest.mark.parametrize(
    "text", ["for ages", "I'm 62", "since I was 20", "stiff for 30 minutes", "I may march on", "3"]
)
def test_without_a_span_nothing_is_found(text: str) -> None:
    assert find_all(text, NOW) == []


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("knee pain for 3 months, had PT for 6 weeks", [90]),
        ("it has hurt since my operation 2 years ago", [730]),
        ("I swim twice a week and for 4 weeks it hurts", [28]),
    ],
)
def test_the_pain_is_told_from_the_treatment_beside_it(text: str, days: list[int]) -> None:
    assert [d.days for d in find(text, NOW)] == days


def test_offsets_point_into_the_text_as_received() -> None:
    text = "My knee – it’s hurt for 3 weeks."
    (found,) = find(text, NOW)
    assert text[found.start : found.end] == "3 weeks"


@given(st.text())
def test_no_text_breaks_the_duration(text: str) -> None:
    assert all(d.days >= 0 for d in find_all(text, NOW))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("month and a half", 45),
        ("week or two", 10),
        ("two hundred days", 200),
        ("a couple months shy of a year", 305),
        ("three wekes", 21),
        ("fivemonths", 150),
        ("a yaer", 365),
        ("since the beginning of the year", 323),
        ("sinec the Friday before last", 10),
        ("three, no, four weeks", 28),
        ("since June, sorry, July", 130),
    ],
)
def test_slips_halves_and_second_thoughts_are_understood(text: str, days: int) -> None:
    assert [d.days for d in find(mended(text), NOW)] == [days]


def test_offsets_stay_true_where_a_slip_was_undone() -> None:
    (found,) = rule_reader().read("Ouch, four mnoths of it", asked="pain_duration_days").why
    assert found.words == "four mnoths"


def told(text: str) -> int | None:
    """What a story about a knee tells of the complaint's own time."""
    low = plain(text)
    picked = pick_time(low, find_spans(low, NOW), about_knee=True)
    return picked.days if picked else None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("my right knee has been hurting for three weeks now", 21),
        ("knee pain since march", 252),
        ("had this for a couple of months, left knee", 60),
        ("its been going on 2 yrs and my knee is still stiff", 730),
        ("I fell on my knee ten days ago", 10),
        ("i hurt my knee skiing, about 3 weeks ago", 21),
        ("two weeks ago, coming off a ladder, I twisted my knee", 14),
        ("Started about five weeks ago. Left knee, inside.", 35),
        ("I moved here in March and my knee has hurt since", 252),
        ("the knee hurts since my operation in may", 191),
        ("three weeks of this and i can't sleep", 21),
        ("the knee locks. Eight weeks on Monday.", 56),
        ("my left knee, call it nine months", 270),
        ("right knee, 4 months, worse on stairs", 120),
    ],
)
def test_a_story_tells_how_long_the_complaint_has_lasted(text: str, days: int) -> None:
    assert told(text) == days


@pytest.mark.parametrize(
    "text",
    [
        "I had knee surgery five years ago",
        "got a cortisone shot in the knee 6 weeks ago",
        "been on naproxen for two weeks, knee no better",
        "my knee surgery is in two weeks",
        "I run three times a week and my knee clicks",
        "I've been a roofer for thirty years and my knees ache",
        "I'm 20 weeks pregnant and my knee aches",
        "saw my doctor last month about the knee",
        "the pain lasts two days after a long run",
        "my knee was sore for a week in 2019 and then fine",
        "ten years ago my knee swelled up but that went away",
        "I play on Mondays, the knee hates it",
        "we have an appointment on Friday about my knee",
        "I waited four months for an MRI of my knee",
        "no pain for three months and now the knee is back at it",
        "my knee hurts after nine hours a day of standing",
        "my dog died last month and my knee hurts",
        "the doctor said six weeks of rest for my knee",
    ],
)
def test_times_of_other_things_in_a_story_are_left_alone(text: str) -> None:
    assert told(text) is None
