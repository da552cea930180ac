"""Names, phone numbers, e-mail addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knee_intake.understanding.contacts import read_contact
from knee_intake.understanding.emails import find_email
from knee_intake.understanding.names import find_name
from knee_intake.understanding.phones import find_phone


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("it's Maria", "Maria"),
        ("my name is John Smith", "John Smith"),
        ("Bob", "Bob"),
        ("bob jones", "Bob Jones"),
        ("Smith, John", "John Smith"),
        ("JOSÉ GARCÍA", "José García"),
        ("Mary-Jane O'Neil", "Mary-Jane O'Neil"),
        ("Dr. Ana de la Cruz", "Dr. Ana de la Cruz"),
        ("You can call me Al", "Al"),
        ("first name is Ann, last name is Wong", "Ann Wong"),
        ("hi, I'm Sue and my knee hurts", "Sue"),
        ("Under Miller please", "Miller"),
        ("李雷", "李雷"),
        ("Lena Voss but I have no phone", "Lena Voss"),
        ("just Bo is fine", "Bo"),
        ("my name is May", "May"),
        ("the name is will turner", "Will Turner"),
        ("Mark Long", "Mark Long"),
        ("last name Ruiz, first name Ana", "Ana Ruiz"),
        ("put down Greta", "Greta"),
        ("everyone calls me Ziggy", "Ziggy"),
        ("my name's O'Neil, Siobhan, and hers too", "Siobhan O'Neil"),
        ("my name is actually Ruth Webb", "Ruth Webb"),
        ("you can call me Skip", "Skip"),
        ("hey, Amy here! what now", "Amy"),
        ("it's for my dad, Ray Diaz", "Ray Diaz"),
        ("I'll have the number later, I'm Lily", "Lily"),
        ("me llamo Lucia", "Lucia"),
    ],
)
def test_a_name_is_taken_out_of_its_sentence(text: str, name: str) -> None:
    assert find_name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "no",
        "skip",
        "the left knee",
        "why do you need it?",
        "I'd rather not say",
        "my knee hurts",
        "",
        "42",
        "id rather stay private",
        "I don't want to give my name",
        "none of ya business",
        "legal name?",
        "not telling",
        "my name will be given later",
        "call me later",
        "Sure, call me tomorrow",
        "Good morning",
        "Hold on",
        "im driving",
        "it's complicated",
        "I'm retired",
        "Texts are fine",
        "I am Lily's mom",
        "God bless",
        "Perfect",
    ],
)
def test_what_is_no_name_gives_none(text: str) -> None:
    assert find_name(text) is None


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("212.555.0123", "+12125550123"),
        ("(212) 555-0123", "+12125550123"),
        ("my cell is 1 212 555 0123, thanks", "+12125550123"),
        ("+44 20 7946 0958", "+442079460958"),
        ("two one two, five five five, oh one two three", "+12125550123"),
        ("two one two triple five oh one double two", "+12125550122"),
        ("555-0123", "5550123"),
        ("area code 303, 555 0144", "+13035550144"),
        ("555 0144, area code 303", "+13035550144"),
        ("303 then 555 then 0144", "+13035550144"),
        ("eight hundred 555 0144", "+18005550144"),
        ("020 7946 0958", "02079460958"),
    ],
)
def test_a_phone_number_is_found_among_words(text: str, phone: str) -> None:
    assert find_phone(text) == phone


@pytest.mark.parametrize(
    "text",
    ["", "yes", "12/03/2026", "3 weeks", "I don't have one", "212-555-01", "123-456-7890", "0000000000", "555-014"],
)
def test_what_is_no_phone_number_gives_none(text: str) -> None:
    assert find_phone(text) is None


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("Maria@Mail.org", "Maria@mail.org"),
        ("write to a_b@post.co.uk!", "a_b@post.co.uk"),
        ("lena dot voss at mail dot org", "lena.voss@mail.org"),
        ("lena (at) mail (dot) org", "lena@mail.org"),
        ("mo@mail,com", "mo@mail.com"),
        ("mo @ mail . com", "mo@mail.com"),
        ("jo underscore b at mail dot org", "jo_b@mail.org"),
        ("jo dash b at mail dot co dot uk", "jo-b@mail.co.uk"),
        ("mailto:jo@mail.org", "jo@mail.org"),
        ("jo@gmial.con", "jo@gmail.com"),
    ],
)
def test_an_address_is_found_typed_and_spelled_out(text: str, email: str) -> None:
    assert find_email(text) == email


@pytest.mark.parametrize("text", ["at home", "a@b", "x..y@mail.org@", ""])
def test_what_is_no_address_gives_none(text: str) -> None:
    assert find_email(text) is None


def test_a_contact_in_one_line_is_taken_apart() -> None:
    assert read_contact("Maria Lopez, 212-555-0123") == {"first_name": "Maria Lopez", "phone": "+12125550123"}
    assert read_contact("it is Joe, joe dot b at mail dot org") == {"first_name": "Joe", "email": "joe.b@mail.org"}
    assert read_contact("212 555 0123") == {"phone": "+12125550123"}
    assert read_contact("what for?") is None


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("I'm Maria, you can reach me at 212-555-0123", {"first_name": "Maria", "phone": "+12125550123"}),
        ("Ann Wu\n212 555 0123\na@mail.org", {"first_name": "Ann Wu", "phone": "+12125550123", "email": "a@mail.org"}),
        ("reach me at 212-555-0123, Tamika", {"first_name": "Tamika", "phone": "+12125550123"}),
        ("You can reach Jess at 212-555-0123", {"first_name": "Jess", "phone": "+12125550123"}),
        ("212 555 0123 x9, ask for Lou", {"first_name": "Lou", "phone": "+12125550123", "extension": "9"}),
        ("212-555-O123 (Lou)", {"first_name": "Lou", "phone": "+12125550123"}),
        ("Jess Wu 4/5/1970 2125550123", {"first_name": "Jess Wu", "phone": "+12125550123"}),
        ("cell: 212-555-0123 home: 212-555-0144", {"phone": "+12125550123"}),
        ("Evenings only, 212-555-0123", {"phone": "+12125550123"}),
        ("area code two one two, five five five, zero one two three", {"phone": "+12125550123"}),
        ("Robin, robin@mail", {"first_name": "Robin", "broken_email": "robin@mail"}),
        ("robin@gmail,com", {"email": "robin@gmail.com", "broken_email": "robin@gmail,com"}),
        ("Jo, jo@gmial.com", {"first_name": "Jo", "email": "jo@gmail.com", "broken_email": "jo@gmial.com"}),
        ("robin at gmail", {"broken_email": "robin at gmail"}),
        ("my email is robin.gmail.com", {"broken_email": "robin.gmail.com"}),
        ("robin @ mail . org", {"email": "robin@mail.org"}),
        ("robin@mail, no sorry, robin@mail.org", {"email": "robin@mail.org"}),
        ("Lou 212-555-01", {"first_name": "Lou", "broken_phone": "212-555-01"}),
        ("21255501233", {"broken_phone": "21255501233"}),
        ("I'm at home all day", None),
        ("same number I'm texting from", None),
    ],
)  # fmt: skip
def test_what_is_given_is_neither_lost_nor_passed_over_where_it_is_broken(text: str, contact: dict[str, str]) -> None:
    assert read_contact(text) == contact


@given(st.text())
def test_no_text_breaks_a_contact(text: str) -> None:
    read_contact(text)
