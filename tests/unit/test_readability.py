"""The reading grade: syllables by rule, and never kinder than the usual package."""

from __future__ import annotations

import pytest
import textstat

from knee_intake.readability import grade, sentences, syllables, words

BY_COUNT = {
    1: "a the knee walked booked moves you're can't don't won't are rules time care read weak salt yes eyes hour",
    2: "treatment doctor muscle able moving patient question didn't isn't clinic's being doing uses nurses diet quiet",
    3: "physical therapy arthritis injection exercise medicine threatening idea area anyone carefully",
    4: "acupuncture comparison chiropractic emergency society experience usually information",
    6: "osteoarthritis",
}  # fmt: skip


@pytest.mark.parametrize(
    ("word", "count"),
    [(word, count) for count, line in BY_COUNT.items() for word in line.split()],
)
def test_syllables_are_counted_as_they_are_said(word: str, count: int) -> None:
    assert syllables(word) == count


def test_a_number_is_one_word_of_one_syllable() -> None:
    assert words("Call 911, then wait 2.5 hours.") == ["Call", "911", "then", "wait", "2.5", "hours"]
    assert syllables("911") == 1


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two! Three?", 3),
        ("It costs 2.5 dollars.", 1),
        ("No full stop here", 1),
        ("A line\nAnd another", 2),
        ('He said "stop." Then he left.', 2),
        ("", 1),
    ],
)
def test_sentences_end_at_marks_and_lines_but_not_inside_numbers(text: str, count: int) -> None:
    assert sentences(text) == count


def test_the_grade_follows_the_formula() -> None:
    assert grade("The doctor looks at your knee.") == round(0.39 * 6 + 11.8 * 7 / 6 - 15.59, 1)


def test_a_text_without_words_has_grade_zero() -> None:
    assert grade("... 🙂") == 0.0


TEXTS = [
    "This chat is for adults. A parent should call us or the child's doctor.",
    "New swelling or pain in one calf can be a blood clot. Please get seen today.",
    "Botox can also be injected into the knee joint. The FDA has not approved this use.",
    "Intra-articular administration demonstrated heterogeneous outcomes across randomized investigations.",
    "Some people find acupuncture helps knee arthritis pain. Experts do not agree on how well it works.",
]


@pytest.mark.parametrize("text", TEXTS)
def test_the_grade_is_never_kinder_than_the_usual_package(text: str) -> None:
    usual = textstat.flesch_kincaid_grade(text)
    assert usual - 0.3 <= grade(text) <= usual + 5


def test_hard_words_and_long_sentences_read_harder() -> None:
    assert grade(TEXTS[3]) > 12 > 6 > grade(TEXTS[1])
