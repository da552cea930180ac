"""How well a wish for the time of the visit is read: what people say when they are asked when to come.

    python -m benchmarks.when [--errors] [--json FILE]

The set is benchmarks/sets/when.jsonl, each row with the present that it is read in. A third (`held`) was set aside by
a hash of its text: only its figures are looked at, so `--errors` prints mistakes of the tuned part alone. A row is
right where the whole answer is: a part of the wish that the label does not name must be empty. Of a `note` the label
gives the words that must stand in it.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.labelled import SETS, Row, read_rows
from knee_intake.understanding.reader import RuleReader

SET = SETS / "when.jsonl"
NOTE = "note"


def part_of(row: Row) -> str:
    """`tuned` or `held`."""
    return "held" if row["held"] else "tuned"


def is_right(row: Row, answer: Any) -> bool:
    """Whether an answer is the whole value, or the whole of one of the accepted others."""
    return any(_is_same(answer, wanted) for wanted in (row["value"], *row.get("accept", ())))


def _is_same(answer: Any, wanted: Any) -> bool:
    if not isinstance(answer, Mapping) or not isinstance(wanted, Mapping):
        return bool(answer == wanted)
    said, due = ({name: value for name, value in wish.items() if value and name != NOTE} for wish in (answer, wanted))
    if due.keys() != said.keys() or any(_sorted(due[name]) != _sorted(said[name]) for name in due):
        return False
    return str(wanted.get(NOTE, "")).lower() in str(answer.get(NOTE, "")).lower() and (
        NOTE in wanted or not answer.get(NOTE)
    )


def _sorted(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


def read_all(reader: RuleReader, rows: Iterable[Row]) -> list[tuple[Row, Any]]:
    """Each row with the answer that is read from it."""
    return [
        (row, reader.read(row["text"], row["asked"], now=datetime.fromisoformat(row["now"]).astimezone()).answer)
        for row in rows
    ]


def counts_of(answers: Iterable[tuple[Row, Any]]) -> dict[str, dict[str, list[int]]]:
    """part -> family -> [right, of]."""
    counts: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for row, answer in answers:
        for name in (row["family"], "all"):
            count = counts[part_of(row)][name]
            count[0] += is_right(row, answer)
            count[1] += 1
    return counts


def share_right(counts: Mapping[str, Mapping[str, list[int]]], *parts: str) -> float:
    """The share of right rows over the parts together."""
    right, of = (sum(counts[part]["all"][place] for part in parts) for place in (0, 1))
    return right / of


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--errors", action="store_true", help="print the mistakes of the tuned part")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    args = parser.parse_args()
    answers = read_all(RuleReader(), read_rows(SET))
    counts = counts_of(answers)
    for part in ("tuned", "held"):
        right, of = counts[part]["all"]
        families = ", ".join(f"{name} {r}/{n}" for name, (r, n) in counts[part].items() if name != "all")
        print(f"{part:6} {right}/{of} = {right / of:.3f}  {families}")
    print(f"whole  {share_right(counts, 'tuned', 'held'):.3f}")
    for row, answer in answers if args.errors else ():
        if part_of(row) == "tuned" and not is_right(row, answer):
            print(f"- {row['text']}\n    wanted {json.dumps(row['value'])}  got {json.dumps(_filled(answer))}")
    if args.json:
        figures = {part: round(share_right(counts, part), 3) for part in ("tuned", "held")}
        args.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def _filled(answer: Any) -> Any:
    return {name: value for name, value in answer.items() if value} if isinstance(answer, Mapping) else answer


if __name__ == "__main__":
    main()
