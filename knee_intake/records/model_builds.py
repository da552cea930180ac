"""The attempts to build a better model: one at a time, each a row that its own process keeps alive.

A build runs in a process of its own and renews its lease. One whose lease has run out has lost its process: it counts
as interrupted, and another may begin.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knee_intake.errors import BuildError
from knee_intake.records.schema import model_builds

RUNNING, PASSED, HELD_BACK, FAILED, INTERRUPTED = "running", "passed", "held_back", "failed", "interrupted"
LEASE = timedelta(seconds=60)
"""Without a sign of life for so long, the process of a build is gone."""
LONGEST_LOG = 20_000
"""Characters; the end is kept."""
PAGE = 20
_LOCK = 4_331_046
"""Any fixed number: the advisory lock under which PostgreSQL transactions begin builds one after the other."""
_B = model_builds.c


def begin(connection: Connection, *, lessons: int, staff_id: int | None, now: datetime) -> int:
    """Note that a build begins; its number. Raises BuildError while another one runs."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
    bury(connection, now)
    if connection.execute(sa.select(_B.id).where(_B.state == RUNNING)).first() is not None:
        raise BuildError("A model is being built already.")
    made = connection.execute(
        sa.insert(model_builds).values(
            state=RUNNING, step="starting", lessons=lessons, started_by=staff_id, created_at=now,
            lease_until=now + LEASE, log="",
        )
    )  # fmt: skip
    return int(made.inserted_primary_key[0])


def bury(connection: Connection, now: datetime) -> int:
    """Note of builds whose process has gone that they were interrupted; how many."""
    gone = sa.and_(_B.state == RUNNING, _B.lease_until < now)
    values = {"state": INTERRUPTED, "step": "its process ended before it was done", "ended_at": now}
    return int(connection.execute(sa.update(model_builds).where(gone).values(**values)).rowcount)


def keep_alive(connection: Connection, build: int, now: datetime) -> bool:
    """Renew the lease; False where the build counts as interrupted, and its process has to stop."""
    own = sa.and_(_B.id == build, _B.state == RUNNING)
    return bool(connection.execute(sa.update(model_builds).where(own).values(lease_until=now + LEASE)).rowcount)


def note_step(connection: Connection, build: int, step: str, log: str, now: datetime) -> bool:
    """What the build does now, and what it has said so far. As `keep_alive`."""
    own = sa.and_(_B.id == build, _B.state == RUNNING)
    values = {"step": step[:80], "log": log[-LONGEST_LOG:], "lease_until": now + LEASE}
    return bool(connection.execute(sa.update(model_builds).where(own).values(**values)).rowcount)


def end(
    connection: Connection,
    build: int,
    state: str,
    step: str,
    now: datetime,
    *,
    log: str,
    result: Mapping[str, Any] | None = None,
    model: str | None = None,
) -> bool:
    """Note how the build ended. As `keep_alive`: one that was given up meanwhile stays as it is."""
    own = sa.and_(_B.id == build, _B.state == RUNNING)
    values = {
        "state": state, "step": step[:80], "ended_at": now, "log": log[-LONGEST_LOG:],
        "result": dict(result) if result else None, "model": model,
    }  # fmt: skip
    return bool(connection.execute(sa.update(model_builds).where(own).values(**values)).rowcount)


def find(connection: Connection, build: int) -> Mapping[str, Any]:
    """One build. Raises BuildError."""
    row = connection.execute(sa.select(model_builds).where(_B.id == build)).mappings().first()
    if row is None:
        raise BuildError("There is no such build.")
    return dict(row)


def newest(connection: Connection, limit: int = PAGE) -> list[Mapping[str, Any]]:
    """The builds, the newest first."""
    query = sa.select(model_builds).order_by(_B.id.desc()).limit(limit)
    return [dict(row) for row in connection.execute(query).mappings()]


def note_promotion(connection: Connection, build: int, staff_id: int | None, now: datetime) -> None:
    """The build's model was put in use."""
    values = {"promoted_at": now, "promoted_by": staff_id}
    connection.execute(sa.update(model_builds).where(_B.id == build).values(**values))


def promotions(connection: Connection) -> list[datetime]:
    """When models were put in use."""
    query = sa.select(_B.promoted_at).where(_B.promoted_at.is_not(None)).order_by(_B.promoted_at)
    return list(connection.execute(query).scalars())
