"""Corrections of a phone number or an e-mail address, whole or in part ("gmail, not yahoo"); and of the name. PURE.

What is put in their place and cannot be right takes the old one back, so that it is asked again.
"""

from __future__ import annotations

import re
from typing import Any

from knee_intake.understanding.correction_names import read_new_name
from knee_intake.understanding.correction_swaps import READ_BACK, alike, has_sign, swaps
from knee_intake.understanding.correction_text import Said
from knee_intake.understanding.emails import find_email, read_address
from knee_intake.understanding.phones import find_phone, read_number
from knee_intake.understanding.plain import plain

_MARKS = {"dot": ".", "period": ".", "underscore": "_", "dash": "-", "hyphen": "-"}
_MARK = rf"(?P<mark>{'|'.join(_MARKS)})"
_NO_MARK = re.compile(
    rf"\b(?:no|without|remove|drop|not|isn'?t|not\s+supposed\s+to\s+be|minus|leave\s+out|take\s+out|delete)\s+(?:an?\s+|the\s+|any\s+)?{_MARK}\b(?!\s+com)"
)
_MARK_PLACE = re.compile(rf"\b{_MARK}\s+(?:between|after)\s+(?:the\s+)?(?P<first>[\w-]+)")
_AREA = re.compile(
    r"\b(?:area\s+code\b\D{0,25}|(?:starts?|begins?)\s+with\s+|first\s+(?:three\s+|3\s+)?(?:digits|numbers)\b\D{0,20})(\d{3})(?!\d)"
)
_AREA_BEHIND = re.compile(r"(?<!\d)(\d{3})\s+(?:is\s+(?:the|my)\s+)?area\s+code\b")
_MIDDLE = re.compile(
    r"\bmiddle\s+(?:three\s+|3\s+)?(?:digits?\s+|numbers?\s+|part\s+)?(?:is|are|should\s+be)\s+(\d{3})(?!\d)"
)
_LAST_TWO_SWAPPED = re.compile(
    r"\b(?:swap(?:ped)?|switch(?:ed)?|reversed?|flip(?:ped)?|transposed?)\s+(?:\w+\s+)?last\s+two\b"
    r"|\blast\s+two\s+(?:digits?\s+|numbers?\s+)?(?:are\s+|got\s+)?(?:swapped|switched|reversed|flipped|backwards|transposed|mixed)"
)
_ENDS = re.compile(
    r"\b(?:ends?\s+(?:in|with)|ending\s+(?:in|with)|last\s+(?:\w+\s+)?(?:digits?|numbers?|four|two"
    r"|three)\b\D{0,20}?)\s*(\d{1,4})(?!\d)"
)
_PROVIDERS = re.compile(r"\b(gmail|yahoo|hotmail|outlook|aol|icloud|proton|protonmail|comcast|msn|live)\b")
_PROVIDER_SAID = re.compile(
    r"\b(?:it's|its|it\s+is|should\s+be|make\s+it)\s+(?:at\s+|@)?(?:gmail|yahoo|hotmail|outlook|aol|icloud)\b"
)
_OF_DIGITS = re.compile(r"\b(?:digits?|numbers?|phone|cell|ends?|last|area)\b")
"""Without such a word, "2 not 3" is of anything."""
_AT_THE_END = re.compile(r"(?<!\d)(\d{2,4})\s+(?:at|in|for)\s+the\s+end\b")
_TLD = re.compile(r"(?<![\w.])\.(com|net|org|edu|gov|co|us|io)\b")
_I_PUT = re.compile(r"\bi\s+(?:put|said|typed|wrote|entered)\b")
_FEW_WORDS = 3
_LOCAL_DIGITS, _WHOLE_DIGITS = 7, 10
_FEW_DIGITS = 2
"""By which a number may differ and still be the old one, mended."""
_LOCAL_SAID = re.compile(
    r"\b(?:it's|its|it\s+is|should\s+be|is)\s+(?P<local>[\w-]+(?:\s+(?:dot|period|underscore|dash|hyphen)\s+[\w-]+)+"
    r"|(?=\S*[\d._-])[\w.+-]*\w)\W*$"
)
"""The part in front of the @ alone: "it's sam underscore hall"."""
_ADDED = re.compile(r"\badd\s+(?:an?\s+|the\s+)?(?P<new>[\w.-]+)\s+(?:after|behind)\s+(?:the\s+)?(?P<old>\w+)\b")
_ONLY_MAIL = re.compile(r"^\W*(?:just|only)?\s*(?:the\s+|my\s+)?e-?mail\s+(?:only|is\s+enough)\b")
_ONLY_PHONE = re.compile(r"^\W*(?:just|only)?\s*(?:the\s+|my\s+)?phone\s+(?:only|is\s+enough)\b")
_OF_OTHERS = re.compile(
    r"\b(?:wife|husband|mom|mother|dad|father|sister|brother|son|daughter|friend|doctor|dr)(?:'?s)?\s+(?:\w+\s+)?(?:number"
    r"|phone|cell|email|name|is)\b|\b(?:pharmacy|insurance|lawyer|caregiver|emergency\s+contact)\b"
)
_AT_WORK = re.compile(r"\b(?:work|office)(?:'?s)?\s+(?:\w+\s+)?(?:number|phone|cell|email|name|is)\b")
_SAYS_NAME = re.compile(r"\bname\b|\bcall\s+me\b|\bgo\s+by\b")
_NAMES_NOW = re.compile(r"\b(?:i'm|i\s+am|my\s+name(?:'s|\s+is))\s+[A-Z]")
"""Behind another person's name, one's own."""


def read_contacts(said: Said) -> dict[str, Any]:
    """{first_name, phone, email: the new one, or None where it is asked again} for each that the text changes."""
    if _OF_OTHERS.search(said.low) and not _NAMES_NOW.search(said.typed):
        return {}
    if _AT_WORK.search(said.low) and not has_sign(said):
        return {}
    changed = _left_with_one(said)
    for name, reader in (("email", _email), ("phone", _phone), ("first_name", read_new_name)):
        old = said.context.get(name)
        if not isinstance(old, str):
            continue
        value = reader(said, old)
        if value and value.lower() != old.lower():
            changed[name] = value
    if changed.get("email") and "first_name" in changed and not _SAYS_NAME.search(said.low):
        del changed["first_name"]  # a part of the address
    if changed.get("email") and _SAYS_NAME.search(said.low) and not ("mail" in said.low or "@" in said.low):
        del changed["email"]  # the name stands in the address too: "call me Tommy instead of Tom"
    changed |= _added(said)
    return changed | {name: None for name in _broken(said) if name not in changed}


def _added(said: Said) -> dict[str, str]:
    """A second way to be reached, given when the first one is said back: "better to call me, 646 555 0147"."""
    if said.asked != READ_BACK:
        return {}
    found = {"phone": find_phone(said.text), "email": find_email(said.text)}
    return {name: value for name, value in found.items() if value and name not in said.context}


def _left_with_one(said: Said) -> dict[str, Any]:
    """ "Email only": the other way goes."""
    if said.asked != READ_BACK or not {"phone", "email"} <= {*said.context}:
        return {}
    return {"phone": None} if _ONLY_MAIL.match(said.low) else {"email": None} if _ONLY_PHONE.match(said.low) else {}


def _broken(said: Said) -> list[str]:
    """The fields for which the text gives what cannot be right."""
    if not has_sign(said):
        return []
    address = read_address(said.text)
    number = read_number(address.rest)
    broken = {"email": address.broken and not address.email, "phone": number.broken and "phone" in said.context}
    return [name for name, is_broken in broken.items() if is_broken and isinstance(said.context.get(name), str)]


def _email(said: Said, old: str) -> str | None:
    rejected = re.sub(r"\b(?:not|instead\s+of)\s+\S+@\S+", " ", said.text, flags=re.I)
    if (new := find_email(rejected)) and (has_sign(said) or alike(new, old)):
        return new
    for before, after in swaps(plain(said.text)):
        before, after = before.strip("."), after.strip(".")
        if before and before in old and (len(after) > 1 or "mail" in said.low) and after not in ("it", "that"):
            return find_email(old.replace(before, after))
    if marked := _marks_changed(said, old) or _local_changed(said, old):
        return find_email(marked)
    providers = [name for name in _PROVIDERS.findall(said.low) if f"@{name}." not in old]
    if providers and (said.cue or _PROVIDER_SAID.search(said.low) or _I_PUT.search(said.low)):
        return find_email(re.sub(r"@[\w-]+\.", f"@{providers[0]}.", old))
    tld = _TLD.search(said.low)
    if tld and (said.cue or said.last == "email" or "mail" in said.low or len(said.low.split()) <= _FEW_WORDS):
        return find_email(re.sub(r"\.\w+$", f".{tld[1]}", old))
    return None


def _marks_changed(said: Said, old: str) -> str | None:
    """The address with a dot, dash or underscore taken out or put in: "no dot in my email"."""
    if said.last != "email" and not re.search(r"\be-?mail\b", said.low):
        return None
    local, _, domain = old.partition("@")
    if (gone := _NO_MARK.search(said.low)) and local.count(_MARKS[gone["mark"]]) == 1:
        return f"{local.replace(_MARKS[gone['mark']], '')}@{domain}"
    if (place := _MARK_PLACE.search(said.low)) and local.count(place["first"]) == 1:
        return f"{local.replace(place['first'], place['first'] + _MARKS[place['mark']])}@{domain}"
    return None


def _local_changed(said: Said, old: str) -> str | None:
    """The address with another part in front of the @, or something added to it."""
    local, _, domain = old.partition("@")
    if (added := _ADDED.search(said.low)) and local.count(added["old"]) == 1:
        return f"{local.replace(added['old'], added['old'] + added['new'])}@{domain}"
    if (whole := _LOCAL_SAID.search(plain(said.typed))) and has_sign(said):
        new = re.sub(r"\s+(dot|period|underscore|dash|hyphen)\s+", lambda match: _MARKS[match[1]], whole["local"])
        return f"{new}@{domain}" if new != local and alike(new, local) else None
    return None


def _phone(said: Said, old: str) -> str | None:
    digits = re.sub(r"\D", "", old)
    rejected = re.sub(r"\b(?:not|instead\s+of)\s+[+(]?\d[\d\s().-]{6,}", " ", said.text, flags=re.I)
    if (new := find_phone(rejected)) and (has_sign(said) or _is_mended(new, digits)):
        if len(re.sub(r"\D", "", new)) == _LOCAL_DIGITS and len(digits) >= _WHOLE_DIGITS:
            new = find_phone(digits[-_WHOLE_DIGITS:-_LOCAL_DIGITS] + new) or new
        return None if re.sub(r"\D", "", new)[-10:] == digits[-10:] else new
    area = digits[-10:-7]
    if (code := _AREA.search(said.low) or _AREA_BEHIND.search(said.low)) and code[1] != area and len(digits) >= 10:
        return find_phone(digits[-10:].replace(area, code[1], 1))
    for before, after in swaps(plain(said.text)):
        if not (before.isdigit() and after.isdigit() and len(before) == len(after) and before in digits):
            continue
        if len(before) > _FEW_DIGITS or _OF_DIGITS.search(said.low):
            at = digits.rindex(before)
            return find_phone((digits[:at] + after + digits[at + len(before) :])[-10:])
    if (middle := _MIDDLE.search(said.low)) and len(digits) >= _WHOLE_DIGITS:
        return find_phone(digits[-10:-7] + middle[1] + digits[-4:])
    if _LAST_TWO_SWAPPED.search(said.low):
        return find_phone((digits[:-2] + digits[:-3:-1])[-10:])
    if ends := _ENDS.search(said.low) or _AT_THE_END.search(said.low):
        return find_phone((digits[: -len(ends[1])] + ends[1])[-10:])
    return None


def _is_mended(new: str, digits: str) -> bool:
    """Whether a number is the old one but for a digit or two."""
    first, second = re.sub(r"\D", "", new)[-10:], digits[-10:]
    return len(first) == len(second) and 0 < sum(map(str.__ne__, first, second)) <= _FEW_DIGITS
