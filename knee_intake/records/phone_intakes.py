"""Conversations that staff type for a caller: which are going on, and whether one is such a one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import NotByPhoneError
from knee_intake.records.restriction_rows import Hidden, shown
from knee_intake.records.schema import conversations, intakes

BY_PHONE = "phone"
GOING_ON = timedelta(days=1)
MOST = 20
_OVER = ("finished", "refused", "stopped")

RowDict = Mapping[str, Any]


def phone_conversation(connection: Connection, conversation: str) -> RowDict:
    """The row. Raises NotByPhoneError for one that a visitor writes in, and where there is none."""
    mine = (conversations.c.id == conversation, conversations.c.source == BY_PHONE)
    row = connection.execute(sa.select(conversations).where(*mine)).mappings().first()
    if row is None:
        raise NotByPhoneError("no such phone intake")
    return dict(row)


def going_on(connection: Connection, now: datetime, hidden: Hidden = None) -> list[RowDict]:
    """Those of the last day that may be gone on with, the newest first, without those closed to the reader."""
    of = conversations.c
    query = (
        sa.select(of.id, of.created_at, of.updated_at, of.status, of.urgency, of.consent_at, intakes.c.first_name)
        .join(intakes, intakes.c.conversation_id == of.id, isouter=True)
        .where(of.source == BY_PHONE, of.updated_at > now - GOING_ON, of.status.not_in(_OVER))
        .where(*shown(of.id, hidden))
        .order_by(of.updated_at.desc())
        .limit(MOST)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
