"""The lexicon's readers, built once for all tests: building takes a second."""

from __future__ import annotations

from functools import lru_cache

from knee_intake.understanding.findings import FindingsReader
from knee_intake.understanding.lexicon import load_lexicon
from knee_intake.understanding.pipeline import Pipeline
from knee_intake.understanding.reader import RuleReader


@lru_cache(maxsize=1)
def findings_reader() -> FindingsReader:
    return FindingsReader(Pipeline(load_lexicon()))


@lru_cache(maxsize=1)
def rule_reader() -> RuleReader:
    return RuleReader()
