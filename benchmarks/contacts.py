"""How well names and contacts are read: given in one reply, and put right when they are read back.

    python -m benchmarks.contacts [--errors] [--json FILE]

The set is benchmarks/sets/contacts.jsonl. Rows without a `context` reply to the question for the contact; rows with
one are said to the read-back, and their value is what they change. A third (`held`) was set aside by a hash of its
text. A row is right where just the wanted parts are there, with the wanted values, letter by letter.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from benchmarks.labelled import SETS, Row, read_rows
from benchmarks.parted import report
from knee_intake.understanding.reader import RuleReader

SET = SETS / "contacts.jsonl"


def is_right(row: Row, value: Any) -> bool:
    """Whether it is the value, or one of the accepted others."""
    return value in (row["value"], *row.get("accept", ()))


def read_all(reader: RuleReader, rows: Iterable[Row]) -> list[tuple[Row, Any]]:
    """Each row with what is read from it: its corrections where it has a context, else its answer."""
    read = []
    for row in rows:
        reading = reader.read(row["text"], row["asked"], row.get("context"))
        read.append((row, reading.corrections if "context" in row else reading.answer))
    return read


if __name__ == "__main__":
    report(read_all(RuleReader(), read_rows(SET)), is_right, __doc__)
