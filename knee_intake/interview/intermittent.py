"""Whether words tell of something that comes and goes: "it catches now and then but lets go". PURE."""

from __future__ import annotations

import re

from knee_intake.interview.offered import plain

LASTING = frozenset({"locked_knee"})
"""Signs of a state that lasts: a knee that catches and lets go is not stuck."""

_COMES_AND_GOES = re.compile(
    r"""\b(?:now\ and\ (?:then|again)|once\ in\ a\ (?:while|blue\ moon)|sometimes|at\ times|on\ and\ off|off\ and\ on
    |every\ (?:now\ and\ then|so\ often|once\ in\ a\ while)|occasionally|comes\ and\ goes|come\ and\ go
    |(?:lets?|letting)\ (?:it\ |me\ )?go|(?:un|re)(?:locks|leases)|(?:pops|comes|gets)\ (?:free|loose|back)
    |for\ (?:just\ |only\ )?(?:a|one|half\ a|a\ few|a\ couple\ of?)\ (?:sec(?:ond)?s?|moments?|minutes?)
    |then\ (?:it\ )?(?:is|it's|goes|gets)\ (?:fine|ok|okay|free|good|again))\b""",
    re.VERBOSE,
)
_NOW = re.compile(
    r"\b(?:right now|just now|at the moment|today|still|stays|since|all the time|always|can't|cannot|won't)\b"
)


def comes_and_goes(text: str) -> bool:
    """Whether the text tells of spells that end by themselves, and of nothing that is so now."""
    said = plain(text)
    return bool(_COMES_AND_GOES.search(said)) and not _NOW.search(said)
