"""Phone numbers as people type and say them, and what was meant as one and is none. PURE."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

from knee_intake.understanding.emails import GAP
from knee_intake.understanding.numbers import number_value
from knee_intake.understanding.plain import plain

_DIGIT_WORD = r"(?:zero|oh|o|one|two|three|four|five|six|seven|eight|nine)"
_DIGIT_RUN = re.compile(rf"(?:\b(?:(?:double|triple)\s+)?{_DIGIT_WORD}\b[\s,.-]*){{3,}}", re.I)
_SAID_RUN = re.compile(
    rf"\b(?:(?:double|triple)\s+)?{_DIGIT_WORD}\b[\s,.-]*(?:(?:(?:double|triple)\s+)?(?:{_DIGIT_WORD}\b|\d+)[\s,.-]*){{2,}}",
    re.I,
)
_TYPED = re.compile(r"\+?\(?\d[\d\s().\-/]{4,22}\d")
_LETTER_O = re.compile(r"(?<=\d)o(?=\d)|(?<=[-\s.])o(?=\d{2,})|(?<=\d)o\b(?=[-\s.]\d)", re.I)
_NORTH_AMERICAN = r"\+1[2-9]\d\d[2-9]\d{6}"
"""Possible, not valid: the library knows no number 555-01xx, which demos and tests use."""
_SHORTEST, _LONGEST, _WITH_AREA_CODE = 7, 15, 10
_FEWEST_MEANT = 6
"""Digits: fewer are a time, a date or a house number."""
_DATE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}")
_BIRTH_DATE = re.compile(r"(?<![\d/])\d{1,2}/\d{1,2}/(?:\d{4}|\d\d)(?![\d/])")
_AREA_CODE = re.compile(r"\barea\s+code\s*(?:is|'s|:|=)?\s*\(?(\d{3})\)?")
_BETWEEN_DIGITS = re.compile(
    r"(?<=\d)\s*(?:,|;|\bthen\b|\band\b|\bdash\b|\bhyphen\b|\bdot\b|\bspace\b|\bnumber\b|\bis\b|\s)+\s*(?=\d)"
)
_HUNDRED = re.compile(rf"\b({_DIGIT_WORD}|[1-9])\s+hundred\b", re.I)
_EXTENSION = re.compile(
    r"(?<=[\d)])\s*[,;(]?\s*(?:\bext(?:ension|n)?\b\.?|\bx|x\.?|#)\s*(?:is\s+|number\s+)?#?\s*(\d{1,6})\)?(?!\d)", re.I
)
_LABEL = re.compile(r"\barea\s+code\b(?:\s+is)?", re.I)


@dataclass(frozen=True)
class Number:
    """What a text gives as a phone number."""

    phone: str | None
    """E.164 where it is possible in the region or international, else its digits."""
    extension: str | None
    broken: str | None
    """As it was typed, where it has too few or too many digits, or none like it exists."""
    rest: str
    """The text without any number."""


def read_number(text: str, region: str = "US") -> Number:
    """The first phone number in a text, typed or in words, or what was meant as one."""
    text = _LETTER_O.sub("0", _BIRTH_DATE.sub(GAP, text))
    extension = _EXTENSION.search(text)
    bare = _EXTENSION.sub(" ", text)
    phone = _find(bare, region)
    return Number(
        phone,
        extension[1] if extension and phone else None,
        None if phone else _broken(bare),
        _without_numbers(bare),
    )


def find_phone(text: str, region: str = "US") -> str | None:
    """The first phone number alone."""
    return read_number(text, region).phone


def _find(text: str, region: str) -> str | None:
    spoken = _spoken_digits(_HUNDRED.sub(r"\1 zero zero ", text))
    found = _typed_phone(spoken, region)
    return found if found and len(found) >= _WITH_AREA_CODE else _typed_phone(_joined(spoken), region) or found


def _joined(spoken: str) -> str:
    """The digits of a number told in pieces, its area code in front: "area code 212, then 555-0123"."""
    if code := _AREA_CODE.search(spoken):
        spoken = f"{code[1]} " + re.sub(r"^\D+", "", spoken[: code.start()] + spoken[code.end() :])
    return _BETWEEN_DIGITS.sub(" ", spoken)


def _typed_phone(spoken: str, region: str) -> str | None:
    for found in phonenumbers.PhoneNumberMatcher(spoken, region, leniency=phonenumbers.Leniency.POSSIBLE):
        number = str(phonenumbers.format_number(found.number, phonenumbers.PhoneNumberFormat.E164))
        if re.fullmatch(_NORTH_AMERICAN, number) or (phonenumbers.is_valid_number(found.number) and number[:2] != "+1"):
            return number
    for match in _TYPED.finditer(spoken):
        digits = re.sub(r"\D", "", match.group())
        if _may_be_number(digits) and not _DATE.fullmatch(match.group()):
            return digits
    return None


def _may_be_number(digits: str) -> bool:
    """Whether digits without a country code may be a number: local, or of another country."""
    if len({*digits}) == 1 or not _SHORTEST <= len(digits) <= _LONGEST:
        return False
    if digits[0] == "0":
        return len(digits) > _SHORTEST  # as other countries write their own
    return len(digits) > _WITH_AREA_CODE + 1 or (len(digits) == _SHORTEST and digits[0] != "1")


def _broken(text: str) -> str | None:
    for match in _TYPED.finditer(text):
        if len(re.sub(r"\D", "", match[0])) >= _FEWEST_MEANT and not _DATE.fullmatch(match[0].strip()):
            return text[match.start() : match.end()].strip()
    return None


def _without_numbers(text: str) -> str:
    for pattern in (_SAID_RUN, _TYPED, _LABEL):
        text = pattern.sub(GAP, text)
    return text


def _spoken_digits(text: str) -> str:
    """The text with runs of digit words in digits: "five five five oh one" -> "55501"."""

    def digits(match: re.Match[str]) -> str:
        out, times = "", 1
        for word in re.findall(r"[a-z]+", match.group()):
            if word in ("double", "triple"):
                times = 2 if word == "double" else 3
                continue
            value = 0 if word in ("oh", "o") else int(number_value(word) or 0)
            out, times = out + str(value) * times, 1
        return out + " "

    return _DIGIT_RUN.sub(digits, plain(text))
