"""The lexicon files and the phrase language."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from knee_intake.errors import ClinicFileError
from knee_intake.understanding.lexicon import (
    LEXICON_FOLDER,
    Element,
    Entry,
    Lexicon,
    Modifier,
    compile_phrase,
    load_lexicon,
    word_set,
)
from knee_intake.understanding.pipeline import fold
from knee_intake.understanding.talk_words import FROM_TABLES
from knee_intake.understanding.types import VALUES

GROUPS = {"knee": ["knee", "knees", "knee cap"]}
FUNCTION_WORDS = word_set(
    """a an the i it its is are was were be been have has had not no dont doesnt didnt wont do does did my his her
    on in of to at for from with and or but so if when what how that this all any some one two very really
    just still also now then too more most up down out off over go goes going went make feel look keep take
    put see say think know want like day week month year time thing good big new old little lot you he she
    they we"""
)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load_lexicon()


def words(pattern: tuple[Element, ...]) -> list[list[str] | None]:
    return [sorted(element.words) if element.words is not None else None for element in pattern]


def test_alternatives_stand_in_one_place() -> None:
    assert [words(p) for p in compile_phrase("locks|locked up", GROUPS)] == [[["locked", "locks"], ["up"]]]


def test_a_group_with_a_member_of_two_words_makes_two_patterns() -> None:
    patterns = compile_phrase("my <knee>", GROUPS)
    assert sorted(words(p) for p in patterns) == [[["my"], ["knee"], ["cap"]], [["my"], ["knee", "knees"]]]


def test_an_underscore_joins_words_to_one_alternative() -> None:
    assert sorted(words(p) for p in compile_phrase("a_lot|often", {})) == [[["a"], ["lot"]], [["often"]]]


def test_a_question_mark_makes_a_place_optional() -> None:
    (pattern,) = compile_phrase("locks up?", {})
    assert [element.least for element in pattern] == [1, 0]


def test_a_phrase_never_ends_in_a_gap() -> None:
    patterns = compile_phrase("calf ~2 pain?", {})
    assert sorted(words(p) for p in patterns) == [[["calf"]], [["calf"], None, ["pain"]]]


def test_a_phrase_that_may_match_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="may match nothing"):
        compile_phrase("up? down?", {})


def test_no_finding_hangs_on_a_function_word_alone(lexicon: Lexicon) -> None:
    alone = {
        (rule.name, word)
        for rule in lexicon.rules
        if isinstance(rule.meaning, Entry) and not rule.name.startswith("idioms:")
        for pattern in rule.patterns
        if len(required := [e for e in pattern if e.words is not None and e.least]) == 1
        for word in (required[0].words or frozenset()) & FUNCTION_WORDS
    }
    assert alone == set()


def test_every_sign_is_one_the_safety_rules_know(lexicon: Lexicon) -> None:
    from knee_intake.safety import SIGNS

    stated = {sign for rule in lexicon.rules if isinstance(rule.meaning, Entry) for sign in rule.meaning.signs}
    assert stated <= set(SIGNS)
    explained = {sign for rule in lexicon.rules if isinstance(rule.meaning, Modifier) for sign in rule.meaning.signs}
    assert explained <= {*SIGNS, *VALUES["red_flags"], *VALUES["symptoms"]}


def test_every_spelling_leads_to_a_word_that_some_phrase_or_reader_knows(lexicon: Lexicon) -> None:
    known = lexicon.words | FROM_TABLES | {"ligament"}
    assert {right for right in lexicon.spelling.values() if not set(right.split()) <= known} == set()


def test_folding_keeps_offsets_and_drops_case_apostrophes_and_misspellings() -> None:
    tokens = fold("My Knee’s SWOLEN, can't", {"swolen": "swollen"})
    assert [t.word for t in tokens] == ["my", "knee", "swollen", ",", "cant", "."]
    assert (tokens[2].start, tokens[2].end) == (10, 16)


def copy_with(tmp_path: Path, name: str, old: str, new: str) -> Path:
    folder = tmp_path / "lexicon"
    shutil.copytree(LEXICON_FOLDER, folder)
    file = folder / name
    content = file.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("symptoms.yml", "value: swelling", "value: sweling", "expected one of swelling"),
        ("symptoms.yml", "phrases:", "phrase:", "phrase"),
        ("onset.yml", "<knee>", "<kneee>", "kneee"),
        ("assertion.yml", "category: negated", "category: denied", "category"),
    ],
)
def test_a_broken_file_is_refused_with_what_was_expected(
    tmp_path: Path, name: str, old: str, new: str, expected: str
) -> None:
    with pytest.raises(ClinicFileError, match=expected) as refused:
        load_lexicon(copy_with(tmp_path, name, old, new))
    assert name in str(refused.value)
