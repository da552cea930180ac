"""A wish about the visit that is no time: with whom, by video, with an interpreter. Kept in words, never read. PURE."""

from __future__ import annotations

import re

from knee_intake.understanding.plain import either, plain

LONGEST_NOTE = 200
"""Characters."""
_WHO = r"(?:doctor|doc|dr|provider|clinician|physician|therapist|specialist|practitioner|nurse|pt|person|one)"
_GENDER = r"(?:wom[ae]n|females?|lady|ladies|m[ae]n|males?|guy|gentlem[ae]n)"
_KIN = r"(?:wife|husband|partner|mom|mother|dad|father|sister|brother|son|daughter|friend|aide|caregiver)"
_LANGUAGE = (
    r"(?:spanish|chinese|mandarin|cantonese|russian|korean|creole|french|italian|polish|arabic|portuguese|hindi"
    r"|bengali|urdu|german|hebrew|yiddish|japanese|vietnamese|tagalog|greek)"
)
_NO_SURNAME = (
    r"(?:who|that|appointment|appt|visit|please|if|on|at|is|can|said|says|told|note|office|and|or|for|in|to|today"
    r"|tomorrow|next|as|asap|again|with|you|i|me|soon|any|first|only|will|would|could|about|has|not|from|there|but"
    r"|after|before|then|was|wants|here|available)"
)
_WISHES = tuple(
    re.compile(rf"(?<![\w']){either(phrases)}(?![\w'])")
    for phrases in (
        rf"""
        {_GENDER} {_WHO}s?
        {_WHO} (?:who|that)(?:'s| is) (?:a )?{_GENDER}
        (?:with|see|seeing|by|prefer|want|like|have|get|need|request|be|it's|can|could) (?:a|an|another|\
        some) (?:\w+ )?{_GENDER}
        ^\W*(?:an? )?{_GENDER}(?: (?:only|please|pls|if possible|preferred|preferably))+
        """,
        rf"""
        (?:dr|doctor)\.? (?!{_NO_SURNAME}\b)[^\W\d_]{{2,}}
        same (?:\w+ )?(?:{_WHO}|guy|lady|woman|man)(?: (?:as|i|that|who|we)\b| again)?
        (?:whoever|whomever|(?:the )?(?:doctor|person|one|lady|man|guy|woman)) (?:that |who )?(?:i )?(?:saw|had|\
        treated me)(?: me)?
        (?:someone|somebody|anyone|anybody) (?:but|other than|except) (?:dr|doctor|him|her|that)
        with (?:someone|somebody)(?: else| new| different)?
        """,
        rf"""
        (?:speaks?|speaking) (?:{_LANGUAGE}|my language) | in {_LANGUAGE} | {_LANGUAGE}[ -]speaking
        (?:interpreter|translator|sign language|asl) | wheelchair | step[ -]free | elevator | ground floor
        (?:no|without|not) (?:any )?(?:students?|trainees?|interns?)
        """,
        rf"""
        (?:video|telehealth|tele-health|telemedicine|virtual|virtually|zoom|facetime|online|remote|remotely|\
        in[ -]person)
        (?:by|over|on) (?:the )?phone | phone (?:visit|appointment|consult(?:ation)?)
        bring(?:ing)? my {_KIN}
        my {_KIN} (?:\w+ )?(?:come|comes|coming|to come|be|join)(?: me)? (?:with|along|too|there)
        """,
    )
)
"""By whom a visitor would be seen; whom they know; how they talk and move; by which way, and with whom beside them."""
_THOUGHT_ENDS = re.compile(
    r"(?<!\bdr)(?<!\bmr)(?<!\bms)(?<!\bmrs)[.](?!\d)|[,;!?\n]|\s-\s|\b(?:but|and|so|or|cause|because)\b"
)
_LED_IN_BY = re.compile(r"\b(?:not\s+)?(?:with|by|over|via|on)\s+(?:\w+\s+)?$")
_CONNECTORS = re.compile(r"^(?:[\s,;.:-]|\b(?:also|plus|oh|yes|ok|okay|please|hi|hello)\b)+", re.I)


def read_note(text: str) -> str | None:
    """The thought of a text that wishes for somebody or something beside a time, in its own words."""
    low = plain(text)
    match = next((match for wish in _WISHES if (match := wish.search(low))), None)
    if match is None:
        return None
    start = max((end.end() for end in _THOUGHT_ENDS.finditer(low, 0, match.start())), default=0)
    if led := _LED_IN_BY.search(low, start, match.start()):
        start = led.start()
    elif match[0].startswith(("with ", "by ")):
        start = match.start()
    ends = _THOUGHT_ENDS.search(low, match.end())
    note = text[start : ends.start() if ends else len(text)]
    return _CONNECTORS.sub("", note).strip()[:LONGEST_NOTE] or None
