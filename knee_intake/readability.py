"""The reading grade of an English text, after Flesch and Kincaid. PURE.

    grade = 0.39 x words per sentence + 11.8 x syllables per word - 15.59

Own code: the usual package needs a pronouncing dictionary from the network, or splits words like a typesetter does
and so counts too few syllables. Here they are counted by rule, with a list of the words that the rules get wrong.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*|\d+(?:[.,:]\d+)*")
_SENTENCE_END = re.compile(r"[.!?]+(?=[\s\"'”’)]|$)")
_ENDING = re.compile(r"'(?:s|d|m|ll|re|ve)?$")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(
    r"(?<=[a-z])e(?=(?:ly|less|ness|ments?|ful(?:ly)?)$)"  # care-ful
    r"|(?<=[^aeiouytd])e(?=d$)"  # moved, but not needed
    r"|(?<=[^aeiouyszxcgl])(?<!ch)(?<!sh)e(?=s$)"  # moves, but not changes
    r"|(?<=[aeiouyr]l)e(?=s$)"  # rules, but not muscles
    r"|(?<=[^aeiouyl])e$|(?<=[aeiouyr]l)e$"  # move, rule, but not muscle
)
_SPLIT = re.compile(
    r"(?<![ctgs])ia(?!l$)|(?<![ctgs])io|(?<![ctgs])ie(?=nce|t)|iu|(?<!g)eo|uou|[aeou](?=ing)|[aeiou](?=y[aeiou])|sm$"
)
"""Vowels in a row that are said apart: di-et, do-ing."""

_KNOWN = {
    "anyone": 3, "are": 1, "area": 3, "areas": 3, "being": 2, "business": 2, "create": 2, "does": 1, "every": 2,
    "everyone": 3, "everything": 3, "experience": 4, "eye": 1, "eyes": 1, "fluid": 2, "goes": 1, "homework": 2,
    "hour": 1, "hours": 1, "idea": 3, "ideas": 3, "lifetime": 2, "muscle": 2, "okay": 2, "once": 1, "one": 1,
    "osteoarthritis": 6, "people": 2, "real": 1, "rheumatoid": 3, "safety": 2, "science": 2, "several": 3, "shoes": 1,
    "society": 4, "someone": 2, "something": 2, "sometimes": 2, "somewhere": 2, "therefore": 2, "usual": 3,
    "usually": 4, "video": 3, "wednesday": 2,
}  # fmt: skip
"""Words that the rules get wrong, or that are too frequent here to leave to rules."""


def words(text: str) -> list[str]:
    """The words of a text; a number counts as one word."""
    return _WORD.findall(text)


def sentences(text: str) -> int:
    """How many sentences it has, at least one. The end of a line ends a sentence too."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return max(1, sum(len(_SENTENCE_END.findall(line)) + (not _SENTENCE_END.search(line[-2:])) for line in lines))


def syllables(word: str) -> int:
    """How many syllables an English word has, by rule. A number, read at a glance, counts as one."""
    word = word.lower().replace("’", "'")
    if word[0].isdigit():
        return 1
    if word.endswith("n't"):
        verb = word[:-3]
        return syllables(verb) + (verb not in ("ca", "wo", "do", "are", "were"))
    word = _ENDING.sub("", word).replace("'", "")
    if word in _KNOWN:
        return _KNOWN[word]
    stem = _SILENT.sub("", word) if len(word) > 3 or word == "use" else word
    return max(1, len(_VOWELS.findall(stem)) + len(_SPLIT.findall(stem)))


def grade(text: str) -> float:
    """The school grade needed to read it; below 0 for the simplest texts."""
    found = words(text)
    if not found:
        return 0.0
    spoken = sum(syllables(word) for word in found)
    return round(0.39 * len(found) / sentences(text) + 11.8 * spoken / len(found) - 15.59, 1)
