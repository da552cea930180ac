"""Wordings of alarms and of what only looks like one, each a case of its own kind."""

import pytest

from tests import readers


def signs_of(text):
    return {*readers.rule_reader().read(text).more.get("signs", ())}


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("knee is huge and wont hardly move", "cannot_bend"),
        ("no way can i extend it", "cannot_straighten"),
        ("the leg would not straighten back out", "cannot_straighten"),
        ("my shin is not lined up with the thigh since the fall", "knee_out_of_place"),
        ("kneecap came out and went back in by itself", "knee_out_of_place"),
        ("it took forty minutes for my knee to be double the other", "swelled_within_2h"),
        ("i'm having accidents in my pants since sunday", "bladder_trouble"),
        ("im ready to be done with life", "self_harm"),
        ("I don't want live more", "self_harm"),
        ("been thinking about the shotgun", "self_harm"),
        ("cant swollow since the botox", "trouble_swallowing"),
        ("sweating then freezing all night", "chills"),
    ],
)
def test_a_wording_is_heard(text, sign):
    assert sign in signs_of(text)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("I raise cattle and kneel to pull calves", "calf_painful"),
        ("both my calves are tight from new shoes", "calf_hard"),
        ("slipped off a step ladder last year", "high_energy_injury"),
        ("the swelling took two days to show up, not right away", "swelled_within_2h"),
        ("they cut out a lump behind my knee four years ago", "lump"),
        ("say i get chest pain on those pills, what then", "chest_pain"),
        ("lost twenty pounds and gained it all back", "weight_loss"),
        ("the foot of the hill is icy", "foot_cold_or_blue"),
    ],
)
def test_what_only_looks_like_it_is_not(text, sign):
    assert sign not in signs_of(text)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("i turn 18 in four months", 17),
        ("turned 14 in may", 14),
        ("my dads 82 and he fell", 82),
        ("my son will be 9 next week, i am 40", 40),
    ],
)
def test_an_age_is_that_of_the_patient_today(text, age):
    assert readers.rule_reader().read(text).more.get("age") == age


@pytest.mark.parametrize(
    "text",
    [
        "my goalie is 15 and he limps on his knee",
        "8th grader here, my knee hurts when i run",
        "9mo baby cries when we touch his knee",
        "toddler has a fever and wont use his leg",
        "freshman in high school, knee pain and a limp",
    ],
)
def test_a_child_is_known_without_the_word(text):
    assert readers.rule_reader().read(text).more.get("who_for") == "child"


def test_a_thing_of_fifteen_is_no_child():
    assert readers.rule_reader().read("my pain is 8 and it hurts").more.get("who_for") is None


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("I can see the bne in my knee", "bone_visible"),
        ("my fot is cld", "foot_cold_or_blue"),
        ("toees are bule", "foot_cold_or_blue"),
        ("one clf is swollen", "calf_swollen"),
        ("my foot went nmb", "foot_numb"),
        ("a growing lmp on my shin", "lump"),
    ],
)
def test_a_short_word_of_an_alarm_is_known_with_a_slip(text, sign):
    assert sign in signs_of(text)
