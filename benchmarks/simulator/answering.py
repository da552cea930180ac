"""The words, or the tap, with which a patient answers the question that is open. PURE.

Each answer goes with what it tells. A patient who errs says something else than the truth at first; the mistake is kept
in `Mouth.slip`, to be corrected later.
"""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.simulator.about_knee import KneeAnswers
from benchmarks.simulator.about_visit import VisitAnswers
from benchmarks.simulator.speaker import Answer, Open
from benchmarks.simulator.told import Told

SKIPS = ("age_band", "activity_level", "aggravated_by", "treatments_tried", "goal", "morning_stiffness")
"""Questions that some people would rather skip."""
SKIP_SHARE = 0.03


class Mouth(KneeAnswers, VisitAnswers):
    """How one patient answers."""

    def answer(self, question: Open) -> Answer:
        """The answer to the open question."""
        name = question.name or ""
        if name in SKIPS and self.chance.random() < SKIP_SHARE:
            return Answer(self.words("skip", "any"), {name: Told("empty", None)}, bare=True)
        if question.missing and set(question.missing) == {"joint_history"}:
            return self.joint_history(question)
        make: Callable[[Open], Answer] | None = getattr(self, f"_{name}", None)
        return make(question) if make else self._unknown(question)
