"""The person: who it is for, how old, how it is paid. PURE."""

from __future__ import annotations

import re
from datetime import datetime

from knee_intake.understanding.numbers import NUMBER, number_value
from knee_intake.understanding.plain import either, plain, words
from knee_intake.understanding.yes_no import read_yes_no

AGE_BANDS = (
    ("under_18", 0), ("18_34", 18), ("35_44", 35), ("45_50", 45), ("51_54", 51), ("55_64", 55), ("65_plus", 65),
)  # fmt: skip
"""Each band and the age at which it begins."""

_DECADES = {
    "teen": 10,
    "twent": 20,
    "thirt": 30,
    "fort": 40,
    "fift": 50,
    "sixt": 60,
    "sevent": 70,
    "eight": 80,
    "ninet": 90,
}
_IN_DECADE = re.compile(
    rf"\b(?P<part>early|young|mid(?:dle)?|late|upper)?[\s-]*(?:(?P<word>{'|'.join(_DECADES)})(?:ie)?s\b|(?P<digit>[1-9])0'?s\b)"
)
_AGE = re.compile(
    rf"(?<![\w.$/-])(?P<age>{NUMBER})(?!\s*(?:%|/|weeks?|wks?|months?|mos?\b|days?|hours?|minutes?|times|miles|out\s+of|feet|lbs?))(?![\d.:-]*\d)"
)
_SPAN = re.compile(r"\b(?:been|for|since|not|started|began|hurt|over|past|last)\s+(?:about\s+|only\s+)?$")
_YEARS = re.compile(r"\s*(?:years?|yrs?)\b(?!\s*(?:old|young|of\s+age))")
"""Together how long something has lasted: "it has been 8 years, not 5 years"."""
_BORN = re.compile(
    r"\b(?:born|dob|birth(?:day|date)?)\b.*?\b((?:19|20)\d\d)\b|^\W*(?:\d{1,2}[/.-]\d{1,2}[/.-])?((?:19|20)\d\d)\W*$"
)
_BAND_RANGE = re.compile(rf"(?:(\d+)\s*-\s*(\d+)|({NUMBER})\s*(?:to|through)\s*({NUMBER}))")
"""Between words a dash is no range: "sixty-four"."""
_SOMETHING = re.compile(
    r"\b(?P<tens>twenty|thirty|forty|fifty|sixty|seventy|eighty|[2-8]0)[\s-]+(?:some(?:thing|what)?|odd)\b"
)
_NOT_YET = re.compile(
    r"\b(?:turning|almost|nearly|about\s+to\s+(?:be|turn)|not\s+(?:quite|yet)"
    r"|(?:just\s+)?shy\s+of|next\s+birthday)\b"
)
_UNDER, _OVER = (
    re.compile(r"\b(?:under|below|younger\s+than|less\s+than)\s+$"),
    re.compile(r"\b(?:over|above|older\s+than|past)\s+$"),
)

_CHILD = re.compile(
    r"\b(?:child|kid|son|daughter|grand(?:son|daughter|child|kid)|kiddo|toddler|teen(?:ager)?|minor|boy|girl|(?:little|baby)\s+(?:brother|sister|one|guy|man)|nephew|niece)s?\b"
)
_ADULT = re.compile(
    r"\b"
    + either(
        """
        husband | wife | spouse | partner | mother | mom | mum | mama | father | dad | papa | parents? | brother
        sister
        friend | boyfriend | girlfriend | hubby | wifey | missus | other half | mother in law
        father in law | roommate | coworker | boss | nan | nana | gran | grandad | granddad | mommy | daddy | pops
        fianc[eé]e? | grand(?:mother|father|ma|pa) | granny | aunt | uncle | cousin
        neighbou?r | client | someone else | somebody else | another (?:adult|person) | other adult | him | her
        he | she
        """
    )
    + r"\b"
)
_SELF = re.compile(
    r"\b(?:me|myself|self|mine|my\s+own|i'm|im|i've|my\s+(?:\w+\s+)?knees?"
    r"|i\s+(?:am|do|have|need|want|would|hurt|fell|got|can|can't|feel|myself)|(?:just|only|it's|its|is)\s+i)\b|^\W*i\W*$"
)
_IS_ME = re.compile(
    r"(?<!not )\b(?:it's|its|it is|this is|that's|that is|that (?:would|will) be)\s+"
    r"(?:\w+\s+)?(?:about\s+|for\s+)?(?:me|myself)\b"
    r"(?!\s+and)|(?:^|[.!?])\W*for (?:me|myself)\b(?!\s+and)"
)
_WISHES_FOR = re.compile(
    r"\b(?:call|get|give|tell|let|help|connect|put|ring|phone|text|e-?mail|send|show|transfer|contact|reach|remind|pass|link)"
    r"\s+me\b|\b(?:talk|speak)s?\s+(?:to|with)\s+me\b"
    r"|\bi(?:'d|'ll|\s+would|\s+will|\s+should)?\s+(?:\w+\s+)?(?:want|wanna|need|like|prefer|wish|rather)\s+(?:to\s+)?(?:(?:talk|speak|chat)\b.*"
    r"|(?:an?\s+)?(?:\w+\s+)?(?:person|human|nurse|call|operator|agent|representative)\b"
    r"|(?:someone|somebody)\b)"
    r"|\bi(?:'ve)?\s+(?:have|need|got|gotta)\s+(?:to\s+)?(?:go|run|leave)\b|\bi(?:'m|m|\s+am)\s+(?:\w+\s+){0,2}?(?:scared|afraid|anxious|worried|nervous|terrified|frightened|panick\w+|shaking)\b"
)
"""A wish or a fear of who writes, which does not tell whose knee it is: "please call me", "get me a person", "I'm so
scared".
"""
GROWN = 18
SMALL_AGE, SHORT_AGE = 10, 3
"""An age below ten, in words; words of a reply that is nothing but an age."""
_YEARS_OLD = re.compile(r"[\s-]*(?:years?|yrs?|y/?o|months?|mos?)\b")
_IS_AGED = re.compile(
    r"\b(?:is|am|i'?m|he'?s|she'?s|they'?re|aged?|turn(?:ed|s|ing)?|just|only|almost|nearly|about)\s+$"
)
_ONLY = re.compile(
    r"\b(?:he|she)(?:'s| is)\s+(?:only\s+|just\s+)?(?P<age>\d{1,2})\b(?!\s*(?:out|/|%|weeks?|months?|days?))"
)
_ONE = re.compile(
    r"\b(?:next|this|that|the|last|first|other|which|another|wrong)\s+one\b|\bone\s+(?:moment|sec\w*|minute|more)\b"
)
"""No age of one."""
_JUST_ME = re.compile(r"\b(?:just|only) (?:me|myself)\b|\bme,? myself\b")
_GROWN = re.compile(r"\b(?:adult|grown(?:[\s-]?up)?|college|married|(?:[2-9]\d)\s*(?:years?|yrs?|y/?o)?)\b")

_CLOCK = re.compile(
    r"\b(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?s?\s+(?:at\s+|around\s+|after\s+|before\s+)?$|\b(?:at|by)\s+$"
)
_CLOCK_BEHIND = re.compile(r"\s*(?:[ap]\.?m\b|o'?\s?clock|:\d\d)")
_SELF_PAY = re.compile(
    r"\b(?:self[\s-]?pay(?:ing)?|cash|out\s+of\s+(?:my\s+)?(?:own\s+)?pocket|(?:no|without|don't\s+have(?:\s+any)?)\s+insurance|uninsured|pay(?:ing)?\s+(?:for\s+it\s+)?(?:myself|privately)|credit\s+card|private(?:ly)?)\b"
)
_PLAN_LEAD = re.compile(
    r"^\W*(?:(?:yes|yeah|i\s+have|i've\s+got|i\s+got|we\s+have|it's|it\s+is|my\s+(?:insurance|plan)\s+is|with|through|have|insurance\s+is|i'm\s+(?:with|on)|on)\b[\s,:]*)+",
    re.I,
)


def age_band(age: float) -> str:
    """The band of an age in years."""
    return [band for band, first in AGE_BANDS if age >= first][-1]


def read_age_band(text: str, now: datetime, age: int | None = None) -> str | None:
    """The band from an age, a decade ("in my fifties" is read as 55), a birth year or a range."""
    low = plain(text)
    if low.strip() in {band for band, _ in AGE_BANDS}:
        return low.strip()
    if born := _BORN.search(low):
        return age_band(max(now.year - int(born[1] or born[2]), 0))
    if decade := _IN_DECADE.search(low):
        first = _DECADES[decade["word"]] if decade["word"] else int(decade["digit"]) * 10
        part = (decade["part"] or "mid")[:3]
        return age_band(first + {"ear": 2, "you": 2, "lat": 8, "upp": 8}.get(part, 5))
    if about := _SOMETHING.search(low):
        return age_band((number_value(about["tens"]) or 0.0) + 5)
    if between := _BAND_RANGE.search(low):
        ends = [number_value(end) or 0.0 for end in between.groups() if end]
        return age_band(sum(ends) / 2)
    if age is not None:
        return age_band(age)
    return _band_of_number(low)


def _band_of_number(low: str) -> str | None:
    for match in _AGE.finditer(_ONE.sub(lambda found: " " * len(found[0]), low)):
        value = number_value(match["age"])
        if value is None or value != int(value) or value > 119:
            continue
        before = low[: match.start()]
        if _CLOCK.search(before) or _CLOCK_BEHIND.match(low, match.end()):
            continue
        if match["age"].isalpha() and not _is_told_as_age(low, match):
            continue  # "pain in one calf"
        if _SPAN.search(before) and _YEARS.match(low, match.end()):
            continue
        lower = bool(_UNDER.search(before) or _NOT_YET.search(before))
        return age_band(max(value + (-1 if lower else 1 if _OVER.search(before) else 0), 0))
    return None


def _is_told_as_age(low: str, match: re.Match[str]) -> bool:
    """Whether a small number in words is an age: it stands nearly alone, behind "I am", or in front of years."""
    if (number_value(match["age"]) or 0) >= SMALL_AGE or len(low.split()) <= SHORT_AGE:
        return True
    return bool(_YEARS_OLD.match(low, match.end()) or _IS_AGED.search(low[: match.start()]))


def read_who_for(text: str, known: str | None = None, age: int | None = None) -> str | None:
    """self, other_adult or child; a child of unknown age counts as a child, a person under 18 always."""
    low = plain(text)
    if words(low) in ("self", "other_adult", "child"):
        return words(low)
    if age is not None and age < 18:
        return "child"
    if _JUST_ME.search(low) or (known in ("self", None) and _IS_ME.search(low)):
        return "self"
    low, wishes = _WISHES_FOR.subn(" ", low)
    if known in ("other_adult", "child"):
        return known if known == "other_adult" or age is None else "other_adult"
    if (only := _ONLY.search(low)) and int(only["age"]) < GROWN:
        return "child"
    if _CHILD.search(low):
        return "other_adult" if _GROWN.search(low) or (age or 0) >= 18 else "child"
    if _ADULT.search(low):
        return "other_adult"
    if _SELF.search(low) or age is not None:
        return "self"
    return known if wishes else {"yes": "self"}.get(read_yes_no(text) or "", known)


def read_payment(text: str) -> str | None:
    """ "self-pay" or the plan's name as given."""
    low = plain(text)
    if _SELF_PAY.search(low):
        return "self-pay"
    plan = _PLAN_LEAD.sub("", text).strip(" .,!")
    said = read_yes_no(plan) if plan else "yes"
    return plan[:60] if said is None and len(plan.split()) <= 8 and not plan.endswith("?") else None


_ME_AND_AGE = re.compile(
    r"\W*(?:(?:yes|ok|okay|hi|just|only|for|about|it'?s|this\s+is|that'?s|it\s+is|that\s+would\s+be)\s+)*(?:me|myself)\b\W*"
    r"(?:(?:and|age|aged|i\s+turned|turned)\s+)*(?P<age>[1-9]\d)\s*(?:y/?o|yrs?|years?)?(?:\s+old)?\W*",
    re.IGNORECASE,
)


def age_beside_me(text: str) -> int | None:
    """ "It's me. 29": the age beside whom it is about."""
    found = _ME_AND_AGE.fullmatch(text)
    return int(found["age"]) if found else None
