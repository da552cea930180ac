"""Corrections of fields that hold a list: what comes in, what goes, what takes the place of what. PURE."""

from __future__ import annotations

import re
from dataclasses import replace

from knee_intake.understanding import correction_mentions as mentions
from knee_intake.understanding import correction_signs as say
from knee_intake.understanding.answer_lists import ALARMS
from knee_intake.understanding.correction_mentions import Named
from knee_intake.understanding.correction_text import Said
from knee_intake.understanding.types import LIST_FIELDS

_PLACES = frozenset({"pain_location", "arthritis_history"})
"""Of these one has mostly one: another takes its place unless it is added."""
_REPLACES = re.compile(
    r"\b(?:meant|mean|instead|make\s+(?:that|it)|(?:change|switch|update|correct|edit|set|fix)\b[^.!?]*\bto"
    r"|should\s+(?:be|say|read|have\s+(?:said|been|put))"
    r"|wrong|typo|correction|mistake|mixed|not|rather|only|just|more\s+like|supposed\s+to)\b|\*|[-=]>"
)
_TELLS = re.compile(
    r"\bi(?:'ve)?\s+(?:did|do|have|had|play\w*|go|take|took|use\w*|tried|also|got|get)\b|\bi've\b"
    r"|\bit\s+(?:does|also|\w+s)\b|\bive\b"
)
_WANTS = re.compile(
    r"\b(?:want|wanna|would\s+like|i'd\s+like|like\s+to|interested|consider\w*|thinking\s+(?:about|of)|hop(?:e"
    r"|ing)|plan\w*|might|scar(?:es?|y|ed)|afraid|worr\w+|nervous|hate\w*|recommend\w*|suggest\w*"
    r"|should\s+i|need|(?<!did\s)try\s|about\s+to|going\s+to)\b(?!\s+to\s+(?:add|change|correct|mention|say|remove"
    r"|include|put|tell|fix|update|take))"
)
_DENIES = re.compile(
    r"\b(?:i\s+|i've\s+|ive\s+)?(?:never|haven'?t|have\s+not|didn'?t|did\s+not|don'?t|do\s+not"
    r"|no\s+longer)\s+(?:actually\s+|really\s+|even\s+|ever\s+)*"
    r"(?:had|have|tried|try|got|get|took|take|taken|used|use|done|do|play|played|been)\b"
)
_ONLY = re.compile(r"\b(?:only|just|jst)\b")
_SET_TO_NONE = re.compile(
    r"\b(?:change|set|switch|update|make|correct|edit)\b[^.!?]*\bto\s+(?:none|nothing|no)\b|\b(?:put|mark|say)\s+(?:none|nothing|no)\s+(?:for|under|on|to)\b"
)
_AS_I_SAID = re.compile(r"\b(?:like|as)\s+i\s+(?:already\s+|just\s+)?(?:said|told|wrote|mentioned)\b")
_NOTHING_ELSE = re.compile(
    r"\b(?:nothing\s+else|none\s+of\s+the\s+(?:other|rest)\w*|not\s+the\s+(?:other|rest)\w*|that'?s\s+(?:it|all))\b"
)
_REACH = 60
"""Characters."""
_GENERIC = {"treatments_tried": (re.compile(r"\b(?:injections?|shots?)\b"), "_injection")}


def new_list(name: str, said: Said) -> list[str] | None:
    """The whole new list of a field, or None where nothing of it changes."""
    before = said.context[name]
    old = [str(value) for value in before] if isinstance(before, list) else []
    named = _named(name, said, old)
    gone = {one.value for one in named if one.rejected or _is_removed(said.low, one)} & set(old)
    again = _AS_I_SAID.search(said.low)
    gone |= {
        one.value
        for one in named
        if not again and one.said and one.value in old and any(o.is_new and o.value != one.value for o in named)
    }
    new = _new_values(name, said, named, old)
    if name == "arthritis_history" and not new and _is_none(name, said):
        return ["none"]
    if not new and not gone:
        return _emptied(name, said, named, old)
    if not _has_sign(name, said, named, old, new, gone):
        return None
    return _put_together(name, said, named, old, new, gone)


def _named(name: str, said: Said, old: list[str]) -> list[Named]:
    named = mentions.listed(name, said.low)
    if name in _GENERIC:
        pattern, ending = _GENERIC[name]
        values = [value for value in old if value.endswith(ending)]
        plain_ones = [Named(value, *m.span()) for m in pattern.finditer(said.low) for value in values]
        named += [one for one in mentions.judged(said.low, plain_ones) if one.rejected or _is_removed(said.low, one)]
    # "no, I said stairs": what was not heard is new
    named = [replace(one, said=one.said and one.value in old) for one in named]
    denied = [Named(value, 0, 0, rejected=True) for value in said.negated if value in old]
    return _mind_no(name, said, named, old) + denied


def _mind_no(name: str, said: Said, named: list[Named], old: list[str]) -> list[Named]:
    """ "No, the inside" and "no inside" name what takes the place; "no swelling" denies."""
    marked = []
    for one in named:
        opening = re.fullmatch(r"\W*no\s+(?:more\s+)?", said.low[: one.start])
        if opening and name in _PLACES and one.value not in old and one.bare:
            one = Named(one.value, one.start, one.end, bare=True)
        marked.append(one)
    return marked


def _is_removed(low: str, one: Named) -> bool:
    """Whether a word of removing governs it: "forget the brace", "take golf off", "…, that was my hip"."""
    left, _ = mentions.clause(low, one.start, one.end)
    if _is_taken_off(low, one):
        return True
    for verb in say.REMOVES.finditer(low, left, one.start):
        if not say.KEEPS.search(low[: verb.start()]):
            return True
    if any(m.start(1) <= one.start < m.end(1) for m in say.TAKEN_OFF.finditer(low)):
        return True
    return bool(say.ELSEWHERE.search(low, one.end))


def _is_taken_off(low: str, one: Named) -> bool:
    """Whether the next words about it take it off: "swelling's gone, you can take that off"."""
    takes = say.REMOVES_IT.search(low, one.end, one.end + _REACH)
    return bool(takes) and not say.KEEPS.search(low[: takes.start() if takes else 0])


def _new_values(name: str, said: Said, named: list[Named], old: list[str]) -> list[str]:
    """What the text states and the list does not hold yet."""
    found = [str(value) for value in said.findings.get(name, ())]
    if name in _GENERIC and any(one.rejected and str(one.value).endswith(_GENERIC[name][1]) for one in named):
        found = [value for value in found if not value.endswith(_GENERIC[name][1])]  # "the injection was in my hip"
    aside = {one.value for one in named if not one.is_new}
    placed = {one.value for one in named}
    takes_off = bool(say.REMOVES.search(said.low))
    new = [value for value in found if value not in aside | placed and not takes_off]
    for one in named:
        left, right = mentions.clause(said.low, one.start, one.end)
        sure = one.bare or one.value in found or _is_contrasted(one, named)
        if one.is_new and sure and not _is_removed(said.low, one) and not _is_idle(said.low, left, right):
            new.append(one.value)
    gone = {one.value for one in named if one.rejected or _is_removed(said.low, one)}
    new = [value for value in dict.fromkeys(new) if value not in old and value not in gone]
    if name == "arthritis_history":
        specific = [value for value in new if value not in ("unspecified", "none")]
        if not specific and found == ["none"]:
            return []  # "no arthritis": the word stands in its denial
        new = specific or ([value for value in new if value != "none"] if set(old) <= {"none"} else [])
    return new


def _is_idle(low: str, left: int, right: int) -> bool:
    """A clause about a wish, a fear or somebody else answers nothing."""
    return bool(_WANTS.search(low, left, right) or say.OF_SOMEBODY.search(low, left, right))


def _is_contrasted(one: Named, named: list[Named]) -> bool:
    return any(other.rejected and other.value != one.value for other in named)


def _has_sign(name: str, said: Said, named: list[Named], old: list[str], new: list[str], gone: set[str]) -> bool:
    if said.cue or (new and said.adds) or (new and gone):
        return True
    if gone:
        removed = any(_is_removed(said.low, one) for one in named if one.value in gone)
        removed = removed or any(one.wrong or (one.is_new and one.value in old) for one in named)
        return removed or bool(_DENIES.search(said.low)) or said.opens_with_no
    return said.opens_with_no and said.last == name


def _put_together(
    name: str, said: Said, named: list[Named], old: list[str], new: list[str], gone: set[str]
) -> list[str] | None:
    kept = [value for value in old if value not in gone and not (new and value == "none")]
    if name == "arthritis_history" and new:
        kept = [value for value in kept if value != "unspecified"]
    if name == "pain_location" and "diffuse" in new:
        return ["diffuse"]
    if new and not gone and _takes_place(name, said, named):
        stated = {one.value for one in named if one.is_new}
        kept = [value for value in kept if value in stated]
    if name == "arthritis_history" and not kept + new:
        return ["none"]
    return kept + new


def _takes_place(name: str, said: Said, named: list[Named]) -> bool:
    if said.adds:
        return False
    if name in _PLACES or _REPLACES.search(said.low):
        return True
    return any(one.bare for one in named if one.is_new) and not _TELLS.search(said.low)


def _is_none(name: str, said: Said) -> bool:
    sure = said.cue or said.opens_with_no or bool(_DENIES.search(said.low))
    if sure and re.search(say.NONE_OF[name], said.low):
        return True
    return bool(_SET_TO_NONE.search(said.low)) and bool(re.search(rf"\b(?:{dict(say.NAMED_FIELDS)[name]})\b", said.low))


def _emptied(name: str, said: Said, named: list[Named], old: list[str]) -> list[str] | None:
    """Nothing of it at all, or only a part of it."""
    nothing = ["none"] if name == "arthritis_history" else []
    of_another = said.asked in (*LIST_FIELDS, *ALARMS) and said.asked != name  # "no, none of those" answers it
    if said.last == name and name != "pain_location" and not of_another and say.EMPTY.match(said.low):
        return nothing
    if old and _is_none(name, said):
        return nothing
    stated = [value for value in old if any(one.is_new and one.bare and one.value == value for one in named)]
    if (
        (said.cue or _NOTHING_ELSE.search(said.low))
        and stated
        and not said.adds
        and _ONLY.search(said.low)
        and len(stated) < len(old)
    ):
        return stated
    return None
