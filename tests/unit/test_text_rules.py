"""The rules for what patients read: silent on every shipped text, and none of them can be broken unseen."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from knee_intake.clinic import Clinic
from knee_intake.faq import placeholders
from knee_intake.patient_texts import PatientText, patient_texts
from knee_intake.text_rules import Finding, grade_of, hard_words, label_findings, text_findings, unit_findings

OFF_LABEL = ("botox_knee", "dysport_hip_pt")
HARD = "The clinician will subsequently administer an intramuscular injection utilizing ultrasonographic visualization."
LONGISH = "The clinic will give you a list of each service and what it will usually cost before you come here."


def findings(clinic: Clinic, unit: str) -> list[Finding]:
    [found] = [one for one in patient_texts(clinic) if one.id == unit]
    return unit_findings(found, placeholders(clinic.practice), OFF_LABEL)


def with_answer(clinic: Clinic, intent: str, **texts: dict[str, str]) -> Clinic:
    entry = msgspec.structs.replace(clinic.faq.answers[intent], **texts)
    return replace(clinic, faq=msgspec.structs.replace(clinic.faq, answers={**clinic.faq.answers, intent: entry}))


def with_option(clinic: Clinic, option: str, **parts: str) -> Clinic:
    options = [
        msgspec.structs.replace(one, text={"en": msgspec.structs.replace(one.text["en"], **parts)})
        if one.id == option else one for one in clinic.treatments.treatments
    ]  # fmt: skip
    return replace(clinic, treatments=msgspec.structs.replace(clinic.treatments, treatments=options))


def test_no_shipped_text_of_the_editor_breaks_a_rule(clinic: Clinic) -> None:
    units: list[PatientText] = [
        one for one in patient_texts(clinic) if one.section in ("options", "answers", "notices", "safety")
    ]
    assert len(units) > 60
    filled = placeholders(clinic.practice)
    assert [(one.id, told) for one in units for told in unit_findings(one, filled, OFF_LABEL)] == []


@pytest.mark.parametrize(
    ("text", "level", "told"),
    [
        (HARD, "refuse", "at most 8 is allowed; the hardest words: ultrasonographic"),
        (LONGISH, "warn", "6 or below is meant"),
        ("It is proven to help.", "refuse", "“proven” reads as a promise"),
        ("You may have arthritis.", "refuse", "reads as a diagnosis"),
        ("Take it three times a day.", "refuse", "“times a day” reads as a dose"),
        ("Come in!", "refuse", "“!” reads as cuteness"),
    ],
)
def test_a_sentence_is_held_to_its_rule(text: str, level: str, told: str) -> None:
    [found] = text_findings(text)
    assert found.level == level
    assert told in found.message


def test_a_short_or_plain_sentence_passes_and_a_question_claims_nothing() -> None:
    assert [*text_findings("Park behind the house."), *text_findings("Is it safe?")] == []
    assert grade_of("Closed today: snow.") is None
    assert grade_of("Call {phone} and ask us when you can come in to see us.", {"phone": "555-0143"}) is not None
    assert hard_words(HARD)[0] == "ultrasonographic"


def test_a_label_is_short_and_promises_nothing() -> None:
    assert [*label_findings("First visit")] == []
    assert [one.level for one in label_findings("Interventional musculoskeletal consultation")] == ["warn"]
    assert [one.level for one in label_findings("A cure " + "for it " * 9)] == ["refuse", "refuse"]


@pytest.mark.parametrize("part", ["benefit", "limits", "status", "risk", "source"])
def test_a_shot_without_one_of_its_parts_is_refused(clinic: Clinic, part: str) -> None:
    found = findings(with_option(clinic, "botox_knee", **{part: ""}), "option.botox_knee")
    assert any(one.level == "refuse" for one in found)


@pytest.mark.parametrize(
    ("intent", "text", "told"),
    [
        ("ask_bot", "Botox helps some people.", "that it is off-label"),
        ("ask_evidence", "With Botox some had less pain. It is off-label. The research is mixed.", "its risk"),
        ("ask_bot", "Some 40 percent were happy.", "a share stands without"),
        ("ask_bot", "In all 69 percent of 45 people had no pain.", "“small” is missing"),
        ("ask_bot", "Source: a study.", "it names a source, and has none"),
    ],
)
def test_an_answer_is_held_to_the_rules_of_content(clinic: Clinic, intent: str, text: str, told: str) -> None:
    found = findings(with_answer(clinic, intent, text={"en": text}), f"answer.{intent}")
    assert any(told in one.message and one.level == "refuse" for one in found)


def test_sources_have_to_be_named_to_the_patient(clinic: Clinic) -> None:
    changed = with_answer(clinic, "ask_surgery", source={"en": "The clinic says so."})
    assert "its sources are not named" in findings(changed, "answer.ask_surgery")[0].message


def test_braces_in_an_option_and_health_in_a_mail_are_refused(clinic: Clinic) -> None:
    found = findings(with_option(clinic, "acupuncture", what="Call {phone}."), "option.acupuncture")
    assert "no {braces}" in found[0].message
    mails = msgspec.structs.replace(
        clinic.notices.mails,
        booked=msgspec.structs.replace(clinic.notices.mails.booked, subject={"en": "Your knee visit"}),
    )
    changed = replace(clinic, notices=msgspec.structs.replace(clinic.notices, mails=mails))
    assert "“knee”" in findings(changed, "notice.mails.booked")[0].message


def test_a_translation_keeps_numbers_and_promises_nothing(clinic: Clinic) -> None:
    changed = with_answer(clinic, "ask_bot", text={"en": "Call 911 now.", "es": "Es un milagro. Llame al 112."})
    assert [one.message for one in findings(changed, "answer.ask_bot")] == [
        "“milagr” reads as a promise (es)", "its numbers are not those of the English text (es)",
    ]  # fmt: skip
