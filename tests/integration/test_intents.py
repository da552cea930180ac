"""The intent classifier: repeatable, kept without pickle, honest about what it does not know."""

import io
import json
import random
from pathlib import Path

import numpy as np
import pytest

from knee_intake.errors import ModelError
from knee_intake.understanding.encoder import make_encoder
from knee_intake.understanding.intents import (
    NUMBERS_FILE,
    OUT_OF_SCOPE,
    RANKING,
    TEXT_FILE,
    WORD_SCALE,
    VoteClassifier,
    WordFeatures,
    clean,
    plain_words,
)
from knee_intake.understanding.misspell import misspell
from knee_intake.understanding.nlu_data import read_examples

SOME = ("ask_cost", "ask_hours", "ask_location", "ask_pain_of_injection", "book", "greet", "inform", OUT_OF_SCOPE)
UNSEEN = (
    ("what is the price of the shot in the hip", "ask_cost"),
    ("until when can I come in on a Wednesday evening, are you open then", "ask_hours"),
    ("which street is your office on", "ask_location"),
    ("i am afraid of the needle, is it painful", "ask_pain_of_injection"),
    ("please make me an appointment for monday", "book"),
    ("there is a sharp pain in my right knee since yesterday", "inform"),
    ("who wrote the lyrics of that opera", OUT_OF_SCOPE),
)


@pytest.fixture(scope="module")
def encoder():
    return make_encoder()


@pytest.fixture(scope="module")
def sentences():
    examples = read_examples(Path(__file__).resolve().parents[2] / "data" / "nlu")
    # spread over all files of an intent
    pairs = [(text, intent) for intent in SOME for text in examples[intent][:: max(len(examples[intent]) // 60, 1)]]
    return [text for text, _ in pairs], [intent for _, intent in pairs]


@pytest.fixture(scope="module")
def classifier(encoder, sentences):
    return VoteClassifier.fit(*sentences, encoder)


@pytest.mark.parametrize(("text", "intent"), UNSEEN)
def test_an_unseen_sentence_is_read_right(classifier, text, intent):
    assert classifier.classify(text).intent == intent


def test_two_trainings_give_the_same_readings(classifier, encoder, sentences):
    again = VoteClassifier.fit(*sentences, encoder)
    for text, _ in UNSEEN:
        assert again.classify(text) == classifier.classify(text)


def test_what_is_kept_reads_as_what_was_trained(classifier, tmp_path):
    classifier.save(tmp_path)
    loaded = VoteClassifier.load(tmp_path)
    for text, _ in UNSEEN:
        assert loaded.classify(text) == classifier.classify(text)


def test_a_known_sentence_needs_no_encoder(classifier, monkeypatch):
    monkeypatch.setattr(classifier, "encoder", None)
    reading = classifier.classify("  GOOD morning!! ")
    assert (reading.intent, reading.confidence) == ("greet", 1.0)


def test_the_ranking_is_in_order_and_its_first_is_the_confidence(classifier):
    reading = classifier.classify("how much would two visits be")
    shares = [share for _, share in reading.ranking]
    assert shares == sorted(shares, reverse=True)
    assert reading.confidence == shares[0]
    assert len(reading.ranking) <= RANKING


@pytest.mark.parametrize(
    "text", ["", "   ", "\x00\x01", "🦵🦵", "膝が痛い", "/restart", "<b>hi</b>", "a" * 10_000, "١٢٣"]
)
def test_any_text_gets_a_reading(classifier, text):
    reading = classifier.classify(text)
    assert 0 <= reading.confidence <= 1
    assert reading.intent in classifier.intents


def test_nonsense_far_from_every_sentence_is_rejected(classifier):
    chance = random.Random(43)
    consonants = "bcdfghjklmnpqrstvwxz"
    texts = [" ".join("".join(chance.choices(consonants, k=chance.randint(4, 6))) for _ in range(4)) for _ in range(60)]
    rejected = sum(classifier.classify(text).intent == OUT_OF_SCOPE for text in texts)
    assert rejected > 30, "of eight meanings, more often than all others together: these sentences are few"


def test_spelling_of_case_apostrophes_and_spaces_does_not_matter():
    assert plain_words("  What’s   it COST? ") == plain_words("whats it cost")
    assert clean("don’t\x00 worry\n now") == "don't worry now"


def test_tf_idf_blocks_have_the_length_that_was_set():
    features = WordFeatures.fit(["my knee hurts", "my knee clicks", "the price"])
    places, values = features.of("my knee knee hurts")
    assert len(set(places.tolist())) == len(places)
    assert max(places) < features.width
    assert np.isclose(np.linalg.norm(values), WORD_SCALE * 2**0.5)
    assert features.of("xyz")[1].size == 0


def test_a_pickle_in_the_file_is_never_opened(classifier):
    files = classifier.files()
    trap = io.BytesIO()
    np.savez(trap, weights=np.array([object()], dtype=object))
    with pytest.raises(ModelError, match="cannot be read"):
        VoteClassifier.from_files({**files, NUMBERS_FILE: trap.getvalue()})


def test_damaged_foreign_and_ill_fitting_parts_are_refused(classifier, tmp_path):
    files = classifier.files()
    with pytest.raises(ModelError, match="cannot be read"):
        VoteClassifier.from_files({**files, NUMBERS_FILE: files[NUMBERS_FILE][:1000]})
    with pytest.raises(ModelError, match="format 99"):
        VoteClassifier.from_files({**files, TEXT_FILE: json.dumps({"format": 99}).encode()})
    text = json.loads(files[TEXT_FILE])
    text["intents"] = text["intents"][1:]
    with pytest.raises(ModelError, match="do not fit together"):
        VoteClassifier.from_files({**files, TEXT_FILE: json.dumps(text).encode()})
    with pytest.raises(ModelError, match="cannot be read"):
        VoteClassifier.load(tmp_path / "nowhere")


def test_a_typing_error_is_the_same_for_the_same_seed_and_small():
    text = "my kneecap keeps clicking"
    wrong = {misspell(text, seed) for seed in range(50)}
    assert misspell(text, 3) == misspell(text, 3)
    assert len(wrong) > 20
    assert all(abs(len(other) - len(text)) <= 1 and other[0] == text[0] for other in wrong)
    assert misspell("left", 1) == "left"


def test_one_typing_error_leaves_the_meaning(classifier):
    assert classifier.classify("whta are yuor opening hours").intent == "ask_hours"
    assert classifier.classify("can i make an apointment").intent == "book"
