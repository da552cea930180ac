"""Times that staff offer in the place of those a visitor asked for: open to be picked like any other. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from knee_intake.booking import FreeTime
from knee_intake.interview import flow
from knee_intake.interview.booking_talk import OTHER
from knee_intake.interview.chosen_times import dump, let_go
from knee_intake.interview.model import Intake
from knee_intake.interview.say import Say

if TYPE_CHECKING:
    from knee_intake.clinic import Clinic

NOT_PICKED_HERE = ("consent_pending", "refused", "advised")
"""Without consent, and after an emergency text, the chat leads to no visit: there the times are for the phone."""
OF_THE_OLD_WISH = ("moving", "moving_visit", "later_times", "wish_is_new", "callback", "callback_sent")
NAME = "clinic_offers"


def offer(intake: Intake, times: Sequence[FreeTime], clinic: Clinic) -> Say:
    """Say which times are free. Where they may be picked, the question for a time is opened in `intake` with them.

    The requests that they stand in for must be let go already.
    """
    practice = clinic.practice
    labels = [time.label(practice.zoneinfo()) for time in times]
    facts = {"times": "; ".join(labels), "phone": practice.phone_text()}
    if intake.status in NOT_PICKED_HERE:
        return Say(clinic.questions.phrase("clinic_offers_call", **facts), name=NAME)
    values = [time.value for time in times]
    choices = (*zip(labels, values, strict=True), (clinic.questions.phrase("time_label"), OTHER))
    how = {"kind": "slots", "for": "appointment"}
    said = Say(clinic.questions.phrase("clinic_offers", **facts), choices, how, name=NAME)
    _open(intake, times, said)
    return said


def _open(intake: Intake, times: Sequence[FreeTime], said: Say) -> None:
    intake.status, intake.booking, intake.asked = "active", None, "appointment"
    let_go(intake)
    flow.reopen(intake, "appointment", "read_back")
    for name in OF_THE_OLD_WISH:
        intake.state.pop(name, None)
    offered = [dump(time) for time in times]
    intake.state |= {
        "times": offered,
        "clinic_times": offered,
        "offered": said.payload()["choices"],
        "offered_kind": "slots",
        "failures": 0,
        "trail": [*intake.state.get("trail", []), "appointment"],
    }
