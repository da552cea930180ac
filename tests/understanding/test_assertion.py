"""What a sentence asserts: denial, past, family, question, advice, and where each ends."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from knee_intake.understanding.findings import FindingsReader, Found
from tests.readers import findings_reader

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def reader() -> FindingsReader:
    return findings_reader()


def read(reader: FindingsReader, text: str) -> Found:
    return reader.read(text, None, NOW)


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("no swelling, locking or giving way", {"swelling", "locking", "giving_way"}),
        ("there isn't any redness or numbness", {"warmth_or_redness", "numbness"}),
        ("swelling: no", {"swelling"}),
        ("fever - none", {"fever"}),
        ("I wouldn't say it's weak", {"weakness"}),
        ("it has never locked up", {"locking"}),
        ("i dont think its swollen", {"swelling"}),
        ("neither swelling nor clicking", {"swelling", "clicking"}),
        ("No, it doesn't catch", {"locking"}),
        ("i can walk just fine", {"cannot_bear_weight"}),
    ],
)
def test_a_denial_reaches_over_its_whole_list(reader: FindingsReader, text: str, denied: set[str]) -> None:
    found = read(reader, text)
    assert set(found.negated) == denied
    assert "symptoms" not in found.findings
    assert "red_flags" not in found.findings


@pytest.mark.parametrize(
    ("text", "symptoms", "denied"),
    [
        ("no swelling but it is stiff", ["stiffness"], ["swelling"]),
        ("it doesn't click, it grinds", ["clicking"], []),
        ("no, my knee is swollen", ["swelling"], []),
        ("not only swollen but stiff as well", ["swelling", "stiffness"], []),
        ("the swelling hasn't changed, no better", ["swelling"], []),
        ("swelling no, locking yes", ["locking"], ["swelling"]),
        ("nothing helps the swelling", ["swelling"], []),
    ],
)
def test_a_denial_ends_where_the_thought_turns(
    reader: FindingsReader, text: str, symptoms: list[str], denied: list[str]
) -> None:
    found = read(reader, text)
    assert found.findings["symptoms"] == symptoms
    assert found.negated == denied


@pytest.mark.parametrize(
    "text",
    [
        "it was swollen years ago",
        "the swelling went away",
        "I had a fever last week but it's gone",
        "what if I get a fever",
        "my mother had a fever",
        "not sure if it is swollen",
        "could it swell?",
    ],
)
def test_past_imagined_and_other_peoples_signs_are_neither_found_nor_denied(reader: FindingsReader, text: str) -> None:
    found = read(reader, text)
    assert not {"symptoms", "red_flags"} & set(found.findings)


def test_what_the_patient_did_behind_the_advice_is_no_advice(reader: FindingsReader) -> None:
    said = "my doctor said osteoarthritis, had two cortisone shots and some PT"
    assert read(reader, said).findings["treatments_tried"] == ["physical_therapy", "steroid_injection"]
    assert "treatments_tried" not in read(reader, "my doctor said to try PT, acupuncture and a brace").findings


@pytest.mark.parametrize(
    "text",
    [
        "my surgeon recommended a knee replacement",
        "I am scheduled for surgery next month",
        "should I try acupuncture?",
        "I never had physical therapy",
        "does cortisone help?",
        "I refuse to take painkillers",
        "allergic to naproxen",
        "my dad had a knee replacement",
        "I'd rather avoid injections",
        "She has never had any operation on that knee",
        "I don't like pills",
        "They gave me a sleeve, but I never wore it",
        "My sister swears by acupuncture, I haven't tried it",
        "He prescribed naproxen, I didn't take it",
        "we haven't gone to a chiropractor or for acupuncture",
    ],
)
def test_only_what_was_had_is_tried(reader: FindingsReader, text: str) -> None:
    assert "treatments_tried" not in read(reader, text).findings


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("I don't do yoga or go to the gym", "activities", "gym"),
        ("it does not hurt when he sits", "aggravated_by", "sitting"),
        ("they tested me for rheumatoid and it all came back negative", "arthritis_history", "rheumatoid_arthritis"),
        ("on Sunday I couldn't put weight on it but now I can", "red_flags", "cannot_bear_weight"),
        ("her knee doesn't look out of place", "red_flags", "deformity"),
    ],
)
def test_what_is_denied_in_a_clause_of_its_own_is_not_found(reader, text, field, value):
    assert value not in read(reader, text).findings.get(field, [])


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("the knee is a bit stiff in the mornings, maybe five minutes", "long_morning_stiffness"),
        ("morning stiffness lasts about ten minutes", "long_morning_stiffness"),
        ("the cut is dry and nothing is leaking", "leak_from_wound"),
        ("I haven't gone for acupuncture", "bladder_trouble"),
        ("denies calf swelling, chest pain, and shortness of breath", "chest_pain"),
        ("denies calf swelling, chest pain, and shortness of breath", "trouble_breathing"),
        ("my knees are bent at work all day", "injury"),
        ("It warns of hives, pus and chest pain. I haven't had any of that.", "chest_pain"),
        ("They asked about chills, pus and chest pain. None of those.", "leak_from_wound"),
        ("My foot was numb for a day or two. That went away with therapy.", "foot_numb"),
        ("Grandpa's knee is red and hot, mine only aches", "knee_red"),
        ("one wrist is swollen", "many_swollen_joints"),
        ("I nearly fainted when they told me the price", "fainting"),
        ("I lost 20 pounds, but that was on purpose", "weight_loss"),
        ("I fell off a roof once, thirty years ago", "high_energy_injury"),
    ],
)
def test_a_sign_is_not_heard_where_its_words_say_otherwise(reader, text, sign):
    assert sign not in read(reader, text).more.get("signs", [])


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("I have chills. It went down a bit with Tylenol.", "chills"),
        ("I'm short of breath. That went away for an hour.", "trouble_breathing"),
        ("chest pain since lunch. none of that matters to my husband", "chest_pain"),
        ("both wrists and my knuckles are puffy", "many_swollen_joints"),
        ("stiff for forty minutes every morning", "long_morning_stiffness"),
    ],
)
def test_a_sign_that_is_there_is_not_talked_away(reader, text, sign):
    assert sign in read(reader, text).more.get("signs", [])


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("chest pain? no, never", {"chest_pain"}),
        ("a new knee joint, artificial? nope", {"artificial_knee"}),
        ("is the knee swollen? no.", {"knee_swollen"}),
    ],
)
def test_a_question_that_is_said_again_and_answered_with_no_denies(reader, text, denied):
    found = read(reader, text)
    assert denied <= set(found.more.get("negated_signs", ()))
    assert not found.more.get("signs")


@pytest.mark.parametrize(
    "text",
    [
        "my calf is swollen and sore, should I wait? no, I won't",
        "is it bad that my calf is swollen? no idea",
        "my calf is swollen. Is that a worry? no one would tell me",
    ],
)
def test_a_no_to_another_question_denies_no_sign(reader, text):
    assert "calf_swollen" in read(reader, text).more["signs"]


def test_advice_ends_where_the_patient_acts(reader: FindingsReader) -> None:
    found = read(reader, "The doctor suggested surgery, I've only used a brace and Advil")
    assert found.findings["treatments_tried"] == ["medication", "brace"]


def test_a_patient_beside_the_writer_is_the_patient(reader: FindingsReader) -> None:
    found = read(reader, "my grandma fell and she can't put weight on her right leg, the knee is swollen")
    assert found.more["who_for"] == "other_adult"
    assert found.findings["symptoms"] == ["swelling"]
    assert found.findings["red_flags"] == ["cannot_bear_weight"]


def test_the_writer_speaks_of_themselves_again_after_a_relative(reader: FindingsReader) -> None:
    found = read(reader, "My mom has gout and I have osteoarthritis")
    assert found.findings["arthritis_history"] == ["osteoarthritis"]
