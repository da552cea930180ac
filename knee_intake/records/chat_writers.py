"""Which member of staff answers in a conversation in place of the assistant: whoever took it over last."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.records.schema import messages, staff

TAKEN_OVER = ("staff_here", "staff_changed")
"""Names of the notices by which a visitor is told that a person answers now; each is kept with who that is."""


@dataclass(frozen=True)
class Writer:
    """A member of staff who answers."""

    id: int | None
    """None in chats that were taken over before it was kept by whom."""
    name: str
    since: datetime


def writer_of(row: Mapping[str, Any], lines: Collection[Mapping[str, Any]], names: Mapping[int, str]) -> Writer | None:
    """Who answers in the conversation of this row and these messages; None while the assistant does."""
    if row["handled_by"] != "staff":
        return None
    notices = [line for line in lines if (line["payload"] or {}).get("name") in TAKEN_OVER]
    last = notices[-1] if notices else {"staff_id": None, "at": row["updated_at"]}
    return Writer(last["staff_id"], names.get(last["staff_id"], "A member of staff"), last["at"])


def names_of(connection: Connection, ids: Collection[int | None]) -> dict[int, str]:
    """The names of members of staff, by id."""
    query = sa.select(staff.c.id, staff.c.name).where(staff.c.id.in_([one for one in ids if one is not None]))
    return {row.id: row.name for row in connection.execute(query)}


def names_by_conversation(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Who took each of these conversations over last, by name."""
    query = (
        sa.select(messages.c.conversation_id, messages.c.payload, staff.c.name)
        .join(staff, staff.c.id == messages.c.staff_id)
        .where(messages.c.conversation_id.in_(ids), messages.c.sender == "bot")
        .order_by(messages.c.seq)
    )
    rows = connection.execute(query)
    return {row.conversation_id: row.name for row in rows if (row.payload or {}).get("name") in TAKEN_OVER}
