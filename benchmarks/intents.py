"""Ways to tell the intents apart, side by side, on sentences that none of them has learned from.

    python -m benchmarks.intents [--vectors NAME=FILE.npz ...] [--json FILE]

Learns from data/nlu and reads benchmarks/sets: our own questions, near and far sentences that are none of our business.
A second table does the same for another assistant altogether, a library's (benchmarks/sets/library.jsonl), where the
fine-tuned encoder has learned nothing. `--vectors` adds an encoder that needs torch: training/encode.py makes its file.

columns  in scope: right intent (of all, and macro F1) · typos: the same with one typing error a text · rejected at 5 %:
         share of what is not ours that is rejected where 5 of 100 of ours are · ms: CPU a text · MB: what is loaded
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from benchmarks.intent_tasks import Task, library_task, our_task, with_slips
from knee_intake.understanding.encoder import make_encoder
from knee_intake.understanding.intents import (
    OUT_OF_SCOPE,
    REGULARISATION,
    SLIPS_EVERY,
    STEPS,
    VoteClassifier,
    clean,
    plain_words,
)

FALSE_REJECTS = 0.05
Numbers = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str]], Numbers]


class Linear:
    """Logistic regression over tf-idf, over a sentence's vector, or both."""

    def __init__(self, encode: Encode | None, words: bool) -> None:
        self._encode, self._words = encode, words
        self._word = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        self._letter = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, min_df=2)
        self._model = LogisticRegression(C=REGULARISATION, max_iter=STEPS)

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        both = [*texts, *with_slips(texts)]
        if self._words:
            self._word.fit(map(plain_words, both))
            self._letter.fit(map(plain_words, both))
        self._model.fit(self._table(both), [*labels, *labels[::SLIPS_EVERY]])
        self.intents = list(self._model.classes_)

    def shares(self, text: str) -> Numbers:
        shares: Numbers = self._model.predict_proba(self._table([text]))[0]
        return shares

    def _table(self, texts: Sequence[str]) -> Any:
        parts = []
        if self._words:
            plain = [plain_words(text) for text in texts]
            parts += [self._word.transform(plain), self._letter.transform(plain)]
        if self._encode:
            parts.append(csr_matrix(self._encode(texts)))
        return hstack(parts).tocsr()

    @property
    def megabytes(self) -> float:
        return float(self._model.coef_.nbytes / 2**20)


class Vote:
    """The program's own classifier."""

    def __init__(self, adapter: bytes | None) -> None:
        self._encoder = make_encoder(adapter)

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        self._model = VoteClassifier.fit(texts, labels, self._encoder)
        self.intents = list(self._model.intents)

    def shares(self, text: str) -> Numbers:
        return self._model.shares(text, self._encoder.read(clean(text)).vector)

    @property
    def megabytes(self) -> float:
        return sum(len(content) for content in self._model.files().values()) / 2**20


def ways(vectors: dict[str, dict[str, Numbers]]) -> dict[str, Callable[[], Linear | Vote]]:
    """Each way by name; made when its turn comes."""
    published = make_encoder(b"")
    made: dict[str, Callable[[], Linear | Vote]] = {
        "tf-idf": lambda: Linear(None, words=True),
        "MiniLM": lambda: Linear(published.encode, words=False),
        "vote of tf-idf, MiniLM, neighbours": lambda: Vote(b""),
        "the same, encoder fine-tuned (shipped)": lambda: Vote(None),
    }
    for name, table in vectors.items():
        made[name] = lambda table=table: Linear(lambda texts: np.stack([table[text] for text in texts]), words=False)
        made[f"{name} + tf-idf"] = lambda table=table: Linear(
            lambda texts: np.stack([table[text] for text in texts]), words=True
        )
    return made


def measure(way: Linear | Vote, task: Task) -> dict[str, float]:
    """One row of the table."""
    way.fit(task.texts, task.labels)
    started = time.process_time()
    shares = np.stack([way.shares(clean(text)) for text, _ in task.tests])
    spent = time.process_time() - started
    mistyped = np.stack([way.shares(clean(t)) for t in task.mistyped])
    outside = np.array([OUT_OF_SCOPE in right for _, right in task.tests])
    place = way.intents.index(OUT_OF_SCOPE)
    limit = np.quantile(shares[~outside, place], 1 - FALSE_REJECTS)
    given = [way.intents[at] for at in shares.argmax(axis=1)]
    wanted = [g if g in right else min(right) for g, (_, right) in zip(given, task.tests, strict=True)]
    return {
        "in scope": _right(
            shares[~outside], way.intents, [t for t, o in zip(task.tests, outside, strict=True) if not o]
        ),
        "macro F1": float(f1_score(wanted, given, average="macro", labels=sorted(set(wanted)))),
        "typos": _right(
            mistyped[~outside], way.intents, [t for t, o in zip(task.tests, outside, strict=True) if not o]
        ),
        "rejected at 5 %": float((shares[outside, place] > limit).mean()),
        "ms": 1000 * spent / len(task.tests),
        "MB": way.megabytes,
    }


def _right(shares: Numbers, intents: Sequence[str], tests: Sequence[tuple[str, frozenset[str]]]) -> float:
    given = [intents[at] for at in shares.argmax(axis=1)]
    return float(np.mean([g in right for g, (_, right) in zip(given, tests, strict=True)]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", action="append", default=[], metavar="NAME=FILE")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    vectors = {}
    for given in args.vectors:
        name, _, path = given.partition("=")
        with np.load(path, allow_pickle=False) as parts:
            vectors[name] = dict(zip(map(str, parts["texts"]), parts["vectors"].astype(np.float32), strict=True))
    figures: dict[str, dict[str, dict[str, float]]] = {}
    for title, task in (("the clinic", our_task()), ("a library", library_task())):
        print(f"{title}: {len(task.texts)} sentences, {len(set(task.labels))} intents, {len(task.tests)} tests")
        for name, make in ways(vectors).items():
            row = measure(make(), task)
            figures.setdefault(title, {})[name] = {key: round(value, 3) for key, value in row.items()}
            print(f"  {name:40}" + "  ".join(f"{key} {value:.3f}" for key, value in row.items()), flush=True)
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
