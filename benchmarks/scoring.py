"""How a reading is held against its label. PURE.

Label conventions: benchmarks/sets/README.md. `expect` must be found, `optional` may be, everything else that is found
is a false alarm.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from knee_intake.understanding.types import LIST_FIELDS, NUMBER_FIELDS, ONE_FIELDS

ALL_FIELDS = (*LIST_FIELDS, *ONE_FIELDS, *NUMBER_FIELDS)
DAYS_SLACK = 0.1
"""A duration may be a tenth off: a month has 28 to 31 days."""


@dataclass(frozen=True)
class Count:
    """What was found of what was there; counts add up."""

    hit: int = 0
    miss: int = 0
    false: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.hit + other.hit, self.miss + other.miss, self.false + other.false)

    @property
    def precision(self) -> float:
        return self.hit / (self.hit + self.false) if self.hit + self.false else 1.0

    @property
    def recall(self) -> float:
        return self.hit / (self.hit + self.miss) if self.hit + self.miss else 1.0

    @property
    def f1(self) -> float:
        total = 2 * self.hit + self.miss + self.false
        return 2 * self.hit / total if total else 1.0

    def __str__(self) -> str:
        return (
            f"precision {self.precision:.3f} recall {self.recall:.3f} f1 {self.f1:.3f}"
            f"  ({self.hit} hit, {self.miss} missed, {self.false} false)"
        )


def as_list(value: Any) -> list[Any]:
    """A single value as a list of one."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple | set | frozenset) else [value]


def is_close(found: Any, wanted: Any, name: str) -> bool:
    """Whether two numbers mean the same; days may be a tenth or two days off."""
    if not isinstance(found, int | float) or not isinstance(wanted, int | float):
        return False
    return abs(found - wanted) <= (max(2, DAYS_SLACK * wanted) if name == "pain_duration_days" else 0)


def count_field(name: str, expect: Any, optional: Any, found: Any) -> Count:
    """Hits, misses and false alarms of one field of one text."""
    want, spare, got = as_list(expect), as_list(optional), as_list(found)
    if name in NUMBER_FIELDS:
        hit = any(is_close(g, w, name) for g in got for w in want)
        allowed = any(is_close(g, w, name) for g in got for w in spare)
        if want:
            return Count(hit=1) if hit or allowed else Count(miss=1, false=int(bool(got)))
        return Count(false=int(bool(got) and not allowed))
    if name in ONE_FIELDS and want and set(got) & set(spare):
        return Count(hit=1)
    return count_sets(want, spare, got)


def count_sets(want: Collection[Any], spare: Collection[Any], got: Collection[Any]) -> Count:
    """Hits, misses and false alarms of one set of values."""
    return Count(len(set(want) & set(got)), len(set(want) - set(got)), len(set(got) - set(want) - set(spare)))


def count_findings(
    expect: Mapping[str, Any], optional: Mapping[str, Any], findings: Mapping[str, Any]
) -> dict[str, Count]:
    """The counts of each field of one text."""
    return {name: count_field(name, expect.get(name), optional.get(name), findings.get(name)) for name in ALL_FIELDS}


def is_answer_right(row: Mapping[str, Any], answer: Any) -> bool:
    """Whether an answer is the value or one of the accepted others."""
    asked = row["asked"]
    return any(_same(asked, answer, value) for value in (row["value"], *row.get("accept", ())))


def is_wish_right(row: Mapping[str, Any], answer: Any) -> bool:
    """Whether a wish for a time has every part of the value, or of one of the accepted others."""
    if not isinstance(answer, Mapping):
        return False
    return any(
        all(_normal(answer.get(key)) == _normal(value) for key, value in wanted.items())
        for wanted in (row["value"], *row.get("accept", ()))
    )


def is_correction_right(row: Mapping[str, Any], corrections: Mapping[str, Any]) -> bool:
    """Whether just the wanted fields change, to the wanted values."""
    return any(
        set(corrections) == set(wanted) and all(_same(name, corrections[name], wanted[name]) for name in wanted)
        for wanted in (row["value"], *row.get("accept", ()))
    )


def _same(name: str, given: Any, wanted: Any) -> bool:
    if name in NUMBER_FIELDS and isinstance(wanted, int | float):
        return is_close(given, wanted, name)
    if name == "phone" and isinstance(given, str) and isinstance(wanted, str):
        return _digits(given)[-9:] == _digits(wanted)[-9:]
    if isinstance(given, str) and isinstance(wanted, str):
        return given.lower() == wanted.lower()
    return bool(_normal(given) == _normal(wanted))


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _normal(value: Any) -> Any:
    """Order and kind of a list do not matter, nor does an empty one against nothing."""
    if isinstance(value, list | tuple | set | frozenset):
        return sorted(map(str, value)) or None
    return None if value is False else value


def total(counts: Iterable[Count]) -> Count:
    """The sum."""
    added = Count()
    for count in counts:
        added += count
    return added
