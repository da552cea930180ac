"""Sets whose rows say themselves whether they are set aside: counted, printed and written. PURE but for `main`.

Each row has a `family` and `held`: a third, drawn by a hash of its text, of which only the figures are looked at.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.labelled import Row

IsRight = Callable[[Row, Any], bool]
Counts = Mapping[str, Mapping[str, list[int]]]
"""part -> family -> [right, of]; the family `all` is the whole part."""


def part_of(row: Row) -> str:
    """`tuned` or `held`."""
    return "held" if row["held"] else "tuned"


def counts_of(read: Iterable[tuple[Row, Any]], is_right: IsRight) -> Counts:
    """How many of what was read is right."""
    counts: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for row, value in read:
        for name in (row["family"], "all"):
            count = counts[part_of(row)][name]
            count[0] += is_right(row, value)
            count[1] += 1
    return counts


def share_right(counts: Counts, *parts: str) -> float:
    """The share of right rows over the parts together."""
    right, of = (sum(counts[part]["all"][place] for part in parts) for place in (0, 1))
    return right / of


def report(read: list[tuple[Row, Any]], is_right: IsRight, description: str | None) -> None:
    """Print the figures, and as the command line asks the mistakes of the tuned part, or write the figures."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--errors", action="store_true", help="print the mistakes of the tuned part")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    args = parser.parse_args()
    counts = counts_of(read, is_right)
    for part in ("tuned", "held"):
        right, of = counts[part]["all"]
        families = ", ".join(f"{name} {r}/{n}" for name, (r, n) in counts[part].items() if name != "all")
        print(f"{part:6} {right}/{of} = {right / of:.3f}  {families}")
    print(f"whole  {share_right(counts, 'tuned', 'held'):.3f}")
    for row, value in read if args.errors else ():
        if part_of(row) == "tuned" and not is_right(row, value):
            print(f"- {row['text']}\n    wanted {json.dumps(row['value'])}  got {json.dumps(_filled(value))}")
    if args.json:
        figures = {part: round(share_right(counts, part), 3) for part in ("tuned", "held")}
        args.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def _filled(value: Any) -> Any:
    return {name: part for name, part in value.items() if part} if isinstance(value, Mapping) else value
