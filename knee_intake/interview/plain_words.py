"""What some words say beyond doubt, whatever a classifier makes of them. PURE.

Steering words must not miss: who says "stop" is not asked on, who says "change number 6" has not said yes, and nothing
is thrown away on a guess. Signs are never touched here: safety hears every word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from knee_intake.interview import missed_point
from knee_intake.interview.asked_of_chat import asked_about_visit, asks_for_meaning, asks_how_long
from knee_intake.interview.contact_kept_back import gives_up, has_none_to_give, lets_visit_go
from knee_intake.interview.errands import wants_money_back
from knee_intake.interview.feelings import excuses_mood, fears_the_worst, is_afraid
from knee_intake.interview.offered import plain
from knee_intake.interview.seams import parts_of
from knee_intake.interview.small_questions import CARRIERS, own_answer
from knee_intake.understanding.answers import puts_off
from knee_intake.understanding.language import SPANISH, language_of
from knee_intake.understanding.types import Understood

QUESTION_WORDS = (
    "what", "how", "why", "when", "where", "who", "which", "is", "are", "do", "does", "can", "could", "will", "would",
    "should", "did", "has", "have", "am",
)  # fmt: skip
SHORTEST_QUESTION = 2
"""Words: "why?" behind an answer is too little to go by."""
_PARTS = re.compile(
    r"(?<=[.!?;,])\s+"
    r"|\s+(?=(?:is|will|would|does) (?:that|this|it) (?:be )?(?:an? |any |all |still |even )?"
    r"(?:issue|problems?|ok|okay|alright|allowed|matter|bad|trouble|concern|risk\w*|dangerous|safe|all right)\b\W*$)"
    r"|\s+(?=(?:What|How|Why|When|Where|Who|Which|Is|Are|Am|Do|Does|Can|Could|Will|Would|Should)\b)"
)
_LINE = re.compile(
    r"(?:(?:please|can you|i want to|i need to|no)[ ,]*)*(?:change|fix|edit|correct|redo)?\s*"
    r"(?:line|number|no\.?|nr\.?|item|#|the)?\s*(?P<number>\d)(?:st|nd|rd|th)?(?: one)?"
    r"(?: (?:is|s|looks) (?:wrong|not right|incorrect))?[ ,]*(?:please)?[.!]?",
    re.IGNORECASE,
)
"""One line of the read-back, named by its number."""

_WITHDRAWS = re.compile(
    r"""\b(?:not|no|never|don'?t|didn'?t|stop|no\ longer|quit|without|against)\b(?:\W+\w+){0,4}?
        \W+(?:keep|keeping|kept|sav\w+|stor\w+|shar\w+|us(?:e|ed|ing)|agree\w*|consent\w*|permi\w+|ok|okay)\b
    |\b(?:delet\w+|eras\w+|remov\w+|wip\w+|scrub\w*|trash\w*|get\ rid\ of|clear|withdraw\w*|revoke\w*|retract\w*)\b
    |\btak(?:e|ing)\ (?:\w+\ ){0,3}?back\b
    |\bforget\ (?:me|everything|all|what\ i|my|this\ chat)\b
    |\b(?:consent|permission|privacy|data|records?|personal\ info\w*|agreement)\b""",
    re.VERBOSE | re.IGNORECASE,
)
"""Words without one of which nobody takes an agreement back: "forget it, keep what I had" is about something else."""
_OF_DATA = re.compile(r"\b(?:data|privacy|records?|personal info\w*|information|answers|private|confidential)\b")
_UNDOES = re.compile(
    r"\b(?:delet\w*|eras\w*|remov\w*|wip\w*|scrub\w*|trash\w*|get rid|clear|withdraw\w*|revok\w*|retract\w*|take|taking"
    r"|undo|forget|stop|cancel|agree\w*|consent\w*|don'?t (?:want|keep|save|share|use|store))\b"
)
_SOURCES = re.compile(
    r"\?|\b(?:who|says who|sources?|proof|prove|evidence|stud(?:y|ies)|where|how do you know"
    r"|according|references?|cite|based on|link)\b"
)
_STOP = re.compile(
    r"""(?:(?:ok|okay|please|sorry|no|well|hey|um|actually|that's\ enough|thats\ enough
    |i(?:'ve)?\ (?:have|got|need)\ to\ (?:go|run|leave)|(?:i\ )?gotta\ (?:go|run))[ ,.!]*)*
    (?:stop(?:\ it|\ this|\ here|\ now|\ asking(?:\ me)?)?
    |(?:that's|thats)\ enough
    |no\ more(?:\ questions)?(?:\ please)?,?\ stop
    |i(?:'m|m|\ am)\ done(?:\ here|\ now)?,?\ ?bye
    |i(?:'?d|\ would)\ like\ to\ (?:stop|quit|end)(?:\ this|\ the|\ here)?(?:\ ch\w{1,3})?
    |let'?s\ (?:stop|end\ (?:it|this|here)|leave\ it)(?:\ (?:here|there|now|at\ that))?(?:[ ,.]*bye)?
    |i\ (?:want|wanna|need)\ (?:to\ )?(?:stop|quit|end)(?:\ this|\ the|\ here)?(?:\ chat|\ now)?
    |i\ (?:don't|dont|do\ not)\ (?:want\ to|wanna)\ (?:go\ on|continue)
        \ with\ (?:this|these|the)(?:\ (?:questions|chat))?
    |end\ (?:this|the)\ chat)
    (?:[ ,.!]*(?:please|now|thanks|thank\ you|i\ changed\ my\ mind|here))*[ ,.!]*""",
    re.VERBOSE,
)
_HUMAN = re.compile(
    r"\b(?:talk|speak|connect|chat|transfer)\w* (?:me )?(?:to|with) (?:a |an |the |some )?(?:real |live |actual )?"
    r"(?:human|person|people|staff|agent|representative|receptionist|operator)\b"
    r"|^(?:(?:a|an|the|real|live|actual|please|pls) )*(?:human(?: being)?|person|agent|representative|receptionist"
    r"|operator)(?: (?:please|pls|plz|now|here|thanks))*\W*$"
)
_OF_A_PERSON = re.compile(
    r"""\b(?:persons?|people|humans?|someone|somebody|anyone|anybody|staff|team|agents?|reps?|representatives?
    |operators?
    |receptionists?|reception|desk|office|manager|nurses?|doctors?|docs?|dr|clinician|therapist|secretary|assistant
    |speak|talk\w*|chat|call\w*|phone|ring|connect|transfer|contact|reach|real|live|actual|bots?|robots?
    |machine|computer
    |help|assist\w*|them|one\ of\ you|hand\w*|guys?|lady|man|woman|front|humano|persona)\b""",
    re.VERBOSE,
)
"""Words without one of which nobody asks for a person."""
_RIGHT = re.compile(
    r"""(?:(?:yes|yep|yeah|yup|perfect|great|good|ok|okay|sure)[ ,.!]*)*
    (?:(?:that|it|this|everything|all)(?:'{0,2}s|\ is|\ of\ (?:that|it|this)\ is|\ looks|\ sounds)?[ ]
    (?:all\ |quite\ |exactly\ |just\ )*(?:right|correct|good|fine|perfect|great|it)
    |you\ got\ (?:it|that|all\ of\ (?:that|it)|everything)\ (?:all\ )?right
    |(?:all|looks|sounds)\ (?:right|correct|good|fine|perfect))""",
    re.VERBOSE,
)
_MAIL_ME = re.compile(
    r"^(?:yes|yep|yeah|ok|okay|sure|right|correct|perfect|good|great|please)\b.{0,40}"
    r"\b(?:e-?mail|mail) (?:me|it|that|the)\b"
)
_MORE_TIMES = re.compile(
    r"\b(?:add|offer|give|pick|choose|name|want) (?:you |them )?(?:another|one more|a second|more)"
    r" (?:time|times|day|slot)s?\b"
)
_NOT_RIGHT = re.compile(
    r"\b(?:not|isn't|isnt|wrong|but|except|change|fix|edit|correct (?:the|my|line|number)|mistake|instead)\b"
)
"""At the read-back: "that's all correct" sends it; "change number 6, please" does not."""
_FORGET_ALL = re.compile(
    r"\b(?:delete|erase|remove|wipe|forget) (?:everything|all (?:of )?(?:that|this|it|what|my)"
    r"|what i (?:told|wrote|typed|gave)|my (?:data|info|information|answers|chat|details)"
    r"|this (?:chat|conversation)|me\b)(?! about)",
    re.IGNORECASE,
)
"""Plain enough for nobody to doubt it."""
_KEEPS_BACK = re.compile(
    r"""(?:no|nope|nah|sorry)?[ ,.]*(?:thanks|thank\ you)?[ ,.]*
    (?:(?:i(?:'?d|\ would)?\ )?(?:just\ )?(?:rather|prefer)(?:\ to)?\ not(?:\ to)?
        (?:\ (?:say|give|tell|share|answer)(?:\ (?:that|this|it|them|you))?(?:\ (?:one|out|question))?)?
    |(?:i\ )?(?:(?:really\ )?(?:don'?t|do\ not)\ (?:want|wish|like|care)\ to|won'?t|will\ not|can'?t)
        \ (?:give|tell|say|share)(?:\ (?:you\ )?(?:that|this|it|them|you))?(?:\ out)?
    |(?:i'?m\ |i\ am\ )?not\ (?:giving|telling|saying|sharing)\ (?:that|it|you)(?:\ out)?)[ ,.!]*
    |no(?:pe|\ way|\ thanks|\ thank\ you)?[ ,.!]*""",
    re.VERBOSE,
)
_COPY = re.compile(
    r"\b(?:copy|copies|transcript|print-?out|export|download) of (?:all )?(?:the |this |our |my |that )?"
    r"(?:(?:whole|entire|full|personal|own) )*(?:chat|conversation|talk|data|info|information|answers|details"
    r"|what (?:i|we) (?:said|told|wrote|typed|put)|everything (?:i|we|you))"
    r"|\b(?:send|e?-?mail|give|get|download|export|print)\b(?: \w+){0,3} (?:transcript|(?:my|this|our) (?:whole )?"
    r"(?:chat|conversation|data|answers))\b",
    re.IGNORECASE,
)
_NO_COPY = re.compile(r"\b(?:don'?t|do not|not|no|never|without|stop|who|does|do you)\b", re.IGNORECASE)
_MORE = re.compile(
    r"\b(?:(?:tell|hear|know|learn|read|say|explain)\b.{0,25}\b(?:more|about|the)\b|more (?:about|on)"
    r"|(?:info|information|details) (?:on|about|for)|(?:what|how) about|explain|describe)\b"
)
_GO_ON = re.compile(
    r"(?:ok|okay|yes|yeah|sure|alright|please|now)?[ ,.]*(?:(?:let's|lets|let us|can we|i want to|i'd like to) )?"
    r"(?:continue|go on|carry on|keep going|resume|i'm back|im back)(?: now| please)?"
    r"(?: with (?:you|this|it|them|the (?:chat|rest)|(?:the|those|these|your) (?:\w+ ){0,2}questions))?"
)
"""Words with which somebody who had stopped goes on."""

_WANTS_VISIT = re.compile(
    r"""\b(?:book|make|schedule|give\ me|set\ up|arrange|get|have|need|want|request|like)
        \ (?:\w+\ ){0,2}?(?:visit|appointment|appt|consultation|consult)\b
    |\b(?:want|need|like|love|hope|can|could|may)\ (?:i\ )?(?:to\ )?(?:come\ in|be\ seen)\b
    |\b(?:want|wanna|need|like|love|ready|going)\ (?:to\ )?(?:book|schedule)
        (?:\ (?:it|one|now|this|please))?\s*(?=$|[.,;!?])
    |\bbook\ me\b
    |\b(?:want|need|like|love|hope)\ to\ see\ (?:someone|somebody|a\ doctor)\b
    |\b(?:want|need|like|love|hope)\ to\ have\ (?:someone|somebody)\ (?:see|look\ at)\b""",
    re.VERBOSE,
)
_NO_MORE_CONSENT = re.compile(
    r"\bi (?:don'?t|do not|no longer|never) (?:agree|consent)"
    r"(?: to (?:this|that|it))?(?: any ?more| after all| now)?\W*$"
    r"|\b(?:withdraw|revoke|take back|retract) (?:my|the) (?:consent|agreement|permission|yes|ok)\b"
)
_MUST_I = re.compile(
    r"(?:but |and |so |ugh,? |omg,? )?(?:do|must) i (?:really )?(?:have|need)? ?(?:to )?(?:keep )?answer(?:ing)? "
    r"(?:all |any )?(?:of )?(?:the |your |this |these |that )?(?:it|stuff|them|questions?|everything|more|this|these)?"
    r"(?: stuff| questions?)?\??"
)
""" "Do I have to keep answering stuff?": how much is left."""
_NO_TIME = re.compile(
    r"(?:sorry,? )?i (?:don'?t|do not) have (?:the )?time(?: for (?:this|that))?(?: (?:right )?now| today)?"
    r"|(?:ok(?:ay)?,? )?i(?:'?m| am) off(?: now| then)?(?:,? (?:thanks|bye))?"
    r"|(?:sorry,? )?(?:i )?(?:have|got|need) to (?:go|run|rush)(?: now)?|(?:sorry,? )?(?:i )?gotta (?:go|run)(?: now)?"
)
_CALLS_THEM = re.compile(
    r"\bi(?:'?d|'?ll| would| will| shall)? (?:rather |just |prefer to |better )?(?:call|phone|ring|telephone)"
    r" (?:you|them|the clinic|in|myself)\b"
)
""" "I'd rather call the clinic": no number is given, and no person wanted here."""
_OF_A_VISIT_CHANGED = re.compile(
    r"""\b(?:cancel\w*|call(?:ing|ed)?\ (?:it\ )?off|re-?schedul\w*|postpon\w*|mov(?:e|ed|ing)|chang\w+|switch\w*
    |swap\w*|push\w*|shift\w*|delay\w*|another|other|different|else|later|earlier|sooner|instead
    |new\ (?:time|date|day|one|appointment|appt|visit|slot)
    |drop|remov\w+|delet\w+|undo|forget|never\ ?mind|off|no\ longer|any\ ?more|not|can'?t|cannot|couldn'?t|won'?t|don'?t
    |unable|miss|without|free\ up|give\ up|let\ (?:it|the\ \w+)\ go|back\ out
    |no\ (?:visit|appointment|appt)
    )\b""",
    re.VERBOSE,
)
"""Words without one of which nobody cancels or moves a visit: "I am so anxious about the visit" does neither."""
VISIT_CHANGES = ("cancel_booking", "reschedule")
_AT_A_LOSS = re.compile(r"(?:i )?(?:really |just )?(?:don'?t|do not) know what to do(?: any ?more| now)?")
_GETS_IN = re.compile(r"\b(?:get|book|fit|squeeze) (?:me|him|her|us|my \w+) in\b")
_OTHER_VISIT = re.compile(
    r"\b(?:my|had|have an?|old|last|next|cancel\w*|move|change|don'?t|not)\b.{0,12}\b(?:visit|appointment|appt)\b"
)
"""One that there is already, or none."""
_WHICH_SUITS = re.compile(
    r"""\b(?:which|what)\ (?:\w+\ ){0,3}(?:would|do|should|will)\ (?:you|i|we)\ (?:\w+\ )?
        (?:pick|choose|recommend|suggest|take|try|do(?!\ (?:with|to|for|about|in|at|on|if|when|here))
        |go\ (?:for|with)|prefer|advise|start\ with)\b
    |\b(?:which|what)(?:'s|\ is|\ one\ is|\ one's|\ would\ be|\ one\ would\ be|\ treatment\ is|\ option\ is)?
        \ (?:the\ )?
        (?:best|better|right|good)(?:\ \w+){0,2}\ for\ (?:me|us|him|her|my)\b
    |\bwhat\ (?:do|would)\ you\ (?:recommend|suggest|advise|think\ i\ should)\b
    |\b(?:should\ i|would\ you)\ (?:get|do|try|take|have|choose|pick)\ (?:the\ |a\ |an\ )?(?:\w+\ )?
        (?:botox|dysport|shots?|injections?|acupuncture|physical\ therapy|pt|chiropractic|one|it|this)\b
    |\b(?:right|good|best)\ (?:one|choice|option|treatment|fit)\ for\ (?:me|my)\b
    |\bif\ (?:it|this)\ (?:was|were)\ your\ knee\b""",
    re.VERBOSE,
)
_MEDICINE = re.compile(
    r"\b(?:pain ?killers?|pills?|meds?|medicines?|medications?|drugs?|advil|tylenol|ibuprofen|aleve)\b"
)
"""Asked about so often that it has an answer of its own."""
_NAMED_STEPS = ("contact", "first_name")
_CONTACT_STEPS = (*_NAMED_STEPS, "visit_lookup")
_CALL_ME = re.compile(
    r"""\b(?:have|get|let|ask|tell)\ (?:somebody|someone|a\ person|a\ nurse|(?:the|a)\ doctor|them|the\ clinic|staff)
        \ (?:to\ )?(?:please\ )?(?:call|phone|ring)\ me\b
    |\b(?:can|could|would|will)\ (?:you|somebody|someone)\ (?:please\ )?(?:call|phone|ring)\ me\b
    |\b(?:rather|prefer\ to)\ (?:talk|speak)\ (?:on|over|by)\ (?:the\ )?phone\b
    |\b(?:please\ )?(?:call|phone|ring)\ me\ (?:back|about|please|instead)\b|\bgive\ me\ a\ (?:call|ring)\b
    |\bi(?:'?d|\ would)\ (?:\w+\ )?(?:like|prefer|want|have|get)\ (?:a\ (?:phone\ )?call|to\ be\ called)\b""",
    re.VERBOSE,
)
_WHY = re.compile(
    r"""\b(?:why|what)\b.{0,10}\b(?:you|they)\ (?:\w+\ )?(?:need|want|ask(?:ing)?|have\ to\ know)\b
        .{0,25}\b(?:number|name|email|e-mail|phone|contact|address|age|that|this|it|to\ know|for)\b
    |\bwhy\ do\ i\ (?:need|have)\ to\ (?:give|tell|say|answer)\b
    |\bwhat\ (?:has|does|have|do)\ (?:it|that|this|those)\ (?:got|have)\ to\ do\ with\b
    |\bwhat(?:'s|\ is)\ (?:it|that|this)\ for\b|\bwhy\ (?:does|do)\ (?:it|that|this)\ matter\b""",
    re.VERBOSE,
)
_HELP = re.compile(
    r"""\b(?:what|how)\ (?:do|should|can|am|must)\ i\ (?:even\ )?(?:supposed\ to\ )?
        (?:type|write|say|enter|reply|answer)\b
    |\b(?:don'?t|do\ not)\ know\ (?:what|how)\ (?:i'?m\ supposed\ |i\ am\ supposed\ |i\ should\ |i\ have\ )?(?:to\ )?
        (?:type|write|enter)\b
    |\bhow\ does\ this\ (?:chat\ |thing\ )?work\b""",
    re.VERBOSE,
)
_ABOUT_MOVING = re.compile(
    r"""\b(?:another|different|new|later|earlier|other)\ (?:time|day|date|slot)\ (?:for|instead)
    |\b(?:move|change|switch|push|shift|reschedule|re-schedule|postpone|bring)\ (?:it|that|this|my|the)\b
        (?!\ (?:knee|leg|answer|name|number|email|phone|contact))
    |\bmake\ (?:it|that)\b.{0,30}\binstead\b
    |\bcan(?:'t|not|\ not)\ (?:make|come|do)\ (?:it|that|then)\b
    |\bneed\ (?:a|an)\ ?(?:other|nother|different|new)\ (?:time|day|date|slot|appointment)\b""",
    re.VERBOSE,
)
"""A visit that was asked for should be at another time."""
_KEEPS = re.compile(
    r"\b(?:never ?mind|forget it|keep (?:it|the old|the first|my|what|that)|leave (?:it|the old|my)|stay with)\b"
)
_NO_VISIT = re.compile(
    r"""\b(?:(?:don'?t|do\ not|no\ longer|not)\ (?:really\ )?(?:want|need|wish)(?:\ to)?\ (?:a\ |the\ |any\ |to\ )?
        (?:visit|appointment|appt|book|come|time)(?:\ \w+)?
    |changed\ my\ mind(?!.{0,30}\b(?:right|left|it's|its|make|other|instead)\b)
    |no\ (?:visit|appointment|appt)(?:\ please|\ for\ (?:me|now))?$
    |cancel\ (?:it|that|this|the\ (?:visit|booking|appointment|request)|everything))""",
    re.VERBOSE,
)
"""No visit is wanted after all, before it was asked for."""
HELD_STEPS = ("contact", "first_name", "read_back")
_EXTEND = re.compile(
    r"\b(?:(?:keep|hold|save) (?:it|that|them|(?:the|my) (?:time|slot))(?: for me)?(?: a (?:bit|little))?"
    r" (?:longer|more)|extend"
    r"|(?:need|give me|have) (?:a (?:bit|little|few) )?(?:more )?(?:time|minutes)(?: please| more)?$)\b"
)
"""The picked time is to be held longer."""
_PHONE = re.compile(
    r"\b(?:what(?:'s|s| is| was)|give me) (?:the |your |the clinic'?s? )?(?:phone|telephone)(?: number)?\b(?! call)"
)
_PRICE = re.compile(r"\b(?:prices?|costs?|fees?|how much (?:is|are|do|does|would|will)|expensive|insurance)\b")
_IS_IT_A_PERSON = re.compile(
    r"\b(?:is (?:this|that|it|there)|are you|am i (?:talking|speaking|chatting|writing) (?:to|with)"
    r"|do i (?:talk|speak|chat|write) (?:to|with))"
    r" (?:a |an |really |even |actually |just |some kind of )*(?:real |live |actual |human )?"
    r"(?:person|human|bot|chat ?bot|robot|machine|computer|program|ai|a\.i\.)\b"
    r"(?!.{0,20}\bi (?:can|could|may) (?:talk|speak))"
)
"""Who is talking is asked; who wants a person asks for one."""
_WITH_DATA = re.compile(
    r"\bwhat (?:do|will|would|does|are) (?:you|they|the clinic|people|going)\b.{0,14}\b(?:do|doing"
    r"|happen\w*) with (?:all )?"
    r"(?:(?:this|that|it|these|those)(?: (?:answers?|data|info\w*|chat|stuff))?|what i \w+(?: \w+){0,2}"
    r"|(?:my|the|these|our) (?:\w+ )?(?:answers?|data|info\w*|chat|details|words|name|number|email))(?: here"
    r"| then| later)?$"
)
""" "What do you do with all this?": what is told here is meant."""
_NO_ENGLISH = re.compile(
    r"(?:(?:sorry|hello|hi|please|i|my|me|am|is|very|so|much|only|speak|understand|know|talk|read|do|a|but"
    r"|and)[ ,.!]*)*"
    r"(?:(?:no|not|don'?t|doesn'?t|can'?t|little|bad|poor)[ ,.]*(?:(?:i|speak|understand|know|talk|read|write"
    r"|have|any|much|good"
    r"|very|well)[ ,.]*)*english|english[ ,]*(?:is )?(?:(?:no|not|very|so|too|little|bad|poor)\b ?)+(?:good"
    r"|well|much)?)"
    r"(?:[ ,.!]*(?:sorry|please|well|good|very|much|at all|here))*[ ,.!]*"
)
""" "Sorry, no English": no "none of these"."""
LONGEST_OF_THESE = 60
"""Characters."""
_WHAT_IS_IT = re.compile(
    r"\b(?:tell(?: me)?|know|say|see|find out|think|guess|explain)\b.{0,12}\bwhat (?:it is|it could be|i (?:have|got)"
    r"|i'?ve got|(?:is|'s) (?:wrong|the matter)|my (?:problem|diagnosis) is|could be wrong)\b"
)
"""What ails the knee is asked: "can you tell me what I have?"."""
KNOWN_CONDITIONS = ("ask_diagnosis", "ask_condition")
_OUTBURST = re.compile(
    r"\b(?:you (?:don'?t|do not) know (?:anything|a thing|much)|useless|waste of (?:my )?time"
    r"|this is (?:(?:so |really |just )?(?:ridiculous|stupid|outrageous|unacceptable|disgraceful|appalling)"
    r"|an? (?:joke|rip[- ]?off|scam|disgrace|outrage))|what a (?:joke|rip[- ]?off|disgrace)"
    r"|are you (?:even )?listening"
    r"|(?:you(?:'re| are|r| guys are)?|ur?(?: r| are)?|this(?: thing| chat| bot)?(?:'s| is)?|that(?:'s| is| was)?)"
    r" (?:really |just |of |being |absolutely |so |been )*(?:no|not|zero|little|not much|not any|n't)(?: of)?"
    r" (?:much |any |very |a |at all |real )*(?:help|helpful|helping|use|good at this)"
    r"|(?:you|this(?: thing| chat| bot)?|that) (?:are|is|was)n'?t (?:much |any |very |really |being )*(?:help"
    r"|helpful|helping|of use|any use)"
    r"|you (?:can'?t|cannot|don'?t|didn'?t|won'?t|haven'?t) (?:even |really )?help(?:ed)?(?: me)?(?: at all)?$"
    r"|^(?:wow |well |so )?(?:no help(?: at all)?|not (?:very |really )?help(?:ful|ing))$|unhelpful)\b"
)
ONE_WORD = {"book": "book", "booking": "book", "appointment": "book", "visit": "book", "help": "help"}
"""What one word means where no question is open."""
_JUST_BOOK = re.compile(
    r"(?:(?:just|please|pls|ok|okay|yes|yeah|sure|great|brilliant|perfect|excellent|lovely|wonderful|awesome|fantastic"
    r"|good|cool|nice|alright|all right|sounds (?:good|great)|then|so|can you|can we|can i|let me|let's|i want to"
    r"|skip(?: \w+){0,3}|enough)[ ,.!]*)*"
    r"book(?: (?:it|me|me in|now|already|a visit|a time|an? (?:appointment|appt)"
    r"|the (?:\w+ )?(?:thing|visit|appointment|time)))?(?:[ ,]*(?:please|pls|now|asap|already))*"
)
"""In the middle of the questions: a visit, and no more of them than must be."""
ACTS_BY_WORDS = (
    "which_suits", "no_visit", "keep_visit", "visit_lookup", "extend_hold", "how_to_change", "reminder", "not_known",
    "no_offence", missed_point.ACT,
)  # fmt: skip
"""Acts that only these words lead to: the classifier knows no sentences for them."""
MAY_STAND_BESIDE = ("why_ask", "help", "what_means", "how_many_more", "how_to_change", "reminder", "not_known")
"""Questions that leave an answer in the same text as it is."""
BOOKING_STEPS = ("appointment", "contact", "first_name", "read_back")


def plainly_meant(understood: Understood, asked: str | None, *, has_visit: bool = False) -> Understood:
    """A text, read as what its words say beyond doubt. Its signs are left alone.

    `has_visit`: a visit was asked for in this chat, or is being moved.
    """
    said = plain(understood.as_meant)
    beside = understood.answer is not None and question_behind(understood.text) is not None
    if (act := _steering_act(said, asked, has_visit)) is not None and not (beside and act in MAY_STAND_BESIDE):
        told = _told_beside(act, understood.findings)
        return replace(understood, intent=act, confidence=1.0, answer=None, corrections={}, findings=told)
    if language_of(understood.text) == SPANISH:
        return replace(understood, intent="other_language", confidence=1.0, answer=None, corrections={})
    behind = question_behind(understood.text)
    feared = behind is None or (understood.answer is None and fears_the_worst(behind))
    if fears_the_worst(said) and not understood.findings and feared:
        more = {name: value for name, value in understood.more.items() if name != "who_for"}  # "tell me that ..."
        return replace(understood, intent="distress", confidence=1.0, answer=None, corrections={}, more=more)
    if understood.intent == "withdraw_consent" and asks_about_data(understood.text):
        return replace(understood, intent="ask_privacy", confidence=1.0)
    if understood.intent in VISIT_CHANGES and not _OF_A_VISIT_CHANGED.search(said):
        # a visit is not put at stake on a guess
        guessed = {"intent": "distress", "confidence": 1.0} if is_afraid(said) else {"intent": "nlu_fallback"}
        return replace(understood, **guessed)
    if (asks := _plainly_asked(said, understood)) is not None:
        return replace(understood, intent=asks, confidence=1.0)
    if understood.intent == "who_says" and not _SOURCES.search(said):
        return replace(understood, intent="inform")  # "the doctor never said so" asks for no source
    if understood.intent == "stop" and wants_to_go_on(said):
        return replace(understood, intent="inform", confidence=1.0)
    if not understood.findings and len(said) <= LONGEST_OF_THESE and _NO_ENGLISH.fullmatch(said):
        return replace(understood, intent="other_language", confidence=1.0, answer=None, corrections={})
    if wants_money_back(said):
        told = _signs_only(understood.findings)  # "back" is no place at the knee
        return replace(understood, intent="already_patient", confidence=1.0, answer=None, corrections={}, findings=told)
    if _STOP.fullmatch(said):
        return replace(understood, intent="stop", confidence=1.0, answer=None, findings={}, corrections={}, negated=())
    if _HUMAN.search(said) and not is_question(understood.text):
        return replace(understood, intent="talk_to_human", confidence=1.0, answer=None, corrections={})
    if asked == "read_back":
        said = plain(_in_front_of_a_question(understood))
        if _MAIL_ME.search(said) and not _NOT_RIGHT.search(said):
            return replace(understood, intent="affirm", answer="yes_email", findings={}, corrections={}, negated=())
        if _MORE_TIMES.search(said):
            return replace(understood, intent="inform", answer="add_time", findings={}, corrections={}, negated=())
        parts = re.split(r"(?<=[.!])\s+", said)
        if any(_RIGHT.match(part) for part in parts) and not _NOT_RIGHT.search(said):
            return replace(understood, intent="affirm", answer="yes", findings={}, corrections={}, negated=())
        if _NOT_RIGHT.search(said) and understood.answer == "yes":
            return replace(understood, intent="change_answer", answer=None)
    return understood


def _in_front_of_a_question(understood: Understood) -> str:
    """What stands in front of a question: in "Looks good. Can it go wrong?" nothing is called wrong."""
    text, behind = understood.as_meant, question_behind(understood.as_meant)
    return text[: text.rindex(behind)] if behind is not None else text


def _plainly_asked(said: str, understood: Understood) -> str | None:
    """A question on a fact of the clinic, whatever the classifier makes of the words around it; or an outburst."""
    if _PHONE.search(said) and not any(char.isdigit() for char in said):
        return "ask_location"
    if is_question(understood.text) and _IS_IT_A_PERSON.search(said):
        return "ask_bot"
    if _WITH_DATA.search(said):
        return "ask_privacy"
    if (own := next(filter(None, map(own_answer, parts_of(understood.text))), None)) is not None:
        return CARRIERS[own]
    asks = is_question(understood.text) and not understood.intent.startswith("ask_")
    if understood.intent not in KNOWN_CONDITIONS and is_question(understood.text) and _WHAT_IS_IT.search(said):
        return "ask_diagnosis"
    if asks and _PRICE.search(said):
        return "ask_cost"
    told = understood.findings or understood.answer is not None
    asks_else = understood.intent.startswith("ask_") and understood.intent != "ask_bot"
    return "insult" if not told and not asks_else and _OUTBURST.search(said) else None


def _steering_act(said: str, asked: str | None, has_visit: bool) -> str | None:
    if missed_point.says_missed(said):
        return missed_point.ACT
    if excuses_mood(said):
        return "no_offence"
    if asked is None and said in ONE_WORD:
        return ONE_WORD[said]
    if asked is None and _JUST_BOOK.fullmatch(said):
        return "book"
    if asked and asked not in (*BOOKING_STEPS, "options", "consent") and _JUST_BOOK.fullmatch(said):
        return "book"
    if asked not in (*BOOKING_STEPS, "options", "consent", "after_alarm") and _GETS_IN.search(said):
        return "book"
    if asked and asked not in BOOKING_STEPS and _NO_TIME.fullmatch(said):
        return "later" if asked == "after_offer" else "stop"
    if puts_off(said, asked):
        return "later"
    if asked and _NO_MORE_CONSENT.search(said):
        return "withdraw_consent"
    if asked and asked != "options" and _AT_A_LOSS.fullmatch(said):
        return "distress"
    if asked in ("contact", "first_name") and _CALLS_THEM.search(said):
        return "skip"
    if asked not in _CONTACT_STEPS and _CALL_ME.search(said):
        return "call_me"
    if asked and _MUST_I.fullmatch(said):
        return "how_many_more"
    if asked and _HELP.search(said):
        return "help"
    if asked and _WHY.search(said):
        return "why_ask"
    if asked and asks_for_meaning(said, asked):
        return "what_means"
    of_the_chat = asked not in ("options", "appointment", "read_back") or "all this" in said
    if asked and of_the_chat and asks_how_long(said):
        return "how_many_more"
    about_visit = asked_about_visit(said)
    if about_visit == "not_known" and len(parts_of(said)) > 1:
        about_visit = None  # it stands behind another question, and is answered with it
    if about_visit is not None and not (about_visit == "reminder" and asked == "read_back"):
        return about_visit
    if has_visit and asked != "cancel_visit" and _ABOUT_MOVING.search(said):
        return "reschedule"
    if asked in HELD_STEPS and _EXTEND.search(said):
        return "extend_hold"
    if asked in BOOKING_STEPS and _NO_VISIT.search(said) and not _STOP.fullmatch(said):
        return "no_visit"
    if asked in BOOKING_STEPS and lets_visit_go(said):
        return "no_visit"
    if asked in _NAMED_STEPS and gives_up(said):
        return "no_visit"
    if asked == "contact" and has_none_to_give(said):
        return "skip"
    return "which_suits" if _WHICH_SUITS.search(said) and not _MEDICINE.search(said) else None


def _told_beside(act: str, findings: Mapping[str, Any]) -> dict[str, Any]:
    """What a text tells of the knee beside what it wants; the times in a wish for a call are no story of the knee."""
    if act == "which_suits":
        return dict(findings)
    if act == "call_me":
        return {name: value for name, value in findings.items() if name != "pain_duration_days"}
    return _signs_only(findings)


def _signs_only(findings: Mapping[str, Any]) -> dict[str, Any]:
    """What is never left aside, whatever else a text is about."""
    return {name: value for name, value in findings.items() if name == "red_flags"}


def speaks_of_person(text: str) -> bool:
    """Whether the words could ask for a person at all: "another adult" tells whom it is about."""
    return bool(_OF_A_PERSON.search(plain(text)))


def question_sentence(text: str) -> str | None:
    """The question behind an answer with what stands in front of it in its sentence: "I read of Botox, what is it?"."""
    behind = question_behind(text)
    if behind is None:
        return None
    starts = [mark.end() for mark in re.finditer(r"[.!?]\s+", text[: text.rindex(behind)])]
    return text[starts[-1] :] if starts else behind


def question_behind(text: str) -> str | None:
    """The question that follows an answer in the same text: "for me. Do you take insurance?"; None without one."""
    parts = [part for part in _PARTS.split(text.strip()) if part]
    for place, part in enumerate(parts[1:], start=1):
        if is_question(part) and len(part.split()) >= SHORTEST_QUESTION:
            return " ".join(parts[place:])
    return None


def keeps_visit(text: str) -> bool:
    """Whether somebody who was about to move a visit leaves it as it was."""
    return bool(_KEEPS.search(plain(text)))


def wants_to_go_on(text: str) -> bool:
    """Whether the text only says that the visitor would like to go on."""
    return bool(_GO_ON.fullmatch(plain(text)))


def keeps_back(text: str) -> bool:
    """ "No, I would prefer not to": what was asked for is not given, and nothing else is said."""
    return bool(_KEEPS_BACK.fullmatch(plain(text)))


def wants_all_deleted(text: str) -> bool:
    """ "Delete everything I told you": plain enough for nobody to doubt it."""
    return bool(_FORGET_ALL.search(text))


def wants_copy(text: str) -> bool:
    """ "Can I have a copy of this chat?": one's own data are asked for; papers of the clinic's own are not meant."""
    return bool(_COPY.search(text)) and not _NO_COPY.search(text)


def wants_visit(text: str) -> bool:
    """ "I'd love to come in": a visit is wanted, whatever else is told."""
    said = plain(text)
    return bool(_WANTS_VISIT.search(said)) and not _OTHER_VISIT.search(said)


def wants_more(text: str) -> bool:
    """Whether a question asks to hear more of something, whatever there is to tell."""
    return bool(_MORE.search(plain(text)))


def asks_about_data(text: str) -> bool:
    """ "What happens with my data?": a question about them, with no word that takes anything back."""
    said = plain(text)
    return is_question(text) and bool(_OF_DATA.search(said)) and not _UNDOES.search(said)


def speaks_of_agreement(text: str) -> bool:
    """Whether the words could take an agreement back at all."""
    return bool(_WITHDRAWS.search(plain(text)))


def line_named(text: str) -> int | None:
    """The line of the read-back that is named by its number: "change 3"."""
    found = _LINE.fullmatch(text.strip())
    return int(found["number"]) if found else None


def is_question(text: str) -> bool:
    """Whether the text asks: a question mark, or a question word in front."""
    words = text.casefold().split()
    first = words[0].strip(",.").replace("\u2019", "'") if words else ""
    return "?" in text or first in QUESTION_WORDS or first.removesuffix("'s") in QUESTION_WORDS[:7]
