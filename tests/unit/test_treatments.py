"""Explaining the options: which, in which order, in which words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from knee_intake.errors import ClinicFileError
from knee_intake.practice import Fact, Practice, load_practice
from knee_intake.readability import words
from knee_intake.treatments import Treatments, choose, explain, explain_one, load_treatments, menu

FOLDER = Path(__file__).parents[2] / "clinic"
FILE = FOLDER / "treatments.yml"
TREATMENTS = load_treatments(FILE)
PRACTICE = load_practice(FOLDER / "practice.yml")
CLOSING = "You and a clinician decide what comes next."


def chosen(practice: Practice = PRACTICE, **answers: Any) -> list[str]:
    return [option for option, _ in choose(answers, TREATMENTS, practice)]


def text_of(option: str, practice: Practice = PRACTICE, treatments: Treatments = TREATMENTS, **answers: Any) -> str:
    return explain_one(option, treatments, practice, answers=answers).text


def practice_that(**gives: bool) -> Practice:
    told = {service: Fact(value=value, confirmed=True) for service, value in gives.items()}
    return msgspec.structs.replace(PRACTICE, services={**PRACTICE.services, **told})


def test_front_pain_in_an_active_person_brings_therapy_first_and_then_the_dysport_study() -> None:
    options = chosen(pain_location=["anterior"], activity_level="vigorous", arthritis_history=["none"])
    assert options[:2] == ["physical_therapy", "dysport_hip_pt"]


@pytest.mark.parametrize("place", ["anterior", "lateral", "medial"])
@pytest.mark.parametrize("active", [{"activity_level": "moderate"}, {"activities": ["running"]}])
def test_the_articles_case_is_front_or_side_pain_with_any_sign_of_an_active_life(
    place: str, active: dict[str, Any]
) -> None:
    assert "dysport_hip_pt" in chosen(pain_location=["diffuse", place], arthritis_history=["none"], **active)


@pytest.mark.parametrize(
    "answers",
    [
        {"pain_location": ["anterior"], "activity_level": "sedentary"},
        {"pain_location": ["posterior"], "activity_level": "vigorous"},
        {"pain_location": ["diffuse"], "activities": ["running"]},
        {"pain_location": ["anterior"], "activities": ["yoga"]},
    ],
)
def test_the_dysport_study_does_not_come_up_for_others(answers: dict[str, Any]) -> None:
    assert "dysport_hip_pt" not in chosen(arthritis_history=["none"], **answers)


@pytest.mark.parametrize("kind", ["osteoarthritis", "other_arthritis", "unspecified"])
def test_arthritis_brings_therapy_then_what_is_known_about_botox(kind: str) -> None:
    assert chosen(arthritis_history=[kind], activity_level="light")[:2] == ["physical_therapy", "botox_knee"]


def test_rheumatoid_arthritis_brings_the_line_on_how_little_is_known() -> None:
    found = explain({"arthritis_history": ["rheumatoid_arthritis"]}, TREATMENTS, PRACTICE)
    assert [one.treatment for one in found] == ["physical_therapy", "botox_knee"]
    assert "For rheumatoid arthritis, there is very little research on this" in found[1].text
    assert "Do not stop your medicine." in found[1].text
    assert "small studies found less pain" not in found[1].text


def test_arthritis_and_the_articles_case_bring_both_shots_behind_therapy() -> None:
    answers = {"arthritis_history": ["osteoarthritis"], "pain_location": ["anterior"], "activities": ["cycling"]}
    assert chosen(**answers) == ["physical_therapy", "botox_knee", "dysport_hip_pt"]


def test_no_arthritis_and_a_quiet_life_bring_therapy_and_a_first_look() -> None:
    assert chosen(arthritis_history=["none"], activity_level="sedentary") == ["physical_therapy", "sports_medicine"]


@pytest.mark.parametrize("history", [None, [], "unsure"])
def test_while_arthritis_is_open_botox_is_explained_too(history: Any) -> None:
    assert chosen(arthritis_history=history) == ["physical_therapy", "botox_knee"]


def test_an_injury_brings_sports_medicine() -> None:
    assert chosen(onset="injury", arthritis_history=["none"]) == ["physical_therapy", "sports_medicine"]


def test_what_the_visitor_picked_wins_over_every_rule() -> None:
    assert chosen(interest=["acupuncture"], arthritis_history=["none"]) == ["acupuncture", "physical_therapy"]
    picks = ["dysport_hip_pt", "chiropractic", "botox_knee"]
    assert chosen(interest=picks, arthritis_history=["osteoarthritis"]) == picks


def test_not_sure_is_no_pick() -> None:
    assert chosen(interest=["not_sure"]) == chosen()


def test_more_picks_than_fit_are_cut() -> None:
    assert len(chosen(interest=[option for option, _ in menu(TREATMENTS)])) == 3


def test_an_unknown_pick_is_left_out() -> None:
    assert "magnets" not in chosen(interest=["magnets"])


def test_what_was_tried_comes_after_the_rest() -> None:
    answers = {"arthritis_history": ["osteoarthritis"], "treatments_tried": ["physical_therapy"]}
    assert chosen(**answers) == ["botox_knee", "acupuncture", "physical_therapy"]


def test_what_the_clinic_does_not_give_is_explained_only_where_it_was_picked() -> None:
    practice = practice_that(botox_knee=False)
    assert "botox_knee" not in chosen(practice, arthritis_history=["osteoarthritis"])
    assert chosen(practice, interest=["botox_knee"])[0] == "botox_knee"
    assert "This clinic does not give it." in text_of("botox_knee", practice)


def test_until_the_clinic_says_so_nobody_hears_that_it_gives_the_shots() -> None:
    line = "The clinic's article names it. The clinic will tell you if it gives it."
    assert [option for option, _ in menu(TREATMENTS) if line in text_of(option)] == ["botox_knee", "dysport_hip_pt"]
    assert line not in text_of("botox_knee", practice_that(botox_knee=True))


ANSWERS: list[dict[str, Any]] = [
    {},
    {"arthritis_history": ["osteoarthritis"]},
    {"arthritis_history": ["rheumatoid_arthritis"], "pain_location": ["anterior"], "activity_level": "vigorous"},
    {"pain_location": ["lateral"], "activities": ["running"], "arthritis_history": ["none"], "onset": "injury"},
    {"interest": ["chiropractic"], "activity_level": None, "pain_location": "unsure"},
]


@pytest.mark.parametrize("answers", ANSWERS)
def test_two_or_three_texts_each_opening_with_its_label_and_one_closing(answers: dict[str, Any]) -> None:
    found = explain(answers, TREATMENTS, PRACTICE)
    labels = dict(menu(TREATMENTS))
    assert 2 <= len(found) <= 3
    assert len({one.treatment for one in found}) == len(found)
    for one in found:
        assert one.text.startswith(f"{labels[one.treatment]}: ")
        assert one.sources
        assert one.why
    assert [CLOSING in one.text for one in found] == [False] * (len(found) - 1) + [True]


@pytest.mark.parametrize("answers", [{}, {"arthritis_history": ["rheumatoid_arthritis"]}])
@pytest.mark.parametrize("option", ["botox_knee", "dysport_hip_pt"])
def test_benefit_limits_status_risk_and_source_of_a_shot_are_one_message(option: str, answers: dict[str, Any]) -> None:
    text = text_of(option, **answers)
    assert any(words in text for words in ("less pain", "had no pain", "very little research"))
    assert any(words in text for words in ("no better than salt water", "no comparison group", "very little research"))
    assert "FDA has not approved it for knee pain (off-label)" in text
    assert "life-threatening trouble swallowing or breathing" in text
    assert "Sources: " in text


def test_the_five_year_figure_stands_with_everything_that_limits_it() -> None:
    text = text_of("dysport_hip_pt")
    for limit in (
        "small London study",
        "45 people",
        "one kind of knee pain",
        "Five years later",
        "no comparison group",
    ):
        assert limit in text


@pytest.mark.parametrize(("option", "most"), [("botox_knee", 95), ("dysport_hip_pt", 106)])
def test_the_text_on_a_shot_stays_short(option: str, most: int) -> None:
    assert len(words(text_of(option))) <= most
    assert len(words(text_of(option, practice_that(**{option: True})))) <= 90


@pytest.mark.parametrize("option", ["physical_therapy", "sports_medicine", "acupuncture", "chiropractic"])
def test_the_other_texts_are_shorter_still(option: str) -> None:
    for answers in ANSWERS:
        assert len(words(text_of(option, **answers))) <= 65


def test_live_an_option_without_approval_is_only_named() -> None:
    live = TREATMENTS.for_live()
    assert text_of("botox_knee", treatments=live) == (
        "Botox in the knee: The clinic will tell you about this one at your visit."
    )
    approved = msgspec.structs.replace(TREATMENTS.get("acupuncture"), approved_by="A. Clinician, 2026")
    signed = msgspec.structs.replace(TREATMENTS, treatments=[approved]).for_live()
    assert text_of("acupuncture", treatments=signed) == text_of("acupuncture")


def test_an_option_in_a_language_without_translation_is_told_in_english() -> None:
    assert explain_one("botox_knee", TREATMENTS, PRACTICE, "es").text == text_of("botox_knee")


def test_an_unknown_option_is_a_defect_and_raises() -> None:
    with pytest.raises(KeyError):
        explain_one("magnets", TREATMENTS, PRACTICE)


def test_the_menu_has_the_six_options_of_the_article() -> None:
    assert sorted(option for option, _ in menu(TREATMENTS)) == [
        "acupuncture", "botox_knee", "chiropractic", "dysport_hip_pt", "physical_therapy", "sports_medicine",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('        status: "The FDA', '        what_else: "The FDA', "unknown field"),
        ('        limits: "A larger one found it was no better than salt water."\n', "", "say its limits too"),
        ("  - id: acupuncture", "  - id: chiropractic", "`chiropractic` is there twice"),
        ("sources: [S27a]", "sources: []", "at least one source"),
        ("label: {en: Acupuncture}", "label: {fr: Acupuncture}", "in `en`"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, old: str, new: str, expected: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "treatments.yml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ClinicFileError) as caught:
        load_treatments(path)
    assert expected in caught.value.expected
    assert caught.value.line is not None
