"""Say values back to a person: "left knee, inner side, about 3 months". PURE."""

from __future__ import annotations

from typing import Any

from knee_intake.interview.model import Intake
from knee_intake.interview.questions import Questions

SAID_BACK = (
    "knee_side", "pain_location", "onset", "pain_duration_days", "pain_severity", "symptoms", "arthritis_history",
    "activity_level", "activities", "aggravated_by", "treatments_tried", "morning_stiffness",
)  # fmt: skip
"""Fields that are said back, in this order."""

MOST = 5
"""More than this is a list, not an acknowledgement."""


def spoken_duration(days: float) -> str:
    """Days as people say them: days up to two weeks, then weeks, a month, weeks again, months, years."""
    if days < 14 and days != 7:
        count = max(1, round(days))
        return f"{count} day{'s' if count != 1 else ''}"
    if 400 < days < 700:
        return f"about {round(days / 30)} months"  # a year and a half is no year
    if days >= 365:
        size, name = 365, "year"
    elif days >= 60 or days in (28, 30, 31):
        size, name = 30, "month"
    else:
        size, name = 7, "week"
    count = round(days / size)
    if name == "month" and count >= 12:
        count, name = 1, "year"
    return f"about {count} {name}{'s' if count != 1 else ''}"


def spoken_value(field: str, value: Any, questions: Questions) -> str:
    """One answer in words; empty for one that was skipped."""
    if value is None or value == []:
        return ""
    if field == "pain_duration_days":
        return spoken_duration(float(value))
    if field == "pain_severity":
        return f"{value} out of 10"
    if isinstance(value, list):
        return ", ".join(questions.label(field, one) for one in value)
    return questions.label(field, value)


def spoken(fields: list[str], intake: Intake, questions: Questions) -> str:
    """The answers to these fields in one line, first letter a capital; empty where nothing is worth saying."""
    parts: list[str] = []
    for field in SAID_BACK:
        if field in fields and (text := spoken_value(field, intake.value(field), questions)):
            # "running" is a sport and what makes it hurt: said alone, it would be said twice
            parts.append(questions.phrase("worse_with", heard=text) if field == "aggravated_by" else text)
    line = ", ".join(parts[:MOST])
    return line[:1].upper() + line[1:]
