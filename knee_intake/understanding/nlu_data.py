"""Read the training sentences without Rasa: for benchmarks, tests and checks."""

from __future__ import annotations

from pathlib import Path

import msgspec

from knee_intake.checked_yaml import load_yaml


class IntentExamples(msgspec.Struct, forbid_unknown_fields=True):
    """One intent and its sentences, one a line, each after a dash."""

    intent: str
    examples: str


class NluFile(msgspec.Struct, forbid_unknown_fields=True):
    """One file of data/nlu."""

    version: str
    nlu: list[IntentExamples]


def read_examples(folder: Path) -> dict[str, list[str]]:
    """Intent -> its sentences, over all files of the folder. Raises ClinicFileError."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.yml")):
        for block in load_yaml(path, NluFile).nlu:
            lines = [line.removeprefix("- ").strip() for line in block.examples.splitlines()]
            found.setdefault(block.intent, []).extend(line for line in lines if line)
    return found
