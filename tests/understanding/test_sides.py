"""Which knee: in the reply to that question, and in free text."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knee_intake.understanding.findings import FindingsReader
from knee_intake.understanding.lexicon import load_lexicon
from knee_intake.understanding.pipeline import Pipeline
from knee_intake.understanding.side_words import named_sides, read_asked_side, read_side
from tests.readers import mended

READER = FindingsReader(Pipeline(load_lexicon()))
NOW = datetime(2026, 11, 23, 10)

LEFT = """
left|lft|the left|l|L|my left one|lefty|left knee please|it's the left|um left i think|the left side|left leg
not the right|it isn't the right one|definitely not my right knee|the right one is fine
right is good so the other|my good knee is the right|the opposite of the right|left, not right
right. no wait, left|right sorry left|right i mean the left|used to be the right, now its the left
it was the right before but now its left|my right knee never hurts|right now it's the left|all right, left|letf
lfet knee|leftt|the right doesn't bother me, its the other|left mostly|mainly the left|L knee|lt|lt knee
left-hand side|i think it's left|that would be the left|anything but the right|right, it's the left one
left please|leftt one|oh right, the left one
"""
RIGHT = """
right|rt|R|rt knee|right knee|rigt|rihgt|rite|rgiht one|righty|R knee|not the left one|its not my left
the left one's fine|left is ok, right is bad|right side|on the right|the right, sadly|right obviously
my right one hurts when i bend it|left, oops, right|right more than anything|my right|right leg|right-hand one
it's my right knee|right?|rught|right knee since i left school
"""
BOTH = """
both|both of them|both knees|l and r|left and right|L & R|l/r|two of them|2 knees|the two of them|each of them
bilateral|left and the right too|both, but the left is worse|the left and sometimes the right|boht|both are bad
not just the left|started in the left, now the right too|each knee|them both|it's both|both!|two|the pair
all of them|bothh|right mostly but also left|left more, right a bit
"""
NONE = """
neither|the other one|my hip|all right|right now it's okay|not sure|i don't know if it's left or right
left or right, can't tell|my left shoulder|right hip|i left work early|that's right|you're right
something isn't right|it doesn't feel right|the one i hurt before|why|there's nothing left|the bad one
right ankle|hello
"""


def _lines(table: str) -> list[str]:
    return table.strip().replace("\n", "|").split("|")


@pytest.mark.parametrize("text", _lines(LEFT))
def test_the_left_is_heard(text: str) -> None:
    assert read_asked_side(mended(text)) == "left"


@pytest.mark.parametrize("text", _lines(RIGHT))
def test_the_right_is_heard(text: str) -> None:
    assert read_asked_side(mended(text)) == "right"


@pytest.mark.parametrize("text", _lines(BOTH))
def test_both_are_heard(text: str) -> None:
    assert read_asked_side(mended(text)) == "both"


@pytest.mark.parametrize("text", _lines(NONE))
def test_what_names_no_side_gives_none(text: str) -> None:
    assert read_asked_side(mended(text)) is None


def test_elsewhere_a_side_that_is_ruled_out_does_not_mean_the_other() -> None:
    assert read_side("not the left one") is None
    assert named_sides("not the left one") == [("left", 8, 12)]


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("My rt knee clicks on every step", "right"),
        ("pain in the L knee, worse at night", "left"),
        ("both my knees creak", "both"),
        ("the right one swells after football", "right"),
        ("My left leg buckles at the knee", "left"),
        ("I left work early because my knee hurt", None),
        ("not the left knee, the right one", "right"),
        ("my left knee is fine, the right one aches", "right"),
        ("left shoulder and right knee hurt", "right"),
        ("knee pain, R side", "right"),
        ("my rightknee hurts so bad", "right"),
        ("the right, no wait, the left knee aches", "left"),
        ("right knee, sorry, left knee hurts", "left"),
        ("my right knee is much bigger than the left", "right"),
        ("its my left hip that hurts", None),
        ("my hip hurts, the right one", None),
        ("knee hurts right now", None),
        ("all right, my knee hurts", None),
        ("the left knee hurts and so does the right", "both"),
        ("had the right knee replaced, now the left knee aches", "left"),
        ("I have pain in my right and left knees", "both"),
        ("(L) knee pain for 3 weeks", "left"),
        ("twisted my bad left knee", "left"),
        ("My left knew is swollen", "left"),
        ("lt knee swollen rt knee ok", "left"),
        ("the right doesnt hurt but the left knee does", "left"),
        ("nothing left to try for this knee", None),
        ("pain right below my kneecap", None),
        ("right acl tear in 2010, left knee sore now", "left"),
        ("the left leg gives out at the knee", "left"),
        ("cant put weight on my right leg, knee is huge", "right"),
        ("I write with my left hand, my knee hurts", None),
        ("knee (right) hurts going down stairs", "right"),
        ("it's the right that hurts, left is silent, knees eh", "right"),
        ("I have been favoring my left leg because my right knee hurts", "right"),
        ("started in the left knee, now the right knee too", "both"),
        ("right side of my left knee is sore", "left"),
        ("bilateral knee pain", "both"),
        ("r knee ache", "right"),
        ("my knee, the left", "left"),
        ("left knee no pain, right knee 6/10", "right"),
        ("swelling in rt. knee", "right"),
    ],
)
def test_the_side_is_found_in_free_text(text: str, side: str | None) -> None:
    assert READER.read(text, None, NOW).findings.get("knee_side") == side


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    assert read_asked_side(text) in ("left", "right", "both", None)


@pytest.mark.parametrize(
    ("text", "side", "assertion"),
    [
        ("no, my right knee doesn't really hurt", "right", "negated"),
        ("the left one's fine", "left", "negated"),
        ("my dad's left knee was replaced, mine only clicks", "left", "family"),
    ],
)
def test_a_knee_that_is_not_the_one_is_told_in_the_evidence(text: str, side: str, assertion: str) -> None:
    found = READER.read(text, None, NOW)
    assert "knee_side" not in found.findings
    assert (side, assertion) in [(why.value, why.assertion) for why in found.why if why.field == "knee_side"]
