"""Slips that the words beside them put right, and the same letters where nothing beside them tells."""

import pytest

from tests import readers


@pytest.fixture(scope="module")
def speller():
    return readers.speller()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("it began three yearasgo", "it began three years ago"),
        ("everywhere in my letfknee", "everywhere in my left knee"),
        ("I tiwstde it", "I twisted it"),
        ("a yer ago", "a year ago"),
        ("ten yeas ago", "ten years ago"),
        ("about 4 monhsago", "about 4 months ago"),
        ("it has bene4 months", "it has been 4 months"),
        ("noe of these", "none of these"),
        ("nome of those", "none of those"),
        ("boh knees", "both knees"),
        ("I'm not suer", "I'm not sure"),
        ("i dobt know", "i dont know"),
        ("looks god", "looks good"),
        ("Tht's fine", "thats fine"),
    ],
)
def test_what_stands_beside_a_slip_tells_what_was_meant(speller, typed, meant):
    assert speller.mend(typed).text == meant


@pytest.mark.parametrize(
    "typed",
    [
        "one of these",
        "nine of these",
        "the moth was here",
        "oh my god",
        "sue me",
        "bath knees",
        "yeas and nays",
        "three days ago",
        "a weak knee",
    ],
)
def test_the_same_letters_stay_elsewhere(speller, typed):
    assert speller.mend(typed).text == typed
