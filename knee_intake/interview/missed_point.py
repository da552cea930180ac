"""An answer that missed the point: where the visitor may say so with one tap, and the words that say so. PURE."""

from __future__ import annotations

import re
from collections.abc import Collection

from knee_intake.interview.say import Say

ACT = "missed_point"
NOT_RATED_IN = ("consent_pending", "refused", "advised")
"""Status of a conversation in which nothing is rated: without consent, and once a safety text has stopped it."""

_POINT = (
    r"(?:what\ i(?:'m|\ am|\ was|'ve|\ have)?\ (?:just\ )?(?:asked|asking|meant|mean|said|wanted\ to\ know)(?:\ you)?"
    r"(?:\ for|\ about)?|(?:my|the)\ (?:question|point))"
)
_WORDS = re.compile(
    rf"""(?:(?:no|nope|sorry|hey|hm+|but|wait|well|ok|okay|um+|actually|i\ think)[ ,.!]*)*
    (?:(?:(?:that|this|it)(?:\ is|'s|s|\ was)?\ )?(?:really\ )?not\ (?:at\ all\ |really\ |even\ )?{_POINT}
    |(?:that|this|it)\ (?:isn'?t|wasn'?t)\ (?:at\ all\ |really\ |even\ )?{_POINT}
    |(?:that|this|it)\ (?:doesn'?t|didn'?t|does\ not|did\ not)\ answer\ {_POINT}
    |you(?:'ve|\ have)?\ (?:totally\ |completely\ |just\ )?
        (?:misunderst\w+|misread|misheard|missed)(?:\ (?:me|that|it|{_POINT}))?
    |you\ (?:didn'?t|did\ not|don'?t|do\ not)\ (?:really\ )?(?:understand|get|answer)\ (?:me|{_POINT}))
    (?:[ ,.!]*(?:at\ all|though|sorry|please|again))*[ ,.!]*""",
    re.VERBOSE,
)


def says_missed(said: str) -> bool:
    """Whether these words (`offered.plain`) say that the last answer missed the point, and nothing else."""
    return bool(_WORDS.fullmatch(said))


def may_be_rated(says: Collection[Say], status: str, *, picked: bool) -> bool:
    """Whether the visitor may say of this reply that it is not what they meant.

    `status`: the conversation's after it. A reply with a safety text is never rated, and where an offered answer was
    `picked` there were no words to be taken wrongly.
    """
    return not picked and status not in NOT_RATED_IN and not any(said.alert for said in says)
