"""Typing errors on purpose: the classifier trains on its sentences as thumbs on a phone would write them, too."""

from __future__ import annotations

import random

SHORTEST = 8
"""Characters; a shorter text would lose its meaning."""


def misspell(text: str, seed: int) -> str:
    """The text with one letter swapped with the next, left out or doubled; the same for the same seed."""
    if len(text) < SHORTEST:
        return text
    chance = random.Random(seed)
    place = chance.randrange(1, len(text) - 2)
    before, here, after, rest = text[:place], text[place], text[place + 1], text[place + 2 :]
    return before + chance.choice((after + here, after, here + here + after)) + rest
