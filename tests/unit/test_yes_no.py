"""Yes, no and not sure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knee_intake.understanding.yes_no import is_question, read_yes_no

YES = (
    """
yes|Yeah, I guess|absolutely|sure thing|mm-hmm|Yes it does.|yup|OK|that works for me|I do.|a little bit|of course
you got that right|sometimes, yes|go ahead|sure, why not?|I don't mind|unfortunately, yes|that'd be great|👍
uh-huh|correct|I think that's right|no problem|yes, I have not slept well|only when I bend it|every day|it does, a bit
""".strip()
    .replace("\n", "|")
    .split("|")
)
NO = (
    """
no|nope, never|not really|uh-uh|I wouldn't say so|I don't think so|not that I know of|correct, I never have|yeah, no
none at all|nothing else, thanks|I'm good, thank you|no thanks|I have no allergies|well, no|that's not right|👎
maybe later|not yet|I doubt it|never had one|right, no|not to my knowledge|could you change the time?|not even once
""".strip()
    .replace("\n", "|")
    .split("|")
)
UNSURE = (
    """
maybe|not sure|I honestly don't know|idk|could be|hard to say
it depends|I can't remember|no idea|?|hmm, perhaps|who knows
I couldn't tell you|yes, but I'm not sure|not 100% sure|there's a chance
""".strip()
    .replace("\n", "|")
    .split("|")
)
NEITHER = (
    """
What do you mean?|does it cost anything?|my neighbor has a dog|the left one|3 weeks|why do you ask?|It is the stairs
""".strip()
    .replace("\n", "|")
    .split("|")
)


@pytest.mark.parametrize("text", YES)
def test_yes_is_heard(text: str) -> None:
    assert read_yes_no(text) == "yes"


@pytest.mark.parametrize("text", NO)
def test_no_is_heard(text: str) -> None:
    assert read_yes_no(text) == "no"


@pytest.mark.parametrize("text", UNSURE)
def test_not_sure_is_heard(text: str) -> None:
    assert read_yes_no(text) == "unsure"


@pytest.mark.parametrize("text", [*NEITHER, "", "   ", "…"])
def test_what_is_neither_gives_none(text: str) -> None:
    assert read_yes_no(text) is None


def test_case_and_curly_apostrophes_do_not_matter() -> None:
    assert read_yes_no("I DON’T THINK SO") == "no"


def test_a_question_needs_its_word_and_its_mark() -> None:
    assert is_question("And how long does it take?")
    assert not is_question("how it started, I don't know")


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    assert read_yes_no(text) in ("yes", "no", "unsure", None)
