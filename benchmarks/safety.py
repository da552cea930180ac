"""How well alarms are heard: single messages and whole conversations, held against the red-flag rules that are due.

    python -m benchmarks.safety [--set messages|conversations] [--rules-only] [--errors] [--json FILE]

The sets lie in benchmarks/sets/safety. A third or more of each must fire; the rest are near misses: denied, past,
other people's, feared, asked, figurative, mild, one half of a pair. A single message goes through the understanding
and `assess_message`. A conversation goes through `hear`, as in the app: each turn with its open question, what that
question offers, and the intake that the turns before it left. A rule must fire at the very turn at which it is due.

A rule's row: right (fired when due), missed (not, or not by its turn), false (fired where it is not due, or before).
`over`: texts that were raised above the class that is due, by the rule that raised them. `emergencies missed`: texts
due an emergency text that had none at all by that turn.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.labelled import NOW
from benchmarks.safety_scoring import Case, Fired, Outcome, RuleCount, cases_of, count_rules, summary
from benchmarks.understanding import NoClassifier
from knee_intake.clinic import Clinic, load_clinic
from knee_intake.interview import flow
from knee_intake.interview.hear import hear
from knee_intake.interview.model import Intake
from knee_intake.interview.say import ask
from knee_intake.safety import assess_message
from knee_intake.settings import Settings
from knee_intake.understanding.reader import RuleReader
from knee_intake.understanding.service import Understanding, load_understanding

SET_NAMES = ("messages", "conversations")
PUBLISHED = {
    "emergencies given an emergency text": ("80 %", "23 checkers, 45 vignettes (Semigran 2015, S58a)"),
    "urgency class right": ("57 % (33-78); 48.8-90.1", "Semigran 2015, S58a; 10 studies (Wallace 2022, S58c)"),
    "never told less than due": ("GPs 97.0, 8 apps 80.0-97.8", "safe advice, 200 vignettes (Gilbert 2020, S58b)"),
    "emergencies told less than due": ("78.6 %", "eye emergencies, the worst of 10 studies (Wallace 2022, S58c)"),
}
"""CLINICAL.md section 5. Other texts and other definitions than ours: yardsticks, not a race."""


@dataclass
class Bench:
    """Plays the cases and keeps what came of them."""

    understanding: Understanding
    clinic: Clinic
    now: datetime = field(default_factory=lambda: datetime.fromisoformat(NOW).astimezone())
    seconds: float = 0.0
    texts: int = 0

    def play(self, name: str) -> list[Outcome]:
        """All cases of one set."""
        judge = self.message if name == "messages" else self.conversation
        started = time.process_time()
        outcomes = [judge(case) for case in cases_of(name)]
        self.seconds += time.process_time() - started
        self.texts += sum(len(outcome.case.turns) for outcome in outcomes)
        return outcomes

    def message(self, case: Case) -> Outcome:
        """One message alone."""
        read = self.understanding.understand(case.turns[0][1], asked=case.turns[0][0], now=self.now)
        verdict = assess_message(read, self.clinic.red_flags)
        return Outcome(case, tuple(Fired(hit.rule, 1, hit.urgency) for hit in verdict.hits), verdict.urgency)

    def conversation(self, case: Case) -> Outcome:
        """A whole conversation, the intake carried from turn to turn."""
        intake, fired = Intake(status="active", door="knee"), list[Fired]()
        for turn, (asked, text) in enumerate(case.turns, start=1):
            self._put(intake, asked)
            heard = hear(text, intake, self.understanding.understand, self.clinic, self.now, turn)
            fired += [Fired(hit.rule, turn, hit.urgency) for hit in heard.hits]
            intake = heard.intake
        return Outcome(case, tuple(fired), intake.urgency if intake.red_flags else None)

    def _put(self, intake: Intake, asked: str | None) -> None:
        """Open the question, as `Talk.put` does: the next text is read in the light of what was asked and offered."""
        questions = self.clinic.questions
        question = questions.question(asked) if asked else None
        intake.asked, intake.state["offered"], intake.state["offered_kind"] = asked, [], None
        if question is None:
            return
        said = ask(question, questions, missing=flow.missing_fields(question, intake) or question.fills)
        how: Mapping[str, Any] = said.input or {}
        intake.asked, intake.state["offered_kind"] = how.get("for"), how.get("kind")
        intake.state["offered"] = [{"label": label, "value": value} for label, value in said.choices]


def table(counts: Mapping[str, RuleCount]) -> list[str]:
    """One line a rule, and their sum."""
    lines = ["rule   right missed false  sensitivity specificity  over  emergencies missed"]
    lines += [_line(rule, count) for rule, count in counts.items()]
    whole = RuleCount()
    for count in counts.values():
        for name, value in vars(count).items():
            setattr(whole, name, getattr(whole, name) + value)
    return [*lines, _line("all", whole)]


def _line(rule: str, count: RuleCount) -> str:
    numbers = f"{count.right:5} {count.missed:6} {count.false:5}  {count.sensitivity:11.3f} {count.specificity:11.3f}"
    return f"{rule:6} {numbers} {count.over:5} {count.emergencies_missed:8}"


def beside_published(figures: Mapping[str, float]) -> list[str]:
    """Our shares beside those of published symptom checkers."""
    lines = [f"{name:37} {100 * figures[name]:5.1f} %   {value:27} {of}" for name, (value, of) in PUBLISHED.items()]
    ours = [f"{name:37} {100 * figures[name]:5.1f} %" for name in ("over-triage", "false alarms on near misses")]
    counted = ", ".join(f"{name} {figures[name]:.0f}" for name in list(figures)[:7])
    return [counted, f"{'':37}    ours   published", *lines, *ours]


def by_kind(outcomes: Sequence[Outcome]) -> str:
    """Where it goes wrong: wrong of all, by kind of case."""
    wrong: Counter[str] = Counter()
    of: Counter[str] = Counter()
    for outcome in outcomes:
        kind = "alarm" if outcome.case.kind.startswith("RF") else outcome.case.kind
        of[kind] += 1
        wrong[kind] += bool(outcome.missed or outcome.false)
    return "wrong by kind: " + ", ".join(f"{kind} {wrong[kind]}/{count}" for kind, count in of.items())


def mistakes(outcomes: Sequence[Outcome]) -> dict[str, list[str]]:
    """Heading -> lines, the gravest first; a case stands under each heading that it earns."""
    found: dict[str, list[str]] = defaultdict(list)
    for outcome in outcomes:
        case = outcome.case
        got = ", ".join(f"{one.rule}@{one.turn} {one.urgency}" for one in outcome.fired) or "nothing"
        if outcome.emergency_missed:
            found["emergency missed"].append(_mistake(case, case.emergency_turn, got))
        for due in outcome.missed:
            found["missed"].append(_mistake(case, due.turn, got))
        for due in outcome.weaker:
            found["came weaker than due"].append(_mistake(case, due.turn, got))
        if outcome.undertriaged and not outcome.missed and not outcome.weaker:
            found["softened"].append(_mistake(case, None, got))
        if outcome.overtriaged:
            found["raised above what is due"].append(_mistake(case, _turn_of(outcome, outcome.overtriaged), got))
        if outcome.false:
            found["false"].append(_mistake(case, _turn_of(outcome, outcome.false), got))
    order = ("emergency missed", "softened", "came weaker than due", "missed", "raised above what is due", "false")
    return {name: found[name] for name in order if found[name]}


def _turn_of(outcome: Outcome, rules: frozenset[str]) -> int:
    return min(one.turn for one in outcome.fired if one.rule in rules)


def _mistake(case: Case, turn: int | None, got: str) -> str:
    due = ", ".join(f"{due.rule}@{due.turn} {due.urgency}" for due in case.due) or "nothing"
    whole = "" if len(case.turns) == 1 else f"\n    all: {case.words()}"
    return f"- {case.id} ({case.kind}) {case.words(turn)}\n    due {due}; got {got}{whole}"


def report(outcomes: Sequence[Outcome], rules: Sequence[str]) -> list[str]:
    """What is printed of one set."""
    return [*table(count_rules(outcomes, rules)), "", *beside_published(summary(outcomes)), by_kind(outcomes)]


def figures_of(outcomes: Sequence[Outcome], rules: Sequence[str]) -> dict[str, Any]:
    """What is written of one set: the summary, and each rule's counts and shares."""
    per_rule = {
        rule: {**vars(count), "sensitivity": round(count.sensitivity, 3), "specificity": round(count.specificity, 3)}
        for rule, count in count_rules(outcomes, rules).items()
    }
    return {**{name: round(value, 4) for name, value in summary(outcomes).items()}, "rules": per_rule}


def rule_ids(clinic: Clinic) -> list[str]:
    return sorted(rule.id for rule in clinic.red_flags.rules)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=SET_NAMES, action="append", dest="sets", help="only this one")
    parser.add_argument("--rules-only", action="store_true", help="leave the classifier out: quick")
    parser.add_argument("--errors", action="store_true", help="list the mistakes, the gravest first")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    args = parser.parse_args()
    settings = Settings.from_environ()
    understanding = Understanding(RuleReader(), NoClassifier()) if args.rules_only else load_understanding(settings)
    bench = Bench(understanding, load_clinic(settings.clinic_path))
    rules = rule_ids(bench.clinic)
    figures: dict[str, Any] = {}
    for name in args.sets or SET_NAMES:
        outcomes = bench.play(name)
        figures[name] = figures_of(outcomes, rules)
        print(f"==== {name}", *report(outcomes, rules), "", sep="\n")
        if args.errors:
            for heading, lines in mistakes(outcomes).items():
                print(f"-- {name}: {heading} ({len(lines)})", *lines, "", sep="\n")
    print(f"{1000 * bench.seconds / bench.texts:.2f} ms CPU a text over {bench.texts} texts")
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
