"""The words around a pain score. PURE."""

from __future__ import annotations

import re

from knee_intake.understanding.digits import NUMBER, RANGE

_TEN = r"(?:10|ten)\b"
SCALE = re.compile(
    rf"\b(?:scale\s+(?:of\s+|from\s+)?|from\s+)?(?:0|1|zero|one)\s*(?:-|to|through)\s*{_TEN}(?:\s*scale)?"
    rf"|\b(?:with|where)\s+{_TEN}\s+(?:being|is)|\b{_TEN}\s+being\b"
    rf"|\bout\s+of\s+{_TEN}(?=[\s,:]+(?:maybe|about|like|i'?d|it'?s|an?|probably|around)\b)"
)
OUT_OF = re.compile(
    rf"(?:between\s+)?({NUMBER})(?:{RANGE}({NUMBER}))?\s*(?:/|\bout\s+of\b|\bover\b|\bof\b|\bon\s+(?:a|the)\s+scale\b)\s*"
    rf"(?:a\s+(?:possible\s+)?)?(?:{_TEN}|(?<=scale)(?=\W|$))"
)
SAID = re.compile(rf"\b(?:between\s+)?({NUMBER})(?:ish\b|\s?\+)?(?:{RANGE}(?:an?\s+)?({NUMBER}))?(?:ish\b|\s?\+)?")
PAIN_BEFORE = re.compile(
    r"\b(?:pain|ache|hurts?|hurting|discomfort|severity|rate|rating|score|level)\b"
    r"(?:\s+(?:is|was|it|level|score|right|now|today|at|of|as|a|an|about|around|like|maybe|probably|currently|mostly"
    r"|usually|here|there|in|my|the|knee|knees|sits|hovers|near|close|to|i'd|i|would|say|call))*[\s:=~,]*$"
)
PAIN_AFTER = re.compile(r"\s*(?:on\s+(?:a|the)\s+(?:pain\s+)?scale|for\s+(?:the\s+)?pain|pain\s+level|level\s+pain)\b")
UNIT_AFTER = re.compile(
    r"\s*-?\s*(?:(?:or\s+so|more|good|full|whole|different|other)\s+)?(?:%|percent|am\b|pm\b|a\.m|p\.m|o'?clock|:\d"
    r"|/\d|st\b|nd\b|rd\b|th\b|minutes?|mins?\b|hours?|hrs?\b|seconds?|days?|nights?|weeks?|wks?\b|months?|mos?\b"
    r"|years?|yrs?\b|y/?o\b|decades?|times?|miles?|km\b|kilomet|steps?|flights?|blocks?|pounds?|lbs?\b|kg\b|mg\b"
    r"|milligrams?|pills?|tablets?|shots?|injections?|inch|feet|foot|kids?|children|people|doctors?|knees?|legs?|both"
    r"|of\s+(?:them|my|the|us)|thing|side|point|way|reason|place|spot|minute)"
)
NOW = re.compile(r"\b(?:now|today|currently|at\s+the\s+moment|this\s+morning|at\s+present|presently)\b")
OTHER_TIME = re.compile(
    r"\b(?:worst|worse|used\s+to|was|were|yesterday|last\s+(?:week|night|month)|before|at\s+night|goes?\s+(?:up|down)"
    r"|going\s+(?:up|down)|up\s+to|gets?|when|after|with(?!out)|on\s+(?:stairs|bad)|spikes?|flare|sometimes|ibuprofen"
    r"|at\s+(?:its|it's|the)\s+(?:best|peak)|at\s+(?:most|best)|climbing|walking|running|stairs|kneeling|standing)\b"
)
ZERO = re.compile(
    r"\b(?:no|zero|without|not\s+(?:any|in\s+any|in|having\s+any))\s+(?:\w+\s+)?(?:pain|discomfort)\b"
    r"|^\W*(?:none|nothing|no|not\s+at\s+all|nil|(?:it\s+)?(?:doesn't|does\s+not|dont|don't)\s+hurt)\b[^\d]*$"
)
TOP = re.compile(
    r"\bworst\s+(?:\w+\s+){0,2}(?:imaginable|possible|ever|i've\s+ever|of\s+my\s+life)|\bas\s+bad\s+as\s+it\s+(?:gets|can)"
    r"|\boff\s+the\s+(?:chart|scale)|\bmax(?:imum)?\b"
)
QUESTION = re.compile(r"^\W*(?:is|does|do|what|what's|whats|how|which|can|should|are|so\s+is)\b[^.!]*\?\s*$")
"""What asks about the scale gives no score."""

# ---------------------------------------------------------------- said in a story, without "out of ten"
_ABOUT = (
    r"(?:\s+(?:an?|about|around|like|maybe|probably|more|at|as|of|to|be|is|um|uh|only|just|roughly|solid"
    r"|good|strong|mostly|usually|now|honest|honestly|the|say|near|close|really))*[\s,~]*"
)
FRAME = re.compile(
    rf"(?:\b(?:i'?d|i\s+would|i'?ll|i\s+will|we'?d|i)\s+(?:say|put|call|rate|give|guess|go\s+with)(?:\s+(?:it|it's|that|this|mine|the\s+(?:pain|knee|ache)|my\s+(?:pain|knee)))?{_ABOUT}"
    rf"|\b(?:call\s+it|put|make\s+(?:it|that)|give\s+it|let'?s\s+say){_ABOUT}"
    rf"|\b(?:it'?s|it\s+is|that'?s|(?:pain|knee|ache)(?:'?s|\s+is)|(?:hurts|aches|throbs))\s+(?:\w+\s+)?(?:an?|about|around|like|maybe|probably|more|at){_ABOUT}"
    rf"|\bi\s+think\s+(?:maybe|about|it's|around|a|an|like){_ABOUT}"
    rf"|\bout\s+of\s+(?:10|ten)\b[,:]?{_ABOUT}"
    rf"|\b(?:at\s+rest|resting|sitting(?:\s+down)?|lying\s+down|in\s+the\s+mornings?|usually|normally|otherwise|today|right\s+now|now)"
    rf"[\s,:]+(?:it'?s\s+)?(?:an?|about|around|like|maybe){_ABOUT}"
    rf"|^\W*(?:um+|uh+|oh|well|maybe|about|like|an?|so|er|hm+|i\s+think|probably)?{_ABOUT})$"
)
REPAIR = re.compile(rf"\b(?:no|wait|sorry|actually|i\s+mean|er+m?|rather){_ABOUT}$")
"""In front of a score that mends the one before it."""
FINAL = re.compile(
    rf"(?:\b(?:call\s+it|put|make\s+(?:it|that)|let'?s\s+say|sorry|no|wait|actually|i\s+mean|(?:i'?d|i\s+would)\s+say){_ABOUT}|\*\s*)$"
)
"""The score that stands, of several."""
FRAME_ENDS = re.compile(
    r"\s*(?:$|[.,;!?\u2026)*]|(?:if|so|but|and|or|on|at|in|when|with|where|right|now|today|out|most|maybe|until|sitting|walking|standing|resting"
    r"|for\s+me|i|because|really|though|tops|max|depending|going|to|as|pain|then|rn|probably|after|before|while|lol|even|just|cos|cause)\b)"
)
NOW_AFTER = re.compile(r"\s*(?:right\s+now|now|today|at\s+rest|at\s+the\s+moment|sitting\s+here|sat\s+here|rn)\b")
CLAUSE_START = re.compile(r"(?:^|[.,;:!?-]|\b(?:and|but|um|uh|so))\s*(?:an?\s+|about\s+|maybe\s+|like\s+)*$")
FROM_TO = re.compile(
    rf"\bfrom\s+(?:like\s+|about\s+|maybe\s+|an?\s+)*(?P<was>{NUMBER})(?:\s*/\s*10)?\s+(?:down\s+|up\s+)?to\s+"
    rf"(?:like\s+|about\s+|maybe\s+|around\s+|an?\s+)*(?P<now>{NUMBER})(?:\s*/\s*10)?(?![\d/])"
)
CHANGED = re.compile(r"\b(?:took|taken|went|gone|dropped|got|gotten|down|brought|came|reduced|eased|fell|helped|cut)\b")
OF_SOMETHING_ELSE = re.compile(
    r"\b(?:rated?|gave|give)\s+(?:the|this|that|your|my|his|her|a|an)\s+(?!pain|knees?|ache|discomfort|left|right|joint|leg)\w+"
)
