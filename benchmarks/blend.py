"""How sure the tagger must be to add a value or to doubt the rules': the best weights by kind of field.

    python -m benchmarks.blend --adapter FILE ROWS.jsonl [ROWS.jsonl ...]

The rows must be ones that neither the adapter nor the rules have learned from; the adapter is one that was trained
without them (training/fine_tune.py --sentences FOLDER). Prints, for each field, the figures of the rules alone, of the
shipped weights and of the best weights found, which then stand in knee_intake/understanding/blend.py.
"""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from unittest import mock

from benchmarks.labelled import NOW, Row, read_rows
from benchmarks.scoring import Count, count_field, count_sets
from knee_intake.understanding import blend as blending
from knee_intake.understanding.blend import WEIGHTS, Weights, blend
from knee_intake.understanding.encoder import make_encoder
from knee_intake.understanding.intents import clean
from knee_intake.understanding.reader import Heard, RuleReader
from knee_intake.understanding.tagger import WordTagger
from knee_intake.understanding.types import Found, Tag

ADDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 2.0)
DOUBTS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)


def count(name: str, row: Row, found: Found) -> Count:
    """One field of one row."""
    optional = row.get("optional") or {}
    if name == "signs":
        return count_sets(row["signs"], ("injury", "fall_or_blow", "pop"), found.more.get("signs", ()))
    if name == "negated":
        return count_sets(row["expect"].get("negated", ()), optional.get("negated", ()), found.negated)
    return count_field(name, row["expect"].get(name), optional.get(name), found.findings.get(name))


def figures(rows: list[Row], heard: list[Heard], tags: list[tuple[Tag, ...]]) -> dict[str, Count]:
    """Every field over all rows, with the weights as they stand."""
    sums = dict.fromkeys(WEIGHTS, Count())
    for row, one, tagged in zip(rows, heard, tags, strict=True):
        found = blend(one.found, tagged, one.mended.text)
        for name in sums:
            sums[name] += count(name, row, found)
    return sums


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adapter", type=Path, required=True)
    parser.add_argument("rows", type=Path, nargs="+")
    args = parser.parse_args()
    rows = [row for path in args.rows for row in read_rows(path)]
    adapter = args.adapter.read_bytes()
    encoder, tagger, reader = make_encoder(adapter), WordTagger.from_file(adapter), RuleReader()
    now = datetime.fromisoformat(NOW).astimezone()
    heard = [reader.listen(row["text"], now=now) for row in rows]
    tags = []
    for one in heard:
        read = encoder.read(clean(one.mended.text))
        tags.append(tagger.tag(read.words, read.spans))
    nothing: list[tuple[Tag, ...]] = [()] * len(rows)
    rules, shipped = figures(rows, heard, nothing), figures(rows, heard, tags)
    best: dict[str, tuple[Count, Weights]] = {}
    for adds in ADDS:
        for doubts in DOUBTS:
            weights = Weights(adds, doubts)
            with mock.patch.object(blending, "WEIGHTS", dict.fromkeys(WEIGHTS, weights)):
                for name, given in figures(rows, heard, tags).items():
                    if name not in best or given.f1 > best[name][0].f1:
                        best[name] = (given, weights)
    for name, (given, weights) in best.items():
        print(f"{name:18} rules   {rules[name]}\n{'':18} shipped {shipped[name]}\n{'':18} best    {given}  {weights}")
    for title, counts in (("rules", rules), ("shipped", shipped), ("best", {n: c for n, (c, _) in best.items()})):
        whole = Count()
        for name in counts:
            if name not in ("signs", "negated"):
                whole += counts[name]
        print(f"all fields but numbers, {title}: {whole}")


if __name__ == "__main__":
    main()
