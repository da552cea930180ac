"""While the clinic gives out no times in the chat: what would lead to one leads to a call back, and says so. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic

BOOK = "book"
"""The value of every choice that leads to a visit."""
Choices = tuple[tuple[str, str], ...]


def honest_labels(choices: Choices, clinic: Clinic, lang: str = "en") -> Choices:
    """The choices as they may be shown now: nobody is offered to book where only a call can be had."""
    if clinic.practice.widget.offers_times:
        return choices
    label = clinic.questions.phrase("ask_visit_label", lang)
    return tuple((label if value == BOOK else shown, value) for shown, value in choices)
