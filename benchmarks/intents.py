"""How well the intents are told apart: cross-validation on our own sentences, with and without typing errors.

    python benchmarks/intents.py [--folds 5] [--confusions 15]

Prints accuracy, how many out-of-scope sentences are rejected, and how many others are rejected wrongly. No sentence is
ever scored by a model that has seen it; word-for-word repeats are not counted as known.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedKFold

from knee_intake.understanding.encoder import make_encoder
from knee_intake.understanding.intents import OUT_OF_SCOPE, VoteClassifier, clean
from knee_intake.understanding.misspell import misspell
from knee_intake.understanding.nlu_data import read_examples

HOME = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--confusions", type=int, default=15)
    args = parser.parse_args()

    pairs = [(clean(text), intent) for intent, texts in read_examples(HOME / "data" / "nlu").items() for text in texts]
    texts, intents = [text for text, _ in pairs], [intent for _, intent in pairs]
    typos = [misspell(text, 1_000_000 + place) for place, text in enumerate(texts)]
    encoder = make_encoder()
    started = time.process_time()
    vectors, typo_vectors = encoder.encode(texts), encoder.encode(typos)
    each = 1000 * (time.process_time() - started) / (2 * len(texts))
    read: dict[str, list[str]] = {"as typed": [""] * len(texts), "one typing error": [""] * len(texts)}
    for train, test in StratifiedKFold(args.folds, shuffle=True, random_state=0).split(vectors, intents):
        model = VoteClassifier.fit_vectors(
            [texts[i] for i in train], [intents[i] for i in train], vectors[train], encoder
        )
        for name, lines, rows in zip(read, (texts, typos), (vectors, typo_vectors), strict=True):
            for i in test:
                read[name][i] = model.classify_vector(lines[i], rows[i]).intent
    print(f"{len(texts)} sentences, {len(set(intents))} intents; {each:.1f} ms CPU a vector")
    for name, given in read.items():
        report(name, intents, given)
    wrong = Counter((a, b) for a, b in zip(intents, read["as typed"], strict=True) if a != b)
    for (wanted, got), count in wrong.most_common(args.confusions):
        print(f"  {count:3} {wanted} read as {got}")


def report(name: str, intents: Sequence[str], given: Sequence[str]) -> None:
    """One line of figures."""
    wanted, got = np.array(intents), np.array(given)
    outside = wanted == OUT_OF_SCOPE
    print(
        f"{name:18} accuracy {np.mean(wanted == got):.3f}, in scope only {np.mean((wanted == got)[~outside]):.3f}; "
        f"out of scope rejected {np.mean(got[outside] == OUT_OF_SCOPE):.3f}, "
        f"in scope rejected {np.mean(got[~outside] == OUT_OF_SCOPE):.3f}"
    )


if __name__ == "__main__":
    main()
