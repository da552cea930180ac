"""Eight ways of being a patient. Shares are chances for one turn or one text."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import lru_cache

from spellchecker import SpellChecker

from benchmarks.simulator import wording
from benchmarks.typos import mistype

_WORD = re.compile(r"[a-z']+")


@dataclass(frozen=True)
class Persona:
    """How somebody answers."""

    name: str
    style: str
    """Whose wordings they use: terse, plain, chatty, formal."""
    taps: float = 0.5
    """Share of offered answers that they tap instead of typing."""
    tells_first: tuple[int, int] = (0, 1)
    """How many facts the first text tells unasked, at least and at most."""
    volunteers: float = 0.05
    """Chance that an answer tells one fact more."""
    asks: float = 0.03
    """Chance of a question, on its own or behind an answer."""
    errs: float = 0.0
    """Chance that an answer is wrong at first and corrected soon after."""
    fears: float = 0.0
    wanders: float = 0.0
    """Chance of words that are about something else."""
    slips: float = 0.0
    """Chance of a typing error for each eight words."""
    polite: float = 0.0

    def written(self, chance: random.Random, text: str, keep: str | None = None, *, sign: bool = False) -> str:
        """The text as this person types it.

        `keep` is what they give word for word (a name, a number); in a `sign` that must not wait no slip makes another
        English word of a word, which nobody could read as it was meant.
        """
        for _ in range(1 + len(text.split()) // 8):
            if chance.random() < self.slips:
                slipped = mistype(text, chance.randrange(10**6), given=keep)
                text = text if sign and _says_something_else(slipped, text) else slipped
        if self.slips and chance.random() < self.slips / 2:
            text = text.rstrip(".!").replace("'", "") if keep else text.lower().rstrip(".!").replace("'", "")
        return text

    def dressed(self, chance: random.Random, text: str) -> str:
        """An answer with what this person puts around it."""
        if chance.random() < self.polite:
            polite = wording.moves()["polite"]
            front = chance.random() < 0.5
            text = f"{chance.choice(polite['before'])} {text}" if front else f"{text} {chance.choice(polite['after'])}"
        if chance.random() < self.fears:
            text = f"{text} {chance.choice(wording.moves()['fears']['beside'])}"
        if chance.random() < self.wanders:
            aside = chance.choice(wording.moves()["asides"])
            text = f"{aside} {text}" if chance.random() < 0.5 else f"{text} {aside}"
        return text


def _says_something_else(slipped: str, text: str) -> bool:
    new = {*_WORD.findall(slipped.lower())} - {*_WORD.findall(text.lower())}
    return bool(_english().known(new))


@lru_cache(maxsize=1)
def _english() -> SpellChecker:
    return SpellChecker()


PERSONAS = (
    Persona("terse", "terse", taps=0.6, tells_first=(0, 0), volunteers=0.0, asks=0.01),
    Persona("talkative", "chatty", taps=0.25, tells_first=(4, 6), volunteers=0.4, asks=0.04),
    Persona("misspelling", "plain", taps=0.4, tells_first=(0, 2), slips=0.7),
    Persona("correcting", "plain", taps=0.4, tells_first=(0, 2), errs=0.45),
    Persona("asking back", "plain", taps=0.45, tells_first=(0, 1), asks=0.3),
    Persona("frightened", "chatty", taps=0.45, tells_first=(0, 2), asks=0.05, fears=0.35),
    Persona("elderly and formal", "formal", taps=0.35, tells_first=(1, 3), volunteers=0.1, polite=0.35),
    Persona("wandering off", "chatty", taps=0.35, tells_first=(1, 3), volunteers=0.15, asks=0.03, wanders=0.3),
)
