"""How long people take, as counts of seconds: small to store, added up over days, the median kept. PURE."""

from __future__ import annotations

from collections.abc import Mapping

LONGEST_S = 1800
"""Whoever answers later than that has been away: such a pause tells nothing of the question."""
_STEPS = ((120, 1), (600, 5), (LONGEST_S, 30))
"""(up to so many seconds, in steps of so many seconds)"""


def bin_of(seconds: float) -> int | None:
    """The lower end of the step that holds this pause, in seconds; None for one that does not count."""
    if not 0 <= seconds <= LONGEST_S:
        return None
    step = next(step for limit, step in _STEPS if seconds <= limit)
    return int(seconds // step * step)


def quantile(counts: Mapping[int, int], share: float) -> int | None:
    """The pause that `share` of them do not exceed (nearest rank), in seconds; None where there is none."""
    total = sum(counts.values())
    if not total:
        return None
    rank, seen = max(1, -(-total * share // 1)), 0
    for seconds in sorted(counts):
        seen += counts[seconds]
        if seen >= rank:
            return seconds
    return max(counts)
