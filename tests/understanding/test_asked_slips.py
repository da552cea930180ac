"""Slips in replies that only the question puts right, and the same letters where they mean themselves."""

import pytest

from knee_intake.understanding.asked_slips import mend_frame_words
from tests import readers


@pytest.fixture(scope="module")
def reader():
    return readers.rule_reader()


@pytest.mark.parametrize(
    ("asked", "typed", "answer"),
    [
        ("name", "cll me Bex", "Bex"),
        ("name", "thsi is Ann-Kathrin Weber", "Ann-Kathrin Weber"),
        ("name", "thisis Ann Weber", "Ann Weber"),
        ("name", "i's Jonah", "Jonah"),
        ("name", "it'sJonah", "Jonah"),
        ("name", "peolpe call me Bex", "Bex"),
        ("name", "frist name Ida last nmae Roth", "Ida Roth"),
        ("first_name", "jut Al is fnie", "Al"),
        ("first_name", "cal Jones", "cal Jones"),
        ("time", "quarter padt nine", "09:15"),
        ("time", "hlf past two", "14:30"),
        ("time", "twenty to fve", "16:40"),
        ("time", "quarter to for", "15:45"),
        ("phone", "three one two, five five fove, zero one nine nine", "+13125550199"),
        ("knee_side", "let", "left"),
        ("knee_side", "rgiht", "right"),
        ("knee_side", "rhgt", "right"),
        ("pain_location", "font", ["anterior"]),
        ("pain_location", "insde", ["medial"]),
        ("pain_location", "all oer", ["diffuse"]),
        ("activity_level", "lite", "light"),
        ("activity_level", "lute", "light"),
        ("arthritis_history", "got", ["other_arthritis"]),
        ("arthritis_history", "war and tear", ["osteoarthritis"]),
        ("arthritis_history", "neer been told i had any", ["none"]),
        ("onset", "oer time", "gradual"),
        ("onset", "it wasnt' an accident or anything", "gradual"),
        ("pain_duration_days", "thee weeks", 21),
        ("pain_duration_days", "a yer", 365),
        ("age_band", "brn in 1958", "65_plus"),
        ("yes_no", "it dos", "yes"),
        ("yes_no", "it doest", "no"),
        ("yes_no", "please dot", "no"),
        ("yes_no", "not sre", "unsure"),
        ("yes_no", "tat works for me", "yes"),
    ],
)
def test_the_question_tells_what_was_meant(reader, asked, typed, answer):
    assert reader.read(typed, asked=asked).answer == answer


@pytest.mark.parametrize(
    ("asked", "typed"),
    [
        ("age_band", "nne of your business"),
        ("knee_side", "eight"),
        ("knee_side", "rough"),
        ("pain_severity", "skip tihs one"),
        ("pain_location", "nowhere"),
    ],
)
def test_what_answers_something_else_stays_unanswered(reader, asked, typed):
    assert reader.read(typed, asked=asked).answer in (None, "unsure")


@pytest.mark.parametrize(
    "typed", ["Cal Jones", "lasse nyman", "Jude Callis", "one of them is Lena", "mccall", "de la Cruz, Ana"]
)
def test_names_stay_as_they_were_typed(typed):
    assert mend_frame_words(typed, "name", readers.speller().is_word) == typed


@pytest.mark.parametrize("typed", ["one of them", "one of my friends", "some of these"])
def test_one_of_several_is_not_none(reader, typed):
    assert reader.listen(typed, "yes_no").mended.text == typed


def test_a_long_reply_is_no_frame(reader):
    typed = "i went to the shop and the let one of the shelves fell on me while my wife was at work all day again"
    assert " let " in reader.listen(typed, "knee_side").mended.text


@pytest.mark.parametrize(("typed", "meant"), [("wreck in '95", "wreck in 1995"), ("since '19", "since 2019")])
def test_a_year_of_two_digits_is_one(typed, meant):
    assert readers.speller().mend(typed).text == meant


@pytest.mark.parametrize(
    ("asked", "typed", "answer"),
    [
        (
            "contact",
            "Hector / (646) 555-0102 I'm scared of doctors.",
            {"first_name": "Hector", "phone": "+16465550102"},
        ),
        ("contact", "Its' Marjorie.", {"first_name": "Marjorie"}),
        ("treatments_tried", "Yes, indeed. I have not tried anything.", []),
        ("consent", "Indeed. It would be better not to.", None),
    ],
)
def test_manners_and_marks_hide_no_answer(reader, asked, typed, answer):
    assert reader.read(typed, asked=asked).answer == answer
