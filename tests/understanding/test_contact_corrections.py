"""Names and contacts that are put right when they are read back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.readers import rule_reader

ROBIN = {"first_name": "Robin", "phone": "+12125550147"}
LEE = {"first_name": "Robin Lee", "email": "robin.lee@example.com"}
BOTH = {**ROBIN, "email": "robinlee@example.com"}


def corrections(text: str, context: dict[str, Any], asked: str | None = "read_back") -> dict[str, Any]:
    return rule_reader().read(text, asked, context).corrections


@pytest.mark.parametrize(
    ("text", "context", "changed"),
    [
        ("the number is wrong, it's 212 555 0199", ROBIN, {"phone": "+12125550199"}),
        ("it's 646-555-0147", ROBIN, {"phone": "+16465550147"}),
        ("646 area code", ROBIN, {"phone": "+16465550147"}),
        ("the number is five five five 0148", ROBIN, {"phone": "+12125550148"}),
        ("the middle is 556", ROBIN, {"phone": "+12125560147"}),
        ("the last two digits are swapped", ROBIN, {"phone": "+12125550174"}),
        ("you left off a digit, it's 917-555-0188", ROBIN, {"phone": "+19175550188"}),
        ("use my work number: 917-555-0188", ROBIN, {"phone": "+19175550188"}),
        ("my number is 646 555 014", ROBIN, {"phone": None}),
        ("I have a new phone number", ROBIN, {"phone": None}),
        ("wrong email", LEE, {"email": None}),
        ("my email is robin@gmail", LEE, {"email": None}),
        ("my email changed to robin@new.example.org", LEE, {"email": "robin@new.example.org"}),
        ("it's robin underscore lee", LEE, {"email": "robin_lee@example.com"}),
        ("it's robin.lee22", LEE, {"email": "robin.lee22@example.com"}),
        ("add 22 after lee", LEE, {"email": "robin.lee22@example.com"}),
        ("it should be gmail", LEE, {"email": "robin.lee@gmail.com"}),
        ("better to call me, 917 555 0188", LEE, {"phone": "+19175550188"}),
        ("email only please", BOTH, {"phone": None}),
        ("name and number are wrong", BOTH, {"first_name": None, "phone": None}),
        ("it's Robyn with a y, not Robin", ROBIN, {"first_name": "Robyn"}),
        ("it's Robyn", ROBIN, {"first_name": "Robyn"}),
        ("with a y, R-o-b-y-n", ROBIN, {"first_name": "Robyn"}),
        ("name is wrong, should be Robyn", ROBIN, {"first_name": "Robyn"}),
        ("you got my name wrong. It's Dana.", ROBIN, {"first_name": "Dana"}),
        ("my last name is Webb", LEE, {"first_name": "Robin Webb"}),
        ("my last name is Webb", ROBIN, {"first_name": "Robin Webb"}),
        ("my name is Robyn and the number ends in 99", ROBIN, {"first_name": "Robyn", "phone": "+12125550199"}),
        ("that's not how you spell my name", ROBIN, {"first_name": None}),
    ],
)
def test_the_read_back_is_put_right(text: str, context: dict[str, Any], changed: dict[str, Any]) -> None:
    assert corrections(text, context) == changed


@pytest.mark.parametrize(
    "text",
    [
        "yes that's right", "yes 212 555 0147 is my number", "no that's wrong", "Perfect", "thanks, bye Robin",
        "it's Thursday", "it's April not March", "make it 2 not 3", "it's 11 not 10", "no, just Tylenol",
        "just Dr Patel please", "call me after 5", "my wife's number is 917 555 0188", "the number of visits is wrong",
        "I live far away, can we do later?", "my emergency contact is 917-555-0188",
    ],
)  # fmt: skip
def test_what_is_said_of_something_else_changes_no_contact(text: str) -> None:
    assert corrections(text, BOTH) == {}


def test_elsewhere_a_new_value_needs_a_sign_of_change() -> None:
    assert corrections("646-555-0123", ROBIN, asked=None) == {}
    assert corrections("my number is 212-555-0123 now", ROBIN, asked=None) == {"phone": "+12125550123"}
