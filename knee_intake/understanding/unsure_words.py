"""The words of not sure, and of a question back or a wait: tables for yes_no.py. See plain.either for the format."""

from __future__ import annotations

import re

from knee_intake.understanding.plain import either

UNSURE = re.compile(
    r"(?<![\w'])"
    + either(
        r"""
    (?:not|isn't|ain't|never|nor) (?:[\w%]+ )?(?:sure|certain|clear|positive)
    (?:don'?t|do not|wouldn'?t|didn'?t) (?:really |quite |actually |even |rightly |honestly )?know\
(?! (?:of|about any|about having))
    (?:don'?t|do not|can'?t|cannot|can not|couldn'?t) (?:really |quite |honestly |exactly |even )?(?:remember|recall)
    (?:don'?t|do not|haven't|have not) (?:have |got )?(?:a clue|any (?:idea|clue)|an? (?:answer|idea|notion|scooby)|\
    the (?:foggiest|\
    faintest)) | not (?:a|the) (?:clue|foggiest|faintest)
    (?:can'?t|cannot|can not|couldn'?t|could not|not able to|unable to|wouldn'?t be able to) (?:really |\
    honestly )?(?:be (?:sure|certain|positive)|say(?! (?:that )?(?:i|it|as))|tell|answer|decide|confirm|judge)
    who can say | who's to say | (?:two|2) minds | (?:could|might|may) have been | not a doctor | slipped my mind
    forgotten(?=\W*$) | don't know about (?:that|it|this) | not (?:a )?(?:100|hundred|one hundred) ?(?:percent|%)?
    unsure | uncertain | dunno | dunno+ | iunno | idk | idek | no (?:\w+ )?(?:idea|clue) | no way (?:to|of) know\w*
    (?:hard|tough|difficult|tricky|impossible) (?:one )?to (?:say|tell|know|judge|answer) | hard (?:one|question)
    beats me | search me | you tell me | who knows | (?:god|lord|heaven|goodness) (?:only )?knows | your guess
    how (?:would|should|do|could) i know | i wish i knew | wish i knew
    (?:it|that) (?:really |all |kind of |sort of )?depends(?! (?:what|wat|how) you)
    (?:it |that )?varies | undecided | on the fence | 50\s?[/-]\s?50 | fifty[- ]fifty | half and half | yes and no
    either way | unclear | thinking about (?:it|that) | haven't (?:decided|made up) | up in the air | toss[- ]?up
    (?:haven't|have not|hasn't|never) (?:really |actually |ever )?(?:checked|tested|tried to|tried it|looked|\
    paid attention|thought about|thought of|measured|asked|been (?:tested|checked)|had it (?:checked|tested))
    (?:i(?:'d| would)?|i'll) (?:have|need) to (?:check|look|ask|think|find out) | (?:jury|jury's) (?:is )?(?:still )?out
    (?:have|i'd have) to (?:check|ask) my | (?:i )?forget(?=\W*$) | (?:i )?forgot(?=\W*$|,)
    (?:i )?(?:forgot|forgotten|forget) (?:if|whether|when|which|what|how|now)
    i've forgotten | can't think | couldn't think | no recollection | no memory of | my memory | wouldn'?t know
    above my pay
    not that i can (?:remember|recall) for sure | mixed (?:bag|feelings) | ask my (?:doctor|wife|husband|doc|mom|dad)
    don't no(?=\W*$) | maybe yes,? maybe no | possibly,? possibly not
    """
    )
    + r"(?!\w)"
)
UNSURE_FIRST = re.compile(
    r"(?:(?:i'm|i\s+am|honestly|really)\s+)*(?:not\s+(?:really\s+|too\s+|quite\s+|totally\s+|entirely\s+)?(?:sure|certain)|unsure|idk|dunno|no\s+(?:idea|clue)"
    r"|(?:i\s+)?(?:don't|do\s+not)\s+(?:really\s+)?know)(?=\s*[,.;!-])"
)
"""In front of "can't remember", which alone is a no to some questions."""
MAYBE = re.compile(
    either(
        r"""
    maybe | mebbe | perhaps | (?:it's |it is |that's |that is )?(?:possible|not certain|up for debate|anyone's guess)
    there(?:'s| is) a (?:\w+ )?(?:chance|possibility) | possibly | potentially | conceivably | might | could be
    hm+ | may be
    (?:it|that|there|he|she|they|i|we) (?:could|might|may)(?!n|') | could (?:well )?be
    depends(?! (?:what|wat|how) you)
    not (?:entirely|completely|fully|quite|totally|really|too|very|100|super|so) (?:sure|certain|clear|positive)
    """
    )
    + r"(?!\w)"
)
MAYBE_LAST = re.compile(r"\b(?:maybe|perhaps|possibly)\W*$")
NOTHING_KNOWN = re.compile(
    r"\b(?:not|none|nothing|no|nope|never)\b[\w\s',]*\b(?:know\s+of|know\s+about|aware(?:\s+of)?|recall|remember"
    r"|think\s+of|can\s+tell|notice[d]?|could\s+tell|seen|my\s+knowledge|i\s+know|told\s+of|been\s+told)\b"
    r"|\bcan'?t\s+say\s+(?:that\s+)?(?:i|it|as)\b"
)
"""Not that I know of, can't say I have: that is a no."""

_AUXILIARY = "is|are|does|do|did|can|could|would|should|will|may|am|was|were|has|have"
QUESTION = re.compile(
    r"^\W*(?:(?:and|but|so|um|well)\W+)*(?:what|why|how|who|whom|whose|where|when|which|is|are|does|do|did|can|could"
    r"|would|should|will|may|am)\b"
)
RHETORICAL = re.compile(r"\b(?:who|how)\s+(?:knows|can\s+say|(?:would|should|could|do)\s+i\s+know)\b")
"""Has the form of a question and means: I do not know."""
ASKS_BACK = re.compile(
    either(
        rf"""
    what(?!ever)(?!'?s the (?:word|term)) | why(?! not\W*$) | how(?!ever)(?! (?:would|should|do|could) i know)
    who(?! knows)
    whom | whose | what's | whats | whys | hows | wheres | whos | where(?! (?:it|my|the|i))
    which(?! (?:is|was|means|it))
    when(?= (?:is|are|do|does|can|could|will|would|should)(?:n't)?)
    (?:{_AUXILIARY}) (?:you|u|we|ya|y'all|they|there|anyone|somebody)
    (?:is|does|will|would|can|could|should) (?:it|this|that) \w+ | (?:can|could|should|may|shall|must|do|did|am) i \w+
    (?:explain|say|repeat|rephrase|come again|pardon|huh|eh)(?=\W*$| (?:that|it|again|please|the))
    say (?:that |it )?again
    tell me (?:more|what|how|why)
    (?:i )?(?:don't|do not|didn't) (?:understand|get (?:it|that|this|the question|what)|follow)
    (?:sorry |excuse me )?(?:i )?(?:didn't|don't|couldn't) (?:quite )?(?:get|catch|understand) | not sure what you
    (?:i )?(?:i'm )?(?:not following|lost you)
    (?:i )?(?:i'm )?(?:not sure|don't know|unsure|no idea) what (?:you|that|this|it) (?:mean|means|is|are asking)\w*
    hang on | hold on | hold up | wait | one (?:sec|second|moment|minute)
    (?:just )?a (?:sec|second|moment|minute)(?=\W*$|,)
    just (?:a )?(?:sec|second|moment|minute) | give me a (?:sec|second|moment|minute) | brb | be right back
    let me (?:think|check|see)(?!\W+\w+\W+\w)
    """
    )
    + r"(?!\w)"
)
"""A question back, with its mark or without, and "wait"."""
