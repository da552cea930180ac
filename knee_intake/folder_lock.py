"""One writer at a time in the clinic's folder: the editor and `knee-intake texts` wait for each other. PURE."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knee_intake.errors import OutputError


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Two people may write at the same time: the second one waits, and starts from what the first one wrote.

    Raises OutputError where there is no such folder.
    """
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise OutputError(f"{folder}: {error.strerror}") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
