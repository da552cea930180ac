"""Which model is in use: the one of the project's own inputs, or a promoted one that a pointer file names.

The pointer holds the digest of the project's inputs from which the promoted model was built beside the lessons. Where
these have changed since (a new version of the program, other training data), the pointer is left aside: a model that
fits the present code is better than a better one that does not.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knee_intake.errors import BuildError, ModelError
from knee_intake.settings import Settings

POINTER = "model.json"
FOLDER = "learning"


@dataclass(frozen=True)
class Pointer:
    """A promoted model."""

    build: int
    model: str
    """The file, within var/learning."""
    base: str
    """Digest of the project's inputs that it was built from."""
    before: dict[str, Any] | None = None
    """What the pointer held before; None: nothing."""

    def to_dict(self) -> dict[str, Any]:
        return dict(vars(self))


def learning_folder(settings: Settings) -> Path:
    """Where candidates and exports lie."""
    return settings.var_path / FOLDER


def read_pointer(settings: Settings) -> Pointer | None:
    """What the pointer file says; None where there is none, or none of ours."""
    try:
        found = json.loads((settings.var_path / POINTER).read_text(encoding="utf-8"))
        return _pointer(found)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _pointer(found: dict[str, Any]) -> Pointer:
    return Pointer(int(found["build"]), str(found["model"]), str(found["base"]), found.get("before"))


def pointed_file(settings: Settings, pointer: Pointer) -> Path:
    """The model's file. Raises ModelError where the pointer leads out of its folder."""
    folder = learning_folder(settings).resolve()
    path = (folder / pointer.model).resolve()
    if not path.is_relative_to(folder):
        raise ModelError(f"{POINTER}: names a file outside {folder}")
    return path


def promoted_model(settings: Settings) -> Path | None:
    """The promoted model where it is whole and fits the project's present inputs; None otherwise."""
    return None if why_not(settings) is not None else pointed_file(settings, _must(settings))


def why_not(settings: Settings) -> str | None:
    """Why no promoted model is used; None where one is."""
    from knee_intake.understanding.fingerprint import inputs_digest

    if settings.model:
        return "KNEE_INTAKE_MODEL names another model"
    pointer = read_pointer(settings)
    if pointer is None:
        return "no model was promoted"
    if pointer.base != inputs_digest(settings.home_path):
        return "the program or its training data changed since it was built; build it again"
    try:
        return None if pointed_file(settings, pointer).is_file() else "its file is gone"
    except ModelError as error:
        return str(error)


def _must(settings: Settings) -> Pointer:
    pointer = read_pointer(settings)
    assert pointer is not None
    return pointer


def point_to(settings: Settings, build: int, model: str, base: str) -> Pointer:
    """Put a model in use, from the next load on. To repeat it changes nothing."""
    before = read_pointer(settings)
    if before is not None and (before.build, before.model) == (build, model):
        return before
    pointer = Pointer(build, model, base, before.to_dict() if before else None)
    _write(settings, pointer)
    return pointer


def point_back(settings: Settings) -> Pointer | None:
    """Return to what was in use before; None: the model of the project's own inputs. Raises BuildError."""
    pointer = read_pointer(settings)
    if pointer is None:
        raise BuildError("No promoted model is in use, so there is nothing to roll back.")
    before = _pointer(pointer.before) if pointer.before else None
    _write(settings, before)
    return before


def _write(settings: Settings, pointer: Pointer | None) -> None:
    path = settings.var_path / POINTER
    try:
        if pointer is None:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        draft.write_text(json.dumps(pointer.to_dict(), indent=1) + "\n", encoding="utf-8")
        os.replace(draft, path)
    except OSError as error:
        raise ModelError(f"{path}: cannot be written: {error.strerror}") from None


def chain(settings: Settings) -> list[str]:
    """The files that are in use or that a roll-back may lead to, within var/learning."""
    found, pointer = [], read_pointer(settings)
    while pointer is not None:
        found.append(pointer.model)
        pointer = _pointer(pointer.before) if pointer.before else None
    return found
