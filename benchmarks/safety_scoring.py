"""How a red-flag outcome is held against its label. PURE.

A row of benchmarks/sets/safety says which rules are due, at which turn and in which class; `may` are rules that may
fire besides, `at_most` the most urgent class that is not too much (where `may` allows more than is due).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.labelled import SETS, Row, read_rows
from knee_intake.interview.model import URGENCIES
from knee_intake.safety import STOPPING

SAFETY = SETS / "safety"


def rank(urgency: str | None) -> int:
    """0 is the most urgent; nothing raised comes after routine."""
    return URGENCIES.index(urgency) if urgency else len(URGENCIES)


@dataclass(frozen=True)
class Due:
    """A rule that must fire, and when; an escalation of the same rule is due apart."""

    rule: str
    turn: int
    """Of the visitor, from 1."""
    urgency: str


@dataclass(frozen=True)
class Case:
    """One labelled message or conversation."""

    id: str
    kind: str
    turns: tuple[tuple[str | None, str], ...]
    """(the pending question, the text)."""
    due: tuple[Due, ...]
    urgency: str | None
    """The class that is due after the whole; None for a near miss."""
    may: frozenset[str]
    """Rules that may fire besides."""
    at_most: str | None
    """The most urgent class that is not too much."""

    @property
    def due_rules(self) -> frozenset[str]:
        return frozenset(due.rule for due in self.due)

    @property
    def emergency_rules(self) -> frozenset[str]:
        """The rules of which an emergency text is due."""
        return frozenset(due.rule for due in self.due if due.urgency in STOPPING)

    @property
    def emergency_turn(self) -> int | None:
        """The first turn at which an emergency text is due."""
        return min((due.turn for due in self.due if due.urgency in STOPPING), default=None)

    def words(self, turn: int | None = None) -> str:
        """The text of one turn, or all of them."""
        if len(self.turns) == 1:
            return self.turns[0][1]
        if turn is not None:
            return f"[{turn}] {self.turns[turn - 1][1]}"
        return " / ".join(text for _, text in self.turns)


def message_case(row: Row) -> Case:
    due = tuple(Due(rule, 1, row["urgency"]) for rule in row["rules"])
    return _case(row, ((None, row["text"]),), due)


def conversation_case(row: Row) -> Case:
    turns = tuple((turn["asked"], turn["text"]) for turn in row["turns"])
    return _case(row, turns, tuple(Due(due["rule"], due["turn"], due["urgency"]) for due in row["rules"]))


def _case(row: Row, turns: tuple[tuple[str | None, str], ...], due: tuple[Due, ...]) -> Case:
    may, at_most = frozenset(row.get("may", ())), row.get("at_most", row["urgency"])
    return Case(row["id"], row["kind"], turns, due, row["urgency"], may, at_most)


def cases_of(name: str) -> list[Case]:
    """All cases of `messages` or `conversations`."""
    make = message_case if name == "messages" else conversation_case
    return [make(row) for row in read_rows(SAFETY / f"{name}.jsonl")]


@dataclass(frozen=True)
class Fired:
    """A rule whose text came up at a turn."""

    rule: str
    turn: int
    urgency: str


@dataclass(frozen=True)
class Outcome:
    """What the product made of a case."""

    case: Case
    fired: tuple[Fired, ...]
    urgency: str | None
    """The class that stands after the whole."""

    def first(self, rule: str, urgency: str | None = None) -> int | None:
        """The first turn at which the rule came up, at that urgency or above."""
        least = rank(urgency)
        return min((one.turn for one in self.fired if one.rule == rule and rank(one.urgency) <= least), default=None)

    @property
    def missed(self) -> tuple[Due, ...]:
        """What was due and did not come, or came too late."""
        return tuple(due for due in self.case.due if (self.first(due.rule) or due.turn + 1) > due.turn)

    @property
    def weaker(self) -> tuple[Due, ...]:
        """What came in time, but as a lower class than due."""
        late = {due for due in self.case.due if (self.first(due.rule, due.urgency) or due.turn + 1) > due.turn}
        return tuple(due for due in self.case.due if due in late and due not in self.missed)

    @property
    def false(self) -> frozenset[str]:
        """Rules that came up where they are not due, or before they are."""
        begins: dict[str, int] = {}
        for due in self.case.due:
            begins[due.rule] = min(due.turn, begins.get(due.rule, due.turn))
        return frozenset(
            one.rule
            for one in self.fired
            if one.rule not in self.case.may and one.turn < begins.get(one.rule, one.turn + 1)
        )

    @property
    def emergency_missed(self) -> bool:
        """No emergency text at all by the turn at which one is due."""
        due = self.case.emergency_turn
        return due is not None and not any(one.turn <= due and one.urgency in STOPPING for one in self.fired)

    @property
    def undertriaged(self) -> bool:
        """The visitor was left with less than is due; a softened alarm is that too."""
        return rank(self.urgency) > rank(self.case.urgency)

    @property
    def overtriaged(self) -> frozenset[str]:
        """The rules that raised the class above what is due."""
        return frozenset(one.rule for one in self.fired if rank(one.urgency) < rank(self.case.at_most))


@dataclass
class RuleCount:
    """One row of the table."""

    right: int = 0
    missed: int = 0
    false: int = 0
    silent: int = 0
    """Cases where it is not due and did not fire."""
    over: int = 0
    emergencies_missed: int = 0

    @property
    def sensitivity(self) -> float:
        return share(self.right, self.right + self.missed)

    @property
    def specificity(self) -> float:
        return share(self.silent, self.silent + self.false)


def share(part: int, whole: int) -> float:
    """A share, 1 of nothing."""
    return part / whole if whole else 1.0


def count_rules(outcomes: Sequence[Outcome], rules: Iterable[str]) -> dict[str, RuleCount]:
    """The table's rows. A case in which a rule may fire says nothing about that rule."""
    counts = {rule: RuleCount() for rule in rules}
    for outcome in outcomes:
        missed = {due.rule for due in outcome.missed}
        for rule, count in counts.items():
            is_due = rule in outcome.case.due_rules
            count.right += is_due and rule not in missed
            count.missed += rule in missed
            count.false += rule in outcome.false
            count.silent += not is_due and rule not in outcome.false and rule not in outcome.case.may
            count.over += rule in outcome.overtriaged
            count.emergencies_missed += outcome.emergency_missed and rule in outcome.case.emergency_rules
    return counts


def summary(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """The figures of one set."""
    emergencies = [outcome for outcome in outcomes if outcome.case.emergency_turn is not None]
    near = [outcome for outcome in outcomes if not outcome.case.due]
    positive = [outcome for outcome in outcomes if outcome.case.due]
    right = sum(not outcome.undertriaged and not outcome.overtriaged for outcome in outcomes)
    missed = sum(outcome.emergency_missed for outcome in emergencies)
    return {
        "cases": len(outcomes),
        "must fire": len(positive),
        "near misses": len(near),
        "emergencies": len(emergencies),
        "emergencies missed": missed,
        "alarms silent": sum(not outcome.fired for outcome in positive),
        "near misses that fired": sum(bool(outcome.false) for outcome in near),
        "emergencies given an emergency text": share(len(emergencies) - missed, len(emergencies)),
        "emergencies told less than due": 1 - share(sum(not o.undertriaged for o in emergencies), len(emergencies)),
        "urgency class right": share(right, len(outcomes)),
        "never told less than due": share(sum(not outcome.undertriaged for outcome in outcomes), len(outcomes)),
        "over-triage": 1 - share(sum(not outcome.overtriaged for outcome in outcomes), len(outcomes)),
        "false alarms on near misses": 1 - share(sum(not outcome.false for outcome in near), len(near)),
    }
