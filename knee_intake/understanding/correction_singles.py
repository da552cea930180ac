"""Corrections of fields that hold one value: which knee, how long, how bad, how old, how it began, how active. PURE."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import Any

from knee_intake.understanding import correction_mentions as mentions
from knee_intake.understanding import correction_signs as say
from knee_intake.understanding.about_you import age_band, read_age_band
from knee_intake.understanding.correction_mentions import Named
from knee_intake.understanding.correction_text import Said
from knee_intake.understanding.durations import find
from knee_intake.understanding.habits import read_activity_level

_OTHER_OF = {"left": "right", "right": "left"}
_UNITS = (365, 30, 7, 1)
_JOINED = re.compile(r"\s*(?:and|&|\+|as\s+well\s+as|and\s+also)\s*(?:the\s+|my\s+)?")
_FINE = re.compile(
    r"\s*(?:one|knee|side|leg)?\s*(?:is|was|feels|'s|does(?:n't)?|has)\s+(?:\w+\s+)?(?:fine|good|ok(?:ay)?"
    r"|great|not|hurt)\b"
)
_LEVEL = re.compile(
    r"\b(?:(?:very|super|really|extremely|pretty|fairly|quite|in|more|less|highly|barely|somewhat"
    r"|hardly)\s+)*(?:sedentary|inactive|active|light"
    r"(?:ly)?|moderate(?:ly)?|vigorous(?:ly)?|couch\s+potato|sit(?:ting)?(?:\s+(?:a\s+lot|all\s+day|around))?"
    r"|intense|athletic)\b"
)
_LEVEL_NAMED = re.compile(
    r"\b(?:sedentary|(?:in)?active|vigorous\w*|moderate(?:ly)?|couch|exercise|work(?:ing)?\s*out)\b"
)
_ONLY = re.compile(r"\b(?:just|jst|only)\s+(?:on\s+|in\s+)?(?:the\s+|my\s+)?$")
_SOUND = re.compile(
    r"\b(?P<side>left|right)(?:\s+(?:one|knee|side|leg))?\s*(?:'s|\s(?:is|was|feels|seems|has\s+been))?\s+(?:\w+\s+){0,2}?"
    r"(?:fine|good|ok(?:ay)?|great|healthy|alright|perfect|normal)\b"
)
"""A knee that is said to be well."""
_NOT = re.compile(r"\b(?:not|isn'?t|wasn'?t|never)\b")
_ARTICLE = re.compile(r"\b(?:an?|about|around|maybe|probably)\s+$")
_RESETS = re.compile(
    r"\b(?:make|change|switch|set|put|update|correct|fix|edit)\b|\bshould(?:'ve|\s+have)?\s+(?:be|been|say|read)\b|\bmeant\b"
)
_NEAR = 0.1
"""Of a length of time, by which it may differ and still be the one answered."""
_I_DID = re.compile(
    r"\bi\s+(?:actually\s+|really\s+|kinda\s+|sort\s+of\s+|also\s+)?(?:(?:did|had|must\s+have|might\s+have|may\s+have)\s+(?:\w+\s+)?)?"
    r"(?:twist\w*|fell|fall(?:en)?|slip\w*|trip\w*|tore|land\w*|injur\w*|sprain\w*|bang\w*|bump\w*|strain\w*|hurt\s+it"
    r"|an?\s+(?:\w+\s+)?(?:accident|fall|injury|crash))\b(?!\s+(?:asleep|behind|in\s+love|my\s+(?!(?:\w+\s+)?(?:knee|leg))))"
)
"""What somebody tells of a mishap."""
_PAIN = re.compile(r"\bpain|hurt|score|level|scale|out\s+of|/\s*10")
_SCORES = frozenset({"pain_severity", "pain_worst_week"})
_NO_MISHAP = re.compile(
    r"\bthere\s+(?:was\s+(?:no|never\s+an?)|wasn'?t\s+(?:an?y?|no)|were\s+no)\s+(?:\w+\s+)?(?:accident|injury|fall|incident|trauma)\b"
)
_BIRTH = re.compile(r"\bborn\b|\b\d0'?s\b|\b(?:twen|thir|for|fif|six|seven|eigh|nine)t?ies\b")


def new_singles(said: Said) -> dict[str, Any]:
    """{field: value} for each that the text changes; None where its value is only called wrong."""
    context, changed = said.context, dict[str, Any]()
    readers = {
        "knee_side": _side,
        "pain_duration_days": _duration,
        "pain_severity": _severity,
        "age_band": _age,
        "onset": _onset,
        "activity_level": _level,
    }
    for name, reader in readers.items():
        if name in context and (found := reader(said, context[name])):
            changed[name] = found[0]
    return changed


def _chosen(said: Said, named: list[Named], old: Any) -> tuple[Any] | None:
    """The value that the text puts in place of the old one; (None,) where the old one is only put aside."""
    refused = any(one.rejected and one.value == old for one in named)
    new = [one for one in named if one.is_new] or [
        one for one in named if one.said and not one.rejected and one.value != old
    ]
    if not new:
        return (None,) if refused and (said.cue or say.REMOVES.search(said.low)) else None
    last = new[-1]
    if last.value == old:
        return None
    repeated = any(one.said and one.value == old for one in named)  # "3 months, I put 3 weeks"
    if said.cue or refused or ((said.opens_with_no or repeated) and last.bare):
        return (last.value,)
    return None


def _side(said: Said, old: Any) -> tuple[Any] | None:
    if old in _OTHER_OF and say.OTHER_TOO.search(said.low):
        return ("both",)
    named = _joined(said.low, _named_sides(said.low))
    if old == "both" and (one := _only_one(said, named)):
        return (one,)
    new = [one for one in named if one.is_new]
    if new and new[-1].value == _OTHER_OF.get(old) and old in _sound_sides(said.low):
        return (_OTHER_OF[old],)
    refused = any(one.rejected and one.value == old for one in named)
    if new and old in _OTHER_OF and new[-1].value == _OTHER_OF[old] and not refused and _comes_to(said, new[-1]):
        return ("both",)
    if found := _chosen(said, named, old):
        return found if found[0] or old not in _OTHER_OF else (_OTHER_OF[old],)
    aside = [one.value for one in named if one.rejected and one.value in _OTHER_OF]
    if old == "both" and not new and len(aside) == 1 and (said.cue or said.opens_with_no):
        return (_OTHER_OF[aside[0]],)
    return _swapped(said, old, bool(new))


def _named_sides(low: str) -> list[Named]:
    return mentions.sides(say.SIDES_SWAPPED.sub(lambda m: " " * len(m[0]), low))


def _sound_sides(low: str) -> set[str]:
    """The knees that are said to be well."""
    return {m["side"] for m in _SOUND.finditer(low) if not _NOT.search(m[0])}


def _only_one(said: Said, named: list[Named]) -> str | None:
    """The one knee that is left of both: "just the left", "left, the right is fine"."""
    sound = _sound_sides(said.low)
    new = {one.value for one in named if one.is_new and one.value not in sound}
    if len(sound) == 1 and new <= set(_OTHER_OF) - sound and (new or said.cue or said.opens_with_no):
        return _OTHER_OF[sound.pop()]
    alone = [one for one in named if one.is_new and one.bare and _ONLY.search(said.low[: one.start])]
    return alone[0].value if len(alone) == 1 and new == {alone[0].value} and new <= set(_OTHER_OF) else None


def _joined(low: str, named: list[Named]) -> list[Named]:
    """ "Left and right" is both, unless the two are only mixed up."""
    if re.search(r"\b(?:mix|confus)", low):
        return named
    for first, second in itertools.pairwise([one for one in named if one.is_new]):
        if first.value != second.value and _JOINED.fullmatch(low, first.end, second.start):
            return [Named("both", first.start, second.end, bare=True)]
    return named


def _comes_to(said: Said, one: Named) -> bool:
    """Whether the other knee is named beside the one answered."""
    left, right = mentions.clause(said.low, one.start, one.end)
    return bool(say.ADDS.search(said.low, left, right))


_COMPARED = re.compile(r"\b(?:next to|than|beside|compared (?:to|with)|like|as|unlike|from|with) (?:on )?$")


def _swapped(said: Said, old: Any, named: bool) -> tuple[Any] | None:
    """ "The other knee", "I mixed up my sides"."""
    if old not in _OTHER_OF or named:
        return None
    if said.last == "knee_side" and say.ONLY_OTHER.fullmatch(said.low):
        return (_OTHER_OF[old],)
    other = say.OTHER_SIDE.search(said.low)
    compared = other and _COMPARED.search(said.low[: other.start()])
    if other and not compared and (said.cue or said.opens_with_no) and not _FINE.match(said.low, other.end()):
        return (_OTHER_OF[old],)
    return (_OTHER_OF[old],) if say.SIDES_SWAPPED.search(said.low) else None


def _duration(said: Said, old: Any) -> tuple[Any] | None:
    spans = mentions.spans_of_time(said.low, said.now)
    if not isinstance(old, (int, float)):
        return _chosen(said, spans, old)
    spans = [
        replace(one, value=old) if not one.is_new and abs(one.value - old) <= _NEAR * old else one for one in spans
    ]
    if any(one.is_new for one in spans):
        unit = _natural_unit(old)
        spans += [
            replace(one, value=old) for one in mentions.units_of_time(said.low) if one.rejected and one.value == unit
        ]
        # "8 weeks not 6": the number that is put aside is the count of the unit answered
        spans += [
            replace(one, value=old) for one in _bare_numbers(said) if one.rejected and round(one.value * unit) == old
        ]
        return _chosen(said, spans, old)
    if (found := _other_unit(said, old)) is not None:
        return found
    if numbers := _counts(said, spans, old):
        return _chosen(said, numbers, old)
    return _chosen(said, spans, old)


def _counts(said: Said, spans: list[Named], old: float) -> list[Named]:
    """Numbers that stand for a count of the unit answered: "did I put 6 months? it's 9"."""
    unit = _natural_unit(old)
    if repeated := [one for one in spans if one.value == old]:
        return [*repeated, *(_times(n, unit) for n in _bare_numbers(said) if n.value and n.start > repeated[0].end)]
    numbers = [one for one in _bare_numbers(said) if one.value and _target(said, one) == "pain_duration_days"]
    counts = [_times(one, unit) for one in numbers]
    if said.asked in _SCORES and not any(one.rejected and one.value == old for one in counts):
        return []
    if "pain_severity" in said.context or said.asked is not None or any(one.rejected for one in counts):
        return counts
    plainly = len(counts) == 1 and _RESETS.search(said.low) and not _ARTICLE.search(said.low[: counts[0].start])
    return counts if plainly else []


def _times(one: Named, unit: int) -> Named:
    return replace(one, value=round(one.value * unit))


def _natural_unit(days: float) -> int:
    return next((unit for unit in _UNITS if days >= unit and days % unit == 0), 1)


def _other_unit(said: Said, old: float) -> tuple[Any] | None:
    """ "I meant months, not weeks": the same count of another unit."""
    units = mentions.units_of_time(said.low)
    new = [one.value for one in units if one.is_new]
    before = [one.value for one in units if not one.is_new]
    if len(new) != 1 or not (said.cue or before) or not all(one.bare for one in units):
        return None
    unit = before[0] if before else _natural_unit(old)
    count = old / unit
    return (round(count * new[0]),) if count == round(count) else None


def _bare_numbers(said: Said) -> list[Named]:
    taken = [Named(d.days, d.start, d.end) for d in find(said.low, said.now)]
    return [one for one in mentions.scores(said.low, taken) if one.bare]


def _target(said: Said, one: Named) -> str | None:
    """The field that a number without a word for it belongs to."""
    context, value = said.context, one.value
    if value <= 10 and "pain_severity" in context and said.last != "pain_duration_days":
        return "pain_severity"
    if said.last == "pain_duration_days":
        return "pain_duration_days"
    if "age_band" in context and value > 10:
        return "age_band"
    return "pain_severity" if "pain_severity" in context else None


def _severity(said: Said, old: Any) -> tuple[Any] | None:
    taken = [Named(d.days, d.start, d.end) for d in find(said.low, said.now)]
    named = mentions.scores(said.low, taken)
    if any(not one.is_new for one in mentions.spans_of_time(said.low, said.now)) and not _PAIN.search(said.low):
        return None  # "did I put 6 months? it's 9"
    if said.last == "pain_duration_days" and not _PAIN.search(said.low):
        return None
    return _chosen(said, named, old)


def _age(said: Said, old: Any) -> tuple[Any] | None:
    taken = [Named(d.days, d.start, d.end) for d in find(said.low, said.now)]
    named = mentions.ages(said.low, taken)
    bands = [Named(age_band(n.value), n.start, n.end, n.rejected, n.wrong, n.said, n.bare) for n in named]
    if bands:
        return _chosen(said, bands, old)
    if said.cue and _BIRTH.search(said.low) and (band := read_age_band(said.low, said.now)):
        return (band,)
    age = said.more.get("age")
    return (age_band(age),) if said.cue and age is not None else None


def _onset(said: Said, old: Any) -> tuple[Any] | None:
    named = _outermost(mentions.listed("onset", said.low))
    found = said.findings.get("onset")
    mishap = "injury" if _I_DID.search(said.low) else None
    if not any(one.is_new for one in named) and found and found != old and said.cue:
        return (found,)
    sure = [one for one in named if one.bare or one.rejected or one.value in (found, mishap)]
    refused = [one for one in sure if one.rejected and one.value == old]
    refused += [
        one for one in named if old == "injury" and "injur" in said.low[one.start : one.end] and one.value != old
    ]
    if old == "injury" and _NO_MISHAP.search(said.low):
        refused += named
    if (result := _chosen(said, sure, old)) and result[0]:
        return result
    if refused and old == "injury":
        return ("gradual",)
    if result:
        return result
    return (found,) if found and found != old and said.opens_with_no and refused else None


def _outermost(found: list[Named]) -> list[Named]:
    """Without what lies inside a longer mention: the injury of "no injury"."""
    return [
        one
        for one in found
        if not any(o.start <= one.start and one.end <= o.end and o.end - o.start > one.end - one.start for o in found)
    ]


def _level(said: Said, old: Any) -> tuple[Any] | None:
    found = [Named(m[0], *m.span()) for m in _LEVEL.finditer(said.low)]
    named = mentions.judged(said.low, found)
    contrast = any(one.is_new for one in named) and any(
        one.rejected or say.OVERSTATED_AFTER.match(said.low, one.end) for one in named
    )
    if not (said.cue or said.opens_with_no or contrast) or not (named or said.findings.get("activity_level")):
        return None
    if not (any(one.bare for one in named) or _LEVEL_NAMED.search(said.low) or said.findings.get("activity_level")):
        return None
    low = said.low
    put = [one for one in named if one.is_new and say.PUTS.search(low[: one.start])]
    aside = [
        one for one in named if not one.is_new or say.OVERSTATED_AFTER.match(low, one.end) or (put and one not in put)
    ]
    if len(aside) < len(named):
        for one in aside:
            over = say.OVERSTATED_AFTER.match(low, one.end)
            end = over.end() if over else one.end
            low = low[: one.start] + " " * (end - one.start) + low[end:]
    level = read_activity_level(low, None, ()) or said.findings.get("activity_level")
    return (level,) if level else None
