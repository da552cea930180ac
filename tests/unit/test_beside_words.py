"""Questions about the chat, words of fear, and words of people who have not agreed yet."""

from __future__ import annotations

import pytest

from knee_intake.interview.asked_of_chat import asked_about_chat, asks_for_meaning, is_rhetorical
from knee_intake.interview.consent_words import begins_with_no, consents, is_short_goodbye, wants_look_up
from knee_intake.interview.feelings import fears_the_worst, is_afraid
from knee_intake.interview.plain_words import speaks_of_agreement


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("none, how many more", "how_many_more"),
        ("left knee. Meaning?", "what_means"),
        ("3 months, slowly. again?", "repeat"),
        ("None. Why do you ask that?", "why_ask"),
        ("yes. do I get a reminder?", "reminder"),
        ("what happens if I can't come?", "how_to_change"),
        ("do you do MRIs?", "not_known"),
        ("it hurts again", None),
        ("I fell, again", None),
        ("front of the knee", None),
        ("I can't come down the stairs", None),
    ],
)
def test_a_question_beside_an_answer_is_known_by_its_words(text: str, act: str | None) -> None:
    assert asked_about_chat(text) == act


def test_a_word_of_the_open_question_may_be_asked_for() -> None:
    assert asks_for_meaning("what do you mean by inner side?", "pain_location")
    assert not asks_for_meaning("what do you mean by inner side?", "onset")
    assert not asks_for_meaning("it is the inner side", "pain_location")


def test_a_rhetorical_question_asks_nothing() -> None:
    assert is_rhetorical("how would I know, a month?")
    assert not is_rhetorical("how long will it take?")


@pytest.mark.parametrize("text", ["will I lose my leg?", "please tell me it's nothing bad", "is it going to be ok?"])
def test_the_worst_is_feared(text: str) -> None:
    assert fears_the_worst(text)


@pytest.mark.parametrize("text", ["I lost my keys", "is it nothing to do with the hip?", "tell me about Botox"])
def test_other_questions_are_no_fears(text: str) -> None:
    assert not fears_the_worst(text)


@pytest.mark.parametrize(
    ("text", "afraid"),
    [
        ("I'm so scared", True),
        ("this frightens me", True),
        ("I'm afraid to move it", True),
        ("Mostly sitting, I'm afraid.", False),
        ("I'm afraid I can't make it", False),
        ("I'm not scared of needles", False),
    ],
)
def test_fear_is_told_from_regret(text: str, afraid: bool) -> None:
    assert is_afraid(text) is afraid


@pytest.mark.parametrize("text", ["You may certainly retain my answers.", "By all means.", "I do consent to that."])
def test_a_consent_in_plain_words(text: str) -> None:
    assert consents(text)


@pytest.mark.parametrize(
    "text", ["I do not consent.", "may you keep it?", "you may keep it, I guess", "don't save them", "my knee hurts"]
)
def test_what_is_no_consent(text: str) -> None:
    assert not consents(text)


def test_a_no_in_a_story_does_not_begin_it() -> None:
    assert begins_with_no("no, thanks")
    assert begins_with_no("oh no, please don't")
    assert not begins_with_no("It came on slowly. There was no accident.")


def test_a_goodbye_is_short() -> None:
    assert is_short_goodbye("Thank you, that is all.")
    assert not is_short_goodbye("that's all I know about my knee, it began two years ago on a trip")
    assert not is_short_goodbye("is that all, bye?")


def test_who_wants_to_be_looked_up() -> None:
    assert wants_look_up("can you look me up? Jane Roe")
    assert not wants_look_up("it looks swollen")


@pytest.mark.parametrize("text", ["I withdraw my consent", "please delete what I said", "please don't save that"])
def test_an_agreement_is_taken_back(text: str) -> None:
    assert speaks_of_agreement(text)


@pytest.mark.parametrize("text", ["Please go ahead now. If that is of any use.", "ok forget it, keep what I had"])
def test_stray_words_take_nothing_back(text: str) -> None:
    assert not speaks_of_agreement(text)
