"""The secret that signs sessions and keys hashes: from the setting, or a file that is made once."""

from __future__ import annotations

import os
import secrets

from knee_intake.errors import StorageError
from knee_intake.settings import Settings


def read_secret(settings: Settings) -> bytes:
    """The secret that signs sessions: from the setting, else made once and kept in var/secret, for the owner only."""
    if settings.secret_key:
        return str(settings.secret_key).encode()
    path = settings.var_path / "secret"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(32))
        return path.read_bytes().strip()
    except OSError as error:
        raise StorageError(f"var/secret cannot be kept: {error.strerror}") from error
