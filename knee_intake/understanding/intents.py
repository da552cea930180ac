"""Which intent a text has: a vote between a linear model and the nearest training sentences.

The linear model sees tf-idf of words and letters beside the sentence's vector; the neighbours see the vector alone.
scikit-learn is needed to train only. What is kept is plain numbers and text (no pickle), so that a foreign model
file can run no code, and a reading is the same wherever it is made.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knee_intake.errors import ModelError
from knee_intake.understanding.encoder import GRAPH_FILE, TOKENIZER_FILE, SentenceEncoder
from knee_intake.understanding.misspell import misspell
from knee_intake.understanding.tagger import ADAPTER, TAGGER_FILE, WordTagger
from knee_intake.understanding.types import IntentReading

INFORM, OUT_OF_SCOPE = "inform", "out_of_scope"
FORMAT = 1
NUMBERS_FILE, TEXT_FILE = "intents.npz", "intents.json"
FILES = (GRAPH_FILE, TOKENIZER_FILE, NUMBERS_FILE, TEXT_FILE, TAGGER_FILE)
"""Everything that reading a text needs."""

WORD_SCALE = 1.0
"""Weight of the tf-idf blocks beside the vector of length 1; chosen by cross-validation (benchmarks/intents.py)."""
REGULARISATION = 20.0
STEPS = 40
"""Of the optimiser; 200 took four times as long and read no better."""
SLIPS_EVERY = 2
"""Each second sentence is learned from with a typing error, too; most slips are mended before they are read."""
NEIGHBOURS = 25
NEIGHBOUR_WIDTH = 0.07
"""How fast a neighbour's vote falls with its cosine distance."""
NEIGHBOUR_SHARE = 0.2
RARE = 3
"""Letter groups seen in fewer sentences than this are left out."""
REJECT_BELOW = 0.12
FAR = 0.45
"""A best share below REJECT_BELOW, or no sentence nearer than FAR together with a weak vote: out of scope."""
WEAK = 0.3
RANKING = 10
LONGEST = 2000
"""Characters that are looked at; the encoder reads fewer still."""

Numbers = npt.NDArray[np.float32]

_APOSTROPHE = re.compile(r"['’‘`´]")
_WORD = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")


def plain_words(text: str) -> str:
    """Lower case, one kind of space, no apostrophes or punctuation: what two spellings of a sentence share."""
    text = unicodedata.normalize("NFKC", text[:LONGEST]).lower()
    return " ".join(_WORD.findall(_APOSTROPHE.sub("", text)))


def clean(text: str) -> str:
    """The text as the encoder gets it: straight quotes, one kind of space, no control characters."""
    text = unicodedata.normalize("NFKC", text[:LONGEST])
    text = "".join(" " if unicodedata.category(char) == "Cc" else char for char in _APOSTROPHE.sub("'", text))
    return _SPACE.sub(" ", text).strip()


class WordFeatures:
    """tf-idf of words, pairs of words and groups of 2 to 4 letters inside words."""

    def __init__(self, vocabulary: Sequence[dict[str, int]], idf: Sequence[Numbers]) -> None:
        self.vocabulary = list(vocabulary)
        self.idf = list(idf)

    @classmethod
    def fit(cls, texts: Sequence[str]) -> WordFeatures:
        vocabulary, idf = [], []
        for grams, least in ((_word_grams, 1), (_letter_grams, RARE)):
            seen = Counter(gram for text in texts for gram in set(grams(plain_words(text))))
            kept = sorted(gram for gram, count in seen.items() if count >= least)
            vocabulary.append({gram: place for place, gram in enumerate(kept)})
            counts = np.array([seen[gram] for gram in kept], dtype=np.float64)
            idf.append((np.log((1 + len(texts)) / (1 + counts)) + 1).astype(np.float32))
        return cls(vocabulary, idf)

    @property
    def width(self) -> int:
        return sum(len(idf) for idf in self.idf)

    def of(self, text: str) -> tuple[npt.NDArray[np.int64], Numbers]:
        """The columns of one text that are not 0, and their values."""
        places: list[npt.NDArray[np.int64]] = []
        values: list[Numbers] = []
        offset = 0
        for grams, vocabulary, idf in zip((_word_grams, _letter_grams), self.vocabulary, self.idf, strict=True):
            known = Counter(vocabulary[gram] for gram in grams(plain_words(text)) if gram in vocabulary)
            place = np.array(sorted(known), dtype=np.int64)
            value = (1 + np.log(np.array([known[p] for p in sorted(known)], dtype=np.float32))) * idf[place]
            length = float(np.linalg.norm(value))
            places.append(place + offset)
            values.append((value * (WORD_SCALE / length) if length else value).astype(np.float32))
            offset += len(idf)
        return np.concatenate(places), np.concatenate(values)


class VoteClassifier:
    """The trained classifier; make one with `fit` or `load`."""

    def __init__(
        self,
        encoder: SentenceEncoder,
        words: WordFeatures,
        intents: Sequence[str],
        known: dict[str, str],
        weights: Numbers,  # columns of the words, then of the vector; one column per intent
        bias: Numbers,
        examples: Numbers,  # the training sentences' vectors
        example_intents: npt.NDArray[np.int64],
        tagger: WordTagger | None = None,
    ) -> None:
        self.encoder = encoder
        self.tagger = tagger or WordTagger.from_file(ADAPTER.read_bytes())
        self.intents = tuple(intents)
        self._words = words
        self._known = known
        self._weights = weights
        self._bias = bias
        self._examples = examples
        self._example_intents = example_intents

    @classmethod
    def fit(
        cls, texts: Sequence[str], labels: Sequence[str], encoder: SentenceEncoder, seed: int = 7
    ) -> VoteClassifier:
        """Train on the sentences; the same input gives the same classifier."""
        texts = [clean(text) for text in texts]
        return cls.fit_vectors(texts, labels, encoder.encode(texts), encoder, seed)

    @classmethod
    def fit_vectors(
        cls, texts: Sequence[str], labels: Sequence[str], vectors: Numbers, encoder: SentenceEncoder, seed: int = 7
    ) -> VoteClassifier:
        """Train on sentences whose vectors are known already (cross-validation makes them once)."""
        words = WordFeatures.fit(texts)
        vectors = vectors.astype(np.float16).astype(np.float32)  # as they are kept, so that both read alike
        intents = sorted(set(labels))
        targets = np.array([intents.index(label) for label in labels], dtype=np.int64)
        slipped = range(0, len(texts), SLIPS_EVERY)
        misspelt = [misspell(texts[place], seed + place) for place in slipped]
        weights, bias = _fit_linear(
            words,
            [*texts, *misspelt],
            np.concatenate([vectors, encoder.encode(misspelt)]),
            np.concatenate([targets, targets[slipped]]),
            seed,
        )
        known = {plain_words(text): label for text, label in zip(texts, labels, strict=True) if plain_words(text)}
        return cls(encoder, words, intents, known, weights, bias, vectors, targets)

    def classify(self, text: str) -> IntentReading:
        """The intent of one text, after the fallback rule; a sentence known word for word needs no encoder."""
        known = self.known_intent(text)
        if known is not None and known != INFORM:
            return IntentReading(known, 1.0, ((known, 1.0),))
        read = clean(text)
        encoded = self.encoder.read(read)
        tags = self.tagger.tag(encoded.words, encoded.spans)
        if read != text:  # the places are those of another text
            tags = tuple(replace(tag, start=0, end=len(text)) for tag in tags)
        if known is not None:
            return IntentReading(known, 1.0, ((known, 1.0),), tags)
        return replace(self.classify_vector(text, encoded.vector), tags=tags)

    def known_intent(self, text: str) -> str | None:
        """The intent of a training sentence that the text repeats but for case and punctuation."""
        return self._known.get(plain_words(text))

    def classify_vector(self, text: str, vector: Numbers) -> IntentReading:
        """As `classify`, for a text whose vector is known."""
        near: Numbers = self._examples @ vector
        shares = self._shares(text, vector, near)
        order = np.argsort(-shares, kind="stable")[:RANKING]
        ranking = tuple((self.intents[place], round(float(shares[place]), 4)) for place in order)
        intent, share = ranking[0]
        if share < REJECT_BELOW or (share < WEAK and float(near.max()) < FAR):
            intent = OUT_OF_SCOPE
        return IntentReading(intent, share, ranking)

    def shares(self, text: str, vector: Numbers) -> Numbers:
        """How the vote is shared out over `intents`."""
        return self._shares(text, vector, self._examples @ vector)

    def _shares(self, text: str, vector: Numbers, near: Numbers) -> Numbers:
        return (1 - NEIGHBOUR_SHARE) * self._linear(text, vector) + NEIGHBOUR_SHARE * self._neighbours(near)

    def _linear(self, text: str, vector: Numbers) -> Numbers:
        places, values = self._words.of(text)
        width = self._words.width
        scores = values @ self._weights[places] + vector @ self._weights[width:] + self._bias
        powers = np.exp(scores - scores.max())
        shares: Numbers = powers / powers.sum()
        return shares

    def _neighbours(self, near: Numbers) -> Numbers:
        nearest = np.argpartition(-near, min(NEIGHBOURS, len(near) - 1))[:NEIGHBOURS]
        votes = np.exp((near[nearest] - 1) / NEIGHBOUR_WIDTH)
        shares = np.bincount(self._example_intents[nearest], votes, minlength=len(self.intents))
        given: Numbers = (shares / shares.sum()).astype(np.float32)
        return given

    def files(self) -> dict[str, bytes]:
        """Classifier and encoder as files by name; `from_files` makes them again."""
        numbers = io.BytesIO()
        np.savez(
            numbers,
            weights=self._weights.astype(np.float16),
            bias=self._bias,
            examples=self._examples.astype(np.float16),
            example_intents=self._example_intents,
            **{f"idf_{block}": idf for block, idf in enumerate(self._words.idf)},
        )
        text = {
            "format": FORMAT,
            "intents": self.intents,
            "known": self._known,
            "vocabulary": [list(vocabulary) for vocabulary in self._words.vocabulary],
        }
        return {
            **self.encoder.files(),
            TAGGER_FILE: self.tagger.file(),
            NUMBERS_FILE: numbers.getvalue(),
            TEXT_FILE: json.dumps(text, ensure_ascii=False).encode("utf-8"),
        }

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> VoteClassifier:
        """Read what `files` gave. Raises ModelError where a part is missing, damaged or of another format."""
        encoder = SentenceEncoder.from_files(files)
        try:
            text = json.loads(files[TEXT_FILE])
            with np.load(io.BytesIO(files[NUMBERS_FILE]), allow_pickle=False) as numbers:
                return cls._from_parts(encoder, text, dict(numbers), WordTagger.from_file(files[TAGGER_FILE]))
        except ModelError:
            raise
        except Exception as error:  # zip, JSON, key and shape errors all mean the same here
            raise ModelError(f"the intent classifier cannot be read: {type(error).__name__}") from error

    def save(self, folder: Path) -> None:
        """Write the classifier and its encoder to `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.files().items():
            (folder / name).write_bytes(content)

    @classmethod
    def load(cls, folder: Path) -> VoteClassifier:
        """Read what `save` wrote. Raises ModelError."""
        try:
            return cls.from_files({name: (folder / name).read_bytes() for name in FILES})
        except OSError as error:
            raise ModelError(f"{error.filename}: cannot be read: {error.strerror}") from None

    @classmethod
    def _from_parts(
        cls, encoder: SentenceEncoder, text: dict[str, Any], numbers: dict[str, Any], tagger: WordTagger
    ) -> VoteClassifier:
        if text.get("format") != FORMAT:
            raise ModelError(f"the intent classifier has format {text.get('format')}, this program reads {FORMAT}")
        vocabulary = [{gram: place for place, gram in enumerate(grams)} for grams in text["vocabulary"]]
        words = WordFeatures(vocabulary, [numbers[f"idf_{block}"] for block in range(len(vocabulary))])
        weights, examples = numbers["weights"].astype(np.float32), numbers["examples"].astype(np.float32)
        fits = weights.shape == (words.width + examples.shape[1], len(text["intents"])) and len(examples) == len(
            numbers["example_intents"]
        )
        if not fits:
            raise ModelError("the intent classifier's parts do not fit together")
        return cls(
            encoder, words, text["intents"], text["known"], weights, numbers["bias"], examples,
            numbers["example_intents"], tagger,
        )  # fmt: skip


def _fit_linear(
    words: WordFeatures, texts: Sequence[str], vectors: Numbers, targets: npt.NDArray[np.int64], seed: int
) -> tuple[Numbers, Numbers]:
    """Coefficients (columns by intents) and bias; rounded as they are kept, so that both read alike."""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    rows = [words.of(text) for text in texts]
    starts = np.cumsum([0, *(len(places) for places, _ in rows)])
    columns, values = (np.concatenate([row[part] for row in rows]) for part in (0, 1))
    table = csr_matrix((values, columns, starts), shape=(len(rows), words.width))
    model = LogisticRegression(C=REGULARISATION, max_iter=STEPS, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it stops before the last digit, as meant
        model.fit(hstack([table, csr_matrix(vectors)]).tocsr().astype(np.float32), targets)
    weights = model.coef_.T.astype(np.float16).astype(np.float32)
    return np.ascontiguousarray(weights), model.intercept_.astype(np.float32)


def _word_grams(words: str) -> Iterable[str]:
    parts = words.split()
    yield from parts
    yield from map(" ".join, pairwise(parts))


def _letter_grams(words: str) -> Iterable[str]:
    for word in words.split():
        padded = f" {word} "
        for size in (2, 3, 4):
            yield from (padded[start : start + size] for start in range(max(1, len(padded) - size + 1)))
