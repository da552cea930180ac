"""The words of a wish about the time of the visit: parts of the day, "as soon as you can", "none of those". PURE."""

from __future__ import annotations

import re

from knee_intake.understanding.calendar_words import WEEKDAY
from knee_intake.understanding.plain import either

_EDGE = r"(?:^|(?<=,)|(?<=,\s)|(?<=\s\s))"
_HALVES = (
    (r"early\s+(?:in\s+the\s+)?mornings?|(?:first|1st)\s+thing|early\s+bird|crack\s+of\s+dawn", None, "10:00"),
    (r"(?:as\s+)?early(?:\s+in\s+the\s+(?:morning|day))?\s+as\s+(?:possible|you\s+\w+)", None, "10:00"),
    (r"early\s+in\s+the\s+day", None, "10:00"),
    (r"(?:not|nothing)\s+too\s+early(?:\s+in\s+the\s+(?:day|morning))?", "10:00", None),
    (r"(?:not|nothing)\s+too\s+late(?:\s+in\s+the\s+day)?", None, "16:00"),
    (r"before\s+work", None, "09:00"),
    (r"(?:right\s+)?(?:when|as|once)\s+you\s+(?:guys\s+)?open|at\s+opening|opening\s+time", None, "10:00"),
    (r"(?:right\s+)?before\s+(?:you\s+(?:guys\s+)?close|closing)|closing\s+time|last\s+thing", "16:00", None),
    (r"late\s+mornings?|mid-?\s?mornings?", "10:00", "12:00"),
    (r"mornings?|before\s+(?:lunch|noon|midday)|(?<!i )am(?! i\b)|a\.m\.?", None, "12:00"),
    (r"early\s+(?:in\s+the\s+)?afternoons?", "12:00", "15:00"),
    (r"mid(?:dle\s+of\s+the)?-?\s?afternoons?", "14:00", "16:00"),
    (r"late(?:r)?\s+(?:in\s+the\s+)?afternoons?", "15:00", None),
    (r"afternoons?|after\s+(?:lunch|noon|midday)|pm|p\.m\.?", "12:00", None),
    (r"(?:around|over|at|during|near|about|on\s+my)\s+lunch", "12:00", "14:00"),
    (r"lunch\s?(?:time|\s+hour|\s+break)|middle\s+of\s+the\s+day", "12:00", "14:00"),
    (r"(?:end\s+of|late\s+in)\s+the\s+day|late(?:r)?\s+in\s+the\s+day|the\s+later\s+the\s+better", "16:00", None),
    (r"last\s+(?:appointment|slot|one|opening|time)\s+of\s+the\s+day", "16:00", None),
    (r"as\s+late(?:\s+in\s+the\s+day)?\s+as\s+(?:possible|you\s+\w+)", "16:00", None),
    (r"evenings?|tonight|after\s+(?:work|school)|nights?", "17:00", None),
    (rf"{_EDGE}early(?:\s+please|\s+as\s+you\s+can)?(?=\W*$|\s+(?:is|works|would)\b)", None, "10:00"),
    (rf"{_EDGE}late(?:\s+please|\s+as\s+you\s+can)?(?=\W*$|\s+(?:is|works|would)\b)", "16:00", None),
)  # fmt: skip
PARTS_OF_DAY = tuple((re.compile(rf"(?<!\w)(?:{words})(?!\w)"), after, before) for words, after, before in _HALVES)
"""Words, not before, not after; what is more exact comes first."""
PARTS_LISTED = re.compile(r"[^.;!?]*\b(?:or|and)\b[^.;!?]*|\s*,[^.;!?]*")
"""Between two parts of the day either of which would do: no bound can say both."""
EITHER_PART = re.compile(
    r"\b(?:mornings?|afternoons?|evenings?)\b[^.;!?]*\b(?:or|and)\b[^.;!?]*\b(?:mornings?|afternoons?|evenings?)\b"
)
DAY_PART = r"(?:mornings?|afternoons?|evenings?|nights?)"

ASAP = re.compile(
    r"\b"
    + either(
        r"""
        asap | a\.s\.a\.p | (?:as )?soon(?:est|er)? (?:as|is) | soonest | right away | immediately | urgent(?:ly)?
        (?:the )?(?:earliest|first|next|soonest) (?:\w+ )?(?:available|possible|opening|free|availability)
        (?:the )?(?:sooner|quicker|earlier|faster) the better | sooner rather than later
        (?:the )?earliest(?: (?:you|that|one|time|appointment|slot|opening))?(?! \d)
        (?:whatever|anything|whichever)(?:'s| is| comes| you have)?(?: up| open)? (?:first|next|soonest)
        any ?time soon
        quick(?:ly|est)? as | quickest | how (?:soon|quickly|fast) (?:can|could|will|would|do|may)
        (?:your (?:very )?(?:first|next|soonest|earliest)|the (?:very )?(?:next|soonest)) (?:\w+ )?(?:opening|one|\
        slot|appointment|availability|time)
        (?<!not\s)right now | (?<=^)now(?=\W*$)
        (?:^|(?<=[,.]\s))(?:very |pretty |real |really )?soon(?= please\b|\W*$) | first chance | can't wait(?: long)?
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
        (?:else|others?|different|later|earlier|sooner)\b(?! (?:than|in|on|this|next|that)\b)(?=\W*(?:please|pls|then|\
        $|\
        \?|available|do you|you))
        \b(?<!my\s)(?:other|different|more|another|additional|new|further) (?:\w+ )?(?:times?|dates?|days?|slots?|\
        options?|\
        choices?|openings?|appointments?|one|ones|week)\b
        \b(?:show|give|see|need)(?: me)?(?: some)? (?:more|others?)\b
        ^\W*(?:a |any |anything |something |some )?(?:later|another|different|other|earlier|sooner)(?: (?:time|date|\
        day|one|ones|please|pls))*\W*$
        \b(?:an?|one|two|three|half an?|\d+|a few|a couple(?: of)?) (?:hours?|days?|weeks?|minutes?|bit|\
        little) (?:later|earlier|sooner)\b(?! than)
        \b(?:later|earlier|another time) (?:that|the same|on that) (?:day|week|morning|afternoon)\b
        ^\W*(?:(?:no+|nope|nah|none|neither|not really|sorry|unfortunately|i'm afraid)\W*)*(?:no+|nope|nah|none|\
        neither|not really)\W*(?:sorry|i'm afraid)?\W*$
        \b(?:those|these|they|that|it|all of (?:those|these|them)|both of (?:those|these|them))(?:'s|'re| is| are|\
        \s+times| were| fall)*(?: \w+)? \
        (?:when|while|during) (?:i'm|i am|i|my|we)\b
        \b(?:that|those|these|it|they)(?:'s|'re| is| are| times| look| sound)* (?:all |both |a bit |a little |way |\
        much |kind of |just |still )*too \
        (?:early|late|soon|far)(?: (?:out|away|off))?\b(?! in the)
        \b(?:don'?t|doesn'?t) (?:really )?(?:look|sound|seem) (?:so |too |very )?(?:good|great|right|possible|doable)\b
        \b(?:push|move) (?:it|that) (?:back|out|up|forward)(?: (?:a|one) week)?\b
        \bno good\b | \bkeep looking\b | \btry again\b
        \bno to (?:all|any|both|each|those|these|them)\b
        \bi(?:'ll|'d| will)? pass on (?:all|any|both|those|these|them)\b
        \b(?:at work|working|work|busy|away|out|teaching|traveling|gone)(?: \w+)? (?:for|during|on|at|through) (?:all|\
        both|any|every|\
        each|those|these|them)\b(?: one)?(?: of)?(?: (?:those|these|them))?
        \b(?:is|are) (?:that|this|those|these) (?:all|it|everything|the only \w+)\b
        \b(?:don'?t|do not|can'?t|didn'?t) (?:really )?(?:see|find|have) (?:one|any|anything|a (?:good )?(?:time|one|\
        day))\b
        \b(?:those|these|they)(?: times| days| ones)?(?: are|'re| look)? (?:all |both )?(?:really |kind of |a bit |\
        pretty )?(?:tough|hard|tricky|difficult|rough)\b
        """
    )
)
PUT_OFF = re.compile(
    r"\b"
    + either(
        r"""
        (?:maybe|perhaps) later | not (?:right )?now | decide later
        (?:book|schedule|call|do (?:it|this|that)) (?:\w+ )?later
        later on maybe | (?:maybe|perhaps|some) (?:another|some other|other) time(?! (?:that|this|the same)\b)
        (?:ask|call|text|ring|phone|email|message|contact|remind) me(?! (?:in|old)\b) | let (?:you|u) know
        i(?:'ll| will) (?:just )?(?:call|phone|ring|get back|check back|message)(?! (?:it|that)\b)
        another time (?:maybe|perhaps|then|thanks) | instead of booking
        (?:not|n't|rather not) (?:\w+ ){0,2}(?:schedule|book)(?: \w+)?(?: yet| now| today)
        (?:call|ring|phone) (?:you|the office|the clinic|them|in)(?: \w+)? (?:instead|myself) | get back to (?:you|u)
        """
    )
    + r"\b"
)
ANY = re.compile(
    r"\b"
    + either(
        r"""
        any ?(?:time|day|of (?:them|those|these)|one) | whenever | either | i'?m (?:flexible|free|open) | flexible
        doesn'?t (?:really )?matter | don'?t (?:really |much )?(?:care|mind) | surprise me
        give me (?:whatever|anything)
        (?:give|pick|choose|find|take) (?:me )?(?:one|any)(?: one)?(?=\W*$| please| for me)
        (?<=^)(?:anything|any|whatever)(?=\W*$) | anything (?:works|goes|is (?:fine|good|ok)) | no preference
        you (?:choose|pick|decide) | wide open
        (?:all|both)(?: of (?:them|those|these))? (?:good|fine|ok(?:ay)?|works?|are)
        all of (?:them|those|these) | up to you | open schedule | wherever you have room | i'?m easy
        (?:all )?the same to me
        (?:my )?(?:schedule|calendar|week|days?)(?:'s| is| are)? (?:\w+ )?(?:open|free|clear|flexible)
        no (?:restrictions|constraints|limits)
        whatever (?:works|suits|is (?:easiest|easier|best|good|open|convenient)|you (?:have|got|want|like|think)|time|\
        day)
        whichever(?: one)?(?: works| is| you)? | all (?:of )?the same | makes no difference
        (?:i )?don't have (?:a|any) preference
        """
    )
    + r"\b"
)

# ---------------------------------------------------------------- what does not suit
_HINDERED = (
    r"i\s+(?:always\s+|usually\s+)?(?:work|teach|volunteer|travel|babysit|see\s+my\s+\w+)"
    r"|(?<!can\s)(?<!could\s)(?<!may\s)(?:i\s+have|i'?ve\s+got|i\s+got)\s+(?!any|some|open|appointment|slot|time|free|off|a\s+free|nothing)\w+(?:\s+\w+)?(?:\s+on)?"
    r"|(?:i'?m|i\s+am|i'?ll\s+be|we'?re)\s+(?:\w+\s+)?(?:away|busy|out|unavailable|working|at\s+work|booked|traveling|travelling|gone|swamped|slammed)"
)
EXCEPT = re.compile(
    r"\b(?:not|no|never|too|nothing|none|except(?:\s+for|\s+on)?|(?:any(?:thing|time)?|every|all|each)\b[^.;]{0,30}\bbut(?:\s+not)?|but\s+not|besides|excluding|skip"
    r"|other\s+than|apart\s+from|aside\s+from|can'?t(?:\s+\w+){0,2}|cannot(?:\s+\w+){0,2}|won'?t(?:\s+\w+){0,2}"
    r"|don'?t(?:\s+\w+){0,2}|doesn'?t|isn'?t|avoid|unavailable|busy|rather\s+not(?:\s+\w+){0,2}|out"
    rf"|(?:dialysis|church|temple|mass|class|classes|court|chemo|therapy|practice|rehearsal|bingo|choir|radiation)(?:\s+is)?"
    rf"|{_HINDERED})\s+(?:on\s+|in\s+|at\s+|for\s+|any\s+|this\s+|next\s+|the\s+|a\s+|do\s+|early\s+|around\s+|near\s+)*$"
)
DENIED_AFTER = re.compile(
    r"\s*(?:'s|s)?\s*(?:(?:are|is|'re|would\s+be|will\s+be|look|looks|at\s+all)\s+)?(?:really\s+|just\s+|always\s+|kind\s+of\s+|pretty\s+|usually\s+|also\s+|too\s+)?"
    r"(?:out\b|bad\b|no\s+good|not\s+(?:good|great|possible|ideal|an\s+option|going|free|ok|okay|work)|impossible|tough|hard|busy|booked|crazy|packed|hectic|nuts|slammed|rough|jammed|insane"
    r"|full\b|difficult|tricky|a\s+no\b|off\s+the\s+table|don'?t|doesn'?t|won'?t|can'?t|cannot|never|no(?=\s*(?:[,.;]|$|but\b))|unavailable|too\s+(?:early|late|soon|busy)"
    r"|(?:when\s+)?i\s+(?:work|can'?t|cannot|won'?t|teach|have\s+(?!off|free|time))|i'?m\s+(?:busy|away|working|out|at\s+work|not))"
)
DAYS_OR = re.compile(r"\s*,?\s*(?:or|and|/|&)\s*(?:on\s+)?")
DAYS_LISTED = re.compile(r"\s*(?:,|or|and|nor|/|&|\+|,\s*(?:and|or))\s*(?:on\s+|also\s+)?")
WISHED_AFTER = re.compile(
    r"\s*(?:then|instead|yes\b|(?:is|'s|would\s+be)\s+(?:good|fine|ok|okay|better|great|free|open|best)|works\b|i\s+can\b|i'?m\s+(?:free|off))"
)
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
        \b(?:get|be|am|i'm) (?:back|home|in) | \bgets? me (?:there|in|over) (?:at|by)
        \bnot (?:until|till?|before) (?:\w+ ){1,6}(?:on|at|is)
        \b(?:ends?|closes?|close up|lets? out|is over)(?: \w+){0,2} (?:at|by|around)
        \b(?:gets?|comes?|is|are|he's|she's) (?:back|home|in|off)(?: \w+){0,4} (?:at|by|around)
        \bafter (?:my|the|his|her) (?:\w+ )?(?:shift|class|work|meeting|lesson|practice|therapy)(?: (?:ends|is over|\
        finishes))? (?:at|around)
        """
    )
    + r"\s+(?:about\s+|around\s+|on\s+|at\s+|the\s+|my\s+)*$"
)
TO = re.compile(
    either(
        r"""
        \b(?:before|by|until|till?|earlier than|sooner than|prior to|up to|through|latest(?: (?:\w+ ){0,4}(?:is|\
        would be))?)
        \b(?:start(?:s)?|begin(?:s)?)(?: (?:work|my shift|school|class))?(?: (?:at|by))
        \b(?:have to|need to|must|gotta|got to|should) \
        (?!(?:like|prefer|love|rather|want|choose|take|pick|come|have|see|book|visit|be (?:able|free|happy|glad))\b)\
        (?:\w+ ){1,5}(?:at|by|before|around)
        \bpick(?:ing)? (?:\w+ ){0,4}up (?:\w+ ){0,3}(?:at|by|around|before)
        \bpick(?:ing)? up (?:\w+ ){1,4}(?:at|by|around|before) | \bleave(?: \w+)? (?:at|by)
        """
    )
    + r"\s+(?:about\s+|around\s+|on\s+|at\s+|the\s+|my\s+)*$"
)
AWAY = re.compile(
    r"\b(?:away|gone|out\s+of\s+(?:town|state|the\s+country|the\s+office)|unavailable|vacation|holiday|abroad|travel\w*|busy|booked|trip|cruise|recovering)\b"
)
MUST_END = re.compile(
    either(
        r"""
        \b(?:need|needs|have|has|want|got|like) to be (?:done|finished|out|home|back|through|gone)(?: \w+){0,4} (?:by|\
        before)
        \b(?:before|until|till?) (?:my|the|his|her) (?:\w+ )?(?:shift|class|work|meeting|lesson|practice|therapy|bus|\
        train|ride)(?: \w+)? (?:at|around)
        """
    )
    + r"\s+(?:about\s+|around\s+|on\s+|at\s+|the\s+|my\s+)*$"
)
"""In front of the hour by which it must be over, though "done by 3" alone is where the free time begins."""
NOT_FREE = re.compile(
    either(
        r"""
        \b(?:not|nothing|no|never|can'?t|cannot|couldn'?t|won'?t|don'?t(?! you)|isn'?t|doesn'?t|rather not)
        \b(?:away|gone|busy|tied up|out of (?:town|state|the country|office)|unavailable|on (?:vacation|holiday|\
        leave|a trip))
        \b(?:travel\w*|vacation|holiday|booked|abroad|recovering|closed|sleep|asleep|(?:i'm|i am|i'll be) \
        (?:with|in|at|on (?:shift|duty|call))|bad)
        \b(?:i|i'm|im|am|we|she|he|at|my) (?:\w+ )?(?:work(?:s|ing)?|teach(?:ing)?|class(?:es)?|shift|school)
        \b(?:working|shift|class(?:es)?) (?:\w+ )?(?=until|till?|to|from|\d|$)
        \bi(?:'ve got| have| got|'ve) an? (?:\w+ )?(?:meeting|class|lesson|appointment|session|call)
        """
    )
    + r"(?!\w)"
)
OF_ITSELF = ("start", "begin", "end", "close", "let", "is over")
"""What hinders begins or ends then: that is no time until which one is busy."""
CLAUSE = re.compile(
    r"[.;!?]|,(?!\s*(?:or|nor)\b)|\b(?:but|so|then|(?<!do )(?<!make )(?<!have )(?<!want )(?<!take )anything|anytime"
    r"|any\s+time|otherwise)\b|\s-\s"
)
THAN_THAT = re.compile(
    r"\b(?P<to>before|earlier\s+than|sooner\s+than|prior\s+to)\s+(?:that|then)\b"
    r"|\b(?P<after>after|later\s+than|past)\s+(?:that|then)\b|\bafter(?:wards?)?\s*$"
)
OR_LATER = re.compile(
    r"\s*(?:or\s+(?:later|(?:after|past)(?!\s+(?:\d|noon|lunch|work)))|onwards?|and\s+(?:later|on|onwards?|after(?!\s+\d))|on\b(?=\W*$)|\+"
    r"|at\s+the\s+(?:very\s+)?earliest)"
)
OR_EARLIER = re.compile(r"\s*(?:or\s+(?:earlier|before(?!\s+\d)|sooner)|at\s+the\s+(?:very\s+)?latest|latest)")
RANGE_JOIN = re.compile(r"\s*(?:-|to|and|or|until|till?|through|thru)\s*(?:the\s+)?")

ANY_OTHER = re.compile(r"\b(?:any|every|all|most)\s+other\s+(?:days?|times?)\b")
"""Behind a day that does not suit."""
WEEKDAYS_WORD = re.compile(
    r"\b(?:week\s?days?|working\s+days?|during\s+the\s+week|business\s+days?|workdays?"
    r"|(?<!\bi )(?<!\bwe )work\s+days?)\b"
)
WEEKENDS_WORD = re.compile(
    r"\b(?:weekends|on\s+(?:a|the)\s+weekend"
    r"|(?<!this )(?<!next )(?<!before the )(?<!after the )(?<!by the )(?<!over the )weekend)\b"
)
PREFERRED = re.compile(r"\b(?:but|if\s+not|otherwise|though|although)\b")
NOT_THEN = re.compile(r"\b(?:so|and|but|,)\s+not\s+(?:on\s+)?(?:then|those|them|that\s+day|those\s+days)\b")
"""Behind what was named: it does not suit."""
DAY_BESIDE_DATE = re.compile(r"s?\s+(?P<way>before|after|following)\s+(?:the\s+)?")
"""Between a weekday and the date that says which one it is."""
SAME_DAY = re.compile(r"\s*,?\s*(?:the\s+)?")
"""Between a weekday and its own date."""
ON_THE = re.compile(r"\b(?:on|by|before|after|until|till?|from|between|or|to)\s+(?:the\s+)?$")
ABOUT = re.compile(r"\b(?:around|(?<!how )(?<!what )about|near|close\s+to)\s+(?:the\s+)?$")
ON = re.compile(r"(?:\bon\s+(?:the\s+)?)?$")
ONE_OF_THEM = re.compile(
    rf"(?P<lead>\b(?:the|this|that|an?|any|every|each|no|other|another|earliest|latest|last|first|next|soonest|earlier|later"
    rf"|sooner|different|(?:{WEEKDAY}|{DAY_PART})(?:s|'s)?|\d(?:st|nd|rd|th)?|[ap]m|(?:first|second|third|fourth|fifth))\s+)(?:one|two)s?\b"
    r"|\bone\s+(?:of|that|on|in|which|day|week)\b|\bsee\s+one\b"
)
"""No hour."""
HOUR_LED_IN = re.compile(
    r"\b(?:(?:can|could|would)\s+(?:you|we|i)\s+(?:do|make|come(?:\s+in)?)|make\s+(?:it|that)|how\s+about|what\s+about|let'?s\s+say|like|maybe|say|perhaps|prefer(?:ably)?|come(?:\s+in)?)\s+$"
)
HOUR_LED_OUT = re.compile(
    r"\s*(?:(?:-|to|or|until|till?)\s*(?:\d|noon|midday)|(?:is|would\s+be|works?|sounds?|looks?)\s+(?:fine|good|great|ok|okay|best|better|perfect|for\s+me)|sharp\b|or\s+so\b)"
)
"""Around a bare number that is an hour."""
ASKS_IF = re.compile(r"\W*(?:is|would|will|are)\b")
RANGE_FOLLOWS = re.compile(r"\s*(?:-|to|until|till?|through|thru)\s*(?:\d|noon)")
HOUR_DENIED = re.compile(r"\s*(?:$|[,.;!?]|but\b|is\b|are\b|(?:doesn|don|won|can)'?t\b)")
"""Behind one that does not suit."""
DAY = re.compile(rf"\b{WEEKDAY}(?:s|'s)?\b")
NAMED_TIME = re.compile(
    rf"(?:\b{WEEKDAY}(?:s|'s)?|\b{DAY_PART}|\bweek(?:end|day)?s?|\b(?:today|tomorrow|tonight)|\d(?:st|nd|rd|th)?|\b[ap]m)\s*(?:just\s+|really\s+)?$"
)
"""In front of "don't work": that day or hour does not suit, which says nothing of the offered times."""
