"""The labelled set of wishes for a time: benchmarks/sets/when.jsonl."""

from __future__ import annotations

from benchmarks.labelled import read_rows
from benchmarks.parted import counts_of, share_right
from benchmarks.when import SET, is_right, read_all
from tests.readers import rule_reader

FLOOR = 0.95
"""Of all rows, tuned and held."""


def test_wishes_are_read_whole() -> None:
    counts = counts_of(read_all(rule_reader(), read_rows(SET)), is_right)
    assert share_right(counts, "tuned", "held") >= FLOOR
    assert sum(counts["tuned"]["all"]) > sum(counts["held"]["all"]) > 0


def test_a_row_is_right_only_if_no_part_is_wrong_or_too_much() -> None:
    row = {"value": {"weekdays": ["fri", "thu"], "note": "woman"}, "accept": [None], "held": False}
    assert is_right(row, {"weekdays": ["thu", "fri"], "note": "with a woman", "after": None})
    assert not is_right(row, {"weekdays": ["thu", "fri"], "note": "with a woman", "after": "12:00"})
    assert not is_right(row, {"weekdays": ["thu"], "note": "with a woman"})
    assert not is_right(row, {"weekdays": ["thu", "fri"]})
    assert not is_right({"value": {"weekdays": ["fri"]}, "held": False}, {"weekdays": ["fri"], "note": "with a woman"})
    assert is_right(row, None)
    assert not is_right(row, "unsure")
