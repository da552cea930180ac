"""How well texts are understood: our own labelled sets, written blind, with and without typing errors.

    python -m benchmarks.understanding [--part tune|held] [--rules-only] [--errors SET] [--json FILE]

The sets lie in benchmarks/sets: `tune` may be looked at while rules are written, `held` may not; only its figures
are. `--errors` therefore prints mistakes of `tune` alone. CPU time is that of this process, one text after the other.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.labelled import NOW, Row, rows_of
from benchmarks.scoring import (
    ALL_FIELDS,
    Count,
    as_list,
    count_findings,
    count_sets,
    is_answer_right,
    is_correction_right,
    is_wish_right,
    total,
)
from benchmarks.typos import mistype
from knee_intake.safety import assess_message, load_rules
from knee_intake.safety.facts import SIGNS
from knee_intake.settings import Settings
from knee_intake.understanding.reader import RuleReader
from knee_intake.understanding.service import Understanding, load_understanding
from knee_intake.understanding.spelling import Speller
from knee_intake.understanding.types import LIST_FIELDS, NUMBER_FIELDS, ONE_FIELDS, IntentReading, Understood

REJECTED = "out_of_scope"
UNCOUNTED_SIGNS = frozenset({"injury", "fall_or_blow", "pop", "recent_onset"})
"""How it began: labelled only where it matters for an alarm."""
WORD_FOR_WORD = frozenset({"name", "first_name", "last_name", "email", "goal", "contact"})
"""Answers that are the visitor's own letters."""


class NoClassifier:
    """Stands in where only the rules are measured."""

    def classify(self, text: str) -> IntentReading:
        return IntentReading("inform", 0.5)


class Bench:
    """Reads the sets of one part and keeps figures and mistakes."""

    def __init__(self, understanding: Understanding, settings: Settings, part: str, typos: int | None = None) -> None:
        self._understanding = understanding
        self._rules = load_rules(settings.clinic_path / "red_flags.yml")
        self._part, self._typos = part, typos
        self._speller = Speller()
        self.figures: dict[str, float] = {}
        self.mistakes: dict[str, list[str]] = defaultdict(list)
        self.texts = 0
        self.seconds = 0.0

    def read(self, row: Row, place: int) -> Understood:
        """One row, as the app would read it."""
        text = row["text"] if self._typos is None else self._mistyped(row, place)
        now = datetime.fromisoformat(row.get("now") or NOW).astimezone()
        started = time.process_time()
        read = self._understanding.understand(text, asked=row.get("asked"), context=row.get("context"), now=now)
        self.seconds += time.process_time() - started
        self.texts += 1
        return read

    def _mistyped(self, row: Row, place: int) -> str:
        """With one error, but for what is given word for word and where there is one already."""
        assert self._typos is not None
        given = row.get("value") if row.get("asked") in WORD_FOR_WORD else None
        if "context" in row and isinstance(row.get("value"), dict):
            given = " ".join(str(row["value"].get(name) or "") for name in WORD_FOR_WORD)
        return mistype(row["text"], self._typos + place, given=given and str(given), is_word=self._speller.is_word)

    def all_read(self, name: str) -> list[tuple[Row, Understood]]:
        return [(row, self.read(row, place)) for place, row in enumerate(rows_of(self._part, name))]

    def findings(self) -> list[str]:
        """The hard set: tales of people who talk in images."""
        return self._findings("findings")

    def plain(self) -> list[str]:
        """Ordinary patients in ordinary words."""
        return self._findings("plain")

    def _findings(self, name_of_set: str) -> list[str]:
        """Counts over all, over those that name a knee, by genre and field."""
        by_field: dict[str, Count] = defaultdict(Count)
        groups: dict[str, Count] = defaultdict(Count)
        denials = taken_as_yes = heard = empty = invented = 0
        for row, read in self.all_read(name_of_set):
            counts = count_findings(row["expect"], row["optional"], read.findings)
            for name, count in counts.items():
                by_field[name] += count
                if count.miss or count.false:
                    self._mistake(f"{name_of_set} {name}", row, row["expect"].get(name), read.findings.get(name))
            whole = total(counts.values())
            for group in ("all", row["genre"], *(["knee named"] if row["knee"] else [])):
                groups[group] += whole
            affirmed = {v for values in read.findings.values() if isinstance(values, list) for v in values}
            for value in row["expect"].get("negated", ()):
                denials += 1
                is_heard = value in read.negated or value in read.more.get("negated_signs", ())
                heard += is_heard
                taken_as_yes += value in affirmed
                if not is_heard or value in affirmed:
                    self._mistake(f"{name_of_set} negated", row, value, list(read.negated))
            if not row["expect"]:
                empty += 1
                invented += bool(whole.false)
        self.figures |= {f"{name_of_set} {name}": round(count.f1, 3) for name, count in groups.items()}
        self.figures |= {
            f"{name_of_set} denials taken as yes": taken_as_yes,
            f"{name_of_set} invented": round(invented / max(1, empty), 3),
        }
        lines = [f"{name_of_set}, {name:22} {count}" for name, count in groups.items()]
        lines += [f"  {name:20} {by_field[name]}" for name in ALL_FIELDS]
        lines.append(
            f"denials heard {heard}/{denials}, taken as a yes {taken_as_yes}; "
            f"something found where nothing was said {invented}/{empty}"
        )
        return lines

    def red_flags(self) -> list[str]:
        """Values of the field and rules of the safety room, over messages with an alarm and without."""
        values, rules, by_rule = Count(), Count(), defaultdict(Count)
        silent = alarms = positives = negatives = 0
        for row, read in self.all_read("red_flags"):
            fired = self._fired(read)
            optional = row["optional"]
            count = count_sets(row["red_flags"], optional.get("red_flags", ()), read.findings.get("red_flags", ()))
            values += count
            if count.miss or count.false:
                self._mistake("red_flags values", row, row["red_flags"], read.findings.get("red_flags"))
            count = count_sets(row["rules"], optional.get("rules", ()), fired)
            rules += count
            by_rule[row["kind"]] += count
            if count.miss or count.false:
                self._mistake("red_flags rules", row, row["rules"], sorted(fired))
            if row["rules"]:
                positives += 1
                silent += not fired
            else:
                negatives += 1
                alarms += bool(fired)
        self.figures |= {"red flag values recall": round(values.recall, 3)}
        self.figures |= {"red flag values precision": round(values.precision, 3)}
        self.figures |= {"red flag rules recall": round(rules.recall, 3)}
        self.figures |= {"red flag rules precision": round(rules.precision, 3)}
        return [
            f"red flags, values           {values}",
            f"red flags, rules            {rules}",
            f"  alarms that stayed silent {silent}/{positives}; alarms where there was nothing {alarms}/{negatives}",
            "  " + ", ".join(f"{kind} {c.miss}-{c.false}+" for kind, c in sorted(by_rule.items()) if c.miss or c.false),
        ]

    def alarms(self) -> list[str]:
        """Rules alone, over alarms and near misses of later writers."""
        rules = Count()
        silent = alarms = positives = negatives = 0
        by_rule: dict[str, Count] = defaultdict(Count)
        for row, read in self.all_read("alarms"):
            due, fired = set(row["rules"]), self._fired(read)
            count = count_sets(row["rules"], row["optional"], fired)
            rules += count
            for rule in due | fired:
                by_rule[rule] += count_sets({rule} & due, row["optional"], {rule} & fired)
            if count.miss or count.false:
                self._mistake("alarms", row, row["rules"], sorted(fired))
            positives, silent = positives + bool(due), silent + bool(due and not fired)
            negatives, alarms = negatives + (not due), alarms + bool(not due and count.false)
        self.figures |= {"alarm rules recall": round(rules.recall, 3)}
        self.figures |= {"alarm rules precision": round(rules.precision, 3)}
        return [
            f"alarms, rules               {rules}",
            f"  alarms that stayed silent {silent}/{positives}; alarms where there was nothing {alarms}/{negatives}",
            "  " + ", ".join(f"{rule} {c.miss}-{c.false}+" for rule, c in sorted(by_rule.items()) if c.miss or c.false),
        ]

    def questions(self) -> list[str]:
        """Questions of later writers, all of them held."""
        rows = self.all_read("questions")
        right = sum(read.intent == row["intent"] for row, read in rows)
        rejected = sum(read.intent == REJECTED for _, read in rows)
        self.figures |= {"later questions": round(right / len(rows), 3)}
        return [
            f"later questions             {right}/{len(rows)} = {right / len(rows):.3f}; "
            f"rejected wrongly {rejected}/{len(rows)}"
        ]

    def wordings(self) -> list[str]:
        """Short alarms in many people's words, and look-alikes; only the rule that is due is looked for."""
        hit = of = alarms = quiet = 0
        for row, read in self.all_read("wordings"):
            fired, due = self._fired(read), set(row["rules"])
            if not (due <= fired if due else not fired):
                self._mistake("wordings", row, row["rules"], sorted(fired))
            if due:
                hit, of = hit + (due <= fired), of + 1
            else:
                alarms, quiet = alarms + bool(fired), quiet + 1
        self.figures |= {"wordings recall": round(hit / of, 3), "wordings false alarms": round(alarms / quiet, 3)}
        return [
            f"wordings                    {hit}/{of} = {hit / of:.3f}; alarms where there was nothing {alarms}/{quiet}"
        ]

    def stories(self) -> list[str]:
        """Signs in whole messages, and the rules they set off against those that the labelled signs would."""
        signs, rules = Count(), Count()
        silent = alarms = positives = negatives = 0
        by_sign: dict[str, Count] = defaultdict(Count)
        by_rule: dict[str, Count] = defaultdict(Count)
        for row, read in self.all_read("stories"):
            found = [sign for sign in read.more.get("signs", ()) if sign not in UNCOUNTED_SIGNS]
            found += [sign for sign in read.findings.get("red_flags", ()) if sign in SIGNS and sign not in found]
            wanted = [sign for sign in row["signs"] if sign not in UNCOUNTED_SIGNS]
            count = count_sets(wanted, (), found)
            signs += count
            for sign in {*wanted, *found}:
                by_sign[sign] += count_sets({sign} & {*wanted}, (), {sign} & {*found})
            if count.miss or count.false:
                self._mistake("stories signs", row, wanted, found)
            fired = self._fired(read)
            due, may = self._rules_due(row, read)
            count = count_sets(due, may, fired)
            rules += count
            for rule in due | fired:
                by_rule[rule] += count_sets({rule} & due, may, {rule} & fired)
            if count.miss or count.false:
                self._mistake("stories rules", row, sorted(due), sorted(fired))
            positives, silent = positives + bool(due), silent + bool(due and not fired)
            negatives, alarms = negatives + (not due | may), alarms + bool(fired and not due | may)
        self.figures |= {
            "stories signs": round(signs.f1, 3),
            "stories rules recall": round(rules.recall, 3),
            "stories rules precision": round(rules.precision, 3),
        }
        shown = sorted(by_sign.items(), key=lambda pair: -(pair[1].miss + pair[1].false))[:16]
        return [
            f"stories, signs              {signs}",
            "  " + ", ".join(f"{sign} {c.miss}-{c.false}+" for sign, c in shown),
            f"stories, rules              {rules}",
            f"  alarms that stayed silent {silent}/{positives}; alarms where there was nothing {alarms}/{negatives}",
            "  " + ", ".join(f"{rule} {c.miss}-{c.false}+" for rule, c in sorted(by_rule.items()) if c.miss or c.false),
        ]

    def _fired(self, read: Understood) -> set[str]:
        return {hit.rule for hit in assess_message(read, self._rules).hits}

    def _rules_due(self, row: Row, read: Understood) -> tuple[set[str], set[str]]:
        """The rules that the labels set off, and those that may go off besides where the optional ones count too."""

        def fired(findings: dict[str, Any]) -> set[str]:
            more = {**read.more, "signs": row["signs"]}
            labelled = replace(read, findings=findings, more=more, negated=())
            return self._fired(labelled)

        # numbers are no alarm, and a label may leave them open
        numbers = {name: read.findings[name] for name in NUMBER_FIELDS if name in read.findings}
        due = fired({**row["expect"], **numbers})
        widest = dict(row["expect"])
        for name, values in row["optional"].items():
            if name in LIST_FIELDS:
                widest[name] = [*widest.get(name, []), *values]
            elif name in ONE_FIELDS:
                widest.setdefault(name, as_list(values)[0])
        return due, fired({**widest, **numbers}) - due

    def _right(self, name: str, is_right: Callable[[Row, Understood], bool], got: Callable[[Understood], Any]) -> str:
        kinds: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for row, read in self.all_read(name):
            good = is_right(row, read)
            kind = row.get("asked") or ("changes" if row.get("value") else "look-alikes")
            kinds[kind][0] += good
            kinds[kind][1] += 1
            if not good:
                wanted = row.get("value")
                self._mistake(
                    name, row, {"asked": row.get("asked"), "context": row.get("context"), "is": wanted}, got(read)
                )
        right, of = (sum(pair[place] for pair in kinds.values()) for place in (0, 1))
        self.figures[name] = round(right / of, 3)
        parts = ", ".join(f"{kind} {good}/{of}" for kind, (good, of) in sorted(kinds.items()))
        return f"{name:27} {right}/{of} = {right / of:.3f}  {parts}"

    def answers(self) -> list[str]:
        return [
            self._right("answers", lambda row, read: is_answer_right(row, read.answer), lambda read: read.answer),
            self._right("appointments", lambda row, read: is_wish_right(row, read.answer), lambda read: read.answer),
        ]

    def corrections(self) -> list[str]:
        return [
            self._right(
                "corrections",
                lambda row, read: is_correction_right(row, read.corrections),
                lambda read: read.corrections,
            )
        ]

    def intents(self) -> list[str]:
        """Questions to the right intent; what is none of our business, near and far."""
        right = rejected = of = 0
        for row, read in self.all_read("intents"):
            good = read.intent == row["intent"] or read.intent in row["accept"]
            right, of = right + good, of + 1
            rejected += read.intent == REJECTED
            if not good:
                self._mistake("intents", row, [row["intent"], *row["accept"]], read.intent)
        near = contrast = near_of = contrast_of = 0
        for row, read in self.all_read("near_out_of_scope"):
            out = read.intent == REJECTED
            if row["intent"] == REJECTED:
                near, near_of = near + out, near_of + 1
            else:
                contrast, contrast_of = contrast + (not out), contrast_of + 1
            if out != (row["intent"] == REJECTED):
                self._mistake("near_out_of_scope", row, row["intent"], read.intent)
        (far, far_of), (borrowed, borrowed_of) = self._rejected("far_out_of_scope"), self._rejected("borrowed_words")
        self.figures |= {
            "questions": round(right / of, 3),
            "in scope rejected": round((rejected + contrast_of - contrast) / (of + contrast_of), 3),
            "near out of scope": round(near / near_of, 3),
            "far out of scope": round(far / far_of, 3),
            "borrowed words": round(borrowed / borrowed_of, 3),
        }
        return [
            f"intents                     {right}/{of} = {right / of:.3f}; rejected wrongly {rejected}/{of}",
            f"near out of scope rejected  {near}/{near_of} = {near / near_of:.3f}; look-alikes kept "
            f"{contrast}/{contrast_of}",
            f"far out of scope rejected   {far}/{far_of} = {far / far_of:.3f}; in a clinic's words "
            f"{borrowed}/{borrowed_of} = {borrowed / borrowed_of:.3f}",
        ]

    def _rejected(self, name: str) -> tuple[int, int]:
        """How many of a set that is none of our business are rejected, and of how many."""
        rows = self.all_read(name)
        for row, read in rows:
            if read.intent != REJECTED:
                self._mistake(name, row, REJECTED, read.intent)
        return sum(read.intent == REJECTED for _, read in rows), len(rows)

    def _mistake(self, name: str, row: Row, wanted: Any, got: Any) -> None:
        self.mistakes[name].append(f"- {row['text']}\n    wanted {json.dumps(wanted)}  got {json.dumps(got)}")


def run(understanding: Understanding, settings: Settings, part: str, rules_only: bool, typos: int | None) -> Bench:
    """All sets of one part; prints as it goes."""
    bench = Bench(understanding, settings, part, typos)
    tasks = [
        bench.findings,
        bench.plain,
        bench.red_flags,
        bench.alarms,
        bench.stories,
        bench.answers,
        bench.corrections,
    ]
    if part == "tune":
        tasks.append(bench.wordings)
    by_model = [bench.intents, *([bench.questions] if part == "held" else [])]
    for task in tasks if rules_only else [*tasks, *by_model]:
        for line in task():
            print(line)
    print(f"{1000 * bench.seconds / bench.texts:.2f} ms CPU a text over {bench.texts} texts\n")
    return bench


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=["tune", "held"], action="append")
    parser.add_argument("--rules-only", action="store_true", help="leave the classifier out: quick")
    parser.add_argument("--typos", type=int, metavar="SEED", help="also with one typing error a text")
    parser.add_argument("--errors", help="print the mistakes of one set or field of `tune`, or `list`")
    parser.add_argument("--json", type=Path, help="write the figures here")
    args = parser.parse_args()
    settings = Settings.from_environ()
    understanding = Understanding(RuleReader(), NoClassifier()) if args.rules_only else load_understanding(settings)
    figures: dict[str, dict[str, float]] = {}
    for part in args.part or ["tune", "held"]:
        print(f"==== {part}")
        bench = run(understanding, settings, part, args.rules_only, None)
        figures[part] = bench.figures
        if args.errors and part == "tune":
            for name, lines in bench.mistakes.items():
                if args.errors in (name, "all"):
                    print(name, *lines, sep="\n")
        if args.typos is not None:
            print(f"==== {part}, one typing error a text")
            figures[f"{part} mistyped"] = run(understanding, settings, part, args.rules_only, args.typos).figures
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
