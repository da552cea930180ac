"""Small questions that one honest line answers, alone or behind another question; and two that have their own answer.
PURE.

The classifier knows no sentences for them: it takes "is that FDA approved?" for a question on cautions, and "do you
take walk-ins?" for a wish to book.
"""

from __future__ import annotations

import re

from knee_intake.interview.offered import plain
from knee_intake.interview.seams import parts_of

_NEED = (
    r"(?:surgery|an operation|to be operated|a (?:new|artificial) knee|(?:a )?(?:knee )?replacement"
    r"|(?:a )?shots?|to worry)"
)
_OF_KNEE = (
    rf"(?:(?:won'?t|will not|don'?t|do not|never|not) (?:have to )?(?:need|have|get) {_NEED}|no (?:surgery|pain"
    rf"|side effects)"
    r"|(?:it|this|that|they|botox|dysport|the shots?|(?:my|the) (?:knee|pain)|acupuncture|physical therapy|i)"
    r"(?:'ll| will|'s| is|'m| am| won'?t| goes| works| helps)? ?(?:\w+ ){0,2}"
    r"(?:work\w*|help\w*|heal\w*|better|fine|ok|okay|all right|alright|go(?:es)? away|gone|hurt\w*|cured?|fixed"
    r"|walk\w*|run\w*))"
)
_PROMISE = re.compile(rf"\b(?:promise|guarantee|swear|assure)\b(?: me)?(?: that)?\b.{{0,12}}\b{_OF_KNEE}\b")
_SMALL = tuple(
    (phrase, re.compile(pattern, re.VERBOSE))
    for phrase, pattern in (
        (
            "visits_unknown",
            r"""\bhow\ many\ (?:\w+\ ){0,2}?(?:visits|appointments|sessions|treatments|shots
            |injections|needles)\b
            |\bhow\ (?:many\ times|often)\ (?:\w+\ ){0,3}?(?:i|you|we|people|patients)\ (?:\w+\ ){0,3}?(?:come
            |go|be\ seen)\b""",
        ),
        (
            "walk_in",
            r"""\b(?:do|can|could|will)\ (?:you|i|we|they)\ (?:\w+\ ){0,2}?(?:take|accept|allow|see|have|do|be
            |come\ as)\ (?:a\ )?
            walk[\ -]?ins?\b
            |\bwalk[\ -]?ins?\ (?:ok|okay|allowed|welcome|accepted|possible)\b|\bare\ walk[\ -]?ins\b
            |\b(?:can|could|may)\ i\ (?:just\ )(?:walk|come|stop|drop|show|turn)\ (?:in|by|over|up)\b
            |\b(?:can|could|may|do)\ (?:i|you)\ .{0,25}\bwithout\ (?:an?\ |any\ )?(?:appointment|appt|booking)\b""",
        ),
        (
            "ask_if_to_stop",
            r"""\b(?:do|must|should|will)\ i\ (?:have\ to\ |need\ to\ )?(?:stop|quit|give\ up)\ (?:my\ )?
            (?:running|jogging|walking|cycling|biking|swimming|dancing|skiing|hiking|playing|exercising|training|lifting
            |working|climbing|kneeling|squatting|golfing|gardening|moving|sports?|exercis\w+|work|tennis|soccer
            |football|basketball|golf|yoga|hik\w+|the\ gym)\b""",
        ),
    )
)
_ELSEWHERE = re.compile(r"\b(?:data|info\w*|privacy|private|secret|call|email|spam|refund|insurance|price|cost)\b")
_NOT_OF_APPROVAL = re.compile(
    r"\b(?:insur\w*|plan|medicaid|medicare|referral|visit|appointment|appt|disability|leave|coverage|cover\w*"
    r"|request\w*)\b"
)
_APPROVAL = re.compile(
    r"""\bfda\b
    |\b(?:is|are|was|were|isn't|aren't)\ (?:it|that|this|they|those|these|botox|dysport|either|both|(?:the
    |these|those)\ (?:shots?|injections?|drugs?))
        \ (?:\w+\ ){0,2}?(?:approved|off[\ -]label|authori[sz]ed|legal)\b
    |\bapproved\ for\ (?:the\ |my\ )?(?:knees?|this|that|pain)\b
    |\bwhat(?:'s|\ is|\ does|\ do\ you\ mean\ by)\ (?:\w+\ )?["']?off[\ -]label\b""",
    re.VERBOSE,
)
_INTEREST = re.compile(
    r"""\bconflicts?\ of\ interests?\b|\bfinancial\ (?:interests?|ties)\b|\bkick[\ -]?backs?\b
    |\bwho\ (?:pays|paid|funds|funded|sponsors|sponsored)\ (?:for\ )?(?:you|this(?:\ chat|\ bot)?|the\ (?:chat
    |bot|clinic|stud\w+|research)|your\ \w+)
        (?:\ (?:bot|chat))?\s*$
    |\b(?:do|does|are|is|will|did)\ (?:you|they|the\ (?:clinic|doctors?|staff|clinicians?))\ (?:\w+\ ){0,2}?
        (?:paid\ by|get\ paid\ (?:by|to|for|if)|get\ (?:money|a\ (?:cut|commission))|earn|profit
        |make\ (?:\w+\ )?money|sponsored|funded|take\ money)\b
    |\b(?:drug|pharma\w*|allergan|abbvie|ipsen)(?:\ (?:company|companies|makers?))?\ (?:\w+\ )?(?:pay|pays|paid
    |paying|fund\w*|sponsor\w*)\b
    |\bwhat(?:'s|\ is)\ in\ it\ for\ (?:you|the\ clinic|them)\b
    |\bare\ you\ (?:just\ |only\ |trying\ to\ |here\ to\ )+sell\w*\ (?:me|us|something|stuff|this|shots|botox)\b""",
    re.VERBOSE,
)
CARRIERS = {"ask_approval": "ask_botulinum", "ask_interest": "ask_article"}
"""Answers of their own in answers.yml -> the intent under which Rasa's policy sees the question."""


def small_question(text: str) -> str | None:
    """The phrase that answers this one question, or None."""
    said = plain(text)
    if _PROMISE.search(said) and not _ELSEWHERE.search(said):
        return "no_promise"
    return next((phrase for phrase, pattern in _SMALL if pattern.search(said)), None)


def small_questions(text: str) -> list[str]:
    """The phrases for the small questions that stand among others in a text, in their order."""
    found = [phrase for part in parts_of(text) if (phrase := small_question(part)) is not None]
    return list(dict.fromkeys(found))


def own_answer(text: str) -> str | None:
    """The key of answers.yml for a question that has an answer of its own: its approval, or who earns by it."""
    said = plain(text)
    if _INTEREST.search(said) and not re.search(r"\b(?:insur\w*|co-?pay\w*)\b", said):
        return "ask_interest"
    return "ask_approval" if _APPROVAL.search(said) and not _NOT_OF_APPROVAL.search(said) else None


def answer_key(text: str, intent: str) -> str:
    """Which answer of answers.yml is given to a text that was understood as `intent`."""
    key = next((key for part in parts_of(text) if (key := own_answer(part)) and CARRIERS[key] == intent), None)
    return key or intent
