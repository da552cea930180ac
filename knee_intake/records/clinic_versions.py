"""What the clinic's files said when a conversation began: kept as long as one that began so may go on."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.records.database import Database
from knee_intake.records.schema import clinic_versions, conversations

KEPT = timedelta(days=14)
"""After the last activity of the last conversation that began with it."""
MANY = 20
"""Versions; fewer are not worth the look at the conversations."""


def keep_version(connection: Connection, digest: str, content: bytes, now: datetime) -> None:
    """Keep the packed files of this version; nothing happens where they are kept."""
    found = sa.select(clinic_versions.c.digest).where(clinic_versions.c.digest == digest)
    if connection.execute(found).first() is not None:
        return
    row = {"digest": digest, "content": content, "at": now}
    # two processes may open the first conversation of a version at the same time
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert

        connection.execute(insert(clinic_versions).values(**row).on_conflict_do_nothing())
    else:
        connection.execute(sa.insert(clinic_versions).values(**row))


def find_version(database: Database, digest: str) -> bytes | None:
    """The packed files of a version, where they are still kept."""
    with database.read() as connection:
        found = connection.execute(sa.select(clinic_versions.c.content).where(clinic_versions.c.digest == digest))
        content: bytes | None = found.scalar()
        return content


def forget_versions(connection: Connection, now: datetime) -> int:
    """Let go of versions that no conversation of the last days began with; returns how many."""
    if (connection.execute(sa.select(sa.func.count()).select_from(clinic_versions)).scalar() or 0) <= MANY:
        return 0
    used = sa.select(conversations.c.clinic_version).where(
        conversations.c.updated_at > now - KEPT, conversations.c.clinic_version.is_not(None)
    )
    gone = sa.delete(clinic_versions).where(clinic_versions.c.at < now - KEPT, clinic_versions.c.digest.not_in(used))
    return int(connection.execute(gone).rowcount)
