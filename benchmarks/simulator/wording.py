"""The words of the simulated patients: wordings/*.yml, checked at load, and the choice of one of them. PURE.

They are made up for the simulator alone. What the assistant learns from (data/nlu, training/sentences) and what it is
tuned on (benchmarks/sets) holds none of them, and a test sees to it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FOLDER = Path(__file__).resolve().parent / "wordings"
STYLES = ("terse", "plain", "chatty", "formal")
FEWEST = 12
"""Wordings for each value of a field, over all styles, and for each thing that is said by the way."""
PLAIN_SHARE = 0.2
"""How often somebody speaks plainly instead of in their own style."""

_ABOUT_ONESELF = re.compile(r"\b(I|I'm|I've|I'd|im|i|my|me|myself)\b")

By = dict[str, list[str]]
"""Style -> wordings."""


@lru_cache(maxsize=1)
def answers() -> dict[str, Any]:
    """Field -> value -> style -> wordings, and the lists of names beside them."""
    return _load("answers.yml")


@lru_cache(maxsize=1)
def moves() -> dict[str, Any]:
    """What is said besides answers."""
    return _load("moves.yml")


@lru_cache(maxsize=1)
def flags() -> dict[str, dict[str, Any]]:
    """Signs that must not wait."""
    return _load("flags.yml")


def _load(name: str) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load((FOLDER / name).read_text(encoding="utf-8"))
    return found


def styled(chance: random.Random, by_style: By, style: str, /, *, neutral: bool = False, **values: Any) -> str:
    """One wording in this style, filled in. `neutral`: a line without I and my, for who writes for somebody else."""
    wordings = by_style[style] if style in by_style else by_style["plain"]
    if style != "terse" and chance.random() < PLAIN_SHARE:
        wordings = by_style["plain"]
    if neutral:
        wordings = [line for line in every(by_style) if not _ABOUT_ONESELF.search(line)] or wordings
    return chance.choice(wordings).format(**values)


def answer(
    chance: random.Random, field: str, value: str, style: str, /, *, neutral: bool = False, **values: Any
) -> str:
    """One wording of the answer `value` to the question for `field`."""
    return styled(chance, answers()[field][value], style, neutral=neutral, **values)


def every(by_style: By) -> list[str]:
    """The wordings of all styles."""
    return [line for lines in by_style.values() for line in lines]


def and_list(names: list[str]) -> str:
    """ "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def capital(text: str) -> str:
    """The first letter a capital, the rest as it is."""
    return text[:1].upper() + text[1:]


def all_lines() -> Iterator[tuple[str, str]]:
    """(where it stands, line) of everything that may be said; placeholders are still in."""
    for name, tree in (("answers", answers()), ("moves", moves()), ("flags", flags())):
        yield from _lines(name, tree)


def _lines(where: str, tree: Any) -> Iterator[tuple[str, str]]:
    if isinstance(tree, str):
        yield where, tree
    elif isinstance(tree, list):
        for one in tree:
            yield from _lines(where, one)
    elif isinstance(tree, dict):
        for key, below in tree.items():
            if key not in ("tap", "least", "needs", "days", "intents"):
                yield from _lines(f"{where}.{key}", below)
