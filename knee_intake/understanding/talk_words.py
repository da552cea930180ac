"""The words that the readers of answers, times and corrections live on: what a slip in a reply most likely meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import ModuleType

from knee_intake.understanding import (
    calendar_words,
    correction_signs,
    score_words,
    unsure_words,
    when_picks,
    when_words,
    yes_no_words,
)
from knee_intake.understanding.digits import NUMBER_WORDS
from knee_intake.understanding.plain import word_set

CAPITALISED = word_set(
    """
    monday mondays tuesday tuesdays wednesday wednesdays thursday thursdays friday fridays saturday saturdays sunday
    sundays january february april june july august september october november december easter christmas halloween
    thanksgiving
    """
)
"""Written with a capital inside a sentence, and yet no names."""
_MORE = word_set(
    """
    gmail hotmail yahoo outlook icloud protonmail comcast verizon
    days weeks months years weekend weekends weekday weekdays fortnight yesterday tomorrow tonight noon midnight
    morning mornings afternoon afternoons evening evenings since before after between couple several earlier earliest
    latest later available option second quarter
    nowhere suppose believe remember recall doubt unfortunately occasionally frequently constantly barely likely
    insurance medicare statin statins hayfever faces husband daughter grandmother grandfather boyfriend girlfriend
    """
)
"""Beside the tables: mail providers, time, hedges, who and what the clinic asks about."""
_ESCAPE = re.compile(r"\\[a-zA-Z]")
_PLAIN_WORD = re.compile(r"[a-z]{3,}")


def _words_of(modules: Iterable[ModuleType]) -> set[str]:
    """All words that stand in the tables and patterns of these modules; some are only parts of words."""
    tables = [value for module in modules for value in vars(module).values()]
    lines = [table.pattern for table in tables if isinstance(table, re.Pattern)]
    lines += [" ".join(table) for table in tables if isinstance(table, frozenset)]
    return set(_PLAIN_WORD.findall(_ESCAPE.sub(" ", " ".join(lines))))


_ALARMING = word_set("confused confusing")
"""To correct an answer by, and a sign of an emergency: that must not rest on a guess."""
FROM_TABLES = (
    frozenset(
        _words_of((calendar_words, correction_signs, score_words, unsure_words, when_picks, when_words, yes_no_words))
    )
    | {word for name in (*calendar_words.ORDINALS, *NUMBER_WORDS) for word in name.split("-")}
) - _ALARMING
"""Read out of patterns: of these only what a dictionary knows is a word."""
TALK_WORDS = CAPITALISED | _MORE
"""Words for sure."""
