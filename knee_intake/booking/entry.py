"""One taken span of the calendar: a visit, a hold, a request, a block or a busy time. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Entry:
    """One taken span of a clinician's."""

    status: str
    """held | requested | booked | blocked | busy"""
    clinician: str
    start: datetime
    end: datetime
    changed_at: datetime
    kind: str | None = None
    """The visit type, of a visit."""
    reference: str | None = None
    conversation: str | None = None
    first_name: str | None = None
    contact: str | None = None
    sequence: int = 0
    block: int | None = None
    note: str | None = None
