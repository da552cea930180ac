"""What a text takes back or changes of the answers so far. PURE.

A correction needs a cue ("actually", "I meant", "not … but", "scratch that") and a value that differs from what was
answered; "actually it hurts a lot" corrects nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from knee_intake.understanding.about_you import age_band
from knee_intake.understanding.answers import LONGEST_ANSWER
from knee_intake.understanding.bare_words import named_values, read_side
from knee_intake.understanding.contacts import find_email, find_phone
from knee_intake.understanding.durations import find
from knee_intake.understanding.numbers import NUMBER, find_severity
from knee_intake.understanding.plain import either, plain, words
from knee_intake.understanding.types import LIST_FIELDS, ONE_FIELDS
from knee_intake.understanding.yes_no import is_question

_CUE = re.compile(
    r"\b"
    + either(
        r"""
        actually | correction | i meant(?! to) | i mean(?! to)(?=[ ,]) | sorry | oops | whoops | my (?:mistake|bad)
        made a mistake | mistaken
        (?:no|oh|hang on|hold on),? wait | wait,? (?:no|it|i|the|that|actually|sorry|my) | no,? wait | scratch that
        strike that
        i (?:was wrong|misspoke|mis(?:typed|clicked)|typed|said|told you|put|wrote|should have said|take (?:it|\
        that) back) | (?:that|it|number|email|e-mail|phone|name)(?:'s| was| is) (?:wrong|not right|a mistake)
        or rather | change (?:that|it|my|the) | make that | instead | on second thought
        not \w+(?: \w+){0,4},? (?:but|it's|it is) | let me correct | to correct
        it's not | it isn't | isn't (?:my|the) | not my | not the | rather than | no,? (?:it's|it is|the|my|i)(?= )
        never (?:had|did) | after all | forget (?:that|what|about|it) | ignore (?:that|what) | take (?:that )?back
        should be
        """
    )
    + r"(?!\w)"
)  # fmt: skip
_OPENS_WITH_NOT = re.compile(r"^\W*(?:no|nope|wait|not)\b")
_TAKES_BACK = re.compile(r"\b(?:scratch|strike|forget|ignore|disregard|undo|take\s+(?:that|it)\s+back|delete)\b")
_MORE_SAID = re.compile(r"[,;.:!-]\s*\w|\b(?:but|and)\b")
_ADDS = re.compile(r"\b(?:also|too|as\s+well|in\s+addition|plus|both\s+of\s+them)\b")
_OTHER_ONE_TOO = re.compile(
    r"\bother\s+(?:one|knee|side|leg)\s+(?:\w+\s+){0,3}(?:too|also|as\s+well)\b|\balso\s+(?:\w+\s+){0,2}the\s+other\b"
)
_REJECTED = re.compile(
    r"\b(?:not|isn't|wasn't|instead\s+of|rather\s+than|i\s+(?:said|put|typed|wrote|told\s+you)|was\s+wrong)\s+"
    r"(?:it\s+was\s+|it's\s+|about\s+|for\s+|since\s+|a\s+|an\s+|my\s+|the\s+)*$"
)
_NAMED_FIELDS = (
    ("knee_side", r"side|left|right|which\s+knee"),
    ("pain_duration_days", r"duration|how\s+long|weeks|months|years"),
    ("pain_severity", r"score|number|pain\s+level|severity"),
    ("arthritis_history", r"arthritis"),
    ("activity_level", r"activity|active|exercise"),
    ("activities", r"sports?|activities"),
    ("phone", r"phone|number"),
    ("email", r"e-?mail"),
    ("first_name", r"name"),
    ("pain_location", r"location|where"),
    ("treatments_tried", r"treatments?"),
    ("symptoms", r"symptoms?|swelling"),
)


def read_corrections(
    text: str,
    findings: Mapping[str, Any],
    negated: Collection[str],
    more: Mapping[str, Any],
    context: Mapping[str, Any],
    now: datetime,
) -> dict[str, Any]:
    """{field: its whole new value, or None where it is taken back}, only what changes against `context`.

    `context` is in the order of the answers: a bare "scratch that" takes back the last one.
    """
    text = text[:LONGEST_ANSWER]
    low = plain(text)
    if not context or is_question(text):
        return {}
    if _OTHER_ONE_TOO.search(low) and context.get("knee_side") in ("left", "right"):
        return {"knee_side": "both"}
    if not (_CUE.search(low) or _OPENS_WITH_NOT.match(low) or _TAKES_BACK.search(low)):
        return {}
    if _TAKES_BACK.search(low) and not _MORE_SAID.search(low) and (back := _taken_back(low, context)):
        return back
    changed = _new_values(text, low, findings, negated, more, context, now)
    return {name: value for name, value in changed.items() if name in context and value != context[name]}


def _new_values(
    text: str,
    low: str,
    findings: Mapping[str, Any],
    negated: Collection[str],
    more: Mapping[str, Any],
    context: Mapping[str, Any],
    now: datetime,
) -> dict[str, Any]:
    changed: dict[str, Any] = {name: findings[name] for name in ONE_FIELDS if name in findings}
    if side := read_side(_without_said(text, low)):
        changed["knee_side"] = side
    spans = find(text, now)
    if kept := [d for d in spans if not _REJECTED.search(low[: d.start])]:
        changed["pain_duration_days"] = kept[-1].days
    scores = find_severity(text, asked="pain_severity" in context and not spans and bool(_short(low)))
    scores = [s for s in scores if re.search(NUMBER, low[s.start : s.end]) and not _REJECTED.search(low[: s.start])]
    if scores:
        changed["pain_severity"] = scores[-1].value
    for name in LIST_FIELDS:
        if name in context and name != "red_flags":
            new = _new_list(name, low, findings.get(name, ()), negated, context[name])
            if new is not None:
                changed[name] = new
    if (age := more.get("age")) is not None:
        changed["age_band"] = age_band(age)
    for name, reader in _CONTACTS.items():
        if name in context and (value := reader(text)):
            changed[name] = value
    return changed


_CONTACTS: dict[str, Callable[[str], str | None]] = {"phone": find_phone, "email": find_email}


def _short(low: str) -> bool:
    return len(words(low).split()) <= 10


def _without_said(text: str, low: str) -> str:
    """The text without what the visitor quotes of themselves: "I said left, but …"."""
    quoted = re.search(r"\bi\s+(?:said|put|typed|wrote|told\s+you)\b.*?(?:\bbut\b|[,.;]|$)", low)
    if not quoted or not low[quoted.end() :].strip(" .,!"):
        return text
    return text[: quoted.start()] + text[quoted.end() :]


def _new_list(name: str, low: str, found: Collection[str], negated: Collection[str], before: Any) -> list[str] | None:
    """The whole new list, or None where nothing of it changes."""
    old = [value for value in before if value != "none"] if isinstance(before, list) else []
    named = named_values(name, low)
    denied = {value for value, _, is_denied in named if is_denied} | {value for value in negated if value in old}
    said = {value for value, where, _ in named if _REJECTED.search(low[:where])}
    stated = [value for value, _, is_denied in named if not is_denied and value not in said]
    stated = list(dict.fromkeys([*(value for value in found if value not in denied | said), *stated]))
    new = [value for value in stated if value not in old]
    if name == "arthritis_history" and not new and re.search(r"\b(?:no|not|never|don't|didn't)\b.*\barthritis\b", low):
        return ["none"]
    if not new and not (denied | said) & set(old):
        return None
    kept = [value for value in old if value not in denied | said]
    if new and not denied & set(old) and not said and not _ADDS.search(low):
        kept = [value for value in kept if value in stated]  # "actually it's the inside" takes the front's place
    return kept + new


def _taken_back(low: str, context: Mapping[str, Any]) -> dict[str, Any]:
    named = [name for name, pattern in _NAMED_FIELDS if name in context and re.search(rf"\b(?:{pattern})\b", low)]
    if named:
        return {named[0]: None}
    bare = len(words(low).split()) <= 5
    return {list(context)[-1]: None} if bare else {}
