"""The whole reading of a text: composed of findings, answer and corrections, and never a failure."""

from __future__ import annotations

import time
from datetime import datetime, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knee_intake.understanding.types import VALUES
from tests.readers import rule_reader

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)
READER = rule_reader()


def repr_short(text: str) -> str:
    """A name of bearable length."""
    return ascii(text)[:20]


def test_an_answer_and_findings_come_from_one_reading() -> None:
    reading = READER.read("the right one, it is swollen", asked="knee_side", now=NOW)
    assert reading.answer == "right"
    assert reading.findings["symptoms"] == ["swelling"]


def test_without_a_question_there_is_no_answer_and_without_context_no_correction() -> None:
    reading = READER.read("my left knee", now=NOW)
    assert reading.answer is None
    assert reading.corrections == {}


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_can_be_read(text: str) -> None:
    reading = READER.read(text, asked="symptoms", context={"knee_side": "left"}, now=NOW)
    for name, value in reading.findings.items():
        if name in VALUES:
            assert set(value if isinstance(value, list) else [value]) <= set(VALUES[name])


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00\x1b[2J",
        "🦵🔥",
        "膝が痛い",
        "колено",
        "?" * 500,
        "knee " * 2000,
        "no " * 3000,
        "a" * 10_000,
        "ﬁ" * 50,
    ],
    ids=repr_short,
)
def test_odd_texts_are_read_in_time(text: str) -> None:
    started = time.perf_counter()
    READER.read(text, asked="pain_location", now=NOW)
    assert time.perf_counter() - started < 5


def test_memory_does_not_keep_a_patients_words() -> None:
    pipeline = READER._findings._pipeline
    READER.read("warming up my knee hurts with an unknown word", now=NOW)
    before = len(pipeline._vocab.strings)
    READER.read("zzyzxq my qwertyknee hurts unforgettably", now=NOW)
    assert len(pipeline._vocab.strings) == before


@pytest.mark.parametrize("asked", ["emergency_screen", "injury_signs", "symptoms"])
@pytest.mark.parametrize("text", ["later", "maybe later", "not now", "I'll tell you later", "ill tell you later"])
def test_putting_a_safety_checklist_off_is_no_answer_to_it(asked: str, text: str) -> None:
    read = READER.read(text, asked=asked, now=NOW)
    assert read.answer is None
    assert not read.more.get("signs")


def test_who_is_ill_is_heard() -> None:
    assert "unwell" in READER.read("my knee is hot and I feel ill", now=NOW).more["signs"]


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("no puedo respirar", "trouble_breathing"),
        ("me duele el pecho", "chest_pain"),
        ("tengo dolor de pecho", "chest_pain"),
        ("me quiero morir", "self_harm"),
        ("quiero matarme", "self_harm"),
    ],
)
def test_an_emergency_is_heard_in_spanish(text: str, sign: str) -> None:
    assert sign in READER.read(text, asked="consent", now=NOW).more["signs"]


def test_a_name_is_kept_as_typed_and_a_misspelt_shrug_is_heard() -> None:
    assert rule_reader().read("Jon Kene", asked="name").answer == "Jon Kene"
    assert rule_reader().read("i dont knwo", asked="goal").answer == "unsure"
