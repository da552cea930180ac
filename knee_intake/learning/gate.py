"""The gate that a better model has to pass: what it was measured to be, against the one in use. PURE."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

SHOWN = 40
"""Sentences that are listed of each kind; the rest is only counted."""


@dataclass(frozen=True)
class Rule:
    """How far one figure may get worse."""

    label: str
    tolerance: float
    higher_is_better: bool = True
    counts: bool = False
    """A number of cases rather than a share."""


RULES: Mapping[str, Rule] = {
    "accuracy": Rule("intents, accuracy", 0.01),
    "macro_f1": Rule("intents, macro F1", 0.01),
    "out_of_scope_recall": Rule("out of scope, recall", 0.02),
    "rejected_wrongly": Rule("ours, but rejected", 0.01, higher_is_better=False),
    "emergencies_missed": Rule("emergencies missed", 0, higher_is_better=False, counts=True),
    "alarms_missed": Rule("safety rules missed", 0, higher_is_better=False, counts=True),
    "false_alarms": Rule("false alarms", 2, higher_is_better=False, counts=True),
    "learned": Rule("sentences of this clinic, intent", 0),
    "learned_findings": Rule("sentences of this clinic, findings", 0),
}
"""Figure -> rule, in the order of the table. Beside these, no emergency may be newly missed."""


@dataclass
class Measured:
    """What one model came to."""

    figures: dict[str, float]
    emergencies_missed: dict[str, str] = field(default_factory=dict)
    """Id of the case -> its words."""
    wrong: dict[str, str] = field(default_factory=dict)
    """Sentence -> what it was taken for, of those that may be looked at."""

    def to_dict(self) -> dict[str, Any]:
        return {"figures": self.figures, "emergencies_missed": self.emergencies_missed, "wrong": self.wrong}


@dataclass(frozen=True)
class Row:
    """One figure before and after."""

    name: str
    label: str
    before: float
    after: float
    tolerance: float
    counts: bool
    change: str
    """better | same | worse"""
    ok: bool

    @property
    def allowed(self) -> str:
        """The tolerance in words."""
        return told(self.tolerance, self.counts)


@dataclass(frozen=True)
class Verdict:
    """What the comparison comes to."""

    rows: tuple[Row, ...]
    newly_missed: tuple[str, ...]
    """Emergencies that the model in use hears and the candidate does not."""
    regressions: tuple[str, ...]
    """Sentences that were understood before and are not any more."""
    gains: tuple[str, ...]
    reasons: tuple[str, ...]
    """Why it may not be promoted; empty where it may."""

    @property
    def passed(self) -> bool:
        return not self.reasons

    def to_dict(self) -> dict[str, Any]:
        return {
            "passed": self.passed,
            "rows": [vars(row) for row in self.rows],
            "newly_missed": list(self.newly_missed[:SHOWN]),
            "regressions": list(self.regressions[:SHOWN]),
            "gains": list(self.gains[:SHOWN]),
            "counted": {
                "newly_missed": len(self.newly_missed), "regressions": len(self.regressions), "gains": len(self.gains),
            },
            "reasons": list(self.reasons),
        }  # fmt: skip


def compare(before: Measured, after: Measured) -> Verdict:
    """Hold the candidate against the model in use. A figure that only one of them has is left out."""
    rows = tuple(
        _row(name, before.figures[name], after.figures[name])
        for name in RULES
        if name in before.figures and name in after.figures
    )
    newly = tuple(words for case, words in after.emergencies_missed.items() if case not in before.emergencies_missed)
    reasons = [f"{len(newly)} emergencies are newly missed"] if newly else []
    reasons += [f"{row.label}: worse by more than {row.allowed}" for row in rows if not row.ok]
    return Verdict(rows, newly, _lost(before, after), _lost(after, before), tuple(reasons))


def _row(name: str, before: float, after: float) -> Row:
    rule = RULES[name]
    gain = (after - before) if rule.higher_is_better else (before - after)
    change = "same" if abs(gain) < 1e-9 else "better" if gain > 0 else "worse"
    return Row(name, rule.label, before, after, rule.tolerance, rule.counts, change, gain >= -rule.tolerance - 1e-9)


def told(tolerance: float, counts: bool) -> str:
    """A tolerance in words: cases, or points of a hundred."""
    number = tolerance if counts else 100 * tolerance
    return f"{number:g} {'case' if counts else 'point'}{'' if number == 1 else 's'}"


def _lost(first: Measured, second: Measured) -> tuple[str, ...]:
    """Sentences that only the second gets wrong, with what it takes them for."""
    return tuple(f"{text} → {got}" for text, got in second.wrong.items() if text not in first.wrong)


def accuracy(pairs: Iterable[tuple[str, str]]) -> float:
    """Share of (is, was taken for) that agree."""
    pairs = list(pairs)
    return sum(gold == got for gold, got in pairs) / len(pairs) if pairs else 1.0


def macro_f1(pairs: Iterable[tuple[str, str]]) -> float:
    """Mean over the labels that are there of the harmonic mean of precision and recall."""
    pairs = list(pairs)
    scores = []
    for label in {gold for gold, _ in pairs}:
        hit = sum(gold == got == label for gold, got in pairs)
        of = sum((gold == label) + (got == label) for gold, got in pairs)
        scores.append(2 * hit / of if of else 0.0)
    return sum(scores) / len(scores) if scores else 1.0
