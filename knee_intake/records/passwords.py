"""Passwords: what one must be like, and their hashes (argon2).

Argon2 never runs inside a transaction: it would hold SQLite's one write lock for the time it takes.
"""

from __future__ import annotations

import secrets
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from knee_intake.errors import StaffAccountError

MIN_PASSWORD = 12  # characters
MAX_PASSWORD = 256  # characters
_FEWEST_LETTERS = 5
"""Different characters."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's minimum: 19 MiB, 2 rounds
_slots = BoundedSemaphore(2)
"""So many hashes at once: a flood of sign-ins must not take the memory or both cores."""
_NOBODY = _hasher.hash(secrets.token_hex(16))
"""Checked for unknown names, so that they take as long as known ones."""


def check_password(name: str, password: str) -> None:
    """Raises StaffAccountError, in words for whoever chose it, where the password is too short or easy to guess."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise StaffAccountError(f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters")
    if name.lower() in password.lower() or len(set(password)) < _FEWEST_LETTERS:
        raise StaffAccountError("that password is too easy to guess: without the name, and not the same few letters")


def hash_password(password: str) -> str:
    """What is stored of it."""
    with _slots:
        return _hasher.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Is it the password? `stored` is None where there is none; that takes as long."""
    with _slots:
        try:
            _hasher.verify(stored or _NOBODY, password[:MAX_PASSWORD])
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None
