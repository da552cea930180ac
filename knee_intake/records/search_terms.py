"""PURE. What somebody typed into the search field, as terms; where they stand in a text; a piece of it to show.

A word of three letters or more finds every word that begins with it, words in quotes stand together and are whole.
Nothing of the typed text but letters and digits goes on, so that it can never be an error of the query language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_CHUNK = re.compile(r'"([^"]*)"?|([^\s"]+)')
_WORD = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+")
_MOST_TERMS, _MOST_WORDS, _LONGEST_WORD = 8, 10, 40
_PREFIX_FROM = 3  # letters: below it nearly every text holds such a word
_AROUND = 70  # characters before and after a hit


@dataclass(frozen=True)
class Term:
    """Words that stand together, lower case and without accents; of a prefix the last one may go on."""

    words: tuple[str, ...]
    prefix: bool = False

    @property
    def fts5(self) -> str:
        """As a MATCH expression of SQLite's FTS5."""
        return f'"{" ".join(self.words)}"{" *" if self.prefix else ""}'

    @property
    def tsquery(self) -> str:
        """As a text for PostgreSQL's to_tsquery."""
        return " <-> ".join(f"'{word}'" for word in self.words) + (":*" if self.prefix else "")


@dataclass(frozen=True)
class Piece:
    """A part of a text; `hit`: it is what was searched for."""

    text: str
    hit: bool = False


def parse(typed: str) -> tuple[Term, ...]:
    """The terms of a search, all of which a conversation must hold; empty where nothing can be searched for."""
    terms = []
    for quoted, bare in _CHUNK.findall(typed):
        words = tuple(word[:_LONGEST_WORD] for _, _, word in _words(quoted or bare))[:_MOST_WORDS]
        if words:
            terms.append(Term(words, prefix=bool(bare) and len(words[-1]) >= _PREFIX_FROM))
    return tuple(dict.fromkeys(terms))[:_MOST_TERMS]


def holds(text: str, term: Term) -> bool:
    """Does the term stand in the text?"""
    return term.words[0] in _plain(text) and bool(_hits(_words(text), [term]))  # the first half is quick


def snippet(text: str, terms: Sequence[Term]) -> tuple[Piece, ...]:
    """The text around the first hit, with every hit in it marked; empty where there is none."""
    words = _words(text)
    hits = _hits(words, terms)
    if not hits:
        return ()
    start = next((at for at, _, _ in words if at >= hits[0][0] - _AROUND), 0)
    end = max((to for _, to, _ in words if to <= hits[0][1] + _AROUND), default=len(text))
    pieces, at = [Piece("… ")] if start > words[0][0] else [], start
    for first, last in hits:
        if first < at or last > end:
            continue
        pieces += [Piece(text[at:first]), Piece(text[first:last], hit=True)]
        at = last
    pieces.append(Piece(text[at:end] + (" …" if end < words[-1][1] else text[end:])))
    return tuple(piece for piece in pieces if piece.text)


def _hits(words: Sequence[tuple[int, int, str]], terms: Iterable[Term]) -> list[tuple[int, int]]:
    found = set()
    for term in terms:
        length = len(term.words)
        for first in range(len(words) - length + 1):
            part = words[first : first + length]
            said = tuple(word for _, _, word in part)
            ends = said[-1].startswith(term.words[-1]) if term.prefix else said[-1] == term.words[-1]
            if ends and said[:-1] == term.words[:-1]:
                found.add((part[0][0], part[-1][1]))
    return sorted(found)


def _words(text: str) -> list[tuple[int, int, str]]:
    """(start, end, the word lower case and without accents)"""
    return [(match.start(), match.end(), _plain(match[0])) for match in _WORD.finditer(text)]


def _plain(word: str) -> str:
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFD", word.lower())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
