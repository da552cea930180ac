"""Read the intent classifier out of a Rasa model archive, without Rasa and TensorFlow.

The few files it needs are read straight from the archive into memory: nothing is unpacked, so no path in a foreign
archive can do harm, and nothing on disk can go stale.
"""

from __future__ import annotations

import json
import tarfile
import zlib
from pathlib import Path, PurePosixPath

from threadpoolctl import threadpool_limits

from knee_intake.errors import ModelError
from knee_intake.understanding.intents import FILES, VoteClassifier

INPUTS_FILE = "inputs.json"
COMPONENT = "KneeIntentClassifier"
LARGEST = 200_000_000
"""Bytes; a larger member is no file of ours."""


def load_classifier(path: Path, inputs: str | None = None) -> VoteClassifier:
    """The classifier in the Rasa model at `path`; `inputs` is the digest it must have been made from, if given.

    Raises ModelError where the file is missing, foreign, damaged or made from other inputs.
    """
    files = read_members(path)
    made_from = files.pop(INPUTS_FILE, b"{}")
    if inputs is not None and _digest(made_from) != inputs:
        raise ModelError(f"{path}: was made from other training data, settings or code; run `knee-intake train`")
    # a text is too small to share out: a second BLAS thread only waits for the first, at twice the CPU time
    threadpool_limits(limits=1, user_api="blas")
    try:
        return VoteClassifier.from_files(files)
    except ModelError as error:
        raise ModelError(f"{path}: {error}; run `knee-intake train --force`") from error


def made_from(path: Path) -> str | None:
    """The digest of the inputs that the model at `path` was made from. Raises ModelError."""
    return _digest(read_members(path).get(INPUTS_FILE, b"{}"))


def read_members(path: Path) -> dict[str, bytes]:
    """The classifier's own files in the archive by name. Raises ModelError."""
    wanted = {*FILES, INPUTS_FILE}
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(path, mode="r:gz") as archive:
            for member in archive:
                name = PurePosixPath(member.name)
                if member.isfile() and name.name in wanted and COMPONENT in name.parent.name:
                    found[name.name] = _content(archive, member)
    except FileNotFoundError:
        raise ModelError(f"{path}: there is no model here; run `knee-intake train`") from None
    except IsADirectoryError:
        raise ModelError(f"{path}: is a folder, not a model") from None
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise ModelError(f"{path}: is damaged or no Rasa model ({type(error).__name__})") from error
    if missing := wanted - found.keys():
        raise ModelError(f"{path}: is not a model of this assistant: {', '.join(sorted(missing))} is missing")
    return found


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(member)
    if stream is None or member.size > LARGEST:
        raise ModelError(f"{member.name}: is not a file of this assistant")
    return stream.read()


def _digest(content: bytes) -> str | None:
    try:
        inputs = json.loads(content).get("inputs")
    except (ValueError, AttributeError):
        return None
    return inputs if isinstance(inputs, str) else None
