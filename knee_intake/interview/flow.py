"""What to ask next: the first question of the file that applies and is not answered. PURE."""

from __future__ import annotations

from knee_intake.interview.model import Intake
from knee_intake.interview.questions import Question, Questions

INJECTIONS = ("botox_knee", "dysport_hip_pt")
MOVING = ("appointment", "contact", "read_back")
"""All that is asked of somebody who moves a visit."""


def next_question(intake: Intake, questions: Questions) -> Question | None:
    """The question to put now, or None when nothing is left to ask."""
    if intake.state.get("moving") or intake.state.get("looked_up"):
        # a visit of before is at stake: no interview
        moving = [questions.question(name) for name in MOVING]
        return next((one for one in moving if one is not None and is_open(one, intake)), None)
    for question in questions.questions:
        if phase_of(question, intake) == "before_booking" and is_open(question, intake):
            return question
    if (intake.booking is None and not intake.state.get("callback")) or intake.state.get("no_more_questions"):
        return None
    for question in questions.questions:
        if phase_of(question, intake) == "after_booking" and is_open(question, intake):
            offer = "after_offer" in done(intake)
            if question.id != "after_offer" and not offer:
                continue
            return question
    return None


def phase_of(question: Question, intake: Intake) -> str:
    """Its phase for the door this visitor took."""
    return "after_booking" if intake.door in question.late_for else question.phase


def is_open(question: Question, intake: Intake) -> bool:
    """Whether it applies and is not settled yet."""
    if question.id in done(intake) or not applies(question, intake):
        return False
    if question.id in ("appointment", "contact", "read_back") and intake.booking:
        return False
    if question.id in ("appointment", "read_back") and intake.state.get("callback"):
        return False
    if question.id == "options" and phase_of(question, intake) == "after_booking":
        return False
    if question.id == "contact":
        return bool(missing_fields(question, intake))
    if question.fills:
        return bool(missing_fields(question, intake))
    return True


def applies(question: Question, intake: Intake) -> bool:
    """Whether its condition holds."""
    for field, wanted in question.only_if.items():
        if field == "injection_interest":
            picked = intake.value("interest") or []
            if not any(option in INJECTIONS for option in picked):
                return False
        elif intake.value(field) != wanted:
            return False
    return True


def missing_fields(question: Question, intake: Intake) -> list[str]:
    """The fields of the question that nobody has answered yet; a skipped field counts as answered."""
    missing = [field for field in question.fills if field not in intake.answers]
    if question.id == "contact" and not (intake.value("phone") or intake.value("email")):
        missing.append("reach")
    return missing


def done(intake: Intake) -> list[str]:
    """Ids of steps that are finished without a field of their own."""
    found: list[str] = intake.state.setdefault("done", [])
    return found


def mark_done(intake: Intake, step: str) -> None:
    if step not in done(intake):
        done(intake).append(step)


def reopen(intake: Intake, *steps: str) -> None:
    """Take steps for not done, so that they come up again."""
    done(intake)[:] = [step for step in done(intake) if step not in steps]


def progress(intake: Intake, questions: Questions) -> tuple[int, int]:
    """(answered, all) of the questions before the booking that apply to this visitor."""
    counted = [
        q for q in questions.questions
        if q.counts and phase_of(q, intake) == "before_booking" and applies(q, intake) and q.fills
    ]  # fmt: skip
    return sum(not missing_fields(q, intake) for q in counted), len(counted)
