"""The words for people around a patient, and for what they complain of. PURE."""

from __future__ import annotations

import re

CHILD = (
    "son|daughter|kid|child|boy|girl|grandson|granddaughter|grandkid|grandchild|grandbaby|teenager|teen"
    "|toddler|baby|niece"
    "|nephew|kids|children|kiddo|preschooler|kindergartner|high schooler|middle schooler|schoolkid|stepson"
    "|stepdaughter|little one|little 1|youngest|oldest"
    "|eldest|infant|little guy|little man|little girl|little boy|stepkid|kindergartener"
)
ADULT = (
    "mom|mum|mother|mommy|mama|momma|dad|daddy|father|papa|parents?|sister|brother|grandmother|grandma"
    "|grandfather|grandpa"
    "|granny|nana|aunt|auntie|uncle|husband|hubby|wife|spouse|partner|boyfriend|girlfriend|friend|buddy"
    "|roommate|coworker"
    "|fianc[eé]e?|cousin|(?:mother|father|son|daughter|sister|brother)[ -]in[ -]law|neighbou?r|client"
    "|employee|stepmom"
    "|stepdad|missus|old man"
)
AGED = (
    r"(?:\d{1,2}[ -]?(?:year|yr)s?[ -]?old|\d{1,2} ?y/?o|little|lil|young|teenage|adult|elderly|older|younger"
    r"|big|baby|"
    r"own|poor|dear|sweet|oldest|youngest|middle)"
)
IN_LAW = r"(?![ -]in[ -]law)"
PERSON = rf"(?:(?:my|our|his|her|the|a) (?:{AGED} )*(?:{ADULT}|(?:{CHILD}){IN_LAW}))"
BARE = (
    r"(?:(?:^|(?<=[.!?,;:] )|(?<=\band )|(?<=\bbut )|(?<=\bso )|(?<=\bhi )|(?<=\bhello ))"
    r"(?:mom|mum|mama|dad|papa|grandma|grandpa|granny|nana|hubby|wife|husband|son|daughter|kid"
    r"|toddler|infant|little (?:guy|man|girl|boy|one)))"
)
BODY = (
    "knees?|kneecaps?|knee cap|legs?|pain|fever|calf|calves|foot|feet|toes?|thigh|shin|joints?|temperature"
    "|temp|chest|lips"
    "|face|throat|voice|bottom|incision|scar|hip|speech|breathing|eyes?|eyelids?|arms?|hands?"
)
ADJECTIVES = r"(?:left|right|both|bad|sore|swollen|poor|new|other|whole|lower|upper|good|replaced|own)"
SICK = (
    r"(?:knees?|pain|swollen|swelling|trouble|hurt|fever|lump|chest|leg|temp|temperature|chills|hives|calf"
    r"|bruis\w*|limp"
    r"|difficulty|numb\w*|rash|weird|red|huge|sharp|throbbing|fainted|fallen|twisted|torn|hard time)"
)
HAS = rf"(?:has|had|have|got|gets|getting) (?:a |an |some |the |his |her |this |{ADJECTIVES} |\w+ ){{0,2}}{SICK}\b"
COMPLAINT = (
    r"(?:hurts?|hurting|injured|fell|twisted|tore|sprained|limps?|limping|can ?not|cant|complain\w*|keeps"
    r"|needs|(?:woke|wakes)(?! (?:me|us)\b)"
    r"|broke|slipped|bumped|landed|wont|refuses|tripped|banged|hit|couldnt|collapsed|fainted|passed out"
    r"|crashed|dislocated"
    r"|hyperextended|popped|swelled|jumped|stumbled|was (?:hit|kicked|struck|tackled|thrown|run over)|(?:got|gets) "
    r"(?:hit|kicked|struck|tackled|thrown|hurt|run over|dysport|botox)|is (?:having|limping|unable|complaining|crying"
    r"|in pain|in agony|screaming|hot|burning|swollen|confused|shivering|shaking|coughing|weak|dizzy|sick"
    r"|hobbling|on the"
    r"|sitting on|lying on|crawling|hopping|pale|gray|delirious|talking nonsense|stuck|slurring|short of|throwing)"
    r"|(?:has )?been (?:limping|complaining|having|hobbling|in)|has had|had (?:a|an|her|his) (?:\w+ )?(?:fall"
    r"|accident|injury"
    r"|surgery|knee)|winces?|hobbles?|screams?|cries|walks? (?:funny|with)|fractured|bruised|scraped"
    r"|cut (?:his|her)"
    rf"|says? (?:hed?|shed?|his|her|the|it|they)|hides|feels|isnt making|doesnt (?:know|feel|make)|{HAS})"
)
FILLER = (
    r"(?:who |he |she |also |just |now |recently |still |always |then |really |even |says |is |keeps |has |\d{1,3} )*"
)
THEIR_AGE = r"(?:,? ?\(?(?:is |hes |shes )?(?:age|aged|of age)?:? ?\d{1,3}(?: ?(?:years?|yrs?|yo)(?: old)?)?\)?,?)"
_NO_PERSON_ALONE = frozenset(
    {"law", "man", "old", "one", "little", "oldest", "youngest", "eldest", "client", "employee"}
)
FAMILY = frozenset(re.findall(r"[a-zé]{3,}", f"{CHILD} {ADULT}")) - _NO_PERSON_ALONE
"""Single words for them."""
GROWN = 18
"""Years."""
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
