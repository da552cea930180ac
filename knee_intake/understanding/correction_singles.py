"""Corrections of fields that hold one value: which knee, how long, how bad, how old, how it began, how active. PURE."""

from __future__ import annotations

import itertools
import re
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
    if said.cue or refused or (said.opens_with_no and last.bare):
        return (last.value,)
    return None


def _side(said: Said, old: Any) -> tuple[Any] | None:
    if old in _OTHER_OF and say.OTHER_TOO.search(said.low):
        return ("both",)
    named = _joined(said.low, mentions.sides(say.SIDES_SWAPPED.sub(lambda m: " " * len(m[0]), said.low)))
    new = [one for one in named if one.is_new]
    if new and old in _OTHER_OF and new[-1].value == _OTHER_OF[old] and _comes_to(said, new[-1]):
        return ("both",)
    if found := _chosen(said, named, old):
        return found if found[0] or old not in _OTHER_OF else (_OTHER_OF[old],)
    refused = [one.value for one in named if one.rejected and one.value in _OTHER_OF]
    if old == "both" and not new and len(refused) == 1 and (said.cue or said.opens_with_no):
        return (_OTHER_OF[refused[0]],)
    return _swapped(said, old, bool(new))


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


def _swapped(said: Said, old: Any, named: bool) -> tuple[Any] | None:
    """ "The other knee", "I mixed up my sides"."""
    if old not in _OTHER_OF or named:
        return None
    other = say.OTHER_SIDE.search(said.low)
    if other and (said.cue or said.opens_with_no) and not _FINE.match(said.low, other.end()):
        return (_OTHER_OF[old],)
    return (_OTHER_OF[old],) if say.SIDES_SWAPPED.search(said.low) else None


def _duration(said: Said, old: Any) -> tuple[Any] | None:
    spans = mentions.spans_of_time(said.low, said.now)
    if any(one.is_new for one in spans) or not isinstance(old, (int, float)):
        return _chosen(said, spans, old)
    if (found := _other_unit(said, old)) is not None:
        return found
    if numbers := [
        one for one in _bare_numbers(said) if one.value and _target(said, one.value) == "pain_duration_days"
    ]:
        unit = _natural_unit(old)
        return _chosen(
            said,
            [Named(round(n.value * unit), n.start, n.end, n.rejected, n.wrong, n.said, n.bare) for n in numbers],
            old,
        )
    return _chosen(said, spans, old)


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


def _target(said: Said, value: float) -> str | None:
    """The field that a number without a word for it belongs to."""
    context = said.context
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
    if said.last == "pain_duration_days" and not re.search(
        r"\bpain|hurt|score|level|scale|out\s+of"
        r"|/\s*10",
        said.low,
    ):
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
    if not any(one.is_new for one in named) and found and found != old and said.cue:
        return (found,)
    sure = [one for one in named if one.bare or one.rejected or one.value == found]
    refused = [one for one in sure if one.rejected and one.value == old]
    refused += [
        one for one in named if old == "injury" and "injur" in said.low[one.start : one.end] and one.value != old
    ]
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
    contrast = any(one.is_new for one in named) and any(one.rejected for one in named)
    if not (said.cue or said.opens_with_no or contrast) or not (named or said.findings.get("activity_level")):
        return None
    if not (any(one.bare for one in named) or _LEVEL_NAMED.search(said.low) or said.findings.get("activity_level")):
        return None
    low = said.low
    aside = [one for one in named if not one.is_new]
    if len(aside) < len(named):
        for one in aside:
            low = low[: one.start] + " " * (one.end - one.start) + low[one.end :]
    level = read_activity_level(low, None, ()) or said.findings.get("activity_level")
    return (level,) if level else None
