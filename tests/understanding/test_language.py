"""Spanish is known well enough for a safety text; English is never taken for it."""

import pytest

from knee_intake.clinic import Clinic
from knee_intake.safety import STOPPING, assess_message
from knee_intake.understanding.language import language_of
from tests import readers

EMERGENCIES = {
    "no puedo respirar": "RF12",
    "me duele el pecho": "RF12",
    "me falta el aire": "RF12",
    "me desmayé": "RF12",
    "tengo fiebre y la rodilla hinchada y caliente": "RF01",
    "se me salió la rodilla": "RF03",
    "no siento el pie": "RF04",
    "mi pie está frío y azul": "RF04",
    "estoy sangrando mucho": "RF05",
    "quiero morirme": "RF21",
}


@pytest.mark.parametrize(("text", "rule"), EMERGENCIES.items())
def test_an_emergency_told_in_spanish_is_answered_in_spanish(clinic: Clinic, text: str, rule: str) -> None:
    verdict = assess_message(readers.rule_reader().read(text), clinic.red_flags, language_of(text))
    assert verdict.rules[0] == rule
    assert verdict.urgency in STOPPING
    assert any(word in verdict.hits[0].text for word in ("llame", "Llame", "vaya"))


@pytest.mark.parametrize("text", ["hola, me duele la rodilla desde hace un mes", "rodilla", "ayuda por favor"])
def test_spanish(text: str) -> None:
    assert language_of(text) == "es"


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "",
        "apple pie",
        "my knee is no good",
        "El Paso",
        "la la la",
        "a 6 maybe 7",
        "con el viento, said my dad once",
    ],
)
def test_english_and_nothing(text: str) -> None:
    assert language_of(text) == "en"


def test_every_text_that_stops_the_interview_is_there_in_spanish(clinic: Clinic) -> None:
    for rule in clinic.red_flags.rules:
        texts = [(rule.urgency, rule.text), *((case.urgency, case.text or rule.text) for case in rule.cases)]
        for urgency, text in texts:
            if urgency in STOPPING and rule.id not in ENGLISH_ONLY:
                assert text.get("es"), rule.id


ENGLISH_ONLY = ("RF00", "RF16", "RF17")
"""Who speaks Spanish does not come here: a checklist tapped in English, an age, an operation of the past."""
