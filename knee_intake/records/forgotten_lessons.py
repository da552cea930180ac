"""What an erasure takes back of the sentences that were let out: one that still names whoever is erased.

An approved sentence stays when its conversations go, as it is nobody's. A reviewer may have missed a rare name. When a
conversation goes is the last moment at which its visitor's names and contacts are known to compare with.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.deidentify import leftovers
from knee_intake.records.lessons import known_of
from knee_intake.records.schema import learning_items, lessons


def take_back_named(connection: Connection, ids: Collection[str]) -> int:
    """To be called before the conversations are deleted; how many sentences were taken back.

    One that others have said too waits for approval again.
    """
    said = (
        sa.select(lessons.c.id, lessons.c.text, learning_items.c.conversation_id)
        .join(learning_items, learning_items.c.lesson_id == lessons.c.id)
        .where(lessons.c.text.is_not(None), learning_items.c.conversation_id.in_(list(ids)))
        .distinct()
    )
    named = {
        row.id for row in connection.execute(said).all()
        if leftovers(row.text, known_of(connection, [row.conversation_id], None))
    }  # fmt: skip
    if named:
        nothing = {"text": None, "approved_by": None, "approved_at": None}
        connection.execute(sa.update(lessons).where(lessons.c.id.in_(named)).values(**nothing))
    return len(named)
