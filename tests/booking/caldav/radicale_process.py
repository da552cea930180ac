"""Radicale as a process of the tests' own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.booking.caldav.calendars import PASSWORD, PATIENCE_S, PEOPLE, USER, Radicale

CONFIG = """
[server]
hosts = 127.0.0.1:{port}
max_connections = 64
[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = {folder}/collections
[logging]
level = error
"""
RADICALE = """
import os, sys, threading
from radicale import config, server
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
configuration = config.load([(sys.argv[1], False)])
configuration.update({"storage": {"_filesystem_fsync": False}}, "tests", privileged=True)
server.serve(configuration)
"""
"""As `python -m radicale`, but that it does not wait for the disk, and ends with the tests, however they end."""


@contextmanager
def a_radicale(folder: Path) -> Iterator[Radicale]:
    """Radicale as a child process that keeps its password file and its calendars in this folder."""
    (folder / "users").write_text(f"{USER}:{PASSWORD}\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = folder / "config"
    config.write_text(CONFIG.format(port=port, folder=folder))
    command = [sys.executable, "-c", RADICALE, str(config)]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("RADICALE")}
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=environ) as child,
    ):
        try:
            _wait_for(port, child, folder / "log")
            server = Radicale(f"http://127.0.0.1:{port}/{USER}/", folder / "collections/collection-root" / USER)
            for clinician in PEOPLE:
                assert server.ask("MKCALENDAR", f"{clinician}/").status_code == 201
            yield server
        finally:
            child.terminate()


def _wait_for(port: int, child: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        assert child.poll() is None, log.read_text()
        assert time.monotonic() < deadline, "Radicale did not start"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
