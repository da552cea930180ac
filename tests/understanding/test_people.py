"""For whom the writer speaks, and how old that patient is."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from tests.readers import rule_reader

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)


def more(text: str) -> dict[str, object]:
    return rule_reader().read(text, None, {}, NOW).more


@pytest.mark.parametrize(
    ("text", "who", "age"),
    [
        ("My husband here is 66. He fell off the stool Thursday and landed on his kneecap.", "other_adult", 66),
        ("My kid is 11 and complains about his groin and knee", "child", 11),
        ("My mother, 80, tripped on Sunday and landed on her knee.", "other_adult", 80),
        ("It's my husband, 71. Knee's the size of a melon and red. He's confused.", "other_adult", 71),
        ("my grandmother who's 90 can't put weight on her leg since this morning", "other_adult", 90),
        ("My little one won't walk. She is 4.", "child", 4),
        ("for my nephew who is 14", "child", 14),
        ("my son, he is 15", "child", 15),
        ("My mom has begun wetting the bed", "other_adult", None),
        ("My son's been limping for a week and says his groin hurts. He didn't fall.", "child", None),
        ("My son had his meniscus repaired a month ago and has a temp of 101.5", "child", None),
        ("my sons shin bone came through the skin", "child", None),
        ("Grandpa collapsed in the bathroom this morning, he has a bad knee", "other_adult", None),
    ],
)
def test_a_patient_beside_the_writer_is_heard_with_their_age(text, who, age):
    assert (more(text).get("who_for"), more(text).get("age")) == (who, age)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("my son is 12 and has no knee trouble, its me who hurts", None),
        ("my daughter is 9 and she drew the knee picture for me", None),
        ("play with my grandson, he's 6", None),
        ("I watch my granddaughter, she is 3, and getting off the floor hurts my knee.", None),
        ("My son's 10. I'm 41 and my knee hurts after coaching his team.", 41),
        ("I have three kids under ten so I'm on my feet all day, 36 myself", 36),
        ("lifting my toddler hurts", None),
        ("my aunt in florida said her botox made her eyelid droop", None),
        ("My father in law had a fever after his replacement and the scar leaked. I'm just nervous.", None),
        ("my wife says I should come in", None),
        ("My husband had a stroke and slurs his speech", None),
    ],
)
def test_somebody_who_is_only_spoken_of_is_no_patient(text, age):
    assert more(text).get("who_for") in (None, "self")
    assert more(text).get("age") == age
