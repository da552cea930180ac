"""Putting a candidate in use, and taking it back: the pointer, the build's row and the audit row together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from knee_intake.errors import BuildError, ReviewChangedError
from knee_intake.learning.evaluate import missing
from knee_intake.records.audit import write_audit
from knee_intake.records.lessons import approved
from knee_intake.records.model_builds import PASSED, begin, find, note_promotion
from knee_intake.settings import Settings
from knee_intake.understanding.in_use import learning_folder, point_back, point_to, read_pointer


def start(connection: Connection, settings: Settings, *, staff_id: int | None, now: datetime) -> int:
    """Note that a build begins; its number. Raises BuildError where none can."""
    if absent := missing(settings.home_path):
        raise BuildError(f"No model can be built here: the sets to measure it with are missing ({', '.join(absent)}).")
    lessons = len(approved(connection))
    if not lessons:
        raise BuildError("There is no approved sentence to learn from yet.")
    number = begin(connection, lessons=lessons, staff_id=staff_id, now=now)
    write_audit(
        connection, now=now, staff_id=staff_id, action="model_build", detail={"build": number, "sentences": lessons}
    )
    return number


def promote(connection: Connection, settings: Settings, build: int, *, staff_id: int | None, now: datetime) -> bool:
    """Put the build's model in use; False where it is already. Raises BuildError where it may not be."""
    from knee_intake.understanding.fingerprint import inputs_digest
    from knee_intake.understanding.model_file import load_classifier

    row = find(connection, build)
    result = row["result"] or {}
    if row["state"] != PASSED or not row["model"]:
        raise BuildError("Only a model that passed the gate can be put in use.")
    if settings.model:
        raise BuildError("KNEE_INTAKE_MODEL names the model in use; take that setting away first.")
    pointer = read_pointer(settings)
    if pointer is not None and pointer.build == build:
        return False
    if result["base"] != inputs_digest(settings.home_path):
        raise BuildError("The program or its training data changed since this model was built. Build it again.")
    load_classifier(learning_folder(settings) / row["model"])
    note_promotion(connection, build, staff_id, now)
    write_audit(
        connection, now=now, staff_id=staff_id, action="model_promote", detail={"build": build, **figures(result)}
    )
    point_to(settings, build, row["model"], result["base"])
    return True


def roll_back(
    connection: Connection, settings: Settings, *, seen: int | None, staff_id: int | None, now: datetime
) -> int | None:
    """Return to what was in use before the promoted model; the build that is then in use, None for the project's own.

    `seen` is the build that the sender saw in use. Raises BuildError, ReviewChangedError.
    """
    pointer = read_pointer(settings)
    if pointer is not None and seen is not None and pointer.build != seen:
        raise ReviewChangedError("another model is in use by now")
    before = point_back(settings)
    assert pointer is not None
    write_audit(
        connection, now=now, staff_id=staff_id, action="model_rollback",
        detail={"from_build": pointer.build, "to_build": before.build if before else "the project's own"},
    )  # fmt: skip
    return before.build if before else None


def figures(result: Mapping[str, Any]) -> dict[str, str]:
    """The figures before and after, in words for the audit log and the terminal."""
    return {row["name"]: f"{shown(row, 'before')} -> {shown(row, 'after')}" for row in result.get("rows", ())}


def shown(row: Mapping[str, Any], which: str) -> str:
    """A figure as people read it: a count, or a share in per cent."""
    return f"{row[which]:.0f}" if row["counts"] else f"{100 * row[which]:.1f} %"
