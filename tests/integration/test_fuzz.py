"""Whatever anybody types gets a reading: any letters of the world, any length up to the limit, any question asked.

A seeded sample on every run; `make test-long` at full size.
"""

import json
import random
from datetime import datetime, timezone

import pytest

from benchmarks.typos import mistype
from knee_intake.understanding.encoder import make_encoder
from knee_intake.understanding.intents import clean
from knee_intake.understanding.lexicon import load_lexicon
from knee_intake.understanding.reader import RuleReader
from knee_intake.understanding.tagger import ADAPTER, WordTagger
from knee_intake.understanding.types import LIST_FIELDS, VALUES

NOW = datetime(2026, 11, 28, 10, 0, tzinfo=timezone.utc)
LONGEST = 4000
ASKED = (
    None, "consent", "who_for", "age_band", "emergency_screen", "knee_side", "pain_location", "pain_duration_days",
    "pain_severity", "activity_level", "activities", "arthritis_history", "onset", "symptoms", "aggravated_by",
    "treatments_tried", "yes_no", "name", "phone", "email", "contact", "time", "appointment", "goal", "no such field",
)  # fmt: skip
CONTEXT = {"knee_side": "left", "symptoms": ["swelling"], "pain_duration_days": 14, "pain_severity": 3, "phone": "1"}
ODD = (
    "\x00\x07\u200b\u200d\u202e\ufeff\ufffd\U0001f9b5\U0001f468\u2695\ufe0f\u0301\u0345İıßŉǰΐﬁﷺ²½Ⅷ٣०膝痛กด한"
    "'’`\"/\\<>{}[]&;:,.!?-–—\n\r\t "
)
SMALL = (
    "my", "the", "not", "no", "never", "don't", "when", "if", "it", "and", "but", "since", "3", "7/10", "left", "knee",
)  # fmt: skip


def texts(seed, count):
    """Random texts: words of the lexicon in any order, stray signs, random code points, slips, repeats."""
    chance = random.Random(seed)
    words = sorted(load_lexicon().words)
    for number in range(count):
        kind = chance.random()
        if kind < 0.5:
            picked = [chance.choice(words if chance.random() < 0.5 else SMALL) for _ in range(chance.randrange(1, 30))]
            text = mistype(chance.choice((" ", " ", ", ", "")).join(picked), seed + number)
        elif kind < 0.7:
            text = "".join(chance.choice(ODD) for _ in range(chance.randrange(60)))
        elif kind < 0.9:
            text = "".join(chr(_code_point(chance)) for _ in range(chance.randrange(80)))
        elif kind < 0.995:
            text = chance.choice((*ODD, *SMALL)) * chance.randrange(1, 40)
        else:
            text = (chance.choice(words) + chance.choice((" ", "", "\n", ", "))) * 600
        yield text[:LONGEST], chance.choice(ASKED), CONTEXT if chance.random() < 0.3 else None


def _code_point(chance):
    while 0xD800 <= (point := chance.choice((chance.randrange(0x300), chance.randrange(0x110000)))) < 0xE000:
        pass
    return point


def check(reading, text):
    """Only values of the tables, evidence inside the text, and nothing that JSON cannot hold."""
    for name, value in reading.findings.items():
        if name in VALUES:
            assert set(value if name in LIST_FIELDS else [value]) <= set(VALUES[name])
        else:
            assert isinstance(value, int)
    for evidence in reading.why:
        assert 0 <= evidence.start <= evidence.end <= len(text)
    json.dumps(
        [reading.findings, list(reading.negated), reading.more, reading.answer, reading.corrections], default=str
    )


@pytest.fixture(scope="module")
def reader():
    return RuleReader()


def run_rules(reader, count, seed):
    for text, asked, context in texts(seed, count):
        check(reader.read(text, asked, context, NOW), text)


def run_encoder(reader, count, seed):
    encoder, tagger = make_encoder(), WordTagger.from_file(ADAPTER.read_bytes())
    for text, asked, context in texts(seed, count):
        heard = reader.listen(text, asked, NOW)
        encoded = encoder.read(clean(heard.mended.text))
        assert len(encoded.words) == len(encoded.spans)
        tags = tagger.tag(encoded.words, [(0, 0)] * len(encoded.spans))
        check(reader.conclude(heard, asked, context, tags), text)


def test_the_rules_read_whatever_is_typed(reader):
    run_rules(reader, 2_000, seed=1)


def test_the_encoder_reads_whatever_is_typed(reader):
    run_encoder(reader, 100, seed=2)


@pytest.mark.long
def test_the_rules_read_100_000_texts(reader):
    run_rules(reader, 100_000, seed=3)


@pytest.mark.long
def test_the_encoder_reads_2_000_texts(reader):
    run_encoder(reader, 2_000, seed=4)
