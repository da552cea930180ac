"""Time, injected: everything that needs the clock takes a `Clock`, so that tests can freeze it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

Clock = Callable[[], datetime]
"""Gives the present as an aware datetime in UTC."""


def system_clock() -> datetime:
    """The real clock."""
    return datetime.now(timezone.utc)
