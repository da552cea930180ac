"""What makes a sign harmless, and what no effort or figure of speech explains."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from knee_intake.safety import assess_message, load_rules
from knee_intake.understanding.blend import blend
from knee_intake.understanding.types import RuleReading, Tag
from tests.readers import findings_reader, rule_reader

RULES = load_rules(Path(__file__).parents[2] / "clinic" / "red_flags.yml")
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)


def fired(text: str) -> set[str]:
    reading: RuleReading = rule_reader().read(text, None, {}, NOW)
    return {hit.rule for hit in assess_message(reading, RULES).hits}


@pytest.mark.parametrize(
    "text",
    [
        "I get out of breath from running, always have",
        "I'm breathless at the top of the hill like everyone",
        "It starts after a few miles, when I'm out of breath anyway",
        "I can't breathe in these jeans",
        "I ran out of breath explaining this to the insurance company",
        "My calf is sore after the marathon",
        "my toes go numb in ski boots",
        "my toes got blue from new dye in my socks",
        "pain wakes me every night when I roll on it, then I go right back to sleep",
        "I lost ten pounds on keto",
        "I've lost weight since I quit drinking",
        "I have a soft lump on my forearm, a lipoma",
        "small cut on my knee, already scabbed over",
        "my boss is giving me chest pains",
        "kill me now, more paperwork lol",
        "squats are suicide on this knee",
        "table legs are wobbly and I banged my knee on one",
        "I bit my lip and it's swollen, knee hurts too",
    ],
)
def test_a_sign_that_the_text_explains_is_no_alarm(text):
    assert fired(text) == set()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("chest pain when I run", "RF12"),
        ("after my run I coughed up blood", "RF12"),
        ("out of breath after the hike and coughing blood", "RF12"),
        ("short of breath just walking to the mailbox, I run marathons", "RF12"),
        ("short of breath since my run yesterday and it won't go away", "RF12"),
        ("I can't breathe, and it's not the heat", "RF12"),
        ("my calf is sore and warm after the game", "RF11"),
        ("my calf is rock hard since the game and it hurts like hell", "RF06"),
        ("my foot went numb during the run and it's still numb and white", "RF04"),
        ("foot is blue, it isn't the dye", "RF04"),
        ("a small cut at first but the bleeding won't stop", "RF05"),
        ("tiny hole but you can see the bone", "RF05"),
        ("lost 15 pounds even though I'm not dieting", "RF15"),
        ("had a lump since childhood, it's getting bigger now", "RF15"),
        ("I stand to pee and nothing comes out", "RF19"),
        ("paperwork, pain, I want to kill myself", "RF21"),
        ("kill me now, I mean it, I can't do this anymore", "RF21"),
        ("this knee is killing me and my chest hurts", "RF12"),
    ],
)
def test_what_no_effort_explains_stays_an_alarm(text, rule):
    assert rule in fired(text)


def test_the_tagger_knows_no_explanation_and_is_not_asked():
    text = "Out of breath after sprints like anybody"
    tags = [Tag("sign=trouble_breathing", 0.99, 7, 13)]
    assert blend(findings_reader().read(text, None, NOW), tags, text).more == {}
    assert blend(findings_reader().read("So breathy today", None, NOW), tags, "So breathy today").more == {
        "signs": ["trouble_breathing"]
    }
