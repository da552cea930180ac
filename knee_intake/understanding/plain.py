"""A patient's text made plain for the rules, character for character. PURE."""

from __future__ import annotations

import re

_SAME_LENGTH = str.maketrans(
    {
        "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"',
        "–": "-", "—": "-", "‒": "-", "−": "-", "‐": "-", "‑": "-", "\u00a0": " ", "\t": " ",
    }
)  # fmt: skip

_VERB = "do|does|did|have|has|had|is|are|was|were|could|would|should|ca|wo|ai"
_CONTRACTED = re.compile(
    rf"(?<![\w'@.-])(?:(?:{_VERB})(?=nt\b)n|i(?=m\b|ve\b)|(?:that|it|let|there)(?=s\b)|(?:you|they)(?=re\b)"
    r"|i(?=(?:d|ll)\s+(?:rather|prefer|have|say|like|love|be|guess|think|go|need|do|pass|take|wait|call|never)\b))"
    r"(?![\w@]*[@-]|\w*\.\w)"
)
"""Up to the place of an apostrophe that phones leave out; "ill" and "id" are words unless a verb follows."""

_S_FIRST = re.compile(r"\b(that|it|let|there|here|what|who|he|she)s'(?!\w)")
"""The apostrophe a key too late: "thats' fine"."""
LONGEST_CLAUSE = 300
LONGEST_LEAD = 60
"""Characters."""

#: where one thought ends and the next begins
CLAUSE_END = re.compile(r"[.!?;\n](?!\d)|,(?!\d)|\s-\s|\b(?:but|and|so|because|although|though|while|however|then)\b")


def plain(text: str) -> str:
    """Lower case, one kind of apostrophe and dash. As long as `text`, so that offsets into it stay true."""
    lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    return lowered.translate(_SAME_LENGTH)


def with_apostrophes(low: str) -> str:
    """A plain text with "dont" as "don't", "im" as "i'm"; longer than it was."""
    return _CONTRACTED.sub(lambda match: match[0] + "'", _S_FIRST.sub(r"\1's", low))


def clause_bounds(text: str, start: int, end: int) -> tuple[int, int]:
    """The clause of a plain text in which start..end lies."""
    first, last = max(0, start - LONGEST_CLAUSE), min(len(text), end + LONGEST_CLAUSE)
    left = max((m.end() for m in CLAUSE_END.finditer(text, first, start)), default=first)
    following = CLAUSE_END.search(text, end, last)
    return left, following.start() if following else last


def in_front(text: str, start: int) -> str:
    """The words before a place, as far as they can matter: long texts must not cost their length at every match."""
    return text[max(0, start - LONGEST_LEAD) : start]


def words(text: str) -> str:
    """Only the words and digits of a text, plain, single-spaced: for comparing whole short answers."""
    return " ".join(re.findall(r"[^\W_]+(?:['_-][^\W_]+)*", plain(text)))


def either(lines: str) -> str:
    """A pattern for any of several phrases: one a line, or parted by " | "; a space stands for any white space.

    " ?" is an optional space. A line that ends in a backslash goes on in the next.
    """
    lines = re.sub(r"\\\n\s*", "", lines)
    phrases = (phrase.strip() for line in lines.splitlines() for phrase in line.split(" | "))
    return "(?:" + "|".join(phrase.replace(" ?", r"\s?").replace(" ", r"\s+") for phrase in phrases if phrase) + ")"


def word_set(lines: str) -> frozenset[str]:
    """The words of a table."""
    return frozenset(lines.split())
