"""Names after an @ in what staff write: which member is meant. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """A stretch of a text; `member` is the id of who is named by it."""

    text: str
    member: int | None = None


def pieces(text: str, members: Iterable[tuple[int, str]]) -> tuple[Piece, ...]:
    """The text cut where a member is named. `members`: (id, name).

    A name may hold spaces, and capitals do not matter. Of two names that fit the longer one is meant; an @ within a
    word, as in an email address, names nobody, and so does one whose name goes on in letters or digits.
    """
    longest_first = sorted(members, key=lambda member: -len(member[1]))
    found: list[Piece] = []
    start = at = 0
    while (at := text.find("@", at)) >= 0:
        named = None if at and text[at - 1].isalnum() else _named(text[at + 1 :], longest_first)
        if named is None:
            at += 1
            continue
        number, length = named
        end = at + 1 + length
        found += [Piece(text[start:at])] if at > start else []
        found.append(Piece(text[at:end], number))
        start = at = end
    return (*found, Piece(text[start:])) if start < len(text) or not found else tuple(found)


def mentioned(text: str, members: Iterable[tuple[int, str]]) -> tuple[int, ...]:
    """Ids of the members whom the text names, each once."""
    return tuple(dict.fromkeys(piece.member for piece in pieces(text, members) if piece.member is not None))


def _named(rest: str, members: list[tuple[int, str]]) -> tuple[int, int] | None:
    """(id, length of the name) of the member whose name the rest begins with."""
    for number, name in members:
        if rest[: len(name)].casefold() == name.casefold() and not rest[len(name) : len(name) + 1].isalnum():
            return number, len(name)
    return None
