"""Replies to the question for a contact that give none: there is no phone, or the visit is let go after all. PURE."""

from __future__ import annotations

import re

LONGEST = 80
"""Characters: who says more than that does not only turn something down."""
_LEAD = (
    r"(?:(?:ok|okay|fine|well|oh|then|no|nope|nah|so|please|just|sorry|alright|all right|actually|you know what)"
    r"[ ,.!]*)*"
)
_TAIL = (
    r"(?:[ ,.!]*(?:then|please|thanks|thank you|sorry|now|any ?more|after all|either|at all|for me|it's fine|ok))*"
    r"[ ,.!]*"
)
_REACH = (
    r"(?:(?:cell|mobile|smart|tele|home)? ?phones?(?: number)?|phone numbers?|numbers?|cells?|mobiles?|e-?mails?"
    r"(?: address)?|either|any(?: of (?:that|those|them))?|one)"
)
_NONE_TO_GIVE = re.compile(
    rf"{_LEAD}(?:(?:i )?(?:don'?t|do not) (?:have|own|use|got|do) (?:a |an |any |my )?{_REACH}"
    rf"|(?:i'?ve |i have |i've got |got )?(?:no|neither)(?: a)? {_REACH}|neither(?: of (?:them|those|these))?"
    rf"|not got (?:a |an )?{_REACH})(?:,? (?:or|and|nor)(?: (?:a|an|no))? {_REACH})*{_TAIL}"
)
_A_VISIT = r"(?:visit|booking|appointment|appt|whole thing|thing|time|slot|request)"
_IT = rf"(?: (?:it|that|this|me|him|her|us|me in|anything|one|(?:a|the|that|this|any|my) {_A_VISIT}))?"
_LETS_GO = re.compile(
    rf"{_LEAD}(?:(?:don'?t|do not)(?: bother to| even)?"
    rf" (?:book|schedule|reserve|request|ask for|make|hold|keep){_IT}"
    r"|(?:forget|drop|scrap|scratch|skip|leave|abandon|undo) (?:about )?"
    rf"(?:the|that|this|my) {_A_VISIT}"
    rf"|i (?:don'?t|do not) want to (?:book|schedule|come){_IT}"
    rf"|i'?(?:m| am) not (?:booking|coming|going to book){_IT}|no (?:booking|visit|appointment|appt)"
    rf"|let (?:the {_A_VISIT}|it) go|give (?:the (?:time|slot)|it) (?:away|up|to (?:somebody|someone) else)){_TAIL}"
)
_GIVES_UP = re.compile(
    rf"{_LEAD}(?:never ?mind|forget (?:it|about it|this|that)|leave it|drop it|skip it|i'?ll pass|i pass|let'?s not"
    rf"|not (?:any ?more|worth it)|i changed my mind){_TAIL}"
)


def has_none_to_give(said: str) -> bool:
    """ "No phone": there is no way to be reached (`offered.plain`)."""
    return len(said) <= LONGEST and bool(_NONE_TO_GIVE.fullmatch(said))


def lets_visit_go(said: str) -> bool:
    """ "Don't book it then": the visit itself is named, or the booking of it."""
    return len(said) <= LONGEST and bool(_LETS_GO.fullmatch(said))


def gives_up(said: str) -> bool:
    """ "Forget it", said to the question for a contact: no visit is wanted at that price."""
    return len(said) <= LONGEST and (bool(_GIVES_UP.fullmatch(said)) or lets_visit_go(said))
