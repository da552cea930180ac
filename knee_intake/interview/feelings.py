"""Words of fear, to which no article is an answer: for the knee, which is met with what to watch for, or of despair.
PURE.
"""

from __future__ import annotations

import re

from knee_intake.interview.offered import plain

_FEARS = re.compile(
    r"""\b(?:will|am|are|could|might|going\ to|gonna)\b.{0,25}\b(?:lose|losing)\ (?:my|the)\ (?:leg|foot|knee)\b
    |\bnever\ (?:be\ able\ to\ )?(?:walk|run|dance)(?:\ \w+)?\ again\b|\bend\ up\ in\ a\ wheelchair\b
    |\btell\ me\ (?:that\ )?(?:it|this|everything)(?:'s|\ is|\ isn't|\ will\ be)\b
        .{0,15}\b(?:bad|fine|ok|okay|nothing|cancer|serious)\b
    |\b(?:is|will)\ (?:it|this|everything)\ (?:going\ to\ )?be\ (?:ok|okay|all\ right|alright|fine)\b
    |\bwhat\ if\ (?:it|this)(?:'s|\ is)\b.{0,15}\b(?:awful|terrible|bad|worse|serious|cancer|tumou?r|permanent)\b
    |\b(?:am\ i\ (?:going\ to|gonna)|will\ i)\ (?:ever\ )?(?:be|get)\ (?:ok|okay|all\ right|alright|fine|better)\b
    |\bam\ i\ (?:going\ to\ die|dying)\b""",
    re.VERBOSE,
)
_AFRAID = re.compile(
    r"\b(?:scared|terrified|frighten\w*|nervous|afraid|panick\w*|panic|worried sick|so worried|really worried|anxious"
    r"|petrified)\b"
)
_NOT_AFRAID = re.compile(
    r"\bi'?m afraid(?:\W*$|[,.;]| (?:not|so|i\b|that's|it's))|\bnot (?:\w+ )?(?:scared|afraid|worried|anxious)\b"
)


_DESPAIR = re.compile(
    r"\b(?:can'?t (?:cope|take|do this|go on|bear|stand|handle|keep|live)|any ?more|alone|lonely|nobody|no one|hopeless"
    r"|helpless|desperate|depress\w*|despair\w*|cry|crying|cried|falling apart|break(?:ing)? down|give up|giving up"
    r"|the point|worthless|burden|miserable|life|live|living|end it|exhausted|overwhelmed|at the end)\b"
)

_OF_KNEE = re.compile(r"\b(?:knees?|legs?|foot|walk\w*|run(?:ning)?|surgery|operation|needles?|shots?)\b")


_KIN = (
    r"(?:(?:grand|step|god)?(?:mother|father|mom|mum|mommy|dad|daddy|ma|pa|son|daughter|child|kid|parents?)"
    r"|grandma|grandpa|nana"
    r"|husband|wife|spouse|partner|fianc[eé]e?|boyfriend|girlfriend|brother|sister|twin|baby|aunt|uncle|cousin"
    r"|niece|nephew"
    r"|best friend|friend|neighbou?r|dog|cat)"
)
_LOSS = re.compile(
    rf"\b(?:my|our|his|her) (?:\w+ ){{0,2}}?{_KIN} (?:has |had |have )?(?:just |recently |sadly |suddenly |also )*"
    r"(?:died|passed (?:away|on\b(?! (?:the|her|his|their|my))|last (?:week|month|year|night|\w+day)"
    r"|this (?:week|month|year))"
    r"|was killed|is (?:dead|no longer with us))\b"
    rf"|\b(?:i|we) (?:have |had |ve |just |recently |also )*lost (?:my|our) (?:\w+ ){{0,2}}?{_KIN}\b(?!'s)"
    rf"|\b(?:death|passing|loss|funeral) of (?:my|our) (?:\w+ )?{_KIN}\b|\bmy (?:late|dead) {_KIN}\b"
    rf"|\b{_KIN}'s (?:death|passing|funeral)\b|\bi'?m (?:still )?(?:grieving|in mourning)\b"
)
"""Somebody died; whom one lost in a crowd is not meant often enough to matter."""
LONGEST_EXCUSE = 80
"""Characters."""
_MOOD = re.compile(
    r"""(?:(?:oh|ok|okay|hey|no|well|just|it's|its|it|been|sorry|i'm|im|i\ am|i\ was|i\ have|i've|had|having|is
    |was|so|very|really
    |to\ be|for\ (?:that|this|being)|about\ that|my|apologies|i|apologi[sz]e|a|an|the|if\ i\ (?:was|am)
    |that\ (?:was|i\ was)
    |didn't\ mean\ to|did\ not\ mean\ to|be|sound|snap|today|such)[ ,.!]*)*
    (?P<mood>(?:bad|rough|hard|long|awful|terrible|tough|crazy|crappy|horrible|stressful|shitty|lousy)\ (?:day
    |week|morning|mood)
    |rude|grumpy|cranky|snappy|snapping|in\ a\ mood|short\ with\ you|yelling|shouting|swearing|cursing
    |being\ (?:mean|difficult)
    |snapped|moody|irritable)
    (?:[ ,.!]*(?:at\ you|today|here|at\ work|sorry|that's\ all|with\ you|to\ you|earlier|before|just\ now
    |my\ bad|i'm\ sorry))*[ ,.!]*""",
    re.VERBOSE,
)
""" "Sorry, bad day": an excuse for how somebody spoke."""
_GOODBYE = re.compile(
    r"\b(?:good ?bye|bye|later|see (?:you|ya)|take care|good ?night|cheers|have a (?:good|nice|great)|thanks?"
    r"|thank|that'?s (?:all|it)"
    r"|that is (?:all|it)|that will be all|ciao|adios|adieu|farewell|so long|done|gotta|leave|leaving|ttyl|end"
    r"|finish\w*|enough|good day"
    r"|all set|nothing|gone|go|going|off|quit|log|exit|close|stop|no more)\b"
)
"""Words without one of which nobody says goodbye."""


def tells_of_loss(text: str) -> bool:
    """Whether the words tell that somebody close has died."""
    return bool(_LOSS.search(plain(text)))


def excuses_mood(said: str) -> bool:
    """ "Sorry, bad day" (`offered.plain`): nothing is meant by it but that."""
    return len(said) <= LONGEST_EXCUSE and bool(_MOOD.fullmatch(said))


def says_goodbye(text: str) -> bool:
    """Whether the words could be a goodbye at all."""
    return bool(_GOODBYE.search(plain(text)))


def fears_for_knee(text: str) -> bool:
    """Whether a frightened text is about what will become of the knee, with no word of despair in it."""
    said = plain(text)
    return (fears_the_worst(text) or (is_afraid(text) and bool(_OF_KNEE.search(said)))) and not _DESPAIR.search(said)


def fears_the_worst(text: str) -> bool:
    """ "Will I lose my leg?": a fear in the form of a question."""
    return bool(_FEARS.search(plain(text)))


def is_afraid(text: str) -> bool:
    """Whether the words tell of fear."""
    said = plain(text)
    return bool(_AFRAID.search(said)) and not _NOT_AFRAID.search(said)
