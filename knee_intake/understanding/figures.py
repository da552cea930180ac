"""How long and how bad, of the complaint itself: the numbers of a text, seen beside its phrases."""

from __future__ import annotations

from datetime import datetime

from knee_intake.understanding import durations, numbers
from knee_intake.understanding.complaint_time import is_of_something_else, pick_time
from knee_intake.understanding.pipeline import Reading
from knee_intake.understanding.plain import plain
from knee_intake.understanding.types import Evidence


def find_numbers(reading: Reading, asked: str | None, now: datetime) -> tuple[list[Evidence], list[Evidence]]:
    """pain_duration_days and pain_severity, where the text tells them; and every span of time and every number up to
    ten, whatever it is of, each kind in the order of the text.
    """
    low = plain(reading.text)
    spans = durations.find_spans(low, now)[:_MOST_SPANS]
    found = []
    scores = _scores(reading, asked)
    if span := _complaint_time(reading, asked, low, spans, scores):
        found.append(_evidence("pain_duration_days", span.days, span, reading))
    if scores:
        found.append(_evidence("pain_severity", scores[0].value, scores[0], reading))
    possible = [
        *(_evidence("pain_duration_days", s.days, s, reading) for s in spans if s.about not in ("rate", "future")),
        *(_evidence("pain_severity", s.value, s, reading) for s in numbers.possible_scores(low)[:_MOST_SPANS]),
    ]
    return found, possible


def _scores(reading: Reading, asked: str | None) -> list[numbers.Severity]:
    if asked == "pain_severity":
        return numbers.find_severity(reading.text, asked=True)
    about_pain = bool(reading.of("pain", "knee", "symptoms"))
    found = numbers.find_severity(reading.text, asked=False, about_pain=about_pain)
    return [score for score in found if not _of_other_part(reading, score.start, score.end)]


def _complaint_time(
    reading: Reading,
    asked: str | None,
    low: str,
    all_spans: list[durations.Duration],
    scores: list[numbers.Severity],
) -> durations.Duration | None:
    spans = []
    for span in all_spans:
        scored = any(score.start < span.end and span.start < score.end for score in scores)  # "8/10" is no date
        if not scored and not _of_other_part(reading, span.start, span.end):
            spans.append(span)
    about_knee = bool(reading.of("pain", "onset", "symptoms", "red_flags", "knee", "knee_side", "pain_location"))
    own = pick_time(low, spans, about_knee=about_knee)
    if own is None and asked in ("pain_duration_days", "onset"):
        asked_for = [span for span in spans if span.about == "pain" and span.sure and not span.vague]
        # "I should call my brother today. I'd say two years ago."
        own = min(asked_for, key=lambda span: (span.days < _A_DAY, span.start), default=None)
        if own is not None and is_of_something_else(low, own):
            own = None
    return own


def _evidence(field: str, value: int, span: durations.Duration | numbers.Severity, reading: Reading) -> Evidence:
    return Evidence(field, value, reading.text[span.start : span.end], span.start, span.end, field, "affirmed")


_REACH = 14
"""Words; a body part farther off is another matter."""
_A_DAY = 1
_COMMA = 6
"""What a comma is worth, in words."""
_MOST_SPANS = 40
"""Long texts must stay quick to read."""


def _of_other_part(reading: Reading, start: int, end: int) -> bool:
    """Another body part than the knee stands nearer in the sentence, or alone."""
    position = next((at for at, token in enumerate(reading.tokens) if token.end >= end), len(reading.tokens) - 1)
    first, last = reading.sentence(position)
    flags = reading.of("red_flags", "idioms")

    def nearest(*fields: str) -> int:
        """Words to the nearest one; a comma is as good as many words."""
        found = (
            m
            for m in reading.of(*fields)
            if first <= m.start < last
            and not any(m.overlaps(f) for f in flags)
            and not {"since", "after"} & set(reading.words(m.start - 3, m.start))  # "since my hip operation"
        )
        return min((abs(m.start - position) + _COMMA * _commas(reading, m.start, position) for m in found), default=99)

    return nearest("part") < min(nearest("knee", "onset"), _REACH)


def _commas(reading: Reading, one: int, other: int) -> int:
    return sum(word in (",", "but") for word in reading.words(min(one, other), max(one, other)))
