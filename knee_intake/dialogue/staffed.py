"""A turn while staff answer: the text is stored, understood and screened; Rasa takes no part."""

from __future__ import annotations

from datetime import datetime

from knee_intake.dialogue.turn import Loaded, TurnMaker, alarm_says
from knee_intake.errors import TurnError
from knee_intake.interview.model import Intake
from knee_intake.records.turn_rows import NewMessage, TurnRows


async def make(maker: TurnMaker, loaded: Loaded, now: datetime) -> TurnRows:
    """The rows of the turn; its only reply is a safety text, where one is due."""
    heard, broken = await maker.hear(loaded.text, Intake.from_dict(loaded.intake), now, loaded.seq)
    if broken is not None and not heard.hits:
        raise TurnError("understanding failed") from broken
    rows = maker.rows(loaded, heard, heard.intake, now)
    says = alarm_says(heard.hits)[:1]
    rows.replies = [NewMessage("bot", said.text, said.payload()) for said in says]
    return rows
