"""What a text names of the fields that were answered before: each value, where, and whether it is put aside. PURE."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from knee_intake.understanding import correction_signs as say
from knee_intake.understanding.bare_words import named_sides, named_values
from knee_intake.understanding.durations import find
from knee_intake.understanding.numbers import NUMBER, find_severity, number_value
from knee_intake.understanding.plain import LONGEST_LEAD

_CLAUSE = re.compile(r"[.!?;:\n](?!\d)|,(?!\d)|\s-+\s|-+>|=+>|\b(?:but|because|although|though|while)\b")
_WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_UNIT_WORDS = {"day": 1, "week": 7, "month": 30, "year": 365}
_TIME_WORDS = re.compile(
    r"\b(?:days?|weeks?|months?|years?|last|past|ago|since|long(?:er)?|short(?:er)?|start\w*|beg[au]n|first"
    r"|couple|few"
    r"|several|almost|nearly|half|yesterday|today|january|february|march|april|may|june|july|august|september|october"
    r"|november|december|summer|spring|winter|fall|monday|tuesday|wednesday|thursday|friday|saturday|sunday|hurt\w*"
    r"|pain\w*|ach\w+|happen\w*|fell|twist\w*|injur\w*|going|has|happening|bother\w*|one|only|old|before|after|around)\b"
)
_NO_SPAN = re.compile(r"(?:the\s+)?\d{1,2}(?:st|nd|rd|th)|(?:days|weeks|months|years)|an?\s+\w+\s+day|\d+\s*/\s*10")
"""A day of some month, which is more often that of a visit; a unit alone."""
_VISIT = re.compile(
    r"\b(?:appointment|visit|come\s+in|book\w*|schedul\w*|slot|o'?clock|[ap]\.?m\b|call\s+me|available"
    r"|reschedul\w*|minutes?"
    r"|hours?|tomorrow|to\s+wait|too\s+long|meet|kids?|children|dogs?|cats?|questions?)\b"
)
_PAIN_WORDS = re.compile(
    r"\b(?:pain\w*|hurt\w*|ach\w+|severity|score|rate|rating|level|out\s+of|scale|number)\b|/\s*10"
)
_KNEE_WORDS = re.compile(r"\b(?:knee\w*|side|leg|hurt\w*|pain\w*|ach\w+|one)\b")
_OTHER_PART = re.compile(
    r"\s+(?:hand(?:ed)?|hip|ankle|foot|feet|shoulder|arm|wrist|elbow|thumb|eye|ear|heel|calf|thigh"
    r"|(?<!\bthe\sright\s)(?<!\bthe\sleft\s)now|away"  # "it is more the right now" means a knee
    r"|time|number|name|"
    r"answer|thing|place|question|handed|back|phone|e-?mail|address|date|day|spelling|way|again)\b"
)
_GETS = re.compile(r"\b(?:got|get|gets|getting|gotten|felt|feels?|been|healed|went|goes|put|set|came) (?:\w+ )?$")
"""Before "right": well, and no side."""
_LONG_AGO = re.compile(
    r"\b(?:used\s+to|as\s+an?\s+(?:kid|child|teen\w*)|(?:in|at)\s+(?:high\s+|middle\s+|grade\s+)?(?:school|college)"
    r"|years\s+ago|back\s+(?:in|then)|when\s+i\s+was|growing\s+up|ages\s+ago|in\s+the\s+past|in\s+my\s+(?:teens|twenties|youth))\b"
)
"""A knee of former times is not the one that hurts."""
_NOT_A_KNEE = re.compile(
    r"\b(?:turn\w*|go\s|going|park\w*|doors?|driv\w+|exit|building|street|entrance|hallway|corner|lane|sleep\w*|handed|swipe\w*|scroll\w*)\b"
)
_AGAINST = re.compile(r"\W*(?:and\s+)?(?:not|nt|instead\s+of|rather\s+than)\s+(?:an?\s+|the\s+|my\s+|on\s+the\s+)?")
_AGE = re.compile(
    rf"(?<![\w.$/:-])(?<!out of )(?<!/ )({NUMBER})(?:s\b)?(?!\s+out\s+of)"
    rf"(?=\s*(?:years?\s+(?:old|of\s+age)|yrs?\s+old|yo\b|y/o|[^\w/:%]|$))"
)
_AGE_WORDS = re.compile(r"\b(?:age|aged|i'?m|i\s+am|turn\w*|old|yo|born|birthday|years)\b")
_ONE_AS_WORD = re.compile(
    r"\b(?:left|right|other|the|this|that|wrong|which|last|first|my|bad)\s+(?:\w+\s+)?one\b|\bone\s+(?:of|more"
    r"|thing)\b"
)


_NEAR = 25
"""Characters."""
_NO_FIRST = re.compile(r"^\W*(?:\w+\s+)?no\s+(?=\d)|\b(?:make|call)\s+(?:that|it)\b")


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


@dataclass(frozen=True)
class Named:
    """One value of one field in a text."""

    value: Any
    start: int
    end: int
    rejected: bool = False
    """The text says that it does not hold."""
    wrong: bool = False
    """Rejected by what is said of it: "the gout is my sister's"."""
    said: bool = False
    """The text only repeats it as said before."""
    bare: bool = False
    """Nothing but filling words stand beside it in its clause."""

    @property
    def is_new(self) -> bool:
        return not (self.rejected or self.said)


def clause(low: str, start: int, end: int) -> tuple[int, int]:
    """The bounds of the clause around a place."""
    left = max((m.end() for m in _CLAUSE.finditer(low, max(0, start - 300), start)), default=max(0, start - 300))
    following = _CLAUSE.search(low, end, end + 300)
    return left, following.start() if following else min(len(low), end + 300)


def judged(low: str, found: list[Named]) -> list[Named]:
    """The mentions, each with what its neighbourhood says of it."""
    spans = [(one.start, one.end) for one in found]
    return [_judge(low, one, spans) for one in found]


def _judge(low: str, one: Named, spans: list[tuple[int, int]]) -> Named:
    left, right = clause(low, one.start, one.end)
    before, after = low[max(left, one.start - LONGEST_LEAD) : one.start], low[one.end : one.end + LONGEST_LEAD]
    # in a row ("no ice or heat") the denial reaches the next as well
    row = re.sub(r"(?:\w+\s+(?:or|nor)\s+)+$", "", before)
    wrong = bool(say.REJECTED_AFTER.match(after)) and not say.RIGHT_AFTER.match(after)
    said = say.SAID_BEFORE.search(before) and not (say.YOU_SAID.search(low) and say.I_SAID.search(before))
    changed = say.CHANGED_BEFORE.search(before) and say.CHANGED_AFTER.match(after)
    return replace(
        one,
        rejected=wrong or bool(changed) or _is_rejected(before) or _is_rejected(row),
        wrong=wrong,
        said=bool(said),
        bare=_is_bare(low, left, right, spans),
    )


def _is_rejected(before: str) -> bool:
    hit = say.REJECTED_BEFORE.search(before)
    return bool(hit) and not re.match(r"not\s+(?:just|only)\b", before[hit.start() :] if hit else "")


def _is_bare(low: str, left: int, right: int, spans: list[tuple[int, int]]) -> bool:
    blank = list(low[left:right])
    for start, end in spans:
        for place in range(max(start, left), min(end, right)):
            blank[place - left] = " "
    return all(word in say.FILLER for word in _WORDS.findall("".join(blank)))


def sides(low: str) -> list[Named]:
    """left, right and both, where a knee is meant."""
    found = []
    for value, start, end in named_sides(low):
        left, right = clause(low, start, end)
        if not _OTHER_PART.match(low, end) and not (
            value == "right" and _GETS.search(low[max(0, start - _NEAR) : start])
        ):
            found.append((Named(value, start, end), _KNEE_WORDS.search(low, left, right)))
    marked = judged(low, [one for one, _ in found])
    against = _set_against(low, marked)
    return [
        one
        for one, (_, knee) in zip(marked, found, strict=True)
        if (one.bare or knee or one in against) and not _LONG_AGO.search(low, *clause(low, one.start, one.end))
    ]


def _set_against(low: str, named: list[Named]) -> list[Named]:
    """Two values of which one is put against the other, "left not right", whatever stands beside them."""
    found = []
    for first, second in itertools.pairwise(named):
        apart = _AGAINST.fullmatch(low, first.end, second.start) and first.value != second.value
        if apart and not _NOT_A_KNEE.search(low, *clause(low, first.start, second.end)):
            found += [first, second]
    return found


def spans_of_time(low: str, now: datetime) -> list[Named]:
    """How long, in days; only where the clause speaks of nothing else."""
    found = [Named(d.days, d.start, d.end) for d in find(low, now) if not _NO_SPAN.fullmatch(low, d.start, d.end)]
    kept = []
    for one in judged(low, found):
        left, right = clause(low, one.start, one.end)
        rest = _without(low, found, left, right)
        others = [w for w in _WORDS.findall(rest) if w not in say.FILLER and not _TIME_WORDS.fullmatch(w)]
        if not _VISIT.search(rest) and (len(others) <= 1 or _PAIN_WORDS.search(rest)):
            kept.append(one)
    return kept


def _without(low: str, found: list[Named], left: int, right: int) -> str:
    """A clause without the spans of time in it."""
    blank = list(low)
    for one in found:
        blank[one.start : one.end] = " " * (one.end - one.start)
    return "".join(blank[left:right])


def units_of_time(low: str) -> list[Named]:
    """Units without a number: "not weeks, months"."""
    pattern = re.compile(r"\b(?P<unit>day|week|month|year)s\b")
    bare = [
        m
        for m in pattern.finditer(low)
        if not re.search(rf"(?:{NUMBER}|few|couple(?:\s+of)?|several|last|past)\s*$", low[: m.start()])
    ]
    return judged(low, [Named(_UNIT_WORDS[m["unit"]], *m.span()) for m in bare])


def scores(low: str, taken: list[Named]) -> list[Named]:
    """Pain scores; a bare number counts where its clause speaks of nothing else."""
    blank = list(low)
    for one in (one for one in taken if not _NO_SPAN.fullmatch(low, one.start, one.end)):
        blank[one.start : one.end] = " " * (one.end - one.start)
    masked = _NO_FIRST.sub(_blank, _ONE_AS_WORD.sub(_blank, "".join(blank)))
    found = [s for s in find_severity(masked, asked=True) if re.search(NUMBER, masked[s.start : s.end])]
    numbers = sorted((Named(s.value, s.start, s.end) for s in found), key=lambda one: one.start)
    kept, marked = [], judged(masked, numbers)
    marked = [replace(one, rejected=one.rejected or _is_no_score_now(masked, one)) for one in marked]
    against = _set_against(masked, marked)
    for one in marked:
        left, right = clause(masked, one.start, one.end)
        if (
            one.bare or one.rejected or one in against or _PAIN_WORDS.search(masked, left, right)
        ) and not _VISIT.search(masked):
            kept.append(one)
    return kept


def _is_no_score_now(low: str, one: Named) -> bool:
    return bool(say.OVERSTATED_AFTER.match(low, one.end) or say.NOT_NOW_AFTER.match(low, one.end))


def ages(low: str, taken: list[Named]) -> list[Named]:
    """Ages in years, where the clause says so or speaks of nothing else."""
    found = []
    for m in _AGE.finditer(low):
        value = number_value(m[1])
        if value is not None and 10 <= value < 120 and not any(t.start < m.end() and m.start() < t.end for t in taken):
            found.append(Named(int(value), m.start(), m.end(1)))
    kept = []
    for one in judged(low, found):
        left, right = clause(low, one.start, one.end)
        if one.bare or _AGE_WORDS.search(low, left, right):
            kept.append(one)
    return kept


def listed(name: str, low: str) -> list[Named]:
    """Values of a list field, or of onset, by its bare words."""
    found = judged(low, _longest([Named(*one) for one in named_values(name, low)]))
    if name != "aggravated_by":
        return found
    return [replace(one, rejected=one.rejected or bool(say.WELL_AFTER.match(low, one.end))) for one in found]


def _longest(found: list[Named]) -> list[Named]:
    """Without the plain "arthritis" beside the name of one."""
    specific = [one for one in found if one.value != "unspecified"]

    def stands_alone(one: Named) -> bool:
        return one.value != "unspecified" or all(abs(one.start - other.start) > _NEAR for other in specific)

    return [one for one in found if stands_alone(one)]
