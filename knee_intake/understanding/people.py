"""Who the text is about, and how old they are. PURE."""

from __future__ import annotations

import re

from knee_intake.understanding.pipeline import Reading

_CHILD = (
    "son|daughter|kid|child|boy|girl|grandson|granddaughter|grandkid|grandchild|grandbaby|teenager|teen"
    "|toddler|baby|niece"
    "|nephew|kids|children|kiddo|preschooler|kindergartner|stepson|stepdaughter|little one|youngest|oldest"
    "|eldest|infant"
)
_ADULT = (
    "mom|mum|mother|mommy|mama|momma|dad|daddy|father|papa|parents?|sister|brother|grandmother|grandma"
    "|grandfather|grandpa"
    "|granny|nana|aunt|auntie|uncle|husband|hubby|wife|spouse|partner|boyfriend|girlfriend|friend|buddy"
    "|roommate|coworker"
    "|fianc[eé]e?|cousin|(?:mother|father|son|daughter|sister|brother)[ -]in[ -]law|neighbou?r|client"
    "|employee|stepmom"
    "|stepdad|missus|old man"
)
_AGED = (
    r"(?:\d{1,2}[ -]?(?:year|yr)s?[ -]?old|\d{1,2} ?y/?o|little|lil|young|teenage|adult|elderly|older|younger"
    r"|big|baby|"
    r"own|poor|dear|sweet|oldest|youngest|middle)"
)
_IN_LAW = r"(?![ -]in[ -]law)"
_PERSON = rf"(?:(?:my|our|his|her|the|a) (?:{_AGED} )*(?:{_ADULT}|(?:{_CHILD}){_IN_LAW}))"
_BARE = (
    r"(?:(?:^|(?<=[.!?,;:] )|(?<=\band )|(?<=\bbut )|(?<=\bso )|(?<=\bhi )|(?<=\bhello ))"
    r"(?:mom|mum|mama|dad|papa|grandma|grandpa|granny|nana|hubby|wife|husband|son|daughter|kid))"
)
_BODY = (
    "knees?|kneecaps?|knee cap|legs?|pain|fever|calf|calves|foot|feet|toes?|thigh|shin|joints?|temperature"
    "|temp|chest|lips"
    "|face|throat|voice|bottom|incision|scar|hip|speech|breathing|eyes?|eyelids?|arms?|hands?"
)
_ADJECTIVES = r"(?:left|right|both|bad|sore|swollen|poor|new|other|whole|lower|upper|good|replaced|own)"
_SICK = (
    r"(?:knees?|pain|swollen|swelling|trouble|hurt|fever|lump|chest|leg|temp|temperature|chills|hives|calf"
    r"|bruis\w*|limp"
    r"|difficulty|numb\w*|rash|weird|red|huge|sharp|throbbing|fainted|fallen|twisted|torn|hard time)"
)
_HAS = rf"(?:has|had|have|got|gets|getting) (?:a |an |some |the |his |her |this |{_ADJECTIVES} |\w+ ){{0,2}}{_SICK}\b"
_COMPLAINT = (
    r"(?:hurts?|hurting|injured|fell|twisted|tore|sprained|limps?|limping|can ?not|cant|complain\w*|keeps"
    r"|needs|woke|wakes"
    r"|broke|slipped|bumped|landed|wont|refuses|tripped|banged|hit|couldnt|collapsed|fainted|passed out"
    r"|crashed|dislocated"
    r"|hyperextended|popped|swelled|jumped|stumbled|was (?:hit|kicked|struck|tackled|thrown|run over)|(?:got|gets) "
    r"(?:hit|kicked|struck|tackled|thrown|hurt|run over|dysport|botox)|is (?:having|limping|unable|complaining|crying"
    r"|in pain|in agony|screaming|hot|burning|swollen|confused|shivering|shaking|coughing|weak|dizzy|sick"
    r"|hobbling|on the"
    r"|sitting on|lying on|crawling|hopping|pale|gray|delirious|talking nonsense|stuck|slurring|short of|throwing)"
    r"|(?:has )?been (?:limping|complaining|having|hobbling|in)|has had|had (?:a|an|her|his) (?:\w+ )?(?:fall"
    r"|accident|injury"
    r"|surgery|knee)|winces?|hobbles?|screams?|cries|walks? (?:funny|with)|wakes|fractured|bruised|scraped"
    r"|cut (?:his|her)"
    rf"|says? (?:he|she|his|her|the|it|they)|hides|feels|isnt making|doesnt (?:know|feel|make)|{_HAS})"
)
_FILLER = (
    r"(?:who |he |she |also |just |now |recently |still |always |then |really |even |says |is |keeps |has |\d{1,3} )*"
)
_THEIR_AGE = r"(?:,? ?\(?(?:is |hes |shes )?(?:age|aged|of age)?:? ?\d{1,3}(?: ?(?:years?|yrs?|yo)(?: old)?)?\)?,?)"
_STRONG = re.compile(
    rf"(?:{_PERSON}|{_BARE})s? (?:{_ADJECTIVES} )*(?:{_BODY})\b"
    rf"|(?:\b{_PERSON}|{_BARE})(?:{_THEIR_AGE}|,)? {_FILLER}{_COMPLAINT}\b"
)
_THEIRS = re.compile(
    rf"\b(?:his|her|their) (?:{_ADJECTIVES} )*(?:{_BODY})\b|\b(?:he|she|hes|shes) {_FILLER}{_COMPLAINT}\b"
    rf"|\b(?:and|but) (?:now |also |just )+{_COMPLAINT}\b"
)
_IS_AGED = re.compile(
    rf"\b{_PERSON} is (?:only |just |now )?\d{{1,2}}(?: years? old| yo)?(?=$| ?[.!?,]? ?(?:$|with|and (?:he"
    rf"|she|his|her)|who|he |she"
    r"|his |her |hurt|knee|has|what|is (?:this|that)|can (?:he|she|you)))"
)
_ANY_PERSON = re.compile(rf"\b{_PERSON}s?\b|{_BARE}s?\b")
_ON_BEHALF = re.compile(
    rf"(?:^(?:hi|hello|hey)?,? ?|\b(?:its|it is|this is|asking|writing|calling|appointment|visit|slot|here"
    rf"|question|inquiring|help|info"
    rf"|information|chatting|booking|book|looking|form|this|not me|not|is) )(?:for|about|on behalf of"
    rf"|regarding|its) (?:{_PERSON}|my \d{{1,2}}[ -]?(?:year|yr)s?[ -]?old)\b(?! says| said| told)"
)
_CHILD_OF_AGE = re.compile(
    rf"\b(?:my|our|the|a) (?P<age>\d{{1,2}})[ -]?(?:(?:year|yr)s?[ -]?old|yo|y/o)(?: (?:{_CHILD}|{_ADULT}"
    rf"|athlete|player))? "
    rf"{_FILLER}(?:{_COMPLAINT}|who|with (?:knee|a|pain))"
)
_PATIENT = re.compile(r"\b(?:patient|pt) is (?:a )?\d{1,2}\b")
_OWN_VERBS = (
    r"fell|twisted|cant|cannot|hurt|tore|run|limp|slipped|tripped|feel|felt|landed|banged|sprained|ran|jog"
    r"|limping|woke|walk"
    r"|kneel|squat|bend|heard|injured|play|hike|cycle"
)
_MYSELF = re.compile(
    rf"\b(?:my (?:{_ADJECTIVES} )*(?:knees?|kneecaps?|leg|legs|foot|calf|pain|joints|shin|hip)\b|its for me"
    rf"|for myself|my own\b"
    rf"|about me|mine\b|my (?:left|right)\b|my (?:\w+ ){{0,2}}(?:shot|shots|appointment|appt|visit|injection"
    rf"|surgery)\b|i (?:also |just |really |only |still )*(?:{_OWN_VERBS}|have (?:a |an |some |had )?"
    rf"(?:\w+ )?(?:{_SICK}|click\w*|arthritis|torn|been)|had (?:a|an|my|knee|surgery)|am in pain|carry|come)\b"
    r"|ive (?:had|got|been)|(?:drove|pushed|carried|carry|helped|told|took|made|kicked|hit|drive|drives"
    r"|brought|ran into|knocked"
    r"|pulled|tackled) me\b|(?:can|may|could|will|am) i (?!bring|take|call|get|give|do|help|send|have|book"
    r"|make|ask|put|let|drive))"
)
_SELF = re.compile(
    r"\b(?:its for me|(?:for|about|concerns|by) myself|about me|its me|its my own|for me|(?:on )?my own behalf)\b"
)
_PRESENT = re.compile(
    r"\b(?:now|been|today|tonight|since|yesterday|this (?:morning|week|afternoon|evening|weekend)|just"
    r"|last night|is|are|has|hurts?"
    r"|cant|cannot|wont|says?|keeps|looks|feels|still|swelling|limps|limping|hes|shes|wants|needs|refuses"
    r"|complains?|complaining"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:hours?|minutes?|days?|min) (?:ago|later)|what (?:do"
    r"|should) (?:i|we)|winces"
    r"|doesnt|dont|wakes|cries|gets|theres|help|please|should (?:i|we|he|she)|isnt)\b"
)
_PAST = re.compile(
    r"\b(?:years? ago|in (?:19|20)\d\d|last year|died|passed away|used to|back in|(?:hes|shes|is|he is"
    r"|she is) (?:ok|fine|better"
    r"|good) now|recovered|turned out|years? back|when (?:he|she|i) was|killed (?:him|her)self|decades"
    r"|the old country)\b"
)
_DONE = re.compile(r"\b(?:\w{2,}ed|had|was|were|fell|tore|got|went|broke|lost|blew|hurt|came|woke)\b")
_GRADE = (
    r"(?:(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
    r"|1|2|3|4|5|6|7|8|9|10|11|12)[ -]?grade(?:r)?)"
)
_SCHOOL = (
    rf"(?:{_GRADE}|(?:junior )?high[ -]?school(?:er)?|middle[ -]?school(?:er)?|elementary(?: school)?|grade school"
    r"|junior high|jr high|kindergarten|preschool|pre ?k|daycare)"
)
_GRADE_IN = re.compile(_SCHOOL)
_AT_SCHOOL = re.compile(
    rf"(?<!like )\b(?P<who>i am|im|i go to|i play (?:\w+ )?(?:for|at|in)(?: my)?|hes|shes|he is|she is"
    rf"|{_PERSON} is|who is|whos|{_BARE}s?"
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
_NO_YEARS = (
    r"weeks|months|days|minutes|hours|out|times|%|/|pounds?|lbs?|kg|percent|miles|feet|foot|ft|inches|th|st"
    r"|nd|rd|-?\d|am|pm|o"
    r"|wks?|mo|mos|min|mins|degrees|years? (?!old|of age|young)|yrs? (?!old)|reps|sets|grade|in\b|mm|cm"
    r"|visits|shots|steps|or"
    r"|of|to|k|today but|more|days?|week|month|hour|people|kids|sessions|\.\d|x|:"
)
_AGE = re.compile(
    r"\b(?:(?P<bare>(?:i am|im|ill be|hes|shes|he is|she is|age|aged|turned|turning|i turn|he turns|she turns"
    r"|age is|only"
    rf"|{_PERSON} is|{_BARE} is|currently|just turned) (?:only |just |about |almost |nearly |now |a )?)"
    rf"(?P<told>\d{{1,3}})(?! ?(?:{_NO_YEARS}))\b"
    r"|(?P<years>\d{1,3})[ -]?(?:years?|yrs?)[ -]?(?:of age|old|young)\b"
    r"|(?P<short>\d{1,3}) ?(?:yo|y/o|y\.o\.?|yr old)\b"
    r"|(?P<chart>\d{2}) ?(?:m|f|male|female|man|woman|guy|lady)\b)"
)
_THEIR_NUMBER = re.compile(rf"(?:\b{_PERSON}|{_BARE}),? ?\(?(?P<told>\d{{1,2}})\)?(?=[ ,.)]|$)(?! ?(?:{_NO_YEARS})\b)")
_MONTHS = re.compile(
    r"\b(?:baby|he|she|hes|shes|son|daughter|toddler)(?: is)? (?:\d{1,2}|eighteen) months?\b(?! (?:out|post"
    r"|after|pregnant))"
)
_THING = re.compile(
    r"^ ?\)?,? ?(?:\w+ )?(?:scar|injur\w+|knees?|surger\w+|replacement|tear|car|truck|bike|shoes?|mattress"
    r"|dog|cat|house|problem|brace|x-?ray"
    r"|mri|fracture|break|accident|implant|prosthesis|pain|habit|issue|sneakers|boots|operation|acl|repair"
    r"|prescription|lump)\b"
)
_OF_THING = re.compile(
    r"(?:knees?|replacement|scar|brace|implant|prosthesis|x-?ray|mri|shoes|injury|tear|it|that|this|pain|car"
    r"|dog|house|which) "
    r"?(?:is|was|are|,)? ?(?:about |now |only |almost |just )?\(?$"
)
_HOLDS_CHILD = re.compile(
    r"\b(?:i have|ive got|we have|with|raising|carry|carrying|chase|chasing|chase after|lift|lifting"
    r"|play with|running after|teach|have) "
    r"(?:a|an|my|our|two|three|\d)? ?$"
)
_SINCE_AGE = re.compile(
    r"\b(?:since|when|until|till|from|at|back|as an?|of|than|before|after)(?: i was| i| he was| she was| age"
    r"| the age| about)? ?$"
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_ONES = dict(zip(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"], range(1, 10), strict=True))
_TEENS = dict(
    zip(
        ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"],
        range(10, 20),
        strict=True,
    )
)
_WORD_NUMBER = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(_TENS)})(?:[ -](?P<ones>{'|'.join(_ONES)}))?"
    rf"|(?P<teen>{'|'.join(_TEENS)})|(?P<one>{'|'.join(_ONES)}))\b"
)
_GROWN = 18


def _digits(text: str) -> str:
    def number(found: re.Match[str]) -> str:
        if found["tens"]:
            return str(_TENS[found["tens"]] + _ONES.get(found["ones"] or "", 0))
        return str(_TEENS[found["teen"]] if found["teen"] else _ONES[found["one"]])

    return _WORD_NUMBER.sub(number, text)


def plain_words(text: str) -> str:
    """Lower case without apostrophes; numbers in digits; the same for every rule of this page."""
    folded = re.sub(r"['’‘`´]", "", text.lower())
    return _digits(re.sub(r"\s+", " ", folded))


def find_age(plain: str) -> int | None:
    """The patient's age in years, where it is told: not that of a scar, a grandchild or an old injury."""
    for found in _AGE.finditer(plain):
        age = int(next(group for name, group in found.groupdict().items() if group and name != "bare"))
        if 0 < age < 120 and not _is_of_another(plain, found, age):
            return age
    for found in _THEIR_NUMBER.finditer(plain):
        if int(found["told"]) > 0 and _about_another(plain):
            return int(found["told"])
    return None


def _is_of_another(plain: str, found: re.Match[str], age: int) -> bool:
    """The number belongs to a thing, to the past or to a child who is not the patient."""
    before, after = plain[: found.start()], plain[found.end() :]
    if found["years"] and (_THING.match(after) or _OF_THING.search(before)):
        return True
    if _SINCE_AGE.search(before):
        return True
    if age >= _GROWN:
        return False
    named = found["bare"] or ""
    if _ANY_PERSON.match(named) and not _IS_AGED.search(plain) and not _about_another(plain):
        return True
    if named.strip() in ("only", "currently"):
        return True
    return bool(found["years"] or found["short"]) and bool(_HOLDS_CHILD.search(before)) and not _about_another(plain)


def find_who_for(plain: str, reading: Reading, age: int | None) -> str | None:
    """child or other_adult where the writer speaks for a patient beside them, self where they say so."""
    if found := _ON_BEHALF.search(plain):
        return _kind(found[0], age)
    if found := _AT_SCHOOL.search(plain):
        if found["who"].startswith("i"):
            return None if (age or 0) >= _GROWN else "child"
        if not _MYSELF.search(plain) and (
            _about_another(plain) or _SCHOOL_LIFE.search(plain) or _GRADE_IN.search(found[0])
        ):
            return "child" if age is None or age < _GROWN else "other_adult"
    if person := _about_another(plain):
        return _kind(person, age)
    if _MONTHS.search(plain) and not _MYSELF.search(plain):
        return "child"
    return "self" if _SELF.search(plain) else None


def _about_another(plain: str) -> str | None:
    """The person whose knee this is, where it is somebody beside the writer."""
    if found := _CHILD_OF_AGE.search(plain):
        rest = plain[: found.start()] + plain[found.end() :]
        return None if _MYSELF.search(rest) else ("child" if int(found["age"]) < _GROWN else "friend")
    if found := _IS_AGED.search(plain):
        return None if _MYSELF.search(plain) else found[0]
    if found := _PATIENT.search(plain):
        return "child" if int(found[0].split()[-1]) < _GROWN else None
    person = _ANY_PERSON.search(plain)
    found = _STRONG.search(plain)
    if found is None and person is not None and (theirs := _THEIRS.search(plain, person.end())):
        found = theirs
    if found is None or person is None or _PAST.search(plain):
        return None
    if not _PRESENT.search(plain) and _DONE.search(plain):
        return None  # a story that is over
    own = _MYSELF.search(plain[: found.start()] + " | " + plain[found.end() :])
    if own is not None:
        return None
    return (_ANY_PERSON.search(found[0]) or person)[0]


def _kind(person: str, age: int | None) -> str:
    """A child unless the age says otherwise; a daughter-in-law is none."""
    if re.search(rf"\b(?:(?:{_CHILD})s?{_IN_LAW}\b|\d{{1,2}}[ -]?(?:year|yr))", person) and (
        age is None or age < _GROWN
    ):
        return "child"
    return "other_adult"
