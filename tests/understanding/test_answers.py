"""The answer to the pending question."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knee_intake.understanding.answers import read_answer
from knee_intake.understanding.reader import AS_TYPED
from knee_intake.understanding.types import VALUES
from tests.readers import mended

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=timezone(timedelta(hours=-5)))
FIELDS = (
    "consent", "who_for", "age_band", "emergency_screen", "injury_signs", "injury_pop", "swelled_within_2h",
    "can_walk_4_steps", "can_straighten", "joint_history", "interest", "pain_worst_week", "morning_stiffness",
    "exercise_days", "exercise_minutes", "injection_cautions", "goal", "first_name", "phone", "email", "payment",
    "access_needs", "knee_side", "pain_location", "activity_level", "activities", "arthritis_history", "onset",
    "pain_duration_days", "pain_severity", "symptoms", "aggravated_by", "treatments_tried", "red_flags", "yes_no",
    "name", "time", "appointment", "read_back", "contact", "number",
)  # fmt: skip


def answer(
    text: str,
    asked: str,
    findings: dict[str, Any] | None = None,
    negated: tuple[str, ...] = (),
    more: dict[str, Any] | None = None,
) -> Any:
    return read_answer(text if asked in AS_TYPED else mended(text), asked, findings or {}, negated, more or {}, {}, NOW)


@pytest.mark.parametrize(
    ("text", "asked", "value"),
    [
        ("sure", "consent", "yes"),
        ("no thanks", "consent", "no"),
        ("k sounds good", "yes_no", "yes"),
        ("cool thanks", "yes_no", "yes"),
        ("sgtm", "yes_no", "yes"),
        ("def not", "yes_no", "no"),
        ("k wait", "yes_no", None),
        ("works at a bank", "yes_no", None),
        ("not sure, can't remember anything specific", "onset", "unsure"),
        ("not that i can recall", "yes_no", "no"),
        ("no, none that i know of", "yes_no", "no"),
        ("sometimes the left, sometimes the right", "knee_side", "both"),
        ("it alternates", "knee_side", "both"),
        ("some days it's the left", "knee_side", "left"),
        ("not the front, more the inside", "pain_location", ["medial"]),
        ("not the front or the back", "pain_location", None),
        ("not soccer, more tennis", "activities", ["tennis"]),
        ("tennis, used to play soccer but not since 2010", "activities", ["tennis"]),
        ("soccer in high school, these days golf", "activities", ["golf"]),
        ("i used to run", "activities", ["running"]),
        ("going downstairs", "aggravated_by", ["stairs"]),
        ("gel pack", "treatments_tried", ["rest_ice"]),
        ("gel shots", "treatments_tried", ["hyaluronic_injection"]),
        ("0 when i sit, 8 on stairs", "pain_severity", 8),
        ("4 now, 8 on stairs", "pain_severity", 4),
        ("seven and a half", "pain_severity", 8),
        ("7 1/2", "pain_severity", 8),
        ("lite", "activity_level", "light"),
        ("woke up one day and it hurt", "onset", "gradual"),
        ("woke up after i fell out of bed", "onset", "injury"),
        ("4 30 pm", "time", "16:30"),
        ("I'm Tom, Tom Ferris", "name", "Tom Ferris"),
        ("Tom, my wife is Anna Ferris", "name", "Tom"),
        ("Bond. James Bond", "name", "James Bond"),
        ("Kim, K-I-M", "name", "Kim"),
        ("Shawn, spelled S-E-A-N", "name", "Sean"),
        ("J.R.R. Tolkien", "name", "J.R.R. Tolkien"),
        ("my name? Greg", "name", "Greg"),
        ("Greg. and yours?", "name", "Greg"),
        ("you can put down Ann", "name", "Ann"),
        ("Ann's fine", "name", "Ann"),
        ("a little", "consent", None),
        ("maybe later", "consent", None),
        ("not sure", "consent", "unsure"),
        ("looks right to me", "read_back", "yes"),
        ("change the phone number", "read_back", "no"),
        ("only two", "can_walk_4_steps", "no"),
        ("with a limp", "can_walk_4_steps", "yes"),
        ("yes, I can't straighten it", "can_straighten", "no"),
        ("I heard a loud pop", "injury_pop", "yes"),
        ("right away", "swelled_within_2h", "yes"),
        ("it was the next morning", "swelled_within_2h", "no"),
        ("the left one", "knee_side", "left"),
        ("R", "knee_side", "right"),
        ("left, no sorry, right", "knee_side", "right"),
        ("the right one is fine, it's the left", "knee_side", "left"),
        ("the right side of the left knee", "knee_side", "left"),
        ("right now it's okay", "knee_side", None),
        ("the other one", "knee_side", None),
        ("the inside and the back", "pain_location", ["medial", "posterior"]),
        ("behind the kneecap", "pain_location", ["anterior"]),
        ("not the front, the back", "pain_location", ["posterior"]),
        ("medial, lateral", "pain_location", ["medial", "lateral"]),
        ("everywhere", "pain_location", ["diffuse"]),
        ("my lower back", "pain_location", None),
        ("for 3 months", "pain_duration_days", 90),
        ("March", "pain_duration_days", 252),
        ("for ages", "pain_duration_days", "unsure"),
        ("I did PT for 6 weeks", "pain_duration_days", None),
        ("after my operation 2 years ago", "pain_duration_days", 730),
        ("six or seven", "pain_severity", 7),
        ("usually 4, at worst 9", "pain_worst_week", 9),
        ("I slipped on ice", "onset", "injury"),
        ("bit by bit", "onset", "gradual"),
        ("I sit at a desk all day", "activity_level", "sedentary"),
        ("I walk the dog", "activity_level", "light"),
        ("the gym three times a week", "activity_level", "moderate"),
        ("I train every day", "activity_level", "vigorous"),
        ("I used to be very active but not any more", "activity_level", "light"),
        ("biking and some yoga", "activities", ["cycling", "yoga"]),
        ("nothing", "activities", []),
        ("no, never", "arthritis_history", ["none"]),
        ("yes", "arthritis_history", ["unspecified"]),
        ("don't know", "arthritis_history", "unsure"),
        ("none", "arthritis_history", ["none"]),
        ("none", "symptoms", []),
        ("none of these", "emergency_screen", []),
        ("cold_foot, out_of_place", "emergency_screen", ["cold_foot", "out_of_place"]),
        ("yes", "symptoms", None),
        ("stairs and squats", "aggravated_by", ["stairs", "squatting"]),
        ("all of them", "aggravated_by", list(VALUES["aggravated_by"])),
        ("physical therapy, rest_ice", "treatments_tried", ["physical_therapy", "rest_ice"]),
        ("advil and a brace", "treatments_tried", ["medication", "brace"]),
        ("I take blood thinners", "injection_cautions", ["blood_thinners"]),
        ("acupuncture or PT", "interest", ["acupuncture", "physical_therapy"]),
        ("not sure", "interest", ["not_sure"]),
        ("a knee replacement", "joint_history", ["artificial_knee"]),
        ("me", "who_for", "self"),
        ("my husband", "who_for", "other_adult"),
        ("my son, he is 12", "who_for", "child"),
        ("52", "age_band", "51_54"),
        ("in my fifties", "age_band", "55_64"),
        ("early 40s", "age_band", "35_44"),
        ("turning 65 in May", "age_band", "55_64"),
        ("18_34", "age_band", "18_34"),
        ("35 to 44", "age_band", "35_44"),
        ("over 65", "age_band", "65_plus"),
        ("born in 1980", "age_band", "45_50"),
        ("about 10 minutes", "morning_stiffness", "le_30min"),
        ("an hour or so", "morning_stiffness", "gt_30min"),
        ("not stiff", "morning_stiffness", "none"),
        ("three or four", "exercise_days", 4),
        ("every day", "exercise_days", 7),
        ("half an hour", "exercise_minutes", 30),
        ("I have Blue Shield", "payment", "Blue Shield"),
        ("out of pocket", "payment", "self-pay"),
        ("hike with my kids again", "goal", "hike with my kids again"),
        ("it's Maria", "first_name", "Maria"),
        ("212 555 0123", "phone", "+12125550123"),
        ("Maria, 212 555 0123", "contact", {"first_name": "Maria", "phone": "+12125550123"}),
        ("half past 3", "time", "15:30"),
        ("I guess so", "consent", None),
        ("yeah I suppose", "consent", None),
        ("if I can stop any time", "consent", None),
        ("probably", "consent", None),
        ("it hurts", "consent", None),
        ("I have", "consent", None),
        ("not any more", "emergency_screen", "unsure"),
        ("sure, go ahead", "consent", "yes"),
        ("yse", "consent", "yes"),
        ("I'd rather not say", "consent", None),
        ("probably not", "emergency_screen", "unsure"),
        ("hardly ever", "emergency_screen", "unsure"),
        ("no, none of those", "emergency_screen", []),
        ("I don't think so", "emergency_screen", []),
        ("it won't bend any more", "emergency_screen", None),
        ("what do you mean by numb", "emergency_screen", None),
        ("I'd rather not say", "injection_cautions", None),
        ("I guess so", "can_walk_4_steps", "unsure"),
        ("barely", "can_walk_4_steps", "no"),
        ("probably not", "injury_pop", "unsure"),
        ("doubt it", "swelled_within_2h", "unsure"),
        ("skip this one please", "symptoms", None),
        ("let's move on", "pain_severity", None),
        ("is a 10 the worst there is?", "pain_severity", None),
        ("it isn't the right one", "knee_side", "left"),
        ("left or right, I can't tell", "knee_side", "unsure"),
        ("my left one is the good one", "knee_side", "right"),
        ("the side next to my other knee", "pain_location", ["medial"]),
        ("the little toe side", "pain_location", ["lateral"]),
        ("in the crease at the bakc", "pain_location", ["posterior"]),
        ("no one spot really", "pain_location", ["diffuse"]),
        ("outsdie", "pain_location", ["lateral"]),
        ("swiming and joging", "activities", ["running", "swimming"]),
        ("voleyball on thursdays", "activities", ["other"]),
        ("nothing happened, it was not a fall", "onset", "gradual"),
        ("missed a step and came down hard", "onset", "injury"),
        ("no real accident", "onset", "gradual"),
        ("slwoly", "onset", "gradual"),
        ("they recommended injections, I never had any", "treatments_tried", []),
        ("phsyical therpay and ibuprofin", "treatments_tried", ["physical_therapy", "medication"]),
        ("middle of the road", "activity_level", "moderate"),
        ("pretty low", "activity_level", "sedentary"),
        ("very high", "activity_level", "vigorous"),
        ("forty-eight", "age_band", "45_50"),
        ("sixty something", "age_band", "65_plus"),
        ("erly forties", "age_band", "35_44"),
        ("my wfie", "who_for", "other_adult"),
        ("my hubby", "who_for", "other_adult"),
        ("weekedns", "exercise_days", 2),
        ("the name is June Park", "name", "June Park"),
        ("prefer to stay anonymous", "name", None),
    ],
)  # fmt: skip
def test_the_answer_is_the_machine_value(text: str, asked: str, value: Any) -> None:
    assert answer(text, asked) == value


@pytest.mark.parametrize("asked", FIELDS)
def test_skip_and_a_question_back_are_no_answers(asked: str) -> None:
    assert answer("skip", asked) is None
    assert answer("Why do you ask?", asked) is None


@pytest.mark.parametrize("asked", [f for f in FIELDS if f not in ("emergency_screen", "interest", "who_for")])
def test_not_knowing_is_unsure(asked: str) -> None:
    assert answer("I really have no idea", asked) == "unsure"


def test_findings_give_the_values_and_denied_ones_are_left_out() -> None:
    found = {"symptoms": ["swelling"]}
    assert answer("it is puffy but never locks", "symptoms", found, ("locking",)) == ["swelling"]


def test_signs_answer_the_checklists() -> None:
    assert answer("my chest hurts", "emergency_screen", more={"signs": ["chest_pain"]}) == ["chest_pain"]
    assert answer("it is like dead", "can_walk_4_steps", more={"signs": ["cannot_walk_4_steps"]}) == "no"


def test_the_age_that_was_found_decides_about_a_child() -> None:
    assert answer("it's for my daughter", "who_for", more={"age": 30}) == "other_adult"
    assert answer("me", "who_for", more={"age": 16}) == "child"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("i dont know about arthritis", "unsure"),
        ("don't know if I have arthritis", "unsure"),
        ("i dont know if its arthritis, mom has it", "unsure"),
        ("i have it but dont know which kind", ["unspecified"]),
        ("not that i know of", ["none"]),
        ("never been told about arthritis", ["none"]),
        ("No doctor has ever told me that I have arthritis.", ["none"]),
        ("nobody has ever mentioned arthritis to me", ["none"]),
        ("No idea, I never had it looked at.", "unsure"),
    ],
)
def test_who_does_not_know_of_arthritis_has_not_denied_it(text: str, meant: object) -> None:
    assert answer(text, "arthritis_history") == meant


def test_a_duration_answers_when_and_how_it_started() -> None:
    assert answer("3 weeks ago", "onset") == 21
    assert answer("3 weeks ago", "onset", {"pain_duration_days": 21}) is None


@given(st.text(), st.sampled_from(FIELDS))
def test_no_text_breaks_any_question(text: str, asked: str) -> None:
    answer(text, asked)


@pytest.mark.parametrize("piece", ["1 ", "five ", "a week and a half ", " ", "a'", "12", "at a dot b ", "twenty "])
def test_ten_thousand_characters_are_read_in_a_moment(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    start = time.process_time()
    for asked in FIELDS:
        answer(text, asked)
    assert time.process_time() - start < 5  # seconds; it takes a tenth of that
