"""Names, phone numbers and e-mail addresses, as people type and say them. PURE."""

from __future__ import annotations

import re

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from knee_intake.understanding.numbers import number_value
from knee_intake.understanding.plain import plain, word_set

_EMAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
_SPOKEN_AT = re.compile(r"\s*(?:\(\s*at\s*\)|\[\s*at\s*\]|\bat\b)\s*", re.I)
_SPOKEN_DOT = re.compile(r"\s*(?:\(\s*dot\s*\)|\[\s*dot\s*\]|\bdot\b)\s*", re.I)
_EMAIL_COMMA = re.compile(r"(?<=\w)\s*[,.]\s*(?=(?:com|net|org|edu|gov|io|co|us|uk|ca)\b)", re.I)
_EMAIL_GAPS = re.compile(r"\s*(@)\s*")
_SPOKEN_JOINS = (
    (re.compile(r"\s+under\s?score\s+", re.I), "_"),
    (re.compile(r"\s+(?:dash|hyphen|minus)\s+", re.I), "-"),
)

_DIGIT_WORD = r"(?:zero|oh|o|one|two|three|four|five|six|seven|eight|nine)"
_DIGIT_RUN = re.compile(rf"(?:\b(?:(?:double|triple)\s+)?{_DIGIT_WORD}\b[\s,.-]*){{3,}}", re.I)
_PHONE_LIKE = re.compile(r"\+?\(?\d[\d\s().\-/]{5,22}\d")
_NORTH_AMERICAN = r"\+1[2-9]\d\d[2-9]\d{6}"
"""Possible, not valid: the library knows no number 555-01xx, which demos and tests use."""
_SHORTEST, _LONGEST, _WITH_AREA_CODE = 7, 15, 10
_DATE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}")

_NAME_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.\-](?=[^\W\d_]))*\.?")
_POLITE = re.compile(
    r"^\W*(?:(?:hi|hello|hey|yes|yeah|sure|ok|okay|of course|well|um+|uh|no problem|certainly|please|thanks|just|simply"
    r"|only|plain|(?:you|u)\s+can|it(?:'s|s)\s+me|put(?:\s+(?:me\s+)?down)?|use|write|make\s+it|go\s+with|name)\b[\s,.!:-]*)+",
    re.I,
)
_SAYS_NAME = re.compile(
    r"\b(?:(?:call|calls)\s+me|go(?:es)?\s+by|i(?:'m|\s+am)\s+called|(?:first\s+|full\s+)?name(?:'s|\s+is|\s+would\s+be"
    r"|\s+will\s+be|\s*[:=-])?|under(?:\s+the\s+name(?:\s+of)?)?|in\s+the\s+name\s+of|(?:reservation|booking|appointment|visit)\s+(?:is\s+)?for)(?=[\s:])[\s:,-]*(?:is\s+|for\s+)?",
    re.I,
)
_SAYS_WHO = re.compile(
    r"^\W*(?:it(?:'s|\s+is|\s+will\s+be|\s+would\s+be)|this\s+is|that(?:'s|\s+is|\s+would\s+be|'ll\s+be)"
    r"|i(?:'m|\s+am)|im|its"
    r"|(?:(?:put|book|make)\s+(?:it|me)\s+)?(?:for|as|down\s+as))\s+(?:for\s+)?",
    re.I,
)
_LAST_NAME = re.compile(r"\b(?:last|family|sur)\s?name(?:'s|\s+is)?[\s:,-]+", re.I)
_FIRST_NAME = re.compile(r"\b(?:first|given)\s?name(?:'s|\s+is)?[\s:,-]+", re.I)
_SWAPPED = re.compile(r"^\W*([^\W\d_][\w'’-]+)\s*,\s*([^\W\d_][\w'’-]+)\W*$")
_ALSO_NAMES = word_set("will may june april august summer joy hope grace art mark bill")
"""Where somebody says that a name follows, these are names."""
_FAMILY_NAMES = word_set("day long little young west north rose may summer summers early good best")
"""Common words that are family names behind a first name and with a capital."""
_NO_NAME_AFTER = word_set("be call do not have see get give need come rather")
_REFUSES = re.compile(
    r"\b(?:anonymous\w*|anon|private|confidential|(?:rather|prefer)\s+(?:to\s+)?(?:not|stay|remain|keep)|not\s+(?:telling|saying|giving|sharing)"
    r"|(?:don'?t|do\s+not|won'?t)\s+(?:want|like|need|have|wish|give|think|know|see)|none\s+of\s+your|no\s+names?|your\s+business)\b",
    re.I,
)
_AREA_CODE = re.compile(r"\barea\s+code\s*(?:is|'s|:|=)?\s*\(?(\d{3})\)?")
_BETWEEN_DIGITS = re.compile(
    r"(?<=\d)\s*(?:,|;|\bthen\b|\band\b|\bdash\b|\bhyphen\b|\bdot\b|\bspace\b|\bnumber\b|\bis\b|\s)+\s*(?=\d)"
)
_HUNDRED = re.compile(rf"\b({_DIGIT_WORD}|[1-9])\s+hundred\b", re.I)
_SPELLED = re.compile(
    r"(?<![\w'-])[^\W\d_](?:-[^\W\d_]){2,}(?![\w'-])|(?<![\w'-])[^\W\d_](?: [^\W\d_]){2,}(?![\w'-]| \w)"
)
"""A name letter by letter."""
_SPELLING_WORDS = re.compile(
    r"[\s,(]*\b(?:that's|thats|that\s+is|spelled|spelt|it's|its|as\s+in|with)(?:\s+(?:it|is|like|out))*\W*$", re.I
)
_FINE_BEHIND = re.compile(r"(?:'s|\s+is)\s+(?:fine|ok|okay|good|enough|great)\W*$", re.I)
_TITLES = word_set("mr mr. mrs mrs. ms ms. miss dr dr. mx mx.")
_JOINERS = word_set("de del della der den di da dos du la le van von bin ibn al el y san st mac mc")
_NO_NAMES = word_set(
    """
    a about able actually afternoon again age all already also always am an and another any anyone anything
    appointment are arthritis as ask at bad be because been before better book booking both bothering but by bye
    call can can't cancel cannot clinic contact could day days did didn't do doctor does doesn't doing don't dont
    done down easy email even evening ever feel few fine first five for four friday from front get give given go
    going gonna good got great had happy has have haven't having he hello help her here hey hi him his home
    hospital hour how hurt hurts i i'd i'll i'm i've idk if in injury inside is isn't it it's its just knee knees
    know last later leave left leg let like little long lot make many maybe me mean mine minute monday month
    months more morning most much my myself name names need never new next nice no nobody none nope nor not
    nothing now number o'clock of off ok okay on one only or other our out outside over pain painful patient
    pending perhaps phone please possible prefer private problem question quit ready really refuse repeat right
    running same saturday say secret see self she should sick since six skip so some somebody someone something
    sorry stairs start stop stuff sunday sure surname swelling swollen tell ten thank thanks that that's the their
    them then there these they thing think this those though three through thursday time tired to today tomorrow
    too try tuesday two under understand unsure up us use very visit wait walking want was we wednesday week weeks
    well went were what what's when where which while who whose why will with won't work would yeah year years yep
    yes yesterday yet you your yup hurting sore wondering calling looking trying worried afraid interested
    anonymous dont cant wont didnt doesnt id ill ive rather stay remain keep share giving guess business telling nope
    legal full nickname required necessary works okay fine names nobody's matter thru via reach text write
    whatever whichever either neither hm hmm um uh er ah oh lol wow man insurance medicare aetna cigna
    """
)
_LONGEST_NAME = 6
_LONG_TALK, _SHORT_TALK = 8, 2
"""Words: without "my name is", a text longer than this gives a name only where two capitals begin it."""


def find_email(text: str) -> str | None:
    """The first valid e-mail address, typed or spelled out ("jo dot b at mail dot org")."""
    for candidate in (text, _EMAIL_GAPS.sub(r"\1", _EMAIL_COMMA.sub(".", text)), _spelled_out(text)):
        for match in _EMAIL.finditer(candidate):
            if address := _valid_email(match.group().strip(".'-")):
                return address
    return None


def find_phone(text: str, region: str = "US") -> str | None:
    """The first phone number: in E.164 form where it is possible in `region` or international, else its digits."""
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
    for match in _PHONE_LIKE.finditer(spoken):
        digits = re.sub(r"\D", "", match.group())
        if _SHORTEST <= len(digits) <= _LONGEST and not _DATE.fullmatch(match.group()):
            return digits
    return None


def find_name(text: str) -> str | None:
    """The name in a reply to "what is your name?", as written, with capitals mended where there are none."""
    text = _without_question(_without_spelling(text.replace("’", "'")))
    text = _FINE_BEHIND.sub("", text)
    found = _find_name(text)
    return _said_in_full(found, text) if found else None


def _without_spelling(text: str) -> str:
    """The text without a name spelled out, "Kim, K-I-M"; where the letters say another than was typed, with theirs."""
    spelled = _SPELLED.search(text)
    if not spelled:
        return text
    name = re.sub(r"[\W_]", "", spelled[0]).capitalize()
    rest = _SPELLING_WORDS.sub("", text[: spelled.start()]).rstrip(" ,:;-(") + text[spelled.end() :].lstrip(" )")
    typed = _NAME_WORD.search(rest)
    if typed is None:
        return name
    alike = [word for word in _NAME_WORD.findall(rest) if word[0].lower() == name[0].lower() and not _is_common(word)]
    return rest if not alike else rest.replace(alike[-1], alike[-1] if alike[-1].lower() == name.lower() else name)


def _without_question(text: str) -> str:
    """The text without a question put behind or before the name: "Greg. And yours?", "my name? Greg"."""
    text = re.sub(r"^\W*(?:my\s+|the\s+)?name\s*\?\s*(?=\w)", "", text, flags=re.I)
    return re.sub(r"(?<=[.!])\s+(?:and|what|who|how)\b[^.!?]*\?\s*$", "", text, flags=re.I)


def _said_in_full(name: str, text: str) -> str:
    """ "Tom, Tom Ferris" and "Bond. James Bond" give the whole name behind the short one."""
    first, *others = name.split()
    if others:
        repeats = first.strip(".").lower() in (word.lower() for word in others)
        return " ".join(others) if repeats else name
    for part in re.split(r"[,.;:]|\s-+\s", text)[1:]:
        whole = [word for word in part.split() if _NAME_WORD.fullmatch(word) and not _is_common(word)]
        if (
            1 < len(whole) <= _LONGEST_NAME
            and len(whole) == len(part.split())
            and name.lower() in map(str.lower, whole)
        ):
            return _capitals(whole)
    return name


def _find_name(text: str) -> str | None:
    if (swapped := _SWAPPED.match(text)) and not _is_common(swapped[1]) and not _is_common(swapped[2]):
        return _capitals([swapped[2], swapped[1]])
    if found := _told_name(text):
        return _capitals(found)
    if _REFUSES.search(text) or text.rstrip().endswith("?"):
        return None
    rest = _POLITE.sub("", text)
    if who := _SAYS_WHO.match(rest):
        found = _leading_name(rest[who.end() :])
        return _capitals(found) if found else None
    found = _leading_name(rest, told=len(rest.split()) <= _SHORT_TALK)
    if len(text.split()) > _LONG_TALK and (len(found) < 2 or not all(word[0].isupper() for word in found)):
        return None
    return _capitals(found) if found else None


def _told_name(text: str) -> list[str]:
    """The name behind words that announce one: "my name is ...", "first name ..., last name ..."."""
    first, last = _FIRST_NAME.search(text), _LAST_NAME.search(text)
    if first and last:
        return _leading_name(text[first.end() :], told=True) + _leading_name(text[last.end() :], told=True)
    for said in _SAYS_NAME.finditer(text):
        if found := _leading_name(text[said.end() :], told=True):
            return found
    return []


def read_contact(text: str, region: str = "US") -> dict[str, str] | None:
    """Name, phone and e-mail given in one line, as far as they are there."""
    email, phone = find_email(text), find_phone(text, region)
    name = find_name(_before_contact(text)) if email or phone else find_name(text)
    contact = {"first_name": name, "phone": phone, "email": email}
    return {key: value for key, value in contact.items() if value} or None


def _valid_email(candidate: str) -> str | None:
    try:
        return str(validate_email(candidate, check_deliverability=False).normalized)
    except EmailNotValidError:
        return None


def _spelled_out(text: str) -> str:
    for pattern, sign in _SPOKEN_JOINS:
        text = pattern.sub(sign, text)
    return _SPOKEN_DOT.sub(".", _SPOKEN_AT.sub("@", text))


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


def _before_contact(text: str) -> str:
    """The text without its e-mail address and numbers, so that only the name is left in front of words about them."""
    spelled = _EMAIL.sub(" , ", _spelled_out(text) if "@" not in text else text)
    return re.sub(r"^[\W\d]+", "", re.sub(r"\+?[\d(][\d\s().\-/]{5,}\d", " , ", _spoken_digits_kept(spelled)))


def _spoken_digits_kept(text: str) -> str:
    return _DIGIT_RUN.sub(" , ", text) if _DIGIT_RUN.search(text) else text


def _leading_name(text: str, *, told: bool = False) -> list[str]:
    if told and not _may_be_name(text):
        return []
    found: list[str] = []
    position = 0
    for match in _NAME_WORD.finditer(text):
        between = text[position : match.start()]
        if (found and between.strip(" \t")) or (not found and re.search(r"[^\s\W]|[?]", between)):
            break
        word = match.group()
        if (_is_common(word) and not _is_name_too(word, told, bool(found))) or len(found) == _LONGEST_NAME:
            break
        position = match.end()
        found.append(word if "." in word[:-1] or len(word) == 2 or word.lower() in _TITLES else word.rstrip("."))
    return found if any(word.lower() not in _TITLES for word in found) else []


def _may_be_name(text: str) -> bool:
    """ "will power", but not "will be given later"."""
    first = text.lower().split()[:2]
    return not (len(first) > 1 and first[0] in _ALSO_NAMES and first[1] in _NO_NAME_AFTER)


def _is_name_too(word: str, told: bool, is_second: bool) -> bool:
    """Whether a common word is a name here."""
    low = word.lower()
    return (told and low in _ALSO_NAMES) or (is_second and word[0].isupper() and low in _FAMILY_NAMES | _ALSO_NAMES)


def _is_common(word: str) -> bool:
    return word.lower().rstrip(".") in _NO_NAMES


def _capitals(found: list[str]) -> str:
    """Capitals where the writer used none at all, or only those."""
    name = " ".join(found)
    if not (name.islower() or (name.isupper() and len(name) > 3)):
        return name
    words = (word.lower() for word in found)
    return " ".join(w if i and w in _JOINERS else re.sub(r"(^|[-'])(\w)", _upper, w) for i, w in enumerate(words))


def _upper(match: re.Match[str]) -> str:
    return match[1] + match[2].upper()
