"""How far the answers match the pattern by which NICE tells osteoarthritis without a picture: a note for staff. PURE.

NG226 1.1.1: 45 or over, pain that comes with activity, and morning stiffness of none or no longer than 30 minutes.
What NICE calls atypical is told beside it. It is no diagnosis, and no patient is ever shown it.
"""

from __future__ import annotations

from dataclasses import dataclass

from knee_intake.interview.model import Intake

OLD_ENOUGH = frozenset({"45_50", "51_54", "55_64", "65_plus"})
ACTIVITY = frozenset({"stairs", "squatting", "running", "walking", "kneeling", "bending"})
"""What makes pain worse by moving. Sitting, standing and the night say nothing of it."""
SHORT = frozenset({"none", "le_30min"})
RULE = "NICE NG226 1.1.1"


@dataclass(frozen=True)
class Pattern:
    """The three items in words, and what speaks against."""

    met: tuple[str, ...]
    not_met: tuple[str, ...]
    unknown: tuple[str, ...]
    atypical: tuple[str, ...]

    @property
    def line(self) -> str:
        """One sentence; what is not known is said, as it counts for neither."""
        text = f"Answers match {len(self.met)} of 3 items of {RULE}"
        for label, items in (("not met", self.not_met), ("not known", self.unknown), ("atypical", self.atypical)):
            text += f"; {label}: {', '.join(items)}" if items else ""
        return f"{text}."


def nice_pattern(intake: Intake) -> Pattern | None:
    """The note; None where nothing of it is known."""
    items = {
        "age 45 or over": _age(intake),
        "pain with activity": _activity(intake),
        "morning stiffness none or at most 30 minutes": _stiffness(intake),
    }
    if set(items.values()) == {None}:
        return None
    by_state = {state: tuple(name for name, found in items.items() if found is state) for state in (True, False, None)}
    return Pattern(by_state[True], by_state[False], by_state[None], _atypical(intake))


def _age(intake: Intake) -> bool | None:
    band = intake.value("age_band")
    return None if band is None else band in OLD_ENOUGH


def _activity(intake: Intake) -> bool | None:
    """That nothing of it was named does not say that activity does no harm: only "nothing makes it worse" does."""
    worse = intake.value("aggravated_by")
    if worse is None:
        return None
    return bool(ACTIVITY & set(worse)) or (None if worse else False)


def _stiffness(intake: Intake) -> bool | None:
    stiff = intake.value("morning_stiffness")
    return None if stiff is None or stiff == "unsure" else stiff in SHORT


def _atypical(intake: Intake) -> tuple[str, ...]:
    hot = {"hot_swollen_joint", "knee_hot"} & set(intake.signs) or "warmth_or_redness" in (
        intake.value("symptoms") or ()
    )  # fmt: skip
    return tuple(
        words
        for words, holds in (
            ("began with an injury", intake.value("onset") == "injury"),
            ("morning stiffness over 30 minutes", intake.value("morning_stiffness") == "gt_30min"),
            ("warm, red or hot joint", bool(hot)),
            ("a red flag was raised", bool(intake.red_flags)),
        )
        if holds
    )
