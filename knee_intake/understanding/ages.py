"""How old the patient is: not a scar, a grandchild or an old injury. PURE."""

from __future__ import annotations

import re

from knee_intake.understanding.kin import BARE, GROWN, PERSON
from knee_intake.understanding.people import ANY_PERSON

_NO_YEARS = (
    r"weeks|months|days|minutes|hours|out|times|%|/|pounds?|lbs?|kg|percent|miles|feet|foot|ft|inches|th|st"
    r"|nd|rd|-?\d|am|pm|o"
    r"|wks?|mo|mos|min|mins|degrees|years? (?!old|of age|young)|yrs? (?!old)|reps|sets|grade|mm|cm"
    r"|in\b(?! (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))"
    r"|visits|shots|steps|or"
    r"|of|to|k|today but|more|days?|week|month|hour|people|kids|sessions|\.\d|x|:"
)
_AGE = re.compile(
    r"\b(?:(?P<bare>(?:i am|im|ill be|hes|shes|he is|she is|age|aged|turned|turning|i turn|he turns|she turns"
    r"|age is|only"
    rf"|(?:{PERSON}|{BARE})(?: here)?(?: is| whos| who is|,? whos|s)|currently|just turned)"
    r" (?:only |just |about |almost |nearly |now |a )?)"
    rf"(?P<told>\d{{1,3}})(?! ?(?:{_NO_YEARS}))\b"
    r"|(?P<years>\d{1,3})[ -]?(?:years?|yrs?)[ -]?(?:of age|old|young)\b"
    r"|(?P<short>\d{1,3}) ?(?:yo|myself|y/o|y\.o\.?|yr old)\b"
    r"|(?P<chart>\d{2}) ?(?:m|f|male|female|man|woman|guy|lady)\b)"
)
_NEXT_BIRTHDAY = re.compile(
    r"\b(?:turn|turns|turning|ill be|be|hell be|shell be) (?P<next>\d{1,2}) "
    r"(?:in (?:a|\d{1,2}|a few|few|a couple|couple|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|next|soon"
    r"|this coming)"
)
"""The age that somebody does not have yet: "i turn 18 in 4 months"."""
_THEIR_NUMBER = re.compile(rf"(?:\b{PERSON}|{BARE}),? ?\(?(?P<told>\d{{1,2}})\)?(?=[ ,.)]|$)(?! ?(?:{_NO_YEARS})\b)")
_THING = re.compile(
    r"^ ?\)? ?(?:\w+ )?(?:scar|injur\w+|knees?|surger\w+|replacement|tear|car|truck|bike|shoes?|mattress"
    r"|dog|cat|house|problem|brace|x-?ray"
    r"|mri|fracture|break|accident|implant|prosthesis|pain|habit|issue|sneakers|boots|operation|acl|repair"
    r"|prescription|lump)\b"
)
_OF_THING = re.compile(
    r"(?:knees?|replacement|scar|brace|implant|prosthesis|x-?ray|mri|shoes|injury|tear|it|that|this|pain|car"
    r"|dog|house|which) "
    r"?(?:is|was|are|,)? ?(?:about |now |only |almost |just )?\(?$"
)
_THEY_ARE = re.compile(r"(?:he|she)\b|hes|shes")
_HOLDS_CHILD = re.compile(
    r"\b(?:twins,?|kids,?|children,?|i have|ive got|we have|with|raising|carry|carrying|chase|chasing|chase after"
    r"|lift|lifting|play with|running after|teach|have) "
    r"(?:a|an|my|our|two|three|\d)? ?$"
)
_SINCE_AGE = re.compile(
    r"\b(?:since|when|until|till|from|at|back|as an?|of|than|before|after)(?: i was| i| he was| she was| age"
    r"| the age| about)? ?$"
)


def find_age(plain: str, patient: str | None) -> int | None:
    """The patient's age in years, where it is told: not that of a scar, a grandchild or an old injury.

    `patient`: the words for a patient beside the writer, where there is one.
    """
    if (found := _NEXT_BIRTHDAY.search(plain)) and not _is_of_another_birthday(plain, found, patient):
        return int(found["next"]) - 1
    for found in _AGE.finditer(plain):
        age = int(next(group for name, group in found.groupdict().items() if group and name != "bare"))
        if 0 < age < 120 and not _is_of_another(plain, found, age, patient):
            return age
    for found in _THEIR_NUMBER.finditer(plain):
        if int(found["told"]) > 0 and patient is not None:
            return int(found["told"])
    return None


def _is_of_another_birthday(plain: str, found: re.Match[str], patient: str | None) -> bool:
    """Somebody else's than the patient's, or no birthday at all."""
    before = plain[: found.start()]
    return not 1 < int(found["next"]) < 100 or (patient is None and bool(ANY_PERSON.search(before)))


def _is_of_another(plain: str, found: re.Match[str], age: int, patient: str | None) -> bool:
    """The number belongs to a thing, to the past or to somebody who is not the patient."""
    before, after = plain[: found.start()], plain[found.end() :]
    if found["years"] and (_THING.match(after) or _OF_THING.search(before)):
        return True
    if _SINCE_AGE.search(before):
        return True
    if patient is not None:
        return False
    named = found["bare"] or ""
    if ANY_PERSON.match(named) or (_THEY_ARE.match(named) and ANY_PERSON.search(before)):
        return True
    if age >= GROWN:
        return False
    if named.strip() in ("only", "currently"):
        return True
    is_told = found["years"] or found["short"] or named.startswith("age")
    return bool(is_told) and bool(_HOLDS_CHILD.search(before))
