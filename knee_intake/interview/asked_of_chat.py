"""Questions about the chat itself and about what comes after it, which need no classifier. PURE.

They stand by themselves or beside an answer: "front. Meaning?", "none, how many more", "yes. Do I get a reminder?".
"""

from __future__ import annotations

import re

from knee_intake.interview.offered import plain
from knee_intake.interview.small_questions import small_question

_SHORT_ASKS = (
    (
        "repeat",
        r"(?:(?:can|could|would) you |please |pls )*(?:repeat (?:that|it|the question)"
        r"|(?:say|ask) (?:that|it) (?:again|once more))|(?:sorry,? )?what was (?:that|the question|it)(?: again)?"
        r"|(?:please |pls )?repeat|come again|say again|one more time",
    ),
    (
        "what_means",
        r"(?:sorry,? )?what (?:does|did) (?:that|this|it) (?:even )?mean"
        r"|(?:sorry,? )?what do you mean(?: by (?:that|this|it))?"
        r"|i (?:do not|don'?t) (?:understand|get) (?:the question|that|it|what you mean)"
        r"|(?:(?:can|could) you )?(?:please )?explain(?: that| it)?|meaning what",
    ),
    (
        "how_many_more",
        r"how many (?:more|are left|left)(?: (?:questions|of these|of them)(?: (?:are )?(?:there|left|to go))?| to go)?"
        r"|how many (?:more )?questions(?: are)?(?: there| left| to go)?|how much (?:longer|more)"
        r"|how long (?:will|does) (?:all )?(?:this|it) (?:all )?take|are we (?:nearly |almost )?(?:done|finished|there)"
        r"|(?:nearly|almost) (?:done|finished)",
    ),
    (
        "why_ask",
        r"why (?:do|would) you (?:ask|need|want)(?: to (?:know|ask))?(?: that| this| it)?"
        r"|why is (?:that|this|it) important|what (?:is it that )?(?:do )?you need (?:that|this|it) for",
    ),
)
_BESIDE = tuple((act, re.compile(rf"(?:^|\s)(?:{pattern})$")) for act, pattern in _SHORT_ASKS)
_ONE_WORD = (
    ("repeat", re.compile(r"[.!?;,]\s*(?:again|what|pardon|huh)\s*\?$|[.!?;]\s*(?:again|pardon)$")),
    ("what_means", re.compile(r"[.!?;,]\s*meaning\s*\??$")),
    ("why_ask", re.compile(r"[.!?;,]\s*(?:but |and )?(?:why|what for|how come)\s*\??$")),
)
"""The same in one word, which is a question only where it stands by itself."""
_CHANGE = re.compile(
    r"""\bwhat\ (?:happens\ )?if\ i\ (?:can'?t|cannot|can\ not|couldn'?t|don'?t|miss|need\ to|have\ to|want\ to)\b
        .{0,12}\b(?:come|make\ it|cancel|change|move|reschedule|go|it|be\ late|late|visit|appointment)\b
    |\b(?:how\ (?:do|can|would)|can|could)\ i\ (?:\w+\ )?(?:cancel|change|move|reschedule)\b
        .{0,25}\b(?:later|afterwards|then|if)\b
    |\bis\ there\ a\ (?:cancell?ation|no[ -]show)\ fee\b""",
    re.VERBOSE,
)
_REMINDER = re.compile(
    r"\b(?:do|will|can|could|would) (?:i|you|they|the clinic|someone)\b"
    r".{0,20}\b(?:reminders?|remind me|confirmation|confirm it)\b"
)
_SERVICE = re.compile(
    r"\b(?:do|can|could|will) you (?:guys |people )?(?:do|have|offer|take|give|make|also do)\b.{0,25}"
    r"\b(?:mri\w*|x-?rays?|ultrasounds?|scans?|imaging|blood tests?|massages?|braces?|crutches|telehealth"
    r"|video visits?)\b"
)
_TERMS = {
    "pain_location": r"(?:inner|outer) side|kneecap|all over",
    "symptoms": r"gives? way|giving way|locked|locking|calf|stuck",
    "injury_signs": r"pop|straighten",
    "activity_level": r"light|moderate|brisk|active",
    "injection_cautions": r"blood thinners?|muscle relaxants?|protein allergy|nerve disease",
}
"""Words of a question that people ask the meaning of."""
_RHETORICAL = re.compile(
    r"\b(?:how|why) (?:would|should|could) i (?:even )?know\b|\bwho knows\b|\bwhat do (?:i|you) (?:know|think)\b"
    r"|\bwho (?:do you think|else)\b|\bwhat else\b(?=\W*$)|\bwhy else\b"
)


_HOW_LONG_IS_IT = re.compile(
    r"\bhow (?:long|much time) (?:(?:will|does|is|would) )?(?:(?:all )?(?:this|these)"
    r"(?: (?:all|chat|interview|thing|questionnaire|form|questions?|going to))*"
    r"|(?:the|this|your) (?:chat|interview|form|questionnaire|questions))(?: (?:take|last|go on|be))?\b"
)
""" "How long will all this take?" asks of what goes on right now, the chat."""
_OF_TREATMENT = re.compile(
    r"\b(?:visit|appointment|treatment|shot|injection|therapy|heal|recover|work|last|pain|knee)\b"
)


def asks_how_long(text: str) -> bool:
    """Whether a text asks how long this very chat will take; a visit or a shot is asked about by its name."""
    said = plain(text)
    return bool(_HOW_LONG_IS_IT.search(said)) and not _OF_TREATMENT.search(said)


def asked_about_chat(text: str) -> str | None:
    """The act of such a question: repeat, what_means, how_many_more, why_ask, how_to_change, reminder; or None."""
    low = " ".join(text.replace("\u2019", "'").casefold().split())
    if (act := asked_about_visit(low)) is not None:
        return act
    for act, pattern in _ONE_WORD:
        if pattern.search(low):
            return act
    for part in re.split(r"(?<=[.!?;])\s+|\s*,\s*", low):
        said = plain(part)
        for act, pattern in _BESIDE:
            if pattern.search(said):
                return act
    return None


def asked_about_visit(text: str) -> str | None:
    """how_to_change ("what if I can't come?"), reminder, not_known ("do you do MRIs?", "how many visits?"), or None."""
    said = plain(text)
    if _CHANGE.search(said):
        return "how_to_change"
    if (_SERVICE.search(said) and not re.search(r"\b(?:my|results?)\b", said)) or small_question(said) is not None:
        return "not_known"
    return "reminder" if _REMINDER.search(said) else None


def asks_for_meaning(text: str, asked: str) -> bool:
    """Whether the whole text asks what a word of the open question means: "what does rheumatoid mean?"."""
    terms = _TERMS.get(asked)
    words = rf"what(?: does|'s| is| do you mean by)?.{{0,15}}\b(?:{terms})\b.{{0,20}}"
    return terms is not None and bool(re.fullmatch(words, plain(text)))


def is_rhetorical(text: str) -> bool:
    """ "How would I know, a month?": no question for us."""
    return bool(_RHETORICAL.search(plain(text)))
