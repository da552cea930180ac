"""What some words say beyond doubt, whatever a classifier makes of them. PURE.

Steering words must not miss: who says "stop" is not asked on, who says "change number 6" has not said yes, and nothing
is thrown away on a guess. Signs are never touched here: safety hears every word.
"""

from __future__ import annotations

import re
from dataclasses import replace

from knee_intake.interview.offered import plain
from knee_intake.understanding.types import Understood

QUESTION_WORDS = (
    "what", "how", "why", "when", "where", "who", "which", "is", "are", "do", "does", "can", "could", "will", "would",
    "should", "did", "has", "have",
)  # fmt: skip
_LINE = re.compile(
    r"(?:(?:please|can you|i want to|i need to|no)[ ,]*)*(?:change|fix|edit|correct|redo)?\s*"
    r"(?:line|number|no\.?|nr\.?|item|#|the)?\s*(?P<number>\d)(?:st|nd|rd|th)?(?: one)?"
    r"(?: (?:is|s|looks) (?:wrong|not right|incorrect))?[ ,]*(?:please)?[.!]?",
    re.IGNORECASE,
)
"""One line of the read-back, named by its number."""

_WITHDRAWS = re.compile(
    r"delet|eras|remov|forget (?:me|what|everything|all|it|this|my)|wipe|scrub|trash|get rid|clear"
    r"|tak(?:e|ing) (?:it |that |this )?(?:all )?back|consent|permission|agree|\bok\b|privacy|record|data|info"
    r"|(?:sav|stor|keep|shar|us)(?:e|ing|ed)?\b",
    re.IGNORECASE,
)
"""Words without which nobody takes an agreement back."""
_STOP = re.compile(
    r"""(?:(?:ok|okay|please|sorry|no|well|hey|um|actually|that's\ enough|thats\ enough)[ ,.!]*)*
    (?:stop(?:\ it|\ this|\ here|\ now|\ asking(?:\ me)?)?
    |(?:that's|thats)\ enough
    |no\ more(?:\ questions)?(?:\ please)?,?\ stop
    |i(?:'m|m|\ am)\ done(?:\ here|\ now)?,?\ ?bye
    |i(?:'d|\ would)\ like\ to\ (?:stop|quit|end)(?:\ this|\ the|\ here)?(?:\ chat)?
    |i\ (?:want|wanna|need)\ (?:to\ )?(?:stop|quit|end)(?:\ this|\ the|\ here)?(?:\ chat|\ now)?
    |end\ (?:this|the)\ chat)
    (?:[ ,.!]*(?:please|now|thanks|thank\ you|i\ changed\ my\ mind|here))*[ ,.!]*""",
    re.VERBOSE,
)
_HUMAN = re.compile(
    r"\b(?:talk|speak|connect|chat|transfer)\w* (?:me )?(?:to|with) (?:a |an |the |some )?(?:real |live |actual )?"
    r"(?:human|person|people|staff|agent|representative|receptionist|operator)\b"
)
_RIGHT = re.compile(
    r"""(?:(?:yes|yep|yeah|yup|perfect|great|good|ok|okay|sure)[ ,.!]*)*
    (?:(?:that|it|this|everything|all)(?:'s|\ is|\ of\ (?:that|it|this)\ is|\ looks|\ sounds)?[ ]
    (?:all\ |quite\ |exactly\ |just\ )*(?:right|correct|good|fine|perfect|great|it)
    |you\ got\ (?:it|that|all\ of\ (?:that|it)|everything)\ (?:all\ )?right
    |(?:all|looks|sounds)\ (?:right|correct|good|fine|perfect))""",
    re.VERBOSE,
)
_NOT_RIGHT = re.compile(
    r"\b(?:not|isn't|isnt|wrong|but|except|change|fix|edit|correct (?:the|my|line|number)|mistake|instead)\b"
)
"""At the read-back: "that's all correct" sends it; "change number 6, please" does not."""
_FORGET_ALL = re.compile(
    r"\b(?:delete|erase|remove|wipe|forget) (?:everything|all (?:of )?(?:that|this|it|what|my)"
    r"|what i (?:told|wrote|typed|gave)|my (?:data|info|information|answers|chat|details)"
    r"|this (?:chat|conversation)|me\b)(?! about)",
    re.IGNORECASE,
)
"""Plain enough for nobody to doubt it."""
_GO_ON = re.compile(
    r"(?:ok|okay|yes|yeah|sure|alright|please|now)?[ ,.]*(?:(?:let's|lets|let us|can we|i want to|i'd like to) )?"
    r"(?:continue|go on|carry on|keep going|resume|i'm back|im back)(?: now| please| with (?:you|this|the chat))?"
)
"""Words with which somebody who had stopped goes on."""


def plainly_meant(understood: Understood, asked: str | None) -> Understood:
    """A text, read as what its words say beyond doubt. Its signs are left alone."""
    said = plain(understood.text)
    if _STOP.fullmatch(said):
        return replace(understood, intent="stop", confidence=1.0, answer=None, findings={}, corrections={}, negated=())
    if _HUMAN.search(said) and not is_question(understood.text):
        return replace(understood, intent="talk_to_human", confidence=1.0, answer=None, corrections={})
    if asked == "read_back":
        if _RIGHT.match(said) and not _NOT_RIGHT.search(said):
            return replace(understood, intent="affirm", answer="yes", findings={}, corrections={}, negated=())
        if _NOT_RIGHT.search(said) and understood.answer == "yes":
            return replace(understood, intent="change_answer", answer=None)
    return understood


def wants_to_go_on(text: str) -> bool:
    """Whether the text only says that the visitor would like to go on."""
    return bool(_GO_ON.fullmatch(plain(text)))


def wants_all_deleted(text: str) -> bool:
    """ "Delete everything I told you": plain enough for nobody to doubt it."""
    return bool(_FORGET_ALL.search(text))


def speaks_of_agreement(text: str) -> bool:
    """Whether the words could take an agreement back at all."""
    return bool(_WITHDRAWS.search(text))


def line_named(text: str) -> int | None:
    """The line of the read-back that is named by its number: "change 3"."""
    found = _LINE.fullmatch(text.strip())
    return int(found["number"]) if found else None


def is_question(text: str) -> bool:
    """Whether the text asks: a question mark, or a question word in front."""
    words = text.casefold().split()
    return "?" in text or bool(words and words[0].strip(",.") in QUESTION_WORDS)
