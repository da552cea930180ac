"""What somebody means to do who was just shown an emergency text: go, go to a place of less, or play it down. PURE.

"OK thanks, going now" is about going and agrees to nothing. "I'll go to urgent care" or "I'll see my doctor tomorrow"
is less than what the text said, so the text is said again: a flag never softens.
"""

from __future__ import annotations

import re

from knee_intake.interview.offered import plain

_READ = (
    r"ok(?:ay)?|k+|kk|alright|all right|right|fine|good|great|cool|understood|got it|gotcha|i (?:see"
    r"|understand|hear you)"
    r"|will do|oh|wow|hm+|bueno|vale|bien|entendido|claro"
)
_THANKS = (
    r"thanks?(?: you)?(?: so much| very much| a lot| for (?:that|telling me|your help|the help))?|thx|ty"
    r"|cheers|(?:muchas |mil )?gracias"
)
_WHO = r"(?:i|we|he|she|they|im|i'm|i am|we're|we are|he's|she's|they're|i'll|we'll|i will|we will|he'll|she'll|ill)"
_TO = r"(?: (?:to|at|for|towards))?(?: (?:the|an?|our))?(?: (?:nearest|closest))?"
_ROOM = r"(?: (?:er|ed|a&e|emergency(?: (?:room|department|dept))?|hospital|there|over|out|them|911|ambulance))?"
_DRIVEN = (
    r"(?:my (?:wife|husband|son|daughter|mom|mum|mother|dad|father|friend|neighbou?r|partner|brother|sister)"
    r"|someone|somebody|he|she|they)(?:'s|'ll| is| will| are|s)?"
    r" (?:driving|taking|drives|takes|drive|take|bringing|getting|calling|call)(?: me| us| him| her)?"
)
_GOES = (
    rf"(?:{_WHO} )?(?:(?:am|are|is|just|already|about to|getting ready to|will|gonna|going to) )*"
    r"(?:go(?:ing)?|goin|off|leaving|leave|heading|headed|head|driving|drive|on (?:my|our|the) way|calling"
    r"|call|dialing|dial"
    r"|getting (?:in|into) (?:the|my) car)(?! ahead)|(?:i|we)(?:'ll| will) (?:go|do (?:that|so|it)|do)|(?:i|we) will"
)
_VOY = (
    r"(?:s[ií] )?(?:ya |ahora )*(?:voy|vamos|salgo|en camino|llamo|llamando|estoy llamando"
    r"|voy a llamar)(?: (?:al 911|ya|ahora|para all[aá]|all[aá]|mismo))*"
)
_NOW = r"(?: (?:now|right now|right away|straight away|at once|immediately|asap|then|already|ahora|mismo))*"
_GOING = rf"(?:{_GOES}|{_DRIVEN}|{_VOY}){_TO}{_ROOM}{_NOW}"
_BETWEEN = r"[ ,.!;]+(?:and |so |then |y )?"
_IS_GOING = re.compile(
    rf"(?:(?:yes|yeah|yep|{_READ}|{_THANKS}|please)[ ,.!;]+)*{_GOING}(?:{_BETWEEN}(?:{_READ}|{_THANKS}|{_GOING}|bye))*"
)
_ONLY_READ = re.compile(rf"(?:(?:{_READ}|{_THANKS}|bye|goodbye)(?:{_BETWEEN}|$))+")
_SAYS_SO = re.compile(
    rf"\b(?:{_THANKS}|understood|got it|i (?:see|understand)|will do|entendido|(?<=.)bye|(?<=.)goodbye)\b"
)
""" "OK" alone may be an answer, and "bye" alone is a goodbye."""

_ROOM_NAMED = re.compile(
    r"\b(?:er|ed|a&e|emergency (?:room|department|dept)|emergency|hospital|911|ambulance|paramedics?|988)\b"
)
_NOT_THERE = re.compile(
    r"\b(?:not|no|never|don'?t|won'?t|rather than|instead of|without|can'?t|cannot|skip(?:ping)?|avoid)\b"
    r"(?:\W+\w+){0,6}?\W+(?:er|ed|a&e|emergency|hospital|911|ambulance)\b"
)
_LESSER = re.compile(
    r"\b(?:urgent ?care|walk-? ?in|minute ?clinic|(?:a|the|your|my|this) clinic"
    r"|(?:my|the|a|our) (?:own |family |regular |primary |knee )*(?:doctor|doc|dr|gp|pcp|physician|physio\w*"
    r"|therapist|pt"
    r"|chiropractor|chiro|surgeon|ortho\w*|rheumatologist|nurse|pharmacist)|primary care|family (?:doctor|doc)"
    r"|(?:an?|my|the) (?:appointment|appt|visit)|pharmacy|drug ?store|cvs|walgreens|tele-?(?:health|doc|medicine)"
    r"|nurse line|advice line|here instead|come (?:in|to you|see you))\b"
)
_PLANS = re.compile(
    r"\b(?:i'?ll|i will|ill|i'?m (?:going|gonna|calling|heading|driving|off)|im (?:going|gonna|calling"
    r"|heading)|i am going|going|gonna|go|heading"
    r"|let me|can i|could i|should i|i(?:'?d| would) (?:rather|prefer)|i (?:want|prefer|plan|can|think)"
    r"|we(?:'?ll| will)|call(?:ing)?|see(?:ing)?"
    r"|maybe|rather|driving|try(?:ing)?)\b"
)
_LATER = re.compile(
    r"\b(?:tomorrow|later|next week|next month|in the morning|after (?:work|school|dinner|lunch|the weekend)"
    r"|on (?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|(?:mon|tues|wednes|thurs|fri)day|when (?:i|it|my|the)\b.{0,30}|first thing|if it (?:gets|doesn'?t"
    r"|isn'?t|is not|goes)"
    r"|wait (?:and see|it out|a (?:bit|while|few|day)|until|till|for)|see how (?:it|i)|sleep on it|some ?time"
    r"|soon(?! as)|eventually)\b"
)
_DOES_NOT_GO = re.compile(
    r"\b(?:i(?:'m| am)? not going|i won'?t (?:go|call)|not going (?:to (?:go|call)|there|anywhere)"
    r"|don'?t want to (?:go|call)|no way i"
    r"|(?:i'?ll|i will|ill|i'?d rather|gonna|going to) (?:just )?(?:rest|ice|lie down|take (?:an? "
    r"|some )?(?:aspirin|advil|ibuprofen|tylenol|pills?|something)"
    r"|stay (?:home|here|in bed)|wait|sleep)|can'?t (?:go|afford|leave)|too (?:expensive|far|busy))\b"
)
_BOOKS = re.compile(r"\b(?:book|schedule)\b")
""" "Can I book a visit?" is a wish of its own, and gets none."""
_PAST = re.compile(
    r"\b(?:was|were|went|saw|seen|been|had|got|gave|told|said|says?|checked|treated|already|yesterday"
    r"|last (?:week|night|month))\b"
)
_PLAYS_DOWN = re.compile(
    r"\b(?:i'?m|i am|im|we'?re|it'?s|its|it is|that'?s|that is|he'?s|she'?s) (?:really |actually |totally "
    r"|just |all |doing |feeling |perfectly |pretty )*"
    r"(?:fine|ok|okay|alright|all right|good|nothing|not (?:that |so |really )?(?:bad|serious|an emergency)"
    r"|no emergency|no big deal|(?:only|just) (?:a|an)\b)"
    r"|\bit (?:was|is) (?:only|just|nothing|no big)\b|\bnot (?:that|so) (?:bad|serious)\b"
    r"|\bno(?:t an?)? emergency\b|\boverreact\w*"
    r"|\b(?:don'?t|do not) (?:need|want) (?:an? |the |to )?(?:911|ambulance|er|emergency|hospital|go|call|help"
    r"|that)\b|\b(?:only|just) (?:one|two|three|a|a few|1|2|3) steps?\b"
)
_WORSE = re.compile(r"\b(?:worse|not (?:ok|okay|fine|alright|good)|help me|scared|can'?t)\b")

SHORT = 5
"""Words: "tomorrow then" is a plan without a verb."""


def goes_now(text: str) -> bool:
    """Whether a text says that somebody is on the way or calling, and nothing else: "ok going now", "ya voy"."""
    return bool(_IS_GOING.fullmatch(plain(text)))


def has_read(text: str) -> bool:
    """Whether a text only thanks for the advice, or says that it was read: "ok thanks"."""
    said = plain(text)
    return bool(_ONLY_READ.fullmatch(said) and _SAYS_SO.search(said))


def goes_for_less(text: str) -> bool:
    """Whether somebody means to do less than an emergency text says: another place, another day, nothing at all."""
    said = plain(text)
    if _PAST.search(said) and not _PLANS.search(said):
        return False
    if _BOOKS.search(said):
        return False
    if _DOES_NOT_GO.search(said) or _NOT_THERE.search(said):
        return True
    if _LATER.search(said) and (_PLANS.search(said) or len(said.split()) <= SHORT):
        return True
    return bool(_LESSER.search(said)) and not _ROOM_NAMED.search(said) and not _PAST.search(said)


def plays_down(text: str) -> bool:
    """ "It was only two steps, I'm fine": the sign is called harmless, which takes nothing back."""
    said = plain(text)
    return bool(_PLAYS_DOWN.search(said)) and not _WORSE.search(said)
