"""What a text takes back or changes of the answers so far. PURE.

A correction needs a sign of change (a cue as "actually" or "I meant", a value put against another, "add", "remove")
and a value that differs from what was answered; "actually it hurts a lot" corrects nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from knee_intake.understanding import correction_signs as say
from knee_intake.understanding.answers import LONGEST_ANSWER
from knee_intake.understanding.correction_contacts import read_contacts
from knee_intake.understanding.correction_lists import new_list
from knee_intake.understanding.correction_singles import new_singles
from knee_intake.understanding.correction_swaps import READ_BACK
from knee_intake.understanding.correction_text import Said
from knee_intake.understanding.plain import plain
from knee_intake.understanding.small_talk import without_small_talk
from knee_intake.understanding.types import LIST_FIELDS

_ASKS = re.compile(
    r"^\W*(?:(?:and|but|so|um|well|ok|oh|hey|sorry|actually|wait)\W+)*(?:(?:what|why|how|who|whom|whose|where"
    r"|when|which)(?:'?s)?\b"
    r"|(?:is|are|does|do|did|can|could|would|should|will|may|am)\s+(?:i|you|we|it|they|he|she|there|the|my|your"
    r"|this|that|an?|these|\w+ing)\b)"
)
_ASKS_WHY_SO = re.compile(
    r"\W*(?:did\s+i\b|(?:why|how\s+come)\s+(?:do|does|did)\s+(?:it|you)\s+(?:say|have|show|put)\b)"
)
"""A question about an answer, which may mend it: "did I put 8? I meant 3"."""
_PHONE_LIKE = re.compile(r"\+?\(?\d[\d\s().-]{5,}\d")
"""Its digits are no age, no score and no time."""
_CONTACT = re.compile(r"\b(?:number|phone|cell|e-?mail|name|age|score)\b")
_WISHES = re.compile(
    r"\b(?:can|could|would|will|may)\s+(?:you|we|i)\s+(?:\w+\s+){0,2}(?:change|switch|update|fix|edit|correct"
    r"|replace|set|make|put|add|remove"
    r"|delete|take|drop|use|call\s+me|erase|scratch)\b"
)
_NEVER_MIND = re.compile(r"\W*(?:\w+\W+)?(?:forget|drop|ignore)\s+it\W*(?:then)?\W*")
_TAKES_OUT = re.compile(
    r"\b(?<!don't\s)(?<!not\s)(?:(?:take|leave)\s+(?:it|that)\s+(?:out|off)|(?:remove|delete|erase)\s+(?:it|that))\W*(?:please|pls|thanks)?\W*$"
)
"""What was named before it goes: "I'd rather not leave my phone, take it out"."""
CONTACTS = ("first_name", "phone", "email")
_PATTERN_OF = dict(say.NAMED_FIELDS)
_OUTDATED = re.compile(
    r"\b(?:have|got|getting)\s+an?\s+(?:new|different)\s+(?:phone|cell|number|e-?mail|name)\b|\bchanged\s+my\s+(?:phone|cell|number|e-?mail|name)\b"
    r"|\b(?:phone|cell|number|e-?mail|address|name)\s+(?:is\s+|has\s+|'s\s+)?(?:an?\s+)?(?:old\b|outdated|changed\b|different\s+now"
    r"|no\s+longer|(?:doesn'?t|does\s+not)\s+(?:work|exist))"
)
"""A contact that holds no more, without the new one."""
_UNSURE = re.compile(
    r"\b(?:not\s+sure|don'?t\s+(?:really\s+|actually\s+|honestly\s+|even\s+)?(?:know|remember)|no\s+(?:clue|idea)|can'?t\s+remember)\b"
)
_WRONG = re.compile(
    r"\bnot\s+how\s+(?:you|to|i)\s+spell\b|\bmy\s+name\s+(?:isn'?t|is\s+not|ain'?t)\b|"
    r"\bwrong(?!\s+with)\b|\bincorrect\b|(?<!left\s)\b(?:not|isn'?t|wasn'?t)\s+(?:quite\s+|really\s+)?(?:right|correct"
    r"|mine)\b|\bmistake\b|\btypo\b"
    r"|\b(?:not|isn'?t|wasn'?t|ain'?t)\s+(?:really\s+|actually\s+|even\s+)?my\s+(?:(?:first|real|actual|legal|phone|cell|e-?mail)\s+)?"
    r"(?:name|number|phone|cell|e-?mail|address|age)(?:\s+(?:any\s?more|at\s+all|you\s+have|though|tho|lol|sorry))*\W*$"
)


def read_corrections(
    text: str,
    findings: Mapping[str, Any],
    negated: Collection[str],
    more: Mapping[str, Any],
    context: Mapping[str, Any],
    now: datetime,
    asked: str | None = None,
    typed: str | None = None,
) -> dict[str, Any]:
    """{field: its whole new value, or None where it is taken back}, only what changes against `context`.

    `context` is in the order of the answers: a bare "scratch that" takes back the last one. What a text says bare
    ("none", "a 7") is for the question `asked`, where that is known. `typed` is the text as received, where `text` is
    mended: names are read from it.
    """
    text = text[:LONGEST_ANSWER]
    low = plain(text)
    if not context or _only_asks(low):
        return {}
    if say.TAKES_LAST_BACK.fullmatch(low) and not _NEVER_MIND.fullmatch(low):
        if asked == READ_BACK:
            return _all_named(low, context)  # of all that was said back, no answer is the last
        return _named_or_last(low, context)
    low = without_small_talk(low, of_signs=False)
    said = Said(
        text, low, findings, negated, more, context, now, asked, (text if typed is None else typed)[:LONGEST_ANSWER]
    )
    contacts = read_contacts(said)
    # the digits of a phone number are no age, no score and no time
    said = replace(said, low=_PHONE_LIKE.sub(lambda match: " " * len(match[0]), low))
    changed = {**new_singles(said), **contacts}
    for name in LIST_FIELDS:
        if name == "activities" and {*findings.get(name, ())} & {*findings.get("aggravated_by", ())}:
            continue  # "running makes it worse" takes the place of no sport
        if name in context and name != "red_flags" and (new := new_list(name, said)) is not None:
            changed[name] = new
    known = {*context} | ({"phone", "email"} if asked == READ_BACK else set())
    changed = {name: value for name, value in changed.items() if name in known and _differs(value, context.get(name))}
    return changed or _taken_back(replace(said, low=low))


def _only_asks(low: str) -> bool:
    """A question that asks for no change; also one without a question mark."""
    return bool(_ASKS.match(low)) and not _WISHES.search(low) and not _ASKS_WHY_SO.match(low)


def _differs(value: Any, before: Any) -> bool:
    if isinstance(value, list) and isinstance(before, list):
        return set(value) != set(before)
    return bool(value != before)


def _named_or_last(low: str, context: Mapping[str, Any]) -> dict[str, Any]:
    named = _named(low, context)
    return {named: None} if named else {list(context)[-1]: None}


def _named(low: str, context: Mapping[str, Any]) -> str | None:
    """The field that a text calls by name; of several, the one answered last."""
    names = [name for name, pattern in say.NAMED_FIELDS if name in context and re.search(rf"\b(?:{pattern})\b", low)]
    return max(names, key=list(context).index, default=None)


def _all_named(low: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """{field: None} for what a text calls by name: one field, or all ways to be reached that it lists."""
    name = _named(low, context)
    reach = {one: None for one in CONTACTS if one in context and re.search(rf"\b(?:{_PATTERN_OF[one]})\b", low)}
    return reach if name in CONTACTS else {name: None} if name else {}


def _taken_back(said: Said) -> dict[str, Any]:
    """A field that is called by name and called wrong, or to be removed, or no longer known."""
    for sentence in re.split(r"[.;!?\n]|,(?!\d)|\bbut\b", said.low):
        removes = any(_CONTACT.search(m[1]) for m in say.TAKEN_OFF.finditer(sentence)) or any(
            not say.KEEPS.search(sentence[: m.start()]) for m in say.REMOVES.finditer(sentence)
        )
        unsure = said.cue and _UNSURE.search(sentence)
        if (removes or unsure or _WRONG.search(sentence)) and (named := _all_named(sentence, said.context)):
            return named
        if _OUTDATED.search(sentence) and (named := _all_named(sentence, said.context)):
            return named
    takes = _TAKES_OUT.search(said.low)
    name = _named(said.low[: takes.start()], said.context) if takes else None
    return {name: None} if name else {}
