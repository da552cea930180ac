"""The words of a wish about the time of the visit: parts of the day, "as soon as you can", "none of those". PURE."""

from __future__ import annotations

import re

from knee_intake.understanding.calendar_words import ORDINALS, WEEKDAY
from knee_intake.understanding.plain import either

PARTS_OF_DAY = (
    (r"early\s+(?:in\s+the\s+)?mornings?|first\s+thing", None, "10:00"),
    (r"late\s+mornings?|mid-?\s?mornings?", "10:00", "12:00"),
    (r"mornings?|before\s+(?:lunch|noon|midday)|(?<!i )am|a\.m\.?", None, "12:00"),
    (r"early\s+(?:in\s+the\s+)?afternoons?", "12:00", "15:00"),
    (r"late(?:r)?\s+(?:in\s+the\s+)?afternoons?", "15:00", None),
    (r"afternoons?|after\s+(?:lunch|noon|midday)|pm|p\.m\.?", "12:00", None),
    (r"lunch\s?(?:time|\s+hour|\s+break)", "12:00", "14:00"),
    (r"(?:end\s+of|late\s+in)\s+the\s+day|late(?:r)?\s+in\s+the\s+day", "16:00", None),
    (r"evenings?|tonight|after\s+(?:work|school)|nights?", "17:00", None),
)
"""Words, not before, not after."""
DAY_PART = r"(?:mornings?|afternoons?|evenings?|nights?)"

ASAP = re.compile(
    r"\b"
    + either(
        r"""
        asap | a\.s\.a\.p | (?:as )?soon(?:est|er)? (?:as|is) | soonest | right away | immediately | urgent(?:ly)?
        (?:the )?(?:earliest|first|next|soonest) (?:\w+ )?(?:available|possible|opening|free|availability)
        (?:the )?(?:sooner|quicker|earlier|faster) the better | sooner rather than later
        (?:the )?earliest(?: (?:you|that|one|time|appointment|slot|opening))?(?! \d)
        whatever(?:'s| is) (?:first|next|soonest) | any ?time soon | quick(?:ly|est)? as | quickest
        """
    )
    + r"\b"
)
NOTHING_OFFERED_FITS = re.compile(
    either(
        r"""
        \b(?:none|neither)\b(?! (?:on|before|after|until)\b)
        \bnothing\b(?! (?:before|after|too|earlier|later|past|until|on (?!there|here|that|the list|this)|in the))
        \b(?:not|can'?t|cannot|won'?t|don'?t|doesn'?t|couldn'?t|wouldn'?t|isn'?t) (?:\w+ ){0,2}(?:any|either|those|\
        these|\
        them|all)\b(?: of)?(?: (?:those|these|them|the times))?
        \b(?:don'?t|doesn'?t|won'?t|can'?t|cannot|wouldn'?t) (?:really |quite |actually )?(?:work|fit|suit)\b
        \b(?:those|these|they|all|both|ones|times|dates|slots)(?:'re| are| is)? (?:\w+ ){0,2}(?:bad|no good|terrible|\
        impossible|out|awful|not (?:good|great|possible|any good)|too (?:early|late|soon|far))\b
        \b(?:i'?m|i am|i'll be|we're) (?:\w+ )?(?:busy|away|working|booked|unavailable|not (?:free|\
        available)) (?:\w+ )?\
        (?:all|those|these|then|both|any)\b
        \b(?:any(?:thing|one|body)?|some(?:thing)?|have|got|what|when|show|see|need|\
        give)(?: me)?(?: you)? (?:\w+ ){0,2}\
        (?:else|others?|different|later|earlier)\b(?! (?:than|in|on|this|next|that)\b)(?=\W*(?:please|pls|then|$|\
        \?|available|do you|you))
        \b(?:other|different|more|another|additional|new|further) (?:\w+ )?(?:times?|dates?|days?|slots?|options?|\
        choices?|openings?|appointments?|one|ones|week)\b
        \b(?:show|give|see|need)(?: me)?(?: some)? (?:more|others?)\b
        ^\W*(?:a )?(?:later|another|different|other)(?: (?:time|date|day|one))?\W*$
        ^\W*no(?:pe|ne)?\W*$ | \bno good\b | \bkeep looking\b | \btry again\b
        """
    )
)
PUT_OFF = re.compile(
    r"\b"
    + either(
        r"""
        (?:maybe|perhaps) later | not now | decide later | (?:book|schedule|call|do (?:it|this|that)) (?:\w+ )?later
        later on maybe
        """
    )
    + r"\b"
)
ANY = re.compile(
    r"\b"
    + either(
        r"""
        any ?(?:time|day|of (?:them|those|these)|one) | whenever | either | i'?m (?:flexible|free|open) | flexible
        doesn'?t matter | don'?t (?:care|mind) | no preference | you (?:choose|pick|decide) | wide open
        (?:all|both)(?: of (?:them|those|these))? (?:good|fine|ok(?:ay)?|works?|are)
        all of (?:them|those|these) | up to you | open schedule | wherever you have room
        """
    )
    + r"\b"
)

# ---------------------------------------------------------------- one of the offered times
PICK_WORDS = {word: number for word, number in ORDINALS.items() if number <= 6}
_ORDINAL_WORD = "|".join(PICK_WORDS)
_LEAD_IN = (
    r"^\W*(?:(?:yes|yeah|yep|ok(?:ay)?|sure|um+|uh|hmm|well|maybe|i\s+think|i\s+guess|let'?s|lets|we\s+can|can|could|may)\W+)*"
    r"(?:(?:i|we|me)\W+)?(?:(?:i'?ll|i'?d|we'?ll|ill|will|would|can|could|want|wanna|prefer|like)\W+)*"
    r"(?P<taking>(?:take|like|have|get|do|go\s+(?:with|for)|give\s+me|book(?:\s+me)?(?:\s+(?:for|in))?|choose|pick|select|prefer)\s+)?(?:the\s+)?"
)
_TAIL = (
    r"(?:\W+(?:please|pls|plz|thanks?(?:\s+(?:you|a\s+lot))?|thank\s+you|thx|ty|then|works?|is|will\s+do|looks?|sounds?|would|be"
    r"|good|great|fine|best|better|perfect|ok(?:ay)?|if\s+possible|for\s+me|i\s+(?:guess|think)|i'?d\s+say|probably))*\W*$"
)
PICKS = (
    re.compile(rf"\b(?P<word>{_ORDINAL_WORD}|\d(?:st|nd|rd|th))\s+(?:one|option|time|slot|choice|appointment|works|is\s+(?:fine|good|perfect)|please|sounds|would|on\s+(?:the|your|that)\s+list)\b"),
    re.compile(rf"{_LEAD_IN}(?P<word>{_ORDINAL_WORD}){_TAIL}"),
    re.compile(rf"^\W*(?P<word>\d(?:st|nd|rd|th)){_TAIL}"),
    re.compile(r"\b(?:number|numero|option|no\.|choice|slot|#)\s*#?(?P<word>\d|one|two|three|four|five|six)\b"),
    re.compile(r"#\s?(?P<word>\d)\b"),
    re.compile(rf"^\W*(?P<word>[1-6]|one|two|three|four|five|six){_TAIL}"),
)  # fmt: skip
PICK_TAKEN = re.compile(rf"{_LEAD_IN}(?P<word>[1-6]|one|two|three|four|five|six){_TAIL}")
"""A bare number is one of the offered only where something is taken: "I'll take 2"."""
PICK_LAST = re.compile(
    r"\b(?:the\s+)?(?:last|latest|final|bottom)\s+(?:one|option|time|slot|choice)\b|^\W*(?:the\s+)?last"
    rf"{_TAIL}|\b(?:the\s+)?later\s+(?:one\s+)?of\s+the\s+(?:two|three)\b|\bat\s+the\s+(?:bottom|end)(?:\s+of\s+the\s+list)?\W*$"
)
PICK_FIRST = re.compile(
    r"\btop\s+(?:one|option|slot|time)\b|\bat\s+the\s+top\b|\b(?:the\s+)?earlier\s+(?:one\s+)?of\s+the\s+(?:two|three)\b"
)
PICK_MIDDLE = re.compile(
    rf"\bmiddle\s+(?:one|option|time|slot|choice|appointment)\b|\bone\s+in\s+the\s+middle\b|^\W*(?:the\s+)?middle{_TAIL}"
)

# ---------------------------------------------------------------- what does not suit
_HINDERED = (
    r"i\s+(?:always\s+|usually\s+)?(?:work|teach|volunteer|travel|babysit)"
    r"|(?:i\s+have|i'?ve\s+got|i\s+got)\s+(?!any|some|open|appointment|slot|time|free|off|a\s+free|nothing)\w+(?:\s+\w+)?(?:\s+on)?"
    r"|(?:i'?m|i\s+am|i'?ll\s+be|we'?re)\s+(?:\w+\s+)?(?:away|busy|out|unavailable|working|at\s+work|booked|traveling|travelling)"
)
EXCEPT = re.compile(
    r"\b(?:not|no|never|nothing|none|except(?:\s+for|\s+on)?|(?:any(?:thing|time)?|every|all|each)\b[^.;]{0,30}\bbut(?:\s+not)?|but\s+not|besides|excluding|skip"
    r"|other\s+than|apart\s+from|aside\s+from|can'?t(?:\s+\w+){0,2}|cannot(?:\s+\w+){0,2}|won'?t(?:\s+\w+){0,2}"
    r"|don'?t(?:\s+\w+){0,2}|doesn'?t|isn'?t|avoid|unavailable|busy|rather\s+not(?:\s+\w+){0,2}|out"
    rf"|{_HINDERED})\s+(?:on\s+|in\s+|for\s+|any\s+|this\s+|next\s+|the\s+|a\s+|do\s+|early\s+|around\s+|near\s+)*$"
)
DENIED_AFTER = re.compile(
    r"\s*(?:'s|s)?\s*(?:(?:are|is|'re|would\s+be|will\s+be|look|looks|at\s+all)\s+)?(?:really\s+|just\s+|always\s+|kind\s+of\s+|pretty\s+|usually\s+|also\s+|too\s+)?"
    r"(?:out\b|bad\b|no\s+good|not\s+(?:good|great|possible|ideal|an\s+option|going|free|ok|okay|work)|impossible|tough|hard|busy|booked"
    r"|full\b|difficult|tricky|a\s+no\b|off\s+the\s+table|don'?t|doesn'?t|won'?t|can'?t|cannot|never|unavailable|too\s+(?:early|late|soon|busy)"
    r"|(?:when\s+)?i\s+(?:work|can'?t|cannot|won'?t|teach|have\s+(?!off|free|time))|i'?m\s+(?:busy|away|working|out|at\s+work|not))"
)
DAYS_LISTED = re.compile(r"\s*(?:,|or|and|nor|/|&|\+|,\s*(?:and|or))\s*(?:on\s+|also\s+)?")
DAYS_RANGED = re.compile(r"\s*(?:-|to|through|thru|until|till?)\s*")

# ---------------------------------------------------------------- not before, not after
FROM = re.compile(
    either(
        r"""
        \b(?:after|from|past|later than|starting(?: (?:at|on|from))?|beginning|since|between|\
        earliest(?: (?:\w+ ){0,4}(?:is|would be))?|as of)
        \boff(?: (?:work|of work|shift))?(?: (?:at|by|around|after|until))+
        \bdrop(?:ping)? (?:\w+ ){0,3}off (?:\w+ ){0,3}(?:at|by|around|before)
        \b(?:finish(?:ed)?(?: \w+)?|done(?: with \w+)?|out(?: of \w+)?|free|home|\
        back(?: (?:home|in town|from \w+))?|return(?:ing)?|available)(?: (?:at|by|on|from|around|after|until))+
        \b(?:get|be|am|i'm) (?:back|home|in)
        """
    )
    + r"\s+(?:about\s+|around\s+|on\s+|at\s+|the\s+)*$"
)
TO = re.compile(
    either(
        r"""
        \b(?:before|by|until|till?|earlier than|sooner than|prior to|up to|through|latest(?: (?:\w+ ){0,4}(?:is|\
        would be))?)
        \b(?:start(?:s)?|begin(?:s)?)(?: (?:work|my shift|school|class))?(?: (?:at|by))
        \b(?:have to|need to|must|gotta|got to|should) (?:\w+ ){1,5}(?:at|by|before|around)
        \bpick(?:ing)? (?:\w+ ){0,4}up (?:\w+ ){0,3}(?:at|by|around|before)
        \bpick(?:ing)? up (?:\w+ ){1,4}(?:at|by|around|before) | \bleave(?: \w+)? (?:at|by)
        """
    )
    + r"\s+(?:about\s+|around\s+|on\s+|at\s+|the\s+)*$"
)
NOT_FREE = re.compile(
    either(
        r"""
        \b(?:not|nothing|no|never|can'?t|cannot|couldn'?t|won'?t|don'?t(?! you)|isn'?t|doesn'?t|rather not)
        \b(?:away|gone|busy|tied up|out of (?:town|state|the country|office)|unavailable|on (?:vacation|holiday|\
        leave|a trip))
        \b(?:travel\w*|vacation|holiday|booked|abroad|recovering|closed)
        \b(?:i|i'm|im|am|we|she|he|at|my) (?:\w+ )?(?:work(?:s|ing)?|teach(?:ing)?|class(?:es)?|shift|school)
        \b(?:working|shift|classes) (?:\w+ )?(?=until|till?|to|from|$)
        """
    )
    + r"(?!\w)"
)
CLAUSE = re.compile(r"[.;!?]|,(?!\s*(?:or|nor)\b)|\b(?:but|so|then|anything|anytime|any\s+time|otherwise)\b|\s-\s")
THAN_THAT = re.compile(
    r"\b(?P<to>before|earlier\s+than|sooner\s+than|prior\s+to)\s+(?:that|then)\b"
    r"|\b(?P<after>after|later\s+than|past)\s+(?:that|then)\b|\bafter(?:wards?)?\s*$"
)
OR_LATER = re.compile(
    r"\s*(?:or\s+(?:later|after|past)|onwards?|and\s+(?:later|after|on|onwards?)|on\b(?=\W*$)|\+|at\s+the\s+earliest)"
)
OR_EARLIER = re.compile(r"\s*(?:or\s+(?:earlier|before|sooner)|at\s+the\s+latest|latest)")
RANGE_JOIN = re.compile(r"\s*(?:-|to|and|or|until|till?|through|thru)\s*(?:the\s+)?")

WEEKDAYS_WORD = re.compile(r"\b(?:week\s?days?|working\s+days?|during\s+the\s+week|business\s+days?|work\s?days?)\b")
WEEKENDS_WORD = re.compile(r"\b(?:weekends|on\s+(?:a|the)\s+weekend|(?<!this )(?<!next )weekend)\b")
NAMED_TIME = re.compile(
    rf"(?:\b{WEEKDAY}(?:s|'s)?|\b{DAY_PART}|\bweek(?:end|day)?s?|\b(?:today|tomorrow|tonight)|\d(?:st|nd|rd|th)?|\b[ap]m)\s*(?:just\s+|really\s+)?$"
)
"""In front of "don't work": that day or hour does not suit, which says nothing of the offered times."""
