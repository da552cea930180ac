"""A visit of another chat: found by its reference and the contact given with it, to be moved or cancelled. PURE.

Both must fit. After a few wrong tries the phone is named instead, so that nobody finds visits by guessing; a name is
never enough, and nothing of a visit is told before it is found.
"""

from __future__ import annotations

import re
from typing import Literal

from knee_intake.booking import Booking
from knee_intake.booking.reference import read_reference
from knee_intake.interview.model import Answer
from knee_intake.interview.offered import match_words
from knee_intake.interview.say import Say
from knee_intake.interview.talk import Talk
from knee_intake.understanding.emails import find_email
from knee_intake.understanding.phones import find_phone

QUESTION = "visit_lookup"
Why = Literal["cancel", "move"]
MOST_TRIES = 3
_PIECE = re.compile(r"(?<![\w@.])(?P<first>[A-Za-z0-9]{3})[\s-]?(?P<last>[A-Za-z0-9]{3})(?![\w@])")
_LONG_NUMBER = re.compile(r"\+?\(?\d[\d\s().-]{6,}\d")


def find_reference(text: str) -> str | None:
    """The booking reference in a text; digits of a phone number are none."""
    for piece in _PIECE.finditer(_LONG_NUMBER.sub(" ", text)):
        letters = piece["first"] + piece["last"]
        has_digit = any(char.isdigit() for char in letters)
        if (has_digit or letters.isupper()) and (found := read_reference(letters)):
            return found
    return None


def start(talk: Talk, why: Why) -> list[Say] | None:
    """Look for the visit that is to be moved or cancelled.

    None where the text holds all that is needed and the visit was found: `talk.intake.booking` is set then.
    """
    state = talk.intake.state
    if state.get("lookup_tries", 0) >= MOST_TRIES:
        return _to_the_phone(talk)
    state["looking_for"] = why
    state.setdefault("lookup", {})
    return _look(talk, first=True)


def take(talk: Talk) -> list[Say] | None:
    """The reply to the question for the reference; None where the visit was found."""
    return _look(talk, first=False)


def leaves(talk: Talk) -> str | None:
    """no_reference or never_mind, where the reply gives the search up."""
    if any(_told(talk.understood.text).values()):
        return None
    question = talk.questions.question(QUESTION)
    assert question is not None
    answer = talk.understood.answer
    if answer in {choice.value for choice in question.choices}:
        return str(answer)
    return match_words(talk.understood.text, question.choices)


def _told(text: str) -> dict[str, str | None]:
    return {"reference": find_reference(text), "phone": find_phone(text), "email": find_email(text)}


def _look(talk: Talk, *, first: bool) -> list[Say] | None:
    known = talk.intake.state["lookup"]
    told = _told(talk.understood.text)
    known |= {name: value for name, value in told.items() if value}
    if "reference" not in known or not ({"phone", "email"} & {*known}):
        return [_ask_for_rest(talk, first, any(told.values()))]
    visit = talk.desk.find_visit(known["reference"], [known[name] for name in ("phone", "email") if name in known])
    if visit is not None:
        _found(talk, visit)
        return None
    state = talk.intake.state
    state["lookup_tries"] = state.get("lookup_tries", 0) + 1
    state["lookup"] = {}
    if state["lookup_tries"] >= MOST_TRIES:
        return _to_the_phone(talk)
    return [_put(talk, talk.phrase("visit_not_found"))]


def _ask_for_rest(talk: Talk, first: bool, told: bool) -> Say:
    """What of the two is missing, in other words than before."""
    known = talk.intake.state["lookup"]
    if "reference" in known:
        return _put(talk, talk.phrase("lookup_contact"), bare=True)
    if told:
        return _put(talk, talk.phrase("lookup_reference"), bare=True)
    failures = 0 if first else talk.intake.state.get("lookup_not_heard", 0) + 1
    talk.intake.state["lookup_not_heard"] = failures
    if failures >= MOST_TRIES:
        return _to_the_phone(talk)[0]
    return _put(talk, "" if first else talk.phrase("not_heard"))


def _put(talk: Talk, before: str, *, bare: bool = False) -> Say:
    question = talk.questions.question(QUESTION)
    assert question is not None
    said = talk.put(question, before)
    return Say(before, said.choices, said.input, name=QUESTION) if bare else said


def _to_the_phone(talk: Talk) -> list[Say]:
    talk.nothing_open()
    talk.intake.state.pop("looking_for", None)
    return [talk.say("visit_not_found_phone")]


def _found(talk: Talk, visit: Booking) -> None:
    intake = talk.intake
    intake.booking = {**visit.for_intake(), "source": "widget"}
    intake.status = "booked"
    intake.state |= {"lookup": {}, "looked_up": True}
    talk.nothing_open()
    for name, value in (("first_name", visit.first_name), (_kind_of(visit.contact), visit.contact)):
        if value:
            intake.answers[name] = Answer(value, "", None, "volunteered")


def _kind_of(contact: str | None) -> str:
    return "email" if contact and "@" in contact else "phone"
