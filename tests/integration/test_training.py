"""The real training: Rasa makes the model, and the model understands."""

import asyncio

import pytest

from knee_intake.understanding.fingerprint import inputs_digest
from knee_intake.understanding.model_file import load_classifier, made_from
from knee_intake.understanding.service import Understanding, load_understanding
from knee_intake.understanding.training import ensure_model

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def understanding(model_path):
    from knee_intake.understanding.reader import RuleReader

    return Understanding(RuleReader(), load_classifier(model_path))


def test_the_model_is_made_from_the_present_inputs_and_is_not_trained_twice(model_path, trained_settings):
    assert made_from(model_path) == inputs_digest(trained_settings.home_path)
    changed = model_path.stat().st_mtime_ns
    assert ensure_model(trained_settings) == model_path
    assert model_path.stat().st_mtime_ns == changed


def test_load_understanding_gives_one_that_reads(trained_settings):
    read = load_understanding(trained_settings).understand("my left knee hurts, no swelling")
    assert (read.intent, read.findings["knee_side"], read.negated) == ("inform", "left", ("swelling",))


@pytest.mark.parametrize(
    ("text", "asked", "intent"),
    [
        ("how much would acupuncture cost me", None, "ask_cost"),
        ("could you fit me in on thursday", None, "book"),
        ("tell me a riddle about the moon", None, "out_of_scope"),
        ("膝が痛いです", None, "other_language"),
        ("🦵😭", None, "out_of_scope"),
        ("yes", "consent", "affirm"),
        ("not sure", "onset", "unsure"),
        ("why do you want to know that", "activity_level", "why_ask"),
    ],
)
def test_the_trained_model_reads_intents(understanding, text, asked, intent):
    assert understanding.understand(text, asked=asked).intent == intent


def test_rasas_own_processor_sees_the_same_understanding(model_path, understanding):
    from rasa.core.agent import Agent

    agent = Agent.load(str(model_path))
    for text in ("my right knee swells up after tennis", "what does it cost", "who is the mayor of paris"):
        parsed = asyncio.run(agent.parse_message(text))
        ours = understanding.understand(text)
        assert parsed["intent"]["name"] == ours.intent
        assert parsed["understanding"]["findings"] == ours.findings
    sides = [e["value"] for e in asyncio.run(agent.parse_message("my right knee"))["entities"]]
    assert sides == ["right"]
