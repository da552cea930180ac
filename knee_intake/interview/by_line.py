"""A checklist each of whose lines is a question of its own: what of it a reply in words leaves open. PURE.

"A pop" says nothing of walking, so the lines that were not spoken of are put once more, without those that are known.
"Just a pop" and a tick in a box speak of all of them.
"""

from __future__ import annotations

import re

from knee_intake.interview.model import Intake
from knee_intake.interview.offered import plain
from knee_intake.interview.questions import Choice, Question

REST = "rest_of"
"""Of the intake's state: the checklist whose rest has been put."""
_NO = (
    r"(?:no|not|never|without|nor|didn'?t|did not|don'?t|doesn'?t|does not|hasn'?t|has not|wasn'?t|isn'?t"
    r"|is not|haven'?t)"
)
_CAN = (
    r"(?:can|could|am able to|is able to|able to|was able to|managed to)(?: (?:still|easily|also|just"
    r"|definitely|totally|fully|even))*"
)
_FINE = r"(?:fine|ok|okay|alright|all right|no problem|good|normal|easy|possible)"
_DENIED = {
    "injury_pop": re.compile(
        rf"\b{_NO} (?:\w+ ){{0,3}}?(?:pop\w*|snap\w*|crack\w*)\b|\bnothing (?:pop|snapp|crack)\w*"
    ),
    "swelled_within_2h": re.compile(
        rf"\b{_NO} (?:\w+ ){{0,2}}?(?:swell\w*|swoll?en|swelled|blow up|balloon)\b"
        r"|\b(?:swell\w*|swoll?en|puff\w*|blew up)\b.{0,20}\b(?:next (?:day|morning)|over ?night|days? later"
        r"|the day after|(?:[3-9]|\d\d|three|four|five|six|several)(?: or \w+)? hours|slowly|(?:that|in the) evening)\b"
    ),
    "can_walk_4_steps": re.compile(
        rf"\b{_CAN} (?:walk|take (?:four|4) steps|put (?:my |full )?weight|bear weight)\b"
        rf"|\bwalk(?:ing|s)? (?:is |was |it's )?(?:just |perfectly )?{_FINE}\b|\bno (?:trouble|problem"
        rf"|issue)s? (?:with )?walking\b"
        r"|\bwalked (?:on it|away|off|home|fine|it off)\b"
    ),
    "can_straighten": re.compile(
        rf"\b{_CAN} (?:straighten|extend|lift|stretch)\b"
        rf"|\b(?:straighten|extend)\w* (?:\w+ ){{0,2}}?(?:is |was )?{_FINE}\b|\bno (?:trouble|problem"
        rf"|issue)s? (?:with )?straightening\b"
    ),
}
"""How people say that a line is not true."""
_NOT_QUITE = re.compile(
    r"\b(?:only|barely|hardly|almost|crutch\w*|cane|walker|holding|with help|hop\w*|drag\w*|(?:one|two|three|1"
    r"|2|3|a few) steps?)\b"
)
""" "I can walk two steps" is not four."""
_GENERAL_NO = re.compile(
    r"\b(?:no+|nope|nah|none|nothing|neither)\b(?! (?:pop|snap|crack|swell|trouble|problem|issue)\w*)"
)
_ALL_THAT = re.compile(
    r"^\W*(?:(?:yes|yeah|well|um|no)\W+)*(?:it )?(?:just|only)\b(?! now\b)|\b(?:only|just) (?:the|a|that"
    r"|this)\b|\bnothing (?:else|more)\b"
    r"|\bthat'?s (?:it|all)\b|\b(?:the )?(?:rest|others?|other (?:ones|three|things))\b.{0,12}\b(?:no|not|none"
    r"|fine|ok|okay|don'?t)\b"
    r"|\b(?:no|none|not)\b.{0,12}\b(?:the rest|(?:the )?others)\b|\botherwise\b|\bnone of the other\b"
)


def is_by_line(question: Question) -> bool:
    """Whether every line of the checklist fills a field of its own."""
    return question.alarm and bool(question.none_sets) and question.id not in question.none_sets


def open_lines(question: Question, intake: Intake) -> list[str]:
    """The fields whose lines have been put: all, or those that were open when the rest was put."""
    if intake.state.get(REST) != question.id:
        return list(question.none_sets)
    return [name for name in question.none_sets if name not in intake.answers]


def choices_left(question: Question, missing: list[str]) -> list[Choice]:
    """The lines that are put when only these fields are missing."""
    return [choice for choice in question.choices if {*choice.sets} & {*missing}]


def denied_lines(question: Question, text: str) -> dict[str, str]:
    """The fields whose lines a text says are not true, and what they are then: "I can walk fine"."""
    if not is_by_line(question):
        return {}
    said = plain(text)
    found = {
        name: value for name, value in question.none_sets.items() if name in _DENIED and _DENIED[name].search(said)
    }
    if _NOT_QUITE.search(said):
        found.pop("can_walk_4_steps", None)
    return found


def denies_some(question: Question, text: str) -> bool:
    """Whether a text denies single lines and not the whole list: "it didn't swell"."""
    denied = denied_lines(question, text)
    return bool(denied) and len(denied) < len(question.none_sets) and not _GENERAL_NO.search(plain(text))


def names_all_that_is_so(text: str) -> bool:
    """ "Just a pop", "a pop, nothing else": what is not named is denied."""
    return bool(_ALL_THAT.search(plain(text)))
