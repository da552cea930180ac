"""Answers to questions: every intent has one, and nothing unconfirmed is told as true."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from knee_intake.errors import ClinicFileError
from knee_intake.faq import answer, load_faq
from knee_intake.practice import Fact

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic

FILE = Path(__file__).parents[2] / "clinic" / "answers.yml"

INTENTS = (
    "ask_botulinum", "ask_evidence", "ask_side_effects", "ask_safety", "ask_pain_of_injection", "ask_procedure",
    "ask_effect_time", "ask_recovery", "ask_cost", "ask_location", "ask_hours", "ask_parking", "ask_referral",
    "ask_other_treatments", "ask_physical_therapy", "ask_acupuncture", "ask_chiropractic", "ask_sports_medicine",
    "ask_surgery", "ask_other_injections", "ask_medication", "ask_home_care", "ask_diagnosis", "ask_condition",
    "ask_privacy", "ask_bot",
)  # fmt: skip


def with_facts(clinic: Clinic, **facts: Any) -> Clinic:
    return replace(clinic, practice=msgspec.structs.replace(clinic.practice, **facts))


def told(value: Any) -> Fact[Any]:
    return Fact(value=value, confirmed=True)


@pytest.mark.parametrize("intent", [*INTENTS, "talk_to_human", "out_of_scope"])
def test_every_question_has_an_answer_of_its_own_without_open_braces(clinic: Clinic, intent: str) -> None:
    found = answer(intent, clinic)
    assert intent in clinic.faq.answers
    assert found.text
    assert "{" not in found.text


def test_no_two_questions_have_the_same_answer(clinic: Clinic) -> None:
    texts = [answer(intent, clinic).text for intent in INTENTS]
    assert len(set(texts)) == len(INTENTS) == 26


def test_general_questions_are_answered_before_consent(clinic: Clinic) -> None:
    assert all(answer(intent, clinic).before_consent for intent in INTENTS)


def test_what_has_no_answer_gets_the_one_for_out_of_scope(clinic: Clinic) -> None:
    assert answer("ask_the_weather", clinic) == answer("out_of_scope", clinic)


@pytest.mark.parametrize(
    ("intent", "said"),
    [
        ("ask_cost", "The clinic will tell you what a visit costs and which plans it takes."),
        ("ask_location", "I don't have the street address. The clinic will tell you."),
        ("ask_parking", "The clinic will tell you."),
        ("ask_referral", "The clinic will tell you if you need a referral, and who you will see."),
        ("ask_privacy", "The clinic will show you its privacy notice."),
        ("ask_botulinum", "The clinic will tell you if it gives these shots."),
    ],
)
def test_what_only_the_clinic_knows_is_left_to_the_clinic(clinic: Clinic, intent: str, said: str) -> None:
    assert said in answer(intent, clinic).text


def test_demo_hours_and_demo_phone_are_told_as_such(clinic: Clinic) -> None:
    assert answer("ask_hours", clinic).text == (
        "I don't have the clinic's own hours yet. Demo hours: Monday to Friday, 9 AM to noon and 1 PM to 5 PM. "
        "To be sure, call 555-0143 (demo number)."
    )


def test_the_free_first_visit_is_not_promised(clinic: Clinic) -> None:
    text = answer("ask_cost", clinic).text
    assert "seems to offer a free first visit" in text
    assert "Please ask if that is so" in text


def test_once_confirmed_the_facts_are_told(clinic: Clinic) -> None:
    address = with_facts(clinic, address=told("1 Example Street"), phone=told("212-555-0100"))
    assert answer("ask_location", address).text == (
        "43rd Street Medical is at 1 Example Street. The phone is 212-555-0100."
    )
    hours = with_facts(clinic, hours=told({"mon": [["09:00", "12:00"]]}))
    assert answer("ask_hours", hours).text == (
        "The clinic is open Monday, 9 AM to noon. You can ask for a visit here at any time."
    )


def test_one_open_fact_of_several_keeps_the_answer_with_the_clinic(clinic: Clinic) -> None:
    some = with_facts(clinic, prices=told("A visit costs 1 dollar."), insurance=told("No plans are taken."))
    assert answer("ask_cost", some).text == answer("ask_cost", clinic).text
    every = with_facts(some, first_visit_free=told(False))
    assert answer("ask_cost", every).text.startswith("A visit costs 1 dollar. No plans are taken.")


def test_a_question_about_an_option_is_answered_by_its_own_text_and_sources(clinic: Clinic) -> None:
    found = answer("ask_acupuncture", clinic)
    assert found.text.startswith("Acupuncture: ")
    assert found.sources == tuple(clinic.treatments.get("acupuncture").sources)


def test_the_caller_may_fill_a_placeholder(clinic: Clinic) -> None:
    assert "call 911-TEST" in answer("ask_bot", clinic, facts={"phone": "911-TEST"}).text


def test_an_untranslated_answer_comes_in_english(clinic: Clinic) -> None:
    assert answer("ask_bot", clinic, "es") == answer("ask_bot", clinic)


def test_live_an_answer_without_approval_is_left_to_the_clinic(clinic: Clinic) -> None:
    live = replace(clinic, faq=clinic.faq.for_live())
    assert answer("ask_evidence", live).text == (
        "The clinic will tell you about that. You can call 555-0143 (demo number)."
    )
    assert answer("ask_evidence", live).sources == ()
    approved = msgspec.structs.replace(clinic.faq.answers["ask_bot"], approved_by="A. Clinician")
    faq = msgspec.structs.replace(clinic.faq, answers={**clinic.faq.answers, "ask_bot": approved})
    assert answer("ask_bot", replace(clinic, faq=faq.for_live())) == answer("ask_bot", clinic)


BROKEN = {
    "a placeholder that nothing fills": (
        'text: {en: "Hello {name}."}, before_consent: true',
        "names {name}, but only clinic, hours, phone",
    ),
    "a fact that it does not need": (
        'needs: [prices], known_text: {en: "{address}"}, unconfirmed_text: {en: "?"}, before_consent: true',
        "names {address}, but only clinic, hours, phone, prices",
    ),
    "a single brace": ('text: {en: "Hello {"}, before_consent: true', "single brace"),
    "needs without words for both cases": ("needs: [prices], before_consent: true", "together"),
    "sources without a line for the patient": (
        'text: {en: "So."}, sources: [S1], before_consent: true',
        "`source` (for the patient) together",
    ),
    "an option and a text": ('treatment: acupuncture, text: {en: "So."}, before_consent: true', "not both"),
    "nothing to say": ("before_consent: true", "expected a `text`"),
    "no English": ('text: {fr: "Oui."}, before_consent: true', "`text` in `en`"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_answer_is_refused(tmp_path: Path, name: str) -> None:
    entry, expected = BROKEN[name]
    path = tmp_path / "answers.yml"
    path.write_text(
        f'answers:\n  out_of_scope: {{text: {{en: "No."}}, before_consent: true}}\n  ask_it: {{{entry}}}\n'
        'wording: {withheld: {en: "."}}\n',
        encoding="utf-8",
    )
    with pytest.raises(ClinicFileError) as caught:
        load_faq(path)
    assert expected in caught.value.expected
    assert caught.value.key.startswith("answers.ask_it")
    assert caught.value.line == 3


def test_a_file_without_an_answer_for_everything_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "answers.yml"
    path.write_text('answers: {}\nwording: {withheld: {en: "."}}\n', encoding="utf-8")
    with pytest.raises(ClinicFileError, match="out_of_scope"):
        load_faq(path)
