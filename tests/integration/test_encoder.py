"""The sentence encoder: pinned weights, and a graph that gives what the published model gives."""

import io
import math

import numpy as np
import pytest

from knee_intake.errors import ModelError, WeightsError
from knee_intake.understanding import encoder as encoder_module
from knee_intake.understanding.encoder import (
    GRAPH_FILE,
    MAX_TOKENS,
    MOST_WINDOWS,
    TOKENIZER_FILE,
    SentenceEncoder,
    adapted,
    load_weights,
    make_encoder,
    read_pinned,
    weights_folder,
)
from knee_intake.understanding.encoder_graph import HEAD, HEADS, LAYERS, build_graph
from knee_intake.understanding.tagger import ADAPTER

SENTENCES = (
    "my left knee aches when i climb stairs",
    "Does it hurt?",
    "hi",
    "the doctor told me three years ago that both knees have osteoarthritis and nothing has really helped since then",
)


@pytest.fixture(scope="module")
def weights():
    return load_weights()


@pytest.fixture(scope="module")
def tokenizer_file():
    return read_pinned(weights_folder(), "tokenizer.json")


@pytest.fixture(scope="module")
def exact(weights, tokenizer_file):
    graph = build_graph(weights).SerializeToString()
    return SentenceEncoder(graph, tokenizer_file)


@pytest.fixture(scope="module")
def shipped():
    return make_encoder()


def norm(x, weights, name):
    centred = x - x.mean(-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
    return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def dense(x, weights, name):
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def numpy_vector(ids, weights):
    """BERT as in the paper, in nothing but numpy."""
    table = "embeddings.{}_embeddings.weight".format
    hidden = weights[table("word")][ids] + weights[table("position")][: len(ids)] + weights[table("token_type")][0]
    hidden = norm(hidden, weights, "embeddings.LayerNorm")
    error_function = np.vectorize(math.erf)
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        query, key, value = (
            dense(hidden, weights, f"{layer}.attention.self.{part}").reshape(-1, HEADS, HEAD).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        scores = np.exp(query @ key.swapaxes(1, 2) / math.sqrt(HEAD))
        mixed = (scores / scores.sum(-1, keepdims=True) @ value).swapaxes(0, 1).reshape(len(ids), -1)
        hidden = norm(
            hidden + dense(mixed, weights, f"{layer}.attention.output.dense"),
            weights,
            f"{layer}.attention.output.LayerNorm",
        )
        wide = dense(hidden, weights, f"{layer}.intermediate.dense")
        wide = wide * 0.5 * (1 + error_function(wide / math.sqrt(2)))
        hidden = norm(hidden + dense(wide, weights, f"{layer}.output.dense"), weights, f"{layer}.output.LayerNorm")
    mean = hidden.mean(0)
    return mean / np.linalg.norm(mean)


def test_the_exact_graph_gives_what_a_plain_implementation_gives(exact, weights, tokenizer_file):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(tokenizer_file.decode())
    tokenizer.no_padding()
    for sentence, vector in zip(SENTENCES, exact.encode(SENTENCES), strict=True):
        assert np.abs(vector - numpy_vector(tokenizer.encode(sentence).ids, weights)).max() < 1e-5


def test_the_shipped_graph_points_where_the_exact_one_points(weights, tokenizer_file, exact, shipped):
    changed = adapted(weights, ADAPTER.read_bytes())
    ours = SentenceEncoder(build_graph(changed).SerializeToString(), tokenizer_file)
    for small, full in ((shipped, ours), (make_encoder(b""), exact)):
        assert (small.encode(SENTENCES) * full.encode(SENTENCES)).sum(axis=1).min() > 0.96


def test_words_come_with_their_places_and_long_texts_in_windows(shipped):
    read = shipped.read("my kneecap aches")
    assert len(read.words) == len(read.spans)
    assert ("my kneecap aches"[read.spans[2][0] : read.spans[2][1]]).startswith("knee")
    assert np.allclose(read.vector, shipped.encode(["my kneecap aches"])[0], atol=1e-5)
    long = "my knee aches and " * 100
    assert MAX_TOKENS < len(shipped.read(long).words) <= MAX_TOKENS * MOST_WINDOWS


def test_an_adapter_that_does_not_fit_the_weights_is_refused(weights):
    parts = {"labels": np.array(["a"]), "label_weight": np.zeros((1, 384)), "label_bias": np.zeros(1)}
    content = io.BytesIO()
    np.savez(content, **parts, **{"pooler.dense.down": np.zeros((1, 5)), "pooler.dense.up": np.zeros((7, 1))})
    with pytest.raises(ModelError, match="does not fit"):
        adapted(weights, content.getvalue())


def test_vectors_have_length_one_and_do_not_depend_on_their_neighbours(shipped):
    together = shipped.encode(SENTENCES)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for sentence, vector in zip(SENTENCES, together, strict=True):
        assert np.array_equal(shipped.encode([sentence])[0], vector)


def test_a_very_long_text_is_cut_and_an_empty_one_has_a_vector(shipped):
    words = "knee " * 5 * MAX_TOKENS
    assert np.array_equal(shipped.encode([words])[0], shipped.encode([words + "and more words at the end"])[0])
    assert np.isfinite(shipped.encode(["", "\x00", "🦵"])).all()


def test_an_encoder_that_is_loaded_already_is_shared(shipped):
    assert SentenceEncoder.from_files(shipped.files()) is shipped


def test_weights_that_are_not_the_pinned_ones_are_refused(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(WeightsError, match=r"model\.safetensors: sha256 is [0-9a-f]{64}, pinned is 53aa51172d14"):
        load_weights(tmp_path)
    with pytest.raises(WeightsError, match="cannot be read; install the pinned packages again"):
        read_pinned(tmp_path, "tokenizer.json")


def test_missing_weights_are_named(monkeypatch):
    monkeypatch.setattr(encoder_module, "PACKAGE", "no_such_package_here")
    with pytest.raises(WeightsError, match="no_such_package_here"):
        weights_folder()


def test_a_foreign_tokenizer_a_missing_file_and_a_broken_graph_are_refused(shipped):
    files = shipped.files()
    with pytest.raises(WeightsError):
        SentenceEncoder.from_files({**files, TOKENIZER_FILE: b"{}"})
    with pytest.raises(ModelError, match=r"encoder\.onnx is missing"):
        SentenceEncoder.from_files({TOKENIZER_FILE: files[TOKENIZER_FILE]})
    with pytest.raises(ModelError, match="not a graph that can be run"):
        SentenceEncoder.from_files({**files, GRAPH_FILE: b"not a graph"})
