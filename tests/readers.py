"""The lexicon's readers, built once for all tests: building takes a second."""

from __future__ import annotations

from functools import lru_cache

from knee_intake.understanding.findings import FindingsReader
from knee_intake.understanding.lexicon import load_lexicon
from knee_intake.understanding.pipeline import Pipeline
from knee_intake.understanding.reader import RuleReader
from knee_intake.understanding.spelling import Speller


@lru_cache(maxsize=1)
def findings_reader() -> FindingsReader:
    return FindingsReader(Pipeline(load_lexicon()))


@lru_cache(maxsize=1)
def rule_reader() -> RuleReader:
    return RuleReader()


@lru_cache(maxsize=1)
def speller() -> Speller:
    return Speller()


def mended(text: str) -> str:
    """A text as the readers of answers get it."""
    return speller().mend(text).text
