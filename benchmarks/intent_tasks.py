"""What classifiers of intents are compared on: our own assistant, and another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.labelled import SETS, read_rows, rows_of
from benchmarks.typos import mistype
from knee_intake.understanding.intents import OUT_OF_SCOPE, SLIPS_EVERY, clean
from knee_intake.understanding.misspell import misspell
from knee_intake.understanding.nlu_data import read_examples

HOME = Path(__file__).resolve().parent.parent
TYPO_SEED = 5


@dataclass
class Task:
    """What is learned and what is read."""

    texts: list[str]
    labels: list[str]
    tests: list[tuple[str, frozenset[str]]]
    """A text and the intents that are right for it."""

    @property
    def mistyped(self) -> list[str]:
        """The texts of the tests, each with one typing error."""
        return [mistype(text, TYPO_SEED + place) for place, (text, _) in enumerate(self.tests)]


def our_task() -> Task:
    """The clinic's intents."""
    examples = read_examples(HOME / "data" / "nlu")
    pairs = [(clean(text), intent) for intent, texts in examples.items() for text in texts]
    tests = []
    for part in ("tune", "held"):
        tests += [(row["text"], frozenset({row["intent"], *row["accept"]})) for row in rows_of(part, "intents")]
        for name in ("near_out_of_scope", "far_out_of_scope", "borrowed_words"):
            rows = [row for row in rows_of(part, name) if row["intent"] == OUT_OF_SCOPE]
            tests += [(row["text"], frozenset({OUT_OF_SCOPE})) for row in rows]
    tests += [(row["text"], frozenset({row["intent"]})) for row in rows_of("held", "questions")]
    return Task([text for text, _ in pairs], [intent for _, intent in pairs], tests)


def library_task() -> Task:
    """Another assistant's."""
    rows = read_rows(SETS / "library.jsonl")
    train = [row for row in rows if row["part"] == "train"]
    tests = [(row["text"], frozenset({row["intent"]})) for row in rows if row["part"] == "test"]
    return Task([clean(row["text"]) for row in train], [row["intent"] for row in train], tests)


def with_slips(texts: Sequence[str]) -> list[str]:
    """Some of the texts as they are learned from a second time, as the program learns."""
    return [misspell(texts[place], place) for place in range(0, len(texts), SLIPS_EVERY)]


def all_texts() -> list[str]:
    """Everything that an encoder has to read for the comparison, as it reads it."""
    found: dict[str, None] = {}
    for task in (our_task(), library_task()):
        found |= dict.fromkeys([*task.texts, *with_slips(task.texts)])
        found |= dict.fromkeys(clean(text) for text in (*(text for text, _ in task.tests), *task.mistyped))
    return list(found)
