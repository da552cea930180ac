"""The red-flag rules, read from clinic/red_flags.yml and checked as a whole. PURE."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from knee_intake.checked_yaml import line_of, load_yaml, read_yaml
from knee_intake.errors import ClinicFileError
from knee_intake.safety.conditions import AllOf, AnyOf, Condition, IsFact, Not
from knee_intake.safety.facts import FACTS

Urgency = Literal["emergency_911", "emergency_room", "same_day", "soon", "routine"]


@dataclass(frozen=True)
class Case:
    """A narrower condition of a rule, with its own urgency and, where it needs one, its own text."""

    when: Condition
    urgency: str
    text: Mapping[str, str] | None


@dataclass(frozen=True)
class Rule:
    id: str
    version: int
    name: str
    urgency: str
    when: Condition
    cases: tuple[Case, ...]
    text: Mapping[str, str]
    sources: tuple[str, ...]
    stops: bool
    approved_by: str | None
    note: str


@dataclass(frozen=True)
class RedFlagRules:
    """All rules of one clinic, in the order in which their texts are shown."""

    version: int
    rules: tuple[Rule, ...]

    def is_general(self, text: str) -> bool:
        """Whether several rules share this text, so that it names no sign of its own."""
        return sum(text in rule.text.values() for rule in self.rules) > 1


class _CaseEntry(msgspec.Struct, forbid_unknown_fields=True):
    when: Any
    urgency: Urgency
    text: dict[str, str] | None = None


class _RuleEntry(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    version: int
    name: str
    urgency: Urgency
    when: Any
    text: dict[str, str]
    sources: list[str]
    cases: list[_CaseEntry] = []
    stops: bool = False
    note: str = ""
    approved_by: str | None = None


class _File(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    rules: list[_RuleEntry]


def load_rules(path: Path) -> RedFlagRules:
    """Read and check clinic/red_flags.yml. Raises ClinicFileError naming file, line, key and what was expected."""
    file = load_yaml(path, _File)
    reader = _Reader(path)
    rules = tuple(reader.rule(index, entry) for index, entry in enumerate(file.rules))
    seen: set[str] = set()
    for index, rule in enumerate(rules):
        if rule.id in seen:
            raise reader.error(("rules", index, "id"), f"each id once, but {rule.id} is there twice")
        seen.add(rule.id)
    return RedFlagRules(file.version, rules)


class _Reader:
    """Turns checked entries into rules; knows where in the file it is."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def error(self, where: tuple[str | int, ...], expected: str) -> ClinicFileError:
        line = line_of(read_yaml(self.path), *where)
        return ClinicFileError(self.path, line, ".".join(map(str, where)), f"expected {expected}")

    def rule(self, index: int, entry: _RuleEntry) -> Rule:
        where = ("rules", index)
        if not entry.id.startswith("RF"):
            raise self.error((*where, "id"), "an id such as RF01")
        if not entry.sources and not entry.note:
            raise self.error((*where, "sources"), "at least one source id, or a note that says why there is none")
        return Rule(
            id=entry.id,
            version=entry.version,
            name=entry.name,
            urgency=entry.urgency,
            when=self.condition((*where, "when"), entry.when),
            cases=tuple(self.case((*where, "cases", n), case) for n, case in enumerate(entry.cases)),
            text=self.text((*where, "text"), entry.text),
            sources=tuple(entry.sources),
            stops=entry.stops,
            approved_by=entry.approved_by,
            note=entry.note,
        )

    def case(self, where: tuple[str | int, ...], entry: _CaseEntry) -> Case:
        text = self.text((*where, "text"), entry.text) if entry.text is not None else None
        return Case(self.condition((*where, "when"), entry.when), entry.urgency, text)

    def text(self, where: tuple[str | int, ...], texts: dict[str, str]) -> dict[str, str]:
        if not texts.get("en", "").strip():
            raise self.error(where, "a text under `en`")
        for lang, text in texts.items():
            if not text.strip():
                raise self.error((*where, lang), "a text, or the language left out")
        return texts

    def condition(self, where: tuple[str | int, ...], entry: Any) -> Condition:
        if isinstance(entry, str):
            if entry not in FACTS:
                raise self.error(
                    where, f"the name of a fact, but `{entry}` is none (FACTS in knee_intake/safety/facts.py)"
                )
            return IsFact(entry)
        if isinstance(entry, dict) and len(entry) == 1:
            word, inner = next(iter(entry.items()))
            if word == "not":
                return Not(self.condition((*where, word), inner))
            if word in ("all", "any") and isinstance(inner, list) and inner:
                parts = tuple(self.condition((*where, word, n), part) for n, part in enumerate(inner))
                return AllOf(parts) if word == "all" else AnyOf(parts)
        raise self.error(where, "a fact, {all: [...]}, {any: [...]} or {not: ...}")
