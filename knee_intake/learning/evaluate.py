"""Measures a model with the project's own benchmarks, which lie beside the package in the home folder."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from knee_intake.errors import BuildError
from knee_intake.learning.gate import Measured, accuracy, macro_f1
from knee_intake.learning.lesson_files import OUT_OF_SCOPE, Labelled, one_line
from knee_intake.settings import Settings

NEEDED = ("benchmarks/safety.py", "benchmarks/labelled.py", "benchmarks/sets/safety", "benchmarks/sets/tune")
PARTS = ("tune", "held")
LOOKED_AT = "tune"
"""Of the other part only the figures are shown: its sentences are to stay unseen."""


def missing(home: Path) -> list[str]:
    """What the gate needs and is not there."""
    return [name for name in NEEDED if not (home / name).exists()]


def measure(settings: Settings, model: Path, lessons: Iterable[Labelled]) -> Measured:
    """All figures of one model; a minute or two. Raises BuildError where the benchmarks are not there, ModelError."""
    from knee_intake.understanding.model_file import load_classifier
    from knee_intake.understanding.reader import RuleReader
    from knee_intake.understanding.service import Understanding

    if absent := missing(settings.home_path):
        raise BuildError(f"The sets to measure with are not here: {', '.join(absent)}.")
    understanding = Understanding(RuleReader(), load_classifier(model))
    measured = Measured({})
    _intents(understanding, settings.home_path, measured)
    _safety(understanding, settings, measured)
    _learned(understanding, list(lessons), measured)
    return measured


def _benchmark(home: Path, name: str) -> Any:
    if str(home) not in sys.path:
        sys.path.insert(0, str(home))
    return importlib.import_module(f"benchmarks.{name}")


def _intents(understanding: Any, home: Path, measured: Measured) -> None:
    labelled = _benchmark(home, "labelled")
    pairs: list[tuple[str, str]] = []
    out: list[bool] = []
    ours_rejected: list[bool] = []
    for part in (part for part in PARTS if (labelled.SETS / part).is_dir()):
        for row in labelled.rows_of(part, "intents"):
            got = understanding.understand(row["text"]).intent
            gold = row["intent"] if got in row["accept"] or got == row["intent"] else None
            pairs.append((row["intent"], row["intent"] if gold else got))
            ours_rejected.append(got == OUT_OF_SCOPE)
            if gold is None and part == LOOKED_AT:
                measured.wrong[row["text"]] = got
        for name in ("near_out_of_scope", "far_out_of_scope"):
            for row in labelled.rows_of(part, name):
                got = understanding.understand(row["text"]).intent
                if row["intent"] == OUT_OF_SCOPE:
                    out.append(got == OUT_OF_SCOPE)
                    pairs.append((OUT_OF_SCOPE, got))
                else:
                    ours_rejected.append(got == OUT_OF_SCOPE)
                if (got == OUT_OF_SCOPE) != (row["intent"] == OUT_OF_SCOPE) and part == LOOKED_AT:
                    measured.wrong[row["text"]] = got
    measured.figures |= {
        "accuracy": round(accuracy(pairs), 4),
        "macro_f1": round(macro_f1(pairs), 4),
        "out_of_scope_recall": round(sum(out) / max(1, len(out)), 4),
        "rejected_wrongly": round(sum(ours_rejected) / max(1, len(ours_rejected)), 4),
    }


def _safety(understanding: Any, settings: Settings, measured: Measured) -> None:
    from knee_intake.clinic import load_clinic

    safety = _benchmark(settings.home_path, "safety")
    bench = safety.Bench(understanding, load_clinic(settings.clinic_path))
    outcomes = [outcome for name in safety.SET_NAMES for outcome in bench.play(name)]
    for outcome in outcomes:
        if outcome.emergency_missed:
            measured.emergencies_missed[outcome.case.id] = outcome.case.words(outcome.case.emergency_turn)
    measured.figures |= {
        "emergencies_missed": len(measured.emergencies_missed),
        "alarms_missed": sum(len(outcome.missed) for outcome in outcomes),
        "false_alarms": sum(bool(outcome.false) for outcome in outcomes),
    }


def _learned(understanding: Any, lessons: list[Labelled], measured: Measured) -> None:
    """The clinic's own sentences. The candidate has learned them by heart: this says whether it took them in."""
    if not lessons:
        return
    right = stated = of = 0
    for lesson in lessons:
        read = understanding.understand(one_line(lesson.text), asked=lesson.asked)
        right += read.intent == lesson.intent
        if read.intent != lesson.intent:
            measured.wrong[one_line(lesson.text)] = read.intent
        if lesson.expect and not lesson.dated:
            of += 1
            stated += all(_same(read.findings.get(name), value) for name, value in lesson.expect.items())
    measured.figures["learned"] = round(right / len(lessons), 4)
    if of:
        measured.figures["learned_findings"] = round(stated / of, 4)


def _same(found: Any, wanted: Any) -> bool:
    return set(found or ()) == set(wanted) if isinstance(wanted, list) else bool(found == wanted)
