"""E-mail addresses as people type and say them, and what was meant as one and is none. PURE."""

from __future__ import annotations

import re
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

GAP = " ; "
"""In place of what was taken out of a text."""
_LOCAL = r"(?<![\w.+%'-])[\w.+%'-]{1,64}"
"""Only from the start of a word on, and as long as it may be: long words must not cost their length at every letter."""
_TYPED = re.compile(rf"{_LOCAL}@[\w-]+(?:\.[\w-]+)+")
_TOP = r"(?:com|net|org|edu|gov|io|co|us|uk|ca)"
_GAPPED = re.compile(
    rf"{_LOCAL}\s*@\s*[\w-]+(?:\s*[.,]\s*(?!{_TOP}\b)[\w-]+(?=\s*[.,]))*\s*[.,]\s*{_TOP}\b(?:\s?\.\s?{_TOP}\b)?", re.I
)
_AT = r"(?:\(\s*at\s*\)|\[\s*at\s*\]|\bat\b|@)"
_DOT = r"(?:\(\s*dot\s*\)|\[\s*dot\s*\]|\bdot\b|\.)"
_SPOKEN_DOT = rf"(?:\s*(?:\(\s*dot\s*\)|\[\s*dot\s*\]|\bdot\b)\s*|\s*\.(?!\s)|\s*\.\s+(?={_TOP}\b))"
"""A full stop with a gap behind it ends a sentence, unless the end of an address follows."""
_JOIN = r"(?:\(?\bdot\b\)?|\bunder\s?score\b|\bdash\b|\bhyphen\b|\bminus\b|\bplus\b)"
_SPOKEN = re.compile(
    rf"(?<![\w.+-])[\w.+-]{{1,64}}(?:\s*{_JOIN}\s*[\w.+-]+)*\s*{_AT}\s*[\w-]+(?:(?:{_SPOKEN_DOT}|\s*{_JOIN}\s*)[\w-]+)+",
    re.I,
)
_GLUED = re.compile(r"^(?:it|that)'s(?=[\w.+-]+@)", re.I)
""" "it'srobin@example.org"."""
_SIGNS = (
    (re.compile(rf"\s*{_AT}\s*", re.I), "@"),
    (re.compile(rf"\s*{_DOT}\s*", re.I), "."),
    (re.compile(r"\s*\bunder\s?score\b\s*", re.I), "_"),
    (re.compile(r"\s*\b(?:dash|hyphen|minus)\b\s*", re.I), "-"),
    (re.compile(r"\s*\bplus\b\s*", re.I), "+"),
)
_PROVIDER = r"(?:gmail|yahoo|hotmail|outlook|aol|icloud|protonmail|comcast|verizon|msn|me|mail)"
_BROKEN = (
    re.compile(r"(?<![^\s,;<>()])[^\s,;<>()@]*@[^\s,;<>()]*"),
    re.compile(rf"(?<![\w.+-])[\w.+-]{{1,64}}\s+at\s+{_PROVIDER}\b(?!\s*(?:{_DOT}|\w))", re.I),
    re.compile(rf"(?<![\w.+-])[\w.+-]{{1,64}}[\s.#2*/]?(?<=[\s.#2*/]){_PROVIDER}[.,](?:com|net)\b", re.I),
)
"""What was meant as an address: an @ that makes none, one without a dot, one without its @."""
_SLIPS = {
    "gmial": "gmail", "gmal": "gmail", "gmai": "gmail", "gamil": "gmail", "gnail": "gmail", "gmaill": "gmail",
    "gmil": "gmail", "yaho": "yahoo", "yahooo": "yahoo", "yhaoo": "yahoo", "yhoo": "yahoo", "hotmial": "hotmail",
    "hotmal": "hotmail", "hotmai": "hotmail", "outlok": "outlook", "outloo": "outlook", "outllok": "outlook",
    "iclod": "icloud", "icoud": "icloud",
}  # fmt: skip
"""Names of mail providers as thumbs misspell them."""
_TOP_SLIPS = dict.fromkeys(("con", "cmo", "comm", "coom", "vom", "xom", "cim", "ocm", "cpm"), "com")
_TOP_SLIPS |= {"ogr": "org", "orgg": "org", "nett": "net"}
"""Endings that no address has."""


@dataclass(frozen=True)
class Address:
    """What a text gives as an e-mail address."""

    email: str | None
    """The address, where there is one; a slip in it is mended."""
    broken: str | None
    """As it was typed, where it is no address, or one only by guess."""
    rest: str
    """The text without it, and without any further address."""


def read_address(text: str) -> Address:
    """The first valid address in a text, typed or in words ("jo dot b at mail dot org"), or what was meant as one."""
    for pattern in (_TYPED, _GAPPED, _SPOKEN):
        for match in pattern.finditer(text):
            typed = match[0].strip(".,'- ")
            if address := _valid(_in_signs(typed)):
                mended = _without_slips(address)
                rest = _without_addresses(text[: match.start()] + GAP + text[match.end() :])
                return Address(mended, typed if mended != address or "," in typed else None, rest)
    for pattern in _BROKEN:
        if (meant := pattern.search(text)) and (typed := meant[0].strip(" .,;:!?'\"")).strip("@."):
            return Address(None, typed, text[: meant.start()] + GAP + text[meant.end() :])
    return Address(None, None, text)


def find_email(text: str) -> str | None:
    """The first valid address alone."""
    return read_address(text).email


def _in_signs(typed: str) -> str:
    """Words for signs as the signs, without gaps."""
    typed = _GLUED.sub("", typed)
    if "@" not in typed or re.search(r"\s", typed):
        for pattern, sign in _SIGNS:
            typed = pattern.sub(sign, typed)
    return re.sub(r"\s*,\s*", ".", typed)


def _valid(candidate: str) -> str | None:
    if not re.search(r"[a-z]", candidate.rpartition("@")[2].rpartition(".")[0], re.IGNORECASE):
        return None  # "reach me at 332-555-0163. Where": a phone number
    try:
        return str(validate_email(candidate, check_deliverability=False).normalized)
    except EmailNotValidError:
        return None


def _without_slips(address: str) -> str:
    """ "jo@gmial.con" as "jo@gmail.com"."""
    local, _, domain = address.rpartition("@")
    *names, top = domain.split(".")
    return f"{local}@{'.'.join([*(_SLIPS.get(name, name) for name in names), _TOP_SLIPS.get(top, top)])}"


def _without_addresses(text: str) -> str:
    return _BROKEN[0].sub(GAP, text)
