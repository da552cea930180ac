"""While a person of the clinic writes in the chat, only the booking of a time goes on beside them. PURE.

A time that is picked is kept, read back and asked for as ever. All other words are for the person: a bare "yes" may
answer them, so what the errand offers meanwhile is sent, and counts, by its label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from knee_intake.interview.model import Intake
from knee_intake.interview.offered import match_offered, plain
from knee_intake.interview.say import Say

QUESTIONS = ("appointment", "read_back")
NOT_BESIDE = ("change",)
"""What the person does better: to change an answer takes words, and these go to them."""
PLACED = ("requested", "requested_several", "booked")
"""Names of the texts that end the errand; the interview's next question would be one voice too many."""


def is_pick(text: str, intake: Intake, *, staff_wrote: bool) -> bool:
    """Whether a text goes on with the booking: one of the buttons of its open question.

    `staff_wrote`: a person has written since that question, so that a short word may be meant for them.
    """
    offered = intake.state.get("offered", [])
    if intake.asked not in QUESTIONS or match_offered(text, offered, intake.state.get("offered_kind")) is None:
        return False
    times = [time["value"] for time in intake.state.get("times", [])]
    return not staff_wrote or plain(text) in {plain(word) for word in (*times, *(one["label"] for one in offered))}


def beside(says: Sequence[Say]) -> list[Say]:
    """What the errand says while a person is there: its words as buttons that send their label, up to the visit."""
    end = next((place for place, said in enumerate(says, 1) if said.name in PLACED), len(says))
    return [_by_label(said) for said in says[:end]]


def _by_label(said: Say) -> Say:
    kind = (said.input or {}).get("kind")
    if kind == "slots" or not said.choices:
        return said
    return replace(said, choices=tuple((label, label) for label, value in said.choices if value not in NOT_BESIDE))


def rest(intake: dict[str, Any], says: Sequence[Say]) -> dict[str, Any]:
    """The intake after the errand; once the visit is asked for no question is open, until the helper is back."""
    if not any(said.name in PLACED for said in says):
        return intake
    return {**intake, "asked": None, "state": {**intake["state"], "offered": [], "offered_kind": None}}
