"""The label layer: the strongest word decides, and a damaged file is refused."""

import io

import numpy as np
import pytest

from knee_intake.errors import ModelError
from knee_intake.understanding.tagger import ADAPTER, LEAST, WordTagger, low_rank_changes

SPANS = [(0, 0), (0, 4), (5, 10)]


def tagger():
    weight = np.array([[1.0, 0.0], [0.0, 1.0]], dtype=np.float32)
    return WordTagger(["symptoms=swelling", "!fever"], weight, np.array([-4.0, -4.0], dtype=np.float32))


def test_the_strongest_word_gives_share_and_place():
    words = np.array([[0, 0], [6, 0], [2, 3]], dtype=np.float32)
    swelling, fever = tagger().tag(words, SPANS)
    assert (swelling.label, swelling.start, swelling.end) == ("symptoms=swelling", 0, 4)
    assert swelling.share == pytest.approx(0.8808, abs=1e-4)
    assert (fever.label, fever.start, fever.end) == ("!fever", 5, 10)


def test_what_is_hardly_heard_is_not_told():
    assert tagger().tag(np.full((3, 2), -9, dtype=np.float32), SPANS) == ()
    assert LEAST < 0.01


def test_what_is_kept_tags_alike():
    words = np.random.default_rng(0).normal(size=(3, 2)).astype(np.float32)
    again = WordTagger.from_file(tagger().file())
    assert again.tag(words, SPANS) == tagger().tag(words, SPANS)


def test_a_damaged_or_foreign_file_is_refused():
    for content in (b"", b"no zip", tagger().file()[:40], _npz(labels=np.array(["a"]))):
        with pytest.raises(ModelError):
            WordTagger.from_file(content)
    with pytest.raises(ModelError, match="do not fit"):
        WordTagger.from_file(_npz(labels=np.array(["a"]), label_weight=np.zeros((2, 2)), label_bias=np.zeros(1)))
    with pytest.raises(ModelError):
        low_rank_changes(b"no zip")


def test_a_pickle_in_the_file_is_never_opened():
    trap = np.array([object()], dtype=object)
    with pytest.raises(ModelError):
        WordTagger.from_file(_npz(labels=trap, label_weight=trap, label_bias=trap))


def test_the_shipped_adapter_has_a_label_for_every_value_and_low_rank_changes():
    content = ADAPTER.read_bytes()
    labels = WordTagger.from_file(content).labels
    assert {"symptoms=swelling", "aggravated_by=stairs", "onset=injury", "sign=fever", "!swelling"} <= set(labels)
    assert len(set(labels)) == len(labels)
    changes = low_rank_changes(content)
    assert changes["encoder.layer.5.output.dense.weight"].shape == (384, 1536)
    assert len(content) < 2_000_000


def _npz(**parts):
    content = io.BytesIO()
    np.savez(content, **parts)
    return content.getvalue()
