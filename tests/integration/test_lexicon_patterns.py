"""spaCy takes every pattern of the shipped lexicon: a key or an operator that it does not know would match nothing."""

import json
import random

import pytest
from spacy.schemas import validate_token_pattern

from knee_intake.understanding.lexicon import as_token_pattern, load_lexicon


def token_patterns():
    """Each description of one token that some pattern uses, once: what holds for the parts holds for the whole."""
    patterns = (pattern for rule in load_lexicon().rules for pattern in rule.patterns)
    return sorted({json.dumps(token) for pattern in patterns for token in as_token_pattern(pattern)})


def complaints(tokens):
    return [(token, said) for token in tokens if (said := validate_token_pattern([json.loads(token)]))]


def test_spacy_accepts_a_sample_of_the_patterns():
    assert complaints(random.Random(7).sample(token_patterns(), 300)) == []


@pytest.mark.long
def test_spacy_accepts_every_pattern():
    assert complaints(token_patterns()) == []
