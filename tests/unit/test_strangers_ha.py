"""What strangers typed right at a checklist, or right after a safety text: places, "all", going, going for less."""

from __future__ import annotations

from datetime import datetime

import pytest

from knee_intake.interview.by_line import names_all_that_is_so
from knee_intake.interview.going import goes_for_less, goes_now, has_read, plays_down
from knee_intake.interview.places import means_all, means_some, place_by_word, places_named
from knee_intake.interview.plain_words import plainly_meant
from knee_intake.safety import facts
from knee_intake.understanding.long_ago import is_long_ago
from knee_intake.understanding.types import Understood

SIGNS = (
    "Chest pain or trouble breathing", "A cold, blue or numb foot",
    "A bone showing, heavy bleeding, or a bad crash or fall", "A knee that looks crooked or out of place",
    "A hot, swollen knee with fever or chills",
    "Trouble swallowing, talking or breathing after a Botox or Dysport shot",
)  # fmt: skip
NOW = datetime(2026, 3, 10, 9)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("the first one please", [0]), ("First!", [0]), ("1st", [0]), ("number two", [1]), ("no. 3", [2]), ("#2", [1]),
        ("the first and third", [0, 2]), ("yes, the first", [0]), ("I have the first one", [0]), ("option 3", [2]),
        ("only the second", [1]), ("the 2nd and 4th", [1, 3]), ("the first two", [0, 1]), ("the last two", [4, 5]),
        ("one and three", [0, 2]), ("1, 3", [0, 2]), ("the very last one", [5]), ("frist one", [0]), ("2 please", [1]),
        ("the second, and the last", [1, 5]), ("all but the last", [0, 1, 2, 3, 4]), ("the bottom one", [5]),
        ("the last one on the list", [5]), ("I'd say the second one", [1]),
    ],
)  # fmt: skip
def test_a_place_is_named(text: str, places: list[int]) -> None:
    assert places_named(text, 6) == places


@pytest.mark.parametrize(
    "text",
    [
        "not the first one", "a second", "wait a second", "one of them", "one", "the one", "first time", "last year",
        "second opinion", "2 weeks", "I have 2", "the first one and also fever", "two", "the two", "no 2", "the ninth",
        "first of all no", "top", "one of the first", "13", "",
    ],
)  # fmt: skip
def test_no_place_is_named(text: str) -> None:
    assert places_named(text, 6) is None


@pytest.mark.parametrize(
    "text",
    [
        "all of them", "All!", "all of these", "everything on the list", "all of the above", "yes all of them",
        "every one of them", "every single one", "all six", "them all", "I have them all", "yes to all", "all of 'em",
        "the whole list", "sadly all of them apply", "all of these right now",
    ],
)  # fmt: skip
def test_all_is_meant(text: str) -> None:
    assert means_all(text)


@pytest.mark.parametrize(
    "text",
    [
        "all good", "all over", "not all of them", "no to all", "all right", "all day", "everything is fine", "both",
        "all of them no", "all clear", "none of all that", "every day",
    ],
)  # fmt: skip
def test_all_is_not_meant(text: str) -> None:
    assert not means_all(text)


def test_some_of_a_list_is_a_yes_without_a_which() -> None:
    assert all(means_some(text) for text in ("some of them", "yes one of these", "a few of those", "not all of them"))
    no = ("none of them", "not one of them", "not any of these", "any of them", "some of the time", "two weeks")
    assert not any(means_some(text) for text in no)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("yes the chest one", 0), ("the numb foot one", 1), ("the fever one", 4), ("the Botox one", 5),
        ("yes to the crooked one", 3), ("the bad one", None), ("the left one", None), ("the knee one", None),
        ("the same thing", None), ("not the chest one", None),
    ],
)  # fmt: skip
def test_a_line_is_named_by_a_word_of_it(text: str, place: int | None) -> None:
    assert place_by_word(text, SIGNS) == place


@pytest.mark.parametrize(
    "text",
    [
        "ok going now", "ok voy ahora", "on my way", "yes I'm going", "my wife is driving me", "calling 911 now",
        "ok, leaving now. thanks", "ok I will", "heading to the hospital now", "okay i'll go", "ya voy",
    ],
)  # fmt: skip
def test_somebody_is_on_the_way(text: str) -> None:
    assert goes_now(text)


@pytest.mark.parametrize(
    "text", ["ok thanks", "thank you so much", "ok gracias", "understood", "got it thanks", "ok bye"]
)
def test_the_advice_was_read_and_no_more(text: str) -> None:
    assert has_read(text)
    assert not goes_now(text)


@pytest.mark.parametrize(
    "text",
    [
        "ok",
        "yes",
        "yes please",
        "sure",
        "ok go ahead",
        "yes thanks",
        "yes, and I'm going now",
        "no thanks",
        "no",
        "bye",
        "okay then",
    ],
)
def test_an_answer_is_no_going(text: str) -> None:
    assert not goes_now(text)
    assert not has_read(text)


@pytest.mark.parametrize(
    "text",
    [
        "ok I'll go to urgent care", "I'll see my doctor tomorrow", "can I just go to urgent care", "I'll wait and see",
        "I'd rather see my own doctor", "I'll go to the ER tomorrow", "not going to the er", "I'll take an aspirin",
        "can I come in to your clinic instead", "going to the walk-in", "maybe tomorrow", "the ER is too far",
    ],
)  # fmt: skip
def test_somebody_means_to_do_less(text: str) -> None:
    assert goes_for_less(text)
    assert not goes_now(text)


@pytest.mark.parametrize(
    "text",
    [
        "I'm going to the ER now", "calling 911", "my doctor told me to go to the er, going now",
        "where is the nearest er",
        "I was at the ER yesterday", "I saw my doctor this morning", "I was seen at urgent care last night",
        "urgent care sent me to the er", "ok", "that was a mistake",
    ],
)  # fmt: skip
def test_nobody_means_to_do_less(text: str) -> None:
    assert not goes_for_less(text)


def test_a_sign_is_played_down() -> None:
    assert all(plays_down(text) for text in ("it was only two steps up, I'm fine", "it's not that bad", "I'm ok"))
    assert not any(plays_down(text) for text in ("I'm not fine", "it's worse", "what is this", "help me"))


def test_what_is_named_may_be_all() -> None:
    assert all(
        names_all_that_is_so(text) for text in ("just a pop", "a pop, nothing else", "pop yes rest no", "only the pop")
    )
    assert not any(names_all_that_is_so(text) for text in ("a pop", "pop and swelling", "I can walk now"))


@pytest.mark.parametrize(
    "text",
    [
        "No, only the operation in 1988.", "surgery ten years ago", "surgery in '98", "cortisone six months ago",
        "acl surgery back in college", "knee surgery when I was 20",
    ],
)  # fmt: skip
def test_what_was_done_is_long_ago(text: str) -> None:
    assert is_long_ago(text, NOW)


@pytest.mark.parametrize(
    "text",
    [
        "yes, surgery", "surgery 6 weeks ago", "a shot last month", "surgery in 2026",
        "surgery in 2019 and a shot in May again",
        "surgery last year", "surgery in 2025", "two months ago", "I had one in February",
        "surgery in 1988 and a shot last week",
    ],
)  # fmt: skip
def test_what_was_done_may_be_recent(text: str) -> None:
    assert not is_long_ago(text, NOW)


def test_what_was_done_to_the_knee_and_stayed_unclear_counts() -> None:
    assert "recent_knee_surgery" in facts(answers={"joint_history": "unsure", "symptoms": ["swelling"]})
    assert "recent_knee_surgery" not in facts(answers={"joint_history": "none", "symptoms": ["swelling"]})
    both = facts(answers={"joint_history": "unsure", "symptoms": "unsure"})
    assert "unclear_sign" in both
    assert "recent_knee_surgery" not in both


@pytest.mark.parametrize(
    "text", ["you are no help", "this is no help", "you're not helping", "you can't help me", "not helpful"]
)
def test_who_finds_the_assistant_no_help_is_in_no_crisis(text: str) -> None:
    assert plainly_meant(Understood(text, "distress", 0.8), None).intent == "insult"


@pytest.mark.parametrize(
    "text", ["nobody can help me", "it's no use", "I'm no use to anyone", "there is no help for me"]
)
def test_who_despairs_is_heard(text: str) -> None:
    assert plainly_meant(Understood(text, "distress", 0.8), None).intent == "distress"
