"""Scenes: what is told of long ago, of somebody else or of nobody is no alarm; what is of today stays one beside it."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from knee_intake.safety import assess_message, load_rules
from knee_intake.understanding.types import RuleReading
from tests.readers import rule_reader

RULES = load_rules(Path(__file__).parents[2] / "clinic" / "red_flags.yml")
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)


def read(text: str) -> RuleReading:
    return rule_reader().read(text, None, {}, NOW)


def fired(text: str) -> set[str]:
    return {hit.rule for hit in assess_message(read(text), RULES).hits}


@pytest.mark.parametrize(
    "text",
    [
        "I had a blood clot in college. My calf was swollen and hard. They gave me shots for months.",
        "Back in 2011 I was in a bad car crash. I was bleeding everywhere and couldn't feel my foot.",
        "When I was nine I fell out of a tree and the bone came through the skin. It healed.",
        "As a kid I had rheumatic fever and all my joints swelled up.",
        "Growing up I had asthma attacks where I couldn't breathe at all.",
        "The summer before last I had cellulitis. It spread up my whole leg and I had chills.",
        "I passed out once at a concert, years ago.",
        "A decade ago a truck hit me on my bike.",
        "I tore my quad tendon in 2015 and couldn't lift my leg. Surgery fixed that.",
        "Had a bad reaction to a bee sting as a teen, face blew up.",
        "years ago i had a staph infection in that knee, red hot and swollen, fever of 104. all healed",
        "My calf was rock hard after a soccer injury ten years back. Never again.",
        "I broke my femur in a motorcycle wreck at 22. I'm 61.",
        "I tried to kill myself when I was seventeen. I'm 45 and happy now, just have a bad knee.",
        "dislocated my kneecap in 9th grade, never since. Now just achy on stairs.",
        "My knee was hot and swollen. That was years ago.",
    ],
)
def test_what_is_long_past_is_no_alarm_over_all_its_sentences(text):
    assert fired(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "My neighbor had the same thing. His calf swelled up and he was short of breath. Mine is just a sore kneecap.",
        "I'm a nurse. Yesterday a patient of mine coughed up blood. Anyway, my knee hurts when I kneel.",
        "My sister got Botox for her neck. She couldn't swallow for a week. That's why I'm hesitant.",
        "The guy next to me in rehab had a knee that was red hot and swollen with a fever.",
        "Someone in my running club heard a pop and now he can't straighten his leg.",
        "a woman in my PT class fainted today",
        "My grandmother says her legs are both weak and she can't feel her feet. I only have knee pain.",
        "my cousin wants to die since her surgery, it's so sad. I'm only here to book for my knee.",
        "Husband has shortness of breath from COPD. I'm the one with the knee pain.",
        "chemo? no wait, that's my dad. I just have a bad knee",
    ],
)
def test_what_somebody_else_has_is_no_alarm_over_all_its_sentences(text):
    assert fired(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "is chest pain a side effect of botox?",
        "Does a Baker's cyst cause calf swelling?",
        "Is coughing blood ever from a knee clot? just curious",
        "does Botox ever make people weak all over?",
        "are hives common after a gel shot?",
        "is it true that people get blood clots after knee surgery?",
    ],
)
def test_a_question_that_names_nobody_is_no_alarm(text):
    assert fired(text) == set()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("I had a clot in 2012. My calf is swollen again.", "RF11"),
        ("Ten years ago I had a heart attack. This morning I got pain in my chest.", "RF12"),
        ("I had chest pain years ago but today it's back and worse", "RF12"),
        ("I had pneumonia last winter and now I'm coughing up blood", "RF12"),
        ("Knee replaced 5 years ago, hot and swollen, fever of 102", "RF01"),
        ("I had my knee replaced six years ago. Last night it was hot and I had a fever.", "RF17"),
        ("In 2010 I tore my ACL. I fell off a ladder an hour ago and the bone is showing.", "RF05"),
        ("I was suicidal years ago and it's coming back", "RF21"),
        ("I tried to kill myself at 17 and lately I think about it every day", "RF21"),
        ("I had cellulitis in 2017 and now the redness is spreading again", "RF20"),
        ("I'm in my thirties and my foot is numb", "RF04"),
        ("woman in my 50s, foot cold and blue", "RF04"),
        ("I passed out when I was in the shower", "RF12"),
        ("my kneecap popped out when I was at practice", "RF03"),
        ("It locked in 2012. Now it's locked since yesterday.", "RF09"),
        ("lost 20 lbs in 3 months without trying", "RF15"),
    ],
)
def test_an_alarm_of_today_stays_one_beside_the_past(text, rule):
    assert rule in fired(text)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("My dad died of a clot. My chest hurts and I can't breathe well.", "RF12"),
        ("my mom had clots and now my own calf is swollen and sore", "RF11"),
        ("my brother killed himself years ago and I want to die too", "RF21"),
        ("My husband is a doctor. He says it's infected, red and hot, and I have a fever.", "RF01"),
        ("my aunt says I should write: I fainted twice today", "RF12"),
        ("Mom says my foot looks blue and it is ice cold", "RF04"),
        ("a man on a scooter ran me over, my leg is ripped open", "RF05"),
        ("my teammate fell on me and my kneecap is out to the side", "RF03"),
        ("I'm a runner with a hot swollen knee and a fever", "RF01"),
        ("A 45 year old woman with a hot swollen knee and a fever of 102", "RF01"),
        ("feels like someone is standing on my chest", "RF12"),
        ("My sister got botox last week. She can't swallow.", "RF13"),
        ("My mom had Botox on Friday. She is seeing double and her eyelids droop.", "RF13"),
    ],
)
def test_an_alarm_of_the_patient_stays_one_beside_other_people(text, rule):
    assert rule in fired(text)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Is it serious that I can't breathe lying down?", "RF12"),
        ("is it normal that my chest hurts since the shot?", "RF12"),
        ("Is a swollen calf bad? Mine is twice the size of the other", "RF11"),
        ("Why is my foot cold and blue?", "RF04"),
        ("is chest pain a side effect of botox? it started an hour ago", "RF12"),
        ("What if it's a clot? My calf is swollen and I have chest pain.", "RF12"),
    ],
)
def test_a_question_about_a_sign_that_is_there_is_an_alarm(text, rule):
    assert rule in fired(text)


def test_a_year_to_come_and_minutes_are_no_past():
    assert fired("knee is hot and swollen, can't bend it, I fly in 2027") == {"RF02"}
    assert "RF10" in fired("I twisted it today and it swelled up in 20 minutes")
