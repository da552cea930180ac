"""One writer at a time in the clinic's folder: the editor and `knee-intake texts` wait for each other. PURE."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knee_intake.errors import OutputError

LONGEST_WAIT_S, STEP_S = 15.0, 0.02


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Two people may write at the same time: the second one waits, and starts from what the first one wrote.

    Raises OutputError where there is no such folder, or where the other one does not come to an end.
    """
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise OutputError(f"{folder}: {error.strerror}") from None
    try:
        _wait(handle, folder)
        yield
    finally:
        os.close(handle)


def _wait(handle: int, folder: Path) -> None:
    deadline = time.monotonic() + LONGEST_WAIT_S
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise OutputError(f"{folder}: somebody else has been writing there for {LONGEST_WAIT_S:g} s") from None
            time.sleep(STEP_S)
