"""The mean of two adapters of which the second went on from the first: writes an adapter like them. Needs numpy only.

    python training/halfway.py BEFORE.npz AFTER.npz --out adapter.npz [--share 0.5]

Weights that one run learned from the weights of another may be averaged (Wortsman et al. 2022, "Model soups"). A label
that only the second knows keeps what it learned.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

BY_LABEL = ("label_weight", "label_bias")


def halfway(before: Path, after: Path, share: float) -> dict[str, np.ndarray]:
    """Every array of `after`, drawn `1 - share` of the way back to `before`, as 16-bit numbers."""
    with np.load(before, allow_pickle=False) as old, np.load(after, allow_pickle=False) as new:
        known = {str(label): place for place, label in enumerate(old["labels"])}
        mean = {"labels": new["labels"]}
        for name in new.files:
            if name == "labels":
                continue
            first = old[name].astype(np.float32)
            second = new[name].astype(np.float32)
            if name in BY_LABEL:
                places = [known.get(str(label), -1) for label in new["labels"]]
                first = np.array([first[at] if at >= 0 else own for at, own in zip(places, second, strict=True)])
            mean[name] = (share * second + (1 - share) * first).astype(np.float16)
        return mean


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--share", type=float, default=0.5, help="of the second")
    args = parser.parse_args()
    np.savez_compressed(args.out, **halfway(args.before, args.after, args.share))


if __name__ == "__main__":
    main()
