"""Who the text is about: the writer, or a patient beside them. PURE."""

from __future__ import annotations

import re

from knee_intake.understanding.kin import (
    ADJECTIVES,
    ADULT,
    BARE,
    BODY,
    CHILD,
    COMPLAINT,
    FAMILY,
    FILLER,
    GROWN,
    IN_LAW,
    PERSON,
    SICK,
    THEIR_AGE,
)  # fmt: skip
from knee_intake.understanding.lexicon import SENTENCE_END
from knee_intake.understanding.pipeline import Reading

_STRONG = re.compile(
    rf"(?:{PERSON}|{BARE})s? (?:{ADJECTIVES} )*(?:{BODY})\b"
    rf"|(?P<subject>\b{PERSON}|{BARE})(?:{THEIR_AGE}|,)? {FILLER}{COMPLAINT}\b"
)
_NO_SUBJECT = re.compile(
    r"\b(?:lift\w*|carry\w*|hold\w*|chas\w*|pick\w* up|play\w*|walk\w*|run\w*|help\w*|push\w*|watch\w*|coach\w*"
    r"|with|for|by|after|from|of|than|to|over) $"
)
"""Before a person: then what hurts is the writer's."""
_THEIRS = re.compile(
    rf"\b(?:his|her|their) (?:{ADJECTIVES} )*(?:{BODY})\b|\b(?:he|she|hes|shes) {FILLER}{COMPLAINT}\b"
    rf"|\b(?:and|but) (?:now |also |just )+{COMPLAINT}\b"
)
IS_AGED = re.compile(
    rf"\b{PERSON}(?: here)? (?:is|whos|who is) (?:only |just |now )?\d{{1,2}}(?: years? old| yo)?"
    r"(?=$| ?[.!?,]? ?(?:$|with|and (?:he"
    rf"|she|his|her|{COMPLAINT})|who|he |she"
    r"|his |her |hurt|knee|has|what|is (?:this|that)|can (?:he|she|you)))"
)
_THEIR_RELATIVE = re.compile(
    rf"\b(?:this is|its|it is|im|i am|from) (?:his|her|the (?:patients?|kids?|boys?|girls?)) (?:{ADULT}|coach"
    rf"|teacher|guardian|nanny)\b"
    rf"|(?:^|[.!?,;] ?)(?:his|her) (?:{ADULT}|coach|teacher|guardian) here\b"
    rf"|\b(?:im|i am|this is) (?:the|a) (?:{ADULT}) of (?:a|an|my)\b"
)
"""The writer says whose relative they are: "this is his mom, hes 16"."""
_THEIR_YEARS = re.compile(
    r"\b(?:hes|shes|he is|she is|age[d:]?|of an?) (?:only |just |now |almost |about )?(?P<age>\d{1,2})\b"
    r"(?! ?(?:weeks?|months?|days?|hours?|feet|foot|ft|inches|lbs?|pounds|out|%|/|times|steps|am|pm))"
)
_ONLY_A_PERSON = re.compile(
    rf"(?:(?:its|it is|for|this is) )?{PERSON},? (?:(?:(?:he|she) is|hes|shes|who is|whos|is|aged?),? )?\d{{1,3}}"
    r"(?: ?(?:years?|yrs?)(?: old)?| ?yo)?"
)
"""The whole answer: "my son, he is 15"."""
_AGED_FIRST = re.compile(
    rf"(?:{PERSON}|{BARE})s?(?: here)?(?: is|,| \()? ?\d{{1,2}}\b(?! (?:out|times|weeks|months|days))"
)
ANY_PERSON = re.compile(rf"\b{PERSON}s?\b|{BARE}s?\b")
_ON_BEHALF = re.compile(
    rf"(?:^(?:hi|hello|hey)?,? ?|\b(?:its|it is|this is|asking|writing|calling|appointment|visit|slot|here"
    rf"|question|inquiring|help|info"
    rf"|information|chatting|booking|book|looking|form|this|not me|not|is) )(?:for|about|on behalf of"
    rf"|regarding|its) (?:{PERSON}|my \d{{1,2}}[ -]?(?:year|yr)s?[ -]?old)\b(?! says| said| told)"
)
_CHILD_OF_AGE = re.compile(
    rf"\b(?:my|our|the|a) (?P<age>\d{{1,2}})[ -]?(?:(?:year|yr)s?[ -]?old|yo|y/o)(?: (?:{CHILD}|{ADULT}"
    rf"|athlete|player))? "
    rf"{FILLER}(?:{COMPLAINT}|who|with (?:knee|a|pain))"
)
_MY_PLAYER = re.compile(
    r"\bmy \w+ is (?:[5-9]|1[0-7])(?: years? old| yo)?,? (?:and|but|with|he|she|hes|shes|who|his|her)\b"
)
"""A coach's or a teacher's: "my goalie is 15 and he limps"."""
_THING_IS = re.compile(
    r"my (?:pain|knee|leg|number|score|ache|level|hip|appointment|house|car|dog|cat|street|unit|apartment|zip"
    r"|stiffness)\b"
)
_PATIENT = re.compile(r"\b(?:patient|pt) is (?:a )?\d{1,2}\b")
_OWN_VERBS = (
    r"fell|twisted|cant|cannot|hurt|tore|run|limp|slipped|tripped|feel|felt|landed|banged|sprained|ran|jog"
    r"|limping|woke|walk"
    r"|kneel|squat|bend|heard|injured|play|hike|cycle"
)
_MYSELF = re.compile(
    rf"\b(?:my (?:{ADJECTIVES} )*(?:knees?|kneecaps?|leg|legs|foot|calf|pain|joints|shin|hip)\b|its for me"
    rf"|for myself|my own\b"
    rf"|about me|mine\b|my (?:left|right)\b|my (?:\w+ ){{0,2}}(?:shot|shots|appointment|appt|visit|injection"
    rf"|surgery)\b|i (?:also |just |really |only |still )*(?:{_OWN_VERBS}|have (?:a |an |some |had )?"
    rf"(?:\w+ )?(?:{SICK}|click\w*|arthritis|torn|been)|had (?:a|an|my|knee|surgery)|am in pain|carry|come)\b"
    r"|i (?:dont|do not|havent|am not|never did)(?=$| ?[.,!;])|ive (?:had|got|been)"
    r"|(?:drove|pushed|carried|carry|helped|took|made|kicked|hit|drive|drives"
    r"|brought|ran into|knocked"
    r"|pulled|tackled) me\b|(?:can|may|could|will|am) i (?!bring|take|call|get|give|do|help|send|have|book"
    r"|make|ask|put|let|drive))"
)
_SELF = re.compile(
    r"\b(?:its for me|(?:for|about|concerns|by) myself|about me|its me|its my own|for me|(?:on )?my own behalf"
    r"|im the one|i am the one)\b"
)
_ONLY_ME = re.compile(r"\b(?:its|it is) me (?:who|that|with|whos)\b|\b(?:im|i am) the one (?:with|who|that|whos)\b")
_PRESENT = re.compile(
    r"\b(?:now|been|today|tonight|since|yesterday|this (?:morning|week|afternoon|evening|weekend)"
    r"|(?<!im )(?<!i am )just|last night|is|are|has|hurts?"
    r"|cant|cannot|wont|says?|keeps|looks|feels|still|swelling|limps|limping|hes|shes|wants|needs|refuses"
    r"|complains?|complaining"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:hours?|minutes?|days?|min) (?:ago|later)|what (?:do"
    r"|should) (?:i|we)|winces"
    r"|doesnt|dont|wakes|cries|gets|theres|help|please|should (?:i|we|he|she)|isnt)\b"
)
_PAST = re.compile(
    r"\b(?:years? ago|in (?:19|20)\d\d|last year|died|passed away|used to|back in|(?:hes|shes|is|he is"
    r"|she is) (?:ok|fine|better"
    r"|good) now|recovered|turned out (?:to|it|that|fine|ok)|years? back|when (?:he|she|i) was|killed (?:him|her)self"
    r"|decades|(?<!at )once(?! a| the| every)|the old country)\b"
)
_YEAR = re.compile(r"\bin (?:19|20)\d\d\b")
_DONE = re.compile(
    r"\b(?:\w{2,}ed|had|was|were|fell|tore|got|went|broke|lost|blew|hurt|came|woke|said|made|gave|took|felt|couldnt"
    r"|told|threw|did|ran)\b"
)
_FRESH = re.compile(
    r"\b(?:now|since|today|tonight|yesterday|this (?:morning|week|afternoon|evening|weekend)|last night"
    r"|(?<!im )(?<!i am )just(?! as)"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:minutes?|hours?|days?|weeks?|month) ago|still|been|begun|started"
    r"|suddenly|keeps|(?:cant|cannot|wont)(?! (?:come|make|be|attend|do|talk))|isnt|help|what (?:do|should) (?:i|we)"
    r"|should (?:i|we|he|she)|hes|shes|is \w+ing"
    r"|refus\w+|every (?:night|day|time)|at \d{1,2} ?[ap]m|by the time|an hour|on the \d+(?:st|nd|rd|th))\b"
)
"""What tells that somebody's trouble is of these days."""
_GRADE = (
    r"(?:(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
    r"|1|2|3|4|5|6|7|8|9|10|11|12)[ -]?grade(?:r)?)"
)
_SCHOOL = (
    rf"(?:{_GRADE}|(?:junior )?high[ -]?school(?:er)?|middle[ -]?school(?:er)?|elementary(?: school)?|grade school"
    r"|junior high|jr high|kindergarten|preschool|pre ?k|daycare|little league|pop warner)"
)
_GRADE_IN = re.compile(_SCHOOL)
_UNDER_AGE = re.compile(
    r"\b(?:im|i am) (?:(?:only|still|just) )?(?:a )?(?:minor|teenager|teen|under ?age)\b"
    rf"|(?:^|(?<=[.!?,;] ))still (?:in|at) {_SCHOOL}\b"
    rf"|(?:^|(?<=[.!?,;] ))(?:a |an )?{_GRADE}r? here\b"
    r"|(?:^|(?<=[.!?,;] ))(?:freshman|sophomore|junior|senior) (?:in|at) high[ -]?school\b"
)
"""A writer who says so without an age."""
_AT_SCHOOL = re.compile(
    rf"(?<!like )\b(?P<who>i am|im|i go to|i play (?:\w+ )?(?:for|at|in)(?: my)?|hes|shes|he is|she is"
    rf"|{PERSON} is|who is|whos|{BARE}s?"
    rf"|he goes to|she goes to) (?:a |an |still |only |just |currently |in |going into |starting |at |my )*(?:"
    rf"(?:(?:freshman|sophomore|junior|senior)(?: (?:year )?(?:in|at"
    rf"|of))? )?(?:my )?{_SCHOOL}\b(?! (?:teacher|coach|principal|nurse"
    r"|counselor|custodian|track coach|\w+ (?:teacher|coach)))|(?:freshman|sophomore)\b(?! (?:in"
    r"|at) (?:college|uni)))"
)
_SCHOOL_LIFE = re.compile(
    r"\b(?:pediatrician|homeroom|recess|gym class|pe class|p\.e\.|school nurse|grade school|my mom says i"
    r"|my mom wants me|my parents"
    r"|varsity|jv|high school)\b"
)
_MONTHS = re.compile(
    r"\b(?:baby|he|she|hes|shes|son|daughter|toddler)(?: is)? (?:\d{1,2}|eighteen) months?\b(?! (?:out|post"
    r"|after|pregnant))|\b\d{1,2}[ -]?(?:mo|months?)[ -]?(?:old )?(?:baby|boy|girl|infant|son|daughter|toddler)\b"
)


_TELLS = frozenset({"says", "said", "thinks", "told", "wants", "noticed", "drove", "took", "made", "helped", "carried"})
"""What somebody does who only looks on or lends a hand."""


_I_TELL = re.compile(
    r"\b(?:i|im|ive) (?!think|thought|know|dont know|need|want|wonder|took|brought|drove|called|gave|asked|found|saw"
    r"|see|heard|helped|am worried|worried|writing|am writing|am his|am her|his|her|should|would like|noticed|carried"
    r"|can(?:t|not)? (?:get|make|tell)|tried|am calling|calling|am asking|asking|scared|am scared|guess|believe"
    r"|had to (?:call|help|carry|take))\w"
)
"""The writer tells of themselves; who writes for another only thinks, asks, helps."""


def find_patient(plain: str, reading: Reading) -> str | None:
    """The words for the patient, where that is somebody beside the writer: "my son"."""
    if found := _ON_BEHALF.search(plain):
        return found[0]
    return None if _ONLY_ME.search(plain) else _about_another(plain) or _beside(plain, reading)


def find_who_for(plain: str, patient: str | None, age: int | None) -> str | None:
    """child or other_adult where the writer speaks for `patient`, self where they say that it is for them."""
    if patient is not None and _ON_BEHALF.search(plain):
        return _kind(patient, age)
    if found := _AT_SCHOOL.search(plain):
        if found["who"].startswith("i"):
            return None if (age or 0) >= GROWN else "child"
        if not _MYSELF.search(plain) and (patient or _SCHOOL_LIFE.search(plain) or _GRADE_IN.search(found[0])):
            return "child" if age is None or age < GROWN else "other_adult"
    if _UNDER_AGE.search(plain) and (age or 0) < GROWN:
        return "child"
    if _ONLY_ME.search(plain):
        return "self"
    if patient is not None:
        return _kind(patient, age)
    if _MONTHS.search(plain) and not _MYSELF.search(plain):
        return "child"
    return "self" if _SELF.search(plain) else None


def _about_another(plain: str) -> str | None:
    """The person whose knee this is, where it is somebody beside the writer."""
    if _THEIR_RELATIVE.search(plain) and (found := _THEIR_YEARS.search(plain)) and not _MYSELF.search(plain):
        return "child" if int(found["age"]) < GROWN else "friend"
    if found := _ONLY_A_PERSON.fullmatch(plain.strip(" .!")):
        return found[0]
    if found := _CHILD_OF_AGE.search(plain):
        rest = plain[: found.start()] + plain[found.end() :]
        return None if _MYSELF.search(rest) else ("child" if int(found["age"]) < GROWN else "friend")
    if found := IS_AGED.search(plain) or _AGED_FIRST.match(plain):
        return None if _MYSELF.search(plain) or (_SELF.search(plain) and not _complaint(plain)) else found[0]
    if found := _MY_PLAYER.search(plain):
        return None if _MYSELF.search(plain) or _THING_IS.match(found[0]) else "child"
    if found := _PATIENT.search(plain):
        return "child" if int(found[0].split()[-1]) < GROWN else None
    person = ANY_PERSON.search(plain)
    found = _complaint(plain)
    if found is None and person is not None and (theirs := _THEIRS.search(plain, person.end())):
        found = theirs
    if found is None or person is None or _PAST.search(plain):
        return None
    if not _PRESENT.search(plain) and not _FRESH.search(plain) and _DONE.search(plain) and not _is_child(person[0]):
        return None  # a story that is over; a child's is told because of today
    own = _MYSELF.search(plain[: found.start()] + " | " + plain[found.end() :])
    if own is not None:
        return None
    return (ANY_PERSON.search(found[0]) or person)[0]


def _complaint(plain: str) -> re.Match[str] | None:
    """What a person beside the writer has: "my son's knee", "my son limps"; not "lifting my son hurts"."""
    found = _STRONG.finditer(plain)
    return next((one for one in found if not one["subject"] or not _NO_SUBJECT.search(plain[: one.start()])), None)


def _beside(plain: str, reading: Reading) -> str | None:
    """A relative of whom an alarm sign of these days is told, while the writer tells of no knee of their own."""
    if not _FRESH.search(plain) or _MYSELF.search(plain) or _PAST.search(_YEAR.sub("", plain)):
        return None
    if _I_TELL.search(plain):
        return None
    words = [token.word for token in reading.tokens]
    signs = reading.of("red_flags", "signs", "symptoms")
    for at, word in enumerate(words):
        is_named = at == 0 or words[at - 1] in ("my", "our") or words[at - 1] in SENTENCE_END
        person = word.removesuffix("s")
        if not is_named or person not in FAMILY or words[at + 1] in _TELLS:
            continue
        if any(at <= sign.start for sign in signs) and not _NO_SUBJECT.search(" ".join(words[: at - 1]) + " "):
            return f"my {person}"
    return None


def _kind(person: str, age: int | None) -> str:
    """A child unless the age says otherwise; a daughter-in-law is none."""
    return "child" if _is_child(person) and (age is None or age < GROWN) else "other_adult"


def _is_child(person: str) -> bool:
    return bool(re.search(rf"\b(?:(?:{CHILD})s?{IN_LAW}\b|\d{{1,2}}[ -]?(?:year|yr))", person))
