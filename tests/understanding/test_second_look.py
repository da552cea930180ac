"""What is asked for is heard in spite of the tagger's doubts, and what is only asked about was not had."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from knee_intake.understanding.answer_lists import denies_list
from knee_intake.understanding.bare_words import whole_or_part
from knee_intake.understanding.reader import RuleReader
from knee_intake.understanding.side_words import read_side_of_place
from knee_intake.understanding.types import Tag
from tests.readers import rule_reader

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def reader() -> RuleReader:
    return rule_reader()


def test_the_rules_answer_stands_where_the_tagger_hears_a_denial(reader: RuleReader) -> None:
    text = "Yes, it does give way."
    heard = reader.listen(text, "symptoms", NOW)
    read = reader.conclude(heard, "symptoms", {}, [Tag("!giving_way", 0.94, 12, 20)])
    assert "giving_way" in read.negated, "the tagger is wrong about it"
    assert read.answer == ["giving_way"]


def test_it_stands_beside_another_sign_too(reader: RuleReader) -> None:
    heard = reader.listen("It gives way. There is swelling.", "symptoms", NOW)
    read = reader.conclude(
        heard, "symptoms", {}, [Tag("!giving_way", 0.94, 3, 12), Tag("symptoms=swelling", 0.9, 23, 31)]
    )
    assert sorted(read.answer) == ["giving_way", "swelling"]


@pytest.mark.parametrize(
    ("asked", "text", "answer"),
    [
        ("emergency_screen", "Nothing of the kind. I injured it ten years ago.", []),
        ("emergency_screen", "None of those. What is Dysport?", []),
        ("injury_signs", "No, it wasn't that sort of thing.", []),
        ("injury_signs", "none of those, it just hurt", []),
        ("onset", "no, it was not that kind of thing", "gradual"),
        ("age_band", "It has been 8 years, not 5 years.", None),
        ("age_band", "44 years", "35_44"),
        ("activity_level", "Let me see. I lead a sedentary life.", "sedentary"),
        ("activity_level", "i ride my bike 6x a week", "vigorous"),
        ("activity_level", "brisk walks three times a week", "moderate"),
        ("symptoms", "None of these. It's so hot in here.", []),
        ("who_for", "I must call my sister. It's me this time.", "self"),
        ("who_for", "it's for my mother, not for me", "other_adult"),
        ("contact", "You'll get me at 718 555 0142", {"phone": "+17185550142"}),
        ("morning_stiffness", "a quarrter of an hour", "le_30min"),
        ("pain_location", "The entire thing, front and back and everything", ["diffuse"]),
        ("cancel_visit", "I regret to say yes.", "yes"),
    ],
)
def test_replies(reader: RuleReader, asked: str, text: str, answer: object) -> None:
    assert reader.read(text, asked, {}, NOW).answer == answer


@pytest.mark.parametrize(
    ("typed", "days"), [("for fve years", 1825), ("it started nne months ago", 270), ("sx weeks now", 42)]
)
def test_a_number_that_lost_a_letter_is_put_right(reader: RuleReader, typed: str, days: int) -> None:
    assert reader.read(typed, "onset", {}, NOW).findings["pain_duration_days"] == days


@pytest.mark.parametrize(
    "text",
    ["tell me more about acupuncture", "What painkiller should I take", "Can something go wrong with Botox?"],
)
def test_what_is_only_asked_about_was_not_tried(reader: RuleReader, text: str) -> None:
    assert "treatments_tried" not in reader.read(text, None, {}, NOW).findings


def test_what_was_had_is_tried_also_beside_a_question(reader: RuleReader) -> None:
    found = reader.read("I had acupuncture. Can you tell me more about a brace?", None, {}, NOW).findings
    assert found["treatments_tried"] == ["acupuncture"]


def test_spanish_is_not_mended_into_english(reader: RuleReader) -> None:
    read = reader.read("no tengo fiebre, solo me duele la rodilla", None, {}, NOW)
    assert (read.mended, dict(read.findings)) == ("no tengo fiebre, solo me duele la rodilla", {})


@pytest.mark.parametrize(
    ("text", "value"),
    [("about a four as I sit here", "sitting"), ("I'm not active, mostly sitting", "sitting")],
)
def test_what_one_does_makes_nothing_worse(reader: RuleReader, text: str, value: str) -> None:
    at = text.index("sit")
    heard = reader.listen(text, None, NOW)
    read = reader.conclude(heard, None, {}, [Tag(f"aggravated_by={value}", 0.8, at, at + 4)])
    assert "aggravated_by" not in read.findings


def test_what_is_said_to_hurt_makes_it_worse(reader: RuleReader) -> None:
    heard = reader.listen("it hurts when sat for long", None, NOW)
    read = reader.conclude(heard, None, {}, [Tag("aggravated_by=sitting", 0.8, 14, 17)])
    assert read.findings["aggravated_by"] == ["sitting"]


@pytest.mark.parametrize(
    ("text", "side"),
    [("Right back", "right"), ("left, inner side", "left"), ("right at the back", None), ("right now", None)],
)
def test_a_side_in_front_of_a_bare_place(text: str, side: str | None) -> None:
    assert read_side_of_place(text) == side


@pytest.mark.parametrize(
    ("places", "text", "kept"),
    [
        (["anterior", "diffuse"], "all around the kneecap", ["anterior"]),
        (["anterior", "diffuse"], "the whole knee, front too", ["diffuse"]),
        (["medial", "diffuse"], "the whole knee but mostly the inside", ["medial", "diffuse"]),
        (["medial"], "the whole inside", ["medial"]),
    ],
)
def test_all_over_and_a_part(places: list[str], text: str, kept: list[str]) -> None:
    assert whole_or_part(places, text) == kept


def test_none_of_these_in_so_many_words() -> None:
    assert denies_list("No, there is none of that.")
    assert not denies_list("no, three weeks")


@pytest.mark.parametrize("text", ["Nine of these", "nine of these.", "one of these"])
def test_a_slip_that_may_be_a_number_is_no_none(reader: RuleReader, text: str) -> None:
    assert reader.read(text, "emergency_screen", {}, NOW).answer is None


def test_on_a_checklist_the_tagger_must_have_heard_the_thing(reader: RuleReader) -> None:
    heard = reader.listen("hang on, it is stuck", "symptoms", NOW)
    assert "locking" in heard.found.findings["symptoms"]
    assert reader.conclude(heard, "symptoms", {}, [Tag("activities=golf", 0.01, 0, 4)]).answer is None
