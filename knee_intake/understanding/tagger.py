"""What each word of a text says, as the fine-tuned encoder hears it: findings, denials and alarm signs. PURE (numpy).

One linear layer over the encoder's word vectors; the word that speaks strongest for a label gives its share. It was
learned from our own labelled sentences together with the encoder's low-rank change (training/fine_tune.py), and knows
what no list of phrases holds: "I come down the stairs backwards". It knows no negation scope, number or time for
sure, so it never speaks alone: blend.py weighs it against the rules.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knee_intake.errors import ModelError
from knee_intake.understanding.types import Tag

ADAPTER = Path(__file__).with_name("adapter.npz")
"""The low-rank change of the encoder and the label layer, learned offline."""
TAGGER_FILE = "tagger.npz"
LABEL_PARTS = ("labels", "label_weight", "label_bias")
NUMBER_LABELS = {"pain_duration_days": "pain_duration_days=days", "pain_severity": "pain_severity=score"}
"""The tagger reads no number; it hears which words tell how long it has hurt, and how much."""
LEAST = 0.005
"""A share below this is not worth telling."""

Numbers = npt.NDArray[np.float32]


class WordTagger:
    """The label layer."""

    def __init__(self, labels: Sequence[str], weight: Numbers, bias: Numbers) -> None:
        self.labels = tuple(labels)
        self._weight = weight  # labels by width of a word vector
        self._bias = bias

    def tag(self, words: Numbers, spans: Sequence[tuple[int, int]]) -> tuple[Tag, ...]:
        """The labels that the words (one row each, with their places in the text) speak for."""
        scores = words @ self._weight.T + self._bias
        strongest = scores.argmax(axis=0)
        shares = 1 / (1 + np.exp(-scores[strongest, np.arange(len(self.labels))]))
        return tuple(
            Tag(self.labels[place], round(float(shares[place]), 4), *spans[strongest[place]])
            for place in np.flatnonzero(shares >= LEAST)
        )

    def file(self) -> bytes:
        """The label layer alone, as it is kept in a model."""
        content = io.BytesIO()
        np.savez(
            content,
            labels=np.array(self.labels),
            label_weight=self._weight.astype(np.float16),
            label_bias=self._bias.astype(np.float16),
        )
        return content.getvalue()

    @classmethod
    def from_file(cls, content: bytes) -> WordTagger:
        """Read what `file` gave, or an adapter. Raises ModelError."""
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as parts:
                labels, weight, bias = (parts[name] for name in LABEL_PARTS)
        except Exception as error:  # zip, key and shape errors all mean the same here
            raise ModelError(f"the word tagger cannot be read: {type(error).__name__}") from error
        if weight.shape != (len(labels), weight.shape[-1]) or bias.shape != (len(labels),):
            raise ModelError("the word tagger's parts do not fit together")
        return cls([str(label) for label in labels], weight.astype(np.float32), bias.astype(np.float32))


def low_rank_changes(content: bytes) -> Mapping[str, Numbers]:
    """Weight name -> what is added to the published weight. Raises ModelError."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as parts:
            names = sorted(name.removesuffix(".down") for name in parts.files if name.endswith(".down"))
            return {
                f"{name}.weight": parts[f"{name}.up"].astype(np.float32) @ parts[f"{name}.down"].astype(np.float32)
                for name in names
            }
    except Exception as error:  # zip, key and shape errors all mean the same here
        raise ModelError(f"the encoder's adapter cannot be read: {type(error).__name__}") from error
