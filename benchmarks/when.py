"""How well a wish for the time of the visit is read: what people say when they are asked when to come.

    python -m benchmarks.when [--errors] [--json FILE]

The set is benchmarks/sets/when.jsonl, each row with the present that it is read in. A third (`held`) was set aside by
a hash of its text: only its figures are looked at, so `--errors` prints mistakes of the tuned part alone. A row is
right where the whole answer is: a part of the wish that the label does not name must be empty. Of a `note` the label
gives the words that must stand in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from benchmarks.labelled import SETS, Row, read_rows
from benchmarks.parted import report
from knee_intake.understanding.reader import RuleReader

SET = SETS / "when.jsonl"
NOTE = "note"


def is_right(row: Row, answer: Any) -> bool:
    """Whether an answer is the whole value, or the whole of one of the accepted others."""
    return any(_is_same(answer, wanted) for wanted in (row["value"], *row.get("accept", ())))


def _is_same(answer: Any, wanted: Any) -> bool:
    if not isinstance(answer, Mapping) or not isinstance(wanted, Mapping):
        return bool(answer == wanted)
    said, due = ({name: _sorted(part) for name, part in wish.items() if part} for wish in (answer, wanted))
    note, noted = due.pop(NOTE, ""), said.pop(NOTE, "")
    return said == due and bool(note) == bool(noted) and note.lower() in noted.lower()


def _sorted(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


def read_all(reader: RuleReader, rows: Iterable[Row]) -> list[tuple[Row, Any]]:
    """Each row with the answer that is read from it."""
    return [
        (row, reader.read(row["text"], row["asked"], now=datetime.fromisoformat(row["now"]).astimezone()).answer)
        for row in rows
    ]


if __name__ == "__main__":
    report(read_all(RuleReader(), read_rows(SET)), is_right, __doc__)
