"""Train with Rasa, in a process of its own: `python -m knee_intake.understanding.rasa_training HOME MODEL`."""

from __future__ import annotations

import logging
import random
import sys
from pathlib import Path

import numpy as np


def train(home: Path, model: Path) -> int:
    """Train the Rasa project in `home` into the archive `model`; 0 when it is there."""
    random.seed(0)
    np.random.seed(0)
    logging.basicConfig(level=logging.INFO, format="%(message)s")  # Rasa names each component as it trains it
    from rasa.model_training import train as train_with_rasa

    result = train_with_rasa(
        domain=str(home / "domain.yml"),
        config=str(home / "config.yml"),
        training_files=[str(home / "data")],
        output=str(model.parent),
        fixed_model_name=model.name.removesuffix(".tar.gz"),
    )
    return 0 if result.model else 1


if __name__ == "__main__":
    sys.exit(train(Path(sys.argv[1]), Path(sys.argv[2])))
