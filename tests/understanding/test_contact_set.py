"""The labelled set of names and contacts: benchmarks/sets/contacts.jsonl."""

from __future__ import annotations

from benchmarks.contacts import SET, is_right, read_all
from benchmarks.labelled import read_rows
from benchmarks.parted import counts_of, share_right
from tests.readers import rule_reader

FLOOR = 0.95
"""Of all rows, tuned and held."""


def test_names_and_contacts_are_read_whole() -> None:
    counts = counts_of(read_all(rule_reader(), read_rows(SET)), is_right)
    assert share_right(counts, "tuned", "held") >= FLOOR
    assert sum(counts["tuned"]["all"]) > sum(counts["held"]["all"]) > 0
