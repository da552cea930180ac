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
