"""Findings, signs and more, from whole sentences as patients write them."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from knee_intake.understanding.findings import FindingsReader, Found
from tests.readers import findings_reader

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def reader() -> FindingsReader:
    return findings_reader()


def read(reader: FindingsReader, text: str) -> Found:
    return reader.read(text, None, NOW)


def test_one_sentence_fills_many_answers(reader: FindingsReader) -> None:
    text = "left knee, inner side, came on slowly over four months, I jog twice a week, worse on stairs, no arthritis"
    assert read(reader, text).findings == {
        "pain_location": ["medial"],
        "activities": ["running"],
        "arthritis_history": ["none"],
        "onset": "gradual",
        "activity_level": "vigorous",
        "knee_side": "left",
        "aggravated_by": ["stairs"],
        "pain_duration_days": 120,
    }


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("my rt knee", "right"),
        ("lt knee aches", "left"),
        ("bilateral knee pain", "both"),
        ("the pain is in my left and right knees", "both"),
        ("not the left, the right one", "right"),
        ("my left knee, sorry, I mean the right knee", "right"),
        ("my left knee is fine, it's the right that hurts", "right"),
        ("had the left knee replaced in 2012 but now my right knee hurts", "right"),
        ("right now my knee hurts", None),
        ("I left work because of my knee", None),
        ("you are right, the knee hurts", None),
        ("the left shoulder and a knee", None),
        ("my left knee does not hurt", None),
    ],
)
def test_the_side_needs_a_knee(reader: FindingsReader, text: str, side: str | None) -> None:
    assert read(reader, text).findings.get("knee_side") == side


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("it aches behind the kneecap", ["anterior"]),
        ("it aches behind the knee", ["posterior"]),
        ("pain on the inside and outside of the knee", ["medial", "lateral"]),
        ("the whole knee hurts", ["diffuse"]),
        ("my back hurts and so do my knees", None),
        ("I hurt it outside in the yard", None),
    ],
)
def test_the_place_of_the_pain(reader: FindingsReader, text: str, places: list[str] | None) -> None:
    assert read(reader, text).findings.get("pain_location") == places


@pytest.mark.parametrize(
    ("text", "worse"),
    [
        ("walking is fine but stairs kill me", ["stairs"]),
        ("it doesn't hurt to walk, only when I kneel", ["kneeling"]),
        ("no trouble with stairs", None),
        ("I fell when I was running", None),
        ("it keeps me awake at night", ["night"]),
        ("squatting or getting up from a chair is painful", ["squatting", "standing"]),
        ("is running bad for my knees?", None),
    ],
)
def test_what_makes_it_worse(reader: FindingsReader, text: str, worse: list[str] | None) -> None:
    assert read(reader, text).findings.get("aggravated_by") == worse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I was diagnosed with rheumatoid arthritis", ["rheumatoid_arthritis"]),
        ("bone-on-bone, they say", ["osteoarthritis"]),
        ("I have gout", ["other_arthritis"]),
        ("arthritis runs in my family", None),
        ("is it arthritis?", None),
        ("never been told I have arthritis", ["none"]),
    ],
)
def test_arthritis_is_the_patients_own(reader: FindingsReader, text: str, expected: list[str] | None) -> None:
    assert read(reader, text).findings.get("arthritis_history") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cortisone shots and then gel injections", ["steroid_injection", "hyaluronic_injection"]),
        ("had my acl repaired", ["surgery"]),
        ("PRP and a knee sleeve", ["other_injection", "brace"]),
        ("ibuprofin, ice and acupunture", ["medication", "rest_ice", "acupuncture"]),
        ("I play ice hockey", None),
        ("I am on birth control pills", None),
    ],
)
def test_treatments_by_their_many_names(reader: FindingsReader, text: str, expected: list[str] | None) -> None:
    assert read(reader, text).findings.get("treatments_tried") == expected


@pytest.mark.parametrize(
    ("text", "flags", "signs"),
    [
        ("my calf is swollen", {"calf_swelling"}, {"calf_swollen"}),
        ("foot is ice cold", {"numb_or_cold_foot"}, {"foot_cold_or_blue"}),
        ("cant put any weight on it", {"cannot_bear_weight"}, {"cannot_walk"}),
        ("its locked, cant straighten", {"locked_knee"}, {"cannot_straighten"}),
        ("hit by a car", {"major_trauma"}, {"high_energy_injury"}),
        ("my knee is hot and swollen", {"hot_swollen_joint"}, {"knee_hot", "knee_swollen"}),
        ("the bone is sticking out", {"open_wound"}, {"bone_visible"}),
        ("my kneecap popped out of place", {"deformity"}, {"knee_out_of_place"}),
        ("i have a fever and chills", {"fever"}, {"chills"}),
        ("i cant breathe", set(), {"trouble_breathing"}),
        ("there is chest pain too", set(), {"chest_pain"}),
        ("i want to die", set(), {"self_harm"}),
        ("since the botox i can't swallow", set(), {"trouble_swallowing", "had_botulinum"}),
    ],
)
def test_red_flags_are_heard(reader: FindingsReader, text: str, flags: set[str], signs: set[str]) -> None:
    found = read(reader, text)
    assert flags <= set(found.findings.get("red_flags", []))
    assert signs <= set(found.more["signs"])


@pytest.mark.parametrize(
    "text",
    [
        "this knee is killing me",
        "I can't walk far",
        "no fever",
        "I had a fever last year",
        "my mom had a blood clot",
        "no chest pain",
        "hay fever",
        "I'm dying to run again",
        "sometimes my toes go numb",
        "it catches sometimes",
        "I was in a car accident ten years ago",
    ],
)
def test_no_alarm_without_a_sign(reader: FindingsReader, text: str) -> None:
    found = read(reader, text)
    assert "red_flags" not in found.findings
    assert set(found.more.get("signs", [])) <= {"injury"}


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("I'm 45 years old", {"age": 45}),
        ("my 12 year old son hurt his knee", {"age": 12, "who_for": "child"}),
        ("my mom's knee", {"who_for": "other_adult"}),
        ("I have diabetes and take warfarin", {"conditions": ["diabetes", "blood_thinner"]}),
        ("about 3 weeks", {}),
    ],
)
def test_more_is_understood(reader: FindingsReader, text: str, more: dict[str, Any]) -> None:
    found = read(reader, text).more
    assert {key: value for key, value in found.items() if key in ("age", "who_for", "conditions")} == more


def test_the_time_of_an_old_operation_is_not_the_time_of_the_pain(reader: FindingsReader) -> None:
    assert "pain_duration_days" not in read(reader, "I had an arthroscopy six years ago").findings
    assert read(reader, "it has hurt for six weeks").findings["pain_duration_days"] == 42


def test_evidence_points_at_the_words_as_received(reader: FindingsReader) -> None:
    text = "My KNEE’s swolen"
    (evidence,) = [e for e in read(reader, text).why if e.field == "symptoms"]
    assert (evidence.value, evidence.words, evidence.assertion) == ("swelling", "swolen", "affirmed")
    assert text[evidence.start : evidence.end] == "swolen"


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("left knee, no arthritis, very active, runner", "activity_level", "vigorous"),
        ("no arthritis, runner", "activities", ["running"]),
        ("no swelling, pain on the inside of my knee", "pain_location", ["medial"]),
        ("no running, cycling or swimming", "activities", None),
        ("no swelling, locking or pain", "symptoms", None),
    ],
)
def test_a_list_of_denials_holds_things_of_one_kind(
    reader: FindingsReader, text: str, field: str, value: object
) -> None:
    assert reader.read(text, None, NOW).findings.get(field) == value


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("my knee hurts since I helped my sister move in June", 160),
        ("it's been sore after the wedding in May", 191),
        ("started after we hiked in Utah in August", 99),
        ("knee pain ever since I painted the house in September", 68),
        ("less pain after the gel shots in August", None),
        ("we went to a wedding in May", None),
    ],
)
def test_a_month_beside_what_happened_in_it_tells_how_long(reader: FindingsReader, text: str, days: int | None) -> None:
    assert read(reader, text).findings.get("pain_duration_days") == days


@pytest.mark.parametrize("text", ["it hurts all around the cap", "aches all around the kneecap"])
def test_around_the_kneecap_is_the_front(reader: FindingsReader, text: str) -> None:
    assert read(reader, text).findings["pain_location"] == ["anterior"]
    assert read(reader, "it hurts all around the knee").findings["pain_location"] == ["diffuse"]


@pytest.mark.parametrize(
    "text",
    [
        "It hurts along the front of my shin.",
        "My elbow hurts on the outside.",
        "My knuckles get swollen.",
        "My shoulders are stiff.",
    ],
)
def test_another_part_of_the_body_is_no_knee(reader: FindingsReader, text: str) -> None:
    found = read(reader, text).findings
    assert not {"pain_location", "symptoms"} & set(found)


@pytest.mark.parametrize(
    ("text", "symptoms"),
    [
        ("my hip is fine but the knee is swollen", ["swelling"]),
        ("my knee and ankle are hot and swollen", ["swelling", "warmth_or_redness"]),
    ],
)
def test_a_part_that_is_named_beside_the_knee_hides_nothing(
    reader: FindingsReader, text: str, symptoms: list[str]
) -> None:
    assert read(reader, text).findings["symptoms"] == symptoms


@pytest.mark.parametrize("text", ["does insurance pay for the gel shots?", "do the gel shots help?"])
def test_a_treatment_that_is_only_asked_about_was_not_had(reader: FindingsReader, text: str) -> None:
    assert "treatments_tried" not in read(reader, text).findings


def test_a_question_about_what_comes_after_a_treatment_tells_of_it(reader: FindingsReader) -> None:
    text = "is swelling normal four months after a meniscectomy?"
    assert read(reader, text).findings["treatments_tried"] == ["surgery"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("if i sit or stand its nothing", "sitting"),
        ("the ache is gone when i stand up", "standing"),
    ],
)
def test_a_movement_that_is_nothing_or_helps_does_not_make_it_worse(
    reader: FindingsReader, text: str, value: str
) -> None:
    assert value not in read(reader, text).findings.get("aggravated_by", [])


def test_a_trouble_that_is_over_is_no_symptom(reader: FindingsReader) -> None:
    assert "symptoms" not in read(reader, "it was stiff at first but thats over").findings
    assert read(reader, "it was stiff and that is not over").findings["symptoms"] == ["stiffness"]


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("what if i just drove off the bridge", "self_harm"),
        ("he can't feel his toes at all since the cast went on", "foot_numb"),
        ("its like walking on somebody elses foot, theres no feeling in it", "foot_numb"),
        ("cant keep my head up after the botox", "whole_body_weakness"),
        ("my shin feels like its gonna burst", "calf_hard"),
    ],
)
def test_signs_in_words_that_were_missed(reader: FindingsReader, text: str, sign: str) -> None:
    assert sign in read(reader, text).more["signs"]


def test_calf_raises_and_a_baby_that_wakes_its_mother_are_no_signs(reader: FindingsReader) -> None:
    assert "signs" not in read(reader, "calf raises are part of my pt").more
    assert "who_for" not in read(reader, "my baby wakes me every night").more
    assert read(reader, "my grandson whos 7 has a limp").more["who_for"] == "child"
