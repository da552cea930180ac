"""Two questions in one message: "What does it cost, and where do I park?". Each gets its answer. PURE."""

from __future__ import annotations

from collections.abc import Callable

from knee_intake.interview.plain_words import is_question
from knee_intake.interview.seams import parts_of
from knee_intake.understanding.types import Understood

FEWEST_WORDS = 2
"""Of a question: "and how?" alone asks for nothing."""
MOST_PARTS = 4
"""Are read; who asks more than that is answered on the first."""
CLEAR = 0.5
"""Share of the classifier's vote for one question by itself."""


def two_questions(text: str, act: str, read: Callable[[str], Understood]) -> tuple[str, str | None]:
    """The acts of two questions of a text that was understood as `act` as a whole, in their order; (act, None) for one.

    `read` understands a text by itself, with no question open.
    """
    parts = [part for part in parts_of(text) if is_question(part) and len(part.split()) >= FEWEST_WORDS]
    if not 1 < len(parts) <= MOST_PARTS:
        return act, None
    heard = [read(part) for part in parts]
    asked = list(
        dict.fromkeys(one.intent for one in heard if one.intent.startswith("ask_") and one.confidence >= CLEAR)
    )
    if len(asked) < 2:
        return act, None
    if act in asked[2:]:
        asked = [asked[0], act]
    return asked[0], asked[1]
