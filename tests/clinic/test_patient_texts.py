"""Every text that a patient can read: plain, honest, sourced, and in the pack that a clinician signs.

The texts are walked as `knee-intake texts` prints them; a second walk, over the bare files, holds the first one to
having all of them. So a new file, key or language is covered the day it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from knee_intake.approvals import SIGNED_IN_FILES, reviews
from knee_intake.banned_words import BANNED
from knee_intake.booking.ics import TEXTS as CALENDAR
from knee_intake.checked_yaml import read_yaml
from knee_intake.clinic import load_clinic
from knee_intake.errors import KneeIntakeError, StaffError
from knee_intake.faq import answer, placeholders
from knee_intake.patient_texts import FEWEST_WORDS, PatientText, patient_texts, readable
from knee_intake.practice import Fact
from knee_intake.readability import grade, syllables, words
from knee_intake.text_rules import (
    BANNED_ABROAD,
    BENEFIT,
    BESIDE_A_BENEFIT,
    DENOMINATOR,
    DRUG,
    EXEMPT,
    HARD_STOP,
    HARDER,
    HARMLESS,
    LABEL_SYLLABLES,
    LABEL_WORDS,
    LIMITS_OF_69,
    NO_OFFER,
    SAYS,
    SHARE,
    TARGET,
    claims,
)
from knee_intake.treatments import OFF_LABEL_NEEDS, explain, explain_one

FOLDER = Path(__file__).parents[2] / "clinic"
CLINIC = load_clinic(FOLDER)
FILES = {path.name: read_yaml(path) for path in sorted(FOLDER.glob("*.yml"))}
UNITS = patient_texts(CLINIC)
BY_ID = {unit.id: unit for unit in UNITS}

# ---- what a person has reviewed: nothing is exempt that does not stand here, or in knee_intake/text_rules.py

TO_NAME: dict[str, tuple[str, ...]] = {}
"""Medical texts whose entries cannot name a source yet, and the sources that bear them out."""

NO_SOURCE: dict[str, str] = {
    "safety.RF00": "rests on no finding: an alarm question that stays unclear is taken for a yes",
    "safety.RF19": "general knowledge; its note sends a clinician to check rule and wording",
    "safety.RF20": "general knowledge; its note sends a clinician to check rule and wording",
    "safety.RF21": "general knowledge; its note sends a clinician to check the wording",
    "answer.ask_interest": "tells of the clinic's own interests, and of health only that sources are named",
    "phrase.sources_none": "says where the others come from",
    "phrase.line_arthritis": "the name of a line in the list of answers",
}
"""Texts that sound medical, or are, and name no source, and why."""

FACTS = ("practice.yml.visit_types.", "practice.yml.clinicians.")
"""Facts of the clinic, which it confirms; nobody signs them."""


class Text(NamedTuple):
    """One message of one text."""

    unit: str
    name: str
    text: str
    is_label: bool = False

    @property
    def filled(self) -> str:
        """With something like what will stand in the braces; its English part."""
        example = {"phone": "555-0143 (demo number)", "clinic": "43rd Street Medical", "hours": "Demo hours: noon."}
        return readable(self.text, {} if self.unit.startswith("wording.") else example)

    @property
    def claims(self) -> str:
        return claims(self.text, self.unit)


def messages(units: list[PatientText], lang: str = "en") -> Iterator[Text]:
    """All of the pack, as patients get them."""
    for unit in units:
        for part in unit.messages:
            if part.lang == lang:
                is_label = part.is_label or unit.section == "names" or unit.id.endswith("_label")
                yield Text(unit.id, part.name, part.text, is_label)


def practices() -> Iterator[tuple[str, Any]]:
    """The clinic as it is, and as one that gives each treatment or none."""
    yield "as it is", CLINIC.practice
    for told in (True, False):
        services = {name: Fact(value=told, confirmed=True) for name in CLINIC.practice.services}
        yield f"gives: {told}", msgspec.structs.replace(CLINIC.practice, services=services)


def replies() -> Iterator[Text]:
    """What the program really says: options in every state of the clinic, answers, whole explanations."""
    for state, practice in practices():
        for option in CLINIC.treatments.treatments:
            for kind in ("none", *option.variants):
                answers = {"arthritis_history": [kind], "interest": [option.id]}
                said = explain_one(option.id, CLINIC.treatments, practice, answers=answers)
                yield Text(f"option.{option.id}", f"told to {kind}, {state}", said.text)
                for one in explain(answers, CLINIC.treatments, practice):
                    yield Text(f"option.{one.treatment}", f"beside {option.id} to {kind}, {state}", one.text)
    for intent, entry in CLINIC.faq.answers.items():
        unit = f"option.{entry.treatment}" if entry.treatment else f"answer.{intent}"
        yield Text(unit, f"to {intent}", answer(intent, CLINIC).text)


def from_code() -> Iterator[Text]:
    """Sentences that stand in the code: what is said when something fails, and what a calendar file says."""
    kinds = [KneeIntakeError]
    for kind in kinds:
        kinds += [child for child in kind.__subclasses__() if child is not StaffError]
        yield Text(f"error.{kind.__name__}", "", kind.visitor)
    for name, text in CALENDAR["en"].items():
        yield Text(f"calendar.{name}", "", text, is_label=not name.startswith("note_"))


def texts_in(data: Any, where: str) -> Iterator[tuple[str, str, str]]:
    """(where, language, text) of every text in a bare file: what stands under `en`, and its translations."""
    if isinstance(data, dict):
        if "en" in data:
            for lang, told in data.items():
                yield from ((place, lang, text) for place, text in strings_in(told, where))
            return
        for key, value in data.items():
            yield from texts_in(value, f"{where}.{key}")
    elif isinstance(data, list):
        for number, value in enumerate(data):
            name = value.get("id", value.get("value", number)) if isinstance(value, dict) else number
            yield from texts_in(value, f"{where}.{name}")


def strings_in(told: Any, where: str) -> Iterator[tuple[str, str]]:
    """Every string of one language."""
    if isinstance(told, str):
        yield where, told
    elif isinstance(told, dict):
        for key, value in told.items():
            yield from strings_in(value, f"{where}.{key}")
    elif isinstance(told, list):
        for number, value in enumerate(told):
            yield from strings_in(value, f"{where}.{number}")


BARE = [found for name, data in FILES.items() for found in texts_in(data, name)]
PACK = list(messages(UNITS))
OTHERS = list(dict.fromkeys([*replies(), *from_code()]))
FACT_LABELS = [Text(where, "", text, is_label=True) for where, _, text in BARE if where.startswith(FACTS)]
SAID = [*PACK, *OTHERS, *FACT_LABELS]


def every_text(texts: list[Text]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("text", texts, ids=[f"{text.unit}:{text.name}" for text in texts])


# ---- nothing is missing


def test_the_walk_over_bare_files_reads_languages_at_any_depth() -> None:
    data = {"a": [{"id": "one", "text": {"en": "Hi.", "es": "Hola."}}], "b": {"en": {"what": ["So."]}}, "c": {"d": 1}}
    assert list(texts_in(data, "f")) == [
        ("f.a.one.text", "en", "Hi."), ("f.a.one.text", "es", "Hola."), ("f.b.what.0", "en", "So."),
    ]  # fmt: skip


def test_the_bare_walk_finds_texts_in_every_file_that_patients_read() -> None:
    found = {where.split(".yml")[0] for where, _, _ in BARE}
    assert found == {"answers", "article", "notices", "practice", "questions", "red_flags", "treatments"}
    assert len(BARE) > 300


def test_every_text_of_every_file_is_in_the_pack_that_is_signed() -> None:
    signed = {(part.lang, part.text) for unit in UNITS for part in unit.parts}
    assert [where for where, lang, text in BARE if (lang, text) not in signed and not where.startswith(FACTS)] == []


def test_every_wording_of_a_text_can_be_read_in_the_pack() -> None:
    for unit in UNITS:
        for part in unit.parts:
            assert any(part.lang == one.lang and part.text in one.text for one in unit.messages), (unit.id, part.name)


def test_what_the_program_says_of_an_option_or_answer_is_what_was_signed() -> None:
    filled = placeholders(CLINIC.practice)
    for text in replies():
        opening = text.text.split(". ")[0]
        assert any(opening in readable(one.text, filled) for one in BY_ID[text.unit].messages), text


def test_as_shipped_no_clinician_has_signed_anything() -> None:
    assert {one.state for one in reviews(CLINIC)} == {"open"}
    assert {signed for name in SIGNED_IN_FILES for signed in approvals(FILES[name])} <= {None}


def approvals(data: Any) -> Iterator[Any]:
    """Every value under `approved_by`."""
    if isinstance(data, dict):
        if "approved_by" in data:
            yield data["approved_by"]
        for value in data.values():
            yield from approvals(value)
    elif isinstance(data, list):
        for value in data:
            yield from approvals(value)


# ---- plain


@every_text([text for text in SAID if not text.is_label and len(words(text.filled)) >= FEWEST_WORDS])
def test_it_reads_at_grade_six_or_below(text: Text) -> None:
    found = grade(text.filled)
    assert found <= HARD_STOP
    assert found <= TARGET or text.unit in HARDER, f"grade {found}: {text.filled}"


@every_text([text for text in SAID if text.is_label])
def test_a_label_is_short_and_of_short_words(text: Text) -> None:
    found = words(text.filled)
    assert 1 <= len(found) <= LABEL_WORDS
    assert len(found) < 3 or sum(map(syllables, found)) / len(found) <= LABEL_SYLLABLES


def test_the_grade_in_the_pack_is_that_of_its_hardest_message() -> None:
    unit = BY_ID["option.botox_knee"]
    assert unit.grade == max(grade(part.text) for part in unit.messages)


def test_every_exception_from_the_target_is_still_needed() -> None:
    assert set(HARDER) <= {text.unit for text in SAID if grade(text.filled) > TARGET}


# ---- honest


@every_text(SAID)
def test_it_promises_nothing_diagnoses_nothing_and_names_no_dose(text: Text) -> None:
    for name, pattern in BANNED.items():
        found = re.search(pattern, text.claims, re.IGNORECASE)
        assert found is None, f"{name}: {found}"


@pytest.mark.parametrize(
    ("claim", "name"),
    [
        ("It is proven.", "a promise"),
        ("The shots are safe.", "a promise"),
        ("It has no side effects.", "a promise"),
        ("This is a cure.", "a promise"),
        ("You may have arthritis.", "a diagnosis"),
        ("You should get Botox.", "advice to have a treatment"),
        ("This is best for you.", "advice to have a treatment"),
        ("You don't need a doctor.", "advice to go without care"),
        ("We give 100 units.", "a dose"),
        ("Take it three times a day.", "a dose"),
        ("25 percent of women have it.", "a wrong figure of the article"),
        ("Our patients love it.", "praise by patients"),
        ("Great!", "cuteness"),
    ],
)
def test_the_banned_words_are_recognised(claim: str, name: str) -> None:
    found = [
        found for found, pattern in BANNED.items() if re.search(pattern, Text("", "", claim).claims, re.IGNORECASE)
    ]
    assert found == [name]


def test_every_exempt_word_is_there_once_reviewed_and_would_be_banned_without_it() -> None:
    for unit, exempt in EXEMPT.items():
        told = " ".join(text.text for text in PACK if text.unit == unit)
        for said in exempt:
            assert said in told, (unit, said)
            assert any(re.search(pattern, said, re.IGNORECASE) for pattern in BANNED.values()), (unit, said)


@pytest.mark.parametrize("claim", CLINIC.article.claims, ids=lambda claim: claim.id)
def test_the_articles_own_claims_stay_in_quotation_marks_with_what_is_wrong_beside_them(claim: Any) -> None:
    banned = [name for name, pattern in BANNED.items() if re.search(pattern, claim.quote, re.IGNORECASE)]
    assert not banned or (claim.verdict != "right" and claim.replacement), banned
    assert claim.quote.lower() not in claim.replacement.get("en", "").lower() or claim.verdict == "incomplete"


@every_text([text for text in SAID if re.search(r"\b69\b|sixty-nine", text.text)])
def test_the_69_percent_stand_with_all_their_limits(text: Text) -> None:
    for limit in LIMITS_OF_69:
        assert limit in text.text, limit


@every_text([text for text in PACK if re.search(r"\d", text.text) or SHARE.search(text.text)])
def test_no_number_stands_without_its_denominator(text: Text) -> None:
    if SHARE.search(text.text):
        assert DENOMINATOR.search(text.text), text.text
    rest = SHARE.sub("", text.text)
    for pattern in HARMLESS:
        rest = re.sub(pattern, "", rest, flags=re.IGNORECASE)
    assert re.findall(r"\S*\d\S*", rest) == []


@pytest.mark.parametrize(
    ("claim", "is_share", "has_denominator"),
    [
        ("69 percent had no pain.", True, False),
        ("Of 45 people, 69 percent had no pain.", True, True),
        ("Half of the people felt better.", True, False),
        ("It works twice as well.", True, False),
        ("Call 911.", False, False),
    ],
)
def test_a_share_is_told_from_other_numbers(claim: str, is_share: bool, has_denominator: bool) -> None:
    assert (bool(SHARE.search(claim)), bool(DENOMINATOR.search(claim))) == (is_share, has_denominator)


# ---- the shots: benefit, limits, status, risk and source in one message

SHOTS = [option for option in CLINIC.treatments.treatments if option.off_label]


def test_the_shots_are_the_two_of_the_article() -> None:
    assert [option.id for option in SHOTS] == ["botox_knee", "dysport_hip_pt"]


@every_text([text for text in SAID if text.unit in {f"option.{option.id}" for option in SHOTS} and not text.is_label])
def test_a_shot_is_told_with_benefit_limits_status_risk_and_source_in_one_message(text: Text) -> None:
    for name, pattern in SAYS.items():
        assert re.search(pattern, text.text), name


@pytest.mark.parametrize("option", SHOTS, ids=lambda option: option.id)
def test_each_part_of_a_shot_is_in_its_one_message_in_every_language_and_variant(option: Any) -> None:
    for lang in option.text:
        for variant in (None, *option.variants):
            said = explain_one(option.id, CLINIC.treatments, CLINIC.practice, lang, {"arthritis_history": [variant]})
            for name in OFF_LABEL_NEEDS:
                assert option.parts(lang, variant)[name] in said.text, (lang, variant, name)


@every_text([text for text in SAID if DRUG.search(text.text) and not text.unit.startswith(NO_OFFER)])
def test_whoever_names_botox_or_dysport_as_an_option_says_off_label(text: Text) -> None:
    assert "off-label" in text.text or text.is_label, text.text


@every_text([text for text in SAID if DRUG.search(text.text) and BENEFIT.search(text.text)])
def test_a_benefit_of_the_drugs_never_stands_without_limit_status_risk_and_source(text: Text) -> None:
    for name, pattern in BESIDE_A_BENEFIT.items():
        assert re.search(pattern, text.text), name


# ---- sourced

MEDICAL = re.compile(
    r"\b(stud(y|ies)|studied|trials?|research|FDA|off-label|side effects?|infection|clot|arthritis|exercises?"
    r"|shots?|Botox|Dysport|needles|X-ray|old pain|joint trouble)\b", re.IGNORECASE
)  # fmt: skip


def is_medical(unit: PatientText) -> bool:
    """It warns, or states something about illness, treatment or research."""
    stated = (text for text in messages([unit]) if not text.is_label)
    return unit.section == "safety" or any(MEDICAL.search(text.claims) for text in stated)


MEDICAL_UNITS = [unit for unit in UNITS if is_medical(unit)]


@pytest.mark.parametrize("unit", MEDICAL_UNITS, ids=lambda unit: unit.id)
def test_a_medical_text_has_a_source_that_is_there(unit: PatientText) -> None:
    sources = unit.sources or TO_NAME.get(unit.id, ())
    assert sources or unit.id in NO_SOURCE
    for one in sources:
        source = CLINIC.sources[one]
        assert source.title
        assert source.url or source.doi or source.note


@pytest.mark.parametrize("unit", MEDICAL_UNITS, ids=lambda unit: unit.id)
def test_the_clinics_article_alone_bears_out_nothing_on_drugs(unit: PatientText) -> None:
    if set(unit.sources) == {"ARTICLE"}:
        assert not any(DRUG.search(text.claims) for text in messages([unit]))


def test_the_list_of_what_has_no_source_is_of_medical_texts_that_have_none() -> None:
    medical = {unit.id for unit in MEDICAL_UNITS if not unit.sources}
    assert (set(NO_SOURCE) | set(TO_NAME)) - medical == set()
    assert set(NO_SOURCE) & set(TO_NAME) == set()


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.section in ("options", "answers")], ids=lambda u: u.id)
def test_an_option_or_answer_with_sources_names_them_to_the_patient(unit: PatientText) -> None:
    named = [bool(re.search(r"\bSources?: \S", text.text)) for text in messages([unit]) if not text.is_label]
    assert named == [bool(unit.sources)] * len(named)


def test_every_source_is_used_or_kept_for_staff_and_says_what_it_is() -> None:
    for one, source in FILES["sources.yml"].items():
        assert source["title"], one
        assert source["kind"] in {"study", "review", "guideline", "label", "news", "clinic", "reference"}, one
        assert source.get("url") or source.get("doi") or source.get("note"), one


# ---- translated

TRANSLATED = [unit for unit in UNITS if {part.lang for part in unit.parts} != {"en"}]


@pytest.mark.parametrize("unit", TRANSLATED, ids=lambda unit: unit.id)
def test_a_translation_names_the_same_numbers_and_promises_nothing(unit: PatientText) -> None:
    english = {part.name: set(re.findall(r"\d+", part.text)) for part in unit.parts if part.lang == "en"}
    for part in unit.parts:
        if part.lang != "en":
            assert set(re.findall(r"\d+", part.text)) == english[part.name], part
            assert not re.search(BANNED_ABROAD.get(part.lang, r"$^"), part.text, re.IGNORECASE), part


# ---- a text that is changed in a copy is caught: the tests above can fail


def test_a_dose_slipped_into_any_text_would_be_seen() -> None:
    option = CLINIC.treatments.get("botox_knee")
    what = msgspec.structs.replace(option.text["en"], what="It is 200 units into the knee joint.")
    changed = msgspec.structs.replace(option, text={"en": what})
    treatments = msgspec.structs.replace(CLINIC.treatments, treatments=[changed])
    unit = next(one for one in patient_texts(replace(CLINIC, treatments=treatments)) if one.id == "option.botox_knee")
    assert all(re.search(BANNED["a dose"], text.claims) for text in messages([unit]) if not text.is_label)
