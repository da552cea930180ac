"""Who the text is about, and how old they are. PURE."""

from __future__ import annotations

import re

from knee_intake.understanding.pipeline import Reading

_CHILD = "son|daughter|kid|child|boy|girl|grandson|granddaughter|teenager|teen|toddler|niece|nephew|kids|children"
_ADULT = (
    "mom|mum|mother|mommy|dad|daddy|father|parents?|sister|brother|grandmother|grandma|grandfather|grandpa|aunt|uncle|"
    "husband|wife|spouse|partner|boyfriend|girlfriend|friend|fiancee?|mother in law|father in law|neighbou?r|client"
)
_AGED = (
    r"(?:\d{1,2}[ -]?(?:year|yr)s?[ -]?old|\d{1,2} ?y/?o|little|young|teenage|adult|elderly|older|younger"
    r"|own|poor|dear)"
)
_PERSON = rf"(?:my|our|his|her) (?:{_AGED} )*(?:{_CHILD}|{_ADULT})"
_HAS = (
    r"has (?:a |an |bad |really |severe |terrible |some |constant |left |right )*"
    r"(?:knee|pain|swollen|swelling|trouble|hurt|fever|lump)"
)
_COMPLAINT = (
    r"(?:hurts?|hurting|injured|fell|twisted|tore|sprained|limps?|limping|cant|cannot|complain\w*|keeps|needs|woke|broke"
    r"|slipped|bumped|landed|wont|refuses|started|plays|is (?:having|in|limping|unable|complaining|crying|\d|a \d)"
    rf"|has been|has had|had (?:a|an) (?:fall|accident|injury)|{_HAS}|,)"
)
_THEIR_AGE = r",?(?: (?:is )?\(?(?:age|aged|of age)?:? ?\d{1,3}(?: years? old)?\)?,?)"
_ON_BEHALF = re.compile(
    rf"\b{_PERSON}s (?:left |right |both |bad |sore |swollen |poor )*(?:knees?|kneecap|leg|pain|fever|calf|foot)\b"
    rf"|\b(?:for|about|on behalf of|regarding|its) {_PERSON}\b(?! says| said| told)"
    rf"|\b{_PERSON}(?:{_THEIR_AGE}|,)? (?:who |he |she |also |just |now |recently |still )*{_COMPLAINT}",
)
_MYSELF = re.compile(
    r"\b(?:my (?:left |right |own |bad |both )*(?:knees?|kneecap|leg|pain)|its for me|for myself|my own|about me|i have"
    r"|ive|my (?:left|right)|i (?:fell|twisted|cant|hurt|tore|run|am in|had|feel))\b"
)
_SELF = re.compile(r"\b(?:its for me|for myself|about me|its me|its my own|for me)\b")
_NO_YEARS = (
    r"weeks|months|days|minutes|hours|out|times|%|/|pounds|lbs|kg|percent|miles|feet|ft|inches|th|st|nd|rd|-?\d|am|pm|o"
)
_AGE = re.compile(
    r"\b(?:(?:i am|im|ill be|hes|shes|he is|she is|is|am|age|aged|turned|turning|currently) (?P<told>\d{1,3})"
    rf"(?! ?(?:{_NO_YEARS}))\b"
    r"|(?P<years>\d{1,3})[ -]?(?:years?|yrs?)[ -]?(?:of age|old|young)\b"
    r"|(?P<short>\d{1,3}) ?(?:yo|y/o|y\.o\.?|yr old)\b"
    r"|(?P<chart>\d{2}) ?(?:m|f|male|female|man|woman)\b)"
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_ONES = dict(zip(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"], range(1, 10), strict=True))
_TEENS = dict(
    zip(
        ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"],
        range(10, 20),
        strict=True,
    )
)
_WORD_NUMBER = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(_TENS)})(?:[ -](?P<ones>{'|'.join(_ONES)}))?"
    rf"|(?P<teen>{'|'.join(_TEENS)})|(?P<one>{'|'.join(_ONES)}))\b"
)


def _digits(text: str) -> str:
    def number(found: re.Match[str]) -> str:
        if found["tens"]:
            return str(_TENS[found["tens"]] + _ONES.get(found["ones"] or "", 0))
        return str(_TEENS[found["teen"]] if found["teen"] else _ONES[found["one"]])

    return _WORD_NUMBER.sub(number, text)


def plain_words(text: str) -> str:
    """Lower case without apostrophes; numbers in digits; the same for every rule of this page."""
    folded = re.sub(r"['’‘`´]", "", text.lower())
    return _digits(re.sub(r"\s+", " ", folded))


def find_age(plain: str) -> int | None:
    """The patient's age in years, where it is told."""
    for found in _AGE.finditer(plain):
        age = int(next(group for group in found.groupdict().values() if group))
        if 0 < age < 120:
            return age
    return None


def find_who_for(plain: str, reading: Reading, age: int | None) -> str | None:
    """child or other_adult where the writer speaks for a patient beside them, self where they say so."""
    if found := _ON_BEHALF.search(plain):
        speaks_of_self = _MYSELF.search(plain[: found.start()] + plain[found.end() :])
        if not speaks_of_self or found[0].startswith(("for ", "on behalf")):
            return _kind(found[0], age)
    return "self" if _SELF.search(plain) else None


def _kind(person: str, age: int | None) -> str:
    if re.search(rf"\b(?:{_CHILD})s?\b", person) and (age is None or age < 18):
        return "child"
    return "other_adult"
