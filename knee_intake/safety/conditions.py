"""Boolean expressions over facts. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Condition(Protocol):
    """A boolean expression over facts."""

    def holds(self, present: frozenset[str]) -> bool: ...
    def names(self) -> frozenset[str]: ...


@dataclass(frozen=True)
class IsFact:
    name: str

    def holds(self, present: frozenset[str]) -> bool:
        return self.name in present

    def names(self) -> frozenset[str]:
        return frozenset({self.name})


@dataclass(frozen=True)
class AllOf:
    parts: tuple[Condition, ...]

    def holds(self, present: frozenset[str]) -> bool:
        return all(part.holds(present) for part in self.parts)

    def names(self) -> frozenset[str]:
        return frozenset().union(*(part.names() for part in self.parts))


@dataclass(frozen=True)
class AnyOf:
    parts: tuple[Condition, ...]

    def holds(self, present: frozenset[str]) -> bool:
        return any(part.holds(present) for part in self.parts)

    def names(self) -> frozenset[str]:
        return frozenset().union(*(part.names() for part in self.parts))


@dataclass(frozen=True)
class Not:
    part: Condition

    def holds(self, present: frozenset[str]) -> bool:
        return not self.part.holds(present)

    def names(self) -> frozenset[str]:
        return frozenset()  # an absent fact is no reason that could be shown
