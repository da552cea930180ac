"""Every text that a patient can read, in whatever file of clinic/ it stands: plain, honest, sourced.

A text is a mapping of languages with `en` in it; a new file or key is covered the day it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from knee_intake.checked_yaml import read_yaml
from knee_intake.faq import load_faq
from knee_intake.practice import load_practice
from knee_intake.readability import grade, syllables, words
from knee_intake.treatments import explain_one, load_treatments

FOLDER = Path(__file__).parents[2] / "clinic"
FILES = {path.name: read_yaml(path) for path in sorted(FOLDER.glob("*.yml"))}

TARGET, HARD_STOP = 6.0, 8.0
FEWEST_WORDS = 8
"""In shorter ones a single word decides the grade. Their words are checked below like all others."""

LABEL_WORDS, LABEL_SYLLABLES = 18, 2.4
"""A label's length, and its syllables a word where it has several words."""

HARDER: dict[str, str] = {}
"""Where a text may read above the target, and why; the hard stop holds for them too."""

EXAMPLE = {
    "phone": "555-0143 (demo number)",
    "clinic": "43rd Street Medical",
    "hours": "Demo hours: Monday to Friday, 9 AM to noon and 1 PM to 5 PM.",
}


class Text(NamedTuple):
    where: str
    text: str

    @property
    def filled(self) -> str:
        """With something like what will stand in the braces; its English part."""
        english = self.text.partition("En español:")[0]
        example = EXAMPLE | ({"hours": "Monday to Friday, 9 AM to 5 PM"} if self.where.startswith("practice") else {})
        return re.sub(r"\{(\w+)\}", lambda found: example.get(found[1], "this one"), english)

    @property
    def is_label(self) -> bool:
        """A choice, a value or a name: no sentence, so a grade means nothing."""
        return bool(re.search(r"\.label$|\.labels\.|_label$|\.role$", self.where))


def texts_in(data: Any, where: str) -> Iterator[Text]:
    """Every English patient text below here."""
    if isinstance(data, dict):
        english = data.get("en")
        if isinstance(english, str):
            yield Text(where, english)
        elif isinstance(english, dict):
            for part, text in english.items():
                yield Text(f"{where}.{part}", text)
        for key, value in data.items():
            yield from texts_in(value, f"{where}.{key}") if key != "en" else ()
    elif isinstance(data, list):
        for number, value in enumerate(data):
            name = value.get("id", value.get("value", number)) if isinstance(value, dict) else number
            yield from texts_in(value, f"{where}.{name}")


def messages() -> Iterator[Text]:
    """Options and answers as they are said: all parts in one message."""
    for intent, entry in load_faq(FOLDER / "answers.yml").answers.items():
        for state in (entry.known_text, entry.unconfirmed_text) if entry.needs else ({},):
            parts = [part["en"] for part in (entry.text, state, entry.source) if part]
            if parts:
                kind = "unconfirmed" if state is entry.unconfirmed_text else "known"
                yield Text(f"message.{intent}.{kind}", " ".join(parts))
    practice, treatments = load_practice(FOLDER / "practice.yml"), load_treatments(FOLDER / "treatments.yml")
    for option in treatments.treatments:
        for kind in ("none", *option.variants):
            said = explain_one(option.id, treatments, practice, answers={"arthritis_history": [kind]})
            yield Text(f"message.{option.id}.{kind}", said.text)


TEXTS = [text for name, data in FILES.items() for text in texts_in(data, name)]
MESSAGES = list(messages())
IN_PARTS = ("treatments.yml.treatments.", "answers.yml.answers.")
SAID = [text for text in TEXTS if not text.where.startswith(IN_PARTS) or text.is_label] + MESSAGES


def every_text(texts: list[Text]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("text", texts, ids=[text.where for text in texts])


def test_the_walk_finds_texts_in_every_file_that_patients_read() -> None:
    found = {text.where.split(".yml")[0] for text in TEXTS}
    assert found >= {"answers", "practice", "questions", "red_flags", "treatments"}
    assert len(TEXTS) > 150


def test_the_walk_reads_languages_at_any_depth() -> None:
    data = {"a": [{"id": "one", "text": {"en": "Hi.", "es": "Hola."}}], "b": {"en": {"what": "So."}}, "c": {"d": 1}}
    assert list(texts_in(data, "f")) == [Text("f.a.one.text", "Hi."), Text("f.b.what", "So.")]


@every_text([text for text in SAID if not text.is_label and len(words(text.filled)) >= FEWEST_WORDS])
def test_it_reads_at_grade_six_or_below(text: Text) -> None:
    found = grade(text.filled)
    assert found <= HARD_STOP
    assert found <= TARGET or text.where in HARDER, f"grade {found}: {text.filled}"


@every_text([text for text in SAID if text.is_label])
def test_a_label_is_short_and_of_short_words(text: Text) -> None:
    found = words(text.filled)
    assert 1 <= len(found) <= LABEL_WORDS
    assert len(found) < 3 or sum(map(syllables, found)) / len(found) <= LABEL_SYLLABLES


def test_every_exception_from_the_target_is_still_needed() -> None:
    harder = {text.where for text in SAID if grade(text.filled) > TARGET}
    assert set(HARDER) <= harder


BANNED = {
    "a promise": r"\bprove[ns]?\b|\bproof\b|\bcures?d?\b|\bguarante|\bpain[- ]free\b|\bmiracle|\bbreakthrough"
    r"|\b(highly|very) effective\b|\bdramatic",
    "a diagnosis": r"(?<!if )(?<!when )\byou (probably |likely |may |might )?have (a |an )?"
    r"(\w+ )?(arthritis|osteoarthritis|tear|torn|fracture|sprain|infection|clot|bursitis|tendon)",
    "advice to have a treatment": r"\byou (should|must|need to) (get|have|try|take|use|stop)\b"
    r"|\b(best|right|perfect|ideal) (for you|treatment for you)\b|\b(suits|fits) you\b|\bwe recommend\b",
    "advice to go without care": r"\b(don't|do not) need (a|to see a) (doctor|clinician)\b|\byou are fine\b",
    "a dose": r"\b\d+\s?(units?|mg|mcg|ml|cc|iu|u)\b|\bunits\b|\bdos(e|es|age)\b|\bmilligrams?\b",
    "a wrong figure of the article": r"\b(20|25) ?(%|percent)|\bthree months of physical|\bsports therapy\b",
    "praise by patients": r"\btestimonial|\bour patients (say|love)|\bpatients say\b",
    "cuteness": r"[\U0001F300-\U0001FAFF\u2600-\u27BF]|!",
}  # fmt: skip

STATED = re.compile(r"[^.?!]*[.?!]?")


def claims(text: str) -> str:
    """The text without its questions and without what it says it cannot say: these claim nothing."""
    stated = (sentence for sentence in STATED.findall(text) if not sentence.endswith("?"))
    return "".join(sentence for sentence in stated if not sentence.strip().startswith("I can't say what"))


@every_text(SAID)
def test_it_promises_nothing_diagnoses_nothing_and_names_no_dose(text: Text) -> None:
    for name, pattern in BANNED.items():
        found = re.search(pattern, claims(text.text), re.IGNORECASE)
        assert found is None, f"{name}: {found}"


@pytest.mark.parametrize(
    ("claim", "name"),
    [
        ("It is proven.", "a promise"),
        ("You may have arthritis.", "a diagnosis"),
        ("You should get Botox.", "advice to have a treatment"),
        ("This is best for you.", "advice to have a treatment"),
        ("You don't need a doctor.", "advice to go without care"),
        ("We give 100 units.", "a dose"),
        ("25 percent of women have it.", "a wrong figure of the article"),
        ("Our patients love it.", "praise by patients"),
        ("Great!", "cuteness"),
    ],
)
def test_the_banned_words_are_recognised(claim: str, name: str) -> None:
    assert [found for found, pattern in BANNED.items() if re.search(pattern, claim, re.IGNORECASE)] == [name]


@every_text([text for text in SAID if re.search(r"\bsafe(ly)?\b", text.text, re.IGNORECASE)])
def test_nothing_is_called_safe_without_limits(text: Text) -> None:
    assert re.search(r"\bnot safe\b", text.text, re.IGNORECASE), text.text


@every_text([text for text in SAID if re.search(r"\b69\b|sixty-nine", text.text)])
def test_the_69_percent_stand_with_all_their_limits(text: Text) -> None:
    for limit in ("small", "45 people", "one kind of knee pain", "comparison group", "Five years later"):
        assert limit in text.text, limit


DRUG = re.compile(r"\b(Botox|Dysport)\b")
NO_OFFER = ("red_flags.yml.", "questions.yml.questions.", "questions.yml.labels.")
"""Names the drugs to ask or to warn, not as an option."""


@every_text([text for text in SAID if DRUG.search(text.text) and not text.where.startswith(NO_OFFER)])
def test_whoever_names_botox_or_dysport_as_an_option_says_off_label(text: Text) -> None:
    assert "off-label" in text.text or text.where.endswith(".label"), text.text


BENEFIT = re.compile(r"less pain|had no pain|calms? (the )?pain", re.IGNORECASE)


@every_text([text for text in SAID if DRUG.search(text.text) and BENEFIT.search(text.text)])
def test_a_benefit_of_the_drugs_never_stands_without_limit_status_risk_and_source(text: Text) -> None:
    assert re.search(r"mixed|no better than|comparison group|very little research", text.text)
    assert "off-label" in text.text
    assert "life-threatening" in text.text
    assert re.search(r"\bSources?: ", text.text)


def source_lists(data: Any, where: str) -> Iterator[tuple[str, list[str]]]:
    """Every list under a key `sources`, at any depth."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "sources" and isinstance(value, list):
                yield where, list(value)
            yield from source_lists(value, f"{where}.{key}")
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from source_lists(value, f"{where}.{number}")


SOURCES = [found for name, data in FILES.items() for found in source_lists(data, name)]


@pytest.mark.parametrize(("where", "ids"), SOURCES, ids=[where for where, _ in SOURCES])
def test_every_source_that_is_named_is_there(where: str, ids: list[str]) -> None:
    assert [one for one in ids if one not in FILES["sources.yml"]] == []


def test_every_source_is_used_or_kept_for_staff_and_says_what_it_is() -> None:
    for one, source in FILES["sources.yml"].items():
        assert source["title"], one
        assert source["kind"] in {"study", "review", "guideline", "label", "news", "clinic", "reference"}, one
        assert source.get("url") or source.get("doi") or source.get("note"), one


def unsigned(data: Any, where: str, is_covered: bool = False) -> Iterator[str]:
    """Patient texts that no `approved_by`, null or not, stands over."""
    if isinstance(data, dict):
        is_covered = is_covered or "approved_by" in data
        if "en" in data and not is_covered:
            yield where
        for key, value in data.items():
            yield from unsigned(value, f"{where}.{key}", is_covered)
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from unsigned(value, f"{where}.{number}", is_covered)


@pytest.mark.parametrize("name", FILES)
def test_every_text_says_who_approved_it_or_that_nobody_did_yet(name: str) -> None:
    assert list(unsigned(FILES[name], name)) == []


def approvals(data: Any) -> Iterator[Any]:
    if isinstance(data, dict):
        if "approved_by" in data:
            yield data["approved_by"]
        for value in data.values():
            yield from approvals(value)
    elif isinstance(data, list):
        for value in data:
            yield from approvals(value)


def test_as_shipped_no_clinician_has_signed_anything() -> None:
    assert {signed for data in FILES.values() for signed in approvals(data)} == {None}
