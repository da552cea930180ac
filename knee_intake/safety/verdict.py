"""Hold the rules against the facts: an urgency, and the exact texts to show. PURE."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from knee_intake.interview.model import URGENCIES, most_urgent
from knee_intake.safety.facts import Reading, facts
from knee_intake.safety.rules import RedFlagRules, Rule

STOPPING = ("emergency_911", "emergency_room")
"""At these urgencies the interview ends: the text is the answer, no visit is offered."""


@dataclass(frozen=True)
class Hit:
    """A rule that fired. `text` is what is shown: exactly, and alone."""

    rule: str
    version: int
    urgency: str
    text: str
    stops: bool
    because: tuple[str, ...]
    """The facts that the rule found, for staff."""


@dataclass(frozen=True)
class Verdict:
    """What the rules say; `hits` most urgent first."""

    urgency: str | None = None
    hits: tuple[Hit, ...] = ()

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(hit.rule for hit in self.hits)

    @property
    def stops_interview(self) -> bool:
        """No further question, and no visit offered as the answer."""
        return any(hit.stops for hit in self.hits)


def assess(present: frozenset[str], rules: RedFlagRules, lang: str = "en") -> Verdict:
    """Hold every rule against the facts."""
    hits = [_hit(rule, present, lang) for rule in rules.rules if rule.when.holds(present)]
    hits.sort(key=lambda hit: URGENCIES.index(hit.urgency))
    return Verdict(most_urgent(*(hit.urgency for hit in hits)), tuple(hits))


def assess_message(reading: Reading, rules: RedFlagRules, lang: str = "en") -> Verdict:
    """What the rules say of one message alone."""
    return assess(facts(reading), rules, lang)


def new_hits(verdict: Verdict, already: Collection[tuple[str, str]]) -> tuple[Hit, ...]:
    """The hits not yet shown; a rule shown before ((rule, urgency)) comes again only when it is more urgent now."""
    shown: dict[str, int] = {}
    for rule, urgency in already:
        shown[rule] = min(URGENCIES.index(urgency), shown.get(rule, len(URGENCIES)))
    return tuple(hit for hit in verdict.hits if URGENCIES.index(hit.urgency) < shown.get(hit.rule, len(URGENCIES)))


def _hit(rule: Rule, present: frozenset[str], lang: str) -> Hit:
    urgency, texts, reasons = rule.urgency, rule.text, rule.when.names()
    for case in rule.cases:
        if case.when.holds(present):
            urgency, texts, reasons = case.urgency, case.text or rule.text, reasons | case.when.names()
            break
    return Hit(
        rule=rule.id,
        version=rule.version,
        urgency=urgency,
        text=texts.get(lang) or texts["en"],
        stops=rule.stops or urgency in STOPPING,
        because=tuple(sorted(reasons & present)),
    )
