"""The words by which people show that they change an answer: tables for corrections.py. PURE.

All patterns are for plain text; apostrophes may be missing in it.
"""

from __future__ import annotations

import re

from knee_intake.understanding.plain import either, word_set

_SAY = "said|say|put|type|typed|wrote|write|told you|entered|picked|pick|chose|choose|clicked|selected|select|tapped"
_SAY += "|pressed|hit|marked|answered|gave you|checked|ticked"
_SAY_SPACED = _SAY.replace(" ", r"\s+")
_TOLD = "said|told you|wrote|typed|picked|chose|entered|selected|answered"
_CHANGE = (
    "lower|raise|bump|increase|decrease|change|switch|swap|update|fix|edit|correct|amend|replace|revise|adjust|set"
)
_BODY = "hip|hips|back|ankle|foot|feet|shoulder|elbow|wrist|hand|neck|leg|toe|thumb|finger"
_PERSON = (
    "wife|husband|partner|mom|mother|mum|dad|father|sister|brother|son|daughter|friend|aunt|uncle|cousin|grandma"
    "|grandmother|grandpa|grandfather|dog|boss|neighbor|boyfriend|girlfriend|kid|child|parents?"
)


def _words(lines: str) -> re.Pattern[str]:
    lines = lines.replace("SAY", f"(?:{_SAY})").replace("CHANGE", f"(?:{_CHANGE})").replace("TOLD", _TOLD)
    return re.compile(rf"(?<![\w']){either(lines)}(?![\w'])")


CUE = _words(
    r"""
    actually | correction | (?:i )?(?:really |actually )?meant(?! to (?:ask|call|book|tell)) | i mean(?! to)
    sorry | apologies | pardon | oops\w* | whoops\w* | woops | ooops | my bad | bad on me | duh | doh
    mistake | error | by accident | accidentally
    mistaken | mistyped | misclicked | misspoke | misread | misheard | mis(?: |-)?(?:typed|clicked|read|spoke|spelled)
    misremembered | misspelled | misunderstood | mixed (?:\w+ ){0,4}up | mix (?:\w+ ){0,4}up | mixed | confused
    confusing | backwards | typo | typos? in | autocorrect\w* | auto correct\w* | fat finger\w* | wrong(?! with)
    incorrect | inaccurate | lied
    (?:that|it|this)(?:'?s| is| was|'s also)? (?:not|isn't|isnt|wasn't|wasnt) (?:quite |really |exactly )?(?:right|\
    correct|true|accurate|what i (?:meant|said|wanted|put))
    not (?:quite )?(?:right|correct|true|accurate) | not what i (?:meant|said|wanted|put)
    hang on | hold on | hold up | wait(?! (?:to|for|until|till|list|so|that|this|another|two|three|\d)) | hmm+
    scratch that | strike that
    i was (?:wrong|off|thinking of) | should have (?:said|been|put|mentioned|told) | shoulda said
    i take (?:that|it) back
    rather(?! not) | instead | on second thoughts? | thinking (?:about it|back|again) | come to think(?: of it)?
    now (?:that )?i (?:think|remember|recall|check\w*|look\w*) | after all | in fact | turns out | as it turns out
    (?:i )?should(?:n'?t| not) have (?:SAY)
    you(?:'ve| have)? (?:SAY|have|got|heard) .{1,40}\bi (?:TOLD|meant)(?! (?:so|that|it)\b)
    i (?:TOLD) .{1,40}\byou(?:'ve| have)? (?:wrote|put|have|got|heard|typed|entered|picked|chose|selected)
    keep (?:mixing|confusing|swapping) | (?:typed|clicked|tapped|answered) too (?:fast|quick|quickly|soon) | miscounted
    misjudged
    (?:i )?(?:exaggerated|overstated|understated|overdid it|undersold it) | off by (?:a|an|one|two|\d)
    (?:more|less|longer|shorter|worse|better|higher|lower|earlier|later)(?: active)? than that
    make (?:the|my) (?:pain|score|number|level) | is (?:now )?(?:down|up) to(?= an? \d| \d)
    (?:all|everything)(?:'?s| is| looks)? (?:else )?(?:good|right|correct|fine|ok|okay|great) (?:except|besides|\
    apart from|but(?= the | my | it's | make | change ))
    one (?:small |little |quick )?(?:fix|change|correction|mistake|error)
    one (?:small |little |quick )?thing(?=,? (?:it's|its|it is|should)) | (?:say|put) (?:i'm|im|i am)
    just (?:checked|looked|remembered|realized|realised|noticed|found out|measured|asked)
    (?:looked|checked|counted|asked|read it) (?:again|it up|my \w+) | double checked | forgot | forgotten
    more like(?! to) | closer to | more of an? | more an?(?= \d) | make (?:that|it)
    let's (?:say|go with|make it|call it) | lets? say
    lets (?:say|go with|make it|call it) | call it | going with | go with
    CHANGE (?:that|it|my|the|this|to|from|answer) | CHANGE \w+(?: \w+){0,3} (?:to|for|with) | put (?:me )?down
    (?:please|just|rather) put
    should (?:be|say|read) | should've (?:said|been|put) | supposed to (?:be|say|read) | ought to be
    meant to (?:say|put|write|type|pick|click|choose|select|press|hit|tap|enter)
    let me (?:correct|rephrase|fix|redo|\
    change|try (?:that )?again) | to correct
    no,? i SAY | never (?:had|did|tried|got|happened|took|used|played) | i told you | no longer | anymore | any more
    i (?:SAY) \w+ (?:\w+ ){0,4}but | it's not | it isn't | its not | it isnt | isn't my
    not my(?! (?:fault|day|thing))
    (?:correct|right|real|actual|new|proper) (?:\w+ )?(?:number|name|e-?mail|age|answer|side|address|score|spelling)
    edit: | fix: | update: | p\.?s\.? | by mistake | (?:i )?do have .{0,40} after all | did have | i was wrong\w*
    get(?:ting)? that wrong | got (?:that|it|this|my \w+) (?:wrong|backwards|mixed|confused)
    """
)
"""A sign that something said before no longer holds."""
STARRED = re.compile(r"^\W*\*+\s*\w|\w\s*\*+\W*$|-+>|=+>")
"""The asterisk with which chats correct, and an arrow from old to new."""
OPENS_WITH_NO = re.compile(
    r"^\W*(?:(?:oh|ah|uh|um|hey|well|ok|lol|haha|hm+)\W+)?(?:no+|nope|nah|not|nt)\b(?!\s+(?:more|problem|worries"
    r"|thanks|thank|idea|clue"
    r"|doubt|rush|way|one|not\s+yet)\b)"
)
ADDS = _words(
    r"""
    also | too(?! (?:much|many|long|bad|painful|hard|far|late|early|often|soon|high|low|stiff|sore|\w+ to)) | as well
    aswell | in addition | additionally | plus | add | adding | include | both of them | on top of (?:that|it)
    (?:throw|toss|count) in | another(?: one| thing)? | besides | not (?:just|only)
    (?:and|i|also|oh|totally|almost|completely) (?:i )?forgot\w*
    forgot (?:to|about|the|my|one|that) | don'?t forget | do not forget | left out | leave out the fact | missed
    didn'?t mention | did not mention | should have (?:mentioned|added|said|told you about) | did(?:n't)? mention
    another | and (?:sometimes|the other|my other) | ^\W*(?:(?:oh|yeah|yes|ok|um|hmm)\W+)*and(?= ) | did have
    do have | have had | one more
    """
)
"""A sign that something comes to what was said before."""
REMOVES = _words(
    r"""
    scratch | strike | forget(?! to)(?!ting) | remove | removing | delete | drop | ignore | disregard | erase
    cross out | cross off | uncheck | untick | unselect | deselect | get rid of | leave out(?! the fact) | minus
    undo
    wipe | clear | take (?:back|off|out|away|that back|it back) | scrap | never ?mind (?:the|about|what|my) | omit
    don'?t (?:call|text)(?= that| this)
    don'?t (?:use|count|include|keep|store|save) | do not (?:use|count|include|keep|store|save) | exclude | unclick
    """
)
"""A sign that what is named goes."""
REMOVES_IT = re.compile(
    r"\b(?:(?:take|cross|leave|get|strike)\s+(?:that|it|this|those|them)(?:\s+one)?\s+(?:off|out|away|back)"
    r"|(?:remove|delete|drop|erase|uncheck|untick|unselect|scratch|strike|ignore|omit|forget)\s+(?:that|it|this|those|them)"
    r"(?:\s+one)?)\b(?!\s+(?:down|in|at|when|before|after|during|every|to|for)\b)"
    r"|[,;.-]\s*(?:please\s+)?(?:remove|delete|drop|uncheck)\W*(?:please|pls)?\W*$"
)
"""A sign that what was named just before goes: "golf, take that off"."""
TAKEN_OFF = re.compile(r"\b(?:take|cross|leave|get|strike)\s+([^.,;!?]{1,40}?)\s+(?:off|out|away|back)\b")
CHANGED_BEFORE = re.compile(r"\b(?:change|switch|replace|swap|update)\s+(?:the\s+|my\s+|from\s+)*$")
CHANGED_AFTER = re.compile(r"\s*(?:to|for|with|by|into|and\s+put)\b")
"""Around a value that makes room: "swap running for cycling"."""
KEEPS = re.compile(r"\b(?:don'?t|do\s+not|never|not|won'?t)\s+$")
"""In front of a word that removes: "don't forget the brace"."""

FILL = (
    r"(?:(?:it|it's|its|it\s+was|for|since|about|an?|my|the|in|on|at|just|only|really|that|i|had|have|any|as|down"
    r"|been|so\s+much|to|of|with|is|was|from|when|what|like|any\s+kind\s+of|get|getting|got|ever|even|around"
    r"|having|been"
    r"|do|does|did|me|saying|doing|use|used|using|out|because\s+of|him|her|this|these|those|old)\s+){0,5}"
)
REJECTED_BEFORE = re.compile(
    r"(?<![\w'])(?:not|nt|isn'?t|wasn'?t|ain'?t|aren'?t|instead\s+of|rather\s+than|in\s+place\s+of|never"
    r"|no\s+longer|wrong\s+about"
    r"|don'?t|doesn'?t|didn'?t|haven'?t|hasn'?t|hadn'?t|without|stopped|quit|nor|(?:change|switch|swap|update"
    r"|go|goes|went)"
    rf"\s+(?:\w+\s+){{0,3}}from|should(?:n'?t|\s+not)\s+have\s+(?:{_SAY_SPACED})|replace|except"
    rf"|(?:rather|more)\s+(?:\w+\s+){{1,5}}than)\s+{FILL}$"
    r"|(?<![\w'])no\s+(?:more\s+|other\s+|any\s+|real\s+|actual\s+)?$"
)
"""In front of a value that does not hold."""
SAID_BEFORE = re.compile(
    r"(?<![\w'])(?:(?:it|this|that|summary|list|form|page)\s+(?:still\s+)?(?:says?|shows?|reads?)"
    rf"|(?:i|i've|ive|did\s+i|i\s+had|i\s+must\s+have|you|you've)\s+(?:accidentally\s+|just\s+"
    rf"|only\s+|have\s+"
    rf"|had\s+|first\s+|mistakenly\s+|wrongly\s+)?(?:{_SAY_SPACED})|you(?:'ve)?\s+(?:have|heard"
    rf"|had|got)|typed)\s+{FILL}$"
)
"""In front of a value that was said before: it goes where another is said now."""
REJECTED_AFTER = re.compile(
    r"\s*(?:(?:thing|part|bit|answer|one|pain|box|option|entry|stuff|shots?|injections?|knee|side)\s+){0,2}"
    r"(?:(?:is|was|are|were|'s|isn't|wasn't|isnt|wasnt|that\s+was|i\s+(?:mentioned|said|put)\s+(?:is|was|are"
    r"|were))\s+)"
    r"(?:all\s+|just\s+|actually\s+|totally\s+)?"
    r"(?:wrong|a\s+mistake|mistaken|incorrect|not\s+(?:right|correct|true|mine|me)|an\s+error|a\s+typo"
    r"|by\s+(?:mistake|accident)"
    rf"|right|true|mine|(?:for|on|in|about)?\s*my\s+(?:other\s+|left\s+|right\s+)?(?:{_BODY}"
    rf"|(?:{_PERSON})(?:'?s)?))\b"
    r"|\s*(?:,|-|\(|\bit\b)?\s*(?:that\s+|it\s+)?never\s+happened\b"
    r"|\s+(?:by|was\s+by)\s+(?:mistake|accident)\b"
)
"""Behind a value that does not hold; "is right" counts only where it is denied: see RIGHT_AFTER."""
GONE_AFTER = re.compile(
    r"\s*(?:(?:pain|part|thing|one|stuff)\s+)?(?:(?:is|are|'s|has|have|had|was|seems|it's|its)\s+)?"
    r"(?:(?:all|long|now|already|since|completely|pretty\s+much|basically)\s+)*"
    r"(?:gone(?:\s+(?:away|down))?|went\s+(?:away|down)|cleared\s+up|over|stopped|disappeared|resolved|healed)\b"
)
"""Behind a sign that is no more."""
NOT_NOW_AFTER = re.compile(
    r"\s*(?:was|'s|is)\s+(?:for\s+|from\s+)?(?:yesterday|last\s+\w+|before|earlier|at\s+(?:its|the)\s+worst|on\s+a\s+bad)\b"
)
"""Behind a score of another time."""
WELL_AFTER = re.compile(
    r"\s*(?:(?:is|are|'s|was|feels?)\s+(?:\w+\s+)?(?:fine|ok(?:ay)?|no\s+(?:problem|issue)|painless|alright)"
    r"|(?:doesn'?t|don'?t|does\s+not|do\s+not)\s+(?:really\s+|actually\s+)?(?:hurt|bother))\b"
)
"""Behind what does not make it worse."""
OVERSTATED_AFTER = re.compile(
    r"\s*(?:(?:is|was|'s|would\s+be|might\s+be|sounds)\s+)(?:\w+\s+)?(?:(?:a\s+|an\s+)?(?:stretch|exaggerat\w+|reach)"
    r"|too\s+(?:much|strong|high|low|generous|harsh|optimistic|little|weak)|generous|optimistic|overstat\w+"
    r"|pushing\s+it|overdoing\s+it|wishful\s+thinking)\b"
)
"""Behind a level that was put too high or too low."""
PUTS = re.compile(
    r"\b(?:make\s+(?:it|that|me)|call\s+(?:it|that|me)|put(?:\s+me)?(?:\s+down)?(?:\s+(?:it|that))?(?:\s+as|\s+for)?"
    r"|go\s+with|(?:let'?s|i'?d|rather)\s+say|(?:change|switch|set)\s+(?:it|that|me)\s+to|more\s+like|closer\s+to)"
    r"\s+(?:an?\s+|the\s+|just\s+)*$"
)
"""In front of the value that is to stand."""
YOU_SAID = re.compile(
    r"\byou(?:'ve|\s+have)?\s+(?:wrote|written|put|have|got|heard|typed|entered|picked|chose|selected|noted|said)\b"
)
I_SAID = re.compile(rf"\bi\s+(?:actually\s+|had\s+|clearly\s+)?(?:{_SAY_SPACED})\s+{FILL}$")
"""Against "you wrote", what "I said" is what holds."""
RIGHT_AFTER = re.compile(r"\s*(?:\w+\s+){0,3}(?:is|was|are|'s)\s+(?:right|true|mine)\b")
ELSEWHERE = re.compile(
    r"\b(?:that|it|this|those|they)(?:'?s|\s+is|\s+was|\s+were|\s+are)?\s+(?:actually\s+|just\s+|really\s+"
    r"|all\s+)?(?:for\s+|on\s+|in\s+"
    rf"|about\s+|from\s+)?(?:my|his|her|the)\s+(?:\w+\s+)?(?:{_BODY}|(?:{_PERSON})(?:'?s)?)\b"
    r"|\bby\s+(?:mistake|accident)\b|\baccidentally\b|\b(?:that|it)\s+never\s+happened\b|\bnever\s+happened\b"
)
"""A later clause that says an answer was about something or someone else."""

OF_SOMEBODY = re.compile(rf"\b(?:my|his|her|our)\s+(?:{_PERSON})(?:'?s)?\b")
TAKES_LAST_BACK = re.compile(
    r"\W*(?:(?:oh|no+|nope|oops|sorry|wait|actually|hmm+|ugh|um+|please|hang\s+on|hold\s+on|ok|well|can\s+you"
    r"|could\s+you)\b[\s,.!-]*)*"
    + either(
        r"""
        (?:scratch|strike|undo|delete|remove|erase|ignore|disregard|forget|scrap|clear|reverse|drop|\
        void)(?: (?:that|it|this|\
        the|my|last|one|answer|reply|previous|thing|part|message|response|what|i|just|said|wrote|put|typed)){0,6}
        i?(?:'d| would)?(?: like to| want to)? ?(?:take (?:that|it|this|my answer|my last answer|\
        what i said) back|take back (?:that|\
        what i (?:just )?said|my (?:last )?answer)|retract that)
        (?:that|it|this)?(?:'?s| is| was)? ?(?:not|isn'?t|wasn'?t) (?:quite |really |\
        at all )?(?:what i (?:meant|said|wanted|\
        put|typed|wrote)(?: to (?:say|put|write|type|pick|click))?|right|correct|true|my answer)(?: at all)?
        (?:i )?(?:didn'?t|did not) mean (?:that|it|to (?:say|put|pick|click|press|type|send|hit|select|choose|\
        tap)(?: that| it| this)?)
        (?:that|it|this)(?:'?s| is| was)? (?:all )?(?:wrong|incorrect|a mistake|an error|a typo|an accident|\
        by mistake|by \
        accident|the wrong (?:one|answer|button|thing|box|option))
        (?:i )?(?:clicked|hit|pressed|picked|chose|tapped|typed|selected|gave|put|\
        sent) (?:that (?:by (?:mistake|accident)|accidentally)|\
        (?:the )?wrong (?:one|answer|button|thing|box|option|key))
        wrong (?:answer|button|one|box|option|key|thing)
        (?:go back,? )?(?:the|that|my) (?:last|previous) (?:one|answer|question|reply) (?:is|was) (?:wrong|\
        incorrect|a mistake|a typo|not right)
        let me (?:redo|take back|change|re-?do|try) (?:that|it|my (?:last )?answer)(?: again)?
        """
    )
    + r"(?:[\s,.!]+(?:please|pls|plz|sorry|thanks|thx|thank\s+you|my\s+bad|oops|lol|again|then|now|ok|actually))*\W*"
)
"""A whole text that takes back the last answer."""

OTHER_SIDE = re.compile(
    r"\b(?:the|my)\s+(?:other|opposite)\b(?:\s+(?:one|knee|side|leg)\b)?(?!\s+\w+\s+(?:is|was))|\b(?:other"
    r"|opposite)\s+(?:knee|side|leg)\b"
)
ONLY_OTHER = re.compile(
    r"\W*(?:(?:no+|oops|sorry|wait|actually|oh|um|hmm+|i\s+meant|it'?s|its|was|the|my|ugh)\W+)*(?:other|opposite)"
    r"\s+(?:one|knee|side|leg)(?:\W+(?:sorry|please|pls|actually|tho|though|lol|i\s+meant?|my\s+bad))*\W*"
)
"""A whole text."""
OTHER_TOO = re.compile(
    r"\bother\s+(?:one|knee|side|leg)\s+(?:\w+\s+){0,3}(?:too|also|as\s+well|aswell)\b"
    r"|\balso\s+(?:\w+\s+){0,2}the\s+other\b"
    r"|\b(?:and|plus|add)\s+(?:also\s+)?(?:the|my)\s+other\s+(?:one|knee|side|leg)\b|\bother\s+(?:one|knee|side"
    r"|leg)\s+also\b"
)
SIDES_SWAPPED = re.compile(
    r"\bwrong\s+(?:knee|side|leg)\b|\b(?:mixed|confused|swapped|switched|got|reversed)\b[^.!?]{0,20}\b(?:sides"
    r"|knees|left\s+and\s+right|right\s+and"
    r"\s+left|lefts?\s+and\s+rights?)\b|\b(?:sides?|knees?|left\s+and\s+right)\s+(?:backwards|mixed|wrong"
    r"|confused|the\s+wrong\s+way)"
)
EMPTY = re.compile(
    r"^\W*(?:(?:oh|no|sorry|actually|wait|hmm+|oops|correction|make\s+that|i\s+meant|change\s+(?:it|that)\s+to"
    r"|it's|its|hang\s+on)\b[\s,.:!-]*)+"
    r"(?:none|nothing|none\s+of\s+(?:those|these|them|that|the\s+above)|no\s+none|neither)(?:\s+(?:at\s+all"
    r"|really|actually|sorry))*\W*$"
)
"""Nothing of the list that was answered last."""
NONE_OF = {
    "activities": r"none\s+of\s+(?:the|those|these|my)\s+(?:sports|activit\w+|hobbies)"
    r"|(?:no|not\s+any|don'?t\s+(?:really\s+)?(?:do|play)\s+any|zero)\s+(?:\w+\s+)?(?:sports?"
    r"|activit\w+|exercise)",
    "treatments_tried": r"none\s+of\s+(?:the|those|these)\s+treatments|\bno\s+treatments?\b"
    r"|(?:haven'?t|have\s+not|never)\s+(?:\w+\s+)?(?:tried|had"
    r"|done)\s+any(?:thing|\s+treatments?|\s+of\s+(?:those|them|these))|tried\s+nothing",
    "symptoms": r"no\s+(?:other\s+)?symptoms|none\s+of\s+(?:the|those|these)\s+(?:symptoms|signs)",
    "aggravated_by": r"nothing\s+(?:\w+\s+)?(?:makes?\s+it|aggravates?)",
    "arthritis_history": r"(?:no|not|never|don'?t|didn'?t|haven'?t)\b[^.!?]*\barthritis\b|\b(?:have|got"
    "|had)\\s+none\b",
    "pain_location": r"(?!)",
}

NAMED_FIELDS = (
    ("knee_side", r"sides?|left|right|which\s+knee"),
    (
        "pain_duration_days",
        r"durations?|how\s+long|weeks?|months?|years?|days?|when\s+it\s+(?:started|began)|start\s+date",
    ),
    ("pain_severity", r"score|number|pain\s+(?:level|score|number|rating)|severity|rating|how\s+bad|scale"),
    ("arthritis_history", r"arthritis"),
    ("activity_level", r"activity|active|exercise|activity\s+level"),
    ("activities", r"sports?|activities|hobbies"),
    ("phone", r"phone|(?:phone\s+)?number(?!\s+of\b)|cell|mobile"),
    ("email", r"e-?mail"),
    ("first_name", r"name"),
    ("age_band", r"age|birth\s?(?:day|date|year)"),
    ("pain_location", r"location|where|spot"),
    ("treatments_tried", r"treatments?"),
    ("symptoms", r"symptoms?"),
    ("aggravated_by", r"triggers?|what\s+makes\s+it\s+worse"),
    ("onset", r"injury|accident|how\s+it\s+(?:started|began|happened)|onset|cause"),
    ("goal", r"goals?"),
    ("payment", r"insurance|payment"),
)
"""How people call the fields when they speak of an answer."""

FILLER = word_set(
    """
    it its it's is was i i'm im i've ive am that that's thats this these those the a an my your of for to about
    around like more most mostly closer probably maybe just only really rather quite say let's lets let call put
    make makes change switch update fix edit set mark please pls plz be been being have has had do does did not no
    nope nah yes yeah oh ok well hmm hm um uh so then here there up down is are were should would could can can't
    you me meant mean said typed wrote told wrong sorry actually oops whoops correction wait hang hold on second
    thought thoughts also too as both and or than instead answer answers kinda sort kind think thought guess feels
    feel one ones number but with in at from into over under by mistake my bad typo number score level pain rate
    rating scale out side knee knees leg if add plus include forgot forget mention again now today remembered
    remember check checked always ever never anymore times time after all come think truth honest honestly lol haha
    hi hello hey thanks thx entered clicked picked chose selected hit pressed button box option pick list other
    another too back right correct corrected it'd i'd id should've shoulda be going go doing get gets got getting
    what when where how long it'll ah er damn dang crap shoot ugh god wow dear afraid misread question part thing
    stuff thinking sure fairly pretty very super some sometimes isn't isnt wasn't wasnt didn't didnt don't dont
    doesn't doesnt haven't havent hasn't ain't aint mentioned told turns tried play location spot old lower raise
    bump increase decrease says paper papers records chart report mixed mix those confused them they we us he she
    her his him dumb silly stupid phone autocorrect jst nt tbh bit
    you've summary form page shows reads why everything except try throw toss fast than quick
    """
)
"""Words that may stand beside a bare value without making a story of it."""
