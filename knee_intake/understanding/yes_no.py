"""Yes, no and not sure, in the colours that people use. PURE.

A positively put question is assumed ("Do you have any swelling?"), so that "Correct, I never have" means no. Whole
short replies are looked up first; longer ones are read by their first words, then by what they deny, then by their
last words. A question back and "wait" are no answer, with their mark or without.
"""

from __future__ import annotations

import re
from typing import Literal

from knee_intake.understanding import unsure_words as open_
from knee_intake.understanding import yes_no_words as say
from knee_intake.understanding.plain import plain, with_apostrophes, words

YesNo = Literal["yes", "no", "unsure"]

_TURNED_TO_NO = re.compile(
    r"[\s,.]*(?:no+|nope|nah|never|not\s+really|not\s+at\s+all|(?:i|it|they)\s+(?:do|does|have|did)n't|but\s+not\s+(?:now|any|for|since|lately)"
    r"|but\s+(?:it\s+)?(?:stopped|went\s+away)|but\s+no\s+longer)\b(?!\s+(?:problem|worries|doubt))"
)
_TURNED_TO_YES = re.compile(
    r"[\s,.]*(?:yes|yeah|i\s+do\b|it\s+(?:totally\s+|really\s+)?does\b|i\s+have\b(?!\s+(?:no|never|not)))"
)
_BUT_UNSURE = re.compile(r"[\s,.]*(?:(?:but|though)\b.{0,25}\b(?:not\s+sure|don'?t\s+know)\b|(?:and|or)\s+no\b)")
_DOES_THINGS = re.compile(
    r"\W*(?:well,? |so,? )?i (?:mostly |only |usually )?do "
    r"(?:(?:my|the|some|a lot|lots|a bit|much|all|most|light|short|long|hard|our)\b"
    r"|\w*(?:work|chores|walks?|yoga|pilates|sports?|exercis\w+|stretch\w*|swimming|cycling|running|gym|aerobics|zumba)\b)"
)
"""What somebody does is no yes: "I do my housework"."""
_POLITE_YES = ("ok", "alright", "all right", "great", "fine", "perfect")
_YES_SIGNS, _NO_SIGNS = "👍👌✅✔🆗", "👎❌✖🚫"
_TORN_YES, _TORN_NO = frozenset({"yes", "yeah", "yep", "yup", "sure"}), frozenset({"no", "nope", "nah"})
_MOST_PIECES = 4
_HEDGES = re.compile(
    r"\b(?:guess|suppose|reckon|imagine|presume|assume|apparently"
    r"|afraid|think|believe|hope|hopefully|expect|probably|likely|maybe"
    r"|perhaps|might|kind\s+of|sort\s+of|kinda|sorta|not\s+sure|unsure|doubt\w*|unlikely|possibly|hardly|barely"
    r"|rarely|seldom|scarcely|almost|nearly|not\s+(?:that|too|so)\s+(?!i\b|far)\w+|hesitant|reluctant\w*)\b"
)
_SURE_FIRST = re.compile(
    r"(?:yes+|yea+h*|yep|yup|ok|okay|k|sure|absolutely|definitely|certainly|of course|agreed|fine|alright"
    r"|(?:that(?:'s| is)|it's) (?:all |quite |perfectly )?(?:fine|ok|okay|alright|all right|good|no trouble)"
    r"|go ahead|please|i (?:do )?(?:consent|agree)|no+|nope|nah|none|never|nothing)\b"
)
_HALF = re.compile(
    r"\b(?:sometimes|occasion\w*|often|usually|now\s+and|at\s+times|once|twice|a\s+(?:little|bit|few|tad|lot)|somewhat"
    r"|slightly|more\s+or\s+less|pretty\s+much|in\s+a\s+way|mostly|mainly|only|if|when\w*|unless|depends|every|used\s+to|some|most)\b"
)
_DOUBTS = re.compile(
    r"\b(?:probably|maybe|perhaps|possibly|doubt\w*|unlikely|likely|hardly|barely|rarely|seldom|scarcely|almost|nearly"
    r"|guess|suppose|hope|hopefully|reckon|imagine|assume|presume|(?<!that\s)(?<!the\s)(?:kind|sort)\s+of|kinda|sorta"
    r"|not\s+(?:that|too|so)\s+(?!i\b|far)\w+|used\s+to|sometimes|occasionally|usually|no\s+longer|any\s?more)\b"
)
_REACH_OF_HEDGE = 40
"""Characters: a hedge later in a text is about something else."""


_TAKES_BACK = re.compile(r"^\W*no+\W+(?:wait|hold\s+(?:on|up)|hang\s+on)\b\W*(?=\w)", re.IGNORECASE)
"""In front of something else it is no no: "no wait, it's the right knee"."""


def read_yes_no(text: str) -> YesNo | None:
    """What a reply to a yes-no question means; None where it is no such reply."""
    text = _TAKES_BACK.sub("", text)
    if not words(text):
        return _read_signs(text)
    whole = words(text)
    low = with_apostrophes(plain(text)).strip()
    if _DOES_THINGS.match(low):
        return None
    return _read_whole(whole) or _read_spaced(whole) or _read_reply(low) or _read_sentences(low)


def _read_sentences(low: str) -> YesNo | None:
    """A clear yes or no beside small talk: "My coffee is getting cold, one second. Yes of course."."""
    sentences = [part.strip() for part in re.split(r"(?<=[.!])\s+", low) if words(part)]
    if len(sentences) == 1 or any(asks_back(part) for part in sentences):
        return None
    found = {_clear(_without_filler(part)) for part in sentences} - {None}
    return found.pop() if len(found) == 1 else None


def _clear(core: str) -> YesNo | None:
    yes, no = say.YES_FIRST.match(core), say.NO_FIRST.match(core)
    if whole := _read_whole(words(core)):
        return whole
    if yes and (no is None or yes.end() > no.end()) and _SURE_FIRST.match(core):
        return _read_after_yes(core, yes.end())
    return "no" if no and not _DOUBTS.search(core) and not _TURNED_TO_YES.match(core, no.end()) else None


def is_question(text: str) -> bool:
    """Whether a text asks back: begins with a question word and ends in a question mark."""
    low = plain(text).strip()
    return low.endswith("?") and bool(open_.QUESTION.match(low))


def asks_back(text: str) -> bool:
    """Whether a text asks back or lets us wait, with a question mark or without."""
    return is_question(text) or bool(open_.ASKS_BACK.match(_without_filler(with_apostrophes(plain(text)).strip())))


def is_hedged(text: str) -> bool:
    """Whether a yes or no is lukewarm: guessed, hoped for, now and then, on a condition."""
    low = _without_filler(with_apostrophes(plain(text)).strip())[:_REACH_OF_HEDGE]
    thought = re.split(r"[.;!?]", low)[0]
    return bool(_HEDGES.search(thought)) or bool(_HALF.search(thought) and not _SURE_FIRST.match(low))


def is_doubted_no(text: str) -> bool:
    """Whether a no is lukewarm. "I don't think so" and "not that I know of" are how people say no."""
    low = _without_filler(with_apostrophes(plain(text)).strip())[:_REACH_OF_HEDGE]
    return bool(_DOUBTS.search(re.split(r"[.;!?]", low)[0]))


def _without_filler(low: str) -> str:
    return say.FILLER.sub("", low).lstrip(" \"'(.,-*")


def _read_signs(text: str) -> YesNo | None:
    if re.fullmatch(r"[\s?¿？]*[?？][\s?？]*", text):
        return "unsure"
    if any(sign in text for sign in _YES_SIGNS):
        return "yes"
    return "no" if any(sign in text for sign in _NO_SIGNS) else None


def _read_whole(whole: str) -> YesNo | None:
    if whole in say.NO_WHOLE:
        return "no"
    return "yes" if whole in say.YES_WHOLE else None


def _read_spaced(whole: str) -> YesNo | None:
    """A word torn apart: "ye s", "n o"."""
    pieces = whole.split()
    if not 1 < len(pieces) <= _MOST_PIECES or min(map(len, pieces)) > 1:
        return None
    joined = "".join(pieces)
    return "yes" if joined in _TORN_YES else "no" if joined in _TORN_NO else None


def _read_reply(low: str) -> YesNo | None:
    core = _without_filler(low)
    bare = say.TAIL.sub("", core)
    if whole := _read_whole(words(low)) or _read_whole(words(core)):
        return whole
    if not core:  # "hmm"
        return "unsure" if open_.MAYBE.match(low) else None
    if asks_back(low) and not say.YES_FIRST.match(core):
        return "unsure" if open_.RHETORICAL.search(core) else "no" if say.CHANGES.search(core) else None
    return _read_whole(words(bare)) or _read_words(core)


def _read_words(low: str) -> YesNo | None:
    if say.DONT_MIND.search(low):
        return "yes"
    if agrees := say.AGREES.match(low):
        return "no" if say.DENIES.match(low, agrees.end()) else "yes"
    known = open_.NOTHING_KNOWN.search(low)
    unsure = open_.UNSURE.search(low) and (not known or open_.UNSURE_FIRST.match(low))
    known = None if unsure else known
    yes, no = say.YES_FIRST.match(low), say.NO_FIRST.match(low)
    if yes and (no is None or yes.end() > no.end()):
        return _read_after_yes(low, yes.end())
    if no and not unsure:
        return "yes" if _TURNED_TO_YES.match(low, no.end()) else "no"
    if known:
        return "no"
    if unsure or open_.MAYBE.match(low):
        return "unsure"
    return _read_end(low)


def _read_after_yes(low: str, end: int) -> YesNo:
    if _TURNED_TO_NO.match(low, end):
        return "no"
    if _BUT_UNSURE.match(low, end):
        return "unsure"
    if low.startswith(_POLITE_YES) and say.CHANGES.search(low, end):
        return "no"
    return "yes"


def _read_end(low: str) -> YesNo | None:
    if open_.MAYBE_LAST.search(low):
        return "unsure"
    if say.NO_LAST.search(low):
        return "no"
    if say.YES_LAST.search(low):
        return "yes"
    return "no" if say.CHANGES.search(low) else None
