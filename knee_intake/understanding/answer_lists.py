"""The answer to a question of which several values may hold: places, sports, treatments, the checklists of signs. PURE.

A checklist of alarming signs takes only a clear no for "none of these": "probably not" is not sure, and a complaint
that nobody understood ("it won't bend") is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from knee_intake.understanding.bare_words import former_values, read_bare, set_against, whole_or_part
from knee_intake.understanding.long_ago import is_long_ago
from knee_intake.understanding.plain import plain
from knee_intake.understanding.said import Said
from knee_intake.understanding.types import UNSURE, VALUES
from knee_intake.understanding.yes_no import is_doubted_no, read_yes_no

ALARMS = frozenset({"emergency_screen", "red_flags", "injury_signs", "symptoms", "joint_history", "injection_cautions"})
"""Questions that are checklists of alarming signs."""
SEVERAL = ("emergency_screen", "injury_signs", "symptoms")
"""Those whose lines have little to do with each other."""
_DOUBTED = re.compile(r"\b(?:don't|do not|not) (?:really )?(?:know|sure|certain) (?:if|whether)\b")
"""Of an illness that the reply then names: "don't know if it's arthritis" names none."""
_NOBODY_SAID = re.compile(
    r"\b(?:no (?:doctor|doc|one)|nobody|none of (?:my|the) doctors) (?:has |have )?(?:ever )?"
    r"(?:told|mentioned|said|diagnosed|suggested|brought)\b"
    r"|\b(?:doctors?|docs?|dr|they|he|she) (?:has |have |had )?never "
    r"(?:told|mentioned|said|diagnosed|suggested|brought|called)\b(?!.{0,15}\b(?:what|which)\b)"
)
_PROCEDURE = (
    r"(?:surger\w+|operations?|shots?|injections?|needles?|implants?|replacements?|artificial\s+\w+|procedures?)"
)
_NO_PROCEDURES = re.compile(
    rf"\W*(?:no|never|none,)\s+(?:had\s+)?(?:any\s+|a\s+|an\s+)?(?:knee\s+)?{_PROCEDURE}"
    rf"(?:\W+(?:and|or|no|nor|never|had|any|knee|a|an|in\s+(?:it|the\s+knee)|{_PROCEDURE})\b)*(?=\W*$|[.,;!]\s*(?:i|we|it|they)\b)"
)
_SAYS_NO = re.compile(
    r"\W*(?:[\w']+\W+){0,3}?(?:no+|none|nope|nah|nothing|neither|not|never|(?:do|does|did|have|has|is|are)n'?t)\b"
)
_SENTENCES = re.compile(r"(?<=[.!?])\s+")
_SAID_SO = re.compile(
    r"(?<!no )\b(?:doctor|doc|dr|specialist|physician|he|she|they) (?:has |have |did )?(?:said|says?|told me|thinks?)"
    r" (?:so|yes)\b"
)
_HAVE_IT = re.compile(r"(?:^|[.!])\W*(?:yes|yeah|yep)\b|\b(?:have|got) (?:it|some|one)\b")
_YES_BUT_OF_ELSE = re.compile(
    r"^\W*(?:yes|yeah|yep|yup|ok|okay|sure)\W+(?:i|it|my\s+\w+)\s+(?:can|could|will|does|hurts?|swell\w*|swelled|walk\w*"
    r"|bends?|straighten\w*|locks?|clicks?|pops?|popped|fell|twisted|run|play)\b(?!\s*$)(?!.*\barthrit)"
)
"""A yes to another question: "yes i can straighten it"."""
_PUT_OFF = re.compile(r"\b(?:later|another\s+time|some\s+other\s+time|next\s+time|not\s+now)\b")
_ALL = re.compile(
    r"^\W*(?:yes\W+)?(?:all|every(?:thing)?)(?:\s+of)?(?:\s+(?:the\s+above|them|those|these|it|that|really))?\W*$"
)
_LACK = re.compile(
    r"^\W*(?:(?:i|it|he|she|they|my\s+\w+|the\s+\w+)\s+)?(?:can't|cannot|can\s+not|could\s*n[o']t|won't|doesn't|does\s+not|isn't"
    r"|is\s+not|feels?)\s+(?!(?:think|look|have|has|apply|seem|happen|do|really|any|so|like|that|believe|know|to)\b)\w+"
)
"""A complaint in the form of a denial."""
_NO_OF_ELSE = re.compile(
    r"\b(?:nobody|no ?one|nothing|not|never)\W+(?:(?:can|could|will|really|ever|even|else)\W+){0,2}"
    r"(?:help\w*|works?|working|worked|told|tells?|knows|understands?|listens?|cares?|mind|believes?|getting)\b"
    r"|\b(?:don'?t|do not)\W+(?:care|like|want|trust|believe|mind)\b"
)
"""A no of despair, or to the chat: "nobody can help me", "nothing helps"."""

_NONE_OF_THESE = re.compile(
    r"\b(?:none|not\s+(?:a\s+|any\s+)?(?:single\s+)?(?:one|any))\s+of\s+(?:these|those|them|that|this|the\s+(?:above|things|signs))\b"
    r"|\bno\s+to\s+(?:all|each|any|every(?:thing)?)\b"
    r"|\bn[ou]n+e?\s+o[fv]\s+(?:th(?:e?se?|ees|ese|ose|oes|em|at|is|eese|ise)|tehse|thsee)\b"
    r"|\bnothing\s+(?:like\s+(?:that|this|those|these)|on\s+(?:that|this|the|your)\s+list|of\s+(?:the|that)\s+(?:sort|kind)"
    r"|(?:as|that|so|this)\s+bad)\b"
)
_WANTS_ELSE = re.compile(
    r"\b(?:i'?d|i would|would|prefer|rather)\b.{0,12}\b(?:rather|prefer|to|have|talk|speak|call\w*|phone)\b"
)
""" "I'd rather have a phone call": of a checklist it says nothing."""
_ARTHRITIS = re.compile(r"\b(?:arthrit\w*|osteo\w*|rheuma\w*|oa|ra|gout|wear and tear|why|because|due)\b")
SHORT_YES = 4
"""Words: a longer yes to "has a doctor told you?" must hold one of a yes."""
_OF_A_DOCTOR = re.compile(
    r"(?:^|[.!]\s+)\W*(?:\w+\W+)?(?:yes|yeah|yep|yup|ya|sure|correct|right|indeed|affirmative|unfortunately|sadly|true|definitely"
    r"|absolutely|i (?:do|have|did|got|was))\b"
    r"|\b(?:doctors?|docs?|dr|physician|specialist|surgeon|rheumatologist|nurse|told|said|says?|diagnos\w+|arthrit\w*|joints?|x-?rays?"
    r"|mri|scan|he|she|they|have (?:it|some|that))\b"
)
_NONE_KNOWN = re.compile(
    r"\b(?:none|nothing) (?:that )?(?:i|i'?ve|we|he|she) (?:\w+ ){0,2}"
    r"(?:notic\w+|know|knew|think|see|saw|recall|remember|tell|found|find)\b"
)
""" "None that I have noticed": of a list that alarms nobody it is a no."""
_NOTHING_TRIED = re.compile(
    r"\btried\s+nothing\b|\bnothing\s+(?:yet|so\s+far|at\s+all|really|as\s+yet)\b(?!\s+(?:has|have|had|did|seems?|help\w*|work\w*))"
)
_NO_SUCH = re.compile(
    r"^\W*(?:(?:i|it|there)(?:'ve|'s|\s+(?:have|has|had|got|is|was))?\s+(?:got\s+)?)?no\s+"
    r"(?!(?:to|i|it|its|it's|not|nothing|none|way|sir|ma'?am|thanks?|thank|problems?|issues?|symptoms?|signs?|such|real"
    r"|other|emergency|emergencies|more|that|this|these|those|they|he|she|we|you|never|idea|sorry|dear|doc|doctor|but"
    r"|and|all|worries|biggie|longer|complaints?|trouble|please|all|everything|things?)\b)[a-z][\w' -]*[.!]*\s*$"
)
_REST_TOO = re.compile(
    r"\b(?:no(?:ne|thing)|neither|any\w*|else|rest|others?|that|them|these|those)\b|,|\bno\b.+\bno\b"
)
"""One thing alone is denied: of the rest of a list of alarms "no pop" says nothing."""
_SINGLED_OUT = re.compile(
    r"\b(?:(?:just|only|but(?:\s+for)?)(?=\s+(?:the|a|an|that|some)\b)|except(?:ing)?(?:\s+for)?|apart\s+from"
    r"|other\s+than|besides|aside\s+from)"
    r"\s+(?:for\s+)?(?:the\s+|a\s+|an\s+|that\s+|my\s+|some\s+)?(?P<what>[a-z]+(?:\s+[a-z]+){0,2})"
)
"""One of the list is named, the others are denied: never "none of these"."""
_OWN_YES = re.compile(
    r"\b(?P<before>[a-z]+)\s*[:,-]?\s+(?:yes|yeah|yep)\b|\b(?:yes|yeah|yep)\W+(?:to\s+)?(?:the\s+|a\s+)?(?P<behind>[a-z]+)"
)
_SHORT_NAMES: dict[str, tuple[tuple[str, str], ...]] = {
    "injury_signs": (
        (r"pop(?:s|ped|ping)?|snap(?:ped)?|crack", "pop"),
        (r"swell\w*|swoll?e?n?", "swelled_within_2h"),
        (r"walk\w*|steps?", "cannot_walk_4_steps"),
        (r"straight\w*", "cannot_straighten"),
    ),
    "symptoms": (
        (r"swell\w*|swollen|puff\w*", "swelling"),
        (r"warm\w*|red(?:ness)?|heat|hot", "warmth_or_redness"),
        (r"stuck|lock\w*|catch\w*", "locking"),
        (r"giv\w+\s+(?:way|out)|giving|buckl\w*", "giving_way"),
    ),
}
"""How people name a line of a list that they have just read."""


def read_list(said: Said) -> Any:
    """A list field: exact machine values first, then what was found, then bare words; "no" is the empty list."""
    exact = _exact_values(said)
    if exact:
        return exact
    if said.asked in VALUES and _ALL.match(said.low) and said.asked != "arthritis_history":
        return ["diffuse"] if said.asked == "pain_location" else list(VALUES[said.asked])
    if said.asked == "arthritis_history" and _NOBODY_SAID.search(said.low):
        return ["none"]
    if said.asked == "arthritis_history" and _SAID_SO.search(said.low) and not said.findings.get(said.asked):
        return ["unspecified"]
    if said.asked == "arthritis_history" and _DOUBTED.search(said.low) and not said.findings.get(said.asked):
        return UNSURE
    # behind "none of these" a bare word is small talk: "it's so hot in here"
    bare = [] if _NONE_OF_THESE.search(said.low) else read_bare(said.asked, said.text)
    found = [*said.findings.get(said.asked, ()), *bare, *_listed_signs(said)]
    against = set_against(said.asked, said.text)
    found = [value for value in dict.fromkeys(found) if value not in said.negated or value in against]
    if said.asked == "pain_location":
        found = whole_or_part(found, said.text)
    if said.asked == "activities":
        former = former_values(said.asked, said.text)
        found = [value for value in found if value not in former] or found
    if said.asked == "joint_history" and found and is_long_ago(said.text, said.now):
        return [value for value in found if value == "artificial_knee"]  # "only the operation in 1988"
    if said.asked == "arthritis_history" and len(found) > 1:
        found = [value for value in found if value != "none"]  # "arthritis, not which one"
    if found:
        return None if said.asks_back else found
    if said.asked == "arthritis_history" and denies_procedures(said.text):
        return None
    if said.asked == "arthritis_history":
        doubts = any(read_yes_no(part) == UNSURE for part in _SENTENCES.split(said.text) if part.strip())
        if said.unsure or (doubts and not _HAVE_IT.search(said.low)):
            return ["unspecified"] if _HAVE_IT.search(said.low) else UNSURE
        if said.yes_no == "yes" and (_YES_BUT_OF_ELSE.match(said.low) or _is_of_procedure(said)):
            return None
        if said.yes_no == "yes" and len(said.low.split()) > SHORT_YES and not _OF_A_DOCTOR.search(said.low):
            return None  # "I'd like to end this", "I'm really scared"
        return {"no": ["none"], "yes": ["unspecified"], "unsure": UNSURE}.get(said.yes_no or "")
    if said.asked == "treatments_tried" and _NOTHING_TRIED.search(said.low):
        return []
    if said.asked in ("aggravated_by", "treatments_tried", "activities") and _NONE_KNOWN.search(said.low):
        return []
    if said.asked == "symptoms" and denies_procedures(said.text):
        return None  # "no surgery, no shots" says nothing of swelling
    if said.asked in _SHORT_NAMES and (named := _named_with_yes(said)):
        return named
    if (single := _SINGLED_OUT.search(said.low)) and said.asked in ALARMS:
        return _named_shortly(said.asked, single["what"])
    if said.yes_no == "no" or (not said.unsure and _NONE_OF_THESE.search(said.low)):
        return _none_of_these(said)
    if said.asked == "interest" and said.yes_no == UNSURE:
        return ["not_sure"]
    return said.unsure


def _is_of_procedure(said: Said) -> bool:
    """ "Artificial yes": what was done to the knee is told, and no arthritis."""
    short = len(said.low.split()) <= SHORT_YES
    return short and bool(read_bare("joint_history", said.text)) and not _ARTHRITIS.search(said.low)


def denies_list(text: str) -> bool:
    """Whether a text says "none of these" in so many words."""
    return bool(_NONE_OF_THESE.search(plain(text)))


def _named_with_yes(said: Said) -> list[str] | None:
    """ "Crack yes, rest no": the lines that get a yes of their own."""
    words = [found["before"] or found["behind"] for found in _OWN_YES.finditer(said.low)]
    named = [value for word in words for value in _named_shortly(said.asked, word) or ()]
    return list(dict.fromkeys(named)) or None


def denies_procedures(text: str) -> bool:
    """Whether all that a text denies is an artificial knee, surgery and shots."""
    return bool(_NO_PROCEDURES.match(plain(text))) and not _NONE_OF_THESE.search(plain(text))


def _named_shortly(asked: str, what: str) -> list[str] | None:
    """The one line that is named, or None where it is not known which: then the list is put again."""
    names = _SHORT_NAMES.get(asked, ())
    return next(([value] for pattern, value in names if re.match(rf"(?:{pattern})\b", what)), None)


def _none_of_these(said: Said) -> Any:
    """Nothing applies. "Later" puts a checklist off; it must never pass for "none of these"."""
    if said.asked == "pain_location" or _PUT_OFF.search(said.low):
        return None
    if said.asked in ALARMS and _LACK.match(said.low):
        return None
    if said.asked in ALARMS and _NO_OF_ELSE.search(said.low) and not _NONE_OF_THESE.search(said.low):
        return None
    if said.asked in SEVERAL and _NO_SUCH.match(said.low) and not _REST_TOO.search(said.low.split("no ", 1)[1]):
        return None
    if said.asked in ALARMS and _WANTS_ELSE.search(said.low) and not _NONE_OF_THESE.search(said.low):
        return None
    if said.asked in ALARMS and said.text.rstrip().endswith("?") and not _SAYS_NO.match(said.low):
        return None  # "since spring, so what is that, half a year?"
    return UNSURE if said.asked in ALARMS and is_doubted_no(said.text) else []


def _exact_values(said: Said) -> list[str]:
    """What a widget's input sends: machine values, or such words with spaces, joined by commas."""
    parts = [part.strip() for part in said.low.split(",") if part.strip()]
    known = {value.replace("_", " "): value for value in VALUES.get(said.asked, ())}
    known |= {value: value for value in VALUES.get(said.asked, ())}
    if parts == ["none"]:
        return ["none"] if said.asked == "arthritis_history" else []
    if all(part in known for part in parts):
        return list(dict.fromkeys(known[part] for part in parts))
    coded = all(re.fullmatch(r"[a-z0-9]+(?:_[a-z0-9]+)+", part) or part in known for part in parts)
    return list(dict.fromkeys(parts)) if coded and said.asked not in VALUES else []


CIRCUMSTANCES = frozenset(
    {"injury", "recent_onset", "over_six_weeks", "had_botulinum", "artificial_knee", "recent_knee_surgery"}
    | {"recent_knee_injection", "past_cancer"}
)
"""Signs that alarm only beside others: "none of these, I twisted it" picks nothing."""

PROCEDURES = ("artificial_knee", "recent_knee_surgery", "recent_knee_injection")
_SIGNS_LISTED: dict[str, Callable[[str], bool]] = {
    "red_flags": lambda sign: sign in VALUES["red_flags"],
    "emergency_screen": lambda sign: sign not in CIRCUMSTANCES,
    "injury_signs": lambda sign: sign not in CIRCUMSTANCES,
    "symptoms": lambda sign: sign in ("calf_swelling", "locked_knee", *PROCEDURES),
    "joint_history": lambda sign: sign in PROCEDURES,
}


def _listed_signs(said: Said) -> list[str]:
    wanted = _SIGNS_LISTED.get(said.asked)
    if wanted and said.asked in ALARMS and _NONE_OF_THESE.search(said.low):
        return [sign for sign in said.signs if wanted(sign) and sign != "fall_or_blow"]  # how it began, told beside
    return [sign for sign in said.signs if wanted(sign)] if wanted else []
