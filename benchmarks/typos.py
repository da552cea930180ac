"""One typing error a sentence, as thumbs on a phone make them: the same for the same seed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

NEIGHBOURS = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl",
    "p": "ol", "a": "qsz", "s": "adwx", "d": "sfec", "f": "dgrv", "g": "fhtb", "h": "gjyn", "j": "hkum", "k": "jli",
    "l": "kop", "z": "xa", "x": "zcs", "c": "xvd", "v": "cbf", "b": "vng", "n": "bmh", "m": "nj",
}  # fmt: skip
"""The keys beside each key."""
LEAST = 4
"""Letters; in a shorter word an error often makes another word ("in", "on"), which no reader could undo."""

_WORD = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)?")


def mistype(text: str, seed: int, *, given: str | None = None, is_word: Callable[[str], bool] | None = None) -> str:
    """The text with one error: two letters swapped, one left out, doubled or hit beside, two words joined, or an
    apostrophe left out. A text without a word of LEAST letters stays as it is.

    `given`: what the visitor gives word for word (a name, an address): with an error in it it is another name, which
    no reader could know, so it stays. `is_word` tells real words: a text that has an error already gets no second one.
    """
    chance = random.Random(seed)
    words = [found for found in _WORD.finditer(text) if len(found[0]) >= LEAST]
    if given:
        parts = set(_WORD.findall(given.lower()))
        words = [found for found in words if found[0].lower() not in parts]
    if is_word and any(found[0].islower() and not is_word(found[0].replace("'", "")) for found in words):
        return text
    if not words:
        return text
    word = chance.choice(words)
    kind = chance.choice(("swap", "drop", "double", "beside", "beside", "swap", "drop", "join"))
    if "'" in word[0] and chance.random() < 0.5:
        return text[: word.start()] + word[0].replace("'", "") + text[word.end() :]
    if kind == "join" and text[word.end() : word.end() + 1] == " ":
        return text[: word.end()] + text[word.end() + 1 :]
    return text[: word.start()] + _err(word[0], kind, chance) + text[word.end() :]


def _err(word: str, kind: str, chance: random.Random) -> str:
    """The first letter stays: people look at the beginning of what they type."""
    place = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    if kind == "swap":
        return before + after[0] + letter + after[1:]
    if kind == "double":
        return before + letter + letter + after
    if kind == "beside" and letter.lower() in NEIGHBOURS:
        return before + chance.choice(NEIGHBOURS[letter.lower()]) + after
    return before + after
