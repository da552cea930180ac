"""How well texts are understood, on our own labelled sets: floors, not single cases. Needs the trained model.

The floors lie a little under what was measured (docs: `python -m benchmarks.understanding`), so that a change that
costs understanding is seen. `held` is what nobody tunes on. Denials and alarms of `tune` have floors of their own.
"""

import pytest

from benchmarks.understanding import Bench
from knee_intake.settings import Settings
from knee_intake.understanding.model_file import load_classifier
from knee_intake.understanding.reader import RuleReader
from knee_intake.understanding.service import Understanding

FLOORS = {
    "tune": {
        "findings all": 0.87, "findings knee named": 0.88, "plain all": 0.91, "plain knee named": 0.92,
        "red flag rules recall": 0.96, "red flag rules precision": 0.92, "stories rules recall": 0.95,
        "stories rules precision": 0.87, "answers": 0.97, "appointments": 0.95, "corrections": 0.97,
        "questions": 0.79, "near out of scope": 0.95, "far out of scope": 0.95, "borrowed words": 0.82,
    },
    "held": {
        "findings all": 0.80, "findings knee named": 0.82, "plain all": 0.89, "plain knee named": 0.91,
        "red flag rules recall": 0.87, "red flag rules precision": 0.85, "stories rules recall": 0.91,
        "stories rules precision": 0.86, "answers": 0.92, "appointments": 0.85, "corrections": 0.88,
        "questions": 0.82, "near out of scope": 0.82, "far out of scope": 0.95, "borrowed words": 0.80,
    },
}  # fmt: skip
AT_MOST = {"in scope rejected": 0.04, "plain denials taken as yes": 15, "findings denials taken as yes": 10}


@pytest.fixture(scope="module")
def understanding(model_path):
    return Understanding(RuleReader(), load_classifier(model_path))


@pytest.mark.model
@pytest.mark.parametrize("part", ["tune", "held"])
def test_the_figures_keep_their_floors(understanding, part):
    bench = Bench(understanding, Settings.from_environ({}), part)
    for task in (
        bench.findings,
        bench.plain,
        bench.red_flags,
        bench.stories,
        bench.answers,
        bench.corrections,
        bench.intents,
    ):
        task()
    low = {name: bench.figures[name] for name, floor in FLOORS[part].items() if bench.figures[name] < floor}
    assert low == {}
    assert {name: bench.figures[name] for name, most in AT_MOST.items() if bench.figures[name] > most} == {}
