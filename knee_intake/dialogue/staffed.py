"""A turn while staff answer: the text is stored, understood and screened; Rasa takes no part, but to book a time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from knee_intake.dialogue.desk import Known
from knee_intake.dialogue.turn import GetTracker, Loaded, TurnMaker, alarm_says
from knee_intake.errors import TurnError
from knee_intake.interview import beside_staff
from knee_intake.interview.model import Intake
from knee_intake.interview.say import Say
from knee_intake.records.turn_rows import NewMessage, TurnRows

if TYPE_CHECKING:
    from rasa.shared.core.trackers import DialogueStateTracker


async def make(
    maker: TurnMaker, loaded: Loaded, now: datetime, known: Known, get_tracker: GetTracker
) -> tuple[TurnRows, DialogueStateTracker | None]:
    """The rows of the turn: no reply but a safety text, where one is due, and what the booking of a time says."""
    intake = Intake.from_dict(loaded.intake)
    if beside_staff.is_pick(loaded.text, intake, staff_wrote=loaded.staff_wrote):
        return await _book(maker, loaded, now, known, get_tracker)
    heard, broken = await maker.hear(loaded.text, intake, now, loaded.seq)
    if broken is not None and not heard.hits:
        raise TurnError("understanding failed") from broken
    rows = maker.rows(loaded, heard, heard.intake, now)
    says = alarm_says(heard.hits)[:1]
    rows.replies = [NewMessage("bot", said.text, said.payload()) for said in says]
    return rows, None


async def _book(
    maker: TurnMaker, loaded: Loaded, now: datetime, known: Known, get_tracker: GetTracker
) -> tuple[TurnRows, DialogueStateTracker | None]:
    """The turn as the assistant makes it, with what it says cut down to the booking."""
    rows, tracker = await maker.make(loaded, now, known, get_tracker)
    says = [Say.from_payload(reply.text, reply.payload) for reply in rows.replies]
    rows.replies = [NewMessage("bot", said.text, said.payload()) for said in beside_staff.beside(says)]
    rows.intake = beside_staff.rest(rows.intake or {}, says)
    return rows, tracker
