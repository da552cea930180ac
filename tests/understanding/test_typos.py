"""The maker of typing errors: one error a text, never in what is given word for word."""

import pytest

from benchmarks.typos import mistype

TEXT = "my name is Priya Natarajan and my knee hurts"


def test_there_is_one_error_and_the_same_for_the_same_seed():
    wrong = [mistype(TEXT, seed) for seed in range(40)]
    assert wrong == [mistype(TEXT, seed) for seed in range(40)]
    assert sum(text != TEXT for text in wrong) >= 38  # two equal letters may be swapped
    assert all(abs(len(text) - len(TEXT)) <= 1 for text in wrong)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_given_word_for_word_stays(seed):
    assert "priya" in mistype("i am priya natarajan hello", seed, given="Priya Natarajan")


def test_a_text_with_an_error_gets_no_second_one():
    known = {"copule": False}
    assert mistype("copule weeks", 3, is_word=lambda word: known.get(word, True)) == "copule weeks"


def test_short_words_alone_stay():
    assert mistype("7 or 8", 1) == "7 or 8"
