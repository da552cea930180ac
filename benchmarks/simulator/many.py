"""Many conversations, a house for every few dozen of them, and the goals that they are held against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.simulator.house import open_house
from benchmarks.simulator.judge import judge
from benchmarks.simulator.patients import make_patient
from benchmarks.simulator.play import Player
from benchmarks.simulator.record import Played
from benchmarks.simulator.report import Run, figures
from knee_intake.clinic import load_clinic

PATIENTS_A_HOUSE = 64
"""A calendar of four weeks has room for them all."""


@dataclass(frozen=True)
class Goal:
    """A figure and what it has to reach."""

    name: str
    holds: Callable[[float], bool]
    wanted: str
    value: Callable[[dict[str, Any]], float]

    def __str__(self) -> str:
        return f"{self.name}: {self.wanted}"


def _at_least(name: str, least: float) -> Goal:
    return Goal(name, lambda value: value >= least, f"at least {least:g}", lambda found: float(found[name]))


def _none(name: str) -> Goal:
    return Goal(name, lambda value: value == 0, "none", lambda found: float(found[f"{name} (count)"]))


def _median(persona: str, most: float) -> Goal:
    def value(found: dict[str, Any]) -> float:
        spread = found["turns by persona"][persona]["no injury and no shot"]
        return float(spread.get("median", 0))

    return Goal(f"median turns to the visit, {persona}", lambda turns: turns <= most, f"at most {most:g}", value)


GOALS = (
    _at_least("completed", 0.97),
    _at_least("answers right", 0.95),
    _none("loops"),
    _none("known"),
    _none("missed"),
    _median("talkative", 9),
    _median("terse", 14),
)
"""What the issue asks for."""


def missed_goals(run: Run) -> list[str]:
    """The names of the goals that this run does not reach."""
    found = figures(run)
    return [goal.name for goal in GOALS if not goal.holds(goal.value(found))]


def play_many(numbers: Sequence[int], *, seed: int, models: Any, home: Path) -> Run:
    """Play the patients with these numbers, and judge each conversation."""
    clinic = load_clinic(home / "clinic")
    played: list[Played] = []
    for first in range(0, len(numbers), PATIENTS_A_HOUSE):
        with open_house(models) as house:
            for number in numbers[first : first + PATIENTS_A_HOUSE]:
                played.append(Player(make_patient(seed, number), house, clinic).play())
    return Run(played, [judge(one, clinic) for one in played])
