"""How long and how bad, of the complaint itself: the numbers of a text, seen beside its phrases."""

from __future__ import annotations

from datetime import datetime

from knee_intake.understanding import durations, numbers
from knee_intake.understanding.pipeline import Reading
from knee_intake.understanding.types import Evidence


def find_numbers(reading: Reading, asked: str | None, now: datetime) -> list[Evidence]:
    """pain_duration_days and pain_severity, where the text tells them."""
    found = []
    scores = numbers.find_severity(reading.text, asked=asked == "pain_severity")
    spans = [
        span
        for span in durations.find(reading.text, now)
        if not span.vague
        and _lasts(span, reading, asked)
        and not any(score.start < span.end and span.start < score.end for score in scores)  # "8/10" is no date
    ]
    if spans:
        found.append(_evidence("pain_duration_days", spans[0].days, spans[0], reading))
    if scores:
        found.append(_evidence("pain_severity", scores[0].value, scores[0], reading))
    return found


def _evidence(field: str, value: int, span: durations.Duration | numbers.Severity, reading: Reading) -> Evidence:
    return Evidence(field, value, reading.text[span.start : span.end], span.start, span.end, field, "affirmed")


def _lasts(span: durations.Duration, reading: Reading, asked: str | None) -> bool:
    """The time is that of a complaint: one is named, and not only an operation beside the time."""
    said = reading.text[span.start : span.end].lower()
    if said == "one day" or said.endswith("the fall"):
        return False  # "it just started one day", "since the fall" on the stairs
    if not span.days and not reading.of("onset"):
        return False  # "today it is a four"
    position = next(at for at, token in enumerate(reading.tokens) if token.end >= span.end)
    start, end = reading.sentence(position)
    complaints = reading.of("pain", "onset", "symptoms", "red_flags")
    if any(start <= mention.start < end for mention in reading.of("treatments_tried")):
        return any(start <= mention.start < end for mention in complaints)
    return bool(complaints or reading.of("knee")) or asked in ("pain_duration_days", "onset")
