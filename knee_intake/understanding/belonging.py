"""What a span of time seems to belong to: the pain, an age, a treatment, a habit, the future. PURE."""

from __future__ import annotations

import re
from typing import Literal

from knee_intake.understanding.numbers import NUMBER
from knee_intake.understanding.plain import LONGEST_LEAD, clause_bounds, in_front

About = Literal["pain", "age", "treatment", "other", "future", "rate"]

_AGE_AFTER = re.compile(r"\s*-?\s*(?:old|of\s+age|young)\b|\s*/?o\b|\s*(?:male|female|man|woman|lady|guy)\b")
_AGE_BEFORE = re.compile(
    r"\b(?:aged?|turn(?:ed|ing)?|i'm|i\s+am|im|(?:he|she)(?:'s|\s+is)|when\s+(?:i|he|she)\s+was)\s+(?:about\s+|almost\s+)?$"
)
_RATE_BEFORE = re.compile(
    rf"\b(?:every|each|per|times|once|twice|days|nights|minutes|mins|hours|miles|pills?|mg|{NUMBER}x)\s+(?:in\s+)?"
    r"(?:other\s+)?$"
)
_RATE_AFTER = re.compile(
    r"\s*(?:a|per|each|every|/)\s*(?:day|week|month|year|night|session)\b|\s+at\s+a\s+time\b|\s+out\s+of\b|\s+apart\b"
)
_FUTURE_BEFORE = re.compile(r"\b(?:in|within|(?:for\s+)?the\s+next|next|another)\s+(?:about\s+|around\s+)?$")
_FUTURE_AFTER = re.compile(r"\s+(?:from\s+(?:now|today)|away)\b")

_PAIN = re.compile(
    r"\b(?:pain\w*|hurt\w*|ach(?:e|es|ing|ed|y)|sore\w*|bother\w*|swell\w*|swollen|stiff\w*|throb\w*|going\s+on|troubl\w+|start\w*"
    r"|began|begun|twist\w*|fell|fall(?:ing)?|injur\w*|tore|torn|rupture\w*|pop(?:ped|s)?|trouble|problem\w*|symptoms?"
    r"|suffer\w*|deal\w*|dealt|happen\w*|had\s+(?:this|it|these)|been\s+like\s+this|flare\w*|worse|came\s+on|issues?"
    r"|ever\s+since|kill\w*|act\w*\s+up|lock\w*|giv\w+\s+(?:way|out)|gave\s+(?:way|out)|buckl\w*|tweak\w*|limp\w*"
    r"|banged|knee\s+hit|felt|missteps?|(?:bad|wrong|false)\s+(?:\w+\s+)?(?:step|turn|landing)|tumble|spill)\b"
)
_TREATMENT = re.compile(
    r"\b(?:surger\w+|operat\w+|replace\w+|repair\w*|reconstruct\w*|scoped?|arthroscop\w+|meniscectomy|pt|physio\w*"
    r"|physical\s+therap\w+|therap\w+|rehab\w*|inject\w*|shots?|cortisone|steroid\w*|prp|gel|acupunct\w*|chiropract\w*"
    r"|chiro|massage\w*|brace|cast|boot|crutch\w*|sleeve|ibuprofen|advil|aleve|tylenol|naproxen|meloxicam|celebrex"
    r"|medic(?:ine|ines|ation|ations)|meds?|pills?|tablets?|prednisone|glucosamine|supplement\w*|botox|dysport|stretch\w*"
    r"|exercises|rest(?:ed|ing)?|ic(?:ed|ing)|taking|(?:took|take)(?!\s+(?:a|an|the)\s+(?:\w+\s+){0,2}"
    r"(?:step|misstep|fall|tumble|spill|turn|hit|knock|blow|dive|header|slip|landing|kick|tackle)\b)|x-?rays?|mri|scan\w*|appointment|visit\w*|saw|seeing)\b"
)
_OTHER = re.compile(
    r"\b(?:work(?:ed|ing)|job|retire\w*|marri\w+|divorc\w+|smok\w+|drink\w*|drank|quit|diabet\w*|pregnan\w*|born|moved"
    r"|lived?|living|vacation|trip|dog|wedding|diagnos\w+|heart|stroke|covid|cancer|career|teach\w*|taught|drove"
    r"|driving|served|army|military|college)\b"
)
_HABIT = re.compile(
    r"\b(?:run(?:ning|s|ner)?|play(?:ed|ing|s)?|walk(?:ed|ing)?|cycl\w+|bik(?:e|ed|ing)|swim\w*|danc\w+|ski(?:ed|ing)?"
    r"|lift\w*|train\w*|coach\w*|golf\w*|tennis|soccer|football|basketball|yoga|athlet\w*|competi\w*|hik\w+)\b"
)
_TRIGGER = re.compile(r"\b(?:since|after|following|from)\b")


def belongs_to(text: str, start: int, end: int, *, point: bool = False) -> About:
    """Read from the words around a span of a plain text; pain, where none tells otherwise."""
    before, after = in_front(text, start), text[end : end + LONGEST_LEAD]
    span = text[start:end]
    if _AGE_AFTER.match(after) or (_AGE_BEFORE.search(before) and re.fullmatch(rf"{NUMBER}\s*(?:years?|yrs?)", span)):
        return "age"
    if _RATE_BEFORE.search(before) or (_RATE_AFTER.match(after) and "ago" not in span):
        return "rate"
    if not point and "ago" not in span and (_FUTURE_BEFORE.search(before) or _FUTURE_AFTER.match(after)):
        return "future"
    left, right = clause_bounds(text, start, end)
    return _owner(text[left:start], span, text[end:right])


def _owner(before: str, span: str, after: str) -> About:
    """What the nearest word of the clause says the span belongs to; pain, where no word says anything."""
    pain = _nearest(_PAIN, before, after)
    trigger = _TRIGGER.search(before)
    if pain < _FAR and trigger and _PAIN.search(before[: trigger.start()]):
        return "pain"  # "it has hurt since my surgery 5 years ago"
    treatment, other = _nearest(_TREATMENT, before, after), _nearest(_OTHER, before, after)
    nearest = min(pain, treatment, other)
    if nearest == _FAR:
        habit = "ago" not in span and _nearest(_HABIT, before, after) < _FAR
        return "other" if habit and not trigger else "pain"
    return "pain" if nearest == pain else "treatment" if nearest == treatment else "other"


_FAR = 10_000


def _nearest(cue: re.Pattern[str], before: str, after: str) -> int:
    """How many characters away the nearest cue is; words behind the span count only where none stands before it."""
    last = max((m.end() for m in cue.finditer(before)), default=None)
    first = cue.search(after)
    behind = first.start() + (0 if re.match(r"\s*(?:of|post|in(?:to)?|on)\b", after) else 12) if first else _FAR
    return min(len(before) - last if last is not None else _FAR, behind)
