"""The shipped lexicon against spaCy's own schema of patterns: seconds, and so done here and not at each start."""

from knee_intake.understanding.lexicon import load_lexicon
from knee_intake.understanding.pipeline import Pipeline


def test_spacy_accepts_every_pattern() -> None:
    Pipeline(load_lexicon(), validate=True)
