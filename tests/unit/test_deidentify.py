"""What tells who somebody is goes out of a sentence, and what tells of a knee stays."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knee_intake.booking.reference import make_reference
from knee_intake.deidentify import DATE, EMAIL, NAME, NUMBER, PHONE, REFERENCE, STREET, Known, deidentify, leftovers
from knee_intake.first_names import ALSO_WORDS, FIRST_NAMES, STAND_INS

ROBIN = Known(names=("Robin Okafor",), contacts=("+12125550198", "r.okafor@mail.test"))


def is_word(word: str) -> bool:
    """In the dictionary's place: only what the sentences here need to be unknown is unknown."""
    return word not in {"okafor", "xochitl", "lindqvist"}


def clean(text: str, known: Known | None = None) -> str:
    return deidentify(text, known, is_word=is_word).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to r.okafor+knee@mail.test please", "write to jo.field@example.org please"),
        ("jo dot b at mail dot org", "jo.field@example.org"),
        ("mail me, jo at gmail", "mail me, jo.field@example.org"),
        ("call 212-555-0198 or (646) 555 0173", "call 212-555-0142 or 212-555-0142"),
        ("its 555-0123 after six", "its 212-555-0142 after six"),
        ("five five five oh one two three is my cell", "212-555-0142 is my cell"),
        ("+44 20 7946 0958 is in london", "212-555-0142 is in london"),
        ("born 04/12/1961", "born 1/1/1960"),
        ("dob: 1961-04-12", "dob: 1960-01-01"),
        ("dob 04121961", "dob 01011960"),
        ("i was born on the third of may 1958", "i was born on january 1, 1960"),
        ("born March 3rd nineteen sixty one", "born January 1, 1960"),
        ("I was born in 1961", "I was born in 1960"),
        ("my birthday is 3/12", "my birthday is 1/1"),
        ("it began in March 2019", "it began in January 1960"),
        ("since Mar '19", "since January 1960"),
        ("the surgery was 3/4/22", "the surgery was 1/1/1960"),
        ("reference H7K-4MQ please", "reference C3D-4FG please"),
        ("my code h7k4mq", "my code C3D-4FG"),
        ("I live at 45 Oak Hill Drive, Apt 3B", "I live at 12 Main Street"),
        ("45 w 57th street new york", "12 Main Street new york"),
        ("Springfield, IL 62704", "Springfield, IL 10001"),
        ("member id XJH123456789", "member id 100200"),
        ("ssn 123-45-6789", "ssn 100200"),
        ("see www.me.test/robin", "see www.example.org"),
        ("My name is Guadalupe Ortiz and it hurts", "My name is Alex Field and it hurts"),
        ("my name is guadalupe", "my name is alex"),
        ("this is josephine, my knee hurts", "this is alex, my knee hurts"),
        ("Dr. Weber sent me", "Dr. Alex sent me"),
        ("nurse Kelly and my son Tobias said so", "nurse Alex and my son Sam said so"),
        ("then we saw Lindqvist about it", "then we saw Alex about it"),
        ("I asked Robert Miller, and Robert agreed", "I asked Alex Field, and Alex agreed"),
        ("my husband robert drives", "my husband alex drives"),
        ("Dr patel said rest", "Dr alex said rest"),
        ("Sincerely, T. Nguyen", "Sincerely, Alex Field"),
        ("MARIA LOPEZ, knee pain", "Alex Field, knee pain"),
        ("xochitl here", "alex here"),
        ("my bday's april 12", "my bday's january 1"),
        ("I turned 64 on 4/12", "I turned 64 on 1/1"),
        ("12-Apr-1961", "January 1, 1960"),
        ("DOB Apr 12 61", "DOB January 1"),
        ("I live on Maple Street", "I live on 12 Main Street"),
    ],
)
def test_what_tells_who_somebody_is_becomes_a_stand_in(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "it has hurt for 3 months, 6/10, mostly on stairs",
        "since 2019 it gives way twice a week",
        "had surgery in 2015 and again 5 years ago",
        "pain 5-10 minutes after I squat at 90 degrees",
        "I walk 2 miles down the road and 3 times up the street",
        "20 minutes a day on the court",
        "Botox in the knee? Tylenol and Humira did nothing. My ACL tore on a Monday in May",
        "My Knee Hurts When I Climb Stairs",
        "MY KNEE HURTS WHEN I CLIMB STAIRS",
        "it will hurt, and I may rob the bill of its mark",
        "Will it get better? Grace would help",
        "a Baker's cyst, the 1st and the 2nd one",
        "call me please, my name does not matter",
        "left 3, right 4, both 10",
        "I can do 12 15 20 squats",
        "numb here, the dr said so, it was bad in here",
        "physical therapy 2015-2019, then 2020 - 2022",
        "",
    ],
)
def test_what_tells_of_a_knee_stays(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ROBIN here, robin's knee", "Alex here, alex's knee"),
        ("okafor, my name", "alex, my name"),
        ("212.555.0198 any time", "212-555-0142 any time"),
        ("write R.Okafor@mail.test", "write jo.field@example.org"),
    ],
)
def test_what_the_conversation_knows_goes_however_it_is_written(text: str, expected: str) -> None:
    assert clean(text, ROBIN) == expected


def test_a_name_that_is_a_word_is_a_name_with_a_capital_only() -> None:
    assert clean("it will hurt, says Will", Known(names=("Will",))) == "it will hurt, says Alex"


def test_a_patient_whose_name_is_a_stand_in_is_not_called_by_it() -> None:
    assert clean("Alex here, and Sam", Known(names=("Alex",))) == "Sam here, and Kim"


def test_a_reply_to_the_question_for_the_name_may_be_a_name_alone() -> None:
    assert clean("xochitl", Known(asked="first_name")) == "alex"
    assert clean("xochitl", Known(asked="goal")) == "xochitl"  # in small letters it might be anything


def test_what_was_taken_out_is_told_with_its_place() -> None:
    text = "Robin, 212-555-0198"
    found = deidentify(text, ROBIN, is_word=is_word)
    assert [(one.kind, text[one.start : one.end], one.stand_in) for one in found.removed] == [
        (NAME, "Robin", "Alex"), (PHONE, "212-555-0198", "212-555-0142"),
    ]  # fmt: skip
    assert found.kinds() == [NAME, PHONE]


# -- what a reviewer edits -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("write me at 646 555 0173", [PHONE]),
        ("Robin's knee", [NAME]),
        ("born 3/4/1970", [DATE]),
        ("jo@mail.test", [EMAIL]),
        ("45 Oak Street", [STREET]),
        ("H7K-4MQ", [REFERENCE]),
        ("plan 123456789", [NUMBER, PHONE]),
        ("call 212-555-0142, Alex, born 1/1/1960, jo.field@example.org, C3D-4FG, 12 Main Street", []),
        ("my knee hurts", []),
    ],
)
def test_an_edited_text_is_looked_through_again(text: str, kinds: list[str]) -> None:
    assert set(leftovers(text, ROBIN)) <= set(kinds)
    assert bool(leftovers(text, ROBIN)) == bool(kinds)


# -- any sentence ----------------------------------------------------------------------------------------------------

names = st.sampled_from(sorted(FIRST_NAMES - ALSO_WORDS - {name.lower() for name in STAND_INS}))
digits = st.text("0123456789", min_size=4, max_size=4)
pieces = st.sampled_from(
    ["my left knee hurts", "for 3 months", "6/10", "on stairs", "no swelling", "it locks", "since 2019", "Will it?",
     "twice a week", "not my hip", "I run", "the MRI was fine", "and", ",", ".", "\n", "🙂"]
)  # fmt: skip
dates = st.dates().map(lambda day: f"{day.month}/{day.day}/{day.year:04}")


@st.composite
def sentences(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A sentence, and what in it tells who somebody is."""
    name, number = draw(names).capitalize(), f"212-555-{draw(digits)}"
    mail, code = f"{name.lower()}.x@mail.test", make_reference(draw(digits))
    day = draw(dates.filter(lambda text: text[-4:] > "1899"))
    told = draw(st.lists(st.sampled_from([name, number, mail, code, day]), min_size=1, max_size=4, unique=True))
    parts = draw(st.permutations([*told, *draw(st.lists(pieces, max_size=5))]))
    return " ".join(parts), told


@given(sentences())
def test_nothing_personal_is_left_of_any_sentence(sentence: tuple[str, list[str]]) -> None:
    text, told = sentence
    left = clean(text).lower()
    for one in told:
        if one not in ("212-555-0142", "1/1/1960", "C3D-4FG"):
            assert not re.search(rf"(?<!\w){re.escape(one.lower())}(?!\w)", left)


@given(sentences())
def test_doing_it_again_changes_nothing(sentence: tuple[str, list[str]]) -> None:
    once = clean(sentence[0])
    assert clean(once) == once
    assert leftovers(once) == []


@given(st.text(max_size=200))
def test_no_text_breaks_it_and_what_is_around_stays(text: str) -> None:
    found = deidentify(text, ROBIN, is_word=is_word)
    at, kept = 0, []
    for one in found.removed:
        assert at <= one.start < one.end <= len(text)
        kept.append(text[at : one.start])
        at = one.end
    assert "".join([*kept, text[at:]]) == "".join(_without(found.text, [one.stand_in for one in found.removed]))


def _without(text: str, stand_ins: list[str]) -> list[str]:
    parts, at = [], 0
    for one in stand_ins:
        place = text.index(one, at)
        parts.append(text[at:place])
        at = place + len(one)
    return [*parts, text[at:]]
