"""The hours of a wish for a time: "between 2 and 4", "I get off at 5", "not in the morning", "3ish". PURE."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from knee_intake.understanding import when_words as said
from knee_intake.understanding.dates import DateSpan
from knee_intake.understanding.plain import in_front
from knee_intake.understanding.times import TimeOfDay, find_times
from knee_intake.understanding.when_bounds import bound_of, bound_of_that, is_denied
from knee_intake.understanding.when_wish import Wished

EVENING = 18
"""An hour: who is busy until then is free before."""


def read_hours(low: str, dates: Iterable[DateSpan], wish: Wished) -> None:
    """Put the hours that a plain text names into `wish`; the dates in it are no hours."""
    masked = said.ONE_OF_THEM.sub(lambda m: (m["lead"] or "").ljust(len(m[0])), low)
    for day in dates:
        if not low[day.start : day.end].startswith(("tonight", "this ")):
            on = said.ON.search(in_front(low, day.start))
            masked = _blank(masked, day.start - len(on[0] if on else ""), day.end)
    times: list[TimeOfDay] = []
    for time in find_times(masked):
        ranged = times and said.RANGE_JOIN.fullmatch(masked, times[-1].end, time.start)
        if ranged or _is_hour(masked, time):
            times.append(time)
    for i, time in enumerate(times):
        _take_time(masked, time, times[i - 1] if i else None, wish)
    for time in times:
        masked = _blank(masked, time.start, time.end)
    _read_part_of_day(masked, wish)
    if wish.before and wish.after and wish.before < wish.after:
        wish.after = wish.before = None  # "before 11 or after 3": all but the middle of the day
    if wish.not_weekdays and not wish.weekdays and wish.after and wish.after == wish.before:
        wish.after = wish.before = None  # "I have therapy on Mondays at 2"


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _is_hour(text: str, time: TimeOfDay) -> bool:
    if text.startswith("lunch", time.start):
        return False  # a part of the day
    if time.sure or bound_of(text, time.start, time.end) or said.HOUR_LED_IN.search(in_front(text, time.start)):
        return True
    alone = not re.search(r"[a-z]", text[: time.start] + text[time.end :])
    if is_denied(text, time.start, time.end) and said.HOUR_DENIED.match(text, time.end):
        return True
    return alone or bool(said.OR_LATER.match(text, time.end) or said.HOUR_LED_OUT.match(text, time.end))


def _take_time(text: str, time: TimeOfDay, previous: TimeOfDay | None, wish: Wished) -> None:
    bound = bound_of_that(text[time.end :]) or bound_of(text, time.start, time.end)
    if previous and said.RANGE_JOIN.fullmatch(text, previous.end, time.start):
        if said.NOT_FREE.search(in_front(text, previous.start)):
            late = previous.hour < EVENING and (time.hour <= previous.hour or time.hour >= EVENING)
            wish.after, wish.before = (None, str(previous)) if late else (str(time), None)  # "I work from 9 to 5"
        else:
            wish.after, wish.before = str(previous), str(time)
    elif bound == "to":
        wish.before = str(time)
    elif bound == "from":
        wish.after = str(time)
    elif _is_refused(text, time):
        wish.none_fits = not wish.not_weekdays  # "3 doesn't work": an hour that was offered
    elif time.about:
        wish.after, wish.before = (f"{hour:02d}:{time.minute:02d}" for hour in _around(time.hour))
    elif wish.after is None and wish.before is None:
        wish.after = wish.before = str(time)
    else:
        wish.before = max(wish.before or "", str(time))


def _is_refused(text: str, time: TimeOfDay) -> bool:
    """Whether an hour does not suit; "is 8:30 too early?" asks for it, "I work 9 to 5" is a span."""
    if said.ASKS_IF.match(text) or said.RANGE_FOLLOWS.match(text, time.end):
        return False
    return is_denied(text, time.start, time.end)


def _around(hour: int) -> tuple[int, int]:
    return max(hour - 1, 0), min(hour + 1, 23)


def _read_part_of_day(text: str, wish: Wished) -> None:
    """The part of the day that a text names; beside an hour it only adds the side which that leaves open."""
    named = _parts_of_day(text)
    meant = [part for part in named if not is_denied(text, part.start, part.end)]
    between = text[meant[0].end : meant[1].start] if len(meant) > 1 else None
    if between and said.PARTS_LISTED.fullmatch(between) and not said.PREFERRED.search(between):
        meant = _joined(meant[0], meant[1])
        named = meant
    if between is not None and not between.strip():
        meant = [min(meant[:2], key=lambda part: part.hours)]  # "morning first thing"
    if meant:
        after, before = meant[0].after, meant[0].before
    elif (halves := [part for part in named if not (part.after and part.before)]) and not wish.not_weekdays:
        # denied: what is left of the day
        after = max((part.before for part in halves if part.before), default=None)
        before = min((part.after for part in halves if part.after), default=None)
    else:
        return  # "not on Monday mornings" leaves other mornings free
    after, before = wish.after or after, wish.before or before
    if not (wish.names_hours() and after and before and after >= before):
        wish.after, wish.before = after, before


@dataclass(frozen=True)
class _Part:
    start: int
    end: int
    after: str | None
    before: str | None

    @property
    def hours(self) -> int:
        """How long it is, in hours."""
        return int((self.before or "24:00")[:2]) - int((self.after or "00:00")[:2])


def _joined(one: _Part, other: _Part) -> list[_Part]:
    """Both parts as one, where they meet: "mornings or early afternoons"; else none, for no bound can say both."""
    first, second = sorted((one, other), key=lambda part: part.after or "")
    if first.before is None or second.after is None or first.before < second.after:
        return []
    return [_Part(one.start, other.end, first.after, second.before)]


def _parts_of_day(text: str) -> list[_Part]:
    """Every part of the day that a text names, in its order; of overlapping ones the more exact."""
    found: list[_Part] = []
    for pattern, after, before in said.PARTS_OF_DAY:
        for match in pattern.finditer(text):
            if not any(match.start() < other.end and other.start < match.end() for other in found):
                found.append(_Part(*match.span(), after, before))
    return sorted(found, key=lambda part: part.start)
