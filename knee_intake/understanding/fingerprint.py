"""What a model was made from, as one hash: a model whose hash differs is made again.

Only what goes into the model counts. Rules, lexicon and clinic files are read when the program runs, so a clinic
that changes its hours, or a rule that is mended, needs no training.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

_CODE = Path(__file__).resolve().parent
_TRAINS = (
    "adapter.npz", "components.py", "encoder.py", "encoder_graph.py", "intents.py", "misspell.py", "rasa_training.py",
    "tagger.py",
)  # fmt: skip
"""The modules whose change makes another model."""


def inputs_digest(home: Path) -> str:
    """sha256 over training data, domain, pipeline and the code that trains: what the model is made from."""
    files = [home / "config.yml", home / "domain.yml", *_yaml(home / "data")]
    return _joined(_digest(home, files), _digest(_CODE, (_CODE / name for name in _TRAINS)))


def rules_digest(home: Path) -> str:
    """sha256 over the lexicon and the clinic's files: what the rules read beside the model."""
    return _joined(_digest(home, _yaml(home / "clinic")), _digest(_CODE, _yaml(_CODE / "lexicon")))


def _joined(*digests: str) -> str:
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def _yaml(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.rglob("*.yml"))


def _digest(root: Path, files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in files:
        if path.is_file():
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            total.update(f"{path.relative_to(root).as_posix()}\0{content}\n".encode())
    return total.hexdigest()
