"""What a visitor wishes about the time of the visit: "next Tuesday after 3", "mornings only", "the last one". PURE.

The text is written out (when_typed), cut where it takes itself back (when_taken_back), and each thought is read for
one of the offered times, for days and for hours. What is wished beside a time is kept in words (when_note).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from knee_intake.understanding import when_picks as picks
from knee_intake.understanding import when_words as said
from knee_intake.understanding.plain import in_front, plain
from knee_intake.understanding.types import UNSURE
from knee_intake.understanding.when_days import read_days
from knee_intake.understanding.when_hours import read_hours
from knee_intake.understanding.when_note import read_note
from knee_intake.understanding.when_stories import without_stories
from knee_intake.understanding.when_taken_back import thoughts
from knee_intake.understanding.when_typed import as_read
from knee_intake.understanding.when_wish import Wished
from knee_intake.understanding.yes_no import read_yes_no

_OFFSET = re.compile(r"(?<=t\d\d:\d\d)(?::\d\d)?(?:[+-]\d\d:\d\d|z)?")
"""What follows the minutes in an ISO time, such as an offered one."""
_MANNERS = re.compile(
    r"\bif (?:that|it)(?:'s| is) (?:of )?any (?:use|help)(?: to you)?\b|\bi hope (?:that|this|it) helps\b"
    r"|\bwith kind regards\b|\bmuch obliged\b"
)
"""Said behind a wish, and no wish."""
_NEW_YEAR = re.compile(r"\b(?:in|into|early\s+in)\s+the\s+new\s+year\b")


def read_wish(text: str, now: datetime) -> dict[str, Any] | str | None:
    """The wish as a dictionary of all its parts; "unsure"; None where the text says nothing about a time.

    A time of day alone ("at 10") is exact: `after` and `before` are the same. `which` and `note` stand in it only
    where they are said: a note is what is wished beside a time, in the visitor's words. `now` is local to the clinic.
    """
    low = as_read(_NEW_YEAR.sub("from new year", _OFFSET.sub("", _MANNERS.sub(" ", plain(text)))))
    if said.PUT_OFF.search(low):
        return None
    low = without_stories(low)
    wish, takes_any = Wished(), False
    for thought in thoughts(low):
        read = _read_thought(thought, now)
        takes_any = bool(said.ANY.search(_without_refusals(thought)) or said.EITHER_PART.search(thought))
        wish = wish.changed_by(read)
    wish = replace(wish, note=read_note(text))
    if wish != Wished() or takes_any:
        return wish.as_answer()
    return UNSURE if read_yes_no(text) == UNSURE else None


def _read_thought(low: str, now: datetime) -> Wished:
    wish = Wished(pick=picks.read_pick(low), which=picks.read_which(low))
    if wish.pick is not None:
        return wish
    free = _without_refusals(low)
    read_hours(low, read_days(low, now, wish), wish)
    refuses = free != low and not (wish.not_weekdays and said.ANY_OTHER.search(low))
    wish.none_fits = wish.none_fits or (refuses and not said.ANY.search(free)) or picks.refuses_one(low)
    wish.asap = wish.which is None and not wish.none_fits and _is_asap(low, wish)
    return wish


def _is_asap(low: str, wish: Wished) -> bool:
    """ "earliest" may also only bound a day or an hour: "the 15th at the earliest"."""
    match = said.ASAP.search(low)
    bounds = (wish.earliest and not wish.latest) or (wish.after and not wish.before)
    return bool(match and not (bounds and "earliest" in match.group()))


def _without_refusals(low: str) -> str:
    """The text with an x for each letter of its words that refuse the offered times."""

    def blank(match: re.Match[str]) -> str:
        named = said.NAMED_TIME.search(in_front(low, match.start()))
        of_a_day = (match.group().endswith(("work", "fit", "suit", "good")) and named) or said.DAY.search(match.group())
        return match.group() if of_a_day else "x" * len(match.group())

    return said.NOTHING_OFFERED_FITS.sub(blank, low)
