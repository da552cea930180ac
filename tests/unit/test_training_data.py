"""The training sentences: enough of them, each in one place only, and loadable by Rasa."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from knee_intake.understanding.intents import plain_words
from knee_intake.understanding.nlu_data import read_examples

HOME = Path(__file__).resolve().parents[2]
EXAMPLES = read_examples(HOME / "data" / "nlu")
LEAST = {"inform": 120, "out_of_scope": 120}
FREQUENT = 35
FREQUENT_QUESTIONS = (
    "ask_botulinum", "ask_evidence", "ask_side_effects", "ask_safety", "ask_pain_of_injection", "ask_procedure",
    "ask_effect_time", "ask_recovery", "ask_cost", "ask_location", "ask_hours", "ask_other_treatments",
    "ask_medication", "ask_home_care", "ask_diagnosis", "ask_condition", "ask_surgery", "book",
)  # fmt: skip


def test_every_intent_of_the_domain_has_sentences_and_no_other_has():
    domain = YAML(typ="safe").load((HOME / "domain.yml").read_text(encoding="utf-8"))
    assert set(EXAMPLES) == set(domain["intents"]) - {"nlu_fallback"}


@pytest.mark.parametrize("intent", sorted(EXAMPLES))
def test_an_intent_has_enough_sentences(intent):
    least = FREQUENT if intent in FREQUENT_QUESTIONS else LEAST.get(intent, 25)
    assert len(EXAMPLES[intent]) >= least


def test_no_sentence_stands_twice_even_spelled_otherwise():
    seen = {}
    twice = []
    for intent, texts in EXAMPLES.items():
        for text in texts:
            key = plain_words(text) or text
            if key in seen:
                twice.append((text, intent, seen[key]))
            seen[key] = intent
    assert twice == []


def test_no_sentence_holds_rasas_own_marks():
    marked = [text for texts in EXAMPLES.values() for text in texts if re.search(r"[\[\]{}]|^/", text)]
    assert marked == []


def test_phone_numbers_and_addresses_in_sentences_are_nobodys():
    digits = re.compile(r"\b\d{3}[ -]?(\d{3})[ -]?(\d{4})\b|\b(\d{3})[ -](\d{4})\b")
    for texts in EXAMPLES.values():
        for text in texts:
            for area, line, short_area, short_line in digits.findall(text):
                assert (area or short_area) == "555", text
                assert (line or short_line).startswith("01"), text
            assert all(address.endswith("@example.com") for address in re.findall(r"\S+@\S+", text)), text
