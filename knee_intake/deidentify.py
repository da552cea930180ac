"""Takes what tells who somebody is out of a sentence, so that others may learn from the rest. PURE.

Addresses of every kind, numbers, dates with a year, reference codes and names become stand-ins of the same kind: the
sentence stays one that a person could have said. What goes is what the conversation itself knows of its visitor (the
surest), then rules, then a spaCy pass for names that stand where names stand. It takes out too much rather than too
little, and a person reads the result before it is used: no rule finds every name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from knee_intake.booking.reference import ALPHABET
from knee_intake.first_names import FAMILY_STAND_IN, STAND_INS

EMAIL, LINK, PHONE, DATE, REFERENCE = "email", "link", "phone", "date", "reference"
STREET, ZIP, NUMBER, NAME = "street", "zip code", "number", "name"
SURE = frozenset({EMAIL, LINK, PHONE, DATE, REFERENCE, STREET, ZIP, NUMBER})
"""Kinds that are never part of an ordinary sentence: a text that holds another than our stand-in is not let out."""

STAND_IN = {
    EMAIL: "jo.field@example.org",
    LINK: "www.example.org",
    PHONE: "212-555-0142",
    REFERENCE: "C3D-4FG",
    STREET: "12 Main Street",
    ZIP: "10001",
    NUMBER: "100200",
}
_YEAR, _DAY, _MONTH = "1960", "1", "January"

_EMAIL = re.compile(
    r"(?<![\w.+%'-])[\w.+%'-]{1,64}\s?@\s?[\w-]+(?:\s?\.\s?[\w-]+)*"
    r"|(?<![\w.+-])[\w.+-]{1,64}(?:\s+(?:dot|underscore|dash|hyphen)\s+[\w.+-]+){0,4}\s+(?:\(at\)|\[at\]|at)\s+[\w-]{1,40}"
    r"(?:\s+(?:\(dot\)|\[dot\]|dot)\s+[\w-]{2,20})+"
    r"|(?<![\w.+-])[\w.+-]{1,64}\s+at\s+(?:g\s?mail|yahoo|hotmail|outlook|aol|icloud|protonmail)\b(?:\s?(?:\.|dot)\s?\w{2,4})?",
    re.I,
)
_LINK = re.compile(r"\b(?:https?://|www\.)\S+|(?<![\w@])@[A-Za-z_]\w{2,}", re.I)
_CODE = rf"[{ALPHABET}{ALPHABET.lower()}]"
_REFERENCE = re.compile(
    rf"\b{_CODE}{{3}}-{_CODE}{{3}}\b|\b(?=\w*\d)(?=\w*[A-Za-z])(?!\d+(?:st|nd|rd|th)\b){_CODE}{{6}}\b"
    rf"|(?<=reference )(?:is )?{_CODE}{{3}} {_CODE}{{3}}\b"
)
_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_FULL_YEAR = r"(?:(?:19|20)\d\d|['’]\d\d)"
_SAID_YEAR = (
    r"(?:(?:nineteen|twenty)[\s-]+(?:hundred|oh?[\s-]\w+|[a-z]+teen|ten|eleven|twelve"
    r"|[a-z]+ty(?:[\s-](?:one|two|three|four|five|six|seven|eight|nine))?))"
)
_ORDINAL = (
    r"(?:\d{1,2}(?:st|nd|rd|th)?|(?:twenty|thirty)[\s-](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)"
    r"|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth"
    r"|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)"
)
_DATES = (
    re.compile(r"(?<![\d/.-])(?:(?:19|20)\d\d)([/.-])\d{1,2}\1\d{1,2}(?![\d/])"),
    re.compile(r"(?<![\d/.-])\d{1,2}\s?([/.-])\s?\d{1,2}\s?\1\s?(?:\d{4}|['’]?\d{2})(?![\d/])"),
    re.compile(rf"\b{_MONTHS}\s+(?:the\s+)?{_ORDINAL},?\s+(?:of\s+)?(?:{_FULL_YEAR}|{_SAID_YEAR})(?!\w)", re.I),
    re.compile(rf"\b(?:the\s+)?{_ORDINAL}\s+(?:of\s+)?{_MONTHS},?\s+(?:{_FULL_YEAR}|{_SAID_YEAR})(?!\w)", re.I),
    re.compile(r"(?<![\d/.-])\d{1,2}/(?:19|20)\d\d(?![\d/])"),
    re.compile(rf"\b\d{{1,2}}[-\s]{_MONTHS}[-\s]\d{{4}}\b", re.I),
    re.compile(rf"\b{_MONTHS},?\s+(?:of\s+)?(?:{_FULL_YEAR}|{_SAID_YEAR})(?!\w)", re.I),
)
_BIRTH = (
    r"(?:\bd\.?o\.?b\b\.?|\bdate\s+of\s+birth\b|\bbirth\s?da(?:y|te)\b|\bb-?day\b|\bborn\b|\bbirth\b|\bturned\s+\d\d\b)"
)
_BORN = re.compile(
    rf"{_BIRTH}[^.!?\n]{{0,14}}?(?P<date>\b{_MONTHS}\s+(?:the\s+)?{_ORDINAL},?\s+\d\d\b|\b{_MONTHS}\s+(?:of\s+)?\d\d\b(?!st|nd|rd|th)"
    rf"|\b{_MONTHS}\s+(?:the\s+)?{_ORDINAL}\b|\b(?:the\s+)?{_ORDINAL}\s+(?:of\s+)?{_MONTHS}"
    rf"(?!\w)|\b\d{{1,2}}[/.-]\d{{1,2}}\b|\b\d{{8}}\b|\b\d{{6}}\b|\b(?:19|20)\d\d\b|['’]\d\d\b|\b{_SAID_YEAR})",
    re.I,
)
_STREET_WORDS = r"street|avenue|boulevard|parkway|highway|terrace|turnpike|road|lane|blvd|pkwy|hwy|ave|rd|ln|str"
_WEAK_STREET = r"way|place|court|drive|square|trail|circle|loop|row|dr|st|ct|pl|cir|sq"
_NO_STREET = (
    r"(?!(?:miles?|blocks?|minutes?|mins?|hours?|hrs?|times?|feet|ft|yards?|meters?|km|steps?|stairs?|days?|weeks?"
    r"|months?|years?|yrs?|down|up|on|in|of|the|my|a|to|for|from|at|and|or|with|out|per|more|pounds?|lbs?)\b)"
)
_STREET = re.compile(
    rf"\b\d{{1,6}}[A-Za-z]?\s+(?:{_NO_STREET}[\w'’.-]+\s+){{1,4}}?(?:(?i:{_STREET_WORDS})\b"
    rf"|(?<=[A-Z][a-z]\s)(?i:{_WEAK_STREET})\b|(?<=[a-z]{{2}}\s)(?:{_WEAK_STREET.title()})\b)\.?"
    r"(?:,?\s+(?:(?i:apt|apartment|unit|suite|ste|floor|fl)\b\.?\s*|#\s*)#?\w{1,6}\b)?"
    r"|\b(?i:p\.?\s?o\.?\s+box)\s+\d+"
    r"|(?:(?<=\blive on )|(?<=\blive at )|(?<=\blive off )|(?<=\blives on )|(?<=\blived on ))"
    rf"(?:[A-Z][\w'’.-]+\s+){{1,3}}(?i:{_STREET_WORDS}|{_WEAK_STREET})\b"
)
_CAPITAL_STREET = re.compile(
    rf"\b\d{{1,6}}[A-Za-z]?\s+(?:{_NO_STREET}[A-Z0-9][\w'’.-]*\s+){{1,4}}?(?i:{_WEAK_STREET})\b\.?"
    r"(?:,?\s+(?:(?i:apt|apartment|unit|suite|ste|floor|fl)\b\.?\s*|#\s*)#?\w{1,6}\b)?"
)
_ZIP = re.compile(
    r"(?<=\b[A-Z]{2}\s)\d{5}(?:-\d{4})?\b|(?i:(?<=\bzip\s)|(?<=\bzip\scode\s)|(?<=\bzip:\s))(?:is\s+)?\d{5}\b"
)
_SSN = re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")
_MEMBER = re.compile(r"\b[A-Za-z]{1,4}-?\d{6,}\b")
_YEARS = r"(?:19|20)\d\d\s?[-/.]\s?(?:19|20)\d\d"
_NUMBER = re.compile(rf"\b(?!{_YEARS}\b)(?:\d{{6,}}|\d{{3,}}(?:[ .-]\d{{3,}})+)\b")
_SHORT_PHONE = re.compile(r"(?<![\d/.-])\+?\(?\d[\d\s().\-/]{5,22}\d(?![\d/])|(?<![\d-])\d{3}[\s.-]\d{4}(?![\d-])")
_DIGIT_WORD = r"(?:zero|oh|o|one|two|three|four|five|six|seven|eight|nine|\d+)"
_SAID_PHONE = re.compile(
    rf"\b(?:(?:double|triple)\s+)?{_DIGIT_WORD}(?:[\s,.-]+(?:(?:double|triple)\s+)?{_DIGIT_WORD}){{6,}}\b", re.I
)
_FEWEST_DIGITS = 7
_WORD = re.compile(r"[^\W\d_](?:[^\W_]|['’-](?=[^\W\d_]))*")


@dataclass(frozen=True)
class Known:
    """What the conversation itself holds of its visitor, as it was answered or typed."""

    names: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    """Phone numbers and mail addresses."""
    asked: str | None = None
    """The question that the sentence answers: a reply to "what is your name?" may be a name alone."""


@dataclass(frozen=True)
class Removed:
    """One thing that was taken out."""

    kind: str
    start: int
    """Character offsets into the text as received."""
    end: int
    stand_in: str


@dataclass(frozen=True)
class Clean:
    """A text without what tells who somebody is."""

    text: str
    removed: tuple[Removed, ...]

    def kinds(self) -> list[str]:
        """What was taken out, each kind once, in the order of the text."""
        return list(dict.fromkeys(one.kind for one in self.removed))


Span = tuple[int, int]
IsWord = Callable[[str], bool]


def deidentify(text: str, known: Known | None = None, *, is_word: IsWord | None = None) -> Clean:
    """The text with stand-ins; doing it again changes nothing. `is_word`: is a lower-case word an English one?"""
    known, is_word = known or Known(), is_word or english_words()
    found: list[tuple[str, Span]] = []

    def take(kind: str, span: Span) -> None:
        start, end = span
        if start < end and not any(start < b and a < end for _, (a, b) in found):
            found.append((kind, span))

    for kind, finder in _FINDERS:
        for span in finder(text):
            take(kind, span)
    for contact in known.contacts:
        for span in _contact(text, contact):
            take(EMAIL if "@" in contact else PHONE, span)
    from knee_intake.name_places import find_names  # loads spaCy: not before a sentence is read

    for span in find_names(text, names=known.names, asked=known.asked, is_word=is_word):
        take(NAME, span)
    own = {word.lower() for name in known.names for word in _WORD.findall(name)}
    free = [name for name in STAND_INS if name.lower() not in own] or list(STAND_INS)
    return _replaced(text, sorted(found, key=lambda one: one[1]), free)


def leftovers(text: str, known: Known | None = None) -> list[str]:
    """Kinds of SURE things, and names known from the conversation, that an edited text still or newly holds."""
    still = [
        one.kind for one in deidentify(text, known, is_word=_any_word).removed
        if one.kind in SURE and one.stand_in.lower() != text[one.start : one.end].lower()
    ]  # fmt: skip
    names = {word.lower() for name in (known.names if known else ()) for word in _WORD.findall(name) if len(word) > 1}
    names -= {FAMILY_STAND_IN.lower()}
    from knee_intake.name_places import find_names

    named = find_names(text, names=tuple(names), asked=None, is_word=_any_word, lists=False)
    return list(dict.fromkeys([*still, *([NAME] if named else [])]))


def _any_word(_word: str) -> bool:
    """Where odd capitals do not count, no dictionary is needed."""
    return True


@lru_cache(maxsize=1)
def english_words() -> IsWord:
    """Knows the English words of two packages' dictionaries; loaded when first asked for (a second)."""
    from knee_intake.understanding.spelling import Speller

    return Speller().is_word


def _replaced(text: str, found: list[tuple[str, Span]], free: list[str]) -> Clean:
    names: dict[str, str] = {}
    parts: list[str] = []
    removed: list[Removed] = []
    at = 0
    for kind, (start, end) in found:
        words = text[start:end]
        stand_in = _name(words, names, free) if kind == NAME else _date(words) if kind == DATE else STAND_IN[kind]
        parts += [text[at:start], stand_in]
        removed.append(Removed(kind, start, end, stand_in))
        at = end
    return Clean("".join([*parts, text[at:]]), tuple(removed))


def _name(words: str, names: dict[str, str], free: list[str]) -> str:
    """The same name is the same stand-in throughout; a name of several words keeps two, small letters stay small."""
    first, *others = words.split()
    stand_in = names.setdefault(first.lower(), free[len(names) % len(free)])
    whole = f"{stand_in} {FAMILY_STAND_IN}" if others else stand_in
    return whole.lower() if words.islower() else whole


def _date(words: str) -> str:
    """A date in the same form, with the same precision."""
    if re.fullmatch(r"[\d\s/.'’-]+", words):
        if re.fullmatch(r"(?:19|20)\d\d", words):
            return _YEAR
        if "/" not in words and "-" not in words and "." not in words:
            return {8: "01011960", 6: "010160"}.get(len(words), "'60")
        sign = next(char for char in words if char in "/.-")
        parts = words.split(sign)
        numbers = {2: ["1", _YEAR] if len(parts[-1].strip()) == 4 else ["1", "1"], 3: ["1", "1", _YEAR]}[len(parts)]
        return sign.join([_YEAR, "01", "01"] if len(parts[0].strip()) == 4 else numbers)
    if re.fullmatch(_SAID_YEAR, words, re.I):
        return "nineteen sixty"
    has_year = re.search(rf"{_FULL_YEAR}(?!\w)|{_SAID_YEAR}", words, re.I) is not None
    rest = re.sub(rf"{_FULL_YEAR}(?!\w)|{_SAID_YEAR}|{_MONTHS}(?!\w)", " ", words, flags=re.I)
    has_day = re.search(_ORDINAL, rest, re.I) is not None
    made = (
        f"{_MONTH}{f' {_DAY}' if has_day else ''}{',' if has_day and has_year else ''}{f' {_YEAR}' if has_year else ''}"
    )
    return made.lower() if words.islower() else made


# -- where the things stand ------------------------------------------------------------------------------------------


def _matches(*patterns: re.Pattern[str]) -> Callable[[str], Iterator[Span]]:
    return lambda text: (match.span() for pattern in patterns for match in pattern.finditer(text))


def _births(text: str) -> Iterator[Span]:
    return (match.span("date") for match in _BORN.finditer(text))


def _phones(text: str) -> Iterator[Span]:
    for number in phonenumbers.PhoneNumberMatcher(text, "US", leniency=phonenumbers.Leniency.POSSIBLE):
        if _may_be_phone(text[number.start : number.end]):
            yield number.start, number.end
    yield from (match.span() for match in _SHORT_PHONE.finditer(text) if _may_be_phone(match[0]))
    yield from (match.span() for match in _SAID_PHONE.finditer(text))


def _may_be_phone(words: str) -> bool:
    """Digits enough, and not a span of years."""
    return sum(map(str.isdigit, words)) >= _FEWEST_DIGITS and not re.fullmatch(_YEARS, words.strip())


def _contact(text: str, contact: str) -> Iterator[Span]:
    """Where the visitor's own address or number stands, however it is written."""
    if "@" in contact:
        pattern = re.escape(contact)
    else:
        digits = [char for char in contact if char.isdigit()][-10:]
        if len(digits) < _FEWEST_DIGITS:
            return
        pattern = r"(?<!\d)" + r"[\s().\-/]*".join(digits) + r"(?!\d)"
    for match in re.finditer(pattern, text, re.I):
        yield match.span()


_FINDERS: tuple[tuple[str, Callable[[str], Iterator[Span]]], ...] = (
    (EMAIL, _matches(_EMAIL)),
    (LINK, _matches(_LINK)),
    (DATE, _matches(*_DATES)),
    (DATE, _births),
    (NUMBER, _matches(_SSN, _MEMBER)),
    (STREET, _matches(_STREET, _CAPITAL_STREET)),
    (PHONE, _phones),
    (REFERENCE, _matches(_REFERENCE)),
    (ZIP, _matches(_ZIP)),
    (NUMBER, _matches(_NUMBER)),
)
"""Most particular first: of what overlaps, the first that is found stands."""
