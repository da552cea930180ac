"""How a day or an hour bounds the time of a visit: "after the 15th", "I work until 4", "not before noon". PURE."""

from __future__ import annotations

import re

from knee_intake.understanding import when_words as said
from knee_intake.understanding.plain import in_front
from knee_intake.understanding.when_wish import Bound


def bound_of(low: str, start: int, end: int) -> Bound | None:
    """Whether a day or an hour is where the free time begins or ends; being busy until then turns it round."""
    before = in_front(low, start)
    if said.OR_LATER.match(low, end):
        return "from"
    if said.OR_EARLIER.match(low, end):
        return "to"
    if said.MUST_END.search(before):
        return "to"
    bound: Bound = "from"
    lead = said.FROM.search(before)
    if not lead:
        lead, bound = said.TO.search(before), "to"
    if not lead:
        return None
    clause = re.split(said.CLAUSE, before[: lead.start()])[-1]
    turned = said.NOT_FREE.search(clause) and not lead.group().startswith(said.OF_ITSELF)
    return ("to" if bound == "from" else "from") if turned else bound


def bound_of_that(low: str) -> Bound | None:
    """ "I pick up the kids at 3, so earlier than that": how what was named before bounds."""
    match = said.THAN_THAT.search(low)
    return None if not match else "to" if match["to"] else "from"


def is_denied(low: str, start: int, end: int) -> bool:
    """ "not the first one", "the second one doesn't work"."""
    return bool(said.EXCEPT.search(in_front(low, start)) or said.DENIED_AFTER.match(low, end))
